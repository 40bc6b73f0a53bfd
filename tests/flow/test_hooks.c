/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The caller's functions for threads: every thread of the library calls both, itself, and by its
 * role. */
#include "flow.h"

#include <string.h>

#include "wfpwatch/wfpwatch.h"

enum { ROLES = 10 };
static const char *const roles[ROLES] = {"service", "deadline",  "rules",        "accounts",
                                         "sockets", "audit-log", "audit-policy", "file",
                                         "call",    "close"};

struct seen {
    os_u32 started[ROLES], ended[ROLES];
    os_u32 others; /* what must not be */
};

static uint32_t role_of(struct seen *seen, const char *role)
{
    for (uint32_t i = 0; i < ROLES; i++)
        if (strcmp(roles[i], role) == 0)
            return i;
    (void)os_u32_add(&seen->others, 1);
    return 0;
}

static void on_started(void *ctx, const char *role)
{
    struct seen *seen = ctx;
    (void)os_u32_add(&seen->started[role_of(seen, role)], 1);
}

static void on_ending(void *ctx, const char *role)
{
    struct seen *seen = ctx;
    uint32_t i = role_of(seen, role);
    if (os_u32_load(&seen->started[i]) <= os_u32_load(&seen->ended[i]))
        (void)os_u32_add(&seen->others, 1); /* it did not begin */
    (void)os_u32_add(&seen->ended[i], 1);
}

/* Each was there, so often as it is to be, and has ended; -1: once or more. */
static void assert_seen(const struct seen *seen, const int wanted[ROLES])
{
    assert_int_equal(os_u32_load(&seen->others), 0);
    for (int i = 0; i < ROLES; i++) {
        uint32_t n = os_u32_load(&seen->started[i]);
        if (os_u32_load(&seen->ended[i]) != n || (wanted[i] >= 0 && n != (uint32_t)wanted[i]) ||
            (wanted[i] < 0 && n == 0))
            fail_msg("%s: %u started, %u ended", roles[i], n, os_u32_load(&seen->ended[i]));
    }
}

static void test_live(void **state)
{
    struct seen seen = {0};
    wfpw_thread_hooks hooks = {on_started, on_ending, &seen};
    wfpw_sim *sim;
    wfpw_session *s;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    wfpw_options o = {.size = sizeof o,
                      .flags = WFPW_OPEN_ACCOUNTS | WFPW_OPEN_SOCKETS,
                      .system = wfpw_sim_system(sim),
                      .hooks = &hooks};
    const wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_AUDIT_POLICY};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    hooks = (wfpw_thread_hooks){0}; /* they were copied */
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_audit(s, NULL, NULL), WFPW_OK);
    assert_int_not_equal(wfpw_wait_handle(s), -1);
    wfpw_close(s);
    const int wanted[ROLES] = {1, 2, 1, 1, 1, 1, 1, 0, 0, 0};
    assert_seen(&seen, wanted);
    wfpw_sim_free(sim);
}

static void test_calls(void **state)
{
    struct seen seen = {0};
    const wfpw_thread_hooks hooks = {on_started, on_ending, &seen};
    wfpw_sim *sim;
    wfpw_session *s;
    wfpw_names *names;
    wfpw_connections *connections;
    wfpw_row rows[32] = {{.size = sizeof rows[0]}};
    wfpw_audit_policy policy[1] = {{.size = sizeof policy[0]}};
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(sim, "collect on", NULL), WFPW_OK);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .hooks = &hooks};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_history(s, NULL, NULL), WFPW_OK);
    wfpw_close(s);
    assert_int_equal(wfpw_names_open(&o, &names, NULL), WFPW_OK);
    assert_int_equal(wfpw_names_load_host(names, &o, NULL), WFPW_OK);
    assert_int_equal(wfpw_rules_load_host(names, &o, NULL), WFPW_OK);
    wfpw_names_close(names);
    assert_int_equal(wfpw_connections_load(&o, &connections, NULL), WFPW_OK);
    wfpw_connections_free(connections);
    assert_true(wfpw_check(&o, rows, 32, NULL) > 0);
    assert_true(wfpw_audit_policy_get(&o, policy, 1, NULL) > 0);
    const int wanted[ROLES] = {0, 0, 0, 0, 0, 0, 0, 0, 6, 0};
    assert_seen(&seen, wanted);
    wfpw_sim_free(sim);
}

struct closing {
    struct seen seen;
    wfpw_session *s;
    os_u32 is_armed;
};

static void close_once(void *ctx, int level, const char *text)
{
    struct closing *c = ctx;
    (void)level;
    (void)text;
    if (os_u32_exchange(&c->is_armed, 0) != 0)
        wfpw_close(c->s);
}

static bool has_closed(void *ctx)
{
    const struct closing *c = ctx;
    return os_u32_load(&c->seen.ended[ROLES - 1]) == 1;
}

/* A session that is closed by its own log function is closed on a thread of its own. */
static void test_closed_inside(void **state)
{
    struct closing c = {0};
    const wfpw_thread_hooks hooks = {on_started, on_ending, &c.seen};
    wfpw_sim *sim;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    wfpw_options o = {.size = sizeof o,
                      .flags = WFPW_OPEN_NO_NAMES,
                      .system = wfpw_sim_system(sim),
                      .log = close_once,
                      .log_ctx = &c,
                      .hooks = &hooks};
    const wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
    assert_int_equal(wfpw_open(&o, &c.s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(c.s, &live, NULL), WFPW_OK);
    os_u32_store(&c.is_armed, 1);
    assert_int_equal(wfpw_sim_play(sim, "stop", NULL), WFPW_OK);
    assert_true(wait_until(has_closed, &c));
    const int wanted[ROLES] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    assert_seen(&c.seen, wanted);
    wfpw_sim_free(sim);
}

/* One of the two, or none, is fine. */
static void test_halves(void **state)
{
    struct seen seen = {0};
    const wfpw_thread_hooks halves[] = {{NULL, NULL, &seen}, {on_started, NULL, &seen}};
    (void)state;
    for (int i = 0; i < 2; i++) {
        wfpw_sim *sim;
        wfpw_session *s;
        assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
        wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .hooks = &halves[i]};
        const wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
        assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
        assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
        wfpw_close(s);
        wfpw_sim_free(sim);
    }
    assert_int_equal(os_u32_load(&seen.started[0]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_closed_inside),
        cmocka_unit_test(test_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
