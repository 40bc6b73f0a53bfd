/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "export/json_out.h"

/* ---- room ----------------------------------------------------------------------------------- */

char *json_out_start(struct json_out *o, char *room, size_t cap)
{
    o->room = room;
    o->cap = cap;
    o->n = 0;
    o->again = NULL;
    o->memory = NULL;
    o->spilling = cap == 0;
    o->end = cap == 0 ? o->scratch + sizeof o->scratch : room + cap;
    return cap == 0 ? o->scratch : room;
}

/* Moves what scratch holds up to p into what is left of the caller's room. */
static void flush_scratch(struct json_out *o, const char *p)
{
    size_t n = (size_t)(p - o->scratch), left = o->n < o->cap ? o->cap - o->n : 0;
    if (left > 0)
        memcpy(o->room + o->n, o->scratch, n < left ? n : left);
    o->n += n;
}

char *json_out_spill(struct json_out *o, char *p)
{
    char *start = o->spilling ? o->scratch : o->room;
    size_t kept = p > start ? 1 : 0; /* closing an object may take it back */
    char last = kept > 0 ? p[-1] : 0;
    if (o->spilling)
        flush_scratch(o, p - kept);
    else
        o->n = (size_t)(p - start) - kept;
    o->spilling = true;
    o->end = o->scratch + sizeof o->scratch;
    o->scratch[0] = last;
    return o->scratch + kept;
}

int json_out_end(struct json_out *o, char *p, size_t *needed)
{
    p = json_out_room(o, p, 1);
    *p = 0;
    if (o->spilling)
        flush_scratch(o, p + 1);
    size_t n = o->spilling ? o->n - 1 : (size_t)(p - o->room);
    if (needed != NULL)
        *needed = n;
    return n < o->cap && n <= INT32_MAX ? (int)n : WFPW_E_RANGE;
}

char *json_out_resume(struct json_out *o, size_t n)
{
    o->spilling = false;
    o->end = o->room + o->cap;
    return o->room + n;
}

/* ---- strings -------------------------------------------------------------------------------- */

/* What stands behind the backslash: 0 for none, 'u' for a number. */
static const char escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n',         'u',
    'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\', [0x7F] = 'u'};

/* One character, escaped if need be: at most 6 bytes. */
static inline char *put_char(char *p, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape = escapes[c];
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

/* n bytes without one that needs an escape; from s on, `readable` may be read. */
static inline char *put_run(char *p, const char *s, size_t n, size_t readable)
{
    if (n > 16 || readable < 16)
        return json_out_plain(p, s, n);
    memcpy(p, s, 16);
    return p + n;
}

/* 16 to 64 characters. What needs an escape is found before anything is written, so that nothing
 * waits for it. */
static char *put_piece(char *p, const char *s, size_t n)
{
    size_t at = 0;
    uint64_t mask = simd_escapes64(s, n);
    for (; mask != 0; mask &= mask - 1) {
        size_t escape = simd_lowest(mask);
        p = put_run(p, s + at, escape - at, n - at);
        p = put_char(p, (unsigned char)s[escape]);
        at = escape + 1;
    }
    return put_run(p, s + at, n - at, n - at);
}

char *json_out_chars(char *p, const char *s, size_t n)
{
    while (n >= 16) {
        size_t piece = n < 64 ? n : 64;
        p = put_piece(p, s, piece);
        s += piece;
        n -= piece;
    }
    for (const char *end = s + n; s < end;)
        p = put_char(p, (unsigned char)*s++);
    return p;
}

/* A piece at a time, through the scratch if need be. */
char *json_out_long(struct json_out *o, char *p, const char *s, size_t n)
{
    enum { PIECE = 128 };
    p = json_out_room(o, p, 1);
    *p++ = '"';
    while (n > 0) {
        size_t piece = n < PIECE ? n : PIECE;
        p = json_out_room(o, p, 6 * piece + JSON_OUT_SLACK);
        p = json_out_chars(p, s, piece);
        s += piece;
        n -= piece;
    }
    p = json_out_room(o, p, 1);
    *p++ = '"';
    return p;
}

char *json_out_words(char *p, uint32_t list, uint32_t bits)
{
    for (uint32_t bit = 1; bit != 0 && bit <= bits; bit <<= 1) {
        const struct code_word *word = (bits & bit) != 0 ? code_word_find(list, bit) : NULL;
        if (word == NULL)
            continue;
        *p++ = '"';
        p = JSON_OUT_PUT(json_out_plain(p, word->text, word->length), "\",");
    }
    return json_out_close(p, ']');
}
