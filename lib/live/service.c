/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/service_internal.h"

#include <stdio.h>

#include "base/error.h"
#include "live/filter_event.h"

enum {
    NAP_MS = 5000,      /* when nothing has to be looked at */
    SETTINGS_MS = 5000, /* that settings may take while somebody waits for the session */
    POLL_MS = 100
};

/* ---- telling -------------------------------------------------------------------------------- */

/* A line for each text, call and code. */
void service_say(struct service *s, int level, const char *what, const char *call, uint32_t code)
{
    char text[LOG_LINE];
    uint64_t kind = log_kind(log_kind(0, what, code), call, 0);
    if (call != NULL)
        (void)snprintf(text, sizeof text, "%s: %s gave 0x%x (%u)", what, call, code, code);
    log_line(&s->log, s->o.log, s->o.log_ctx, level, kind, call != NULL ? text : what);
}

void service_say_error(struct service *s, int level, const char *what, const wfpw_error *e)
{
    char text[LOG_LINE];
    if (e->os_code != 0)
        service_say(s, level, what, e->where, e->os_code);
    else if (snprintf(text, sizeof text, "%s: %s: %s", what, e->where, e->text) > 0)
        service_say(s, level, text, NULL, 0);
}

static void set_ready(struct service *s)
{
    wakeup_ring_reader(&s->subscription.wakeup);
}

void service_set_state(struct service *s, uint32_t state)
{
    if (os_u32_exchange(&s->state, state) != state)
        set_ready(s);
}

/* ---- from the ring to the outbox ------------------------------------------------------------ */

/* Calls of the system may take their time: meanwhile the reader moves what comes. */
static void leave_engine(struct service *s)
{
    uint64_t deferred_until;
    if (!drain_leave(&s->drain, &deferred_until))
        return;
    if (deferred_until != 0 && deadline_is_running(&s->deadline))
        deadline_set(&s->deadline, deferred_until);
    else
        set_ready(s);
}

static void come_back(struct service *s)
{
    drain_return(&s->drain);
}

/* Asks where volumes are, if that is not known. */
static bool resolve_names(struct service *s)
{
    if (!resolve_is_due(&s->resolver))
        return false;
    leave_engine(s);
    resolve_step(&s->resolver);
    come_back(s);
    return true;
}

/* Moves what fits; false: there was nothing to do, or no room. */
static bool drain_ring(struct service *s)
{
    bool sent, moved = drain_some(&s->drain, &sent);
    if (sent)
        set_ready(s);
    return resolve_names(s) || moved;
}

/* ---- sleeping ------------------------------------------------------------------------------- */

bool service_is_stopped(const struct service *s)
{
    return os_u32_load(&s->stop) != 0;
}

/* Whether what this thread is at is of no use any more. */
static bool must_leave(const struct service *s)
{
    return os_u32_load(&s->abandoned) != 0 || (service_is_stopped(s) && !s->finishing);
}

/* From now to `at`, ticks; at most `ms`. */
static uint32_t ms_to(uint64_t at, uint32_t ms)
{
    uint64_t now = os_ticks_ms();
    return at <= now ? 0 : at - now < ms ? (uint32_t)(at - now) : ms;
}

/* Until something happens, or is due, or `ms` are over. */
static void nap_until(struct service *s, uint32_t ms)
{
    os_signal_reset(&s->wake);
    (void)os_u32_exchange(&s->sleeping, 1);
    bool work = resolve_is_due(&s->resolver) || policy_watch_has_work(s->policy);
    ms = ms_to(policy_watch_due(s->policy), ms);
    if (!work && !drain_is_blocked(&s->drain) && drain_has_more(&s->drain)) {
        ms = ms_to(drain_deferred_until(&s->drain), ms);
        work = ms == 0;
    }
    if (!work && !must_leave(s))
        (void)os_signal_wait(&s->wake, (int32_t)ms);
    (void)os_u32_exchange(&s->sleeping, 0);
}

/* This thread is there, though it is called between calls of the engine. */
void service_rest(struct service *s, uint32_t ms)
{
    uint64_t now = os_ticks_ms(), end = now + ms;
    come_back(s);
    for (; now < end && !must_leave(s); now = os_ticks_ms())
        if (!drain_ring(s))
            nap_until(s, (uint32_t)(end - now));
    leave_engine(s);
}

/* ---- the thread ----------------------------------------------------------------------------- */

static bool watch_engine(struct service *s)
{
    leave_engine(s);
    bool alive = connection_watch(s);
    come_back(s);
    return alive;
}

/* Some work for names; false: there is none. */
static bool name_step(struct service *s)
{
    if (!policy_watch_has_work(s->policy))
        return false;
    leave_engine(s);
    policy_watch_step(s->policy);
    come_back(s);
    return true;
}

void service_up(struct service *s)
{
    os_u32_store(&s->is_up, 1);
    os_signal_set(&s->started);
}

static void work_loop(struct service *s)
{
    bool alive = watch_engine(s);
    service_up(s);
    while (alive && !service_is_stopped(s)) {
        uint64_t now = os_ticks_ms();
        bool busy = now < s->next_watch && name_step(s);
        if (now >= s->next_watch)
            alive = watch_engine(s);
        else if (!drain_ring(s) && !busy)
            nap_until(s, (uint32_t)(s->next_watch - now));
    }
}

/* What came before the end still goes to the reader, as fast as it reads. */
static void finish_records(struct service *s)
{
    s->finishing = true;
    leave_engine(s);
    connection_end(s);
    come_back(s);
    while (os_u32_load(&s->abandoned) == 0 && (drain_ring(s) || drain_has_more(&s->drain)))
        if (drain_is_blocked(&s->drain))
            nap_until(s, NAP_MS);
    if (os_u32_load(&s->state) != WFPW_STATE_FAILED)
        service_set_state(s, WFPW_STATE_STOPPED);
    os_u32_store(&s->ended, 1);
    set_ready(s);
}

static void run_service(void *ctx)
{
    struct service *s = ctx;
    os_thread_name("wfpwatch");
    if (connection_first(s))
        work_loop(s);
    finish_records(s);
    os_signal_set(&s->started);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static void free_service(struct service *s)
{
    wfpw_allocator memory = s->o.memory;
    deadline_end(&s->deadline);
    bool quiet = gates_free(&s->gates);
    quiet = gates_free(&s->change_gates) && quiet;
    if (!quiet)
        return; /* a callback is in it, and does not come out */
    resolve_free(&s->resolver);
    os_signal_destroy(&s->wake);
    os_signal_destroy(&s->started);
    memory_free(&memory, s->ring_memory);
    memory_free(&memory, s->outbox_memory);
    memory_free(&memory, s->collection);
    policy_watch_free(s->policy);
    backlog_free(&s->drain.backlog);
    drain_free(&s->drain);
    memory_free(&memory, s);
}

static void on_change(void *ctx, const struct policy_change *c)
{
    struct service *s = ctx;
    filter_event_push(&s->ring, s->subscription.system->source, c, !s->o.no_names);
    wakeup_ring(&s->subscription.wakeup); /* the reader moves it while this thread is in a call */
}

static void on_lost_changes(void *ctx, uint64_t count)
{
    struct service *s = ctx;
    drain_lost(&s->drain, count);
}

static bool init_names(struct service *s)
{
    struct policy_watch_options o = {.memory = s->o.memory,
                                     .names_bytes = s->o.names_bytes,
                                     .no_names = s->o.no_names,
                                     .wakeup = s->subscription.wakeup,
                                     .gates = &s->change_gates,
                                     .log = s->o.log,
                                     .log_ctx = s->o.log_ctx,
                                     .changed = s->o.filters ? on_change : NULL,
                                     .lost = s->o.filters ? on_lost_changes : NULL,
                                     .changed_ctx = s};
    if (s->o.no_names && !s->o.filters)
        return true;
    s->policy = policy_watch_new(&o);
    s->drain.names = service_names(s);
    return s->policy != NULL;
}

static bool init_service(struct service *s)
{
    uint32_t size = ring_size(s->o.ring_bytes);
    struct wakeup wakeup = {&s->sleeping,        &s->drain.away, &s->drain.held,
                            &s->o.ready->is_set, &s->wake,       &s->o.ready->signal};
    s->drain = (struct drain){
        .ring = &s->ring, .outbox = &s->outbox, .resolver = &s->resolver, .join_ms = s->o.join_ms};
    backlog_init(&s->drain.backlog, &s->o.memory, &s->drain.fingerprints, s->o.kept_bytes);
    s->subscription = (struct subscription){
        .ring = &s->ring, .wakeup = wakeup, .gates = &s->gates, .match = s->o.match};
    bool signals = os_signal_init(&s->wake);
    signals = os_signal_init(&s->started) && signals;
    signals = drain_init(&s->drain) && signals;
    signals = resolve_init(&s->resolver, &s->o.memory, s->o.log, s->o.log_ctx) && signals;
    s->ring_memory = memory_new(&s->o.memory, ring_memory(size));
    s->outbox_memory = memory_new(&s->o.memory, ring_memory(size));
    if (!s->o.observe)
        s->collection = memory_new(&s->o.memory, sizeof *s->collection);
    if (!signals || s->ring_memory == NULL || s->outbox_memory == NULL ||
        (s->collection == NULL && !s->o.observe))
        return false;
    ring_init(&s->ring, s->ring_memory, size);
    ring_init(&s->outbox, s->outbox_memory, size);
    os_u32_store(&s->state, WFPW_STATE_WAITING);
    return init_names(s);
}

int service_new(const struct service_options *o, struct service **out, wfpw_error *e)
{
    struct service *s = memory_new(&o->memory, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    s->o = *o;
    if (!init_service(s)) {
        free_service(s);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    }
    *out = s;
    return WFPW_OK;
}

/* Who is subscribed may go on, though the engine hangs in a call about settings. */
static bool is_up(const struct service *s)
{
    uint64_t since = os_u64_load(&s->subscribed_at);
    return os_u32_load(&s->is_up) != 0 || (since != 0 && os_ticks_ms() - since > SETTINGS_MS);
}

int service_run(struct service *s, wfpw_error *e)
{
    s->has_thread = os_thread_start(&s->thread, run_service, s);
    if (!s->has_thread)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    while (os_u32_load(&s->ended) == 0 && !is_up(s) && !service_is_stopped(s))
        (void)os_signal_wait(&s->started, POLL_MS);
    if (os_u32_load(&s->ended) != 0 && s->error.status != WFPW_OK) {
        if (e != NULL)
            *e = s->error;
        return s->error.status;
    }
    if (!is_up(s) || service_is_stopped(s))
        return error_set(e, WFPW_E_STOPPED, "wfpw_add_live", 0, NULL);
    return WFPW_OK;
}

/* Stores, and writes to event objects: nothing that a handler of signals may not do. */
void service_stop(struct service *s)
{
    (void)os_u32_exchange(&s->stop, 1);
    os_signal_set(&s->wake);
    os_signal_set(&s->started);
    set_ready(s);
}

void service_close(struct service *s)
{
    if (s == NULL)
        return;
    os_u32_store(&s->abandoned, 1);
    service_stop(s);
    if (s->has_thread)
        os_thread_join(&s->thread);
    free_service(s);
}

/* ---- the reader's side ---------------------------------------------------------------------- */

const struct record *service_peek(struct service *s)
{
    uint64_t lost;
    const struct record *r = ring_peek(&s->outbox, &lost);
    s->deferred_until = 0;
    if (r != NULL)
        return r;
    bool sent = drain_help(&s->drain, &s->deferred_until);
    if (s->deferred_until != 0 && deadline_is_running(&s->deadline))
        deadline_set(&s->deadline, s->deferred_until);
    if (!sent)
        return NULL;
    set_ready(s); /* not all that was moved may be taken */
    return ring_peek(&s->outbox, &lost);
}

const struct record *service_mark(const struct service *s, const struct record *r)
{
    own_process_mark(&s->own,
                     (struct record *)r); /* its memory is the reader's until it is popped */
    return r;
}

void service_pop(struct service *s)
{
    ring_pop(&s->outbox);
}

/* The signal is set while there is something for the reader, and not otherwise; what can be had by
 * helping counts when `helps`. */
static void settle_ready(struct service *s, bool helps)
{
    ready_clear(s->o.ready);
    if (ring_has_record(&s->outbox) || (helps && drain_wants_help(&s->drain)) ||
        os_u32_load(&s->ended) != 0 || service_is_stopped(s))
        set_ready(s);
}

void service_settle(struct service *s)
{
    ring_release(&s->outbox);
    if (os_u32_exchange(&s->drain.outbox_is_full, 0) != 0)
        os_signal_set(&s->wake);
    if (!ring_has_record(&s->outbox))
        settle_ready(s, true);
}

/* What is held has a time of its own. */
int32_t service_before_wait(struct service *s, int32_t timeout_ms)
{
    uint64_t now = os_ticks_ms(), until = s->deferred_until;
    if (until == 0)
        return timeout_ms;
    settle_ready(s, false);
    int32_t ms = until > now ? (int32_t)(until - now) : 0;
    return timeout_ms >= 0 && timeout_ms < ms ? timeout_ms : ms;
}

struct live_names *service_names(struct service *s)
{
    return s->policy != NULL && !s->o.no_names ? &s->policy->names : NULL;
}

int service_ended(const struct service *s, wfpw_error *e)
{
    if (os_u32_load(&s->ended) == 0)
        return WFPW_OK;
    if (s->error.status == WFPW_OK)
        return error_set(e, WFPW_E_STOPPED, "wfpw_read", 0, NULL);
    if (e != NULL)
        *e = s->error;
    return s->error.status;
}

void service_watch_deadline(struct service *s)
{
    (void)deadline_start(&s->deadline, &s->subscription.wakeup);
}

void service_count(struct service *s, struct service_counts *c)
{
    const struct backlog *backlog = &s->drain.backlog;
    c->state = os_u32_load(&s->state);
    c->missing = os_u32_load(&s->missing);
    c->missing |= policy_watch_is_denied(s->policy) ? WFPW_MISSING_NAMES : 0;
    c->dropped = ring_dropped(&s->ring) + (s->o.filters ? policy_watch_dropped(s->policy) : 0);
    c->undecoded = os_u64_load(&s->subscription.undecoded);
    c->filtered = os_u64_load(&s->subscription.filtered);
    c->duplicate = os_u64_load(&backlog->duplicate);
    c->received = ring_pushed(&s->ring) + os_u64_load(&backlog->received) + c->dropped +
                  c->undecoded + c->filtered;
    c->gaps = os_u64_load(&s->drain.gaps);
    c->waiting = ring_waiting(&s->ring) + ring_waiting(&s->outbox) + os_u64_load(&backlog->waiting);
    c->unnamed = os_u64_load(&s->drain.unnamed);
    if (s->policy != NULL)
        live_names_count(&s->policy->names, &c->names);
}
