/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_xml_layout.h"

#include <string.h>

void shipper_xml_layouts_forget(struct shipper_xml_layouts *l)
{
    for (uint32_t i = 0; i < SHIPPER_XML_LAYOUTS; i++)
        l->list[i].bytes = 0;
    l->learned = l->last = 0;
}

/* ---- values --------------------------------------------------------------------------------- */

/* What a parser takes otherwise than as it stands, or may refuse: controls, marks, and what has the
 * first byte of U+FFFE and U+FFFF. */
static inline bool is_special(char c)
{
    static const bool is[256] = {
        true,          true,          true,         true,         true,         true,
        true,          true,          true,         true,         true,         true,
        true,          true,          true,         true,         true,         true,
        true,          true,          true,         true,         true,         true,
        true,          true,          true,         true,         true,         true,
        true,          true,          ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true,
        ['\''] = true, [0x7F] = true, [0xEF] = true};
    return is[(uint8_t)c];
}

/* The end of the value at p, behind which `behind` stands; NULL: it has something special. */
static inline const char *value_end(const char *p, const char *end, char behind)
{
    for (; p < end; p++) {
        if (!is_special(*p))
            continue;
        if (*p == behind)
            return p;
        if (*p != '"' && *p != '\'')
            return NULL;
    }
    return NULL;
}

static void give_value(const struct shipper_xml_layout *y, const struct shipper_xml_value *v,
                       const struct shipper_xml_found *f, struct audit_record *a)
{
    const char *p = f->p, *end = p + f->n;
    if (v->slot == SLOT_FIELD_NAME && v->index != NAME_NONE) {
        audit_record_text_field(a, v->index, f->p, f->n);
        return;
    }
    if (v->slot == SLOT_FIELD_NAME) {
        audit_record_field(a, v->index, VALUE_UTF8, y->text + v->name_at, v->name_bytes, VALUE_UTF8,
                           f->p, f->n);
        return;
    }
    for (; v->end == '<' && p < end && *p == ' '; p++)
        ;
    for (; v->end == '<' && p < end && end[-1] == ' '; end--)
        ;
    if (v->slot != SLOT_NONE)
        audit_record_slot(a, (enum slot)v->slot, VALUE_UTF8, p, (size_t)(end - p));
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Whether the text has what stands between the values, and what its values are. */
static bool fits_layout(const struct shipper_xml_layout *y, const char *p, const char *end,
                        struct shipper_xml_found *found)
{
    const char *text = y->text;
    for (const struct shipper_xml_value *v = y->values; v < y->values + y->count; v++, found++) {
        if ((size_t)(end - p) < v->before || !text_equal(p, text, v->before))
            return false;
        text += v->before;
        p += v->before;
        const char *start = p - v->same;
        if (v->same == 0 && v->end != 0 && (p = value_end(p, end, v->end)) == NULL)
            return false;
        *found = (struct shipper_xml_found){start, (size_t)(p - start)};
    }
    size_t rest = (size_t)(y->text + y->bytes - text);
    return (size_t)(end - p) == rest && text_equal(p, text, rest);
}

bool shipper_xml_layouts_find(struct shipper_xml_layouts *l, bool is_data, const char *s, size_t n)
{
    for (uint32_t i = 0; i < SHIPPER_XML_LAYOUTS && n <= SHIPPER_XML_LAYOUT_MOST; i++) {
        uint32_t at = (l->last + i) % SHIPPER_XML_LAYOUTS;
        const struct shipper_xml_layout *y = &l->list[at];
        if (y->bytes == 0 || y->is_data != is_data || !fits_layout(y, s, s + n, l->found))
            continue;
        l->last = at;
        return true;
    }
    return false;
}

void shipper_xml_layouts_give(const struct shipper_xml_layouts *l, struct audit_record *a)
{
    const struct shipper_xml_layout *y = &l->list[l->last];
    for (uint32_t i = 0; i < y->count; i++)
        give_value(y, &y->values[i], &l->found[i], a);
}

/* ---- learning ------------------------------------------------------------------------------- */

enum { LEVELS = 12, NAME_BYTES = 64 };

/* A text that is being learned from: tags, attributes and texts of the plain kind, or it is not
 * learned from. */
struct lesson {
    struct shipper_xml_layout *y;
    const char *p, *end;
    const char *from; /* behind the value before */
    uint32_t depth;
    struct {
        enum audit_element place;
        const char *name;
        size_t n;
    } levels[LEVELS + 1];
    const char *field; /* the name of a field: of its attribute, or of the element */
    size_t field_bytes;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t take_name(struct lesson *x, bool with_colon)
{
    const char *start = x->p;
    while (x->p < x->end && ((*x->p >= 'a' && *x->p <= 'z') || (*x->p >= 'A' && *x->p <= 'Z') ||
                             (*x->p >= '0' && *x->p <= '9') || *x->p == '_' || *x->p == '-' ||
                             (*x->p == ':' && with_colon)))
        x->p++;
    return x->p - start <= NAME_BYTES ? (size_t)(x->p - start) : 0;
}

static bool pass_mark(struct lesson *x, char c)
{
    if (x->p == x->end || *x->p != c)
        return false;
    x->p++;
    return true;
}

/* What stands between the value before and p. */
static bool add_text(struct lesson *x, uint16_t *bytes)
{
    struct shipper_xml_layout *y = x->y;
    size_t n = (size_t)(x->p - x->from);
    if (n > (size_t)SHIPPER_XML_LAYOUT_TEXT - y->bytes)
        return false;
    memcpy(y->text + y->bytes, x->from, n);
    y->bytes = (uint16_t)(y->bytes + n);
    *bytes = (uint16_t)(*bytes + n);
    x->from = x->p;
    return true;
}

/* The value at p, of an attribute or an element; p goes to its end. behind 0: of an empty tag. */
static bool learn_value(struct lesson *x, enum slot slot, char behind)
{
    struct shipper_xml_layout *y = x->y;
    struct shipper_xml_value *v = &y->values[y->count];
    const char *end = behind != 0 ? value_end(x->p, x->end, behind) : x->p;
    bool has_name = slot != SLOT_FIELD_NAME || x->field >= x->from; /* in front of this value */
    if (y->count == SHIPPER_XML_LAYOUT_VALUES || end == NULL || !has_name)
        return false;
    *v = (struct shipper_xml_value){.slot = (uint8_t)slot, .end = behind};
    if (slot == SLOT_FIELD_NAME) {
        v->name_at = (uint16_t)(y->bytes + (x->field - x->from));
        v->name_bytes = (uint8_t)x->field_bytes;
        v->index = audit_name(x->field, x->field_bytes);
    }
    if (!add_text(x, &v->before))
        return false;
    x->p = end;
    if (slot == SLOT_EVENT_ID) { /* which tells kinds apart before their fields do */
        v->same = (uint16_t)(end - x->from);
        if (!add_text(x, &v->before))
            return false;
    }
    x->from = end;
    y->count++;
    return true;
}

static bool learn_attribute(struct lesson *x)
{
    enum audit_element place = x->levels[x->depth].place;
    const char *name = x->p;
    size_t n = take_name(x, true);
    bool is_fixed = memchr(name, ':', n) != NULL || (n >= 5 && memcmp(name, "xmlns", 5) == 0);
    if (n == 0 || !pass_mark(x, '=') || x->p == x->end || (*x->p != '"' && *x->p != '\''))
        return false;
    char quote = *x->p++;
    enum slot slot = audit_attribute(place, name, n);
    const char *value = x->p, *end = value_end(value, x->end, quote);
    if (end == NULL)
        return false;
    if (slot == SLOT_FIELD_NAME) {
        x->field = value;
        x->field_bytes = (size_t)(end - value);
    } else if (!is_fixed && !learn_value(x, slot, quote)) {
        return false;
    }
    x->p = end + 1;
    return slot != SLOT_FIELD_NAME || x->field_bytes <= NAME_BYTES;
}

/* The text of an element without others in it. */
static bool learn_leaf(struct lesson *x, char behind)
{
    enum audit_element place = x->levels[x->depth].place;
    enum slot slot = place == ELEMENT_DATA ? SLOT_FIELD_NAME : audit_text(place);
    return place != ELEMENT_EVENT && learn_value(x, slot, behind);
}

static bool learn_start(struct lesson *x)
{
    const char *name = x->p, *next;
    size_t n = take_name(x, false);
    if (n == 0 || x->depth == LEVELS)
        return false;
    x->depth++;
    x->levels[x->depth].place = audit_child(x->levels[x->depth - 1].place, name, n);
    x->levels[x->depth].name = x->field = name;
    x->levels[x->depth].n = x->field_bytes = n;
    while (x->p < x->end && is_blank(*x->p)) {
        while (x->p < x->end && is_blank(*x->p))
            x->p++;
        if (x->p < x->end && *x->p != '>' && *x->p != '/' && !learn_attribute(x))
            return false;
    }
    if (x->p < x->end && *x->p == '/') {
        x->p++;
        if (!pass_mark(x, '>') || !learn_leaf(x, 0))
            return false;
        x->depth--;
        return true;
    }
    if (!pass_mark(x, '>'))
        return false;
    next = memchr(x->p, '<', (size_t)(x->end - x->p));
    bool is_leaf = next != NULL && x->end - next > 1 && next[1] == '/';
    return !is_leaf || learn_leaf(x, '<');
}

static bool learn_end(struct lesson *x)
{
    const char *name = x->p;
    size_t n = take_name(x, false);
    if (n == 0 || n != x->levels[x->depth].n || memcmp(name, x->levels[x->depth].name, n) != 0)
        return false;
    x->depth--;
    return pass_mark(x, '>');
}

/* A tag, or blanks around one. */
static bool learn_next(struct lesson *x)
{
    if (is_blank(*x->p))
        return x->p++ != NULL;
    if (!pass_mark(x, '<') || x->p == x->end)
        return false;
    if (*x->p != '/')
        return learn_start(x);
    x->p++;
    return x->depth > 0 && learn_end(x);
}

static bool learn_text(struct lesson *x, bool is_data)
{
    uint16_t rest = 0;
    x->levels[0].place = is_data ? ELEMENT_EVENT : ELEMENT_TOP;
    do {
        if (!learn_next(x))
            return false;
    } while (x->depth > 0 && x->p < x->end);
    while (x->p < x->end && is_blank(*x->p))
        x->p++;
    bool is_event = is_data || x->levels[1].place == ELEMENT_EVENT;
    return x->depth == 0 && x->p == x->end && is_event && add_text(x, &rest);
}

void shipper_xml_layouts_learn(struct shipper_xml_layouts *l, bool is_data, const char *s, size_t n)
{
    struct shipper_xml_layout *y = &l->list[l->learned % SHIPPER_XML_LAYOUTS];
    struct lesson x = {.y = y, .p = s, .end = s + n, .from = s};
    if (n == 0 || n > SHIPPER_XML_LAYOUT_MOST)
        return;
    y->bytes = y->count = 0;
    y->is_data = is_data;
    if (learn_text(&x, is_data))
        l->learned++;
    else
        y->bytes = 0;
}
