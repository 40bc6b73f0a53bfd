/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Engines that restart, sessions that are aborted, machines that sleep: what was missed comes from
 * what the engine keeps, nothing comes twice, and gaps tell from when to when. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooked.h"
#include "random.h"
#include "sim/sim.h"

static uint64_t now_of(const struct flow *f)
{
    return wfpw_sim_count(f->sim, WFPW_SIM_NOW);
}

/* ---- one after the other -------------------------------------------------------------------- */

static struct hooked hooked; /* of the test that runs */

static void stand_before(struct flow *f)
{
    hooked_init(&hooked, f->sim);
    f->system = &hooked.system;
}

static void open_hooked(struct flow *f)
{
    flow_open(f, &(struct flow_options){.hook = stand_before, .before = "drop filter=99"});
    wfpw_batch_free(f->b);
    f->b = wfpw_batch_new(1, 0);
}

/* What comes next: filters' ids, 0 is a gap. */
static void assert_next(struct flow *f, const uint64_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wfpw_event *ev = flow_next(f);
        if (wanted[i] == 0) {
            assert_int_equal(ev->kind, WFPW_KIND_GAP);
            assert_int_equal(ev->lost_where, WFPW_LOST_OUTAGE);
        } else {
            assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
            assert_int_equal(ev->filter_id, wanted[i]);
        }
    }
}

#define ASSERT_NEXT(f, ...)                                                                        \
    assert_next(f, (const uint64_t[]){__VA_ARGS__},                                                \
                sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void assert_over(struct flow *f)
{
    assert_int_equal(flow_read(f, 30), 0);
    flow_assert_accounted(f);
    flow_close(f);
}

struct duplicates {
    const struct flow *f;
    uint64_t count;
};

static bool were_left_out(void *ctx)
{
    const struct duplicates *d = ctx;
    return flow_stats(d->f).duplicate == d->count;
}

/* Events that came twice may still be on their way. */
static void assert_duplicates(struct flow *f, uint64_t count)
{
    struct duplicates d = {f, count};
    assert_true(wait_until(were_left_out, &d));
}

static void test_times_of_an_outage(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    uint64_t opened = now_of(&f);
    flow_play(&f, "wait 1000; drop; stop");
    uint64_t stopped = now_of(&f);
    flow_wait_state(&f, WFPW_STATE_WAITING);
    flow_play(&f, "wait 3000");
    uint64_t started = now_of(&f);
    flow_play(&f, "start");
    flow_read_gaps(&f, 1);
    const wfpw_event *ev = wfpw_batch_get(f.b, 0);
    if (ev->kind != WFPW_KIND_GAP)
        ev = wfpw_batch_get(f.b, 1);
    assert_int_equal(ev->lost_where, WFPW_LOST_OUTAGE);
    assert_int_equal(ev->present & WFPW_HAS_LOST, 0);
    assert_in_range(ev->lost_from, opened, stopped);
    assert_true(ev->time >= started);
    flow_close(&f);
}

/* The engine goes on while our session is dead. */
static void test_session_aborted(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "drop filter=1; drop filter=2");
    ASSERT_NEXT(&f, 1, 2);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=3; drop filter=4");
    hooked_play_at(&hooked, AFTER_SUBSCRIBE, "drop filter=5");
    flow_play(&f, "abort");
    ASSERT_NEXT(&f, 0, 3, 4, 5);
    flow_play(&f, "drop filter=6");
    ASSERT_NEXT(&f, 6);
    assert_duplicates(&f, 3); /* 1, 2 and 5 */
    assert_over(&f);
}

/* The engine is new, but older than our subscription to it. */
static void test_service_restarted(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "drop filter=1");
    ASSERT_NEXT(&f, 1);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=2");
    flow_play(&f, "restart");
    ASSERT_NEXT(&f, 0, 2);
    assert_over(&f);
}

/* Alike in everything, the time included: as many as there were. */
static void test_identical_events_around_an_abort(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    uint64_t now = now_of(&f);
    char before[64], after[64];
    (void)snprintf(before, sizeof before, "repeat 3 drop filter=1 time=%llu; abort",
                   (unsigned long long)now);
    (void)snprintf(after, sizeof after, "repeat 2 drop filter=1 time=%llu",
                   (unsigned long long)now);
    hooked_play_at(&hooked, BEFORE_OPEN, after);
    flow_play(&f, before);
    ASSERT_NEXT(&f, 1, 1, 1, 0, 1, 1);
    assert_duplicates(&f, 3);
    assert_over(&f);
}

/* Aborted again before all that was read is given out. */
static void test_aborted_again_and_again(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    for (uint64_t i = 0; i < 20; i++) {
        hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=1; drop filter=2");
        hooked_play_at(&hooked, AFTER_SNAPSHOT, "abort; drop filter=3");
        flow_play(&f, "abort");
        flow_wait_waiting(&f, 3 * (i + 1));
    }
    while (f.events < 3 * 20)
        assert_int_equal(flow_read(&f, PATIENCE_MS), 1);
    while (flow_read(&f, 30) > 0)
        ;
    assert_int_equal(f.events, 3 * 20);
    assert_over(&f);
}

/* What an attempt brought that failed after all is held until another one has succeeded. */
static void test_attempt_that_fails_late(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=1");
    hooked_play_at(&hooked, AFTER_SUBSCRIBE, "drop filter=2");
    flow_play(&f, "fail call=FwpmNetEventCreateEnumHandle0 code=1722 times=4; abort");
    ASSERT_NEXT(&f, 0, 1, 2);
    assert_duplicates(&f, 1);
    assert_over(&f);
}

static void test_every_code_of_an_outage(void **state)
{
    static const uint32_t codes[] = {6, 1115, 1717, 1722, 1726, 1727, 1753, 0x80320010};
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char script[64];
        (void)snprintf(script, sizeof script, "drop; fail call=FwpmEngineGetOption0 code=%u",
                       codes[i]);
        flow_play(&f, script);
        flow_read_gaps(&f, i + 1);
        assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_SUBSCRIPTIONS), 1);
    }
    while (f.events < sizeof codes / sizeof *codes)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    flow_assert_accounted(&f);
    flow_close(&f);
}

static bool signalled(void *ctx)
{
    return is_signalled(wfpw_wait_handle(ctx));
}

static void test_states_are_seen(void **state)
{
    static const struct {
        const char *script;
        uint32_t state;
    } steps[] = {{"stop", WFPW_STATE_WAITING},
                 {"start", WFPW_STATE_CONNECTED},
                 {"collect off", WFPW_STATE_COLLECTION_OFF},
                 {"collect on", WFPW_STATE_CONNECTED}};
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        while (flow_read(&f, 20) > 0)
            ;
        flow_play(&f, steps[i].script);
        assert_true(wait_until(signalled, f.s));
        flow_wait_state(&f, steps[i].state);
    }
    flow_close(&f);
}

/* ---- sleep and the clock -------------------------------------------------------------------- */

static bool was_enumerated(void *ctx)
{
    const struct flow *f = ctx;
    return wfpw_sim_count(f->sim, WFPW_SIM_ENUMERATED) >= 3;
}

/* The subscription outlives it; what it did not bring is in what the engine keeps. */
static void test_sleep(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "drop filter=1; drop filter=2");
    ASSERT_NEXT(&f, 1, 2);
    flow_play(&f, "disorder on; drop filter=3; wait 60000"); /* 3 is held back */
    ASSERT_NEXT(&f, 3);
    assert_true(wait_until(was_enumerated, &f));
    flow_play(&f, "drop filter=4; disorder off"); /* and 3 once more */
    ASSERT_NEXT(&f, 4);
    assert_int_equal(f.gaps, 0);
    assert_duplicates(&f, 3);
    assert_over(&f);
}

/* Who sleeps long enough finds another engine, too. */
static void test_sleep_with_a_dead_session(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "drop filter=1");
    ASSERT_NEXT(&f, 1);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=2");
    flow_play(&f, "abort; wait 86400000");
    ASSERT_NEXT(&f, 0, 2);
    assert_over(&f);
}

/* The engine is busy after the sleep, and then away: what the sleep hid is looked for all the same.
 */
static void test_sleep_then_busy_then_away(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "drop filter=1");
    ASSERT_NEXT(&f, 1);
    hooked_play_at(&hooked, BEFORE_SNAPSHOT,
                   "fail call=FwpmNetEventCreateEnumHandle0 code=0x80320012; abort");
    flow_play(&f, "disorder on; drop filter=3; wait 60000"); /* 3 is held back */
    ASSERT_NEXT(&f, 0, 3);
    flow_play(&f, "drop filter=4; disorder off"); /* and 3 once more */
    ASSERT_NEXT(&f, 4);
    assert_duplicates(&f, 2);
    assert_over(&f);
}

static void test_clock_set_back(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    flow_play(&f, "wait 1000; drop filter=1; back 3600000; drop filter=2");
    ASSERT_NEXT(&f, 1, 2);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=3");
    flow_play(&f, "abort");
    ASSERT_NEXT(&f, 0, 3);
    hooked_play_at(&hooked, BEFORE_OPEN, "back 7200000; drop filter=4; drop filter=5");
    flow_play(&f, "abort");
    ASSERT_NEXT(&f, 0, 4, 5);
    flow_play(&f, "drop filter=6");
    ASSERT_NEXT(&f, 6);
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    flow_close(&f);
}

/* ---- rights --------------------------------------------------------------------------------- */

struct looks {
    wfpw_sim *sim;
    uint64_t before;
};

static bool were_made(void *ctx)
{
    const struct looks *l = ctx;
    return wfpw_sim_count(l->sim, WFPW_SIM_CALLS) >= l->before + 2;
}

/* What was missed cannot be read: the gap stays, all else goes on; and may be read another time. */
static void test_history_is_refused(void **state)
{
    struct flow f;
    (void)state;
    open_hooked(&f);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=1");
    flow_play(&f, "fail call=FwpmNetEventCreateEnumHandle0 code=5; abort");
    ASSERT_NEXT(&f, 0);
    assert_int_equal(flow_stats(&f).missing, WFPW_MISSING_HISTORY);
    hooked_play_at(&hooked, BEFORE_OPEN, "drop filter=2");
    flow_play(&f, "wait 3000"); /* so much later that 1 is not looked for any more */
    struct looks l = {f.sim, wfpw_sim_count(f.sim, WFPW_SIM_CALLS)};
    assert_true(wait_until(were_made, &l));
    flow_play(&f, "abort");
    ASSERT_NEXT(&f, 0, 2);
    assert_int_equal(flow_stats(&f).missing, 0);
    assert_over(&f);
}

static bool lacks_nothing(void *ctx)
{
    return flow_stats(ctx).missing == 0;
}

static void test_settings_are_granted_later(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .collect = true,
                      .before = "collect off; fail call=FwpmEngineSetOption0 code=5 times=2"});
    assert_int_equal(flow_stats(&f).missing, WFPW_MISSING_SETTINGS);
    assert_int_equal(flow_stats(&f).state, WFPW_STATE_COLLECTION_OFF);
    assert_true(wait_until(lacks_nothing, &f));
    flow_read_gaps(&f, 1);
    assert_int_equal(wfpw_batch_get(f.b, 0)->lost_where, WFPW_LOST_COLLECTION);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

static void test_options_cannot_be_seen(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .before = "fail call=FwpmEngineGetOption0 code=5 times=1000000"});
    assert_int_equal(flow_stats(&f).missing, WFPW_MISSING_LOOKING);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

/* ---- under load ----------------------------------------------------------------------------- */

/* Sessions die at any moment, and less happens meanwhile than an engine keeps: everything comes,
 * once. */
static void test_nothing_is_missed_or_comes_twice(void **state)
{
    uint64_t seed = 3, sent = 0;
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    uint8_t *seen = calloc(1, 1 << 16);
    assert_non_null(seen);
    for (uint64_t round = 0; round < 150; round++) {
        uint32_t before = random_below(&seed, 50), after = random_below(&seed, 50);
        for (uint32_t i = 0; i < before + after; i++) {
            char script[64];
            (void)snprintf(script, sizeof script,
                           i == before ? "abort; drop filter=%u" : "drop filter=%u",
                           (unsigned)sent++);
            flow_play(&f, script);
        }
        while (f.events < sent) {
            int n = flow_read(&f, PATIENCE_MS);
            assert_true(n > 0);
            for (int i = 0; i < n; i++) {
                const wfpw_event *ev = wfpw_batch_get(f.b, (uint32_t)i);
                if (ev->kind != WFPW_KIND_GAP)
                    assert_int_equal(seen[ev->filter_id]++, 0);
            }
        }
    }
    assert_int_equal(flow_read(&f, 30), 0);
    flow_assert_accounted(&f);
    flow_close(&f);
    free(seen);
}

#ifdef _WIN32
enum { RESTARTS = 200 }; /* Wine is slow */
#else
enum { RESTARTS = 1000 };
#endif
enum { NUMBERS_MAX = 1 << 24 };

/* Numbered events, in bursts, until it is told to end. */
struct load {
    struct flow *f;
    os_u32 end;
    uint64_t sent;
    os_thread thread;
};

static void send_load(void *ctx)
{
    struct load *l = ctx;
    struct sim_event *ev = calloc(1, sizeof *ev);
    assert_non_null(ev);
    ev->type = FWPM_NET_EVENT_TYPE_CLASSIFY_DROP;
    while (os_u32_load(&l->end) == 0 && l->sent < NUMBERS_MAX) {
        for (int i = 0; i < 20; i++, l->sent++) {
            ev->filter = l->sent;
            sim_happen(l->f->sim, ev);
        }
        os_sleep_ms(1);
    }
    free(ev);
}

static int read_once(struct flow *f, uint8_t *seen, int32_t timeout_ms)
{
    int n = flow_read(f, timeout_ms);
    for (int i = 0; i < n; i++) {
        const wfpw_event *ev = wfpw_batch_get(f->b, (uint32_t)i);
        if (ev->kind == WFPW_KIND_GAP)
            continue;
        uint8_t bit = (uint8_t)(1 << ev->filter_id % 8);
        assert_int_equal(seen[ev->filter_id / 8] & bit, 0); /* nothing comes twice */
        seen[ev->filter_id / 8] |= bit;
    }
    return n;
}

static void live_through(bool collect)
{
    static const char *const ends[] = {"restart", "abort", "stop; start", "abort; restart"};
    struct flow f;
    struct load l = {.f = &f};
    uint64_t seed = 8, gaps;
    uint8_t *seen = calloc(1, NUMBERS_MAX / 8);
    assert_non_null(seen);
    flow_open(&f, &(struct flow_options){.collect = collect, .watch_ms = 10});
    assert_true(os_thread_start(&l.thread, send_load, &l));
    for (int i = 0; i < RESTARTS / 2; i++) {
        gaps = f.gaps;
        flow_play(&f, ends[random_below(&seed, 4)]);
        while (f.gaps == gaps)
            assert_true(read_once(&f, seen, PATIENCE_MS) >= 0);
    }
    os_u32_store(&l.end, 1);
    os_thread_join(&l.thread);
    while (read_once(&f, seen, 100) > 0)
        ;
    assert_int_equal(flow_stats(&f).waiting, 0);
    flow_assert_accounted(&f);
    assert_true(f.gaps >= RESTARTS / 2 && f.events > 0);
    flow_close(&f);
    free(seen);
}

/* Half of them observing, half with settings under a lease. */
static void test_a_thousand_restarts_under_load(void **state)
{
    (void)state;
    live_through(false);
    live_through(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_of_an_outage),
        cmocka_unit_test(test_session_aborted),
        cmocka_unit_test(test_service_restarted),
        cmocka_unit_test(test_identical_events_around_an_abort),
        cmocka_unit_test(test_aborted_again_and_again),
        cmocka_unit_test(test_attempt_that_fails_late),
        cmocka_unit_test(test_every_code_of_an_outage),
        cmocka_unit_test(test_states_are_seen),
        cmocka_unit_test(test_sleep),
        cmocka_unit_test(test_sleep_with_a_dead_session),
        cmocka_unit_test(test_sleep_then_busy_then_away),
        cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_history_is_refused),
        cmocka_unit_test(test_settings_are_granted_later),
        cmocka_unit_test(test_options_cannot_be_seen),
        cmocka_unit_test(test_nothing_is_missed_or_comes_twice),
        cmocka_unit_test(test_a_thousand_restarts_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
