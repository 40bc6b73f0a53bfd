/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "audit_log/audit_log_internal.h"

#include "base/error.h"
#include "base/thread_hooks.h"
#include "lease/audit_policy/audit_lease.h"
#include "lease/audit_policy/audit_policy.h"

enum { RETRY_FIRST_MS = 50, RETRY_LAST_MS = 5000, PAST_TRIES = 5, QUICK_TRIES = 5 };

/* ---- telling -------------------------------------------------------------------------------- */

int audit_log_status(uint32_t code)
{
    switch (code) {
    case 0:
        return WFPW_OK;
    case EVENTLOG_E_ACCESS_DENIED:
    case EVENTLOG_E_PRIVILEGE:
        return WFPW_E_ACCESS;
    case EVENTLOG_E_NOT_IMPLEMENTED:
    case EVENTLOG_E_CHANNEL_NOT_FOUND:
        return WFPW_E_NOTSUP;
    case EVENTLOG_E_INVALID_HANDLE:
    case EVENTLOG_E_CANCELLED:
    case EVENTLOG_E_STALE:
        return WFPW_E_NOSERVICE;
    default:
        return error_is_away(code) ? WFPW_E_NOSERVICE : WFPW_E_SYSTEM;
    }
}

bool audit_log_is_stopped(const struct audit_log *a)
{
    return os_u32_load(&a->stop) != 0;
}

static void set_state(struct audit_log *a, uint32_t state)
{
    if (os_u32_exchange(&a->state, state) != state)
        ready_set(a->o.ready);
}

/* ---- one of the two ways -------------------------------------------------------------------- */

static void close_log(struct audit_log *a)
{
    audit_log_subscription_close(a);
    audit_log_classic_close(a);
}

static void choose_path(struct audit_log *a, bool classic)
{
    a->is_classic = classic;
    os_u32_store(&a->path, classic ? WFPW_LOG_PATH_CLASSIC : WFPW_LOG_PATH_MODERN);
}

static uint32_t open_chosen(struct audit_log *a, const char **call)
{
    return a->is_classic ? audit_log_classic_open(a, call) : audit_log_subscription_open(a, call);
}

/* Whether a code says that the modern functions will not do here, whatever is tried. */
static bool is_refused(uint32_t code)
{
    int status = audit_log_status(code);
    return status == WFPW_E_ACCESS || status == WFPW_E_NOTSUP;
}

/* Before anything has been read, what one way refuses the other may grant. */
static int open_log(struct audit_log *a, wfpw_error *e)
{
    const char *call;
    uint32_t code = open_chosen(a, &call);
    if (code != 0 && !a->is_started && !a->is_classic && is_refused(code) &&
        audit_log_classic_is_possible(a->f)) {
        const char *first = call;
        uint32_t refused = code;
        choose_path(a, true);
        code = open_chosen(a, &call);
        if (code == 0) {
            audit_log_say(a, 2, "the log is read by number, as it cannot be subscribed to", first,
                          refused);
            return WFPW_OK;
        }
        choose_path(a, false);
        code = refused;
        call = first;
    }
    return code == 0 ? WFPW_OK : error_set(e, audit_log_status(code), call, code, NULL);
}

/* ---- connecting ----------------------------------------------------------------------------- */

static void rest_awhile(struct audit_log *a, uint32_t ms)
{
    uint64_t now = os_ticks_ms(), end = now + ms;
    for (; now < end && !audit_log_is_stopped(a); now = os_ticks_ms())
        (void)os_event_wait(&a->event, (int32_t)(end - now));
}

/* Why it is not read: in the log once, until it is read again. */
static void tell_refused(struct audit_log *a, const wfpw_error *e)
{
    set_state(a, WFPW_STATE_WAITING);
    if (os_u32_exchange(&a->missing, WFPW_MISSING_LOG) == 0)
        audit_log_say(a, 2, "the Security log cannot be read at the moment", e->where, e->os_code);
}

static bool is_over(const struct audit_log *a, uint64_t end, uint32_t tries)
{
    if (a->is_started)
        return a->o.past_only && tries >= PAST_TRIES;
    return a->error.status != WFPW_E_NOSERVICE || os_ticks_ms() >= end;
}

/* Until it is there. Once reading has begun, whatever is wrong may pass; before, only an absent
 * service may. */
static bool connect_until(struct audit_log *a, uint64_t end)
{
    uint32_t ms = RETRY_FIRST_MS;
    for (uint32_t tries = 1; !audit_log_is_stopped(a); tries++) {
        if (open_log(a, &a->error) == WFPW_OK) {
            a->error.status = WFPW_OK;
            (void)os_u32_exchange(&a->missing, 0);
            set_state(a, WFPW_STATE_CONNECTED);
            return true;
        }
        close_log(a);
        if (is_over(a, end, tries))
            return false;
        tell_refused(a, &a->error);
        rest_awhile(a, ms);
        ms = ms * 2 < RETRY_LAST_MS ? ms * 2 : RETRY_LAST_MS;
    }
    return false;
}

static bool connect_again(struct audit_log *a, bool is_same_log)
{
    close_log(a);
    a->is_same_log = is_same_log;
    os_u64_bump(&a->reconnects, 1);
    return connect_until(a, 0);
}

/* ---- what is audited ------------------------------------------------------------------------ */

/* On this thread, as it may take its time: where that is so, there are no records either. */
static void ask_audited(struct audit_log *a)
{
    uint32_t all = 0, value = 0;
    const char *missing;
    bool known = audit_policy_is_possible(a->system, &missing);
    for (int i = 0; i < LENT && known; i++) {
        known = audit_lent_query(a->system, i, &value) == 0;
        all |= (value & AUDIT_BOTH) << (i == LENT_PACKET_DROP ? (int)AUDIT_LOG_PACKET_DROP : 0);
    }
    known = known && audit_filter_changes_query(a->system, &value) == 0;
    all |= (value & AUDIT_SUCCESS) != 0 ? AUDIT_LOG_POLICY_CHANGE : 0;
    os_u32_store(&a->audited, known ? all : (uint32_t)AUDIT_LOG_AUDITED_ANY);
}

uint32_t audit_log_audited(const struct audit_log *a)
{
    return os_u32_load(&a->audited);
}

void audit_log_ask(struct audit_log *a)
{
    os_u32_store(&a->ask, 1);
    (void)os_u32_exchange(&a->kicked, 1);
    os_event_set(&a->event);
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum audit_log_step read_step(struct audit_log *a)
{
    return a->is_classic ? audit_log_classic_step(a) : audit_log_subscription_step(a);
}

/* All that there is, unless other conditions are to be asked first. */
static enum audit_log_step drain_log(struct audit_log *a)
{
    enum audit_log_step result = AUDIT_LOG_AGAIN;
    while (result == AUDIT_LOG_AGAIN && !audit_log_is_stopped(a) &&
           !template_next_waits(&a->next_match)) {
        result = read_step(a);
        if (a->has_sent)
            ready_set(a->o.ready);
        a->has_sent = false;
    }
    return result;
}

/* Until the log signals, or it has been quiet for so long that this is doubted. Signals may get
 * lost where records are read by number: it is looked all the same. false: connect anew. */
static bool wait_for_more(struct audit_log *a)
{
    uint32_t poll = a->is_classic && a->o.watch_ms > AUDIT_LOG_POLL_MS ? (uint32_t)AUDIT_LOG_POLL_MS
                                                                       : a->o.watch_ms;
    if (os_u32_exchange(&a->ask, 0) != 0)
        ask_audited(a);
    if (os_event_wait(&a->event, (int32_t)poll) || a->is_classic)
        return true;
    os_u32_store(&a->ask, 1);
    return !audit_log_subscription_is_doubtful(a);
}

/* Records that could be read, and those that were passed over. */
static uint64_t progress_of(const struct audit_log *a)
{
    return os_u64_load_relaxed(&a->received) - os_u64_load_relaxed(&a->undecoded) -
           os_u64_load_relaxed(&a->duplicate) + a->last.id;
}

/* A log that breaks at once each time is given time, more and more. */
static void rest_between(struct audit_log *a, uint32_t broken)
{
    uint32_t ms = RETRY_FIRST_MS;
    for (; broken > QUICK_TRIES + 1 && ms < RETRY_LAST_MS; broken--)
        ms *= 2;
    (void)audit_log_tell_gap(a);
    set_state(a, WFPW_STATE_WAITING);
    (void)os_u32_exchange(&a->missing, WFPW_MISSING_LOG);
    if (broken == QUICK_TRIES + 1)
        audit_log_say(a, 2, "the Security log breaks off again and again: it is tried less often",
                      NULL, 0);
    rest_awhile(a, ms < RETRY_LAST_MS ? ms : (uint32_t)RETRY_LAST_MS);
}

/* The log goes on being read where it was, by another query. Where it is read by number there is
 * none. false: the source is to end. */
static bool use_match(struct audit_log *a)
{
    wfpw_template *fresh = template_next_take(&a->next_match);
    if (fresh == NULL)
        return true;
    wfpw_template_free(a->own_match);
    a->o.match = a->own_match = fresh;
    if (a->is_classic)
        return true;
    close_log(a);
    a->is_same_log = true;
    return connect_until(a, 0);
}

static void read_log(struct audit_log *a)
{
    uint32_t broken = 0;
    bool connected = true;
    while (connected && !audit_log_is_stopped(a)) {
        if (!use_match(a))
            break;
        uint64_t before = progress_of(a);
        enum audit_log_step result = drain_log(a);
        if (result == AUDIT_LOG_DONE)
            break;
        if (result == AUDIT_LOG_AGAIN)
            continue;
        bool progress = progress_of(a) != before;
        if (result == AUDIT_LOG_IDLE && wait_for_more(a)) {
            broken = 0;
            continue;
        }
        broken = result == AUDIT_LOG_BROKEN && !progress ? broken + 1 : 0;
        if (broken > QUICK_TRIES)
            rest_between(a, broken);
        connected = connect_again(a, result == AUDIT_LOG_IDLE);
    }
}

/* ---- the thread ----------------------------------------------------------------------------- */

static bool find_system(struct audit_log *a)
{
    a->system = a->o.system;
    if (a->system == NULL && system_host_find_log(&a->host))
        a->system = &a->host.system;
    a->f = a->system != NULL ? a->system->eventlog : NULL;
    bool modern = audit_log_subscription_is_possible(a->f);
    bool classic = audit_log_classic_is_possible(a->f);
    choose_path(a, a->o.classic || !modern);
    if (a->is_classic ? classic : modern)
        return true;
    (void)error_set(&a->error, WFPW_E_NOTSUP, "wfpw_add_audit", a->host.code,
                    "this host has no event log that can be read");
    return false;
}

static void end_audit_log(struct audit_log *a)
{
    close_log(a);
    if (audit_log_is_stopped(a))
        a->error.status = WFPW_OK; /* why it could not be read before does not matter any more */
    bool at_end = a->o.past_only && a->is_started && a->error.status == WFPW_OK;
    if (a->error.status == WFPW_OK)
        (void)error_set(&a->error, at_end ? WFPW_E_EOF : WFPW_E_STOPPED, "wfpw_read", 0, NULL);
    bool failed = a->error.status != WFPW_E_STOPPED && !at_end;
    set_state(a, failed ? WFPW_STATE_FAILED : WFPW_STATE_STOPPED);
    (void)os_u32_exchange(&a->ended, 1);
    ready_set(a->o.ready);
    os_signal_set(&a->started);
}

static void run_audit_log(void *ctx)
{
    static const char role[] = "audit-log";
    struct audit_log *a = ctx;
    os_thread_name("wfpwatch-log");
    thread_hooks_started(a->o.hooks, role);
    if (find_system(a)) {
        if (a->system->engine != NULL)
            own_process_query(&a->own, a->system);
        resolve_start(&a->resolver, a->system, false);
        a->last.id = a->o.place;
        a->has_last = a->o.has_place;
        if (connect_until(a, os_ticks_ms() + a->o.wait_ms)) {
            a->is_started = true;
            os_u64_store(&a->began, a->has_last && a->last.id != 0 ? a->last.id + 1 : 0);
            (void)os_u32_exchange(&a->reads, 1);
            os_signal_set(&a->started);
            read_log(a);
        }
    }
    end_audit_log(a);
    thread_hooks_ending(a->o.hooks, role);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void free_log(struct audit_log *a)
{
    wfpw_allocator memory = a->o.memory;
    template_next_put(&a->next_match, NULL);
    wfpw_template_free(a->own_match);
    resolve_free(&a->resolver);
    os_event_destroy(&a->event);
    os_signal_destroy(&a->started);
    memory_free(&memory, a->outbox_memory);
    memory_free(&memory, a->buffer);
    memory_free(&memory, a->query);
    memory_free(&memory, a->render);
    memory_free(&memory, a->decoder);
    memory_free(&memory, a);
}

static bool init_log(struct audit_log *a)
{
    uint32_t size = ring_size(a->o.ring_bytes);
    bool good = os_event_init(&a->event, true);
    good = os_signal_init(&a->started) && good;
    good = resolve_init(&a->resolver, &a->o.memory, a->o.log, a->o.log_ctx) && good;
    a->outbox_memory = memory_new(&a->o.memory, ring_memory(size));
    a->buffer = memory_new(&a->o.memory, AUDIT_LOG_BUFFER);
    a->query = memory_new(&a->o.memory, TEMPLATE_QUERY_UNITS * sizeof *a->query);
    a->render = memory_new(&a->o.memory, sizeof *a->render);
    a->decoder = memory_new(&a->o.memory, sizeof *a->decoder);
    a->buffer_bytes = AUDIT_LOG_BUFFER;
    a->batch = AUDIT_LOG_BATCH;
    if (!good || a->outbox_memory == NULL || a->buffer == NULL || a->query == NULL ||
        a->render == NULL || a->decoder == NULL)
        return false;
    ring_init(&a->outbox, a->outbox_memory, size);
    os_u32_store(&a->state, WFPW_STATE_WAITING);
    os_u32_store(&a->audited, AUDIT_LOG_AUDITED_ANY);
    os_u32_store(&a->ask, 1);
    return true;
}

int audit_log_new(const struct audit_log_options *o, struct audit_log **out, wfpw_error *e)
{
    struct audit_log *a = memory_new(&o->memory, sizeof *a);
    if (a == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_audit", 0, NULL);
    a->o = *o;
    if (!init_log(a)) {
        free_log(a);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_audit", 0, NULL);
    }
    *out = a;
    return WFPW_OK;
}

int audit_log_run(struct audit_log *a, wfpw_error *e)
{
    a->has_thread = os_thread_start(&a->thread, run_audit_log, a);
    if (!a->has_thread)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_audit", 0, NULL);
    (void)os_signal_wait(&a->started, -1);
    if (os_u32_load(&a->reads) != 0)
        return WFPW_OK;
    if (os_u32_load(&a->ended) == 0 || a->error.status == WFPW_E_STOPPED)
        return error_set(e, WFPW_E_STOPPED, "wfpw_add_audit", 0, NULL);
    if (e != NULL)
        *e = a->error;
    return a->error.status;
}

void audit_log_set_match(struct audit_log *a, wfpw_template *own)
{
    template_next_put(&a->next_match, own);
    (void)os_u32_exchange(&a->kicked, 1);
    os_event_set(&a->event);
}

void audit_log_stop(struct audit_log *a)
{
    os_u32_store(&a->stop, 1);
    (void)os_u32_exchange(&a->kicked, 1);
    os_event_set(&a->event);
    os_signal_set(&a->started);
    ready_set(a->o.ready); /* the reader does not wait for a call that hangs */
}

bool audit_log_is_self(const struct audit_log *a)
{
    return a != NULL && os_thread_is_self(&a->thread);
}

void audit_log_close(struct audit_log *a)
{
    if (a == NULL)
        return;
    (void)os_u32_exchange(&a->abandoned, 1);
    audit_log_stop(a);
    if (a->has_thread)
        os_thread_join(&a->thread);
    free_log(a);
}

/* ---- the reader's side ---------------------------------------------------------------------- */

const struct record *audit_log_peek(struct audit_log *a)
{
    uint64_t lost;
    return ring_peek(&a->outbox, &lost);
}

void audit_log_pop(struct audit_log *a)
{
    ring_pop(&a->outbox);
}

bool audit_log_settle(struct audit_log *a)
{
    ring_release(&a->outbox);
    if (os_u32_exchange(&a->outbox_is_full, 0) != 0) {
        (void)os_u32_exchange(&a->kicked, 1);
        os_event_set(&a->event);
    }
    return ring_has_record(&a->outbox) || os_u32_load_ordered(&a->ended) != 0;
}

int audit_log_ended(const struct audit_log *a, wfpw_error *e)
{
    if (os_u32_load(&a->ended) == 0)
        return WFPW_OK;
    if (e != NULL)
        *e = a->error;
    return a->error.status;
}

bool audit_log_began(const struct audit_log *a, uint64_t *place)
{
    uint64_t began = os_u64_load(&a->began);
    *place = began - 1;
    return began != 0;
}

void audit_log_count(struct audit_log *a, struct audit_log_counts *c)
{
    *c = (struct audit_log_counts){
        .state = os_u32_load(&a->state),
        .path = os_u32_load(&a->path),
        .missing = os_u32_load(&a->missing),
        .duplicate = os_u64_load(&a->duplicate),
        .undecoded = os_u64_load(&a->undecoded),
        .passed_over = os_u64_load(&a->passed_over),
        .reconnects = os_u64_load(&a->reconnects),
        .gaps = os_u64_load(&a->gaps),
        .waiting = ring_waiting(&a->outbox),
    };
    c->received = os_u64_load(&a->received);
}
