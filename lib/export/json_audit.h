/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An audit record in an event's JSON. */
#ifndef WFPW_JSON_AUDIT_H
#define WFPW_JSON_AUDIT_H

#include "export/json_out.h"

/* Writes its member and returns the place behind it. */
char *json_audit(struct json_out *o, char *p, const wfpw_audit *a);

#endif
