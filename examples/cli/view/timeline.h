/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How many events came when, exactly and in bounded memory: a fixed number of columns, which stand
 * for twice the time whenever an event lies outside of them.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "view/buffer.h"

enum { TIMELINE_COLUMNS = 60 };

/* Starts as {0}. */
struct timeline {
    uint64_t width;      /* of a column, 100 ns; 0: nothing came */
    uint64_t first;      /* time / width of the first column */
    uint64_t begin, end; /* of the events, FILETIME */
    uint64_t counts[TIMELINE_COLUMNS];
};

void timeline_add(struct timeline *t, uint64_t time);
/* How many columns, from the first one, are in use. */
size_t timeline_used(const struct timeline *t);
/* How many columns have to be one, so that the row has room. */
size_t timeline_together(const struct timeline *t, size_t room);
/* As a row of blocks, or of signs, of eight heights; a column with anything is never empty. */
void timeline_put(struct buffer *b, const struct timeline *t, size_t together, bool is_unicode);

#endif
