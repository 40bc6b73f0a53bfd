/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A failed connection, explained from what the host has: the events that its engine keeps, and its
 * Security log. */
#include "base/error.h"
#include "base/options.h"
#include "engine/engine.h"
#include "explain/explanation.h"

enum { POLICY_ROWS = 128, PATIENCE_MS = 5000 /* for a log whose service is away */ };

/* What the sources need. */
struct host {
    wfpw_options o;
    wfpw_explanation *x;
    wfpw_session *session;
    wfpw_names *names; /* of its own; NULL: those of the options, or none */
};

/* The options that count here. false: something is wrong. */
static bool take_options(struct host *h, const wfpw_options *o)
{
    wfpw_options given;
    if (!options_take(&given, o))
        return false;
    h->o = (wfpw_options){.size = sizeof h->o,
                          .flags = WFPW_OPEN_PID,
                          .system = given.system,
                          .allocator = given.allocator,
                          .log = given.log,
                          .log_ctx = given.log_ctx,
                          .hooks = given.hooks,
                          .names = given.names,
                          .names_bytes = given.names_bytes,
                          .own_provider = given.own_provider};
    return true;
}

/* Now, if the question has no time of its own. */
static int open_explanation(struct host *h, const wfpw_question *question, wfpw_error *e)
{
    struct system_host place;
    wfpw_question q;
    if (!question_take(&q, question))
        return error_set(e, WFPW_E_INVAL, "wfpw_explain", 0, "the question is wrong");
    const struct wfpw_system *system = engine_system(h->o.system, &place, "wfpw_explain", e);
    if (system == NULL)
        return WFPW_E_NOTSUP;
    if (q.time == 0)
        q.time = system->now(system->ctx);
    int status = wfpw_explanation_new(h->o.allocator, &q, &h->x, e);
    if (status == WFPW_OK)
        h->x->is_of_host = true;
    return status;
}

/* ---- sources -------------------------------------------------------------------------------- */

/* All that is kept, so that it is known how far it reaches. */
static int add_history(struct host *h, wfpw_error *e)
{
    wfpw_explained_by *by = &h->x->by;
    by->history_status = wfpw_add_history(h->session, NULL, e);
    if (by->history_status == WFPW_E_DISABLED)
        by->unseen |= WFPW_UNSEEN_COLLECTION_OFF;
    else if (by->history_status != WFPW_OK)
        by->unseen |= WFPW_UNSEEN_HISTORY;
    return by->history_status;
}

static int add_log(struct host *h)
{
    wfpw_explained_by *by = &h->x->by;
    wfpw_audit_log log = {
        .size = sizeof log, .flags = WFPW_AUDIT_PAST, .since = by->since, .until = by->until};
    by->log_status = wfpw_add_audit(h->session, &log, NULL);
    by->unseen |= by->log_status != WFPW_OK ? (uint32_t)WFPW_UNSEEN_LOG : 0;
    return by->log_status;
}

/* The library's own failures end it; of the sources one is enough. */
static int open_session(struct host *h, wfpw_error *e)
{
    int status = wfpw_open(&h->o, &h->session, e);
    if (status != WFPW_OK)
        return status;
    int history = add_history(h, e);
    if (history == WFPW_E_NOMEM)
        return history;
    int log = add_log(h);
    if (log == WFPW_E_NOMEM)
        return error_set(e, log, "wfpw_add_audit", 0, NULL);
    return history != WFPW_OK && log != WFPW_OK ? history : WFPW_OK;
}

/* Without names there are ids: that is logged, and no failure. */
static int load_names(struct host *h, wfpw_error *e)
{
    if (h->o.names != NULL)
        return WFPW_OK;
    int status = wfpw_names_open(&h->o, &h->names, e);
    if (status != WFPW_OK)
        return status;
    h->o.names = h->names;
    status = wfpw_names_load_host(h->names, &h->o, e);
    if (status != WFPW_E_NOMEM && h->o.log != NULL && status < 0)
        error_log(h->o.log, h->o.log_ctx, 2, "filters have no names", "wfpw_names_load_host", 0);
    return status == WFPW_E_NOMEM ? status : WFPW_OK;
}

/* Whether the log gets refusals, as the policy is now. */
static int look_at_audit_policy(struct host *h, wfpw_error *e)
{
    wfpw_audit_policy rows[POLICY_ROWS] = {{.size = sizeof *rows}};
    wfpw_explained_by *by = &h->x->by;
    int n = wfpw_audit_policy_get(&h->o, rows, POLICY_ROWS, e);
    bool is_unknown = n <= 0;
    for (int i = 0; i < n && i < POLICY_ROWS; i++) {
        is_unknown |= rows[i].needed != 0 && rows[i].os_code != 0;
        if (rows[i].os_code == 0 && (rows[i].needed & ~rows[i].audited) != 0)
            by->unseen |= WFPW_UNSEEN_AUDIT_OFF;
    }
    by->unseen |= is_unknown ? (uint32_t)WFPW_UNSEEN_AUDIT_UNKNOWN : 0;
    return n == WFPW_E_NOMEM ? n : WFPW_OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

static int read_all(struct host *h, wfpw_error *e)
{
    int n;
    do
        n = wfpw_explanation_read(h->x, h->session, PATIENCE_MS, e);
    while (n > 0);
    if (n == 0)
        return error_set(e, WFPW_E_TIMEOUT, "wfpw_add_audit", 0, NULL);
    return n == WFPW_E_EOF ? WFPW_OK : n;
}

/* A log that broke off says so; what the engine keeps was read before. */
static int read_sources(struct host *h, wfpw_error *e)
{
    wfpw_explained_by *by = &h->x->by;
    int status = read_all(h, e);
    if (status == WFPW_OK || status == WFPW_E_NOMEM)
        return status;
    by->log_status = status;
    by->unseen |= WFPW_UNSEEN_LOG;
    return by->history_status == WFPW_OK ? WFPW_OK : status;
}

static void note_reach(wfpw_explained_by *by)
{
    bool reaches = by->net_events_from != 0 && by->net_events_from <= by->since;
    if (by->history_status == WFPW_OK && !reaches)
        by->unseen |= WFPW_UNSEEN_HISTORY_REACH;
}

static int explain_host(struct host *h, const wfpw_question *q, wfpw_error *e)
{
    int status = open_explanation(h, q, e);
    if (status == WFPW_OK)
        status = load_names(h, e);
    if (status == WFPW_OK)
        status = open_session(h, e);
    if (status == WFPW_OK)
        status = look_at_audit_policy(h, e);
    if (status == WFPW_OK)
        status = read_sources(h, e);
    if (status == WFPW_OK)
        note_reach(&h->x->by);
    return status;
}

int WFPW_CALL wfpw_explain(const wfpw_options *o, const wfpw_question *q, wfpw_explanation **out,
                           wfpw_error *e)
{
    struct host h = {.x = NULL};
    if (out != NULL)
        *out = NULL;
    if (out == NULL || !take_options(&h, o))
        return error_set(e, WFPW_E_INVAL, "wfpw_explain", 0, NULL);
    int status = explain_host(&h, q, e);
    wfpw_close(h.session);
    wfpw_names_close(h.names);
    if (status != WFPW_OK) {
        wfpw_explanation_free(h.x);
        return status;
    }
    *out = h.x;
    return (int)h.x->used;
}
