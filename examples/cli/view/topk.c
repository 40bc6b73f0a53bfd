/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/topk.h"

#include <stdlib.h>
#include <string.h>

bool topk_start(struct topk *k)
{
    memset(k, 0, sizeof *k);
    k->entries = calloc(TOPK_COUNTERS, sizeof *k->entries);
    return k->entries != NULL;
}

void topk_free(struct topk *k)
{
    free(k->entries);
    k->entries = NULL;
}

/* ---- the heap ------------------------------------------------------------------------------- */

static uint64_t count_at(const struct topk *k, uint32_t place)
{
    return k->entries[k->heap[place]].count;
}

static void swap_entries(struct topk *k, uint32_t a, uint32_t b)
{
    uint16_t entry = k->heap[a];
    k->heap[a] = k->heap[b];
    k->heap[b] = entry;
    k->entries[k->heap[a]].place = (uint16_t)a;
    k->entries[k->heap[b]].place = (uint16_t)b;
}

/* Of an entry whose count grew. */
static void sink_in_heap(struct topk *k, uint32_t place)
{
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child + 1 < k->used && count_at(k, child + 1) < count_at(k, child))
            child++;
        if (child >= k->used || count_at(k, child) >= count_at(k, place))
            return;
        swap_entries(k, place, child);
        place = child;
    }
}

/* Of an entry that is new at the end. */
static void rise_in_heap(struct topk *k, uint32_t place)
{
    while (place > 0 && count_at(k, place) < count_at(k, (place - 1) / 2)) {
        swap_entries(k, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

/* ---- finding -------------------------------------------------------------------------------- */

static uint32_t hash_of(const char *text, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)text[i]) * 16777619u;
    return h ^ h >> 15;
}

static struct topk_entry *find_entry(struct topk *k, uint32_t hash, const char *text, size_t n)
{
    for (uint16_t i = k->buckets[hash % TOPK_BUCKETS]; i != 0; i = k->entries[i - 1].next) {
        struct topk_entry *e = &k->entries[i - 1];
        if (e->hash == hash && e->length == n && memcmp(e->text, text, n) == 0)
            return e;
    }
    return NULL;
}

static void unlink_entry(struct topk *k, const struct topk_entry *e)
{
    uint16_t *at = &k->buckets[e->hash % TOPK_BUCKETS];
    while (&k->entries[*at - 1] != e)
        at = &k->entries[*at - 1].next;
    *at = e->next;
}

static void put_text(struct topk *k, struct topk_entry *e, uint32_t hash, const char *text,
                     size_t n)
{
    uint16_t *bucket = &k->buckets[hash % TOPK_BUCKETS];
    e->hash = hash;
    e->length = (uint16_t)n;
    memcpy(e->text, text, n);
    e->next = *bucket;
    *bucket = (uint16_t)(e - k->entries + 1);
}

/* ---- counting ------------------------------------------------------------------------------- */

static struct topk_entry *make_room(struct topk *k)
{
    if (k->used < TOPK_COUNTERS) {
        struct topk_entry *e = &k->entries[k->used];
        e->place = (uint16_t)k->used;
        k->heap[k->used] = (uint16_t)k->used;
        k->used++;
        return e;
    }
    struct topk_entry *rarest = &k->entries[k->heap[0]];
    unlink_entry(k, rarest);
    rarest->error = rarest->count;
    k->replaced++;
    return rarest;
}

void topk_add(struct topk *k, const char *text, size_t n)
{
    if (n > TOPK_TEXT)
        for (n = TOPK_TEXT; n > 0 && ((uint8_t)text[n] & 0xC0) == 0x80;)
            n--; /* characters stay whole */
    uint32_t hash = hash_of(text, n);
    struct topk_entry *e = find_entry(k, hash, text, n);
    k->total++;
    if (e == NULL) {
        e = make_room(k);
        put_text(k, e, hash, text, n);
    }
    e->count++;
    rise_in_heap(k, e->place);
    sink_in_heap(k, e->place);
}

/* ---- the most frequent ---------------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
    const struct topk_entry *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    int order = memcmp(x->text, y->text, n);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

size_t topk_sort(struct topk *k, size_t n)
{
    qsort(k->entries, k->used, sizeof *k->entries, by_count);
    return n < k->used ? n : k->used;
}

const struct topk_entry *topk_get(const struct topk *k, size_t i)
{
    return &k->entries[i];
}
