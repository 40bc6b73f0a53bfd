/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * FlatBuffers, as far as the messages of an Arrow stream need them: tables, texts and vectors are
 * written one behind the other, each after the field that points to it. Places are offsets from the
 * buffer's start, which lies on a multiple of 8. https://flatbuffers.dev/internals/
 */
#ifndef FLATBUFFER_H
#define FLATBUFFER_H

#include "view/buffer.h"

enum { FLATBUFFER_FIELDS_MAX = 8 };

/* A table in the making, and where in it its fields are. */
struct flat_table {
    struct buffer *in; /* its `failed` tells of want of memory; what is written then goes nowhere */
    size_t at;
    uint16_t fields[FLATBUFFER_FIELDS_MAX]; /* 0: it does not have that one */
    uint8_t sizes[FLATBUFFER_FIELDS_MAX];
};

/* Starts a buffer, whose root table is put next. */
void flat_start(struct buffer *b);
/* An empty table at the end; sizes: of each field in bytes: 1, 2, 4 (that of a pointer, too) or 8,
 * 0 for one that is left out. */
struct flat_table flat_table(struct buffer *b, const uint8_t *sizes, size_t count);
/* The root points to it. */
void flat_root(const struct flat_table *t);
void flat_set(const struct flat_table *t, size_t field, int64_t value);
void flat_text(const struct flat_table *t, size_t field, const char *s);
/* A field points to a table that was put behind its own. */
void flat_point(const struct flat_table *t, size_t field, const struct flat_table *to);

/* A vector of `count` items of `size` bytes, 4 or a multiple of 8, zeroed. Returns where its items
 * are, which are numbers of 8 bytes, or point to tables that are put behind it. */
size_t flat_vector(const struct flat_table *t, size_t field, size_t count, size_t size);
void flat_vector_number(struct buffer *b, size_t items, size_t i, int64_t value);
void flat_vector_point(struct buffer *b, size_t items, size_t i, const struct flat_table *to);

#endif
