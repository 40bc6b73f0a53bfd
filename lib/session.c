/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session: its sources, and the reading of them into a batch. */
#include <string.h>

#include "batch.h"
#include "error.h"
#include "memory.h"
#include "options.h"
#include "session_internal.h"
#include "template.h"
#include "verdict.h"

enum {
    RING_DEFAULT = 4 * 1024 * 1024,
    STOP_GRACE_MS = 1000, /* how long a stopped session waits for events under way */
    STOP_POLL_MS = 1,
    UNWANTED_AT_ONCE = 256, /* events left out between two looks at the clock */
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

bool session_is_stopped(const wfpw_session *s)
{
    return os_u64_load(&s->stopped_at) != 0;
}

/* ---- sources -------------------------------------------------------------------------------- */

void session_append(wfpw_session *s, struct source *source)
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
        session_append(s, source);
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

uint32_t session_ring_bytes(const wfpw_session *s)
{
    return s->o.ring_bytes != 0 ? s->o.ring_bytes : RING_DEFAULT;
}

struct ready *session_ready(wfpw_session *s)
{
    if (!s->has_ready)
        s->has_ready = os_signal_init(&s->ready.signal);
    return s->has_ready ? &s->ready : NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* One call of wfpw_read. */
struct reading {
    wfpw_session *s;
    wfpw_batch *b;
    wfpw_error *e;
    bool for_ever, full;
    bool has_ended, audit_has_ended; /* the live sources had, before they were read from */
    bool late;                       /* the time is over, though there is more to read */
    uint32_t unwanted;               /* events left out */
    uint64_t end;                    /* ticks */
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
    orient_direction((struct record *)record);
    orient_audit(&s->orient, (struct record *)record);
    naming_learn(&s->naming, record);
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
    naming_new_batch(&r->s->naming); /* what it keeps may lie in what was taken back */
    count_unwanted(r);
}

/* Into the batch, numbered. false: the batch is full. */
static bool deliver(struct reading *r, const struct record *record)
{
    wfpw_session *s = r->s;
    uint64_t seq = os_u64_load_relaxed(&s->seq) + 1;
    size_t used = batch_used(r->b);
    r->full = !batch_add(r->b, record, seq) || !naming_add(&s->naming, r->b, record, used);
    if (r->full)
        return false;
    if ((s->o.flags & WFPW_OPEN_NO_VERDICT) == 0)
        verdict_explain(batch_last(r->b));
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
           !session_is_stopped(s)) {
        enum source_result result = SOURCE_RECORD;
        bool is_new = s->pending == NULL;
        if (is_new)
            result = s->sources->next(s->sources, &s->tally, &s->pending, &s->failed);
        if (result == SOURCE_RECORD &&
            ((is_new && !is_wanted(r, s->pending)) || deliver(r, s->pending)))
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

/* One of the live sources' records; false: the batch is full. */
static bool read_one_live(struct reading *r, const struct record *record)
{
    struct wfpw_session *s = r->s;
    bool wanted = s->is_staged || is_wanted(r, service_mark(s->service, record));
    s->is_staged = wanted && !deliver(r, record);
    if (!s->is_staged)
        service_pop(s->service);
    return !s->is_staged;
}

/* What was left out is behind us as well as what was delivered. */
static bool read_one_audit(struct reading *r, const struct record *record)
{
    struct wfpw_session *s = r->s;
    const struct record_audit *body = record_at(record, record->audit_at);
    bool has_place = record->kind == WFPW_KIND_AUDIT;
    uint64_t place = has_place ? body->record_id : 0;
    bool wanted = s->audit_is_staged || is_wanted(r, record);
    s->audit_is_staged = wanted && !deliver(r, record);
    if (s->audit_is_staged)
        return false;
    audit_log_pop(s->audit);
    s->audit_place = has_place ? place : s->audit_place;
    s->has_place = s->has_place || has_place;
    return true;
}

/* Whether the log has something for the reader. */
static bool settle_audit(struct wfpw_session *s)
{
    return s->audit != NULL && audit_log_settle(s->audit) && !s->audit_is_done;
}

/* After reading: whether there is more, of either, is what the signal says. */
static void settle(struct wfpw_session *s)
{
    if (s->service != NULL)
        service_settle(s->service);
    else
        ready_clear(&s->ready);
    if (settle_audit(s) || (s->service == NULL && session_is_stopped(s)))
        ready_set(&s->ready);
}

/* The live sources: of their oldest records the older one first, so that neither keeps the other
 * waiting. */
static void read_live(struct reading *r)
{
    struct wfpw_session *s = r->s;
    bool more = (s->service != NULL || s->audit != NULL) && !r->full;
    if (!more)
        return;
    while (more && !r->late) {
        const struct record *live = s->service != NULL ? service_peek(s->service) : NULL;
        const struct record *audit = s->audit != NULL ? audit_log_peek(s->audit) : NULL;
        bool is_live = live != NULL && (audit == NULL || live->time <= audit->time);
        more = is_live ? read_one_live(r, live) : audit != NULL ? read_one_audit(r, audit) : false;
    }
    settle(s);
}

/* A stopped session's reader does not wait for an engine that hangs. */
static bool grace_is_over(const wfpw_session *s)
{
    uint64_t since = os_u64_load(&s->stopped_at);
    since = since > s->read_at ? since : s->read_at;
    return os_ticks_ms() >= since + STOP_GRACE_MS;
}

/* The end of the Security log, which other sources may outlive: then its error is told once. */
static int end_of_audit(struct reading *r)
{
    struct wfpw_session *s = r->s;
    wfpw_error e;
    int status = audit_log_ended(s->audit, &e);
    bool told = s->audit_is_done;
    s->audit_is_done = s->service != NULL || s->sources != NULL;
    if (status == WFPW_E_STOPPED || ((status == WFPW_E_EOF || told) && s->audit_is_done))
        return WFPW_OK;
    if (r->e != NULL)
        *r->e = e;
    return status;
}

/* What a read without events ends with; 0: it may go on. */
static int end_of_reading(struct reading *r)
{
    wfpw_session *s = r->s;
    int status = r->has_ended ? service_ended(s->service, r->e) : WFPW_OK;
    bool over = (s->service == NULL || r->has_ended) && (s->audit == NULL || r->audit_has_ended);
    if (session_is_stopped(s) && (over || grace_is_over(s)))
        return error_set(r->e, WFPW_E_STOPPED, "wfpw_read", 0, NULL);
    if (status != WFPW_OK && s->sources == NULL)
        return status;
    if (r->audit_has_ended && (status = end_of_audit(r)) != WFPW_OK)
        return status;
    if (s->service == NULL && s->audit == NULL && s->sources == NULL)
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
static void wait_for_live(const struct reading *r)
{
    wfpw_session *s = r->s;
    int32_t ms = time_left(r);
    if (session_is_stopped(s)) {
        os_sleep_ms(STOP_POLL_MS);
        return;
    }
    if (s->sources != NULL)
        return;
    if (s->service != NULL)
        ms = service_before_wait(s->service, ms);
    if (settle_audit(s))
        ready_set(&s->ready);
    (void)os_signal_wait(&s->ready.signal, ms);
}

static int read_some(struct reading *r)
{
    if (session_is_stopped(r->s))
        r->s->read_at = os_ticks_ms();
    return (int)batch_count(r->b);
}

static int read_loop(struct reading *r)
{
    struct service *service = r->s->service;
    struct audit_log *audit = r->s->audit;
    for (;;) {
        /* before what they left is read: they may leave something and end in between */
        r->has_ended = service != NULL && service_ended(service, NULL) != WFPW_OK;
        r->audit_has_ended = audit != NULL && audit_log_ended(audit, NULL) != WFPW_OK;
        read_files(r);
        read_live(r);
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
        wait_for_live(r);
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
    naming_new_batch(&s->naming);
    return read_loop(&r);
}

/* ---- the rest ------------------------------------------------------------------------------- */

intptr_t WFPW_CALL wfpw_wait_handle(const wfpw_session *s)
{
    return s != NULL && (s->service != NULL || s->audit != NULL)
               ? os_signal_handle(&s->ready.signal)
               : -1;
}

void WFPW_CALL wfpw_stop(wfpw_session *s)
{
    if (s == NULL)
        return;
    if (!session_is_stopped(s))
        os_u64_store(&s->stopped_at, os_ticks_ms() + 1);
    if (s->service != NULL)
        service_stop(s->service);
    if (s->audit != NULL)
        audit_log_stop(s->audit);
}

void WFPW_CALL wfpw_close(wfpw_session *s)
{
    if (s == NULL)
        return;
    service_close(s->service);
    audit_log_close(s->audit);
    if (s->has_ready)
        os_signal_destroy(&s->ready.signal);
    while (s->sources != NULL)
        close_first(s);
    naming_free(&s->naming);
    wfpw_allocator memory = s->memory;
    memory_free(&memory, s);
}
