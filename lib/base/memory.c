/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, SMALL_ALIGNMENT = 8 };

static void *WFPW_CALL standard_alloc(void *ctx, size_t bytes)
{
    (void)ctx;
    return malloc(bytes);
}

static void WFPW_CALL standard_free(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

wfpw_allocator memory_of(const wfpw_allocator *a)
{
    static const wfpw_allocator standard = {standard_alloc, standard_free, NULL};
    return a != NULL ? *a : standard;
}

/* What to give back stands in front of the memory. */
static void *align_block(uint8_t *raw, size_t alignment)
{
    if (raw == NULL)
        return NULL;
    uint8_t *p = raw + sizeof raw;
    p += (alignment - (uintptr_t)p % alignment) % alignment;
    memcpy(p - sizeof raw, &raw, sizeof raw);
    return p;
}

static void *take_aligned(const wfpw_allocator *a, size_t bytes, size_t alignment)
{
    if (bytes > SIZE_MAX - 2 * ALIGNMENT)
        return NULL;
    return align_block(a->alloc(a->ctx, bytes + alignment + sizeof(uint8_t *)), alignment);
}

/* Of malloc's family, calloc: large memory comes zeroed from the system, and what is never used of
 * it is never touched. */
void *memory_new(const wfpw_allocator *a, size_t bytes)
{
    if (a->alloc == standard_alloc && bytes <= SIZE_MAX - 2 * ALIGNMENT)
        return align_block(calloc(1, bytes + ALIGNMENT + sizeof(uint8_t *)), ALIGNMENT);
    void *p = take_aligned(a, bytes, ALIGNMENT);
    if (p != NULL)
        memset(p, 0, bytes);
    return p;
}

void *memory_take(const wfpw_allocator *a, size_t bytes)
{
    return take_aligned(a, bytes, SMALL_ALIGNMENT);
}

void memory_give(const wfpw_allocator *a, void *p)
{
    memory_free(a, p);
}

void memory_free(const wfpw_allocator *a, void *p)
{
    uint8_t *raw;
    if (p == NULL)
        return;
    memcpy(&raw, (uint8_t *)p - sizeof raw, sizeof raw);
    a->free(a->ctx, raw);
}
