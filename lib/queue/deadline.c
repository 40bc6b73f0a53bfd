/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "queue/deadline.h"

enum { NAP_MS = 60000 };

static uint32_t ms_until(uint64_t at, uint64_t now)
{
    if (at == 0 || at - now > NAP_MS)
        return NAP_MS;
    return (uint32_t)(at - now);
}

static void run_deadline(void *ctx)
{
    static const char role[] = "deadline";
    struct deadline *d = ctx;
    os_thread_name("wfpw-deadline");
    thread_hooks_started(d->hooks, role);
    while (os_u32_load(&d->end) == 0) {
        os_signal_reset(&d->wake);
        uint64_t at = os_u64_load(&d->at), now = os_ticks_ms();
        if (at != 0 && now >= at) {
            if (os_u64_cas(&d->at, &at, 0) && os_u32_load_ordered(d->wakeup.held) != 0)
                wakeup_ring_reader(&d->wakeup);
        } else if (os_u32_load(&d->end) == 0) {
            (void)os_signal_wait(&d->wake, (int32_t)ms_until(at, now));
        }
    }
    thread_hooks_ending(d->hooks, role);
}

bool deadline_start(struct deadline *d, const struct wakeup *wakeup, const wfpw_thread_hooks *hooks)
{
    if (deadline_is_running(d))
        return true;
    if (os_u32_add(&d->starts, 1) != 0)
        return false; /* somebody is at it, or it did not work */
    d->wakeup = *wakeup;
    d->hooks = hooks;
    bool started = os_signal_init(&d->wake);
    if (started && !os_thread_start(&d->thread, run_deadline, d)) {
        os_signal_destroy(&d->wake);
        started = false;
    }
    os_u32_store(&d->is_running, started);
    return started;
}

void deadline_end(struct deadline *d)
{
    if (!deadline_is_running(d))
        return;
    os_u32_store(&d->end, 1);
    os_signal_set(&d->wake);
    os_thread_join(&d->thread);
    os_signal_destroy(&d->wake);
    os_u32_store(&d->is_running, 0);
}

bool deadline_is_running(const struct deadline *d)
{
    return os_u32_load(&d->is_running) != 0;
}

void deadline_set(struct deadline *d, uint64_t at)
{
    uint64_t is = os_u64_exchange(&d->at, at);
    if (is == 0 || at < is)
        os_signal_set(&d->wake);
}
