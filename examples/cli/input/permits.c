/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/permits.h"

#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

enum { READ_MS = 200, LISTEN = 5154, CONNECT = 5156, BIND = 5158 };
static const uint64_t tolerance = 20000000; /* 2 s: a bind is recorded before it is done */

/* ---- which socket --------------------------------------------------------------------------- */

static bool same_address(const wfpw_endpoint *a, const wfpw_endpoint *b)
{
    return a->family == b->family && memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

static bool is_any(const wfpw_endpoint *e)
{
    static const uint8_t none[16] = {0};
    return memcmp(e->addr, none, sizeof none) == 0;
}

/* A record of a bind has the address that was asked for. */
static bool same_local(const wfpw_connection *c, const wfpw_event *ev)
{
    bool either_any =
        c->local.family == ev->local.family && (is_any(&c->local) || is_any(&ev->local));
    return c->local.port == ev->local.port && (either_any || same_address(&c->local, &ev->local));
}

static bool same_remote(const wfpw_connection *c, const wfpw_event *ev)
{
    return c->remote.port == ev->remote.port && same_address(&c->remote, &ev->remote);
}

/* Of a connection its own record, of what accepts or sends to anybody all of its. */
static bool is_of(const wfpw_connection *c, const wfpw_event *ev)
{
    if (c->protocol != ev->protocol || c->process_id != ev->process_id || !same_local(c, ev) ||
        (c->created != 0 && ev->time + tolerance < c->created))
        return false;
    return ev->audit->event_id != CONNECT || c->remote.family == 0 || same_remote(c, ev);
}

static bool is_permit(const wfpw_event *ev)
{
    const uint32_t needed = WFPW_HAS_FILTER_ID | WFPW_HAS_PROTOCOL | WFPW_HAS_LOCAL |
                            WFPW_HAS_LOCAL_PORT | WFPW_HAS_PROCESS_ID;
    if (ev->kind != WFPW_KIND_AUDIT || ev->audit == NULL || (ev->present & needed) != needed ||
        ev->filter_id == 0)
        return false;
    uint32_t id = ev->audit->event_id;
    return id == LISTEN || id == CONNECT || id == BIND;
}

/* ---- its filters ---------------------------------------------------------------------------- */

/* A filter once, the latest first; the oldest has to go. */
static void add_filter(struct connection_filters *f, const wfpw_event *ev)
{
    struct connection_filter new = {.id = ev->filter_id,
                                    .time = ev->time,
                                    .event_id = ev->audit->event_id,
                                    .layer = ev->layer_id};
    uint32_t at = 0;
    const char *name = ev->filter != NULL ? ev->filter->name : NULL;
    if (name != NULL && strlen(name) < sizeof new.name)
        memcpy(new.name, name, strlen(name) + 1);
    while (at < f->count && f->at[at].id != new.id)
        at++;
    if (at == f->count)
        f->count += f->count < CONNECTION_FILTERS;
    at = at < CONNECTION_FILTERS ? at : CONNECTION_FILTERS - 1;
    memmove(&f->at[1], &f->at[0], at * sizeof f->at[0]);
    f->at[0] = new;
}

static void take_event(struct permits *p, const wfpw_event *ev)
{
    const wfpw_connection *c;
    if (!is_permit(ev))
        return;
    p->records++;
    for (uint32_t i = 0; (c = wfpw_connections_get(p->sockets, i)) != NULL; i++)
        if (is_of(c, ev))
            add_filter(&p->of[i], ev);
}

/* ---- the log -------------------------------------------------------------------------------- */

static int read_log(struct permits *p, wfpw_session *s, wfpw_error *e)
{
    wfpw_batch *b = wfpw_batch_new(0, 0);
    int n = b != NULL ? 0 : WFPW_E_NOMEM;
    while (n >= 0 && !p->interrupted) {
        n = wfpw_read(s, b, READ_MS, e);
        for (int i = 0; i < n; i++)
            take_event(p, wfpw_batch_get(b, (uint32_t)i));
        p->interrupted = term_interrupted();
    }
    wfpw_batch_free(b);
    return n == WFPW_E_EOF || n >= 0 ? WFPW_OK : n;
}

int permits_read(struct permits *p, const wfpw_system *system, wfpw_names *names, uint64_t since,
                 wfpw_error *e)
{
    wfpw_session *s = NULL;
    wfpw_options o = {.size = sizeof o,
                      .flags = WFPW_OPEN_NO_VERDICT,
                      .system = system,
                      .names = names,
                      .log = diagnostics_log};
    wfpw_audit_log log = {.size = sizeof log, .flags = WFPW_AUDIT_PAST, .since = since};
    int status = wfpw_open(&o, &s, e);
    if (status == WFPW_OK)
        status = wfpw_add_audit(s, &log, e);
    if (status == WFPW_OK)
        status = read_log(p, s, e);
    wfpw_close(s);
    return status;
}
