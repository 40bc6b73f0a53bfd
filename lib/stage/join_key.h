/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a net event and the audit record of the same decision have in common: filter, layer,
 * protocol, both endpoints and the application. Which fields say the same in both, and which do
 * not, was counted over public logs (docs/facts.md, "Joining").
 */
#ifndef WFPW_JOIN_KEY_H
#define WFPW_JOIN_KEY_H

#include "model/record.h"

/* Which half of a decision a record can be. */
enum join_half { JOIN_NET_EVENT, JOIN_AUDIT_RECORD, JOIN_NEITHER };

enum join_half join_half_of(const struct record *r);
/* A half that is about a filter: that a guard warns of, or the record of who added one. */
bool join_is_filter(const struct record *r);
/* A hash that both halves of a decision have: of what no rule of join_keys_agree leaves out. r is
 * one of the two halves. */
uint64_t join_key_hash(const struct record *r);
/* Whether the two may tell of the same decision; their times are not compared. */
bool join_keys_agree(const struct record *net, const struct record *audit);
/* Whether two texts, as records hold them, are the same but for the case of letters. */
bool join_same_text(const struct record *a, const struct value *va, const struct record *b,
                    const struct value *vb);

#endif
