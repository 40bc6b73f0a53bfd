/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session: opening it, its sources, its counts, closing it. */
#include <string.h>

#include "error.h"
#include "memory.h"
#include "options.h"
#include "session_internal.h"
#include "source/history.h"
#include "template.h"

enum {
    RING_DEFAULT = 4 * 1024 * 1024,
    WATCH_DEFAULT_MS = 1000,
    WATCH_MIN_MS = 10,
    HISTORY_MIN = 1024 * 1024 /* bytes of kept events that there is room for */
};

/* ---- opening -------------------------------------------------------------------------------- */

int WFPW_CALL wfpw_open(const wfpw_options *o, wfpw_session **out, wfpw_error *e)
{
    wfpw_options copy;
    if (out == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0, NULL);
    *out = NULL;
    if (!options_take(&copy, o))
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0, "an option is wrong");
    bool late = copy.match != NULL && copy.match->has_late;
    if (late && copy.match->asks_verdict && (copy.flags & WFPW_OPEN_NO_VERDICT) != 0)
        return error_set(e, WFPW_E_INVAL, "wfpw_open", 0,
                         "a condition asks for verdicts, which are left out");
    wfpw_allocator memory = memory_of(copy.allocator);
    struct wfpw_session *s = memory_new(&memory, sizeof *s);
    if (s == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_open", 0, NULL);
    s->memory = memory;
    s->o = copy;
    s->late_conditions = late;
    s->tally.log = copy.log;
    s->tally.log_ctx = copy.log_ctx;
    s->last = &s->sources;
    naming_init(&s->naming, &s->memory, &s->o);
    s->o.own_provider = NULL; /* copied there */
    *out = s;
    return WFPW_OK;
}

/* ---- sources -------------------------------------------------------------------------------- */

void session_close_first(wfpw_session *s)
{
    struct source *first = s->sources;
    s->sources = first->following;
    if (s->sources == NULL)
        s->last = &s->sources;
    first->close(first);
}

static void append(wfpw_session *s, struct source *source)
{
    os_u64_bump(&s->tally.bytes_total, source->size);
    *s->last = source;
    s->last = &source->following;
}

static int add_source(wfpw_session *s, const char *path, const void *data, size_t size,
                      wfpw_error *e)
{
    struct source_options o = {
        .memory = s->memory,
        .threads = s->o.threads,
        .verify = (s->o.flags & WFPW_OPEN_VERIFY) != 0,
    };
    struct source *source;
    int status = source_open_file(&o, path, data, size, &source, e);
    if (status == WFPW_OK)
        append(s, source);
    return status;
}

int WFPW_CALL wfpw_add_file(wfpw_session *s, const char *path, wfpw_error *e)
{
    if (s == NULL || path == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_add_file", 0, NULL);
    return add_source(s, path, NULL, 0, e);
}

int WFPW_CALL wfpw_add_memory(wfpw_session *s, const void *data, size_t size, wfpw_error *e)
{
    if (s == NULL || (data == NULL && size != 0))
        return error_set(e, WFPW_E_INVAL, "wfpw_add_memory", 0, NULL);
    return add_source(s, NULL, data, size, e);
}

static uint32_t ring_bytes(const wfpw_session *s)
{
    return s->o.ring_bytes != 0 ? s->o.ring_bytes : RING_DEFAULT;
}

static uint32_t kept_bytes(const wfpw_session *s)
{
    return ring_bytes(s) > HISTORY_MIN ? ring_bytes(s) : HISTORY_MIN;
}

int WFPW_CALL wfpw_add_history(wfpw_session *s, const wfpw_history *o, wfpw_error *e)
{
    wfpw_history history = {.size = sizeof history};
    struct source *source;
    bool good = s != NULL && (o == NULL || options_copy(&history, sizeof history, o, o->size)) &&
                history.flags == 0 && (history.until == 0 || history.since <= history.until);
    if (!good)
        return error_set(e, WFPW_E_INVAL, "wfpw_add_history", 0, NULL);
    struct history_options ho = {
        .memory = s->memory,
        .system = s->o.system,
        .window = {.match = s->o.match, .since = history.since, .until = history.until},
        .most = kept_bytes(s),
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
    };
    int status = history_open(&ho, &source, e);
    if (status == WFPW_OK)
        append(s, source);
    return status;
}

static bool live_is_good(const wfpw_live *live)
{
    const uint32_t flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_IPSEC | WFPW_LIVE_FILTERS;
    bool observe = (live->flags & WFPW_LIVE_OBSERVE) != 0;
    return (live->flags & ~flags) == 0 && (live->keywords & ~(uint32_t)WFPW_KEYWORD_ALL) == 0 &&
           live->reserved == 0 && live->wait_ms <= INT32_MAX && live->watch_ms <= INT32_MAX &&
           !(observe && (live->keywords != 0 || (live->flags & WFPW_LIVE_IPSEC) != 0));
}

static uint32_t watch_ms(const wfpw_live *live)
{
    uint32_t ms = live->watch_ms != 0 ? live->watch_ms : WATCH_DEFAULT_MS;
    return ms < WATCH_MIN_MS ? WATCH_MIN_MS : ms;
}

int WFPW_CALL wfpw_add_live(wfpw_session *s, const wfpw_live *o, wfpw_error *e)
{
    wfpw_live live;
    if (s == NULL || o == NULL || !options_copy(&live, sizeof live, o, o->size) ||
        !live_is_good(&live) || s->service != NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_add_live", 0, NULL);
    struct service_options so = {
        .memory = s->memory,
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
        .system = s->o.system,
        .state_dir = s->o.state_dir,
        .match = s->o.match,
        .observe = (live.flags & WFPW_LIVE_OBSERVE) != 0,
        .ipsec = (live.flags & WFPW_LIVE_IPSEC) != 0,
        .filters = (live.flags & WFPW_LIVE_FILTERS) != 0,
        .accounts = (s->o.flags & WFPW_OPEN_ACCOUNTS) != 0,
        .keywords = live.keywords != 0 ? live.keywords : (uint32_t)WFPW_KEYWORD_ALL,
        .ring_bytes = ring_bytes(s),
        .kept_bytes = kept_bytes(s),
        .since = live.since,
        .wait_ms = live.wait_ms,
        .watch_ms = watch_ms(&live),
        .no_names = (s->o.flags & WFPW_OPEN_NO_NAMES) != 0,
        .join_ms = s->o.join_ms,
        .names_bytes = s->o.names_bytes,
    };
    int status = service_start(&so, &s->service, e);
    if (status == WFPW_OK)
        s->naming.live = service_names(s->service);
    if (status == WFPW_OK && session_is_stopped(s))
        service_stop(s->service);
    return status;
}

/* ---- the rest ------------------------------------------------------------------------------- */

intptr_t WFPW_CALL wfpw_wait_handle(const wfpw_session *s)
{
    return s != NULL && s->service != NULL ? service_handle(s->service) : -1;
}

int WFPW_CALL wfpw_get_stats(const wfpw_session *s, wfpw_stats *out)
{
    struct service_counts live = {.state = WFPW_STATE_FILES};
    wfpw_stats st;
    if (s == NULL || out == NULL || out->size < sizeof out->size)
        return WFPW_E_INVAL;
    /* first: so that more has come than has gone, in every snapshot */
    uint64_t delivered = os_u64_load(&s->delivered), gaps = os_u64_load(&s->gaps);
    uint64_t filtered = os_u64_load(&s->filtered);
    if (s->service != NULL)
        service_count(s->service, &live);
    else if (session_is_stopped(s))
        live.state = WFPW_STATE_STOPPED;
    uint64_t files = os_u64_load(&s->tally.received), undecoded = os_u64_load(&s->tally.undecoded);
    st = (wfpw_stats){
        .size = sizeof st,
        .state = live.state,
        .received = files + live.received,
        .delivered = delivered,
        .filtered = filtered + live.filtered,
        .dropped = live.dropped,
        .undecoded = undecoded + live.undecoded,
        .gaps = gaps,
        .passed_over = os_u64_load(&s->tally.passed_over),
        .skipped = os_u64_load(&s->tally.skipped),
        .warnings = os_u64_load(&s->tally.warnings),
        .bytes_read = os_u64_load(&s->tally.bytes_read),
        .bytes_total = os_u64_load(&s->tally.bytes_total),
        .last_event_time = os_u64_load(&s->last_time),
        .names = live.names.filters,
        .names_bytes = live.names.bytes,
        .names_filled = live.names.fills,
        .unnamed = live.unnamed,
        .duplicate = live.duplicate,
        .merged = os_u64_load(&s->joiner.merged_count),
        .join_crowded = os_u64_load(&s->joiner.crowded),
        .missing = live.missing,
    };
    gaps = live.gaps > gaps ? live.gaps - gaps : 0; /* that wait */
    st.waiting = (live.waiting > gaps ? live.waiting - gaps : 0) + os_u64_load(&s->tally.waiting) +
                 joiner_waiting(&s->joiner);
    /* What moves from queue to queue is for a moment in both. */
    uint64_t gone =
        st.delivered + st.merged + st.duplicate + st.filtered + st.dropped + st.undecoded;
    uint64_t most = st.received > gone ? st.received - gone : 0;
    st.waiting = st.waiting < most ? st.waiting : most;
    uint32_t n = out->size < sizeof st ? out->size : (uint32_t)sizeof st;
    st.size = n;
    memcpy(out, &st, n);
    return WFPW_OK;
}

void WFPW_CALL wfpw_stop(wfpw_session *s)
{
    if (s == NULL)
        return;
    if (!session_is_stopped(s))
        os_u64_store(&s->stopped_at, os_ticks_ms() + 1);
    if (s->service != NULL)
        service_stop(s->service);
}

void WFPW_CALL wfpw_close(wfpw_session *s)
{
    if (s == NULL)
        return;
    service_close(s->service);
    while (s->sources != NULL)
        session_close_first(s);
    naming_free(&s->naming);
    joiner_free(&s->joiner);
    wfpw_allocator memory = s->memory;
    memory_free(&memory, s);
}
