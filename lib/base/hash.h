/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Mixing numbers into a hash, for tables that forget. */
#ifndef WFPW_HASH_H
#define WFPW_HASH_H

#include <stdint.h>
#if defined(_MSC_VER) && !defined(__clang__) && defined(_M_X64)
#include <intrin.h>
#endif

static inline uint64_t hash_mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

/* Of numbers that may differ in a few bits only. */
static inline unsigned hash_number(uint64_t n, uint64_t seed)
{
    n = (n ^ seed) * 0x9E3779B97F4A7C15u;
    n = (n ^ n >> 32) * 0xBF58476D1CE4E5B9u;
    return (unsigned)(n >> 32);
}

/* One after the other, for processors and compilers without the product of the next one. */
static inline uint64_t hash_pair_in_steps(uint64_t a, uint64_t b)
{
    return hash_mix(hash_mix(0, a), b);
}

/* Two numbers at once, each mixed before with a secret of its own: whoever does not know these
 * cannot choose pairs that become the same. Their order does not matter otherwise. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 product;
    product p = (product)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
#elif defined(_MSC_VER) && defined(_M_X64)
    uint64_t high, low = _umul128(a, b, &high);
    return low ^ high;
#else
    return hash_pair_in_steps(a, b);
#endif
}

#endif
