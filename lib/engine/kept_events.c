/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/kept_events.h"

#include "base/error.h"
#include "decode/fwpm/net_event.h"
#include "template/template_engine.h"

enum { PAGE = 64 };

struct reading {
    const struct wfpw_system *system;
    void *engine, *handle;
    const struct kept_events_window *w;
    struct backlog *p;
    os_u64 *undecoded;
    int version;
    uint16_t source;
    wfpw_error *e;
};

/* Newest first. An older one is used only when the newer is not there; never when it fails. */
static int newest_enumerate(const struct wfpw_system *system)
{
    int n = SYSTEM_ENUMS - 1;
    while (n >= 0 && system->engine->enumerate[n] == NULL)
        n--;
    return n;
}

bool kept_events_are_possible(const struct wfpw_system *system)
{
    const struct system_engine *e = system != NULL ? system->engine : NULL;
    return e != NULL && e->open != NULL && e->close != NULL && e->create_enum != NULL &&
           e->destroy_enum != NULL && e->free != NULL && newest_enumerate(system) >= 0;
}

static int fail_reading(struct reading *r, const char *call, uint32_t code)
{
    return error_set(r->e, error_of_engine(code), call, code, NULL);
}

uint16_t kept_events_source(const struct wfpw_system *system)
{
    return system->source == WFPW_SOURCE_LIVE ? WFPW_SOURCE_HISTORY : system->source;
}

/* ---- a page --------------------------------------------------------------------------------- */

static bool is_in_window(const struct kept_events_window *w, uint64_t time)
{
    bool is_left_out = time > w->after && time < w->before;
    return time >= w->since && (w->until == 0 || time <= w->until) && !is_left_out;
}

static int take_event(struct reading *r, const void *event)
{
    struct net_event n;
    if (!net_event_look(&n, r->version, event)) {
        (void)os_u64_add(r->undecoded, 1);
        return WFPW_OK;
    }
    struct record *record = memory_take(&r->p->memory, n.room);
    if (record == NULL)
        return WFPW_E_NOMEM;
    (void)net_event_decode(&n, r->source, record);
    record->epoch = r->w->epoch;
    record->arrived = (uint32_t)os_ticks_ms();
    if (is_in_window(r->w, record->time))
        return backlog_put(r->p, record);
    memory_give(&r->p->memory, record);
    return WFPW_OK;
}

/* All of the page is freed whatever becomes of it. *count 0: there are no more. */
static int take_page(struct reading *r, uint32_t *count)
{
    static const char *const names[SYSTEM_ENUMS] = {"FwpmNetEventEnum0", "FwpmNetEventEnum1",
                                                    "FwpmNetEventEnum2", "FwpmNetEventEnum3",
                                                    "FwpmNetEventEnum4", "FwpmNetEventEnum5"};
    const struct system_engine *engine = r->system->engine;
    void **entries = NULL;
    int status = WFPW_OK;
    *count = 0;
    uint32_t code =
        engine->enumerate[r->version](r->system->ctx, r->engine, r->handle, PAGE, &entries, count);
    if (code != 0)
        status = fail_reading(r, names[r->version], code);
    for (uint32_t i = 0; i < *count && status == WFPW_OK && entries != NULL; i++)
        status = take_event(r, entries[i]);
    if (entries != NULL)
        engine->free(r->system->ctx, (void **)&entries);
    if (status == WFPW_E_NOMEM || status == WFPW_E_RANGE)
        (void)error_set(r->e, status, names[r->version], 0, NULL);
    return status;
}

/* ---- the snapshot --------------------------------------------------------------------------- */

static uint32_t create_handle(struct reading *r, const struct engine_template *et)
{
    return r->system->engine->create_enum(r->system->ctx, r->engine, &et->asked, &r->handle);
}

/* Windows takes the snapshot here. */
static int open_snapshot(struct reading *r)
{
    struct engine_template et;
    const struct kept_events_window *w = r->w;
    template_for_engine(w->match, w->since, w->until, &et);
    int status = template_find_app(&et, r->system, r->e);
    if (status != WFPW_OK)
        return status;
    uint32_t code = create_handle(r, &et);
    if (template_is_refused(&et, code)) {
        template_drop_conditions(&et);
        code = create_handle(r, &et);
    }
    return code == 0 ? WFPW_OK : fail_reading(r, "FwpmNetEventCreateEnumHandle0", code);
}

int kept_events_read(const struct wfpw_system *system, void *engine,
                     const struct kept_events_window *w, struct backlog *p, os_u64 *undecoded,
                     wfpw_error *e)
{
    struct reading r = {.system = system,
                        .engine = engine,
                        .w = w,
                        .p = p,
                        .undecoded = undecoded,
                        .version = newest_enumerate(system),
                        .source = kept_events_source(system),
                        .e = e};
    int status = open_snapshot(&r);
    if (status != WFPW_OK)
        return status;
    backlog_begin(p);
    uint32_t count = 1; /* a page that is not full need not be the last one */
    while (status == WFPW_OK && count != 0)
        status = take_page(&r, &count);
    backlog_end(p, false);
    (void)system->engine->destroy_enum(system->ctx, engine, r.handle);
    return status;
}
