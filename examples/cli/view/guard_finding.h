/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter that would silence what a guard names, as a paragraph or as JSON. */
#ifndef GUARD_FINDING_H
#define GUARD_FINDING_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

void guard_finding_text(struct buffer *b, const wfpw_guarded *g, const wfpw_filter *f);
/* The members of an object, without its braces and without the filter. */
void guard_finding_json(struct buffer *b, const wfpw_guarded *g);
/* "a block of app=...", as the middle of a line. */
void guard_finding_line(struct buffer *b, const wfpw_guarded *g);
/* " (likely)", and ", added by EXAMPLE\name, process 4711" if a record of the Security log says so.
 */
void guard_finding_end(struct buffer *b, const wfpw_event *ev);

#endif
