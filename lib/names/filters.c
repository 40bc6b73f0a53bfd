/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/filters.h"

#include <string.h>

#include "base/hash.h"

/* The table's memory is the caller's, and a failure of it an answer. `f` is the table in scope. */
#define HASH_NONFATAL_OOM                1
#define uthash_malloc(size)              take_memory(f, size)
#define uthash_free(p, size)             give_memory(f, p, size)
#define uthash_nonfatal_oom(entry)       ((void)(entry), f->out_of_memory = true)
#define HASH_FUNCTION(key, length, hash) ((void)(length), (hash) = hash_number(*(key), f->seed))
#include <uthash.h>
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 6U /* short chains: each step of one is a miss of the cache */

/* What a look-up needs, in two lines of the cache; its object lies elsewhere. */
struct version {
    UT_hash_handle hh; /* of the newest one of an id */
    uint64_t id;
    struct policy_packed *packed;
    struct version *older;                    /* of this id; of a free one: the next that is free */
    struct version *grave_next, **grave_link; /* of a tombstone */
    uint64_t seq, since, until; /* of a tombstone until its deletion; UINT64_MAX: no end is known */
    uint32_t epoch;
    uint16_t source;
    bool is_poor : 1, is_bare : 1, is_dead : 1, is_used : 1;
};

enum { SLAB = 64 };

/* Versions stand close together, so that few pages have them all. */
struct slab {
    struct version versions[SLAB];
    struct slab *next;
};

/* ---- memory --------------------------------------------------------------------------------- */

static void *take_memory(struct filters *f, size_t size)
{
    void *p = memory_take(&f->memory, size);
    f->bytes += p != NULL ? size : 0;
    return p;
}

static void give_memory(struct filters *f, void *p, size_t size)
{
    f->bytes -= size;
    memory_give(&f->memory, p);
}

static size_t size_of(const struct version *v)
{
    return sizeof *v + policy_packed_bytes(v->packed);
}

static bool add_slab(struct filters *f)
{
    struct slab *slab = memory_new(&f->memory, sizeof *slab);
    if (slab == NULL)
        return false;
    f->bytes += sizeof *slab;
    slab->next = f->slabs;
    f->slabs = slab;
    for (size_t i = 0; i < SLAB; i++) {
        slab->versions[i].older = f->spare;
        f->spare = &slab->versions[i];
    }
    return true;
}

static void free_slabs(struct filters *f)
{
    while (f->slabs != NULL) {
        struct slab *next = f->slabs->next;
        f->bytes -= sizeof *f->slabs;
        memory_free(&f->memory, f->slabs);
        f->slabs = next;
    }
    f->spare = NULL;
}

static struct version *new_version(struct filters *f, const struct policy_object *o,
                                   const struct filter_facts *facts)
{
    if (f->spare == NULL && !add_slab(f))
        return NULL;
    size_t n = policy_room_pack(&f->room, &f->memory, o);
    struct policy_packed *packed = n != 0 ? take_memory(f, n) : NULL;
    if (packed == NULL)
        return NULL;
    memcpy(packed, f->room.p, n);
    struct version *v = f->spare;
    f->spare = v->older;
    *v = (struct version){.id = o->id,
                          .packed = packed,
                          .since = facts->since,
                          .until = facts->until,
                          .source = facts->source,
                          .epoch = facts->epoch,
                          .is_poor = facts->is_poor,
                          .is_bare = facts->is_bare};
    return v;
}

void filters_init(struct filters *f, const wfpw_allocator *memory, size_t budget, uint64_t seed)
{
    *f = (struct filters){
        .memory = *memory, .budget = budget - budget / 8, .grave_budget = budget / 8, .seed = seed};
    f->grave_end = &f->grave;
}

/* ---- the table ------------------------------------------------------------------------------ */

static struct version *find_version(struct filters *f, uint64_t id)
{
    struct version *v;
    HASH_FIND(hh, f->table, &id, sizeof id, v);
    return v;
}

static void unlink_newest(struct filters *f, struct version *v)
{
    if (f->hand == v)
        f->hand = v->hh.next;
    if (f->last == v)
        f->last = NULL;
    HASH_DELETE(hh, f->table, v);
}

/* false: no memory; the table is as it was. */
static bool link_newest(struct filters *f, struct version *v)
{
    f->out_of_memory = false;
    v->seq = ++f->seq;
    HASH_ADD(hh, f->table, id, sizeof v->id, v);
    return !f->out_of_memory;
}

/* ---- tombstones ----------------------------------------------------------------------------- */

static void dig_up(struct filters *f, struct version *v)
{
    if (!v->is_dead)
        return;
    *v->grave_link = v->grave_next;
    if (v->grave_next != NULL)
        v->grave_next->grave_link = v->grave_link;
    else
        f->grave_end = v->grave_link;
    f->grave_bytes -= size_of(v);
    v->is_dead = false;
}

static void free_version(struct filters *f, struct version *v)
{
    dig_up(f, v);
    give_memory(f, v->packed, policy_packed_bytes(v->packed));
    v->older = f->spare;
    f->spare = v;
}

static void free_chain(struct filters *f, struct version *v)
{
    while (v != NULL) {
        struct version *older = v->older;
        free_version(f, v);
        v = older;
    }
}

/* Takes the newest of a chain away; the one before it is the newest then. */
static void unlink_first(struct filters *f, struct version *v)
{
    struct version *older = v->older;
    bool linked = older != NULL && link_newest(f, older);
    unlink_newest(f, v);
    f->count -= !linked;
    if (!linked)
        free_chain(f, older);
}

static void unlink_version(struct filters *f, struct version *v)
{
    struct version *newest = find_version(f, v->id), **link = &newest->older;
    if (newest == v) {
        unlink_first(f, v);
        return;
    }
    while (*link != v)
        link = &(*link)->older;
    *link = v->older;
}

static void trim_graves(struct filters *f)
{
    while (f->grave != NULL && f->grave_bytes > f->grave_budget) {
        struct version *v = f->grave;
        f->evicted++;
        unlink_version(f, v);
        free_version(f, v);
    }
}

static void bury_version(struct filters *f, struct version *v, uint64_t time)
{
    v->until = time;
    if (v->is_dead)
        return;
    v->is_dead = true;
    v->grave_next = NULL;
    v->grave_link = f->grave_end;
    *f->grave_end = v;
    f->grave_end = &v->grave_next;
    f->grave_bytes += size_of(v);
}

void filters_free(struct filters *f)
{
    struct version *v = f->table;
    HASH_CLEAR(hh, f->table);
    while (v != NULL) { /* the table's order outlives its buckets */
        struct version *next = v->hh.next;
        free_chain(f, v);
        v = next;
    }
    free_slabs(f);
    policy_room_free(&f->room, &f->memory);
    f->count = 0;
}

/* ---- eviction ------------------------------------------------------------------------------- */

static bool all_dead(const struct version *v)
{
    while (v != NULL && v->is_dead)
        v = v->older;
    return v == NULL;
}

static void evict_version(struct filters *f, struct version *v)
{
    unlink_newest(f, v);
    free_chain(f, v);
    f->count--;
    f->evicted++;
}

/* Takes the next one away that was not used since the hand passed it last. Tombstones go by age. */
static bool evict_one(struct filters *f, const struct version *kept)
{
    for (uint64_t steps = 2 * f->count + 1; steps > 0; steps--) {
        struct version *v = f->hand != NULL ? f->hand : f->table;
        f->hand = v->hh.next;
        if (!v->is_used && v != kept && !all_dead(v)) {
            evict_version(f, v);
            return true;
        }
        v->is_used = false;
    }
    return false;
}

/* An object that is larger than the whole budget is not kept itself. */
static void trim_versions(struct filters *f, struct version *added)
{
    trim_graves(f);
    while (f->count > 1 && f->bytes - f->grave_bytes > f->budget && evict_one(f, added))
        ;
    if (f->bytes - f->grave_bytes > f->budget && f->count == 1 && !all_dead(f->table))
        evict_version(f, f->table);
}

void filters_limit(struct filters *f, size_t budget)
{
    f->budget = budget - budget / 8;
    f->grave_budget = budget / 8;
    trim_versions(f, NULL);
}

/* ---- adding --------------------------------------------------------------------------------- */

static bool same_key(const struct version *v, const struct policy_object *o, uint32_t epoch)
{
    const char *key = policy_object_slot_of(o, TEXT_KEY);
    return v != NULL && v->epoch == epoch && policy_packed_is(v->packed, TEXT_KEY, key);
}

static bool same_filter(const struct version *v, const struct policy_object *o, uint32_t epoch)
{
    return same_key(v, o, epoch) && !v->is_dead;
}

/* Seen twice with one key, an id meant this filter all the time in between. */
static void join_spans(struct version *v, const struct version *old)
{
    if (old->until != 0 && (v->until == 0 || old->since < v->since))
        v->since = old->since;
    if (old->until > v->until)
        v->until = old->until;
}

/* The oldest of too many versions of an id goes. */
static void trim_chain(struct filters *f, struct version *newest)
{
    struct version *v = newest;
    for (int n = 2; v->older != NULL && v->older->older != NULL; n++) {
        if (n >= FILTERS_VERSIONS_MAX)
            break;
        v = v->older;
    }
    if (v->older == NULL || v->older->older == NULL)
        return;
    f->evicted++;
    free_version(f, v->older->older);
    v->older->older = NULL;
}

static bool add_version(struct filters *f, const struct policy_object *o,
                        const struct filter_facts *facts, struct version **out)
{
    struct version *old = find_version(f, o->id), *v = new_version(f, o, facts);
    bool same = same_filter(old, o, facts->epoch);
    *out = v;
    if (v == NULL)
        return false;
    if (same && facts->is_poor && !old->is_poor) {
        join_spans(old, v);
        free_version(f, v);
        *out = old;
        return true;
    }
    v->older = same ? old->older : old;
    if (!link_newest(f, v)) {
        free_version(f, v);
        return false;
    }
    f->count += old == NULL;
    if (old != NULL)
        unlink_newest(f, old);
    if (same) {
        join_spans(v, old);
        free_version(f, old);
    }
    trim_chain(f, v);
    return true;
}

bool filters_add(struct filters *f, const struct policy_object *o, const struct filter_facts *facts)
{
    struct version *v;
    if (!add_version(f, o, facts, &v))
        return false;
    trim_versions(f, v);
    return true;
}

bool filters_delete(struct filters *f, const struct policy_object *o,
                    const struct filter_facts *facts, uint64_t time)
{
    struct version *v = find_version(f, o->id);
    bool is_known = same_key(v, o, facts->epoch) && (!v->is_bare || facts->is_bare);
    if (!is_known && !add_version(f, o, facts, &v))
        return false;
    bury_version(f, v, time);
    trim_versions(f, v);
    return true;
}

/* ---- one after the other -------------------------------------------------------------------- */

/* The first newest version behind this number; NULL: there is none. */
static struct version *next_of(struct filters *f, uint64_t cursor)
{
    struct version *v = f->last != NULL && f->last->seq == cursor ? f->last->hh.next : f->table;
    while (v != NULL && v->seq <= cursor)
        v = v->hh.next;
    f->last = v;
    return v;
}

static void bury_chain(struct filters *f, struct version *v, const struct filters_rest *rest)
{
    for (; v != NULL; v = v->older)
        if (!v->is_dead && v->epoch != rest->epoch)
            bury_version(f, v, v->until);
        else if (!v->is_dead && v->seq <= rest->before)
            bury_version(f, v, rest->time);
}

bool filters_bury_rest(struct filters *f, const struct filters_rest *rest, uint64_t *cursor,
                       uint32_t n)
{
    struct version *v = NULL;
    while (n-- > 0 && (v = next_of(f, *cursor)) != NULL) {
        *cursor = v->seq;
        bury_chain(f, v, rest);
    }
    trim_graves(f);
    return v != NULL;
}

/* ---- finding -------------------------------------------------------------------------------- */

const struct policy_object *filters_object(struct filters *f, const struct filter_found *found)
{
    return policy_unpack(found->packed, f->room.p);
}

const char *filters_key(struct filters *f, const struct filter_found *found)
{
    return policy_packed_text(found->packed, TEXT_KEY, f->room.p);
}

static bool give_version(const struct version *v, uint32_t state, struct filter_found *out)
{
    *out = (struct filter_found){
        .packed = v->packed,
        .state = v->is_bare ? WFPW_FILTER_STATE_UNKNOWN : state,
        .source = v->source,
        .seq = v->seq,
        .since = v->since,
        .deleted = v->is_dead && v->until != UINT64_MAX ? v->until : 0,
        .is_bare = v->is_bare,
    };
    return true;
}

bool filters_newest(struct filters *f, uint64_t id, struct filter_found *out)
{
    struct version *v = find_version(f, id);
    if (v == NULL)
        return false;
    v->is_used = true;
    return give_version(v, v->is_dead ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT, out);
}

/* How far a time is from what a version is known for. */
static uint64_t distance_of(const struct version *v, uint64_t time)
{
    return v->until == 0     ? UINT64_MAX
           : time < v->since ? v->since - time
           : time > v->until ? time - v->until
                             : 0;
}

/* Of a life that is not known: the version of the nearest time, which is certain only within it. */
static bool nearest_version(const struct version *v, uint64_t time, struct filter_found *out)
{
    const struct version *best = v;
    for (; v != NULL; v = v->older)
        if (distance_of(v, time) < distance_of(best, time))
            best = v;
    bool certain = distance_of(best, time) == 0;
    return give_version(best, certain ? WFPW_FILTER_STATE_CURRENT : WFPW_FILTER_STATE_UNCERTAIN,
                        out);
}

bool filters_at(struct filters *f, uint64_t id, uint32_t epoch, uint64_t time,
                struct filter_found *out)
{
    struct version *v = find_version(f, id);
    if (v == NULL)
        return false;
    if (!v->is_used) /* or every look-up would write to a line of the cache */
        v->is_used = true;
    if (epoch == 0)
        return nearest_version(v, time, out);
    while (v != NULL && (v->epoch != epoch || v->since > time))
        v = v->older;
    if (v == NULL)
        return false;
    bool is_over = v->is_dead && time >= v->until;
    return give_version(v, is_over ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT, out);
}

bool filters_by_key(struct filters *f, uint64_t id, uint32_t epoch, const char *key,
                    struct filter_found *out)
{
    struct version *v = find_version(f, id);
    while (v != NULL && (v->epoch != epoch || !policy_packed_is(v->packed, TEXT_KEY, key)))
        v = v->older;
    return v != NULL &&
           give_version(v, v->is_dead ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT, out);
}

bool filters_next(struct filters *f, uint64_t *cursor, struct filter_found *out)
{
    struct version *v = next_of(f, *cursor);
    if (v == NULL)
        return false;
    *cursor = v->seq;
    return give_version(v, v->is_dead ? WFPW_FILTER_STATE_DELETED : WFPW_FILTER_STATE_CURRENT, out);
}
