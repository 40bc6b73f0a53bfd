/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A live session on a simulated Windows, for tests of the whole way of an event. */
#ifndef WFPW_TEST_FLOW_H
#define WFPW_TEST_FLOW_H

#include "cmocka_all.h"

#include <stdbool.h>

#include "os/os.h"
#include "wfpwatch/sim.h"

/* Long enough for a busy machine, and no measure of anything. */
enum { PATIENCE_MS = 30000 };

/* Counts what is not yet freed; fails the call number fail_at. */
struct heap {
    os_u64 calls, live;
    uint64_t fail_at; /* 0: never */
    wfpw_allocator allocator;
};
void heap_init(struct heap *h);

struct flow {
    wfpw_sim *sim;
    const wfpw_system *system; /* the simulator's, or what stands before it */
    wfpw_session *s;
    wfpw_batch *b;
    wfpw_error e;
    struct heap heap;
    uint64_t seq, events, gaps, lost; /* of what flow_read was given */
};

struct flow_options {
    uint32_t windows;    /* 0: 11 */
    uint32_t ring_bytes; /* 0: 64 KiB */
    uint32_t watch_ms;   /* 0: 10 */
    uint32_t flags;      /* WFPW_OPEN_* */
    bool collect;        /* turn collection on; else only observe */
    const wfpw_template *match;
    const char *before;  /* a script: what is there when the session is opened; NULL: nothing */
    uint32_t live_flags; /* of wfpw_add_live, beside OBSERVE */
    const char *own_provider;
    uint32_t names_bytes;
    uint32_t join_ms;              /* 0: longer than any test waits for a name */
    uint32_t join, join_window_ms; /* of wfpw_options */
    wfpw_log_fn log;
    void *log_ctx;
    uint64_t since;          /* wfpw_live.since */
    const wfpw_guard *guard; /* wfpw_live.guard */
    uint32_t silence_ms;     /* wfpw_live.silence_ms */
    uint32_t aggregate_ms, aggregate_bytes;
    void (*hook)(struct flow *f); /* may give f->system, when f->sim is there; may be NULL */
};

/* A simulator, a session without a source, a batch. */
void flow_open_bare(struct flow *f, const struct flow_options *o);
int flow_add_live(struct flow *f, const struct flow_options *o);
/* Opens all of it; the test fails when that does. */
void flow_open(struct flow *f, const struct flow_options *o);
/* Plays a script; the test fails when it cannot be read. */
void flow_play(struct flow *f, const char *script);
/* One wfpw_read, its events counted and their numbers looked at. */
int flow_read(struct flow *f, int32_t timeout_ms);
/* Reads until n more events (gaps apart) have come. */
void flow_read_events(struct flow *f, uint64_t n);
/* Reads until so many gaps have come in all. */
void flow_read_gaps(struct flow *f, uint64_t n);
/* The next event of a session that has one: of a batch of one event. */
const wfpw_event *flow_next(struct flow *f);
/* Waits until the session is in this state. */
void flow_wait_state(struct flow *f, uint32_t state);
/* Waits until the engine's lists have been read so often. */
void flow_wait_filled(struct flow *f, uint64_t n);
void flow_wait_waiting(struct flow *f, uint64_t n);
wfpw_stats flow_stats(const struct flow *f);
/* Closes; nothing may be left, in the session or the simulator. */
void flow_close(struct flow *f);

bool stats_agree(const wfpw_stats *st);
void assert_stats_agree(const wfpw_stats *st);
/* The counts agree with one another, with the simulator, and with what flow_read saw. */
void flow_assert_accounted(const struct flow *f);
/* Waits up to PATIENCE_MS until ready(ctx). */
bool wait_until(bool (*ready)(void *ctx), void *ctx);
/* Whether a wait handle is signalled now. */
bool is_signalled(intptr_t handle);

#endif
