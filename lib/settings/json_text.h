/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One JSON value that lies in memory whole, taken apart strictly (RFC 8259): who reads it says what
 * comes next, and anything else is an error at a place. Not decode/json, which is made for files
 * that are damaged or cut off, and goes on behind what is wrong. */
#ifndef WFPW_JSON_TEXT_H
#define WFPW_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_text {
    const char *s; /* valid UTF-8 */
    size_t n, at;
};

/* Each passes blanks first. Where the answer is no, `at` stays at what is there instead. */

/* The first character of what comes; 0: there is no more. */
char json_text_peek(struct json_text *j);
/* This mark. */
bool json_text_mark(struct json_text *j, char mark);
/* A string, unescaped to `to`, which has room for n + 1 bytes: with a NUL at its end, and none in
 * it. */
bool json_text_string(struct json_text *j, char *to, size_t *size);
/* A whole number without a sign. */
bool json_text_number(struct json_text *j, uint64_t *out);
/* true, false or null. */
bool json_text_word(struct json_text *j, const char *word);

#endif
