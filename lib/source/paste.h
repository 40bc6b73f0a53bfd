/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events that were copied out of something: a mail, a console, another program's log. */
#ifndef WFPW_PASTE_H
#define WFPW_PASTE_H

#include "input/unpacking.h"
#include "source/xml_file.h"

/* How far an event may stand behind other text. */
enum { PASTE_MOST = 1024 * 1024 };

/* Takes the XML out of what it is in, as often as it was put there, and passes the text in front of
 * it: where reading stands then, a file of the kind begins. XML_FILE_NONE: there is no event in the
 * text, or it is none; the input is of no further use. */
enum xml_file_kind paste_find(struct input *in);
/* Whether what begins so has the XML of events, but inside something else. */
bool paste_is_escaped(const uint8_t *p, size_t n);

#endif
