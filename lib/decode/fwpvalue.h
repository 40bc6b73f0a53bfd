/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's values and enumerations as text, in the form that a dump of netsh gives. */
#ifndef WFPW_FWPVALUE_H
#define WFPW_FWPVALUE_H

#include "object.h"
#include "os/fwp_types.h"

/* Text up to its NUL; 0 when it is NULL. */
object_text fwpvalue_string(struct object_builder *b, const uint16_t *s);

/* The symbol of a number; one that has none comes out as the number. */
object_text fwpvalue_type(struct object_builder *b, uint32_t type);
object_text fwpvalue_match(struct object_builder *b, uint32_t match);
object_text fwpvalue_action(struct object_builder *b, uint32_t action);
object_text fwpvalue_context_type(struct object_builder *b, uint32_t type);

/* An unsigned number of any size; false when it is another type or is not there. */
bool fwpvalue_number(const FWP_VALUE0 *v, uint64_t *out);

/* Type and value of a condition whose field is set. */
void fwpvalue_condition(struct object_builder *b, struct object_condition *c,
                        const FWP_CONDITION_VALUE0 *v);

#endif
