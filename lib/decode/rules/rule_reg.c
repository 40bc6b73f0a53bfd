/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A .reg file, line by line: a line goes on behind a backslash at its end, and a text goes on until
 * its quote. */
#include "decode/rules/rule_string.h"
#include "decode/rules/rule_text.h"

static const char too_long[] = "a line that is too long";

/* ---- one line ------------------------------------------------------------------------------- */

/* Undoes the escapes of a text in quotes, in place. Returns where it goes on behind the quote;
 * NULL: it has no end. */
static char *unquote_text(char *at, char *end, size_t *size)
{
    char *to = at;
    for (char *s = at; s < end; s++) {
        if (*s == '"') {
            *size = (size_t)(to - at);
            return s + 1;
        }
        if (*s == '\\' && s + 1 < end)
            s++;
        *to++ = *s;
    }
    return NULL;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "76,00,32,00" to bytes, in place. Returns how many. */
static size_t bytes_of(char *at, const char *end)
{
    char *to = at;
    for (const char *s = at; s + 1 < end;) {
        int high = hex_digit(s[0]), low = hex_digit(s[1]);
        if (high < 0 || low < 0) {
            s++;
            continue;
        }
        *to++ = (char)(high << 4 | low);
        s += 2;
    }
    return (size_t)(to - at);
}

/* The data as hexadecimal: UTF-16, in the files of Windows 98's form 8-bit. The text goes behind
 * the bytes, where that of regedit's UTF-16 has room always, as its bytes are parted by commas;
 * NULL: it has none up to `limit`. */
static char *text_of_bytes(char *at, const char *end, const char *limit, size_t *size)
{
    size_t n = bytes_of(at, end);
    char *to = at + n;
    bool wide = n >= 2 && at[1] == 0;
    size_t most = wide ? n / 2 * 3 : 3 * n;
    if (most > (size_t)(limit - to))
        return NULL;
    *size = wide ? text_utf16(to, at, n / 2) : text_latin1(to, at, n);
    return to;
}

static bool starts_with(const char *s, size_t n, const char *prefix)
{
    size_t m = strlen(prefix);
    return n >= m && text_same(s, m, prefix);
}

static const struct rule *take_data(struct rule_text *t, const char *id, size_t id_size,
                                    const char *data, size_t size)
{
    enum rule_string_result result =
        rule_string_read(&t->builder, id, id_size, data, size, t->u.reg.origin);
    if (result == RULE_STRING_BAD)
        t->damage = "a value that is no firewall rule";
    return result == RULE_STRING_RULE ? rule_finish(&t->builder) : NULL;
}

static const struct rule *take_value(struct rule_text *t, char *at, char *end)
{
    size_t id_size, size;
    char *id = at + 1, *data = unquote_text(id, end, &id_size);
    if (data == NULL || data == end || *data != '=') {
        t->damage = "a line without a name and a value";
        return NULL;
    }
    data++;
    size_t n = (size_t)(end - data);
    if (n > 0 && *data == '"') {
        data++;
        if (unquote_text(data, end, &size) == NULL)
            t->damage = "a text without its end";
        return t->damage == NULL ? take_data(t, id, id_size, data, size) : NULL;
    }
    if (!starts_with(data, n, "hex(1):") && !starts_with(data, n, "hex(2):"))
        return NULL; /* a number, or what is to be deleted */
    data = text_of_bytes(data + 7, end, t->u.reg.line + sizeof t->u.reg.line, &size);
    if (data == NULL)
        t->damage = too_long;
    return data != NULL ? take_data(t, id, id_size, data, size) : NULL;
}

static const struct rule *take_line(struct rule_text *t)
{
    struct rule_reg *r = &t->u.reg;
    size_t n = r->used;
    bool is_cut = r->too_long;
    r->used = 0;
    r->too_long = r->quoted = r->escaped = false;
    if (is_cut) {
        t->damage = too_long;
        if (r->line[0] == '[')
            r->origin = 0; /* of a key that is not known */
        return NULL;
    }
    if (n > 0 && r->line[0] == '[') {
        const char *end = memchr(r->line, ']', n);
        size_t m = end != NULL ? (size_t)(end - r->line) - 1 : 0;
        r->origin = m > 0 && r->line[1] != '-' ? rule_string_origin(r->line + 1, m) : 0;
        return NULL;
    }
    return n > 0 && r->line[0] == '"' && r->origin != 0 ? take_value(t, r->line, r->line + n)
                                                        : NULL;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void add_char(struct rule_reg *r, char c)
{
    if (r->used < sizeof r->line)
        r->line[r->used++] = c;
    else
        r->too_long = true;
    if (r->line[0] != '"')
        return;
    if (r->escaped)
        r->escaped = false;
    else if (c == '\\' && r->quoted)
        r->escaped = true;
    else if (c == '"')
        r->quoted = !r->quoted;
}

/* Whether the line under way goes on behind this end of a line. */
static bool goes_on(struct rule_reg *r)
{
    if (r->quoted) {
        add_char(r, '\n');
        return true;
    }
    if (r->used < 2 || r->line[0] != '"' || r->line[r->used - 1] != '\\')
        return false;
    r->used--;
    return true;
}

/* A text that a quote at the start of a line would end, with more behind it, has lost its end: the
 * line is a new one. */
static bool has_lost_end(struct rule_reg *r, char c)
{
    bool lost = r->closed_at_start && c != '\r' && c != '\n';
    bool closes = r->fresh && r->quoted && c == '"';
    r->closed_at_start = closes;
    return lost;
}

static bool take_char(struct rule_text *t, char c, const struct rule **rule)
{
    struct rule_reg *r = &t->u.reg;
    if (has_lost_end(r, c)) {
        t->damage = "a text without its end";
        r->used = 0;
        r->too_long = r->quoted = r->escaped = false;
        add_char(r, '"');
    }
    if (c == '\n') {
        r->fresh = true;
        if (!goes_on(r))
            *rule = take_line(t);
        return *rule != NULL || t->damage != NULL;
    }
    bool blank = (c == ' ' || c == '\t') && r->fresh && !r->quoted;
    if (c != '\r' && !blank) {
        r->fresh = false;
        add_char(r, c);
    }
    return t->damage != NULL;
}

size_t rule_reg_feed(struct rule_text *t, const char *s, size_t n, const struct rule **rule)
{
    for (size_t i = 0; i < n; i++)
        if (take_char(t, s[i], rule))
            return i + 1;
    return n;
}

void rule_reg_end(struct rule_text *t, const struct rule **rule)
{
    if (t->u.reg.quoted)
        t->damage = "a text without its end";
    else
        *rule = take_line(t);
}
