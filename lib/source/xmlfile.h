/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file with the XML of events as a source: that of Windows' log, or that of netsh. */
#ifndef WFPW_XMLFILE_H
#define WFPW_XMLFILE_H

#include "source/input.h"
#include "source/source.h"

enum { XMLFILE_SNIFF = 4096 };

enum xmlfile_kind {
    XMLFILE_NONE,      /* no XML */
    XMLFILE_OTHER,     /* XML of something else */
    XMLFILE_DOCTYPE,   /* with a document type, which is refused */
    XMLFILE_EVENTS,    /* of Windows events */
    XMLFILE_NETEVENTS, /* of netsh, with net events */
    XMLFILE_NAMES      /* of netsh, with names and no events */
};

/* What a file is that starts so. */
enum xmlfile_kind xmlfile_look(const uint8_t *p, size_t n);
/* Takes over `in`, also when it fails. */
int xmlfile_open(const struct source_options *o, enum xmlfile_kind kind, struct input *in,
                 struct source **out, wfpw_error *e);

#endif
