/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "steps.h"

#include "os/host_store.h"
#include "process.h"

static struct steps *steps; /* the calls of the operating system have no context */

void steps_one(void)
{
    if (steps != NULL && ++steps->count == steps->die_at)
        process_die();
}

/* ---- the engine ----------------------------------------------------------------------------- */

#define CALL(counted, ...)                                                                         \
    struct steps *s = ctx;                                                                         \
    if (counted)                                                                                   \
        steps_one();                                                                               \
    uint32_t code = s->inner->engine->__VA_ARGS__;                                                 \
    if (counted)                                                                                   \
        steps_one();                                                                               \
    return code

static uint32_t open_engine(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    CALL(true, open(s->inner->ctx, session, engine));
}

static uint32_t close_engine(void *ctx, void *engine)
{
    CALL(true, close(s->inner->ctx, engine));
}

static uint32_t get_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    CALL(s->locked, get_option(s->inner->ctx, engine, option, value));
}

static uint32_t set_option(void *ctx, void *engine, uint32_t option, const FWP_VALUE0 *value)
{
    CALL(true, set_option(s->inner->ctx, engine, option, value));
}

static uint32_t subscribe(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription,
                          system_callback callback, void *context, void **handle)
{
    CALL(true, subscribe[SYSTEM_SUBSCRIBES - 1](s->inner->ctx, engine, subscription, callback,
                                                context, handle));
}

static uint32_t unsubscribe(void *ctx, void *engine, void *handle)
{
    CALL(true, unsubscribe(s->inner->ctx, engine, handle));
}

static void free_memory(void *ctx, void **p)
{
    struct steps *s = ctx;
    s->inner->engine->free(s->inner->ctx, p);
}

static uint64_t now(void *ctx)
{
    struct steps *s = ctx;
    return s->inner->now(s->inner->ctx);
}

/* ---- the audit policy ----------------------------------------------------------------------- */

static uint32_t query_policy(void *ctx, const FWP_GUID *subcategories, uint32_t count,
                             AUDIT_POLICY_INFORMATION **out)
{
    struct steps *s = ctx;
    return s->inner->audit_policy->query(s->inner->ctx, subcategories, count, out);
}

static uint32_t set_policy(void *ctx, const AUDIT_POLICY_INFORMATION *policy, uint32_t count)
{
    struct steps *s = ctx;
    steps_one();
    uint32_t code = s->inner->audit_policy->set(s->inner->ctx, policy, count);
    steps_one();
    return code;
}

static uint32_t list_policy(void *ctx, const FWP_GUID *category, FWP_GUID **out, uint32_t *count)
{
    struct steps *s = ctx;
    return s->inner->audit_policy->subcategories(s->inner->ctx, category, out, count);
}

static void free_policy(void *ctx, void *p)
{
    struct steps *s = ctx;
    s->inner->audit_policy->free(s->inner->ctx, p);
}

/* ---- the leases' place ---------------------------------------------------------------------- */

static int store_open(void *ctx, const char *place, bool create, struct store_handle *h,
                      struct store_failure *f)
{
    struct steps *s = ctx;
    (void)place;
    steps_one();
    return host_store()->open(NULL, s->place, create, h, f);
}

static void store_close(void *ctx, struct store_handle *h)
{
    (void)ctx;
    host_store()->close(NULL, h);
    steps_one();
}

static int store_lock(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f)
{
    struct steps *s = ctx;
    steps_one();
    int status = host_store()->lock(NULL, h, wait_ms, f);
    s->locked = status == 0;
    steps_one();
    return status;
}

static void store_unlock(void *ctx, struct store_handle *h)
{
    struct steps *s = ctx;
    steps_one();
    host_store()->unlock(NULL, h);
    s->locked = false;
    steps_one();
}

static int store_read(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                      struct store_failure *f)
{
    (void)ctx;
    return host_store()->read(NULL, h, room, cap, n, f);
}

static int store_write(void *ctx, struct store_handle *h, const void *p, size_t n,
                       struct store_failure *f)
{
    (void)ctx;
    steps_one();
    int status = host_store()->write(NULL, h, p, n, f);
    steps_one();
    return status;
}

static int store_set_aside(void *ctx, struct store_handle *h, struct store_failure *f)
{
    (void)ctx;
    return host_store()->set_aside(NULL, h, f);
}

static int store_whoami(void *ctx, struct store_handle *h, struct process_id *out,
                        struct store_failure *f)
{
    (void)ctx;
    return host_store()->whoami(NULL, h, out, f);
}

static bool store_is_alive(void *ctx, struct store_handle *h, const struct process_id *p)
{
    (void)ctx;
    return host_store()->is_alive(NULL, h, p);
}

void steps_init(struct steps *s, const struct wfpw_system *inner, const char *place,
                uint64_t die_at)
{
    *s = (struct steps){.engine = {.open = open_engine,
                                   .close = close_engine,
                                   .get_option = get_option,
                                   .set_option = set_option,
                                   .subscribe = {[SYSTEM_SUBSCRIBES - 1] = subscribe},
                                   .unsubscribe = unsubscribe,
                                   .free = free_memory},
                        .audit_policy = {.query = query_policy,
                                         .set = set_policy,
                                         .subcategories = list_policy,
                                         .free = free_policy},
                        .store = {.open = store_open,
                                  .close = store_close,
                                  .lock = store_lock,
                                  .unlock = store_unlock,
                                  .read = store_read,
                                  .write = store_write,
                                  .set_aside = store_set_aside,
                                  .whoami = store_whoami,
                                  .is_alive = store_is_alive},
                        .inner = inner,
                        .place = place,
                        .die_at = die_at};
    s->system = (struct wfpw_system){.ctx = s,
                                     .source = inner->source,
                                     .engine = &s->engine,
                                     .now = now,
                                     .store = &s->store,
                                     .audit_policy = &s->audit_policy};
    steps = s;
}
