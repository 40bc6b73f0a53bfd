/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Callbacks that come when nobody should be called any more, as unsubscribing failed; what stops a
 * session that is being opened; what its threads look like. */
#define _GNU_SOURCE
#include "flow.h"

#include <string.h>
#ifndef _WIN32
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#endif

#include "engine/gate.h"

#define UNENDED                                                                                    \
    "stray on; fail call=FwpmNetEventUnsubscribe0 code=1722 times=1000; "                          \
    "fail call=FwpmFilterUnsubscribeChanges0 code=1722 times=1000"

/* ---- after the end -------------------------------------------------------------------------- */

/* The session is gone, and the engine calls back all the same. */
static void test_callbacks_after_the_end(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS});
    flow_wait_filled(&f, 1);
    flow_play(&f, UNENDED);
    wfpw_close(f.s);
    f.s = NULL;
    uint64_t before = wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS);
    flow_play(&f, "repeat 20 drop app=\\a.exe; filter id=77; unfilter id=77");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), before + 20);
    flow_play(&f, "stray off; drop");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), before + 20);
    flow_close(&f);
}

struct load {
    wfpw_sim *sim;
    os_u32 end;
    os_thread thread;
};

static void send_load(void *ctx)
{
    struct load *l = ctx;
    while (os_u32_load(&l->end) == 0)
        (void)wfpw_sim_play(l->sim, "repeat 50 drop app=\\a.exe; filter id=7; unfilter id=7", NULL);
}

/* Under way at the very moment. */
static void test_callbacks_while_it_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct flow f;
        struct load l;
        flow_open(&f, &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS});
        l = (struct load){.sim = f.sim};
        flow_play(&f, UNENDED);
        assert_true(os_thread_start(&l.thread, send_load, &l));
        os_sleep_ms(2);
        wfpw_close(f.s);
        f.s = NULL;
        os_sleep_ms(2);
        os_u32_store(&l.end, 1);
        os_thread_join(&l.thread);
        flow_close(&f);
    }
}

/* Outages without end: what the old subscriptions bring is nobody's, and no memory grows. */
static void test_reconnects_that_cannot_unsubscribe(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, UNENDED);
    for (uint64_t i = 0; i < GATES + 8; i++) {
        flow_play(&f, "abort");
        flow_read_gaps(&f, i + 1);
    }
    while (flow_read(&f, 0) > 0)
        ;
    flow_play(&f, "drop filter=9");
    uint64_t before = f.events;
    while (flow_read(&f, 200) > 0)
        ;
    assert_in_range(f.events, before + 1, before + GATES); /* never more than are in use */
    flow_close(&f);
}

static void test_gates(void **state)
{
    struct gates g = {0};
    int behind = 0;
    (void)state;
    struct gate *a = gates_open(&g, &behind, 3);
    assert_ptr_equal(gate_enter(a), &behind);
    gate_leave(a);
    gates_close(&g, a, true);
    assert_true(gates_free(&g));
    a = gates_open(&g, &behind, 3);
    gates_close(&g, a, false);
    assert_null(gate_enter(a));
    for (int i = 0; i < 3 * GATES; i++) {
        struct gate *b = gates_open(&g, &behind, 4);
        assert_ptr_equal(gate_enter(b), &behind);
        gate_leave(b);
        gates_close(&g, b, i % 2 == 0);
    }
    struct gate *at = g.at;
    assert_true(gates_free(&g));
    assert_null(gate_enter(a)); /* it is there still */
    os_pages_free(at, GATES * sizeof *at);
}

/* ---- stopped while it is opened ------------------------------------------------------------- */

static void stop_soon(void *ctx)
{
    os_sleep_ms(30);
    wfpw_stop(ctx);
}

/* The engine is away, or hangs: whoever waits for it need not. */
static void test_stop_ends_the_opening(void **state)
{
    static const char *const scripts[] = {"stop", "hang call=FwpmEngineOpen0",
                                          "hang call=FwpmNetEventSubscribe"};
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        os_thread stopper;
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .wait_ms = 600000};
        flow_open_bare(&f, &(struct flow_options){0});
        flow_play(&f, scripts[i]);
        assert_true(os_thread_start(&stopper, stop_soon, f.s));
        assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_E_STOPPED);
        os_thread_join(&stopper);
        flow_play(&f, "release");
        assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
        flow_close(&f);
    }
}

/* The same of the Security log, alone; and who is stopped already adds nothing. */
static void test_stop_ends_the_opening_of_the_log(void **state)
{
    static const char *const scripts[] = {"log stop", "hang call=EvtSubscribe"};
    wfpw_audit_log o = {.size = sizeof o, .wait_ms = 600000};
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        os_thread stopper;
        flow_open_bare(&f, &(struct flow_options){0});
        flow_play(&f, scripts[i]);
        assert_true(os_thread_start(&stopper, stop_soon, f.s));
        assert_int_equal(wfpw_add_audit(f.s, &o, &f.e), WFPW_E_STOPPED);
        os_thread_join(&stopper);
        flow_play(&f, "release");
        assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
        flow_close(&f);
    }
    struct flow f;
    flow_open_bare(&f, &(struct flow_options){0}); /* who reads does not wait for a hang either */
    os_thread stopper;
    assert_int_equal(wfpw_add_audit(f.s, &o, &f.e), WFPW_OK);
    flow_play(&f, "hang call=EvtNext; audit 5154 ProcessId=4");
    assert_true(os_thread_start(&stopper, stop_soon, f.s));
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    os_thread_join(&stopper);
    flow_play(&f, "release");
    flow_close(&f);
    flow_open_bare(&f, &(struct flow_options){0});
    wfpw_stop(f.s);
    assert_int_equal(wfpw_add_audit(f.s, &o, &f.e), WFPW_E_STOPPED);
    assert_int_equal(wfpw_get_bookmark(f.s, NULL, 0, NULL), WFPW_E_INVAL);
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    flow_close(&f);
}

#ifndef _WIN32
static wfpw_session *interrupted; /* what a handler can reach */

static void on_alarm(int number)
{
    int before = errno;
    (void)number;
    errno = 4711;
    wfpw_stop(interrupted);
    if (errno != 4711)
        _exit(9);
    errno = before;
}

/* In a handler of signals, on the thread that waits. */
static void test_stop_in_a_handler(void **state)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    (void)state;
    for (int opened = 0; opened < 2; opened++) {
        struct flow f;
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .wait_ms = 600000};
        flow_open_bare(&f, &(struct flow_options){0});
        interrupted = f.s;
        assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
        if (!opened)
            flow_play(&f, "stop");
        else
            assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
        (void)alarm(1);
        if (!opened)
            assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_E_STOPPED);
        assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
        assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
        flow_close(&f);
    }
}

struct seen {
    os_signal done;
    char name[32];
    sigset_t blocked;
};

static void look_at_thread(void *ctx, int level, const char *text)
{
    struct seen *s = ctx;
    (void)level;
    (void)text;
    (void)pthread_getname_np(pthread_self(), s->name, sizeof s->name);
    (void)pthread_sigmask(SIG_BLOCK, NULL, &s->blocked);
    os_signal_set(&s->done);
}

static void test_the_thread(void **state)
{
    struct flow f;
    struct seen seen = {.name = ""};
    (void)state;
    assert_true(os_signal_init(&seen.done));
    flow_open(&f, &(struct flow_options){.log = look_at_thread, .log_ctx = &seen});
    flow_play(&f, "restart");
    assert_true(os_signal_wait(&seen.done, PATIENCE_MS));
    flow_close(&f);
    assert_string_equal(seen.name, "wfpwatch");
    assert_int_equal(sigismember(&seen.blocked, SIGTERM), 1);
    assert_int_equal(sigismember(&seen.blocked, SIGINT), 1);
    os_signal_destroy(&seen.done);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callbacks_after_the_end),
        cmocka_unit_test(test_callbacks_while_it_ends),
        cmocka_unit_test(test_reconnects_that_cannot_unsubscribe),
        cmocka_unit_test(test_gates),
        cmocka_unit_test(test_stop_ends_the_opening),
        cmocka_unit_test(test_stop_ends_the_opening_of_the_log),
#ifndef _WIN32
        cmocka_unit_test(test_stop_in_a_handler),
        cmocka_unit_test(test_the_thread),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
