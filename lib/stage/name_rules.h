/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that names rules: the origin of an event's filter, where it is the id of a rule of the
 * Windows Firewall, becomes that rule. */
#ifndef WFPW_NAME_RULES_H
#define WFPW_NAME_RULES_H

#include "model/batch.h"

enum { NAME_RULES_COPIES = 32 };

struct name_rules {
    const wfpw_allocator *memory;
    const wfpw_options *options;
    /* what is in the batch already */
    struct {
        const wfpw_rule *rule;
        uint64_t token;
    } copies[NAME_RULES_COPIES];
};

void name_rules_init(struct name_rules *n, const wfpw_allocator *memory,
                     const wfpw_options *options);
void name_rules_new_batch(struct name_rules *n);
/* Names the rule of the event that was added last, which has its filter already; used: batch_used
 * before the event. false: no room, and the event was taken back. */
bool name_rules_add(struct name_rules *n, struct wfpw_batch *b, const struct record *r,
                    size_t used);

#endif
