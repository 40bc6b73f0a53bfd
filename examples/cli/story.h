/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One event in words that a person understands: who, what, where to, which filter, why, how sure
 * and by what, what to do.
 */
#ifndef STORY_H
#define STORY_H

#include "buffer.h"
#include "wfpwatch/wfpwatch.h"

/* How often the same happened, how many records told of it, and when. */
struct story_times {
    uint64_t count, records, first, last;
};

/* The first line, and a second one when more than one record told of it. width: of the lines; 0:
 * none is broken. */
void story_head(struct buffer *b, uint32_t verdict, uint32_t reason,
                const struct story_times *times, size_t width, bool colour);
/* What follows, in which there is no time. */
void story_body(struct buffer *b, const wfpw_event *ev, size_t width);

#endif
