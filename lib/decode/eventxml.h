/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of Windows events, as the event viewer, wevtutil and Get-WinEvent's ToXml() write it, to
 * the same audit records as the binary form.
 */
#ifndef WFPW_EVENTXML_H
#define WFPW_EVENTXML_H

#include "decode/auditrec.h"
#include "decode/xml.h"

enum { EVENTXML_TEXT_MAX = 64 * 1024 };

enum eventxml_found {
    EVENTXML_MORE,   /* feed more */
    EVENTXML_RECORD, /* one of ours: x->record; eventxml_next goes on */
    EVENTXML_SKIP    /* x->why, at xml_position: eventxml_restart and feed what lies behind it */
};

/* Big: keep it on the heap, zeroed at first. */
struct eventxml {
    struct xml xml;
    enum xml_encoding encoding;
    char encoding_name[32];
    uint64_t passed; /* events of others */
    const struct record *record;
    const char *why;
    bool stopped;   /* the parser waits for eventxml_next */
    bool in_event;  /* between <Event> and </Event> */
    uint64_t event; /* where that started, in bytes since the restart */
    enum place places[XML_DEPTH_MAX + 1];
    bool has_child; /* of the element that is open: it is no field then */
    size_t name_size, text_size;
    char name[512], text[EVENTXML_TEXT_MAX];
    struct auditrec auditrec;
    uint64_t room[RECORD_MAX / 8];
};

/* Makes the parser, or makes it new after a SKIP. */
bool eventxml_restart(struct eventxml *x);
void eventxml_close(struct eventxml *x);
enum eventxml_found eventxml_feed(struct eventxml *x, const uint8_t *p, size_t n);
enum eventxml_found eventxml_next(struct eventxml *x);

#endif
