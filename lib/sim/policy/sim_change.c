/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * As the documents of FwpmFilterAdd0 and its kin have it: what an object names has to be there and
 * to live as long; what a transaction adds is there for others when it is committed. */
#include "sim/policy/sim_change.h"

#include <stdlib.h>
#include <string.h>

#include "codes/wfp_symbols.h"
#include "sim/sim.h"

enum { NO_MEMORY = 8, WEIGHTS = 16, TEXT_MAX = 4096 };

/* One step of a transaction. */
struct sim_change {
    struct sim_change *next;
    struct sim_object *added;
    enum system_list list; /* of what is deleted */
    FWP_GUID deleted;
};

/* ---- transactions --------------------------------------------------------------------------- */

void sim_changes_drop(struct sim_session *s)
{
    while (s->changes != NULL) {
        struct sim_change *c = s->changes;
        s->changes = c->next;
        if (c->added != NULL)
            sim_object_drop(c->added);
        free(c);
    }
    s->in_transaction = false;
}

uint32_t sim_transaction_begin(void *ctx, void *engine)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_BEGIN, engine, &s);
    if (code == 0 && s->in_transaction)
        code = FWP_E_TXN_IN_PROGRESS;
    if (code == 0)
        s->in_transaction = true;
    return sim_call_end(sim, code);
}

uint32_t sim_transaction_abort(void *ctx, void *engine)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    uint32_t code = sim_call_begin(sim, CALL_ABORT, engine, &s);
    if (code == 0 && !s->in_transaction)
        code = FWP_E_NO_TXN_IN_PROGRESS;
    if (code == 0)
        sim_changes_drop(s);
    return sim_call_end(sim, code);
}

static void delete_object(struct wfpw_sim *sim, enum system_list list, const FWP_GUID *key)
{
    struct sim_notice *notices = NULL, **end = &notices;
    os_mutex_lock(&sim->lock);
    sim_policy_take_out(&sim->policy, sim_policy_by_key(&sim->policy, list, key), &end);
    os_mutex_unlock(&sim->lock);
    sim_notices_tell(sim, notices);
}

/* In the order of their making; without the lock, as subscribers are told. */
static void make_changes(struct wfpw_sim *sim, struct sim_change *list)
{
    while (list != NULL) {
        struct sim_change *c = list;
        list = c->next;
        if (c->added != NULL)
            (void)sim_policy_put_in(sim, c->added);
        else
            delete_object(sim, c->list, &c->deleted);
        free(c);
    }
}

uint32_t sim_transaction_commit(void *ctx, void *engine)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    struct sim_change *list = NULL;
    uint32_t code = sim_call_begin(sim, CALL_COMMIT, engine, &s);
    if (code == 0 && !s->in_transaction)
        code = FWP_E_NO_TXN_IN_PROGRESS;
    if (code == 0) {
        list = s->changes;
        s->changes = NULL;
        s->in_transaction = false;
    }
    (void)sim_call_end(sim, code);
    make_changes(sim, list);
    return code;
}

/* Takes over what is added. Outside of a transaction the change is one of its own: *alone gets it.
 */
static uint32_t plan_change(struct sim_session *s, const struct sim_change *change,
                            struct sim_change **alone)
{
    struct sim_change *c = calloc(1, sizeof *c), **end = &s->changes;
    if (c == NULL) {
        if (change->added != NULL)
            sim_object_drop(change->added);
        return NO_MEMORY;
    }
    *c = *change;
    while (s->in_transaction && *end != NULL)
        end = &(*end)->next;
    *(s->in_transaction ? end : alone) = c;
    return 0;
}

/* ---- what an object names ------------------------------------------------------------------- */

static const struct sim_object *find_object(const struct wfpw_sim *sim, const struct sim_session *s,
                                            enum system_list list, const FWP_GUID *key)
{
    const struct sim_object *found = sim_policy_by_key(&sim->policy, list, key);
    for (const struct sim_change *c = s->changes; c != NULL; c = c->next) {
        const FWP_GUID *changed = c->added != NULL ? &c->added->key : &c->deleted;
        if ((c->added != NULL ? c->added->list : c->list) == list &&
            memcmp(changed, key, sizeof *key) == 0)
            found = c->added;
    }
    return found;
}

static const struct sim_object *find_filter(const struct wfpw_sim *sim, const struct sim_session *s,
                                            uint64_t id)
{
    const struct sim_object *o = sim_policy_by_id(&sim->policy, id);
    for (const struct sim_change *c = s->changes; o == NULL && c != NULL; c = c->next)
        if (c->added != NULL && c->added->list == LIST_FILTERS && c->added->id == id)
            o = c->added;
    return o != NULL ? find_object(sim, s, LIST_FILTERS, &o->key) : NULL;
}

static bool is_named_by(const struct sim_object *o, enum system_list list, const FWP_GUID *key)
{
    const FWP_GUID *named = list == LIST_PROVIDERS ? &o->provider : &o->sublayer;
    return o->list != LIST_LAYERS && memcmp(named, key, sizeof *key) == 0;
}

/* Whether anything that will be left names the object. */
static bool is_in_use(const struct wfpw_sim *sim, const struct sim_session *s,
                      enum system_list list, const FWP_GUID *key)
{
    for (const struct sim_change *c = s->changes; c != NULL; c = c->next)
        if (c->added != NULL && is_named_by(c->added, list, key) &&
            find_object(sim, s, c->added->list, &c->added->key) == c->added)
            return true;
    for (int other = 0; other < SYSTEM_LISTS; other++) {
        const struct sim_object *o = NULL;
        while ((o = sim_policy_next(&sim->policy, (enum system_list)other, o)) != NULL)
            if (is_named_by(o, list, key) && find_object(sim, s, o->list, &o->key) == o)
                return true;
    }
    return false;
}

/* A dynamic object is for objects of its own session only. */
static uint32_t check_named(const struct wfpw_sim *sim, const struct sim_session *s,
                            enum system_list list, const FWP_GUID *key, uint32_t not_found)
{
    const struct sim_object *o = find_object(sim, s, list, key);
    if (o == NULL)
        return not_found;
    return o->owner == NULL || (o->owner == s && s->dynamic) ? 0 : FWP_E_LIFETIME_MISMATCH;
}

static uint32_t check_object(const struct wfpw_sim *sim, const struct sim_session *s,
                             const struct sim_object *o)
{
    uint32_t code = 0;
    if (o->name.units == NULL)
        return FWP_E_NULL_DISPLAY_NAME;
    if (!sim_key_is_none(&o->key) && find_object(sim, s, o->list, &o->key) != NULL)
        return FWP_E_ALREADY_EXISTS;
    if (!sim_key_is_none(&o->provider))
        code = check_named(sim, s, LIST_PROVIDERS, &o->provider, FWP_E_PROVIDER_NOT_FOUND);
    if (code != 0 || o->list != LIST_FILTERS)
        return code;
    code = check_named(sim, s, LIST_LAYERS, &o->layer, FWP_E_LAYER_NOT_FOUND);
    return code != 0 ? code
                     : check_named(sim, s, LIST_SUBLAYERS, &o->sublayer, FWP_E_SUBLAYER_NOT_FOUND);
}

/* ---- raw structs ---------------------------------------------------------------------------- */

/* A borrowed text; copied with the object. */
static struct sim_string text_of(const void *units, uint32_t most)
{
    struct sim_string s = {.units = (uint16_t *)units};
    while (s.units != NULL && s.n < most && s.units[s.n] != 0)
        s.n++;
    return s;
}

static void take_names(struct sim_object *o, const FWPM_DISPLAY_DATA0 *d)
{
    o->name = text_of(d->name, TEXT_MAX);
    o->description = text_of(d->description, TEXT_MAX);
}

/* false: a value of this type is not simulated. */
static bool take_condition(struct sim_condition *c, const FWPM_FILTER_CONDITION0 *from)
{
    const FWP_CONDITION_VALUE0 *v = &from->conditionValue;
    *c = (struct sim_condition){.field = from->fieldKey, .match = from->matchType, .type = v->type};
    switch (v->type) {
    case FWP_UINT8:
        c->low = v->uint8;
        return true;
    case FWP_UINT16:
        c->low = v->uint16;
        return true;
    case FWP_UINT32:
        c->low = v->uint32;
        return true;
    case FWP_BYTE_ARRAY16_TYPE:
        memcpy(c->low_bytes, v->byteArray16, sizeof c->low_bytes);
        return true;
    case FWP_BYTE_BLOB_TYPE:
        c->text = text_of(v->byteBlob->data, v->byteBlob->size / 2);
        return true;
    case FWP_V4_ADDR_MASK:
        c->low = v->v4AddrMask->addr;
        c->high = v->v4AddrMask->mask;
        return true;
    default:
        return false;
    }
}

static uint32_t take_weight(struct sim_object *o, const FWP_VALUE0 *w)
{
    o->weight_type = w->type;
    if (w->type == FWP_UINT8 && w->uint8 < WEIGHTS)
        o->weight = w->uint8;
    else if (w->type == FWP_UINT64 && w->uint64 != NULL)
        o->weight = *w->uint64;
    else if (w->type != FWP_EMPTY)
        return FWP_E_INVALID_WEIGHT;
    o->effective = w->type == FWP_UINT8 ? o->weight << 60 : o->weight;
    return 0;
}

static uint32_t take_filter(struct sim_object *o, const FWPM_FILTER0 *f)
{
    static const char universal[] = "FWPM_SUBLAYER_UNIVERSAL";
    uint32_t code = take_weight(o, &f->weight);
    o->key = f->filterKey;
    o->layer = f->layerKey;
    o->sublayer = f->subLayerKey;
    o->flags = f->flags;
    o->action = f->action.type;
    if (sim_key_is_none(&o->sublayer))
        memcpy(&o->sublayer, wfp_symbol_guid(wfp_symbol_find(universal, sizeof universal - 1)),
               sizeof o->sublayer);
    if (code == 0 && o->action != FWP_ACTION_BLOCK && o->action != FWP_ACTION_PERMIT)
        code = FWP_E_INVALID_ACTION_TYPE;
    for (uint32_t i = 0; code == 0 && i < f->numFilterConditions; i++)
        code = i < SIM_CONDITIONS &&
                       take_condition(&o->conditions[o->condition_count++], &f->filterCondition[i])
                   ? 0
                   : FWP_E_TYPE_MISMATCH;
    return code;
}

static void take_provider_key(struct sim_object *o, const FWP_GUID *key)
{
    if (key != NULL)
        o->provider = *key;
}

/* What it points to is still the caller's. */
static uint32_t take_raw(struct sim_object *o, const void *raw)
{
    if (o->list == LIST_PROVIDERS) {
        const FWPM_PROVIDER0 *p = raw;
        o->key = p->providerKey;
        o->flags = p->flags;
        o->service = text_of(p->serviceName, TEXT_MAX);
        take_names(o, &p->displayData);
        return 0;
    }
    if (o->list == LIST_SUBLAYERS) {
        const FWPM_SUBLAYER0 *s = raw;
        o->key = s->subLayerKey;
        o->flags = s->flags;
        o->weight = s->weight;
        take_names(o, &s->displayData);
        take_provider_key(o, s->providerKey);
        return 0;
    }
    const FWPM_FILTER0 *f = raw;
    take_names(o, &f->displayData);
    take_provider_key(o, f->providerKey);
    return take_filter(o, f);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static uint32_t add_checked(struct wfpw_sim *sim, struct sim_session *s, enum system_list list,
                            const void *raw, struct sim_change **alone, uint64_t *id)
{
    struct sim_condition conditions[SIM_CONDITIONS];
    struct sim_object o = {.list = list, .references = 1, .conditions = conditions};
    uint32_t code = take_raw(&o, raw);
    if (code == 0)
        code = check_object(sim, s, &o);
    if (code != 0)
        return code;
    o.owner = s->dynamic ? s : NULL;
    o.id = list == LIST_FILTERS ? sim->policy.next_id++ : 0;
    *id = o.id;
    if (list == LIST_FILTERS)
        sim_filter_key(&o);
    struct sim_change change = {.added = sim_object_copy(&o)};
    return change.added != NULL ? plan_change(s, &change, alone) : NO_MEMORY;
}

uint32_t sim_change_add(void *ctx, void *engine, enum system_list list, const void *raw,
                        uint64_t *id)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    struct sim_change *alone = NULL;
    uint64_t given = 0;
    enum sim_call call = list == LIST_FILTERS     ? CALL_FILTER_ADD
                         : list == LIST_SUBLAYERS ? CALL_SUBLAYER_ADD
                                                  : CALL_PROVIDER_ADD;
    uint32_t code = sim_call_begin(sim, call, engine, &s);
    if (code == 0)
        code = raw != NULL ? add_checked(sim, s, list, raw, &alone, &given) : FWP_E_NULL_POINTER;
    (void)sim_call_end(sim, code);
    make_changes(sim, alone);
    if (code == 0 && id != NULL)
        *id = given;
    return code;
}

static uint32_t delete_checked(const struct wfpw_sim *sim, struct sim_session *s,
                               const struct sim_object *o, struct sim_change **alone)
{
    if (o->builtin)
        return FWP_E_BUILTIN_OBJECT;
    if (o->owner != NULL && o->owner != s)
        return FWP_E_WRONG_SESSION;
    if (o->list != LIST_FILTERS && is_in_use(sim, s, o->list, &o->key))
        return FWP_E_IN_USE;
    const struct sim_change change = {.list = o->list, .deleted = o->key};
    return plan_change(s, &change, alone);
}

uint32_t sim_change_delete(void *ctx, void *engine, uint64_t filter_id)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    struct sim_change *alone = NULL;
    uint32_t code = sim_call_begin(sim, CALL_FILTER_DELETE, engine, &s);
    const struct sim_object *o = code == 0 ? find_filter(sim, s, filter_id) : NULL;
    if (code == 0)
        code = o != NULL ? delete_checked(sim, s, o, &alone) : FWP_E_FILTER_NOT_FOUND;
    (void)sim_call_end(sim, code);
    make_changes(sim, alone);
    return code;
}

uint32_t sim_change_delete_key(void *ctx, void *engine, enum system_list list, const FWP_GUID *key)
{
    struct wfpw_sim *sim = ctx;
    struct sim_session *s;
    struct sim_change *alone = NULL;
    enum sim_call call = list == LIST_FILTERS     ? CALL_FILTER_DELETE_KEY
                         : list == LIST_SUBLAYERS ? CALL_SUBLAYER_DELETE_KEY
                                                  : CALL_PROVIDER_DELETE_KEY;
    uint32_t not_found = list == LIST_FILTERS     ? FWP_E_FILTER_NOT_FOUND
                         : list == LIST_SUBLAYERS ? FWP_E_SUBLAYER_NOT_FOUND
                                                  : FWP_E_PROVIDER_NOT_FOUND;
    uint32_t code = sim_call_begin(sim, call, engine, &s);
    const struct sim_object *o = code == 0 ? find_object(sim, s, list, key) : NULL;
    if (code == 0)
        code = o != NULL ? delete_checked(sim, s, o, &alone) : not_found;
    (void)sim_call_end(sim, code);
    make_changes(sim, alone);
    return code;
}
