/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/rights.h"

#include "engine/engine.h"

/* Of any event: their structs come as a pointer. */
static void FWP_CALLBACK ignore_event(void *context, const void *event)
{
    (void)context;
    (void)event;
}

static uint32_t query_events(const struct wfpw_system *system, void *engine, const char **call)
{
    const FWPM_NET_EVENT_SUBSCRIPTION0 s = {.enumTemplate = NULL};
    system_callback callbacks[SYSTEM_SUBSCRIBES];
    void *subscription = NULL;
    if (!engine_subscribes(system))
        return 0;
    for (int i = 0; i < SYSTEM_SUBSCRIBES; i++)
        callbacks[i] = (system_callback)ignore_event;
    uint32_t code = engine_subscribe(system, engine, &s, callbacks, NULL, &subscription, call);
    if (code == 0)
        (void)system->engine->unsubscribe(system->ctx, engine, subscription);
    return code;
}

static uint32_t query_history(const struct wfpw_system *system, void *engine, const char **call)
{
    const struct system_engine *e = system->engine;
    void *handle = NULL;
    if (e->create_enum == NULL || e->destroy_enum == NULL)
        return 0;
    *call = "FwpmNetEventCreateEnumHandle0";
    uint32_t code = e->create_enum(system->ctx, engine, NULL, &handle);
    if (code == 0)
        (void)e->destroy_enum(system->ctx, engine, handle);
    return code;
}

static uint32_t query_filters(const struct wfpw_system *system, void *engine, const char **call)
{
    const struct system_policy *p = system->policy;
    void *handle = NULL;
    if (p == NULL || p->create_enum[LIST_FILTERS] == NULL || p->destroy_enum[LIST_FILTERS] == NULL)
        return 0;
    *call = "FwpmFilterCreateEnumHandle0";
    uint32_t code = p->create_enum[LIST_FILTERS](system->ctx, engine, NULL, &handle);
    if (code == 0)
        (void)p->destroy_enum[LIST_FILTERS](system->ctx, engine, handle);
    return code;
}

uint32_t rights_query(const struct wfpw_system *system, void *engine, enum rights_kind kind,
                      const char **call)
{
    *call = NULL;
    if (kind == RIGHTS_EVENTS)
        return query_events(system, engine, call);
    return kind == RIGHTS_HISTORY ? query_history(system, engine, call)
                                  : query_filters(system, engine, call);
}
