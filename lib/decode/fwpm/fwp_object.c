/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/fwp_object.h"

#include "codes/wfp_symbols.h"
#include "decode/fwpm/fwp_value.h"

enum { GUID_BYTES = 16 };

/* ---- pieces --------------------------------------------------------------------------------- */

static bool is_zero(const FWP_GUID *key)
{
    static const FWP_GUID zero = {0};
    return memcmp(key, &zero, sizeof zero) == 0;
}

/* An all-zero key is that of nothing. */
static policy_object_text put_guid(struct policy_object_builder *b, const FWP_GUID *key)
{
    _Static_assert(sizeof *key == GUID_BYTES, "a GUID as its bytes");
    const uint8_t *bytes = (const uint8_t *)key;
    char text[TEXT_GUID_MAX];
    if (key == NULL || is_zero(key))
        return 0;
    uint16_t symbol = wfp_symbol_of_guid(bytes);
    return symbol != WFP_SYMBOL_NONE ? POLICY_OBJECT_SYMBOL | symbol
                                     : policy_object_put(b, text, text_guid(text, bytes, false));
}

struct flag {
    uint32_t bit;
    const char *name;
};

/* The bits that have a name, in their order; the others together as eight digits. */
static void put_flags(struct policy_object_builder *b, uint32_t bits, const struct flag *flags,
                      size_t n)
{
    uint8_t rest[4];
    char digits[2 * sizeof rest];
    for (size_t i = 0; i < n; i++) {
        if ((bits & flags[i].bit) == 0)
            continue;
        policy_object_add_flag(b, flags[i].name, strlen(flags[i].name));
        bits &= ~flags[i].bit;
    }
    for (size_t i = 0; i < sizeof rest; i++)
        rest[i] = (uint8_t)(bits >> (24 - 8 * i));
    if (bits != 0)
        policy_object_add_flag(b, digits, text_bytes(digits, rest, sizeof rest));
}

#define PUT_FLAGS(b, bits, flags) put_flags(b, bits, flags, sizeof(flags) / sizeof *(flags))

/* What all objects start with. */
static void start_object(struct policy_object_builder *b, enum policy_object_kind kind,
                         const FWP_GUID *key, const FWPM_DISPLAY_DATA0 *display)
{
    policy_object_start(b, kind);
    b->object.texts[TEXT_KEY] = put_guid(b, key);
    b->object.texts[TEXT_NAME] = fwp_value_string(b, display->name);
    b->object.texts[TEXT_DESCRIPTION] = fwp_value_string(b, display->description);
}

/* ---- filters -------------------------------------------------------------------------------- */

static void put_condition(struct policy_object_builder *b, const FWPM_FILTER_CONDITION0 *from)
{
    struct policy_object_condition *c = policy_object_add_condition(b);
    if (c == NULL)
        return;
    c->field = put_guid(b, &from->fieldKey);
    c->match = fwp_value_match(b, from->matchType);
    fwp_value_condition(b, c, &from->conditionValue);
}

static void put_conditions(struct policy_object_builder *b, const FWPM_FILTER0 *from)
{
    uint32_t count = from->filterCondition != NULL ? from->numFilterConditions : 0;
    for (uint32_t i = 0; i < count && b->object.condition_count < POLICY_OBJECT_CONDITIONS_MAX; i++)
        put_condition(b, &from->filterCondition[i]);
    if (count > POLICY_OBJECT_CONDITIONS_MAX)
        b->object.state |= POLICY_OBJECT_TRUNCATED;
}

static void put_weights(struct policy_object_builder *b, const FWPM_FILTER0 *from)
{
    struct policy_object *o = &b->object;
    o->texts[TEXT_WEIGHT_TYPE] = fwp_value_type(b, from->weight.type);
    if (fwp_value_number(&from->weight, &o->weight))
        o->present |= POLICY_OBJECT_HAS_WEIGHT;
    if (fwp_value_number(&from->effectiveWeight, &o->effective_weight))
        o->present |= POLICY_OBJECT_HAS_EFFECTIVE;
}

static void put_context(struct policy_object_builder *b, const FWPM_FILTER0 *from)
{
    struct policy_object *o = &b->object;
    if ((from->flags & FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT) != 0) {
        o->texts[TEXT_CONTEXT] = put_guid(b, &from->providerContextKey);
        return;
    }
    o->raw_context = from->rawContext;
    o->present |= POLICY_OBJECT_HAS_RAW_CONTEXT;
}

/* HAS_FILTER_ORIGIN, which netsh writes as well, is a bit that no header names. */
static const struct flag filter_flags[] = {
    {FWPM_FILTER_FLAG_PERSISTENT, "FWPM_FILTER_FLAG_PERSISTENT"},
    {FWPM_FILTER_FLAG_BOOTTIME, "FWPM_FILTER_FLAG_BOOTTIME"},
    {FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT, "FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT"},
    {FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT, "FWPM_FILTER_FLAG_CLEAR_ACTION_RIGHT"},
    {FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED,
     "FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED"},
    {FWPM_FILTER_FLAG_DISABLED, "FWPM_FILTER_FLAG_DISABLED"},
    {FWPM_FILTER_FLAG_INDEXED, "FWPM_FILTER_FLAG_INDEXED"},
    {FWPM_FILTER_FLAG_HAS_SECURITY_REALM_PROVIDER_CONTEXT,
     "FWPM_FILTER_FLAG_HAS_SECURITY_REALM_PROVIDER_CONTEXT"},
    {FWPM_FILTER_FLAG_SYSTEMOS_ONLY, "FWPM_FILTER_FLAG_SYSTEMOS_ONLY"},
    {FWPM_FILTER_FLAG_GAMEOS_ONLY, "FWPM_FILTER_FLAG_GAMEOS_ONLY"},
    {FWPM_FILTER_FLAG_SILENT_MODE, "FWPM_FILTER_FLAG_SILENT_MODE"},
    {FWPM_FILTER_FLAG_IPSEC_NO_ACQUIRE_INITIATE, "FWPM_FILTER_FLAG_IPSEC_NO_ACQUIRE_INITIATE"},
    {FWPM_FILTER_FLAG_RESERVED0, "FWPM_FILTER_FLAG_RESERVED0"},
    {FWPM_FILTER_FLAG_RESERVED1, "FWPM_FILTER_FLAG_RESERVED1"},
};

const struct policy_object *fwp_object_filter(struct policy_object_builder *b,
                                              const FWPM_FILTER0 *from)
{
    if (from == NULL || is_zero(&from->filterKey))
        return NULL;
    start_object(b, POLICY_OBJECT_FILTER, &from->filterKey, &from->displayData);
    struct policy_object *o = &b->object;
    PUT_FLAGS(b, from->flags, filter_flags);
    o->id = from->filterId;
    o->texts[TEXT_PROVIDER] = put_guid(b, from->providerKey);
    o->texts[TEXT_LAYER] = put_guid(b, &from->layerKey);
    o->texts[TEXT_SUBLAYER] = put_guid(b, &from->subLayerKey);
    o->texts[TEXT_ACTION] = fwp_value_action(b, from->action.type);
    o->texts[TEXT_CALLOUT] = put_guid(b, &from->action.calloutKey);
    put_weights(b, from);
    put_conditions(b, from);
    put_context(b, from);
    return policy_object_finish(b);
}

/* ---- the others ----------------------------------------------------------------------------- */

static const struct flag layer_flags[] = {
    {FWPM_LAYER_FLAG_KERNEL, "FWPM_LAYER_FLAG_KERNEL"},
    {FWPM_LAYER_FLAG_BUILTIN, "FWPM_LAYER_FLAG_BUILTIN"},
    {FWPM_LAYER_FLAG_CLASSIFY_MOSTLY, "FWPM_LAYER_FLAG_CLASSIFY_MOSTLY"},
    {FWPM_LAYER_FLAG_BUFFERED, "FWPM_LAYER_FLAG_BUFFERED"},
};

const struct policy_object *fwp_object_layer(struct policy_object_builder *b,
                                             const FWPM_LAYER0 *from)
{
    if (from == NULL || is_zero(&from->layerKey))
        return NULL;
    start_object(b, POLICY_OBJECT_LAYER, &from->layerKey, &from->displayData);
    PUT_FLAGS(b, from->flags, layer_flags);
    b->object.id = from->layerId;
    return policy_object_finish(b);
}

static const struct flag provider_flags[] = {
    {FWPM_PROVIDER_FLAG_PERSISTENT, "FWPM_PROVIDER_FLAG_PERSISTENT"},
    {FWPM_PROVIDER_FLAG_DISABLED, "FWPM_PROVIDER_FLAG_DISABLED"},
};

const struct policy_object *fwp_object_provider(struct policy_object_builder *b,
                                                const FWPM_PROVIDER0 *from)
{
    if (from == NULL || is_zero(&from->providerKey))
        return NULL;
    start_object(b, POLICY_OBJECT_PROVIDER, &from->providerKey, &from->displayData);
    PUT_FLAGS(b, from->flags, provider_flags);
    b->object.texts[TEXT_SERVICE] = fwp_value_string(b, from->serviceName);
    return policy_object_finish(b);
}

static const struct flag sublayer_flags[] = {
    {FWPM_SUBLAYER_FLAG_PERSISTENT, "FWPM_SUBLAYER_FLAG_PERSISTENT"},
};

const struct policy_object *fwp_object_sublayer(struct policy_object_builder *b,
                                                const FWPM_SUBLAYER0 *from)
{
    if (from == NULL || is_zero(&from->subLayerKey))
        return NULL;
    start_object(b, POLICY_OBJECT_SUBLAYER, &from->subLayerKey, &from->displayData);
    PUT_FLAGS(b, from->flags, sublayer_flags);
    b->object.texts[TEXT_PROVIDER] = put_guid(b, from->providerKey);
    b->object.weight = from->weight;
    b->object.present |= POLICY_OBJECT_HAS_WEIGHT;
    return policy_object_finish(b);
}

/* The first two are the driver's (fwpsk.h); netsh names no others of those. */
static const struct flag callout_flags[] = {
    {0x1, "FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW"},
    {0x2, "FWP_CALLOUT_FLAG_ALLOW_OFFLOAD"},
    {FWPM_CALLOUT_FLAG_PERSISTENT, "FWPM_CALLOUT_FLAG_PERSISTENT"},
    {FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT, "FWPM_CALLOUT_FLAG_USES_PROVIDER_CONTEXT"},
    {FWPM_CALLOUT_FLAG_REGISTERED, "FWPM_CALLOUT_FLAG_REGISTERED"},
};

const struct policy_object *fwp_object_callout(struct policy_object_builder *b,
                                               const FWPM_CALLOUT0 *from)
{
    if (from == NULL || is_zero(&from->calloutKey))
        return NULL;
    start_object(b, POLICY_OBJECT_CALLOUT, &from->calloutKey, &from->displayData);
    PUT_FLAGS(b, from->flags, callout_flags);
    b->object.texts[TEXT_PROVIDER] = put_guid(b, from->providerKey);
    b->object.texts[TEXT_LAYER] = put_guid(b, &from->applicableLayer);
    b->object.id = from->calloutId;
    return policy_object_finish(b);
}

static const struct flag context_flags[] = {
    {FWPM_PROVIDER_CONTEXT_FLAG_PERSISTENT, "FWPM_PROVIDER_CONTEXT_FLAG_PERSISTENT"},
    {FWPM_PROVIDER_CONTEXT_FLAG_DOWNLEVEL, "FWPM_PROVIDER_CONTEXT_FLAG_DOWNLEVEL"},
};

/* Of a type other than general the pointer leads to a policy, which is not followed. */
const struct policy_object *fwp_object_context(struct policy_object_builder *b,
                                               const FWPM_PROVIDER_CONTEXT0 *from)
{
    if (from == NULL || is_zero(&from->providerContextKey))
        return NULL;
    start_object(b, POLICY_OBJECT_CONTEXT, &from->providerContextKey, &from->displayData);
    struct policy_object *o = &b->object;
    const FWP_BYTE_BLOB *data = from->type == FWPM_GENERAL_CONTEXT ? from->dataBuffer : NULL;
    PUT_FLAGS(b, from->flags, context_flags);
    o->id = from->providerContextId;
    o->texts[TEXT_PROVIDER] = put_guid(b, from->providerKey);
    o->texts[TEXT_TYPE] = fwp_value_context_type(b, from->type);
    if (data != NULL && data->data != NULL)
        o->texts[TEXT_DATA] = policy_object_put_data(b, data->data, data->size);
    return policy_object_finish(b);
}
