/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records that tell of a firewall rule as that rule: of the Security log (4945 to 4948, 4951 to
 * 4953, 4957, 4958), which have its id and name, and of the firewall's own channel, which have all
 * of it. Sources: the manifests of both providers, MS-FASP 2.2. */
#ifndef WFPW_RULE_EVENT_H
#define WFPW_RULE_EVENT_H

#include "model/record.h"
#include "model/rule.h"

/* Big: keep it on the heap. */
struct rule_event_reader {
    char text[RECORD_TEXT_MAX + 1];
    struct rule_builder builder;
};

/* What the record tells of a rule, WFPW_RULE_CHANGE_*; 0: it is about something else. */
uint8_t rule_event_change(const struct record *r);
/* The rule that such a record is about; NULL when it names none. Until the next call. */
const struct rule *rule_event_read(struct rule_event_reader *a, const struct record *r);

#endif
