/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What explains a failed connection, or that nothing does, and how complete that is. */
#ifndef ANSWER_H
#define ANSWER_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

/* width: of the lines; 0: none is broken. */
void answer_put_text(struct buffer *b, const wfpw_explanation *x, size_t width, bool colour);
/* One JSON object, with a line's end. */
void answer_put_json(struct buffer *b, const wfpw_explanation *x);
/* "another program, another process": what differs, or is not known, of WFPW_MATCH_*. */
void answer_put_fields(struct buffer *b, uint32_t fields);

#endif
