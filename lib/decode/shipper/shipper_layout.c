/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_layout.h"

#include <string.h>

#include "base/text.h"
#include "decode/json/json_scan.h"

void shipper_layouts_forget(struct shipper_layouts *l)
{
    for (uint32_t i = 0; i < SHIPPER_LAYOUTS; i++)
        l->list[i].bytes = l->list[i].following = 0;
    l->learned = l->last = l->misses = l->pause = l->until = l->met = 0;
    memset(l->shapes, 0, sizeof l->shapes);
}

/* ---- reading -------------------------------------------------------------------------------- */

static inline void add_member(struct shipper_layout_found *found,
                              const struct shipper_layout_value *v, const char *text, size_t n,
                              bool is_null)
{
    found->members[found->count++] = (struct shipper_member){
        text, v->row, is_null ? 0 : (uint32_t)n, v->object, v->path, v->token, is_null};
}

/* Behind a string that the form has a use for; NULL: it needs more than that. */
static const char *take_string(const struct shipper_layout_value *v, const char *p, const char *end,
                               struct shipper_layout_found *found)
{
    const char *stop = json_scan_stop(p, end), *text = p;
    size_t n = (size_t)(stop - p);
    char *room = found->text + found->used, *to = room;
    if (stop == end || (*stop != '"' && *stop != '\\'))
        return NULL;
    if (*stop == '\\' || v->row->use == SHIPPER_DATA_XML) { /* the XML parser's input is changed */
        text_copy(to, p, n);
        to += n;
        stop = *stop == '"' ? stop : json_scan_escapes(stop, end, &to);
        if (stop == NULL)
            return NULL;
        text = room;
        n = (size_t)(to - room);
        found->used += (uint32_t)n;
    }
    add_member(found, v, text, n, false);
    return stop;
}

static inline const char *take_scalar(const struct shipper_layout_value *v, const char *p,
                                      const char *end, struct shipper_layout_found *found)
{
    const char *start = p;
    while (p < end && json_scan_is_scalar(*p))
        p++;
    size_t n = (size_t)(p - start);
    if (v->row != NULL)
        add_member(found, v, start, n, n == 4 && memcmp(start, "null", 4) == 0);
    return n > 0 ? p : NULL;
}

/* Behind the value that begins at p; NULL: it cannot be one of this layout. */
static inline const char *take_value(const struct shipper_layout_value *v, const char *p,
                                     const char *end, struct shipper_layout_found *found)
{
    if (v->token == JSON_SCALAR)
        return take_scalar(v, p, end, found);
    if (v->may_be_xml && (end - p < 2 || *p == '<' || (*p == '\\' && p[1] == 'u')))
        return NULL;
    return v->row != NULL ? take_string(v, p, end, found) : json_scan_string(p, end);
}

/* The bytes of a record that has what stands between the values; 0: it does not. */
static size_t read_layout(const struct shipper_layout *y, const char *s, const char *end,
                          struct shipper_layout_found *found)
{
    const char *p = s, *text = y->text;
    found->count = found->used = 0;
    for (const struct shipper_layout_value *v = y->values; v < y->values + y->count; v++) {
        if ((size_t)(end - p) < v->before || !text_equal(p, text, v->before))
            return 0;
        text += v->before;
        p += v->before;
        if (v->same != 0)
            add_member(found, v, p - v->same, v->same, false);
        else if ((p = take_value(v, p, end, found)) == NULL)
            return 0;
    }
    size_t rest = (size_t)(y->text + y->bytes - text);
    if ((size_t)(end - p) < rest || !text_equal(p, text, rest))
        return 0;
    found->form = y->form;
    return (size_t)(p - s) + rest;
}

/* Where layouts do not help they are tried with few records only. */
static void note_miss(struct shipper_layouts *l)
{
    enum { PATIENCE = 16, PAUSE = 16 };
    if (++l->misses >= PATIENCE)
        l->pause = PAUSE;
}

size_t shipper_layouts_read(struct shipper_layouts *l, const char *s, size_t n, uint32_t depth,
                            struct shipper_layout_found *found)
{
    uint32_t first = l->list[l->last].following;
    const char *end = s + (n < SHIPPER_LAYOUT_RECORD ? n : (size_t)SHIPPER_LAYOUT_RECORD);
    if (l->learned == 0)
        return 0;
    if (l->pause > 0) {
        l->pause--;
        return 0;
    }
    for (uint32_t i = 0; i < SHIPPER_LAYOUTS; i++) {
        uint32_t at = i == 0 ? first : i <= first ? i - 1 : i;
        const struct shipper_layout *y = &l->list[at];
        if (y->bytes == 0 || y->depth != depth)
            continue;
        size_t bytes = read_layout(y, s, end, found);
        if (bytes == 0)
            continue;
        l->list[l->last].following = (uint16_t)at;
        l->last = at;
        l->misses = 0;
        return bytes;
    }
    note_miss(l);
    return 0;
}

/* ---- learning ------------------------------------------------------------------------------- */

/* Whether it is worth while: one like it was met, and there is no rush of others. */
static bool is_due(struct shipper_layouts *l, uint64_t shape)
{
    bool was_met = false;
    for (uint32_t i = 0; i < SHIPPER_LAYOUT_SHAPES; i++)
        was_met = was_met || l->shapes[i] == shape;
    if (!was_met)
        l->shapes[l->met++ % SHIPPER_LAYOUT_SHAPES] = shape;
    l->until -= l->until > 0;
    return was_met && l->until == 0;
}

/* Whether it is there already, but a value was none that can be looked at only. */
static bool is_known(const struct shipper_layouts *l, const struct shipper_layout *y)
{
    for (const struct shipper_layout *other = l->list; other < l->list + SHIPPER_LAYOUTS; other++)
        if (other != y && other->bytes == y->bytes && other->depth == y->depth &&
            memcmp(other->text, y->text, y->bytes) == 0)
            return true;
    return false;
}

void shipper_layouts_learn(struct shipper_layouts *l, struct shipper_paths *paths, const char *s,
                           size_t n, uint32_t depth, size_t form, uint64_t shape)
{
    enum { BETWEEN = 32 }; /* records, when one has to be forgotten for another */
    struct shipper_layout *y = &l->list[l->learned % SHIPPER_LAYOUTS];
    if (n > SHIPPER_LAYOUT_RECORD || !is_due(l, shape))
        return;
    y->form = (uint8_t)form;
    y->depth = (uint8_t)depth;
    l->until = l->learned >= SHIPPER_LAYOUTS ? BETWEEN : 0;
    if (!shipper_layout_learn(y, paths, s, n) || is_known(l, y)) {
        y->bytes = 0;
        l->until = BETWEEN; /* others like it are no better */
        return;
    }
    l->learned++;
}
