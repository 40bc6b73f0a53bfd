/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The inside of a service, for the files that it consists of: service.c has the thread and the
 * reader's side, connection.c the way to the engine and back to it.
 */
#ifndef WFPW_SERVICE_INTERNAL_H
#define WFPW_SERVICE_INTERNAL_H

#include "engine/subscription.h"
#include "lease/audit_policy/audit_keeper.h"
#include "lease/collection.h"
#include "live/drain.h"
#include "live/service.h"
#include "names/own_provider.h"
#include "policy/policy_watch.h"

struct service {
    struct service_options o;
    struct system_host host; /* used when the options name no system */
    struct own_app own;      /* written before `started` is set */
    struct subscription subscription;
    struct collection *collection; /* NULL: observing */
    struct audit_keeper *keeper;   /* NULL: the audit policy is not asked for */
    struct policy_watch *policy;   /* NULL: without names */
    struct ring ring, outbox;
    struct drain drain; /* from the one to the other */
    struct resolver resolver;
    void *ring_memory, *outbox_memory;
    os_thread thread;
    os_signal wake;  /* for this thread: something in the ring, room in the outbox, stop */
    os_signal ready; /* for the reader, and the caller's wait handle */
    os_signal started;
    os_u32 ready_is_set, sleeping, stop, abandoned, ended, state;
    os_u32 missing;           /* WFPW_MISSING_*: told */
    bool finishing;           /* stopped, and only moving what came before */
    bool reported_no_turning; /* that collection cannot be turned on again */
    bool reported_refused;    /* that the engine does not take the template's conditions */
    uint64_t next_watch;      /* ticks */
    uint32_t looks;           /* while settings are refused */
    uint64_t begin;    /* by the system's clock, as all that follow: earlier events are not ours */
    uint64_t well;     /* when the engine was there for the last time */
    uint64_t due_from; /* from when on what the engine keeps is to be read; 0: it is not */
    wfpw_error error;  /* why it ended; written before `ended` */
    uint64_t
        deferred_until; /* the reader's: when to look again for what is held; ticks, 0: nothing */
};

/* ---- service.c; on the service thread all of it ---------------------------------------------- */

/* Into the log: what happened, and the call and its code when there is one. */
void service_say(struct service *s, int level, const char *what, const char *call, uint32_t code);
void service_say_error(struct service *s, int level, const char *what, const wfpw_error *e);
/* WFPW_STATE_*, which the reader is woken for when it changes. */
void service_set_state(struct service *s, uint32_t state);
bool service_is_stopped(const struct service *s);
/* Moves what there is to move until `ms` are over. */
void service_rest(struct service *s, uint32_t ms);

/* ---- connection.c
 * --------------------------------------------------------------------------------
 */

/* Finds the system, and subscribes; waits for the engine as long as the options say. false: it
 * failed, or was stopped. */
bool connection_first(struct service *s);
/* Whether the engine is there and collects; connects anew when it went away. false: the live source
 * is at its end. */
bool connection_watch(struct service *s);
/* Unsubscribes, and puts back what was turned on. */
void connection_end(struct service *s);

#endif
