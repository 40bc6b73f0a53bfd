/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names in an event's JSON: its filter and its layer, and what a guard found in that filter. */
#ifndef WFPW_JSON_NAMES_H
#define WFPW_JSON_NAMES_H

#include "export/json_out.h"

/* Each writes its member, if the event has it, and returns the place behind it. */
char *json_filter(struct json_out *o, char *p, const wfpw_event *ev);
char *json_layer(struct json_out *o, char *p, const wfpw_event *ev);
char *json_aggregate(struct json_out *o, char *p, const wfpw_aggregate *a); /* may be NULL */
char *json_guarded(struct json_out *o, char *p, const wfpw_guarded *g);     /* may be NULL */

#endif
