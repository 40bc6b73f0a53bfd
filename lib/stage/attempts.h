/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which events tell of the same attempt. Windows logs one inbound connection that it blocks at each
 * try of TCP (five times in 15 s), one listener that it blocks four times, one decision as 5152 and
 * as 5157, every listener anew when the policy changes, and a net event beside all of them. An
 * attempt is what the same process did with the same addresses and ports, decided by the same
 * filter, within 30 s of its first event (docs/facts.md).
 *
 * Bounded memory: when more attempts are under way than there is room for, a later event of one
 * counts as another attempt; none is ever left out.
 */
#ifndef WFPW_ATTEMPTS_H
#define WFPW_ATTEMPTS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

enum { ATTEMPTS_SECONDS = 30, ATTEMPTS_SETS = 1024, ATTEMPTS_WAYS = 4 };

/* What is the same in all events of an attempt: compared as bytes. */
struct attempt_key {
    uint8_t local[16], remote[16];
    uint64_t filter, program; /* program: a hash of its path */
    uint32_t local_scope, remote_scope, protocol, verdict;
    uint32_t id; /* of the record, when nothing else tells attempts apart */
    uint16_t local_port, remote_port;
};

struct attempt {
    struct attempt_key key;
    uint64_t process, computer; /* 0: not known yet; computer: a hash of its name */
    uint64_t time, first;       /* of its first event: the time, and its seq; 0: free */
    uint64_t events;
};

/* All zero at first. */
struct attempts {
    struct attempt table[ATTEMPTS_SETS][ATTEMPTS_WAYS];
};

/* Sets the event's attempt and attempt_event. What decides nothing, or tells neither whose nor
 * where, is an attempt of its own. */
void attempts_note(struct attempts *a, wfpw_event *ev);

#endif
