/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A live source as wfpw_stop finds it: on any thread, in a handler of signals, while it is being
 * started, and never after it was freed. Starts as {0}.
 */
#ifndef WFPW_STOPPING_H
#define WFPW_STOPPING_H

#include "os/os.h"

struct stopping {
    os_u64 source; /* its address; 0: none */
    os_u32 users;  /* calls that may be using that */
};

/* From now on it is found. */
void stopping_publish(struct stopping *st, void *source);
/* Any thread, a handler of signals: calls stop, which has to be fit for that, if there is one. */
void stopping_stop(struct stopping *st, void (*stop)(void *source));
/* Any thread: the source, if there is one, which is not freed before stopping_leave, which is due
 * in any case. */
void *stopping_enter(struct stopping *st);
void stopping_leave(struct stopping *st);
/* Not any more; whoever had found it has left it when this returns. */
void stopping_withdraw(struct stopping *st);

#endif
