/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where live names come from: the engine's notices of changed filters, its lists, and single
 * filters that are asked for. All on the service thread but the notices' callback, which copies an
 * id, a key and a word into a queue of its own; when that overflows, or anything else is in doubt,
 * the lists are read again. */
#ifndef WFPW_POLICY_WATCH_H
#define WFPW_POLICY_WATCH_H

#include "engine/gate.h"
#include "os/system.h"
#include "policy/live_fill.h"
#include "queue/ring.h"
#include "queue/wakeup.h"

/* A filter came or went, as the engine's notice says. */
struct policy_change {
    uint64_t id, time; /* time: when the notice came */
    FWP_GUID key;
    uint32_t type; /* FWPM_CHANGE_ADD or FWPM_CHANGE_DELETE */
    uint32_t epoch;
};

struct policy_watch_options {
    wfpw_allocator memory;
    size_t names_bytes;
    bool no_names; /* only changes are of interest */
    struct wakeup wakeup;
    struct gates *gates; /* of the session */
    wfpw_log_fn log;
    void *log_ctx;
    /* Who wants to know of changes, in their order, each after its filter has been asked for; NULL:
     * nobody. lost: so many were not told, for want of room. */
    void (*changed)(void *ctx, const struct policy_change *c);
    void (*lost)(void *ctx, uint64_t count);
    void *changed_ctx;
    /* Who wants to look at every filter, once in a connection: when a list has it, when it was
     * asked for. o: until the call returns. NULL: nobody. */
    void (*seen)(void *ctx, const struct policy_object *o, uint32_t epoch);
    void *seen_ctx;
};

struct policy_watch {
    struct policy_watch_options o;
    struct live_names names;
    struct policy_list fill;
    struct live_fill live_fill;
    struct policy_object_builder *builder;
    struct ring notices;
    void *notices_memory;
    const struct wfpw_system *system;
    void *engine, *changes;
    struct gate *gate;
    uint32_t epoch;
    bool is_subscribed;       /* or it is of no use to try */
    uint64_t subscribe_after; /* ticks */
    uint32_t unsubscribed;    /* attempts that failed, one after the other, up to a limit */
    bool is_filling, in_doubt;
    bool must_again;                 /* a list of this fill failed in a way that may pass */
    uint64_t fill_began, fill_after; /* ticks */
    uint32_t failures;               /* of fills, one after the other, up to a limit */
    uint32_t turns;                  /* steps with other work than lists */
    uint64_t odd_id, odd_since;      /* a filter that no notice announced; ticks */
    uint32_t reported;               /* what the log has been told of, once each */
    os_u32 denied;                   /* something was, in this connection */
    os_u32 unwatched;                /* changes that somebody wants are not told */
};

/* NULL: no memory. */
struct policy_watch *policy_watch_new(const struct policy_watch_options *o);
void policy_watch_free(struct policy_watch *p);

/* The number of the connection that comes next: what its records have as their epoch; 0 when this
 * system has no names. p may be NULL here and below. */
uint32_t policy_watch_epoch(const struct policy_watch *p, const struct wfpw_system *system);
/* The engine is there; nothing is asked of it yet. It is the engine that the events come from, so
 * that an id means the same in both. */
void policy_watch_connect(struct policy_watch *p, const struct wfpw_system *system, void *engine);
/* Subscribes to changes at once; else that is done by the first step. What fails may pass, and is
 * tried again then. Returns the engine's code. */
uint32_t policy_watch_subscribe(struct policy_watch *p);
/* Before the engine's handle is closed. After it no callback runs. What was not done is told. */
void policy_watch_disconnect(struct policy_watch *p);
/* Whether policy_watch_step has something to do. Ordered as ring_has_record. */
bool policy_watch_has_work(struct policy_watch *p);
/* Ticks when it will have, though nothing comes; UINT64_MAX: never. */
uint64_t policy_watch_due(const struct policy_watch *p);
/* A piece of it: some calls of the engine at most. p is not NULL. */
void policy_watch_step(struct policy_watch *p);
/* Any thread: whether rights are missing, as far as is known. */
bool policy_watch_is_denied(const struct policy_watch *p);
/* Any thread: changes that there was no room for, ever. */
uint64_t policy_watch_dropped(const struct policy_watch *p);

#endif
