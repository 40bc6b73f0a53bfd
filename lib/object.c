/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "object.h"

#include <string.h>

#include "symbol.h"

const char *object_text_of(const struct object *o, object_text t)
{
    if (t == 0)
        return NULL;
    if ((t & OBJECT_SYMBOL) != 0)
        return symbol_text((uint16_t)(t & ~OBJECT_SYMBOL));
    return (const char *)o + t;
}

const object_text *object_flags(const struct object *o)
{
    return (const object_text *)(const void *)((const char *)o + o->flags_at);
}

const struct object_condition *object_conditions(const struct object *o)
{
    return (const struct object_condition *)(const void *)((const char *)o + o->conditions_at);
}

/* ---- building ------------------------------------------------------------------------------- */

void object_start(struct object_builder *b, enum object_kind kind)
{
    b->object = (struct object){.kind = (uint16_t)kind};
    b->used = sizeof b->object;
}

/* What is behind OBJECT_TEXT_MAX is for the arrays, which come last, so that the longest text can
 * be written before it is known to fit. */
_Static_assert(OBJECT_MAX - OBJECT_TEXT_MAX > OBJECT_ROOM, "the longest text has room");

char *object_room(struct object_builder *b)
{
    return (char *)b->room + b->used;
}

/* Whether a text of at least n bytes can have room. */
static bool may_fit(struct object_builder *b, size_t n)
{
    bool fits = n < OBJECT_TEXT_MAX - b->used;
    b->object.state |= fits ? 0 : OBJECT_TRUNCATED;
    return fits;
}

object_text object_put_room(struct object_builder *b, size_t n)
{
    uint32_t at = b->used;
    if (n == 0 || !may_fit(b, n))
        return 0;
    ((char *)b->room)[at + n] = 0;
    b->used += (uint32_t)n + 1;
    return at;
}

object_text object_put(struct object_builder *b, const char *s, size_t n)
{
    if (n > 0 && n < OBJECT_TEXT_MAX - b->used)
        memcpy(object_room(b), s, n);
    return object_put_room(b, n);
}

object_text object_put_key(struct object_builder *b, const char *s, size_t n)
{
    uint8_t guid[16];
    char text[TEXT_GUID_MAX];
    uint16_t symbol = SYMBOL_NONE;
    if (n > 0 && s[0] != '{')
        symbol = symbol_find(s, n);
    else if (n == TEXT_GUID_MAX && text_parse_guid(s, n, guid))
        return object_put(b, text, text_guid(text, guid, false));
    return symbol != SYMBOL_NONE ? OBJECT_SYMBOL | symbol : object_put(b, s, n);
}

object_text object_put_wide(struct object_builder *b, const void *utf16, size_t units)
{
    const uint8_t *p = utf16;
    while (units > 0 && text_le16(p + 2 * units - 2) == 0)
        units--;
    if (units > OBJECT_WIDE_MAX) {
        units = OBJECT_WIDE_MAX;
        b->object.state |= OBJECT_TRUNCATED;
    }
    if (units == 0 || !may_fit(b, units))
        return 0;
    return object_put_room(b, text_utf16(object_room(b), utf16, units));
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

object_text object_put_data(struct object_builder *b, const void *p, size_t n)
{
    return n <= 2 * OBJECT_WIDE_MAX && is_text(p, n) ? object_put_wide(b, p, n / 2) : 0;
}

object_text object_put_hex(struct object_builder *b, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = p;
    char *to = object_room(b);
    if (n > 2 * OBJECT_WIDE_MAX) {
        n = 2 * OBJECT_WIDE_MAX;
        b->object.state |= OBJECT_TRUNCATED;
    }
    if (!may_fit(b, 2 * n))
        return 0;
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[from[i] >> 4];
        to[2 * i + 1] = digits[from[i] & 15];
    }
    return object_put_room(b, 2 * n);
}

/* A flag without a name is written as its bits in hexadecimal. */
static uint32_t bits_of(const char *s, size_t n, object_text t)
{
    char digits[18] = "0x";
    uint64_t bits;
    if ((t & OBJECT_SYMBOL) != 0)
        return symbol_number((uint16_t)(t & ~OBJECT_SYMBOL));
    if (n == 0 || n > 8)
        return 0;
    memcpy(digits + 2, s, n);
    return text_parse_u64(digits, n + 2, &bits) ? (uint32_t)bits : 0;
}

void object_add_flag(struct object_builder *b, const char *s, size_t n)
{
    object_text t = object_put_key(b, s, n);
    if (t == 0)
        return;
    if (b->object.flag_count == OBJECT_FLAGS_MAX) {
        b->object.state |= OBJECT_TRUNCATED;
        return;
    }
    b->flags[b->object.flag_count++] = t;
    b->object.flag_bits |= bits_of(s, n, t);
}

struct object_condition *object_add_condition(struct object_builder *b)
{
    if (b->object.condition_count == OBJECT_CONDITIONS_MAX) {
        b->object.state |= OBJECT_TRUNCATED;
        return NULL;
    }
    struct object_condition *c = &b->conditions[b->object.condition_count++];
    *c = (struct object_condition){0};
    return c;
}

/* Arrays go behind the text, aligned. */
static uint32_t append(struct object_builder *b, const void *p, size_t bytes)
{
    uint32_t at = (b->used + 7) & ~(uint32_t)7;
    memset((char *)b->room + b->used, 0, at - b->used);
    if (bytes > 0)
        memcpy((char *)b->room + at, p, bytes);
    b->used = at + (uint32_t)bytes;
    return at;
}

const struct object *object_finish(struct object_builder *b)
{
    struct object *o = &b->object;
    o->conditions_at = append(b, b->conditions, o->condition_count * sizeof *b->conditions);
    o->flags_at = append(b, b->flags, o->flag_count * sizeof *b->flags);
    o->bytes = append(b, NULL, 0);
    memcpy(b->room, o, sizeof *o);
    return (const struct object *)(const void *)b->room;
}

/* The arrays are still in the builder: they go behind the text once more. */
const struct object *object_replace(struct object_builder *b, enum object_slot slot, const char *s,
                                    size_t n)
{
    b->used = b->object.conditions_at;
    object_text text = object_put(b, s, n);
    if (text != 0)
        b->object.texts[slot] = text;
    return object_finish(b);
}
