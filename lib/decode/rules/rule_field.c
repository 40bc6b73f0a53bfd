/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/rules/rule_field.h"

#include "wfpwatch/wfpwatch.h"

enum rule_field rule_field_find(const char *name, size_t n)
{
    static const struct {
        const char *name;
        enum rule_field field;
    } fields[] = {
        {"InstanceID", FIELD_ID},
        {"Name", FIELD_ID},
        {"ID", FIELD_ID},
        {"DisplayName", FIELD_NAME},
        {"ElementName", FIELD_ELEMENT_NAME},
        {"Description", FIELD_DESCRIPTION},
        {"Group", FIELD_GROUP},
        {"RuleGroup", FIELD_GROUP},
        {"DisplayGroup", FIELD_DISPLAY_GROUP},
        {"Enabled", FIELD_ENABLED},
        {"Profile", FIELD_PROFILE},
        {"Profiles", FIELD_PROFILE},
        {"Direction", FIELD_DIRECTION},
        {"Action", FIELD_ACTION},
        {"PolicyStoreSourceType", FIELD_ORIGIN},
        {"Protocol", FIELD_PROTOCOL},
        {"LocalPort", FIELD_LOCAL_PORT},
        {"RemotePort", FIELD_REMOTE_PORT},
        {"LocalAddress", FIELD_LOCAL_ADDRESS},
        {"RemoteAddress", FIELD_REMOTE_ADDRESS},
        {"Program", FIELD_PROGRAM},
        {"Service", FIELD_SERVICE},
        {"Package", FIELD_PACKAGE},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (text_same(name, n, fields[i].name))
            return fields[i].field;
    return FIELD_NONE;
}

/* ---- enumerations --------------------------------------------------------------------------- */

struct enumerator {
    const char *word;
    uint32_t number, value; /* as it is written as a number, and ours */
};

/* false: none of the list. */
static bool find_enumerator(const struct enumerator *list, const char *s, size_t n, uint32_t *value)
{
    uint64_t number;
    bool is_number = text_parse_u64(s, n, &number);
    for (; list->word != NULL; list++)
        if (is_number ? number == list->number : text_same(s, n, list->word)) {
            *value = list->value;
            return true;
        }
    return false;
}

static uint32_t enumerator_of(enum rule_field field, const char *s, size_t n)
{
    static const struct enumerator enabled[] = {{"True", 1, 1}, {"False", 2, 0}, {NULL, 0, 0}};
    static const struct enumerator directions[] = {{"Inbound", 1, WFPW_DIRECTION_INBOUND},
                                                   {"Outbound", 2, WFPW_DIRECTION_OUTBOUND},
                                                   {NULL, 0, 0}};
    static const struct enumerator actions[] = {{"Allow", 2, WFPW_RULE_ACTION_ALLOW},
                                                {"AllowBypass", 3, WFPW_RULE_ACTION_BYPASS},
                                                {"Block", 4, WFPW_RULE_ACTION_BLOCK},
                                                {NULL, 0, 0}};
    static const struct enumerator origins[] = {{"Local", 1, WFPW_RULE_ORIGIN_LOCAL},
                                                {"GroupPolicy", 2, WFPW_RULE_ORIGIN_GROUP_POLICY},
                                                {NULL, 0, 0}};
    const struct enumerator *list = field == FIELD_ENABLED     ? enabled
                                    : field == FIELD_DIRECTION ? directions
                                    : field == FIELD_ACTION    ? actions
                                                               : origins;
    uint32_t value = 0;
    return find_enumerator(list, s, n, &value) ? value : UINT32_MAX;
}

static void take_enumerator(struct rule *r, enum rule_field field, const char *s, size_t n)
{
    uint32_t value = enumerator_of(field, s, n);
    if (value == UINT32_MAX)
        return;
    if (field == FIELD_ENABLED) {
        r->is_enabled = (uint8_t)value;
        r->present |= WFPW_RULE_HAS_ENABLED;
    } else if (field == FIELD_DIRECTION) {
        r->direction = (uint8_t)value;
    } else if (field == FIELD_ACTION) {
        r->action = (uint8_t)value;
    } else {
        r->origin = (uint8_t)value;
    }
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* The next of "a, b"; false: there is none. */
static bool next_item(const char **s, size_t *n, const char **item, size_t *size)
{
    while (*n > 0 && (**s == ',' || **s == ' '))
        ++*s, --*n;
    const char *comma = *n > 0 ? memchr(*s, ',', *n) : NULL;
    *item = *s;
    *size = comma != NULL ? (size_t)(comma - *s) : *n;
    *s += *size;
    *n -= *size;
    while (*size > 0 && (*item)[*size - 1] == ' ')
        --*size;
    return *size > 0;
}

/* 0: any */
static uint32_t profile_bits(const char *s, size_t n)
{
    uint64_t number;
    if (text_parse_u64(s, n, &number))
        return (uint32_t)number & 7;
    return text_same(s, n, "Domain")    ? WFPW_RULE_PROFILE_DOMAIN
           : text_same(s, n, "Private") ? WFPW_RULE_PROFILE_PRIVATE
           : text_same(s, n, "Public")  ? WFPW_RULE_PROFILE_PUBLIC
                                        : 0;
}

static void take_profiles(struct rule *r, const char *s, size_t n)
{
    const char *item;
    size_t size;
    uint32_t bits = r->profiles != WFPW_RULE_PROFILE_ALL ? r->profiles : 0;
    r->present |= WFPW_RULE_HAS_PROFILES;
    while (next_item(&s, &n, &item, &size))
        bits |= profile_bits(item, size);
    r->profiles = bits != 0 ? bits : WFPW_RULE_PROFILE_ALL;
}

static void take_list(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n)
{
    const char *item;
    size_t size;
    while (next_item(&s, &n, &item, &size))
        if (!text_same(item, size, "Any"))
            rule_append(b, slot, item, size);
}

static void take_protocol(struct rule *r, const char *s, size_t n)
{
    static const struct {
        const char *word;
        uint16_t number;
    } words[] = {
        {"TCP", 6}, {"UDP", 17}, {"ICMPv4", 1}, {"ICMPv6", 58}, {"Any", RULE_PROTOCOL_ANY}};
    uint64_t number;
    if (text_parse_u64(s, n, &number) && number <= RULE_PROTOCOL_ANY) {
        r->protocol = (uint16_t)number;
        r->present |= WFPW_RULE_HAS_PROTOCOL;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_same(s, n, words[i].word)) {
            r->protocol = words[i].number;
            r->present |= WFPW_RULE_HAS_PROTOCOL;
        }
}

/* ---- all together --------------------------------------------------------------------------- */

static void take_text(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n,
                      bool replaces)
{
    if (replaces || b->rule.texts[slot] == 0)
        rule_put(b, slot, s, n);
}

static void take_word(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n)
{
    if (!text_same(s, n, "Any"))
        take_text(b, slot, s, n, false);
}

static void take_of_filter(struct rule_builder *b, enum rule_field field, const char *s, size_t n)
{
    switch (field) {
    case FIELD_PROTOCOL:
        take_protocol(&b->rule, s, n);
        return;
    case FIELD_LOCAL_PORT:
    case FIELD_REMOTE_PORT:
        b->rule.present |= WFPW_RULE_HAS_PORTS;
        take_list(b, field == FIELD_LOCAL_PORT ? RULE_LOCAL_PORTS : RULE_REMOTE_PORTS, s, n);
        return;
    case FIELD_LOCAL_ADDRESS:
    case FIELD_REMOTE_ADDRESS:
        take_list(b, field == FIELD_LOCAL_ADDRESS ? RULE_LOCAL_ADDRESSES : RULE_REMOTE_ADDRESSES, s,
                  n);
        return;
    case FIELD_PROGRAM:
        take_word(b, RULE_APP, s, n);
        return;
    case FIELD_SERVICE:
        take_word(b, RULE_SERVICE, s, n);
        return;
    default:
        take_word(b, RULE_PACKAGE, s, n);
        return;
    }
}

/* Without the item of a list that is not whole. */
static size_t whole_items(enum rule_field field, const char *s, size_t n)
{
    if (field < FIELD_LOCAL_PORT || field > FIELD_REMOTE_ADDRESS)
        return n;
    while (n > 0 && s[n - 1] != ',')
        n--;
    return n;
}

void rule_field_take(struct rule_builder *b, enum rule_field field, const char *s, size_t n,
                     bool is_cut)
{
    if (is_cut && field != FIELD_NONE) {
        b->rule.is_truncated = 1;
        n = whole_items(field, s, n);
    }
    switch (field) {
    case FIELD_NONE:
        return;
    case FIELD_ID:
        if (n <= RULE_ID_MAX)
            take_text(b, RULE_ID, s, n, false);
        return;
    case FIELD_NAME:
    case FIELD_ELEMENT_NAME:
        take_text(b, RULE_NAME, s, n, field == FIELD_NAME);
        return;
    case FIELD_DESCRIPTION:
        take_text(b, RULE_DESCRIPTION, s, n, false);
        return;
    case FIELD_GROUP:
    case FIELD_DISPLAY_GROUP:
        take_text(b, RULE_GROUP, s, n, field == FIELD_DISPLAY_GROUP);
        return;
    case FIELD_PROFILE:
        take_profiles(&b->rule, s, n);
        return;
    case FIELD_ENABLED:
    case FIELD_DIRECTION:
    case FIELD_ACTION:
    case FIELD_ORIGIN:
        take_enumerator(&b->rule, field, s, n);
        return;
    default:
        take_of_filter(b, field, s, n);
        return;
    }
}

const struct rule *rule_field_finish(struct rule_builder *b)
{
    enum { ICMP = 1, ICMPV6 = 58 };
    struct rule *r = &b->rule;
    if (r->direction == 0 || r->action == 0)
        return NULL;
    bool icmp = (r->present & WFPW_RULE_HAS_PROTOCOL) != 0 &&
                (r->protocol == ICMP || r->protocol == ICMPV6);
    if (icmp) /* the cmdlet says "RPC" there, which means nothing */
        r->texts[RULE_LOCAL_PORTS] = 0;
    return rule_finish(b);
}
