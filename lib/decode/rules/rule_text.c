/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/rules/rule_text.h"

#include "decode/rules/rule_field.h"

/* ---- what a file is ------------------------------------------------------------------------- */

static bool starts_with(const char *s, size_t n, const char *prefix)
{
    size_t m = strlen(prefix);
    return n >= m && memcmp(s, prefix, m) == 0;
}

static bool has_text(const char *s, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == *text && starts_with(s + i, n - i, text))
            return true;
    return false;
}

/* netsh translates its words, but neither these nor the line under a rule's name. */
static bool is_netsh(const char *s, size_t n)
{
    return has_text(s, n, "\n----------------------------------------") &&
           has_text(s, n, "LocalIP") && has_text(s, n, "RemoteIP");
}

/* The columns of the first line that is no comment, of which rules have a name: a bit each. */
static uint32_t columns_of(const char *s, size_t n, uint32_t *tabs)
{
    uint32_t fields = 0;
    const char *line = s, *end = s + n;
    while (line < end && (*line == '#' || *line == '\r' || *line == '\n')) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        line = next != NULL ? next + 1 : end;
    }
    const char *stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    stop = stop != NULL ? stop : end;
    for (const char *at = line; at < stop; at++) {
        const char *word = at;
        while (at < stop && *at != ',' && *at != ';' && *at != '\t' && *at != '"' && *at != '\r')
            at++;
        fields |= (uint32_t)1 << rule_field_find(word, (size_t)(at - word));
        if (text_same(word, (size_t)(at - word), "InstanceID") ||
            text_same(word, (size_t)(at - word), "DisplayName"))
            fields |= 0x80000000u;
        *tabs += at < stop && *at == '\t';
    }
    return fields;
}

enum rule_text_form rule_text_look(const char *s, size_t n)
{
    enum { CONSOLE_TABS = 10 };
    static const uint32_t wanted = 1u << FIELD_ID | 1u << FIELD_DIRECTION | 1u << FIELD_ACTION;
    uint32_t tabs = 0;
    size_t blank = 0;
    if (starts_with(s, n, "Windows Registry Editor Version") || starts_with(s, n, "REGEDIT4"))
        return RULE_TEXT_REG;
    while (blank < n &&
           (s[blank] == ' ' || s[blank] == '\t' || s[blank] == '\r' || s[blank] == '\n'))
        blank++;
    if (blank < n && (s[blank] == '{' || s[blank] == '['))
        return RULE_TEXT_JSON;
    if (is_netsh(s, n))
        return RULE_TEXT_NETSH;
    uint32_t fields = columns_of(s, n, &tabs);
    if ((fields & wanted) == wanted && fields >= 0x80000000u)
        return RULE_TEXT_CSV;
    return tabs >= CONSOLE_TABS ? RULE_TEXT_CONSOLE : RULE_TEXT_NONE;
}

/* ---- reading -------------------------------------------------------------------------------- */

void rule_text_start(struct rule_text *t, enum rule_text_form form)
{
    memset(t, 0, offsetof(struct rule_text, u));
    memset(&t->u.csv, 0, offsetof(struct rule_csv, value));
    memset(&t->u.reg, 0, offsetof(struct rule_reg, line) + 1);
    t->u.reg.fresh = form == RULE_TEXT_REG;
    t->form = form;
    if (form == RULE_TEXT_JSON)
        rule_json_start(t);
}

size_t rule_text_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule)
{
    *rule = NULL;
    t->damage = NULL;
    return t->form == RULE_TEXT_REG    ? rule_reg_feed(t, s, n, rule)
           : t->form == RULE_TEXT_JSON ? rule_json_feed(t, s, n, rule)
                                       : rule_csv_feed(t, s, n, rule);
}

void rule_text_end(struct rule_text *t, const struct rule **rule)
{
    *rule = NULL;
    t->damage = NULL;
    if (t->form == RULE_TEXT_REG)
        rule_reg_end(t, rule);
    else if (t->form == RULE_TEXT_JSON)
        rule_json_end(t, rule);
    else
        rule_csv_end(t, rule);
}
