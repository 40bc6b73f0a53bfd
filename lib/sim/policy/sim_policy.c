/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where a simulated engine keeps its objects, and what happens to them when it stops. */
#include <stdlib.h>
#include <string.h>

#include "codes/wfp_symbols.h"
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

/* ---- a new engine --------------------------------------------------------------------------- */

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* ASCII, as all built-in names are. */
static bool add_builtin(struct sim_policy *p, struct sim_object *o, const char *name)
{
    uint16_t units[128] = {0};
    o->name = (struct sim_string){.units = units};
    while (name[o->name.n] != 0 && o->name.n < sizeof units / sizeof *units - 1) {
        units[o->name.n] = (uint16_t)name[o->name.n];
        o->name.n++;
    }
    o->builtin = true;
    struct sim_object *copy = sim_object_copy(o);
    return copy != NULL && sim_policy_add(p, copy);
}

static bool add_layer(struct sim_policy *p, uint32_t id)
{
    const char *key = wfp_symbol_layer_key(id);
    struct sim_object o = {.list = LIST_LAYERS, .id = id};
    uint16_t symbol = wfp_symbol_find(key, strlen(key));
    bool is_guid = text_parse_guid(key, strlen(key), (uint8_t *)&o.key);
    if (!is_guid && symbol == WFP_SYMBOL_NONE)
        return true;
    if (!is_guid)
        memcpy(&o.key, wfp_symbol_guid(symbol), sizeof o.key);
    o.flags = FWPM_LAYER_FLAG_BUILTIN;
    return add_builtin(p, &o, wfp_symbol_layer_name(id));
}

static bool add_symbol(struct sim_policy *p, uint16_t symbol)
{
    const char *text = wfp_symbol_text(symbol);
    struct sim_object o = {.list = LIST_SUBLAYERS};
    memcpy(&o.key, wfp_symbol_guid(symbol), sizeof o.key);
    bool is_provider = starts_with(text, "FWPM_PROVIDER_") && strstr(text, "_CONTEXT") == NULL;
    if (!is_provider && !starts_with(text, "FWPM_SUBLAYER_"))
        return true;
    o.list = is_provider ? LIST_PROVIDERS : LIST_SUBLAYERS;
    bool is_new = !sim_key_is_none(&o.key) && entry_of(p, o.list, &o.key) == NULL;
    return !is_new || add_builtin(p, &o, text);
}

bool sim_policy_init(struct wfpw_sim *sim)
{
    struct sim_policy *p = &sim->policy;
    bool good = true;
    p->next_id = 1;
    p->held_end = &p->held;
    for (uint32_t id = 0; id < WFP_SYMBOL_LAYERS; id++)
        good &= add_layer(p, id);
    for (uint16_t i = 0; i < wfp_symbol_count(); i++)
        good &= add_symbol(p, i);
    return good;
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
