/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_render.h"

#include <string.h>

#include "decode/audit/audit_units.h"

enum { NAME_UNITS = 64 };

/* ---- units ---------------------------------------------------------------------------------- */

static void skip_blanks(struct audit_render *x)
{
    while (x->at < x->end && audit_units_is_blank(*x->at))
        x->at++;
}

static bool starts_with(const struct audit_render *x, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(x->end - x->at) < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (x->at[i] != (uint8_t)word[i])
            return false;
    return true;
}

static bool take_word(struct audit_render *x, const char *word)
{
    bool there = starts_with(x, word);
    x->at += there ? strlen(word) : 0;
    return there;
}

/* Behind the next place where a mark stands. What it ends has no place in a layout. false: nowhere.
 */
static bool pass_mark(struct audit_render *x, const char *mark)
{
    audit_layouts_forget(&x->layouts);
    for (; x->at < x->end; x->at++)
        if (*x->at == (uint8_t)mark[0] && take_word(x, mark))
            return true;
    return false;
}

static bool ends_name(uint32_t c)
{
    return c <= '>' && (audit_units_is_blank(c) || c == '/' || c == '>' || c == '=' || c == '<');
}

static size_t take_name(struct audit_render *x, const uint16_t **name)
{
    const uint16_t *p = x->at, *end = x->end;
    *name = p;
    while (p < end && !ends_name(*p))
        p++;
    x->at = p;
    return (size_t)(p - *name);
}

/* As ASCII; 0: it is none, or long, and nothing that is known. */
static size_t ascii_of(char *out, const uint16_t *name, size_t units)
{
    uint32_t seen = 0;
    if (units > NAME_UNITS)
        return 0;
    for (size_t i = 0; i < units; i++) {
        seen |= name[i];
        out[i] = (char)name[i];
    }
    return seen < 0x80 ? units : 0;
}

/* ---- references ----------------------------------------------------------------------------- */

/* &#65; or &#x41; the at stands behind &#. */
static bool number_reference(struct audit_render *x, uint32_t *c)
{
    bool hex = take_word(x, "x");
    const uint16_t *start = x->at;
    for (*c = 0; x->at < x->end && *x->at != ';' && *c < 0x110000; x->at++) {
        uint32_t digit = text_lower(*x->at);
        bool letter = hex && digit >= 'a' && digit <= 'f';
        if (!letter && (digit < '0' || digit > '9'))
            return false;
        *c = *c * (hex ? 16 : 10) + (letter ? digit - 'a' + 10 : digit - '0');
    }
    return x->at > start && *c < 0x110000 && take_word(x, ";");
}

static bool read_reference(struct audit_render *x, uint32_t *c)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (take_word(x, named[i].name)) {
            *c = (uint8_t)named[i].c;
            return true;
        }
    return take_word(x, "&#") && number_reference(x, c);
}

static size_t put_unit(uint16_t *to, size_t n, size_t cap, uint32_t c)
{
    if (c >= 0x10000 && n + 1 < cap) {
        to[n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + (c & 0x3FF);
    }
    if (n < cap)
        to[n++] = (uint16_t)c;
    return n;
}

/* ---- what stands in it ---------------------------------------------------------------------- */

/* The value of an attribute, where it stands, or in x->attribute when it has references. */
static bool take_value(struct audit_render *x, const uint16_t **value, size_t *units)
{
    const size_t cap = sizeof x->attribute / sizeof *x->attribute;
    uint32_t c, quote = x->at < x->end ? *x->at++ : 0;
    if (quote != '\'' && quote != '"')
        return false;
    *value = x->at;
    x->at = audit_units_find(x->at, x->end, (uint16_t)quote, '&', '<');
    *units = (size_t)(x->at - *value);
    if (x->at < x->end && *x->at == quote)
        return x->at++ != NULL;
    size_t n = *units < cap ? *units : cap;
    memcpy(x->attribute, *value, n * sizeof **value);
    while (x->at < x->end && *x->at != quote && *x->at != '<') {
        if (*x->at != '&')
            c = *x->at++;
        else if (!read_reference(x, &c))
            return false;
        n = put_unit(x->attribute, n, cap, c);
    }
    *value = x->attribute;
    *units = n;
    return x->at < x->end && *x->at++ == quote;
}

/* For the layout: the value, which stands in the XML, and what it was given to. name: of a field.
 */
static void learn_value(struct audit_render *x, const uint16_t *value, size_t units,
                        uint16_t behind, enum slot slot, uint16_t name)
{
    bool is_field = slot == SLOT_FIELD_NAME;
    if (x->layouts.learned == NULL)
        return;
    struct audit_layout_value v = {.at = (uint16_t)(value - x->start),
                                   .units = (uint16_t)units,
                                   .end = behind,
                                   .is_same = slot == SLOT_EVENT_ID || slot == SLOT_VERSION,
                                   .use = is_field            ? AUDIT_LAYOUT_FIELD
                                          : slot != SLOT_NONE ? AUDIT_LAYOUT_SLOT
                                                              : AUDIT_LAYOUT_NOTHING,
                                   .slot = (uint8_t)slot,
                                   .index = name};
    if (is_field) {
        v.name_at = (uint16_t)(x->field - x->start);
        v.name_units = (uint16_t)x->field_units;
    }
    audit_layouts_add(&x->layouts, &v);
}

static void give_attribute(struct audit_render *x, const uint16_t *name, size_t units,
                           const uint16_t *value, size_t value_units)
{
    char text[NAME_UNITS];
    enum audit_element place = x->stack[x->depth].place;
    size_t n = place != ELEMENT_NOWHERE ? ascii_of(text, name, units) : 0;
    enum slot slot = n != 0 ? audit_attribute(place, text, n) : SLOT_NONE;
    if (value == x->attribute)
        audit_layouts_forget(&x->layouts);
    if (slot == SLOT_FIELD_NAME) {
        if (value == x->attribute) { /* the next attribute may need its room */
            value_units = value_units < NAME_UNITS ? value_units : NAME_UNITS;
            memcpy(x->joined, value, value_units * sizeof *value);
            value = x->joined;
        }
        x->field = value;
        x->field_units = value_units;
        return;
    }
    if (slot != SLOT_NONE)
        audit_record_slot(&x->audit_record, slot, VALUE_STRING, value, 2 * value_units);
    if (value != x->attribute)
        learn_value(x, value, value_units, value[value_units], slot, NAME_NONE);
}

static bool take_attributes(struct audit_render *x)
{
    const uint16_t *name, *value;
    size_t units, value_units;
    for (skip_blanks(x); x->at < x->end && *x->at != '>' && *x->at != '/'; skip_blanks(x)) {
        units = take_name(x, &name);
        skip_blanks(x);
        if (units == 0 || !take_word(x, "="))
            return false;
        skip_blanks(x);
        if (!take_value(x, &value, &value_units))
            return false;
        give_attribute(x, name, units, value, value_units);
    }
    return x->at < x->end;
}

/* The index of a name. Most events have the fields of the one before, in its order. */
static uint16_t name_of(struct audit_render *x, const char *text, size_t n)
{
    uint32_t i = x->fields++;
    if (i >= AUDIT_RENDER_NAMES)
        return audit_name(text, n);
    uint16_t guess = (uint16_t)(x->names[i] - 1);
    if (x->names[i] != 0 && audit_name_length(guess) == n &&
        memcmp(audit_name_text(guess), text, n) == 0)
        return guess;
    uint16_t index = audit_name(text, n);
    x->names[i] = index != NAME_NONE ? (uint16_t)(index + 1) : 0;
    return index;
}

static uint16_t give_field(struct audit_render *x)
{
    char text[NAME_UNITS];
    size_t n = ascii_of(text, x->field, x->field_units);
    uint16_t index = n != 0 ? name_of(x, text, n) : NAME_NONE;
    audit_record_field(&x->audit_record, index, VALUE_STRING, x->field, 2 * x->field_units,
                       VALUE_STRING, x->text, 2 * x->text_units);
    return index;
}

/* What an element without others in it holds. behind: '<', or 0 of one that is all of a tag. */
static void give_text(struct audit_render *x, uint16_t behind)
{
    enum audit_element place = x->stack[x->depth].place;
    enum slot slot = audit_text(place);
    uint16_t name = NAME_NONE;
    if (place == ELEMENT_DATA) {
        slot = SLOT_FIELD_NAME;
        name = give_field(x);
    } else if (slot != SLOT_NONE) {
        audit_units_slot(&x->audit_record, slot, '<', x->text, x->text_units);
    }
    if (x->is_joined)
        audit_layouts_forget(&x->layouts);
    else
        learn_value(x, x->text, x->text_units, behind, slot, name);
}

static void leave_element(struct audit_render *x, uint16_t behind)
{
    if (x->stack[x->depth].place == ELEMENT_EVENT)
        x->is_closed = true;
    else if (!x->has_child)
        give_text(x, behind);
    x->has_child = true; /* of the element around it */
    x->is_joined = false;
    x->text_units = 0;
    x->depth--;
}

/* ---- tags ----------------------------------------------------------------------------------- */

/* Whether what is inside is told apart by its name. */
static bool depends_on_name(enum audit_element parent)
{
    return parent == ELEMENT_TOP || parent == ELEMENT_EVENT || parent == ELEMENT_SYSTEM;
}

static bool start_tag(struct audit_render *x)
{
    char text[NAME_UNITS];
    const uint16_t *name;
    size_t units = take_name(x, &name);
    if (units == 0 || x->depth == AUDIT_RENDER_DEPTH)
        return false;
    enum audit_element parent = x->stack[x->depth].place;
    size_t n = depends_on_name(parent) ? ascii_of(text, name, units) : 0;
    enum audit_element place = audit_child(parent, text, n);
    x->stack[++x->depth] = (struct audit_render_element){name, units, place};
    x->has_child = x->is_joined = false;
    x->field = name;
    x->field_units = units;
    x->text_units = 0;
    if (!take_attributes(x))
        return false;
    x->text = x->at;
    if (take_word(x, "/>"))
        leave_element(x, 0);
    else if (!take_word(x, ">"))
        return false;
    else
        x->text = x->at;
    return true;
}

static bool end_tag(struct audit_render *x)
{
    const struct audit_render_element *e = &x->stack[x->depth];
    const uint16_t *name;
    size_t units = take_name(x, &name);
    skip_blanks(x);
    if (x->depth == 0 || units != e->units || memcmp(name, e->name, 2 * units) != 0 ||
        !take_word(x, ">"))
        return false;
    leave_element(x, '<');
    return true;
}

/* Text in pieces is put together. */
static void join_text(struct audit_render *x, const uint16_t *p, size_t units)
{
    if (!x->is_joined) {
        const size_t most = AUDIT_RENDER_UNITS - NAME_UNITS;
        x->text_units = x->text_units < most ? x->text_units : most;
        memmove(x->joined + NAME_UNITS, x->text, 2 * x->text_units);
        x->text = x->joined + NAME_UNITS;
        x->is_joined = true;
    }
    size_t left = AUDIT_RENDER_UNITS - NAME_UNITS - x->text_units;
    if (units > left)
        record_of(&x->audit_record.b)->flags |= WFPW_EVENT_TRUNCATED;
    units = units < left ? units : left;
    memcpy(x->joined + NAME_UNITS + x->text_units, p, 2 * units);
    x->text_units += units;
}

static bool read_cdata(struct audit_render *x)
{
    const uint16_t *start = x->at;
    if (!pass_mark(x, "]]>"))
        return false;
    join_text(x, start, (size_t)(x->at - start) - 3);
    return true;
}

static bool read_tag(struct audit_render *x)
{
    if (take_word(x, "/"))
        return end_tag(x);
    if (take_word(x, "?"))
        return pass_mark(x, "?>");
    if (take_word(x, "!--"))
        return pass_mark(x, "-->");
    if (take_word(x, "![CDATA["))
        return read_cdata(x);
    return *x->at != '!' && start_tag(x);
}

/* Up to the next tag or reference. */
static bool read_text(struct audit_render *x)
{
    const uint16_t *start = x->at;
    uint16_t units[2];
    uint32_t c;
    x->at = audit_units_find(start, x->end, '<', '&', '&');
    size_t n = (size_t)(x->at - start);
    if (n > 0 && x->text_units == 0 && !x->is_joined) {
        x->text = start;
        x->text_units = n;
    } else if (n > 0) {
        join_text(x, start, n);
    }
    if (x->at == x->end || *x->at == '<')
        return true;
    if (!read_reference(x, &c))
        return false;
    join_text(x, units, put_unit(units, 0, 2, c));
    return true;
}

static bool read_all(struct audit_render *x)
{
    while (x->at < x->end) {
        bool is_tag = *x->at == '<';
        x->at += is_tag;
        if (is_tag ? x->at == x->end || !read_tag(x) : !read_text(x))
            return false;
    }
    return x->is_closed && x->depth == 0;
}

/* false: it is broken. */
static bool read_and_learn(struct audit_render *x, const uint16_t *xml, size_t units)
{
    x->at = x->text = x->field = x->start = xml;
    x->end = xml + units;
    x->stack[0] = (struct audit_render_element){.place = ELEMENT_TOP};
    x->depth = 0;
    x->text_units = x->field_units = 0;
    x->fields = 0;
    x->has_child = x->is_closed = x->is_joined = false;
    audit_layouts_start(&x->layouts, units);
    return read_all(x);
}

enum audit_render_found audit_render_read(struct audit_render *x, const uint16_t *xml, size_t units,
                                          const struct record **record)
{
    audit_record_start(&x->audit_record, x->room, (uint32_t)sizeof x->room, WFPW_SOURCE_AUDIT_LOG);
    x->audit_record.with_log = true;
    bool is_known = audit_layouts_read(&x->layouts, &x->audit_record, xml, units);
    if (!is_known && !read_and_learn(x, xml, units))
        return AUDIT_RENDER_BROKEN;
    *record = audit_record_finish(&x->audit_record, 0);
    if (!is_known && *record != NULL)
        audit_layouts_finish(&x->layouts, xml, units);
    return *record != NULL ? AUDIT_RENDER_RECORD : AUDIT_RENDER_OTHER;
}
