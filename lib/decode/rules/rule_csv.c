/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * CSV of PowerShell (Export-Csv) and of scripts on its rules: the first row names the columns. */
#include "decode/rules/rule_field.h"
#include "decode/rules/rule_text.h"

enum { ROW_MAX = 256 * 1024 }; /* so much is lost of a text without its end */

/* The end of a value. */
static void end_value(struct rule_text *t)
{
    struct rule_csv *c = &t->u.csv;
    size_t n = text_utf8_valid(c->value, c->used);
    if (c->column == 0 && !c->has_header && n > 0 && c->value[0] == '#')
        c->is_comment = true; /* "#TYPE ..." */
    if (c->column < RULE_TEXT_COLUMNS && !c->has_header)
        c->fields[c->column] = (uint8_t)rule_field_find(c->value, n);
    else if (c->column < RULE_TEXT_COLUMNS)
        rule_field_take(&t->builder, (enum rule_field)c->fields[c->column], c->value, n, c->is_cut);
    c->column++;
    c->used = 0;
    c->is_cut = false;
    c->was_quote = false;
}

static const struct rule *end_row(struct rule_text *t)
{
    struct rule_csv *c = &t->u.csv;
    const struct rule *rule = NULL;
    bool is_empty = c->row == 0;
    if (!is_empty)
        end_value(t);
    if (!is_empty && c->has_header)
        rule = rule_field_finish(&t->builder);
    if (!is_empty && c->has_header && rule == NULL)
        t->damage = c->is_long ? "a row that is too long" : "a row that is no rule";
    if (!is_empty && !c->has_header && !c->is_comment)
        c->has_header = true;
    if (c->is_comment)
        c->separator = 0;
    c->is_comment = c->is_long = c->quoted = c->was_quote = false;
    c->column = 0;
    c->row = c->used = 0;
    if (rule == NULL)
        rule_start(&t->builder);
    return rule;
}

static bool is_separator(struct rule_csv *c, char s)
{
    if (c->separator == 0 && (s == ',' || s == ';' || s == '\t'))
        c->separator = s;
    return s == c->separator;
}

static void add_char(struct rule_csv *c, char s)
{
    if (c->used < sizeof c->value)
        c->value[c->used++] = s;
    else
        c->is_cut = true;
}

/* A quote in quotes that is not its end stands twice. */
static void take_quoted(struct rule_csv *c, char s)
{
    if (s != '"') {
        add_char(c, s);
        return;
    }
    c->quoted = false;
    c->was_quote = true;
}

static const struct rule *take_char(struct rule_text *t, char s)
{
    struct rule_csv *c = &t->u.csv;
    if (c->row == 0 && c->has_header)
        rule_start(&t->builder);
    if (c->quoted && c->row < ROW_MAX) {
        c->row++;
        take_quoted(c, s);
        return NULL;
    }
    c->is_long |= c->quoted;
    c->quoted &= s != '\n'; /* of a row that is too long: what is behind its line is another */
    if (s == '\n')
        return end_row(t);
    if (s == '\r')
        return NULL;
    c->row++;
    if (s == '"') {
        if (c->was_quote)
            add_char(c, s);
        c->quoted = c->used == 0 || c->was_quote;
        c->was_quote = false;
    } else if (is_separator(c, s)) {
        end_value(t);
    } else {
        add_char(c, s);
    }
    return NULL;
}

size_t rule_csv_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule)
{
    for (size_t i = 0; i < n; i++) {
        *rule = take_char(t, s[i]);
        if (*rule != NULL || t->damage != NULL)
            return i + 1;
    }
    return n;
}

void rule_csv_end(struct rule_text *t, const struct rule **rule)
{
    if (t->u.csv.quoted)
        t->damage = "the file ends inside a text";
    else
        *rule = end_row(t);
}
