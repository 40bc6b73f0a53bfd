/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's structs of any content, as objects. The input says what is in each member; all that
 * it points to lies in blocks of the exact size. */
#include "fuzz.h"

#include <stdlib.h>

#include "decode/fwpm/fwp_object.h"
#include "sim/policy/sim_policy.h"
#include "codes/wfp_symbols.h"

enum { BYTES_MAX = 70000, CONDITIONS_MAX = 300, KINDS = 6 };

static struct policy_object_builder builder;
static uint8_t bytes[BYTES_MAX];

static void check(bool good)
{
    if (!good)
        abort();
}

/* ---- what is sent --------------------------------------------------------------------------- */

/* A length in a byte, or in two behind 255; then so many bytes. */
static size_t take_bytes(struct fuzz_input *in)
{
    size_t n = fuzz_u8(in);
    if (n == 255)
        n = fuzz_u16(in);
    (void)fuzz_bytes(in, bytes, n);
    return n;
}

static uint16_t *take_text(struct fuzz_input *in, struct sim_pieces *s)
{
    size_t n = take_bytes(in) & ~(size_t)1;
    memset(bytes + n, 0, 2); /* the engine always ends text */
    return fuzz_u8(in) == 0 ? NULL : sim_piece_copy(s, bytes, n + 2);
}

/* A blob that may be empty, without its bytes, or not be there at all. */
static FWP_BYTE_BLOB *take_blob(struct fuzz_input *in, struct sim_pieces *s)
{
    uint8_t form = fuzz_u8(in);
    size_t n = take_bytes(in);
    FWP_BYTE_BLOB b = {.size = (uint32_t)n, .data = form == 1 ? NULL : sim_piece_copy(s, bytes, n)};
    return form == 0 ? NULL : sim_piece_copy(s, &b, sizeof b);
}

/* A symbol's, or any. */
static FWP_GUID take_key(struct fuzz_input *in)
{
    FWP_GUID key;
    uint16_t symbol = fuzz_u16(in);
    if (symbol < wfp_symbol_count())
        memcpy(&key, wfp_symbol_guid(symbol), sizeof key);
    else
        (void)fuzz_bytes(in, &key, sizeof key);
    return key;
}

static FWP_GUID *take_key_behind(struct fuzz_input *in, struct sim_pieces *s)
{
    FWP_GUID key = take_key(in);
    return fuzz_u8(in) == 0 ? NULL : sim_piece_copy(s, &key, sizeof key);
}

static FWPM_DISPLAY_DATA0 take_display(struct fuzz_input *in, struct sim_pieces *s)
{
    uint16_t *name = take_text(in, s);
    return (FWPM_DISPLAY_DATA0){.name = name, .description = take_text(in, s)};
}

/* As long as its count of sub-authorities says, whatever that is. */
static FWP_SID_STRUCT *take_sid(struct fuzz_input *in, struct sim_pieces *s)
{
    uint8_t sid[8 + 255 * 4];
    (void)fuzz_bytes(in, sid, 8);
    (void)fuzz_bytes(in, sid + 8, (size_t)sid[1] * 4);
    return sim_piece_copy(s, sid, 8 + (size_t)sid[1] * 4);
}

/* A block of n bytes, or NULL. */
static void *take_block(struct fuzz_input *in, struct sim_pieces *s, size_t n)
{
    uint8_t form = fuzz_u8(in);
    (void)fuzz_bytes(in, bytes, n);
    return form == 0 ? NULL : sim_piece_copy(s, bytes, n);
}

static FWP_VALUE0 take_value(struct fuzz_input *in, struct sim_pieces *s, uint32_t type)
{
    FWP_VALUE0 v = {.type = type};
    switch (type) {
    case FWP_UINT64:
    case FWP_INT64:
    case FWP_DOUBLE:
        v.uint64 = take_block(in, s, 8);
        break;
    case FWP_BYTE_ARRAY16_TYPE:
        v.byteArray16 = take_block(in, s, 16);
        break;
    case FWP_BYTE_ARRAY6_TYPE:
        v.byteArray6 = take_block(in, s, 6);
        break;
    case FWP_BYTE_BLOB_TYPE:
    case FWP_SECURITY_DESCRIPTOR_TYPE:
    case FWP_TOKEN_ACCESS_INFORMATION_TYPE:
        v.byteBlob = take_blob(in, s);
        break;
    case FWP_SID:
        v.sid = fuzz_u8(in) == 0 ? NULL : take_sid(in, s);
        break;
    case FWP_UNICODE_STRING_TYPE:
        v.unicodeString = take_text(in, s);
        break;
    case FWP_TOKEN_INFORMATION_TYPE: /* not followed: one byte */
        v.tokenInformation = sim_piece(s, 1);
        break;
    default:
        (void)fuzz_bytes(in, &v.uint32, sizeof v.uint32);
        break;
    }
    return v;
}

static uint32_t take_type(struct fuzz_input *in)
{
    uint8_t type = fuzz_u8(in);
    return type < 32 ? type : type < 128 ? FWP_V4_ADDR_MASK + type % 4u : fuzz_u32(in);
}

static FWP_RANGE0 *take_range(struct fuzz_input *in, struct sim_pieces *s)
{
    FWP_RANGE0 r;
    uint32_t low = take_type(in), high = take_type(in);
    r.valueLow = take_value(in, s, low);
    r.valueHigh = take_value(in, s, high);
    return fuzz_u8(in) == 0 ? NULL : sim_piece_copy(s, &r, sizeof r);
}

static FWP_CONDITION_VALUE0 take_condition_value(struct fuzz_input *in, struct sim_pieces *s)
{
    FWP_CONDITION_VALUE0 v = {.type = take_type(in)};
    if (v.type == FWP_RANGE_TYPE) {
        v.rangeValue = take_range(in, s);
    } else if (v.type == FWP_V4_ADDR_MASK) {
        v.v4AddrMask = take_block(in, s, sizeof *v.v4AddrMask);
    } else if (v.type == FWP_V6_ADDR_MASK) {
        v.v6AddrMask = take_block(in, s, sizeof *v.v6AddrMask);
    } else {
        FWP_VALUE0 single = take_value(in, s, v.type);
        memcpy(&v, &single, sizeof v);
    }
    return v;
}

static void take_conditions(struct fuzz_input *in, struct sim_pieces *s, FWPM_FILTER0 *f)
{
    uint32_t n = fuzz_u16(in) % CONDITIONS_MAX;
    f->numFilterConditions = n;
    if (n == 0 && fuzz_u8(in) != 0) { /* counted, and not there */
        f->numFilterConditions = fuzz_u32(in);
        return;
    }
    f->filterCondition = sim_piece(s, n * sizeof *f->filterCondition);
    for (uint32_t i = 0; i < n; i++) {
        f->filterCondition[i].fieldKey = take_key(in);
        f->filterCondition[i].matchType = fuzz_u8(in);
        f->filterCondition[i].conditionValue = take_condition_value(in, s);
    }
}

/* ---- objects -------------------------------------------------------------------------------- */

static const struct policy_object *filter(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_FILTER0 f = {.filterKey = take_key(in), .displayData = take_display(in, s)};
    f.flags = fuzz_u32(in);
    f.providerKey = take_key_behind(in, s);
    f.layerKey = take_key(in);
    f.subLayerKey = take_key(in);
    f.weight = take_value(in, s, take_type(in));
    f.effectiveWeight = take_value(in, s, take_type(in));
    f.action.type = fuzz_u32(in);
    f.action.calloutKey = take_key(in);
    f.providerContextKey = take_key(in);
    f.filterId = fuzz_u64(in);
    take_conditions(in, s, &f);
    return fwp_object_filter(&builder, sim_piece_copy(s, &f, sizeof f));
}

static const struct policy_object *layer(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_LAYER0 l = {.layerKey = take_key(in), .displayData = take_display(in, s)};
    l.flags = fuzz_u32(in);
    l.numFields = fuzz_u32(in);
    l.layerId = fuzz_u16(in);
    return fwp_object_layer(&builder, sim_piece_copy(s, &l, sizeof l));
}

static const struct policy_object *provider(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_PROVIDER0 p = {.providerKey = take_key(in), .displayData = take_display(in, s)};
    p.flags = fuzz_u32(in);
    p.providerData.size = fuzz_u32(in);
    p.serviceName = take_text(in, s);
    return fwp_object_provider(&builder, sim_piece_copy(s, &p, sizeof p));
}

static const struct policy_object *sublayer(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_SUBLAYER0 l = {.subLayerKey = take_key(in), .displayData = take_display(in, s)};
    l.flags = fuzz_u32(in);
    l.providerKey = take_key_behind(in, s);
    l.weight = fuzz_u16(in);
    return fwp_object_sublayer(&builder, sim_piece_copy(s, &l, sizeof l));
}

static const struct policy_object *callout(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_CALLOUT0 c = {.calloutKey = take_key(in), .displayData = take_display(in, s)};
    c.flags = fuzz_u32(in);
    c.providerKey = take_key_behind(in, s);
    c.applicableLayer = take_key(in);
    c.calloutId = fuzz_u32(in);
    return fwp_object_callout(&builder, sim_piece_copy(s, &c, sizeof c));
}

static const struct policy_object *context(struct fuzz_input *in, struct sim_pieces *s)
{
    FWPM_PROVIDER_CONTEXT0 c = {.providerContextKey = take_key(in),
                                .displayData = take_display(in, s)};
    c.flags = fuzz_u32(in);
    c.providerKey = take_key_behind(in, s);
    c.type = fuzz_u8(in);
    c.dataBuffer = c.type == FWPM_GENERAL_CONTEXT ? take_blob(in, s) : sim_piece(s, 1);
    c.providerContextId = fuzz_u64(in);
    return fwp_object_context(&builder, sim_piece_copy(s, &c, sizeof c));
}

/* ---- what comes of it ----------------------------------------------------------------------- */

static void check_text(const struct policy_object *o, policy_object_text t)
{
    const char *text = policy_object_text_of(o, t);
    check((t & POLICY_OBJECT_SYMBOL) != 0 || t < o->bytes);
    if (text != NULL)
        check(text[0] != 0 && text_utf8_valid(text, strlen(text)) == strlen(text));
}

static void check_object(const struct policy_object *o)
{
    const struct policy_object_condition *c = policy_object_conditions(o);
    check(o->bytes <= POLICY_OBJECT_MAX && o->bytes % 8 == 0);
    check(o->conditions_at + o->condition_count * sizeof *c <= o->bytes);
    check(o->flags_at + o->flag_count * sizeof(policy_object_text) <= o->bytes);
    for (int i = 0; i < TEXT_COUNT; i++)
        check_text(o, o->texts[i]);
    for (uint32_t i = 0; i < o->flag_count; i++)
        check_text(o, policy_object_flags(o)[i]);
    for (uint32_t i = 0; i < o->condition_count; i++) {
        const policy_object_text texts[] = {c[i].field,   c[i].match, c[i].type,
                                            c[i].element, c[i].value, c[i].high};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            check_text(o, texts[k]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct policy_object *(*const kinds[KINDS])(struct fuzz_input *,
                                                             struct sim_pieces *) = {
        filter, layer, provider, sublayer, callout, context};
    struct fuzz_input in = {data, size};
    struct sim_pieces s = {0};
    const struct policy_object *o = kinds[fuzz_u8(&in) % KINDS](&in, &s);
    check(!s.failed);
    sim_pieces_free(&s); /* the object needs none of it */
    if (o != NULL)
        check_object(o);
    return 0;
}
