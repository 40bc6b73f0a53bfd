/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names from the engine of a host, as it has them now. It is asked on a thread of its own, which
 * has the process's token whomever the caller impersonates. */
#include "base/error.h"
#include "base/options.h"
#include "base/thread_call.h"
#include "engine/engine.h"
#include "names/names.h"
#include "os/os.h"
#include "policy/policy_list.h"

static const char where[] = "wfpw_names_load_host";

struct hosting {
    wfpw_names *n;
    const struct wfpw_system *system; /* NULL: this host's */
    struct system_host host;
    struct policy_list fill;
    uint16_t origin;
    uint64_t filters;
    uint32_t reported; /* lists that are not given, 1 << enum system_list */
    int status;        /* a count, or an error */
    wfpw_error e;
    struct policy_object_builder builder;
};

/* ---- taking what the lists give ------------------------------------------------------------- */

/* All of it is known from this moment. */
static void begin_load(void *ctx)
{
    struct hosting *h = ctx;
    struct policy_object moment = {.kind = POLICY_OBJECT_TIME,
                                   .id = h->system->now(h->system->ctx)};
    (void)names_take(h->n, h->origin, &moment);
}

static bool take_object(void *ctx, const struct policy_object *o)
{
    struct hosting *h = ctx;
    h->filters += o->kind == POLICY_OBJECT_FILTER;
    return names_take(h->n, h->origin, o);
}

static bool has_filter(void *ctx, uint64_t id)
{
    struct hosting *h = ctx;
    return names_has(h->n, h->origin, id);
}

static bool end_load(void *ctx, uint64_t now)
{
    (void)ctx;
    (void)now;
    return false;
}

/* ---- what is refused ------------------------------------------------------------------------ */

static int fail_load(struct hosting *h, const char *call, uint32_t code)
{
    return error_set(&h->e, code != 0 ? error_of_engine(code) : WFPW_E_NOTSUP, call, code, NULL);
}

/* Each list once. */
static void log_refused(struct hosting *h)
{
    const struct policy_list *f = &h->fill;
    uint32_t bit = UINT32_C(1) << f->refused;
    void *ctx;
    wfpw_log_fn log = names_log(h->n, &ctx);
    if ((h->reported & bit) == 0)
        error_log(log, ctx, 2, "names are missing", f->call, f->code);
    h->reported |= bit;
}

/* Without any filter there is nothing that could be named. */
static void refuse_lists(struct hosting *h)
{
    log_refused(h);
    if (h->fill.refused == LIST_FILTERS && h->status >= 0)
        h->status = fail_load(h, h->fill.call, h->fill.code);
}

/* ---- on the thread -------------------------------------------------------------------------- */

static int fill_all(struct hosting *h, void *engine)
{
    enum policy_list_result result = POLICY_LIST_MORE;
    policy_list_begin(&h->fill, engine);
    while (result != POLICY_LIST_DONE && result != POLICY_LIST_FAILED && !h->fill.out_of_memory &&
           !names_stopped(h->n)) {
        result = policy_list_step(&h->fill);
        if (result == POLICY_LIST_REFUSED || result == FILL_LATER)
            refuse_lists(h);
    }
    policy_list_end(&h->fill);
    if (h->fill.out_of_memory)
        return error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (names_stopped(h->n))
        return error_set(&h->e, WFPW_E_STOPPED, where, 0, NULL);
    if (result == POLICY_LIST_FAILED)
        return fail_load(h, h->fill.call, h->fill.code);
    if (h->filters == 0 && h->status < 0)
        return h->status;
    return h->filters < INT32_MAX ? (int)h->filters : INT32_MAX;
}

static bool find_system(struct hosting *h)
{
    h->system = engine_system(h->system, &h->host, where, &h->e);
    if (h->system == NULL)
        return false;
    const struct system_engine *engine = h->system->engine;
    if (h->system->policy != NULL && engine != NULL && engine->open != NULL &&
        engine->close != NULL && engine->free != NULL)
        return true;
    (void)error_set(&h->e, WFPW_E_NOTSUP, where, 0, "this Windows does not list its filters");
    return false;
}

static int load_all(struct hosting *h)
{
    void *engine;
    if (!find_system(h))
        return h->e.status;
    uint32_t code = engine_open(h->system, &engine);
    if (code != 0)
        return fail_load(h, "FwpmEngineOpen0", code);
    h->fill.system = h->system;
    int status = names_add_origin(h->n, "live", &h->origin)
                     ? fill_all(h, engine)
                     : error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    (void)h->system->engine->close(h->system->ctx, engine);
    return status;
}

static void run_load(void *ctx)
{
    struct hosting *h = ctx;
    h->status = load_all(h);
}

/* ---- the call ------------------------------------------------------------------------------- */

static int load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e)
{
    const wfpw_allocator *memory = names_memory(n);
    struct hosting *h = memory_new(memory, sizeof *h);
    if (h == NULL)
        return error_set(e, WFPW_E_NOMEM, where, 0, NULL);
    h->n = n;
    h->system = o->system;
    h->fill.to = (struct policy_list_target){h, begin_load, take_object, has_filter, end_load};
    h->fill.builder = &h->builder;
    display_init(&h->fill.display, memory);
    bool started = thread_call(o->hooks, run_load, h);
    int status = started ? h->status : error_set(&h->e, WFPW_E_NOMEM, where, 0, NULL);
    if (status < 0 && e != NULL)
        *e = h->e;
    display_free(&h->fill.display);
    memory_free(memory, h);
    return status;
}

int WFPW_CALL wfpw_names_load_host(wfpw_names *n, const wfpw_options *o, wfpw_error *e)
{
    wfpw_options options;
    if (n == NULL)
        return error_set(e, WFPW_E_INVAL, where, 0, NULL);
    if (!options_take(&options, o))
        return error_set(e, WFPW_E_INVAL, where, 0, "an option is wrong");
    return load_host(n, &options, e);
}
