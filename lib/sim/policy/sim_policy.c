/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where a simulated engine keeps its objects, and what happens to them when it stops. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->no_memory = true)
#include <uthash.h>

/* An object's places in the tables. */
struct sim_entry {
    UT_hash_handle by_key, by_id; /* by_id: filters only */
    FWP_GUID key;
    uint64_t id;
    bool no_memory;
    struct sim_object *object;
};

/* ---- objects -------------------------------------------------------------------------------- */

static bool copy_string(struct sim_string *to, const struct sim_string *from)
{
    size_t bytes = ((size_t)from->n + 1) * sizeof *to->units;
    *to = (struct sim_string){.n = from->n};
    if (from->units == NULL)
        return true;
    to->units = malloc(bytes);
    if (to->units == NULL)
        return false;
    memcpy(to->units, from->units, from->n * sizeof *to->units);
    to->units[to->n] = 0;
    return true;
}

static bool copy_conditions(struct sim_object *to, const struct sim_object *from)
{
    bool good = true;
    to->condition_count = 0;
    to->conditions = NULL;
    if (from->condition_count == 0)
        return true;
    to->conditions = calloc(from->condition_count, sizeof *to->conditions);
    if (to->conditions == NULL)
        return false;
    for (uint32_t i = 0; i < from->condition_count; i++) {
        to->conditions[i] = from->conditions[i];
        good &= copy_string(&to->conditions[i].text, &from->conditions[i].text);
        to->condition_count++;
    }
    return good;
}

struct sim_object *sim_object_copy(const struct sim_object *from)
{
    struct sim_object *o = malloc(sizeof *o);
    if (o == NULL)
        return NULL;
    *o = *from;
    o->references = 1;
    bool good = copy_string(&o->name, &from->name);
    good &= copy_string(&o->description, &from->description);
    good &= copy_string(&o->service, &from->service);
    good &= copy_string(&o->data, &from->data);
    good &= copy_conditions(o, from);
    if (good)
        return o;
    sim_object_drop(o);
    return NULL;
}

void sim_object_hold(struct sim_object *o)
{
    o->references++;
}

void sim_object_drop(struct sim_object *o)
{
    if (--o->references > 0)
        return;
    for (uint32_t i = 0; i < o->condition_count; i++)
        free(o->conditions[i].text.units);
    free(o->conditions);
    free(o->name.units);
    free(o->description.units);
    free(o->service.units);
    free(o->data.units);
    free(o);
}

/* ---- tables --------------------------------------------------------------------------------- */

static struct sim_entry *entry_of(const struct sim_policy *p, enum system_list list,
                                  const FWP_GUID *key)
{
    struct sim_entry *e = NULL;
    HASH_FIND(by_key, p->by_key[list], key, sizeof *key, e);
    return e;
}

struct sim_object *sim_policy_by_key(const struct sim_policy *p, enum system_list list,
                                     const FWP_GUID *key)
{
    const struct sim_entry *e = entry_of(p, list, key);
    return e != NULL ? e->object : NULL;
}

struct sim_object *sim_policy_by_id(const struct sim_policy *p, uint64_t filter_id)
{
    struct sim_entry *e = NULL;
    HASH_FIND(by_id, p->by_id, &filter_id, sizeof filter_id, e);
    return e != NULL ? e->object : NULL;
}

struct sim_object *sim_policy_next(const struct sim_policy *p, enum system_list list,
                                   const struct sim_object *o)
{
    const struct sim_entry *e = o != NULL ? entry_of(p, list, &o->key) : NULL;
    const struct sim_entry *next = e != NULL ? e->by_key.next : o == NULL ? p->by_key[list] : NULL;
    return next != NULL ? next->object : NULL;
}

uint32_t sim_policy_count(const struct sim_policy *p, enum system_list list)
{
    return HASH_CNT(by_key, p->by_key[list]);
}

static void put_id(struct sim_policy *p, struct sim_entry *e)
{
    e->id = e->object->id;
    if (e->id >= p->next_id)
        p->next_id = e->id + 1;
    HASH_ADD(by_id, p->by_id, id, sizeof e->id, e);
}

bool sim_policy_add(struct sim_policy *p, struct sim_object *o)
{
    struct sim_entry *e = calloc(1, sizeof *e);
    if (e == NULL) {
        sim_object_drop(o);
        return false;
    }
    if (o->id == 0 && o->list >= LIST_CALLOUTS)
        o->id = p->next_id++;
    e->object = o;
    e->key = o->key;
    HASH_ADD(by_key, p->by_key[o->list], key, sizeof e->key, e);
    if (!e->no_memory && o->list == LIST_FILTERS) {
        put_id(p, e);
        if (e->no_memory)
            HASH_DELETE(by_key, p->by_key[o->list], e);
    }
    if (!e->no_memory)
        return true;
    free(e);
    sim_object_drop(o);
    return false;
}

void sim_policy_remove(struct sim_policy *p, struct sim_object *o)
{
    struct sim_entry *e = entry_of(p, o->list, &o->key);
    if (e->by_id.tbl != NULL)
        HASH_DELETE(by_id, p->by_id, e);
    HASH_DELETE(by_key, p->by_key[o->list], e);
    free(e);
}

void sim_policy_free(struct wfpw_sim *sim)
{
    struct sim_policy *p = &sim->policy;
    for (int list = 0; list < SYSTEM_LISTS; list++) {
        while (p->by_key[list] != NULL) {
            struct sim_object *o = p->by_key[list]->object;
            sim_policy_remove(p, o);
            sim_object_drop(o);
        }
    }
}

/* ---- the service stops ---------------------------------------------------------------------- */

static bool object_survives(const struct sim_object *o)
{
    static const uint32_t persistent[SYSTEM_LISTS] = {
        [LIST_PROVIDERS] = FWPM_PROVIDER_FLAG_PERSISTENT,
        [LIST_SUBLAYERS] = FWPM_SUBLAYER_FLAG_PERSISTENT,
        [LIST_CALLOUTS] = FWPM_CALLOUT_FLAG_PERSISTENT,
        [LIST_CONTEXTS] = FWPM_PROVIDER_CONTEXT_FLAG_PERSISTENT,
        [LIST_FILTERS] = FWPM_FILTER_FLAG_PERSISTENT | FWPM_FILTER_FLAG_BOOTTIME,
    };
    return o->builtin || (o->flags & persistent[o->list]) != 0;
}

/* A persistent filter has another run-time id in each life of the engine. false: no memory. */
static bool number_anew(struct sim_policy *p, struct sim_object *o)
{
    if (o->list != LIST_FILTERS || (o->flags & FWPM_FILTER_FLAG_BOOTTIME) != 0)
        return true;
    struct sim_entry *e = entry_of(p, LIST_FILTERS, &o->key);
    HASH_DELETE(by_id, p->by_id, e);
    o->id = p->next_id++;
    put_id(p, e);
    return !e->no_memory;
}

static void stop_list(struct sim_policy *p, enum system_list list)
{
    struct sim_object *next = NULL;
    for (struct sim_object *o = sim_policy_next(p, list, NULL); o != NULL; o = next) {
        next = sim_policy_next(p, list, o);
        if (object_survives(o) && number_anew(p, o))
            continue;
        sim_policy_remove(p, o);
        sim_object_drop(o);
    }
}

void sim_policy_stop(struct wfpw_sim *sim)
{
    struct sim_policy *p = &sim->policy;
    for (int list = 0; list < SYSTEM_LISTS; list++)
        stop_list(p, (enum system_list)list);
    for (int i = 0; i < SIM_WATCHES; i++)
        p->watches[i].active = false;
}
