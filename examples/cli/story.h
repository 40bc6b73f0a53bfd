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

/* width: of the lines; 0: none is broken. */
void story_put(struct buffer *b, const wfpw_event *ev, size_t width, bool colour);

#endif
