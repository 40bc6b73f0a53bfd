/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "queue/aggregate.h"

enum { RETRY_MS = 20 /* when there is no room, or somebody is inside */ };

/* A slot's state: those inside, what it is (neither: free, or claimed by a producer that is not
 * ready), what was counted. */
#define USER_MASK   UINT64_C(0xFFFF)
#define OPEN        UINT64_C(0x10000)
#define CLOSED      UINT64_C(0x20000) /* by the consumer */
#define COUNT_SHIFT 18
#define ONE_EVENT   (UINT64_C(1) << COUNT_SHIFT)

_Static_assert(sizeof(struct aggregate_slot) == AGGREGATE_SLOT, "what the memory is counted in");

/* ---- the table ------------------------------------------------------------------------------ */

enum {
    SET_BYTES = AGGREGATE_SLOT * AGGREGATE_WAYS,
    SETS_MIN = AGGREGATE_BYTES_MIN / SET_BYTES,
    SETS_MAX = AGGREGATE_BYTES_MAX / SET_BYTES
};

static uint32_t set_count(uint32_t bytes)
{
    uint32_t sets = SETS_MIN;
    bytes = bytes != 0 ? bytes : (uint32_t)AGGREGATE_BYTES_DEFAULT;
    while (sets < SETS_MAX && sets * 2 <= bytes / SET_BYTES)
        sets *= 2;
    return sets;
}

static uint32_t slot_count(const struct aggregate *a)
{
    return a->sets * AGGREGATE_WAYS;
}

static uint32_t arrival_count(const struct aggregate *a)
{
    return slot_count(a) * AGGREGATE_ARRIVALS;
}

static void clear_slot(struct aggregate_slot *slot)
{
    os_u64_store(&slot->first, UINT64_MAX);
    os_u64_store(&slot->last, 0);
    for (int side = 0; side < 2; side++) {
        os_u32_store(&slot->more[side], 0);
        for (uint32_t i = 0; i < AGGREGATE_PORTS; i++)
            os_u64_store(&slot->ports[side][i], 0);
    }
}

struct aggregate *aggregate_new(const wfpw_allocator *memory, uint32_t bytes, uint32_t window_ms,
                                uint64_t seed)
{
    struct aggregate *a = memory_new(memory, sizeof *a);
    if (a == NULL)
        return NULL;
    a->sets = set_count(bytes);
    a->window_ms = window_ms;
    a->seed = seed;
    a->slots = memory_new(memory, slot_count(a) * sizeof *a->slots);
    a->tags = memory_new(memory, slot_count(a) * sizeof *a->tags);
    a->arrivals = memory_new(memory, arrival_count(a) * sizeof *a->arrivals);
    if (a->slots == NULL || a->tags == NULL || a->arrivals == NULL) {
        aggregate_free(memory, a);
        return NULL;
    }
    for (uint32_t i = 0; i < slot_count(a); i++)
        clear_slot(&a->slots[i]);
    return a;
}

void aggregate_free(const wfpw_allocator *memory, struct aggregate *a)
{
    if (a == NULL)
        return;
    memory_free(memory, a->slots);
    memory_free(memory, a->tags);
    memory_free(memory, a->arrivals);
    memory_free(memory, a);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool key_is(const struct aggregate_slot *slot, const struct aggregate_key *key)
{
    const uint8_t *p = (const uint8_t *)slot->room;
    if (slot->key_bytes != key->bytes)
        return false;
    for (uint32_t i = 0; i < key->count; i++) {
        if (memcmp(p, key->pieces[i].data, key->pieces[i].size) != 0)
            return false;
        p += key->pieces[i].size;
    }
    return true;
}

static void write_key(struct aggregate_slot *slot, const struct aggregate_key *key)
{
    uint8_t *p = (uint8_t *)slot->room;
    for (uint32_t i = 0; i < key->count; i++) {
        memcpy(p, key->pieces[i].data, key->pieces[i].size);
        p += key->pieces[i].size;
    }
    slot->key_bytes = key->bytes;
}

static uint32_t first_slot(const struct aggregate *a, uint64_t hash)
{
    return ((uint32_t)(hash >> 32) & (a->sets - 1)) * AGGREGATE_WAYS;
}

/* ---- counting ------------------------------------------------------------------------------- */

static void note_time(struct aggregate_slot *slot, uint64_t time)
{
    uint64_t first = os_u64_load_relaxed(&slot->first), last = os_u64_load_relaxed(&slot->last);
    while (time < first && !os_u64_cas(&slot->first, &first, time))
        ;
    while (time > last && !os_u64_cas(&slot->last, &last, time))
        ;
}

static void note_port(struct aggregate_slot *slot, int side, uint16_t port)
{
    uint64_t is = (uint64_t)port + 1;
    for (uint32_t i = 0; i < AGGREGATE_PORTS; i++) {
        os_u64 *at = &slot->ports[side][i];
        uint64_t seen = os_u64_load_relaxed(at);
        while (seen == 0 && !os_u64_cas(at, &seen, is))
            ;
        if (seen == 0 || seen == is)
            return;
    }
    os_u32_store(&slot->more[side], 1);
}

/* Once there are more than are kept, none is looked for. */
static void note_one(struct aggregate_slot *slot, const struct aggregate_one *one)
{
    note_time(slot, one->time);
    for (int side = 0; side < 2; side++)
        if (one->has_port[side] && os_u32_load_relaxed(&slot->more[side]) == 0)
            note_port(slot, side, one->ports[side]);
}

/* That it came, for who sees it again among those that the engine kept. */
static void mark_one(struct aggregate *a, uint64_t kind, const struct aggregate_one *one)
{
    const uint16_t ports[2] = {one->has_port[0] ? one->ports[0] : 0,
                               one->has_port[1] ? one->ports[1] : 0};
    uint64_t at = os_u64_add(&a->counted, 1);
    os_u64_store(&a->marks[at % AGGREGATE_MARKS], fingerprint_mark(kind, one->time, ports));
}

static bool enter_slot(struct aggregate_slot *slot)
{
    if ((os_u64_load_relaxed(&slot->state) & OPEN) == 0)
        return false;
    if ((os_u64_add(&slot->state, 1) & OPEN) != 0)
        return true;
    (void)os_u64_add(&slot->state, UINT64_MAX);
    return false;
}

static bool count_in(struct aggregate *a, struct aggregate_slot *slot,
                     const struct aggregate_key *key, const struct aggregate_one *one)
{
    if (!enter_slot(slot))
        return false;
    bool same = key_is(slot, key);
    if (same) {
        note_one(slot, one);
        mark_one(a, slot->kind, one);
    }
    (void)os_u64_add(&slot->state, (same ? ONE_EVENT : 0) - 1);
    return same;
}

static bool has_tag(const struct aggregate *a, uint64_t hash)
{
    const os_u64 *tags = &a->tags[first_slot(a, hash)];
    if (os_u32_load_relaxed(&a->used) == 0)
        return false;
    for (uint32_t i = 0; i < AGGREGATE_WAYS; i++)
        if (os_u64_load_relaxed(&tags[i]) == hash)
            return true;
    return false;
}

static os_u64 *arrival_of(const struct aggregate *a, uint64_t hash)
{
    return &a->arrivals[(uint32_t)hash >> 1 & (arrival_count(a) - 1)];
}

/* Whether the first of the kind came in this window, and is remembered. Ticks wrap. */
static bool came_lately(const struct aggregate *a, uint64_t seen, uint64_t hash, uint32_t now)
{
    return (seen ^ hash) >> 32 == 0 && now - (uint32_t)seen < a->window_ms;
}

/* A kind that another one displaced here is a first one again. */
bool aggregate_is_first(struct aggregate *a, uint64_t hash, uint32_t now)
{
    os_u64 *at = arrival_of(a, hash);
    if (came_lately(a, os_u64_load_relaxed(at), hash, now) || has_tag(a, hash))
        return false;
    os_u64_store(at, (hash & ~(uint64_t)UINT32_MAX) | now);
    return true;
}

bool aggregate_count(struct aggregate *a, const struct aggregate_key *key, uint64_t hash,
                     const struct aggregate_one *one)
{
    uint32_t at = first_slot(a, hash);
    for (uint32_t i = at; i < at + AGGREGATE_WAYS; i++)
        if (os_u64_load_relaxed(&a->tags[i]) == hash && count_in(a, &a->slots[i], key, one))
            return true;
    return false;
}

struct aggregate_slot *aggregate_claim(struct aggregate *a, const struct aggregate_key *key,
                                       uint64_t hash)
{
    uint32_t at = first_slot(a, hash);
    if (key->bytes > sizeof a->slots->room - sizeof(struct record))
        return NULL;
    for (uint32_t i = at; i < at + AGGREGATE_WAYS; i++) {
        uint64_t tag = os_u64_load_relaxed(&a->tags[i]);
        if (tag != 0 || !os_u64_cas(&a->tags[i], &tag, hash))
            continue;
        (void)os_u32_add(&a->used, 1);
        write_key(&a->slots[i], key);
        return &a->slots[i];
    }
    os_u32_store(&a->is_crowded, 1);
    return NULL;
}

void aggregate_give_back(struct aggregate *a, struct aggregate_slot *slot)
{
    (void)os_u32_add(&a->used, UINT32_MAX);
    os_u64_store(&a->tags[slot - a->slots], 0);
}

void aggregate_open(struct aggregate *a, struct aggregate_slot *slot,
                    const struct aggregate_one *one)
{
    const struct record *r = aggregate_record(slot);
    uint64_t hash = os_u64_load_relaxed(&a->tags[slot - a->slots]);
    uint64_t first = os_u64_load_relaxed(arrival_of(a, hash));
    slot->began = came_lately(a, first, hash, r->arrived) ? (uint32_t)first : r->arrived;
    slot->kind = fingerprint_kind(r);
    note_one(slot, one);
    mark_one(a, slot->kind, one);
    (void)os_u64_add(&slot->state, OPEN + ONE_EVENT);
}

/* ---- sending -------------------------------------------------------------------------------- */

static void sort_ports(uint16_t *ports, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint16_t port = ports[i];
        uint32_t at = i;
        for (; at > 0 && ports[at - 1] > port; at--)
            ports[at] = ports[at - 1];
        ports[at] = port;
    }
}

static void write_ports(const struct aggregate_slot *slot, int side, struct record_aggregate *to)
{
    uint32_t n = 0;
    for (uint64_t port; n < AGGREGATE_PORTS && (port = os_u64_load(&slot->ports[side][n])) != 0;)
        to->ports[side][n++] = (uint16_t)(port - 1);
    to->port_count[side] = n;
    sort_ports(to->ports[side], n);
}

/* The record of the first event, with what was counted behind it. */
static void write_record(struct aggregate_slot *slot, uint64_t count, uint64_t now, void *room)
{
    const struct record *from = aggregate_record(slot);
    struct record *r = room;
    struct record_aggregate body = {
        .count = count, .first = os_u64_load(&slot->first), .last = os_u64_load(&slot->last)};
    body.more = (os_u32_load(&slot->more[0]) != 0 ? WFPW_AGGREGATE_MORE_LOCAL_PORTS : 0u) |
                (os_u32_load(&slot->more[1]) != 0 ? WFPW_AGGREGATE_MORE_REMOTE_PORTS : 0u);
    write_ports(slot, 0, &body);
    write_ports(slot, 1, &body);
    memcpy(r, from, from->bytes);
    memcpy((uint8_t *)room + from->bytes, &body, sizeof body);
    r->aggregate_at = from->bytes;
    r->bytes += sizeof body;
    r->time = body.last;
    r->arrived = (uint32_t)now;
}

enum sending { SEND_NOTHING, SEND_DONE, SEND_HELD_UP, SEND_NO_ROOM };

static void free_slot(struct aggregate *a, uint32_t i, uint64_t count)
{
    clear_slot(&a->slots[i]);
    (void)os_u64_add(&a->slots[i].state, 0 - CLOSED - count * ONE_EVENT);
    (void)os_u32_add(&a->used, UINT32_MAX);
    os_u64_store(&a->tags[i], 0);
}

/* false: it is not ready, or somebody is inside. */
static bool close_slot(struct aggregate_slot *slot, uint64_t *count)
{
    if ((os_u64_load(&slot->state) & OPEN) != 0)
        (void)os_u64_add(&slot->state, CLOSED - OPEN);
    uint64_t state = os_u64_load(&slot->state);
    *count = state >> COUNT_SHIFT;
    return (state & CLOSED) != 0 && (state & USER_MASK) == 0;
}

static enum sending send_slot(struct aggregate *a, uint32_t i, struct ring *ring, uint64_t now)
{
    struct aggregate_slot *slot = &a->slots[i];
    struct ring_slot to;
    uint64_t count;
    if (!close_slot(slot, &count))
        return SEND_HELD_UP;
    if (count != 0) {
        uint32_t bytes = aggregate_record(slot)->bytes + (uint32_t)sizeof(struct record_aggregate);
        if (!ring_reserve_or_keep(ring, bytes, &to))
            return SEND_NO_ROOM;
        write_record(slot, count, now, to.room);
        ring_commit(ring, &to);
        os_u64_bump(&a->settled, count);
        os_u64_bump(&a->sent, 1);
    }
    free_slot(a, i, count);
    return count != 0 ? SEND_DONE : SEND_NOTHING;
}

/* Until its time is over; ticks wrap. */
static uint32_t ms_left(const struct aggregate *a, uint32_t i, uint64_t now)
{
    const struct aggregate_slot *slot = &a->slots[i];
    uint64_t state = os_u64_load(&slot->state);
    if ((state & OPEN) == 0)
        return (state & CLOSED) != 0 ? 0 : a->window_ms;
    uint32_t age = (uint32_t)now - slot->began;
    age = age <= INT32_MAX ? age : 0;
    return age < a->window_ms ? a->window_ms - age : 0;
}

static bool set_is_full(const struct aggregate *a, uint32_t at)
{
    for (uint32_t i = at; i < at + AGGREGATE_WAYS; i++)
        if (os_u64_load_relaxed(&a->tags[i]) == 0)
            return false;
    return true;
}

static void look_again(struct aggregate *a, uint64_t at)
{
    a->due = at < a->due ? at : a->due;
}

/* The slots of one set. false: there is no room. */
static bool send_set(struct aggregate *a, uint32_t at, struct ring *ring, uint64_t now, bool all,
                     bool *sent)
{
    for (uint32_t i = at; i < at + AGGREGATE_WAYS; i++) {
        if (os_u64_load(&a->tags[i]) == 0)
            continue;
        uint32_t left = all ? 0 : ms_left(a, i, now);
        enum sending result = left == 0 ? send_slot(a, i, ring, now) : SEND_NOTHING;
        *sent = *sent || result == SEND_DONE;
        a->is_held_up = a->is_held_up || result == SEND_HELD_UP;
        if (result == SEND_NO_ROOM)
            return false;
        if (left != 0 || result == SEND_HELD_UP)
            look_again(a, now + (left != 0 ? left : RETRY_MS));
    }
    return true;
}

bool aggregate_send(struct aggregate *a, struct ring *ring, uint64_t now, bool all)
{
    bool sent = false, fits = true, crowded = os_u32_load(&a->is_crowded) != 0;
    if (os_u32_load(&a->used) == 0 || (!all && !crowded && now < a->due))
        return false;
    os_u32_store(&a->is_crowded, 0);
    a->is_held_up = false;
    a->due = now + a->window_ms;
    for (uint32_t at = 0; at < slot_count(a) && fits; at += AGGREGATE_WAYS)
        fits = send_set(a, at, ring, now, all || (crowded && set_is_full(a, at)), &sent);
    if (!fits) {
        a->is_held_up = false;
        look_again(a, now + RETRY_MS);
        os_u32_store(&a->is_crowded, crowded);
    }
    return sent;
}

uint64_t aggregate_due(const struct aggregate *a)
{
    return os_u32_load(&a->used) == 0 ? 0 : a->due != 0 ? a->due : 1;
}

bool aggregate_has_rest(const struct aggregate *a)
{
    return os_u32_load(&a->used) != 0 && !a->is_held_up;
}

/* ---- what the engine kept -------------------------------------------------------------------- */

void aggregate_bypass(struct aggregate *a, uint64_t time)
{
    os_u64_store(&a->bypass, time);
}

void aggregate_rewind(struct aggregate *a)
{
    memset(a->met, 0, sizeof a->met);
}

bool aggregate_meets(struct aggregate *a, const struct record *r)
{
    const uint16_t ports[2] = {r->local.port, r->remote.port};
    uint64_t mark = fingerprint_mark(fingerprint_kind(r), r->time, ports);
    for (uint32_t i = 0; i < AGGREGATE_MARKS; i++) {
        if (os_u64_load(&a->marks[i]) != mark || a->met[i] == mark)
            continue;
        a->met[i] = mark;
        return true;
    }
    return false;
}
