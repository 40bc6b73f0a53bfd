/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * XML of events inside of JSON, through one parser for all of a file's. */
#ifndef WFPW_SHIPPER_XML_H
#define WFPW_SHIPPER_XML_H

#include "decode/audit/event_xml.h"

/* Big: on the heap, zeroed at first. */
struct shipper_xml {
    bool is_open;
    struct eventxml decoder;
};

/* false: no memory for a parser. */
bool shipper_xml_open(struct shipper_xml *x);
void shipper_xml_close(struct shipper_xml *x);
/* Feeds n bytes of UTF-8, of which what no parser takes is replaced at its place. The record of an
 * event that ends in them, or NULL. Damage closes the parser. */
const struct record *shipper_xml_feed(struct shipper_xml *x, char *s, size_t n);
/* The end of a text; r: what the last call gave, which becomes one of JSON. */
const struct record *shipper_xml_end(struct shipper_xml *x, const struct record *r);

#endif
