/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A rule of the store as a wfpw_rule, in one block of the caller's. */
#ifndef WFPW_RENDER_RULE_H
#define WFPW_RENDER_RULE_H

#include "names/rules/rules.h"

/* Writes to buf, aligned to 8, as far as cap has room; returns what is needed. from: the name of
 * the source, from_time: when it saw the rule. */
size_t render_rule(const struct rule_found *found, const char *from, uint64_t from_time, void *buf,
                   size_t cap);

#endif
