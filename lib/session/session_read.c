/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading: records of all sources through the stages into the caller's batch. */
#include "base/error.h"
#include "model/batch.h"
#include "model/direction.h"
#include "session/session_internal.h"
#include "stage/verdict.h"
#include "template/template.h"

enum {
    STOP_GRACE_MS = 1000, /* how long a stopped session waits for events under way */
    STOP_POLL_MS = 1,
    UNWANTED_AT_ONCE = 256, /* events left out between two looks at the clock */
    POLICY_CHANGED = 4719
};

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
 * else's until the next one is asked for: the stages write to its fixed part. */
static void prepare_record(struct reading *r, const struct record *record)
{
    wfpw_session *s = r->s;
    direction_decide((struct record *)record);
    local_side_decide(&s->local_side, (struct record *)record);
    name_filters_learn(&s->name_filters, record);
    name_rules_learn(&s->name_rules, record);
}

static bool is_wanted(wfpw_session *s, const struct record *record)
{
    if (template_next_waits(&s->next_match))
        session_use_match(s);
    if (s->o.match == NULL)
        return true;
    struct template_subject subject = template_of_record(record);
    return template_holds(s->o.match, &subject);
}

/* Takes back the event that was added last. */
static void take_back(struct reading *r, size_t used)
{
    batch_take_back(r->b, used);
    name_filters_new_batch(&r->s->name_filters); /* what it keeps may lie in what was taken back */
    name_rules_new_batch(&r->s->name_rules);
}

/* Whether the audit record of the same decision could tell more. */
static bool needs_record(const wfpw_session *s, const wfpw_event *ev)
{
    bool uncertain = ev->confidence > WFPW_CONFIDENCE_CERTAIN || ev->kind == WFPW_KIND_GUARD;
    bool has_process =
        (ev->present & WFPW_HAS_PROCESS_ID) != 0 && ev->pid_from != WFPW_PID_FROM_SOCKETS;
    bool no_process = (s->o.flags & WFPW_OPEN_PID) != 0 && !has_process;
    return (uncertain || no_process) && joiner_may_come(&s->joiner, ev);
}

static void count_delivered(wfpw_session *s, const struct record *record, uint64_t seq)
{
    bool gap = record->kind == WFPW_KIND_GAP;
    os_u64_store(&s->seq, seq);
    os_u64_bump(gap ? &s->gaps : &s->delivered, 1);
    if (!gap && record->time > os_u64_load_relaxed(&s->last_time))
        os_u64_store(&s->last_time, record->time);
}

static bool is_of_log(const struct record *r) /* not of a file */
{
    return r->source == WFPW_SOURCE_AUDIT_LOG && r->kind == WFPW_KIND_AUDIT;
}

/* What stands for others has the ports of the first one, so that conditions on ports hold as they
 * did for each; now that they were asked, only those ports are left that all of them have. */
static void hide_ports(wfpw_event *ev)
{
    if (ev->aggregate != NULL && ev->aggregate->local_port_count > 1) {
        ev->present &= ~(uint32_t)WFPW_HAS_LOCAL_PORT;
        ev->local.port = 0;
    }
    if (ev->aggregate != NULL && ev->aggregate->remote_port_count > 1) {
        ev->present &= ~(uint32_t)WFPW_HAS_REMOTE_PORT;
        ev->remote.port = 0;
    }
}

/* The event that was added last has its names; what is known of it now decides. */
static enum joiner_given finish_event(struct reading *r, const struct record *record, bool may_wait,
                                      size_t used)
{
    wfpw_session *s = r->s;
    wfpw_event *ev = batch_last(r->b);
    ev->join_window_ms = (ev->flags & WFPW_EVENT_MERGED) != 0 ? s->o.join_window_ms : 0;
    if ((s->o.flags & WFPW_OPEN_NO_VERDICT) == 0)
        verdict_explain(ev);
    if (s->service != NULL && is_of_log(record))
        service_see_audit(s->service, ev);
    if (may_wait && needs_record(s, ev)) {
        take_back(r, used);
        return GIVE_WAITS;
    }
    if (s->late_conditions && wfpw_template_match(s->o.match, ev) == 0) {
        take_back(r, used);
        count_unwanted(r);
        return GIVEN;
    }
    hide_ports(ev);
    if (s->attempts != NULL)
        attempts_note(s->attempts, ev);
    count_delivered(s, record, ev->seq);
    return GIVEN;
}

/* A change of the audit policy is told to who keeps it, though the caller does not want to know. */
static void see_unwanted(struct reading *r, const struct record *record, uint64_t seq)
{
    size_t used = batch_used(r->b);
    const struct record_audit *body =
        is_of_log(record) ? record_at(record, record->audit_at) : NULL;
    if (r->s->service == NULL || body == NULL || body->event_id != POLICY_CHANGED ||
        !batch_add(r->b, record, seq))
        return;
    service_see_audit(r->s->service, batch_last(r->b));
    take_back(r, used);
}

/* What the guard found in the filter that the event names. false: no room. */
static bool add_guarded(struct reading *r)
{
    wfpw_event *ev = batch_last(r->b);
    wfpw_guarded found = {.size = sizeof found}, *to;
    size_t room, n;
    char *text;
    if (ev->kind != WFPW_KIND_GUARD || ev->filter == NULL || r->s->guard == NULL ||
        wfpw_guard_check(r->s->guard, ev->filter, &found) <= 0)
        return true;
    to = batch_room(r->b, &room);
    n = strlen(found.text) + 1;
    if (sizeof *to + n > room)
        return false;
    text = (char *)(to + 1);
    memcpy(text, found.text, n);
    found.text = text;
    *to = found;
    batch_use(r->b, sizeof *to + n);
    ev->guarded = to;
    return true;
}

/* Of an event that has the batch to itself, only that. */
static bool guard_event(struct reading *r, size_t used)
{
    if (add_guarded(r))
        return true;
    if (batch_count(r->b) == 1) {
        batch_last(r->b)->flags |= WFPW_EVENT_TRUNCATED;
        return true;
    }
    take_back(r, used);
    return false;
}

/* Into the batch, numbered. */
static enum joiner_given deliver_record(void *ctx, const struct record *record, bool may_wait)
{
    struct reading *r = ctx;
    wfpw_session *s = r->s;
    const char *file = session_file_name(s, record->file);
    uint64_t seq = os_u64_load_relaxed(&s->seq) + 1;
    size_t used = batch_used(r->b);
    if (!is_wanted(s, record)) {
        see_unwanted(r, record, seq);
        count_unwanted(r);
        return GIVEN;
    }
    batch_from(r->b, file);
    r->full = !batch_add(r->b, record, seq) ||
              !name_filters_add(&s->name_filters, r->b, record, used) ||
              !name_rules_add(&s->name_rules, r->b, record, used) || !guard_event(r, used);
    return r->full ? GIVE_FULL : finish_event(r, record, may_wait, used);
}

/* ---- halves of one decision ----------------------------------------------------------------- */

/* Whether nothing more comes that what waits could wait for. */
static bool is_at_end(const struct reading *r)
{
    const wfpw_session *s = r->s;
    bool ended = (s->service == NULL || r->has_ended) && (s->audit == NULL || r->audit_has_ended);
    return session_is_stopped(s) || (s->sources == NULL && ended);
}

static void release_joined(struct reading *r)
{
    const struct joiner_out out = {deliver_record, r};
    if (!r->full && !r->late)
        (void)joiner_release(&r->s->joiner, session_join_now(r->s), is_at_end(r), &out);
}

/* false: the batch is full, and the record is to be passed again. */
static bool pass_record(struct reading *r, const struct record *record)
{
    const struct joiner_out out = {deliver_record, r};
    return joiner_pass(&r->s->joiner, record, session_join_now(r->s), &out);
}

/* ---- sources -------------------------------------------------------------------------------- */

/* A file is at its end, or failed. */
static void close_first(wfpw_session *s, enum source_result result)
{
    if (result == SOURCE_FAILED && s->sources->number != 0)
        s->failed.file = s->sources->number;
    session_close_first(s);
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
        if (result == SOURCE_RECORD && is_new) {
            if (s->sources->number != 0)
                ((struct record *)s->pending)->file = s->sources->number;
            prepare_record(r, s->pending);
        }
        if (result == SOURCE_RECORD && pass_record(r, s->pending))
            s->pending = NULL;
        if (result == SOURCE_END || result == SOURCE_FAILED)
            close_first(s, result);
        if (result == SOURCE_AGAIN && is_over(r))
            break;
    }
    os_u64_store(&s->held_back, s->pending != NULL);
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
    if (!s->is_staged)
        prepare_record(r, service_mark(s->service, record));
    s->is_staged = !pass_record(r, record);
    if (!s->is_staged)
        service_pop(s->service);
    return !s->is_staged;
}

/* What was left out is behind us as well as what was delivered; what waits for its other half is
 * not: wfpw_get_bookmark. */
static bool read_one_audit(struct reading *r, const struct record *record)
{
    struct wfpw_session *s = r->s;
    const struct record_audit *body = record_at(record, record->audit_at);
    bool has_place = record->kind == WFPW_KIND_AUDIT;
    uint64_t place = has_place ? body->record_id : 0;
    if (!s->audit_is_staged)
        prepare_record(r, s->service != NULL ? service_date(s->service, record) : record);
    s->audit_is_staged = !pass_record(r, record);
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
static void settle_queues(struct wfpw_session *s)
{
    if (s->service != NULL)
        service_settle(s->service);
    else
        ready_clear(s->ready);
    if (settle_audit(s) || (s->service == NULL && session_is_stopped(s)))
        ready_set(s->ready);
}

/* For which net events Windows writes a record as well; the others do not wait for one. */
static void follow_audits(const struct reading *r)
{
    wfpw_session *s = r->s;
    static const uint32_t joiner[] = {JOINER_CONNECTION_SUCCESS, JOINER_CONNECTION_FAILURE,
                                      JOINER_PACKET_SUCCESS, JOINER_PACKET_FAILURE,
                                      JOINER_FILTER_CHANGE};
    uint32_t audited = 0;
    if (s->service == NULL || s->audit == NULL)
        return;
    uint32_t policy = service_policy(s->service), on = audit_log_audited(s->audit);
    if (policy != s->policy_seen)
        audit_log_ask(s->audit);
    s->policy_seen = policy;
    if (r->audit_has_ended && audit_log_peek(s->audit) == NULL)
        on = 0; /* nothing more comes */
    for (uint32_t i = 0; i < sizeof joiner / sizeof *joiner; i++)
        audited |= (on & 1u << i) != 0 ? joiner[i] : 0;
    os_u32_store(&s->joiner.audited, audited);
}

/* The live sources: of their oldest records the older one first, so that neither keeps the other
 * waiting. */
static void read_live(struct reading *r)
{
    struct wfpw_session *s = r->s;
    bool more = (s->service != NULL || s->audit != NULL) && !r->full;
    if (!more)
        return;
    follow_audits(r);
    while (more && !r->late) {
        const struct record *live = s->service != NULL ? service_peek(s->service) : NULL;
        const struct record *audit = s->audit != NULL ? audit_log_peek(s->audit) : NULL;
        bool is_live = live != NULL && (audit == NULL || live->time <= audit->time);
        more = is_live ? read_one_live(r, live) : audit != NULL ? read_one_audit(r, audit) : false;
    }
    settle_queues(s);
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
    if (s->service != NULL || s->audit != NULL || s->sources != NULL)
        return WFPW_OK;
    name_filters_end(&s->name_filters);
    return error_set(r->e, WFPW_E_EOF, "wfpw_read", 0, NULL);
}

static int32_t time_left(const struct reading *r)
{
    uint64_t now = os_ticks_ms();
    if (r->for_ever)
        return -1;
    return now >= r->end ? 0 : (int32_t)(r->end - now);
}

/* A wait that ends by `at`, ticks; 0: that does not matter. */
static int32_t sooner_ms(int32_t ms, uint64_t at)
{
    uint64_t now = os_ticks_ms();
    if (at == 0)
        return ms;
    if (at <= now)
        return 0;
    uint64_t left = at - now < INT32_MAX ? at - now : INT32_MAX;
    return ms < 0 || left < (uint64_t)ms ? (int32_t)left : ms;
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
    ms = sooner_ms(ms, session_join_due(s));
    if (s->service != NULL)
        ms = service_before_wait(s->service, ms);
    if (settle_audit(s))
        ready_set(s->ready);
    (void)os_signal_wait(&s->ready->signal, ms);
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
        release_joined(r);
        read_files(r);
        read_live(r);
        release_joined(r);
        session_watch_join(r->s);
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
    if (!session_begin_reading(s))
        return error_set(e, WFPW_E_NOMEM, "wfpw_read", 0, NULL);
    batch_clear(b);
    name_filters_new_batch(&s->name_filters);
    name_rules_new_batch(&s->name_rules);
    return read_loop(&r);
}
