/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_xml.h"

bool shipper_xml_open(struct shipper_xml *x)
{
    x->decoder.reader.encoding = XML_UTF8;
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
    const struct record *r = NULL;
    if (!x->is_open)
        return NULL;
    clean_text(s, n);
    enum xml_reader_found found = xml_reader_feed(reader, (const uint8_t *)s, n);
    while (found == XML_READER_RECORD) {
        r = reader->record;
        found = xml_reader_next(reader);
    }
    if (found == XML_READER_SKIP)
        shipper_xml_close(x);
    return r;
}

const struct record *shipper_xml_end(struct shipper_xml *x, const struct record *r)
{
    if (x->is_open && x->decoder.reader.in_event)
        shipper_xml_close(x); /* it is cut off */
    if (r == NULL)
        return NULL;
    struct record *own = record_of(&x->decoder.audit_record.b);
    own->source = WFPW_SOURCE_JSON;
    return own;
}
