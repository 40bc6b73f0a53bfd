/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _POSIX_C_SOURCE 200809L
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <poll.h>
#endif

/* ---- memory --------------------------------------------------------------------------------- */

static void *heap_alloc(void *ctx, size_t bytes)
{
    struct heap *h = ctx;
    uint64_t call = os_u64_add(&h->calls, 1) + 1;
    void *p = call == h->fail_at ? NULL : malloc(bytes);
    if (p != NULL)
        (void)os_u64_add(&h->live, 1);
    return p;
}

static void heap_free(void *ctx, void *p)
{
    struct heap *h = ctx;
    if (p != NULL)
        (void)os_u64_add(&h->live, UINT64_MAX);
    free(p);
}

void heap_init(struct heap *h)
{
    *h = (struct heap){.allocator = {heap_alloc, heap_free, h}};
}

/* ---- opening and closing -------------------------------------------------------------------- */

void flow_open_bare(struct flow *f, const struct flow_options *o)
{
    memset(f, 0, sizeof *f);
    heap_init(&f->heap);
    assert_int_equal(wfpw_sim_new(o->windows != 0 ? o->windows : 11, &f->sim), WFPW_OK);
    flow_play(f, "keywords 0xff"); /* whatever can be recorded is, also for who only observes */
    if (o->before != NULL)
        flow_play(f, o->before);
    f->system = wfpw_sim_system(f->sim);
    if (o->hook != NULL)
        o->hook(f);
    wfpw_options options = {.size = sizeof options,
                            .flags = o->flags,
                            .names_bytes = o->names_bytes,
                            .join_ms = o->join_ms != 0 ? o->join_ms : 2 * PATIENCE_MS,
                            .join = o->join,
                            .join_window_ms = o->join_window_ms,
                            .log = o->log,
                            .log_ctx = o->log_ctx,
                            .ring_bytes = o->ring_bytes != 0 ? o->ring_bytes : 64 * 1024,
                            .system = f->system,
                            .allocator = &f->heap.allocator,
                            .own_provider = o->own_provider,
                            .match = o->match};
    f->b = wfpw_batch_new(0, 0);
    assert_non_null(f->b);
    assert_int_equal(wfpw_open(&options, &f->s, &f->e), WFPW_OK);
}

int flow_add_live(struct flow *f, const struct flow_options *o)
{
    wfpw_live live = {.size = sizeof live,
                      .flags = o->live_flags | (o->collect ? 0 : WFPW_LIVE_OBSERVE),
                      .watch_ms = o->watch_ms != 0 ? o->watch_ms : 10,
                      .since = o->since,
                      .silence_ms = o->silence_ms,
                      .guard = o->guard,
                      .aggregate_ms = o->aggregate_ms,
                      .aggregate_bytes = o->aggregate_bytes};
    return wfpw_add_live(f->s, &live, &f->e);
}

void flow_open(struct flow *f, const struct flow_options *o)
{
    flow_open_bare(f, o);
    assert_int_equal(flow_add_live(f, o), WFPW_OK);
}

void flow_close(struct flow *f)
{
    wfpw_close(f->s);
    wfpw_batch_free(f->b);
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_SUBSCRIPTIONS), 0);
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(f->sim);
    assert_int_equal(os_u64_load(&f->heap.live), 0);
}

void flow_play(struct flow *f, const char *script)
{
    int status = wfpw_sim_play(f->sim, script, &f->e);
    if (status != WFPW_OK)
        fail_msg("%s at character %llu of: %s", f->e.text, (unsigned long long)f->e.position,
                 script);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void take(struct flow *f, const wfpw_event *ev)
{
    assert_int_equal(ev->seq, f->seq + 1);
    f->seq = ev->seq;
    if (ev->kind != WFPW_KIND_GAP) {
        f->events++;
        return;
    }
    f->gaps++;
    f->lost += ev->lost;
}

int flow_read(struct flow *f, int32_t timeout_ms)
{
    int n = wfpw_read(f->s, f->b, timeout_ms, &f->e);
    for (int i = 0; i < n; i++)
        take(f, wfpw_batch_get(f->b, (uint32_t)i));
    return n;
}

void flow_read_events(struct flow *f, uint64_t n)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS, until = f->events + n;
    while (f->events < until) {
        assert_true(flow_read(f, 100) >= 0);
        assert_true(os_ticks_ms() < end);
    }
    assert_int_equal(f->events, until);
}

void flow_read_gaps(struct flow *f, uint64_t n)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (f->gaps < n) {
        assert_true(flow_read(f, 100) >= 0);
        assert_true(os_ticks_ms() < end);
    }
    assert_int_equal(f->gaps, n);
}

const wfpw_event *flow_next(struct flow *f)
{
    assert_int_equal(flow_read(f, PATIENCE_MS), 1);
    return wfpw_batch_get(f->b, 0);
}

/* ---- waiting -------------------------------------------------------------------------------- */

bool wait_until(bool (*ready)(void *ctx), void *ctx)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (!ready(ctx)) {
        if (os_ticks_ms() >= end)
            return false;
        os_sleep_ms(1);
    }
    return true;
}

struct wanted {
    const struct flow *f;
    uint64_t n;
};

static bool is_in_state(void *ctx)
{
    const struct wanted *w = ctx;
    return flow_stats(w->f).state == w->n;
}

void flow_wait_state(struct flow *f, uint32_t state)
{
    struct wanted w = {f, state};
    assert_true(wait_until(is_in_state, &w));
}

static bool is_filled(void *ctx)
{
    const struct wanted *w = ctx;
    return flow_stats(w->f).names_filled >= w->n;
}

void flow_wait_filled(struct flow *f, uint64_t n)
{
    struct wanted w = {f, n};
    assert_true(wait_until(is_filled, &w));
}

static bool that_many_wait(void *ctx)
{
    const struct wanted *w = ctx;
    return flow_stats(w->f).waiting == w->n;
}

void flow_wait_waiting(struct flow *f, uint64_t n)
{
    struct wanted w = {f, n};
    assert_true(wait_until(that_many_wait, &w));
}

bool is_signalled(intptr_t handle)
{
#ifdef _WIN32
    return WaitForSingleObject((HANDLE)handle, 0) == WAIT_OBJECT_0;
#else
    struct pollfd p = {.fd = (int)handle, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
#endif
}

/* ---- counts --------------------------------------------------------------------------------- */

wfpw_stats flow_stats(const struct flow *f)
{
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(f->s, &st), WFPW_OK);
    return st;
}

bool stats_agree(const wfpw_stats *st)
{
    return st->received == st->delivered + st->waiting + st->merged + st->duplicate + st->filtered +
                               st->dropped + st->undecoded + st->aggregated;
}

void assert_stats_agree(const wfpw_stats *st)
{
    if (!stats_agree(st))
        fail_msg("received %llu, delivered %llu, waiting %llu, dropped %llu, undecoded %llu",
                 (unsigned long long)st->received, (unsigned long long)st->delivered,
                 (unsigned long long)st->waiting, (unsigned long long)st->dropped,
                 (unsigned long long)st->undecoded);
}

void flow_assert_accounted(const struct flow *f)
{
    wfpw_stats st = flow_stats(f);
    assert_stats_agree(&st);
    assert_int_equal(st.received, wfpw_sim_count(f->sim, WFPW_SIM_CALLBACKS) +
                                      wfpw_sim_count(f->sim, WFPW_SIM_ENUMERATED));
    assert_int_equal(st.delivered, f->events);
    assert_int_equal(st.gaps, f->gaps);
    assert_int_equal(st.dropped, f->lost);
}
