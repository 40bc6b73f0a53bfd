/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Counting events of one kind before they come to the ring: a table of fixed size, with a slot for
 * each kind of which more than one came a short while ago. Many threads count, and none of them
 * waits, allocates or takes a lock; one consumer at a time takes out of a slot a record that stands
 * for all that was counted there.
 *
 * A slot's state says in one word how many are inside it, whether it is open and what was counted.
 * Who enters an open slot may read its key and write to it until it leaves; the consumer closes it
 * first and takes its content when nobody is inside any more.
 */
#ifndef WFPW_AGGREGATE_H
#define WFPW_AGGREGATE_H

#include "base/memory.h"
#include "queue/fingerprint.h"
#include "queue/ring.h"

enum {
    AGGREGATE_SLOT = 2048,
    AGGREGATE_WAYS = 8, /* slots that a kind may have */
    AGGREGATE_PIECES = 7,
    AGGREGATE_MARKS = FINGERPRINTS,
    AGGREGATE_ARRIVALS = 2, /* kinds that are remembered, for each slot */
    AGGREGATE_BYTES_DEFAULT = 2 * 1024 * 1024,
    AGGREGATE_BYTES_MIN = 64 * 1024,
    AGGREGATE_BYTES_MAX = 256 * 1024 * 1024
};

/* What all events of a kind have in common, in pieces; the first has the sizes of the others. */
struct aggregate_key {
    struct {
        const void *data;
        uint32_t size;
    } pieces[AGGREGATE_PIECES];
    uint32_t count;
    uint32_t bytes; /* of all of them, up to a multiple of 8 */
};

/* In what they differ. */
struct aggregate_one {
    uint64_t time;
    uint16_t ports[2]; /* of the local and of the remote side */
    bool has_port[2];
};

struct aggregate_slot {
    os_u64 state;
    os_u64 first, last;               /* of what was counted */
    os_u64 ports[2][AGGREGATE_PORTS]; /* plus 1; 0: none */
    os_u32 more[2];                   /* 1: there were others */
    uint32_t began;     /* ticks: when the first of its kind came, as far as is remembered */
    uint32_t key_bytes; /* of `room`; the record follows */
    uint64_t kind;      /* fingerprint_kind of the record */
    uint64_t room[(AGGREGATE_SLOT - 304) / 8];
};

struct aggregate {
    struct aggregate_slot *slots;
    os_u64 *tags;     /* a slot's hash; 0: it is free */
    os_u64 *arrivals; /* part of a kind's hash, and the ticks when the first of it came */
    uint32_t sets;
    uint32_t window_ms;
    uint64_t seed;
    os_u64 bypass; /* events before this time are not counted here */
    os_u32 used;   /* slots */
    os_u32 is_crowded;
    uint8_t pad0[RING_LINE];
    os_u64 counted; /* events, ever */
    os_u64 marks[AGGREGATE_MARKS];
    uint8_t pad1[RING_LINE];
    os_u64 sent;     /* records that stand for others, ever */
    os_u64 settled;  /* events that those stand for */
    uint64_t due;    /* the consumer's: ticks, when to look again */
    bool is_held_up; /* by somebody inside a slot, the last time */
    uint64_t met[AGGREGATE_MARKS];
};

/* bytes: of memory, in the limits above; 0: the default. NULL: no memory. */
struct aggregate *aggregate_new(const wfpw_allocator *memory, uint32_t bytes, uint32_t window_ms,
                                uint64_t seed);
void aggregate_free(const wfpw_allocator *memory, struct aggregate *a);

/* ---- any thread ------------------------------------------------------------------------------ */

/* Whether the event is the first of its kind in a window, as far as is remembered: it is to go its
 * own way if it can, and needs no slot. hash: of its key, made with a->seed, never 0. now: ticks.
 * Where two kinds have one hash, the first of the second is counted like those that follow it. */
bool aggregate_is_first(struct aggregate *a, uint64_t hash, uint32_t now);
/* Whether there is an open slot of this kind; then the event is counted there. */
bool aggregate_count(struct aggregate *a, const struct aggregate_key *key, uint64_t hash,
                     const struct aggregate_one *one);
/* A slot for a new kind, not open yet; NULL: there is none, or the key is too long. Its record is
 * to be written, into aggregate_room(slot) bytes, then it is to be opened, or given back. */
struct aggregate_slot *aggregate_claim(struct aggregate *a, const struct aggregate_key *key,
                                       uint64_t hash);
void aggregate_give_back(struct aggregate *a, struct aggregate_slot *slot);
static inline uint32_t aggregate_room(const struct aggregate_slot *slot)
{
    return (uint32_t)sizeof slot->room - slot->key_bytes;
}
static inline struct record *aggregate_record(struct aggregate_slot *slot)
{
    return (struct record *)(void *)((uint8_t *)slot->room + slot->key_bytes);
}
/* one: the event of the record, which is counted. */
void aggregate_open(struct aggregate *a, struct aggregate_slot *slot,
                    const struct aggregate_one *one);

/* ---- the consumer, one thread at a time -------------------------------------------------------
 */

/* Sends those records into the ring whose time is over, or whose slot is needed, or all of them, as
 * far as there is room. now: ticks. false: none was sent. */
bool aggregate_send(struct aggregate *a, struct ring *ring, uint64_t now, bool all);
/* Ticks when aggregate_send is due; 0: nothing is counted. */
uint64_t aggregate_due(const struct aggregate *a);
/* Whether there is something to send for a consumer that wants all of it. */
bool aggregate_has_rest(const struct aggregate *a);
/* From now on events before this time are not counted; 0: all are. An event that is on its way at
 * that moment still may be. */
void aggregate_bypass(struct aggregate *a, uint64_t time);
static inline bool aggregate_bypasses(const struct aggregate *a, uint64_t time)
{
    return time < os_u64_load_relaxed(&a->bypass);
}
/* Whether an event of the last AGGREGATE_MARKS that were counted is as this one; it is so once
 * after aggregate_rewind. */
bool aggregate_meets(struct aggregate *a, const struct record *r);
void aggregate_rewind(struct aggregate *a);

#endif
