/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/paste.h"

#include <string.h>

#include "source/xml_piece.h"

enum { DEEPEST = 3, TAIL = 64, QUOTE_SIGHT = 512 };

/* ---- text or not ---------------------------------------------------------------------------- */

/* UTF-16 without a mark: of ASCII every other byte is 0. */
static enum xml_encoding encoding_of(const uint8_t *p, size_t n)
{
    size_t odd = 0, even = 0, pairs = n / 2;
    if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
        return p[0] == 0xFF ? XML_UTF16LE : XML_UTF16BE;
    for (size_t i = 0; i < pairs; i++) {
        even += p[2 * i] == 0;
        odd += p[2 * i + 1] == 0;
    }
    if (odd > pairs / 2 && even < pairs / 8)
        return XML_UTF16LE;
    return even > pairs / 2 && odd < pairs / 8 ? XML_UTF16BE : XML_UTF8;
}

/* One that a file of something else has in its first page. */
static bool is_text(const uint8_t *p, size_t n)
{
    if (encoding_of(p, n) != XML_UTF8)
        return true;
    return n > 0 && memchr(p, 0, n < XML_FILE_SNIFF ? n : XML_FILE_SNIFF) == NULL;
}

/* ---- how XML is written --------------------------------------------------------------------- */

static size_t find_text(const uint8_t *p, size_t n, const char *what)
{
    size_t length = strlen(what);
    for (size_t at = 0; at + length <= n; at++) {
        const uint8_t *first = memchr(p + at, what[0], n - at - length + 1);
        if (first == NULL)
            break;
        at = (size_t)(first - p);
        if (memcmp(first, what, length) == 0)
            return at;
    }
    return n;
}

/* By the first quote behind the event's start. */
static enum escape by_quote(const uint8_t *p, size_t n)
{
    const uint8_t *quote = memchr(p, '"', n < QUOTE_SIGHT ? n : QUOTE_SIGHT);
    size_t at = quote != NULL ? (size_t)(quote - p) : n;
    if (at == n)
        return ESCAPE_NONE;
    if (at > 0 && p[at - 1] == '\\')
        return ESCAPE_JSON;
    bool twice = at > 0 && p[at - 1] == '=' && at + 2 < n && p[at + 1] == '"';
    return twice && strchr(" \t\r\n/>?", p[at + 2]) == NULL ? ESCAPE_CSV : ESCAPE_NONE;
}

/* By what stands in front: the start of an object or of a list of them, or a member's name. */
static enum escape by_front(const uint8_t *p, size_t at)
{
    size_t i = 0, end = at;
    while (i < at && (p[i] <= ' ' || p[i] == 0xEF || p[i] == 0xBB || p[i] == 0xBF))
        i++;
    if (i < at && p[i] == '{')
        return ESCAPE_JSON;
    if (end == 0 || p[--end] != '"')
        return ESCAPE_NONE;
    while (end > 0 && p[end - 1] <= ' ')
        end--;
    return end > 0 && (p[end - 1] == ':' || p[end - 1] == '[') ? ESCAPE_JSON : ESCAPE_NONE;
}

/* inside: it was taken out of something already, whose front says nothing of it. */
static enum escape escape_of(const uint8_t *p, size_t n, bool inside)
{
    static const char *const json[] = {"\\u003cEvent", "\\u003CEvent", "\\u003c?xml",
                                       "\\u003C?xml"};
    size_t plain = find_text(p, n, "<Event"), html = find_text(p, n, "&lt;Event"), first = n;
    for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
        size_t at = find_text(p, n, json[i]);
        first = at < first ? at : first;
    }
    if (first < plain && first < html)
        return ESCAPE_JSON;
    if (html < plain) /* inside JSON that is the outer one */
        return !inside && by_front(p, html) == ESCAPE_JSON ? ESCAPE_JSON : ESCAPE_HTML;
    if (plain == n)
        return ESCAPE_NONE;
    enum escape escape = by_quote(p + plain, n - plain);
    return escape == ESCAPE_NONE && !inside ? by_front(p, plain) : escape;
}

bool paste_is_escaped(const uint8_t *p, size_t n)
{
    return escape_of(p, n, false) != ESCAPE_NONE;
}

/* ---- where it begins ------------------------------------------------------------------------ */

/* A tag with which a file that is understood may begin. */
static size_t find_start(const struct xml_scan *s)
{
    static const char *const names[] = {"?xml",     "Event",   "Events",   "netEvents",
                                        "netEvent", "wfpdiag", "wfpstate", "filters"};
    size_t at = xml_scan_tag(s, 0);
    for (; at < s->n; at = xml_scan_tag(s, at + s->unit))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (xml_scan_is(s, at, names[i], NULL))
                return at;
    return s->n;
}

static bool is_good(enum xml_file_kind kind)
{
    return kind == XML_FILE_EVENTS || kind == XML_FILE_NETEVENTS || kind == XML_FILE_NAMES;
}

/* Passes the text up to the next such place. false: there is none. */
static bool pass_text(struct input *in, enum xml_encoding encoding, uint64_t most)
{
    const uint8_t *p;
    struct xml_scan s;
    while (in->position < most) {
        size_t n = input_view(in, XML_PIECE, &p);
        xml_scan_open(&s, encoding, p, n);
        size_t at = find_start(&s);
        input_skip(in, at < s.n ? at : n == XML_PIECE ? n - TAIL : n);
        if (at < s.n || n < XML_PIECE)
            return at < s.n;
    }
    return false;
}

static enum xml_file_kind look_for_events(struct input *in, enum xml_encoding encoding)
{
    const uint8_t *p;
    uint64_t most = in->position + PASTE_MOST;
    while (pass_text(in, encoding, most)) {
        size_t n = input_view(in, XML_PIECE, &p);
        enum xml_file_kind kind = xml_file_look(p, n);
        if (is_good(kind))
            return kind;
        input_skip(in, encoding == XML_UTF8 ? 1 : 2);
    }
    return XML_FILE_NONE;
}

enum xml_file_kind paste_find(struct input *in)
{
    const uint8_t *p;
    size_t n = input_view(in, XML_PIECE, &p);
    if (!is_text(p, n))
        return XML_FILE_NONE;
    enum xml_encoding encoding = encoding_of(p, n);
    enum escape escape = encoding == XML_UTF8 ? escape_of(p, n, false) : ESCAPE_NONE;
    for (int i = 0; i < DEEPEST && escape != ESCAPE_NONE; i++) {
        if (!unescape_push(in, escape)) {
            unpacking_fail(in, "no memory to take the events out of the text");
            return XML_FILE_NONE;
        }
        n = input_view(in, XML_PIECE, &p);
        escape = escape_of(p, n, true);
    }
    return look_for_events(in, encoding);
}
