/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Pieces of a page. Whatever comes from an event or a file goes through html_text, which leaves
 * nothing that means anything to a browser. */
#ifndef HTML_H
#define HTML_H

#include "view/buffer.h"

/* Text of strangers, in an element or in quotes: < > & " ' as references, and what buffer_text
 * replaces replaced. */
void html_text(struct buffer *b, const char *s, size_t n);
void html_string(struct buffer *b, const char *s);
/* A number with a thin space between thousands. */
void html_number(struct buffer *b, uint64_t n);
/* A row of a table: text, number, and a bar of as much of the width as n is of most. */
void html_bar_row(struct buffer *b, const char *text, size_t length, uint64_t n, uint64_t most);
/* n bytes as base64. */
void html_base64(struct buffer *b, const uint8_t *p, size_t n);

#endif
