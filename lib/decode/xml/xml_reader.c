/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/xml/xml_reader.h"

#include <string.h>

/* ---- feeding -------------------------------------------------------------------------------- */

static bool feed_prologue(struct xml_reader *x, const char *s)
{
    uint8_t bytes[64];
    struct xml_scan form;
    size_t n = 0;
    xml_scan_open(&form, x->encoding, NULL, 0);
    for (; *s != 0 && n + form.unit <= sizeof bytes; s++, n += form.unit) {
        bytes[n] = bytes[n + form.unit - 1] = 0;
        bytes[n + form.low] = (uint8_t)*s;
    }
    x->prologue = n;
    return xml_feed(&x->xml, bytes, n) == XML_MORE;
}

bool xml_reader_start(struct xml_reader *x, const struct xml_handler *handler, const char *prologue)
{
    x->in_event = x->stopped = false;
    x->prologue = 0;
    return xml_open(&x->xml, x->encoding, x->encoding_name, handler) &&
           (prologue == NULL || feed_prologue(x, prologue));
}

void xml_reader_close(struct xml_reader *x)
{
    xml_close(&x->xml);
}

static enum xml_reader_found found_of(struct xml_reader *x, enum xml_result result)
{
    if (result == XML_BROKEN) {
        x->why = x->xml.why;
        return XML_READER_SKIP;
    }
    x->stopped = result == XML_STOPPED;
    return x->stopped ? XML_READER_RECORD : XML_READER_MORE;
}

enum xml_reader_found xml_reader_feed(struct xml_reader *x, const uint8_t *p, size_t n)
{
    return found_of(x, xml_feed(&x->xml, p, n));
}

enum xml_reader_found xml_reader_next(struct xml_reader *x)
{
    return x->stopped ? found_of(x, xml_resume(&x->xml)) : XML_READER_MORE;
}

uint64_t xml_reader_position(const struct xml_reader *x)
{
    uint64_t at = xml_position(&x->xml);
    return at < x->prologue ? 0 : at - x->prologue;
}

void xml_reader_begin(struct xml_reader *x)
{
    x->in_event = true;
    x->event = xml_reader_position(x);
}

void xml_reader_end(struct xml_reader *x, const struct record *record)
{
    x->in_event = false;
    x->record = record;
    if (record == NULL) {
        x->passed++;
        return;
    }
    x->stopped = true;
    xml_stop(&x->xml);
}

bool xml_reader_keep(char *to, size_t cap, size_t *used, const char *s, size_t n)
{
    bool fits = n <= cap - *used;
    n = fits ? n : text_utf8_valid(s, cap - *used);
    memcpy(to + *used, s, n);
    *used += n;
    return fits;
}

/* ---- tags ----------------------------------------------------------------------------------- */

void xml_scan_open(struct xml_scan *s, enum xml_encoding encoding, const uint8_t *p, size_t n)
{
    bool wide = encoding == XML_UTF16LE || encoding == XML_UTF16BE;
    size_t unit = wide ? 2 : 1;
    *s = (struct xml_scan){.p = p,
                           .n = n / unit * unit,
                           .unit = unit,
                           .low = encoding == XML_UTF16BE,
                           .utf8 = encoding == XML_UTF8};
}

/* The character at a place when it is ASCII, else 0x7F; 0 at the end. */
static char at_place(const struct xml_scan *s, size_t at)
{
    if (at >= s->n)
        return 0;
    bool ascii = s->p[at + s->low] < 0x7F && (s->unit == 1 || s->p[at + 1 - s->low] == 0);
    return ascii && s->p[at + s->low] != 0 ? (char)s->p[at + s->low] : 0x7F;
}

size_t xml_scan_tag(const struct xml_scan *s, size_t at)
{
    while (at < s->n && at_place(s, at) != '<')
        at += s->unit;
    return at;
}

/* U+FFFE and U+FFFF. */
static bool is_no_character(const struct xml_scan *s, size_t at)
{
    const uint8_t *p = s->p + at;
    if (s->unit == 2)
        return p[1 - s->low] == 0xFF && p[s->low] >= 0xFE;
    return s->utf8 && s->n - at >= 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
}

/* Whether none of 64 bytes needs a closer look. Compilers make a few instructions of it, as long as
 * there is no way out of the loop. */
static bool all_fine(const uint8_t *p)
{
    uint8_t doubt = 0;
    for (int i = 0; i < 64; i++) {
        uint8_t c = p[i];
        doubt |= (uint8_t)((c < ' ') & (c != '\t') & (c != '\n') & (c != '\r'));
        doubt |= (uint8_t)(c >= 0xEF);
    }
    return doubt == 0;
}

size_t xml_scan_forbidden(const struct xml_scan *s, size_t at)
{
    static const uint32_t allowed = 1u << '\t' | 1u << '\n' | 1u << '\r';
    while (s->unit == 1 && s->n - at >= 64 && all_fine(s->p + at))
        at += 64;
    for (; at < s->n; at += s->unit) {
        uint32_t c = s->p[at + s->low];
        if (c < ' ' && (allowed >> c & 1) == 0 && (s->unit == 1 || s->p[at + 1 - s->low] == 0))
            break;
        if (c >= 0xEF && is_no_character(s, at))
            break;
    }
    return at;
}

void xml_scan_replace(const struct xml_scan *s, size_t at, uint8_t *p)
{
    if (!is_no_character(s, at))
        p[at + s->low] = 0x7F;
    else if (s->unit == 2)
        p[at + s->low] = 0xFD;
    else
        p[at + 2] = 0xBD;
}

size_t xml_scan_whole(const struct xml_scan *s)
{
    size_t n = s->n;
    if (s->unit == 1 && n > 0 && s->p[n - 1] == 0xEF)
        return n - 1;
    return s->unit == 1 && n > 1 && s->p[n - 2] == 0xEF && s->p[n - 1] == 0xBF ? n - 2 : n;
}

bool xml_scan_is(const struct xml_scan *s, size_t at, const char *name, size_t *end)
{
    if (at_place(s, at) != '<')
        return false;
    for (at += s->unit; *name != 0; name++, at += s->unit)
        if (at_place(s, at) != *name)
            return false;
    char next = at_place(s, at);
    if (end != NULL)
        *end = at;
    return next != 0 && (next <= ' ' || next == '>' || next == '/');
}

size_t xml_scan_behind(const struct xml_scan *s, size_t at, const char *mark)
{
    for (; at < s->n; at += s->unit) {
        size_t i = 0;
        while (mark[i] != 0 && at_place(s, at + i * s->unit) == mark[i])
            i++;
        if (mark[i] == 0)
            return at + i * s->unit;
    }
    return s->n;
}

size_t xml_scan_first(const struct xml_scan *s, size_t at)
{
    for (;;) {
        char c = at_place(s, at), next = at_place(s, at + s->unit);
        if (c > ' ' && c != '<')
            return s->n;
        if (c == 0 || (c == '<' && next == '/'))
            return s->n;
        if (c <= ' ')
            at += s->unit;
        else if (next == '?')
            at = xml_scan_behind(s, at, "?>");
        else if (next == '!' && at_place(s, at + 2 * s->unit) == '-')
            at = xml_scan_behind(s, at, "-->");
        else
            return at;
    }
}
