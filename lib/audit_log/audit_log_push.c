/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What becomes of a record of the log: known again if it was read before, given to the reader with
 * the gap that it ends, or that it tells of. */
#include "audit_log/audit_log_internal.h"

#include "decode/audit/audit_value.h"

enum {
    ID_DROPPED = 1101,
    ID_CLEARED = 1102,
    ID_FULL = 1104,
    ID_DROPPED_BY_SERVICE = 1106,
    ID_NOT_PROCESSED = 1108,
    ID_DISCARDED = 4612,
    ID_POLICY_CHANGED = 4719
};

static const struct record_audit *body_of(const struct record *r)
{
    return record_at(r, r->audit_at);
}

/* ---- to the reader -------------------------------------------------------------------------- */

/* Waits for room: the log keeps what is not taken from it. */
static bool reserve_room(struct audit_log *a, uint32_t bytes, struct ring_slot *slot)
{
    while (!ring_try_reserve(&a->outbox, bytes, slot)) {
        (void)os_u32_exchange(&a->outbox_is_full, 1);
        ready_set(a->o.ready);
        if (ring_try_reserve(&a->outbox, bytes, slot))
            break;
        if (os_u32_load(&a->abandoned) != 0)
            return false;
        (void)os_event_wait(&a->event, AUDIT_LOG_POLL_MS);
    }
    return true;
}

static bool send_record(struct audit_log *a, const struct record *r)
{
    struct ring_slot slot;
    struct resolved resolved;
    if (!resolve_look(&a->resolver, r, &resolved)) {
        resolve_step(&a->resolver);
        (void)resolve_look(&a->resolver, r, &resolved);
    }
    if (!reserve_room(a, resolved.bytes, &slot))
        return false;
    resolve_write(r, &resolved, slot.room);
    ((struct record *)slot.room)->arrived = (uint32_t)os_ticks_ms();
    own_process_mark(&a->own, slot.room);
    ring_commit(&a->outbox, &slot);
    a->has_sent = true;
    return true;
}

static bool send_bare(struct audit_log *a, const struct record *r)
{
    struct ring_slot slot;
    if (!reserve_room(a, r->bytes, &slot))
        return false;
    memcpy(slot.room, r, r->bytes);
    os_u64_bump(&a->gaps, 1); /* first: what waits is more than the gaps that do */
    ring_commit(&a->outbox, &slot);
    a->has_sent = true;
    return true;
}

/* ---- gaps ----------------------------------------------------------------------------------- */

void audit_log_lose(struct audit_log *a, uint64_t lost)
{
    bool more = a->gap.pending;
    a->gap.has_lost = lost != 0 && (!more || a->gap.has_lost);
    a->gap.lost = more ? a->gap.lost + lost : lost;
    a->gap.from = more ? a->gap.from : a->newest_time;
    a->gap.pending = true;
}

static void make_gap(const struct audit_log *a, struct record *r)
{
    r->kind = WFPW_KIND_GAP;
    r->source = WFPW_SOURCE_AUDIT_LOG;
    r->lost_where = WFPW_LOST_LOG;
    r->lost_from = a->gap.from;
    r->lost = a->gap.has_lost ? a->gap.lost : 0;
    r->present = a->gap.has_lost ? (uint32_t)WFPW_HAS_LOST : 0;
}

bool audit_log_tell_gap(struct audit_log *a)
{
    struct record r = {.bytes = sizeof r, .time = a->system->now(a->system->ctx)};
    if (!a->gap.pending)
        return true;
    make_gap(a, &r);
    a->gap.pending = false;
    return send_bare(a, &r);
}

/* The gap that a record ends: the record itself goes with it when it tells of it. */
static bool tell_gap_before(struct audit_log *a, const struct record *r, bool tells)
{
    struct record bare = {.bytes = sizeof bare, .time = r->time};
    if (!a->gap.pending)
        return true;
    if (!tells) {
        make_gap(a, &bare);
        a->gap.pending = false;
        return send_bare(a, &bare);
    }
    struct record kept = *r, *copy = (struct record *)r; /* nobody else has it yet */
    make_gap(a, copy);
    copy->direction = copy->orientation = 0;
    a->gap.pending = false;
    bool sent = send_bare(a, copy);
    *copy = kept;
    return sent;
}

/* The first field that is a number. */
static uint64_t first_number(const struct record *r)
{
    const struct record_audit *b = body_of(r);
    const struct record_field *f = record_at(r, b->fields_at);
    uint64_t n;
    for (uint32_t i = 0; i < b->field_count; i++)
        if (audit_value_number((uint8_t)f[i].value.type, record_at(r, f[i].value.at),
                               f[i].value.size, &n))
            return n;
    return 0;
}

/* Whether the record tells that others are missing. */
static bool tells_of_loss(struct audit_log *a, const struct record *r)
{
    switch (body_of(r)->event_id) {
    case ID_DROPPED:
    case ID_FULL:
    case ID_DROPPED_BY_SERVICE:
        audit_log_lose(a, 0);
        return true;
    case ID_CLEARED:
        if (!a->gap.pending)
            audit_log_lose(a, 0);
        return true;
    case ID_NOT_PROCESSED:
        audit_log_lose(a, 1);
        return true;
    case ID_DISCARDED:
        audit_log_lose(a, first_number(r));
        return true;
    default:
        return false;
    }
}

/* ---- which record it is --------------------------------------------------------------------- */

void audit_log_forget(struct audit_log *a)
{
    a->last = a->before = (struct audit_log_place){0};
    a->newest_time = 0;
    a->has_last = a->expects = a->by_number = false;
}

/* Numbers grow as long as the log is not cleared; times nearly so. */
static bool was_read(const struct audit_log *a, uint64_t id, uint64_t time, uint32_t event_id)
{
    if (event_id == ID_CLEARED && !a->by_number)
        return a->cleared.id == id && a->cleared.time == time && time != 0;
    if (!a->has_last || id > a->last.id)
        return false;
    return a->by_number || a->newest_time == 0 || time <= a->newest_time;
}

static void note_place(struct audit_log *a, uint64_t id, uint64_t time)
{
    a->before = a->last;
    a->last = (struct audit_log_place){id, time};
    a->newest_time = time > a->newest_time ? time : a->newest_time;
    a->by_number = false;
    a->has_last = true;
}

void audit_log_pass(struct audit_log *a, uint64_t id, uint64_t time)
{
    os_u64_bump(&a->passed_over, 1);
    if (!a->has_last || id > a->last.id)
        note_place(a, id, time);
}

/* Whether the log goes on as we knew it, with the record that came last, or one before it: else
 * numbers mean something else by now. */
static bool is_expected(struct audit_log *a, uint64_t id, uint64_t time)
{
    bool same = id == a->last.id && (a->last.time == 0 || time == a->last.time);
    bool earlier = id <= a->before.id && time <= a->newest_time;
    if (same)
        a->expects = false;
    return same || earlier;
}

static bool is_in_time(const struct audit_log *a, uint64_t time)
{
    return time >= a->o.since && (a->o.until == 0 || time <= a->o.until);
}

static enum audit_log_step give_record(struct audit_log *a, const struct record *r, uint64_t id)
{
    bool cleared = body_of(r)->event_id == ID_CLEARED;
    uint64_t time = r->time;
    os_u64_bump(&a->received, 1);
    if (body_of(r)->event_id == ID_POLICY_CHANGED)
        os_u32_store(&a->ask, 1);
    bool tells = tells_of_loss(a, r);
    if (!tell_gap_before(a, r, tells) || !send_record(a, r)) {
        os_u64_store(&a->received, os_u64_load_relaxed(&a->received) - 1);
        return AUDIT_LOG_DONE;
    }
    if (cleared) {
        audit_log_forget(a);
        a->cleared = (struct audit_log_place){id, time};
    }
    note_place(a, id, time);
    return AUDIT_LOG_AGAIN;
}

enum audit_log_step audit_log_take(struct audit_log *a, const struct record *r)
{
    const struct record_audit *b = body_of(r);
    if (a->expects && !is_expected(a, b->record_id, r->time))
        return AUDIT_LOG_BROKEN;
    if (was_read(a, b->record_id, r->time, b->event_id)) {
        os_u64_bump(&a->received, 1);
        os_u64_bump(&a->duplicate, 1);
        return AUDIT_LOG_AGAIN;
    }
    if (!is_in_time(a, r->time)) {
        audit_log_pass(a, b->record_id, r->time);
        return AUDIT_LOG_AGAIN;
    }
    return give_record(a, r, b->record_id);
}

void audit_log_take_unreadable(struct audit_log *a, uint64_t id)
{
    if (id != 0 && a->has_last && id <= a->last.id) {
        if (a->expects && id == a->last.id)
            a->expects = false;
        return;
    }
    os_u64_bump(&a->received, 1);
    os_u64_bump(&a->undecoded, 1);
    audit_log_lose(a, 1);
    if (id == 0)
        return;
    a->before = a->last;
    a->last = (struct audit_log_place){.id = id};
    a->has_last = true;
}
