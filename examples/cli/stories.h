/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Stories that differ in nothing but their time are one, with how often it happened and when first
 * and last. They are told in the order of their first time. Memory is bounded: once there are so
 * many different ones, they are told, and the next ones begin anew.
 */
#ifndef STORIES_H
#define STORIES_H

#include "buffer.h"
#include "wfpwatch/wfpwatch.h"

enum { STORIES_MOST = 4096, STORIES_BUCKETS = 8192, STORIES_BYTES = 16 * 1024 * 1024 };

struct story_entry {
    size_t body, size; /* in text */
    uint64_t hash, count, records, first, last;
    uint32_t verdict, reason, next; /* next: in its bucket, plus 1; 0 ends it */
};

/* Starts as {0}. */
struct stories {
    struct buffer text, body;
    struct story_entry *entries; /* STORIES_MOST */
    uint32_t used, buckets[STORIES_BUCKETS];
    size_t width;
    bool colour, no_memory;
};

/* Adds an event; what has to make room is put into out. again: it is one more record of an attempt
 * that was added, and counts as no other time. */
void stories_add(struct stories *s, const wfpw_event *ev, bool again, struct buffer *out);
/* All that is left. */
void stories_put(struct stories *s, struct buffer *out);
void stories_free(struct stories *s);

#endif
