/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that puts this host's own names into a record of this host's, on its way to the outbox:
 * where the application's volume is, and what the user is called. After it a record says both, so
 * a template means the same before and after the batch.
 */
#ifndef WFPW_RESOLVE_H
#define WFPW_RESOLVE_H

#include "base/memory.h"
#include "model/record.h"
#include "resolve/accounts.h"
#include "resolve/sockets/sockets.h"
#include "resolve/volumes.h"

struct resolver {
    wfpw_allocator memory;
    wfpw_log_fn log;
    void *log_ctx;
    const wfpw_thread_hooks *hooks; /* of its threads; NULL: none. Set after resolve_init */
    bool is_ready;                  /* it may be freed */
    bool reported;                  /* that the volumes' places are not all known */
    os_u32 is_due;                  /* the system has to be asked */
    struct volumes volumes;
    struct accounts *accounts; /* NULL: only well-known ones are named */
    struct sockets *sockets;   /* NULL: no processes are looked up */
    os_u64 sockets_found;      /* records that got one */
};

/* What a record gets, until the next one is looked at. */
struct resolved {
    uint32_t bytes; /* of the record with it */
    uint32_t name_bytes;
    bool has_path, is_lookup;
    enum sockets_answer process;
    struct socket_owner owner;
    struct volume_found path;
    char name[ACCOUNTS_NAME_MAX];
};

/* false: the system has no lock to give. */
bool resolve_init(struct resolver *p, const wfpw_allocator *memory, wfpw_log_fn log, void *log_ctx);
/* Waits for a look-up of an account that is under way. */
void resolve_free(struct resolver *p);
/* On the service thread. accounts: look them up, which starts a thread. */
void resolve_start(struct resolver *p, const struct wfpw_system *system, bool accounts);

/* Likewise: look up processes of sockets, which starts a thread. */
void resolve_start_sockets(struct resolver *p, const struct sockets_options *o);
/* Logs why they could not be, if that is news. */
void resolve_log_sockets(struct resolver *p);

/* Looks a record up in what is known; asks nobody. false: resolve_step should be called first; out
 * says what is known all the same. One thread at a time. */
bool resolve_look(struct resolver *p, const struct record *r, struct resolved *out);
/* Whether something was looked up in vain that the system may know, and asking it: on the service
 * thread. */
bool resolve_is_due(const struct resolver *p);
void resolve_step(struct resolver *p);
/* Copies the record to `to`, which has room for placed->bytes. */
void resolve_write(const struct record *r, const struct resolved *resolved, void *to);

#endif
