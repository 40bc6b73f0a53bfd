/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a live session is: whether the engine answers, and when it reported anything last. */
#include "live/service_internal.h"

enum { HANGS_LOOKS = 3, HANGS_MIN_MS = 5000 };

static uint64_t ticks_now(void)
{
    return os_ticks_ms() + 1;
}

/* All that callbacks were given, wanted or not. */
static uint64_t events_of(const struct service *s)
{
    const struct aggregate *a = s->drain.aggregate;
    return ring_pushed(&s->ring) + ring_dropped(&s->ring) +
           os_u64_load(&s->subscription.undecoded) + os_u64_load(&s->subscription.filtered) +
           (a != NULL ? os_u64_load(&a->counted) : 0);
}

static uint64_t age_of(uint64_t at)
{
    uint64_t now = ticks_now();
    return at == 0 ? UINT64_MAX : now > at ? now - at : 0;
}

/* Without events the time since the engine was reached counts. */
static uint64_t event_age(const struct service *s)
{
    uint64_t at = os_u64_load(&s->life.event_at), begun = os_u64_load(&s->life.begun);
    if (events_of(s) != os_u64_load(&s->life.events))
        return 0; /* some came since the last look */
    return age_of(at > begun ? at : begun);
}

static bool is_silent(const struct service *s)
{
    return s->o.silence_ms != 0 && event_age(s) >= s->o.silence_ms;
}

static void note_events(struct service *s, uint64_t events)
{
    os_u64_store(&s->life.events, events);
    os_u64_store(&s->life.event_at, ticks_now());
    s->life.last_time = s->subscription.system->now(s->subscription.system->ctx);
    s->life.is_told = false;
}

void service_note_answer(struct service *s)
{
    os_u64_store(&s->life.looked, ticks_now());
}

void service_see_life(struct service *s)
{
    uint64_t events = events_of(s);
    service_note_answer(s);
    if (os_u64_load(&s->life.begun) == 0)
        os_u64_store(&s->life.begun, ticks_now());
    if (events != os_u64_load(&s->life.events))
        note_events(s, events);
    if (!is_silent(s) || s->life.is_told)
        return;
    drain_found(&s->drain, HOLE_SILENCE, ring_pushed(&s->ring), s->life.last_time);
    s->life.is_told = true;
}

/* The state is read first: it is said to be connected only after the answer that made it so was
 * noted. */
static bool engine_hangs(const struct service *s)
{
    uint64_t most = (uint64_t)HANGS_LOOKS * s->o.watch_ms;
    if (os_u32_load(&s->state) == WFPW_STATE_WAITING)
        return false;
    uint64_t look_age = age_of(os_u64_load(&s->life.looked));
    most = most > HANGS_MIN_MS ? most : HANGS_MIN_MS;
    return look_age != UINT64_MAX && look_age > most;
}

void service_health(const struct service *s, struct service_health *h)
{
    *h = (struct service_health){
        .hangs = engine_hangs(s),
        .is_silent = is_silent(s),
        .queue_full = ring_is_crowded(&s->ring) || ring_is_crowded(&s->outbox),
        .settings_undone = os_u32_load(&s->life.undone),
        .event_age = event_age(s),
        .look_age = age_of(os_u64_load(&s->life.looked)),
        .gap_age = age_of(os_u64_load(&s->drain.gap_at)),
        .outages = os_u64_load(&s->life.outages),
    };
}
