/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The sockets of a host as a list: as the tables have them, whole or not at all. */
#include "flow.h"

#include <string.h>

static const char scene[] =
    "drive C: \\Device\\HarddiskVolume3\n"
    "socket protocol=udp local=0.0.0.0:5355 process=1100 service=Dnscache age=9 "
    "app=\"\\device\\harddiskvolume3\\windows\\system32\\svchost.exe\"\n"
    "socket protocol=tcp local=0.0.0.0:4444 process=1204 age=5000 "
    "app=\"\\device\\harddiskvolume3\\tools\\nc.exe\"\n"
    "socket protocol=tcp local=[2001:db8::1]:443 remote=[2001:db8::2]:5001 process=4 age=1\n"
    "socket protocol=tcp local=192.0.2.10:50001 remote=203.0.113.7:80 state=11 process=0 "
    "age=99999999999999\n"
    "socket protocol=tcp local=192.0.2.10:50002 remote=203.0.113.7:81 process=1204 age=1 "
    "app=\"\\device\\harddiskvolume9\\x.exe\"\n";

static wfpw_sim *new_host(const char *script)
{
    wfpw_sim *sim;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(sim, script, NULL), WFPW_OK);
    return sim;
}

static int load_list(wfpw_sim *sim, struct heap *heap, wfpw_connections **out, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o,
                      .system = wfpw_sim_system(sim),
                      .allocator = heap != NULL ? &heap->allocator : NULL};
    return wfpw_connections_load(&o, out, e);
}

static void test_list(void **state)
{
    wfpw_sim *sim = new_host(scene);
    wfpw_connections *list;
    const wfpw_connection *c;
    char json[600];
    size_t needed;
    (void)state;
    assert_int_equal(load_list(sim, NULL, &list, NULL), WFPW_OK);
    c = wfpw_connections_get(list, 0); /* TCP first, IPv4 first */
    assert_int_equal(c->size, sizeof *c);
    assert_int_equal(c->protocol, 6);
    assert_int_equal(c->state, WFPW_TCP_STATE_LISTEN);
    assert_int_equal(c->process_id, 1204);
    assert_int_equal(c->remote.family, 0);
    assert_string_equal(c->app_path, "C:\\tools\\nc.exe");
    assert_null(c->service);
    c = wfpw_connections_get(list, 1);
    assert_int_equal(c->state, WFPW_TCP_STATE_TIME_WAIT);
    assert_int_equal(c->process_id, 0);
    assert_int_equal(c->created, 0);
    assert_null(c->device_path);
    c = wfpw_connections_get(list, 2); /* the program of a process is asked for once */
    assert_string_equal(c->app_path, "C:\\tools\\nc.exe");
    c = wfpw_connections_get(list, 3);
    assert_string_equal(c->device_path, "System");
    assert_null(c->app_path);
    c = wfpw_connections_get(list, 4);
    assert_string_equal(c->service, "Dnscache");
    int n = wfpw_connection_to_json(c, 0, json, sizeof json, &needed);
    assert_int_equal(n, strlen(json));
    assert_int_equal(n, needed);
    assert_string_equal(json,
                        "{\"protocol\":17,\"local\":{\"ip\":\"0.0.0.0\",\"port\":5355},"
                        "\"created\":\"2025-12-31T23:59:59.9910000Z\",\"app\":{\"path\":"
                        "\"C:\\\\windows\\\\system32\\\\svchost.exe\",\"device_path\":"
                        "\"\\\\device\\\\harddiskvolume3\\\\windows\\\\system32\\\\svchost.exe\"},"
                        "\"process\":{\"pid\":1100,\"service\":\"Dnscache\"}}");
    for (size_t cap = 0; cap <= needed; cap++) /* the NUL counts, too */
        assert_int_equal(wfpw_connection_to_json(c, 0, json, cap, NULL), WFPW_E_RANGE);
    assert_null(wfpw_connections_get(list, 5));
    wfpw_connections_free(list);
    wfpw_sim_free(sim);
}

static void test_arguments(void **state)
{
    wfpw_connections *list = (void *)state;
    wfpw_connection c = {.size = sizeof c};
    wfpw_options o = {.size = sizeof o, .flags = 0x80000000u};
    char json[10];
    assert_int_equal(wfpw_connections_load(NULL, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_connections_load(&o, &list, NULL), WFPW_E_INVAL);
    assert_null(list);
    assert_null(wfpw_connections_get(NULL, 0));
    assert_int_equal(wfpw_connection_to_json(NULL, 0, json, sizeof json, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_connection_to_json(&c, 1, json, sizeof json, NULL), WFPW_E_INVAL);
    wfpw_connections_free(NULL);
}

/* A table that grows, a program or a service that cannot be had: that is no failure. One that
 * cannot be read is. */
static void test_each_call_fails(void **state)
{
    static const uint32_t codes[] = {5, 122, 1722};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        int failed = 0, status;
        for (uint64_t nth = 1;; nth++) {
            wfpw_sim *sim = new_host(scene);
            wfpw_connections *list;
            wfpw_error e;
            uint64_t calls = wfpw_sim_count(sim, WFPW_SIM_CALLS);
            wfpw_sim_fail_nth(sim, nth, codes[i]);
            status = load_list(sim, NULL, &list, &e);
            bool is_over = nth > wfpw_sim_count(sim, WFPW_SIM_CALLS) - calls;
            failed += status != WFPW_OK;
            assert_true(status == WFPW_OK || list == NULL);
            if (status != WFPW_OK)
                assert_int_equal(e.os_code, codes[i]);
            else
                assert_non_null(wfpw_connections_get(list, 4));
            wfpw_connections_free(list);
            wfpw_sim_free(sim);
            if (is_over)
                break;
        }
        assert_int_equal(failed, codes[i] == 122 ? 0 : 4); /* the four tables */
    }
}

static void test_no_memory(void **state)
{
    int status = WFPW_E_NOMEM;
    (void)state;
    for (uint64_t nth = 1; status != WFPW_OK; nth++) {
        struct heap heap;
        wfpw_sim *sim = new_host(scene);
        wfpw_connections *list;
        heap_init(&heap);
        heap.fail_at = nth;
        status = load_list(sim, &heap, &list, NULL);
        assert_true(status == WFPW_OK || (status == WFPW_E_NOMEM && list == NULL));
        wfpw_connections_free(list);
        assert_int_equal(os_u64_load(&heap.live), 0);
        wfpw_sim_free(sim);
        assert_true(nth < 100);
        if (status == WFPW_OK && os_u64_load(&heap.calls) >= nth)
            status = WFPW_E_NOMEM; /* it did without: paths of volumes */
    }
}

static void test_many(void **state)
{
    wfpw_sim *sim = new_host("repeat 3000 socket protocol=tcp local=127.0.0.1:80 process=8 "
                             "app=\\device\\x\\y.exe service=z");
    wfpw_connections *list;
    uint32_t n = 0;
    (void)state;
    assert_int_equal(load_list(sim, NULL, &list, NULL), WFPW_OK);
    for (const wfpw_connection *c; (c = wfpw_connections_get(list, n)) != NULL; n++) {
        assert_string_equal(c->service, "z");
        assert_string_equal(c->device_path, "\\device\\x\\y.exe");
    }
    assert_int_equal(n, 3000);
    wfpw_connections_free(list);
    wfpw_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_each_call_fails),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
