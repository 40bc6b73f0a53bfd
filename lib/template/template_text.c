/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The texts of conditions: values made ready, and compared with the texts of events. Nothing here
 * allocates: it may run in a callback. */
#include <string.h>

#include "template/template.h"

/* ---- values ---------------------------------------------------------------------------------- */

/* The bytes of a SID; 0 when the text is none, or not as Windows writes it. */
static uint8_t sid_of_text(const char *text, size_t n, char *to)
{
    uint8_t sid[SID_BYTES_MAX];
    char again[TEXT_SID_MAX + 1];
    size_t size;
    if (!text_parse_sid(text, n, sid, &size) || sid[0] != 1 || sid[1] == 0)
        return 0;
    again[text_sid(again, sid, size)] = 0;
    if (!text_same(text, n, again))
        return 0;
    memcpy(to, sid, size);
    return (uint8_t)size;
}

size_t template_widen(struct template_value *v, enum template_form form, char *to)
{
    const char *text = v->is.text.p;
    const char *const start = to;
    size_t n = v->is.text.size;
    if (!v->is.text.is_plain)
        return 0;
    v->is.text.sid_size = form == FORM_USER ? sid_of_text(text, n, to) : 0;
    if (v->is.text.sid_size != 0) {
        v->is.text.sid = (const uint8_t *)to;
        return v->is.text.sid_size;
    }
    v->is.text.wide = (const uint8_t *)to;
    for (size_t i = text[0] == '*'; i < n; i++) {
        *to++ = text[i];
        *to++ = 0;
    }
    return (size_t)(to - start);
}

/* ---- asking --------------------------------------------------------------------------------- */

/* Text is compared by code points, so that it need not be written as UTF-8 first. What is read here
 * is what the batch writes: NULs and lone surrogates are U+FFFD, NULs at the end are none. */
struct cursor {
    const uint8_t *p, *end;
    const struct cursor *then; /* what follows the end; NULL: nothing */
    uint32_t type;             /* VALUE_UTF8, VALUE_STRING, VALUE_ANSI or VALUE_BINARY */
    bool half;                 /* VALUE_BINARY: of the next byte the first digit was read */
};

enum { AT_END = 0, REPLACEMENT = 0xFFFD, OTHER_VALUE_MAX = 128 };

static uint32_t next_utf16(struct cursor *c)
{
    uint32_t low, u = text_le16(c->p);
    c->p += 2;
    if (u < 0xD800 || u > 0xDFFF)
        return u != 0 ? u : REPLACEMENT;
    low = u < 0xDC00 && c->p < c->end ? text_le16(c->p) : 0;
    if (low < 0xDC00 || low > 0xDFFF)
        return REPLACEMENT;
    c->p += 2;
    return 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
}

/* Bytes that are no UTF-8 stand each for themselves. */
static uint32_t next_utf8(struct cursor *c)
{
    uint32_t u = *c->p++;
    size_t more = u < 0xC0 ? 0 : u < 0xE0 ? 1 : u < 0xF0 ? 2 : 3;
    if (more == 0 || more > (size_t)(c->end - c->p))
        return u;
    u &= 0x3Fu >> more;
    for (; more > 0; more--)
        u = u << 6 | (*c->p++ & 0x3F);
    return u;
}

static uint32_t next_digit(struct cursor *c)
{
    uint8_t digit = c->half ? *c->p & 15 : *c->p >> 4;
    c->p += c->half;
    c->half = !c->half;
    return (uint8_t) "0123456789ABCDEF"[digit];
}

static uint32_t next_character(struct cursor *c)
{
    if (c->p == c->end && c->then != NULL)
        *c = *c->then;
    if (c->p == c->end)
        return AT_END;
    switch (c->type) {
    case VALUE_STRING:
        return next_utf16(c);
    case VALUE_UTF8:
        return next_utf8(c);
    case VALUE_BINARY:
        return next_digit(c);
    default:
        return *c->p++ != 0 ? c->p[-1] : (uint32_t)REPLACEMENT;
    }
}

/* '*' stands for any text, none included. The pattern's letters are small ones. */
static bool fits_any(struct cursor pattern, struct cursor text)
{
    struct cursor star = {0}, retry = {0};
    for (;;) {
        struct cursor p = pattern, t = text;
        uint32_t wanted = next_character(&p), found = next_character(&t);
        if (wanted == '*') {
            pattern = star = p;
            retry = text;
        } else if (wanted == AT_END && found == AT_END) {
            return true;
        } else if (found == AT_END) {
            return false;
        } else if (wanted == text_lower(found)) {
            pattern = p;
            text = t;
        } else if (star.p == NULL) {
            return false;
        } else {
            (void)next_character(&retry);
            pattern = star;
            text = retry;
        }
    }
}

static uint32_t unit_at(const uint8_t *p, size_t unit)
{
    return unit == 2 ? text_le16(p) : *p;
}

/* A backslash; of a file, also the other one. */
static bool is_separator(uint32_t u, char other)
{
    return u == '\\' || u == (uint8_t)other;
}

/* Whether four units are those of a text in small ASCII letters, in which 'a' to 'z' stand for
 * large ones as well. */
static bool is_same_word(const uint8_t *text, const uint8_t *wanted)
{
    const uint64_t each = 0x0001000100010001;
    const uint64_t t = text_le64(text), w = text_le64(wanted);
    /* bit 7 of a unit: it is at least 'a', but not above 'z' */
    const uint64_t letters =
        ((w + each * (0x80 - 'a')) ^ (w + each * (0x7F - 'z'))) & (each * 0x80);
    return ((t ^ w) & ~(letters >> 2)) == 0;
}

/* Four units at a time, the last ones perhaps twice. */
static bool is_same_wide(const uint8_t *text, const uint8_t *wanted, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        if (!is_same_word(text + 2 * i, wanted + 2 * i))
            return false;
    if (n >= 4)
        return i == n || is_same_word(text + 2 * (n - 4), wanted + 2 * (n - 4));
    for (; i < n; i++)
        if (text_lower(text_le16(text + 2 * i)) != wanted[2 * i])
            return false;
    return true;
}

/* A plain pattern is compared from the end, whatever the text's units: only ASCII fits it.
 * other 0: with the whole text; else with its last part, as such a pattern has no separator. */
static bool fits_wide(const struct template_value *v, const uint8_t *p, const uint8_t *end,
                      char other)
{
    const bool any_start = v->is.text.p[0] == '*';
    const size_t bytes = 2 * ((size_t)v->is.text.size - any_start);
    if ((size_t)(end - p) < bytes || !is_same_wide(end - bytes, v->is.text.wide, bytes / 2))
        return false;
    const uint8_t *at = end - bytes;
    return any_start || at == p || (other != 0 && is_separator(text_le16(at - 2), other));
}

/* The same of bytes. */
static bool fits_narrow(const struct template_value *v, const uint8_t *start, const uint8_t *end,
                        char other)
{
    const char *p = v->is.text.p;
    const bool any_start = p[0] == '*';
    const size_t n = v->is.text.size - any_start;
    p += any_start;
    if ((size_t)(end - start) < n)
        return false;
    const uint8_t *at = end - n;
    for (size_t i = n; i > 0; i--)
        if (text_lower(at[i - 1]) != (uint8_t)p[i - 1])
            return false;
    return any_start || at == start || (other != 0 && is_separator(at[-1], other));
}

static struct cursor cursor_at(const void *p, size_t n, uint32_t type)
{
    const uint8_t *bytes = p;
    return (struct cursor){.p = bytes, .end = bytes + n, .type = type};
}

/* What stands behind the last separator. */
static struct cursor last_part(struct cursor c, char other)
{
    size_t unit = c.type == VALUE_STRING ? 2 : 1;
    if (c.type == VALUE_BINARY)
        return c;
    for (const uint8_t *p = c.end; p > c.p; p -= unit)
        if (is_separator(unit_at(p - unit, unit), other)) {
            c.p = p;
            break;
        }
    return c;
}

/* other 0: the whole text; else its last part. */
static bool fits_value(const struct template_value *v, const struct cursor *text, char other)
{
    if (text->type == VALUE_STRING && text->then == NULL && v->is.text.wide != NULL)
        return fits_wide(v, text->p, text->end, other);
    if (v->is.text.is_plain && text->type != VALUE_BINARY && text->type != VALUE_STRING &&
        text->then == NULL)
        return fits_narrow(v, text->p, text->end, other);
    return fits_any(cursor_at(v->is.text.p, v->is.text.size, VALUE_UTF8),
                    other != 0 ? last_part(*text, other) : *text);
}

static bool is_nul(const struct cursor *c, size_t unit)
{
    return c->end[-1] == 0 && (unit == 1 || c->end[-2] == 0);
}

/* A value that is no text is compared with what it is written as: buffer has room for that, unless
 * it is so long that it is written as its bytes. */
static struct cursor open_other(const struct template_text *t, char *buffer)
{
    if (t->size > OTHER_VALUE_MAX && t->type != VALUE_NULL)
        return cursor_at(t->p, t->size, VALUE_BINARY);
    return cursor_at(buffer, text_value(buffer, (uint8_t)t->type, t->p, t->size), VALUE_UTF8);
}

static struct cursor open_text(const struct template_text *t, char *buffer)
{
    uint32_t type = t->type == VALUE_XML ? (uint32_t)VALUE_STRING : t->type;
    size_t size = t->size, unit = type == VALUE_STRING ? 2 : 1;
    if (type != VALUE_STRING && type != VALUE_UTF8 && type != VALUE_ANSI)
        return open_other(t, buffer);
    if (size == TEMPLATE_TEXT_ENDS)
        size = strlen(t->p);
    struct cursor c = cursor_at(t->p, size / unit * unit, type);
    while (type != VALUE_UTF8 && c.p < c.end && is_nul(&c, unit))
        c.end -= unit;
    return c;
}

/* Whether all of a condition's values are SIDs, and what it is asked of is one as Windows has it.
 */
static bool asks_sid(const struct template_condition *c, const struct template_text *t)
{
    const uint8_t *p = t->p;
    if (t->type != VALUE_SID || t->size < 8 || p[0] != 1 || p[1] == 0 || t->size != 8 + 4u * p[1])
        return false;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.text.sid_size == 0)
            return false;
    return true;
}

/* SIDs are short, and of more than eight bytes, of which the last may be compared twice. */
static bool is_same_sid(const uint8_t *a, const uint8_t *b, size_t size)
{
    const size_t last = size - sizeof(uint64_t);
    uint64_t differs = text_le64(a + last) ^ text_le64(b + last);
    for (size_t i = 0; i < last; i += sizeof(uint64_t))
        differs |= text_le64(a + i) ^ text_le64(b + i);
    return differs == 0;
}

bool template_has_sid(const struct template_condition *c, const void *sid, size_t size)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        if (v->is.text.sid_size == size && is_same_sid(v->is.text.sid, sid, size))
            return true;
    }
    return false;
}

static bool has_other_text(const struct template_condition *c, const struct template_text *t)
{
    char buffer[2 * OTHER_VALUE_MAX + TEXT_SID_MAX];
    const struct cursor text = open_text(t, buffer);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        if (fits_value(v, &text, v->is.text.apart))
            return true;
    }
    return false;
}

static bool fits_pattern(const struct template_value *v, const uint8_t *p, size_t size)
{
    const struct cursor text = cursor_at(p, size, VALUE_STRING);
    return fits_value(v, &text, v->is.text.apart);
}

bool template_has_utf16(const struct template_condition *c, const void *text, size_t size)
{
    const uint8_t *const p = text, *end = p + size / 2 * 2;
    while (p < end && end[-1] == 0 && end[-2] == 0)
        end -= 2;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        if (v->is.text.wide != NULL ? fits_wide(v, p, end, v->is.text.apart)
                                    : fits_pattern(v, p, (size_t)(end - p)))
            return true;
    }
    return false;
}

bool template_has_text(const struct template_condition *c, const struct template_text *t)
{
    if (t->p == NULL)
        return false;
    if (asks_sid(c, t))
        return template_has_sid(c, t->p, t->size);
    if (t->type == VALUE_STRING && t->size != TEMPLATE_TEXT_ENDS)
        return template_has_utf16(c, t->p, t->size);
    return has_other_text(c, t);
}

/* The application's path as this host has it. Its last part is that of the device path. */
bool template_has_path(const struct template_condition *c, const struct template_subject *s)
{
    char buffer[2 * OTHER_VALUE_MAX + TEXT_SID_MAX];
    if (s->place.p == NULL)
        return false;
    struct cursor path = open_text(&s->place, buffer), rest = open_text(&s->rest, buffer);
    path.then = rest.p != rest.end ? &rest : NULL;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.text.is_whole && fits_value(&c->values[i], &path, 0))
            return true;
    return false;
}
