/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One record out of a net event and the audit record of the same decision: the net event's, with
 * the other's body and with what only the other knows. What the two say differently is kept as
 * the net event has it, and marked.
 */
#ifndef WFPW_JOIN_MERGE_H
#define WFPW_JOIN_MERGE_H

#include "model/record.h"

enum { JOIN_RECORD_MAX = 48 * 1024 }; /* bytes of both together */

/* Whether the two fit into one record. */
bool join_fits(const struct record *net, const struct record *audit);
/* room: JOIN_RECORD_MAX bytes, aligned to 8. */
const struct record *join_merge(void *room, const struct record *net, const struct record *audit);

#endif
