/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The inside of a session, for the files that it consists of: session.c opens it, adds its sources
 * and closes it, reading.c takes records through the stages into the caller's batch.
 */
#ifndef WFPW_SESSION_INTERNAL_H
#define WFPW_SESSION_INTERNAL_H

#include "naming.h"
#include "orient.h"
#include "service.h"
#include "source/source.h"
#include "stage/joiner.h"

struct wfpw_session {
    wfpw_allocator memory;
    wfpw_options o;
    struct tally tally;
    struct naming naming;
    struct orient orient;
    struct joiner joiner;
    bool late_conditions;           /* that only a finished event can be asked */
    struct source *sources, **last; /* files, in the order added; the first is being read */
    const struct record *pending;   /* of the first source: it did not fit the last batch */
    wfpw_error failed;              /* of a file that is closed, and not yet told; status 0: none */
    struct service *service;        /* the live source, or NULL */
    os_u64 stopped_at;              /* ticks; 0: it is not */
    uint64_t read_at;               /* ticks of the last read that gave events since then */
    bool is_staged;                 /* the service's oldest record has been through the stages */
    bool has_begun;                 /* reading: how the sources are read is decided */
    os_u64 delivered, filtered, gaps, seq, last_time;
};

static inline bool session_is_stopped(const struct wfpw_session *s)
{
    return os_u64_load(&s->stopped_at) != 0;
}

/* Ends the source that is read first. */
void session_close_first(struct wfpw_session *s);

#endif
