/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writing a struct and the texts that it points to into one block of the caller's. */
#ifndef WFPW_BLOCK_H
#define WFPW_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A block that counts what it has no room for. */
struct block {
    uint8_t *base;
    size_t cap, used;
};

/* Room aligned to 8, or NULL. */
static inline void *block_room(struct block *b, size_t n)
{
    size_t start = (b->used + 7) & ~(size_t)7;
    b->used = start + n;
    return b->used <= b->cap ? b->base + start : NULL;
}

static inline void block_piece(void *ctx, const char *s, size_t n)
{
    struct block *b = ctx;
    if (b->used <= b->cap && n <= b->cap - b->used)
        memcpy(b->base + b->used, s, n);
    b->used += n;
}

static inline const char *block_end(struct block *b, size_t start)
{
    block_piece(b, "", 1);
    return b->used <= b->cap ? (const char *)b->base + start : NULL;
}

static inline const char *block_text(struct block *b, const char *s)
{
    size_t start = b->used;
    if (s == NULL)
        return NULL;
    block_piece(b, s, strlen(s));
    return block_end(b, start);
}

#endif
