/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The most frequent texts of a flood, in bounded memory (space-saving counters). While no more than
 * TOPK_COUNTERS different texts came, every count is exact. Then the rarest makes room for a new
 * one, which takes over its count: a count may be too high, by at most what `error` says, never too
 * low, and every text that came more often than total / TOPK_COUNTERS times is there.
 */
#ifndef TOPK_H
#define TOPK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOPK_COUNTERS = 1024, TOPK_TEXT = 512, TOPK_BUCKETS = 2048 };

struct topk_entry {
    uint64_t count, error;
    uint32_t hash;
    uint16_t place, next; /* in the heap; in its bucket, plus 1; 0 ends it */
    uint16_t length;
    char text[TOPK_TEXT]; /* no NUL; what is longer is cut */
};

struct topk {
    struct topk_entry *entries;
    uint16_t heap[TOPK_COUNTERS]; /* of entries, the rarest first */
    uint16_t buckets[TOPK_BUCKETS];
    uint32_t used;
    uint64_t total, replaced; /* how often a text had to make room */
};

/* false: no memory. */
bool topk_start(struct topk *k);
void topk_free(struct topk *k);
void topk_add(struct topk *k, const char *text, size_t n);
/* The n most frequent, or as many as there are; equals by their text. Spoils the heap: nothing is
 * added afterwards. Returns how many. */
size_t topk_sort(struct topk *k, size_t n);
/* The i-th of them. */
const struct topk_entry *topk_get(const struct topk *k, size_t i);

#endif
