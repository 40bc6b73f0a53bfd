/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Values to text. The way back is in test_text_parse.c. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void assert_text(const char *got, size_t n, const char *want)
{
    char copy[256];
    assert_true(n < sizeof copy);
    memcpy(copy, got, n);
    copy[n] = 0;
    assert_string_equal(copy, want);
}

/* ---- UTF-16 --------------------------------------------------------------------------------- */

/* Code points to UTF-8, by the table of the Unicode standard. */
static size_t encode(char *out, uint32_t c)
{
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

/* From a copy of the exact size, into room of the promised size, so that a sanitizer sees more. */
static size_t convert(char *out, const uint16_t *units, size_t n)
{
    uint8_t *from = malloc(2 * n + 1);
    char *to = malloc(3 * n + 1);
    for (size_t i = 0; i < n; i++) {
        from[2 * i] = (uint8_t)units[i];
        from[2 * i + 1] = (uint8_t)(units[i] >> 8);
    }
    size_t used = text_utf16(to, from, n);
    assert_true(used <= 3 * n);
    memcpy(out, to, used);
    free(from);
    free(to);
    return used;
}

static void every_unit_alone(void **state)
{
    char want[8], got[16];
    (void)state;
    for (uint32_t u = 1; u < 0x10000; u++) {
        uint16_t units[3] = {'a', (uint16_t)u, 'b'};
        bool lone = u >= 0xD800 && u <= 0xDFFF;
        size_t n = encode(want, lone ? 0xFFFD : u);
        size_t used = convert(got, units, 3);
        assert_int_equal(used, n + 2);
        assert_memory_equal(got + 1, want, n);
        assert_int_equal(got[used - 1], 'b');
    }
}

static void every_pair_of_surrogates(void **state)
{
    char want[8], got[16];
    (void)state;
    for (uint32_t c = 0x10000; c <= 0x10FFFF; c += 7) {
        uint16_t units[2] = {(uint16_t)(0xD800 + ((c - 0x10000) >> 10)),
                             (uint16_t)(0xDC00 + (c & 0x3FF))};
        size_t n = encode(want, c);
        assert_int_equal(convert(got, units, 2), n);
        assert_memory_equal(got, want, n);
    }
}

#define BAD "\xEF\xBF\xBD"

static void surrogates_alone(void **state)
{
    static const struct {
        uint16_t units[4];
        size_t n;
        const char *want;
    } cases[] = {
        {{0xD800}, 1, BAD},
        {{0xDFFF}, 1, BAD},
        {{0xD800, 0xD800}, 2, BAD BAD},
        {{0xDC00, 0xD800}, 2, BAD BAD},
        {{0xD83D, 'x'}, 2, BAD "x"},
        {{0xD83D, 0xD83D, 0xDE00}, 3, BAD "\xF0\x9F\x98\x80"},
        {{0xD83D, 0xDE00, 0xDE00}, 3, "\xF0\x9F\x98\x80" BAD},
        {{0xD83D, 0}, 2, BAD},
        {{0xD83D, 0, 'x'}, 3, BAD BAD "x"},
    };
    char got[16];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(got, convert(got, cases[i].units, cases[i].n), cases[i].want);
}

static void nuls(void **state)
{
    static const uint16_t inside[] = {'a', 0, 'b', 0, 0}, none[] = {0, 0, 0};
    char got[16];
    (void)state;
    assert_text(got, convert(got, inside, 5), "a" BAD "b");
    assert_text(got, convert(got, none, 3), "");
    assert_text(got, convert(got, none, 0), "");
}

/* One character that is not ASCII, or a NUL, at each place of texts of each length. */
static void odd_characters_anywhere(void **state)
{
    static const uint16_t odd[] = {0, 0x80, 0xFF, 0x100, 0x4100, 0x2A2A, 0xD800, 0xFFFF, 0x7F};
    char got[256], want[256];
    uint16_t units[40];
    (void)state;
    for (size_t n = 1; n < 40; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t o = 0; o < sizeof odd / sizeof *odd; o++) {
                size_t used = 0;
                for (size_t i = 0; i < n; i++) {
                    uint32_t c = i == at ? odd[o] : 'a' + (uint32_t)i % 26;
                    units[i] = (uint16_t)c;
                    if (c != 0 || at + 1 < n)
                        used += encode(want + used, c == 0 || c == 0xD800 ? 0xFFFD : c);
                }
                assert_int_equal(convert(got, units, n), used);
                assert_memory_equal(got, want, used);
            }
}

/* ---- UTF-8 and Latin-1 ---------------------------------------------------------------------- */

/* Table 3-7 of the Unicode standard. */
static size_t well_formed(const uint8_t *s)
{
    static const struct {
        uint8_t first, last, low, high, length;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (s[0] < rows[r].first || s[0] > rows[r].last)
            continue;
        if (rows[r].length > 1 && (s[1] < rows[r].low || s[1] > rows[r].high))
            return 0;
        for (uint8_t i = 2; i < rows[r].length; i++)
            if (s[i] < 0x80 || s[i] > 0xBF)
                return 0;
        return rows[r].length;
    }
    return 0;
}

/* Every second byte behind every first one, with interesting third and fourth ones. */
static void utf8_validity(void **state)
{
    static const uint8_t later[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90,
                                    0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    (void)state;
    for (uint32_t ab = 0; ab < 0x10000; ab++)
        for (size_t c = 0; c < sizeof later; c++)
            for (size_t d = 0; d < sizeof later; d++) {
                uint8_t s[5] = {(uint8_t)(ab >> 8), (uint8_t)ab, later[c], later[d], 0x80};
                size_t n = well_formed(s), all = 0;
                while (all < n)
                    all += well_formed(s + all);
                assert_int_equal(text_utf8_valid((const char *)s, n), n);
                if (n > 1)
                    assert_int_equal(text_utf8_valid((const char *)s, n - 1), 0);
                if (n == 0)
                    assert_int_equal(text_utf8_valid((const char *)s, 4), 0);
            }
    assert_int_equal(text_utf8_valid("", 0), 0);
    assert_int_equal(text_utf8_valid("abc\xC3\xA4\xC3", 6), 5);
}

static void latin1(void **state)
{
    char got[16], want[16];
    (void)state;
    for (uint32_t c = 1; c < 256; c++) {
        uint8_t s[2] = {(uint8_t)c, 'x'};
        size_t n = encode(want, c);
        want[n] = 0;
        assert_int_equal(text_latin1(got, s, 2), n + 1);
        assert_memory_equal(got, want, n);
    }
    assert_text(got, text_latin1(got, "a\0b\0\0", 5), "a" BAD "b");
    assert_text(got, text_latin1(got, "\0\0", 2), "");
}

/* ---- numbers -------------------------------------------------------------------------------- */

static void numbers(void **state)
{
    char got[64], want[64];
    uint64_t v = 1;
    (void)state;
    for (int shift = 0; shift < 64; shift++)
        for (int delta = -2; delta <= 2; delta++) {
            v = ((uint64_t)1 << shift) + (uint64_t)delta;
            (void)snprintf(want, sizeof want, "%llu", (unsigned long long)v);
            assert_text(got, text_u64(got, v), want);
            (void)snprintf(want, sizeof want, "%lld", (long long)v);
            assert_text(got, text_i64(got, (int64_t)v), want);
            (void)snprintf(want, sizeof want, "0x%llx", (unsigned long long)v);
            assert_text(got, text_hex(got, v), want);
        }
    for (v = 1; v < UINT64_MAX / 10; v *= 10)
        for (uint64_t near = v - 1; near <= v + 1; near++) {
            (void)snprintf(want, sizeof want, "%llu", (unsigned long long)near);
            assert_text(got, text_u64(got, near), want);
        }
    for (v = 0; v < 120000; v++) {
        (void)snprintf(want, sizeof want, "%llu", (unsigned long long)v);
        assert_text(got, text_u64(got, v), want);
    }
    assert_text(got, text_i64(got, INT64_MIN), "-9223372036854775808");
    assert_text(got, text_bytes(got, "\x00\x9F\xAB", 3), "009FAB");
}

/* ---- addresses, GUIDs, SIDs ----------------------------------------------------------------- */

static void addresses(void **state)
{
    static const struct {
        uint8_t addr[16];
        const char *want;
    } six[] = {
        {{0}, "::"},
        {{[15] = 1}, "::1"},
        {{0x20, 1, 0x0D, 0xB8, [15] = 1}, "2001:db8::1"},
        {{0x20, 1, 0x0D, 0xB8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, "2001:db8:0:1:1:1:1:1"},
        {{0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1}, "2001:db8::1:0:0:1"},
        {{0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, "2001:0:0:1::1"},
        {{0xFE, 0x80, [14] = 0xAB, 0xCD}, "fe80::abcd"},
        {{0, 1, [2] = 0, [15] = 0}, "1::"},
        {{[14] = 1, 0}, "::100"},
        {{[10] = 0xFF, 0xFF, 192, 0, 2, 1}, "::ffff:192.0.2.1"},
        {{[10] = 0xFF, 0xFF, 255, 255, 255, 255}, "::ffff:255.255.255.255"},
        {{[12] = 192, 0, 2, 1}, "::c000:201"},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
          0xFF},
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    static const uint8_t four[4] = {10, 0, 200, 255};
    char got[TEXT_IP_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof six / sizeof *six; i++)
        assert_text(got, text_ip(got, six[i].addr, 6), six[i].want);
    assert_text(got, text_ip(got, four, 4), "10.0.200.255");
    assert_int_equal(text_ip(got, four, 0), 0);
}

/* Where RFC 5952 puts "::": by trying every run. */
static void ipv6_model(char *out, const uint16_t *groups)
{
    int best = -1, length = 1;
    for (int start = 0; start < 8; start++)
        for (int end = start; end < 8 && groups[end] == 0; end++)
            if (end - start + 1 > length) {
                best = start;
                length = end - start + 1;
            }
    *out = 0;
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            (void)strcat(out, "::");
            i += length - 1;
        } else {
            (void)sprintf(out + strlen(out), i > 0 && i != best + length ? ":%x" : "%x",
                          (unsigned)groups[i]);
        }
    }
}

static void every_pattern_of_zero_groups(void **state)
{
    static const uint16_t some[] = {1, 0xF, 0x10, 0xABC, 0x1000, 0xFFFE, 0xA, 0x203};
    char got[TEXT_IP_MAX], want[64];
    (void)state;
    for (unsigned mask = 0; mask < 256; mask++) {
        uint16_t groups[8];
        uint8_t addr[16];
        for (int i = 0; i < 8; i++) {
            groups[i] = (mask >> i & 1) != 0 ? some[i] : 0;
            addr[2 * i] = (uint8_t)(groups[i] >> 8);
            addr[2 * i + 1] = (uint8_t)groups[i];
        }
        ipv6_model(want, groups);
        assert_text(got, text_ip(got, addr, 6), want);
    }
}

static void guids(void **state)
{
    static const uint8_t g[16] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49,
                                  0xA5, 0xBA, 0x3E, 0x3B, 0x03, 0x28, 0xC3, 0x0D};
    char got[TEXT_GUID_MAX];
    (void)state;
    assert_text(got, text_guid(got, g, false), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
    assert_text(got, text_guid(got, g, true), "{54849625-5478-4994-A5BA-3E3B0328C30D}");
}

static void sids(void **state)
{
    uint8_t sid[SID_BYTES_MAX + 8] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2};
    char got[TEXT_SID_MAX];
    (void)state;
    sid[24] = 0xF4;
    sid[25] = 1;
    assert_text(got, text_sid(got, sid, 28), "S-1-5-21-513-0-0-500");
    assert_int_equal(text_sid(got, sid, 27), 0);
    assert_int_equal(text_sid(got, sid, 32), 0);
    assert_int_equal(text_sid(got, sid, 7), 0);
    assert_int_equal(text_sid(got, sid, 0), 0);
    sid[1] = 0;
    assert_text(got, text_sid(got, sid, 8), "S-1-5");
    sid[2] = 1;
    assert_text(got, text_sid(got, sid, 8), "S-1-0x10000000005");
    sid[1] = 16;
    assert_int_equal(text_sid(got, sid, 8 + 16 * 4), 0);
    memset(sid, 0xFF, sizeof sid);
    sid[1] = 15;
    assert_true(text_sid(got, sid, SID_BYTES_MAX) <= TEXT_SID_MAX);
}

/* ---- time ----------------------------------------------------------------------------------- */

static unsigned days_in(unsigned year, unsigned month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Each day from 1601 to 9999, counted one by one, to text and back. */
static void every_day(void **state)
{
    uint64_t filetime = 0, back;
    char got[TEXT_TIME_MAX], want[40];
    (void)state;
    for (unsigned y = 1601; y <= 9999; y++)
        for (unsigned m = 1; m <= 12; m++)
            for (unsigned d = 1; d <= days_in(y, m); d++, filetime += 864000000000u) {
                uint64_t of_day = filetime / 7 % 864000000000u, s = of_day / 10000000;
                (void)snprintf(want, sizeof want, "%04u-%02u-%02uT%02u:%02u:%02u.%07uZ", y, m, d,
                               (unsigned)(s / 3600), (unsigned)(s / 60 % 60), (unsigned)(s % 60),
                               (unsigned)(of_day % 10000000));
                assert_int_equal(text_time(got, filetime + of_day), TEXT_TIME_MAX);
                assert_memory_equal(got, want, TEXT_TIME_MAX);
                assert_true(text_parse_time(want, TEXT_TIME_MAX, &back));
                assert_true(back == filetime + of_day);
            }
    assert_true(filetime == 2650467744000000000u);
}

static void ends_of_time(void **state)
{
    char got[TEXT_TIME_MAX];
    (void)state;
    assert_text(got, text_time(got, 0), "1601-01-01T00:00:00.0000000Z");
    assert_text(got, text_time(got, 2650467743999999999u), "9999-12-31T23:59:59.9999999Z");
    assert_text(got, text_time(got, 2650467744000000000u), "9999-12-31T23:59:59.9999999Z");
    assert_text(got, text_time(got, UINT64_MAX), "9999-12-31T23:59:59.9999999Z");
    assert_text(got, text_time(got, 116444736000000000u), "1970-01-01T00:00:00.0000000Z");
}

/* ---- values --------------------------------------------------------------------------------- */

/* Every type with every size fits the room that is asked for, and comes out as valid text; NULs
 * too, when what stands behind them keeps them from being left out. */
static void any_type_any_size(void **state)
{
    uint8_t bytes[200];
    (void)state;
    for (unsigned type = 0; type < 256; type++)
        for (size_t n = 0; n <= sizeof bytes; n++)
            for (unsigned fill = 0; fill < 5; fill++) {
                static const uint8_t fills[] = {0, 0xFF, 1, 0xD8, 0};
                if (type == VALUE_UTF8)
                    continue;
                memset(bytes, fills[fill], sizeof bytes);
                if (fill == 4 && n > 0)
                    bytes[n - 1] = 'a';
                size_t most = text_value_max((uint8_t)type, n);
                uint8_t *from = malloc(n + 1);
                char *to = malloc(most + 1);
                memcpy(from, bytes, n);
                size_t used = text_value(to, (uint8_t)type, from, n);
                assert_true(used <= most);
                assert_int_equal(text_utf8_valid(to, used), used);
                free(from);
                free(to);
            }
}

static void values(void **state)
{
    static const struct {
        uint8_t type;
        size_t n;
        const char *bytes, *want;
    } cases[] = {
        {VALUE_NULL, 0, "", ""},
        {VALUE_STRING, 5, "a\0b\0c", "ab"}, /* half a unit is none */
        {VALUE_I8, 1, "\x80", "-128"},
        {VALUE_U8, 1, "\x80", "128"},
        {VALUE_I16, 2, "\xFE\xFF", "-2"},
        {VALUE_U16, 2, "\xFE\xFF", "65534"},
        {VALUE_I32, 4, "\0\0\0\x80", "-2147483648"},
        {VALUE_U32, 4, "\0\0\0\x80", "2147483648"},
        {VALUE_I64, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "-1"},
        {VALUE_U64, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "18446744073709551615"},
        {VALUE_U32, 3, "\1\2\3", "010203"}, /* of the wrong size: as bytes */
        {VALUE_U32, 5, "\1\2\3\4\5", "0102030405"},
        {VALUE_U64, 0, "", ""},
        {VALUE_F32, 4, "\0\0\xC0\xBF", "-1.5"},
        {VALUE_F64, 8, "\0\0\0\0\0\0\xF8\x3F", "1.5"},
        {VALUE_BOOL, 4, "\0\0\0\0", "false"},
        {VALUE_BOOL, 4, "\0\0\1\0", "true"},
        {VALUE_BOOL, 1, "\1", "01"},
        {VALUE_BINARY, 3, "\xDE\xAD\x0F", "DEAD0F"},
        {VALUE_SIZE, 4, "\xE7\3\0\0", "0x3e7"},
        {VALUE_SIZE, 8, "\xE7\3\0\0\0\0\0\1", "0x1000000000003e7"},
        {VALUE_SIZE, 2, "\xE7\3", "E703"},
        {VALUE_HEX32, 4, "\0\0\0\0", "0x0"},
        {VALUE_HEX64, 8, "\0\0\0\0\0\0\x10\x80", "0x8010000000000000"},
        {VALUE_FILETIME, 8, "\0\0\0\0\0\0\0\0", "1601-01-01T00:00:00.0000000Z"},
        {VALUE_SYSTEMTIME, 16, "\xE8\7\2\0\4\0\x1D\0\x17\0\x3B\0\x3B\0\xE7\3",
         "2024-02-29T23:59:59.9990000Z"},
        {VALUE_SYSTEMTIME, 16, "\xE7\7\2\0\4\0\x1D\0\x17\0\x3B\0\x3B\0\xE7\3",
         "E70702000400"
         "1D0017003B003B00E703"},
        {VALUE_SID, 8, "\1\0\0\0\0\0\0\5", "S-1-5"},
        {VALUE_SID, 7, "\1\0\0\0\0\0\0", "01000000000000"},
        {VALUE_XML, 6, "<\0a\0>\0", "<a>"},
        {VALUE_ANSI, 3, "a\xE4z", "a\xC3\xA4z"},
        {VALUE_U32 | VALUE_ARRAY, 4, "\1\0\0\0", "01000000"},
        {0x20, 2, "\1\2", "0102"},
    };
    char got[128];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(got, text_value(got, cases[i].type, cases[i].bytes, cases[i].n), cases[i].want);
}

/* Every number: what has a small letter is far from another one's, and a small letter is none. */
static void small_letters(void **state)
{
    static const uint32_t pairs[][2] = {
        {'A', 'a'},     {'Z', 'z'},       {0xC0, 0xE0},     {0xDE, 0xFE},     {0x100, 0x101},
        {0x139, 0x13A}, {0x178, 0xFF},    {0x17D, 0x17E},   {0x1A0, 0x1A1},   {0x218, 0x219},
        {0x386, 0x3AC}, {0x38C, 0x3CC},   {0x391, 0x3B1},   {0x3A9, 0x3C9},   {0x3C2, 0x3C3},
        {0x401, 0x451}, {0x42F, 0x44F},   {0x490, 0x491},   {0x4C1, 0x4C2},   {0x531, 0x561},
        {0x556, 0x586}, {0x1EA0, 0x1EA1}, {0xFF21, 0xFF41}, {0xFF3A, 0xFF5A},
    };
    static const uint32_t none[] = {0,     '@',    '[',    0xD7,    0xDF,     0xF7,
                                    0x130, 0x131,  0x138,  0x17F,   0x3A2,    0x4C0,
                                    0x557, 0x1E9E, 0xFFFD, 0x10400, 0x10FFFF, UINT32_MAX};
    uint32_t capitals = 0;
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(text_lower_letter(pairs[i][0]), pairs[i][1]);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(text_lower_letter(none[i]), none[i]);
    for (uint32_t c = 0; c < 0x11000; c++) {
        uint32_t small = text_lower_letter(c);
        capitals += small != c;
        assert_int_equal(text_lower_letter(small), small);
    }
    assert_int_equal(capitals, 26 + 508 + 2);
}

static void next_letters(void **state)
{
    static const char text[] = "A\xC3\x84\xE1\xBA\xA0\xF0\x9F\x98\x80\xFF\xC3z\xE1\xBA";
    static const uint32_t letters[] = {'a',        0xE4, 0x1EA1,     0x1F600,   0x800000FF,
                                       0x800000C3, 'z',  0x800000E1, 0x800000BA};
    const char *s = text;
    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        assert_int_equal(text_next_lower(&s), letters[i]);
    assert_int_equal(text_next_lower(&s), 0);
    assert_int_equal(text_next_lower(&s), 0);
    assert_ptr_equal(s, text + sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_alone),
        cmocka_unit_test(every_pair_of_surrogates),
        cmocka_unit_test(surrogates_alone),
        cmocka_unit_test(nuls),
        cmocka_unit_test(odd_characters_anywhere),
        cmocka_unit_test(utf8_validity),
        cmocka_unit_test(latin1),
        cmocka_unit_test(numbers),
        cmocka_unit_test(addresses),
        cmocka_unit_test(every_pattern_of_zero_groups),
        cmocka_unit_test(guids),
        cmocka_unit_test(sids),
        cmocka_unit_test(every_day),
        cmocka_unit_test(ends_of_time),
        cmocka_unit_test(any_type_any_size),
        cmocka_unit_test(values),
        cmocka_unit_test(small_letters),
        cmocka_unit_test(next_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
