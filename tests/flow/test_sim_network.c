/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The simulated network: which filter decides on what a program does, what is told of it, and what
 * becomes of the objects of a dynamic session. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

enum { REFUSED = 10013, NOTHING_CAME = 10060 };

#define APP   " app=\\device\\harddiskvolume3\\x.exe"
#define CALL  "connect protocol=tcp local=127.0.0.1:50000 remote=127.0.0.1:4444" APP "\n"
#define CALL6 "connect protocol=tcp local=[::1]:50000 remote=[::1]:4444" APP "\n"
#define SEND  "send protocol=udp local=127.0.0.1:50000 remote=127.0.0.1:4444" APP "\n"

static wfpw_sim *new_sim(const char *script)
{
    wfpw_sim *sim;
    wfpw_error e;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    if (wfpw_sim_play(sim, script, &e) != WFPW_OK)
        fail_msg("%s at %llu", e.text, (unsigned long long)e.position);
    return sim;
}

/* What becomes of a call when these filters are there. */
static uint64_t error_of(const char *filters, const char *call)
{
    wfpw_sim *sim = new_sim(filters);
    assert_int_equal(wfpw_sim_play(sim, call, NULL), WFPW_OK);
    uint64_t error = wfpw_sim_count(sim, WFPW_SIM_SOCKET_ERROR);
    wfpw_sim_free(sim);
    return error;
}

static void test_conditions(void **state)
{
    static const struct {
        const char *condition, *call;
        uint64_t error;
    } cases[] = {
        {"remote port = 4444", CALL, REFUSED},
        {"remote port = 4445", CALL, 0},
        {"remote port != 4445", CALL, REFUSED},
        {"remote port in 4000-4444", CALL, REFUSED},
        {"remote port in 4445-5000", CALL, 0},
        {"remote port > 4443", CALL, REFUSED},
        {"remote port < 4444", CALL, 0},
        {"remote port >= 4444", CALL, REFUSED},
        {"remote port <= 4443", CALL, 0},
        {"local port = 50000", CALL, REFUSED},
        {"protocol = tcp", CALL, REFUSED},
        {"protocol = tcp", SEND, 0},
        {"protocol = udp", SEND, REFUSED},
        {"remote address = 127.0.0.1", CALL, REFUSED},
        {"remote address = 127.0.0.0/8", CALL, REFUSED},
        {"remote address = 10.0.0.0/8", CALL, 0},
        {"remote address in 127.0.0.0-127.0.0.9", CALL, REFUSED},
        {"local address = ::1", CALL, 0},
        {"app id = \\device\\harddiskvolume3\\X.EXE", CALL, REFUSED},
        {"app id = \\device\\harddiskvolume3\\y.exe", CALL, 0},
        {"user id = S-1-5-18", CALL, 0}, /* what a filter asks for and traffic does not have */
    };
    char filter[200];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(filter, sizeof filter, "filter condition=\"%s\"\n", cases[i].condition);
        if (error_of(filter, cases[i].call) != cases[i].error)
            fail_msg("%s", cases[i].condition);
    }
    assert_int_equal(error_of("filter layer=50 condition=\"remote address = ::1\"\n", CALL6),
                     REFUSED);
    assert_int_equal(error_of("filter layer=50 condition=\"remote address in ::2-::9\"\n", CALL6),
                     0);
}

static void test_layers(void **state)
{
    (void)state;
    assert_int_equal(error_of("filter layer=44\n", CALL), NOTHING_CAME);
    assert_int_equal(error_of("filter layer=12\n", CALL), NOTHING_CAME);
    assert_int_equal(error_of("filter layer=16\n", SEND), NOTHING_CAME);
    assert_int_equal(error_of("filter layer=36\n", CALL), 0);
    assert_int_equal(error_of("filter layer=36\n", "bind protocol=tcp local=127.0.0.1:80\n"),
                     REFUSED);
    assert_int_equal(error_of("filter layer=42\n", "listen protocol=tcp local=[::1]:80\n"),
                     REFUSED);
    assert_int_equal(error_of("filter flags=disabled\n", CALL), 0);
}

/* The heaviest of a sublayer decides there; to block is stronger than to permit elsewhere. */
static void test_arbitration(void **state)
{
    static const char own[] = "sublayer key={00000000-0000-4000-8000-0000000000b1}\n";
    char two[300];
    (void)state;
    assert_int_equal(error_of("filter weight=1\nfilter weight=2 action=permit\n", CALL), 0);
    assert_int_equal(error_of("filter weight=2\nfilter weight=1 action=permit\n", CALL), REFUSED);
    (void)snprintf(two, sizeof two,
                   "%sfilter weight=1 sublayer={00000000-0000-4000-8000-0000000000b1}\n"
                   "filter weight=9 action=permit\n",
                   own);
    assert_int_equal(error_of(two, CALL), REFUSED);
    assert_int_equal(error_of("filter sublayer=MPSSVC_WF\n", CALL), 0); /* not on loopback */
}

static void test_dynamic_session(void **state)
{
    static const char added[] = "session dynamic\n"
                                "provider key={00000000-0000-4000-8000-0000000000a1}\n"
                                "filter provider={00000000-0000-4000-8000-0000000000a1}\n";
    static const char *const ends[] = {"session end\n", "abort\n", "restart\n",
                                       "session dynamic\n"};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        wfpw_sim *sim = new_sim(added);
        assert_int_equal(wfpw_sim_play(sim, CALL, NULL), WFPW_OK);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SOCKET_ERROR), REFUSED);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_DYNAMIC), 1);
        assert_int_equal(wfpw_sim_play(sim, ends[i], NULL), WFPW_OK);
        assert_int_equal(wfpw_sim_play(sim, CALL, NULL), WFPW_OK);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SOCKET_ERROR), 0);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_DYNAMIC), 0);
        wfpw_sim_free(sim);
    }
}

static void test_what_is_told(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.windows = 11, .collect = true});
    flow_play(&f, "filter id=70 layer=44 name=no\n" SEND);
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->filter_id, 70);
    assert_int_equal(ev->layer_id, 44);
    assert_int_equal(ev->direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(ev->local.port, 4444);
    assert_int_equal(ev->remote.port, 50000);
    assert_true((ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    flow_close(&f);
}

static void check_syntax(const char *script)
{
    wfpw_sim *sim = new_sim("");
    wfpw_error e;
    assert_int_equal(wfpw_sim_play(sim, script, &e), WFPW_E_SYNTAX);
    assert_int_not_equal(e.text[0], 0);
    wfpw_sim_free(sim);
}

static void test_wrong_commands(void **state)
{
    static const char *const wrong[] = {"connect",
                                        "connect local=127.0.0.1:1",
                                        "connect local=127.0.0.1:1 remote=[::1]:2",
                                        "bind local=x",
                                        "bind process=x local=127.0.0.1:1",
                                        "bind nonsense=1",
                                        "session",
                                        "session what",
                                        "session dynamic end",
                                        "defect",
                                        "defect unknown",
                                        "defect x=1"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_syntax(wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions),   cmocka_unit_test(test_layers),
        cmocka_unit_test(test_arbitration),  cmocka_unit_test(test_dynamic_session),
        cmocka_unit_test(test_what_is_told), cmocka_unit_test(test_wrong_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
