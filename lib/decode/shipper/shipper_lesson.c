/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <string.h>

#include "decode/json/json_scan.h"
#include "decode/shipper/shipper_layout.h"
#include "model/audit_fields.h"

/* A record that is being learned from: JSON by the book, or it is not learned from. */
struct lesson {
    struct shipper_layout *y;
    struct shipper_paths *paths;
    const char *p, *end;
    const char *from; /* behind the value before */
    uint32_t depth, objects;
    uint16_t key;
    struct {
        bool is_object;
        uint16_t path, object;
    } levels[SHIPPER_LAYOUT_DEPTH + 1];
};

static void skip_blanks(struct lesson *x)
{
    while (x->p < x->end && (*x->p == ' ' || *x->p == '\t' || *x->p == '\r' || *x->p == '\n'))
        x->p++;
}

/* Moves behind a mark that has to be there, and the blanks before it. */
static bool pass_mark(struct lesson *x, char c)
{
    skip_blanks(x);
    if (x->p == x->end || *x->p != c)
        return false;
    x->p++;
    return true;
}

static bool is_next(struct lesson *x, char c)
{
    skip_blanks(x);
    return x->p < x->end && *x->p == c;
}

static bool learn_key(struct lesson *x)
{
    if (!pass_mark(x, '"'))
        return false;
    const char *key = x->p, *stop = json_scan_stop(key, x->end);
    if (stop == x->end || *stop != '"')
        return false;
    struct shipper_key k = shipper_key(key, (size_t)(stop - key));
    x->key = shipper_paths_find(x->paths, x->levels[x->depth].path, &k);
    x->p = stop + 1;
    return pass_mark(x, ':');
}

/* The path of a value that begins: of the key before it, or of an item. */
static uint16_t value_path(struct lesson *x)
{
    if (x->depth > 0 && !x->levels[x->depth].is_object)
        return shipper_paths_item(x->paths, x->levels[x->depth].path);
    return x->key;
}

/* What stands between the value before and p. */
static bool add_text(struct lesson *x, uint16_t *bytes)
{
    struct shipper_layout *y = x->y;
    size_t n = (size_t)(x->p - x->from);
    if (n > (size_t)SHIPPER_LAYOUT_TEXT - y->bytes)
        return false;
    memcpy(y->text + y->bytes, x->from, n);
    y->bytes = (uint16_t)(y->bytes + n);
    *bytes = (uint16_t)(*bytes + n);
    x->from = x->p;
    return true;
}

/* Its use in the form; NULL: none. */
static const struct shipper_row *row_of(const struct lesson *x, uint16_t path)
{
    const struct shipper_path *p = &x->paths->list[path];
    const struct shipper_row *row = path != SHIPPER_PATH_NONE ? p->meaning.rows[x->y->form] : NULL;
    bool is_unknown = row != NULL && row->use == SHIPPER_FIELD_KNOWN && p->name == NAME_NONE;
    return is_unknown ? NULL : row;
}

/* The event's ID tells kinds of records apart before their fields do. */
static bool learn_same(struct lesson *x, struct shipper_layout_value *v, const char *end)
{
    size_t n = (size_t)(end - x->p);
    x->p = end;
    v->same = (uint16_t)n;
    return n > 0 && n <= 16 && add_text(x, &v->before);
}

/* A string or a scalar. */
static bool learn_value(struct lesson *x)
{
    struct shipper_layout *y = x->y;
    struct shipper_layout_value *v = &y->values[y->count];
    bool is_string = *x->p == '"';
    uint16_t path = value_path(x);
    if (y->count == SHIPPER_LAYOUT_VALUES)
        return false;
    *v = (struct shipper_layout_value){.row = row_of(x, path),
                                       .path = path,
                                       .object = x->levels[x->depth].object,
                                       .token = is_string ? JSON_STRING : JSON_SCALAR};
    v->may_be_xml =
        path != SHIPPER_PATH_NONE && x->paths->list[path].meaning.rows[0 /* of XML */] != NULL;
    x->p += is_string;
    if (!add_text(x, &v->before))
        return false;
    const char *end = x->p;
    if (is_string)
        end = json_scan_string(end, x->end);
    else
        while (end < x->end && json_scan_is_scalar(*end))
            end++;
    if (end == NULL || (!is_string && end == x->p))
        return false;
    bool is_id = v->row != NULL && v->row->use == SHIPPER_EVENT_ID && !v->may_be_xml;
    if (is_id && memchr(x->p, '\\', (size_t)(end - x->p)) == NULL && (is_string || *x->p != 'n')) {
        if (!learn_same(x, v, end))
            return false;
    }
    y->count++;
    x->from = end;
    x->p = end + is_string;
    return true;
}

static bool learn_open(struct lesson *x)
{
    uint16_t path = x->depth > 0 ? value_path(x) : 0; /* of a record itself */
    bool is_object = *x->p == '{';
    if (x->depth == SHIPPER_LAYOUT_DEPTH)
        return false;
    x->depth++;
    x->levels[x->depth].is_object = is_object;
    x->levels[x->depth].path = path;
    x->levels[x->depth].object = (uint16_t)++x->objects;
    x->p++;
    return true;
}

/* Behind a value: the levels that end there, and the comma and the key of the next value. */
static bool learn_end(struct lesson *x)
{
    while (x->depth > 0) {
        bool is_object = x->levels[x->depth].is_object;
        if (is_next(x, ',')) {
            x->p++;
            return !is_object || learn_key(x);
        }
        if (!pass_mark(x, is_object ? '}' : ']'))
            return false;
        x->depth--;
    }
    return true;
}

/* A value as a whole, or the start of an object or an array up to its first value. */
static bool learn_next(struct lesson *x)
{
    if (!is_next(x, '{') && !is_next(x, '['))
        return x->p < x->end && learn_value(x) && learn_end(x);
    if (!learn_open(x))
        return false;
    bool is_object = x->levels[x->depth].is_object;
    if (is_next(x, is_object ? '}' : ']'))
        return learn_end(x);
    return !is_object || learn_key(x);
}

static bool learn_record(struct lesson *x)
{
    do {
        if (!learn_next(x))
            return false;
    } while (x->depth > 0);
    uint16_t rest = 0;
    return x->p == x->end && add_text(x, &rest);
}

bool shipper_layout_learn(struct shipper_layout *y, struct shipper_paths *paths, const char *s,
                          size_t n)
{
    struct lesson x = {.y = y, .paths = paths, .p = s, .end = s + n, .from = s};
    y->bytes = y->count = 0;
    if (learn_record(&x))
        return true;
    y->bytes = 0;
    return false;
}
