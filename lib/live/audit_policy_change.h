/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a record 4719 of the Security log says: who changed which subcategory of the audit policy.
 */
#ifndef WFPW_AUDIT_POLICY_CHANGE_H
#define WFPW_AUDIT_POLICY_CHANGE_H

#include "lease/audit_policy/audit_keeper.h"

/* room: for the account's name, which c->by points to. false: it is no such record, or damaged. */
bool audit_policy_change_read(const wfpw_event *ev, struct audit_policy_change *c, char *room,
                              size_t cap);

#endif
