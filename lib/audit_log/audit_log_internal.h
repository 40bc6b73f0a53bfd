/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The inside of the source, for the files it consists of: audit_log.c has the thread and the
 * reader's side, audit_log_push.c what becomes of a record, audit_log_subscription.c and
 * audit_log_classic.c the two ways to read the log. All but the reader's side runs on its thread.
 */
#ifndef WFPW_AUDIT_LOG_INTERNAL_H
#define WFPW_AUDIT_LOG_INTERNAL_H

#include "audit_log/audit_log.h"
#include "base/error.h"
#include "decode/audit/audit_classic.h"
#include "decode/audit/audit_render.h"
#include "queue/ring.h"
#include "resolve/own_process.h"
#include "resolve/resolve.h"
#include "template/template_next.h"
#include "template/template_query.h"

enum {
    AUDIT_LOG_BATCH = 30, /* of at most 64 KiB each: never more than a reply may have */
    AUDIT_LOG_BUFFER = 128 * 1024,
    AUDIT_LOG_BUFFER_MOST = 4 * 1024 * 1024,
    AUDIT_LOG_EMPTIES = 3, /* signals without a record, in a row, and it counts as dead */
    AUDIT_LOG_POLL_MS = 1000
};

/* A record that was read: its number and time. */
struct audit_log_place {
    uint64_t id, time; /* time 0: not known */
};

/* What one step of reading came to. */
enum audit_log_step {
    AUDIT_LOG_IDLE,   /* there is no more: wait for the signal */
    AUDIT_LOG_AGAIN,  /* there may be more */
    AUDIT_LOG_BROKEN, /* connect anew */
    AUDIT_LOG_DONE    /* stopped, or at the end of the past */
};

struct audit_log {
    struct audit_log_options o;
    struct template_next next_match;
    wfpw_template *own_match; /* what o.match is since it was changed; NULL: it was not */
    struct system_host host;
    const struct wfpw_system *system;
    const struct system_eventlog *f;
    struct own_process own;
    struct resolver resolver;
    struct ring outbox;
    void *outbox_memory;
    os_thread thread;
    bool has_thread;
    os_event event; /* set by the log, and by us: stop, room in the outbox */
    os_signal started;
    os_u32 kicked;       /* it was us */
    os_u32 audited, ask; /* as audit_log_audited says; it is to be asked for */
    os_u32 stop, abandoned, reads, ended, state, path, missing, outbox_is_full;
    os_u64 received, duplicate, undecoded, passed_over, reconnects, gaps, began;
    wfpw_error error; /* why it ended, or what last failed; written before `ended` */
    bool is_started;  /* the caller has been told that it reads */
    bool is_classic;
    bool has_sent; /* records for which the reader has not been woken */

    /* ---- where reading stands ---- */
    struct audit_log_place last, before; /* the newest record, and the one before it */
    bool has_last;
    uint64_t newest_time;           /* of all records of this life of the log; 0: not known */
    struct audit_log_place cleared; /* the last record 1102 */
    bool expects;                   /* `last` comes again first, if the log is the one we knew */
    bool by_number;                 /* whatever its time, a number that is not new is not */
    bool is_same_log;               /* nothing says that it is another one by now */
    bool was_open;
    bool is_stale;    /* the log said so: something is gone that was not read */
    bool from_oldest; /* open there next, as what is known of numbers does not help */
    struct {
        bool pending, has_lost;
        uint64_t from, lost;
    } gap;

    /* ---- modern ---- */
    void *reader; /* the subscription, or the result of the query; NULL: none */
    uint32_t batch, empties, doubts, bound_errors;
    uint64_t log_end; /* oldest and count, when it was last quiet */
    uint16_t *buffer;
    uint32_t buffer_bytes;
    uint16_t *query;
    struct audit_render *render;

    /* ---- classic ---- */
    void *classic;
    struct audit_classic *decoder;
    uint32_t next;        /* the number of the record to be read next */
    uint32_t asked_again; /* the number that has come since; 0: none */
};

/* ---- audit_log.c ---- */
bool audit_log_is_stopped(const struct audit_log *a);
/* Into the log. */
static inline void audit_log_say(const struct audit_log *a, int level, const char *what,
                                 const char *call, uint32_t code)
{
    error_log(a->o.log, a->o.log_ctx, level, what, call, code);
}
/* What a code of the event log means for the caller. */
int audit_log_status(uint32_t code);

/* ---- audit_log_push.c ---- */
/* A record that was decoded; it is given, with the gap before it, or known to be a second sight.
 * Waits for room. false: it was not taken, as the source is to end, or is not the log's that we
 * knew (`expects`): then connect anew. */
enum audit_log_step audit_log_take(struct audit_log *a, const struct record *r);
/* One that is none of ours. */
void audit_log_pass(struct audit_log *a, uint64_t id, uint64_t time);
/* One that cannot be decoded; id 0: its number is not known. */
void audit_log_take_unreadable(struct audit_log *a, uint64_t id);
/* Records are missing from here on, so many if that is known (else 0). */
void audit_log_lose(struct audit_log *a, uint64_t lost);
/* Tells of what is missing, if no record came that could. false: the source is to end. */
bool audit_log_tell_gap(struct audit_log *a);
/* What is known of the log does not hold any more: it was cleared. */
void audit_log_forget(struct audit_log *a);

/* ---- audit_log_subscription.c ---- */
bool audit_log_subscription_is_possible(const struct system_eventlog *f);
/* Subscribes, or queries, behind what was read. Returns 0 or the code; *call names the call. */
uint32_t audit_log_subscription_open(struct audit_log *a, const char **call);
void audit_log_subscription_close(struct audit_log *a);
enum audit_log_step audit_log_subscription_step(struct audit_log *a);
/* After a while without records: whether the subscription may have died without a word. */
bool audit_log_subscription_is_doubtful(struct audit_log *a);

/* ---- audit_log_classic.c ---- */
bool audit_log_classic_is_possible(const struct system_eventlog *f);
uint32_t audit_log_classic_open(struct audit_log *a, const char **call);
void audit_log_classic_close(struct audit_log *a);
enum audit_log_step audit_log_classic_step(struct audit_log *a);

#endif
