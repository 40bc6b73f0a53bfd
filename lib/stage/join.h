/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that makes one event of two: a net event and the audit record of the same decision. A
 * half whose other half has not come waits, in room that is bounded, until that comes or its time
 * is over. Who reads decides which halves wait, and until when: the clock is the caller's.
 *
 * Each half is used once. Of several that fit, the nearest in time is taken. With `ordered` records
 * leave in the order in which they came, so that those which wait hold up the others.
 */
#ifndef WFPW_JOIN_H
#define WFPW_JOIN_H

#include "base/memory.h"
#include "base/options.h"
#include "stage/join_key.h"

struct join;

struct join_options {
    wfpw_allocator memory;
    size_t bytes;    /* of records that wait, at least; JOIN_BYTES_MIN to JOIN_BYTES_MAX */
    uint64_t window; /* how far apart two halves may be in time, 100 ns */
    bool ordered;
};

/* NULL: no memory. */
struct join *join_new(const struct join_options *o);
void join_free(struct join *j);

enum join_result {
    JOIN_ALONE,  /* no other half waits */
    JOIN_MERGED, /* *merged: both in one; until the next call */
    JOIN_KEPT,   /* ordered: found, and both in one come out in their turn */
    JOIN_FULL    /* ordered: found, but there is no room: take out what is oldest, and ask again */
};

/* Looks for the other half of r among those that wait. */
enum join_result join_find(struct join *j, const struct record *r, const struct record **merged);
/* Keeps a copy of r for its other half until `due`. false: no room. */
bool join_wait(struct join *j, const struct record *r, uint64_t due);
/* ordered: keeps a copy of a record that waits for nothing but those before it. */
bool join_queue(struct join *j, const struct record *r);

/* What leaves next: the oldest, if its time is over at `now`; with `force` in any case. NULL: none.
 * *is_merged: it is two in one. It stays until join_pop. */
const struct record *join_next(struct join *j, uint64_t now, bool force, bool *is_merged);
void join_pop(struct join *j);

/* Records that wait. */
uint64_t join_waiting(const struct join *j);
/* The number of the oldest audit record among them. false: there is none. */
bool join_oldest_audit(const struct join *j, uint64_t *record_id);
/* When the oldest is due; UINT64_MAX: none waits. */
uint64_t join_due(const struct join *j);

#endif
