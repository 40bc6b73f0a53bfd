/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log as a live source: a thread of its own reads it, and the session's reader takes
 * the records from its outbox as it takes those of the service. What the reader has no room for
 * stays in the log.
 */
#ifndef WFPW_AUDIT_LOG_H
#define WFPW_AUDIT_LOG_H

#include "base/memory.h"
#include "model/record.h"
#include "os/system.h"
#include "queue/ready.h"

struct audit_log;

struct audit_log_options {
    wfpw_allocator memory;
    wfpw_log_fn log;
    void *log_ctx;
    const wfpw_thread_hooks *hooks;   /* of the thread; NULL: none */
    const struct wfpw_system *system; /* NULL: this host */
    const wfpw_template *match;       /* NULL: all */
    struct ready *ready;              /* of the reader */
    uint32_t ring_bytes, wait_ms, watch_ms;
    bool classic, oldest, past_only;
    uint64_t since, until; /* of the records' time; 0: no bound */
    bool has_place;        /* begin behind it */
    uint64_t place;        /* the number of a record */
};

struct audit_log_counts {
    uint32_t state, path, missing; /* WFPW_STATE_*, WFPW_LOG_PATH_*, WFPW_MISSING_LOG or 0 */
    uint64_t received, duplicate, undecoded, passed_over, reconnects;
    uint64_t waiting, gaps; /* waiting: gaps included; gaps: that went to the outbox */
};

/* Makes one that does nothing yet. */
int audit_log_new(const struct audit_log_options *o, struct audit_log **out, wfpw_error *e);
/* Starts the thread, and returns when it reads, or failed to; E_STOPPED: it was stopped meanwhile,
 * and ends. */
int audit_log_run(struct audit_log *a, wfpw_error *e);
/* Ends the thread: waits for the call under way. NULL is fine. */
void audit_log_close(struct audit_log *a);
/* Whether the thread that calls is its own; NULL is fine. */
bool audit_log_is_self(const struct audit_log *a);
/* Any thread, and a handler of signals: no more records; those that came already still go to the
 * outbox. */
void audit_log_stop(struct audit_log *a);
/* Any thread: other conditions, a copy of the session's memory that is taken over; the log is asked
 * them soon, from the last record on that was read. */
void audit_log_set_match(struct audit_log *a, wfpw_template *own);

/* The reader's thread: the oldest record of the outbox, or NULL; it stays until it is popped. */
const struct record *audit_log_peek(struct audit_log *a);
void audit_log_pop(struct audit_log *a);
/* After some were popped: gives their room back. Whether there is more for the reader, be it that
 * the source has ended. */
bool audit_log_settle(struct audit_log *a);
/* Whether nothing more will come: WFPW_E_STOPPED, or WFPW_E_EOF when only the past was asked for,
 * or the error, of which e then tells. 0: not yet. */
int audit_log_ended(const struct audit_log *a, wfpw_error *e);
/* The number of the record where reading began. false: it is not known. */
bool audit_log_began(const struct audit_log *a, uint64_t *place);
/* Any thread: which audits are on, of Filtering Platform Connection and, shifted by
 * AUDIT_LOG_PACKET_DROP, of Packet Drop: AUDIT_SUCCESS, AUDIT_FAILURE; and AUDIT_LOG_POLICY_CHANGE
 * for successes of Other Policy Change Events. What cannot be asked counts
 * as on. It is asked for at the beginning, when a record tells of a change, when the log has been
 * quiet, and after audit_log_ask. */
enum { AUDIT_LOG_PACKET_DROP = 2, AUDIT_LOG_POLICY_CHANGE = 0x10, AUDIT_LOG_AUDITED_ANY = 0x1F };
uint32_t audit_log_audited(const struct audit_log *a);
void audit_log_ask(struct audit_log *a);
/* Any thread. */
void audit_log_count(struct audit_log *a, struct audit_log_counts *c);

/* Whether the log may be read, on a thread that impersonates nobody: WFPW_LOG_PATH_* of the way
 * that is granted, or 0, and then what refused it and how. */
uint32_t audit_log_access(const struct wfpw_system *system, const char **call, uint32_t *code);

#endif
