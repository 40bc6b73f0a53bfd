/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The firewall's rules of a host, from its registry. */
#include "flow.h"

#include <string.h>

#define LOCAL                                                                                      \
    "rule local \"{A}\" \"v2.33|Action=Block|Active=TRUE|Dir=Out|Name=@FirewallAPI.dll,-5|\"\n"
#define STATIC "rule static \"S-1\" \"V2.0|Action=Block|Dir=in|Svc=x|\"\n"
#define POLICY                                                                                     \
    "rule group_policy \"{B}\" \"v2.33|Action=Allow|Active=TRUE|Dir=In|Name=Of policy|\"\n"

struct host_test {
    struct heap heap;
    wfpw_sim *sim;
    wfpw_names *names;
    wfpw_error e;
    int status;
    char log[1024];
    _Alignas(8) char room[8192];
};

static void keep_log(void *ctx, int level, const char *text)
{
    char *log = ctx;
    (void)level;
    strncat(log, text, 1023 - strlen(log));
}

static void load(struct host_test *t, const char *script, uint64_t fail_at)
{
    memset(t, 0, sizeof *t);
    heap_init(&t->heap);
    t->heap.fail_at = fail_at;
    wfpw_options o = {
        .size = sizeof o, .allocator = &t->heap.allocator, .log = keep_log, .log_ctx = t->log};
    assert_int_equal(wfpw_sim_new(11, &t->sim), WFPW_OK);
    assert_int_equal(wfpw_sim_play(t->sim, script, NULL), WFPW_OK);
    t->status = wfpw_names_open(&o, &t->names, &t->e);
    wfpw_options of_host = {.size = sizeof of_host, .system = wfpw_sim_system(t->sim)};
    if (t->status == WFPW_OK)
        t->status = wfpw_rules_load_host(t->names, &of_host, &t->e);
}

static const wfpw_rule *get(struct host_test *t, const char *id)
{
    return wfpw_rules_get(t->names, id, 0, t->room, sizeof t->room, NULL) == 1
               ? (const wfpw_rule *)(const void *)t->room
               : NULL;
}

static void done(struct host_test *t)
{
    wfpw_names_close(t->names);
    wfpw_sim_free(t->sim);
    assert_int_equal(os_u64_load(&t->heap.live), 0);
}

static void test_all_places(void **state)
{
    struct host_test t;
    (void)state;
    load(&t,
         "string FirewallAPI.dll 5 \"Shown name\"\n" LOCAL STATIC POLICY
         "rule appiso a \"v2.33|Action=Allow|Active=TRUE|Dir=In|\"\n"
         "rule mdm m \"v2.33|Action=Allow|Active=TRUE|Dir=In|\"\n"
         "rule configurable c \"v2.33|Action=Allow|Dir=In|\"\n"
         "rule local bad \"nothing\"\nrule local gone \"v2.33|Action=Allow|Dir=In|\"\n"
         "rule local gone off\n",
         0);
    assert_int_equal(t.status, 6);
    const wfpw_rule *r = get(&t, "{a}");
    assert_non_null(r);
    assert_string_equal(r->name, "Shown name");
    assert_string_equal(r->from, "live");
    assert_true(r->from_time != 0);
    assert_int_equal(r->origin, WFPW_RULE_ORIGIN_LOCAL);
    assert_int_equal(get(&t, "S-1")->origin, WFPW_RULE_ORIGIN_STATIC);
    assert_int_equal(get(&t, "{B}")->origin, WFPW_RULE_ORIGIN_GROUP_POLICY);
    assert_int_equal(get(&t, "a")->origin, WFPW_RULE_ORIGIN_APPISO);
    assert_int_equal(get(&t, "m")->origin, WFPW_RULE_ORIGIN_MDM);
    assert_int_equal(get(&t, "c")->origin, WFPW_RULE_ORIGIN_CONFIGURABLE);
    assert_null(get(&t, "gone"));
    wfpw_names_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_names_get_stats(t.names, &st), WFPW_OK);
    assert_int_equal(st.skipped, 1);
    done(&t);
}

/* A place that may not be read is told; without any rule it is an error. */
static void test_refused(void **state)
{
    struct host_test t;
    (void)state;
    load(&t, LOCAL "fail call=RegEnumValueW code=5 times=9\n", 0);
    assert_int_equal(t.status, WFPW_E_ACCESS);
    assert_int_equal(t.e.os_code, 5);
    assert_non_null(strstr(t.log, "rules are missing"));
    done(&t);
}

static void test_wrong_arguments(void **state)
{
    struct host_test t;
    (void)state;
    load(&t, LOCAL, 0);
    wfpw_options o = {.size = 1};
    assert_int_equal(wfpw_rules_load_host(NULL, NULL, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_rules_load_host(t.names, &o, NULL), WFPW_E_INVAL);
    wfpw_names_stop(t.names);
    wfpw_options of_host = {.size = sizeof of_host, .system = wfpw_sim_system(t.sim)};
    assert_int_equal(wfpw_rules_load_host(t.names, &of_host, NULL), WFPW_E_STOPPED);
    done(&t);
}

static void test_no_memory(void **state)
{
    struct host_test t;
    int status = WFPW_E_NOMEM;
    (void)state;
    for (uint64_t n = 1; n < 40 && status != 2; n++) {
        load(&t, LOCAL STATIC, n);
        status = t.status;
        assert_true(status == 2 || status == WFPW_E_NOMEM);
        done(&t);
    }
    assert_int_equal(status, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_places),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
