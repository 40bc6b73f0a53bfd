/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/drain.h"

#include "model/record.h"

enum {
    DRAIN_AT_ONCE = 256, /* records between two looks at the rest of the world */
    RELEASE_EVERY = 32
};

static bool send_record(struct drain *d, const struct record *r, const struct resolved *resolved)
{
    struct ring_slot slot;
    if (!ring_try_reserve(d->outbox, resolved->bytes, &slot))
        return false;
    resolve_write(r, resolved, slot.room);
    ring_commit(d->outbox, &slot);
    d->has_sent = true;
    return true;
}

/* ---- gaps ----------------------------------------------------------------------------------- */

static uint64_t clock_of(const struct drain *d)
{
    return d->system->now(d->system->ctx);
}

static bool send_gap(struct drain *d, struct record *r)
{
    r->bytes = sizeof *r;
    r->kind = WFPW_KIND_GAP;
    r->source = d->system->source;
    const struct resolved as_it_is = {.bytes = sizeof *r};
    if (!send_record(d, r, &as_it_is))
        return false;
    os_u64_bump(&d->gaps, 1);
    os_u64_store(&d->gap_at, os_ticks_ms() + 1);
    return true;
}

static bool is_due(const struct drain *d, int hole)
{
    return d->holes[hole].pending && ring_popped(d->ring) >= d->holes[hole].after;
}

/* Gaps that were found stay until there is room to tell of them. */
static bool report_lost(struct drain *d)
{
    if (d->pending_lost == 0)
        return true;
    struct record r = {.time = clock_of(d),
                       .present = WFPW_HAS_LOST,
                       .lost_where = WFPW_LOST_RING,
                       .lost = d->pending_lost};
    if (!send_gap(d, &r))
        return false;
    d->pending_lost = 0;
    return true;
}

static bool report_holes(struct drain *d)
{
    static const uint32_t where[HOLES] = {WFPW_LOST_OUTAGE, WFPW_LOST_COLLECTION, WFPW_LOST_RING,
                                          WFPW_LOST_AUDIT_POLICY, WFPW_LOST_SILENCE};
    for (int i = 0; i < HOLES; i++) {
        struct record r = {
            .time = d->holes[i].to, .lost_where = where[i], .lost_from = d->holes[i].from};
        if (!is_due(d, i))
            continue;
        if (!send_gap(d, &r))
            return false;
        d->holes[i].pending = false;
    }
    return true;
}

static bool report_gaps(struct drain *d)
{
    return report_lost(d) && report_holes(d);
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
    if (report_gaps(d))
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

/* Two that were not told between them are one. */
void drain_found(struct drain *d, enum drain_hole hole, uint64_t after, uint64_t from)
{
    os_mutex_lock(&d->lock);
    if (!d->holes[hole].pending) {
        d->holes[hole].after = after;
        d->holes[hole].from = from;
    }
    d->holes[hole].to = clock_of(d);
    d->holes[hole].pending = true;
    (void)os_u32_exchange(&d->held, 0); /* perhaps not any more */
    os_mutex_unlock(&d->lock);
}

/* ---- what the engine kept ------------------------------------------------------------------- */

void drain_wait(struct drain *d, uint64_t after)
{
    os_mutex_lock(&d->lock);
    d->waits = true;
    d->after = after;
    if (d->aggregate != NULL) /* what comes both ways has to be a record both ways */
        aggregate_bypass(d->aggregate, UINT64_MAX);
    os_mutex_unlock(&d->lock);
}

void drain_go_on(struct drain *d)
{
    os_mutex_lock(&d->lock);
    d->waits = false;
    if (d->aggregate != NULL)
        aggregate_bypass(d->aggregate, backlog_end_time(&d->backlog));
    (void)os_u32_exchange(&d->held, 0);
    os_mutex_unlock(&d->lock);
}

/* What the engine keeps no more can be forgotten, unless records from before the outage are yet to
 * come. */
int drain_keep(struct drain *d, struct backlog *fresh, bool whole)
{
    os_mutex_lock(&d->lock);
    int status = backlog_take(&d->backlog, fresh, whole && ring_popped(d->ring) >= d->after);
    os_mutex_unlock(&d->lock);
    return status;
}

uint64_t drain_forgotten(struct drain *d)
{
    os_mutex_lock(&d->lock);
    uint64_t time = d->fingerprints.forgotten;
    os_mutex_unlock(&d->lock);
    return time;
}

/* ---- holding -------------------------------------------------------------------------------- */

/* How long that is ago; 0 for what is said to come. */
static uint32_t ms_since(uint64_t now, uint32_t then)
{
    uint32_t ms = (uint32_t)now - then;
    return ms <= INT32_MAX ? ms : 0;
}

static bool defer_until(struct drain *d, uint64_t now, uint64_t until)
{
    bool is_late = now >= until;
    d->deferred_until = is_late ? 0 : until;
    return !is_late;
}

/* For an answer of the service thread: counted from the record's arrival, or from when that thread
 * went away, as a call that takes so long comes too late for all. */
static bool defer_record(struct drain *d, const struct record *r)
{
    uint64_t now = os_ticks_ms();
    uint32_t away = os_u32_load(&d->away), age = ms_since(now, r->arrived);
    uint32_t away_for = away != 0 ? ms_since(now, away) : 0;
    return defer_until(d, now, now + d->join_ms - (age > away_for ? age : away_for));
}

/* For what the engine kept: that thread may have been away for long before there was an engine. */
static bool defer_for_backlog(struct drain *d, const struct record *r)
{
    uint64_t now = os_ticks_ms();
    return d->waits && defer_until(d, now, now + d->join_ms - ms_since(now, r->arrived));
}

/* *late: it was held long enough. */
static bool is_deferred(struct drain *d, const struct record *r, bool *late)
{
    bool waits = d->names != NULL && r->epoch != 0 && live_names_await(d->names, r);
    bool held = waits && defer_record(d, r);
    *late = waits && !held;
    return held;
}

/* What was moved is told before the system is asked where volumes are. The reader asks nobody. */
static bool is_unplaced(struct drain *d, const struct record *r, struct resolved *resolved)
{
    return !resolve_look(d->resolver, r, resolved) && (!d->helps || defer_record(d, r));
}

/* For an answer of the thread that reads the tables of sockets, whatever the service thread does.
 * Whether that thread still answers is looked at again meanwhile. */
static bool is_unowned(struct drain *d, const struct record *r, const struct resolved *resolved)
{
    uint64_t now = os_ticks_ms(), again = now + SOCKETS_SLOW_MS;
    if (!d->wants_process || resolved->process != SOCKETS_PENDING ||
        !defer_until(d, now, now + d->join_ms - ms_since(now, r->arrived)))
        return false;
    d->deferred_until = d->deferred_until < again ? d->deferred_until : again;
    return true;
}

/* ---- records -------------------------------------------------------------------------------- */

enum moving { MOVED, NOTHING_THERE, NO_ROOM, HELD };

static enum moving send_placed(struct drain *d, const struct record *r)
{
    struct resolved resolved;
    bool late;
    if (is_deferred(d, r, &late) || is_unplaced(d, r, &resolved) || is_unowned(d, r, &resolved))
        return HELD;
    if (!send_record(d, r, &resolved))
        return NO_ROOM;
    os_u64_bump(&d->unnamed, late);
    os_u64_bump(&d->resolver->sockets_found, resolved.process == SOCKETS_KNOWN);
    return MOVED;
}

/* Of filters that come and go the engine keeps nothing: they push no mark out. What was counted has
 * its own. */
static bool may_be_kept(const struct record *r)
{
    return r->filter_key_at == 0 && r->aggregate_at == 0;
}

/* A record of the ring, with the gap before it. */
static enum moving move_live(struct drain *d, const struct record *r)
{
    if (ring_popped(d->ring) >= d->after && defer_for_backlog(d, r))
        return HELD;
    if (!report_gaps(d))
        return NO_ROOM;
    if (!may_be_kept(r) || !backlog_meets(&d->backlog, r)) {
        enum moving result = send_placed(d, r);
        if (result != MOVED)
            return result;
        if (may_be_kept(r))
            fingerprint_of(r, fingerprints_next(&d->fingerprints));
    }
    ring_pop(d->ring);
    return MOVED;
}

static enum moving move_kept(struct drain *d, const struct record *r)
{
    if (defer_for_backlog(d, r))
        return HELD;
    enum moving result = report_holes(d) ? send_placed(d, r) : NO_ROOM;
    if (result == MOVED)
        backlog_pop(&d->backlog);
    return result;
}

/* The older one of the two that are next. */
static enum moving move_one(struct drain *d)
{
    uint64_t lost;
    const struct record *live = ring_peek(d->ring, &lost), *kept = backlog_peek(&d->backlog);
    d->pending_lost += lost;
    if (live == NULL && kept == NULL)
        return NOTHING_THERE;
    bool is_kept = kept != NULL && (live == NULL || kept->time <= live->time);
    enum moving result = is_kept ? move_kept(d, kept) : move_live(d, live);
    if (result == NO_ROOM)
        (void)os_u32_exchange(&d->outbox_is_full, 1);
    return result;
}

static int drain_records(struct drain *d)
{
    int moved = 0;
    d->deferred_until = 0;
    d->has_sent = false;
    (void)os_u32_exchange(&d->held, 0); /* before the ring is looked at: see wakeup_ring */
    while (moved < DRAIN_AT_ONCE && move_one(d) == MOVED)
        if (++moved % RELEASE_EVERY == 0)
            ring_release(d->ring);
    ring_release(d->ring);
    return moved;
}

static bool send_aggregates(struct drain *d)
{
    return d->aggregate != NULL &&
           aggregate_send(d->aggregate, d->ring, os_ticks_ms(), d->is_ending);
}

static bool drain_all(struct drain *d, bool helps, uint64_t *deferred_until, bool *sent)
{
    os_mutex_lock(&d->lock);
    d->helps = helps;
    bool moved = send_aggregates(d);
    moved = drain_records(d) > 0 || drain_gaps(d) || moved;
    if (d->deferred_until != 0)
        (void)os_u32_exchange(&d->held, 1);
    *deferred_until = d->deferred_until;
    *sent = d->has_sent;
    os_mutex_unlock(&d->lock);
    return moved;
}

bool drain_some(struct drain *d, bool *sent)
{
    uint64_t deferred_until;
    return drain_all(d, false, &deferred_until, sent);
}

bool drain_has_more(struct drain *d)
{
    os_mutex_lock(&d->lock);
    bool more = ring_has_record(d->ring) || backlog_peek(&d->backlog) != NULL || has_gap(d) ||
                ring_has_lost(d->ring) ||
                (d->is_ending && d->aggregate != NULL && aggregate_has_rest(d->aggregate));
    os_mutex_unlock(&d->lock);
    return more;
}

uint64_t drain_deferred_until(struct drain *d)
{
    os_mutex_lock(&d->lock);
    uint64_t until = d->deferred_until;
    os_mutex_unlock(&d->lock);
    return until;
}

uint64_t drain_aggregate_due(struct drain *d)
{
    if (d->aggregate == NULL)
        return 0;
    os_mutex_lock(&d->lock);
    uint64_t due = aggregate_due(d->aggregate);
    os_mutex_unlock(&d->lock);
    return due;
}

uint64_t drain_due_to_reader(struct drain *d)
{
    return os_u32_load(&d->away) != 0 ? drain_aggregate_due(d) : 0;
}

void drain_end(struct drain *d)
{
    os_mutex_lock(&d->lock);
    d->is_ending = true;
    os_mutex_unlock(&d->lock);
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

bool drain_leave(struct drain *d, uint64_t *deferred_until)
{
    uint32_t now = (uint32_t)os_ticks_ms();
    (void)os_u32_exchange(&d->away, now != 0 ? now : UINT32_MAX);
    *deferred_until = drain_deferred_until(d);
    return drain_has_more(d);
}

void drain_return(struct drain *d)
{
    os_u32_store(&d->away, 0);
}

/* What is left out on the way is no news. */
bool drain_help(struct drain *d, uint64_t *deferred_until)
{
    bool sent = false, moved = true;
    *deferred_until = 0;
    while (moved && !sent && os_u32_load(&d->away) != 0)
        moved = drain_all(d, true, deferred_until, &sent);
    return sent;
}

bool drain_wants_help(struct drain *d)
{
    return os_u32_load(&d->away) != 0 && os_u32_load_ordered(&d->held) == 0 &&
           !drain_is_blocked(d) && drain_has_more(d);
}
