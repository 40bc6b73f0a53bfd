/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * --since and --until: a time, or how long ago. */
#ifndef WHEN_H
#define WHEN_H

#include "options.h"
#include "wfpwatch/sim.h"

/* What the help of a command says of the value. */
#define WHEN_HELP                                                                                  \
    "                           WHEN is a time, 2026-11-22T20:28:00Z (also without Z, which is\n"  \
    "                           UTC, too, and without seconds), or how long ago: 30s 10m 2h 1d\n"

/* Starts as {0}: not given. */
struct when {
    bool is_given, is_ago;
    uint64_t value; /* 100 ns: since 1601, or ago */
};

/* Reads the value of the option read last. false: it is none, and that was said. */
bool when_take(struct when *w, const struct arguments *a);
/* As conditions have it: 2026-11-22T20:28:00.0000000Z. */
enum { WHEN_TEXT = 32 };
void when_text(char out[WHEN_TEXT], uint64_t time);
/* As wfpw_live and wfpw_history take it; sim (may be NULL) has a clock of its own. 0: not given. */
uint64_t when_time(const struct when *w, wfpw_sim *sim);

#endif
