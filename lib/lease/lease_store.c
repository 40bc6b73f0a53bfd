/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/lease_store.h"

#include "base/error.h"
#include "os/host_store.h"

enum { LOCK_WAIT_MS = 5000 };

void lease_store_init(struct lease_store *p, const struct wfpw_system *system, const char *name)
{
    bool own = name == NULL && system->store != NULL;
    p->name = name;
    p->store = own ? system->store : host_store();
    p->ctx = own ? system->ctx : NULL;
}

static int store_failed(const char *where, int status, const struct store_failure *f, wfpw_error *e)
{
    return error_set(e, status, where, f->code, f->what);
}

/* ---- opening and locking -------------------------------------------------------------------- */

int lease_store_open(struct lease_store *p, bool create, wfpw_error *e)
{
    struct store_failure f = {0};
    if (p->is_open)
        return WFPW_OK;
    int status = p->store->open(p->ctx, p->name, create, &p->handle, &f);
    p->is_open = status == WFPW_OK;
    return p->is_open ? WFPW_OK : store_failed("leases: open", status, &f, e);
}

void lease_store_close(struct lease_store *p)
{
    if (p->is_open)
        p->store->close(p->ctx, &p->handle);
    p->is_open = false;
}

int lease_store_lock(struct lease_store *p, wfpw_error *e)
{
    struct store_failure f = {0};
    int status = p->store->lock(p->ctx, &p->handle, LOCK_WAIT_MS, &f);
    return status == WFPW_OK ? WFPW_OK : store_failed("leases: lock", status, &f, e);
}

void lease_store_unlock(struct lease_store *p)
{
    p->store->unlock(p->ctx, &p->handle);
}

/* ---- the document --------------------------------------------------------------------------- */

int lease_store_read(struct lease_store *p, wfpw_error *e)
{
    struct store_failure f = {0};
    size_t n, bad_at = 0;
    int status = p->store->read(p->ctx, &p->handle, p->room, sizeof p->room, &n, &f);
    if (status != WFPW_OK && status != WFPW_E_RANGE)
        return store_failed("leases: read", status, &f, e);
    p->read_as = status == WFPW_OK ? leases_parse(&p->table, p->room, n, &bad_at) : LEASES_DAMAGED;
    if (p->read_as == LEASES_OK)
        return WFPW_OK;
    return error_at(e, WFPW_E_LEASE, "leases", bad_at,
                    p->read_as == LEASES_NEWER ? "the record of leases is of a newer version"
                                               : "the record of leases is damaged");
}

void lease_store_mark_ended(struct lease_store *p)
{
    for (uint32_t i = 0; i < p->table.count; i++)
        p->table.at[i].over = !p->store->is_alive(p->ctx, &p->handle, &p->table.at[i].who);
}

int lease_store_write(struct lease_store *p, wfpw_error *e)
{
    struct store_failure f = {0};
    size_t n = leases_write(&p->table, p->room);
    int status = p->store->write(p->ctx, &p->handle, p->room, n, &f);
    return status == WFPW_OK ? WFPW_OK : store_failed("leases: write", status, &f, e);
}

int lease_store_whoami(struct lease_store *p, struct process_id *out, wfpw_error *e)
{
    struct store_failure f = {0};
    int status = p->store->whoami(p->ctx, &p->handle, out, &f);
    return status == WFPW_OK ? WFPW_OK : store_failed("leases: this process", status, &f, e);
}

/* Under the lock, as somebody else may have set it aside meanwhile. */
static int set_aside(struct lease_store *p, wfpw_error *e)
{
    struct store_failure f = {0};
    if (lease_store_read(p, e) != WFPW_E_LEASE || p->read_as != LEASES_DAMAGED)
        return WFPW_OK;
    int status = p->store->set_aside(p->ctx, &p->handle, &f);
    return status == WFPW_OK ? WFPW_OK : store_failed("leases: set aside", status, &f, e);
}

int lease_store_set_aside(struct lease_store *p, wfpw_error *e)
{
    int status = lease_store_open(p, true, e);
    if (status == WFPW_OK)
        status = lease_store_lock(p, e);
    if (status == WFPW_OK) {
        status = set_aside(p, e);
        lease_store_unlock(p);
    }
    lease_store_close(p);
    return status;
}
