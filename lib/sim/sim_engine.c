/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions of fwpuclnt.dll, as the documents say they behave. Handles are pointers into the
 * simulator's tables; a handle that is none is counted as a misuse. */
#include <stdlib.h>
#include <string.h>

#include "sim/policy/sim_change.h"
#include "sim/sim.h"

enum { HANG_POLL_MS = 1 };

/* ---- sessions ------------------------------------------------------------------------------- */

static uint32_t engine_open(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_ENGINE_OPEN);
    bool dynamic = session != NULL && (session->flags & FWPM_SESSION_FLAG_DYNAMIC) != 0;
    if (code == 0 && !sim->running)
        code = FWP_EPT_S_NOT_REGISTERED;
    for (int i = 0; code == 0 && i < SIM_SESSIONS; i++) {
        if (sim->sessions[i].used)
            continue;
        sim->sessions[i] =
            (struct sim_session){.used = true, .dynamic = dynamic, .life = sim->life};
        *engine = &sim->sessions[i];
        return sim_call_end(sim, 0);
    }
    return sim_call_end(sim, code != 0 ? code : FWP_ERROR_INVALID_PARAMETER);
}

static void wait_for_callbacks(struct wfpw_sim *sim, const struct sim_subscription *s)
{
    while (s->running != 0) {
        os_mutex_unlock(&sim->lock);
        os_sleep_ms(HANG_POLL_MS);
        os_mutex_lock(&sim->lock);
    }
}

/* Closing cancels subscriptions. It is not documented to wait for callbacks; here it does not. */
static uint32_t engine_close(void *ctx, void *engine)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_ENGINE_CLOSE);
    struct sim_session *s = sim_call_session(sim, engine);
    for (int i = 0; s != NULL && i < SIM_SUBSCRIPTIONS; i++) {
        struct sim_subscription *sub = &sim->subscriptions[i];
        if (sub->used && sub->session == s)
            sim_subscription_end(sim, sub);
    }
    sim_watches_close(&sim->policy, s, sim->strays);
    struct sim_notice *notices = s != NULL && s->dynamic ? sim_policy_end_session(sim, s) : NULL;
    if (s != NULL)
        sim_changes_drop(s);
    if (s != NULL)
        s->used = false;
    (void)sim_call_end(sim, code);
    sim_notices_tell(sim, notices);
    return code;
}

/* ---- memory --------------------------------------------------------------------------------- */

static bool hand_out(struct wfpw_sim *sim, void *given, struct sim_image *images, uint32_t count)
{
    struct sim_block *b = malloc(sizeof *b);
    if (b == NULL)
        return false;
    *b = (struct sim_block){.next = sim->blocks, .given = given, .images = images, .count = count};
    sim->blocks = b;
    return true;
}

/* FwpmFreeMemory0 takes the pointer's address and clears it. */
static void free_memory(void *ctx, void **p)
{
    struct wfpw_sim *sim = ctx;
    os_mutex_lock(&sim->lock);
    struct sim_block **link = &sim->blocks;
    while (*link != NULL && (*link)->given != *p)
        link = &(*link)->next;
    struct sim_block *b = *link;
    if (b != NULL) {
        *link = b->next;
        sim_block_free(b);
    } else {
        sim->misuses++;
    }
    *p = NULL;
    os_mutex_unlock(&sim->lock);
}

/* ---- options -------------------------------------------------------------------------------- */

static uint32_t get_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_GET_OPTION);
    if (code == 0)
        code = sim_call_alive(sim, sim_call_session(sim, engine));
    if (code == 0 && !sim_machine_knows(sim, option))
        code = FWP_ERROR_INVALID_PARAMETER;
    if (code != 0)
        return sim_call_end(sim, code);
    FWP_VALUE0 *v = malloc(sizeof *v);
    if (v == NULL || !hand_out(sim, v, NULL, 0)) {
        free(v);
        return sim_call_end(sim, FWP_ERROR_INVALID_PARAMETER);
    }
    *v = (FWP_VALUE0){.type = FWP_UINT32, .uint32 = sim_machine_get(sim, option)};
    *value = v;
    return sim_call_end(sim, 0);
}

static uint32_t set_option(void *ctx, void *engine, uint32_t option, const FWP_VALUE0 *value)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_SET_OPTION);
    struct sim_session *s = sim_call_session(sim, engine);
    if (code == 0)
        code = sim_call_alive(sim, s);
    if (code == 0 && s->dynamic)
        code = FWP_E_DYNAMIC_SESSION_IN_PROGRESS;
    if (code == 0)
        code = sim_machine_set(sim, option, value);
    return sim_call_end(sim, code);
}

/* ---- subscriptions -------------------------------------------------------------------------- */

static uint32_t subscribe_events(struct wfpw_sim *sim, void *engine, int version,
                                 const FWPM_NET_EVENT_SUBSCRIPTION0 *what, system_callback callback,
                                 void *context, void **handle)
{
    uint32_t code = sim_call_enter(sim, CALL_SUBSCRIBE);
    struct sim_session *s = sim_call_session(sim, engine);
    struct sim_wanted *match = NULL;
    if (code == 0)
        code = sim_call_alive(sim, s);
    if (code == 0)
        code = sim_wanted_new(sim, what->enumTemplate, &match);
    for (int i = 0; code == 0 && i < SIM_SUBSCRIPTIONS; i++) {
        struct sim_subscription *sub = &sim->subscriptions[i];
        if (sub->used || sub->running != 0)
            continue;
        free(sub->match);
        *sub = (struct sim_subscription){.used = true,
                                         .active = true,
                                         .session = s,
                                         .version = version,
                                         .callback = callback,
                                         .context = context,
                                         .match = match};
        *handle = sub;
        return sim_call_end(sim, 0);
    }
    free(match);
    return sim_call_end(sim, code != 0 ? code : FWP_ERROR_INVALID_PARAMETER);
}

#define SUBSCRIBE(n)                                                                               \
    static uint32_t subscribe##n(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,   \
                                 system_callback callback, void *context, void **handle)           \
    {                                                                                              \
        return subscribe_events(ctx, engine, (n) + 1, s, callback, context, handle);               \
    }
SUBSCRIBE(0)
SUBSCRIBE(1)
SUBSCRIBE(2)
SUBSCRIBE(3)
SUBSCRIBE(4)

/* Waits until a running callback has returned; one that fails waits for nothing and ends nothing.
 */
static uint32_t unsubscribe_events(void *ctx, void *engine, void *handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_UNSUBSCRIBE);
    bool known = false;
    (void)sim_call_session(sim, engine);
    for (int i = 0; i < SIM_SUBSCRIPTIONS; i++) {
        struct sim_subscription *sub = &sim->subscriptions[i];
        if (handle != sub || !sub->used)
            continue;
        known = true;
        sub->stays = code != 0;
        if (sub->stays)
            break;
        sub->active = false;
        wait_for_callbacks(sim, sub);
        sub->used = false;
    }
    sim->misuses += !known;
    return sim_call_end(sim, code);
}

/* ---- enumeration ---------------------------------------------------------------------------- */

/* A snapshot, and how far it was read. */
struct sim_enum {
    struct sim_event *events;
    uint32_t count, at;
};

static uint32_t create_enum(void *ctx, void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                            void **handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_CREATE_ENUM);
    struct sim_wanted *match = NULL;
    if (code == 0)
        code = sim_call_alive(sim, sim_call_session(sim, engine));
    if (code == 0 && sim_machine_get(sim, FWPM_ENGINE_COLLECT_NET_EVENTS) == 0)
        code = FWP_E_NET_EVENTS_DISABLED;
    if (code == 0)
        code = sim_wanted_new(sim, t, &match);
    if (code != 0)
        return sim_call_end(sim, code);
    struct sim_enum *en = calloc(1, sizeof *en);
    struct sim_event *events = calloc(sim->history_count + 1, sizeof *events);
    if (en == NULL || events == NULL || !hand_out(sim, en, NULL, 0)) {
        free(en);
        free(events);
        free(match);
        return sim_call_end(sim, FWP_ERROR_INVALID_PARAMETER);
    }
    *en = (struct sim_enum){.events = events};
    for (uint32_t i = 0; i < sim->history_count; i++)
        if (sim_wanted_holds(match, sim->history[i]))
            events[en->count++] = *sim->history[i];
    free(match);
    *handle = en;
    return sim_call_end(sim, 0);
}

/* The next events of the snapshot that exist in this version, as one allocation. */
static uint32_t page_events(struct wfpw_sim *sim, struct sim_enum *en, int version, uint32_t wanted,
                            void ***entries, uint32_t *count)
{
    uint32_t most = en->count - en->at < wanted ? en->count - en->at : wanted;
    struct sim_image *images = calloc((size_t)most + 1, sizeof *images);
    void **list = calloc((size_t)most + 1, sizeof *list);
    *count = 0;
    if (images == NULL || list == NULL || !hand_out(sim, list, images, 0)) {
        free(images);
        free(list);
        return FWP_ERROR_INVALID_PARAMETER;
    }
    struct sim_block *b = sim->blocks;
    for (; en->at < en->count && *count < most; en->at++) {
        if (!sim_event_exists(&en->events[en->at], version))
            continue;
        (void)sim_image_make(&images[*count], &en->events[en->at], version);
        list[*count] = images[*count].event;
        b->count = ++*count;
        sim->enumerated++;
    }
    *entries = list;
    return 0;
}

static uint32_t enumerate_events(struct wfpw_sim *sim, void *engine, void *handle, int version,
                                 uint32_t wanted, void ***entries, uint32_t *count)
{
    uint32_t code = sim_call_enter(sim, CALL_ENUM);
    if (code == 0)
        code = sim_call_alive(sim, sim_call_session(sim, engine));
    if (code == 0)
        code = page_events(sim, handle, version, wanted, entries, count);
    return sim_call_end(sim, code);
}

#define ENUMERATE(n)                                                                               \
    static uint32_t enumerate##n(void *ctx, void *engine, void *handle, uint32_t wanted,           \
                                 void ***entries, uint32_t *count)                                 \
    {                                                                                              \
        return enumerate_events(ctx, engine, handle, n, wanted, entries, count);                   \
    }
ENUMERATE(0)
ENUMERATE(1)
ENUMERATE(2)
ENUMERATE(3)
ENUMERATE(4)
ENUMERATE(5)

static uint32_t destroy_enum(void *ctx, void *engine, void *handle)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_DESTROY_ENUM);
    struct sim_enum *en = handle;
    (void)sim_call_session(sim, engine);
    free(en->events);
    en->events = NULL;
    (void)sim_call_end(sim, 0);
    free_memory(sim, &handle);
    return code;
}

/* ---- files ---------------------------------------------------------------------------------- */

static uint32_t app_id_from_file(void *ctx, const uint16_t *path, FWP_BYTE_BLOB **app_id)
{
    struct wfpw_sim *sim = ctx;
    uint32_t code = sim_call_enter(sim, CALL_APP_ID);
    FWP_BYTE_BLOB *id = NULL;
    if (code == 0)
        code = sim_file_id(sim, path, &id);
    if (code == 0 && !hand_out(sim, id, NULL, 0)) {
        free(id);
        code = FWP_ERROR_INVALID_PARAMETER;
    }
    if (code == 0)
        *app_id = id;
    return sim_call_end(sim, code);
}

static uint64_t time_now(void *ctx)
{
    struct wfpw_sim *sim = ctx;
    os_mutex_lock(&sim->lock);
    uint64_t t = sim->now;
    os_mutex_unlock(&sim->lock);
    return t;
}

/* ---- who calls ------------------------------------------------------------------------------ */

static uint32_t own_app(void *ctx, uint16_t *room, uint32_t units)
{
    struct wfpw_sim *sim = ctx;
    os_mutex_lock(&sim->lock);
    uint32_t n = sim->self.n <= units ? sim->self.n : 0;
    if (n > 0)
        memcpy(room, sim->self.units, n * sizeof *room);
    os_mutex_unlock(&sim->lock);
    return n;
}

/* ---- which exports exist -------------------------------------------------------------------- */

/* The newest Subscribe of a Windows version; the newest Enum is one more. */
static int newest_subscribe(uint32_t windows)
{
    switch (windows) {
    case 7:
        return 0;
    case 8:
        return 1;
    case 10:
        return 2;
    case 1803:
        return 3;
    default:
        return 4;
    }
}

void sim_engine_fill(struct wfpw_sim *sim, uint32_t windows)
{
    sim->engine = (struct system_engine){
        .open = engine_open,
        .close = engine_close,
        .get_option = get_option,
        .set_option = set_option,
        .subscribe = {subscribe0, subscribe1, subscribe2, subscribe3, subscribe4},
        .unsubscribe = unsubscribe_events,
        .create_enum = create_enum,
        .enumerate = {enumerate0, enumerate1, enumerate2, enumerate3, enumerate4, enumerate5},
        .destroy_enum = destroy_enum,
        .app_id_from_file = app_id_from_file,
        .free = free_memory,
        .own_app = own_app,
    };
    if (windows > 7)
        sim_connections_fill(&sim->engine);
    for (int n = newest_subscribe(windows) + 1; n < SYSTEM_SUBSCRIBES; n++)
        sim->engine.subscribe[n] = NULL;
    for (int n = newest_subscribe(windows) + 2; n < SYSTEM_ENUMS; n++)
        sim->engine.enumerate[n] = NULL;
    sim->system = (struct wfpw_system){.ctx = sim,
                                       .source = WFPW_SOURCE_SIM,
                                       .engine = &sim->engine,
                                       .policy = &sim->functions,
                                       .now = time_now,
                                       .store = &sim_store,
                                       .places = &sim_system_places,
                                       .rules = &sim_system_rules,
                                       .sockets = &sim_system_sockets,
                                       .eventlog = &sim->log_functions,
                                       .audit_policy = &sim_system_audit_policy};
}
