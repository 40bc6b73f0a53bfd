/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How the system's callbacks wake who is to take what they left: the service thread when it has
 * said that it sleeps, the reader when that thread is away, inside a call of the engine. A wake
 * costs more than all else that they do. */
#ifndef WFPW_WAKEUP_H
#define WFPW_WAKEUP_H

#include "os/os.h"

struct wakeup {
    os_u32 *sleeping; /* 1: the service thread sleeps and wants to be woken */
    os_u32 *away;     /* not 0: it is away */
    os_u32 *held; /* not 0: and the next event waits, so that nothing can be read before its time */
    os_u32 *ready_is_set;
    os_signal *wake, *ready; /* the service thread's, the reader's */
};

static inline void wakeup_ring_reader(const struct wakeup *b)
{
    if (os_u32_exchange(b->ready_is_set, 1) == 0)
        os_signal_set(b->ready);
}

/* After something was left by an ordered write: for the service thread, */
static inline void wakeup_ring_service(const struct wakeup *b)
{
    if (os_u32_load_ordered(b->sleeping) != 0 && os_u32_exchange(b->sleeping, 0) != 0)
        os_signal_set(b->wake);
}

/* or for either of the two. */
static inline void wakeup_ring(const struct wakeup *b)
{
    wakeup_ring_service(b);
    if (os_u32_load_ordered(b->away) != 0 && os_u32_load_ordered(b->held) == 0)
        wakeup_ring_reader(b);
}

#endif
