/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters by run-time id, within a budget of bytes. An id means something in one life of the engine
 * only (its epoch), and even there it may be seen at several times: so an id has versions, each
 * with the span of time for which it is known to hold. What was deleted stays as a tombstone, in a
 * budget of its own, because it can never be asked for again. The caller locks.
 */
#ifndef WFPW_FILTERS_H
#define WFPW_FILTERS_H

#include "base/memory.h"
#include "names/policy_packed.h"

struct version;
struct slab;

/* Of one id: a file can give it any number, and each look-up would go through them. */
enum { FILTERS_VERSIONS_MAX = 64 };

/* What else is known of an object that is added. */
struct filter_facts {
    uint16_t source;       /* an index of the owner's */
    uint32_t epoch;        /* a life of the engine; 0: one that is not known, as of a dump */
    uint64_t since, until; /* proven to hold from, to; both 0: at no time */
    bool is_poor;          /* it says less than a dump: it never replaces a dump's */
    bool is_bare;          /* only its key is known: found as UNKNOWN */
};

struct filters {
    wfpw_allocator memory;
    struct version *table;              /* uthash: the newest version of each id */
    struct version *hand;               /* of the clock: where eviction goes on */
    struct version *grave, **grave_end; /* tombstones, the oldest first */
    struct slab *slabs;
    struct version *spare; /* free ones of the slabs */
    uint64_t seed;         /* of the hash, so that no file can choose its collisions */
    size_t bytes, grave_bytes, budget, grave_budget;
    uint64_t count, evicted, seq;
    struct version *last; /* that filters_next gave, so that the next call need not look for it */
    bool out_of_memory;   /* an allocation of the table's failed */
    struct policy_room room; /* for the largest object that was added */
};

void filters_init(struct filters *f, const wfpw_allocator *memory, size_t budget, uint64_t seed);
void filters_free(struct filters *f);
/* Another budget from now on: what it has no room for is given up. */
void filters_limit(struct filters *f, size_t budget);

/* Copies the object. false: no memory. */
bool filters_add(struct filters *f, const struct policy_object *o,
                 const struct filter_facts *facts);
/* The filter with this id was deleted then; o, which may be new, names it; it takes the place of
 * one that is bare. false: no memory. */
bool filters_delete(struct filters *f, const struct policy_object *o,
                    const struct filter_facts *facts, uint64_t time);

/* What is there no more when a whole list of an epoch has been added: what was put into the table
 * before the list began (its number then) and has not come again was deleted at this time. What is
 * of another epoch ended with it; that is no deletion. */
struct filters_rest {
    uint32_t epoch;
    uint64_t before;  /* filters.seq when the list began */
    uint64_t objects; /* the same of what filters name by a key */
    uint64_t time;
};
/* Makes tombstones of that, from *cursor (0 at first) on for n ids at most. false: at the end. */
bool filters_bury_rest(struct filters *f, const struct filters_rest *rest, uint64_t *cursor,
                       uint32_t n);

/* A filter that was found, until the table changes. */
struct filter_found {
    const struct policy_packed *packed;
    uint32_t state, source; /* WFPW_FILTER_STATE_* */
    uint64_t seq;           /* another one for whatever is put into the table */
    uint64_t since;
    uint64_t deleted; /* when; 0: not, or not known */
    bool is_bare;
};

/* What was found, until another one is asked for. */
const struct policy_object *filters_object(struct filters *f, const struct filter_found *found);
/* Its key, until another one is asked for; NULL: it has none. */
const char *filters_key(struct filters *f, const struct filter_found *found);

/* The newest version; marks it as used. */
bool filters_newest(struct filters *f, uint64_t id, struct filter_found *out);
/* The version that an event of this epoch and time means. */
bool filters_at(struct filters *f, uint64_t id, uint32_t epoch, uint64_t time,
                struct filter_found *out);
/* The newest version that has this key in this epoch. */
bool filters_by_key(struct filters *f, uint64_t id, uint32_t epoch, const char *key,
                    struct filter_found *out);
/* In the order in which they were added: the first one behind *cursor, which starts as 0. */
bool filters_next(struct filters *f, uint64_t *cursor, struct filter_found *out);

#endif
