/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Whether this process may do what live sessions do, each right on its own (Microsoft, "Access
 * Right Identifiers": FWPM_ACTRL_SUBSCRIBE, _ENUM, _READ), found out by asking for it, and letting
 * go at once.
 */
#ifndef WFPW_RIGHTS_H
#define WFPW_RIGHTS_H

#include "os/system.h"

enum rights_kind { RIGHTS_EVENTS, RIGHTS_HISTORY, RIGHTS_FILTERS, RIGHTS_KINDS };

/* Returns 0 or the engine's code; *call names the call that gave it, and is NULL when the system
 * does not have it. */
uint32_t rights_query(const struct wfpw_system *system, void *engine, enum rights_kind kind,
                      const char **call);

#endif
