/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Calls of the engine that do not return: nobody who reads feels them, and what happens meanwhile
 * is read meanwhile. */
#include "flow.h"

/* ---- calls that hang ------------------------------------------------------------------------ */

struct calls {
    wfpw_sim *sim;
    uint64_t before;
};

static bool made_a_call(void *ctx)
{
    const struct calls *c = ctx;
    return wfpw_sim_count(c->sim, WFPW_SIM_CALLS) > c->before;
}

/* No call for 50 ms, where one is made each 10. */
static bool is_quiet(void *ctx)
{
    struct calls *c = ctx;
    c->before = wfpw_sim_count(c->sim, WFPW_SIM_CALLS);
    os_sleep_ms(50);
    return !made_a_call(c);
}

static bool signalled(void *ctx)
{
    return is_signalled(wfpw_wait_handle(ctx));
}

/* An event that waits for the reader, and a service thread that hangs in the engine. */
static void hang(struct flow *f)
{
    flow_open(f, &(struct flow_options){.join_ms = 20});
    assert_int_equal(flow_read(f, 0), 0);
    flow_wait_filled(f, 1); /* no other call is made then */
    flow_play(f, "drop filter=1");
    assert_true(wait_until(signalled, f->s));
    flow_play(f, "hang call=FwpmEngineGetOption0");
    struct calls c = {f->sim, wfpw_sim_count(f->sim, WFPW_SIM_CALLS)};
    assert_true(wait_until(made_a_call, &c));
    assert_true(wait_until(is_quiet, &c)); /* it does hang */
}

static void test_read_while_the_engine_hangs(void **state)
{
    struct flow f;
    (void)state;
    hang(&f);
    assert_int_equal(flow_read(&f, 50), 1); /* what came before */
    for (int i = 0; i < 5; i++) {
        flow_play(&f, "drop filter=2"); /* callbacks go on, and so does the reader */
        flow_read_events(&f, 1);
        uint64_t start = os_ticks_ms();
        assert_int_equal(flow_read(&f, 50), 0);
        uint64_t took = os_ticks_ms() - start;
        assert_true(took >= 49 && took < 20000);
    }
    flow_assert_accounted(&f);
    flow_play(&f, "release; drop");
    flow_read_events(&f, 1);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* Who waits on the handle is told, too; and what came in a flood keeps its order and its gaps. */
static void test_handle_while_the_engine_hangs(void **state)
{
    struct flow f;
    (void)state;
    hang(&f);
    flow_read_events(&f, 1);
    assert_int_equal(flow_read(&f, 0), 0);
    for (int i = 0; i < 3; i++) {
        flow_play(&f, "drop");
        assert_true(wait_until(signalled, f.s));
        assert_int_equal(flow_read(&f, 0), 1);
        assert_false(is_signalled(wfpw_wait_handle(f.s)));
    }
    flow_play(&f, "repeat 3000 drop filter=3");
    while (f.events + f.lost < 3004)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    assert_true(f.lost > 0 && f.gaps > 0);
    flow_assert_accounted(&f);
    flow_play(&f, "release");
    flow_close(&f);
}

static void test_flood_while_the_engine_hangs(void **state)
{
    struct flow f;
    (void)state;
    hang(&f);
    flow_play(&f, "repeat 3000 drop filter=2; release");
    while (f.events + f.lost < 3001)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    assert_true(f.lost > 0 && f.gaps > 0);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.dropped, f.lost);
    assert_stats_agree(&st);
    flow_close(&f);
}

/* A thread that does something to a session after a moment. */
struct helper {
    void (*act)(struct helper *h);
    struct flow *f;
    uint64_t at; /* ticks */
    os_thread thread;
};

static void help(void *ctx)
{
    struct helper *h = ctx;
    os_sleep_ms(50);
    h->at = os_ticks_ms();
    h->act(h);
}

static void stop(struct helper *h)
{
    wfpw_stop(h->f->s);
}

static void release(struct helper *h)
{
    flow_play(h->f, "release");
}

static void test_stop_while_the_engine_hangs(void **state)
{
    struct flow f;
    struct helper h = {.act = stop, .f = &f};
    (void)state;
    hang(&f);
    assert_int_equal(flow_read(&f, -1), 1);
    assert_true(os_thread_start(&h.thread, help, &h));
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    os_thread_join(&h.thread);
    assert_true(os_ticks_ms() - h.at < 20000); /* a second of grace, and a busy machine */
    assert_true(is_signalled(wfpw_wait_handle(f.s)));
    assert_int_equal(flow_read(&f, 0), WFPW_E_STOPPED);
    flow_play(&f, "release");
    flow_close(&f);
}

/* Closing waits for the call. */
static void test_close_while_the_engine_hangs(void **state)
{
    struct flow f;
    struct helper h = {.act = release, .f = &f};
    (void)state;
    hang(&f);
    assert_true(os_thread_start(&h.thread, help, &h));
    wfpw_close(f.s);
    assert_true(os_ticks_ms() >= h.at);
    os_thread_join(&h.thread);
    f.s = NULL;
    flow_close(&f);
}

/* Reconnecting and ending hang too. */
static void test_other_calls_hang(void **state)
{
    static const char *const scripts[] = {
        "hang call=FwpmEngineOpen0; restart",
        "hang call=FwpmNetEventSubscribe; restart",
        "hang call=FwpmNetEventUnsubscribe0; restart",
        "hang call=FwpmEngineClose0; restart",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        flow_open(&f, &(struct flow_options){0});
        flow_play(&f, "drop");
        flow_read_events(&f, 1);
        flow_play(&f, scripts[i]);
        os_sleep_ms(30);
        uint64_t start = os_ticks_ms();
        assert_int_equal(flow_read(&f, 20), 0);
        assert_true(os_ticks_ms() - start < 20000);
        flow_play(&f, "release");
        flow_read_gaps(&f, 1);
        flow_play(&f, "drop");
        flow_read_events(&f, 1);
        flow_close(&f);
    }
}

static bool is_subscribed(void *ctx)
{
    return wfpw_sim_count(ctx, WFPW_SIM_SUBSCRIPTIONS) == 1;
}

/* Between two attempts to reconnect volumes are looked for; the next attempt is felt by nobody. */
static void test_reconnecting_after_other_work(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES, .join_ms = 10});
    flow_play(&f, "hang call=FwpmEngineGetOption0");
    os_sleep_ms(30);
    flow_play(&f, "drop app=\\device\\harddiskvolume77\\x; stop; release");
    flow_wait_state(&f, WFPW_STATE_WAITING);
    os_sleep_ms(30); /* it rests, and looks for the volume */
    flow_read_events(&f, 1);
    flow_play(&f, "hang call=FwpmNetEventCreateEnumHandle0; start");
    assert_true(wait_until(is_subscribed, f.sim));
    flow_play(&f, "drop");
    assert_int_equal(flow_read(&f, PATIENCE_MS), 1);
    flow_play(&f, "release");
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_while_the_engine_hangs),
        cmocka_unit_test(test_handle_while_the_engine_hangs),
        cmocka_unit_test(test_flood_while_the_engine_hangs),
        cmocka_unit_test(test_stop_while_the_engine_hangs),
        cmocka_unit_test(test_close_while_the_engine_hangs),
        cmocka_unit_test(test_other_calls_hang),
        cmocka_unit_test(test_reconnecting_after_other_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
