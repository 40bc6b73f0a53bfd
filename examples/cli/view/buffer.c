/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- room ----------------------------------------------------------------------------------- */

bool buffer_room(struct buffer *b, size_t more)
{
    size_t cap = b->cap < 256 ? 256 : b->cap;
    if (b->cap - b->n >= more)
        return true;
    while (cap - b->n < more && cap <= SIZE_MAX / 2)
        cap *= 2;
    char *p = cap - b->n < more ? NULL : realloc(b->p, cap);
    b->failed = b->failed || p == NULL;
    if (p == NULL)
        return false;
    b->p = p;
    b->cap = cap;
    return true;
}

void buffer_clear(struct buffer *b)
{
    b->n = 0;
}

void buffer_free(struct buffer *b)
{
    free(b->p);
    *b = (struct buffer){0};
}

void buffer_put(struct buffer *b, const char *s, size_t n)
{
    if (n == 0 || !buffer_room(b, n))
        return;
    memcpy(b->p + b->n, s, n);
    b->n += n;
}

void buffer_puts(struct buffer *b, const char *s)
{
    buffer_put(b, s, strlen(s));
}

void buffer_fill(struct buffer *b, char c, size_t n)
{
    if (n == 0 || !buffer_room(b, n))
        return;
    memset(b->p + b->n, c, n);
    b->n += n;
}

void buffer_number(struct buffer *b, uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    buffer_puts(b, text);
}

/* ---- characters ----------------------------------------------------------------------------- */

enum { NOT_UTF8 = 0x110000 };

/* The length of a sequence by its first byte, and that byte's share of the character; 0: none. */
static size_t read_sequence(unsigned char first, uint32_t *c)
{
    size_t length = first < 0x80                    ? 1
                    : first >= 0xC2 && first < 0xE0 ? 2
                    : first >= 0xE0 && first < 0xF0 ? 3
                    : first >= 0xF0 && first < 0xF5 ? 4
                                                    : 0;
    *c = length < 2 ? first : first & (0x7Fu >> length);
    return length;
}

/* The character at s, n > 0 bytes, and how many bytes it takes; a bad byte is one NOT_UTF8. */
static size_t next_character(const char *s, size_t n, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = read_sequence((unsigned char)s[0], c);
    if (length == 1)
        return 1;
    for (size_t i = 1; i < length && length <= n; i++) {
        unsigned char next = (unsigned char)s[i];
        if ((next & 0xC0) != 0x80)
            length = 0;
        *c = *c << 6 | (next & 0x3F);
    }
    if (length == 0 || length > n || *c < least[length] || *c > 0x10FFFF ||
        (*c >= 0xD800 && *c < 0xE000)) {
        *c = NOT_UTF8;
        return 1;
    }
    return length;
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}

#define IS_IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof *(ranges), c)

/* What steers a terminal, turns the direction of text, or cannot be seen: controls, separators of
 * lines, Unicode's Default_Ignorable_Code_Point, fillers and the empty pattern of Braille, and what
 * is for private use. */
static bool is_harmful(uint32_t c)
{
    static const struct range harmful[] = {
        {0x00, 0x1F},       {0x7F, 0x9F},         {0xAD, 0xAD},         {0x34F, 0x34F},
        {0x61C, 0x61C},     {0x115F, 0x1160},     {0x17B4, 0x17B5},     {0x180B, 0x180F},
        {0x200B, 0x200F},   {0x2028, 0x202E},     {0x2060, 0x206F},     {0x2800, 0x2800},
        {0x3164, 0x3164},   {0xFE00, 0xFE0F},     {0xFEFF, 0xFEFF},     {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},     {0x13439, 0x1343F},   {0x16FE4, 0x16FE4},
        {0x1BCA0, 0x1BCA3}, {0x1D159, 0x1D159},   {0x1D173, 0x1D17A},   {0xE0000, 0xE0FFF},
        {0xF0000, 0xFFFFF}, {0x100000, 0x10FFFF}, {NOT_UTF8, NOT_UTF8},
    };
    return (c < 0x20 || c > 0x7E) && IS_IN(harmful, c);
}

/* Columns of one character: combining marks take none, East Asian ones two. */
static size_t columns_of(uint32_t c)
{
    static const struct range none[] = {
        {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},
        {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
        {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    };
    static const struct range two[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    if (c < 0x300)
        return 1;
    return IS_IN(none, c) ? 0 : IS_IN(two, c) ? 2 : 1;
}

/* ---- text of strangers ---------------------------------------------------------------------- */

/* How many bytes at s are plain ASCII, which needs no thought. */
static size_t plain_run(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x7F)
        i++;
    return i;
}

/* Copies s, and gives every harmful character to `instead`. */
static void put_filtered(struct buffer *b, const char *s, size_t n,
                         void (*instead)(struct buffer *b, uint32_t c))
{
    uint32_t c;
    while (n > 0) {
        size_t length = plain_run(s, n);
        if (length > 0) {
            buffer_put(b, s, length);
        } else {
            length = next_character(s, n, &c);
            if (is_harmful(c))
                instead(b, c);
            else
                buffer_put(b, s, length);
        }
        s += length;
        n -= length;
    }
}

static void put_replacement(struct buffer *b, uint32_t c)
{
    (void)c;
    buffer_puts(b, "\xEF\xBF\xBD");
}

static void put_escape(struct buffer *b, uint32_t c)
{
    char text[16];
    if (c == NOT_UTF8)
        c = 0xFFFD;
    if (c < 0x10000)
        (void)snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
    else
        (void)snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xD7C0 + (unsigned)(c >> 10),
                       0xDC00 + (unsigned)(c & 0x3FF));
    buffer_puts(b, text);
}

void buffer_text_n(struct buffer *b, const char *s, size_t n)
{
    put_filtered(b, s, n, put_replacement);
}

void buffer_text(struct buffer *b, const char *s)
{
    buffer_text_n(b, s, strlen(s));
}

void buffer_json(struct buffer *b, const char *s, size_t n)
{
    put_filtered(b, s, n, put_escape);
}

void buffer_json_text(struct buffer *b, const char *s)
{
    for (size_t n; *s != 0; s += n) {
        n = strcspn(s, "\"\\");
        buffer_json(b, s, n);
        if (n == 0) {
            buffer_puts(b, "\\");
            buffer_put(b, s, n = 1);
        }
    }
}

/* ---- columns -------------------------------------------------------------------------------- */

size_t text_columns(const char *s, size_t n)
{
    size_t columns = 0;
    uint32_t c;
    while (n > 0) {
        size_t length = next_character(s, n, &c);
        columns += columns_of(c);
        s += length;
        n -= length;
    }
    return columns;
}

size_t text_start(const char *s, size_t n, size_t columns)
{
    size_t at = 0;
    uint32_t c;
    while (at < n) {
        size_t length = next_character(s + at, n - at, &c), needs = columns_of(c);
        if (needs > columns)
            break;
        columns -= needs;
        at += length;
    }
    return at;
}

static size_t text_end(const char *s, size_t n, size_t columns)
{
    size_t has = text_columns(s, n), at = 0;
    uint32_t c;
    while (has > columns) {
        at += next_character(s + at, n - at, &c);
        has -= columns_of(c);
    }
    return n - at;
}

/* s with `start` columns of its start and as much of its end as fits. */
static void cut_text(struct buffer *b, const char *s, size_t n, size_t columns, size_t start)
{
    if (text_columns(s, n) <= columns) {
        buffer_put(b, s, n);
        return;
    }
    size_t dots = columns < 2 ? columns : 2, room = columns - dots;
    size_t head = text_start(s, n, start < room ? start : room);
    size_t tail = text_end(s, n, room - text_columns(s, head));
    buffer_put(b, s, head);
    buffer_fill(b, '.', dots);
    buffer_put(b, s + n - tail, tail);
}

void buffer_cut_start(struct buffer *b, const char *s, size_t n, size_t columns)
{
    cut_text(b, s, n, columns, 0);
}

void buffer_cut_middle(struct buffer *b, const char *s, size_t n, size_t columns)
{
    cut_text(b, s, n, columns, columns / 2);
}

void buffer_cut_end(struct buffer *b, const char *s, size_t n, size_t columns)
{
    cut_text(b, s, n, columns, columns);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* How much of s goes into a line: up to the last blank that fits, or a whole word; of a line that
 * has something already, perhaps nothing. */
static size_t line_length(const char *s, size_t n, size_t columns, bool is_begun)
{
    size_t fits = text_start(s, n, columns), at = fits;
    if (fits == n)
        return n;
    while (at > 0 && s[at] != ' ')
        at--;
    if (at > 0 || is_begun)
        return at;
    const char *blank = memchr(s + fits, ' ', n - fits);
    return blank != NULL ? (size_t)(blank - s) : n;
}

void buffer_wrap(struct buffer *b, const char *s, size_t n, size_t width, size_t used,
                 size_t indent)
{
    bool is_begun = used > indent;
    while (n > 0) {
        size_t room = used < width ? width - used : 0;
        size_t length = width == 0 ? n : line_length(s, n, room, is_begun);
        buffer_put(b, s, length);
        buffer_puts(b, "\n");
        s += length;
        n -= length;
        for (; n > 0 && *s == ' '; n--)
            s++;
        if (n > 0)
            buffer_fill(b, ' ', indent);
        used = indent;
        is_begun = false;
    }
}

void buffer_ascii(struct buffer *b, size_t start)
{
    size_t to = start, at = start;
    uint32_t c;
    while (at < b->n) {
        size_t length = next_character(b->p + at, b->n - at, &c);
        size_t columns = c < 0x80 ? 1 : columns_of(c);
        if (c < 0x80)
            b->p[to++] = (char)c;
        else
            for (size_t i = 0; i < columns; i++) /* no more than the bytes it had */
                b->p[to++] = '?';
        at += length;
    }
    b->n = to;
}
