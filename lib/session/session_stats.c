/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session's counts. */
#include <string.h>

#include "session/session_internal.h"

int WFPW_CALL wfpw_get_stats(const wfpw_session *s, wfpw_stats *out)
{
    struct service_counts live = {.state = WFPW_STATE_FILES};
    struct audit_log_counts log = {0};
    wfpw_stats st;
    if (s == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    /* first: so that more has come than has gone, in every snapshot */
    uint64_t delivered = os_u64_load(&s->delivered), gaps = os_u64_load(&s->gaps);
    uint64_t filtered = os_u64_load(&s->filtered);
    if (s->service != NULL)
        service_count(s->service, &live);
    if (s->audit != NULL)
        audit_log_count(s->audit, &log);
    if (s->service == NULL)
        live.state = s->audit != NULL        ? log.state
                     : session_is_stopped(s) ? (uint32_t)WFPW_STATE_STOPPED
                                             : live.state;
    uint64_t files = os_u64_load(&s->tally.received), undecoded = os_u64_load(&s->tally.undecoded);
    st = (wfpw_stats){
        .size = sizeof st,
        .state = live.state,
        .received = files + live.received + log.received,
        .delivered = delivered,
        .filtered = filtered + live.filtered,
        .dropped = live.dropped,
        .undecoded = undecoded + live.undecoded + log.undecoded,
        .gaps = gaps,
        .passed_over = os_u64_load(&s->tally.passed_over) + log.passed_over,
        .skipped = os_u64_load(&s->tally.skipped),
        .warnings = os_u64_load(&s->tally.warnings),
        .bytes_read = os_u64_load(&s->tally.bytes_read),
        .bytes_total = os_u64_load(&s->tally.bytes_total),
        .last_event_time = os_u64_load(&s->last_time),
        .names = live.names.filters,
        .names_bytes = live.names.bytes,
        .names_filled = live.names.fills,
        .unnamed = live.unnamed,
        .duplicate = live.duplicate + log.duplicate,
        .merged = os_u64_load(&s->joiner.merged_count),
        .join_crowded = os_u64_load(&s->joiner.crowded),
        .missing = live.missing | log.missing,
        .log_path = log.path,
        .log_state = log.state,
        .audit_policy = live.audit_policy,
        .log_reconnects = log.reconnects,
        .rules = live.names.rules,
        .rules_filled = live.names.rules_fills,
        .sockets_found = live.sockets_found,
        .sockets_read = live.sockets_read,
        .aggregated = live.aggregated,
    };
    uint64_t told = live.gaps + log.gaps, queued = live.waiting + log.waiting;
    gaps = told > gaps ? told - gaps : 0; /* that wait */
    st.waiting = (queued > gaps ? queued - gaps : 0) + os_u64_load(&s->tally.waiting) +
                 os_u64_load(&s->held_back) + joiner_waiting(&s->joiner);
    /* What moves from queue to queue is for a moment in both. */
    uint64_t gone = st.delivered + st.merged + st.duplicate + st.filtered + st.dropped +
                    st.undecoded + st.aggregated;
    uint64_t most = st.received > gone ? st.received - gone : 0;
    st.waiting = st.waiting < most ? st.waiting : most;
    uint32_t n = out->size < sizeof st ? out->size : (uint32_t)sizeof st;
    st.size = n;
    memcpy(out, &st, n);
    return WFPW_OK;
}
