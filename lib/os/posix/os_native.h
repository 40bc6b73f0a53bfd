/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_OS_NATIVE_H
#define WFPW_OS_NATIVE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    _Atomic uint32_t v;
} os_u32;
typedef struct {
    _Atomic uint64_t v;
} os_u64;
typedef struct {
    pthread_mutex_t m;
} os_mutex;
typedef struct {
    pthread_t t;
    _Atomic uintptr_t self; /* t, as the thread itself says; 0: it has not begun */
    void (*run)(void *ctx);
    void *ctx;
} os_thread;
typedef struct {
    int fd;
} os_signal;
typedef struct {
    int fd;
} os_event;
typedef struct {
    int fd;
    uint64_t start; /* where it was when it was opened */
} os_file;

static inline uint32_t os_u32_load(const os_u32 *a)
{
    return atomic_load_explicit(&a->v, memory_order_acquire);
}

static inline uint32_t os_u32_load_relaxed(const os_u32 *a)
{
    return atomic_load_explicit(&a->v, memory_order_relaxed);
}

static inline uint32_t os_u32_load_ordered(const os_u32 *a)
{
    return atomic_load(&a->v);
}

static inline void os_u32_store(os_u32 *a, uint32_t v)
{
    atomic_store_explicit(&a->v, v, memory_order_release);
}

static inline uint32_t os_u32_exchange(os_u32 *a, uint32_t v)
{
    return atomic_exchange(&a->v, v);
}

static inline uint32_t os_u32_add(os_u32 *a, uint32_t v)
{
    return atomic_fetch_add(&a->v, v);
}

static inline uint64_t os_u64_load(const os_u64 *a)
{
    return atomic_load_explicit(&a->v, memory_order_acquire);
}

static inline uint64_t os_u64_load_relaxed(const os_u64 *a)
{
    return atomic_load_explicit(&a->v, memory_order_relaxed);
}

static inline void os_u64_store(os_u64 *a, uint64_t v)
{
    atomic_store_explicit(&a->v, v, memory_order_release);
}

static inline uint64_t os_u64_exchange(os_u64 *a, uint64_t v)
{
    return atomic_exchange(&a->v, v);
}

static inline uint64_t os_u64_add(os_u64 *a, uint64_t v)
{
    return atomic_fetch_add(&a->v, v);
}

static inline bool os_u64_cas(os_u64 *a, uint64_t *expected, uint64_t v)
{
    return atomic_compare_exchange_weak(&a->v, expected, v);
}

static inline void os_u64_bump(os_u64 *a, uint64_t by)
{
    os_u64_store(a, os_u64_load_relaxed(a) + by);
}

#endif
