/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session: its sources, and the reading of them into a batch. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "live/service.h"
#include "model/batch.h"
#include "source/history.h"
#include "source/source.h"
#include "stage/local_side.h"
#include "stage/name_filters.h"
#include "stage/verdict.h"
#include "template/template.h"

enum {
    RING_DEFAULT = 4 * 1024 * 1024,
    WATCH_DEFAULT_MS = 1000,
    WATCH_MIN_MS = 10,
    STOP_GRACE_MS = 1000, /* how long a stopped session waits for events under way */
    STOP_POLL_MS = 1,
    UNWANTED_AT_ONCE = 256,   /* events left out between two looks at the clock */
    HISTORY_MIN = 1024 * 1024 /* bytes of kept events that there is room for */
};

struct wfpw_session {
    wfpw_allocator memory;
    wfpw_options o;
    struct tally tally;
    struct name_filters name_filters;
    struct local_side local_side;
    bool late_conditions;           /* that only a finished event can be asked */
    struct source *sources, **last; /* files, in the order added; the first is being read */
    const struct record *pending;   /* of the first source: it did not fit the last batch */
    wfpw_error failed;              /* of a file that is closed, and not yet told; status 0: none */
    struct service *service;        /* the live source, or NULL */
    os_u64 stopped_at;              /* ticks; 0: it is not */
    uint64_t read_at;               /* ticks of the last read that gave events since then */
    bool is_staged;                 /* the service's oldest record has been through the stages */
    os_u64 delivered, filtered, gaps, seq, last_time;
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
    name_filters_init(&s->name_filters, &s->memory, &s->o);
    s->o.own_provider = NULL; /* copied there */
    *out = s;
    return WFPW_OK;
}

static bool session_stopped(const wfpw_session *s)
{
    return os_u64_load(&s->stopped_at) != 0;
}

/* ---- sources -------------------------------------------------------------------------------- */

static void append_source(wfpw_session *s, struct source *source)
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
        append_source(s, source);
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
        append_source(s, source);
    return status;
}

static bool live_is_good(const wfpw_live *live)
{
    const uint32_t flags =
        WFPW_LIVE_OBSERVE | WFPW_LIVE_IPSEC | WFPW_LIVE_FILTERS | WFPW_LIVE_AUDIT_POLICY;
    const uint32_t changes = WFPW_LIVE_IPSEC | WFPW_LIVE_AUDIT_POLICY;
    bool observe = (live->flags & WFPW_LIVE_OBSERVE) != 0;
    return (live->flags & ~flags) == 0 && (live->keywords & ~(uint32_t)WFPW_KEYWORD_ALL) == 0 &&
           live->reserved == 0 && live->wait_ms <= INT32_MAX && live->watch_ms <= INT32_MAX &&
           !(observe && (live->keywords != 0 || (live->flags & changes) != 0));
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
        .audit_policy = (live.flags & WFPW_LIVE_AUDIT_POLICY) != 0,
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
        s->name_filters.live = service_names(s->service);
    if (status == WFPW_OK && session_stopped(s))
        service_stop(s->service);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* One call of wfpw_read. */
struct reading {
    wfpw_session *s;
    wfpw_batch *b;
    wfpw_error *e;
    bool for_ever, full;
    bool has_ended;    /* the service had, before it was read from */
    bool late;         /* the time is over, though there is more to read */
    uint32_t unwanted; /* events left out */
    uint64_t end;      /* ticks */
};

static bool is_over(const struct reading *r)
{
    return !r->for_ever && os_ticks_ms() >= r->end;
}

static void count_unwanted(struct reading *r)
{
    os_u64_bump(&r->s->filtered, 1);
    if (++r->unwanted % UNWANTED_AT_ONCE == 0)
        r->late = is_over(r);
}

/* What a record goes through on its way to the batch, once. Its memory is the source's, and nobody
 * else's until the next one is asked for: the stages write to its fixed part. false: nobody wants
 * it. */
static bool is_wanted(struct reading *r, const struct record *record)
{
    wfpw_session *s = r->s;
    direction_decide((struct record *)record);
    local_side_decide(&s->local_side, (struct record *)record);
    name_filters_learn(&s->name_filters, record);
    if (s->o.match == NULL)
        return true;
    struct template_subject subject = template_of_record(record);
    if (template_holds(s->o.match, &subject))
        return true;
    count_unwanted(r);
    return false;
}

/* Takes back the event that was added last, as what is known of it now is not wanted. */
static void leave_out(struct reading *r, size_t used)
{
    batch_take_back(r->b, used);
    name_filters_new_batch(&r->s->name_filters); /* what it keeps may lie in what was taken back */
    count_unwanted(r);
}

static bool is_of_log(const struct record *r) /* not of a file */
{
    bool live = r->source == WFPW_SOURCE_AUDIT_LOG || r->source == WFPW_SOURCE_SIM;
    return live && r->kind == WFPW_KIND_AUDIT;
}

/* Into the batch, numbered. false: the batch is full. */
static bool deliver_record(struct reading *r, const struct record *record)
{
    wfpw_session *s = r->s;
    uint64_t seq = os_u64_load_relaxed(&s->seq) + 1;
    size_t used = batch_used(r->b);
    r->full =
        !batch_add(r->b, record, seq) || !name_filters_add(&s->name_filters, r->b, record, used);
    if (r->full)
        return false;
    if ((s->o.flags & WFPW_OPEN_NO_VERDICT) == 0)
        verdict_explain(batch_last(r->b));
    if (s->service != NULL && is_of_log(record))
        service_see_audit(s->service, batch_last(r->b));
    if (s->late_conditions && wfpw_template_match(s->o.match, batch_last(r->b)) == 0) {
        leave_out(r, used);
        return true;
    }
    os_u64_store(&s->seq, seq);
    bool gap = record->kind == WFPW_KIND_GAP;
    os_u64_bump(gap ? &s->gaps : &s->delivered, 1);
    if (!gap && record->time > os_u64_load_relaxed(&s->last_time))
        os_u64_store(&s->last_time, record->time);
    return true;
}

static void close_first(wfpw_session *s)
{
    struct source *first = s->sources;
    s->sources = first->following;
    if (s->sources == NULL)
        s->last = &s->sources;
    first->close(first);
}

/* Files, until the batch is full, they are at their end, one fails, or the time is over. */
static void read_files(struct reading *r)
{
    wfpw_session *s = r->s;
    while (s->sources != NULL && s->failed.status == 0 && !r->full && !r->late &&
           !session_stopped(s)) {
        enum source_result result = SOURCE_RECORD;
        bool is_new = s->pending == NULL;
        if (is_new)
            result = s->sources->next(s->sources, &s->tally, &s->pending, &s->failed);
        if (result == SOURCE_RECORD &&
            ((is_new && !is_wanted(r, s->pending)) || deliver_record(r, s->pending)))
            s->pending = NULL;
        if (result == SOURCE_END || result == SOURCE_FAILED)
            close_first(s);
        if (result == SOURCE_AGAIN && is_over(r))
            break;
    }
}

/* The error of a file that failed, once. */
static int take_failure(struct reading *r)
{
    wfpw_error failed = r->s->failed;
    r->s->failed.status = 0;
    if (r->e != NULL && failed.status != 0)
        *r->e = failed;
    return failed.status;
}

static void read_service(struct reading *r)
{
    struct service *service = r->s->service;
    const struct record *record;
    if (service == NULL || r->full)
        return;
    while (!r->late && (record = service_peek(service)) != NULL) {
        bool wanted = r->s->is_staged || is_wanted(r, service_mark(service, record));
        r->s->is_staged = wanted && !deliver_record(r, record);
        if (r->s->is_staged)
            break;
        service_pop(service);
    }
    service_settle(service);
}

/* A stopped session's reader does not wait for an engine that hangs. */
static bool grace_is_over(const wfpw_session *s)
{
    uint64_t since = os_u64_load(&s->stopped_at);
    since = since > s->read_at ? since : s->read_at;
    return os_ticks_ms() >= since + STOP_GRACE_MS;
}

/* What a read without events ends with; 0: it may go on. */
static int end_of_reading(struct reading *r)
{
    wfpw_session *s = r->s;
    int status = r->has_ended ? service_ended(s->service, r->e) : WFPW_OK;
    if (session_stopped(s) && (s->service == NULL || status != WFPW_OK || grace_is_over(s)))
        return error_set(r->e, WFPW_E_STOPPED, "wfpw_read", 0, NULL);
    if (status != WFPW_OK && s->sources == NULL)
        return status;
    if (s->service == NULL && s->sources == NULL)
        return error_set(r->e, WFPW_E_EOF, "wfpw_read", 0, NULL);
    return WFPW_OK;
}

static int32_t time_left(const struct reading *r)
{
    uint64_t now = os_ticks_ms();
    if (r->for_ever)
        return -1;
    return now >= r->end ? 0 : (int32_t)(r->end - now);
}

/* Until there may be something to read. A stopped session's signal stays set: it is no help. */
static void wait_for_service(const struct reading *r)
{
    if (session_stopped(r->s))
        os_sleep_ms(STOP_POLL_MS);
    else if (r->s->sources == NULL)
        (void)service_wait(r->s->service, time_left(r));
}

static int read_some(struct reading *r)
{
    if (session_stopped(r->s))
        r->s->read_at = os_ticks_ms();
    return (int)batch_count(r->b);
}

static int read_loop(struct reading *r)
{
    struct service *service = r->s->service;
    for (;;) {
        /* before what it left is read: it may leave something and end in between */
        r->has_ended = service != NULL && service_ended(service, NULL) != WFPW_OK;
        read_files(r);
        read_service(r);
        if (batch_count(r->b) > 0)
            return read_some(r);
        if (r->late)
            return 0;
        int status = take_failure(r);
        if (status == WFPW_OK)
            status = end_of_reading(r);
        if (status != WFPW_OK)
            return status;
        if (is_over(r))
            return 0;
        wait_for_service(r);
    }
}

int WFPW_CALL wfpw_read(wfpw_session *s, wfpw_batch *b, int32_t timeout_ms, wfpw_error *e)
{
    if (s == NULL || b == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_read", 0, NULL);
    struct reading r = {.s = s,
                        .b = b,
                        .e = e,
                        .for_ever = timeout_ms < 0,
                        .end = os_ticks_ms() + (timeout_ms > 0 ? (uint64_t)timeout_ms : 0)};
    batch_clear(b);
    name_filters_new_batch(&s->name_filters);
    return read_loop(&r);
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
    else if (session_stopped(s))
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
        .missing = live.missing,
        .audit_policy = live.audit_policy,
    };
    gaps = live.gaps > gaps ? live.gaps - gaps : 0; /* that wait */
    st.waiting = (live.waiting > gaps ? live.waiting - gaps : 0) + os_u64_load(&s->tally.waiting);
    /* What moves from queue to queue is for a moment in both. */
    uint64_t gone = st.delivered + st.duplicate + st.filtered + st.dropped + st.undecoded;
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
    if (!session_stopped(s))
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
        close_first(s);
    name_filters_free(&s->name_filters);
    wfpw_allocator memory = s->memory;
    memory_free(&memory, s);
}
