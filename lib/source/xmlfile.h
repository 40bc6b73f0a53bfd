/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file with the XML of Windows events as a source. */
#ifndef WFPW_XMLFILE_H
#define WFPW_XMLFILE_H

#include "source/input.h"
#include "source/source.h"

enum { XMLFILE_SNIFF = 4096 };

/* Whether a file that starts so is XML at all; *events: whether it is that of events. */
bool xmlfile_is(const uint8_t *p, size_t n, bool *events);
/* Takes over `in`, also when it fails. */
int xmlfile_open(const struct source_options *o, struct input *in, struct source **out,
                 wfpw_error *e);

#endif
