/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What signals a handle when a time has come: a thread that sleeps until then. For who waits on the
 * wait handle in a loop of its own, as nobody else is there to see that what is held is late.
 */
#ifndef WFPW_DEADLINE_H
#define WFPW_DEADLINE_H

#include "base/thread_hooks.h"
#include "queue/wakeup.h"

struct deadline {
    const wfpw_thread_hooks *hooks; /* NULL: none */
    struct wakeup wakeup;           /* whose reader is rung for */
    os_thread thread;
    os_signal wake;
    os_u64 at; /* ticks; 0: none */
    os_u32 starts, is_running, end;
};

/* Any thread; more than once is fine. false: there is none yet, or there is no
 * thread to be had. */
bool deadline_start(struct deadline *d, const struct wakeup *wakeup,
                    const wfpw_thread_hooks *hooks);
void deadline_end(struct deadline *d);
bool deadline_is_running(const struct deadline *d);
/* When what is held is late; of no use if nothing is held by then. */
void deadline_set(struct deadline *d, uint64_t at);

#endif
