/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Every call that can fail does, every allocation too: nothing crashes, leaks or hangs, and the
 * error says which call it was and what to do. */
#define _POSIX_C_SOURCE 200809L
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/resource.h>
#include <unistd.h>
#endif

#include "hand.h"

static const uint32_t codes[] = {5, 1722, 0x80320012, 87};
enum { CODES = sizeof codes / sizeof *codes };

static int status_of(uint32_t code)
{
    return code == 5            ? WFPW_E_ACCESS
           : code == 1722       ? WFPW_E_NOSERVICE
           : code == 0x80320012 ? WFPW_E_TIMEOUT
                                : WFPW_E_SYSTEM;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* A simulator and a session without a source. */
static void open_bare(struct flow *f, uint32_t windows)
{
    memset(f, 0, sizeof *f);
    heap_init(&f->heap);
    assert_int_equal(wfpw_sim_new(windows, &f->sim), WFPW_OK);
    wfpw_options o = {.size = sizeof o,
                      .ring_bytes = 1,
                      .system = wfpw_sim_system(f->sim),
                      .allocator = &f->heap.allocator};
    f->b = wfpw_batch_new(0, 0);
    assert_int_equal(wfpw_open(&o, &f->s, &f->e), WFPW_OK);
}

static int add_live(struct flow *f, uint32_t wait_ms)
{
    wfpw_live live = {
        .size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .wait_ms = wait_ms, .watch_ms = 10};
    return wfpw_add_live(f->s, &live, &f->e);
}

static void assert_error(const wfpw_error *e, int status, uint32_t code, const char *where)
{
    assert_int_equal(e->size, sizeof *e);
    assert_int_equal(e->status, status);
    assert_int_equal(e->os_code, code);
    assert_string_equal(e->where, where);
    assert_true(e->text[0] != 0);
    assert_true(wfpw_remedy(e)[0] != 0);
}

/* Each call that opening needs, with each code. */
static void test_error_names_the_call(void **state)
{
    static const struct {
        uint32_t windows;
        const char *call, *where;
    } calls[] = {
        {11, "FwpmEngineOpen0", "FwpmEngineOpen0"},
        {7, "FwpmEngineOpen0", "FwpmEngineOpen0"},
        {11, "FwpmNetEventSubscribe", "FwpmNetEventSubscribe4"},
        {1803, "FwpmNetEventSubscribe", "FwpmNetEventSubscribe3"},
        {10, "FwpmNetEventSubscribe", "FwpmNetEventSubscribe2"},
        {8, "FwpmNetEventSubscribe", "FwpmNetEventSubscribe1"},
        {7, "FwpmNetEventSubscribe", "FwpmNetEventSubscribe0"},
    };
    (void)state;
    for (size_t i = 0; i < CODES * sizeof calls / sizeof *calls; i++) {
        uint32_t code = codes[i % CODES];
        struct flow f;
        char script[100];
        open_bare(&f, calls[i / CODES].windows);
        (void)snprintf(script, sizeof script, "fail call=%s code=%u", calls[i / CODES].call, code);
        flow_play(&f, script);
        assert_int_equal(add_live(&f, 0), status_of(code));
        assert_error(&f.e, status_of(code), code, calls[i / CODES].where);
        assert_int_equal(flow_read(&f, 0), WFPW_E_EOF); /* as if never tried */
        assert_int_equal(add_live(&f, 0), WFPW_OK);
        flow_play(&f, "drop");
        flow_read_events(&f, 1);
        flow_close(&f);
    }
}

/* A function that fails does not mean that it is not there: no older one is tried. */
static void test_no_older_function_is_tried(void **state)
{
    struct flow f;
    (void)state;
    open_bare(&f, 11);
    flow_play(&f, "fail call=FwpmNetEventSubscribe code=120"); /* ERROR_CALL_NOT_IMPLEMENTED */
    assert_int_equal(add_live(&f, 0), WFPW_E_SYSTEM);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLS), 3); /* open, subscribe, close */
    flow_close(&f);
}

/* Windows without a function that is needed: no Subscribe at all, or a part of the table. */
static void test_functions_that_are_missing(void **state)
{
    (void)state;
    for (int missing = 0; missing < 6; missing++) {
        struct hand hand;
        wfpw_session *s;
        wfpw_error e;
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
        hand_init(&hand);
        wfpw_options o = {.size = sizeof o, .system = &hand.system};
        hand.engine.open = missing == 0 ? NULL : hand.engine.open;
        hand.engine.close = missing == 1 ? NULL : hand.engine.close;
        hand.engine.get_option = missing == 2 ? NULL : hand.engine.get_option;
        hand.engine.unsubscribe = missing == 3 ? NULL : hand.engine.unsubscribe;
        hand.engine.free = missing == 4 ? NULL : hand.engine.free;
        if (missing == 5)
            hand.engine.subscribe[SYSTEM_SUBSCRIBES - 1] = NULL;
        assert_int_equal(wfpw_open(&o, &s, &e), WFPW_OK);
        assert_int_equal(wfpw_add_live(s, &live, &e), WFPW_E_NOTSUP);
        assert_error(&e, WFPW_E_NOTSUP, 0, "wfpw_add_live");
        wfpw_close(s);
    }
}

/* That collection cannot be looked at is no reason to give up. */
static void test_option_that_cannot_be_read(void **state)
{
    struct flow f;
    (void)state;
    open_bare(&f, 11);
    flow_play(&f, "fail call=FwpmEngineGetOption0 code=5 times=3");
    assert_int_equal(add_live(&f, 0), WFPW_OK);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

static void test_no_service(void **state)
{
    struct flow f;
    (void)state;
    open_bare(&f, 11);
    flow_play(&f, "stop");
    assert_int_equal(add_live(&f, 0), WFPW_E_NOSERVICE);
    assert_error(&f.e, WFPW_E_NOSERVICE, 1753, "FwpmEngineOpen0");
    uint64_t start = os_ticks_ms();
    assert_int_equal(add_live(&f, 120), WFPW_E_NOSERVICE);
    assert_true(os_ticks_ms() - start >= 120);
    flow_close(&f);
}

static void start_later(void *ctx)
{
    os_sleep_ms(60);
    (void)wfpw_sim_play(ctx, "start", NULL);
}

static void test_service_that_comes_in_time(void **state)
{
    struct flow f;
    os_thread starter;
    (void)state;
    open_bare(&f, 11);
    flow_play(&f, "stop");
    assert_true(os_thread_start(&starter, start_later, f.sim));
    assert_int_equal(add_live(&f, PATIENCE_MS), WFPW_OK);
    os_thread_join(&starter);
    assert_int_equal(flow_stats(&f).state, WFPW_STATE_CONNECTED);
    flow_close(&f);
}

/* ---- reconnecting --------------------------------------------------------------------------- */

/* What may pass is tried again. */
static void test_reconnect_is_patient(void **state)
{
    static const uint32_t passing[] = {1722, 1753, 1717, 1726, 0x80320010, 0x80320012};
    (void)state;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        struct flow f;
        char script[200];
        flow_open(&f, &(struct flow_options){0});
        (void)snprintf(script, sizeof script,
                       "fail call=FwpmEngineOpen0 code=%u times=2; "
                       "fail call=FwpmNetEventSubscribe code=%u times=1; restart",
                       passing[i], passing[i]);
        flow_play(&f, script);
        flow_read_gaps(&f, 1);
        flow_play(&f, "drop");
        flow_read_events(&f, 1);
        flow_close(&f);
    }
}

/* It was there, so that it is waited for, whatever it says: what came before is read meanwhile. */
static void test_reconnect_that_is_refused(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "repeat 20 drop; fail call=FwpmNetEventSubscribe code=5 times=5; restart");
    flow_wait_state(&f, WFPW_STATE_WAITING);
    flow_read_events(&f, 20);
    flow_read_gaps(&f, 1);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

/* ---- the nth call --------------------------------------------------------------------------- */

/* Reads until so many gaps came, or an error; the error. */
static int read_to_gap(struct flow *f, uint64_t gaps)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (f->gaps < gaps) {
        int n = flow_read(f, 100);
        if (n < 0)
            return n;
        assert_true(os_ticks_ms() < end);
    }
    return WFPW_OK;
}

/* A life: events, a restart, events. Returns how it went. */
static int live_through(struct flow *f)
{
    int status = add_live(f, 0);
    if (status != WFPW_OK)
        return status;
    (void)wfpw_sim_play(f->sim, "repeat 5 drop app=\\a.exe; restart", NULL);
    status = read_to_gap(f, 1);
    if (status != WFPW_OK)
        return status;
    (void)wfpw_sim_play(f->sim, "drop; stop; start", NULL);
    return read_to_gap(f, 2);
}

/* What was called back, and of what the engine kept as much as was read before a call failed. */
static void assert_received(const struct flow *f)
{
    wfpw_stats st = flow_stats(f);
    uint64_t called = wfpw_sim_count(f->sim, WFPW_SIM_CALLBACKS);
    assert_stats_agree(&st);
    assert_in_range(st.received, called, called + wfpw_sim_count(f->sim, WFPW_SIM_ENUMERATED));
}

static void test_nth_call_fails(void **state)
{
    int failed = 0;
    (void)state;
    for (uint64_t i = 0; i < 30 * CODES; i++) {
        struct flow f;
        uint32_t code = codes[i % CODES];
        open_bare(&f, 11);
        wfpw_sim_fail_nth(f.sim, 1 + i / CODES, code);
        int status = live_through(&f);
        if (status != WFPW_OK) {
            failed++;
            assert_int_equal(status, f.e.status);
            assert_int_equal(f.e.os_code, code);
            assert_memory_equal(f.e.where, "Fwpm", 4);
            assert_true(wfpw_remedy(&f.e)[0] != 0);
        }
        assert_received(&f);
        flow_close(&f);
    }
    assert_true(failed >= 2 * CODES); /* opening and subscribing at least */
}

/* From the nth call on, everything fails with it, also the closing. */
static void test_calls_fail_for_good(void **state)
{
    static const char *const calls[] = {"FwpmEngineClose0", "FwpmNetEventUnsubscribe0",
                                        "FwpmEngineGetOption0"};
    (void)state;
    for (size_t i = 0; i < CODES * sizeof calls / sizeof *calls; i++) {
        struct flow f;
        char script[100];
        open_bare(&f, 11);
        (void)snprintf(script, sizeof script, "fail call=%s code=%u times=1000000",
                       calls[i / CODES], codes[i % CODES]);
        flow_play(&f, script);
        (void)add_live(&f, 0); /* an outage without an end is none that add_live waits for */
        flow_play(&f, "drop");
        (void)flow_read(&f, 20);
        flow_close(&f);
    }
}

/* ---- the nth allocation --------------------------------------------------------------------- */

static void test_nth_allocation_fails(void **state)
{
    int failed = 0;
    (void)state;
    for (uint64_t nth = 1; failed >= 0; nth++) {
        struct flow f = {0};
        heap_init(&f.heap);
        f.heap.fail_at = nth;
        assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
        wfpw_options o = {
            .size = sizeof o, .system = wfpw_sim_system(f.sim), .allocator = &f.heap.allocator};
        f.b = wfpw_batch_new(0, 0);
        int status = wfpw_open(&o, &f.s, &f.e);
        if (status == WFPW_OK)
            status = add_live(&f, 0);
        if (status == WFPW_OK) {
            assert_true(failed >= 3); /* the session, the service, its queues */
            failed = -1;
            assert_int_equal(read_to_gap(&f, 0), WFPW_OK);
        } else {
            failed++;
            assert_int_equal(status, WFPW_E_NOMEM);
            assert_error(&f.e, WFPW_E_NOMEM, 0, f.s == NULL ? "wfpw_open" : "wfpw_add_live");
        }
        flow_close(&f);
    }
}

#ifndef _WIN32 /* which bounds no handles that could be run out of */
/* No descriptors left for the thread's signals. */
static void test_no_descriptors(void **state)
{
    (void)state;
    for (rlim_t spare = 0; spare < 4; spare++) {
        struct flow f;
        struct rlimit before, few;
        open_bare(&f, 11);
        int next = dup(0);
        assert_true(next >= 0);
        (void)close(next);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        few = before;
        few.rlim_cur = (rlim_t)next + spare;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        int status = add_live(&f, 0);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(status, spare < 3 ? WFPW_E_NOMEM : WFPW_OK);
        flow_close(&f);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_names_the_call),
        cmocka_unit_test(test_no_older_function_is_tried),
        cmocka_unit_test(test_functions_that_are_missing),
        cmocka_unit_test(test_option_that_cannot_be_read),
        cmocka_unit_test(test_no_service),
        cmocka_unit_test(test_service_that_comes_in_time),
        cmocka_unit_test(test_reconnect_is_patient),
        cmocka_unit_test(test_reconnect_that_is_refused),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_calls_fail_for_good),
        cmocka_unit_test(test_nth_allocation_fails),
#ifndef _WIN32
        cmocka_unit_test(test_no_descriptors),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
