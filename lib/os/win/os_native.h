/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Without windows.h, whose macros would be everybody's. MSVC has no C11 atomics by default, so
 * these are the compilers' interlocked functions, each of which is a full barrier; between them
 * stand plain volatile accesses, which x86 keeps in order and ARM64 is made to. */
#ifndef WFPW_OS_NATIVE_H
#define WFPW_OS_NATIVE_H

#include <intrin.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    volatile long v;
} os_u32;
typedef struct {
    volatile long long v;
} os_u64;
typedef struct {
    void *lock; /* an SRWLOCK */
} os_mutex;
typedef struct {
    void *handle;
    void *module;       /* the one this code is in: held as long as the thread runs */
    volatile long self; /* its id, as it says itself; 0: it has not begun */
    void (*run)(void *ctx);
    void *ctx;
} os_thread;
typedef struct {
    void *event;
} os_signal;
typedef struct {
    void *event;
} os_event;
typedef struct {
    void *handle;
    uint64_t start; /* where it was when it was opened */
} os_file;

/* What is before it in the program is before it in memory; enough for loads that acquire and stores
 * that release. */
static inline void os_order(void)
{
#if defined(_M_ARM64) && defined(_MSC_VER)
    __dmb(_ARM64_BARRIER_ISH);
#elif defined(__aarch64__)
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* a dmb ish */
#else
    _ReadWriteBarrier();
#endif
}

static inline uint32_t os_u32_load_relaxed(const os_u32 *a)
{
    return (uint32_t)a->v;
}

static inline uint32_t os_u32_load(const os_u32 *a)
{
    uint32_t v = (uint32_t)a->v;
    os_order();
    return v;
}

/* Every store that one has to be ordered with is an exchange. */
static inline uint32_t os_u32_load_ordered(const os_u32 *a)
{
    os_order();
    return os_u32_load(a);
}

static inline void os_u32_store(os_u32 *a, uint32_t v)
{
    os_order();
    a->v = (long)v;
}

static inline uint32_t os_u32_exchange(os_u32 *a, uint32_t v)
{
    return (uint32_t)_InterlockedExchange(&a->v, (long)v);
}

static inline uint32_t os_u32_add(os_u32 *a, uint32_t v)
{
    return (uint32_t)_InterlockedExchangeAdd(&a->v, (long)v);
}

static inline bool os_u64_cas(os_u64 *a, uint64_t *expected, uint64_t v)
{
    uint64_t was =
        (uint64_t)_InterlockedCompareExchange64(&a->v, (long long)v, (long long)*expected);
    bool done = was == *expected;
    *expected = was;
    return done;
}

#if defined(_WIN64)

static inline uint64_t os_u64_load_relaxed(const os_u64 *a)
{
    return (uint64_t)a->v;
}

static inline uint64_t os_u64_load(const os_u64 *a)
{
    uint64_t v = (uint64_t)a->v;
    os_order();
    return v;
}

static inline void os_u64_store(os_u64 *a, uint64_t v)
{
    os_order();
    a->v = (long long)v;
}

static inline uint64_t os_u64_exchange(os_u64 *a, uint64_t v)
{
    return (uint64_t)_InterlockedExchange64(&a->v, (long long)v);
}

static inline uint64_t os_u64_add(os_u64 *a, uint64_t v)
{
    return (uint64_t)_InterlockedExchangeAdd64(&a->v, (long long)v);
}

#else /* 64 bits at once take a compare-and-exchange, to read as well */

static inline uint64_t os_u64_load(const os_u64 *a)
{
    volatile long long *v = (volatile long long *)(uintptr_t)&a->v;
    return (uint64_t)_InterlockedCompareExchange64(v, 0, 0);
}

static inline uint64_t os_u64_load_relaxed(const os_u64 *a)
{
    return os_u64_load(a);
}

static inline uint64_t os_u64_exchange(os_u64 *a, uint64_t v)
{
    uint64_t was = os_u64_load(a);
    while (!os_u64_cas(a, &was, v))
        ;
    return was;
}

static inline void os_u64_store(os_u64 *a, uint64_t v)
{
    (void)os_u64_exchange(a, v);
}

static inline uint64_t os_u64_add(os_u64 *a, uint64_t v)
{
    uint64_t was = os_u64_load(a);
    while (!os_u64_cas(a, &was, was + v))
        ;
    return was;
}

#endif

static inline void os_u64_bump(os_u64 *a, uint64_t by)
{
    os_u64_store(a, os_u64_load_relaxed(a) + by);
}

#endif
