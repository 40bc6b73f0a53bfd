/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session that somebody beside its caller needs: it ends when both have let it go. */
#ifndef WFPW_SESSION_HOLD_H
#define WFPW_SESSION_HOLD_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* Returns its allocator, which is there until session_release. NULL: somebody holds it already. */
const wfpw_allocator *session_hold(wfpw_session *s);
/* Any thread, when no other one is inside a call with s. *released becomes 1 when nothing is needed
 * any more for whoever lets it go; NULL is fine. */
void session_release(wfpw_session *s, uint32_t *released);

/* Whether its events have verdicts: not with WFPW_OPEN_NO_VERDICT. */
bool session_has_verdicts(const wfpw_session *s);

#endif
