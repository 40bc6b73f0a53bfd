/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulator's script language: what it says is done, what cannot be read is pointed at. */
#include "flow.h"

#include <string.h>

#include "os/system.h"

/* ---- what cannot be read -------------------------------------------------------------------- */

static const struct {
    const char *script;
    uint64_t position;
} bad[] = {
    {"dorp", 0},
    {"drop; dorp", 6},
    {"drop\n# dorp\n  dorp", 14},
    {"drop filter", 5},
    {"drop filter=", 12},
    {"drop filter= 1", 12},
    {"drop filter=abc", 12},
    {"drop filter=18446744073709551616", 12},
    {"drop layer=4294967296", 11},
    {"drop nosuch=1", 5},
    {"drop local=10.0.0", 11},
    {"drop local=10.0.0.1:65536", 11},
    {"drop local=[fe80::1]:x", 11},
    {"drop local=", 11},
    {"drop user=S-1", 10},
    {"drop protocol=256", 14},
    {"drop protocol=\"\"", 15},
    {"drop direction=up", 15},
    {"drop loopback=maybe", 14},
    {"drop app=\"\\device", 17},
    {"drop app=\xFF", 9},
    {"classify_drop_mac local_mac=00:11", 28},
    {"ike_mm_failure cert=00", 20},
    {"ike_mm_failure context={0}", 23},
    {"ike_qm_failure local_subnet=10.0.0.0/33", 28},
    {"ike_qm_failure local_subnet=fd00::/129", 28},
    {"ike_qm_failure local_subnet=10.0.0.0-x", 28},
    {"repeat x drop", 7},
    {"repeat 3 stop", 9},
    {"repeat 3", 8},
    {"stop now", 5},
    {"collect maybe", 8},
    {"wait", 4},
    {"wait 86400001", 5},
    {"fail code=5", 11},
    {"fail call=Nosuch code=5", 23},
    {"fail call=FwpmEngineOpen0 code=x", 31},
    {"hang", 4},
    {"filter id=x", 10},
    {"filter nosuch=1", 7},
    {"filter service=x", 7}, /* a provider's */
    {"filter block", 7},
    {"filter id=", 10},
    {"filter layer=NOSUCH", 13},
    {"filter layer=99", 13},
    {"filter action=maybe", 14},
    {"filter flags=persistent,wrong", 13},
    {"filter weight=heavy", 14},
    {"filter name=\xFF", 12},
    {"filter context={1}", 15},
    {"filter condition=\"local port\"", 18},
    {"filter condition=\"nowhere = 1\"", 18},
    {"filter condition=\"remote address = 10.0.0.0/33\"", 18},
    {"filter condition=\"remote address in 10.0.0.1-fe80::1\"", 18},
    {"filters", 0},
    {"filters many", 0},
    {"filters 1000001", 0},
    {"filter condition=\"local port = 65536\"", 18},
    {"filter condition=\"protocol = nosuch\"", 18},
    {"provider name=x", 0}, /* without a key */
    {"sublayer key={11111111-0000-0000-0000-000000000001} weight=65536", 59},
    {"notices keep", 8},
    {"notices lose", 8},
    {"notices hold 1", 8},
    {"get_nothing", 0},
    {"zero_layer maybe", 0},
};

static void test_errors_point_at_the_place(void **state)
{
    wfpw_sim *sim;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status = wfpw_sim_play(sim, bad[i].script, &e);
        if (status != WFPW_E_SYNTAX || e.position != bad[i].position)
            fail_msg("%s: %d at %llu", bad[i].script, status, (unsigned long long)e.position);
        assert_string_equal(e.where, "script");
        assert_true(e.text[0] != 0 && wfpw_remedy(&e)[0] != 0);
        assert_int_equal(wfpw_sim_play(sim, bad[i].script, NULL), WFPW_E_SYNTAX);
        assert_int_equal(wfpw_sim_start(sim, bad[i].script, &e), WFPW_E_SYNTAX);
        assert_int_equal(e.position, bad[i].position);
    }
    wfpw_sim_free(sim);
}

/* Played, what stands before the error is done; started, nothing is. */
static void test_what_is_done_before_an_error(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_int_equal(wfpw_sim_start(f.sim, "drop; dorp", &f.e), WFPW_E_SYNTAX);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), 0);
    assert_int_equal(wfpw_sim_play(f.sim, "drop; drop; dorp", &f.e), WFPW_E_SYNTAX);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), 2);
    flow_read_events(&f, 2);
    flow_close(&f);
}

/* ---- what is done --------------------------------------------------------------------------- */

/* The only event of a script. */
static const wfpw_event *one(struct flow *f, const char *script)
{
    flow_play(f, script);
    return flow_next(f);
}

static void test_values(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_int_equal(flow_read(&f, 0), 0);
    const wfpw_event *ev = one(&f, "drop app=\"a b#;=\" local=10.0.0.1 remote=[fe80::1]:80");
    assert_string_equal(ev->device_path, "a b#;=");
    assert_int_equal(ev->present & WFPW_HAS_LOCAL_PORT, 0);
    assert_int_equal(ev->remote.port, 80);
    ev = one(&f,
             "\tdrop  app=\\u0041\xC3\xA9\xF0\x9F\x98\x80\\uD800 protocol=icmpv6 loopback=yes\r\n");
    assert_string_equal(ev->device_path, "A\xC3\xA9\xF0\x9F\x98\x80\xEF\xBF\xBD");
    assert_int_equal(ev->protocol, 58);
    assert_true((ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    ev = one(&f, "drop local=fe80::1 direction=forward filter=0xFF time=7 # the end");
    assert_int_equal(ev->local.family, 6);
    assert_int_equal(ev->direction, WFPW_DIRECTION_FORWARD);
    assert_int_equal(ev->filter_id, 255);
    assert_int_equal(ev->time, 7);
    ev = one(&f, "ike_qm_failure local_subnet=fd00::/128 remote_subnet=10.0.0.0/0");
    assert_string_equal(ev->ike->local_subnet, "fd00::/128");
    assert_string_equal(ev->ike->remote_subnet, "10.0.0.0/0");
    ev = one(&f, "event type=11 local=10.0.0.1");
    assert_int_equal(ev->kind, WFPW_KIND_NET_EVENT);
    flow_close(&f);
}

static void test_clock(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    uint64_t first = one(&f, "drop")->time;
    uint64_t start = os_ticks_ms();
    assert_int_equal(one(&f, "wait 86400000; drop")->time - first, 864000000001u);
    uint64_t later = one(&f, "sleep 30; drop")->time;
    assert_true(os_ticks_ms() - start >= 29);
    assert_int_equal(later - first, 864000300002u);
    flow_close(&f);
}

static void test_nothing_to_do(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "");
    flow_play(&f, ";;\n\n  \t# only this\n;");
    flow_play(&f, "repeat 0 drop");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), 0);
    flow_close(&f);
}

static void test_arguments(void **state)
{
    static const uint32_t none[] = {0, 6, 9, 12, 1607, UINT32_MAX};
    wfpw_sim *sim = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(wfpw_sim_new(none[i], &sim), WFPW_E_INVAL);
    assert_int_equal(wfpw_sim_new(11, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_sim_play(NULL, "drop", NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_sim_start(NULL, "drop", NULL), WFPW_E_INVAL);
    assert_null(wfpw_sim_system(NULL));
    wfpw_sim_free(NULL);
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(sim, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_sim_start(sim, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_sim_start(sim, "sleep 86400000", NULL), WFPW_OK);
    assert_int_equal(wfpw_sim_start(sim, "drop", NULL), WFPW_E_INVAL); /* one at a time */
    assert_int_equal(wfpw_sim_count(sim, 99), 0);
    wfpw_sim_free(sim); /* ends the script, however long it sleeps */
}

/* ---- what Windows would answer with a crash ------------------------------------------------- */

static void test_misuses(void **state)
{
    wfpw_sim *sim;
    void *engine, *none = &engine;
    FWP_VALUE0 *value;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    const struct wfpw_system *s = wfpw_sim_system(sim);
    assert_int_equal(s->engine->open(s->ctx, &(FWPM_SESSION0){0}, &engine), 0);
    assert_int_equal(s->engine->get_option(s->ctx, engine, 0, &value), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 1);
    s->engine->free(s->ctx, (void **)&value);
    assert_null(value);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
    s->engine->free(s->ctx, &none);
    (void)s->engine->unsubscribe(s->ctx, engine, sim);
    (void)s->engine->close(s->ctx, engine);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 2);
    (void)s->engine->close(s->ctx, engine); /* twice */
    (void)s->engine->get_option(s->ctx, engine, 0, &value);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 4);
    wfpw_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_point_at_the_place),
        cmocka_unit_test(test_what_is_done_before_an_error),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_misuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
