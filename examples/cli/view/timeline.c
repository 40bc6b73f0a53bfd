/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/timeline.h"

#include <string.h>

enum { NARROWEST = 1000000 }; /* a tenth of a second */

/* The columns that the events so far and one more at `time` would need. */
static void span_of(const struct timeline *t, uint64_t time, uint64_t *low, uint64_t *high)
{
    *low = (time < t->begin ? time : t->begin) / t->width;
    *high = (time > t->end ? time : t->end) / t->width;
}

/* Two columns become one. */
static void widen_columns(struct timeline *t)
{
    uint64_t counts[TIMELINE_COLUMNS] = {0}, first = t->first / 2;
    for (size_t i = 0; i < TIMELINE_COLUMNS; i++)
        if (t->counts[i] != 0)
            counts[(t->first + i) / 2 - first] += t->counts[i];
    memcpy(t->counts, counts, sizeof counts);
    t->first = first;
    t->width *= 2;
}

/* The first column becomes that of `low`; what is in use stays within. */
static void shift_columns(struct timeline *t, uint64_t low)
{
    uint64_t counts[TIMELINE_COLUMNS] = {0};
    for (size_t i = 0; i < TIMELINE_COLUMNS; i++)
        if (t->counts[i] != 0)
            counts[t->first + i - low] += t->counts[i];
    memcpy(t->counts, counts, sizeof counts);
    t->first = low;
}

void timeline_add(struct timeline *t, uint64_t time)
{
    uint64_t low, high;
    if (t->width == 0) {
        t->width = NARROWEST;
        t->begin = t->end = time;
        t->first = time / t->width;
    }
    for (span_of(t, time, &low, &high); high - low >= TIMELINE_COLUMNS;
         span_of(t, time, &low, &high))
        widen_columns(t);
    if (low != t->first)
        shift_columns(t, low);
    t->begin = time < t->begin ? time : t->begin;
    t->end = time > t->end ? time : t->end;
    t->counts[time / t->width - t->first]++;
}

size_t timeline_used(const struct timeline *t)
{
    return t->width == 0 ? 0 : (size_t)(t->end / t->width - t->first + 1);
}

size_t timeline_together(const struct timeline *t, size_t room)
{
    size_t together = 1;
    while ((timeline_used(t) + together - 1) / together > room)
        together *= 2;
    return together;
}

static uint64_t sum_of(const struct timeline *t, size_t at, size_t together)
{
    uint64_t n = 0;
    for (size_t i = at; i < at + together && i < timeline_used(t); i++)
        n += t->counts[i];
    return n;
}

void timeline_put(struct buffer *b, const struct timeline *t, size_t together, bool is_unicode)
{
    static const char *const blocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const signs[] = {".", ":", "-", "=", "+", "*", "#", "@"};
    uint64_t most = 1;
    size_t used = timeline_used(t);
    for (size_t i = 0; i < used; i += together)
        most = sum_of(t, i, together) > most ? sum_of(t, i, together) : most;
    for (size_t i = 0; i < used; i += together) {
        uint64_t n = sum_of(t, i, together);
        size_t height = (size_t)((double)n * 8 / (double)most);
        height = height < 8 ? height : 7;
        buffer_puts(b, n == 0 ? " " : is_unicode ? blocks[height] : signs[height]);
    }
}
