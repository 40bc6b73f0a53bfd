/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/xmlpiece.h"

#include <string.h>

void xmlpiece_restart(struct xmlpiece *x)
{
    x->most = XMLPIECE_LEAST;
}

size_t xmlpiece_sight(const struct xmlpiece *x, const struct input *in)
{
    uint64_t may = 8u * XMLPIECE + XMLPIECE_LOOKS * in->position;
    uint64_t left = x->looked < may ? may - x->looked : 0;
    return left < XMLPIECE ? (size_t)left : XMLPIECE;
}

void xmlpiece_looked(struct xmlpiece *x, size_t sight, size_t left)
{
    x->looked += sight - left;
}

static void tell(struct xmlpiece *x, const struct input *in, struct tally *t, uint64_t at)
{
    if (at < x->told)
        return;
    os_u64_bump(&t->warnings, 1);
    tally_log(t, 2, "a character that XML forbids, read as DEL or U+FFFD", in->name, at);
    x->told = at + XMLPIECE;
}

/* How many bytes are fed next: of n in sight those that are whole characters. */
static size_t whole(struct xmlpiece *x, const struct xmlscan *s, size_t n)
{
    bool goes_on = n == x->most;
    x->most = x->most < XMLPIECE / 2 ? 2 * x->most : XMLPIECE;
    size_t some = goes_on ? xmlscan_whole(s) : n;
    return some > 0 ? some : n;
}

size_t xmlpiece_next(struct xmlpiece *x, struct input *in, enum xml_encoding encoding,
                     struct tally *t, const uint8_t **p)
{
    struct xmlscan s;
    uint64_t start = in->position;
    size_t n = input_view(in, x->most, p), bytes;
    xmlscan_open(&s, encoding, *p, n);
    n = whole(x, &s, n);
    xmlscan_open(&s, encoding, *p, n);
    input_skip(in, n);
    size_t at = xmlscan_forbidden(&s, 0, &bytes);
    if (at >= s.n)
        return n;
    tell(x, in, t, start + at);
    memcpy(x->clean, *p, n);
    for (; at < s.n; at = xmlscan_forbidden(&s, at + bytes, &bytes))
        xmlscan_replace(&s, at, bytes, x->clean);
    *p = x->clean;
    return n;
}

bool xmlpiece_is_doctype(const struct input *in, enum xml_encoding encoding, uint64_t back)
{
    static const char word[] = "DOCTYPE";
    size_t unit = xmlpiece_unit(encoding), low = encoding == XML_UTF16BE;
    const uint8_t *p;
    if (back > XMLPIECE || back < unit * (sizeof word - 1) || !input_back(in, (size_t)back, &p))
        return false;
    for (size_t i = 0; i < sizeof word - 1; i++)
        if (p[i * unit + low] != (uint8_t)word[i])
            return false;
    return true;
}
