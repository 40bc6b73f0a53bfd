/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writing JSON into the caller's room: strings, numbers, members of objects.
 *
 * Every writer takes the place p where it writes and returns the place behind it, and does not ask
 * whether there is room: jsonout_room is asked once for a whole group of members, jsonout_text asks
 * for itself. Every member is written with the comma behind it; closing an object replaces it.
 */
#ifndef WFPW_JSONOUT_H
#define WFPW_JSONOUT_H

#include <string.h>

#include "simd.h"
#include "text.h"
#include "wfpwatch/wfpwatch.h"
#include "words.h"

enum {
    JSONOUT_GROUP = 1024, /* bytes that may be asked for at once */
    JSONOUT_SLACK = 16,   /* a string's writer may touch so many bytes behind its end */
    JSONOUT_MEMBER = 64   /* a key with a number, or with a word of words.c, takes fewer */
};

/* Parts of the lines that one call writes, which most often come again: what a part's text depends
 * on, and where it stands. */
enum jsonout_part { PART_WHY, PART_FLOW, PART_TEXT, PART_FILTER, PART_LAYER, PART_AUDIT, PARTS };
enum { JSONOUT_PLACES = 8 }; /* for different texts of a part */

struct jsonout_key {
    uint64_t of[4];
};

struct jsonout_span {
    struct jsonout_key key;
    const char *at; /* in the caller's room; NULL: nothing yet */
    size_t n;       /* at least 1 */
    char last;      /* its last byte; the place may have a bracket instead by now */
};

struct jsonout_memory {
    struct jsonout_span spans[PARTS][JSONOUT_PLACES];
};

/* The caller's room; and when it ends, the scratch through which the rest goes and is counted. */
struct out {
    char *end; /* of where p points into */
    char *room;
    size_t cap;
    size_t n;      /* bytes before those in scratch */
    bool spilling; /* p points into scratch */
    /* A text that was written with escapes and may come again, where, and how long it became. */
    const char *again, *again_at;
    size_t again_n;
    struct jsonout_memory *memory; /* NULL: there is but one line */
    char scratch[JSONOUT_GROUP + 1];
};

char *jsonout_start(struct out *o, char *room, size_t cap);
/* From here on through scratch, emptied if it was in use. The byte before p stays before it. */
char *jsonout_spill(struct out *o, char *p);
/* Ends the text with a NUL. Returns its length without it, or E_RANGE when there is no room for
 * both; needed (may be NULL) tells the length in every case. */
int jsonout_end(struct out *o, char *p, size_t *needed);
/* After n bytes that had room, goes on in the caller's room behind them. */
char *jsonout_resume(struct out *o, size_t n);

/* n <= JSONOUT_GROUP bytes. */
static inline char *jsonout_room(struct out *o, char *p, size_t n)
{
    return (size_t)(o->end - p) >= n ? p : jsonout_spill(o, p);
}

/* ---- strings -------------------------------------------------------------------------------- */

static inline char *jsonout_bytes(char *p, const char *s, size_t n)
{
    memcpy(p, s, n);
    return p + n;
}

#define JSONOUT_PUT(p, literal) jsonout_bytes(p, literal, sizeof(literal) - 1)

/* n bytes without one that needs an escape. */
static inline char *jsonout_plain(char *p, const char *s, size_t n)
{
    text_copy(p, s, n);
    return p + n;
}

enum { JSONOUT_SHORT = 32 };

/* n <= JSONOUT_SHORT bytes without one that needs an escape; so many are read and written in any
 * case, as nothing has to wait for n then. */
static inline char *jsonout_short(char *p, const char *s, size_t n)
{
    memcpy(p, s, JSONOUT_SHORT);
    return p + n;
}

/* n bytes, where there is room for 6 * n + JSONOUT_SLACK. */
char *jsonout_chars(char *p, const char *s, size_t n);

/* A string in quotes that may be longer than a group. */
char *jsonout_long(struct out *o, char *p, const char *s, size_t n);

/* A string in quotes, whatever its length. */
static inline char *jsonout_text(struct out *o, char *p, const char *s, size_t n, bool plain)
{
    if ((uint64_t)(o->end - p) < 6 * ((uint64_t)n + JSONOUT_SLACK))
        return jsonout_long(o, p, s, n);
    *p++ = '"';
    p = plain ? jsonout_plain(p, s, n) : jsonout_chars(p, s, n);
    *p++ = '"';
    return p;
}

/* ---- what comes again ----------------------------------------------------------------------- */

static inline struct jsonout_span *jsonout_place(struct out *o, enum jsonout_part part,
                                                 const struct jsonout_key *key)
{
    uint64_t h = key->of[0] + 3 * key->of[1] + 5 * key->of[2] + 7 * key->of[3];
    return &o->memory->spans[part][h * 0x9E3779B97F4A7C15u >> 61];
}

static inline bool jsonout_is_there(const struct out *o, const char *p,
                                    const struct jsonout_span *s, const struct jsonout_key *key)
{
    uint64_t other = (s->key.of[0] ^ key->of[0]) | (s->key.of[1] ^ key->of[1]) |
                     (s->key.of[2] ^ key->of[2]) | (s->key.of[3] ^ key->of[3]);
    return other == 0 && s->at != NULL && (size_t)(o->end - p) >= s->n + JSONOUT_SHORT;
}

/* Copies it as if its length were a multiple of JSONOUT_SHORT: there is room, also to read. */
static inline char *jsonout_copy(char *p, const struct jsonout_span *s)
{
    char piece[JSONOUT_SHORT];
    for (size_t i = 0; i < s->n; i += sizeof piece) {
        memcpy(piece, s->at + i, sizeof piece);
        memcpy(p + i, piece, sizeof piece);
    }
    p[s->n - 1] = s->last;
    return p + s->n;
}

static inline void jsonout_learn(const struct out *o, struct jsonout_span *s,
                                 const struct jsonout_key *key, const char *start, const char *end)
{
    if (o->spilling || end == start || o->end - end < JSONOUT_SHORT) /* see jsonout_copy */
        return;
    s->key = *key;
    s->at = start;
    s->n = (size_t)(end - start);
    s->last = end[-1];
}

/* The part of an event that `write` writes and that depends on nothing but the key. */
static inline char *jsonout_part(struct out *o, char *p, enum jsonout_part part,
                                 struct jsonout_key key, const void *of,
                                 char *(*write)(struct out *o, char *p, const void *of))
{
    if (o->memory == NULL)
        return write(o, p, of);
    struct jsonout_span *s = jsonout_place(o, part, &key);
    if (jsonout_is_there(o, p, s, &key))
        return jsonout_copy(p, s);
    char *end = write(o, p, of);
    jsonout_learn(o, s, &key, p, end);
    return end;
}

static char *jsonout_quoted(struct out *o, char *p, const void *s)
{
    const char *text = s;
    return jsonout_text(o, p, text, strlen(text), false);
}

/* A string in quotes that may come again in this event and in others, as the path of an application
 * does. */
static inline char *jsonout_first(struct out *o, char *p, const char *s)
{
    char *start = p;
    p = jsonout_part(o, p, PART_TEXT, (struct jsonout_key){{(uintptr_t)s}}, s, jsonout_quoted);
    o->again = o->spilling ? NULL : s;
    o->again_at = start;
    o->again_n = (size_t)(p - start);
    return p;
}

static inline char *jsonout_again(struct out *o, char *p, const char *s, size_t n, bool plain)
{
    if (s != o->again || s == NULL || (size_t)(o->end - p) < o->again_n)
        return jsonout_text(o, p, s, n, plain);
    return jsonout_plain(p, o->again_at, o->again_n);
}

/* ---- values --------------------------------------------------------------------------------- */

static inline char *jsonout_number(char *p, uint64_t v)
{
    *p = (char)('0' + v);
    return v < 10 ? p + 1 : p + text_u64(p, v);
}

static inline char *jsonout_boolean(char *p, bool yes)
{
    return yes ? JSONOUT_PUT(p, "true") : JSONOUT_PUT(p, "false");
}

static inline char *jsonout_time(char *p, uint64_t time)
{
    *p++ = '"';
    p += text_time(p, time);
    *p++ = '"';
    return p;
}

static inline char *jsonout_hex_number(char *p, uint64_t v)
{
    *p++ = '"';
    p += text_hex(p, v);
    *p++ = '"';
    return p;
}

static inline char *jsonout_hex_bytes(char *p, const uint8_t *bytes, size_t n, bool parted)
{
    *p++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (parted && i > 0)
            *p++ = ':';
        p += text_bytes(p, bytes + i, 1);
    }
    *p++ = '"';
    return p;
}

/* ---- objects and members -------------------------------------------------------------------- */

#define JSONOUT_KEY(p, name)  JSONOUT_PUT(p, "\"" name "\":")
#define JSONOUT_OPEN(p, name) JSONOUT_PUT(p, "\"" name "\":{")

/* Ends an object or an array in place of the last comma, with a comma of its own. */
static inline char *jsonout_close(char *p, char bracket)
{
    if (p[-1] == ',')
        p--;
    *p++ = bracket;
    *p++ = ',';
    return p;
}

static inline char *jsonout_comma(char *p)
{
    *p = ',';
    return p + 1;
}

#define NUMBER(p, name, v)           jsonout_comma(jsonout_number(JSONOUT_KEY(p, name), v))
#define NUMBER_IF(p, given, name, v) ((given) ? NUMBER(p, name, v) : (p))
#define BOOLEAN(p, name, yes)        jsonout_comma(jsonout_boolean(JSONOUT_KEY(p, name), yes))

/* A code's word, if it has one. */
#define WORD_IF(p, name, list, code)                                                               \
    jsonout_word(p, "\"" name "\":\"", sizeof(name) + 3, list, code)

static inline char *jsonout_word(char *p, const char *key, size_t n, uint32_t list, uint32_t code)
{
    const struct word *word = word_find(list, code);
    if (word == NULL)
        return p;
    p = jsonout_plain(jsonout_bytes(p, key, n), word->text, word->length);
    return JSONOUT_PUT(p, "\",");
}

/* A text of any length that the event may not have. */
#define STRING_IF(o, p, name, s)                                                                   \
    ((s) != NULL ? jsonout_string(o, p, "\"" name "\":", sizeof(name) + 2, s) : (p))

static inline char *jsonout_string(struct out *o, char *p, const char *key, size_t n, const char *s)
{
    p = jsonout_bytes(jsonout_room(o, p, JSONOUT_MEMBER), key, n);
    p = jsonout_text(o, p, s, strlen(s), false);
    return jsonout_comma(jsonout_room(o, p, 1));
}

#endif
