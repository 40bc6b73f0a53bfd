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

void drain_found(struct drain *d, enum drain_hole hole, uint64_t after)
{
    if (!d->holes[hole].pending)
        d->holes[hole].after = after;
    d->holes[hole].pending = true;
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

static int drain_records(struct drain *d)
{
    uint64_t lost;
    int moved = 0;
    const struct record *r;
    struct placed placed;
    while (moved < DRAIN_AT_ONCE && (r = ring_peek(d->ring, &lost)) != NULL) {
        d->pending_lost += lost;
        if (!placing_look(d->placing, r, &placed))
            break; /* what was moved is told before the system is asked */
        if (!move_one(d, r, &placed)) {
            (void)os_u32_exchange(&d->outbox_is_full, 1);
            break;
        }
        if (++moved % RELEASE_EVERY == 0)
            ring_release(d->ring);
    }
    ring_release(d->ring);
    return moved;
}

bool drain_some(struct drain *d)
{
    return drain_records(d) > 0 || drain_gaps(d);
}

bool drain_has_more(const struct drain *d)
{
    return ring_has_record(d->ring) || has_gap(d);
}

bool drain_is_blocked(const struct drain *d)
{
    return os_u32_load_ordered(&d->outbox_is_full) != 0 && ring_waiting(d->outbox) != 0;
}
