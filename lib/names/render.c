/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/render.h"

#include <string.h>

#include "codes/products.h"
#include "codes/wfp_symbols.h"
#include "model/condition_text.h"
#include "names/block.h"

/* ---- what a filter names -------------------------------------------------------------------- */

static const char *name_of(const struct objects *s, enum policy_object_kind kind, const char *key)
{
    const struct policy_object *o = s != NULL ? objects_get(s, kind, key) : NULL;
    return o != NULL ? policy_object_slot_of(o, TEXT_NAME) : NULL;
}

static bool has_flag(const struct policy_object *o, const char *wanted)
{
    for (uint32_t i = 0; i < o->flag_count; i++) {
        const char *flag = policy_object_text_of(o, policy_object_flags(o)[i]);
        if (flag != NULL && strcmp(flag, wanted) == 0)
            return true;
    }
    return false;
}

/* Of a callout that is not known nothing is, and audit records do not tell. */
static bool is_unregistered(const struct objects *s, const struct render_from *from,
                            const char *callout)
{
    bool told = s != NULL && (from->name == NULL || strcmp(from->name, "audit") != 0);
    const struct policy_object *o = told ? objects_get(s, POLICY_OBJECT_CALLOUT, callout) : NULL;
    return o != NULL && !has_flag(o, "FWPM_CALLOUT_FLAG_REGISTERED");
}

static const char *layer_name_of(const struct objects *s, const char *key)
{
    const char *name = name_of(s, POLICY_OBJECT_LAYER, key);
    for (uint32_t id = 0; name == NULL && key != NULL && id < WFP_SYMBOL_LAYERS; id++)
        if (strcmp(wfp_symbol_layer_key(id), key) == 0)
            name = wfp_symbol_layer_name(id);
    return name;
}

/* Providers of Windows mostly have the company's name only: what they do is in the description. */
static const char *provider_name_of(const struct objects *s, const char *key)
{
    const struct policy_object *o = s != NULL ? objects_get(s, POLICY_OBJECT_PROVIDER, key) : NULL;
    const char *name = o != NULL ? policy_object_slot_of(o, TEXT_NAME) : NULL;
    const char *words = o != NULL ? policy_object_slot_of(o, TEXT_DESCRIPTION) : NULL;
    bool says_nothing = name == NULL || strcmp(name, "Microsoft Corporation") == 0;
    return says_nothing && words != NULL ? words : name;
}

/* The service by the name that a provider has, in any case. */
static const struct policy_object *service_of(const struct objects *s, const char *name,
                                              const struct render_from *from, uint32_t *state)
{
    char lower[SERVICE_NAME_MAX + 1];
    size_t n = name != NULL ? strlen(name) : 0;
    if (s == NULL || n == 0 || n > SERVICE_NAME_MAX)
        return NULL;
    for (size_t i = 0; i <= n; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    *state = objects_state(s, POLICY_OBJECT_SERVICE, lower, from->objects);
    return objects_get(s, POLICY_OBJECT_SERVICE, lower);
}

/* The firewall keeps a filter's origin in a general provider context. */
static const char *origin_of(const struct objects *s, const char *context)
{
    const struct policy_object *o =
        s != NULL ? objects_get(s, POLICY_OBJECT_CONTEXT, context) : NULL;
    const char *type = o != NULL ? policy_object_slot_of(o, TEXT_TYPE) : NULL;
    const char *provider = o != NULL ? policy_object_slot_of(o, TEXT_PROVIDER) : NULL;
    if (type == NULL || provider == NULL || strcmp(type, "FWPM_GENERAL_CONTEXT") != 0 ||
        strncmp(provider, "FWPM_PROVIDER_MPSSVC_", 21) != 0)
        return NULL;
    return policy_object_slot_of(o, TEXT_DATA);
}

/* ---- arrays --------------------------------------------------------------------------------- */

static const char *const *put_flags(struct block *b, const struct policy_object *o)
{
    const char **names = block_room(b, o->flag_count * sizeof *names);
    for (uint32_t i = 0; i < o->flag_count; i++) {
        const char *text = block_text(b, policy_object_text_of(o, policy_object_flags(o)[i]));
        if (names != NULL)
            names[i] = text;
    }
    return names;
}

static wfpw_condition put_condition(struct block *b, const struct policy_object *o,
                                    const struct policy_object_condition *c, bool is_icmp)
{
    wfpw_condition to = {
        .field = block_text(b, policy_object_text_of(o, c->field)),
        .match = block_text(b, policy_object_text_of(o, c->match)),
        .type = block_text(b, policy_object_text_of(o, c->type)),
        .value = block_text(b, policy_object_text_of(o, c->value)),
        .high = block_text(b, policy_object_text_of(o, c->high)),
        .range_type = block_text(b, policy_object_text_of(o, c->element)),
    };
    size_t start = b->used;
    condition_text(o, c, is_icmp, block_piece, b);
    to.text = block_end(b, start);
    return to;
}

static const wfpw_condition *put_conditions(struct block *b, const struct policy_object *o)
{
    wfpw_condition *to = block_room(b, o->condition_count * sizeof *to);
    bool is_icmp = condition_text_is_icmp(o);
    for (uint32_t i = 0; i < o->condition_count; i++) {
        wfpw_condition c = put_condition(b, o, &policy_object_conditions(o)[i], is_icmp);
        if (to != NULL)
            to[i] = c;
    }
    return to;
}

/* ---- the filter ----------------------------------------------------------------------------- */

static void put_texts(struct block *b, wfpw_filter *to, const struct policy_object *o,
                      const struct objects *s)
{
    const char *layer = policy_object_slot_of(o, TEXT_LAYER),
               *sublayer = policy_object_slot_of(o, TEXT_SUBLAYER);
    const char *provider = policy_object_slot_of(o, TEXT_PROVIDER);
    const char *callout = policy_object_slot_of(o, TEXT_CALLOUT);
    const char *context = policy_object_slot_of(o, TEXT_CONTEXT);
    to->key = block_text(b, policy_object_slot_of(o, TEXT_KEY));
    to->name = block_text(b, policy_object_slot_of(o, TEXT_NAME));
    to->description = block_text(b, policy_object_slot_of(o, TEXT_DESCRIPTION));
    to->layer = block_text(b, layer);
    to->sublayer = block_text(b, sublayer);
    to->provider = block_text(b, provider);
    to->callout = block_text(b, callout);
    to->provider_context = block_text(b, context);
    to->layer_name = block_text(b, layer_name_of(s, layer));
    to->sublayer_name = block_text(b, name_of(s, POLICY_OBJECT_SUBLAYER, sublayer));
    to->provider_name = block_text(b, provider_name_of(s, provider));
    to->callout_name = block_text(b, name_of(s, POLICY_OBJECT_CALLOUT, callout));
    to->action_name = block_text(b, policy_object_slot_of(o, TEXT_ACTION));
    to->weight_type = block_text(b, policy_object_slot_of(o, TEXT_WEIGHT_TYPE));
    to->origin = block_text(b, origin_of(s, context));
}

/* Whose filter it is. */
static void put_owner(struct block *b, wfpw_filter *to, const struct policy_object *f,
                      const struct objects *s, const struct render_from *from)
{
    const char *key = policy_object_slot_of(f, TEXT_PROVIDER);
    const struct policy_object *o = s != NULL ? objects_get(s, POLICY_OBJECT_PROVIDER, key) : NULL;
    struct product_of provider = {.key = key, .sublayer = policy_object_slot_of(f, TEXT_SUBLAYER)};
    if (o != NULL) {
        to->provider_state = objects_state(s, POLICY_OBJECT_PROVIDER, key, from->objects);
        provider.service = policy_object_slot_of(o, TEXT_SERVICE);
        provider.name = policy_object_slot_of(o, TEXT_NAME);
        provider.description = policy_object_slot_of(o, TEXT_DESCRIPTION);
        to->present |=
            has_flag(o, "FWPM_PROVIDER_FLAG_PERSISTENT") ? WFPW_FILTER_PROVIDER_PERSISTENT : 0;
        to->present |=
            has_flag(o, "FWPM_PROVIDER_FLAG_DISABLED") ? WFPW_FILTER_PROVIDER_DISABLED : 0;
    } else if (key != NULL && from->lists_providers) {
        to->present |= WFPW_FILTER_PROVIDER_MISSING;
    }
    uint32_t state = 0;
    const struct policy_object *service = service_of(s, provider.service, from, &state);
    to->provider_product = block_text(b, product_find(&provider, &to->product_from));
    to->provider_service = block_text(b, provider.service);
    if (service == NULL)
        return;
    to->service_state = state == WFPW_FILTER_STATE_CURRENT ? service->present : 0;
    to->service_image = block_text(b, policy_object_slot_of(service, TEXT_IMAGE));
    to->service_company = block_text(b, policy_object_slot_of(service, TEXT_COMPANY));
}

static uint32_t action_of(const struct policy_object *o)
{
    policy_object_text t = o->texts[TEXT_ACTION];
    return (t & POLICY_OBJECT_SYMBOL) != 0
               ? wfp_symbol_number((uint16_t)(t & ~POLICY_OBJECT_SYMBOL))
               : 0;
}

size_t render_filter(const struct policy_object *o, const struct filter_found *found,
                     const struct objects *objects, const struct render_from *from, uint32_t flags,
                     void *buf, size_t cap)
{
    struct block b = {.base = buf, .cap = cap};
    wfpw_filter *room = block_room(&b, sizeof *room),
                to = {.size = sizeof to, .state = found->state};
    bool with_conditions = (flags & RENDER_CONDITIONS) != 0;
    to.present = o->present;
    to.flags = o->flag_bits;
    to.id = o->id;
    to.weight = o->weight;
    to.effective_weight = o->effective_weight;
    to.raw_context = o->raw_context;
    to.deleted_time = found->deleted;
    to.from_time = from->time;
    to.action = action_of(o);
    to.truncated =
        (o->state & POLICY_OBJECT_TRUNCATED) != 0 || (!with_conditions && o->condition_count);
    put_texts(&b, &to, o, objects);
    put_owner(&b, &to, o, objects, from);
    if (is_unregistered(objects, from, policy_object_slot_of(o, TEXT_CALLOUT)))
        to.present |= WFPW_FILTER_CALLOUT_MISSING;
    to.from = block_text(&b, from->name);
    to.flag_names = put_flags(&b, o);
    to.flag_count = o->flag_count;
    to.conditions = with_conditions ? put_conditions(&b, o) : NULL;
    to.condition_count = with_conditions ? o->condition_count : 0;
    to.condition_stride = sizeof *to.conditions;
    if (room != NULL)
        *room = to;
    return b.used;
}

size_t render_unnamed(const wfpw_filter *known, void *buf, size_t cap)
{
    struct block b = {.base = buf, .cap = cap};
    wfpw_filter *room = block_room(&b, sizeof *room),
                to = {.size = sizeof to, .state = known->state};
    to.id = known->id;
    to.deleted_time = known->deleted_time;
    to.condition_stride = sizeof *to.conditions;
    to.key = block_text(&b, known->key);
    if (room != NULL)
        *room = to;
    return b.used;
}

/* ---- layers --------------------------------------------------------------------------------- */

size_t render_layer(const struct objects *objects, uint32_t id, char *buf, size_t cap)
{
    struct block b = {.base = (uint8_t *)buf, .cap = cap};
    const struct policy_object *o = objects_layer(objects, id);
    const char *key = o != NULL ? policy_object_slot_of(o, TEXT_KEY) : NULL;
    const char *name = o != NULL ? policy_object_slot_of(o, TEXT_NAME) : NULL;
    if (key == NULL)
        return 0;
    (void)block_text(&b, key);
    (void)block_text(&b, name != NULL ? name : "");
    return b.used;
}
