/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A filter's condition as a person reads it. */
#ifndef WFPW_CONDITION_TEXT_H
#define WFPW_CONDITION_TEXT_H

#include "model/policy_object.h"

/* Given pieces of the text, one after the other. */
typedef void (*condition_put)(void *ctx, const char *s, size_t n);

/* is_icmp: the filter is for ICMP, of which type and code stand in the place of ports. */
void condition_text(const struct policy_object *o, const struct policy_object_condition *c,
                    bool is_icmp, condition_put put, void *ctx);
/* Whether a filter says that it is for ICMP. */
bool condition_text_is_icmp(const struct policy_object *filter);

#endif
