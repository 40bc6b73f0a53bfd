/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The service thread between calls of the engine: moving records from the ring to the outbox, and
 * sleeping until there is something to do. */
#include "live/service_internal.h"

/* ---- from the ring to the outbox ------------------------------------------------------------ */

/* Calls of the system may take their time: meanwhile the reader moves what comes. */
void service_leave_engine(struct service *s)
{
    uint64_t deferred_until;
    if (!drain_leave(&s->drain, &deferred_until))
        return;
    if (deferred_until != 0 && deadline_is_running(&s->deadline))
        deadline_set(&s->deadline, deferred_until);
    else
        service_set_ready(s);
}

void service_come_back(struct service *s)
{
    drain_return(&s->drain);
}

/* Asks where volumes are, if that is not known. */
static bool resolve_names(struct service *s)
{
    if (!resolve_is_due(&s->resolver))
        return false;
    service_leave_engine(s);
    resolve_step(&s->resolver);
    service_come_back(s);
    return true;
}

/* Moves what fits; false: there was nothing to do, or no room. */
bool service_drain(struct service *s)
{
    bool sent, moved = drain_some(&s->drain, &sent);
    if (sent)
        service_set_ready(s);
    moved = guard_alarms_retry(&s->alarms) || moved;
    return resolve_names(s) || moved;
}

/* On the thread that reads the tables of sockets. */
static void see_process(void *ctx)
{
    struct service *s = ctx;
    (void)os_u32_exchange(&s->has_process, 1);
    (void)os_u32_exchange(&s->drain.held, 0);
    os_signal_set(&s->wake);
    if (os_u32_load(&s->drain.away) != 0)
        service_set_ready(s);
}

void service_start_sockets(struct service *s)
{
    struct sockets_options o = {.system = s->o.system, .answered = see_process, .ctx = s};
    if (s->o.hooks != NULL)
        o.hooks = *s->o.hooks;
    if (s->o.sockets)
        resolve_start_sockets(&s->resolver, &o);
}

/* ---- sleeping ------------------------------------------------------------------------------- */

/* Whether what this thread is at is of no use any more. */
static bool must_leave(const struct service *s)
{
    return os_u32_load(&s->abandoned) != 0 || (service_is_stopped(s) && !s->finishing);
}

/* From now to `at`, ticks; at most `ms`. */
static uint32_t ms_to(uint64_t at, uint32_t ms)
{
    uint64_t now = os_ticks_ms();
    return at <= now ? 0 : at - now < ms ? (uint32_t)(at - now) : ms;
}

static uint32_t ms_to_aggregates(struct service *s, uint32_t ms)
{
    uint64_t due = drain_aggregate_due(&s->drain);
    return due != 0 ? ms_to(due, ms) : ms;
}

/* Until something happens, or is due, or `ms` are over. */
void service_nap(struct service *s, uint32_t ms)
{
    os_signal_reset(&s->wake);
    (void)os_u32_exchange(&s->sleeping, 1);
    bool work =
        resolve_is_due(&s->resolver) || policy_watch_has_work(s->policy) || service_has_change(s);
    if (os_u32_exchange(&s->has_process, 0) != 0) {
        resolve_log_sockets(&s->resolver);
        work = true;
    }
    ms = ms_to(policy_watch_due(s->policy), ms);
    if (!drain_is_blocked(&s->drain))
        ms = ms_to_aggregates(s, ms);
    if (!work && !drain_is_blocked(&s->drain) && drain_has_more(&s->drain)) {
        ms = ms_to(drain_deferred_until(&s->drain), ms);
        work = ms == 0;
    }
    if (!work && !must_leave(s))
        (void)os_signal_wait(&s->wake, (int32_t)ms);
    (void)os_u32_exchange(&s->sleeping, 0);
}

/* This thread is there, though it is called between calls of the engine. */
void service_rest(struct service *s, uint32_t ms)
{
    uint64_t now = os_ticks_ms(), end = now + ms;
    service_come_back(s);
    for (; now < end && !must_leave(s); now = os_ticks_ms())
        if (!service_drain(s))
            service_nap(s, (uint32_t)(end - now));
    service_leave_engine(s);
}
