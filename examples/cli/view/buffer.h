/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Text that grows, and text of strangers made fit for a terminal.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as {0}. Without memory it stays as it was, and `failed` says so. */
struct buffer {
    char *p; /* NULL until there is something */
    size_t n, cap;
    bool failed;
};

bool buffer_room(struct buffer *b, size_t more);
void buffer_clear(struct buffer *b);
void buffer_free(struct buffer *b);

void buffer_put(struct buffer *b, const char *s, size_t n);
void buffer_puts(struct buffer *b, const char *s);
void buffer_fill(struct buffer *b, char c, size_t n);
void buffer_number(struct buffer *b, uint64_t v);

/* Text from an event or a file's name. Control characters, marks that turn or hide text, and bytes
 * that are no UTF-8 come out as U+FFFD, so that it can do nothing to a terminal. */
void buffer_text(struct buffer *b, const char *s);
void buffer_text_n(struct buffer *b, const char *s, size_t n);
/* JSON: the same characters as \uXXXX, which means the same to every reader. */
void buffer_json(struct buffer *b, const char *s, size_t n);
/* What stands between the quotes of a JSON string. */
void buffer_json_text(struct buffer *b, const char *s);

/* How many columns n bytes of a terminal take, about. */
size_t text_columns(const char *s, size_t n);
/* The bytes of the longest start (end) of s that takes at most `columns`; characters stay whole. */
size_t text_start(const char *s, size_t n, size_t columns);

/* s in at most `columns` columns, with ".." where something is missing. */
void buffer_cut_start(struct buffer *b, const char *s, size_t n, size_t columns);
void buffer_cut_middle(struct buffer *b, const char *s, size_t n, size_t columns);
void buffer_cut_end(struct buffer *b, const char *s, size_t n, size_t columns);

/* Lines of at most `width` columns (0: any), broken at blanks only: what has none and is longer
 * stays whole. `used` columns of the first line are written; the others start with `indent`. Ends
 * with a line's end. */
void buffer_wrap(struct buffer *b, const char *s, size_t n, size_t width, size_t used,
                 size_t indent);
/* Puts '?' for every column of what is not ASCII, from the byte `start` on. */
void buffer_ascii(struct buffer *b, size_t start);

#endif
