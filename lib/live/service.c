/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/service_internal.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/thread_hooks.h"
#include "live/audit_policy_change.h"
#include "live/filter_event.h"

enum {
    NAP_MS = 5000,      /* when nothing has to be looked at */
    SETTINGS_MS = 5000, /* that settings may take while somebody waits for the session */
    POLL_MS = 100
};

/* ---- the thread ----------------------------------------------------------------------------- */

static bool watch_engine(struct service *s)
{
    service_leave_engine(s);
    bool alive = connection_watch(s);
    service_come_back(s);
    return alive;
}

/* Some work for names; false: there is none. */
static bool name_step(struct service *s)
{
    if (!policy_watch_has_work(s->policy))
        return false;
    service_leave_engine(s);
    policy_watch_step(s->policy);
    service_come_back(s);
    return true;
}

static void work_loop(struct service *s)
{
    bool alive = watch_engine(s);
    service_up(s);
    while (alive && !service_is_stopped(s)) {
        match_slot_clean(&s->subscription.slot, &s->gates, s->subscription.gate);
        if (service_has_change(s) && !change_make(s))
            break;
        uint64_t now = os_ticks_ms();
        bool busy = now < s->next_watch && name_step(s);
        if (now >= s->next_watch)
            alive = watch_engine(s);
        else if (!service_drain(s) && !busy)
            service_nap(s, (uint32_t)(s->next_watch - now));
    }
}

/* What came before the end still goes to the reader, as fast as it reads. */
static void finish_records(struct service *s)
{
    s->finishing = true;
    service_leave_engine(s);
    connection_end(s);
    service_come_back(s);
    drain_end(&s->drain);
    while (os_u32_load(&s->abandoned) == 0 && (service_drain(s) || drain_has_more(&s->drain)))
        if (drain_is_blocked(&s->drain))
            service_nap(s, NAP_MS);
    if (os_u32_load(&s->state) != WFPW_STATE_FAILED)
        service_set_state(s, WFPW_STATE_STOPPED);
    os_u32_store(&s->ended, 1);
    service_set_ready(s);
}

static void run_service(void *ctx)
{
    static const char role[] = "service";
    struct service *s = ctx;
    os_thread_name("wfpwatch");
    thread_hooks_started(s->o.hooks, role);
    if (connection_first(s))
        work_loop(s);
    finish_records(s);
    os_signal_set(&s->started);
    thread_hooks_ending(s->o.hooks, role);
}

/* ---- starting and ending -------------------------------------------------------------------- */

static bool free_service(struct service *s)
{
    wfpw_allocator memory = s->o.memory;
    deadline_end(&s->deadline);
    bool quiet = gates_free(&s->gates);
    quiet = gates_free(&s->change_gates) && quiet;
    if (!quiet)
        return false; /* a callback is in it, and does not come out */
    match_slot_free(&s->subscription.slot);
    template_next_put(&s->next_match, NULL);
    wfpw_template_free(s->own_match);
    resolve_free(&s->resolver);
    os_signal_destroy(&s->wake);
    os_signal_destroy(&s->started);
    aggregate_free(&memory, s->drain.aggregate);
    memory_free(&memory, s->ring_memory);
    memory_free(&memory, s->outbox_memory);
    memory_free(&memory, s->collection);
    if (s->keeper != NULL)
        audit_keeper_free(s->keeper);
    memory_free(&memory, s->keeper);
    memory_free(&memory, s->rules);
    policy_watch_free(s->policy);
    backlog_free(&s->drain.backlog);
    drain_free(&s->drain);
    memory_free(&memory, s);
    return true;
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

static void on_filter(void *ctx, const struct policy_object *o, uint32_t epoch)
{
    struct service *s = ctx;
    const struct wfpw_system *system = s->subscription.system;
    const struct guard_alarm at = {
        .time = system->now(system->ctx), .epoch = epoch, .source = system->source};
    guard_alarms_see(&s->alarms, o, &at);
    wakeup_ring(&s->subscription.wakeup);
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
                                     .lost = service_follows(s) ? on_lost_changes : NULL,
                                     .changed_ctx = s,
                                     .seen = s->o.guard != NULL ? on_filter : NULL,
                                     .seen_ctx = s};
    if (s->o.no_names && !s->o.filters)
        return true;
    s->policy = policy_watch_new(&o);
    s->drain.names = service_names(s);
    if (!s->o.no_names)
        s->rules = memory_new(&s->o.memory, sizeof *s->rules);
    return s->policy != NULL && (s->o.no_names || s->rules != NULL);
}

static bool init_aggregate(struct service *s)
{
    if (s->o.aggregate_ms == 0)
        return true;
    uint64_t seed =
        hash_mix(os_now(), (uintptr_t)s); /* so that nobody can choose whose slots fill */
    struct aggregate *a =
        aggregate_new(&s->o.memory, s->o.aggregate_bytes, s->o.aggregate_ms, seed);
    s->drain.aggregate = s->drain.backlog.aggregate = s->subscription.aggregate = a;
    return a != NULL;
}

static bool init_service(struct service *s)
{
    uint32_t size = ring_size(s->o.ring_bytes);
    struct wakeup wakeup = {&s->sleeping,        &s->drain.away, &s->drain.held,
                            &s->o.ready->is_set, &s->wake,       &s->o.ready->signal};
    s->drain = (struct drain){.ring = &s->ring,
                              .outbox = &s->outbox,
                              .resolver = &s->resolver,
                              .join_ms = s->o.join_ms,
                              .wants_process = s->o.wants_process};
    backlog_init(&s->drain.backlog, &s->o.memory, &s->drain.fingerprints, s->o.kept_bytes);
    s->subscription = (struct subscription){
        .ring = &s->ring, .wakeup = wakeup, .gates = &s->gates, .match = s->o.match};
    match_slot_init(&s->subscription.slot, &s->o.memory, s->o.match);
    bool signals = os_signal_init(&s->wake);
    signals = os_signal_init(&s->started) && signals;
    signals = drain_init(&s->drain) && signals;
    signals = resolve_init(&s->resolver, &s->o.memory, s->o.log, s->o.log_ctx) && signals;
    s->resolver.hooks = s->o.hooks;
    s->ring_memory = memory_new(&s->o.memory, ring_memory(size));
    s->outbox_memory = memory_new(&s->o.memory, ring_memory(size));
    if (!s->o.observe)
        s->collection = memory_new(&s->o.memory, sizeof *s->collection);
    if (s->o.audit_policy)
        s->keeper = memory_new(&s->o.memory, sizeof *s->keeper);
    if (s->o.audit_policy && s->keeper == NULL)
        return false;
    if (!signals || s->ring_memory == NULL || s->outbox_memory == NULL ||
        (s->collection == NULL && !s->o.observe))
        return false;
    ring_init(&s->ring, s->ring_memory, size);
    ring_init(&s->outbox, s->outbox_memory, size);
    if (!init_aggregate(s))
        return false;
    s->alarms.ring = &s->ring;
    s->alarms.guard = s->o.guard;
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
        (void)free_service(s);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    }
    *out = s;
    return WFPW_OK;
}

/* Who is subscribed may go on, though the engine, or the keeper of the audit policy, hangs in a
 * call about settings. */
static bool is_up(const struct service *s)
{
    uint64_t since = os_u64_load(&s->subscribed_at);
    return (os_u32_load(&s->is_up) != 0 && service_all_was_tried(s)) ||
           (since != 0 && os_ticks_ms() - since > SETTINGS_MS);
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
    service_set_ready(s);
}

bool service_is_self(const struct service *s)
{
    return s != NULL && (os_thread_is_self(&s->thread) ||
                         (s->keeper != NULL && audit_keeper_is_self(s->keeper)) ||
                         (s->rules != NULL && rules_watch_is_self(s->rules)));
}

bool service_close(struct service *s)
{
    if (s == NULL)
        return true;
    os_u32_store(&s->abandoned, 1);
    service_stop(s);
    if (s->has_thread)
        os_thread_join(&s->thread);
    return free_service(s);
}

/* ---- the audit policy ----------------------------------------------------------------------- */

uint32_t service_policy(const struct service *s)
{
    return s->keeper != NULL ? os_u32_load(&s->keeper->state)
                             : (uint32_t)WFPW_AUDIT_POLICY_NOT_ASKED;
}

void service_see_audit(struct service *s, wfpw_event *ev)
{
    struct audit_policy_change c;
    char by[AUDIT_BY_BYTES];
    if (s->keeper == NULL || os_u32_load(&s->keeper->state) == WFPW_AUDIT_POLICY_NOT_ASKED ||
        !audit_policy_change_read(ev, &c, by, sizeof by))
        return;
    if (audit_keeper_is_own(s->keeper, &c))
        ev->flags |= WFPW_EVENT_OWN_PROCESS;
    else
        audit_keeper_see_change(s->keeper, &c);
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
    service_set_ready(s); /* not all that was moved may be taken */
    return ring_peek(&s->outbox, &lost);
}

const struct record *service_mark(const struct service *s, const struct record *r)
{
    own_process_mark(&s->own,
                     (struct record *)r); /* its memory is the reader's until it is popped */
    return r;
}

const struct record *service_date(struct service *s, const struct record *r)
{
    struct live_names *names = service_names(s);
    if (names != NULL)
        live_names_date(names, (struct record *)r);
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
        service_set_ready(s);
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
    uint64_t until = s->deferred_until, due = drain_due_to_reader(&s->drain);
    if (until != 0)
        settle_ready(s, false);
    if (until == 0 || (due != 0 && due < until))
        until = due;
    if (until == 0)
        return timeout_ms;
    uint64_t now = os_ticks_ms();
    int32_t ms = until <= now ? 0 : until - now < INT32_MAX ? (int32_t)(until - now) : INT32_MAX;
    return timeout_ms >= 0 && timeout_ms < ms ? timeout_ms : ms;
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
    (void)deadline_start(&s->deadline, &s->subscription.wakeup, s->o.hooks);
}

static void count_sockets(struct service *s, struct service_counts *c)
{
    struct sockets_counts counts;
    sockets_count(s->resolver.sockets, &counts);
    c->sockets_found = os_u64_load(&s->resolver.sockets_found);
    c->sockets_read = counts.read;
}

/* The records that stand for others are among those of the ring: one of the others each. */
static void count_aggregated(const struct service *s, struct service_counts *c)
{
    const struct aggregate *a = s->drain.aggregate;
    if (a == NULL)
        return;
    uint64_t sent = os_u64_load(&a->sent), settled = os_u64_load(&a->settled);
    uint64_t counted = os_u64_load(&a->counted);
    c->aggregated = settled > sent ? settled - sent : 0;
    c->received += counted > sent ? counted - sent : 0;
    c->waiting += counted > settled ? counted - settled : 0;
}

void service_count(struct service *s, struct service_counts *c)
{
    const struct backlog *backlog = &s->drain.backlog;
    c->state = os_u32_load(&s->state);
    c->missing = os_u32_load(&s->missing);
    bool no_names =
        policy_watch_is_denied(s->policy) || (s->rules != NULL && rules_watch_is_denied(s->rules));
    c->missing |= no_names ? WFPW_MISSING_NAMES : 0;
    c->audit_policy = service_policy(s);
    c->missing |= c->audit_policy > WFPW_AUDIT_POLICY_HELD ? WFPW_MISSING_AUDIT_POLICY : 0;
    c->missing |=
        s->keeper != NULL && os_u32_load(&s->keeper->no_lease) != 0 ? WFPW_MISSING_LEASES : 0;
    c->missing |=
        s->keeper != NULL && os_u32_load(&s->keeper->unseen) != 0 ? WFPW_MISSING_LOOKING : 0;
    c->dropped =
        ring_dropped(&s->ring) + (service_follows(s) ? policy_watch_dropped(s->policy) : 0);
    c->undecoded = os_u64_load(&s->subscription.undecoded);
    c->filtered = os_u64_load(&s->subscription.filtered);
    c->duplicate = os_u64_load(&backlog->duplicate);
    c->received = ring_pushed(&s->ring) + os_u64_load(&backlog->received) + c->dropped +
                  c->undecoded + c->filtered;
    count_aggregated(s, c);
    c->gaps = os_u64_load(&s->drain.gaps);
    c->waiting +=
        ring_waiting(&s->ring) + ring_waiting(&s->outbox) + os_u64_load(&backlog->waiting);
    c->unnamed = os_u64_load(&s->drain.unnamed);
    count_sockets(s, c);
    if (s->policy != NULL)
        live_names_count(&s->policy->names, &c->names);
}
