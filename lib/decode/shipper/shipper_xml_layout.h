/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * XML of events, or of their data, that differs from an earlier one in its values only: what stands
 * between these is learned from a text that the XML parser took, and later ones that have the same
 * are read without it. A value that needs more than a look (references, line ends) is for the
 * parser, as all that differs. */
#ifndef WFPW_SHIPPER_XML_LAYOUT_H
#define WFPW_SHIPPER_XML_LAYOUT_H

#include "decode/audit/audit_record.h"

enum {
    SHIPPER_XML_LAYOUTS = 12,
    SHIPPER_XML_LAYOUT_VALUES = 80,
    SHIPPER_XML_LAYOUT_TEXT = 4 * 1024, /* bytes between values */
    SHIPPER_XML_LAYOUT_MOST = 32 * 1024 /* bytes of a text */
};

struct shipper_xml_value {
    uint16_t before;         /* bytes of the layout's text in front of it */
    uint16_t same;           /* not 0: it is so many bytes at the end of these, in all texts */
    uint16_t name_at, index; /* of a field: where its name stands in the text, and of audit_name */
    uint8_t name_bytes;
    uint8_t slot; /* enum slot; SLOT_FIELD_NAME: a field's value */
    char end;     /* what stands behind it: a quote or '<'; 0: it is always empty */
};

struct shipper_xml_layout {
    uint16_t bytes, count; /* of text, of values; bytes 0: none was learned */
    bool is_data;          /* of the data of an event alone */
    struct shipper_xml_value values[SHIPPER_XML_LAYOUT_VALUES];
    char text[SHIPPER_XML_LAYOUT_TEXT];
};

/* Starts as zeros. */
struct shipper_xml_layouts {
    struct shipper_xml_layout list[SHIPPER_XML_LAYOUTS];
    uint32_t learned; /* how many ever; the next one takes the oldest place */
    uint32_t last;    /* the one that fitted last */
    struct shipper_xml_found {
        const char *p;
        size_t n;
    } found[SHIPPER_XML_LAYOUT_VALUES];
};

void shipper_xml_layouts_forget(struct shipper_xml_layouts *l);
/* Whether a layout fits all of a text of valid UTF-8. */
bool shipper_xml_layouts_find(struct shipper_xml_layouts *l, bool is_data, const char *s, size_t n);
/* Gives the values of that text, which is still there, to a. */
void shipper_xml_layouts_give(const struct shipper_xml_layouts *l, struct audit_record *a);
/* Learns from a text that is one event, or the data of one, and was parsed without damage. */
void shipper_xml_layouts_learn(struct shipper_xml_layouts *l, bool is_data, const char *s,
                               size_t n);

#endif
