/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper.h"

static const uint64_t seconds_1601_to_1970 = 11644473600u, ticks = 10000000;

/* "1550080901.5938303": a double, of which microseconds are right. */
static bool seconds_of(const char *s, size_t n, uint64_t *filetime)
{
    uint64_t whole, fraction = 0, weight = ticks;
    const char *dot = memchr(s, '.', n);
    size_t before = dot != NULL ? (size_t)(dot - s) : n;
    if (before > 11 || !text_parse_u64(s, before, &whole))
        return false;
    for (size_t i = before + 1; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        weight /= 10;
        fraction += weight * (uint64_t)(s[i] - '0');
    }
    fraction = (fraction + 5) / 10 * 10;
    *filetime = (whole + seconds_1601_to_1970) * ticks + fraction;
    return true;
}

/* "/Date(1595374458918)/" */
static bool date_of(const char *s, size_t n, uint64_t *filetime)
{
    static const char start[] = "/Date(", end[] = ")/";
    size_t before = sizeof start - 1, behind = sizeof end - 1;
    uint64_t ms;
    if (n <= before + behind || memcmp(s, start, before) != 0 ||
        memcmp(s + n - behind, end, behind) != 0 || n - before - behind > 14 ||
        !text_parse_u64(s + before, n - before - behind, &ms))
        return false;
    *filetime = seconds_1601_to_1970 * ticks + ms * (ticks / 1000);
    return true;
}

bool shipper_time(const char *s, size_t n, uint64_t *filetime, bool *has_zone)
{
    if (n > 0 && n < 64 && (seconds_of(s, n, filetime) || date_of(s, n, filetime))) {
        *has_zone = true;
        return true;
    }
    return text_parse_zoned_time(s, n, filetime, has_zone);
}
