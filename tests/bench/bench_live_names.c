/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Live names: what an event's filter costs when it is known, deleted, or not to be had, beside one
 * FwpmFilterGetById0 for each event; and reading the lists of a policy of 100,000 filters. The
 * engine is the simulated one, whose calls cross no process: a real one's cost more. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "names/names.h"
#include "policy/policy_watch.h"
#include "random.h"
#include "wfpwatch/sim.h"

enum { RUNS = 5, FILTERS = 100000, FIRST = 1000, GONE = 1000000, EVENTS = 200000, ROOM = 4096 };

struct bench {
    wfpw_sim *sim;
    struct wfpw_system clocked; /* the simulator's, with a clock around the listing of filters */
    struct system_policy calls;
    const struct system_policy *real;
    double in_engine;
    struct policy_watch *policy;
    const struct wfpw_system *system;
    void *engine;
    os_u32 sleeping, away, ready_is_set;
    os_signal wake, ready;
    uint64_t room[ROOM / 8];
};

/* Of this process: what others do meanwhile does not count. */
static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

static void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "bench_live_names: %s failed\n", what);
    exit(1);
}

/* ---- ways to a name ------------------------------------------------------------------------- */

static struct record event(uint64_t id)
{
    return (struct record){
        .present = WFPW_HAS_FILTER_ID, .filter_id = id, .epoch = 1, .time = UINT64_MAX};
}

/* As drain and batch do with each event. */
static void by_table(struct bench *b, uint64_t id)
{
    uint64_t token = 0;
    struct record r = event(id);
    struct live_names *l = &b->policy->names;
    must(!live_names_await(l, &r), "livenames_await");
    size_t n = live_names_write(l, &r, 0, b->room, sizeof b->room, &token);
    if (n == 0)
        n = live_names_write_unnamed(l, &r, b->room, sizeof b->room, &token);
    must(n <= sizeof b->room, "livenames_write");
}

static void by_engine(struct bench *b, uint64_t id)
{
    FWPM_FILTER0 *f = NULL;
    must(b->system->policy->filter_get(b->system->ctx, b->engine, id, &f) == 0, "filter_get");
    b->system->engine->free(b->system->ctx, (void **)&f);
}

static double time_of(struct bench *b, void (*way)(struct bench *, uint64_t), uint64_t first,
                      uint64_t count)
{
    uint64_t seed = 3;
    double start = now_ns();
    for (int i = 0; i < EVENTS; i++)
        way(b, first + random_below(&seed, (uint32_t)count));
    return (now_ns() - start) / EVENTS;
}

static void bench_ways(struct bench *b)
{
    static const struct {
        const char *what;
        void (*way)(struct bench *, uint64_t);
        uint64_t first, count;
    } ways[] = {{"one FwpmFilterGetById0 an event", by_engine, FIRST, FILTERS},
                {"known", by_table, FIRST, FILTERS},
                {"known, the same again", by_table, FIRST, 1},
                {"deleted", by_table, GONE, 1000},
                {"not to be had", by_table, 5, 1}};
    enum { WAYS = sizeof ways / sizeof *ways };
    double times[WAYS][RUNS], first = 0;
    live_names_refuse(&b->policy->names, 5, WFPW_FILTER_STATE_NOT_FOUND, NULL);
    for (int run = 0; run < RUNS; run++)
        for (int i = 0; i < WAYS; i++) {
            if (i == WAYS - 1) /* an answer holds some seconds */
                live_names_refuse(&b->policy->names, 5, WFPW_FILTER_STATE_NOT_FOUND, NULL);
            times[i][run] = time_of(b, ways[i].way, ways[i].first, ways[i].count);
        }
    for (int i = 0; i < WAYS; i++) {
        double t = median(times[i]);
        first = i == 0 ? t : first;
        printf("    %-32s %8.0f ns   %6.3f x\n", ways[i].what, t, t / first);
    }
}

/* ---- the engine's share -------------------------------------------------------------------- */

static struct bench *bench(void)
{
    static struct bench b;
    return &b;
}

static uint32_t create_clocked(void *ctx, void *engine, const void *t, void **handle)
{
    struct bench *b = bench();
    double start = now_ns();
    uint32_t code = b->real->create_enum[LIST_FILTERS](ctx, engine, t, handle);
    b->in_engine += now_ns() - start;
    return code;
}

static uint32_t enumerate_clocked(void *ctx, void *engine, void *handle, uint32_t wanted,
                                  void ***entries, uint32_t *count)
{
    struct bench *b = bench();
    double start = now_ns();
    uint32_t code = b->real->enumerate[LIST_FILTERS](ctx, engine, handle, wanted, entries, count);
    b->in_engine += now_ns() - start;
    return code;
}

static void clock_system(struct bench *b)
{
    b->clocked = *wfpw_sim_system(b->sim);
    b->real = b->clocked.policy;
    b->calls = *b->real;
    b->calls.create_enum[LIST_FILTERS] = create_clocked;
    b->calls.enumerate[LIST_FILTERS] = enumerate_clocked;
    b->clocked.policy = &b->calls;
    b->system = &b->clocked;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void work(struct bench *b)
{
    while (policy_watch_has_work(b->policy))
        policy_watch_step(b->policy);
}

/* Nanoseconds a filter, without the engine's calls. */
static double fill(struct bench *b)
{
    double start = now_ns();
    b->in_engine = 0;
    work(b);
    return (now_ns() - start - b->in_engine) / FILTERS;
}

static void bench_lists(struct bench *b)
{
    struct live_names_counts c;
    policy_watch_connect(b->policy, b->system, b->engine);
    double first = fill(b);
    live_names_count(&b->policy->names, &c);
    must(c.fills == 1 && c.filters == FILTERS, "reading the lists");
    b->policy->in_doubt = true;
    b->policy->fill_after = 0;
    double again = fill(b);
    printf(
        "%d filters, beside the engine's own calls: %.0f ns each from its lists to the table, %.0f "
        "ns when they are read again; %.0f bytes a filter\n",
        FILTERS, first, again, (double)c.bytes / FILTERS);
}

int main(void)
{
    struct bench *b = bench();
    must(wfpw_sim_new(11, &b->sim) == WFPW_OK && os_signal_init(&b->wake) &&
             os_signal_init(&b->ready),
         "starting");
    must(wfpw_sim_play(b->sim, "filters 100000 from=1000 name=\"Rule of the firewall\"", NULL) == 0,
         "the policy");
    clock_system(b);
    must(engine_open(b->system, &b->engine) == 0, "opening");
    struct policy_watch_options o = {
        .memory = memory_of(NULL),
        .names_bytes = 256 * 1024 * 1024,
        .wakeup = {&b->sleeping, &b->away, &b->ready_is_set, &b->wake, &b->ready}};
    b->policy = policy_watch_new(&o);
    must(b->policy != NULL, "memory");
    bench_lists(b);
    must(wfpw_sim_play(b->sim, "filters 1000 from=1000000 name=\"Comes and goes\"", NULL) == 0, "");
    work(b);
    for (int i = 0; i < 1000; i++) {
        char script[40];
        (void)snprintf(script, sizeof script, "unfilter id=%d", GONE + i);
        must(wfpw_sim_play(b->sim, script, NULL) == 0, "deleting");
    }
    work(b);
    bench_ways(b);
    policy_watch_disconnect(b->policy);
    policy_watch_free(b->policy);
    (void)b->system->engine->close(b->system->ctx, b->engine);
    wfpw_sim_free(b->sim);
    return 0;
}
