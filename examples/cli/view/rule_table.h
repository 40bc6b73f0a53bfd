/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Firewall rules for people: a row each, or all that is known of one.
 */
#ifndef RULE_TABLE_H
#define RULE_TABLE_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

void rule_table_header(struct buffer *out);
void rule_table_row(const wfpw_rule *r, struct buffer *out);
/* All of it, a line a fact. */
void rule_details(const wfpw_rule *r, struct buffer *out);

#endif
