/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writing JSON into the caller's room: strings, numbers, members of objects.
 *
 * Every writer takes the place p where it writes and returns the place behind it, and does not ask
 * whether there is room: json_out_room is asked once for a whole group of members, json_out_text
 * asks for itself. Every member is written with the comma behind it; closing an object replaces it.
 */
#ifndef WFPW_JSON_OUT_H
#define WFPW_JSON_OUT_H

#include <string.h>

#include "base/simd.h"
#include "base/text.h"
#include "codes/code_words.h"
#include "wfpwatch/wfpwatch.h"

enum {
    JSON_OUT_GROUP = 1024, /* bytes that may be asked for at once */
    JSON_OUT_MEMBER = 64   /* a key with a number, or with a word of code_words.c, takes fewer */
};

/* Parts of the lines that one call writes, which most often come again: what a part's text depends
 * on, and where it stands. */
enum json_out_part {
    PART_WHY,
    PART_FLOW,
    PART_TEXT,
    PART_FILTER,
    PART_LAYER,
    PART_RULE,
    PART_AUDIT,
    PART_OWN_WHY, /* these of schema/ only */
    PART_OWN_FILTER,
    PART_PLACE,
    PART_HOST,
    PART_APP,
    PART_USER,
    PART_REMEDY,
    PART_MESSAGE,
    PART_ACTION,
    PART_RELATED,
    PART_OWN,
    PART_LOG,
    PARTS
};
enum { JSON_OUT_PLACES = 32 }; /* for different texts of a part; a power of two */

struct json_out_key {
    uint64_t of[6];
};

struct json_out_span {
    struct json_out_key key;
    const char *at; /* in the caller's room */
    uint32_t n;     /* 0: the part is empty */
    char last;      /* its last byte; the place may have a bracket instead by now */
};

/* Only `known` is zeroed at first: a bit for each place that has a span. */
struct json_out_memory {
    uint32_t known[PARTS];
    struct json_out_span spans[PARTS][JSON_OUT_PLACES];
};
_Static_assert(JSON_OUT_PLACES == 32, "a bit for each");

/* The caller's room; and when it ends, the scratch through which the rest goes and is counted. */
struct json_out {
    char *end; /* of where p points into */
    char *room;
    size_t cap;
    size_t n;      /* bytes before those in scratch */
    bool spilling; /* p points into scratch */
    bool prepared; /* audit records may be those of batch_audit_write_json */
    /* A text that was written with escapes and may come again, where, and how long it became. */
    const char *again, *again_at;
    size_t again_n;
    struct json_out_memory *memory; /* NULL: there is but one line */
    struct text_day day;
    char scratch[JSON_OUT_GROUP + 1];
};

char *json_out_start(struct json_out *o, char *room, size_t cap);
/* From here on through scratch, emptied if it was in use. The byte before p stays before it. */
char *json_out_spill(struct json_out *o, char *p);
/* Ends the text with a NUL. Returns its length without it, or E_RANGE when there is no room for
 * both; needed (may be NULL) tells the length in every case. */
int json_out_end(struct json_out *o, char *p, size_t *needed);
/* After n bytes that had room, goes on in the caller's room behind them. */
char *json_out_resume(struct json_out *o, size_t n);

/* n <= JSON_OUT_GROUP bytes. */
static inline char *json_out_room(struct json_out *o, char *p, size_t n)
{
    return (size_t)(o->end - p) >= n ? p : json_out_spill(o, p);
}

/* ---- strings -------------------------------------------------------------------------------- */

static inline char *json_out_bytes(char *p, const char *s, size_t n)
{
    memcpy(p, s, n);
    return p + n;
}

#define JSON_OUT_PUT(p, literal) json_out_bytes(p, literal, sizeof(literal) - 1)

/* n bytes without one that needs an escape. */
static inline char *json_out_plain(char *p, const char *s, size_t n)
{
    text_copy(p, s, n);
    return p + n;
}

enum { JSON_OUT_SHORT = 32 };

/* n <= JSON_OUT_SHORT bytes without one that needs an escape; so many are read and written in any
 * case, as nothing has to wait for n then. */
static inline char *json_out_short(char *p, const char *s, size_t n)
{
    memcpy(p, s, JSON_OUT_SHORT);
    return p + n;
}

/* A string in quotes that may be longer than a group. */
char *json_out_long(struct json_out *o, char *p, const char *s, size_t n);

/* A string in quotes, whatever its length. */
static inline char *json_out_text(struct json_out *o, char *p, const char *s, size_t n, bool plain)
{
    if ((uint64_t)(o->end - p) < 6 * ((uint64_t)n + TEXT_JSON_SLACK))
        return json_out_long(o, p, s, n);
    *p++ = '"';
    p = plain ? json_out_plain(p, s, n) : text_json(p, s, n);
    *p++ = '"';
    return p;
}

/* n bytes that stand in a batch as they are to be written, whatever their number. */
static inline char *json_out_prepared(struct json_out *o, char *p, const char *s, size_t n)
{
    while ((size_t)(o->end - p) < n) {
        size_t piece = n < JSON_OUT_GROUP ? n : JSON_OUT_GROUP;
        p = json_out_plain(json_out_room(o, p, piece), s, piece);
        s += piece;
        n -= piece;
    }
    return json_out_plain(p, s, n);
}

/* ---- what comes again ----------------------------------------------------------------------- */

/* The number of a key's place; it may be in the one beside it, too. */
static inline uint32_t json_out_place(const struct json_out_key *key)
{
    uint64_t h = key->of[0] + 3 * key->of[1] + 5 * key->of[2] + 7 * key->of[3] + 9 * key->of[4] +
                 11 * key->of[5];
    return (uint32_t)(h * 0x9E3779B97F4A7C15u >> 59);
}

static inline bool json_out_is_there(const struct json_out *o, const char *p,
                                     const struct json_out_span *s, const struct json_out_key *key)
{
    uint64_t other = (s->key.of[0] ^ key->of[0]) | (s->key.of[1] ^ key->of[1]) |
                     (s->key.of[2] ^ key->of[2]) | (s->key.of[3] ^ key->of[3]) |
                     (s->key.of[4] ^ key->of[4]) | (s->key.of[5] ^ key->of[5]);
    return other == 0 && (size_t)(o->end - p) >= s->n + JSON_OUT_SHORT;
}

/* Copies it as if its length were a multiple of JSON_OUT_SHORT: there is room, also to read. */
static inline char *json_out_copy(char *p, const struct json_out_span *s)
{
    char piece[JSON_OUT_SHORT];
    if (s->n == 0)
        return p;
    for (size_t i = 0; i < s->n; i += sizeof piece) {
        memcpy(piece, s->at + i, sizeof piece);
        memcpy(p + i, piece, sizeof piece);
    }
    p[s->n - 1] = s->last;
    return p + s->n;
}

static inline bool json_out_is_known(const struct json_out *o, enum json_out_part part,
                                     uint32_t place)
{
    return (o->memory->known[part] >> place & 1) != 0;
}

static inline void json_out_learn(const struct json_out *o, enum json_out_part part, uint32_t place,
                                  const struct json_out_key *key, const char *start,
                                  const char *end)
{
    uint32_t free_place = json_out_is_known(o, part, place) ? place ^ 1 : place;
    place = json_out_is_known(o, part, free_place) ? place : free_place;
    struct json_out_span *s = &o->memory->spans[part][place];
    if (o->spilling || o->end - end < JSON_OUT_SHORT) /* see json_out_copy */
        return;
    o->memory->known[part] |= (uint32_t)1 << place;
    s->key = *key;
    s->at = start;
    s->n = (uint32_t)(end - start);
    s->last = s->n > 0 ? end[-1] : 0;
}

/* The part of an event that `write` writes and that depends on nothing but the key. */
static inline char *json_out_part_of(struct json_out *o, char *p, enum json_out_part part,
                                     const struct json_out_key *key, const void *of,
                                     char *(*write)(struct json_out *o, char *p, const void *of))
{
    if (o->memory == NULL)
        return write(o, p, of);
    uint32_t place = json_out_place(key);
    const struct json_out_span *spans = o->memory->spans[part];
    if (json_out_is_known(o, part, place) && json_out_is_there(o, p, &spans[place], key))
        return json_out_copy(p, &spans[place]);
    if (json_out_is_known(o, part, place ^ 1) && json_out_is_there(o, p, &spans[place ^ 1], key))
        return json_out_copy(p, &spans[place ^ 1]);
    char *end = write(o, p, of);
    json_out_learn(o, part, place, key, p, end);
    return end;
}

static inline char *json_out_part(struct json_out *o, char *p, enum json_out_part part,
                                  struct json_out_key key, const void *of,
                                  char *(*write)(struct json_out *o, char *p, const void *of))
{
    return json_out_part_of(o, p, part, &key, of, write);
}

static inline char *json_out_quoted(struct json_out *o, char *p, const void *s)
{
    const char *text = s;
    return json_out_text(o, p, text, strlen(text), false);
}

/* A string in quotes that may come again in this event and in others, as the path of an application
 * does. */
static inline char *json_out_first(struct json_out *o, char *p, const char *s)
{
    char *start = p;
    p = json_out_part(o, p, PART_TEXT, (struct json_out_key){{(uintptr_t)s}}, s, json_out_quoted);
    o->again = o->spilling ? NULL : s;
    o->again_at = start;
    o->again_n = (size_t)(p - start);
    return p;
}

static inline char *json_out_again(struct json_out *o, char *p, const char *s, size_t n, bool plain)
{
    if (s != o->again || s == NULL || (size_t)(o->end - p) < o->again_n)
        return json_out_text(o, p, s, n, plain);
    return json_out_plain(p, o->again_at, o->again_n);
}

/* ---- values --------------------------------------------------------------------------------- */

static inline char *json_out_number(char *p, uint64_t v)
{
    *p = (char)('0' + v);
    return v < 10 ? p + 1 : p + text_u64(p, v);
}

static inline char *json_out_boolean(char *p, bool yes)
{
    return yes ? JSON_OUT_PUT(p, "true") : JSON_OUT_PUT(p, "false");
}

static inline char *json_out_time(char *p, uint64_t time)
{
    *p++ = '"';
    p += text_time(p, time);
    *p++ = '"';
    return p;
}

/* The time of an event, as that of the one before most often of the same day. */
static inline char *json_out_event_time(struct json_out *o, char *p, uint64_t time)
{
    *p++ = '"';
    p += text_time_on(&o->day, p, time);
    *p++ = '"';
    return p;
}

static inline char *json_out_hex_number(char *p, uint64_t v)
{
    *p++ = '"';
    p += text_hex(p, v);
    *p++ = '"';
    return p;
}

static inline char *json_out_hex_bytes(char *p, const uint8_t *bytes, size_t n, bool parted)
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

#define JSON_OUT_KEY(p, name)  JSON_OUT_PUT(p, "\"" name "\":")
#define JSON_OUT_OPEN(p, name) JSON_OUT_PUT(p, "\"" name "\":{")

/* Ends an object or an array in place of the last comma, with a comma of its own. */
static inline char *json_out_close(char *p, char bracket)
{
    if (p[-1] == ',')
        p--;
    *p++ = bracket;
    *p++ = ',';
    return p;
}

static inline char *json_out_comma(char *p)
{
    *p = ',';
    return p + 1;
}

#define NUMBER(p, name, v)           json_out_comma(json_out_number(JSON_OUT_KEY(p, name), v))
#define NUMBER_IF(p, given, name, v) ((given) ? NUMBER(p, name, v) : (p))
#define BOOLEAN(p, name, yes)        json_out_comma(json_out_boolean(JSON_OUT_KEY(p, name), yes))

/* A code's word, if it has one. */
#define WORD_IF(p, name, list, code)                                                               \
    json_out_word(p, "\"" name "\":\"", sizeof(name) + 3, list, code)

static inline char *json_out_word(char *p, const char *key, size_t n, uint32_t list, uint32_t code)
{
    const struct code_word *word = code_word_find(list, code);
    if (word == NULL)
        return p;
    p = json_out_plain(json_out_bytes(p, key, n), word->text, word->length);
    return JSON_OUT_PUT(p, "\",");
}

/* A text of any length that the event may not have. */
#define STRING_IF(o, p, name, s)                                                                   \
    ((s) != NULL ? json_out_string(o, p, "\"" name "\":", sizeof(name) + 2, s) : (p))

static inline char *json_out_string(struct json_out *o, char *p, const char *key, size_t n,
                                    const char *s)
{
    p = json_out_bytes(json_out_room(o, p, JSON_OUT_MEMBER), key, n);
    p = json_out_text(o, p, s, strlen(s), false);
    return json_out_comma(json_out_room(o, p, 1));
}

/* Every key is always there. */
#define STRING_OR_NULL(o, p, name, s)                                                              \
    ((s) != NULL ? STRING_IF(o, p, name, s)                                                        \
                 : JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"" name "\":null,"))
#define NUMBER_OR_NULL(p, given, name, v)                                                          \
    ((given) ? NUMBER(p, name, v) : JSON_OUT_PUT(p, "\"" name "\":null,"))

#define TIME(p, name, time) json_out_comma(json_out_time(JSON_OUT_KEY(p, name), time))

/* The words of bits, and the end of the array that they stand in. */
char *json_out_words(char *p, uint32_t list, uint32_t bits);

#endif
