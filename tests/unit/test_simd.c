/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Loops that take many at a time, beside ones that take each by itself. */
#include "base/simd.h"
#include "cmocka_all.h"
#include "random.h"

enum { WORDS = 70 };

/* Where values are that follow one another, and their descriptors. */
static void test_places(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        uint8_t words[4 * WORDS];
        uint32_t out[2 * WORDS + 1], n = random_below(&seed, WORDS + 1);
        uint32_t at = random_below(&seed, 65536), all = 0;
        for (uint32_t i = 0; i < 4 * n; i++)
            words[i] = (uint8_t)random_below(&seed, turn % 2 == 0 ? 256 : 3);
        out[2 * n] = 0x5EED; /* nothing is written behind them */
        uint32_t seen = simd_places(out, words, n, at);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t word = text_le32(words + 4 * i);
            assert_int_equal(out[2 * i], at);
            assert_int_equal(out[2 * i + 1], word);
            at += word & 0xFFFF;
            all |= word;
        }
        assert_int_equal(seen >> 16, all >> 16);
        assert_int_equal(out[2 * n], 0x5EED);
        assert_int_equal(simd_sum_low16(words, n), n > 0 ? at - out[0] : 0);
    }
}

/* Eight to sixteen units, of which some are not ASCII. */
static void test_units(void **state)
{
    uint64_t seed = 6;
    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        uint8_t units[32];
        char out[16];
        size_t n = 8 + random_below(&seed, 9);
        for (size_t i = 0; i < 2 * n; i++)
            units[i] = (uint8_t)(i % 2 == 0      ? '.' + random_below(&seed, 12)
                                 : turn % 3 == 0 ? random_below(&seed, 256)
                                                 : 0);
        simd_bytes_of_units(out, units, n);
        unsigned dots = simd_equal16(out, '.'), digits = simd_digits16(out);
        for (size_t i = 0; i < 16; i++) {
            uint32_t unit = i < n ? text_le16(units + 2 * i) : 0;
            assert_int_equal(dots >> i & 1, unit == '.');
            assert_int_equal(digits >> i & 1, unit >= '0' && unit <= '9');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
