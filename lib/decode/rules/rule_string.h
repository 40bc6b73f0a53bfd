/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text in which the registry keeps a firewall rule: "v2.33|Action=Allow|Dir=In|...|". Source:
 * MS-GPFAS 2.2.2; what Windows writes beyond it is on the page docs/facts.md. */
#ifndef WFPW_RULE_STRING_H
#define WFPW_RULE_STRING_H

#include "model/rule.h"

enum rule_string_result {
    RULE_STRING_RULE,
    RULE_STRING_OTHER, /* of connection security: no firewall rule */
    RULE_STRING_BAD    /* not of this grammar */
};

/* Starts the builder and fills it; text is valid UTF-8, origin: WFPW_RULE_ORIGIN_*. */
enum rule_string_result rule_string_read(struct rule_builder *b, const char *id, size_t id_size,
                                         const char *text, size_t size, uint8_t origin);

/* Where in the registry rules are kept: the path of a key behind its hive's root, or below
 * FirewallPolicy. 0: there are none in force there. Source: MS-GPFAS 2.2.2.19, MS-FASP. */
uint8_t rule_string_origin(const char *path, size_t size);

#endif
