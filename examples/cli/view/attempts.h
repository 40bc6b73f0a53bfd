/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which records tell of the same attempt. Windows logs one inbound connection that it blocks at
 * each try of TCP (five times in 16 s), one listener that it blocks four times, one decision as
 * 5152 and as 5157, and every listener anew when the policy changes. An attempt is what the same
 * process did with the same addresses and ports, decided by the same filter, within 30 s of its
 * first record.
 *
 * Bounded memory: when more attempts are under way than there is room for, a later record of one
 * counts as another attempt; the count is never too low.
 */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

enum { ATTEMPTS_SECONDS = 30, ATTEMPTS_SETS = 1024, ATTEMPTS_WAYS = 4 };

struct attempt;

/* Starts as {0}. */
struct attempts {
    struct attempt *table;
    uint64_t seq;
    uint64_t attempts, records; /* counted so far */
};

/* false: no memory. */
bool attempts_start(struct attempts *a);
void attempts_free(struct attempts *a);
/* Counts the event. true: it is the first record of an attempt, false: another one of an attempt
 * that was counted. Gaps and notes are attempts of their own. */
bool attempts_add(struct attempts *a, const wfpw_event *ev);

#endif
