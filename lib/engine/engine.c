/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/engine.h"

#include "base/error.h"

enum { TRANSACTION_WAIT_MS = 1000 };

const struct wfpw_system *engine_system(const struct wfpw_system *given, struct system_host *host,
                                        const char *where, wfpw_error *e)
{
    if (given != NULL)
        return given;
    if (system_host_find(host))
        return &host->system;
    (void)error_set(e, WFPW_E_NOTSUP, host->missing != NULL ? host->missing : where, host->code,
                    host->text);
    return NULL;
}

uint32_t engine_open(const struct wfpw_system *system, void **engine)
{
    uint16_t name[] = {'w', 'f', 'p', 'w', 'a', 't', 'c', 'h', 0};
    FWPM_SESSION0 session = {
        .displayData.name = name,
        .txnWaitTimeoutInMSec = TRANSACTION_WAIT_MS,
    };
    *engine = NULL;
    uint32_t code = system->engine->open(system->ctx, &session, engine);
    if (code != 0)
        *engine = NULL;
    return code;
}

uint32_t engine_get(const struct wfpw_system *system, void *engine, uint32_t option,
                    uint32_t *value)
{
    FWP_VALUE0 *v = NULL;
    uint32_t code = system->engine->get_option(system->ctx, engine, option, &v);
    *value = code == 0 && v != NULL && v->type == FWP_UINT32 ? v->uint32 : 0;
    if (v != NULL)
        system->engine->free(system->ctx, (void **)&v);
    return code;
}

uint32_t engine_set(const struct wfpw_system *system, void *engine, uint32_t option, uint32_t value)
{
    FWP_VALUE0 v = {.type = FWP_UINT32, .uint32 = value};
    return system->engine->set_option(system->ctx, engine, option, &v);
}

static int newest_subscribe(const struct wfpw_system *system)
{
    int n = SYSTEM_SUBSCRIBES - 1;
    while (n >= 0 && system->engine->subscribe[n] == NULL)
        n--;
    return n;
}

bool engine_subscribes(const struct wfpw_system *system)
{
    return system->engine->unsubscribe != NULL && newest_subscribe(system) >= 0;
}

uint32_t engine_subscribe(const struct wfpw_system *system, void *engine,
                          const FWPM_NET_EVENT_SUBSCRIPTION0 *s,
                          const system_callback callbacks[SYSTEM_SUBSCRIBES], void *context,
                          void **subscription, const char **call)
{
    static const char *const names[SYSTEM_SUBSCRIBES] = {
        "FwpmNetEventSubscribe0", "FwpmNetEventSubscribe1", "FwpmNetEventSubscribe2",
        "FwpmNetEventSubscribe3", "FwpmNetEventSubscribe4"};
    int n = newest_subscribe(system);
    *call = names[n];
    return system->engine->subscribe[n](system->ctx, engine, s, callbacks[n], context,
                                        subscription);
}

bool engine_refuses(uint32_t code)
{
    return code == FWP_ERROR_INVALID_PARAMETER || code == FWP_E_INVALID_PARAMETER ||
           code == FWP_E_INVALID_FLAGS || code == FWP_E_OUT_OF_BOUNDS || code == FWP_E_RESERVED;
}
