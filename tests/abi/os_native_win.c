/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Compiling it is the test: the atomics of the Windows build with the compilers and processors that
 * no test runs on. */
#include "os/win/os_native.h"

uint64_t use(os_u32 *a, os_u64 *b);
uint64_t use(os_u32 *a, os_u64 *b)
{
    uint64_t expected = os_u64_load(b) + os_u64_load_relaxed(b);
    os_u32_store(a, os_u32_load_relaxed(a));
    os_u64_store(b, os_u32_load_ordered(a) + os_u32_exchange(a, 1) + os_u32_add(a, os_u32_load(a)));
    os_u64_bump(b, os_u64_cas(b, &expected, 3));
    return os_u64_exchange(b, 1) + os_u64_add(b, 2);
}
