/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a service of Windows stands, as an object of the policy. Where calls of the system are made.
 */
#ifndef WFPW_SERVICE_OBJECT_H
#define WFPW_SERVICE_OBJECT_H

#include "model/policy_object.h"
#include "os/system.h"

/* In the builder's room: whether it runs or is missing, its program, and who made that. NULL: it
 * cannot be told, or the name is none that Windows has (it is ASCII in practice). */
const struct policy_object *service_object(const struct wfpw_system *system,
                                           struct policy_object_builder *b, const char *name);

#endif
