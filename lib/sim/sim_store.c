/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The place of leases on a simulated machine of one process: a document in memory. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum { LOCK_POLL_MS = 1 };

static int store_open(void *ctx, const char *place, bool create, struct store_handle *h,
                      struct store_failure *f)
{
    (void)ctx;
    (void)place;
    (void)create;
    (void)f;
    *h = (struct store_handle){{1}};
    return WFPW_OK;
}

static void store_close(void *ctx, struct store_handle *h)
{
    (void)ctx;
    *h = (struct store_handle){{0}};
}

static bool try_lock(struct wfpw_sim *sim)
{
    os_mutex_lock(&sim->lock);
    bool got = !sim->machine.locked;
    sim->machine.locked = true;
    os_mutex_unlock(&sim->lock);
    return got;
}

static int store_lock(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f)
{
    uint64_t end = os_ticks_ms() + wait_ms;
    (void)h;
    while (!try_lock(ctx)) {
        if (os_ticks_ms() >= end) {
            *f = (struct store_failure){.what = "another process holds the lock of the leases"};
            return WFPW_E_TIMEOUT;
        }
        os_sleep_ms(LOCK_POLL_MS);
    }
    return WFPW_OK;
}

static void store_unlock(void *ctx, struct store_handle *h)
{
    struct wfpw_sim *sim = ctx;
    (void)h;
    os_mutex_lock(&sim->lock);
    sim->misuses += !sim->machine.locked;
    sim->machine.locked = false;
    os_mutex_unlock(&sim->lock);
}

static int store_read(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                      struct store_failure *f)
{
    struct wfpw_sim *sim = ctx;
    (void)h;
    (void)f;
    os_mutex_lock(&sim->lock);
    *n = sim->machine.document_size;
    bool fits = *n <= cap;
    if (fits && *n > 0)
        memcpy(room, sim->machine.document, *n);
    os_mutex_unlock(&sim->lock);
    return fits ? WFPW_OK : WFPW_E_RANGE;
}

static int store_write(void *ctx, struct store_handle *h, const void *p, size_t n,
                       struct store_failure *f)
{
    struct wfpw_sim *sim = ctx;
    char *copy = n > 0 ? malloc(n) : NULL;
    (void)h;
    (void)f;
    if (n > 0 && copy == NULL)
        return WFPW_E_NOMEM;
    if (n > 0)
        memcpy(copy, p, n);
    os_mutex_lock(&sim->lock);
    sim->misuses += !sim->machine.locked;
    free(sim->machine.document);
    sim->machine.document = copy;
    sim->machine.document_size = n;
    os_mutex_unlock(&sim->lock);
    return WFPW_OK;
}

static int store_set_aside(void *ctx, struct store_handle *h, struct store_failure *f)
{
    return store_write(ctx, h, NULL, 0, f);
}

/* This process is the only one that the machine has; it dies with the machine's boot. */
static int store_whoami(void *ctx, struct store_handle *h, struct process_id *out,
                        struct store_failure *f)
{
    struct wfpw_sim *sim = ctx;
    (void)h;
    (void)f;
    *out = (struct process_id){.pid = 1};
    os_mutex_lock(&sim->lock);
    memcpy(out->boot, &sim->machine.boot, sizeof sim->machine.boot);
    os_mutex_unlock(&sim->lock);
    return WFPW_OK;
}

static bool store_is_alive(void *ctx, struct store_handle *h, const struct process_id *p)
{
    struct process_id me;
    (void)store_whoami(ctx, h, &me, NULL);
    return p->pid == me.pid && memcmp(p->boot, me.boot, sizeof me.boot) == 0;
}

const struct system_store sim_store = {
    .open = store_open,
    .close = store_close,
    .lock = store_lock,
    .unlock = store_unlock,
    .read = store_read,
    .write = store_write,
    .set_aside = store_set_aside,
    .whoami = store_whoami,
    .is_alive = store_is_alive,
};
