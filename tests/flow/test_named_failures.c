/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Live names when calls are refused or fail, memory is short, and names are hostile: events flow,
 * nothing is named wrongly, and the log says once what is missing. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "named.h"
#include "os/system.h"

/* ---- rights --------------------------------------------------------------------------------- */

/* What the log was told. */
struct reported {
    os_u32 lines, of_call;
    const char *call;
};

static void WFPW_CALL tell(void *ctx, int level, const char *text)
{
    struct reported *t = ctx;
    (void)level;
    (void)os_u32_add(&t->lines, 1);
    if (strstr(text, t->call) != NULL)
        (void)os_u32_add(&t->of_call, 1);
}

static bool was_told(void *ctx)
{
    return os_u32_load(&((struct reported *)ctx)->of_call) > 0;
}

/* Each call refused for good, by itself: what the others give is there. */
static void test_refused(void **state)
{
    static const struct {
        const char *call, *name;
        uint32_t state;
    } calls[] = {
        {"FwpmFilterSubscribeChanges0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmLayerCreateEnumHandle0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmProviderEnum0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmCalloutCreateEnumHandle0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmFilterCreateEnumHandle0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmFilterEnum0", "five", WFPW_FILTER_STATE_CURRENT},
        {"FwpmFilterGetById0", NULL, WFPW_FILTER_STATE_DENIED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct flow f;
        struct reported reported = {.call = calls[i].call};
        char script[120];
        (void)snprintf(script, sizeof script, "fail call=%s code=5 times=1000000", calls[i].call);
        flow_open(&f, &(struct flow_options){.before = script, .log = tell, .log_ctx = &reported});
        if (calls[i].name != NULL)
            assert_true(wait_until(was_told, &reported));
        else
            flow_wait_filled(&f, 1); /* or the list would have what follows */
        flow_play(&f, "notices lose 1; filter id=5 name=five");
        flow_play(&f, "filter id=6 name=six");
        assert_named(&f, "drop filter=5", calls[i].name, calls[i].state);
        for (int n = 0; n < 20; n++)
            (void)named_next(&f, "drop filter=6");
        assert_true(wait_until(was_told, &reported));
        assert_int_equal(os_u32_load(&reported.of_call), 1);
        assert_int_equal(flow_stats(&f).missing, WFPW_MISSING_NAMES);
        flow_close(&f);
    }
}

/* Nothing at all is allowed. */
static void test_all_refused(void **state)
{
    static const char *const kinds[] = {"Layer",   "Provider",        "SubLayer",
                                        "Callout", "ProviderContext", "Filter"};
    struct flow f;
    struct reported reported = {.call = "FwpmFilterGetById0"};
    char script[4000] = DENY_GET "; fail call=FwpmFilterSubscribeChanges0 code=5";
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        (void)snprintf(script + strlen(script), sizeof script - strlen(script),
                       "; fail call=Fwpm%sCreateEnumHandle0 code=5 times=1000000", kinds[i]);
    flow_open(&f, &(struct flow_options){.before = script, .log = tell, .log_ctx = &reported});
    flow_play(&f, "filter id=5 name=five");
    assert_named(&f, "drop filter=5 layer=48", NULL, WFPW_FILTER_STATE_DENIED);
    assert_string_equal(wfpw_batch_get(f.b, 0)->layer_key, "FWPM_LAYER_ALE_AUTH_CONNECT_V4");
    flow_close(&f);
}

/* ---- the nth call --------------------------------------------------------------------------- */

static const uint32_t codes[] = {5, 1722, 0x80320012, 87};

static void look(const wfpw_event *ev)
{
    char wanted[20];
    (void)snprintf(wanted, sizeof wanted, "f%d", (int)ev->filter_id);
    if (ev->filter_id < 9 && ev->filter != NULL && ev->filter->name != NULL)
        assert_string_equal(ev->filter->name, wanted);
}

/* Until so many events and gaps have come, or it fails: every name is the right one. */
static void read_named(struct flow *f, uint64_t events, uint64_t gaps)
{
    uint64_t until = f->events + events;
    while (f->events < until || f->gaps < gaps) {
        int n = flow_read(f, f->gaps < gaps ? PATIENCE_MS : 200);
        if (n <= 0)
            break;
        for (int i = 0; i < n; i++)
            look(wfpw_batch_get(f->b, (uint32_t)i));
    }
}

/* Lists, notices, a restart. */
static void live_through(struct flow *f)
{
    flow_play(f, "filter id=1 name=f1; filter id=9 name=old; drop filter=1; drop filter=9;"
                 "unfilter id=1; drop filter=1");
    read_named(f, 3, 0);
    flow_play(f, "restart");
    read_named(f, 0, 1);
    flow_play(f, "filter id=1 name=f1; filter id=9 name=new; drop filter=1; drop filter=9");
    read_named(f, 2, 0);
}

static void test_nth_call_fails(void **state)
{
    enum { CODES = sizeof codes / sizeof *codes, CALLS = 50 };
    (void)state;
    for (uint64_t i = 0; i < CALLS * CODES; i += 1 + i % 3) {
        struct flow f;
        flow_open(&f, &(struct flow_options){.before = "filter id=8 name=f8", .join_ms = 20});
        wfpw_sim_fail_nth(f.sim, 1 + i / CODES, codes[i % CODES]);
        live_through(&f);
        wfpw_stats st = flow_stats(&f);
        assert_stats_agree(&st);
        flow_close(&f);
    }
}

/* What fails once is tried again; lists, too, however seldom the engine is looked at. */
static void test_lists_are_tried_again(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .watch_ms = 10 * PATIENCE_MS,
                      .before = "filter id=5 name=five; filter id=6 name=boot flags=boottime;"
                                "fail call=FwpmFilterEnum0 code=0x80320012 times=1;"
                                "fail call=FwpmFilterSubscribeChanges0 code=0x80320012 times=1"});
    flow_wait_filled(&f, 1);
    flow_play(&f, DENY_GET);
    assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
    assert_named(&f, "drop filter=6", "boot", WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 1);
    flow_close(&f);
}

/* ---- the nth allocation --------------------------------------------------------------------- */

static void test_nth_allocation_fails(void **state)
{
    (void)state;
    for (uint64_t nth = 8; nth < 80; nth++) {
        struct flow f = {0};
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
        heap_init(&f.heap);
        assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
        flow_play(&f, "filters 30 from=100 name=many");
        f.heap.fail_at = nth;
        wfpw_options o = {
            .size = sizeof o, .system = wfpw_sim_system(f.sim), .allocator = &f.heap.allocator};
        f.b = wfpw_batch_new(0, 0);
        int status = wfpw_open(&o, &f.s, &f.e);
        if (status == WFPW_OK)
            status = wfpw_add_live(f.s, &live, &f.e);
        if (status == WFPW_OK) {
            live_through(&f);
            flow_play(&f, "filter id=110 name=many");
            const wfpw_filter *it = named_next(&f, "drop filter=110");
            assert_non_null(it);
            assert_true(it->name == NULL || strcmp(it->name, "many") == 0);
        } else {
            assert_int_equal(status, WFPW_E_NOMEM);
        }
        flow_close(&f);
    }
}

/* ---- memory --------------------------------------------------------------------------------- */

/* More filters than there is room for: what is asked for is there. */
static void test_budget(void **state)
{
    enum { BUDGET = 4 * 1024 * 1024, FILTERS = 20000 };
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filters 20000 from=1000 name=many",
                                         .names_bytes = BUDGET});
    flow_wait_filled(&f, 1);
    wfpw_stats st = flow_stats(&f);
    assert_true(st.names > 1000 && st.names < FILTERS);
    assert_true(st.names_bytes <= BUDGET);
    for (unsigned id = 1000; id < 1000 + FILTERS; id += 1999) {
        char script[40];
        (void)snprintf(script, sizeof script, "drop filter=%u", id);
        assert_named(&f, script, "many", WFPW_FILTER_STATE_CURRENT); /* fetched again */
    }
    flow_play(&f, "filters 5000 from=100000 name=more");
    assert_named(&f, "drop filter=104999", "more", WFPW_FILTER_STATE_CURRENT);
    assert_true(flow_stats(&f).names_bytes <= BUDGET);
    flow_close(&f);
}

/* ---- hostile names -------------------------------------------------------------------------- */

static void test_hostile_names(void **state)
{
    static const char *const names[] = {"@\\\\\\\\host\\\\share\\\\x.dll,-1",
                                        "@%SystemRoot%\\\\x,-1",
                                        "\\u0001\\u001f\\u007f\\u0085",
                                        "\\ud800x\\udc00",
                                        "\\u202e\\u2066\\ufeff",
                                        "%n%s%s"};
    struct flow f;
    char script[200];
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_wait_filled(&f, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(script, sizeof script, "filter id=%zu name=\"%s\"; drop filter=%zu", i + 1,
                       names[i], i + 1);
        const wfpw_filter *it = named_next(&f, script);
        char json[4000];
        assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
        assert_non_null(it->name);
        assert_true(wfpw_to_json(wfpw_batch_get(f.b, 0), 0, json, sizeof json, NULL) > 0);
        for (const char *p = json; *p != 0; p++)
            assert_true((unsigned char)*p >= ' ');
    }
    flow_close(&f);
}

/* A filter of a size that no script can have: an engine that gives just this one. */
enum { BIG_UNITS = 64 * 1024 };

struct big {
    struct wfpw_system system;
    struct system_engine engine;
    struct system_policy policy;
    const struct system_engine *real;
    FWPM_FILTER0 filter;
    uint16_t name[BIG_UNITS + 1];
};

/* The simulator is the context of all the others. */
static struct big *big_of_test(struct big *set)
{
    static struct big *big;
    if (set != NULL)
        big = set;
    return big;
}

static uint32_t get_big(void *ctx, void *engine, uint64_t id, FWPM_FILTER0 **out)
{
    struct big *big = big_of_test(NULL);
    (void)ctx;
    (void)engine;
    big->filter.filterId = id;
    *out = &big->filter;
    return 0;
}

static void free_big(void *ctx, void **p)
{
    struct big *big = big_of_test(NULL);
    if (*p == (void *)&big->filter)
        *p = NULL;
    else
        big->real->free(ctx, p);
}

static void test_huge_name(void **state)
{
    struct flow f = {0};
    struct big *big = calloc(1, sizeof *big);
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    (void)state;
    assert_non_null(big_of_test(big));
    heap_init(&f.heap);
    assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
    big->system = *wfpw_sim_system(f.sim);
    big->real = big->system.engine;
    big->engine = *big->system.engine;
    big->policy = *big->system.policy;
    big->system.engine = &big->engine;
    big->system.policy = &big->policy;
    big->engine.free = free_big;
    big->policy.filter_get = get_big;
    big->filter.filterKey.Data1 = 1;
    big->filter.displayData.name = big->name;
    for (size_t i = 0; i < BIG_UNITS; i++)
        big->name[i] = i % 2 == 0 ? 'n' : 0xD800; /* lone surrogates: three bytes each */
    wfpw_options o = {.size = sizeof o, .system = &big->system, .allocator = &f.heap.allocator};
    f.b = wfpw_batch_new(0, 0);
    assert_int_equal(wfpw_open(&o, &f.s, &f.e), WFPW_OK);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
    const wfpw_filter *it = named_next(&f, "drop filter=100");
    assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(strlen(it->name), BIG_UNITS / 2 * 4);
    flow_close(&f);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_all_refused),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_lists_are_tried_again),
        cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_huge_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
