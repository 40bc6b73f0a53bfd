/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An audit record in an event's JSON. */
#ifndef WFPW_JSONAUDIT_H
#define WFPW_JSONAUDIT_H

#include "export/jsonout.h"

/* Writes its member and returns the place behind it. */
char *json_audit(struct out *o, char *p, const wfpw_audit *a);

#endif
