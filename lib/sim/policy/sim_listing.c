/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions that enumerate and get the policy's objects. An enumeration lists what there was
 * when its handle was made. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum { NO_MEMORY = 8 }; /* ERROR_NOT_ENOUGH_MEMORY */

/* A snapshot, and how far it was read. */
struct sim_listing {
    struct sim_listing *next;
    enum system_list list;
    uint32_t count, at;
    struct sim_object **objects;
};

/* ---- snapshots ------------------------------------------------------------------------------ */

static void free_listing(struct sim_listing *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        sim_object_drop(l->objects[i]);
    free(l->objects);
    free(l);
}

void sim_listings_free(struct sim_policy *p)
{
    while (p->listings != NULL) {
        struct sim_listing *l = p->listings;
        p->listings = l->next;
        free_listing(l);
    }
}

uint64_t sim_listings_count(const struct sim_policy *p)
{
    uint64_t n = 0;
    for (const struct sim_listing *l = p->listings; l != NULL; l = l->next)
        n++;
    return n;
}

/* Where the handle is linked; a handle that is none is a misuse. */
static struct sim_listing **find_listing(struct wfpw_sim *sim, enum system_list list,
                                         const void *handle)
{
    struct sim_listing **link = &sim->policy.listings;
    while (*link != NULL && (*link != handle || (*link)->list != list))
        link = &(*link)->next;
    if (*link != NULL)
        return link;
    sim->misuses++;
    return NULL;
}

/* The heaviest first. */
static int by_weight(const void *a, const void *b)
{
    const struct sim_object *x = *(struct sim_object *const *)a;
    const struct sim_object *y = *(struct sim_object *const *)b;
    return (x->effective < y->effective) - (x->effective > y->effective);
}

static bool is_wanted(const FWP_GUID *key, const FWP_GUID *actual)
{
    return sim_key_is_none(key) || memcmp(key, actual, sizeof *key) == 0;
}

/* Of every list but the filters. */
static bool matches_template(const struct sim_template *t, const struct sim_object *o)
{
    return is_wanted(&t->provider, &o->provider) && is_wanted(&t->layer, &o->layer) &&
           (!t->has_type || t->type == o->type);
}

static struct sim_listing *make_snapshot(struct sim_policy *p, enum system_list list,
                                         const struct sim_template *t)
{
    uint32_t most = sim_policy_count(p, list);
    struct sim_listing *l = calloc(1, sizeof *l);
    struct sim_object **objects = calloc((size_t)most + 1, sizeof *objects);
    struct sim_object *o = NULL;
    if (l == NULL || objects == NULL) {
        free(l);
        free(objects);
        return NULL;
    }
    *l = (struct sim_listing){.next = p->listings, .list = list, .objects = objects};
    while ((o = sim_policy_next(p, list, o)) != NULL) {
        if (list == LIST_FILTERS ? !sim_template_lists(t, o) : !matches_template(t, o))
            continue;
        sim_object_hold(o);
        objects[l->count++] = o;
    }
    if ((t->flags & FWP_FILTER_ENUM_FLAG_SORTED) != 0)
        qsort(objects, l->count, sizeof *objects, by_weight);
    p->listings = l;
    return l;
}

/* ---- calls ---------------------------------------------------------------------------------- */

static enum sim_call call_of(enum sim_call first, enum system_list list)
{
    return (enum sim_call)((int)first + (int)list);
}

/* Layers' and providers' templates have nothing to choose by. The others have a provider; those of
 * callouts a layer as well (FWPM_CALLOUT_ENUM_TEMPLATE0), where an all-zero one means all, and
 * those of provider contexts a type (FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0), where no number means
 * all. */
static void other_template(enum system_list list, const void *from, struct sim_template *out)
{
    const FWP_GUID *provider = NULL;
    if (from != NULL && list == LIST_SUBLAYERS) {
        provider = ((const FWPM_SUBLAYER_ENUM_TEMPLATE0 *)from)->providerKey;
    } else if (from != NULL && list == LIST_CALLOUTS) {
        const FWPM_CALLOUT_ENUM_TEMPLATE0 *t = from;
        provider = t->providerKey;
        out->layer = t->layerKey;
    } else if (from != NULL && list == LIST_CONTEXTS) {
        const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 *t = from;
        provider = t->providerKey;
        out->has_type = true;
        out->type = t->providerContextType;
    }
    if (provider != NULL)
        out->provider = *provider;
}

static uint32_t create_listing(struct wfpw_sim *sim, enum system_list list, void *engine,
                               const void *t, void **handle)
{
    struct sim_session *s;
    struct sim_template match = {.all = true};
    uint32_t code = sim_call_begin(sim, call_of(CALL_LIST_CREATE_ENUM, list), engine, &s);
    if (code == 0 && list == LIST_FILTERS)
        code = sim_template_make(&sim->policy, t, &match);
    else
        other_template(list, t, &match);
    if (code != 0)
        return sim_call_end(sim, code);
    struct sim_listing *l = make_snapshot(&sim->policy, list, &match);
    *handle = l;
    return sim_call_end(sim, l != NULL ? 0 : NO_MEMORY);
}

uint32_t sim_listing_give(struct wfpw_sim *sim, struct sim_pieces *pieces, void *given)
{
    struct sim_block *b = pieces->failed ? NULL : calloc(1, sizeof *b);
    if (b == NULL) {
        sim_pieces_free(pieces);
        return NO_MEMORY;
    }
    *b = (struct sim_block){.next = sim->blocks, .given = given, .pieces = *pieces};
    sim->blocks = b;
    return 0;
}

static uint32_t page_objects(struct wfpw_sim *sim, struct sim_listing *l, uint32_t wanted,
                             void ***entries, uint32_t *count)
{
    uint32_t n = l->count - l->at < wanted ? l->count - l->at : wanted;
    struct sim_pieces pieces = {.is_clean = sim->policy.is_clean};
    void **list = sim_piece(&pieces, n * sizeof *list);
    for (uint32_t i = 0; list != NULL && i < n; i++)
        list[i] = sim_object_raw(&pieces, l->objects[l->at + i]);
    uint32_t code = sim_listing_give(sim, &pieces, list);
    if (code != 0)
        return code;
    l->at += n;
    *entries = list;
    *count = n;
    return 0;
}

static uint32_t enumerate_listing(struct wfpw_sim *sim, enum system_list list, void *engine,
                                  void *handle, uint32_t wanted, void ***entries, uint32_t *count)
{
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, call_of(CALL_LIST_ENUM, list), engine, &s);
    struct sim_listing **link = code == 0 ? find_listing(sim, list, handle) : NULL;
    if (code == 0 && link == NULL)
        code = FWP_E_INVALID_ENUMERATOR;
    if (code == 0)
        code = page_objects(sim, *link, wanted, entries, count);
    return sim_call_end(sim, code);
}

static uint32_t destroy_listing(struct wfpw_sim *sim, enum system_list list, void *engine,
                                void *handle)
{
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, call_of(CALL_LIST_DESTROY_ENUM, list), engine, &s);
    struct sim_listing **link = find_listing(sim, list, handle);
    if (link != NULL) {
        struct sim_listing *l = *link;
        *link = l->next;
        free_listing(l);
    }
    return sim_call_end(sim, code);
}

static uint32_t give_object(struct wfpw_sim *sim, const struct sim_object *o, void **out)
{
    struct sim_pieces pieces = {.is_clean = sim->policy.is_clean};
    void *raw = sim_object_raw(&pieces, o);
    uint32_t code = sim_listing_give(sim, &pieces, raw);
    if (code == 0)
        *out = raw;
    return code;
}

static uint32_t get_by_key(struct wfpw_sim *sim, enum system_list list, void *engine,
                           const FWP_GUID *key, void **out)
{
    static const uint32_t not_found[SYSTEM_LISTS] = {
        [LIST_LAYERS] = FWP_E_LAYER_NOT_FOUND,
        [LIST_PROVIDERS] = FWP_E_PROVIDER_NOT_FOUND,
        [LIST_SUBLAYERS] = FWP_E_SUBLAYER_NOT_FOUND,
        [LIST_CALLOUTS] = FWP_E_CALLOUT_NOT_FOUND,
        [LIST_CONTEXTS] = FWP_E_PROVIDER_CONTEXT_NOT_FOUND,
        [LIST_FILTERS] = FWP_E_FILTER_NOT_FOUND,
    };
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, call_of(CALL_LIST_GET_BY_KEY, list), engine, &s);
    const struct sim_object *o = code == 0 ? sim_policy_by_key(&sim->policy, list, key) : NULL;
    if (code == 0)
        code = o != NULL ? give_object(sim, o, out) : not_found[list];
    return sim_call_end(sim, code);
}

static uint32_t filter_get(void *ctx, void *engine, uint64_t id, FWPM_FILTER0 **out)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    void *raw = NULL;
    uint32_t code = sim_call_begin(sim, CALL_FILTER_GET, engine, &s);
    if (code == 0 && sim->policy.empty_gets > 0) {
        sim->policy.empty_gets--;
        *out = NULL;
        return sim_call_end(sim, 0);
    }
    const struct sim_object *o = code == 0 ? sim_policy_by_id(&sim->policy, id) : NULL;
    if (code == 0)
        code = o != NULL ? give_object(sim, o, &raw) : FWP_E_FILTER_NOT_FOUND;
    if (code == 0)
        *out = raw;
    return sim_call_end(sim, code);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define FUNCTIONS(name, list)                                                                      \
    static uint32_t create_##name(void *ctx, void *engine, const void *t, void **handle)           \
    {                                                                                              \
        return create_listing(ctx, list, engine, t, handle);                                       \
    }                                                                                              \
    static uint32_t enumerate_##name(void *ctx, void *engine, void *handle, uint32_t wanted,       \
                                     void ***entries, uint32_t *count)                             \
    {                                                                                              \
        return enumerate_listing(ctx, list, engine, handle, wanted, entries, count);               \
    }                                                                                              \
    static uint32_t destroy_##name(void *ctx, void *engine, void *handle)                          \
    {                                                                                              \
        return destroy_listing(ctx, list, engine, handle);                                         \
    }                                                                                              \
    static uint32_t get_##name(void *ctx, void *engine, const FWP_GUID *key, void **out)           \
    {                                                                                              \
        return get_by_key(ctx, list, engine, key, out);                                            \
    }
FUNCTIONS(layers, LIST_LAYERS)
FUNCTIONS(providers, LIST_PROVIDERS)
FUNCTIONS(sublayers, LIST_SUBLAYERS)
FUNCTIONS(callouts, LIST_CALLOUTS)
FUNCTIONS(contexts, LIST_CONTEXTS)
FUNCTIONS(filters, LIST_FILTERS)

#define EACH(verb)                                                                                 \
    {                                                                                              \
        [LIST_LAYERS] = verb##_layers, [LIST_PROVIDERS] = verb##_providers,                        \
        [LIST_SUBLAYERS] = verb##_sublayers, [LIST_CALLOUTS] = verb##_callouts,                    \
        [LIST_CONTEXTS] = verb##_contexts, [LIST_FILTERS] = verb##_filters                         \
    }

void sim_listings_fill(struct wfpw_sim *sim)
{
    sim->functions = (struct system_policy){
        .create_enum = EACH(create),
        .enumerate = EACH(enumerate),
        .destroy_enum = EACH(destroy),
        .get_by_key = EACH(get),
        .filter_get = filter_get,
        .subscribe_changes = sim_subscribe_changes,
        .unsubscribe_changes = sim_unsubscribe_changes,
    };
}
