/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writing JSON into the caller's room: strings, numbers, members of objects. */
#ifndef WFPW_JSONOUT_H
#define WFPW_JSONOUT_H

#include <string.h>

#include "simd.h"
#include "text.h"
#include "wfpwatch/wfpwatch.h"

/* Output that counts what it has no room for. Nothing is written where an object or an array
 * begins: its first member's comma becomes the bracket. */
struct out {
    char *p;
    size_t cap, n;
    char opening; /* of the object or array that has no member yet; 0: a comma is due */
};

static inline void put(struct out *o, const char *s, size_t n)
{
    if (o->n <= o->cap && n <= o->cap - o->n)
        memcpy(o->p + o->n, s, n);
    o->n += n;
}

static inline void put_char(struct out *o, char c)
{
    if (o->n < o->cap)
        o->p[o->n] = c;
    o->n++;
}

#define PUT(o, literal) put(o, literal, sizeof(literal) - 1)

/* ---- values ---- */

/* What stands behind the backslash: 0 for none, 'u' for a number. */
static const char json_escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n',         'u',
    'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\', [0x7F] = 'u'};

/* One character, escaped if need be: at most 6 bytes. Returns the end. */
static inline char *write_char(char *p, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape = json_escapes[c];
    if (escape == 0) {
        *p = (char)c;
        return p + 1;
    }
    p[0] = '\\';
    p[1] = escape;
    if (escape != 'u')
        return p + 2;
    p[2] = p[3] = '0';
    p[4] = hex[c >> 4];
    p[5] = hex[c & 15];
    return p + 6;
}

/* Characters one by one, up to 7 or as long as one of eight needs an escape. */
static inline char *write_chars(char *p, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p = write_char(p, (unsigned char)s[i]);
    return p;
}

/* A string in quotes, where there is room for 6 * n + 2 bytes. Returns the end. */
static inline char *write_text(char *p, const char *s, size_t n, bool plain)
{
    *p++ = '"';
    if (plain) {
        memcpy(p, s, n);
        p += n;
        n = 0;
    }
    while (n >= 8) {
        if (simd_escape8(s)) {
            p = write_chars(p, s, 8);
        } else {
            memcpy(p, s, 8);
            p += 8;
        }
        s += 8;
        n -= 8;
    }
    p = write_chars(p, s, n);
    *p++ = '"';
    return p;
}

static inline bool has_room(const struct out *o, size_t n)
{
    return o->n <= o->cap && n <= o->cap - o->n;
}

/* A string in quotes; where room is short, a character at a time. */
static inline void put_text(struct out *o, const char *s, size_t n)
{
    char one[6];
    if (has_room(o, 6 * n + 2)) {
        o->n = (size_t)(write_text(o->p + o->n, s, n, false) - o->p);
        return;
    }
    put_char(o, '"');
    for (size_t i = 0; i < n; i++)
        put(o, one, (size_t)(write_char(one, (unsigned char)s[i]) - one));
    put_char(o, '"');
}

static inline void put_string(struct out *o, const char *s)
{
    put_text(o, s, strlen(s));
}

static inline void put_number(struct out *o, uint64_t v)
{
    char text[TEXT_U64_MAX];
    put(o, text, text_u64(text, v));
}

/* ---- members ---- */

static inline void comma(struct out *o)
{
    put_char(o, o->opening != 0 ? o->opening : ',');
    o->opening = 0;
}

static inline void put_key(struct out *o, const char *name)
{
    comma(o);
    put_char(o, '"');
    put(o, name, strlen(name));
    PUT(o, "\":");
}

/* The same where the name is a literal. */
#define KEY(o, name)                                                                               \
    do {                                                                                           \
        comma(o);                                                                                  \
        PUT(o, "\"" name "\":");                                                                   \
    } while (0)

static inline void open_object(struct out *o)
{
    o->opening = '{';
}

static inline void close_object(struct out *o)
{
    if (o->opening != 0)
        comma(o);
    put_char(o, '}');
}

#define NUMBER(o, name, v)                                                                         \
    do {                                                                                           \
        KEY(o, name);                                                                              \
        put_number(o, v);                                                                          \
    } while (0)

#define NUMBER_IF(o, given, name, v)                                                               \
    do {                                                                                           \
        if (given)                                                                                 \
            NUMBER(o, name, v);                                                                    \
    } while (0)

#define STRING_IF(o, name, s)                                                                      \
    do {                                                                                           \
        const char *string_ = (s);                                                                 \
        if (string_ != NULL) {                                                                     \
            KEY(o, name);                                                                          \
            put_string(o, string_);                                                                \
        }                                                                                          \
    } while (0)

#define BOOLEAN(o, name, yes)                                                                      \
    do {                                                                                           \
        KEY(o, name);                                                                              \
        put_boolean(o, yes);                                                                       \
    } while (0)

/* A code's word, if it has one. */
#define WORD_IF(o, name, list, code) STRING_IF(o, name, word_of(list, code))

static const char *word_of(uint32_t list, uint32_t code)
{
    const char *word = wfpw_word(list, code);
    return word[0] != 0 ? word : NULL;
}

static inline void put_boolean(struct out *o, bool yes)
{
    put(o, yes ? "true" : "false", yes ? 4 : 5);
}

static inline void put_hex_number(struct out *o, uint64_t v)
{
    char text[TEXT_U64_MAX];
    put_text(o, text, text_hex(text, v));
}

static inline void put_hex_bytes(struct out *o, const uint8_t *p, size_t n, bool parted)
{
    char text[2];
    put_char(o, '"');
    for (size_t i = 0; i < n; i++) {
        if (parted && i > 0)
            put_char(o, ':');
        put(o, text, text_bytes(text, p + i, 1));
    }
    put_char(o, '"');
}

/* Ends with a NUL. Returns the length without it, or E_RANGE. */
static inline int end_json(struct out *o, size_t *needed)
{
    size_t n = o->n;
    put_char(o, 0);
    if (needed != NULL)
        *needed = n;
    return o->n <= o->cap && n <= INT32_MAX ? (int)n : WFPW_E_RANGE;
}

#endif
