/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/condition_text.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

struct word {
    const char *symbol, *text;
};

/* FWP_CONDITION_FLAG_*, by bit. */
static const char *const flags[32] = {
    "loopback",
    "ipsec secured",
    "reauthorize",
    "wildcard bind",
    "raw endpoint",
    "fragment",
    "fragment group",
    "ipsec natt reclassify",
    "requires ale classify",
    "implicit bind",
    "reassembled",
    NULL,
    NULL,
    NULL,
    "name app specified",
    "promiscuous",
    "auth fw",
    "reclassify",
    "outbound pass thru",
    "inbound pass thru",
    "connection redirected",
    "proxy connection",
    "appcontainer loopback",
    "non appcontainer loopback",
    NULL,
    "honoring policy authorize",
};

static const struct word matches[] = {
    {"FWP_MATCH_EQUAL", " = "},
    {"FWP_MATCH_NOT_EQUAL", " != "},
    {"FWP_MATCH_GREATER", " > "},
    {"FWP_MATCH_LESS", " < "},
    {"FWP_MATCH_GREATER_OR_EQUAL", " >= "},
    {"FWP_MATCH_LESS_OR_EQUAL", " <= "},
    {"FWP_MATCH_RANGE", " in "},
    {"FWP_MATCH_FLAGS_ALL_SET", " has "},
    {"FWP_MATCH_FLAGS_ANY_SET", " has any of "},
    {"FWP_MATCH_FLAGS_NONE_SET", " has none of "},
    {"FWP_MATCH_EQUAL_CASE_INSENSITIVE", " = "},
    {"FWP_MATCH_PREFIX", " has the prefix "},
    {"FWP_MATCH_NOT_PREFIX", " has not the prefix "},
};

/* Where the text goes. */
struct sink {
    condition_put put;
    void *ctx;
};

static void put_text(const struct sink *to, const char *s)
{
    to->put(to->ctx, s, strlen(s));
}

static bool is_symbol(const char *s, const char *symbol)
{
    return s != NULL && strcmp(s, symbol) == 0;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && memcmp(s + n - m, end, m) == 0;
}

/* FWPM_CONDITION_IP_REMOTE_PORT: "remote port". */
static void put_field(const struct sink *to, const char *field, bool is_icmp)
{
    static const char prefix[] = "FWPM_CONDITION_";
    if (is_icmp && is_symbol(field, "FWPM_CONDITION_IP_LOCAL_PORT")) {
        put_text(to, "icmp type");
        return;
    }
    if (is_icmp && is_symbol(field, "FWPM_CONDITION_IP_REMOTE_PORT")) {
        put_text(to, "icmp code");
        return;
    }
    if (strncmp(field, prefix, sizeof prefix - 1) != 0) {
        put_text(to, field);
        return;
    }
    field += sizeof prefix - 1;
    field += strncmp(field, "ALE_", 4) == 0 ? 4 : strncmp(field, "IP_", 3) == 0 ? 3 : 0;
    for (; *field != 0; field++) {
        char c = *field == '_'                    ? ' '
                 : *field >= 'A' && *field <= 'Z' ? (char)(*field - 'A' + 'a')
                                                  : *field;
        to->put(to->ctx, &c, 1);
    }
}

static void put_match(const struct sink *to, const char *match)
{
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        if (strcmp(match, matches[i].symbol) == 0) {
            put_text(to, matches[i].text);
            return;
        }
    }
    put_text(to, " ");
    put_text(to, match);
    put_text(to, " ");
}

/* Bits in words; what has none, in hexadecimal. */
static void put_flags(const struct sink *to, uint64_t bits)
{
    char text[TEXT_U64_MAX];
    const char *between = "";
    for (size_t i = 0; i < 32; i++) {
        if ((bits >> i & 1) == 0 || flags[i] == NULL)
            continue;
        put_text(to, between);
        put_text(to, flags[i]);
        between = ", ";
        bits &= ~((uint64_t)1 << i);
    }
    if (bits == 0 && between[0] != 0)
        return;
    put_text(to, between);
    to->put(to->ctx, text, text_hex(text, bits));
}

/* A number that has a word: of a protocol, a network profile. */
static const char *word_of(const char *field, uint64_t v)
{
    static const char *const profiles[] = {"none", "public", "private", "domain"};
    if (is_symbol(field, "FWPM_CONDITION_IP_PROTOCOL") && v <= UINT8_MAX)
        return wfpw_word(WFPW_LIST_PROTOCOL, (uint32_t)v);
    if (ends_with(field, "_PROFILE_ID") && v < sizeof profiles / sizeof *profiles)
        return profiles[v];
    return "";
}

static void put_value(const struct sink *to, const char *field, const char *value, uint32_t how)
{
    uint64_t v;
    bool is_number = text_parse_u64(value, strlen(value), &v);
    if ((how & POLICY_OBJECT_VALUE_HEX) != 0) {
        put_text(to, "0x");
        put_text(to, value);
    } else if (is_number && is_symbol(field, "FWPM_CONDITION_FLAGS")) {
        put_flags(to, v);
    } else {
        const char *word = is_number ? word_of(field, v) : "";
        put_text(to, word[0] != 0 ? word : value);
    }
}

void condition_text(const struct policy_object *o, const struct policy_object_condition *c,
                    bool is_icmp, condition_put putter, void *ctx)
{
    struct sink to = {putter, ctx};
    const char *field = policy_object_text_of(o, c->field),
               *match = policy_object_text_of(o, c->match);
    const char *value = policy_object_text_of(o, c->value),
               *high = policy_object_text_of(o, c->high);
    const char *type = policy_object_text_of(o, c->type);
    put_field(&to, field != NULL ? field : "?", is_icmp);
    put_match(&to, match != NULL ? match : "?");
    if (value != NULL)
        put_value(&to, field != NULL ? field : "", value, c->flags);
    else
        put_text(&to, "nothing");
    if (high == NULL)
        return;
    put_text(&to, is_symbol(type, "FWP_V4_ADDR_MASK") || is_symbol(type, "FWP_V6_ADDR_MASK") ? "/"
                                                                                             : "-");
    put_text(&to, high);
}

bool condition_text_is_icmp(const struct policy_object *filter)
{
    const char *layer = policy_object_slot_of(filter, TEXT_LAYER);
    const struct policy_object_condition *c = policy_object_conditions(filter);
    if (layer != NULL && strstr(layer, "_ICMP_ERROR_") != NULL)
        return true;
    for (uint32_t i = 0; i < filter->condition_count; i++) {
        const char *value = policy_object_text_of(filter, c[i].value);
        if (is_symbol(policy_object_text_of(filter, c[i].field), "FWPM_CONDITION_IP_PROTOCOL") &&
            (is_symbol(value, "1") || is_symbol(value, "58")))
            return true;
    }
    return false;
}
