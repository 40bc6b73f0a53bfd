/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "drain.h"

#include "record.h"

enum {
    DRAIN_AT_ONCE = 256, /* records between two looks at the rest of the world */
    RELEASE_EVERY = 32
};

static bool send(struct drain *d, const struct record *r, const struct placed *placed)
{
    struct ring_slot slot;
    if (!ring_try_reserve(d->outbox, placed->bytes, &slot))
        return false;
    placing_write(r, placed, slot.room);
    ring_commit(d->outbox, &slot);
    return true;
}

/* ---- gaps ----------------------------------------------------------------------------------- */

static bool send_gap(struct drain *d, uint32_t where, uint64_t lost, bool known)
{
    struct record r = {
        .bytes = sizeof r,
        .present = known ? WFPW_HAS_LOST : 0,
        .time = d->system->now(d->system->ctx),
        .kind = WFPW_KIND_GAP,
        .source = d->system->source,
        .lost_where = where,
        .lost = lost,
    };
    const struct placed as_it_is = {.bytes = sizeof r};
    if (!send(d, &r, &as_it_is))
        return false;
    os_u64_bump(&d->gaps, 1);
    return true;
}

static bool is_due(const struct drain *d, int hole)
{
    return d->holes[hole].pending && ring_popped(d->ring) >= d->holes[hole].after;
}

/* Gaps that were found stay until there is room to tell of them. */
static bool tell_gaps(struct drain *d)
{
    static const uint32_t where[HOLES] = {WFPW_LOST_OUTAGE, WFPW_LOST_COLLECTION};
    if (d->pending_lost != 0) {
        if (!send_gap(d, WFPW_LOST_RING, d->pending_lost, true))
            return false;
        d->pending_lost = 0;
    }
    for (int i = 0; i < HOLES; i++) {
        if (!is_due(d, i))
            continue;
        if (!send_gap(d, where[i], 0, false))
            return false;
        d->holes[i].pending = false;
    }
    return true;
}

static bool has_gap(const struct drain *d)
{
    bool due = d->pending_lost != 0;
    for (int i = 0; i < HOLES; i++)
        due = due || is_due(d, i);
    return due;
}

/* Gaps that no record has come after. */
static bool drain_gaps(struct drain *d)
{
    d->pending_lost += ring_take_lost(d->ring);
    if (!has_gap(d))
        return false;
    if (tell_gaps(d))
        return true;
    (void)os_u32_exchange(&d->outbox_is_full, 1);
    return false;
}

void drain_lost(struct drain *d, uint64_t count)
{
    os_mutex_lock(&d->lock);
    d->pending_lost += count;
    os_mutex_unlock(&d->lock);
}

void drain_found(struct drain *d, enum drain_hole hole, uint64_t after)
{
    os_mutex_lock(&d->lock);
    if (!d->holes[hole].pending)
        d->holes[hole].after = after;
    d->holes[hole].pending = true;
    os_mutex_unlock(&d->lock);
}

/* ---- holding -------------------------------------------------------------------------------- */

/* When a record has waited long enough: counted from its arrival, or from when the service thread
 * went away, as a call that takes so long comes too late for all. */
static uint64_t due(const struct drain *d, const struct record *r, uint64_t now)
{
    uint32_t away = os_u32_load(&d->away), age = (uint32_t)now - r->arrived;
    uint32_t away_for = away != 0 ? (uint32_t)now - away : 0;
    return now + d->join_ms - (age > away_for ? age : away_for);
}

static bool hold(struct drain *d, const struct record *r)
{
    uint64_t now = os_ticks_ms(), until = due(d, r, now);
    bool is_late = now >= until;
    d->held_until = is_late ? 0 : until;
    return !is_late;
}

/* *late: it was held long enough. */
static bool is_held(struct drain *d, const struct record *r, bool *late)
{
    bool waits = d->names != NULL && r->epoch != 0 && livenames_await(d->names, r);
    bool held = waits && hold(d, r);
    *late = waits && !held;
    return held;
}

/* What was moved is told before the system is asked where volumes are. helps: it is the reader's
 * thread, which asks nobody. */
static bool is_unplaced(struct drain *d, const struct record *r, bool helps, struct placed *placed)
{
    return !placing_look(d->placing, r, placed) && (!helps || hold(d, r));
}

/* ---- records -------------------------------------------------------------------------------- */

/* One record, with the gap before it. */
static bool move_one(struct drain *d, const struct record *r, const struct placed *placed)
{
    if (!tell_gaps(d) || !send(d, r, placed))
        return false;
    ring_pop(d->ring);
    return true;
}

static int drain_records(struct drain *d, bool helps)
{
    uint64_t lost;
    int moved = 0;
    bool late;
    const struct record *r;
    struct placed placed;
    d->held_until = 0;
    while (moved < DRAIN_AT_ONCE && (r = ring_peek(d->ring, &lost)) != NULL) {
        d->pending_lost += lost;
        if (is_held(d, r, &late) || is_unplaced(d, r, helps, &placed))
            break;
        if (!move_one(d, r, &placed)) {
            (void)os_u32_exchange(&d->outbox_is_full, 1);
            break;
        }
        os_u64_bump(&d->unnamed, late);
        if (++moved % RELEASE_EVERY == 0)
            ring_release(d->ring);
    }
    ring_release(d->ring);
    return moved;
}

static bool drain(struct drain *d, bool helps, uint64_t *held_until)
{
    os_mutex_lock(&d->lock);
    bool moved = drain_records(d, helps) > 0 || drain_gaps(d);
    *held_until = d->held_until;
    os_mutex_unlock(&d->lock);
    return moved;
}

bool drain_some(struct drain *d)
{
    uint64_t held_until;
    return drain(d, false, &held_until);
}

bool drain_has_more(struct drain *d)
{
    os_mutex_lock(&d->lock);
    bool more = ring_has_record(d->ring) || has_gap(d) || ring_has_lost(d->ring);
    os_mutex_unlock(&d->lock);
    return more;
}

bool drain_is_blocked(const struct drain *d)
{
    return os_u32_load_ordered(&d->outbox_is_full) != 0 && ring_waiting(d->outbox) != 0;
}

/* ---- by whom -------------------------------------------------------------------------------- */

bool drain_init(struct drain *d)
{
    return os_mutex_init(&d->lock);
}

void drain_free(struct drain *d)
{
    os_mutex_destroy(&d->lock);
}

bool drain_leave(struct drain *d)
{
    uint32_t now = (uint32_t)os_ticks_ms();
    (void)os_u32_exchange(&d->away, now != 0 ? now : UINT32_MAX);
    return drain_has_more(d);
}

void drain_return(struct drain *d)
{
    os_u32_store(&d->away, 0);
}

bool drain_help(struct drain *d, uint64_t *held_until)
{
    *held_until = 0;
    return os_u32_load(&d->away) != 0 && drain(d, true, held_until);
}

bool drain_wants_help(struct drain *d)
{
    return os_u32_load(&d->away) != 0 && !drain_is_blocked(d) && drain_has_more(d);
}
