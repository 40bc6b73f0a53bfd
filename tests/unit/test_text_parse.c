/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Text to values. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "writer/evtx_sample.h"

/* Each parser gets its text in a copy of the exact size. */
static char *exact(const char *s, size_t *n)
{
    *n = strlen(s);
    char *copy = malloc(*n + (*n == 0));
    memcpy(copy, s, *n);
    return copy;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static bool u64(const char *s, uint64_t *v)
{
    size_t n;
    char *copy = exact(s, &n);
    bool ok = text_parse_u64(copy, n, v);
    free(copy);
    return ok;
}

static void numbers(void **state)
{
    static const char *const wrong[] = {"",
                                        "0x",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1a",
                                        "0xg",
                                        "x1",
                                        "18446744073709551616",
                                        "1.0",
                                        "0X",
                                        "0x10000000000000000",
                                        "99999999999999999999"};
    char text[32];
    uint64_t v, seed = 1;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(u64(wrong[i], &v));
    assert_true(u64("18446744073709551615", &v) && v == UINT64_MAX);
    assert_true(u64("0xFfFfFfFfFfFfFfFf", &v) && v == UINT64_MAX);
    assert_true(u64("0X1f", &v) && v == 0x1F);
    assert_true(u64("0000000000000000000000000000000000007", &v) && v == 7);
    for (int i = 0; i < 10000; i++) {
        uint64_t want = sample_next(&seed) >> sample_below(&seed, 64);
        assert_true(text_parse_u64(text, text_u64(text, want), &v) && v == want);
        assert_true(text_parse_u64(text, text_hex(text, want), &v) && v == want);
    }
}

/* ---- addresses ------------------------------------------------------------------------------ */

static bool ip(const char *s, uint8_t addr[16], uint8_t *family, uint32_t *scope)
{
    size_t n;
    char *copy = exact(s, &n);
    bool ok = text_parse_ip(copy, n, addr, family, scope);
    free(copy);
    return ok;
}

static void addresses_that_are_none(void **state)
{
    static const char *const wrong[] = {"",
                                        "-",
                                        "1",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "1.2.3.256",
                                        "1.2.3.",
                                        ".1.2.3",
                                        "1..2.3",
                                        "0001.2.3.4",
                                        "1.2.3.4 ",
                                        "1.2.3.a",
                                        ":",
                                        ":::",
                                        "::1::",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "12345::",
                                        "g::",
                                        "1:",
                                        ":1",
                                        "::1:",
                                        "::1.2.3",
                                        "::1.2.3.4:5",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "fe80::1%",
                                        "fe80::1%x",
                                        "%1",
                                        "fe80::1%4294967296",
                                        "1.2.3.4%5",
                                        "::%",
                                        "1::2::3",
                                        "::ffff:1.2.3.999"};
    uint8_t addr[16], family;
    uint32_t scope;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (ip(wrong[i], addr, &family, &scope))
            fail_msg("%s is an address", wrong[i]);
}

static void addresses_in_other_spellings(void **state)
{
    static const struct {
        const char *text, *plain;
        uint32_t scope;
    } cases[] = {
        {"2001:DB8::0:1", "2001:db8::1", 0},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1", 0},
        {"::", "::", 0},
        {"0:0:0:0:0:0:0:0", "::", 0},
        {"1::", "1::", 0},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", 0},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", 0},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", 0},
        {"::FFFF:C000:201", "::ffff:192.0.2.1", 0},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201", 0},
        {"fe80::1%12", "fe80::1", 12},
        {"fe80::1%4294967295", "fe80::1", UINT32_MAX},
        {"010.001.000.09", "10.1.0.9", 0},
    };
    uint8_t addr[16], family;
    uint32_t scope;
    char text[TEXT_IP_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(ip(cases[i].text, addr, &family, &scope));
        text[text_ip(text, addr, family)] = 0;
        assert_string_equal(text, cases[i].plain);
        assert_int_equal(scope, cases[i].scope);
    }
}

static void addresses_there_and_back(void **state)
{
    uint8_t addr[16], back[16], family;
    uint32_t scope;
    char text[TEXT_IP_MAX];
    uint64_t seed = 2;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint8_t want = sample_below(&seed, 2) == 0 ? 4 : 6;
        for (size_t g = 0; g < 16; g++)
            addr[g] = sample_below(&seed, 3) == 0 ? (uint8_t)sample_next(&seed) : 0;
        size_t n = text_ip(text, addr, want);
        assert_true(text_parse_ip(text, n, back, &family, &scope));
        assert_int_equal(family, want);
        assert_int_equal(scope, 0);
        assert_memory_equal(addr, back, want == 4 ? 4 : 16);
    }
}

/* What is no address changes nothing: the caller may hold another one there. */
static void failing_leaves_the_address(void **state)
{
    static const char *const wrong[] = {"9.9.9.x", "9:9:9:x", "9.9.9", "9::9%x", "9:x%5"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t addr[16] = {1, 2, 3, 4}, before[16] = {1, 2, 3, 4}, family = 4;
        uint32_t scope = 77;
        assert_false(ip(wrong[i], addr, &family, &scope));
        assert_memory_equal(addr, before, 16);
        assert_int_equal(family, 4);
        assert_int_equal(scope, 77);
    }
}

/* ---- GUIDs and SIDs ------------------------------------------------------------------------- */

static void guids(void **state)
{
    static const char *const wrong[] = {"",
                                        "{}",
                                        "54849625-5478-4994-a5ba-3e3b0328c30",
                                        "{54849625-5478-4994-a5ba-3e3b0328c30d",
                                        "54849625-5478-4994-a5ba-3e3b0328c30d}",
                                        "(54849625-5478-4994-a5ba-3e3b0328c30d)",
                                        "54849625+5478-4994-a5ba-3e3b0328c30d",
                                        "5484962g-5478-4994-a5ba-3e3b0328c30d",
                                        "5484962554784994a5ba3e3b0328c30d0000"};
    uint8_t guid[16], back[16];
    char text[TEXT_GUID_MAX];
    uint64_t seed = 3;
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *copy = exact(wrong[i], &n);
        assert_false(text_parse_guid(copy, n, guid));
        free(copy);
    }
    for (int i = 0; i < 5000; i++) {
        for (size_t b = 0; b < 16; b++)
            guid[b] = (uint8_t)sample_next(&seed);
        assert_int_equal(text_guid(text, guid, i % 2 == 0), TEXT_GUID_MAX);
        assert_true(text_parse_guid(text, TEXT_GUID_MAX, back));
        assert_memory_equal(guid, back, 16);
        assert_true(text_parse_guid(text + 1, TEXT_GUID_MAX - 2, back));
        assert_memory_equal(guid, back, 16);
    }
}

static bool sid(const char *s, uint8_t out[SID_BYTES_MAX], size_t *size)
{
    size_t n;
    char *copy = exact(s, &n);
    bool ok = text_parse_sid(copy, n, out, size);
    free(copy);
    return ok;
}

static void sids(void **state)
{
    static const char *const wrong[] = {"",
                                        "S",
                                        "S-",
                                        "S-1",
                                        "S-1-",
                                        "S-1-5-",
                                        "S-1-5--1",
                                        "X-1-5",
                                        "S-256-5",
                                        "S-1-x",
                                        "S-1-281474976710656",
                                        "S-1-5-4294967296",
                                        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"};
    uint8_t got[SID_BYTES_MAX], want[SID_BYTES_MAX];
    char text[TEXT_SID_MAX];
    uint64_t seed = 4;
    size_t size;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(sid(wrong[i], got, &size));
    assert_true(sid("s-1-0x100000000-7", got, &size) && size == 12 && got[3] == 1 && got[8] == 7);
    for (int i = 0; i < 5000; i++) {
        size_t count = sample_below(&seed, 16), n = 8 + 4 * count;
        for (size_t b = 0; b < n; b++)
            want[b] = sample_below(&seed, 2) == 0 ? (uint8_t)sample_next(&seed) : 0;
        want[1] = (uint8_t)count;
        assert_true(text_parse_sid(text, text_sid(text, want, n), got, &size));
        assert_int_equal(size, n);
        assert_memory_equal(got, want, n);
    }
}

/* ---- time ----------------------------------------------------------------------------------- */

static bool time_of(const char *s, uint64_t *v)
{
    size_t n;
    char *copy = exact(s, &n);
    bool ok = text_parse_time(copy, n, v);
    free(copy);
    return ok;
}

static void times(void **state)
{
    static const char *const wrong[] = {"",
                                        "2024-02-29",
                                        "2023-02-29T00:00:00Z",
                                        "1900-02-29T00:00:00Z",
                                        "2024-13-01T00:00:00Z",
                                        "2024-00-01T00:00:00Z",
                                        "2024-01-00T00:00:00Z",
                                        "2024-01-32T00:00:00Z",
                                        "2024-04-31T00:00:00Z",
                                        "2024-01-01T24:00:00Z",
                                        "2024-01-01T00:60:00Z",
                                        "2024-01-01T00:00:61Z",
                                        "1600-12-31T23:59:59Z",
                                        "2024-01-01 00:00:00Z",
                                        "2024-01-01T00:00:00.Z",
                                        "2024-01-01T00:00:00.1234567890Z",
                                        "2024-01-01T00:00:00ZZ",
                                        "2024-01-01T00:00:00+00:00",
                                        "2024-01-01T00:00:0",
                                        "-024-01-01T00:00:00Z",
                                        "2024-01-01T00:00:00,5Z"};
    static const struct {
        const char *text;
        uint64_t want;
    } right[] = {
        {"1601-01-01T00:00:00Z", 0},
        {"1601-01-01T00:00:00", 0},
        {"1601-01-01T00:00:00.5Z", 5000000},
        {"1601-01-01T00:00:00.0000001Z", 1},
        {"1601-01-01T00:00:00.000000199Z", 1},
        {"1970-01-01T00:00:00Z", 116444736000000000u},
        {"2000-02-29T00:00:00Z", 125962560000000000u},
        {"9999-12-31T23:59:59.9999999Z", 2650467743999999999u},
    };
    uint64_t v;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (time_of(wrong[i], &v))
            fail_msg("%s is a time", wrong[i]);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(time_of(right[i].text, &v) && v == right[i].want);
}

static void systemtimes(void **state)
{
    uint8_t st[16] = {0xE8, 7, 12, 0, 0, 0, 31, 0, 23, 0, 59, 0, 59, 0, 0xE7, 3};
    uint64_t v;
    (void)state;
    assert_true(text_systemtime(st, &v));
    assert_true(v % 10000000 == 9990000);
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{2, 0}, {2, 13}, {6, 0}, {6, 32}, {8, 24}, {10, 60}, {12, 61}, {14, 0xE8}, {1, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t copy[16];
        memcpy(copy, st, 16);
        copy[wrong[i].at] = wrong[i].value;
        assert_false(text_systemtime(copy, &v));
    }
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void same(void **state)
{
    (void)state;
    assert_true(text_same("", 0, ""));
    assert_true(text_same("ProcessID", 9, "processid"));
    assert_true(text_same("PROCESSIDx", 9, "ProcessId"));
    assert_false(text_same("ProcessID", 8, "ProcessID"));
    assert_false(text_same("ProcessID", 9, "ProcessI"));
    assert_false(text_same("", 0, "x"));
    assert_false(text_same("[", 1, "{"));
    assert_false(text_same("@", 1, "`"));
    assert_false(text_same("\xC4", 1, "\xE4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(addresses_that_are_none),
        cmocka_unit_test(addresses_in_other_spellings),
        cmocka_unit_test(addresses_there_and_back),
        cmocka_unit_test(failing_leaves_the_address),
        cmocka_unit_test(guids),
        cmocka_unit_test(sids),
        cmocka_unit_test(times),
        cmocka_unit_test(systemtimes),
        cmocka_unit_test(same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
