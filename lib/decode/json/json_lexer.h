/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * JSON taken apart, from UTF-8 in pieces of any size: its marks, keys and values, one at a time.
 * Any number of values may follow one another, with text between them that is no JSON.
 *
 * Ours, not yyjson: that has to have a whole value in memory, twice when it is text that is to
 * stay, and its memory grows with the file's; a record is wanted here as it comes, in room that is
 * fixed, without an allocation, and most of a shipper's values (its messages above all) are passed
 * over unread. */
#ifndef WFPW_JSON_LEXER_H
#define WFPW_JSON_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 64 };

enum json_token {
    JSON_MORE, /* the piece is read to its end */
    JSON_OPEN_OBJECT,
    JSON_OPEN_ARRAY,
    JSON_CLOSE_OBJECT,
    JSON_CLOSE_ARRAY,
    JSON_KEY,
    JSON_STRING,
    JSON_SCALAR, /* a number or a word, as it is written */
    JSON_DAMAGE  /* why tells; nothing is open any more */
};

/* What becomes of the next value, when it is a string. */
enum json_wanted {
    JSON_ALL,
    JSON_NOTHING, /* it comes as "" */
    JSON_XML      /* as JSON_NOTHING, unless it begins with '<' */
};

struct json_lexer {
    char *room; /* the caller's: for what does not lie whole in a piece, or has escapes */
    size_t cap;
    uint64_t objects; /* a bit for each level: it is an object, not an array */
    uint32_t depth, state, digits, unit, high;
    bool is_key;    /* the next string in this object is one */
    bool has_value; /* and a comma must come before the next */
    char last;      /* blank or mark */
    uint8_t wanted; /* enum json_wanted */
    uint8_t taken;  /* of the string under way */
    bool is_cut;    /* it did not fit the room, and is what did, to a whole character */
    size_t used;
    const char *why; /* of JSON_DAMAGE; static */
};

void json_lexer_start(struct json_lexer *l, char *room, size_t cap);
/* The next token of n bytes, from *at on, which moves behind it. Text: *text, of *size bytes, valid
 * UTF-8 without NULs, until the next call. After JSON_DAMAGE go on with the next call. */
enum json_token json_lexer_next(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                const char **text, size_t *size);
/* Whether the key that is expected comes next, with its quotes and a colon: then *at moves behind
 * these, as if json_lexer_next had returned it. Else nothing is changed, whatever comes. key: of
 * size bytes, none of them a quote, a backslash or a control. */
bool json_lexer_expect(struct json_lexer *l, const char *s, size_t n, size_t *at, const char *key,
                       size_t size);
/* Passes over blanks and commas before a value. Whether an object begins at *at then, where one
 * may: who reads it by other means calls json_lexer_pass_object when that was all of it, without
 * damage.
 */
bool json_lexer_at_object(struct json_lexer *l, const char *s, size_t n, size_t *at);
void json_lexer_pass_object(struct json_lexer *l);
/* There is no more. What is wrong with that, or NULL. */
const char *json_lexer_end(const struct json_lexer *l);

#endif
