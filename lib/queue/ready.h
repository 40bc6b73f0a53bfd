/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The one signal that wakes a session's reader when there is something for it, whichever of its
 * live sources has it: what wfpw_wait_handle gives. */
#ifndef WFPW_READY_H
#define WFPW_READY_H

#include "os/os.h"

struct ready {
    os_signal signal;
    os_u32 is_set;
};

/* After something was left by an ordered write; costs a system call only when it was not set. */
static inline void ready_set(struct ready *r)
{
    if (os_u32_exchange(&r->is_set, 1) == 0)
        os_signal_set(&r->signal);
}

/* The reader's thread, which then looks at what there is, and sets it again if there is more. */
static inline void ready_clear(struct ready *r)
{
    os_signal_reset(&r->signal); /* first: ready_set may come between the two */
    (void)os_u32_exchange(&r->is_set, 0);
}

#endif
