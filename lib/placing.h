/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The stage that puts this host's own names into a record of this host's, on its way to the outbox:
 * where the application's volume is, and what the user is called. After it a record says both, so
 * a template means the same before and after the batch.
 */
#ifndef WFPW_PLACING_H
#define WFPW_PLACING_H

#include "memory.h"
#include "names/accounts.h"
#include "names/paths.h"
#include "record.h"

struct placing {
    wfpw_allocator memory;
    wfpw_log_fn log;
    void *log_ctx;
    bool is_ready; /* it may be freed */
    bool told;     /* that the volumes' places are not all known */
    os_u32 is_due; /* the system has to be asked */
    struct paths paths;
    struct accounts *accounts; /* NULL: only well-known ones are named */
};

/* What a record gets, until the next one is looked at. */
struct placed {
    uint32_t bytes; /* of the record with it */
    uint32_t name_bytes;
    bool has_path, is_lookup;
    struct path_found path;
    char name[ACCOUNTS_NAME_MAX];
};

/* false: the system has no lock to give. */
bool placing_init(struct placing *p, const wfpw_allocator *memory, wfpw_log_fn log, void *log_ctx);
/* Waits for a look-up of an account that is under way. */
void placing_free(struct placing *p);
/* On the service thread. accounts: look them up, which starts a thread. */
void placing_start(struct placing *p, const struct wfpw_system *system, bool accounts);

/* Looks a record up in what is known; asks nobody. false: placing_step should be called first; out
 * says what is known all the same. One thread at a time. */
bool placing_look(struct placing *p, const struct record *r, struct placed *out);
/* Whether something was looked up in vain that the system may know, and asking it: on the service
 * thread. */
bool placing_is_due(const struct placing *p);
void placing_step(struct placing *p);
/* Copies the record to `to`, which has room for placed->bytes. */
void placing_write(const struct record *r, const struct placed *placed, void *to);

#endif
