/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's values and enumerations as text, in the form that a dump of netsh gives. */
#ifndef WFPW_FWP_VALUE_H
#define WFPW_FWP_VALUE_H

#include "model/policy_object.h"
#include "os/fwp_types.h"

/* Text up to its NUL; 0 when it is NULL. */
policy_object_text fwp_value_string(struct policy_object_builder *b, const uint16_t *s);

/* The symbol of a number; one that has none comes out as the number. */
policy_object_text fwp_value_type(struct policy_object_builder *b, uint32_t type);
policy_object_text fwp_value_match(struct policy_object_builder *b, uint32_t match);
policy_object_text fwp_value_action(struct policy_object_builder *b, uint32_t action);
policy_object_text fwp_value_context_type(struct policy_object_builder *b, uint32_t type);

/* An unsigned number of any size; false when it is another type or is not there. */
bool fwp_value_number(const FWP_VALUE0 *v, uint64_t *out);

/* Type and value of a condition whose field is set. */
void fwp_value_condition(struct policy_object_builder *b, struct policy_object_condition *c,
                         const FWP_CONDITION_VALUE0 *v);

#endif
