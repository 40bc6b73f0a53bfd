/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writes net events as netsh does: the document whose reading gives the events it was made from. */
#ifndef WFPW_NETEVWRITER_H
#define WFPW_NETEVWRITER_H

#include <stdbool.h>
#include <stdio.h>

#include "wfpwatch/wfpwatch.h"

/* How the document is written. */
enum {
    NETEVW_CAPTURE =
        0x1, /* wfpdiag.xml with an initial state and filter changes, else netevents.xml */
    NETEVW_CRLF = 0x2,
    NETEVW_PUBLIC = 0x4, /* FWPM_NET_EVENT_TYPE_PUBLIC_..., as newer Windows does */
    NETEVW_CDATA = 0x8,  /* every text in CDATA, not only those with an ampersand */
    NETEVW_BARE = 0x10,  /* no mark, no declaration, no root */
    NETEVW_NO_FLAGS =
        0x20,            /* the header's members that are not set are left out, and so its flags */
    NETEVW_TIGHT = 0x40, /* no blanks between elements */
    NETEVW_STYLES = 0x80
};

struct netsh_event_writer {
    char *p; /* what was written, or was not yet given to f */
    size_t n, cap;
    FILE *f; /* NULL: all of it stays in p */
    uint32_t style;
    int depth;
};

/* Zero-initialized at first; f and style may be set. Memory that runs out ends the program. */
void netevwriter_begin(struct netsh_event_writer *w);
void netevwriter_event(struct netsh_event_writer *w, const wfpw_event *ev);
/* What stands in p is the document; false: f could not be written. */
bool netevwriter_end(struct netsh_event_writer *w);
void netevwriter_free(struct netsh_event_writer *w);

/* The document in UTF-16, with a mark, in malloc'ed memory. */
uint8_t *netevwriter_wide(const struct netsh_event_writer *w, bool big, size_t *size);

#endif
