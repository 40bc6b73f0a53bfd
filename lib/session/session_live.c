/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine in a session: what it keeps, and what it reports. */
#include "base/error.h"
#include "base/options.h"
#include "session/session_internal.h"
#include "source/history.h"
#include "template/template.h"

enum {
    WATCH_DEFAULT_MS = 1000,
    WATCH_MIN_MS = 10,
    SILENCE_MIN_MS = 1000,
    HISTORY_MIN = 1024 * 1024 /* bytes of kept events that there is room for */
};

static uint32_t kept_bytes(const wfpw_session *s)
{
    return session_ring_bytes(s) > HISTORY_MIN ? session_ring_bytes(s) : HISTORY_MIN;
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
        .hooks = s->o.hooks,
    };
    int status = history_open(&ho, &source, e);
    if (status == WFPW_OK)
        session_append(s, source);
    return status;
}

static bool live_is_good(const wfpw_live *live)
{
    const uint32_t flags =
        WFPW_LIVE_OBSERVE | WFPW_LIVE_IPSEC | WFPW_LIVE_FILTERS | WFPW_LIVE_AUDIT_POLICY;
    const uint32_t changes = WFPW_LIVE_IPSEC | WFPW_LIVE_AUDIT_POLICY;
    bool observe = (live->flags & WFPW_LIVE_OBSERVE) != 0;
    return (live->flags & ~flags) == 0 && (live->keywords & ~(uint32_t)WFPW_KEYWORD_ALL) == 0 &&
           live->reserved == 0 && live->reserved2 == 0 && live->wait_ms <= INT32_MAX &&
           live->watch_ms <= INT32_MAX && live->aggregate_ms <= INT32_MAX &&
           (live->aggregate_ms != 0 || live->aggregate_bytes == 0) &&
           (live->silence_ms == 0 || live->silence_ms >= SILENCE_MIN_MS) &&
           !(observe && (live->keywords != 0 || (live->flags & changes) != 0));
}

static uint32_t watch_ms(const wfpw_live *live)
{
    uint32_t ms = live->watch_ms != 0 ? live->watch_ms : WATCH_DEFAULT_MS;
    return ms < WATCH_MIN_MS ? WATCH_MIN_MS : ms;
}

/* The records that events of the template are, and their audits: 5157 and its like, 5152, 5156. */
static void want_policy(const struct wfpw_session *s, uint32_t keywords, uint32_t wants[LENT])
{
    enum { DROPPED = 5152, ALLOWED = 5156 };
    const wfpw_template *t = s->o.match;
    bool drops = template_admits(t, WFPW_KIND_AUDIT, DROPPED, WFPW_VERDICT_DROP) ||
                 template_admits(t, WFPW_KIND_AUDIT, DROPPED, WFPW_VERDICT_BLOCK) ||
                 template_admits(t, WFPW_KIND_CLASSIFY_DROP, 0, WFPW_VERDICT_DROP);
    bool allowed = template_admits(t, WFPW_KIND_AUDIT, ALLOWED, WFPW_VERDICT_ALLOW) ||
                   template_admits(t, WFPW_KIND_CLASSIFY_ALLOW, 0, WFPW_VERDICT_ALLOW);
    if ((keywords & WFPW_KEYWORD_CLASSIFY_ALLOW) == 0)
        allowed = false;
    wants[LENT_CONNECTION] = AUDIT_FAILURE | (allowed ? AUDIT_SUCCESS : 0);
    wants[LENT_PACKET_DROP] = drops ? AUDIT_FAILURE : 0;
}

/* With E_STOPPED the session may have one that ends when its call of the engine does. */
static int start_service(struct wfpw_session *s, const struct service_options *o, wfpw_error *e)
{
    struct service *service;
    int status = session_is_stopped(s) ? error_set(e, WFPW_E_STOPPED, "wfpw_add_live", 0, NULL)
                                       : service_new(o, &service, e);
    if (status != WFPW_OK)
        return status;
    stopping_publish(&s->stopping_service, service);
    if (session_is_stopped(s)) /* meanwhile */
        service_stop(service);
    status = service_run(service, e);
    if (status == WFPW_OK || status == WFPW_E_STOPPED) {
        s->service = service;
        s->name_filters.live = s->name_rules.live = service_names(service);
        session_watch_deadlines(s);
        session_tell_match(s);
    } else {
        stopping_withdraw(&s->stopping_service);
        s->ready_stays |= !service_close(service);
    }
    return status;
}

int WFPW_CALL wfpw_add_live(wfpw_session *s, const wfpw_live *o, wfpw_error *e)
{
    wfpw_live live;
    if (s == NULL || o == NULL || !options_copy(&live, sizeof live, o, o->size) ||
        !live_is_good(&live) || s->service != NULL ||
        (live.guard != NULL && (s->o.flags & WFPW_OPEN_NO_NAMES) != 0))
        return error_set(e, WFPW_E_INVAL, "wfpw_add_live", 0, NULL);
    struct service_options so = {
        .memory = s->memory,
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
        .hooks = s->o.hooks,
        .system = s->o.system,
        .ready = session_ready(s),
        .state_dir = s->o.state_dir,
        .match = s->given_match,
        .observe = (live.flags & WFPW_LIVE_OBSERVE) != 0,
        .ipsec = (live.flags & WFPW_LIVE_IPSEC) != 0,
        .audit_policy = (live.flags & WFPW_LIVE_AUDIT_POLICY) != 0,
        .filters = (live.flags & WFPW_LIVE_FILTERS) != 0,
        .guard = live.guard,
        .accounts = (s->o.flags & WFPW_OPEN_ACCOUNTS) != 0,
        .sockets = (s->o.flags & WFPW_OPEN_SOCKETS) != 0,
        .wants_process = (s->o.flags & WFPW_OPEN_PID) != 0,
        .keywords = live.keywords != 0 ? live.keywords : (uint32_t)WFPW_KEYWORD_ALL,
        .ring_bytes = session_ring_bytes(s),
        .kept_bytes = kept_bytes(s),
        .since = live.since,
        .wait_ms = live.wait_ms,
        .watch_ms = watch_ms(&live),
        .silence_ms = live.silence_ms,
        .aggregate_ms = live.aggregate_ms,
        .aggregate_bytes = live.aggregate_bytes,
        .no_names = (s->o.flags & WFPW_OPEN_NO_NAMES) != 0,
        .join_ms = s->o.join_ms,
        .names_bytes = s->o.names_bytes,
    };
    want_policy(s, so.keywords, so.audit_wants);
    s->guard = live.guard;
    if (so.ready == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_live", 0, NULL);
    return start_service(s, &so, e);
}
