/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a simulated engine has, loaded into a collection of names; and every call and allocation of
 * that failing in its turn. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/system.h"

#define AGENT "{11111111-2222-3333-4444-555555555555}"
#define POLICY                                                                                     \
    "provider key=" AGENT " name=\"Some agent\"\n"                                                 \
    "callout key={99999999-0000-0000-0000-000000000001} name=Inspect\n"                            \
    "context key={99999999-0000-0000-0000-000000000002} data=Stealth"                              \
    " provider=FWPM_PROVIDER_MPSSVC_WF\n"                                                          \
    "filter id=7 name=ours provider=" AGENT " condition=\"remote port = 443\"\n"                   \
    "filter id=8 name=boot flags=boottime\n"                                                       \
    "filter id=9 name=off flags=disabled layer=ALE_AUTH_RECV_ACCEPT_V4 action=permit\n"            \
    "filter id=10 action=callout callout={99999999-0000-0000-0000-000000000001}"                   \
    " context={99999999-0000-0000-0000-000000000002} provider=FWPM_PROVIDER_MPSSVC_WF\n"
enum { FILTERS = 4, ROOM = 16 * 1024 };

struct hosted {
    wfpw_sim *sim;
    wfpw_names *names;
    wfpw_options o;
    wfpw_error e;
    struct heap heap;
    char log[1024]; /* what was said, one behind the other */
    uint64_t room[ROOM / 8];
};

static void WFPW_CALL on_log(void *ctx, int level, const char *text)
{
    struct hosted *h = ctx;
    size_t n = strlen(h->log);
    (void)snprintf(h->log + n, sizeof h->log - n, "%d %s\n", level, text);
}

static struct hosted *open_hosted(const char *script)
{
    struct hosted *h = calloc(1, sizeof *h);
    assert_non_null(h);
    heap_init(&h->heap);
    assert_int_equal(wfpw_sim_new(11, &h->sim), WFPW_OK);
    if (wfpw_sim_play(h->sim, script, &h->e) != WFPW_OK)
        fail_msg("%s at %llu", h->e.text, (unsigned long long)h->e.position);
    h->o = (wfpw_options){.size = sizeof h->o,
                          .system = wfpw_sim_system(h->sim),
                          .allocator = &h->heap.allocator,
                          .log = on_log,
                          .log_ctx = h};
    assert_int_equal(wfpw_names_open(&h->o, &h->names, &h->e), WFPW_OK);
    return h;
}

static void play(struct hosted *h, const char *script)
{
    assert_int_equal(wfpw_sim_play(h->sim, script, &h->e), WFPW_OK);
}

static int load(struct hosted *h)
{
    return wfpw_names_load_host(h->names, &h->o, &h->e);
}

static void assert_nothing_left(const struct hosted *h)
{
    assert_int_equal(wfpw_sim_count(h->sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(h->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(h->sim, WFPW_SIM_MISUSES), 0);
}

static void close_hosted(struct hosted *h)
{
    assert_nothing_left(h);
    wfpw_names_close(h->names);
    wfpw_sim_free(h->sim);
    assert_int_equal(os_u64_load(&h->heap.live), 0);
    free(h);
}

static const wfpw_filter *get(struct hosted *h, uint64_t id)
{
    int found = wfpw_names_get(h->names, id, 0, h->room, sizeof h->room, NULL);
    return found == 1 ? (const wfpw_filter *)(const void *)h->room : NULL;
}

/* ---- what there is -------------------------------------------------------------------------- */

static void test_everything(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    (void)state;
    assert_int_equal(load(h), FILTERS);
    const wfpw_filter *f = get(h, 7);
    assert_non_null(f);
    assert_string_equal(f->name, "ours");
    assert_string_equal(f->provider, AGENT);
    assert_string_equal(f->provider_name, "Some agent");
    assert_string_equal(f->layer, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    assert_string_equal(f->conditions[0].text, "remote port = 443");
    assert_string_equal(f->from, "live");
    assert_int_equal(f->from_time, h->o.system->now(h->o.system->ctx));
    f = get(h, 10);
    assert_non_null(f);
    assert_string_equal(f->callout_name, "Inspect");
    assert_string_equal(f->origin, "Stealth");
    assert_int_equal(f->id, 10);
    assert_non_null(get(h, 8));
    assert_non_null(get(h, 9));
    assert_string_equal(h->log, "");
    close_hosted(h);
}

/* At another moment than that of the loading it is as sure as a dump is. */
static void test_as_a_dump(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    const wfpw_filter *f = (const wfpw_filter *)(const void *)h->room;
    (void)state;
    assert_int_equal(load(h), FILTERS);
    uint64_t first = h->o.system->now(h->o.system->ctx);
    assert_int_equal(wfpw_names_get(h->names, 7, first + 1, h->room, sizeof h->room, NULL), 1);
    assert_int_equal(f->state, WFPW_FILTER_STATE_UNCERTAIN);
    play(h, "wait 1000; unfilter id=8; filter id=11");
    assert_int_equal(load(h), FILTERS);
    assert_int_equal(wfpw_names_get(h->names, 7, first + 1, h->room, sizeof h->room, NULL), 1);
    assert_int_equal(f->state, WFPW_FILTER_STATE_CURRENT); /* it was there before and after */
    assert_non_null(get(h, 8));
    assert_int_equal(f->from_time, first);
    assert_non_null(get(h, 11));
    close_hosted(h);
}

/* More than a call gives; each once, in the engine's order. */
static void test_pages(void **state)
{
    struct hosted *h = open_hosted("filters 1500 from=1000; filter id=5 flags=boottime");
    uint64_t cursor = 0, wanted = 1000;
    wfpw_names_stats st = {.size = sizeof st};
    const wfpw_filter *f = (const wfpw_filter *)(const void *)h->room;
    (void)state;
    assert_int_equal(load(h), 1501);
    assert_int_equal(wfpw_names_get_stats(h->names, &st), WFPW_OK);
    assert_int_equal(st.filters, 1501);
    assert_int_equal(st.loaded, 1501);
    while (wfpw_names_next(h->names, &cursor, h->room, sizeof h->room, NULL) == 1)
        assert_int_equal(f->id, wanted < 2500 ? wanted++ : 5);
    assert_int_equal(wanted, 2500);
    close_hosted(h);
}

static void test_empty(void **state)
{
    struct hosted *h = open_hosted("");
    (void)state;
    assert_int_equal(load(h), 0);
    close_hosted(h);
}

/* ---- indirect strings ----------------------------------------------------------------------- */

#define INDIRECT                                                                                   \
    "string FirewallAPI.dll 25000 \"Core Networking\"; string FirewallAPI.dll 7 \"In words\";"     \
    "filter id=7 name=\"@FirewallAPI.dll,-25000\" description=\"@FirewallAPI.dll,-7\";"

static void test_indirect_string(void **state)
{
    struct hosted *h = open_hosted(INDIRECT "filter id=8 name=\"@FirewallAPI.dll,-1\";"
                                            "provider key=" AGENT " name=\"@FirewallAPI.dll,-7\";"
                                            "filter id=9 provider=" AGENT);
    (void)state;
    assert_int_equal(load(h), 3);
    const wfpw_filter *f = get(h, 7);
    assert_non_null(f);
    assert_string_equal(f->name, "Core Networking");
    assert_string_equal(f->description, "In words");
    assert_string_equal(get(h, 8)->name, "@FirewallAPI.dll,-1"); /* it is not there */
    assert_string_equal(get(h, 9)->provider_name, "In words");
    assert_string_equal(h->log, "");
    play(h, "string FirewallAPI.dll 25000 \"Kernnetzwerk\"");
    assert_int_equal(load(h), 3); /* asked anew */
    assert_string_equal(get(h, 7)->name, "Kernnetzwerk");
    close_hosted(h);
}

/* No file is loaded for a name that leads elsewhere: the call would hang, and the loading with it.
 */
static void test_hostile_indirect(void **state)
{
    static const char *const names[] = {"@\\\\host\\share\\x.dll,-1", "@C:\\x\\..\\evil.dll,-1"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char script[200];
        struct hosted *h = open_hosted(
            "unprovider key=FWPM_PROVIDER_MPSSVC_APP_ISOLATION;" /* whose name is indirect */
            "string x.dll 1 text; string evil.dll 1 text;"
            "hang call=LoadLibraryExW");
        (void)snprintf(script, sizeof script, "filter id=7 name=\"%s\"", names[i]);
        play(h, script);
        assert_int_equal(load(h), 1);
        assert_string_equal(get(h, 7)->name, names[i]);
        play(h, "release");
        close_hosted(h);
    }
}

/* What a file says is another host's. */
static void test_indirect_in_a_file(void **state)
{
    static const char dump[] =
        "<wfpstate><filters><item><filterKey>{00000000-0000-0000-0000-000000000007}</filterKey>"
        "<displayData><name>@FirewallAPI.dll,-25000</name></displayData>"
        "<filterId>7</filterId></item></filters></wfpstate>";
    struct hosted *h = open_hosted("string FirewallAPI.dll 25000 \"Core Networking\"");
    uint64_t calls = wfpw_sim_count(h->sim, WFPW_SIM_CALLS);
    (void)state;
    assert_int_equal(wfpw_names_load_memory(h->names, dump, sizeof dump - 1, &h->e), 1);
    assert_string_equal(get(h, 7)->name, "@FirewallAPI.dll,-25000");
    assert_int_equal(wfpw_sim_count(h->sim, WFPW_SIM_CALLS), calls);
    close_hosted(h);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void test_partial_rights(void **state)
{
    static const char *const calls[] = {
        "FwpmLayerCreateEnumHandle0",           "FwpmLayerEnum0",   "FwpmProviderEnum0",
        "FwpmProviderContextCreateEnumHandle0", "FwpmCalloutEnum0", "FwpmSubLayerEnum0"};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct hosted *h = open_hosted(POLICY);
        char script[100];
        (void)snprintf(script, sizeof script, "fail call=%s code=5", calls[i]);
        play(h, script);
        bool by_layer = i >= 2; /* without layers there is no list of each */
        assert_int_equal(load(h), by_layer ? FILTERS : FILTERS - 2);
        (void)snprintf(script, sizeof script, "2 names are missing: %s gave 0x5 (5)\n", calls[i]);
        assert_string_equal(h->log, script);
        const wfpw_filter *f = get(h, 7);
        assert_non_null(f);
        assert_int_equal(f->provider_name == NULL, i == 2);
        close_hosted(h);
    }
}

/* A list that is refused for each of a hundred layers is told once. */
static void test_filters_of_layers_are_refused(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    (void)state;
    assert_int_equal(load(h), FILTERS);
    play(h, "fail call=FwpmFilterEnum0 code=5 times=200");
    assert_int_equal(load(h), WFPW_E_ACCESS);
    assert_string_equal(h->e.where, "FwpmFilterEnum0");
    assert_int_equal(h->e.os_code, 5);
    assert_string_equal(h->log, "2 names are missing: FwpmFilterEnum0 gave 0x5 (5)\n");
    assert_non_null(get(h, 7)); /* what was read before stays */
    close_hosted(h);
}

static void test_whole_list_is_refused(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    (void)state;
    play(h, "fail call=FwpmFilterCreateEnumHandle0 code=5");
    assert_int_equal(load(h), FILTERS); /* they come layer by layer */
    assert_non_null(get(h, 7));
    close_hosted(h);
}

/* ---- what fails ----------------------------------------------------------------------------- */

static void test_errors(void **state)
{
    static const struct {
        uint32_t code;
        int status;
    } wanted[] = {{5, WFPW_E_ACCESS},
                  {1722, WFPW_E_NOSERVICE},
                  {0x80320012, WFPW_E_TIMEOUT},
                  {87, WFPW_E_SYSTEM}};
    (void)state;
    struct hosted *h = open_hosted(POLICY);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        wfpw_sim_fail_nth(h->sim, 1, wanted[i].code);
        assert_int_equal(load(h), wanted[i].status);
        assert_int_equal(h->e.status, wanted[i].status);
        assert_int_equal(h->e.os_code, wanted[i].code);
        assert_string_equal(h->e.where, "FwpmEngineOpen0");
        assert_int_equal(wfpw_names_load_host(h->names, &h->o, NULL), FILTERS);
    }
    play(h, "stop");
    assert_int_equal(load(h), WFPW_E_NOSERVICE);
    close_hosted(h);
}

/* Whichever call fails, however: it ends with a count or an error, and nothing stays open. */
static void test_nth_call_fails(void **state)
{
    static const uint32_t codes[] = {5, 1722, 0x80320012, 87};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct hosted *h = open_hosted(POLICY);
        uint64_t calls = wfpw_sim_count(h->sim, WFPW_SIM_CALLS);
        assert_int_equal(load(h), FILTERS);
        calls = wfpw_sim_count(h->sim, WFPW_SIM_CALLS) - calls;
        for (uint64_t nth = 1; nth <= calls; nth++) {
            wfpw_sim_fail_nth(h->sim, nth, codes[i]);
            int n = load(h);
            assert_true(n < 0 ? n == h->e.status && h->e.os_code == codes[i] : n <= FILTERS);
            assert_nothing_left(h);
        }
        close_hosted(h);
    }
}

static void test_nth_allocation_fails(void **state)
{
    int n = WFPW_E_NOMEM;
    (void)state;
    for (uint64_t nth = 1; n < 0; nth++) {
        struct hosted *h = open_hosted(POLICY INDIRECT);
        h->heap.fail_at = os_u64_load(&h->heap.calls) + nth;
        n = load(h);
        assert_true(n == FILTERS || n == WFPW_E_NOMEM);
        assert_true(n == FILTERS || h->e.status == WFPW_E_NOMEM);
        if (n == FILTERS)
            assert_string_equal(get(h, 7)->name, "Core Networking");
        h->heap.fail_at = 0;
        assert_int_equal(load(h), FILTERS);
        close_hosted(h);
    }
}

/* A Windows that lacks a function, or the whole table. */
static void test_functions_that_are_missing(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    struct wfpw_system system = *h->o.system;
    struct system_policy policy = *system.policy;
    (void)state;
    h->o.system = &system;
    system.policy = NULL;
    assert_int_equal(load(h), WFPW_E_NOTSUP);
    system.policy = &policy;
    policy.enumerate[LIST_CALLOUTS] = NULL;
    assert_int_equal(load(h), FILTERS);
    policy.destroy_enum[LIST_FILTERS] = NULL;
    assert_int_equal(load(h), WFPW_E_NOTSUP);
    assert_string_equal(h->e.where, "FwpmFilterCreateEnumHandle0");
    close_hosted(h);
}

static void test_wrong_arguments(void **state)
{
    struct hosted *h = open_hosted(POLICY);
    (void)state;
    assert_int_equal(wfpw_names_load_host(NULL, &h->o, &h->e), WFPW_E_INVAL);
    h->o.reserved = 1;
    assert_int_equal(load(h), WFPW_E_INVAL);
    assert_int_equal(h->e.status, WFPW_E_INVAL);
    close_hosted(h);
}

/* ---- beside others -------------------------------------------------------------------------- */

struct asking {
    struct hosted *h;
    os_u32 stop;
    uint64_t room[ROOM / 8];
};

static void ask(void *ctx)
{
    struct asking *a = ctx;
    while (os_u32_load(&a->stop) == 0) {
        uint64_t cursor = 0;
        while (wfpw_names_next(a->h->names, &cursor, a->room, sizeof a->room, NULL) == 1)
            ;
        (void)wfpw_names_get(a->h->names, 7, 0, a->room, sizeof a->room, NULL);
    }
}

static void test_others_ask_meanwhile(void **state)
{
    struct hosted *h = open_hosted(POLICY "filters 600 from=1000");
    struct asking *a = calloc(1, sizeof *a);
    os_thread thread;
    (void)state;
    assert_non_null(a);
    a->h = h;
    assert_true(os_thread_start(&thread, ask, a));
    for (int i = 0; i < 3; i++)
        assert_int_equal(load(h), FILTERS + 600);
    os_u32_store(&a->stop, 1);
    os_thread_join(&thread);
    free(a);
    close_hosted(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_as_a_dump),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_indirect_string),
        cmocka_unit_test(test_hostile_indirect),
        cmocka_unit_test(test_indirect_in_a_file),
        cmocka_unit_test(test_partial_rights),
        cmocka_unit_test(test_filters_of_layers_are_refused),
        cmocka_unit_test(test_whole_list_is_refused),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_functions_that_are_missing),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_others_ask_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
