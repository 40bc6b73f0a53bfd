/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One event in words that a person understands: who, what, where to, which filter, why, how sure
 * and by what, what to do.
 */
#ifndef EXPLANATION_H
#define EXPLANATION_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* How often the same happened, how many records there are of it, and when. */
struct explanation_times {
    uint64_t count, records, first, last;
};

/* The first line, and a second one when there is more than one record of it. width: of the lines;
 * 0: none is broken. */
void explanation_head(struct buffer *b, uint32_t verdict, uint32_t reason,
                      const struct explanation_times *times, size_t width, bool colour);
/* What follows, in which there is no time. */
void explanation_body(struct buffer *b, const wfpw_event *ev, size_t width);

#endif
