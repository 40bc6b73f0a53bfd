/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Signs of life of the engine, written by the service thread with each look at it, and read by any
 * thread. Callbacks write nothing for it. Ticks are one more than those of the clock: 0 is never.
 */
#ifndef WFPW_LIFE_H
#define WFPW_LIFE_H

#include "os/os.h"

struct life {
    os_u64 begun;    /* ticks of the first look at the engine since it was reached */
    os_u64 looked;   /* when the engine last answered */
    os_u64 events;   /* that callbacks had had by then */
    os_u64 event_at; /* when that was last more than before */
    os_u32 undone;   /* how often our settings were */
    os_u64 outages;
    uint64_t last_time; /* by the system's clock, of that look */
    bool is_told;       /* that it is silent */
};

#endif
