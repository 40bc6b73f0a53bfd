/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file with the XML of events as a source: that of Windows' log, or that of netsh. */
#ifndef WFPW_XML_FILE_H
#define WFPW_XML_FILE_H

#include "input/input.h"
#include "source/source.h"

enum { XML_FILE_SNIFF = 4096 };

enum xml_file_kind {
    XML_FILE_NONE,      /* no XML */
    XML_FILE_OTHER,     /* XML of something else */
    XML_FILE_DOCTYPE,   /* with a document type, which is refused */
    XML_FILE_EVENTS,    /* of Windows events */
    XML_FILE_NETEVENTS, /* of netsh, with net events */
    XML_FILE_NAMES      /* of netsh, with names and no events */
};

/* What a file is that starts so. */
enum xml_file_kind xml_file_look(const uint8_t *p, size_t n);
/* Takes over `in`, also when it fails. */
int xml_file_open(const struct source_options *o, enum xml_file_kind kind, struct input *in,
                  struct source **out, wfpw_error *e);

#endif
