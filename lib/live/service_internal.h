/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The inside of a service, for the files that it consists of: service.c has the thread and the
 * reader's side, connection.c the way to the engine and back to it, settings.c what it changes
 * there; service_state.c and service_wait.c are what all of them stand on.
 */
#ifndef WFPW_SERVICE_INTERNAL_H
#define WFPW_SERVICE_INTERNAL_H

#include "base/log.h"
#include "engine/gate.h"
#include "engine/subscription.h"
#include "lease/audit_policy/audit_keeper.h"
#include "lease/collection.h"
#include "queue/deadline.h"
#include "live/drain.h"
#include "live/guard_alarms.h"
#include "live/life.h"
#include "live/service.h"
#include "policy/policy_watch.h"
#include "policy/rules_watch.h"
#include "resolve/own_process.h"
#include "template/template_next.h"

struct service {
    struct service_options o;
    struct system_host host; /* used when the options name no system */
    struct own_process own;  /* written before `started` is set */
    struct subscription subscription;
    struct gates gates, change_gates; /* between the system's callbacks and what is here */
    struct log_bound log;             /* of the service thread's lines */
    struct deadline deadline;
    struct collection *collection; /* NULL: observing */
    struct audit_keeper *keeper;   /* NULL: the audit policy is not asked for */
    struct policy_watch *policy;   /* NULL: without names */
    struct rules_watch *rules;     /* likewise */
    struct ring ring, outbox;
    struct drain drain; /* from the one to the other */
    struct guard_alarms alarms;
    struct resolver resolver;
    os_u32 has_process; /* 1: a process was looked up, since the service thread looked last */
    void *ring_memory, *outbox_memory;
    os_thread thread;
    os_signal wake;    /* for this thread: something in the ring, room in the outbox, stop */
    os_signal started; /* for who waits for it to be up, to end or to be stopped */
    os_u32 sleeping, stop, abandoned, ended, state;
    os_u32 is_up;         /* subscribed, settings were tried, and the state is known */
    os_u64 subscribed_at; /* ticks of the first time; 0: not yet */
    bool has_thread;
    bool was_there;        /* the engine, once: it is waited for, whatever it says */
    os_u32 missing;        /* WFPW_MISSING_*: told */
    bool finishing;        /* stopped, and only moving what came before */
    bool reported_refused; /* that the engine does not take the template's conditions */
    uint64_t next_watch;   /* ticks */
    uint32_t bad_looks;    /* that failed, one after the other */
    uint32_t late_reads;   /* of what the engine keeps, likewise */
    uint32_t looks_unread; /* since then */
    uint32_t looks;        /* since settings were asked for in vain */
    uint32_t ask_at;       /* so many looks later they are again */
    struct template_next next_match;
    wfpw_template *own_match; /* what o.match is since it was changed; NULL: it was not */
    os_u32 next_keywords;     /* 0: no others are wanted */
    uint64_t begin;    /* by the system's clock, as all that follow: earlier events are not ours */
    uint64_t well;     /* when the engine was there for the last time */
    uint64_t due_from; /* from when on what the engine keeps is to be read; 0: it is not */
    wfpw_error error;  /* why it ended; written before `ended` */
    struct life life;
    uint64_t
        deferred_until; /* the reader's: when to look again for what is held; ticks, 0: nothing */
};

/* ---- service_state.c ------------------------------------------------------------------------- */

/* Into the log: what happened, and the call and its code when there is one. On the service thread.
 */
void service_say(struct service *s, int level, const char *what, const char *call, uint32_t code);
void service_say_error(struct service *s, int level, const char *what, const wfpw_error *e);
/* WFPW_STATE_*, which the reader is woken for when it changes. */
void service_set_state(struct service *s, uint32_t state);
/* The reader is to look. */
void service_set_ready(struct service *s);
bool service_is_stopped(const struct service *s);
/* Whether filters that come and go are to be followed, not only for the sake of their names. */
static inline bool service_follows(const struct service *s)
{
    return s->o.filters || s->o.guard != NULL;
}
/* Whether whoever opens the session may go on. */
void service_up(struct service *s);
/* Whether what other threads do first was tried: to have the audit policy, if it was asked for, and
 * to read the firewall's rules, which is waited for for a moment only. */
bool service_all_was_tried(const struct service *s);
/* Whether other conditions or keywords wait. */
bool service_has_change(const struct service *s);

/* ---- service_wait.c; on the service thread all of it ----------------------------------------- */

/* The thread that looks up processes, if it is wanted. */
void service_start_sockets(struct service *s);
/* Calls of the system may take their time: between these two the reader moves what comes. */
void service_leave_engine(struct service *s);
void service_come_back(struct service *s);
/* Moves what fits; false: there was nothing to do, or no room. */
bool service_drain(struct service *s);
/* Sleeps until something happens, or is due, or `ms` are over. */
void service_nap(struct service *s, uint32_t ms);
/* Within a call of the engine, as it were: moves what there is to move until `ms` are over. */
void service_rest(struct service *s, uint32_t ms);

/* ---- settings.c ----------------------------------------------------------------------------- */

/* Goes on without WFPW_MISSING_*, and says so once; and has it (again). */
void service_do_without(struct service *s, uint32_t what, const char *text, const wfpw_error *e);
void service_have(struct service *s, uint32_t what);
/* Whether settings are ours to hold. */
bool settings_hold(const struct service *s);
/* Turns on what is wanted; what fails is missing, and asked for again with later looks. */
int settings_try(struct service *s, wfpw_error *e);
void settings_ask_again(struct service *s);
/* Another program turned off what we had turned on. Whether it is on again. */
bool settings_turn_on_again(struct service *s);
/* Other keywords are wanted from now on. */
void settings_want(struct service *s, uint32_t keywords);

/* ---- service_health.c ----------------------------------------------------------------------- */

/* The engine answered. */
void service_note_answer(struct service *s);
/* The same of a look: whether events came since the last one, and what it is when none came
 * for long. */
void service_see_life(struct service *s);

/* ---- change.c ------------------------------------------------------------------------------- */

/* Makes the changes that wait. false: the live source is at its end. */
bool change_make(struct service *s);

/* ---- connection.c --------------------------------------------------------------------------- */

/* Finds the system, and subscribes; waits for the engine as long as the options say. false: it
 * failed, or was stopped. */
bool connection_first(struct service *s);
/* Whether the engine is there and collects; connects anew when it went away. false: the live source
 * is at its end. */
bool connection_watch(struct service *s);
/* Connects anew to an engine that went away, as this code of a call says. false: stopped. */
bool connection_again(struct service *s, const char *call, uint32_t code);
/* What the engine keeps from the last look on is to be read. */
void connection_want_past(struct service *s);
/* Reads it. What may pass is returned, and is due still. */
int connection_catch_up(struct service *s, wfpw_error *e);
/* Unsubscribes, and puts back what was turned on. */
void connection_end(struct service *s);

#endif
