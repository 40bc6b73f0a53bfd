/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_xml.h"

#include <string.h>

static bool is_at(const char *s, size_t n, size_t at, const char *what)
{
    size_t m = strlen(what);
    return m <= n - at && memcmp(s + at, what, m) == 0;
}

static bool begins_event(const char *s, size_t n, size_t at)
{
    static const char tag[] = "<Event";
    size_t end = at + sizeof tag - 1;
    return is_at(s, n, at, tag) && end < n && (s[end] == '>' || s[end] <= ' ');
}

bool shipper_xml_is(const char *s, size_t n)
{
    return begins_event(s, n, 0) || is_at(s, n, 0, "<Events") || is_at(s, n, 0, "<?xml ");
}

size_t shipper_xml_declaration(const char *s, size_t n)
{
    if (!is_at(s, n, 0, "<?xml "))
        return 0;
    for (size_t at = 0; at < n; at++)
        if (is_at(s, n, at, "?>"))
            return at + 2;
    return n;
}

bool shipper_xml_has_several(const char *s, size_t n)
{
    uint32_t events = 0;
    for (size_t at = 0; at < n && events < 2; at++)
        events += s[at] == '<' && begins_event(s, n, at);
    return events > 1;
}

bool shipper_xml_is_closed(const char *s, size_t n)
{
    static const char tag[] = "</Event>";
    for (size_t at = 0; at + 1 < n; at++)
        if (s[at] == '<' && (s[at + 1] == '!' || s[at + 1] == '?'))
            return false;
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r' || s[n - 1] == '\n'))
        n--;
    return n >= sizeof tag && is_at(s, n, n - (sizeof tag - 1), tag);
}

bool shipper_xml_open(struct shipper_xml *x)
{
    x->decoder.reader.encoding = XML_UTF8;
    x->is_damaged = false;
    x->is_open = x->is_open || event_xml_restart(&x->decoder.reader);
    return x->is_open;
}

void shipper_xml_close(struct shipper_xml *x)
{
    if (x->is_open)
        xml_reader_close(&x->decoder.reader);
    x->is_open = false;
}

/* As in a file of XML. */
static void clean_text(char *s, size_t n)
{
    struct xml_scan scan;
    size_t bytes;
    uint8_t *p = (uint8_t *)s;
    xml_scan_open(&scan, XML_UTF8, p, n);
    for (size_t at = xml_scan_forbidden(&scan, 0, &bytes); at < scan.n;
         at = xml_scan_forbidden(&scan, at + bytes, &bytes))
        xml_scan_replace(&scan, at, bytes, p);
}

const struct record *shipper_xml_feed(struct shipper_xml *x, char *s, size_t n)
{
    struct xml_reader *reader = &x->decoder.reader;
    if (!x->is_open)
        return NULL;
    clean_text(s, n);
    enum xml_reader_found found = xml_reader_feed(reader, (const uint8_t *)s, n);
    if (found == XML_READER_SKIP) {
        x->is_damaged = true;
        shipper_xml_close(x);
    }
    return found == XML_READER_RECORD ? reader->record : NULL;
}

const struct record *shipper_xml_end(struct shipper_xml *x, const struct record *r, bool keep)
{
    struct xml_reader *reader = &x->decoder.reader;
    if (x->is_open && reader->in_event)
        x->is_damaged = true; /* it is cut off */
    if (x->is_open && r != NULL && keep)
        keep = xml_reader_next(reader) == XML_READER_MORE;
    if (!keep || x->is_damaged)
        shipper_xml_close(x);
    if (r == NULL)
        return NULL;
    struct record *own = record_of(&x->decoder.audit_record.b);
    own->source = WFPW_SOURCE_JSON;
    return own;
}
