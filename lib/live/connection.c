/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The service thread's way to the engine: finding it, waiting for it, subscribing, looking whether
 * it is still there and collects, and subscribing anew when it was away. */
#include <string.h>

#include "base/error.h"
#include "engine/engine.h"
#include "engine/kept_events.h"
#include "lease/audit_policy/audit_policy.h"
#include "lease/rights.h"
#include "live/service_internal.h"

enum {
    RETRY_FIRST_MS = 50,
    RETRY_LAST_MS = 5000,
    READS = 5 /* of what was kept, before it is left for later */
};

/* In units of the system's clock. */
static const uint64_t a_ms = 10000;
static const uint64_t slack =
    2000 * 10000; /* events may be stamped before we look, and come later */
static const uint64_t late = 5000 * 10000; /* a look that comes so much later: the machine slept */

/* ---- the system ----------------------------------------------------------------------------- */

static void fail_connection(struct service *s, const wfpw_error *e)
{
    s->error = *e;
    service_say_error(s, 1, "the live source ends", e);
    service_set_state(s, WFPW_STATE_FAILED);
}

/* What the system lacks; NULL: nothing. */
static const char *what_lacks(const struct service *s, const struct wfpw_system *system)
{
    if (!subscription_is_possible(system))
        return "this Windows has no subscription to net events";
    if (s->collection != NULL && !collection_is_possible(system))
        return "settings of this host cannot be changed: pass WFPW_LIVE_OBSERVE";
    const char *missing;
    if (s->keeper != NULL && !audit_policy_is_possible(system, &missing))
        return "this host's audit policy cannot be asked for";
    if (service_follows(s) &&
        (system->policy == NULL || system->policy->subscribe_changes == NULL ||
         system->policy->unsubscribe_changes == NULL))
        return "this Windows does not tell of filters that come and go";
    return NULL;
}

/* On the keeper's thread. */
static void on_missed(void *ctx, uint64_t from)
{
    struct service *s = ctx;
    drain_found(&s->drain, HOLE_POLICY, ring_pushed(&s->ring), from);
    wakeup_ring(&s->subscription.wakeup);
}

static void on_policy_state(void *ctx)
{
    struct service *s = ctx;
    wakeup_ring_reader(&s->subscription.wakeup);
    if (os_u32_load(&s->is_up) != 0)
        os_signal_set(&s->started); /* who opens the session waits for it, too */
}

/* With each look, as a thread may be had later. */
static void keep_policy(struct service *s)
{
    wfpw_error e;
    struct audit_keeper_options o = {.lease = {.system = s->subscription.system,
                                               .place = s->o.state_dir,
                                               .log = s->o.log,
                                               .log_ctx = s->o.log_ctx,
                                               .hooks = s->o.hooks},
                                     .watch_ms = s->o.watch_ms,
                                     .missed = on_missed,
                                     .state_changed = on_policy_state,
                                     .ctx = s};
    if (s->keeper == NULL || audit_keeper_is_running(s->keeper))
        return;
    memcpy(o.lease.wants, s->o.audit_wants, sizeof o.lease.wants);
    if (audit_keeper_start(s->keeper, &o)) {
        service_have(s, WFPW_MISSING_AUDIT_POLICY);
        return;
    }
    (void)error_set(&e, WFPW_E_NOMEM, "a thread", 0, NULL);
    service_do_without(s, WFPW_MISSING_AUDIT_POLICY, "the audit policy is not kept", &e);
}

static void on_rules(void *ctx)
{
    struct service *s = ctx;
    if (os_u32_load(&s->is_up) != 0)
        os_signal_set(&s->started); /* who opens the session waits for them, too */
}

/* With each look, likewise. */
static void keep_rules(struct service *s)
{
    if (s->rules == NULL || rules_watch_is_running(s->rules))
        return;
    struct rules_watch_options o = {.memory = s->o.memory,
                                    .system = s->subscription.system,
                                    .names = &s->policy->names,
                                    .log = s->o.log,
                                    .log_ctx = s->o.log_ctx,
                                    .hooks = s->o.hooks,
                                    .tried = on_rules,
                                    .ctx = s};
    if (!rules_watch_start(s->rules, &o))
        service_say(s, 2, "names of the firewall's rules are missing: no memory, or no thread",
                    NULL, 0);
}

static bool take_system(struct service *s)
{
    const struct wfpw_system *system =
        engine_system(s->o.system, &s->host, "wfpw_add_live", &s->error);
    const char *why = system != NULL ? what_lacks(s, system) : NULL;
    if (why != NULL)
        (void)error_set(&s->error, WFPW_E_NOTSUP, "wfpw_add_live", 0, why);
    if (system == NULL || why != NULL) {
        service_set_state(s, WFPW_STATE_FAILED);
        return false;
    }
    struct collection_options o = {
        .system = system,
        .place = s->o.state_dir,
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
        .bound = &s->log,
        .wants = {[COLLECT] = 1, [KEYWORDS] = s->o.keywords, [IPSEC] = s->o.ipsec},
    };
    s->subscription.system = s->drain.system = system;
    own_process_query(&s->own, system);
    resolve_start(&s->resolver, system, s->o.accounts);
    service_start_sockets(s);
    if (s->collection != NULL)
        collection_init(s->collection, &o);
    if (subscription_prepare(&s->subscription, &s->error) == WFPW_OK)
        return true;
    service_set_state(s, WFPW_STATE_FAILED);
    return false;
}

static uint64_t clock_of(const struct service *s)
{
    return s->subscription.system->now(s->subscription.system->ctx);
}

/* ---- what the engine kept ------------------------------------------------------------------- */

/* From when on to read. After an outage a little more than that, as far back as it is known what
 * came: an event may be stamped before we looked and come after it. A clock that was set back
 * meanwhile makes it earlier. */
static uint64_t due_since(struct service *s, uint64_t now)
{
    uint64_t since = s->due_from < now ? s->due_from : now;
    uint64_t forgotten = drain_forgotten(&s->drain);
    if (s->due_from == s->o.since)
        return s->due_from;
    since = since > slack ? since - slack : 1;
    if (since < s->begin && s->begin <= now)
        since = s->begin;
    if (since <= forgotten && forgotten <= now)
        since = forgotten + 1;
    return since;
}

/* From the last time that the engine was there; what was due before that and could not be read yet
 * still is. */
void connection_want_past(struct service *s)
{
    if (s->due_from == 0 || s->due_from > s->well)
        s->due_from = s->well;
}

/* One snapshot of what is due. */
static int read_kept(struct service *s, wfpw_error *e)
{
    struct backlog fresh = {0};
    uint64_t now = clock_of(s); /* earlier than the begin: it was set back since */
    const struct kept_events_window w = {.match = s->o.match,
                                         .epoch = s->subscription.epoch,
                                         .since = due_since(s, now),
                                         .after = now,
                                         .before = s->begin};
    if (!kept_events_are_possible(s->subscription.system))
        return error_set(e, WFPW_E_NOTSUP, "FwpmNetEventEnum0", 0, NULL);
    backlog_init(&fresh, &s->o.memory, NULL, s->o.kept_bytes);
    int status = kept_events_read(s->subscription.system, s->subscription.engine, &w, &fresh,
                                  &s->subscription.undecoded, e);
    int kept = drain_keep(&s->drain, &fresh, status == WFPW_OK);
    backlog_free(&fresh);
    if (status == WFPW_OK && kept != WFPW_OK)
        status = error_set(e, kept, "FwpmNetEventEnum", 0, NULL);
    return status;
}

/* Reads what is due. That it cannot be read is no reason to have no events at all; what may pass is
 * returned, and is due still. */
int connection_catch_up(struct service *s, wfpw_error *e)
{
    if (s->due_from == 0)
        return WFPW_OK;
    int status = read_kept(s, e);
    if (status != WFPW_OK && status != WFPW_E_DISABLED && error_passes(e->os_code))
        return status;
    if (status == WFPW_E_RANGE) {
        drain_found(&s->drain, HOLE_KEPT, ring_pushed(&s->ring), 0);
        status = WFPW_OK;
    }
    s->due_from = 0;
    s->late_reads = 0;
    if (status == WFPW_OK)
        service_have(s, WFPW_MISSING_HISTORY);
    else if (status == WFPW_E_DISABLED) /* which the state tells, as nothing is refused */
        service_say_error(s, 2, "the engine keeps no events", e);
    else
        service_do_without(s, WFPW_MISSING_HISTORY, "what the engine keeps cannot be read", e);
    return WFPW_OK;
}

/* A subscription is worth more than what was kept: after some attempts that is read later. */
static bool gives_up_reading(struct service *s, bool last, const wfpw_error *e)
{
    if (++s->late_reads < READS && !last)
        return false;
    service_do_without(s, WFPW_MISSING_HISTORY, "what the engine keeps cannot be read yet", e);
    return true;
}

/* With a look: after one, two, four, ... as long as it fails. */
static void read_late(struct service *s)
{
    wfpw_error e;
    uint32_t n = s->late_reads < 5 ? s->late_reads : 5;
    if (s->due_from == 0 || ++s->looks_unread < 1u << n)
        return;
    s->looks_unread = 0;
    if (connection_catch_up(s, &e) != WFPW_OK)
        (void)gives_up_reading(s, false, &e);
}

/* ---- connecting ----------------------------------------------------------------------------- */

static void report_refused(struct service *s, const char *call)
{
    if (s->subscription.refused != 0 && !s->reported_refused)
        service_say(s, 3, "the engine does not take the conditions: they are only asked here", call,
                    s->subscription.refused);
    s->reported_refused = s->subscription.refused != 0;
}

static void disconnect_engine(struct service *s)
{
    policy_watch_disconnect(s->policy);
    subscription_disconnect(&s->subscription);
}

/* Changes of filters come before the events that they cause, if they are events themselves. */
static uint32_t subscribe_all(struct service *s, const char **call)
{
    uint32_t code = subscription_open(&s->subscription, call);
    if (code != 0)
        return code;
    policy_watch_connect(s->policy, s->subscription.system, s->subscription.engine);
    if (service_follows(s)) {
        *call = "FwpmFilterSubscribeChanges0";
        code = policy_watch_subscribe(s->policy);
        if (s->was_there)
            code = 0; /* which is tried again; events come all the same */
    }
    if (code == 0)
        code = subscription_connect(&s->subscription, call);
    if (code != 0)
        disconnect_engine(s);
    return code;
}

static int subscribe_events(struct service *s, wfpw_error *e)
{
    const char *call;
    uint64_t now = clock_of(s);
    s->subscription.epoch = policy_watch_epoch(s->policy, s->subscription.system);
    uint32_t code = subscribe_all(s, &call);
    report_refused(s, call);
    if (code != 0)
        return error_set(e, error_of_engine(code), call, code, NULL);
    if (s->begin == 0)
        s->begin = s->o.since != 0 ? s->o.since : now;
    s->well = now;
    return WFPW_OK;
}

/* An engine may refuse to tell of what it does not collect. */
static int subscribe_at_all(struct service *s, wfpw_error *e)
{
    wfpw_error other;
    int status = subscribe_events(s, e);
    if (status != WFPW_E_DISABLED || s->collection == NULL)
        return status;
    return settings_try(s, &other) == WFPW_OK ? subscribe_events(s, e) : status;
}

/* Who subscribes first and then turns collection on gets all of it; what was kept is read after
 * both: so nothing comes in between, and what comes twice is known again. Only that there is no
 * subscription is an error, and, the first time, that settings can not be had on this host. */
static int connect_once(struct service *s, bool last, wfpw_error *e)
{
    int status = subscribe_at_all(s, e);
    if (status != WFPW_OK)
        return status;
    if (os_u64_load(&s->subscribed_at) == 0)
        os_u64_store(&s->subscribed_at, os_ticks_ms());
    if (settings_try(s, e) == WFPW_E_NOTSUP && !s->was_there)
        status = WFPW_E_NOTSUP;
    else if (connection_catch_up(s, e) != WFPW_OK && !gives_up_reading(s, last, e))
        status = e->status;
    if (status != WFPW_OK)
        disconnect_engine(s);
    s->was_there = s->was_there || status == WFPW_OK;
    return status;
}

static bool is_for_good(const struct service *s, const wfpw_error *e)
{
    return !s->was_there && (e->os_code == 0 || error_is_for_good(e->os_code));
}

/* Tries until the engine is there, `end` (ticks; 0: never) is over, or an error says, the first
 * time, that waiting does not help. Whatever the code is later: it was there, and may be again. */
static bool connect_until(struct service *s, uint64_t end)
{
    uint32_t ms = RETRY_FIRST_MS;
    uint64_t now = os_ticks_ms();
    wfpw_error e;
    while (connect_once(s, end != 0 && now >= end, &e) != WFPW_OK) {
        bool over = end != 0 && now >= end;
        now = os_ticks_ms();
        if (is_for_good(s, &e) || (over && !s->was_there)) {
            fail_connection(s, &e);
            return false;
        }
        service_say_error(s, 3, "the engine is not there", &e);
        service_set_state(s, WFPW_STATE_WAITING);
        if (end != 0 && end > now && ms > end - now)
            ms = (uint32_t)(end - now);
        service_rest(s, ms);
        if (service_is_stopped(s))
            return false;
        now = os_ticks_ms();
        ms = ms * 2 < RETRY_LAST_MS ? ms * 2 : RETRY_LAST_MS;
    }
    service_note_answer(s);
    service_set_state(s, WFPW_STATE_CONNECTED);
    return true;
}

bool connection_first(struct service *s)
{
    uint64_t now = os_ticks_ms();
    s->due_from = s->o.since;
    if (s->due_from != 0)
        drain_wait(&s->drain, 0);
    bool connected = take_system(s) && connect_until(s, now + s->o.wait_ms);
    drain_go_on(&s->drain);
    if (connected) {
        keep_policy(s);
        keep_rules(s);
    }
    return connected;
}

/* ---- watching ------------------------------------------------------------------------------- */

bool connection_again(struct service *s, const char *call, uint32_t code)
{
    uint64_t from = s->well;
    service_up(s); /* it was there: who waits for it need not wait again */
    service_say(s, 2, "the engine went away", call, code);
    disconnect_engine(s);
    uint64_t after = ring_pushed(&s->ring);
    drain_wait(&s->drain, after);
    connection_want_past(s);
    service_set_state(s, WFPW_STATE_WAITING);
    bool connected = connect_until(s, 0);
    if (connected) {
        drain_found(&s->drain, HOLE_OUTAGE, after, from);
        os_u64_bump(&s->life.outages, 1);
        os_u64_store(&s->life.begun, 0);
    }
    drain_go_on(&s->drain);
    if (connected)
        service_say(s, 3, "subscribed again", NULL, 0);
    return connected;
}

/* Who may not see settings would not see that the engine is another one by now: what such a session
 * may do on its handle is to subscribe once more, for a moment. */
static uint32_t look_denied(struct service *s, uint32_t denied)
{
    const char *call;
    uint32_t code =
        rights_query(s->subscription.system, s->subscription.engine, RIGHTS_EVENTS, &call);
    return code == 0 ? denied : error_is_denied(code) ? FWP_E_SESSION_ABORTED : code;
}

static uint32_t look_at_engine(struct service *s, bool *on, bool *intact)
{
    uint32_t code;
    *intact = true;
    if (settings_hold(s))
        code = collection_look(s->collection, s->subscription.engine, on, intact);
    else
        code = subscription_collects(&s->subscription, on);
    return error_is_denied(code) ? look_denied(s, code) : code;
}

static void judge_settings(struct service *s, bool on, bool intact)
{
    if (!intact && settings_turn_on_again(s))
        on = true;
    if (!on && !settings_hold(s) && os_u32_load(&s->state) != WFPW_STATE_COLLECTION_OFF)
        service_say(s, 2, "this machine collects no net events", NULL, 0);
    service_set_state(s, on ? WFPW_STATE_CONNECTED : WFPW_STATE_COLLECTION_OFF);
}

/* The clock is far ahead of what we waited for: the machine slept, or the clock was set. The
 * subscription lives; but what it did not bring, the engine may have kept. */
static void see_sleep(struct service *s, uint64_t now)
{
    if (now < s->well || now - s->well < s->o.watch_ms * a_ms + late)
        return;
    connection_want_past(s);
    drain_wait(&s->drain, ring_pushed(&s->ring));
}

/* Only what is denied is no sign of an outage. An engine that lets us subscribe and never look is
 * subscribed to anew less and less often: in between its events come. */
static bool look_failed(struct service *s, uint32_t code)
{
    wfpw_error e;
    uint64_t ms = s->o.watch_ms, most = ms > RETRY_LAST_MS ? ms : RETRY_LAST_MS;
    (void)error_set(&e, error_of_engine(code), "FwpmEngineGetOption0", code, NULL);
    if (s->bad_looks++ > 0)
        service_do_without(s, WFPW_MISSING_LOOKING, "looking at the engine fails again and again",
                           &e);
    bool on, connected = connection_again(s, e.where, code);
    code = connected ? subscription_collects(&s->subscription, &on) : code;
    if (code == 0 || error_is_denied(code))
        s->bad_looks = 0; /* it was an outage, and is over */
    ms = s->bad_looks < 16 ? ms << s->bad_looks : most;
    s->next_watch = os_ticks_ms() + (ms < most ? ms : most);
    return connected;
}

bool connection_watch(struct service *s)
{
    wfpw_error e;
    bool on, intact;
    settings_ask_again(s);
    keep_policy(s);
    keep_rules(s);
    see_sleep(s, clock_of(s));
    uint32_t code = look_at_engine(s, &on, &intact);
    s->next_watch = os_ticks_ms() + s->o.watch_ms;
    if (code != 0 && !error_is_denied(code))
        return look_failed(s, code);
    s->bad_looks = 0;
    service_see_life(s); /* before the state is told: what is read now may take its time */
    if (code == 0) {
        judge_settings(s, on, intact);
        service_have(s, WFPW_MISSING_LOOKING);
    } else {
        (void)error_set(&e, error_of_engine(code), "FwpmEngineGetOption0", code, NULL);
        service_do_without(s, WFPW_MISSING_LOOKING, "whether events are collected cannot be seen",
                           &e);
    }
    read_late(s);
    drain_go_on(&s->drain);
    s->well = clock_of(s);
    return true;
}

void connection_end(struct service *s)
{
    wfpw_error e;
    disconnect_engine(s);
    if (s->collection != NULL && collection_leave(s->collection, &e) != WFPW_OK)
        service_say_error(s, 2, "what was turned on stays on until the next session or repair", &e);
    if (s->keeper != NULL) /* waits for its thread, whose calls are not the engine's */
        audit_keeper_end(s->keeper);
    if (s->rules != NULL)
        rules_watch_end(s->rules);
}
