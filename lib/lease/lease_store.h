/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where leases live: the system's store, with the table of leases that is read from it and written
 * to it.
 */
#ifndef WFPW_LEASE_STORE_H
#define WFPW_LEASE_STORE_H

#include "lease/lease.h"
#include "wfpwatch/wfpwatch.h"

struct lease_store {
    const char *name; /* NULL: the system's own */
    const struct system_store *store;
    void *ctx;
    struct store_handle handle;
    bool is_open;
    enum leases_result read_as; /* of the document as it was read last */
    struct leases table;
    char room[LEASES_BYTES];
};

/* The system's store when no name is given and it has one, else the operating system's. */
void lease_store_init(struct lease_store *p, const struct wfpw_system *system, const char *name);

/* Each returns WFPW_OK, or what e says. Without `create`, a place that is not there has no leases,
 * and nothing but reading may be asked of it. */
int lease_store_open(struct lease_store *p, bool create, wfpw_error *e);
void lease_store_close(struct lease_store *p);
int lease_store_lock(struct lease_store *p, wfpw_error *e);
void lease_store_unlock(struct lease_store *p);
/* Reads the table. E_LEASE: it is damaged, or of a newer version. */
int lease_store_read(struct lease_store *p, wfpw_error *e);
/* Marks the leases whose holders have ended. */
void lease_store_mark_ended(struct lease_store *p);
int lease_store_write(struct lease_store *p, wfpw_error *e);
int lease_store_whoami(struct lease_store *p, struct process_id *out, wfpw_error *e);
/* A damaged document is kept beside, so that leases can be had again; any other stays. */
int lease_store_set_aside(struct lease_store *p, wfpw_error *e);

#endif
