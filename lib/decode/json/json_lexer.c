/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/json/json_lexer.h"

#include <string.h>

#include "base/simd.h"
#include "base/text.h"

enum state { PLAIN, IN_STRING, IN_ESCAPE, IN_UNICODE, IN_SCALAR };

void json_lexer_start(struct json_lexer *l, char *room, size_t cap)
{
    *l = (struct json_lexer){.room = room, .cap = cap, .state = PLAIN};
}

/* ---- strings -------------------------------------------------------------------------------- */

static void add_bytes(struct json_lexer *l, const char *s, size_t n)
{
    size_t fits = n <= l->cap - l->used ? n : l->cap - l->used;
    if (l->taken == JSON_NOTHING)
        return;
    memcpy(l->room + l->used, s, fits);
    l->used += fits;
    l->is_cut |= fits < n;
}

/* A code point that was written as an escape: as UTF-8; NUL and halves of a pair as U+FFFD. */
static void add_code(struct json_lexer *l, uint32_t c)
{
    char out[4];
    size_t n = 1;
    if (c == 0 || (c >= 0xD800 && c < 0xE000))
        c = 0xFFFD;
    if (c >= 0x10000) {
        out[0] = (char)(0xF0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c >= 0x800) {
        out[0] = (char)(0xE0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c >= 0x80) {
        out[0] = (char)(0xC0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        out[0] = (char)c;
    }
    add_bytes(l, out, n);
}

static void end_pair(struct json_lexer *l)
{
    if (l->high != 0)
        add_code(l, 0xFFFD);
    l->high = 0;
}

/* A unit of UTF-16 that was written as \uXXXX. */
static void add_unit(struct json_lexer *l, uint32_t unit)
{
    if (l->high != 0 && unit >= 0xDC00 && unit < 0xE000) {
        uint32_t high = l->high;
        l->high = 0;
        add_code(l, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        return;
    }
    end_pair(l);
    if (unit >= 0xD800 && unit < 0xDC00)
        l->high = unit;
    else
        add_code(l, unit);
}

static void take_escape(struct json_lexer *l, char c)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    const char *at = strchr(from, c);
    l->state = IN_STRING;
    if (c == 0) {
        end_pair(l);
        add_code(l, 0);
        return;
    }
    if (c == 'u') {
        l->state = IN_UNICODE;
        l->digits = l->unit = 0;
        return;
    }
    end_pair(l);
    add_bytes(l, at != NULL ? to + (at - from) : &c, 1);
}

/* false: it is no digit, and ends the escape, which was cut. */
static bool take_digit(struct json_lexer *l, char c)
{
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit >= 0) {
        l->unit = l->unit << 4 | (uint32_t)digit;
        if (++l->digits < 4)
            return true;
    }
    add_unit(l, digit >= 0 ? l->unit : 0xFFFD);
    l->state = IN_STRING;
    return digit >= 0;
}

/* How many bytes from s on are neither quote, backslash, line end nor NUL. */
static inline size_t plain_run(const char *s, size_t n)
{
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        uint64_t mask = simd_escapes_at(s + i);
        for (; mask != 0; mask &= mask - 1) {
            char c = s[i + simd_lowest(mask)];
            if (c == '"' || c == '\\' || c == '\n' || c == 0)
                return i + simd_lowest(mask);
        }
    }
    while (i < n && s[i] != '"' && s[i] != '\\' && s[i] != '\n' && s[i] != 0)
        i++;
    return i;
}

static enum json_token lose_structure(struct json_lexer *l, const char *why)
{
    l->depth = 0;
    l->objects = 0;
    l->state = PLAIN;
    l->is_key = l->has_value = false;
    l->high = 0;
    l->why = why;
    return JSON_DAMAGE;
}

static bool is_in_object(const struct json_lexer *l)
{
    return l->depth > 0 && (l->objects >> (l->depth - 1) & 1) != 0;
}

/* A string ends; what it is follows from where it stands. */
static enum json_token finish_string(struct json_lexer *l, const char **text, size_t *size)
{
    bool is_key = is_in_object(l) && l->is_key;
    end_pair(l);
    if (l->used > 0 || *text == NULL) {
        *text = l->room;
        *size = l->is_cut ? text_utf8_valid(l->room, l->used) : l->used;
    }
    if (l->taken == JSON_NOTHING)
        *size = 0;
    l->state = PLAIN;
    l->has_value = !is_key;
    l->wanted = JSON_ALL;
    return is_key ? JSON_KEY : JSON_STRING;
}

static void begin_string(struct json_lexer *l)
{
    bool is_key = is_in_object(l) && l->is_key;
    l->state = IN_STRING;
    l->taken = is_key ? (uint8_t)JSON_ALL : l->wanted;
    l->is_cut = false;
    l->used = 0;
}

/* The usual: it begins and ends in this piece, without escapes, and stays where it is. */
static bool whole_string(struct json_lexer *l, const char *s, size_t n, size_t *at,
                         const char **text, size_t *size)
{
    size_t run = plain_run(s + *at, n - *at);
    if (*at + run >= n || s[*at + run] != '"')
        return false;
    *text = s + *at;
    *size = run;
    *at += run + 1;
    if (l->taken == JSON_XML && (run == 0 || **text != '<'))
        l->taken = JSON_NOTHING;
    return true;
}

/* Of a string that is not wanted, up to what ends it: what stands in it, escapes too, is passed
 * over. A line end is left, also behind a backslash. */
static void pass_over(struct json_lexer *l, const char *s, size_t n, size_t *at)
{
    while (*at < n) {
        *at += plain_run(s + *at, n - *at);
        if (*at < n && s[*at] == '\\' && *at + 1 < n && s[*at + 1] != '\n')
            *at += 2;
        else if (*at < n && s[*at] == 0)
            ++*at;
        else
            break;
    }
    l->high = 0;
}

static enum json_token take_string(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                   const char **text, size_t *size)
{
    while (*at < n) {
        if (l->taken == JSON_NOTHING && l->state == IN_STRING)
            pass_over(l, s, n, at);
        if (*at == n)
            break;
        char c = s[*at];
        if (l->state != IN_STRING && c != '\n') {
            if (l->state == IN_UNICODE && !take_digit(l, c))
                continue;
            (*at)++;
            if (l->state == IN_ESCAPE)
                take_escape(l, c);
            continue;
        }
        if (l->taken == JSON_XML && l->used == 0 && c != '<' && c != '\\')
            l->taken = JSON_NOTHING;
        size_t run = plain_run(s + *at, n - *at);
        if (run > 0) {
            end_pair(l);
            add_bytes(l, s + *at, run);
            *at += run;
            continue;
        }
        (*at)++;
        if (c == '"')
            return finish_string(l, text, size);
        if (c == '\n')
            return lose_structure(l, "a text that does not end in its line");
        if (c == '\\')
            l->state = IN_ESCAPE;
        else
            add_code(l, 0);
    }
    return JSON_MORE;
}

/* ---- marks ---------------------------------------------------------------------------------- */

static enum json_token open_level(struct json_lexer *l, bool is_object)
{
    if (l->depth == JSON_DEPTH_MAX)
        return lose_structure(l, "JSON that is too deep");
    l->objects = (l->objects & ~((uint64_t)1 << l->depth)) | (uint64_t)is_object << l->depth;
    l->depth++;
    l->is_key = is_object;
    l->has_value = false;
    l->wanted = JSON_ALL;
    return is_object ? JSON_OPEN_OBJECT : JSON_OPEN_ARRAY;
}

static enum json_token close_level(struct json_lexer *l, bool is_object)
{
    if (l->depth == 0 || is_in_object(l) != is_object)
        return lose_structure(l, "a bracket that fits none");
    l->depth--;
    l->is_key = false;
    l->has_value = true;
    return is_object ? JSON_CLOSE_OBJECT : JSON_CLOSE_ARRAY;
}

/* A value where a comma, a key, or the rest of a line should be: the one before was cut off, and a
 * new one begins. */
static bool is_stray(const struct json_lexer *l, char c)
{
    bool opens_line = c == '{' && l->last == '\n' && is_in_object(l);
    return l->depth > 0 &&
           (l->has_value || opens_line || (c != '"' && is_in_object(l) && l->is_key));
}

static enum json_token take_mark(struct json_lexer *l, char c)
{
    switch (c) {
    case '{':
    case '[':
        return open_level(l, c == '{');
    case '}':
    case ']':
        return close_level(l, c == '}');
    case ',':
        l->is_key = is_in_object(l);
        l->has_value = false;
        l->wanted = JSON_ALL;
        return JSON_MORE;
    case ':':
        l->is_key = false;
        return JSON_MORE;
    default:
        return JSON_MORE;
    }
}

/* Marks and blanks: what ends a number or a word. */
static bool ends_scalar(char c)
{
    static const bool ends[128] = {
        [' '] = true, ['\t'] = true, ['\r'] = true, ['\n'] = true, [','] = true, [':'] = true,
        ['{'] = true, ['}'] = true,  ['['] = true,  [']'] = true,  ['"'] = true};
    return (uint8_t)c < sizeof ends && ends[(uint8_t)c];
}

static enum json_token take_scalar(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                   const char **text, size_t *size)
{
    size_t start = *at;
    while (*at < n && !ends_scalar(s[*at]))
        (*at)++;
    if (*at < n && l->used == 0) { /* whole in this piece */
        *text = s + start;
        *size = *at - start;
    } else {
        add_bytes(l, s + start, *at - start);
        if (*at == n)
            return JSON_MORE;
        *text = l->room;
        *size = l->used;
    }
    l->state = PLAIN;
    l->has_value = true;
    l->wanted = JSON_ALL;
    *size = text_utf8_valid(*text, *size);
    return JSON_SCALAR;
}

static enum json_token start_string(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                    const char **text, size_t *size)
{
    (*at)++;
    begin_string(l);
    if (whole_string(l, s, n, at, text, size))
        return finish_string(l, text, size);
    *text = NULL;
    return take_string(l, s, n, at, text, size);
}

/* What begins at *at. JSON_MORE: nothing that the caller has to know of. */
static enum json_token take_start(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                  const char **text, size_t *size)
{
    char c = s[*at];
    if ((c == '"' || c == '{' || c == '[') && is_stray(l, c))
        return lose_structure(l, "a value that is cut off");
    if (c == '"')
        return start_string(l, s, n, at, text, size);
    l->last = c;
    if (ends_scalar(c)) {
        (*at)++;
        return take_mark(l, c);
    }
    l->state = IN_SCALAR;
    l->taken = JSON_ALL;
    l->used = 0;
    l->is_cut = false;
    return take_scalar(l, s, n, at, text, size);
}

/* A string that is a value, wanted, and whole in this piece, without escapes: as most are. */
static inline bool usual_value(struct json_lexer *l, const char *s, size_t n, size_t *at,
                               const char **text, size_t *size)
{
    if (l->state != PLAIN || *at == n || s[*at] != '"' || l->has_value || l->is_key ||
        l->wanted != JSON_ALL)
        return false;
    size_t start = *at + 1, end = start + plain_run(s + start, n - start);
    if (end == n || s[end] != '"')
        return false;
    *text = s + start;
    *size = end - start;
    *at = end + 1;
    l->is_cut = false;
    l->has_value = true;
    return true;
}

/* What stands behind most keys and values, without another round. */
static void take_usual(struct json_lexer *l, enum json_token token, char c, size_t *at)
{
    if (c != (token == JSON_KEY ? ':' : ','))
        return;
    (*at)++;
    l->last = c;
    l->is_key = c == ',' && is_in_object(l);
    l->has_value = false;
}

enum json_token json_lexer_next(struct json_lexer *l, const char *s, size_t n, size_t *at,
                                const char **text, size_t *size)
{
    enum json_token token = JSON_MORE;
    *text = NULL;
    *size = 0;
    if (usual_value(l, s, n, at, text, size)) {
        token = JSON_STRING;
    } else if (l->state == IN_SCALAR && *at < n) {
        token = take_scalar(l, s, n, at, text, size);
    } else if (l->state != PLAIN) {
        token = take_string(l, s, n, at, text, size);
    }
    while (token == JSON_MORE && l->state == PLAIN && *at < n)
        token = take_start(l, s, n, at, text, size);
    if (token >= JSON_KEY && token <= JSON_SCALAR && *at < n)
        take_usual(l, token, s[*at], at);
    return token;
}

bool json_lexer_expect(struct json_lexer *l, const char *s, size_t n, size_t *at, const char *key,
                       size_t size)
{
    const char *from = s + *at;
    if (l->state != PLAIN || !l->is_key || l->has_value || n - *at < size + 3 || from[0] != '"' ||
        from[size + 1] != '"' || from[size + 2] != ':' || memcmp(from + 1, key, size) != 0)
        return false;
    *at += size + 3;
    l->is_key = false;
    l->last = ':';
    l->wanted = JSON_ALL;
    return true;
}

bool json_lexer_at_object(struct json_lexer *l, const char *s, size_t n, size_t *at)
{
    if (l->state != PLAIN)
        return false;
    while (*at < n &&
           (s[*at] == ' ' || s[*at] == '\t' || s[*at] == '\r' || s[*at] == '\n' || s[*at] == ',')) {
        l->last = s[(*at)++];
        (void)take_mark(l, l->last);
    }
    return *at < n && s[*at] == '{' && !is_stray(l, '{');
}

/* As when it was opened and closed. */
void json_lexer_pass_object(struct json_lexer *l)
{
    l->is_key = false;
    l->has_value = true;
    l->last = '}';
    l->wanted = JSON_ALL;
}

const char *json_lexer_end(const struct json_lexer *l)
{
    return l->depth != 0 || (l->state != PLAIN && l->state != IN_SCALAR)
               ? "the file ends inside an object"
               : NULL;
}
