/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What only some kinds of events have, as members with a comma behind each. */
#ifndef WFPW_JSON_BODY_H
#define WFPW_JSON_BODY_H

#include "export/json_out.h"

bool json_has_bodies(const wfpw_event *ev);
char *json_bodies(struct json_out *o, char *p, const wfpw_event *ev);

#endif
