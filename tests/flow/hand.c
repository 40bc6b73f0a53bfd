/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "hand.h"

#include "wfpwatch/wfpwatch.h"

static uint32_t open_engine(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    (void)session;
    *engine = ctx;
    return 0;
}

static uint32_t close_engine(void *ctx, void *engine)
{
    return ctx == engine ? 0 : FWP_ERROR_INVALID_PARAMETER;
}

static uint32_t get_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    static FWP_VALUE0 on = {.type = FWP_UINT32, .uint32 = 1};
    (void)ctx;
    (void)engine;
    (void)option;
    *value = &on;
    return 0;
}

static uint32_t subscribe(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription,
                          system_callback callback, void *context, void **handle)
{
    struct hand *h = ctx;
    (void)engine;
    (void)subscription;
    h->callback = (FWPM_NET_EVENT_CALLBACK4)callback;
    h->context = context;
    *handle = h;
    (void)os_u32_exchange(&h->subscribed, 1);
    return 0;
}

static uint32_t unsubscribe(void *ctx, void *engine, void *handle)
{
    struct hand *h = ctx;
    (void)engine;
    (void)handle;
    (void)os_u32_exchange(&h->subscribed, 0);
    while (os_u32_load_ordered(&h->running) != 0)
        os_sleep_ms(1);
    return 0;
}

static void free_nothing(void *ctx, void **p)
{
    (void)ctx;
    *p = NULL;
}

static uint64_t now(void *ctx)
{
    (void)ctx;
    return os_now();
}

void hand_init(struct hand *h)
{
    *h = (struct hand){.engine = {.open = open_engine,
                                  .close = close_engine,
                                  .get_option = get_option,
                                  .subscribe = {[SYSTEM_SUBSCRIBES - 1] = subscribe},
                                  .unsubscribe = unsubscribe,
                                  .free = free_nothing}};
    h->system =
        (struct wfpw_system){.ctx = h, .source = WFPW_SOURCE_SIM, .engine = &h->engine, .now = now};
}

bool hand_call(struct hand *h, const FWPM_NET_EVENT5 *event)
{
    (void)os_u32_add(&h->running, 1);
    bool there = os_u32_load_ordered(&h->subscribed) != 0;
    if (there)
        h->callback(h->context, event);
    (void)os_u32_add(&h->running, UINT32_MAX);
    return there;
}

FWPM_NET_EVENT5 hand_event(void)
{
    static uint16_t app[] = {'\\', 'd', 'e', 'v', 'i', 'c', 'e', '\\', 'a', '.', 'e', 'x', 'e', 0};
    static FWP_SID_STRUCT user = {1, 1, {{0, 0, 0, 0, 0, 5}}, {18}};
    static FWPM_NET_EVENT_CLASSIFY_DROP2 drop = {
        .filterId = 70000, .layerId = 44, .msFwpDirection = MS_FWP_DIRECTION_IN};
    return (FWPM_NET_EVENT5){
        .header = {.flags = 0x7F | FWPM_NET_EVENT_FLAG_IP_VERSION_SET,
                   .ipVersion = FWP_IP_VERSION_V4,
                   .ipProtocol = 6,
                   .localAddrV4 = 0x0A000001,
                   .remoteAddrV4 = 0x0A000002,
                   .localPort = 445,
                   .remotePort = 50000,
                   .appId = {.size = sizeof app, .data = (uint8_t *)app},
                   .userId = &user},
        .type = FWPM_NET_EVENT_TYPE_CLASSIFY_DROP,
        .classifyDrop = &drop,
    };
}
