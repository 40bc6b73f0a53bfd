/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The net events of netsh: netevents.xml of `netsh wfp show netevents`, and wfpdiag.xml of
 * `netsh wfp capture`, of which everything else is passed over. */
#ifndef WFPW_NETSH_EVENT_H
#define WFPW_NETSH_EVENT_H

#include "decode/netsh/netsh_event_schema.h"
#include "decode/xml/xml_reader.h"

enum {
    NETSH_EVENT_TEXT_MAX = 4 * 32768, /* the longest path there is, as hexadecimal */
    NETSH_EVENT_SIGHT = 512           /* bytes of an event's start by which it is known */
};

/* Big: keep it on the heap, zeroed at first. Fed and asked through its reader. */
struct netsh_event {
    struct xml_reader reader;
    int text_depth;         /* the element whose text is kept; 0: none */
    const char *list_start; /* what stands around the events that come after damage */
    uint8_t places[XML_DEPTH_MAX + 1], hints[XML_DEPTH_MAX + 1];
    const struct netsh_row *rows[XML_DEPTH_MAX + 1];
    size_t text_size;
    char text[NETSH_EVENT_TEXT_MAX];
    struct netsh_gathered event;
    uint64_t room[RECORD_MAX / 8];
};

/* Makes the parser, or makes it new after a SKIP, to be fed from the next event on; x: a struct
 * netsh_event. */
bool netsh_event_restart(struct xml_reader *x);
/* The place where reading can go on behind damage at p; n when there is none in sight. budget: of
 * xml_resume.h. */
size_t netsh_event_find(struct xml_reader *reader, const uint8_t *p, size_t n, size_t *budget);

/* What a file of netsh holds. */
enum netsh_event_holds { NETSH_EVENT_OTHER, NETSH_EVENT_EVENTS, NETSH_EVENT_NAMES };
/* p: how it starts, behind a mark and a declaration or not. */
enum netsh_event_holds netsh_event_look(enum xml_encoding encoding, const uint8_t *p, size_t n);

#endif
