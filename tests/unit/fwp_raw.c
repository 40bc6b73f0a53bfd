/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "fwp_raw.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes/wfp_symbols.h"

enum { GARBAGE = 0xA5 };

/* ---- pieces --------------------------------------------------------------------------------- */

uint16_t *raw_wide(struct sim_pieces *s, const char *utf8)
{
    uint16_t units[NETSH_TEXT + 1];
    size_t n = 0;
    for (const uint8_t *p = (const uint8_t *)utf8; *p != 0;) {
        size_t length = *p < 0x80 ? 1 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
        uint32_t c = length == 1 ? *p : *p & (0xFFu >> (length + 1));
        for (p++; length > 1; length--)
            c = c << 6 | (*p++ & 0x3F);
        if (c >= 0x10000) {
            units[n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        units[n++] = (uint16_t)c;
    }
    units[n++] = 0;
    return sim_piece_copy(s, units, n * sizeof *units);
}

FWP_GUID raw_key(const char *text)
{
    FWP_GUID key = {0};
    uint16_t symbol = wfp_symbol_find(text, strlen(text));
    if (symbol != WFP_SYMBOL_NONE)
        memcpy(&key, wfp_symbol_guid(symbol), sizeof key);
    else if (!text_parse_guid(text, strlen(text), (uint8_t *)&key))
        abort();
    return key;
}

static FWP_BYTE_BLOB *raw_blob(struct sim_pieces *s, const void *p, size_t n)
{
    FWP_BYTE_BLOB b = {.size = (uint32_t)n, .data = sim_piece_copy(s, p, n)};
    return sim_piece_copy(s, &b, sizeof b);
}

FWP_BYTE_BLOB *raw_text_blob(struct sim_pieces *s, const char *ascii)
{
    return raw_blob(s, raw_wide(s, ascii), 2 * (strlen(ascii) + 1));
}

static FWP_BYTE_BLOB *hex_blob(struct sim_pieces *s, const char *digits)
{
    uint8_t bytes[NETSH_TEXT];
    size_t n = strlen(digits) / 2;
    for (size_t i = 0; i < n; i++) {
        const char pair[3] = {digits[2 * i], digits[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return raw_blob(s, bytes, n);
}

/* ---- security descriptors ------------------------------------------------------------------- */

static size_t put_sid(uint8_t *to, const char *text)
{
    size_t n = 0;
    if (!text_parse_sid(text, strlen(text), to, &n))
        abort();
    return n;
}

static size_t put_entry(uint8_t *to, const struct raw_entry *e)
{
    size_t n = 8 + put_sid(to + 8, e->sid);
    to[0] = e->type;
    to[1] = e->flags;
    to[2] = (uint8_t)n;
    to[3] = (uint8_t)(n >> 8);
    text_put_le32(to + 4, e->mask);
    return n;
}

size_t raw_descriptor(uint8_t out[1024], uint16_t control, const char *owner, const char *group,
                      const struct raw_entry *entries, size_t count)
{
    size_t at = 20, dacl;
    memset(out, 0, 20);
    out[0] = 1;
    out[2] = (uint8_t)control;
    out[3] = (uint8_t)(control >> 8);
    if (owner != NULL) {
        text_put_le32(out + 4, (uint32_t)at);
        at += put_sid(out + at, owner);
    }
    if (group != NULL) {
        text_put_le32(out + 8, (uint32_t)at);
        at += put_sid(out + at, group);
    }
    if (entries == NULL)
        return at;
    text_put_le32(out + 16, (uint32_t)at);
    dacl = at;
    at += 8;
    for (size_t i = 0; i < count; i++)
        at += put_entry(out + at, &entries[i]);
    memset(out + dacl, 0, 8);
    out[dacl] = 2;
    out[dacl + 2] = (uint8_t)(at - dacl);
    out[dacl + 3] = (uint8_t)((at - dacl) >> 8);
    out[dacl + 4] = (uint8_t)count;
    return at;
}

/* ---- values --------------------------------------------------------------------------------- */

static uint32_t number_of_symbol(const char *text)
{
    uint16_t symbol = wfp_symbol_find(text, strlen(text));
    if (symbol == WFP_SYMBOL_NONE)
        abort();
    return wfp_symbol_number(symbol);
}

static uint32_t v4_of(const char *text)
{
    uint8_t a[16], family;
    uint32_t scope;
    if (!text_parse_ip(text, strlen(text), a, &family, &scope) || family != 4)
        return (uint32_t)strtoul(text, NULL, 10);
    return (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
}

static FWP_VALUE0 single(struct sim_pieces *s, const char *type, const char *text)
{
    FWP_VALUE0 v;
    uint64_t number = strtoull(text, NULL, 10);
    memset(&v, GARBAGE, sizeof v);
    v.type = number_of_symbol(type);
    if (v.type == FWP_UINT8)
        v.uint8 = (uint8_t)number;
    else if (v.type == FWP_UINT16)
        v.uint16 = (uint16_t)number;
    else if (v.type == FWP_UINT32)
        v.uint32 = v4_of(text);
    else if (v.type == FWP_UINT64)
        v.uint64 = sim_piece_copy(s, &number, sizeof number);
    return v;
}

static FWP_RANGE0 *range(struct sim_pieces *s, const struct netsh_condition *c)
{
    FWP_RANGE0 r = {single(s, c->range_type, c->value), single(s, c->range_type, c->high)};
    return sim_piece_copy(s, &r, sizeof r);
}

static FWP_BYTE_BLOB *descriptor(struct sim_pieces *s)
{
    static const struct raw_entry entry = {.mask = 0x20001, .sid = "S-1-5-80-1"};
    uint8_t bytes[1024];
    return raw_blob(s, bytes, raw_descriptor(bytes, 0x8004, "S-1-5-18", "S-1-5-18", &entry, 1));
}

static FWP_CONDITION_VALUE0 value(struct sim_pieces *s, const struct netsh_condition *c)
{
    FWP_CONDITION_VALUE0 v;
    FWP_VALUE0 one = single(s, c->type, c->value);
    FWP_V4_ADDR_AND_MASK v4 = {v4_of(c->value), v4_of(c->high)};
    FWP_V6_ADDR_AND_MASK v6 = {.prefixLength = (uint8_t)strtoul(c->high, NULL, 10)};
    uint8_t family;
    uint32_t scope;
    memcpy(&v, &one, sizeof v);
    if (v.type == FWP_RANGE_TYPE)
        v.rangeValue = range(s, c);
    else if (v.type == FWP_V4_ADDR_MASK)
        v.v4AddrMask = sim_piece_copy(s, &v4, sizeof v4);
    else if (v.type == FWP_V6_ADDR_MASK) {
        (void)text_parse_ip(c->value, strlen(c->value), v6.addr, &family, &scope);
        v.v6AddrMask = sim_piece_copy(s, &v6, sizeof v6);
    } else if (v.type == FWP_BYTE_BLOB_TYPE)
        v.byteBlob = c->is_hex ? hex_blob(s, c->value) : raw_text_blob(s, c->value);
    else if (v.type == FWP_SECURITY_DESCRIPTOR_TYPE)
        v.sd = descriptor(s);
    return v;
}

/* ---- filters -------------------------------------------------------------------------------- */

static uint32_t flags_of(const struct netsh_made_filter *f)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < f->flag_count; i++)
        bits |= f->flags[i][0] == 'F' ? number_of_symbol(f->flags[i])
                                      : (uint32_t)strtoul(f->flags[i], NULL, 16);
    return bits;
}

static FWPM_FILTER_CONDITION0 *conditions(struct sim_pieces *s, const struct netsh_made_filter *f)
{
    FWPM_FILTER_CONDITION0 *to = sim_piece(s, f->condition_count * sizeof *to);
    for (size_t i = 0; i < f->condition_count; i++) {
        to[i].fieldKey = raw_key(f->conditions[i].field);
        to[i].matchType = number_of_symbol(f->conditions[i].match);
        to[i].conditionValue = value(s, &f->conditions[i]);
    }
    return to;
}

FWPM_FILTER0 *raw_filter(struct sim_pieces *s, const struct netsh_made_filter *f)
{
    FWPM_FILTER0 *to = sim_piece(s, sizeof *to);
    char weight[24];
    (void)snprintf(weight, sizeof weight, "%llu", (unsigned long long)f->weight);
    to->filterKey = raw_key(f->key);
    to->displayData.name = f->name[0] != 0 ? raw_wide(s, f->name) : NULL;
    to->displayData.description = raw_wide(s, f->description); /* empty is absent, too */
    to->flags = flags_of(f);
    to->providerKey = NULL;
    if (f->provider != NULL) {
        FWP_GUID provider = raw_key(f->provider);
        to->providerKey = sim_piece_copy(s, &provider, sizeof provider);
    }
    to->layerKey = raw_key(f->layer);
    to->subLayerKey = raw_key(f->sublayer);
    to->weight = single(s, f->weight_type, weight);
    to->numFilterConditions = (uint32_t)f->condition_count;
    to->filterCondition = conditions(s, f);
    to->action.type = number_of_symbol(f->action);
    to->action.calloutKey = f->callout[0] != 0 ? raw_key(f->callout) : (FWP_GUID){0};
    if (f->context[0] != 0)
        to->providerContextKey = raw_key(f->context);
    else
        to->rawContext = f->raw_context;
    to->filterId = f->id;
    to->effectiveWeight.type = FWP_UINT64;
    to->effectiveWeight.uint64 =
        sim_piece_copy(s, &f->effective_weight, sizeof f->effective_weight);
    return to;
}

/* ---- objects as text ------------------------------------------------------------------------ */

#if defined(__clang__)
__attribute__((format(printf, 2, 3))) /* else its -Wformat-nonliteral wants a literal below */
#endif
static void
say(char **at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *at += vsprintf(*at, format, arguments);
    va_end(arguments);
}

static const char *or_none(const char *s)
{
    return s != NULL ? s : "(none)";
}

void raw_describe(char out[RAW_TEXT_MAX], const struct policy_object *o)
{
    const struct policy_object_condition *c = policy_object_conditions(o);
    say(&out, "kind %u state %u present %x bits %x id %llu weight %llu effective %llu raw %llu\n",
        o->kind, o->state, o->present, o->flag_bits, (unsigned long long)o->id,
        (unsigned long long)o->weight, (unsigned long long)o->effective_weight,
        (unsigned long long)o->raw_context);
    for (int i = 0; i < TEXT_COUNT; i++)
        say(&out, "%d: %s\n", i, or_none(policy_object_slot_of(o, (enum policy_object_slot)i)));
    for (uint32_t i = 0; i < o->flag_count; i++)
        say(&out, "flag %s\n", policy_object_text_of(o, policy_object_flags(o)[i]));
    for (uint32_t i = 0; i < o->condition_count; i++)
        say(&out, "%s %s %s %s %s-%s %x\n", or_none(policy_object_text_of(o, c[i].field)),
            or_none(policy_object_text_of(o, c[i].match)),
            or_none(policy_object_text_of(o, c[i].type)),
            or_none(policy_object_text_of(o, c[i].element)),
            or_none(policy_object_text_of(o, c[i].value)),
            or_none(policy_object_text_of(o, c[i].high)), c[i].flags);
}
