/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session's service as wfpw_stop finds it: on any thread, in a handler of signals, while it is
 * being started, and never after it was freed.
 */
#ifndef WFPW_STOPPING_H
#define WFPW_STOPPING_H

#include "live/service.h"
#include "os/os.h"

struct stopping {
    os_u64 service; /* its address; 0: none */
    os_u32 users;   /* calls that may be using that */
};

/* Makes a service, and starts it. *stopped_at not 0, now or meanwhile: E_STOPPED. *out: what there
 * is then, with E_STOPPED perhaps one that ends; or NULL. */
int stopping_start(struct stopping *st, const struct service_options *o, const os_u64 *stopped_at,
                   struct service **out, wfpw_error *e);
/* Any thread, a handler of signals. */
void stopping_stop(struct stopping *st);
/* Frees it, if there is one. */
void stopping_close(struct stopping *st);

#endif
