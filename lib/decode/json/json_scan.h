/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * JSON that lies in memory as a whole: where its strings end, and what is in them, many characters
 * at a time. What is not found here (it does not end, it is no JSON, or an escape that needs more
 * than a look) is for json_lexer, which reads it all, in pieces. */
#ifndef WFPW_JSON_SCAN_H
#define WFPW_JSON_SCAN_H

#include "base/simd.h"

enum { JSON_SCAN_BLOCK = 16 };

/* What a character that needs an escape does to a string: it ends it, one way or the other, or is
 * a part of it. */
static inline bool json_scan_is_stop(char c)
{
    return c == '"' || c == '\\' || c == '\n' || c == 0;
}

/* The first of these from p on. */
static inline const char *json_scan_stop(const char *p, const char *end)
{
    for (; end - p >= JSON_SCAN_BLOCK; p += JSON_SCAN_BLOCK)
        for (uint64_t mask = simd_escapes_at(p); mask != 0; mask &= mask - 1)
            if (json_scan_is_stop(p[simd_lowest(mask)]))
                return p + simd_lowest(mask);
    while (p < end && !json_scan_is_stop(*p))
        p++;
    return p;
}

/* The characters of numbers, true, false and null. */
static inline bool json_scan_is_scalar(char c)
{
    static const bool is[256] = {
        ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
        ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['-'] = true, ['+'] = true,
        ['.'] = true, ['e'] = true, ['E'] = true, ['t'] = true, ['r'] = true, ['u'] = true,
        ['f'] = true, ['a'] = true, ['l'] = true, ['s'] = true, ['n'] = true};
    return is[(uint8_t)c];
}

/* The quote that ends the string at p, whatever is in it. NULL: it does not end, or has a line end
 * or a NUL. */
const char *json_scan_string(const char *p, const char *end);
/* A string without its escapes, of which the first is at p, goes to *to, which moves behind it and
 * has room for end - p bytes. Returns the quote that ends it; NULL: it has NULs, line ends, or
 * halves of a pair as escapes, or ends near `end`. */
const char *json_scan_escapes(const char *p, const char *end, char **to);

#endif
