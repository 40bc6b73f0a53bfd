/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/xml/xml_reader.h"

#include <string.h>

#include "base/text.h"

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

uint32_t xml_reader_begin(struct xml_reader *x)
{
    x->in_event = true;
    x->event = xml_reader_position(x);
    return x->resumed && x->event < XML_READER_DOUBT ? WFPW_EVENT_AFTER_DAMAGE : 0;
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

char xml_scan_char(const struct xml_scan *s, size_t at)
{
    if (at >= s->n)
        return 0;
    bool ascii = s->p[at + s->low] < 0x7F && (s->unit == 1 || s->p[at + 1 - s->low] == 0);
    return ascii && s->p[at + s->low] != 0 ? (char)s->p[at + s->low] : 0x7F;
}

size_t xml_scan_tag(const struct xml_scan *s, size_t at)
{
    while (at < s->n && xml_scan_char(s, at) != '<')
        at += s->unit;
    return at;
}

/* ---- what no parser takes ------------------------------------------------------------------- */

static uint32_t unit_at(const struct xml_scan *s, size_t at)
{
    return at + 2 <= s->n ? (uint32_t)s->p[at + 1 - s->low] << 8 | s->p[at + s->low] : 0;
}

static bool is_control(uint32_t c)
{
    static const uint32_t allowed = 1u << '\t' | 1u << '\n' | 1u << '\r';
    return c < ' ' && (allowed >> c & 1) == 0;
}

/* Whether none of 64 bytes needs a closer look. Compilers make a few instructions of it, as long as
 * there is no way out of the loop. */
static bool all_fine(const uint8_t *p, uint8_t from)
{
    uint8_t doubt = 0;
    for (int i = 0; i < 64; i++) {
        uint8_t c = p[i];
        doubt |= (uint8_t)((c < ' ') & (c != '\t') & (c != '\n') & (c != '\r'));
        doubt |= (uint8_t)(c >= from);
    }
    return doubt == 0;
}

/* The same of 32 units, of which the high bytes stand at p[high]. */
static bool all_fine_wide(const uint8_t *p, size_t high)
{
    uint8_t doubt = 0;
    for (size_t i = 0; i < 64; i += 2) {
        uint8_t h = p[i + high], c = p[i + 1 - high];
        doubt |= (uint8_t)((h == 0) & (c < ' ') & (c != '\t') & (c != '\n') & (c != '\r'));
        doubt |= (uint8_t)(h >= 0xD8);
    }
    return doubt == 0;
}

static size_t forbidden_wide(const struct xml_scan *s, size_t at)
{
    for (; at < s->n; at += 2) {
        while (s->n - at >= 64 && all_fine_wide(s->p + at, 1 - s->low))
            at += 64;
        uint32_t c = unit_at(s, at);
        bool pair = (c & 0xFC00) == 0xD800 && (unit_at(s, at + 2) & 0xFC00) == 0xDC00;
        if (at < s->n && (is_control(c) || c >= 0xFFFE || ((c & 0xF800) == 0xD800 && !pair)))
            break;
        at += pair ? 2 : 0;
    }
    return at < s->n ? at : s->n;
}

/* The bytes of the UTF-8 character at a place; 0: it is none that XML allows, *bad bytes of it. */
static size_t utf8_at(const struct xml_scan *s, size_t at, size_t *bad)
{
    const uint8_t *p = s->p + at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    bool surrogate =
        s->n - at >= 3 && p[0] == 0xED && p[1] >= 0xA0 && p[1] <= 0xBF && (p[2] & 0xC0) == 0x80;
    *bad = surrogate ? 3 : 1;
    if (n > s->n - at || text_utf8_valid((const char *)p, n) != n || is_control(p[0]))
        return 0;
    *bad = 3;
    return n == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE ? 0 : n;
}

static size_t forbidden_utf8(const struct xml_scan *s, size_t at, size_t *bytes)
{
    size_t n = 1;
    for (; at < s->n && n > 0; at += n) {
        while (s->n - at >= 64 && all_fine(s->p + at, 0x80))
            at += 64;
        while (at < s->n && s->p[at] < 0x7F && s->p[at] >= ' ')
            at++;
        n = at < s->n ? utf8_at(s, at, bytes) : 1;
        if (at >= s->n)
            break;
    }
    return at < s->n ? at : s->n;
}

size_t xml_scan_forbidden(const struct xml_scan *s, size_t at, size_t *bytes)
{
    *bytes = s->unit;
    if (s->unit == 2)
        return forbidden_wide(s, at);
    if (s->utf8)
        return forbidden_utf8(s, at, bytes);
    while (s->n - at >= 64 && all_fine(s->p + at, 0xFF))
        at += 64;
    while (at < s->n && !is_control(s->p[at]))
        at++;
    return at;
}

void xml_scan_replace(const struct xml_scan *s, size_t at, size_t bytes, uint8_t *p)
{
    bool control = s->unit == 1 || is_control(unit_at(s, at));
    if (bytes == 3) {
        memcpy(p + at, "\xEF\xBF\xBD", 3);
    } else {
        p[at + s->low] = control ? 0x7F : 0xFD;
        if (!control)
            p[at + 1 - s->low] = 0xFF;
    }
}

size_t xml_scan_whole(const struct xml_scan *s)
{
    size_t n = s->n, back = 1;
    if (s->unit == 2)
        return n >= 2 && (unit_at(s, n - 2) & 0xFC00) == 0xD800 ? n - 2 : n;
    if (!s->utf8)
        return n;
    while (back < 4 && back < n && (s->p[n - back] & 0xC0) == 0x80)
        back++;
    if (back > n)
        return n;
    uint8_t c = s->p[n - back];
    size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return wanted > back ? n - back : n;
}

/* ---- names of tags -------------------------------------------------------------------------- */

bool xml_scan_is(const struct xml_scan *s, size_t at, const char *name, size_t *end)
{
    if (xml_scan_char(s, at) != '<')
        return false;
    for (at += s->unit; *name != 0; name++, at += s->unit)
        if (xml_scan_char(s, at) != *name)
            return false;
    char next = xml_scan_char(s, at);
    if (end != NULL)
        *end = at;
    return next != 0 && (next <= ' ' || next == '>' || next == '/');
}

size_t xml_scan_behind(const struct xml_scan *s, size_t at, const char *mark)
{
    for (; at < s->n; at += s->unit) {
        size_t i = 0;
        while (mark[i] != 0 && xml_scan_char(s, at + i * s->unit) == mark[i])
            i++;
        if (mark[i] == 0)
            return at + i * s->unit;
    }
    return s->n;
}

size_t xml_scan_first(const struct xml_scan *s, size_t at)
{
    for (;;) {
        char c = xml_scan_char(s, at), next = xml_scan_char(s, at + s->unit);
        if (c > ' ' && c != '<')
            return s->n;
        if (c == 0 || (c == '<' && next == '/'))
            return s->n;
        if (c <= ' ')
            at += s->unit;
        else if (next == '?')
            at = xml_scan_behind(s, at, "?>");
        else if (next == '!' && xml_scan_char(s, at + 2 * s->unit) == '-')
            at = xml_scan_behind(s, at, "-->");
        else
            return at;
    }
}
