/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Two numbers as one hash, by the product of two and in steps: each processor has one of the two.
 */
#include "random.h"

#include "cmocka_all.h"

#include <stdlib.h>

#include "base/hash.h"

enum { SIDE = 256 };

typedef uint64_t pair_hash(uint64_t a, uint64_t b);

static pair_hash *const ways[] = {hash_pair, hash_pair_in_steps};

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Numbers that differ in a few bits, as addresses and ids do; among them those of one sum, of one
 * difference, and each pair the other way round. */
static void test_all_pairs_differ(void **state)
{
    uint64_t *hashes = malloc(SIDE * SIDE * sizeof *hashes), seed = 3;
    (void)state;
    assert_non_null(hashes);
    for (int round = 0; round < 8; round++)
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            uint64_t a = random_u64(&seed), b = random_u64(&seed);
            for (uint64_t i = 0; i < SIDE * SIDE; i++)
                hashes[i] = ways[way](a ^ i / SIDE << 4 * round, b ^ i % SIDE << 4 * round);
            qsort(hashes, SIDE * SIDE, sizeof *hashes, by_value);
            for (size_t i = 1; i < SIDE * SIDE; i++)
                assert_true(hashes[i - 1] != hashes[i]);
        }
    free(hashes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
