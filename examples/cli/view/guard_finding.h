/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter that would silence what a guard names, as a paragraph or as JSON. */
#ifndef GUARD_FINDING_H
#define GUARD_FINDING_H

#include <stdbool.h>

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* Who added a filter, as a record 5447 tells. */
enum { FILTER_ADDER_TEXT = 256 };
struct filter_adder {
    uint32_t sure; /* WFPW_CONFIDENCE_*; 0: no record tells of it */
    bool has_process;
    uint64_t process_id, time, record_id, filter_id;           /* filter_id: of then */
    char user[FILTER_ADDER_TEXT], user_sid[FILTER_ADDER_TEXT]; /* "": not told */
};

/* by NULL: nobody was asked who added it. */
void guard_finding_text(struct buffer *b, const wfpw_guarded *g, const wfpw_filter *f,
                        const struct filter_adder *by);
/* The members of an object, without its braces and without the filter. */
void guard_finding_json(struct buffer *b, const wfpw_guarded *g);
/* The member "added", with a comma before it; nothing when it is not known. */
void guard_finding_adder_json(struct buffer *b, const struct filter_adder *by);
/* "a block of app=...", as the middle of a line. */
void guard_finding_line(struct buffer *b, const wfpw_guarded *g);
/* " (likely)", and ", added by EXAMPLE\name, process 4711" if a record of the Security log says so.
 */
void guard_finding_end(struct buffer *b, const wfpw_event *ev);

#endif
