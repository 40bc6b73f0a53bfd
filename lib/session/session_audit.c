/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log in a session: adding it, and the place to come back to. */
#include <string.h>

#include "audit_log/bookmark.h"
#include "base/error.h"
#include "base/options.h"
#include "session/session_internal.h"

enum { QUIET_DEFAULT_MS = 60000, QUIET_MIN_MS = 10 };

static bool is_good(const wfpw_audit_log *o)
{
    const uint32_t flags = WFPW_AUDIT_CLASSIC | WFPW_AUDIT_OLDEST | WFPW_AUDIT_PAST;
    bool past_only = (o->flags & WFPW_AUDIT_PAST) != 0;
    return (o->flags & ~flags) == 0 && o->wait_ms <= INT32_MAX && o->watch_ms <= INT32_MAX &&
           (o->until == 0 || (past_only && o->since <= o->until));
}

static struct audit_log_options options_of(const wfpw_session *s, const wfpw_audit_log *o)
{
    uint32_t watch = o->watch_ms != 0 ? o->watch_ms : QUIET_DEFAULT_MS;
    return (struct audit_log_options){
        .memory = s->memory,
        .log = s->o.log,
        .log_ctx = s->o.log_ctx,
        .hooks = s->o.hooks,
        .system = s->o.system,
        .match = s->given_match,
        .ring_bytes = session_ring_bytes(s),
        .wait_ms = o->wait_ms,
        .watch_ms = watch > QUIET_MIN_MS ? watch : (uint32_t)QUIET_MIN_MS,
        .classic = (o->flags & WFPW_AUDIT_CLASSIC) != 0,
        .oldest = (o->flags & WFPW_AUDIT_OLDEST) != 0,
        .past_only = (o->flags & WFPW_AUDIT_PAST) != 0,
        .since = o->since,
        .until = o->until,
    };
}

/* With E_STOPPED the session may have one that ends when its call of the system does. */
static int start_audit(wfpw_session *s, const struct audit_log_options *o, wfpw_error *e)
{
    struct audit_log *audit;
    int status = session_is_stopped(s) ? error_set(e, WFPW_E_STOPPED, "wfpw_add_audit", 0, NULL)
                                       : audit_log_new(o, &audit, e);
    if (status != WFPW_OK)
        return status;
    stopping_publish(&s->stopping_audit, audit);
    if (session_is_stopped(s)) /* meanwhile */
        audit_log_stop(audit);
    status = audit_log_run(audit, e);
    if (status == WFPW_OK || status == WFPW_E_STOPPED) {
        s->audit = audit;
        s->has_place = status == WFPW_OK && audit_log_began(audit, &s->audit_place);
        session_watch_deadlines(s);
        session_tell_match(s);
    } else {
        stopping_withdraw(&s->stopping_audit);
        audit_log_close(audit);
    }
    return status;
}

int WFPW_CALL wfpw_add_audit(wfpw_session *s, const wfpw_audit_log *o, wfpw_error *e)
{
    wfpw_audit_log copy = {.size = sizeof copy};
    if (s == NULL || s->audit != NULL ||
        (o != NULL && !options_copy(&copy, sizeof copy, o, o->size)) || !is_good(&copy))
        return error_set(e, WFPW_E_INVAL, "wfpw_add_audit", 0, NULL);
    struct audit_log_options ao = options_of(s, &copy);
    ao.has_place = copy.bookmark != NULL;
    if (ao.has_place && !bookmark_read(copy.bookmark, strlen(copy.bookmark), &ao.place))
        return error_set(e, WFPW_E_SYNTAX, "bookmark", 0,
                         "this is no bookmark of the Security log");
    ao.ready = session_ready(s);
    if (ao.ready == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_audit", 0, NULL);
    return start_audit(s, &ao, e);
}

int WFPW_CALL wfpw_get_bookmark(const wfpw_session *s, char *buf, size_t cap, size_t *needed)
{
    char text[BOOKMARK_MAX];
    if (s == NULL || s->audit == NULL || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    uint64_t kept, place = s->audit_place;
    if (joiner_oldest_audit(&s->joiner, &kept) && kept <= place)
        place = kept > 0 ? kept - 1 : 0; /* what waits for its other half was not given yet */
    size_t n = s->has_place ? bookmark_write(text, place) : 0;
    if (needed != NULL)
        *needed = n + 1;
    if (cap < n + 1)
        return WFPW_E_RANGE;
    memcpy(buf, text, n);
    buf[n] = 0;
    return (int)n;
}
