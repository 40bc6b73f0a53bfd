/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The firewall's rule in an event's JSON. */
#ifndef WFPW_JSON_RULE_H
#define WFPW_JSON_RULE_H

#include "export/json_out.h"

/* Writes the member, if there is a rule, and returns the place behind it. */
char *json_rule(struct json_out *o, char *p, const wfpw_rule *r);

#endif
