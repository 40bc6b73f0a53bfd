/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that names rules: the origin of an event's filter, where it is the id of a rule of the
 * Windows Firewall, becomes that rule. Rules come from this host for live events, from the
 * collection that the caller gave, and from the records of rules in the logs that are read, which
 * also tell when one was changed. */
#ifndef WFPW_NAME_RULES_H
#define WFPW_NAME_RULES_H

#include "model/batch.h"

enum { NAME_RULES_COPIES = 32 };

struct log_rules;
struct live_names;

struct name_rules {
    const wfpw_allocator *memory;
    const wfpw_options *options;
    struct log_rules *log;   /* NULL until a record of a rule comes */
    struct live_names *live; /* of this host; NULL: none */
    bool log_failed;         /* there was no memory for it, which was logged */
    /* what is in the batch already */
    struct {
        const wfpw_rule *rule;
        uint64_t token;
    } copies[NAME_RULES_COPIES];
};

void name_rules_init(struct name_rules *n, const wfpw_allocator *memory,
                     const wfpw_options *options);
void name_rules_free(struct name_rules *n);
void name_rules_new_batch(struct name_rules *n);
/* Learns what a record says of a rule; once for each that comes, in their order, wanted or not. */
void name_rules_learn(struct name_rules *n, const struct record *r);
/* Names the rule of the event that was added last, which has its filter already; used: batch_used
 * before the event. false: no room, and the event was taken back. */
bool name_rules_add(struct name_rules *n, struct wfpw_batch *b, const struct record *r,
                    size_t used);

#endif
