/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What 'Get-NetFirewallRule | ConvertTo-Json' writes: an object a rule, in an array or alone. What
 * lies in members of members is passed over. */
#include "decode/rules/rule_field.h"
#include "decode/rules/rule_text.h"

enum { PLAIN, STRING, ESCAPE, UNICODE, SCALAR };
enum { DEPTH_MAX = 64 };

/* ---- text ----------------------------------------------------------------------------------- */

static void add_char(struct rule_json *j, char c)
{
    if (j->used < sizeof j->value)
        j->value[j->used++] = c;
    else
        j->is_cut = true;
}

static void add_code(struct rule_json *j, uint32_t c)
{
    char out[4];
    uint16_t units[2] = {(uint16_t)c, 0};
    size_t n = 1;
    if (c >= 0x10000) {
        units[0] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
        units[1] = (uint16_t)(0xDC00 + ((c - 0x10000) & 0x3FF));
        n = 2;
    }
    uint8_t wide[4] = {(uint8_t)units[0], (uint8_t)(units[0] >> 8), (uint8_t)units[1],
                       (uint8_t)(units[1] >> 8)};
    char room[8];
    size_t m = text_utf16(room, wide, n);
    memcpy(out, room, m < sizeof out ? m : sizeof out);
    for (size_t i = 0; i < m && i < sizeof out; i++)
        add_char(j, out[i]);
}

/* A unit of UTF-16 that was written as \uXXXX. */
static void add_unit(struct rule_json *j, uint32_t unit)
{
    uint32_t high = j->high;
    j->high = 0;
    if (high != 0 && unit >= 0xDC00 && unit < 0xE000) {
        add_code(j, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        return;
    }
    if (high != 0)
        add_code(j, 0xFFFD);
    if (unit >= 0xD800 && unit < 0xDC00)
        j->high = unit;
    else
        add_code(j, unit == 0 || (unit >= 0xDC00 && unit < 0xE000) ? 0xFFFD : unit);
}

static void end_pair(struct rule_json *j)
{
    if (j->high != 0)
        add_unit(j, 0xFFFD);
    j->high = 0;
}

static void take_escape(struct rule_json *j, char c)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    const char *at = c != 0 ? strchr(from, c) : NULL;
    j->state = STRING;
    if (c == 'u') {
        j->state = UNICODE;
        j->digits = j->unit = 0;
        return;
    }
    end_pair(j);
    add_char(j, at != NULL ? to[at - from] : c);
}

static void take_digit(struct rule_json *j, char c)
{
    uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                            : 0;
    j->unit = j->unit << 4 | digit;
    if (++j->digits < 4)
        return;
    add_unit(j, j->unit);
    j->state = STRING;
}

/* ---- structure ------------------------------------------------------------------------------ */

/* A member's value, or one of its list's. */
static void take_value(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    size_t n = text_utf8_valid(j->value, j->used);
    bool of_list = j->depth == j->top + 1 && (j->objects >> (j->depth - 1) & 1) == 0;
    if (j->top == 0)
        return;
    if (j->depth == j->top && j->is_key)
        j->field = (uint8_t)rule_field_find(j->value, n);
    else if (j->depth == j->top || of_list)
        rule_field_take(&t->builder, (enum rule_field)j->field, j->value, n, j->is_cut);
}

static void end_scalar(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    if (j->state == SCALAR && !text_same(j->value, j->used, "null"))
        take_value(t);
    j->state = PLAIN;
}

static void lose_structure(struct rule_text *t, const char *why)
{
    struct rule_json *j = &t->u.json;
    t->damage = why;
    j->depth = j->top = 0;
    j->objects = 0;
    j->state = PLAIN;
}

static void open_level(struct rule_text *t, bool is_object)
{
    struct rule_json *j = &t->u.json;
    if (j->depth == DEPTH_MAX) {
        lose_structure(t, "JSON that is too deep");
        return;
    }
    j->objects = (j->objects & ~((uint64_t)1 << j->depth)) | (uint64_t)is_object << j->depth;
    j->depth++;
    if (!is_object || j->top != 0)
        return;
    j->top = j->depth;
    j->is_spoiled = false;
    j->is_key = true;
    j->field = FIELD_NONE;
    rule_start(&t->builder);
}

static const struct rule *close_level(struct rule_text *t, bool is_object)
{
    struct rule_json *j = &t->u.json;
    if (j->depth == 0 || (j->objects >> (j->depth - 1) & 1) != is_object) {
        lose_structure(t, "a bracket that fits none");
        return NULL;
    }
    bool is_rule = j->depth == j->top;
    j->depth--;
    if (!is_rule)
        return NULL;
    j->top = 0;
    if (j->is_spoiled)
        return NULL; /* which was told */
    const struct rule *rule = rule_field_finish(&t->builder);
    if (rule == NULL)
        t->damage = "an object that is no rule";
    return rule;
}

static const struct rule *take_mark(struct rule_text *t, char c)
{
    struct rule_json *j = &t->u.json;
    bool is_top = j->top != 0 && j->depth == j->top;
    if (c == '{' || c == '[')
        open_level(t, c == '{');
    else if (c == '}' || c == ']')
        return close_level(t, c == '}');
    else if (c == '"')
        j->state = STRING;
    else if (c == ':' || c == ',')
        j->is_key = is_top ? c == ',' : j->is_key;
    else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
        j->state = SCALAR;
    j->used = 0;
    j->is_cut = false;
    if (j->state == SCALAR)
        add_char(j, c);
    return NULL;
}

/* No line ends in a text: its quote is lost, and with it the object, but not those behind. */
static void lose_text(struct rule_text *t)
{
    struct rule_json *j = &t->u.json;
    t->damage = "a text without its end";
    j->is_spoiled = true;
    j->state = PLAIN;
}

static void take_in_string(struct rule_text *t, char c)
{
    struct rule_json *j = &t->u.json;
    if (c == '\n') {
        lose_text(t);
        return;
    }
    if (c == '\\') {
        j->state = ESCAPE;
        return;
    }
    end_pair(j);
    if (c == '"') {
        take_value(t);
        j->state = PLAIN;
    } else {
        add_char(j, c);
    }
}

static const struct rule *take_char(struct rule_text *t, char c)
{
    struct rule_json *j = &t->u.json;
    switch (j->state) {
    case STRING:
        take_in_string(t, c);
        return NULL;
    case ESCAPE:
        take_escape(j, c);
        return NULL;
    case UNICODE:
        take_digit(j, c);
        return NULL;
    case SCALAR:
        if (c != 0 && strchr("{}[]:,\" \t\r\n", c) == NULL) {
            add_char(j, c);
            return NULL;
        }
        end_scalar(t);
        return take_mark(t, c);
    default:
        return take_mark(t, c);
    }
}

size_t rule_json_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule)
{
    for (size_t i = 0; i < n; i++) {
        *rule = take_char(t, s[i]);
        if (*rule != NULL || t->damage != NULL)
            return i + 1;
    }
    return n;
}

void rule_json_end(struct rule_text *t, const struct rule **rule)
{
    (void)rule;
    if (t->u.json.depth != 0 || t->u.json.state == STRING)
        t->damage = "the file ends inside an object";
}
