/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is changed of a session while it is read, perhaps on another thread. */
#include "base/error.h"
#include "session/session_internal.h"

/* ---- conditions ----------------------------------------------------------------------------- */

/* Each for one of those who ask: none of them waits for another one to be done with its own. */
enum copy { FOR_READER, FOR_CALLBACKS, FOR_SERVICE, FOR_LOG, COPIES };

static void free_copies(wfpw_template *copies[COPIES])
{
    for (int i = 0; i < COPIES; i++)
        wfpw_template_free(copies[i]);
}

/* false: no memory. */
static bool make_copies(const wfpw_session *s, const wfpw_template *match,
                        const bool wanted[COPIES], wfpw_template *copies[COPIES])
{
    bool all = true;
    for (int i = 0; i < COPIES; i++) {
        copies[i] = wanted[i] ? template_copy(match, &s->memory) : NULL;
        all = all && (copies[i] != NULL || !wanted[i]);
    }
    if (!all)
        free_copies(copies);
    return all;
}

static int change_sources(wfpw_session *s, const wfpw_template *match, struct service *service,
                          struct audit_log *log)
{
    wfpw_template *copies[COPIES];
    const bool wanted[COPIES] = {true, service != NULL, service != NULL, log != NULL};
    if (!make_copies(s, match, wanted, copies))
        return WFPW_E_NOMEM;
    int status = WFPW_OK;
    if (service != NULL)
        status = service_set_match(service, copies[FOR_CALLBACKS], copies[FOR_SERVICE]);
    if (status != WFPW_OK) {
        free_copies(copies);
        return status;
    }
    if (log != NULL)
        audit_log_set_match(log, copies[FOR_LOG]);
    template_next_put(&s->next_match, copies[FOR_READER]);
    return WFPW_OK;
}

static int change_match(wfpw_session *s, const wfpw_template *match, wfpw_error *e)
{
    static const char where[] = "wfpw_set_match";
    if (session_is_stopped(s))
        return error_set(e, WFPW_E_STOPPED, where, 0, NULL);
    struct service *service = stopping_enter(&s->stopping_service);
    struct audit_log *log = stopping_enter(&s->stopping_audit);
    int status = WFPW_E_INVAL;
    if (service != NULL || log != NULL)
        status = change_sources(s, match, service, log);
    stopping_leave(&s->stopping_service);
    stopping_leave(&s->stopping_audit);
    if (status == WFPW_OK)
        return status;
    return error_set(e, status, where, 0,
                     status == WFPW_E_INVAL     ? "the session has no live source"
                     : status == WFPW_E_TIMEOUT ? "callbacks still use too many former conditions"
                                                : NULL);
}

int WFPW_CALL wfpw_set_match(wfpw_session *s, const wfpw_template *match, wfpw_error *e)
{
    if (s == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_set_match", 0, NULL);
    if (match != NULL && match->asks_verdict && (s->o.flags & WFPW_OPEN_NO_VERDICT) != 0)
        return error_set(e, WFPW_E_INVAL, "wfpw_set_match", 0,
                         "a condition asks for verdicts, which are left out");
    os_mutex_lock(&s->change);
    int status = change_match(s, match, e);
    os_mutex_unlock(&s->change);
    return status;
}

void session_use_match(wfpw_session *s)
{
    wfpw_template *fresh = template_next_take(&s->next_match);
    if (fresh == NULL)
        return;
    wfpw_template_free(s->own_match);
    s->o.match = s->own_match = fresh;
    s->late_conditions = fresh->has_late;
}

void session_tell_match(wfpw_session *s)
{
    session_use_match(s);
    if (s->own_match != NULL)
        (void)wfpw_set_match(s, s->own_match, NULL);
}

/* ---- keywords ------------------------------------------------------------------------------- */

static int change_keywords(wfpw_session *s, uint32_t keywords)
{
    if (session_is_stopped(s))
        return WFPW_E_STOPPED;
    struct service *service = stopping_enter(&s->stopping_service);
    bool done = service != NULL && service_set_keywords(service, keywords);
    stopping_leave(&s->stopping_service);
    return done ? WFPW_OK : WFPW_E_INVAL;
}

int WFPW_CALL wfpw_set_keywords(wfpw_session *s, uint32_t keywords, wfpw_error *e)
{
    const uint32_t all = WFPW_KEYWORD_ALL;
    int status = WFPW_E_INVAL;
    if (s != NULL && (keywords & ~all) == 0)
        status = change_keywords(s, keywords != 0 ? keywords : all);
    return status == WFPW_OK ? status : error_set(e, status, "wfpw_set_keywords", 0, NULL);
}
