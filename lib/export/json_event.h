/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_JSON_EVENT_H
#define WFPW_JSON_EVENT_H

#include "export/json_out.h"

/* An event as one object, without a comma behind it. */
char *json_event(struct json_out *o, char *p, const wfpw_event *ev);

#endif
