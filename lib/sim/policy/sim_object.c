/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An object of the policy as Windows hands it out: each struct, text and value in a block of its
 * own of the exact size. */
#include <stdlib.h>
#include <string.h>

#include "sim/policy/sim_policy.h"

enum { GARBAGE = 0xA5, POISON = 0xDD };

struct sim_piece {
    void *p;
    size_t n;
};

/* ---- pieces --------------------------------------------------------------------------------- */

static bool has_room(struct sim_pieces *s)
{
    uint32_t room = s->room != 0 ? 2 * s->room : 16;
    if (s->count < s->room)
        return true;
    struct sim_piece *list = realloc(s->list, room * sizeof *list);
    if (list == NULL)
        return false;
    s->list = list;
    s->room = room;
    return true;
}

static int filler_of(const struct sim_pieces *s)
{
    return s->is_clean ? 0 : GARBAGE;
}

void *sim_piece(struct sim_pieces *s, size_t n)
{
    void *p = has_room(s) ? malloc(n != 0 ? n : 1) : NULL;
    if (p == NULL) {
        s->failed = true;
        return NULL;
    }
    memset(p, filler_of(s), n);
    s->list[s->count++] = (struct sim_piece){p, n};
    return p;
}

void *sim_piece_copy(struct sim_pieces *s, const void *from, size_t n)
{
    void *p = sim_piece(s, n);
    if (p != NULL)
        memcpy(p, from, n);
    return p;
}

void sim_pieces_free(struct sim_pieces *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        memset(s->list[i].p, POISON, s->list[i].n);
        free(s->list[i].p);
    }
    free(s->list);
    *s = (struct sim_pieces){0};
}

/* ---- parts ---------------------------------------------------------------------------------- */

static uint16_t *make_string(struct sim_pieces *s, const struct sim_string *t)
{
    size_t bytes = ((size_t)t->n + 1) * sizeof *t->units;
    return t->units != NULL ? sim_piece_copy(s, t->units, bytes) : NULL;
}

/* As Windows stores text in a blob: with its NUL. */
static FWP_BYTE_BLOB *make_blob(struct sim_pieces *s, const struct sim_string *t)
{
    FWP_BYTE_BLOB b = {.size = (t->n + 1) * 2, .data = (uint8_t *)make_string(s, t)};
    if (t->units == NULL)
        b.size = 0;
    return sim_piece_copy(s, &b, sizeof b);
}

static FWPM_DISPLAY_DATA0 make_display(struct sim_pieces *s, const struct sim_object *o)
{
    return (FWPM_DISPLAY_DATA0){.name = make_string(s, &o->name),
                                .description = make_string(s, &o->description)};
}

static FWP_GUID *make_provider(struct sim_pieces *s, const struct sim_object *o)
{
    return sim_key_is_none(&o->provider) ? NULL
                                         : sim_piece_copy(s, &o->provider, sizeof o->provider);
}

/* A union with garbage in what is not set. */
static FWP_VALUE0 value_of(const struct sim_pieces *s, uint32_t type)
{
    FWP_VALUE0 v;
    memset(&v, filler_of(s), sizeof v);
    v.type = type;
    return v;
}

static FWP_VALUE0 make_number(struct sim_pieces *s, uint32_t type, uint64_t n)
{
    FWP_VALUE0 v = value_of(s, type);
    if (type == FWP_UINT8)
        v.uint8 = (uint8_t)n;
    else if (type == FWP_UINT16)
        v.uint16 = (uint16_t)n;
    else if (type == FWP_UINT32)
        v.uint32 = (uint32_t)n;
    else if (type == FWP_UINT64)
        v.uint64 = sim_piece_copy(s, &n, sizeof n);
    return v;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static FWP_VALUE0 range_end(struct sim_pieces *s, const struct sim_condition *c, bool high)
{
    FWP_VALUE0 v = make_number(s, c->element, high ? c->high : c->low);
    if (c->element == FWP_BYTE_ARRAY16_TYPE)
        v.byteArray16 = sim_piece_copy(s, high ? c->high_bytes : c->low_bytes, 16);
    return v;
}

static FWP_RANGE0 *make_range(struct sim_pieces *s, const struct sim_condition *c)
{
    FWP_RANGE0 r = {.valueLow = range_end(s, c, false), .valueHigh = range_end(s, c, true)};
    return sim_piece_copy(s, &r, sizeof r);
}

static FWP_V4_ADDR_AND_MASK *make_network4(struct sim_pieces *s, const struct sim_condition *c)
{
    FWP_V4_ADDR_AND_MASK m = {.addr = (uint32_t)c->low, .mask = (uint32_t)c->high};
    return sim_piece_copy(s, &m, sizeof m);
}

static FWP_V6_ADDR_AND_MASK *make_network6(struct sim_pieces *s, const struct sim_condition *c)
{
    FWP_V6_ADDR_AND_MASK m = {.prefixLength = (uint8_t)c->high};
    memcpy(m.addr, c->low_bytes, sizeof m.addr);
    return sim_piece_copy(s, &m, sizeof m);
}

static FWP_CONDITION_VALUE0 condition_value(struct sim_pieces *s, const struct sim_condition *c)
{
    FWP_CONDITION_VALUE0 v;
    FWP_VALUE0 single = make_number(s, c->type, c->low);
    _Static_assert(sizeof v == sizeof single, "both are a type and a union");
    memcpy(&v, &single, sizeof v);
    switch (c->type) {
    case FWP_BYTE_ARRAY16_TYPE:
        v.byteArray16 = sim_piece_copy(s, c->low_bytes, 16);
        break;
    case FWP_BYTE_BLOB_TYPE:
        v.byteBlob = make_blob(s, &c->text);
        break;
    case FWP_SID:
        v.sid = sim_piece_copy(s, c->sid.bytes, c->sid.n);
        break;
    case FWP_UNICODE_STRING_TYPE:
        v.unicodeString = make_string(s, &c->text);
        break;
    case FWP_V4_ADDR_MASK:
        v.v4AddrMask = make_network4(s, c);
        break;
    case FWP_V6_ADDR_MASK:
        v.v6AddrMask = make_network6(s, c);
        break;
    case FWP_RANGE_TYPE:
        v.rangeValue = make_range(s, c);
        break;
    default: /* a number */
        break;
    }
    return v;
}

static FWPM_FILTER_CONDITION0 *make_conditions(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_FILTER_CONDITION0 *to =
        o->condition_count > 0 ? sim_piece(s, o->condition_count * sizeof *to) : NULL;
    for (uint32_t i = 0; to != NULL && i < o->condition_count; i++) {
        to[i].fieldKey = o->conditions[i].field;
        to[i].matchType = o->conditions[i].match;
        to[i].conditionValue = condition_value(s, &o->conditions[i]);
    }
    return to;
}

/* ---- objects -------------------------------------------------------------------------------- */

static void *make_filter(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_FILTER0 f;
    memset(&f, filler_of(s), sizeof f);
    f.filterKey = o->key;
    f.displayData = make_display(s, o);
    f.flags = o->flags;
    f.providerKey = make_provider(s, o);
    f.providerData = (FWP_BYTE_BLOB){0};
    f.layerKey = o->layer;
    f.subLayerKey = o->sublayer;
    f.weight = make_number(s, o->weight_type, o->weight);
    f.numFilterConditions = o->condition_count;
    f.filterCondition = make_conditions(s, o);
    f.action.type = o->action;
    f.action.calloutKey = o->callout;
    if ((o->flags & FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT) != 0)
        f.providerContextKey = o->context;
    else
        f.rawContext = o->raw_context;
    f.reserved = NULL;
    f.filterId = o->id;
    f.effectiveWeight = make_number(s, FWP_UINT64, o->effective);
    return sim_piece_copy(s, &f, sizeof f);
}

static void make_fields(struct sim_pieces *s, FWPM_LAYER0 *l)
{
    uint32_t n = sim_builtin_field_count(l->layerId);
    FWPM_FIELD0 *fields = sim_piece(s, n * sizeof *fields);
    FWP_GUID *keys = sim_piece(s, n * sizeof *keys);
    if (fields == NULL || keys == NULL)
        return;
    for (uint32_t i = 0; i < n; i++)
        sim_builtin_field(l->layerId, i, &fields[i], &keys[i]);
    l->numFields = n;
    l->field = fields;
}

static void *make_layer(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_LAYER0 l = {.layerKey = o->key,
                     .displayData = make_display(s, o),
                     .flags = o->flags,
                     .defaultSubLayerKey = o->sublayer,
                     .layerId = (uint16_t)o->id};
    if (o->builtin)
        make_fields(s, &l);
    return sim_piece_copy(s, &l, sizeof l);
}

static void *provider_object(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_PROVIDER0 p = {.providerKey = o->key,
                        .displayData = make_display(s, o),
                        .flags = o->flags,
                        .serviceName = make_string(s, &o->service)};
    return sim_piece_copy(s, &p, sizeof p);
}

static void *make_sublayer(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_SUBLAYER0 l = {.subLayerKey = o->key,
                        .displayData = make_display(s, o),
                        .flags = o->flags,
                        .providerKey = make_provider(s, o),
                        .weight = (uint16_t)o->weight};
    return sim_piece_copy(s, &l, sizeof l);
}

static void *make_callout(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_CALLOUT0 c = {.calloutKey = o->key,
                       .displayData = make_display(s, o),
                       .flags = o->flags,
                       .providerKey = make_provider(s, o),
                       .applicableLayer = o->layer,
                       .calloutId = (uint32_t)o->id};
    return sim_piece_copy(s, &c, sizeof c);
}

/* Of another type than general it points to a policy, of which there is one byte here. */
static void *make_context(struct sim_pieces *s, const struct sim_object *o)
{
    FWPM_PROVIDER_CONTEXT0 c = {.providerContextKey = o->key,
                                .displayData = make_display(s, o),
                                .flags = o->flags,
                                .providerKey = make_provider(s, o),
                                .type = o->type,
                                .providerContextId = o->id};
    if (o->type == FWPM_GENERAL_CONTEXT)
        c.dataBuffer = make_blob(s, &o->data);
    else
        c.keyingPolicy = sim_piece(s, 1);
    return sim_piece_copy(s, &c, sizeof c);
}

void *sim_object_raw(struct sim_pieces *s, const struct sim_object *o)
{
    static void *(*const makers[SYSTEM_LISTS])(struct sim_pieces *, const struct sim_object *) = {
        [LIST_LAYERS] = make_layer,       [LIST_PROVIDERS] = provider_object,
        [LIST_SUBLAYERS] = make_sublayer, [LIST_CALLOUTS] = make_callout,
        [LIST_CONTEXTS] = make_context,   [LIST_FILTERS] = make_filter,
    };
    return makers[o->list](s, o);
}
