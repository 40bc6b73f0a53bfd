/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A simulated Security log: its records, who reads them, and what goes wrong. The lock of the
 * simulator is held for all of it. */
#ifndef WFPW_SIM_LOG_H
#define WFPW_SIM_LOG_H

#include "os/system.h"
#include "sim/script/sim_scene.h"

enum { SIM_LOG_READERS = 16, SIM_LOG_SIZE = 65536 };

struct sim_logrecord {
    uint64_t id, time;
    uint32_t event_id, version, users; /* users: handles of it */
    bool is_gone;                      /* from the log */
    size_t bytes;
    char fields[]; /* NAME\0VALUE\0... */
};

/* A subscription, the result of a query, or a classic handle. */
struct sim_logreader {
    bool used, is_query, is_classic;
    bool is_dead;    /* it gives nothing any more, and does not say so */
    bool has_given;  /* since it last had nothing */
    bool is_stale;   /* what it was to read next is gone */
    bool is_cleared; /* the log was, since it was opened */
    uint32_t life;   /* of the service, in which it was opened */
    uint64_t next;   /* id of the record to be looked at next */
    intptr_t signal; /* 0: none */
    char *query;
};

enum sim_loghandle_kind { LOGHANDLE_EVENT, LOGHANDLE_BOOKMARK, LOGHANDLE_LOG };

struct sim_loghandle {
    struct sim_loghandle *next;
    enum sim_loghandle_kind kind;
    struct sim_logreader *reader; /* of an event */
    struct sim_logrecord *record; /* of an event */
    uint64_t id;                  /* of a bookmark; 0: none yet */
};

struct sim_log {
    struct sim_logrecord **records; /* a ring of `room` */
    uint32_t room, first, count, size;
    uint64_t next_id;
    bool is_running, retains, is_full, is_deaf, refuses_modern, refuses_classic, refuses_strict;
    bool keeps_ids;  /* clearing does not start them anew */
    bool has_policy; /* false: nothing is written */
    uint32_t life, lies, cuts, twice;
    uint64_t unwritten; /* while the service was stopped */
    struct sim_logreader readers[SIM_LOG_READERS];
    struct sim_loghandle *handles;
};

struct wfpw_sim;
void sim_log_fill(struct system_eventlog *f);
void sim_log_fill_classic(struct system_eventlog *f);

void sim_log_init(struct sim_log *l);
void sim_log_free(struct sim_log *l);
/* A record of the auditing provider, unless the log takes none; time 0: now. fields:
 * NAME\0VALUE\0... */
void sim_log_write(struct wfpw_sim *sim, uint32_t event_id, uint32_t version, uint64_t time,
                   const char *fields, size_t bytes);
struct sim_audit_change;
void sim_log_write_change(struct wfpw_sim *sim, uint32_t category,
                          const struct sim_audit_change *c);
bool sim_log_knows(const struct sim_word *command);
/* `audit` and `log`. Returns NULL, or what is wrong with the line, at *where. Takes the lock. */
const char *sim_log_play(struct wfpw_sim *sim, const struct sim_line *line, bool check,
                         const char **where);
/* Handles and subscriptions that are open. */
uint64_t sim_log_handles(const struct sim_log *l);
/* Whether somebody is to be signalled: by then it is decided where reading begins. */
bool sim_log_is_listened_to(const struct sim_log *l);

/* ---- for its files -------------------------------------------------------------------------- */

struct sim_logrecord *sim_log_at(const struct sim_log *l, uint64_t id); /* NULL: not there */
uint64_t sim_log_oldest(const struct sim_log *l);                       /* next_id when empty */
void sim_log_release(struct sim_logrecord *r);
bool sim_log_wants(const struct sim_logreader *reader, const struct sim_logrecord *r);
const char *sim_log_provider(uint32_t event_id);
/* As EvtRender writes it, with a NUL; to be freed. *units without it. */
uint16_t *sim_log_xml(const struct sim_logrecord *r, size_t *units);
struct sim_logreader *sim_log_open_reader(struct sim_log *l);
void sim_log_close_reader(struct sim_log *l, struct sim_logreader *reader);
struct sim_loghandle *sim_log_handle(const struct sim_log *l, const void *p);

#endif
