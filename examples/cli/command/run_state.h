/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * 'wfpwatch run': a command that runs, and what is known of it. */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include <stdio.h>

#include "input/simulated.h"
#include "platform/child.h"
#include "view/explanation_groups.h"
#include "view/print.h"

/* Events that may be of a process that is not known yet: judged again at the end, or when there are
 * too many of them. */
enum { HELD_MAX = 32, BATCH_EVENTS = 16 };
struct held {
    wfpw_batch *batch;
    uint32_t events; /* which of them: a bit each */
};

struct running {
    bool help, audit, simulate;
    int format; /* 1: JSON */
    uint32_t live_flags;
    const char *state, *script, *windows, *output;
    char **command;

    struct simulated simulated;
    wfpw_session *session;
    wfpw_batch *batch;
    struct held held[HELD_MAX]; /* the oldest first */
    uint32_t held_count;
    struct child child;
    struct printer printer; /* its text goes to out */
    FILE *out;
    struct explanation_groups of_process, of_program;
    uint64_t processes, programs; /* attempts of each */
    uint64_t gaps;
    bool failed;
};

/* How an event is known to be the command's. */
enum owner { OWNER_NONE, OWNER_PROGRAM, OWNER_PROCESS };

/* An event that is, as a line of JSON. */
void run_report_event(struct running *r, const wfpw_event *ev, enum owner owner);
/* All that is to be told at the end; closes the output. */
void run_report_end(struct running *r);

#endif
