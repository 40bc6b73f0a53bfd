/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/history.h"

#include "base/error.h"
#include "base/thread_call.h"
#include "engine/engine.h"
#include "resolve/resolve.h"

enum { TRIES = 3 }; /* while others hold the engine's transaction lock, each takes a second */

struct history {
    struct source source;
    struct history_options o;
    struct system_host host; /* used when the options name no system */
    struct backlog backlog;
    os_u64 undecoded;
    bool is_counted; /* undecoded is */
    bool is_given;   /* the record at the past's place: it is gone with the next call */
    struct resolver resolver;
    struct record *resolved; /* room for an event with what this host calls things, or NULL */
    uint32_t placed_bytes;
    struct record gap;
    int status;
    wfpw_error e;
};

/* ---- on the thread -------------------------------------------------------------------------- */

static int read_once(struct history *h, const struct wfpw_system *system)
{
    void *engine;
    uint32_t code = engine_open(system, &engine);
    if (code != 0)
        return error_set(&h->e, error_of_engine(code), "FwpmEngineOpen0", code, NULL);
    int status = kept_events_read(system, engine, &h->o.window, &h->backlog, &h->undecoded, &h->e);
    (void)system->engine->close(system->ctx, engine);
    return status;
}

static void make_gap(struct history *h, const struct wfpw_system *system)
{
    h->gap = (struct record){.bytes = sizeof h->gap,
                             .time = system->now(system->ctx),
                             .kind = WFPW_KIND_GAP,
                             .source = kept_events_source(system),
                             .lost_where = WFPW_LOST_RING};
}

/* The system is asked once, if any event needs it; what it said is then looked up as each event is
 * given out. Returns the room that the largest of them takes, 0 when none changes. */
static uint32_t read_volumes(struct history *h)
{
    struct resolved resolved;
    uint32_t most = 0;
    bool asked = false;
    for (uint32_t i = h->backlog.at; i < h->backlog.count; i++) {
        const struct record *r = h->backlog.items[i].record;
        if (!resolve_look(&h->resolver, r, &resolved) && !asked) {
            resolve_step(&h->resolver);
            asked = true;
            (void)resolve_look(&h->resolver, r, &resolved);
        }
        if (resolved.bytes > r->bytes && resolved.bytes > most)
            most = resolved.bytes;
    }
    return most;
}

static int resolve_all(struct history *h, const struct wfpw_system *system)
{
    resolve_start(&h->resolver, system, false);
    h->placed_bytes = read_volumes(h);
    h->resolved = h->placed_bytes != 0 ? memory_take(&h->o.memory, h->placed_bytes) : NULL;
    if (h->resolved != NULL || h->placed_bytes == 0)
        return WFPW_OK;
    return error_set(&h->e, WFPW_E_NOMEM, "wfpw_add_history", 0, NULL);
}

/* Each attempt starts anew: what an interrupted one gave is in the next one's snapshot, too. */
static void run_history(void *ctx)
{
    struct history *h = ctx;
    const struct wfpw_system *system =
        engine_system(h->o.system, &h->host, "wfpw_add_history", &h->e);
    if (system != NULL && !kept_events_are_possible(system))
        (void)error_set(&h->e, WFPW_E_NOTSUP, "wfpw_add_history", 0,
                        "this Windows cannot list the events it keeps");
    h->status = h->e.status;
    if (h->status != WFPW_OK)
        return;
    for (int i = 0; i < TRIES; i++) {
        backlog_free(&h->backlog);
        h->status = read_once(h, system);
        if (h->status != WFPW_E_TIMEOUT)
            break;
    }
    if (h->status == WFPW_E_RANGE)
        h->status = WFPW_OK; /* its gap tells */
    if (h->status == WFPW_OK)
        h->status = resolve_all(h, system);
    make_gap(h, system);
}

/* ---- the source ----------------------------------------------------------------------------- */

static const struct record *resolve_record(struct history *h, const struct record *r)
{
    struct resolved resolved;
    (void)resolve_look(&h->resolver, r, &resolved);
    if (resolved.bytes == r->bytes || resolved.bytes > h->placed_bytes)
        return r;
    resolve_write(r, &resolved, h->resolved);
    return h->resolved;
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    struct history *h = (struct history *)s;
    (void)e;
    if (!h->is_counted) {
        os_u64_bump(&t->received, os_u64_load(&h->undecoded));
        os_u64_bump(&t->undecoded, os_u64_load(&h->undecoded));
    }
    h->is_counted = true;
    if (h->is_given)
        backlog_pop(&h->backlog);
    const struct record *kept = backlog_peek(&h->backlog);
    h->is_given = kept != NULL;
    if (!h->is_given && !h->backlog.is_cut)
        return SOURCE_END;
    if (h->is_given)
        os_u64_bump(&t->received, 1);
    else
        h->backlog.is_cut = false;
    *r = h->is_given ? resolve_record(h, kept) : &h->gap;
    return SOURCE_RECORD;
}

static void close_history(struct source *s)
{
    struct history *h = (struct history *)s;
    wfpw_allocator memory = h->o.memory;
    resolve_free(&h->resolver);
    memory_give(&memory, h->resolved);
    backlog_free(&h->backlog);
    memory_free(&memory, h);
}

int history_open(const struct history_options *o, struct source **out, wfpw_error *e)
{
    struct history *h = memory_new(&o->memory, sizeof *h);
    if (h == NULL)
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_history", 0, NULL);
    h->source =
        (struct source){.next = next_record, .close = close_history, .gives = WFPW_SOURCE_HISTORY};
    h->o = *o;
    backlog_init(&h->backlog, &o->memory, NULL, o->most);
    bool ready = resolve_init(&h->resolver, &h->o.memory, o->log, o->log_ctx);
    if (!ready || !thread_call(o->hooks, run_history, h))
        h->status = error_set(&h->e, WFPW_E_NOMEM, "wfpw_add_history", 0, NULL);
    int status = h->status;
    if (status == WFPW_OK) {
        *out = &h->source;
        return WFPW_OK;
    }
    if (e != NULL)
        *e = h->e;
    close_history(&h->source);
    return status;
}
