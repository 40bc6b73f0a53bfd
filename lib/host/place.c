/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "host/place.h"

#include "error.h"
#include "os/hoststore.h"

enum { LOCK_WAIT_MS = 5000 };

void place_init(struct place *p, const struct wfpw_system *system, const char *name)
{
    bool own = name == NULL && system->store != NULL;
    p->name = name;
    p->store = own ? system->store : hoststore();
    p->ctx = own ? system->ctx : NULL;
}

static int failed(const char *where, int status, const struct store_failure *f, wfpw_error *e)
{
    return error_set(e, status, where, f->code, f->what);
}

/* ---- opening and locking -------------------------------------------------------------------- */

int place_open(struct place *p, bool create, wfpw_error *e)
{
    struct store_failure f = {0};
    if (p->is_open)
        return WFPW_OK;
    int status = p->store->open(p->ctx, p->name, create, &p->handle, &f);
    p->is_open = status == WFPW_OK;
    return p->is_open ? WFPW_OK : failed("leases: open", status, &f, e);
}

void place_close(struct place *p)
{
    if (p->is_open)
        p->store->close(p->ctx, &p->handle);
    p->is_open = false;
}

int place_lock(struct place *p, uint32_t wait_ms, wfpw_error *e)
{
    struct store_failure f = {0};
    int status = p->store->lock(p->ctx, &p->handle, wait_ms, &f);
    return status == WFPW_OK ? WFPW_OK : failed("leases: lock", status, &f, e);
}

void place_unlock(struct place *p)
{
    p->store->unlock(p->ctx, &p->handle);
}

/* ---- the document --------------------------------------------------------------------------- */

int place_read(struct place *p, wfpw_error *e)
{
    struct store_failure f = {0};
    size_t n, bad_at = 0;
    int status = p->store->read(p->ctx, &p->handle, p->room, sizeof p->room, &n, &f);
    if (status != WFPW_OK && status != WFPW_E_RANGE)
        return failed("leases: read", status, &f, e);
    p->read_as = status == WFPW_OK ? leases_parse(&p->table, p->room, n, &bad_at) : LEASES_DAMAGED;
    if (p->read_as == LEASES_OK)
        return WFPW_OK;
    return error_at(e, WFPW_E_LEASE, "leases", bad_at,
                    p->read_as == LEASES_NEWER ? "the record of leases is of a newer version"
                                               : "the record of leases is damaged");
}

void place_mark_ended(struct place *p)
{
    for (uint32_t i = 0; i < p->table.count; i++)
        p->table.at[i].over = !p->store->is_alive(p->ctx, &p->handle, &p->table.at[i].who);
}

int place_write(struct place *p, wfpw_error *e)
{
    struct store_failure f = {0};
    size_t n = leases_write(&p->table, p->room);
    int status = p->store->write(p->ctx, &p->handle, p->room, n, &f);
    return status == WFPW_OK ? WFPW_OK : failed("leases: write", status, &f, e);
}

int place_whoami(struct place *p, struct process_id *out, wfpw_error *e)
{
    struct store_failure f = {0};
    int status = p->store->whoami(p->ctx, &p->handle, out, &f);
    return status == WFPW_OK ? WFPW_OK : failed("leases: this process", status, &f, e);
}

/* Under the lock, as somebody else may have set it aside meanwhile. */
static int set_aside(struct place *p, wfpw_error *e)
{
    struct store_failure f = {0};
    if (place_read(p, e) != WFPW_E_LEASE || p->read_as != LEASES_DAMAGED)
        return WFPW_OK;
    int status = p->store->set_aside(p->ctx, &p->handle, &f);
    return status == WFPW_OK ? WFPW_OK : failed("leases: set aside", status, &f, e);
}

int place_set_aside(struct place *p, wfpw_error *e)
{
    int status = place_open(p, true, e);
    if (status == WFPW_OK)
        status = place_lock(p, LOCK_WAIT_MS, e);
    if (status == WFPW_OK) {
        status = set_aside(p, e);
        place_unlock(p);
    }
    place_close(p);
    return status;
}
