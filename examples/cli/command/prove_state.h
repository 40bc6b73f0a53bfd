/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a host stands before 'wfpwatch prove' and after it, so that nothing of it is left.
 */
#ifndef PROVE_STATE_H
#define PROVE_STATE_H

#include "platform/prove_host.h"
#include "view/prove_report.h"

enum { PROVE_SUBCATEGORIES = 96, PROVE_TEXT = 168 };

struct prove_state {
    bool engine, events; /* it answers; this user may receive them */
    uint32_t code;       /* of what does not */
    char collection[PROVE_TEXT], keywords[PROVE_TEXT], leases[PROVE_TEXT];
    bool leases_well;
    uint32_t subcategories; /* 0: the audit policy cannot be read */
    uint32_t audited[PROVE_SUBCATEGORIES];
    bool audits_connections, audits_packets; /* failures of them */
};

void prove_state_read(struct prove_state *s, const wfpw_options *o);
/* Filters of the provider PROVE_PROVIDER. -1: they cannot be listed. */
int prove_state_filters(const wfpw_options *o);
/* The claims that nothing is left: at most PROVE_STATE_CLAIMS; returns how many. */
enum { PROVE_STATE_CLAIMS = 5 };
uint32_t prove_state_judge(const struct prove_state *before, const struct prove_state *after,
                           int filters, uint32_t objects, struct prove_claim *claims);

#endif
