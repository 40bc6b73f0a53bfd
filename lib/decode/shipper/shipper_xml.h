/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * XML of events inside of JSON, through one parser for all of a file's. */
#ifndef WFPW_SHIPPER_XML_H
#define WFPW_SHIPPER_XML_H

#include "decode/audit/event_xml.h"
#include "decode/shipper/shipper_xml_layout.h"

/* Big: on the heap, zeroed at first. */
struct shipper_xml {
    bool is_open, is_damaged; /* a parser; the text under way */
    struct eventxml decoder;
    struct shipper_xml_layouts layouts;
};

/* Whether a text is read as XML at all. */
bool shipper_xml_is(const char *s, size_t n);
/* The bytes of its XML declaration, which must not be fed: ours is not at the start of a document.
 */
size_t shipper_xml_declaration(const char *s, size_t n);
/* Whether a second event begins in it. */
bool shipper_xml_has_several(const char *s, size_t n);
/* Whether a parser is behind it what it was before, if it parses: it has no comment, CDATA section
 * or the like, which could go on in the next text. */
bool shipper_xml_is_closed(const char *s, size_t n);

/* Before each text. false: no memory for a parser. */
bool shipper_xml_open(struct shipper_xml *x);
void shipper_xml_close(struct shipper_xml *x);
/* Feeds n bytes of UTF-8, of which what no parser takes is replaced at its place. The record of an
 * event that ends in them, or NULL. Damage closes the parser. */
const struct record *shipper_xml_feed(struct shipper_xml *x, char *s, size_t n);
/* The end of a text; r: what a call gave, which becomes one of JSON. keep: the parser, unless the
 * text was damaged. */
const struct record *shipper_xml_end(struct shipper_xml *x, const struct record *r, bool keep);

#endif
