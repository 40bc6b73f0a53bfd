/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/text.h"

#include <string.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* So few digits that they cannot be too large a number, as most are. */
static bool parse_decimal(const char *s, size_t n, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s[i]))
            return false;
        v = v * 10 + (uint64_t)(s[i] - '0');
    }
    *out = v;
    return n > 0;
}

static bool parse_base(const char *s, size_t n, uint32_t base, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t d = (uint32_t)digit_of(s[i]);
        if (d >= base || v > (UINT64_MAX - d) / base)
            return false;
        v = v * base + d;
    }
    *out = v;
    return n > 0;
}

bool text_parse_u64(const char *s, size_t n, uint64_t *out)
{
    if (n > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return parse_base(s + 2, n - 2, 16, out);
    return n < TEXT_U64_MAX ? parse_decimal(s, n, out) : parse_base(s, n, 10, out);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool parse_ipv4(const char *s, size_t n, uint8_t *addr)
{
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        size_t digits = 0;
        uint64_t v;
        if (i > 0 && (at == n || s[at++] != '.'))
            return false;
        while (at + digits < n && digits < 4 && digit_of(s[at + digits]) < 10)
            digits++;
        if (digits > 3 || !parse_decimal(s + at, digits, &v) || v > 255)
            return false;
        addr[i] = (uint8_t)v;
        at += digits;
    }
    return at == n;
}

struct ipv6_state {
    uint8_t addr[16];
    int groups;
    int gap; /* the group before which "::" stood, or -1 */
};

/* One group at s: four hexadecimal digits at most, or an IPv4 address that ends the text. */
static size_t ipv6_group(struct ipv6_state *v6, const char *s, size_t n)
{
    size_t digits = 0;
    uint64_t v;
    while (digits < n && digits < 5 && digit_of(s[digits]) < 16)
        digits++;
    if (digits < n && s[digits] == '.' && v6->groups <= 6 &&
        parse_ipv4(s, n, v6->addr + (ptrdiff_t)2 * v6->groups)) {
        v6->groups += 2;
        return n;
    }
    if (digits > 4 || v6->groups == 8 || !parse_base(s, digits, 16, &v))
        return 0;
    v6->addr[2 * v6->groups] = (uint8_t)(v >> 8);
    v6->addr[2 * v6->groups + 1] = (uint8_t)v;
    v6->groups++;
    return digits;
}

static bool ipv6_close_gap(struct ipv6_state *v6)
{
    if (v6->gap < 0)
        return v6->groups == 8;
    if (v6->groups == 8)
        return false;
    size_t tail = (size_t)(v6->groups - v6->gap) * 2, start = (size_t)v6->gap * 2;
    memmove(v6->addr + 16 - tail, v6->addr + start, tail);
    memset(v6->addr + start, 0, 16 - tail - start);
    return true;
}

static bool parse_ipv6(const char *s, size_t n, uint8_t *addr)
{
    struct ipv6_state v6 = {.gap = -1};
    size_t at = 0;
    if (n >= 2 && s[0] == ':' && s[1] == ':') {
        v6.gap = 0;
        at = 2;
    }
    while (at < n) {
        size_t used = ipv6_group(&v6, s + at, n - at);
        if (used == 0)
            return false;
        at += used;
        if (at == n)
            break;
        if (s[at++] != ':' || at == n)
            return false;
        if (s[at] == ':') {
            if (v6.gap >= 0)
                return false;
            v6.gap = v6.groups;
            at++;
        }
    }
    if (!ipv6_close_gap(&v6))
        return false;
    memcpy(addr, v6.addr, 16);
    return true;
}

/* "address%scope" without the scope, which is a number. */
static bool cut_scope(const char *s, size_t *n, uint32_t *scope_id)
{
    const char *percent = *n > 0 ? memchr(s, '%', *n) : NULL;
    uint64_t scope = 0;
    if (percent != NULL) {
        size_t rest = *n - (size_t)(percent - s) - 1;
        if (!parse_base(percent + 1, rest, 10, &scope) || scope > UINT32_MAX)
            return false;
        *n = (size_t)(percent - s);
    }
    *scope_id = (uint32_t)scope;
    return true;
}

bool text_parse_ip(const char *s, size_t n, uint8_t addr[16], uint8_t *family, uint32_t *scope_id)
{
    uint8_t four[4];
    uint32_t scope = 0;
    bool is_four = parse_ipv4(s, n, four);
    if (!is_four && (!cut_scope(s, &n, &scope) || !parse_ipv6(s, n, addr)))
        return false;
    if (is_four)
        memcpy(addr, four, sizeof four);
    *family = is_four ? 4 : 6;
    *scope_id = scope;
    return true;
}

/* ---- GUIDs and SIDs ------------------------------------------------------------------------- */

bool text_parse_guid(const char *s, size_t n, uint8_t guid[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    if (n == TEXT_GUID_MAX && s[0] == '{' && s[n - 1] == '}') {
        s++;
        n -= 2;
    }
    if (n != 36)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && s[at++] != '-')
            return false;
        int high = digit_of(s[at]), low = digit_of(s[at + 1]);
        if (high > 15 || low > 15)
            return false;
        guid[order[i]] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}

/* The number up to the next dash; *at moves past the dash. */
static bool sid_part(const char *s, size_t n, size_t *at, uint64_t *v)
{
    size_t end = *at;
    while (end < n && s[end] != '-')
        end++;
    if (!text_parse_u64(s + *at, end - *at, v))
        return false;
    *at = end < n ? end + 1 : n + 1;
    return true;
}

bool text_parse_sid(const char *s, size_t n, uint8_t sid[SID_BYTES_MAX], size_t *size)
{
    uint64_t revision, authority, sub;
    size_t at = 2, count = 0;
    if (n < 4 || (s[0] != 'S' && s[0] != 's') || s[1] != '-')
        return false;
    if (!sid_part(s, n, &at, &revision) || revision > 255 || at > n)
        return false;
    if (!sid_part(s, n, &at, &authority) || authority >> 48 != 0)
        return false;
    while (at <= n) {
        if (count == 15 || !sid_part(s, n, &at, &sub) || sub > UINT32_MAX)
            return false;
        for (size_t i = 0; i < 4; i++)
            sid[8 + 4 * count + i] = (uint8_t)(sub >> 8 * i);
        count++;
    }
    sid[0] = (uint8_t)revision;
    sid[1] = (uint8_t)count;
    for (size_t i = 0; i < 6; i++)
        sid[2 + i] = (uint8_t)(authority >> 8 * (5 - i));
    *size = 8 + 4 * count;
    return true;
}

/* ---- time ----------------------------------------------------------------------------------- */

static bool filetime_of(const uint64_t date[6], uint64_t fraction, uint64_t *filetime)
{
    static const uint8_t longest[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t y = date[0], m = date[1], d = date[2];
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (y < 1601 || y > 9999 || m < 1 || m > 12 || d < 1 || d > longest[m])
        return false;
    if ((m == 2 && d == 29 && !leap) || date[3] > 23 || date[4] > 59 || date[5] > 60)
        return false;
    y -= m <= 2; /* the year starts in March */
    uint64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    uint64_t days = 365 * (y - 1600) + (y - 1600) / 4 - (y - 1600) / 100 + (y - 1600) / 400;
    days = days + of_year - 306;
    *filetime = (((days * 24 + date[3]) * 60 + date[4]) * 60 + date[5]) * 10000000 + fraction;
    return true;
}

bool text_systemtime(const void *p, uint64_t *filetime)
{
    const uint8_t *b = p; /* year, month, day of week, day, hour, minute, second, millisecond */
    uint64_t date[6] = {text_le16(b),     text_le16(b + 2),  text_le16(b + 6),
                        text_le16(b + 8), text_le16(b + 10), text_le16(b + 12)};
    uint64_t ms = text_le16(b + 14);
    return ms < 1000 && filetime_of(date, ms * 10000, filetime);
}

/* ".1234567" at s; *at moves past it. More than seven digits are cut. */
static bool parse_fraction(const char *s, size_t n, size_t *at, uint64_t *fraction)
{
    size_t digits = 0;
    *fraction = 0;
    if (*at == n || s[*at] != '.')
        return true;
    for ((*at)++; *at < n && is_digit(s[*at]); (*at)++, digits++)
        if (digits < 7)
            *fraction = *fraction * 10 + (uint64_t)(s[*at] - '0');
    if (digits == 0 || digits > 9)
        return false;
    for (; digits < 7; digits++)
        *fraction *= 10;
    return true;
}

/* Two digits, and what stands in front of them. */
static bool parse_two(const char *s, char before, uint64_t *out)
{
    *out = 10 * (uint64_t)(s[1] - '0') + (uint64_t)(s[2] - '0');
    return s[0] == before && is_digit(s[1]) && is_digit(s[2]);
}

bool text_parse_time(const char *s, size_t n, uint64_t *filetime)
{
    uint64_t date[6], fraction;
    size_t at = sizeof "dddd-dd-ddTdd:dd:dd" - 1;
    if (n < at || !parse_decimal(s, 4, &date[0]) || !parse_two(s + 4, '-', &date[1]) ||
        !parse_two(s + 7, '-', &date[2]) || !parse_two(s + 10, 'T', &date[3]) ||
        !parse_two(s + 13, ':', &date[4]) || !parse_two(s + 16, ':', &date[5]))
        return false;
    if (!parse_fraction(s, n, &at, &fraction))
        return false;
    if (at < n && s[at] == 'Z')
        at++;
    return at == n && filetime_of(date, fraction, filetime);
}

bool text_parse_offset(const char *s, size_t n, int32_t *minutes)
{
    int32_t digits[4], count = 0;
    if (n == 1 && s[0] == 'Z') {
        *minutes = 0;
        return true;
    }
    if (n < 5 || n > 6 || (s[0] != '+' && s[0] != '-') || (n == 6 && s[3] != ':'))
        return false;
    for (size_t i = 1; i < n; i++) {
        if (i == 3 && n == 6)
            continue;
        if (digit_of(s[i]) > 9)
            return false;
        digits[count++] = (int32_t)digit_of(s[i]);
    }
    int32_t hours = 10 * digits[0] + digits[1], rest = 10 * digits[2] + digits[3];
    *minutes = (s[0] == '-' ? -1 : 1) * (60 * hours + rest);
    return hours <= 15 && rest < 60;
}

bool text_parse_zoned_time(const char *s, size_t n, uint64_t *filetime, bool *has_zone)
{
    enum { WHOLE = 19, DATE = 10, LONGEST = 40 };
    static const uint64_t minute = 60 * 10000000u;
    char plain[LONGEST];
    int32_t minutes = 0;
    size_t end = WHOLE;
    if (n < WHOLE || n > LONGEST)
        return false;
    while (end < n && (s[end] == '.' || is_digit(s[end])))
        end++;
    size_t zone = end < n && s[end] == ' ' ? end + 1 : end;
    memcpy(plain, s, end);
    if (plain[DATE] == ' ')
        plain[DATE] = 'T';
    *has_zone = zone < n;
    if (!text_parse_time(plain, end, filetime) ||
        (zone < n && !text_parse_offset(s + zone, n - zone, &minutes)))
        return false;
    uint64_t by = minute * (uint64_t)(minutes < 0 ? -minutes : minutes);
    if (minutes > 0 && *filetime < by)
        return false;
    *filetime = minutes < 0 ? *filetime + by : *filetime - by;
    return true;
}

bool text_same(const char *a, size_t n, const char *b)
{
    for (size_t i = 0; i < n; i++)
        if (b[i] == 0 || text_lower((uint8_t)a[i]) != text_lower((uint8_t)b[i]))
            return false;
    return b[n] == 0;
}
