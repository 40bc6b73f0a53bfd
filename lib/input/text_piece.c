/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/text_piece.h"

#include <string.h>

#include "base/text.h"

enum text_encoding text_piece_encoding(const uint8_t *p, size_t n, size_t *mark)
{
    *mark = 2;
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE)
        return TEXT_UTF16LE;
    if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF)
        return TEXT_UTF16BE;
    *mark = n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return TEXT_UTF8;
}

/* UTF-16 with its bytes in Windows' order; text_utf16 leaves NULs at an end out. */
static size_t wide_text(char *to, const uint8_t *p, size_t units, bool swap)
{
    uint8_t copy[TEXT_PIECE];
    for (size_t i = 0; i < 2 * units; i++)
        copy[i] = p[swap ? i ^ 1 : i];
    return text_utf16(to, copy, units);
}

/* What is no UTF-8 is read as Latin-1, byte by byte, as the code page is not known. */
static size_t narrow_text(char *to, const uint8_t *p, size_t n)
{
    size_t used = 0;
    for (size_t at = 0; at < n;) {
        size_t good = text_utf8_valid((const char *)p + at, n - at);
        memcpy(to + used, p + at, good);
        used += good;
        at += good;
        if (at < n)
            used += text_latin1(to + used, p + at++, 1);
    }
    return used;
}

/* How many of n bytes can be read by themselves: the last character may go on in the next piece. */
static size_t whole_part(enum text_encoding encoding, const uint8_t *p, size_t n, bool is_last)
{
    if (is_last)
        return encoding == TEXT_UTF8 ? n : n & ~(size_t)1;
    if (encoding == TEXT_UTF8) {
        for (size_t back = 1; back <= 3 && back < n; back++)
            if (p[n - back] >= 0xC0)
                return text_utf8_valid((const char *)p + n - back, back) == 0 ? n - back : n;
        return n;
    }
    n &= ~(size_t)1;
    uint8_t high = n >= 2 ? p[encoding == TEXT_UTF16LE ? n - 1 : n - 2] : 0;
    return n > 2 && high >= 0xD8 && high < 0xDC ? n - 2 : n;
}

/* Of n bytes, those up to the last line's end in their second half; all, if there is none. */
static size_t whole_lines(const uint8_t *p, size_t n)
{
    size_t end = n;
    while (end > n / 2 && p[end - 1] != '\n')
        end--;
    return end > n / 2 ? end : n;
}

static size_t text_of(enum text_encoding encoding, const uint8_t *p, size_t n, char *to)
{
    return encoding == TEXT_UTF8 ? narrow_text(to, p, n)
                                 : wide_text(to, p, n / 2, encoding == TEXT_UTF16BE);
}

size_t text_piece_look(enum text_encoding encoding, const uint8_t *p, size_t n, char *to)
{
    size_t used = 0;
    while (n > 0) {
        size_t some = n < TEXT_PIECE ? n : (size_t)TEXT_PIECE;
        size_t take = whole_part(encoding, p, some, false);
        if (take == 0)
            break;
        used += text_of(encoding, p, take, to + used);
        p += take;
        n -= take;
    }
    return used;
}

void text_piece_start(struct text_piece *t, struct input *in)
{
    enum { MARK_MAX = 3 };
    const uint8_t *p;
    size_t mark, n = input_view(in, MARK_MAX, &p);
    t->encoding = text_piece_encoding(p, n, &mark);
    t->size = t->at = 0;
    t->offset = 0;
    t->by_lines = false;
    input_skip(in, mark);
}

size_t text_piece_next(struct text_piece *t, struct input *in)
{
    const uint8_t *p;
    t->offset = in->position;
    t->at = 0;
    size_t n = input_view(in, TEXT_PIECE, &p);
    size_t take = whole_part(t->encoding, p, n, n < TEXT_PIECE);
    if (t->by_lines && t->encoding == TEXT_UTF8 && n == TEXT_PIECE)
        take = whole_lines(p, take);
    t->size = text_of(t->encoding, p, take, t->text);
    size_t used = n < TEXT_PIECE ? n : take;
    input_skip(in, used);
    return used;
}
