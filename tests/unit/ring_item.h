/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A ring, and what the tests push in place of a record: the ring does not look into it. */
#ifndef WFPW_TEST_RING_ITEM_H
#define WFPW_TEST_RING_ITEM_H

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "queue/ring.h"

enum { GRANULES = RING_MIN / RING_GRANULE, ITEM_MAX = RING_MIN / 2 - RING_GRANULE };

struct item {
    uint32_t bytes, producer;
    uint64_t number;
    uint8_t fill[8];
};

static inline uint8_t filling(const struct item *it, uint32_t i)
{
    return (uint8_t)(it->number * 31 + it->producer * 7 + i);
}

static inline void write_item(void *room, uint32_t bytes, uint32_t producer, uint64_t number)
{
    struct item it = {.bytes = bytes, .producer = producer, .number = number};
    uint8_t *p = room;
    for (uint32_t i = sizeof it; i < bytes; i++)
        p[i] = filling(&it, i);
    memcpy(room, &it, sizeof it);
}

static inline void assert_item_whole(const struct item *it)
{
    const uint8_t *p = (const uint8_t *)it;
    for (uint32_t i = sizeof *it; i < it->bytes; i++)
        if (p[i] != filling(it, i))
            fail_msg("byte %u of item %llu is wrong", i, (unsigned long long)it->number);
}

static inline bool push(struct ring *r, uint32_t bytes, uint32_t producer, uint64_t number)
{
    struct ring_slot slot;
    if (!ring_reserve(r, bytes, &slot))
        return false;
    write_item(slot.room, bytes, producer, number);
    ring_commit(r, &slot);
    return true;
}

static inline const struct item *peek(struct ring *r, uint64_t *lost)
{
    return (const struct item *)(const void *)ring_peek(r, lost);
}

static inline void pop(struct ring *r)
{
    ring_pop(r);
    ring_release(r);
}

struct fixture {
    struct ring ring;
    void *memory;
};

/* Of the exact size, so that a write past the end is found out. */
static inline void *new_aligned(size_t bytes)
{
#ifdef _WIN32
    return _aligned_malloc(bytes, RING_GRANULE);
#else
    return aligned_alloc(RING_GRANULE, bytes);
#endif
}

static inline void free_aligned(void *p)
{
#ifdef _WIN32
    _aligned_free(p);
#else
    free(p);
#endif
}

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->memory = new_aligned(ring_memory(RING_MIN));
    assert_non_null(f->memory);
    memset(f->memory, 0, ring_memory(RING_MIN));
    ring_init(&f->ring, f->memory, RING_MIN);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    free_aligned(f->memory);
    free(f);
    return 0;
}

static inline struct ring *ring_of(void **state)
{
    return &((struct fixture *)*state)->ring;
}

#endif
