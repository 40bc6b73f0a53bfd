/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Every code at every call: all Win32 and RPC codes up to 2000, all of FWP_E_*, and some that
 * nobody has heard of, once and for ever, while a session opens, watches, reconnects and closes. It
 * delivers again, or waits and says so, or the first call failed as documented. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "random.h"
#include "sim/sim.h"

/* One code of so many, all of them in the release build on Linux; those that are listed anyway. */
#if defined(_WIN32) || defined(__SANITIZE_THREAD__)
enum { THIN = 23, LANES = 4 };
#elif defined(__SANITIZE_ADDRESS__)
enum { THIN = 23, LANES = 24 };
#else
enum { THIN = 1, LANES = 24 };
#endif
enum { WIN32_LAST = 2000, FWP_COUNT = 0x44, RANDOM = 40 };
static const uint32_t fwp_first = 0x80320001;
enum { CODES_MAX = WIN32_LAST + FWP_COUNT + RANDOM + 8 };

static const char *const calls[] = {"FwpmEngineOpen0",
                                    "FwpmNetEventSubscribe",
                                    "FwpmEngineGetOption0",
                                    "FwpmEngineSetOption0",
                                    "FwpmNetEventCreateEnumHandle0",
                                    "FwpmNetEventEnum",
                                    "FwpmFilterSubscribeChanges0",
                                    "FwpmFilterCreateEnumHandle0",
                                    "FwpmFilterEnum0",
                                    "FwpmFilterGetById0"};
enum { OPEN, SUBSCRIBE, CALLS = sizeof calls / sizeof *calls }; /* the others are not needed */

struct codes {
    uint32_t at[CODES_MAX], count;
};

static bool is_listed(uint32_t code)
{
    static const uint32_t listed[] = {5,    6,    8,    50,   87,   120,  127,  170,  1115, 1314,
                                      1450, 1460, 1702, 1717, 1722, 1723, 1726, 1727, 1753, 1783};
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (listed[i] == code)
            return true;
    return false;
}

static void list_codes(struct codes *c)
{
    uint64_t seed = 15;
    c->count = 0;
    for (uint32_t code = 1; code <= WIN32_LAST; code++)
        if (code % THIN == 0 || is_listed(code))
            c->at[c->count++] = code;
    for (uint32_t i = 0; i < FWP_COUNT; i++)
        if (i % THIN == 0 || i == 0x0F || i == 0x11 || i == 0x12) /* aborted, timeout, disabled */
            c->at[c->count++] = fwp_first + i;
    c->at[c->count++] = 0x80320104;
    for (uint32_t i = 0; i < RANDOM / THIN; i++)
        c->at[c->count++] = 2001 + random_below(&seed, UINT32_MAX - 2001);
}

/* ---- one session ---------------------------------------------------------------------------- */

static void forget_rules(struct flow *f)
{
    os_mutex_lock(&f->sim->lock);
    memset(f->sim->rules, 0, sizeof f->sim->rules);
    os_mutex_unlock(&f->sim->lock);
}

static void fail_with(struct flow *f, int call, uint32_t code, bool for_ever)
{
    char script[100];
    (void)snprintf(script, sizeof script, "fail call=%s code=%u times=%u", calls[call], code,
                   for_ever ? 1000000u : 1u);
    flow_play(f, script);
}

/* Whatever was before, an event that happens now comes. It is known by its filter. */
static void assert_delivers(struct flow *f, uint64_t filter)
{
    char script[60];
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    (void)snprintf(script, sizeof script, "drop filter=%llu", (unsigned long long)filter);
    for (bool came = false; !came;) {
        flow_play(f, script);
        int n = flow_read(f, 50);
        assert_true(n >= 0);
        for (int i = 0; i < n; i++)
            came = came || wfpw_batch_get(f->b, (uint32_t)i)->filter_id == filter;
        if (os_ticks_ms() >= end)
            fail_msg("no event %llu came: state %u, without 0x%x, waiting %llu, rule %d 0x%x",
                     (unsigned long long)filter, flow_stats(f).state, flow_stats(f).missing,
                     (unsigned long long)flow_stats(f).waiting, (int)f->sim->rules[0].call,
                     f->sim->rules[0].code);
    }
}

static bool is_well(void *ctx)
{
    struct flow *f = ctx;
    return flow_stats(f).state == WFPW_STATE_CONNECTED &&
           wfpw_sim_count(f->sim, WFPW_SIM_SUBSCRIPTIONS) == 1;
}

static void read_all(struct flow *f)
{
    while (flow_read(f, 0) > 0)
        ;
}

/* Connected with a subscription, and counted. */
static void assert_well(struct flow *f)
{
    wfpw_stats st;
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    assert_true(wait_until(is_well, f));
    do {
        read_all(f);
        st = flow_stats(f);
    } while ((!stats_agree(&st) || st.waiting != 0) && os_ticks_ms() < end);
    assert_stats_agree(&st);
}

static const struct flow_options usual = {.collect = true, .before = "drop"};

static void open_it(struct flow *f, uint32_t wait_ms, int *status)
{
    wfpw_live live = {.size = sizeof live, .wait_ms = wait_ms, .watch_ms = 10, .since = 1};
    *status = wfpw_add_live(f->s, &live, &f->e);
}

/* ---- opening -------------------------------------------------------------------------------- */

static void assert_refused(const struct flow *f, int status, uint32_t code)
{
    assert_int_equal(status, error_of_engine(code));
    assert_int_equal(f->e.os_code, code);
    assert_memory_equal(f->e.where, "Fwpm", 4);
}

/* What is for good ends the call, or the engine takes it without conditions or settings; what may
 * pass is waited for. */
static void open_once(uint32_t code, int call)
{
    struct flow f;
    int status;
    bool needed = call == OPEN || call == SUBSCRIBE;
    flow_open_bare(&f, &usual);
    fail_with(&f, call, code, false);
    open_it(&f, PATIENCE_MS, &status);
    if (needed && error_is_for_good(code)) {
        assert_refused(&f, status, code);
        open_it(&f, 0, &status);
    }
    assert_int_equal(status, WFPW_OK);
    assert_delivers(&f, 2);
    assert_well(&f);
    flow_close(&f);
}

static void open_for_ever(uint32_t code, int call)
{
    struct flow f;
    int status;
    bool needed = call == OPEN || call == SUBSCRIBE;
    flow_open_bare(&f, &usual);
    flow_play(&f, "collect on");
    fail_with(&f, call, code, true);
    open_it(&f, 0, &status);
    if (needed)
        assert_refused(&f, status, code);
    else
        assert_int_equal(status, WFPW_OK);
    if (!needed)
        assert_delivers(&f, 2);
    forget_rules(&f);
    if (needed)
        open_it(&f, 0, &status);
    assert_delivers(&f, 3);
    assert_well(&f);
    flow_close(&f);
}

/* ---- reconnecting and watching -------------------------------------------------------------- */

static void assert_not_failed(struct flow *f)
{
    uint32_t state = flow_stats(f).state;
    assert_true(state != WFPW_STATE_FAILED && state != WFPW_STATE_STOPPED);
}

static bool has_gap(void *ctx)
{
    struct flow *f = ctx;
    return flow_read(f, 0) >= 0 && f->gaps > 0;
}

/* Each call fails once, one after the other. */
static void reconnect_once(struct flow *f, uint32_t code)
{
    for (int call = 0; call < CALLS; call++)
        fail_with(f, call, code, false);
    f->gaps = 0;
    flow_play(f, "restart");
    assert_true(wait_until(has_gap, f));
    assert_delivers(f, code);
    assert_well(f);
    forget_rules(f);
}

/* One call fails on and on: the session waits and says so, or events come all the same. */
static void reconnect_in_vain(struct flow *f, uint32_t code, int call)
{
    fail_with(f, call, code, true);
    f->gaps = 0;
    flow_play(f, "restart");
    if (call == OPEN || call == SUBSCRIBE)
        flow_wait_state(f, WFPW_STATE_WAITING);
    else
        assert_delivers(f, 7);
    assert_not_failed(f);
    forget_rules(f);
    assert_true(wait_until(has_gap, f));
    assert_delivers(f, code);
    assert_well(f);
}

/* ---- all of them ---------------------------------------------------------------------------- */

struct lane {
    const struct codes *codes;
    uint32_t first;
    void (*with)(const struct codes *c, uint32_t first);
    os_thread thread;
};

static void run_lane(void *ctx)
{
    struct lane *l = ctx;
    l->with(l->codes, l->first);
}

/* Each lane takes one code of so many; they mostly wait. */
static void run_lanes(void (*with)(const struct codes *c, uint32_t first))
{
    static struct codes codes;
    struct lane lanes[LANES];
    list_codes(&codes);
    for (uint32_t i = 0; i < LANES; i++) {
        lanes[i] = (struct lane){.codes = &codes, .first = i, .with = with};
        assert_true(os_thread_start(&lanes[i].thread, run_lane, &lanes[i]));
    }
    for (uint32_t i = 0; i < LANES; i++)
        os_thread_join(&lanes[i].thread);
}

static void open_with(const struct codes *c, uint32_t first)
{
    for (uint32_t i = first; i < c->count; i += LANES)
        for (int call = 0; call < CALLS; call++)
            if (is_listed(c->at[i]) || c->at[i] > WIN32_LAST || call == (int)(i % CALLS)) {
                open_once(c->at[i], call);
                open_for_ever(c->at[i], call);
            }
}

static void reconnect_with(const struct codes *c, uint32_t first)
{
    struct flow f;
    flow_open(&f, &usual);
    for (uint32_t i = first; i < c->count; i += LANES) {
        reconnect_once(&f, c->at[i]);
        for (int call = 0; call < CALLS; call++)
            if (is_listed(c->at[i]) || c->at[i] > WIN32_LAST || call == (int)(i % CALLS))
                reconnect_in_vain(&f, c->at[i], call);
    }
    assert_not_failed(&f);
    flow_close(&f);
}

static void close_with(const struct codes *c, uint32_t first)
{
    for (uint32_t i = first; i < c->count; i += LANES) {
        struct flow f;
        char script[300];
        flow_open(&f, &usual);
        (void)snprintf(script, sizeof script,
                       "drop; fail call=FwpmNetEventUnsubscribe0 code=%u times=9; "
                       "fail call=FwpmFilterUnsubscribeChanges0 code=%u times=9; "
                       "fail call=FwpmEngineClose0 code=%u times=9",
                       c->at[i], c->at[i], c->at[i]);
        flow_play(&f, script);
        flow_close(&f);
    }
}

static void test_opening(void **state)
{
    (void)state;
    run_lanes(open_with);
}

static void test_reconnecting(void **state)
{
    (void)state;
    run_lanes(reconnect_with);
}

static void test_closing(void **state)
{
    (void)state;
    run_lanes(close_with);
}

/* The issue's own scripts. */
static void test_found_in_a_review(void **state)
{
    static const char *const scripts[] = {
        "drop; fail call=FwpmEngineOpen0 code=1723 times=1; restart",
        "drop; fail call=FwpmNetEventSubscribe code=8 times=1; restart",
        "drop; fail call=FwpmEngineGetOption0 code=1723 times=100000; restart",
        "drop; fail call=FwpmEngineGetOption0 code=1702 times=100000; restart",
        "drop; fail call=FwpmFilterSubscribeChanges0 code=1723 times=100000; restart",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        struct flow_options o = {.live_flags = i == 4 ? WFPW_LIVE_FILTERS : 0};
        flow_open(&f, &o);
        flow_play(&f, scripts[i]);
        assert_true(wait_until(has_gap, &f));
        assert_delivers(&f, 5);
        assert_not_failed(&f);
        forget_rules(&f);
        assert_well(&f);
        flow_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_in_a_review),
        cmocka_unit_test(test_reconnecting),
        cmocka_unit_test(test_closing),
        cmocka_unit_test(test_opening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
