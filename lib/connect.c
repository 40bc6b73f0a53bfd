/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The service thread's way to the engine: finding it, waiting for it, subscribing, looking whether
 * it is still there and collects, and subscribing anew when it was away. */
#include "engine.h"
#include "error.h"
#include "servicing.h"

enum { RETRY_FIRST_MS = 50, RETRY_LAST_MS = 5000 };

/* ---- the system ----------------------------------------------------------------------------- */

static void fail(struct service *s, const wfpw_error *e)
{
    s->error = *e;
    service_say_error(s, 1, "the live source ends", e);
    service_set_state(s, WFPW_STATE_FAILED);
}

/* What the system lacks; NULL: nothing. */
static const char *what_lacks(const struct service *s, const struct wfpw_system *system)
{
    if (!live_is_possible(system))
        return "this Windows has no subscription to net events";
    if (s->collection != NULL && !collection_is_possible(system))
        return "settings of this host cannot be changed: pass WFPW_LIVE_OBSERVE";
    if (s->o.filters && (system->policy == NULL || system->policy->subscribe_changes == NULL ||
                         system->policy->unsubscribe_changes == NULL))
        return "this Windows does not tell of filters that come and go";
    return NULL;
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
        .wants = {[COLLECT] = 1, [KEYWORDS] = s->o.keywords, [IPSEC] = s->o.ipsec},
    };
    s->live.system = s->drain.system = system;
    own_app_ask(&s->own, system);
    placing_start(&s->placing, system, s->o.accounts);
    if (s->collection != NULL)
        collection_init(s->collection, &o);
    if (live_prepare(&s->live, &s->error) == WFPW_OK)
        return true;
    service_set_state(s, WFPW_STATE_FAILED);
    return false;
}

/* ---- connecting ----------------------------------------------------------------------------- */

/* Changes of filters come before the events that they cause, if they are events themselves. */
static uint32_t subscribe(struct service *s, const char **call)
{
    uint32_t code = live_open(&s->live, call);
    if (code != 0)
        return code;
    policy_connect(s->policy, s->live.system, s->live.engine);
    if (s->o.filters) {
        *call = "FwpmFilterSubscribeChanges0";
        code = policy_watch(s->policy);
    }
    if (code == 0)
        code = live_connect(&s->live, call);
    if (code != 0) {
        policy_disconnect(s->policy);
        live_disconnect(&s->live);
    }
    return code;
}

static void tell_refused(struct service *s, const char *call)
{
    if (s->live.refused != 0 && !s->told_refused)
        service_say(s, 3, "the engine does not take the conditions: they are only asked here", call,
                    s->live.refused);
    s->told_refused = s->live.refused != 0;
}

/* What is to be collected is on before anybody subscribes. */
static int connect_once(struct service *s, wfpw_error *e)
{
    const char *call;
    int status = s->collection != NULL ? collection_take(s->collection, e) : WFPW_OK;
    if (status != WFPW_OK)
        return status;
    s->live.epoch = policy_epoch(s->policy, s->live.system);
    uint32_t code = subscribe(s, &call);
    tell_refused(s, call);
    return code == 0 ? WFPW_OK : error_set(e, error_of_engine(code), call, code, NULL);
}

/* Tries until the engine is there, `end` (ticks; 0: never) is over, or an error says that waiting
 * does not help. */
static bool connect_until(struct service *s, uint64_t end)
{
    uint32_t ms = RETRY_FIRST_MS;
    wfpw_error e;
    int status;
    while ((status = connect_once(s, &e)) != WFPW_OK) {
        uint64_t now = os_ticks_ms();
        bool late = end != 0 && now >= end;
        if ((status != WFPW_E_NOSERVICE && status != WFPW_E_TIMEOUT) || late) {
            fail(s, &e);
            return false;
        }
        service_set_state(s, WFPW_STATE_WAITING);
        if (end != 0 && ms > end - now)
            ms = (uint32_t)(end - now);
        service_rest(s, ms);
        if (service_is_stopped(s))
            return false;
        ms = ms * 2 < RETRY_LAST_MS ? ms * 2 : RETRY_LAST_MS;
    }
    service_set_state(s, WFPW_STATE_CONNECTED);
    return true;
}

bool connect_first(struct service *s)
{
    uint64_t now = os_ticks_ms();
    return take_system(s) && connect_until(s, now + s->o.wait_ms);
}

/* ---- watching ------------------------------------------------------------------------------- */

static bool reconnect(struct service *s, uint32_t code)
{
    os_signal_set(&s->started); /* it was there: who waits for it need not wait again */
    service_say(s, 2, "the engine went away", "FwpmEngineGetOption0", code);
    policy_disconnect(s->policy);
    live_disconnect(&s->live);
    uint64_t after = ring_pushed(&s->ring);
    service_set_state(s, WFPW_STATE_WAITING);
    if (!connect_until(s, 0))
        return false;
    drain_found(&s->drain, HOLE_OUTAGE, after);
    service_say(s, 3, "subscribed again", NULL, 0);
    return true;
}

/* Another program turned off what we had turned on. Whether it is on again. */
static bool turn_on_again(struct service *s)
{
    wfpw_error e;
    uint64_t after = ring_pushed(&s->ring);
    if (collection_take(s->collection, &e) == WFPW_OK) {
        drain_found(&s->drain, HOLE_COLLECTION, after);
        s->told_no_turning = false;
        service_say(s, 2, "another program turned collection off; it is on again", NULL, 0);
        return true;
    }
    if (!s->told_no_turning)
        service_say_error(s, 2, "another program turned collection off, and it stays off", &e);
    s->told_no_turning = true;
    return false;
}

static uint32_t look(struct service *s, bool *on, bool *intact)
{
    *intact = true;
    if (s->collection != NULL)
        return collection_look(s->collection, s->live.engine, on, intact);
    return live_collects(&s->live, on);
}

bool connect_watch(struct service *s)
{
    bool on, intact;
    uint32_t code = look(s, &on, &intact);
    s->next_watch = os_ticks_ms() + s->o.watch_ms;
    if (error_is_outage(code))
        return reconnect(s, code);
    if (code == 0) {
        if (!intact && turn_on_again(s))
            on = true;
        if (!on && s->collection == NULL && os_u32_load(&s->state) != WFPW_STATE_COLLECTION_OFF)
            service_say(s, 2, "this machine collects no net events", NULL, 0);
        service_set_state(s, on ? WFPW_STATE_CONNECTED : WFPW_STATE_COLLECTION_OFF);
    } else if (!s->told_no_option) {
        s->told_no_option = true;
        service_say(s, 2, "whether events are collected cannot be seen", "FwpmEngineGetOption0",
                    code);
    }
    return true;
}

void connect_end(struct service *s)
{
    wfpw_error e;
    policy_disconnect(s->policy);
    live_disconnect(&s->live);
    if (s->collection != NULL && collection_leave(s->collection, &e) != WFPW_OK)
        service_say_error(s, 2, "what was turned on stays on until the next session or repair", &e);
}
