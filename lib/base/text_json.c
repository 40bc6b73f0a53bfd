/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Characters as they stand in a string of JSON. */
#include "base/simd.h"
#include "base/text.h"

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

static inline char *put_plain(char *p, const char *s, size_t n)
{
    text_copy(p, s, n);
    return p + n;
}

/* n bytes without one that needs an escape; from s on, `readable` may be read. */
static inline char *put_run(char *p, const char *s, size_t n, size_t readable)
{
    if (n > 16 || readable < 16)
        return put_plain(p, s, n);
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

char *text_json(char *p, const char *s, size_t n)
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
