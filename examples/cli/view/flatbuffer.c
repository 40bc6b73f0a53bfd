/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/flatbuffer.h"

#include <string.h>

/* ---- bytes ---------------------------------------------------------------------------------- */

/* Little endian, where there is room. */
static void store_number(struct buffer *b, size_t at, uint64_t value, size_t size)
{
    if (b->failed || at + size > b->n)
        return;
    for (size_t i = 0; i < size; i++)
        b->p[at + i] = (char)(value >> 8 * i);
}

/* n zero bytes, so that the end lies `ahead` bytes before a multiple of `unit`. */
static size_t put_aligned(struct buffer *b, size_t unit, size_t ahead, size_t n)
{
    static const char zeros[8] = {0};
    while ((b->n + ahead) % unit != 0 && !b->failed)
        buffer_put(b, zeros, 1);
    size_t at = b->n;
    for (size_t left = n; left > 0 && !b->failed;) {
        size_t piece = left < sizeof zeros ? left : sizeof zeros;
        buffer_put(b, zeros, piece);
        left -= piece;
    }
    return at;
}

/* What points to something says how far behind itself that is. */
static void store_distance(struct buffer *b, size_t from, size_t to)
{
    store_number(b, from, to - from, 4);
}

/* ---- tables --------------------------------------------------------------------------------- */

void flat_start(struct buffer *b)
{
    buffer_clear(b);
    (void)put_aligned(b, 8, 0, 8); /* the root's place, and what it takes to a multiple of 8 */
}

struct flat_table flat_table(struct buffer *b, const uint8_t *sizes, size_t count)
{
    struct flat_table t = {.in = b};
    size_t size = 4; /* the distance to the list of fields, which lies before it */
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] == 0)
            continue;
        size = (size + sizes[i] - 1) / sizes[i] * sizes[i];
        t.fields[i] = (uint16_t)size;
        t.sizes[i] = sizes[i];
        size += sizes[i];
    }
    size_t list = 4 + 2 * count, at = put_aligned(b, 8, list, list);
    store_number(b, at, list, 2);
    store_number(b, at + 2, size, 2);
    for (size_t i = 0; i < count; i++)
        store_number(b, at + 4 + 2 * i, t.fields[i], 2);
    t.at = put_aligned(b, 1, 0, size);
    store_number(b, t.at, t.at - at, 4);
    return t;
}

void flat_root(const struct flat_table *t)
{
    store_distance(t->in, 0, t->at);
}

void flat_set(const struct flat_table *t, size_t field, int64_t value)
{
    store_number(t->in, t->at + t->fields[field], (uint64_t)value, t->sizes[field]);
}

void flat_point(const struct flat_table *t, size_t field, const struct flat_table *to)
{
    store_distance(t->in, t->at + t->fields[field], to->at);
}

/* ---- texts, vectors ------------------------------------------------------------------------- */

void flat_text(const struct flat_table *t, size_t field, const char *s)
{
    size_t n = strlen(s), at = put_aligned(t->in, 4, 0, 4);
    store_number(t->in, at, n, 4);
    buffer_put(t->in, s, n + 1);
    store_distance(t->in, t->at + t->fields[field], at);
}

size_t flat_vector(const struct flat_table *t, size_t field, size_t count, size_t size)
{
    size_t at = put_aligned(t->in, size % 8 == 0 ? 8 : 4, 4, 4); /* the items lie on multiples */
    store_number(t->in, at, count, 4);
    store_distance(t->in, t->at + t->fields[field], at);
    return put_aligned(t->in, 1, 0, count * size);
}

void flat_vector_number(struct buffer *b, size_t items, size_t i, int64_t value)
{
    store_number(b, items + 8 * i, (uint64_t)value, 8);
}

void flat_vector_point(struct buffer *b, size_t items, size_t i, const struct flat_table *to)
{
    store_distance(b, items + 4 * i, to->at);
}
