/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Keeps what a live session lends itself of the audit policy: on a thread of its own, as the local
 * security authority may take its time. Looks at intervals, and at once when a record tells of a
 * change; turns on again what somebody turned off, until that has happened three times within an
 * hour: then somebody decides it, and is not fought.
 */
#ifndef WFPW_AUDIT_KEEPER_H
#define WFPW_AUDIT_KEEPER_H

#include "lease/audit_policy/audit_lease.h"
#include "os/os.h"

enum { AUDIT_BY_BYTES = 96, AUDIT_UNDONE_MAX = 3 };

struct audit_keeper_options {
    struct audit_lease_options lease;
    uint32_t watch_ms;
    /* On the keeper's thread; by the system's clock, since when (0: not known) events may be
     * missing until now. */
    void (*missed)(void *ctx, uint64_t from);
    void (*state_changed)(void *ctx);
    void *ctx;
};

/* A change as a record 4719 tells it. */
struct audit_policy_change {
    FWP_GUID subcategory;
    uint64_t time;     /* of the record, by the system's clock */
    uint64_t logon_id; /* 0: not told */
    uint32_t pid;      /* 0: not told (version 0) */
    const char *by;    /* the account that made it, UTF-8; NULL: not told */
};

struct audit_keeper {
    struct audit_keeper_options o;
    struct audit_lease lease; /* the thread's */
    os_thread thread;
    bool has_thread, has_signals;
    os_signal wake;
    os_u32 stop, state; /* WFPW_AUDIT_POLICY_* */
    uint64_t well;      /* the thread's: when it was last seen on; 0: not yet */
    uint32_t looks;     /* since it was asked for in vain */
    uint32_t ask_at;    /* so many looks later it is again */
    os_u32 no_lease;    /* it was refused for want of a lease: any thread */
    os_u32 unseen;      /* whether it still is as it was set cannot be seen: any thread */
    bool told;          /* that a look fails */
    uint64_t undone[LENT][AUDIT_UNDONE_MAX]; /* when; the newest last */
    os_mutex lock;                           /* of what follows */
    uint64_t set_from[LENT], set_to[LENT];   /* our last change; 0: none */
    uint32_t pid;
    uint64_t logon_id;
    char by[LENT][AUDIT_BY_BYTES]; /* who changed it last, as a record told; "": nobody did */
};

/* k: all zero. false: no memory, or no thread; it may be tried again. */
bool audit_keeper_start(struct audit_keeper *k, const struct audit_keeper_options *o);
/* Whether it is to be ended. The thread that starts it. */
bool audit_keeper_is_running(const struct audit_keeper *k);
/* Any thread: whether it has been tried to turn on what is wanted. */
bool audit_keeper_has_tried(const struct audit_keeper *k);
/* Whether the thread that calls is its thread. */
bool audit_keeper_is_self(const struct audit_keeper *k);
/* Puts back, and ends the thread. Also where it never started. */
void audit_keeper_end(struct audit_keeper *k);
/* After that, when nobody tells it of records any more. */
void audit_keeper_free(struct audit_keeper *k);

/* Any thread, between the first state that is told and audit_keeper_free. A record of the log tells
 * of a change, whoever made it: it is looked at at once. */
void audit_keeper_see_change(struct audit_keeper *k, const struct audit_policy_change *c);
/* Whether we made it: by the process where the record has it, else by logon, subcategory, time. */
bool audit_keeper_is_own(struct audit_keeper *k, const struct audit_policy_change *c);

#endif
