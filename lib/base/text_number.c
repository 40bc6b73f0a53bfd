/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Numbers, addresses, GUIDs, SIDs and times to text. */
#include "base/text.h"

/* ---- numbers -------------------------------------------------------------------------------- */

static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
                            "3536373839404142434445464748495051525354555657585960616263646566676869"
                            "707172737475767778798081828384858687888990919293949596979899";

/* Exactly so many digits, zeros in front. */
static inline void put_digits2(char *out, uint32_t v)
{
    memcpy(out, pairs + v * 2, 2);
}

static inline void put_digits4(char *out, uint32_t v)
{
    put_digits2(out, v / 100);
    put_digits2(out + 2, v % 100);
}

/* v < 10000; without a branch, as nobody can tell how many digits the next number has. Four bytes
 * are written. */
static inline size_t put_short(char *out, uint32_t v)
{
    uint32_t high = text_le16(pairs + 2 * (v / 100)), low = text_le16(pairs + 2 * (v % 100));
    size_t n = 1u + (v > 9) + (v > 99) + (v > 999);
    text_put_le32(out, (high | low << 16) >> 8 * (4 - n));
    return n;
}

/* v < 100000000 */
static inline size_t put_medium(char *out, uint32_t v)
{
    if (v < 10000)
        return put_short(out, v);
    size_t n = put_short(out, v / 10000);
    put_digits4(out + n, v % 10000);
    return n + 4;
}

size_t text_u64(char *out, uint64_t v)
{
    if (v < 100000000)
        return put_medium(out, (uint32_t)v);
    size_t n = text_u64(out, v / 100000000);
    uint32_t rest = (uint32_t)(v % 100000000);
    put_digits4(out + n, rest / 10000);
    put_digits4(out + n + 4, rest % 10000);
    return n + 8;
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
    size_t n = 3;
    for (uint64_t rest = v >> 4; rest != 0; rest >>= 4)
        n++;
    memcpy(out, "0x", 2);
    for (size_t i = n; i > 2; v >>= 4)
        out[--i] = "0123456789abcdef"[v & 15];
    return n;
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

/* ---- addresses ------------------------------------------------------------------------------ */

/* 0 to 255, each with the dot that may follow it. */
#define TEN(tens)                                                                                  \
    tens "0.", tens "1.", tens "2.", tens "3.", tens "4.", tens "5.", tens "6.", tens "7.",        \
        tens "8.", tens "9."
static const char octets[256][5] = {
    TEN(""),   TEN("1"),  TEN("2"),  TEN("3"),  TEN("4"),  TEN("5"),  TEN("6"),  TEN("7"),
    TEN("8"),  TEN("9"),  TEN("10"), TEN("11"), TEN("12"), TEN("13"), TEN("14"), TEN("15"),
    TEN("16"), TEN("17"), TEN("18"), TEN("19"), TEN("20"), TEN("21"), TEN("22"), TEN("23"),
    TEN("24"), "250.",    "251.",    "252.",    "253.",    "254.",    "255."};
#undef TEN

/* With the dot behind the last one, which the caller has room for. */
static size_t put_ipv4(char *out, const uint8_t *a)
{
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        memcpy(out + n, octets[a[i]], 4);
        n += 2u + (a[i] > 9) + (a[i] > 99);
    }
    return n - 1;
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

/* 16 bits in hexadecimal, without zeros in front: 4 bytes are written, whatever it takes. */
static size_t put_group(char *out, const uint8_t *a)
{
    uint32_t v = (uint32_t)a[0] << 8 | a[1];
    int zeros = (v < 0x1000) + (v < 0x100) + (v < 0x10);
    v <<= 4 * zeros;
    for (int i = 0; i < 4; i++)
        out[i] = "0123456789abcdef"[v >> 4 * (3 - i) & 15];
    return (size_t)(4 - zeros);
}

static size_t put_ipv6(char *out, const uint8_t *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    int zeros, count;
    size_t n = 0;
    if (memcmp(a, mapped, sizeof mapped) == 0) {
        memcpy(out, "::ffff:", 7);
        return 7 + put_ipv4(out + 7, a + 12);
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
        n += put_group(out + n, a + 2 * i);
    }
    return n;
}

size_t text_ip(char *out, const uint8_t *addr, uint8_t family)
{
    return family == 4 ? put_ipv4(out, addr) : family == 6 ? put_ipv6(out, addr) : 0;
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

static void put_date(char *out, uint32_t days)
{
    uint32_t year, month, day;
    date_of(days, &year, &month, &day);
    memcpy(out, "0000-00-00T", 11);
    put_digits4(out, year);
    put_digits2(out + 5, month);
    put_digits2(out + 8, day);
}

size_t text_time_on(struct text_day *known, char *out, uint64_t filetime)
{
    static const uint64_t last = 2650467743999999999u; /* 9999-12-31T23:59:59.9999999Z */
    if (filetime > last)
        filetime = last;
    uint64_t seconds = filetime / 10000000;
    uint32_t days = (uint32_t)(seconds / 86400), of_day = (uint32_t)(seconds % 86400);
    uint32_t fraction = (uint32_t)(filetime % 10000000);
    if (known->days != days || known->text[0] == 0) {
        put_date(known->text, days);
        known->days = days;
    }
    memcpy(out, known->text, sizeof known->text);
    memcpy(out + 11, "00:00:00.0000000Z", TEXT_TIME_MAX - 11);
    put_digits2(out + 11, of_day / 3600);
    put_digits2(out + 14, of_day / 60 % 60);
    put_digits2(out + 17, of_day % 60);
    put_digits4(out + 20, fraction / 1000);
    out[24] = (char)('0' + fraction / 100 % 10);
    put_digits2(out + 25, fraction % 100);
    return TEXT_TIME_MAX;
}

size_t text_time(char *out, uint64_t filetime)
{
    struct text_day none = {.days = 0};
    return text_time_on(&none, out, filetime);
}
