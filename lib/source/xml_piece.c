/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/xml_piece.h"

#include <string.h>

void xml_piece_restart(struct xml_piece *x)
{
    x->most = XML_PIECE_LEAST;
}

size_t xml_piece_sight(const struct xml_piece *x, const struct input *in)
{
    uint64_t may = 8u * XML_PIECE + XML_PIECE_LOOKS * in->position;
    uint64_t left = x->looked < may ? may - x->looked : 0;
    return left < XML_PIECE ? (size_t)left : XML_PIECE;
}

void xml_piece_looked(struct xml_piece *x, size_t sight, size_t left)
{
    x->looked += sight - left;
}

static void report_replaced(struct xml_piece *x, const struct input *in, struct tally *t,
                            uint64_t at)
{
    if (at < x->reported)
        return;
    os_u64_bump(&t->warnings, 1);
    tally_log(t, 2, "a character that XML forbids, read as DEL or U+FFFD", in->name, at);
    x->reported = at + XML_PIECE;
}

/* How many bytes are fed next: of n in sight those that are whole characters. */
static size_t whole_characters(struct xml_piece *x, const struct xml_scan *s, size_t n)
{
    bool goes_on = n == x->most;
    x->most = x->most < XML_PIECE / 2 ? 2 * x->most : XML_PIECE;
    size_t some = goes_on ? xml_scan_whole(s) : n;
    return some > 0 ? some : n;
}

size_t xml_piece_next(struct xml_piece *x, struct input *in, enum xml_encoding encoding,
                      struct tally *t, const uint8_t **p)
{
    struct xml_scan s;
    uint64_t start = in->position;
    size_t n = input_view(in, x->most, p), bytes;
    xml_scan_open(&s, encoding, *p, n);
    n = whole_characters(x, &s, n);
    xml_scan_open(&s, encoding, *p, n);
    input_skip(in, n);
    size_t at = xml_scan_forbidden(&s, 0, &bytes);
    if (at >= s.n)
        return n;
    report_replaced(x, in, t, start + at);
    memcpy(x->clean, *p, n);
    for (; at < s.n; at = xml_scan_forbidden(&s, at + bytes, &bytes))
        xml_scan_replace(&s, at, bytes, x->clean);
    *p = x->clean;
    return n;
}

bool xml_piece_is_doctype(const struct input *in, enum xml_encoding encoding, uint64_t back)
{
    static const char word[] = "DOCTYPE";
    size_t unit = xml_piece_unit(encoding), low = encoding == XML_UTF16BE;
    const uint8_t *p;
    if (back > XML_PIECE || back < unit * (sizeof word - 1) || !input_back(in, (size_t)back, &p))
        return false;
    for (size_t i = 0; i < sizeof word - 1; i++)
        if (p[i * unit + low] != (uint8_t)word[i])
            return false;
    return true;
}
