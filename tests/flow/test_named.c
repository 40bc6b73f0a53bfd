/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events of a live session are named from the engine itself: by its lists, its notices of changes,
 * and by asking for a filter; and what is not known says why. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "named.h"

/* ---- what is listed ------------------------------------------------------------------------- */

static const char scene[] =
    "provider key={11111111-0000-0000-0000-000000000001} name=\"Acme Guard\";"
    "sublayer key={22222222-0000-0000-0000-000000000001} name=\"Acme Sublayer\";"
    "callout key={33333333-0000-0000-0000-000000000001} name=\"Acme Callout\";"
    "context key={44444444-0000-0000-0000-000000000001} provider=MPSSVC_WF data=Stealth;"
    "filter id=5 key={55555555-0000-0000-0000-000000000005} name=\"Block nc\" "
    "provider={11111111-0000-0000-0000-000000000001} "
    "sublayer={22222222-0000-0000-0000-000000000001} "
    "context={44444444-0000-0000-0000-000000000001} layer=ALE_AUTH_CONNECT_V4;"
    "filter id=6 name=\"Ask Acme\" action=callout "
    "callout={33333333-0000-0000-0000-000000000001};"
    "filter id=7 name=\"At boot\" flags=boottime layer=ALE_AUTH_RECV_ACCEPT_V6;"
    "filter id=8 name=\"Switched off\" flags=disabled layer=ALE_AUTH_LISTEN_V4;";

static void test_listed(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene});
    flow_wait_filled(&f, 1);
    flow_play(&f, DENY_GET "; drop filter=5 layer=48");
    const wfpw_event *ev = flow_next(&f);
    const wfpw_filter *it = ev->filter;
    assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(it->id, 5);
    assert_string_equal(it->key, "{55555555-0000-0000-0000-000000000005}");
    assert_string_equal(it->name, "Block nc");
    assert_string_equal(it->provider_name, "Acme Guard");
    assert_string_equal(it->sublayer_name, "Acme Sublayer");
    assert_string_equal(it->layer, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(it->origin, "Stealth");
    assert_string_equal(it->from, "live");
    assert_string_equal(ev->layer_key, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_int_equal(ev->reason, WFPW_REASON_STEALTH);
    assert_named(&f, "drop filter=6", "Ask Acme", WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(wfpw_batch_get(f.b, 0)->filter->callout_name, "Acme Callout");
    assert_named(&f, "drop filter=7", "At boot", WFPW_FILTER_STATE_CURRENT);
    assert_named(&f, "drop filter=8", "Switched off", WFPW_FILTER_STATE_CURRENT);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.names, 4);
    assert_true(st.names_bytes > 0);
    assert_int_equal(st.unnamed, 0);
    flow_close(&f);
}

/* The service that a provider names, in any case; listed, or asked for with a new filter. */
static void test_service(void **state)
{
    static const char acme[] =
        "provider key={11111111-0000-0000-0000-00000000000a} name=Acme service=Acme;"
        "filter id=5 name=five provider={11111111-0000-0000-0000-00000000000a};";
    static const char gone[] =
        "provider key={11111111-0000-0000-0000-00000000000b} name=Gone service=Gone;"
        "filter id=6 name=six provider={11111111-0000-0000-0000-00000000000b};";
    char script[512];
    struct flow f;
    (void)state;
    (void)snprintf(script, sizeof script, "service ACME stopped C:\\acme.exe \"Acme Ltd\"; %s",
                   acme);
    flow_open(&f, &(struct flow_options){.before = script});
    flow_wait_filled(&f, 1);
    const wfpw_filter *it = named_next(&f, "drop filter=5");
    assert_string_equal(it->provider_service, "Acme");
    assert_int_equal(it->service_state, WFPW_SERVICE_STOPPED);
    assert_string_equal(it->service_image, "C:\\acme.exe");
    assert_string_equal(it->service_company, "Acme Ltd");
    flow_play(&f, gone);
    it = named_next(&f, "drop filter=6");
    assert_string_equal(it->provider_service, "Gone");
    assert_int_equal(it->service_state, WFPW_SERVICE_MISSING);
    assert_null(it->service_image);
    flow_close(&f);
}

/* More than a page. */
static void test_many(void **state)
{
    struct flow f;
    char script[40];
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filters 3000 name=\"One of many\" from=1000"});
    flow_wait_filled(&f, 1);
    assert_int_equal(flow_stats(&f).names, 3000);
    flow_play(&f, DENY_GET);
    for (unsigned id = 1000; id < 4000; id += 511) {
        (void)snprintf(script, sizeof script, "drop filter=%u", id);
        assert_named(&f, script, "One of many", WFPW_FILTER_STATE_CURRENT);
    }
    flow_close(&f);
}

/* ---- what changes --------------------------------------------------------------------------- */

static void test_notices(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_wait_filled(&f, 1);
    flow_play(&f, "filter id=5 name=five");
    named_wait(&f, 1);
    flow_play(&f, DENY_GET);
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, "wait 1000; unfilter id=5");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_DELETED);
    const wfpw_filter *it = wfpw_batch_get(f.b, 0)->filter;
    assert_string_equal(it->name, "five");
    assert_true(it->deleted_time != 0);
    flow_close(&f);
}

/* With what it names, made after the lists were read. */
static void test_notice_brings_the_rest(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_wait_filled(&f, 1);
    flow_play(&f, scene);
    const wfpw_filter *it = named_next(&f, "drop filter=5");
    assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(it->provider_name, "Acme Guard");
    assert_string_equal(it->sublayer_name, "Acme Sublayer");
    assert_string_equal(it->origin, "Stealth");
    assert_string_equal(named_next(&f, "drop filter=6")->callout_name, "Acme Callout");
    flow_close(&f);
}

/* Notices come when they like. */
static void test_event_before_its_notice(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "notices hold"});
    flow_wait_filled(&f, 1);
    flow_play(&f, "filter id=5 name=five");
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, "wait 10; unfilter id=5");
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT); /* as far as is known */
    flow_play(&f, "notices give");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_DELETED);
    assert_int_equal(flow_stats(&f).names_filled, 1);
    flow_close(&f);
}

/* One whose notice is lost: that is noticed by the event that means it. */
static void test_lost_notices(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=4 name=four"});
    flow_wait_filled(&f, 1);
    flow_play(&f, "notices lose 2; unfilter id=4; filter id=5 name=five");
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    flow_wait_filled(&f, 2);
    named_wait_state(&f, 4, WFPW_FILTER_STATE_DELETED);
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    flow_close(&f);
}

/* More notices than the queue takes, while nobody takes them. */
static void test_notices_overflow(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=4 name=four"});
    flow_wait_filled(&f, 1);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five; unfilter id=4;"
                  "filters 5000 from=1000 name=many; filters 5000 from=10000 name=more; release");
    flow_wait_filled(&f, 2);
    assert_named(&f, "drop filter=14999", "more", WFPW_FILTER_STATE_CURRENT);
    named_wait_state(&f, 4, WFPW_FILTER_STATE_DELETED);
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    flow_close(&f);
}

/* ---- what is not known ---------------------------------------------------------------------- */

static void test_no_name(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_wait_filled(&f, 1);
    const wfpw_filter *it = named_next(&f, "drop filter=9");
    assert_int_equal(it->state, WFPW_FILTER_STATE_NOT_FOUND);
    assert_null(it->name);
    assert_null(it->key);
    assert_int_equal(wfpw_batch_get(f.b, 0)->reason, WFPW_REASON_FILTER_GONE);
    it = named_next(&f, DENY_GET "; drop filter=10");
    assert_int_equal(it->state, WFPW_FILTER_STATE_DENIED);
    assert_null(named_next(&f, "drop filter=0")); /* is no filter */
    assert_null(named_next(&f, "allow"));
    uint64_t calls = wfpw_sim_count(f.sim, WFPW_SIM_CALLS);
    uint64_t looks = 0; /* answers hold for a while: nobody asks for each event */
    for (int i = 0; i < 100; i++)
        looks += named_next(&f, "drop filter=10")->state == WFPW_FILTER_STATE_DENIED;
    assert_int_equal(looks, 100);
    assert_true(wfpw_sim_count(f.sim, WFPW_SIM_CALLS) < calls + 100);
    flow_close(&f);
}

/* The engine gives a filter, and there is none in it. */
static void test_success_with_nothing(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "get_nothing 1"});
    flow_wait_filled(&f, 1);
    assert_int_equal(named_next(&f, "drop filter=9")->state, WFPW_FILTER_STATE_NOT_FOUND);
    flow_close(&f);
}

static void test_without_names(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene, .flags = WFPW_OPEN_NO_NAMES});
    assert_null(named_next(&f, "drop filter=5"));
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.names, 0);
    assert_int_equal(st.names_bytes, 0);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 0);
    flow_close(&f);
}

/* ---- indirect strings ----------------------------------------------------------------------- */

/* Listed, told by a notice, or asked for by an event: the text is shown. */
static void test_indirect_string(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .before = "string FirewallAPI.dll 25000 \"Core Networking\";"
                                "filter id=5 name=\"@FirewallAPI.dll,-25000\" description=\"@"
                                "%SystemRoot%\\system32\\FirewallAPI.dll,-25000;v1\";"
                                "filter id=7 name=\"@FirewallAPI.dll,-1\""});
    flow_wait_filled(&f, 1);
    assert_named(&f, "drop filter=5", "Core Networking", WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(wfpw_batch_get(f.b, 0)->filter->description, "Core Networking");
    assert_named(&f, "drop filter=7", "@FirewallAPI.dll,-1", WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, "filter id=6 name=\"@FirewallAPI.dll,-25000\"");
    named_wait(&f, 3);
    assert_named(&f, "drop filter=6", "Core Networking", WFPW_FILTER_STATE_CURRENT);
    assert_named(&f, "notices hold; filter id=8 name=\"@firewallapi.dll,-25000\"; drop filter=8",
                 "Core Networking", WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, "notices give");
    flow_close(&f);
}

/* A file that cannot be loaded; one that takes its time holds the filling up, and does not end it.
 */
static void test_indirect_fails(void **state)
{
    static const char *const scripts[] = {"fail call=LoadLibraryExW code=5 times=1000000",
                                          "hang call=LoadLibraryExW"};
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        char before[300];
        (void)snprintf(before, sizeof before,
                       "string FirewallAPI.dll 25000 \"Core Networking\"; filter id=6 name=six;"
                       "filter id=5 name=\"@FirewallAPI.dll,-25000\"; %s",
                       scripts[i]);
        flow_open(&f, &(struct flow_options){.before = before, .join_ms = 10});
        (void)named_next(&f, "drop filter=6"); /* named or not: it came */
        flow_play(&f, "release");
        flow_wait_filled(&f, 1);
        assert_named(&f, "drop filter=6", "six", WFPW_FILTER_STATE_CURRENT);
        assert_named(&f, "drop filter=5", i == 0 ? "@FirewallAPI.dll,-25000" : "Core Networking",
                     WFPW_FILTER_STATE_CURRENT);
        flow_close(&f);
    }
}

/* ---- another life of the engine ------------------------------------------------------------- */

/* An event is named from its own life of the engine, also when it is read in the next one. */
static void test_events_of_two_lives(void **state)
{
    static const struct {
        const char *name;
        uint32_t state;
    } wanted[] = {{"old", WFPW_FILTER_STATE_CURRENT},
                  {NULL, 0}, /* the gap */
                  {"new", WFPW_FILTER_STATE_CURRENT},
                  {NULL, WFPW_FILTER_STATE_NOT_FOUND}};
    struct flow f;
    size_t seen = 0;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=5 name=old; filter id=6 name=six"});
    flow_wait_filled(&f, 1);
    flow_play(&f, "drop filter=5; restart; filter id=5 name=new");
    flow_wait_filled(&f, 2);
    flow_play(&f, "drop filter=5; drop filter=6");
    while (seen < sizeof wanted / sizeof *wanted) {
        int n = flow_read(&f, PATIENCE_MS);
        assert_true(n > 0);
        for (int i = 0; i < n; i++, seen++) {
            const wfpw_filter *it = wfpw_batch_get(f.b, (uint32_t)i)->filter;
            assert_int_equal(it != NULL ? it->state : 0, wanted[seen].state);
            if (wanted[seen].name != NULL)
                assert_string_equal(it->name, wanted[seen].name);
        }
    }
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listed),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_notice_brings_the_rest),
        cmocka_unit_test(test_event_before_its_notice),
        cmocka_unit_test(test_lost_notices),
        cmocka_unit_test(test_notices_overflow),
        cmocka_unit_test(test_no_name),
        cmocka_unit_test(test_success_with_nothing),
        cmocka_unit_test(test_without_names),
        cmocka_unit_test(test_indirect_string),
        cmocka_unit_test(test_indirect_fails),
        cmocka_unit_test(test_events_of_two_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
