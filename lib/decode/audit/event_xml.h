/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of Windows events, as the event viewer, wevtutil and Get-WinEvent's ToXml() write it, to
 * the same audit records as the binary form.
 */
#ifndef WFPW_EVENT_XML_H
#define WFPW_EVENT_XML_H

#include "decode/audit/audit_record.h"
#include "decode/xml/xml_reader.h"

enum { EVENT_XML_TEXT_MAX = 64 * 1024 };

/* Big: keep it on the heap, zeroed at first. Fed and asked through its reader. */
struct eventxml {
    struct xml_reader reader;
    enum audit_element places[XML_DEPTH_MAX + 1];
    bool has_child; /* of the element that is open: it is no field then */
    size_t name_size, text_size;
    char name[512], text[EVENT_XML_TEXT_MAX];
    struct audit_record audit_record;
    uint64_t room[RECORD_MAX / 8];
};

/* Makes the parser, or makes it new after a SKIP; x: a struct eventxml. */
bool event_xml_restart(struct xml_reader *x);
/* The place of the next event's start, in p; n when there is none. */
size_t event_xml_find(struct xml_reader *x, const uint8_t *p, size_t n);

#endif
