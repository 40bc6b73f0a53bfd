/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a session does with the stage `join`: which records wait for their other half and until
 * when, and in which order events leave. Nothing but halves is ever delayed, unless the session
 * wants its events in order.
 */
#ifndef WFPW_JOINER_H
#define WFPW_JOINER_H

#include "os/os.h"
#include "stage/join.h"

/* Which audits Windows writes: a record that is not written is not waited for. */
enum {
    JOINER_CONNECTION_FAILURE = 0x1, /* Filtering Platform Connection */
    JOINER_CONNECTION_SUCCESS = 0x2,
    JOINER_PACKET_FAILURE = 0x4, /* Filtering Platform Packet Drop */
    JOINER_PACKET_SUCCESS = 0x8,
    JOINER_FILTER_CHANGE = 0x10, /* Other Policy Change Events */
    JOINER_ALL = 0x1F
};

struct joiner {
    struct join *join; /* NULL: nothing is joined */
    uint32_t mode;     /* WFPW_JOIN_* */
    uint64_t window;   /* 100 ns */
    bool ordered;
    bool has_guard;               /* its events, and records of added filters, are halves, too */
    bool has_clock;               /* `now` is given: a live source is there */
    os_u32 audited;               /* JOINER_*; any thread sets it */
    uint64_t clock, last;         /* files: how far their time has gone on, and the last record's */
    const struct record *merged;  /* found, and not yet given out */
    os_u64 waiting;               /* records that are kept */
    os_u64 merged_count, crowded; /* halves merged away; that left early, for want of room */
};

/* What giving an event to the reader came to. */
enum joiner_given {
    GIVEN,     /* or left out, as it is not wanted */
    GIVE_FULL, /* no room in the batch: the same again with the next one */
    GIVE_WAITS /* not given: it would be better with its other half; only when it may wait */
};

/* The reader: takes a finished record. */
struct joiner_out {
    enum joiner_given (*give)(void *ctx, const struct record *r, bool may_wait);
    void *ctx;
};

/* bytes: of the records that wait. false: no memory. */
bool joiner_init(struct joiner *g, const wfpw_allocator *memory, uint32_t mode, uint64_t window,
                 size_t bytes, bool ordered);
void joiner_free(struct joiner *g);

/* Takes a record, gives it out, or keeps a copy. now: a clock in 100 ns that never goes back; 0:
 * the time of the records themselves, as files are read faster than it passed. false: the batch is
 * full, and the record is to be offered again. */
bool joiner_pass(struct joiner *g, const struct record *r, uint64_t now,
                 const struct joiner_out *out);
/* Gives out what is due; with `all` everything. false: the batch is full. */
bool joiner_release(struct joiner *g, uint64_t now, bool all, const struct joiner_out *out);
/* When joiner_release has something to do: on the clock of joiner_pass; UINT64_MAX: never. */
uint64_t joiner_due(const struct joiner *g);
/* The number of the oldest audit record that is kept. false: there is none. */
bool joiner_oldest_audit(const struct joiner *g, uint64_t *record_id);
/* Records that are kept. Any thread. */
uint64_t joiner_waiting(const struct joiner *g);
/* Whether Windows may write the other half of a net event. Any thread. */
bool joiner_may_come(const struct joiner *g, const wfpw_event *ev);

#endif
