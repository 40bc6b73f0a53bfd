/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/xml_piece.h"

#include <string.h>

static void report_replaced(struct xml_piece *x, const struct input *in, struct tally *t,
                            uint64_t at, uint64_t end)
{
    if (at < x->reported)
        return;
    os_u64_bump(&t->warnings, 1);
    tally_log(t, 2, "a character that XML forbids, read as DEL or U+FFFD", in->name, at);
    x->reported = end;
}

size_t xml_piece_next(struct xml_piece *x, struct input *in, enum xml_encoding encoding,
                      struct tally *t, const uint8_t **p)
{
    struct xml_scan s;
    uint64_t start = in->position;
    size_t n = input_view(in, XML_PIECE, p);
    xml_scan_open(&s, encoding, *p, n);
    n = n == XML_PIECE ? xml_scan_whole(&s) : n;
    input_skip(in, n);
    size_t at = xml_scan_forbidden(&s, 0);
    if (at >= s.n)
        return n;
    report_replaced(x, in, t, start + at, start + n);
    memcpy(x->clean, *p, n);
    for (; at < s.n; at = xml_scan_forbidden(&s, at + s.unit))
        xml_scan_replace(&s, at, x->clean);
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
