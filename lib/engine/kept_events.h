/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the engine keeps of net events (about 128 KB of them, in memory: Microsoft, "Logging and
 * auditing"), read as one snapshot. Where engine calls are made.
 */
#ifndef WFPW_KEPT_EVENTS_H
#define WFPW_KEPT_EVENTS_H

#include "os/system.h"
#include "queue/backlog.h"
#include "template/template.h"

struct kept_events_window {
    const wfpw_template *match; /* what the engine is asked for; it may give more. NULL: all */
    uint64_t since, until;      /* both included; until 0: no end */
    uint64_t after, before;     /* but for what lies between these two; before 0: nothing */
    uint32_t epoch;             /* whose names the events' filters have; 0: nobody's */
};

/* Whether this system can be asked. */
bool kept_events_are_possible(const struct wfpw_system *system);
/* What its events say: WFPW_SOURCE_*. */
uint16_t kept_events_source(const struct wfpw_system *system);
/* Reads all that is in the window into p, with the newest function there is. undecoded counts what
 * is no event. What came before an error stays. Errors: those of the engine, E_NOMEM; E_RANGE when
 * p is full. */
int kept_events_read(const struct wfpw_system *system, void *engine,
                     const struct kept_events_window *w, struct backlog *p, os_u64 *undecoded,
                     wfpw_error *e);

#endif
