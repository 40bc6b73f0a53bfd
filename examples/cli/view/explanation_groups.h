/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Explanations that differ in nothing but their time are one, with how often it happened and when
 * first and last. They are written in the order of their first time. Memory is bounded: once there
 * are so many different ones, those are written and forgotten.
 */
#ifndef EXPLANATION_GROUPS_H
#define EXPLANATION_GROUPS_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

enum {
    EXPLANATION_GROUPS_MOST = 4096,
    EXPLANATION_GROUPS_BUCKETS = 8192,
    EXPLANATION_GROUPS_BYTES = 16 * 1024 * 1024
};

struct explanation_group {
    size_t body, size; /* in text */
    uint64_t hash, count, records, first, last;
    uint32_t verdict, reason, next; /* next: in its bucket, plus 1; 0 ends it */
};

/* Starts as {0}. */
struct explanation_groups {
    struct buffer text, body;
    struct explanation_group *entries; /* EXPLANATION_GROUPS_MOST */
    uint32_t used, buckets[EXPLANATION_GROUPS_BUCKETS];
    size_t width;
    bool colour, no_memory;
    /* Takes a group in place of the text that would be put into out, with ctx; NULL: none does. */
    void (*put)(void *ctx, const struct explanation_group *group, const char *body);
    void *ctx;
};

/* Adds an event; what has to make room is put into out. again: it is one more record of an attempt
 * that was added, and counts as no other time. */
void explanation_groups_add(struct explanation_groups *s, const wfpw_event *ev, bool again,
                            struct buffer *out);
/* All that is left. */
void explanation_groups_put(struct explanation_groups *s, struct buffer *out);
void explanation_groups_free(struct explanation_groups *s);

#endif
