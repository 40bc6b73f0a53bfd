/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the engine collects, turned on under leases and put back. Settings are the machine's, not a
 * session's, and survive reboots: so every change is recorded before it is made, in a record that
 * all our processes share, and is made through an engine session of its own (a dynamic one may
 * not). The record's lock is held while it is read and written, never during a call of the engine,
 * which may hang: what others did meanwhile is seen by looking again. The caller's thread makes the
 * engine's calls: in a live session the service thread.
 */
#ifndef WFPW_COLLECTION_H
#define WFPW_COLLECTION_H

#include "base/log.h"
#include "lease/lease_store.h"

/* The settings that we know how to hold, in the order in which they are set. */
enum { COLLECT, KEYWORDS, IPSEC, SETTINGS };

struct collection_options {
    const struct wfpw_system *system;
    const char *place; /* of the leases; NULL: the system's own */
    wfpw_log_fn log;
    void *log_ctx;
    struct log_bound *bound;  /* of the log's lines; the caller's */
    uint32_t wants[SETTINGS]; /* bits; all 0: only to settle what others left */
};

struct collection {
    struct collection_options o;
    struct lease_store place;    /* its table is good while the lock is held */
    uint32_t refused;            /* keywords that this Windows does not know */
    struct lease held[SETTINGS]; /* ours as we know them; added 0: none */
    uint32_t settled;            /* by the last call: leases of others that were put back */
    uint32_t wait_ms;            /* for the lock, each time; collection_init sets it */
    bool turned_on;              /* by the last call: something that was off */
};

/* Whether the system can be asked for its settings and told to change them. */
bool collection_is_possible(const struct wfpw_system *system);
/* c: all zero. */
void collection_init(struct collection *c, const struct collection_options *o);

/* Turns on what is wanted and is off, and settles what holders that have ended left on. May be
 * called again and again: then it turns on again what somebody turned off. Whether it fails or not,
 * collection_leave is due. Where it fails because of the record, `where` begins with "leases", and
 * nothing was changed. */
int collection_take(struct collection *c, wfpw_error *e);
/* Puts back what no other holder wants. Says in the log what is not as it was found. */
int collection_leave(struct collection *c, wfpw_error *e);
/* Settles what holders that have ended left on, and nothing else. */
int collection_settle(struct collection *c, wfpw_error *e);
/* Whether everything wanted is on, seen through the caller's engine session. `collects`: whether
 * the first setting is. Returns the engine's code. */
uint32_t collection_look(const struct collection *c, void *engine, bool *collects, bool *intact);

/* FWPM_ENGINE_OPTION and a name for it. */
uint32_t collection_option(int setting);
const char *collection_name(int setting);

#endif
