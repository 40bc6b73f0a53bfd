/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/simd.h"

/* ---- UTF-8 ---------------------------------------------------------------------------------- */

enum { REPLACEMENT = 0xFFFD };

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* The units up to the first that is not ASCII, or a few fewer: many at a time, the last ones
 * overlapping, as nearly all text here is. */
static inline size_t ascii_run(char *out, const uint8_t *s, size_t units)
{
    size_t i = 0;
    if (units >= 8) {
        while (i + 8 <= units && simd_ascii8(out + i, s + 2 * i))
            i += 8;
        return i + 8 > units && simd_ascii8(out + units - 8, s + 2 * (units - 8)) ? units : i;
    }
    if (units >= 4)
        return simd_ascii4(out, s) && simd_ascii4(out + units - 4, s + 2 * (units - 4)) ? units : 0;
    for (; i < units && text_le16(s + 2 * i) - 1u < 0x7F; i++)
        out[i] = (char)s[2 * i];
    return i;
}

/* One code point at unit *i, which moves past it. */
static uint32_t next_code_point(const uint8_t *s, size_t units, size_t *i)
{
    uint32_t u = text_le16(s + 2 * (*i)++);
    if (u == 0)
        return REPLACEMENT;
    if (u < 0xD800 || u > 0xDFFF)
        return u;
    if (u > 0xDBFF || *i == units)
        return REPLACEMENT;
    uint32_t low = text_le16(s + 2 * *i);
    if (low < 0xDC00 || low > 0xDFFF)
        return REPLACEMENT;
    (*i)++;
    return 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
}

/* From unit i on, n bytes being written. */
static size_t any_utf16(char *out, size_t n, const uint8_t *s, size_t units, size_t i)
{
    while (i < units) {
        uint32_t c = text_le16(s + 2 * i);
        if (c - 1 < 0x7F) {
            out[n++] = (char)c;
            i++;
        } else {
            n += put_utf8(out + n, next_code_point(s, units, &i));
        }
    }
    return n;
}

size_t text_utf16_plain(char *out, const void *utf16, size_t units, bool *plain)
{
    const uint8_t *s = utf16;
    while (units > 0 && text_le16(s + 2 * (units - 1)) == 0)
        units--;
    size_t n = ascii_run(out, s, units);
    *plain = n == units && simd_is_plain(out, n);
    return n == units ? n : any_utf16(out, n, s, units, n);
}

size_t text_utf16(char *out, const void *utf16, size_t units)
{
    bool plain; /* not wanted, and cheap */
    return text_utf16_plain(out, utf16, units, &plain);
}

size_t text_latin1(char *out, const void *s, size_t n)
{
    const uint8_t *b = s;
    size_t used = 0;
    while (n > 0 && b[n - 1] == 0)
        n--;
    for (size_t i = 0; i < n; i++)
        used += put_utf8(out + used, b[i] != 0 ? b[i] : REPLACEMENT);
    return used;
}

/* The length of the sequence that starts at s, or 0 when it is not valid. */
static size_t sequence_length(const uint8_t *s, size_t n)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len > n)
        return 0;
    uint32_t c = s[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    return c >= least[len] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? len : 0;
}

/* Capitals beyond ASCII, in their order: each step-th from first to last, and how far its small
 * letter is. */
static const struct letters {
    uint16_t first, last, step, distance;
} capitals[] = {
    {0xC0, 0xD6, 1, 32},     {0xD8, 0xDE, 1, 32},   {0x100, 0x12E, 2, 1},   {0x132, 0x136, 2, 1},
    {0x139, 0x147, 2, 1},    {0x14A, 0x176, 2, 1},  {0x179, 0x17D, 2, 1},   {0x1A0, 0x1A4, 2, 1},
    {0x1AF, 0x1AF, 1, 1},    {0x1CD, 0x1DB, 2, 1},  {0x1DE, 0x1EE, 2, 1},   {0x1F8, 0x21E, 2, 1},
    {0x222, 0x232, 2, 1},    {0x386, 0x386, 1, 38}, {0x388, 0x38A, 1, 37},  {0x38C, 0x38C, 1, 64},
    {0x38E, 0x38F, 1, 63},   {0x391, 0x3A1, 1, 32}, {0x3A3, 0x3AB, 1, 32},  {0x400, 0x40F, 1, 80},
    {0x410, 0x42F, 1, 32},   {0x460, 0x480, 2, 1},  {0x48A, 0x4BE, 2, 1},   {0x4C1, 0x4CD, 2, 1},
    {0x4D0, 0x52E, 2, 1},    {0x531, 0x556, 1, 48}, {0x1E00, 0x1E94, 2, 1}, {0x1EA0, 0x1EFE, 2, 1},
    {0xFF21, 0xFF3A, 1, 32},
};

uint32_t text_lower_letter(uint32_t c)
{
    enum { Y_DIAERESIS = 0x178, SMALL_Y_DIAERESIS = 0xFF, FINAL_SIGMA = 0x3C2, SIGMA = 0x3C3 };
    if (c < 0x80)
        return text_lower(c);
    if (c == Y_DIAERESIS)
        return SMALL_Y_DIAERESIS;
    if (c == FINAL_SIGMA)
        return SIGMA;
    for (size_t i = 0; i < sizeof capitals / sizeof *capitals && c >= capitals[i].first; i++)
        if (c <= capitals[i].last)
            return (c - capitals[i].first) % capitals[i].step == 0 ? c + capitals[i].distance : c;
    return c;
}

uint32_t text_next_lower(const char **s)
{
    const uint8_t *p = (const uint8_t *)*s;
    size_t n = p[0] != 0 ? sequence_length(p, 4) : 0; /* a NUL ends a sequence */
    uint32_t c = n == 1 ? p[0] : n > 1 ? p[0] & (0xFFu >> (n + 1)) : 0;
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3F);
    if (n == 0 && p[0] != 0) {
        (*s)++;
        return UINT32_C(0x80000000) | p[0];
    }
    *s += n;
    return text_lower_letter(c);
}

size_t text_utf8_valid(const char *s, size_t n)
{
    const uint8_t *b = (const uint8_t *)s;
    size_t i = 0;
    while (i < n) {
        while (n - i >= 64 && simd_is_ascii64(s + i))
            i += 64;
        while (n - i >= 16 && simd_is_ascii16(s + i))
            i += 16;
        for (; n - i >= 8 && (text_le64(b + i) & 0x8080808080808080u) == 0; i += 8)
            ;
        if (i == n)
            break;
        size_t len = sequence_length(b + i, n - i);
        if (len == 0)
            break;
        i += len;
    }
    return i;
}

static bool is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

static uint32_t code_point(const uint8_t *s, size_t n)
{
    uint32_t c = n == 1 ? s[0] : s[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (s[i] & 0x3F);
    return c;
}

void text_harmless(char *to, size_t cap, const char *s)
{
    const uint8_t *p = (const uint8_t *)s;
    size_t left = strlen(s), used = 0;
    while (left > 0) {
        size_t n = sequence_length(p, left);
        bool bad = n == 0 || is_harmful(code_point(p, n));
        size_t needs = bad ? 3 : n;
        if (needs > cap - 1 - used)
            break;
        memcpy(to + used, bad ? (const uint8_t *)"\xEF\xBF\xBD" : p, needs);
        used += needs;
        n = n != 0 ? n : 1;
        p += n;
        left -= n;
    }
    to[used] = 0;
}

/* ---- values --------------------------------------------------------------------------------- */

static size_t size_of_type(uint8_t type)
{
    switch (type) {
    case VALUE_I8:
    case VALUE_U8:
        return 1;
    case VALUE_I16:
    case VALUE_U16:
        return 2;
    case VALUE_I32:
    case VALUE_U32:
    case VALUE_F32:
    case VALUE_BOOL:
    case VALUE_HEX32:
        return 4;
    case VALUE_I64:
    case VALUE_U64:
    case VALUE_F64:
    case VALUE_HEX64:
    case VALUE_FILETIME:
        return 8;
    case VALUE_GUID:
    case VALUE_SYSTEMTIME:
        return 16;
    default:
        return 0;
    }
}

/* n: 1, 2, 4 or 8 */
static inline uint64_t unsigned_of(const void *p, size_t n)
{
    const uint8_t *b = p;
    return n == 8 ? text_le64(b) : n == 4 ? text_le32(b) : n == 2 ? text_le16(b) : *b;
}

static int64_t signed_of(const void *p, size_t n)
{
    uint64_t v = unsigned_of(p, n), sign = (uint64_t)1 << (8 * n - 1);
    return (int64_t)((v ^ sign) - sign);
}

static size_t real_value(char *out, uint8_t type, const void *p)
{
    char text[40];
    float f;
    double d;
    memcpy(&f, p, sizeof f);
    if (type == VALUE_F64)
        memcpy(&d, p, sizeof d);
    int n = type == VALUE_F64 ? snprintf(text, sizeof text, "%.17g", d)
                              : snprintf(text, sizeof text, "%.9g", (double)f);
    for (int i = 0; i < n; i++)
        out[i] = text[i] == ',' ? '.' : text[i]; /* the locale's decimal point */
    return (size_t)n;
}

static size_t boolean_value(char *out, const void *p)
{
    bool yes = text_le32(p) != 0;
    memcpy(out, yes ? "true" : "false", yes ? 4 : 5);
    return yes ? 4 : 5;
}

static size_t systemtime_value(char *out, const void *p)
{
    uint64_t filetime;
    return text_systemtime(p, &filetime) ? text_time(out, filetime) : text_bytes(out, p, 16);
}

static size_t utf8_value(char *out, const void *p, size_t n)
{
    memcpy(out, p, n);
    return n;
}

static size_t fixed_value(char *out, uint8_t type, const void *p, size_t n)
{
    switch (type) {
    case VALUE_I8:
    case VALUE_I16:
    case VALUE_I32:
    case VALUE_I64:
        return text_i64(out, signed_of(p, n));
    case VALUE_HEX32:
    case VALUE_HEX64:
        return text_hex(out, unsigned_of(p, n));
    case VALUE_F32:
    case VALUE_F64:
        return real_value(out, type, p);
    case VALUE_BOOL:
        return boolean_value(out, p);
    case VALUE_GUID:
        return text_guid(out, p, true);
    case VALUE_FILETIME:
        return text_time(out, text_le64(p));
    case VALUE_SYSTEMTIME:
        return systemtime_value(out, p);
    default:
        return text_u64(out, unsigned_of(p, n));
    }
}

size_t text_value(char *out, uint8_t type, const void *p, size_t n)
{
    size_t used = 0;
    switch (type) {
    case VALUE_NULL:
        return 0;
    case VALUE_STRING:
    case VALUE_XML:
        return text_utf16(out, p, n / 2);
    case VALUE_ANSI:
        return text_latin1(out, p, n);
    case VALUE_UTF8:
        return utf8_value(out, p, n);
    case VALUE_SID:
        used = text_sid(out, p, n);
        return used > 0 ? used : text_bytes(out, p, n);
    case VALUE_SIZE:
        return n == 4 || n == 8 ? text_hex(out, unsigned_of(p, n)) : text_bytes(out, p, n);
    default:
        if (n > 0 && n == size_of_type(type))
            return fixed_value(out, type, p, n);
        return text_bytes(out, p, n);
    }
}
