/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * --since and --until: a time, or how long ago. */
#ifndef TIME_OPTION_H
#define TIME_OPTION_H

#include "input/options.h"
#include "wfpwatch/sim.h"

/* What the help of a command says of the value. */
#define TIME_OPTION_HELP                                                                           \
    "                           WHEN is a time, 2026-11-22T20:28:00Z (always UTC; Z\n"             \
    "                           and seconds are optional), or an age: 30s 10m 2h 1d\n"

/* Starts as {0}: not given. */
struct time_option {
    bool is_given, is_ago;
    uint64_t value; /* 100 ns: since 1601, or ago */
};

/* Reads the value of the option read last. false: it is none, and that was reported. */
bool time_option_take(struct time_option *w, const struct arguments *a);
/* The same for how long something lasts: 60s, 10m, 2h, 1d; at most 24 days. */
bool time_option_span(const struct arguments *a, uint32_t *ms);
/* As conditions have it: 2026-11-22T20:28:00.0000000Z. */
enum { TIME_OPTION_TEXT = 32 };
void time_option_text(char out[TIME_OPTION_TEXT], uint64_t time);
/* As wfpw_live and wfpw_history take it; sim (may be NULL) has a clock of its own. 0: not given. */
uint64_t time_option_time(const struct time_option *w, wfpw_sim *sim);

#endif
