/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/rules/rule_string.h"

#include "wfpwatch/wfpwatch.h"

/* ---- values --------------------------------------------------------------------------------- */

static uint8_t action_of(const char *s, size_t n)
{
    return text_same(s, n, "Allow")    ? WFPW_RULE_ACTION_ALLOW
           : text_same(s, n, "Block")  ? WFPW_RULE_ACTION_BLOCK
           : text_same(s, n, "ByPass") ? WFPW_RULE_ACTION_BYPASS
                                       : 0;
}

static uint8_t direction_of(const char *s, size_t n)
{
    return text_same(s, n, "In")    ? WFPW_DIRECTION_INBOUND
           : text_same(s, n, "Out") ? WFPW_DIRECTION_OUTBOUND
                                    : 0;
}

static uint32_t profile_of(const char *s, size_t n)
{
    return text_same(s, n, "Domain")    ? WFPW_RULE_PROFILE_DOMAIN
           : text_same(s, n, "Private") ? WFPW_RULE_PROFILE_PRIVATE
           : text_same(s, n, "Public")  ? WFPW_RULE_PROFILE_PUBLIC
                                        : 0;
}

/* A number; in rules that come with Windows also a word. */
static void take_protocol(struct rule *r, const char *s, size_t n)
{
    uint64_t number;
    if (text_same(s, n, "tcp"))
        r->protocol = 6;
    else if (text_same(s, n, "udp"))
        r->protocol = 17;
    else if (text_parse_u64(s, n, &number) && number <= RULE_PROTOCOL_ANY)
        r->protocol = (uint16_t)number;
}

/* "80,443" stands in a field of one port, too. */
static void append_list(struct rule_builder *b, enum rule_slot slot, const char *s, size_t n)
{
    for (size_t at = 0; at < n; at++) {
        const char *comma = memchr(s + at, ',', n - at);
        size_t m = comma != NULL ? (size_t)(comma - s) - at : n - at;
        rule_append(b, slot, s + at, m);
        at += m;
    }
}

/* ---- fields --------------------------------------------------------------------------------- */

static bool starts_with(const char *s, size_t n, const char *prefix)
{
    size_t m = strlen(prefix);
    return n >= m && text_same(s, m, prefix);
}

/* Later versions of Windows append "2_10" and the like to what is new: more of the same list. */
static bool take_lists(struct rule_builder *b, const char *key, size_t k, const char *s, size_t n)
{
    static const struct {
        const char *prefix;
        enum rule_slot slot;
    } lists[] = {
        {"LPort", RULE_LOCAL_PORTS},    {"RPort", RULE_REMOTE_PORTS},
        {"LA4", RULE_LOCAL_ADDRESSES},  {"LA6", RULE_LOCAL_ADDRESSES},
        {"RA4", RULE_REMOTE_ADDRESSES}, {"RA6", RULE_REMOTE_ADDRESSES},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t m = strlen(lists[i].prefix);
        bool more = k > m && key[m] >= '0' && key[m] <= '9';
        if (!starts_with(key, k, lists[i].prefix) || (k > m && !more))
            continue;
        append_list(b, lists[i].slot, s, n);
        return true;
    }
    return false;
}

static bool take_text(struct rule_builder *b, const char *key, size_t k, const char *s, size_t n)
{
    static const struct {
        const char *key;
        enum rule_slot slot;
    } texts[] = {
        {"App", RULE_APP},          {"Svc", RULE_SERVICE},     {"Name", RULE_NAME},
        {"Desc", RULE_DESCRIPTION}, {"EmbedCtxt", RULE_GROUP}, {"PFN", RULE_PACKAGE},
        {"AppPkgId", RULE_PACKAGE},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!text_same(key, k, texts[i].key))
            continue;
        if (b->rule.texts[texts[i].slot] == 0)
            rule_put(b, texts[i].slot, s, n);
        return true;
    }
    return false;
}

static void take_field(struct rule_builder *b, const char *key, size_t k, const char *s, size_t n)
{
    struct rule *r = &b->rule;
    if (text_same(key, k, "Action")) {
        r->action = action_of(s, n);
    } else if (text_same(key, k, "Dir")) {
        r->direction = direction_of(s, n);
    } else if (text_same(key, k, "Active")) {
        r->is_enabled = text_same(s, n, "TRUE");
        r->present |= WFPW_RULE_HAS_ENABLED;
    } else if (text_same(key, k, "Profile")) {
        r->profiles |= profile_of(s, n);
    } else if (text_same(key, k, "Protocol")) {
        take_protocol(r, s, n);
    } else if (!take_text(b, key, k, s, n)) {
        (void)take_lists(b, key, k, s, n); /* what else there is does not matter here */
    }
}

/* ---- the text ------------------------------------------------------------------------------- */

/* "v2.33" */
static uint16_t version_of(const char *s, size_t n)
{
    uint64_t major, minor;
    const char *dot = n > 1 ? memchr(s, '.', n) : NULL;
    if (dot == NULL || (s[0] != 'v' && s[0] != 'V') ||
        !text_parse_u64(s + 1, (size_t)(dot - s) - 1, &major) ||
        !text_parse_u64(dot + 1, n - (size_t)(dot - s) - 1, &minor) || major > 255 || minor > 255)
        return 0;
    return (uint16_t)(major << 8 | minor);
}

static void take_piece(struct rule_builder *b, const char *s, size_t n)
{
    const char *sign = n > 0 ? memchr(s, '=', n) : NULL;
    if (sign == NULL)
        return;
    size_t k = (size_t)(sign - s);
    const char *value = sign + 1;
    size_t m = n - k - 1;
    for (; m > 0 && *value == '='; m--) /* "Svc==Name" is seen */
        value++;
    take_field(b, s, k, value, m);
}

static void take_defaults(struct rule *r)
{
    bool hardening =
        r->origin == WFPW_RULE_ORIGIN_STATIC || r->origin == WFPW_RULE_ORIGIN_CONFIGURABLE;
    r->present |= WFPW_RULE_HAS_PROTOCOL | WFPW_RULE_HAS_PORTS | WFPW_RULE_HAS_PROFILES;
    if (r->profiles == 0)
        r->profiles = WFPW_RULE_PROFILE_ALL;
    if ((r->present & WFPW_RULE_HAS_ENABLED) == 0) /* of service hardening they are in force */
        r->is_enabled = hardening;
}

enum rule_string_result rule_string_read(struct rule_builder *b, const char *id, size_t id_size,
                                         const char *text, size_t size, uint8_t origin)
{
    while (size > 0 && text[size - 1] == 0)
        size--;
    const char *bar = size > 0 ? memchr(text, '|', size) : NULL;
    rule_start(b);
    if (bar == NULL || id_size == 0 || id_size > RULE_ID_MAX)
        return RULE_STRING_BAD;
    b->rule.schema = version_of(text, (size_t)(bar - text));
    b->rule.origin = origin;
    b->rule.protocol = RULE_PROTOCOL_ANY;
    if (b->rule.schema == 0)
        return RULE_STRING_BAD;
    rule_put(b, RULE_ID, id, id_size);
    for (size_t at = (size_t)(bar - text) + 1; at < size; at++) {
        bar = memchr(text + at, '|', size - at);
        size_t n = bar != NULL ? (size_t)(bar - text) - at : size - at;
        take_piece(b, text + at, n);
        at += n;
    }
    take_defaults(&b->rule);
    if (b->rule.direction == 0)
        return RULE_STRING_OTHER;
    return b->rule.action != 0 ? RULE_STRING_RULE : RULE_STRING_BAD;
}

/* ---- where they are kept -------------------------------------------------------------------- */

static bool ends_with(const char *s, size_t n, const char *end)
{
    size_t m = strlen(end);
    return n >= m && text_same(s + n - m, m, end) && (n == m || s[n - m - 1] == '\\');
}

uint8_t rule_string_origin(const char *path, size_t size)
{
    static const struct {
        const char *end;
        uint8_t origin;
    } keys[] = {
        {"Policies\\Microsoft\\WindowsFirewall\\FirewallRules", WFPW_RULE_ORIGIN_GROUP_POLICY},
        {"RestrictedServices\\AppIso\\FirewallRules", WFPW_RULE_ORIGIN_APPISO},
        {"RestrictedServices\\Static\\System", WFPW_RULE_ORIGIN_STATIC},
        {"RestrictedServices\\Configurable\\System", WFPW_RULE_ORIGIN_CONFIGURABLE},
        {"FirewallPolicy\\Mdm\\FirewallRules", WFPW_RULE_ORIGIN_MDM},
        {"Parameters\\FirewallPolicy\\FirewallRules", WFPW_RULE_ORIGIN_LOCAL},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (ends_with(path, size, keys[i].end))
            return keys[i].origin;
    return 0;
}
