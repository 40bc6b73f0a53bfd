/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What was refused, as one page however large the flood: counts per reason, and the most frequent
 * filters, applications, addresses and ports, in bounded memory (topk.h, timeline.h).
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "view/buffer.h"
#include "view/timeline.h"
#include "view/topk.h"
#include "wfpwatch/wfpwatch.h"

enum { SUMMARY_REASONS = 64, SUMMARY_VERDICTS = 8, SUMMARY_TOP_MAX = TOPK_COUNTERS };

enum summary_of {
    OF_FILTER,
    OF_APP,
    OF_REMOTE,
    OF_PORT,
    OF_COMPUTER,
    OF_USER,
    OF_FILE,
    SUMMARY_LISTS
};

struct summary {
    uint64_t events, refused, counted, gaps, lost, first, last; /* times: FILETIME, of all events */
    uint64_t verdicts[SUMMARY_VERDICTS], reasons[SUMMARY_REASONS];
    uint64_t records;         /* of what is counted */
    bool all;                 /* what was allowed is counted in the lists, too */
    bool partial;             /* not all was read */
    struct timeline timeline; /* of what is counted in the lists */
    struct topk lists[SUMMARY_LISTS];
    struct buffer key;
};

/* all: the lists are of everything, not only of what was refused. false: no memory. */
bool summary_start(struct summary *s, bool all);
void summary_free(struct summary *s);
void summary_add(struct summary *s, const wfpw_event *ev);
/* The page, with the `top` most frequent of each list, in lines of at most `width` columns (0:
 * any). Afterwards nothing is added. */
void summary_put_text(struct buffer *b, struct summary *s, size_t top, size_t width);
/* The same as one JSON object. */
void summary_put_json(struct buffer *b, struct summary *s, size_t top);

/* Whether an event was refused, or failed: what 'why' is about. */
bool summary_is_refused(const wfpw_event *ev);
/* The keys of the lists in JSON. */
const char *summary_list_key(enum summary_of list);

#endif
