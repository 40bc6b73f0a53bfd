/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What was refused, as one page of HTML that needs nothing beside it: no network, and no script to
 * be read. Stories have a bound: those beyond it are counted.
 */
#ifndef REPORT_H
#define REPORT_H

#include "view/explanation_groups.h"
#include "view/summary.h"

enum { REPORT_STORIES = 4096 };

struct report_input {
    const char *name;
    uint64_t bytes;
    bool is_read;     /* digest and bytes are known: before the file was looked at */
    bool has_changed; /* since then: they need not be of what was looked at */
    uint8_t digest[32];
};

/* Starts as {0}. */
struct report {
    struct buffer stories;
    uint32_t story_count;
    uint64_t untold;  /* groups beyond REPORT_STORIES */
    uint64_t reasons; /* bits of those that stories have, by WFPW_REASON_* */
};

/* explanation_groups.put, with a report as its ctx. */
void report_story(void *ctx, const struct explanation_group *group, const char *body);
/* The page. Afterwards nothing is added. */
void report_put(struct buffer *b, struct report *r, struct summary *s, size_t top,
                const struct report_input *inputs, size_t count);
void report_free(struct report *r);

/* The parts that are the same in every page. */
extern const char *const report_style[];
extern const char report_script[];

#endif
