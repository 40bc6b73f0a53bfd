/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session, for the files it consists of: session.c opens it, adds its sources and closes it,
 * session_audit.c has what belongs to the Security log, session_join.c the joining,
 * session_stats.c the counts, session_read.c takes records through the stages into the caller's
 * batch. */
#ifndef WFPW_SESSION_INTERNAL_H
#define WFPW_SESSION_INTERNAL_H

#include "audit_log/audit_log.h"
#include "queue/deadline.h"
#include "live/service.h"
#include "queue/ready.h"
#include "session/stopping.h"
#include "source/source.h"
#include "stage/attempts.h"
#include "stage/joiner.h"
#include "stage/local_side.h"
#include "stage/name_filters.h"
#include "stage/name_rules.h"
#include "template/template_next.h"

struct wfpw_session {
    wfpw_allocator memory;
    wfpw_options o;
    wfpw_thread_hooks hooks; /* what o.hooks points to, unless that is NULL */
    struct log_zone zone;    /* of o.log_zone */
    os_u32 holders;          /* the caller until wfpw_close, and a stream of columns */
    uint32_t *released;      /* of the last of them: set when all is freed; NULL: nobody asks */
    struct tally tally;
    struct name_filters name_filters;
    struct name_rules name_rules;
    struct local_side local_side;
    struct joiner joiner;
    struct attempts *attempts;     /* NULL: they are not asked for */
    struct deadline join_deadline; /* for who waits on the handle: when a half has waited enough */
    os_u32 join_held;              /* 1, if there may be such a half */
    os_mutex change;               /* one change at a time */
    const wfpw_template *given_match; /* of the options */
    struct template_next next_match;  /* of the reader, which takes it with the next record */
    wfpw_template *own_match;         /* what o.match is since it was changed; NULL: it was not */
    bool late_conditions;             /* that only a finished event can be asked */
    struct source *sources, **last;   /* files, in the order added; the first is being read */
    const struct record *pending;     /* of the first source: it did not fit the last batch */
    wfpw_error failed; /* of a file that is closed, and not yet told; status 0: none */
    char **files;      /* names of those added, by their number less 1; NULL: none */
    uint32_t file_count, file_room;
    bool has_begun;          /* reading: how the sources are read is decided */
    struct service *service; /* the live source, or NULL */
    const wfpw_guard *guard; /* of it; NULL: none */
    struct audit_log *audit; /* the Security log, or NULL */
    struct ready *ready;     /* of both; made with the first of them; NULL: none yet */
    bool ready_stays;        /* a callback that does not come out may still use it */
    bool has_handle;         /* somebody waits on it */
    struct stopping stopping_service, stopping_audit; /* those two, as wfpw_stop finds them */
    os_u64 stopped_at;                                /* ticks; 0: it is not */
    uint64_t read_at;     /* ticks of the last read that gave events since then */
    bool is_staged;       /* the service's oldest record has been through the stages */
    bool audit_is_staged; /* and the log's */
    bool audit_is_done;   /* it has ended, and its records were read */
    bool has_place;       /* audit_place: the record of the log that was read last */
    uint64_t audit_place;
    uint32_t policy_seen; /* WFPW_AUDIT_POLICY_*, as the log was asked what is audited */
    os_u64 held_back;     /* 1: `pending` */
    os_u64 delivered, filtered, gaps, seq, last_time;
};

bool session_is_stopped(const struct wfpw_session *s);
/* The signal for its reader, made if there is none yet. NULL: there is no memory. */
struct ready *session_ready(struct wfpw_session *s);
/* The reader's: the conditions that were set last. */
void session_use_match(struct wfpw_session *s);
/* Of a live source that was added after they were set: it gets them, too. */
void session_tell_match(struct wfpw_session *s);
/* With each live source: who waits on the handle needs threads for what is held. */
void session_watch_deadlines(struct wfpw_session *s);
/* Behind the sources that are read before it. */
void session_append(struct wfpw_session *s, struct source *source);
/* Of each queue of a live source. */
uint32_t session_ring_bytes(const struct wfpw_session *s);
/* Of the file with this number; NULL: it is of none, or there was no memory for the name. */
const char *session_file_name(const wfpw_session *s, uint32_t number);
/* Ends the source that is read first. */
void session_close_first(struct wfpw_session *s);
/* How the sources are read, decided when the first is; live ones may be added later. false: no
 * memory. */
bool session_begin_reading(struct wfpw_session *s);
/* The time that the joiner counts in, in units of 100 ns; 0 of files alone. */
uint64_t session_join_now(const struct wfpw_session *s);
/* In ticks, when a half has waited long enough; 0: none waits. */
uint64_t session_join_due(const struct wfpw_session *s);
/* Who waits on the handle is to come back by then. */
void session_watch_join(struct wfpw_session *s);

#endif
