/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record that lies in memory as a whole and is JSON by the book, in any order of its keys: it is
 * read in one go, and most values stay where they are. Anything else is for the lexer. */
#include <string.h>

#include "base/hash.h"
#include "decode/json/json_scan.h"
#include "decode/shipper/shipper.h"

enum { LEVELS = 24, RECORD_BYTES = 32 * 1024 };

/* A record that is being read, from its brace. */
struct whole {
    struct shipper *x;
    const char *p, *end;
    uint32_t depth;
    uint16_t key; /* path of the value that begins, in an object */
    struct {
        bool is_object;
        uint16_t path;
        uint32_t object;
    } levels[LEVELS + 1];
};

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The character behind the blanks; NUL: there is none. */
static inline char next_char(struct whole *w)
{
    while (w->p < w->end && is_blank(*w->p))
        w->p++;
    return w->p < w->end ? *w->p : 0;
}

static inline bool read_key(struct whole *w)
{
    if (next_char(w) != '"')
        return false;
    const char *key = w->p + 1, *stop = json_scan_stop(key, w->end);
    if (stop == w->end || *stop != '"')
        return false;
    if (w->end - key < JSON_SCAN_BLOCK)
        return false;
    struct shipper_key k = shipper_key_near(key, (size_t)(stop - key));
    w->key = shipper_paths_find(&w->x->paths, w->levels[w->depth].path, &k);
    w->p = stop + 1;
    if (next_char(w) != ':')
        return false;
    w->p++;
    return true;
}

/* The path of a value that begins: of the key before it, or of an item. */
static inline uint16_t value_path(const struct whole *w)
{
    return w->levels[w->depth].is_object
               ? w->key
               : shipper_paths_item(&w->x->paths, w->levels[w->depth].path);
}

static void add_member(struct whole *w, uint16_t path, enum json_token token, const char *text,
                       size_t n)
{
    struct shipper *x = w->x;
    bool is_null = token == JSON_SCALAR && n == 4 && memcmp(text, "null", 4) == 0;
    if (x->count == SHIPPER_MEMBERS) {
        x->is_cut = true;
        return;
    }
    x->members[x->count++] = (struct shipper_member){.text = text,
                                                     .n = is_null ? 0 : (uint32_t)n,
                                                     .object = w->levels[w->depth].object,
                                                     .path = path,
                                                     .token = (uint8_t)token,
                                                     .is_null = is_null};
}

/* A string in the shipper's own text, without escapes. Returns the quote that ends it, or NULL. */
static const char *copy_string(struct whole *w, const char *p, const char *stop, size_t *n)
{
    char *room = w->x->text + w->x->used, *to = room + (stop - p);
    text_copy(room, p, (size_t)(stop - p));
    if (*stop == '\\')
        stop = json_scan_escapes(stop, w->end, &to);
    *n = (size_t)(to - room);
    return stop;
}

/* A string that is wanted; from its quote on. */
static bool take_string(struct whole *w, uint16_t path)
{
    struct shipper *x = w->x;
    const struct shipper_path *p = &x->paths.list[path];
    const char *text = w->p + 1, *stop = json_scan_stop(text, w->end);
    if (stop == w->end || (*stop != '"' && *stop != '\\'))
        return false;
    size_t n = (size_t)(stop - text);
    if (*stop == '\\' || p->is_xml) { /* the XML parser's input is changed */
        stop = copy_string(w, text, stop, &n);
        text = x->text + x->used;
        if (stop == NULL)
            return false;
        x->has_xml |= p->meaning.rows[SHIPPER_XML] != NULL && shipper_xml_is(text, n);
        x->used += (uint32_t)n;
    }
    w->p = stop + 1;
    add_member(w, path, JSON_STRING, text, n);
    return true;
}

static bool pass_string(struct whole *w)
{
    const char *stop = json_scan_string(w->p + 1, w->end);
    w->p = stop != NULL ? stop + 1 : w->p;
    return stop != NULL;
}

/* Whether a string may begin with '<'; s: what is behind its quote. */
static bool may_be_xml(const char *s, const char *end)
{
    return end - s < 2 || *s == '<' || (*s == '\\' && s[1] == 'u');
}

static bool read_string(struct whole *w, uint16_t path)
{
    uint8_t wanted = path != SHIPPER_PATH_NONE ? w->x->paths.list[path].wanted : JSON_NOTHING;
    bool passed = wanted == JSON_NOTHING || (wanted == JSON_XML && !may_be_xml(w->p + 1, w->end));
    return passed ? pass_string(w) : take_string(w, path);
}

static bool read_scalar(struct whole *w, uint16_t path)
{
    const char *start = w->p;
    while (w->p < w->end && json_scan_is_scalar(*w->p))
        w->p++;
    if (w->p == start)
        return false;
    if (path != SHIPPER_PATH_NONE && w->x->paths.list[path].wanted == JSON_ALL)
        add_member(w, path, JSON_SCALAR, start, (size_t)(w->p - start));
    return true;
}

static bool read_value(struct whole *w, char c)
{
    struct shipper *x = w->x;
    uint16_t path = value_path(w);
    bool is_string = c == '"';
    x->shape = hash_mix(x->shape, (uint64_t)is_string << 16 | path);
    if (path != SHIPPER_PATH_NONE)
        x->marks |= x->paths.list[path].meaning.marks;
    return is_string ? read_string(w, path) : read_scalar(w, path);
}

/* A brace that begins a line inside of an object, as a new record's does where the one before is
 * cut off. */
static bool is_cut_off(const struct whole *w)
{
    return w->depth > 0 && w->levels[w->depth].is_object && *w->p == '{' && w->p[-1] == '\n';
}

/* A list of records is none itself. */
static bool open_level(struct whole *w, bool is_object)
{
    struct shipper *x = w->x;
    uint16_t path = w->depth > 0 ? value_path(w) : 0;
    bool is_list = !is_object && path != SHIPPER_PATH_NONE && x->paths.list[path].meaning.is_list;
    bool is_deep = w->depth == LEVELS || x->lexer.depth + w->depth == JSON_DEPTH_MAX;
    if (is_deep || is_list || is_cut_off(w))
        return false;
    w->p++;
    w->depth++;
    w->levels[w->depth].is_object = is_object;
    w->levels[w->depth].path = path;
    w->levels[w->depth].object = ++x->object;
    return true;
}

/* Behind a value: the levels that end there, and the comma and the key of the next value. */
static bool end_value(struct whole *w)
{
    while (w->depth > 0) {
        bool is_object = w->levels[w->depth].is_object;
        char c = next_char(w);
        if (c == ',') {
            w->p++;
            return !is_object || read_key(w);
        }
        if (c != (is_object ? '}' : ']'))
            return false;
        w->p++;
        w->depth--;
    }
    return true;
}

/* A value as a whole, or the start of an object or an array up to its first value. */
static bool read_next(struct whole *w)
{
    char c = next_char(w);
    if (c != '{' && c != '[')
        return read_value(w, c) && end_value(w);
    if (!open_level(w, c == '{'))
        return false;
    if (next_char(w) == (c == '{' ? '}' : ']'))
        return end_value(w);
    return c == '[' || read_key(w);
}

size_t shipper_whole(struct shipper *x, const char *s, size_t n)
{
    struct whole w;
    w.x = x;
    w.p = s;
    w.end = s + (n < RECORD_BYTES ? n : (size_t)RECORD_BYTES);
    w.depth = 0;
    do {
        if (!read_next(&w))
            return 0;
    } while (w.depth > 0);
    return (size_t)(w.p - s);
}
