/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "os/os.h"
#include "session/session_internal.h"
#include "source/interleave.h"

enum { TICKS_A_MS = 10000 }; /* 100 ns in a millisecond */

uint64_t session_join_now(const wfpw_session *s)
{
    return s->service != NULL || s->audit != NULL ? os_ticks_ms() * TICKS_A_MS : 0;
}

/* Whether files hold both net events and audit records. */
static bool files_have_both(const wfpw_session *s)
{
    bool events = false, records = false;
    for (const struct source *f = s->sources; f != NULL; f = f->following) {
        bool is_log = f->gives == WFPW_SOURCE_EVTX || f->gives == WFPW_SOURCE_EVENTXML ||
                      f->gives == WFPW_SOURCE_JSON;
        events = events || (!is_log && f->gives != WFPW_SOURCE_PFIREWALL);
        records = records || is_log;
    }
    return events && records;
}

/* Files that are to be joined are read by time. */
static bool interleave_sources(wfpw_session *s)
{
    struct source *all = interleave_open(&s->memory, s->sources);
    if (all == NULL)
        return false;
    s->sources = all;
    s->last = &all->following;
    return true;
}

static bool start_joiner(wfpw_session *s)
{
    s->joiner.has_guard = s->guard != NULL;
    return joiner_init(&s->joiner, &s->memory, s->o.join,
                       s->o.join_window_ms * (uint64_t)TICKS_A_MS, s->o.join_bytes,
                       (s->o.flags & WFPW_OPEN_ORDERED) != 0);
}

bool session_begin_reading(wfpw_session *s)
{
    bool live = s->service != NULL && s->audit != NULL;
    bool files = !s->has_begun && s->service == NULL && s->audit == NULL && files_have_both(s);
    bool joins = s->o.join != WFPW_JOIN_NEVER && s->joiner.join == NULL && (live || files);
    if (joins && (!start_joiner(s) || (files && !interleave_sources(s)))) {
        joiner_free(&s->joiner);
        return false;
    }
    s->has_begun = true;
    return true;
}

uint64_t session_join_due(const wfpw_session *s)
{
    uint64_t due = joiner_due(&s->joiner);
    return due == UINT64_MAX ? 0 : due / TICKS_A_MS + 1;
}

void session_watch_join(wfpw_session *s)
{
    uint64_t due = session_join_due(s);
    (void)os_u32_exchange(&s->join_held, due != 0);
    if (due != 0 && deadline_is_running(&s->join_deadline))
        deadline_set(&s->join_deadline, due);
}
