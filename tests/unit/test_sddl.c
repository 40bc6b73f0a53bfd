/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Security descriptors as SDDL; what cannot be written as such; bytes that are none. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "decode/fwpm/sddl.h"
#include "fwp_raw.h"
#include "random.h"

enum { CONTROL = 0x8004, ROOM = 4096 };

static void expect(const char *want, uint16_t control, const char *owner, const char *group,
                   const struct raw_entry *entries, size_t count)
{
    uint8_t bytes[1024];
    char out[ROOM + 1];
    size_t n = raw_descriptor(bytes, control, owner, group, entries, count);
    uint8_t *exact = malloc(n);
    assert_non_null(exact);
    memcpy(exact, bytes, n);
    out[sddl_write(out, ROOM, exact, n)] = 0;
    assert_string_equal(out, want);
    free(exact);
}

#define EXPECT(want, control, owner, group, ...)                                                   \
    do {                                                                                           \
        const struct raw_entry entries[] = {__VA_ARGS__};                                          \
        expect(want, control, owner, group, entries, sizeof entries / sizeof *entries);            \
    } while (0)

/* As they stand in dumps of real hosts. */
static void test_of_dumps(void **state)
{
    (void)state;
    EXPECT("O:SYG:SYD:(A;;CCRC;;;S-1-5-80-2009329905-444645132-2728249442-922493431-93864177)",
           CONTROL, "S-1-5-18", "S-1-5-18",
           {0, 0, 0x20001, "S-1-5-80-2009329905-444645132-2728249442-922493431-93864177"});
    EXPECT("O:LSD:(A;;CC;;;AC)(A;;CC;;;S-1-15-3-1)(A;;CC;;;WD)(A;;CC;;;AN)", CONTROL, "S-1-5-19",
           NULL, {0, 0, 1, "S-1-15-2-1"}, {0, 0, 1, "S-1-15-3-1"}, {0, 0, 1, "S-1-1-0"},
           {0, 0, 1, "S-1-5-7"});
    EXPECT("D:(A;NP;CC;;;S-1-5-80-1)", CONTROL, NULL, NULL, {0, 4, 1, "S-1-5-80-1"});
}

static void test_forms(void **state)
{
    (void)state;
    EXPECT("D:PAI(D;OICIIOID;GA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)", CONTROL | 0x1400, NULL, NULL,
           {1, 0x1B, 0x10000000, "S-1-5-32-544"}, {0, 0, 0x1F01FF, "S-1-5-21-1-2-3-1001"});
    EXPECT("D:(A;;SDGXGWGR;;;AU)(A;;0x100001;;;BU)", CONTROL, NULL, NULL,
           {0, 0, 0xE0010000, "S-1-5-11"}, {0, 0, 0x100001, "S-1-5-32-545"});
    expect("D:NO_ACCESS_CONTROL", CONTROL, NULL, NULL, NULL, 0);
    expect("O:SY", 0x8000, "S-1-5-18", NULL, NULL, 0);
}

static void test_what_is_not_written(void **state)
{
    (void)state;
    EXPECT("", CONTROL, NULL, NULL, {9, 0, 1, "S-1-1-0"});    /* a callback, as conditions need */
    EXPECT("", CONTROL, NULL, NULL, {5, 0, 1, "S-1-1-0"});    /* for an object */
    EXPECT("", CONTROL, NULL, NULL, {0, 0x40, 1, "S-1-1-0"}); /* an audit flag */
    EXPECT("", CONTROL | 0x10, NULL, NULL, {0, 0, 1, "S-1-1-0"}); /* a SACL */
    EXPECT("", 0x0004, NULL, NULL, {0, 0, 1, "S-1-1-0"});         /* pointers instead of offsets */
}

/* Cut anywhere, or with a wrong byte anywhere: nothing, or text within the room. */
static void test_damage(void **state)
{
    static const struct raw_entry entries[] = {{0, 0, 0x20001, "S-1-5-80-1-2-3"},
                                               {1, 3, 7, "S-1-5-32-544"}};
    uint8_t bytes[1024];
    char out[ROOM];
    uint64_t seed = 1;
    size_t size = raw_descriptor(bytes, CONTROL, "S-1-5-18", "S-1-5-32-545", entries, 2);
    (void)state;
    assert_true(sddl_write(out, ROOM, bytes, size) > 0);
    for (size_t n = 0; n < size; n++) {
        uint8_t *exact = malloc(n > 0 ? n : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, n);
        assert_int_equal(sddl_write(out, ROOM, exact, n), 0);
        free(exact);
    }
    for (int i = 0; i < 20000; i++) {
        uint8_t *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        for (uint32_t k = random_below(&seed, 3) + 1; k > 0; k--)
            exact[random_below(&seed, (uint32_t)size)] = (uint8_t)random_u64(&seed);
        assert_true(sddl_write(out, ROOM, exact, size) <= ROOM);
        free(exact);
    }
}

static void test_room(void **state)
{
    static const struct raw_entry entry = {0, 0, 0x20001, "S-1-5-80-1-2-3"};
    uint8_t bytes[1024];
    size_t size = raw_descriptor(bytes, CONTROL, "S-1-5-18", "S-1-5-18", &entry, 1);
    (void)state;
    for (size_t cap = 0; cap < 300; cap++) {
        char *out = malloc(cap + 1);
        assert_non_null(out);
        assert_true(sddl_write(out, cap, bytes, size) <= cap);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_dumps),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_not_written),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
