/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The live session's own thread: every call of the engine is made here, so that none of them,
 * however long it hangs, is felt by who reads. It takes records from the ring to the outbox, from
 * which wfpw_read takes them.
 */
#ifndef WFPW_SERVICE_H
#define WFPW_SERVICE_H

#include "base/memory.h"
#include "lease/audit_policy/audit_lease.h"
#include "names/live_names.h"
#include "os/system.h"
#include "queue/ready.h"
#include "queue/ring.h"

struct service;

struct service_options {
    wfpw_allocator memory;
    wfpw_log_fn log;
    void *log_ctx;
    const wfpw_thread_hooks *hooks;   /* of its threads; NULL: none */
    const struct wfpw_system *system; /* NULL: this host */
    struct ready *ready;              /* of the reader */
    const char *state_dir;            /* of the leases; NULL: the system's own place */
    const wfpw_template *match;       /* the events that are wanted; NULL: all */
    bool observe;                     /* change nothing; the next two are of no use then */
    bool ipsec;
    bool audit_policy;          /* turn on audit_wants of it */
    uint32_t audit_wants[LENT]; /* AUDIT_SUCCESS, AUDIT_FAILURE */
    bool filters;               /* their coming and going are events */
    const wfpw_guard *guard;    /* whose targets' blocks are; NULL: none. Not with no_names */
    bool accounts;              /* look them up */
    bool sockets;               /* look up the processes of events among them */
    bool wants_process;         /* and wait for the answer, at most join_ms */
    uint32_t keywords;
    uint32_t ring_bytes, wait_ms, watch_ms;
    uint32_t aggregate_ms; /* how long events of one kind are counted; 0: they are not */
    uint32_t aggregate_bytes;
    bool no_names;
    uint32_t join_ms; /* how long an event may be held for its filter's name */
    size_t names_bytes;
    uint32_t kept_bytes; /* of events that the engine keeps, read at once */
    uint64_t since;      /* which of them come first; 0: none */
    uint32_t silence_ms; /* without events, until a gap tells; 0: it is not told */
};

struct service_counts {
    uint32_t state;
    uint32_t missing;      /* WFPW_MISSING_* */
    uint32_t audit_policy; /* WFPW_AUDIT_POLICY_* */
    uint64_t received, dropped, undecoded, filtered, duplicate, aggregated;
    uint64_t waiting; /* gaps included */
    uint64_t gaps;    /* that went to the reader */
    uint64_t unnamed;
    uint64_t sockets_found, sockets_read;
    struct live_names_counts names;
};

/* Of a wfpw_health what the service knows; ages in ms, UINT64_MAX: never. */
struct service_health {
    bool hangs, is_silent, queue_full;
    uint32_t settings_undone;
    uint64_t event_age, look_age, gap_age, outages;
};

/* Makes one that does nothing yet. */
int service_new(const struct service_options *o, struct service **out, wfpw_error *e);
/* Starts the thread, and returns when it has subscribed and tried the settings, or failed to
 * subscribe; E_STOPPED: it was stopped meanwhile, and ends. */
int service_run(struct service *s, wfpw_error *e);
/* Ends the thread: waits for the call under way, and for running callbacks. false: one does not
 * come out, and what it uses stays: also the reader's signal. */
bool service_close(struct service *s);
/* Whether the thread that calls is one of its own; s may be NULL. */
bool service_is_self(const struct service *s);
/* Any thread, and a handler of signals: no more events; those that came already still go to the
 * outbox. */
void service_stop(struct service *s);
/* Any thread, one at a time: other conditions, at once for callbacks, and for the service thread
 * when it comes to it. Both copies, of the session's memory, are taken over if that works. E_NOMEM;
 * E_TIMEOUT: too many former ones are in use. */
int service_set_match(struct service *s, wfpw_template *callbacks, wfpw_template *own);
/* Any thread: other keywords, when the service thread comes to it. false: it observes only. */
bool service_set_keywords(struct service *s, uint32_t keywords);

/* The reader's thread: the oldest record of the outbox, or NULL. */
const struct record *service_peek(struct service *s);
void service_pop(struct service *s);
/* The same record, marked if it is of this program. */
const struct record *service_mark(const struct service *s, const struct record *r);
/* The same record of the Security log, dated by the connection in whose time it was written, so
 * that its filter is named. */
const struct record *service_date(struct service *s, const struct record *r);
/* Any thread: WFPW_AUDIT_POLICY_* of what the session lends itself. */
uint32_t service_policy(const struct service *s);
/* The reader's thread: a finished event of the Security log, live. One that tells of a change of
 * the audit policy is marked when we made it; else it is looked at at once whether that undid ours.
 */
void service_see_audit(struct service *s, wfpw_event *ev);
/* After some were popped: gives their room back, and settles the wait handle; what other sources
 * have for the reader is to be looked at after it. */
void service_settle(struct service *s);
/* How long a wait for the signal may take, which is settled for it as by service_settle. */
int32_t service_before_wait(struct service *s, int32_t timeout_ms);
/* Whether nothing more will come; e tells why when it was no stop. 0: not yet. */
int service_ended(const struct service *s, wfpw_error *e);
/* Somebody waits on the handle: what is held must be signalled when it is late. */
void service_watch_deadline(struct service *s);
/* What its events are named from, while the service is there; NULL: no names are had of it. */
struct live_names *service_names(struct service *s);
/* Any thread. */
void service_count(struct service *s, struct service_counts *c);
void service_health(const struct service *s, struct service_health *h);

#endif
