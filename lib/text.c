/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "text.h"

#include <stdio.h>
#include <string.h>

#include "simd.h"

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

/* Eight at a time, the last eight overlapping, while they are ASCII: nearly all text here is. */
static size_t ascii_run(char *out, const uint8_t *s, size_t units)
{
    size_t i = 0;
    if (units < 8)
        return units >= 4 && simd_ascii4(out, s) &&
                       simd_ascii4(out + units - 4, s + 2 * (units - 4))
                   ? units
                   : 0;
    while (i + 8 <= units && simd_ascii8(out + i, s + 2 * i))
        i += 8;
    if (i + 8 > units && simd_ascii8(out + units - 8, s + 2 * (units - 8)))
        return units;
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

size_t text_utf16(char *out, const void *utf16, size_t units)
{
    const uint8_t *s = utf16;
    while (units > 0 && text_le16(s + 2 * (units - 1)) == 0)
        units--;
    size_t n = ascii_run(out, s, units);
    size_t i = n;
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
static size_t sequence(const uint8_t *s, size_t n)
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

size_t text_utf8_valid(const char *s, size_t n)
{
    const uint8_t *b = (const uint8_t *)s;
    size_t i = 0;
    while (i < n) {
        size_t len = sequence(b + i, n - i);
        if (len == 0)
            break;
        i += len;
    }
    return i;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
                            "3536373839404142434445464748495051525354555657585960616263646566676869"
                            "707172737475767778798081828384858687888990919293949596979899";

static size_t decimal_digits(uint64_t v)
{
    size_t n = 1;
    for (; v >= 10000; v /= 10000)
        n += 4;
    return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

size_t text_u64(char *out, uint64_t v)
{
    size_t n = decimal_digits(v), at = n;
    for (; v >= 100; v /= 100)
        memcpy(out + (at -= 2), pairs + v % 100 * 2, 2);
    if (v >= 10)
        memcpy(out, pairs + v * 2, 2);
    else
        out[0] = (char)('0' + v);
    return n;
}

size_t text_i64(char *out, int64_t v)
{
    if (v >= 0)
        return text_u64(out, (uint64_t)v);
    out[0] = '-';
    return 1 + text_u64(out + 1, 0 - (uint64_t)v);
}

size_t text_hex(char *out, uint64_t v)
{
    size_t n = 1;
    for (uint64_t rest = v >> 4; rest != 0; rest >>= 4)
        n++;
    out[0] = '0';
    out[1] = 'x';
    for (size_t i = 0; i < n; i++)
        out[2 + i] = "0123456789abcdef"[v >> 4 * (n - 1 - i) & 15];
    return 2 + n;
}

static void put_hex_byte(char *out, uint8_t b, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    out[0] = digits[b >> 4];
    out[1] = digits[b & 15];
}

size_t text_bytes(char *out, const void *p, size_t n)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        put_hex_byte(out + 2 * i, b[i], true);
    return 2 * n;
}

/* Exactly `digits` decimal digits, zeros in front. */
static void put_padded(char *out, uint32_t v, int digits)
{
    while (digits-- > 0) {
        out[digits] = (char)('0' + v % 10);
        v /= 10;
    }
}

/* ---- addresses ------------------------------------------------------------------------------ */

static size_t ipv4(char *out, const uint8_t *a)
{
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            out[n++] = '.';
        n += text_u64(out + n, a[i]);
    }
    return n;
}

/* The longest run of two or more zero groups, the first of equals. */
static void longest_zeros(const uint8_t *a, int *start, int *length)
{
    *start = -1;
    *length = 1;
    for (int i = 0; i < 8;) {
        int j = i;
        while (j < 8 && text_le16(a + 2 * j) == 0)
            j++;
        if (j - i > *length) {
            *start = i;
            *length = j - i;
        }
        i = j > i ? j : i + 1;
    }
}

static size_t ipv6(char *out, const uint8_t *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    int zeros, count;
    size_t n = 0;
    if (memcmp(a, mapped, sizeof mapped) == 0) {
        memcpy(out, "::ffff:", 7);
        return 7 + ipv4(out + 7, a + 12);
    }
    longest_zeros(a, &zeros, &count);
    for (int i = 0; i < 8; i++) {
        if (i == zeros) {
            out[n++] = ':';
            out[n++] = ':';
            i += count - 1;
            continue;
        }
        if (i > 0 && out[n - 1] != ':')
            out[n++] = ':';
        char group[18];
        size_t digits = text_hex(group, (uint64_t)a[2 * i] << 8 | a[2 * i + 1]) - 2;
        memcpy(out + n, group + 2, digits);
        n += digits;
    }
    return n;
}

size_t text_ip(char *out, const uint8_t *addr, uint8_t family)
{
    return family == 4 ? ipv4(out, addr) : family == 6 ? ipv6(out, addr) : 0;
}

/* ---- GUIDs and SIDs ------------------------------------------------------------------------- */

size_t text_guid(char *out, const void *guid16, bool upper)
{
    /* the first three groups are little-endian; 0xFF is a dash */
    static const uint8_t order[] = {3,    2, 1, 0,    0xFF, 5,  4,  0xFF, 7,  6,
                                    0xFF, 8, 9, 0xFF, 10,   11, 12, 13,   14, 15};
    const uint8_t *g = guid16;
    size_t n = 0;
    out[n++] = '{';
    for (size_t i = 0; i < sizeof order; i++) {
        if (order[i] == 0xFF) {
            out[n++] = '-';
            continue;
        }
        put_hex_byte(out + n, g[order[i]], upper);
        n += 2;
    }
    out[n++] = '}';
    return n;
}

size_t text_sid(char *out, const void *sid, size_t n)
{
    const uint8_t *s = sid;
    if (n < 8 || s[1] > 15 || n != 8 + 4 * (size_t)s[1])
        return 0;
    uint64_t authority = 0;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | s[i];
    size_t used = 2;
    out[0] = 'S';
    out[1] = '-';
    used += text_u64(out + used, s[0]);
    out[used++] = '-';
    used += authority < 0x100000000u ? text_u64(out + used, authority)
                                     : text_hex(out + used, authority);
    for (size_t i = 0; i < s[1]; i++) {
        out[used++] = '-';
        used += text_u64(out + used, text_le32(s + 8 + 4 * i));
    }
    return used;
}

/* ---- time ----------------------------------------------------------------------------------- */

/* Days since 1601-01-01 to a date of the Gregorian calendar; 1601 starts a cycle of 400 years. */
static void date_of(uint32_t days, uint32_t *year, uint32_t *month, uint32_t *day)
{
    days += 306; /* counted from 1600-03-01, so that the leap day ends a year */
    uint32_t era = days / 146097, of_era = days % 146097;
    uint32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * y + y / 4 - y / 100);
    uint32_t m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = 1600 + era * 400 + y + (*month <= 2);
}

size_t text_time(char *out, uint64_t filetime)
{
    static const uint64_t last = 2650467743999999999u; /* 9999-12-31T23:59:59.9999999Z */
    if (filetime > last)
        filetime = last;
    uint64_t seconds = filetime / 10000000;
    uint32_t year, month, day, of_day = (uint32_t)(seconds % 86400);
    date_of((uint32_t)(seconds / 86400), &year, &month, &day);
    memcpy(out, "0000-00-00T00:00:00.0000000Z", TEXT_TIME_MAX);
    put_padded(out, year, 4);
    put_padded(out + 5, month, 2);
    put_padded(out + 8, day, 2);
    put_padded(out + 11, of_day / 3600, 2);
    put_padded(out + 14, of_day / 60 % 60, 2);
    put_padded(out + 17, of_day % 60, 2);
    put_padded(out + 20, (uint32_t)(filetime % 10000000), 7);
    return TEXT_TIME_MAX;
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

static uint64_t unsigned_of(const void *p, size_t n)
{
    const uint8_t *b = p;
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | b[n];
    return v;
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
