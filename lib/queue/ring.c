/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "queue/ring.h"

#include <string.h>

enum {
    POSITION_BITS = 24,     /* of tail and head: granules, wrapping */
    COMMIT_PAD = 1u << 30,  /* nothing here: go on at the start */
    COMMIT_LOST = 1u << 29, /* the first 8 bytes of the granule before the record say how many */
    COMMIT_COUNT = COMMIT_LOST - 1
};

#define POSITION_MASK ((UINT64_C(1) << POSITION_BITS) - 1)
#define ONE_RECORD    (UINT64_C(1) << POSITION_BITS)
#define COUNT_MASK    (UINT64_MAX >> POSITION_BITS)
#define COUNT_MAX     (UINT64_MAX & ~POSITION_MASK)

uint32_t ring_size(uint32_t bytes)
{
    uint32_t size = RING_MIN;
    while (size < bytes && size < RING_MAX)
        size *= 2;
    return size;
}

size_t ring_memory(uint32_t size)
{
    return (size_t)size + size / RING_GRANULE * sizeof(os_u32);
}

void ring_init(struct ring *r, void *memory, uint32_t size)
{
    memset(r, 0, sizeof *r);
    r->bytes = memory;
    r->commits = (os_u32 *)(void *)(r->bytes + size);
    r->granules = size / RING_GRANULE;
}

/* ---- producers ------------------------------------------------------------------------------ */

/* Advances a position and its count of records; the position wraps without carrying over. */
static uint64_t advance_position(uint64_t at, uint32_t granules, uint64_t records)
{
    uint64_t position = (at + granules) & POSITION_MASK;
    return ((at & ~POSITION_MASK) + records * ONE_RECORD) | position;
}

static uint32_t distance_of(uint64_t from, uint64_t to)
{
    return (uint32_t)((to - from) & POSITION_MASK);
}

/* Takes `count` granules in one piece, *granule the first; *pad granules at the end of the ring are
 * passed over. */
static bool take_granules(struct ring *r, uint32_t count, uint32_t *granule, uint32_t *pad)
{
    uint64_t tail = os_u64_load_relaxed(&r->tail);
    for (;;) {
        uint32_t at = (uint32_t)(tail & (r->granules - 1));
        *pad = at + count > r->granules ? r->granules - at : 0;
        uint32_t used = distance_of(os_u64_load(&r->head), tail);
        if (used > r->granules) { /* our tail is older than the head: others were quick */
            tail = os_u64_load_relaxed(&r->tail);
            continue;
        }
        if (count + *pad > r->granules - used)
            return false;
        if (os_u64_cas(&r->tail, &tail, advance_position(tail, count + *pad, 1))) {
            *granule = at;
            return true;
        }
    }
}

/* Reserves room for n bytes, and for the number of lost records before them when there are any. */
static bool reserve_slot(struct ring *r, uint32_t n, uint64_t lost, struct ring_slot *slot)
{
    uint32_t pad, at, count = (n + RING_GRANULE - 1) / RING_GRANULE + (lost != 0);
    if (count == 0 || count > r->granules / 2 || !take_granules(r, count, &at, &pad))
        return false;
    if (pad != 0) {
        os_u32_store(&r->commits[at], COMMIT_PAD | pad);
        at = 0;
    }
    *slot = (struct ring_slot){
        .room = r->bytes + (size_t)at * RING_GRANULE, .granule = at, .count = count};
    if (lost != 0) {
        memcpy(slot->room, &lost, sizeof lost);
        slot->room = (uint8_t *)slot->room + RING_GRANULE;
        slot->count |= COMMIT_LOST;
    }
    return true;
}

bool ring_try_reserve(struct ring *r, uint32_t n, struct ring_slot *slot)
{
    return reserve_slot(r, n, 0, slot);
}

/* The word `lost`, of which a count of 0 means none. */
static uint64_t take_lost(struct ring *r)
{
    return os_u64_load_relaxed(&r->lost) == 0 ? 0 : os_u64_exchange(&r->lost, 0);
}

/* So many more (times ONE_RECORD), with those that were taken. All of them stand where the first
 * does. */
static void add_lost(struct ring *r, uint64_t records, uint64_t taken)
{
    uint64_t here = os_u64_load(&r->tail), word = os_u64_load(&r->lost), sum, first;
    uint64_t more = records + (taken & ~POSITION_MASK);
    do {
        sum = word < COUNT_MAX - more ? (word & ~POSITION_MASK) + more : COUNT_MAX;
        first = taken != 0 ? taken : word != 0 ? word : here;
    } while (!os_u64_cas(&r->lost, &word, sum | (first & POSITION_MASK)));
}

bool ring_reserve(struct ring *r, uint32_t n, struct ring_slot *slot)
{
    uint64_t lost = take_lost(r);
    if (reserve_slot(r, n, lost >> POSITION_BITS, slot))
        return true;
    (void)os_u64_add(&r->dropped, 1);
    add_lost(r, ONE_RECORD, lost);
    return false;
}

bool ring_reserve_or_keep(struct ring *r, uint32_t n, struct ring_slot *slot)
{
    uint64_t lost = take_lost(r);
    if (reserve_slot(r, n, lost >> POSITION_BITS, slot))
        return true;
    if (lost != 0)
        add_lost(r, 0, lost);
    return false;
}

void ring_commit(struct ring *r, const struct ring_slot *slot)
{
    (void)os_u32_exchange(&r->commits[slot->granule], slot->count);
}

/* ---- the consumer --------------------------------------------------------------------------- */

/* Passes over what lies unused at the end of the ring. */
static uint32_t next_commit(struct ring *r)
{
    for (;;) {
        os_u32 *word = &r->commits[r->at & (r->granules - 1)];
        uint32_t commit = os_u32_load(word);
        if ((commit & COMMIT_PAD) == 0)
            return commit;
        os_u32_store(word, 0);
        r->at = advance_position(r->at, commit & COMMIT_COUNT, 0);
    }
}

/* What is held, unless its place is still ahead. */
static uint64_t report_held(struct ring *r)
{
    uint64_t held = r->held;
    uint32_t ahead = distance_of(r->at, held);
    if (ahead != 0 && ahead <= r->granules)
        return 0;
    r->held = 0;
    return held >> POSITION_BITS;
}

const struct record *ring_peek(struct ring *r, uint64_t *lost)
{
    uint32_t commit = next_commit(r);
    uint8_t *room = r->bytes + (size_t)(r->at & (r->granules - 1)) * RING_GRANULE;
    uint64_t carried = 0;
    *lost = 0;
    if (commit == 0)
        return NULL;
    r->current = commit & COMMIT_COUNT;
    if ((commit & COMMIT_LOST) != 0) {
        memcpy(&carried, room, sizeof carried);
        memset(room, 0, sizeof carried); /* reported once */
        room += RING_GRANULE;
    }
    *lost = report_held(r) + carried;
    return (const struct record *)(const void *)room;
}

bool ring_has_record(const struct ring *r)
{
    return os_u32_load_ordered(&r->commits[r->at & (r->granules - 1)]) != 0;
}

void ring_pop(struct ring *r)
{
    os_u32_store(&r->commits[r->at & (r->granules - 1)], 0);
    r->at = advance_position(r->at, r->current, 1);
    os_u64_bump(&r->popped, 1);
}

void ring_release(struct ring *r)
{
    if (os_u64_load_relaxed(&r->head) != r->at)
        os_u64_store(&r->head, r->at);
}

uint64_t ring_take_lost(struct ring *r)
{
    if (r->held == 0)
        r->held = take_lost(r);
    return report_held(r);
}

bool ring_has_lost(struct ring *r)
{
    return r->held != 0 || os_u64_add(&r->lost, 0) != 0;
}

/* ---- counts --------------------------------------------------------------------------------- */

uint64_t ring_waiting(const struct ring *r)
{
    uint64_t head = os_u64_load(&r->head), tail = os_u64_load(&r->tail);
    return ((tail >> POSITION_BITS) - (head >> POSITION_BITS)) & COUNT_MASK;
}

bool ring_is_crowded(const struct ring *r)
{
    uint64_t head = os_u64_load(&r->head); /* first: it may only have moved on since */
    return distance_of(head, os_u64_load(&r->tail)) > r->granules / 4 * 3;
}

/* The tail's count of records is short and wraps; what was popped says how often it has. */
uint64_t ring_pushed(const struct ring *r)
{
    uint64_t popped = os_u64_load(&r->popped), tail = os_u64_load(&r->tail);
    return popped + (((tail >> POSITION_BITS) - popped) & COUNT_MASK);
}

uint64_t ring_popped(const struct ring *r)
{
    return os_u64_load(&r->popped);
}

uint64_t ring_dropped(const struct ring *r)
{
    return os_u64_load(&r->dropped);
}
