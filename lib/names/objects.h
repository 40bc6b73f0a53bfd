/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What filters name by a key: providers, sublayers, callouts, layers, provider contexts. The caller
 * locks. When there is no room more, what comes is refused; or provider contexts go that nobody
 * asked for since: of the others a machine has few, a context comes with each rule. */
#ifndef WFPW_OBJECTS_H
#define WFPW_OBJECTS_H

#include "base/memory.h"
#include "model/policy_object.h"

struct known;

enum { OBJECTS_LAYERS = 512 }; /* layers known by their run-time id; Windows 11 has 99 */

struct objects {
    wfpw_allocator memory;
    struct known *table; /* uthash: by kind and key */
    struct known *layers[OBJECTS_LAYERS];
    uint64_t seed;
    size_t bytes, budget;
    struct known *hand;        /* where eviction goes on */
    bool evicts;               /* contexts give way */
    uint64_t refused, evicted; /* for want of room */
    bool out_of_memory;
};

void objects_init(struct objects *s, const wfpw_allocator *memory, size_t budget, uint64_t seed);
void objects_free(struct objects *s);
/* Copies the object; it takes the place of an older one with its kind and key. false: no memory. */
bool objects_add(struct objects *s, const struct policy_object *o);
/* NULL when it is not known, or key is NULL. Marks it as used. */
const struct policy_object *objects_get(const struct objects *s, enum policy_object_kind kind,
                                        const char *key);
const struct policy_object *objects_layer(const struct objects *s, uint32_t id);

#endif
