/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Whether this user may read the Security log: asked by subscribing, or opening it, which ends at
 * once. */
#include "audit_log/audit_log_internal.h"

static const uint16_t name[] = {'S', 'e', 'c', 'u', 'r', 'i', 't', 'y', 0};

static uint32_t try_modern(const struct wfpw_system *system, uint16_t *query)
{
    const struct template_query everything = {0};
    const struct system_eventlog *f = system->eventlog;
    os_event event;
    void *handle;
    template_query_write(&everything, query);
    if (!os_event_init(&event, false))
        return EVENTLOG_E_INVALID_HANDLE;
    uint32_t code = f->subscribe(system->ctx, os_event_handle(&event), name, query, NULL,
                                 EVENTLOG_SUBSCRIBE_FUTURE, &handle);
    if (code == 0)
        (void)f->close(system->ctx, handle);
    os_event_destroy(&event);
    return code;
}

static uint32_t try_classic(const struct wfpw_system *system)
{
    void *handle;
    uint32_t code = system->eventlog->classic_open(system->ctx, name, &handle);
    if (code == 0)
        (void)system->eventlog->classic_close(system->ctx, handle);
    return code;
}

uint32_t audit_log_access(const struct wfpw_system *system, const char **call, uint32_t *code)
{
    uint16_t query[TEMPLATE_QUERY_UNITS];
    *call = "EvtSubscribe";
    *code = EVENTLOG_E_NOT_IMPLEMENTED;
    if (audit_log_subscription_is_possible(system->eventlog))
        *code = try_modern(system, query);
    if (*code == 0)
        return WFPW_LOG_PATH_MODERN;
    return audit_log_classic_is_possible(system->eventlog) && try_classic(system) == 0
               ? WFPW_LOG_PATH_CLASSIC
               : 0;
}
