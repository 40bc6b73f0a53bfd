/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where leases live: the system's store, with the table of leases that is read from it and written
 * to it.
 */
#ifndef WFPW_PLACE_H
#define WFPW_PLACE_H

#include "host/lease.h"
#include "wfpwatch/wfpwatch.h"

struct place {
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
void place_init(struct place *p, const struct wfpw_system *system, const char *name);

/* Each returns WFPW_OK, or what e says. Without `create`, a place that is not there has no leases,
 * and nothing but reading may be asked of it. */
int place_open(struct place *p, bool create, wfpw_error *e);
void place_close(struct place *p);
int place_lock(struct place *p, uint32_t wait_ms, wfpw_error *e);
void place_unlock(struct place *p);
/* Reads the table. E_LEASE: it is damaged, or of a newer version. */
int place_read(struct place *p, wfpw_error *e);
/* Marks the leases whose holders have ended. */
void place_mark_ended(struct place *p);
int place_write(struct place *p, wfpw_error *e);
int place_whoami(struct place *p, struct process_id *out, wfpw_error *e);
/* A damaged document is kept beside, so that leases can be had again; any other stays. */
int place_set_aside(struct place *p, wfpw_error *e);

#endif
