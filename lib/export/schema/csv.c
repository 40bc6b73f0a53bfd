/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * RFC 4180: a cell with a comma, a quote or a line end stands in quotes, its quotes doubled. A
 * spreadsheet takes a cell for a formula that begins with one of a few characters; an apostrophe
 * before it makes it text. */
#include <string.h>

#include "export/schema/formats.h"

const char export_csv_header[] =
#define FIRST(name, value)  name
#define COLUMN(name, value) "," name
#include "export/schema/csv_columns.inc"
#undef FIRST
#undef COLUMN
    "\r\n";

static const uint16_t columns[] = {
#define FIRST(name, value)  OF_##value,
#define COLUMN(name, value) OF_##value,
#include "export/schema/csv_columns.inc"
#undef FIRST
#undef COLUMN
};

enum { CELL_ROOM = JSON_OUT_GROUP }; /* all but a text takes fewer bytes */

/* ---- formulas ------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* = + - @, and the same in full width (U+FF1D, U+FF0B, U+FF0D, U+FF20), which some spreadsheets
 * take for them; behind blanks, too. */
static bool is_formula(const char *s, size_t n)
{
    static const char wide[][4] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    size_t at = 0;
    if (n > 0 && (s[0] == '\t' || s[0] == '\r' || s[0] == '\n'))
        return true;
    while (at < n && is_blank(s[at]))
        at++;
    if (at < n && memchr("=+-@", s[at], 4) != NULL)
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (n - at >= 3 && memcmp(s + at, wide[i], 3) == 0)
            return true;
    return false;
}

/* A cell may begin behind it where another sign than the comma parts them. */
static bool is_separator(char c)
{
    return c == ';' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* What a text has: something that only quotes protect; something that a cell may begin behind. */
static bool needs_quotes(const char *s, size_t n, bool *parted)
{
    bool quotes = n > 0 && (s[0] == ' ' || s[n - 1] == ' ');
    *parted = false;
    for (size_t i = 0; i < n; i++) {
        bool separator = is_separator(s[i]) || s[i] == '"';
        *parted |= separator;
        quotes |= separator || s[i] == ',';
    }
    return quotes;
}

static char *put_bytes(struct json_out *o, char *p, const char *s, size_t n)
{
    enum { PIECE = 512 };
    for (size_t piece; n > 0; s += piece, n -= piece) {
        piece = n < PIECE ? n : PIECE;
        p = json_out_plain(json_out_room(o, p, PIECE), s, piece);
    }
    return p;
}

/* A text in which a quote, or another cell, may begin anywhere. */
static char *put_parted(struct json_out *o, char *p, const char *s, size_t n)
{
    bool cell = !is_formula(s, n); /* the caller has seen to that */
    for (size_t i = 0; i < n; i++) {
        p = json_out_room(o, p, 4);
        if (cell && is_formula(s + i, n - i)) {
            *p++ = '\'';
            cell = false;
        }
        /* Blanks and a quote may stand before what a cell holds. */
        cell = is_separator(s[i]) || (cell && (s[i] == '"' || s[i] == ' '));
        if (s[i] == '"')
            *p++ = '"';
        *p++ = s[i];
    }
    return p;
}

static char *put_text(struct json_out *o, char *p, const char *s, size_t n)
{
    bool parted, quotes = needs_quotes(s, n, &parted);
    if (quotes)
        *p++ = '"';
    if (is_formula(s, n))
        *p++ = '\'';
    p = parted ? put_parted(o, p, s, n) : put_bytes(o, p, s, n);
    p = json_out_room(o, p, 2);
    if (quotes)
        *p++ = '"';
    return p;
}

static char *put_words(char *p, uint32_t list, uint32_t bits)
{
    const char *start = p;
    for (uint32_t bit = 1; bit != 0 && bit <= bits; bit <<= 1) {
        const struct code_word *word = (bits & bit) != 0 ? code_word_find(list, bit) : NULL;
        if (word == NULL)
            continue;
        if (p != start)
            *p++ = ' ';
        p = json_out_plain(p, word->text, word->length);
    }
    return p;
}

static char *put_address(char *p, const struct export_value *v)
{
    p += text_ip(p, v->endpoint->addr, v->endpoint->family);
    if (v->kind == KIND_ZONED) {
        *p++ = '%';
        p = json_out_number(p, v->endpoint->scope_id);
    }
    return p;
}

static char *put_cell(struct json_out *o, char *p, const struct export_value *v)
{
    switch (v->kind) {
    case KIND_NUMBER:
        return json_out_number(p, v->number);
    case KIND_TIME:
        return p + text_time(p, v->number);
    case KIND_IP:
    case KIND_ZONED:
        return put_address(p, v);
    case KIND_WORDS:
        return put_words(p, v->list, (uint32_t)v->number);
    case KIND_TEXT:
    case KIND_PLAIN:
        return put_text(o, p, v->text, v->length);
    default:
        return p;
    }
}

char *export_csv(struct json_out *o, char *p, const struct export_event *x)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct export_value v;
        p = json_out_room(o, p, CELL_ROOM);
        if (i > 0)
            *p++ = ',';
        export_value_get(x, (enum value_id)columns[i], &v);
        p = put_cell(o, p, &v);
    }
    return p;
}
