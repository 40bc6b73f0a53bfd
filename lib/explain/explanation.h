/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The answer to a question: the best events of those that were read. Each is in a batch of its own,
 * so that nothing of an event has to be copied, and memory does not grow with what is read. */
#ifndef WFPW_EXPLANATION_H
#define WFPW_EXPLANATION_H

#include "explain/question.h"
#include "wfpwatch/wfpwatch.h"

enum { EXPLANATION_ROWS = 16 };

struct explanation_row {
    wfpw_batch *batch; /* with this event alone */
    struct question_match match;
    uint64_t count, first, last;
};

struct wfpw_explanation {
    wfpw_allocator memory;
    wfpw_question q; /* its app is `app` */
    char *app;
    wfpw_batch *next; /* which is read into; NULL: none yet */
    uint32_t used;
    struct explanation_row rows[EXPLANATION_ROWS]; /* the best one first */
    wfpw_explained_by by;                          /* what was counted; unseen: what is known */
    bool is_of_host; /* the sources are those of wfpw_explain: what they lack is known */
};

#endif
