/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names in an event's JSON: its filter and its layer. */
#ifndef WFPW_JSONNAME_H
#define WFPW_JSONNAME_H

#include "export/jsonout.h"

/* Each writes its member, if the event has it, and returns the place behind it. */
char *json_filter(struct out *o, char *p, const wfpw_event *ev);
char *json_layer(struct out *o, char *p, const wfpw_event *ev);

#endif
