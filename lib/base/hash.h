/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Mixing numbers into a hash, for tables that forget. */
#ifndef WFPW_HASH_H
#define WFPW_HASH_H

#include <stdint.h>

static inline uint64_t hash_mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

#endif
