/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What filters name by a key: providers, sublayers, callouts, layers, provider contexts. The caller
 * locks. When there is no room more, what comes is refused; or provider contexts go that nobody
 * asked for since: of the others a machine has few, a context comes with each rule. One that was
 * deleted is kept for the names of what it leaves behind, the OBJECTS_DELETED newest of them. */
#ifndef WFPW_OBJECTS_H
#define WFPW_OBJECTS_H

#include "base/memory.h"
#include "model/policy_object.h"

struct known;

enum {
    OBJECTS_LAYERS = 512,  /* layers known by their run-time id; Windows 11 has 99 */
    OBJECTS_DELETED = 1024 /* of those that are deleted */
};

struct objects {
    wfpw_allocator memory;
    struct known *table; /* uthash: by kind and key */
    struct known *layers[OBJECTS_LAYERS];
    uint64_t seed;
    uint64_t seq;     /* of what was added last */
    uint32_t changes; /* how often any was found to be deleted */
    uint32_t deleted; /* how many are; those of lists stand first in the table */
    size_t bytes, budget;
    struct known *hand;        /* where eviction goes on */
    bool evicts;               /* contexts give way */
    uint64_t refused, evicted; /* for want of room */
    bool out_of_memory;
};

void objects_init(struct objects *s, const wfpw_allocator *memory, size_t budget, uint64_t seed);
void objects_free(struct objects *s);
/* Copies the object; it takes the place of an older one with its kind and key. from: the life of
 * the engine, or the dump, that it is known from. false: no memory. */
bool objects_add(struct objects *s, const struct policy_object *o, uint32_t from);
/* What was not added after this number (of s->seq, when a list of all there is began) is deleted.
 */
void objects_delete_rest(struct objects *s, uint64_t before);
/* The same of one. */
void objects_delete(struct objects *s, enum policy_object_kind kind, const char *key);
/* NULL when it is not known, or key is NULL. Marks it as used. */
const struct policy_object *objects_get(const struct objects *s, enum policy_object_kind kind,
                                        const char *key);
/* WFPW_FILTER_STATE_*, to one who knows what it is of `from`: CURRENT, DELETED, UNCERTAIN when it
 * is known from elsewhere; 0: not known. */
uint32_t objects_state(const struct objects *s, enum policy_object_kind kind, const char *key,
                       uint32_t from);
/* Bits of a token (47 to 61) that change when any is deleted: a filter's copy may say otherwise. */
static inline uint64_t objects_token(const struct objects *s)
{
    return (uint64_t)(s->changes & 0x7FFF) << 47;
}
const struct policy_object *objects_layer(const struct objects *s, uint32_t id);

#endif
