/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One condition of a filter, asked whether it lets a target's traffic through to the action.
 * Sources: the documentation of FWP_MATCH_TYPE and of "Filtering Condition Flags". */
#include "guard/guard.h"

enum { FLAG_IS_LOOPBACK = 0x1 }; /* fwptypes.h: FWP_CONDITION_FLAG_IS_LOOPBACK */

static bool is_text(const char *s, const char *wanted)
{
    return s != NULL && strcmp(s, wanted) == 0;
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* The next character of both, in whatever case; false: they differ, and stay where they are. */
static bool take_same(const char **a, const char **b)
{
    const char *behind_a = *a, *behind_b = *b;
    if (**a == 0 || text_next_lower(&behind_a) != text_next_lower(&behind_b))
        return false;
    *a = behind_a;
    *b = behind_b;
    return true;
}

static bool fits_from(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern == 0 && *text == 0) {
            return true;
        } else if (!take_same(&pattern, &text)) {
            if (star == NULL || *retry == 0)
                return false;
            (void)text_next_lower(&retry);
            text = retry;
            pattern = star;
        }
    }
}

/* What follows this start of the path, in whatever case; NULL: it starts otherwise. */
static const char *path_behind(const char *path, const char *start)
{
    for (; *start != 0; start++, path++)
        if (text_lower((uint8_t)*path) != (uint8_t)*start)
            return NULL;
    return path;
}

/* The part of a device path that is behind its volume: "\windows\..."; NULL: it has none. */
static const char *path_on_volume(const char *path)
{
    const char *p = path_behind(path, "\\device\\harddiskvolume");
    while (p != NULL && *p >= '0' && *p <= '9')
        p++;
    return p != NULL && *p == '\\' ? p : NULL;
}

bool guard_path_fits(const char *pattern, const char *path, bool *any_volume)
{
    bool has_drive = pattern[0] != 0 && pattern[1] == ':';
    const char *on_volume = path_on_volume(path), *on_share = path_behind(path, "\\device\\mup");
    *any_volume = has_drive && on_volume != NULL;
    if (*any_volume)
        return fits_from(pattern + 2, on_volume);
    if (on_share != NULL && pattern[0] == '\\' && pattern[1] == '\\')
        return fits_from(pattern + 1, on_share);
    return fits_from(pattern, path);
}

/* Bytes that are no text are given as hexadecimal. */
static bool is_hexadecimal(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = text_lower((uint8_t)s[i]);
        if (c - '0' >= 10 && c - 'a' >= 6)
            return false;
    }
    return n >= 8 && n % 2 == 0;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* It depends on something else than the target. */
static struct guard_answer partly_met(void)
{
    return (struct guard_answer){.fit = FIT_PART};
}

static struct guard_answer not_known(void)
{
    return (struct guard_answer){.fit = FIT_UNKNOWN};
}

/* Of a condition on the target's own field, which may be meant for it. */
static struct guard_answer named_perhaps(void)
{
    return (struct guard_answer){.fit = FIT_UNKNOWN, .is_named = true};
}

/* Of a condition that is met, or not, by all that the target does. */
static struct guard_answer answer_of(const struct guard_condition *c, bool is_met)
{
    bool is_equal = is_text(c->match, "FWP_MATCH_EQUAL") ||
                    is_text(c->match, "FWP_MATCH_EQUAL_CASE_INSENSITIVE");
    if (!is_equal && !is_text(c->match, "FWP_MATCH_NOT_EQUAL"))
        return named_perhaps();
    struct guard_answer a = {.fit = is_met == is_equal ? FIT_ALL : FIT_NONE};
    a.is_named = is_equal && is_met;
    return a;
}

/* How the literal start of a pattern and a prefix of paths agree. */
static enum guard_fit prefix_fit(const char *pattern, const char *prefix)
{
    while (*prefix != 0) {
        if (*pattern == '*' || *pattern == 0)
            return *pattern == '*' ? FIT_UNKNOWN : FIT_NONE;
        if (!take_same(&pattern, &prefix))
            return FIT_NONE;
    }
    return FIT_ALL;
}

/* A prefix that ends before the volume does is one of every volume. */
static struct guard_answer ask_prefix(const struct guard_target *t, const struct guard_condition *c,
                                      bool is_not)
{
    const char *pattern = t->value, *prefix = path_on_volume(c->value);
    bool any_volume = pattern[1] == ':';
    if (any_volume && prefix == NULL)
        return named_perhaps();
    enum guard_fit fit =
        any_volume ? prefix_fit(pattern + 2, prefix) : prefix_fit(pattern, c->value);
    if (is_not && fit != FIT_UNKNOWN)
        return (struct guard_answer){.fit = fit == FIT_ALL ? FIT_NONE : FIT_ALL};
    return (struct guard_answer){
        .fit = fit, .is_named = fit != FIT_NONE, .any_volume = fit != FIT_NONE && any_volume};
}

static struct guard_answer ask_app(const struct guard_target *t, const struct guard_condition *c)
{
    bool any_volume = false, is_not_prefix = is_text(c->match, "FWP_MATCH_NOT_PREFIX");
    if (t->form != GUARD_APP)
        return partly_met();
    if (c->value == NULL || is_hexadecimal(c->value))
        return not_known();
    if (is_not_prefix || is_text(c->match, "FWP_MATCH_PREFIX"))
        return ask_prefix(t, c, is_not_prefix);
    struct guard_answer a = answer_of(c, guard_path_fits(t->value, c->value, &any_volume));
    a.any_volume = a.is_named && any_volume;
    return a;
}

static struct guard_answer ask_package(const struct guard_target *t,
                                       const struct guard_condition *c)
{
    if (t->form != GUARD_PACKAGE)
        return partly_met();
    return c->value != NULL ? answer_of(c, strcmp(c->value, t->value) == 0) : named_perhaps();
}

static struct guard_answer ask_user(const struct guard_target *t, const struct guard_condition *c)
{
    bool is_equal = is_text(c->match, "FWP_MATCH_EQUAL");
    if (c->value == NULL || !is_text(c->type, "FWP_SECURITY_DESCRIPTOR_TYPE"))
        return not_known();
    struct guard_answer a = guard_ask_descriptor(t, c->value);
    if (is_equal || a.fit == FIT_PART || a.fit == FIT_UNKNOWN)
        return a;
    return answer_of(c, a.fit == FIT_ALL);
}

/* Loopback traffic is not what silences. */
static struct guard_answer ask_flags(const struct guard_condition *c)
{
    uint64_t bits = 0;
    if (c->value == NULL || !text_parse_u64(c->value, strlen(c->value), &bits))
        return not_known();
    bool all = is_text(c->match, "FWP_MATCH_FLAGS_ALL_SET"),
         any = is_text(c->match, "FWP_MATCH_FLAGS_ANY_SET"),
         none = is_text(c->match, "FWP_MATCH_FLAGS_NONE_SET");
    if (all ? (bits & FLAG_IS_LOOPBACK) != 0 : any && bits == FLAG_IS_LOOPBACK)
        return (struct guard_answer){.fit = FIT_NONE};
    return none && bits == FLAG_IS_LOOPBACK ? (struct guard_answer){.fit = FIT_ALL} : partly_met();
}

/* ---- addresses ------------------------------------------------------------------------------ */

struct address_range {
    uint8_t low[16], high[16], family;
};

static bool parse_address(const char *text, uint8_t addr[16], uint8_t *family)
{
    uint32_t scope;
    return text != NULL && text_parse_ip(text, strlen(text), addr, family, &scope);
}

static void apply_mask(struct address_range *r, const uint8_t mask[16])
{
    for (size_t i = 0; i < 16; i++) {
        r->low[i] &= mask[i];
        r->high[i] = (uint8_t)(r->low[i] | (uint8_t)~mask[i]);
    }
}

void guard_mask(uint64_t length, uint8_t mask[16])
{
    for (size_t i = 0; i < 16; i++) {
        uint64_t left = length > 8 * i ? length - 8 * i : 0;
        mask[i] = (uint8_t)(left >= 8 ? 0xFF : 0xFF00 >> left);
    }
}

/* The next address, or the one before; the last one stays. */
static void step_address(uint8_t *addr, size_t n, bool up)
{
    uint8_t end = up ? 0xFF : 0, other = (uint8_t)~end;
    size_t i = n;
    while (i > 0 && addr[i - 1] == end)
        i--;
    if (i == 0)
        return;
    addr[i - 1] = (uint8_t)(up ? addr[i - 1] + 1 : addr[i - 1] - 1);
    memset(addr + i, other, n - i);
}

/* From an address on, or up to it; r is that address. */
static bool open_range(const struct guard_condition *c, struct address_range *r)
{
    size_t n = r->family == 4 ? 4 : 16;
    bool up = is_text(c->match, "FWP_MATCH_GREATER"), down = is_text(c->match, "FWP_MATCH_LESS");
    if (up || is_text(c->match, "FWP_MATCH_GREATER_OR_EQUAL"))
        memset(r->high, 0xFF, sizeof r->high);
    else if (down || is_text(c->match, "FWP_MATCH_LESS_OR_EQUAL"))
        memset(r->low, 0, sizeof r->low);
    else
        return false;
    if (up || down)
        step_address(up ? r->low : r->high, n, up);
    return true;
}

/* An address, one with a mask or the length of a prefix, or a range. */
static bool parse_range(const struct guard_condition *c, struct address_range *r)
{
    uint8_t mask[16] = {0}, family = 0;
    uint64_t length = 0;
    if (!parse_address(c->value, r->low, &r->family))
        return false;
    memcpy(r->high, r->low, sizeof r->high);
    if (open_range(c, r) || c->high == NULL)
        return true;
    if (is_text(c->match, "FWP_MATCH_RANGE"))
        return parse_address(c->high, r->high, &family) && family == r->family;
    if (text_parse_u64(c->high, strlen(c->high), &length))
        guard_mask(length, mask);
    else if (!parse_address(c->high, mask, &family) || family != r->family)
        return false;
    apply_mask(r, mask);
    return true;
}

static bool is_every_address(const struct address_range *r)
{
    size_t n = r->family == 4 ? 4 : 16;
    for (size_t i = 0; i < n; i++)
        if (r->low[i] != 0 || r->high[i] != 0xFF)
            return false;
    return true;
}

static struct guard_answer ask_address(const struct guard_target *t,
                                       const struct guard_condition *c)
{
    struct address_range r = {.family = 0};
    bool is_not = is_text(c->match, "FWP_MATCH_NOT_EQUAL");
    bool is_known = is_not || is_text(c->match, "FWP_MATCH_EQUAL") ||
                    is_text(c->match, "FWP_MATCH_RANGE") || open_range(c, &r);
    if (t->form == GUARD_ADDRESS && !is_known)
        return named_perhaps();
    if (!is_known || !parse_range(c, &r))
        return t->form == GUARD_ADDRESS ? not_known() : partly_met();
    if (is_every_address(&r) && !is_not)
        return (struct guard_answer){.fit = FIT_ALL};
    if (t->form != GUARD_ADDRESS)
        return partly_met();
    size_t n = r.family == 4 ? 4 : 16;
    bool apart =
        r.family != t->family || memcmp(t->high, r.low, n) < 0 || memcmp(t->low, r.high, n) > 0;
    bool within = !apart && memcmp(t->low, r.low, n) >= 0 && memcmp(t->high, r.high, n) <= 0;
    if (is_not)
        return (struct guard_answer){.fit = apart ? FIT_ALL : within ? FIT_NONE : FIT_PART};
    return (struct guard_answer){.fit = apart    ? FIT_NONE
                                        : within ? FIT_ALL
                                                 : FIT_PART,
                                 .is_named = !apart};
}

/* ---- a condition ---------------------------------------------------------------------------- */

/* A condition on a number that every packet meets. */
static bool is_always_met(const struct guard_condition *c)
{
    static const char *const most[] = {"255", "65535", "4294967295"};
    if (!is_text(c->value, "0"))
        return false;
    if (is_text(c->match, "FWP_MATCH_GREATER_OR_EQUAL"))
        return true;
    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        if (is_text(c->match, "FWP_MATCH_RANGE") && is_text(c->high, most[i]))
            return true;
    return false;
}

struct guard_answer guard_ask_condition(const struct guard_target *t,
                                        const struct guard_condition *c, bool is_v6)
{
    if (c->field == NULL || c->match == NULL)
        return not_known();
    if (is_text(c->field, "FWPM_CONDITION_ALE_APP_ID") ||
        is_text(c->field, "FWPM_CONDITION_ALE_ORIGINAL_APP_ID"))
        return ask_app(t, c);
    if (is_text(c->field, "FWPM_CONDITION_ALE_USER_ID"))
        return ask_user(t, c);
    if (is_text(c->field, "FWPM_CONDITION_ALE_PACKAGE_ID"))
        return ask_package(t, c);
    if (is_text(c->field, "FWPM_CONDITION_FLAGS"))
        return ask_flags(c);
    if (is_text(c->field, "FWPM_CONDITION_IP_REMOTE_ADDRESS") ||
        is_text(c->field, is_v6 ? "FWPM_CONDITION_IP_REMOTE_ADDRESS_V6"
                                : "FWPM_CONDITION_IP_REMOTE_ADDRESS_V4") ||
        is_text(c->field, "FWPM_CONDITION_IP_DESTINATION_ADDRESS"))
        return ask_address(t, c);
    return is_always_met(c) ? (struct guard_answer){.fit = FIT_ALL} : partly_met();
}
