/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A bounded queue of records: many threads push, one pops. Pushing never waits, allocates or takes
 * a lock; what finds no room is counted, and the next record that gets in carries the count, which
 * places the gap.
 *
 * The words that say "a record starts here and is complete" stand apart from the bytes of the
 * records, so that no content of an old record can ever be read as such a word.
 */
#ifndef WFPW_RING_H
#define WFPW_RING_H

#include "base/options.h"
#include "model/record.h"
#include "os/os.h"

enum {
    RING_GRANULE = 64, /* records start at multiples of it */
    RING_LINE = 64     /* bytes that two processors should not write to at once */
};

struct ring {
    uint8_t *bytes;
    os_u32 *commits; /* one a granule: 0, or that many granules are complete, plus flags */
    uint32_t granules;
    uint8_t pad0[RING_LINE];
    os_u64 tail; /* producers: records pushed << 24 | granules taken, both wrapping */
    uint8_t pad1[RING_LINE];
    os_u64 head; /* the consumer, in the same form */
    uint8_t pad2[RING_LINE];
    os_u64 dropped; /* all, ever */
    os_u64 lost;    /* dropped and not yet reported << 24 | the tail's position when that began */
    uint8_t pad3[RING_LINE];
    uint64_t at;      /* the consumer's own position, ahead of head */
    os_u64 popped;    /* all, ever */
    uint64_t held;    /* taken from `lost`, until the consumer has come to its place */
    uint32_t current; /* granules of the record that ring_peek gave */
};

/* A place in the ring between ring_reserve and ring_commit. */
struct ring_slot {
    void *room;
    uint32_t granule, count;
};

/* The size that a ring of about `bytes` has: a power of two in the limits. */
uint32_t ring_size(uint32_t bytes);
/* memory: ring_memory(size) bytes, zeroed, aligned to 64, kept by the caller until the ring is not
 * used. */
size_t ring_memory(uint32_t size);
void ring_init(struct ring *r, void *memory, uint32_t size);

/* Any thread. Room for a record of at most n bytes, to be written and committed without delay;
 * false when there is none: the event is counted as dropped. */
bool ring_reserve(struct ring *r, uint32_t n, struct ring_slot *slot);
/* The same for a producer that keeps what finds no room: nothing is counted. */
bool ring_reserve_or_keep(struct ring *r, uint32_t n, struct ring_slot *slot);
/* The same for a ring into which nothing is ever lost. */
bool ring_try_reserve(struct ring *r, uint32_t n, struct ring_slot *slot);
/* Makes the record visible. */
void ring_commit(struct ring *r, const struct ring_slot *slot);

/* The consumer's thread. The oldest record, or NULL when there is none complete. *lost: how many
 * were dropped before it (reported once). The record stays until ring_pop. */
const struct record *ring_peek(struct ring *r, uint64_t *lost);
void ring_pop(struct ring *r);
/* Whether ring_peek would give one. Ordered: a thread that has announced that it sleeps
 * (os_u32_exchange) and sees none here is seen to sleep by who commits one. */
bool ring_has_record(const struct ring *r);
/* Gives the room of what was popped back to the producers. Cheap, but not free: once for several.
 */
void ring_release(struct ring *r);
/* Drops that no record has carried, when all records before them have been popped (reported once).
 */
uint64_t ring_take_lost(struct ring *r);
/* Whether there are drops that no record carries, ordered as ring_has_record. */
bool ring_has_lost(struct ring *r);

/* Any thread. Records reserved and not yet released. */
uint64_t ring_waiting(const struct ring *r);
/* Whether more than three quarters of its room are taken. */
bool ring_is_crowded(const struct ring *r);
/* Records reserved, and popped, ever. */
uint64_t ring_pushed(const struct ring *r);
uint64_t ring_popped(const struct ring *r);
uint64_t ring_dropped(const struct ring *r);

#endif
