/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Properties of a rule as PowerShell names and writes them (Get-NetFirewallRule, and what joins its
 * filters to it): in JSON enumerations are numbers, in CSV words. Source: MSFT_NetFirewallRule. */
#ifndef WFPW_RULE_FIELD_H
#define WFPW_RULE_FIELD_H

#include "model/rule.h"

enum rule_field {
    FIELD_NONE,
    FIELD_ID,
    FIELD_NAME,
    FIELD_ELEMENT_NAME,
    FIELD_DESCRIPTION,
    FIELD_GROUP,
    FIELD_DISPLAY_GROUP,
    FIELD_ENABLED,
    FIELD_PROFILE,
    FIELD_DIRECTION,
    FIELD_ACTION,
    FIELD_ORIGIN,
    FIELD_PROTOCOL,
    FIELD_LOCAL_PORT,
    FIELD_REMOTE_PORT,
    FIELD_LOCAL_ADDRESS,
    FIELD_REMOTE_ADDRESS,
    FIELD_PROGRAM,
    FIELD_SERVICE,
    FIELD_PACKAGE
};

enum rule_field rule_field_find(const char *name, size_t n);
/* text is valid UTF-8; of a list it is called for each item, or with "a, b". is_cut: there was more
 * of it. */
void rule_field_take(struct rule_builder *b, enum rule_field field, const char *s, size_t n,
                     bool is_cut);
/* NULL: what was taken is no rule. */
const struct rule *rule_field_finish(struct rule_builder *b);

#endif
