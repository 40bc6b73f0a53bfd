/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "hooked.h"

#include "cmocka_all.h"
#include "sim/sim.h"

static const char *exchange(struct hooked *h, enum hook at, const char *script)
{
    os_mutex_lock(&h->sim->lock);
    const char *before = h->scripts[at];
    h->scripts[at] = script;
    os_mutex_unlock(&h->sim->lock);
    return before;
}

void hooked_play_at(struct hooked *h, enum hook at, const char *script)
{
    (void)exchange(h, at, script);
}

static void happen(struct hooked *h, enum hook at)
{
    const char *script = exchange(h, at, NULL);
    if (script != NULL)
        assert_int_equal(wfpw_sim_play(h->sim, script, NULL), WFPW_OK);
    if (h->call != NULL)
        h->call(h->ctx, at);
}

static uint32_t engine_open(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    struct hooked *h = ctx;
    happen(h, BEFORE_OPEN);
    return h->inner->engine->open(h->sim, session, engine);
}

static uint32_t engine_close(void *ctx, void *engine)
{
    struct hooked *h = ctx;
    return h->inner->engine->close(h->sim, engine);
}

static uint32_t get_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    struct hooked *h = ctx;
    return h->inner->engine->get_option(h->sim, engine, option, value);
}

static uint32_t subscribe4(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,
                           system_callback callback, void *context, void **handle)
{
    struct hooked *h = ctx;
    uint32_t code = h->inner->engine->subscribe[4](h->sim, engine, s, callback, context, handle);
    happen(h, AFTER_SUBSCRIBE);
    return code;
}

static uint32_t unsubscribe(void *ctx, void *engine, void *handle)
{
    struct hooked *h = ctx;
    return h->inner->engine->unsubscribe(h->sim, engine, handle);
}

static uint32_t create_enum(void *ctx, void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                            void **handle)
{
    struct hooked *h = ctx;
    happen(h, BEFORE_SNAPSHOT);
    uint32_t code = h->inner->engine->create_enum(h->sim, engine, t, handle);
    happen(h, AFTER_SNAPSHOT);
    return code;
}

static uint32_t enumerate5(void *ctx, void *engine, void *handle, uint32_t wanted, void ***entries,
                           uint32_t *count)
{
    struct hooked *h = ctx;
    happen(h, BEFORE_PAGE);
    return h->inner->engine->enumerate[5](h->sim, engine, handle, wanted, entries, count);
}

static uint32_t destroy_enum(void *ctx, void *engine, void *handle)
{
    struct hooked *h = ctx;
    return h->inner->engine->destroy_enum(h->sim, engine, handle);
}

static void free_memory(void *ctx, void **p)
{
    struct hooked *h = ctx;
    h->inner->engine->free(h->sim, p);
}

static uint64_t now(void *ctx)
{
    struct hooked *h = ctx;
    return wfpw_sim_count(h->sim, WFPW_SIM_NOW);
}

void hooked_init(struct hooked *h, wfpw_sim *sim)
{
    *h = (struct hooked){.sim = sim, .inner = wfpw_sim_system(sim)};
    h->engine = (struct system_engine){
        .open = engine_open,
        .close = engine_close,
        .get_option = get_option,
        .subscribe = {[4] = subscribe4},
        .unsubscribe = unsubscribe,
        .create_enum = create_enum,
        .enumerate = {[5] = enumerate5},
        .destroy_enum = destroy_enum,
        .free = free_memory,
    };
    h->system =
        (struct wfpw_system){.ctx = h, .source = WFPW_SOURCE_SIM, .engine = &h->engine, .now = now};
}
