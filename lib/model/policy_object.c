/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/policy_object.h"

#include <string.h>

#include "codes/wfp_symbols.h"

const char *policy_object_text_of(const struct policy_object *o, policy_object_text t)
{
    if (t == 0)
        return NULL;
    if ((t & POLICY_OBJECT_SYMBOL) != 0)
        return wfp_symbol_text((uint16_t)(t & ~POLICY_OBJECT_SYMBOL));
    return (const char *)o + t;
}

const policy_object_text *policy_object_flags(const struct policy_object *o)
{
    return (const policy_object_text *)(const void *)((const char *)o + o->flags_at);
}

const struct policy_object_condition *policy_object_conditions(const struct policy_object *o)
{
    return (const struct policy_object_condition *)(const void *)((const char *)o +
                                                                  o->conditions_at);
}

/* ---- building ------------------------------------------------------------------------------- */

void policy_object_start(struct policy_object_builder *b, enum policy_object_kind kind)
{
    b->object = (struct policy_object){.kind = (uint16_t)kind};
    b->used = sizeof b->object;
}

/* What is behind POLICY_OBJECT_TEXT_MAX is for the arrays, which come last, so that the longest
 * text can be written before it is known to fit. */
_Static_assert(POLICY_OBJECT_MAX - POLICY_OBJECT_TEXT_MAX > POLICY_OBJECT_ROOM,
               "the longest text has room");

char *policy_object_room(struct policy_object_builder *b)
{
    return (char *)b->room + b->used;
}

/* Whether a text of at least n bytes can have room. */
static bool may_fit(struct policy_object_builder *b, size_t n)
{
    bool fits = n < POLICY_OBJECT_TEXT_MAX - b->used;
    b->object.state |= fits ? 0 : POLICY_OBJECT_TRUNCATED;
    return fits;
}

policy_object_text policy_object_put_room(struct policy_object_builder *b, size_t n)
{
    uint32_t at = b->used;
    if (n == 0 || !may_fit(b, n))
        return 0;
    ((char *)b->room)[at + n] = 0;
    b->used += (uint32_t)n + 1;
    return at;
}

policy_object_text policy_object_put(struct policy_object_builder *b, const char *s, size_t n)
{
    if (n > 0 && n < POLICY_OBJECT_TEXT_MAX - b->used)
        memcpy(policy_object_room(b), s, n);
    return policy_object_put_room(b, n);
}

policy_object_text policy_object_put_key(struct policy_object_builder *b, const char *s, size_t n)
{
    uint8_t guid[16];
    char text[TEXT_GUID_MAX];
    uint16_t symbol = WFP_SYMBOL_NONE;
    if (n > 0 && s[0] != '{')
        symbol = wfp_symbol_find(s, n);
    else if (n == TEXT_GUID_MAX && text_parse_guid(s, n, guid))
        return policy_object_put(b, text, text_guid(text, guid, false));
    return symbol != WFP_SYMBOL_NONE ? POLICY_OBJECT_SYMBOL | symbol : policy_object_put(b, s, n);
}

policy_object_text policy_object_put_wide(struct policy_object_builder *b, const void *utf16,
                                          size_t units)
{
    const uint8_t *p = utf16;
    while (units > 0 && text_le16(p + 2 * units - 2) == 0)
        units--;
    if (units > POLICY_OBJECT_WIDE_MAX) {
        units = POLICY_OBJECT_WIDE_MAX;
        b->object.state |= POLICY_OBJECT_TRUNCATED;
    }
    if (units == 0 || !may_fit(b, units))
        return 0;
    return policy_object_put_room(b, text_utf16(policy_object_room(b), utf16, units));
}

static bool is_text(const uint8_t *p, size_t n)
{
    while (n >= 2 && text_le16(p + n - 2) == 0)
        n -= 2;
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint16_t unit = text_le16(p + i);
        bool high = unit >= 0xD800 && unit <= 0xDBFF;
        if (unit < ' ' || (unit >= 0xDC00 && unit <= 0xDFFF))
            return false;
        if (high && (i + 3 >= n || (text_le16(p + i + 2) & 0xFC00) != 0xDC00))
            return false;
        i += high ? 2 : 0;
    }
    return n > 0 && n % 2 == 0;
}

policy_object_text policy_object_put_data(struct policy_object_builder *b, const void *p, size_t n)
{
    return n <= 2 * POLICY_OBJECT_WIDE_MAX && is_text(p, n) ? policy_object_put_wide(b, p, n / 2)
                                                            : 0;
}

policy_object_text policy_object_put_hex(struct policy_object_builder *b, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = p;
    char *to = policy_object_room(b);
    if (n > 2 * POLICY_OBJECT_WIDE_MAX) {
        n = 2 * POLICY_OBJECT_WIDE_MAX;
        b->object.state |= POLICY_OBJECT_TRUNCATED;
    }
    if (!may_fit(b, 2 * n))
        return 0;
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[from[i] >> 4];
        to[2 * i + 1] = digits[from[i] & 15];
    }
    return policy_object_put_room(b, 2 * n);
}

/* A flag without a name is written as its bits in hexadecimal. */
static uint32_t bits_of(const char *s, size_t n, policy_object_text t)
{
    char digits[18] = "0x";
    uint64_t bits;
    if ((t & POLICY_OBJECT_SYMBOL) != 0)
        return wfp_symbol_number((uint16_t)(t & ~POLICY_OBJECT_SYMBOL));
    if (n == 0 || n > 8)
        return 0;
    memcpy(digits + 2, s, n);
    return text_parse_u64(digits, n + 2, &bits) ? (uint32_t)bits : 0;
}

void policy_object_add_flag(struct policy_object_builder *b, const char *s, size_t n)
{
    policy_object_text t = policy_object_put_key(b, s, n);
    if (t == 0)
        return;
    if (b->object.flag_count == POLICY_OBJECT_FLAGS_MAX) {
        b->object.state |= POLICY_OBJECT_TRUNCATED;
        return;
    }
    b->flags[b->object.flag_count++] = t;
    b->object.flag_bits |= bits_of(s, n, t);
}

struct policy_object_condition *policy_object_add_condition(struct policy_object_builder *b)
{
    if (b->object.condition_count == POLICY_OBJECT_CONDITIONS_MAX) {
        b->object.state |= POLICY_OBJECT_TRUNCATED;
        return NULL;
    }
    struct policy_object_condition *c = &b->conditions[b->object.condition_count++];
    *c = (struct policy_object_condition){0};
    return c;
}

/* Arrays go behind the text, aligned. */
static uint32_t append_array(struct policy_object_builder *b, const void *p, size_t bytes)
{
    uint32_t at = (b->used + 7) & ~(uint32_t)7;
    memset((char *)b->room + b->used, 0, at - b->used);
    if (bytes > 0)
        memcpy((char *)b->room + at, p, bytes);
    b->used = at + (uint32_t)bytes;
    return at;
}

const struct policy_object *policy_object_finish(struct policy_object_builder *b)
{
    struct policy_object *o = &b->object;
    o->conditions_at = append_array(b, b->conditions, o->condition_count * sizeof *b->conditions);
    o->flags_at = append_array(b, b->flags, o->flag_count * sizeof *b->flags);
    o->bytes = append_array(b, NULL, 0);
    memcpy(b->room, o, sizeof *o);
    return (const struct policy_object *)(const void *)b->room;
}

/* The arrays are still in the builder: they go behind the text once more. */
const struct policy_object *policy_object_replace(struct policy_object_builder *b,
                                                  enum policy_object_slot slot, const char *s,
                                                  size_t n)
{
    b->used = b->object.conditions_at;
    policy_object_text text = policy_object_put(b, s, n);
    if (text != 0)
        b->object.texts[slot] = text;
    return policy_object_finish(b);
}
