/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters that come and go as events of a live session: named, in order, counted; what there is no
 * room for is told as a gap. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "os/system.h"

#define KEY   "{55555555-0000-0000-0000-000000000005}"
#define AGENT "{11111111-0000-0000-0000-000000000001}"
enum { NOTICES = 4096 }; /* that wait for the service thread, at most */

static const struct flow_options watching = {.live_flags = WFPW_LIVE_FILTERS};

/* Reads one event at a time. */
static void open_one(struct flow *f, const struct flow_options *o)
{
    flow_open(f, o);
    wfpw_batch_free(f->b);
    f->b = wfpw_batch_new(1, 0);
    assert_non_null(f->b);
}

static bool has_received(void *ctx)
{
    return flow_stats(ctx).received > 0;
}

static const wfpw_event *next_of(struct flow *f, uint32_t kind, uint64_t id)
{
    const wfpw_event *ev = flow_next(f);
    assert_int_equal(ev->kind, kind);
    assert_int_equal(ev->filter_id, id);
    assert_int_equal(ev->present, WFPW_HAS_FILTER_ID);
    assert_int_equal(ev->source, WFPW_SOURCE_SIM);
    return ev;
}

static const wfpw_event *happen(struct flow *f, const char *script, uint32_t kind, uint64_t id)
{
    flow_play(f, script);
    return next_of(f, kind, id);
}

/* Counts agree; what was received are changes only. */
static void assert_received(const struct flow *f, uint64_t n)
{
    wfpw_stats st = flow_stats(f);
    assert_stats_agree(&st);
    assert_int_equal(st.received, n);
    assert_int_equal(st.delivered, f->events);
    assert_int_equal(st.dropped, f->lost);
}

/* ---- named ---------------------------------------------------------------------------------- */

static void test_comes_and_goes(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &watching);
    flow_wait_filled(&f, 1);
    flow_play(&f, "provider key=" AGENT " name=Acme");
    const wfpw_event *ev =
        happen(&f, "filter id=5 key=" KEY " name=one provider=" AGENT, WFPW_KIND_FILTER_ADD, 5);
    uint64_t came = ev->time;
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(ev->filter->name, "one");
    assert_string_equal(ev->filter->provider_name, "Acme");
    assert_string_equal(ev->filter->from, "live");
    assert_int_equal(ev->verdict, WFPW_VERDICT_INFO);
    assert_int_equal(ev->reason, WFPW_REASON_POLICY_CHANGE);
    ev = happen(&f, "wait 1000; unfilter id=5", WFPW_KIND_FILTER_DELETE, 5);
    assert_true(ev->time >= came + 10000000);
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_DELETED);
    assert_int_equal(ev->filter->deleted_time, ev->time);
    assert_string_equal(ev->filter->name, "one");
    assert_string_equal(ev->filter->key, KEY);
    assert_received(&f, 2);
    flow_close(&f);
}

/* One that was there before the session. */
static void test_goes(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS,
                                        .before = "filter id=7 name=old"});
    flow_wait_filled(&f, 1);
    const wfpw_event *ev = happen(&f, "unfilter id=7", WFPW_KIND_FILTER_DELETE, 7);
    assert_string_equal(ev->filter->name, "old");
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_DELETED);
    flow_close(&f);
}

/* Gone before it could be asked for: its key is all that is known. */
static void test_gone_at_once(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &watching);
    flow_wait_filled(&f, 1);
    flow_play(&f, "notices hold; filter id=5 key=" KEY " name=one; unfilter id=5; notices give");
    const wfpw_event *ev = next_of(&f, WFPW_KIND_FILTER_ADD, 5);
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(ev->filter->key, KEY);
    assert_null(ev->filter->name);
    flow_close(&f);
}

/* A filter that takes another's place: first the one goes, then the other comes. */
static void test_replaced(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &watching);
    flow_wait_filled(&f, 1);
    (void)happen(&f, "filter id=5 name=one", WFPW_KIND_FILTER_ADD, 5);
    const wfpw_event *ev =
        happen(&f, "wait 1; filter id=5 key=" KEY " name=two", WFPW_KIND_FILTER_DELETE, 5);
    assert_string_equal(ev->filter->name, "one");
    ev = next_of(&f, WFPW_KIND_FILTER_ADD, 5);
    assert_string_equal(ev->filter->name, "two");
    flow_close(&f);
}

/* ---- without names -------------------------------------------------------------------------- */

static void test_without_names(void **state)
{
    struct flow f;
    char json[1024];
    (void)state;
    open_one(&f,
             &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS, .flags = WFPW_OPEN_NO_NAMES});
    const wfpw_event *ev = happen(&f, "filter id=5 key=" KEY " name=one", WFPW_KIND_FILTER_ADD, 5);
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_int_equal(ev->filter->id, 5);
    assert_string_equal(ev->filter->key, KEY);
    assert_null(ev->filter->name);
    assert_int_equal(ev->filter->deleted_time, 0);
    ev = happen(&f, "unfilter id=5", WFPW_KIND_FILTER_DELETE, 5);
    assert_string_equal(ev->filter->key, KEY);
    assert_int_equal(ev->filter->deleted_time, ev->time);
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"kind\":\"filter_delete\",\"verdict\":\"info\""));
    assert_non_null(strstr(json, "\"filter\":{\"id\":5,\"key\":\"" KEY "\",\"state\":\"unknown\""));
    assert_int_equal(flow_stats(&f).names, 0);
    assert_received(&f, 2);
    flow_close(&f);
}

/* Then a dump may know it, if it has that id with that key. */
static void test_names_of_a_dump(void **state)
{
    struct flow f;
    wfpw_names *names;
    wfpw_error e;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=5 key=" KEY " name=one"});
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(f.sim)};
    assert_int_equal(wfpw_names_open(&o, &names, &e), WFPW_OK);
    assert_int_equal(wfpw_names_load_host(names, &o, &e), 1);
    wfpw_close(f.s);
    o.names = names;
    o.flags = WFPW_OPEN_NO_NAMES;
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_FILTERS};
    assert_int_equal(wfpw_open(&o, &f.s, &e), WFPW_OK);
    assert_int_equal(wfpw_add_live(f.s, &live, &e), WFPW_OK);
    const wfpw_event *ev = happen(&f, "unfilter id=5", WFPW_KIND_FILTER_DELETE, 5);
    assert_string_equal(ev->filter->name, "one");
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_DELETED);
    assert_int_equal(ev->filter->deleted_time, ev->time);
    ev = happen(&f, "filter id=5 name=two", WFPW_KIND_FILTER_ADD, 5); /* another key */
    assert_null(ev->filter->name);
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_UNKNOWN);
    wfpw_close(f.s);
    f.s = NULL;
    wfpw_names_close(names);
    flow_close(&f);
}

/* ---- wanted, own ---------------------------------------------------------------------------- */

static void test_templates(void **state)
{
    struct flow f;
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "type=filter_add", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "own!=filter", NULL), WFPW_OK);
    open_one(&f, &(struct flow_options){
                     .live_flags = WFPW_LIVE_FILTERS, .match = t, .own_provider = AGENT});
    flow_wait_filled(&f, 1);
    flow_play(&f, "filter id=5 provider=" AGENT);
    assert_true(wait_until(has_received, &f)); /* then it has been asked for */
    flow_play(&f, "drop filter=5; unfilter id=5");
    (void)happen(&f, "filter id=6 name=theirs", WFPW_KIND_FILTER_ADD, 6);
    assert_received(&f, 4);
    assert_int_equal(flow_stats(&f).filtered, 3);
    flow_close(&f);
    wfpw_template_free(t);
}

static void test_not_asked_for(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){0});
    flow_wait_filled(&f, 1);
    flow_play(&f, "filter id=5; unfilter id=5; drop filter=5");
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_CLASSIFY_DROP);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* ---- loss ----------------------------------------------------------------------------------- */

/* More changes than wait for a service thread that hangs: the rest is a gap, and counted. */
static void test_too_many(void **state)
{
    enum { CHANGES = NOTICES + 1000 };
    struct flow f;
    char script[64];
    (void)state;
    flow_open(&f, &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS,
                                         .flags = WFPW_OPEN_NO_NAMES,
                                         .ring_bytes = 8 * 1024 * 1024});
    flow_play(&f, "hang call=FwpmEngineGetOption0");
    os_sleep_ms(50); /* it is looked at every 10 ms; whether it hangs already changes no count */
    (void)snprintf(script, sizeof script, "filters %d from=1; release", CHANGES);
    flow_play(&f, script);
    for (uint64_t end = os_ticks_ms() + PATIENCE_MS; f.events + f.lost < CHANGES;) {
        assert_true(flow_read(&f, 100) >= 0);
        assert_true(os_ticks_ms() < end);
    }
    assert_int_equal(f.events + f.lost, CHANGES);
    assert_received(&f, CHANGES);
    flow_close(&f);
}

/* The ring of events has no room: that is the same gap. */
static void test_no_room(void **state)
{
    enum { CHANGES = 3000 };
    struct flow f;
    char script[64];
    (void)state;
    flow_open(&f,
              &(struct flow_options){.live_flags = WFPW_LIVE_FILTERS, .flags = WFPW_OPEN_NO_NAMES});
    (void)snprintf(script, sizeof script, "filters %d from=1", CHANGES);
    flow_play(&f, script);
    for (wfpw_stats st = {0}; st.received < CHANGES; st = flow_stats(&f))
        os_sleep_ms(1);
    assert_true(flow_stats(&f).dropped > 0);
    while (f.events + f.lost < CHANGES)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    assert_true(f.gaps > 0);
    assert_received(&f, CHANGES);
    flow_close(&f);
}

/* What came before the end is read to the end. */
static void test_stopped(void **state)
{
    struct flow f;
    int n;
    (void)state;
    flow_open(&f, &watching);
    flow_play(&f, "filters 100 from=1");
    wfpw_stop(f.s);
    while ((n = flow_read(&f, PATIENCE_MS)) >= 0)
        ;
    assert_int_equal(n, WFPW_E_STOPPED);
    assert_int_equal(f.events + f.lost, 100);
    assert_received(&f, 100);
    flow_close(&f);
}

/* The engine goes away: what it told before comes before the gap, and then it tells anew. */
static void test_outage(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &watching);
    flow_wait_filled(&f, 1);
    flow_play(&f, "filter id=5 name=one flags=persistent; restart");
    (void)next_of(&f, WFPW_KIND_FILTER_ADD, 5);
    assert_int_equal(flow_next(&f)->lost_where, WFPW_LOST_OUTAGE);
    const wfpw_event *ev = happen(&f, "filter id=900 name=two", WFPW_KIND_FILTER_ADD, 900);
    assert_string_equal(ev->filter->name, "two");
    assert_received(&f, 2);
    flow_close(&f);
}

/* ---- failures ------------------------------------------------------------------------------- */

static int open_live(wfpw_sim *sim, struct heap *heap, wfpw_session **s, wfpw_error *e)
{
    wfpw_options o = {
        .size = sizeof o, .system = wfpw_sim_system(sim), .allocator = &heap->allocator};
    wfpw_live live = {
        .size = sizeof live, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_FILTERS, .watch_ms = 10};
    int status = wfpw_open(&o, s, e);
    return status == WFPW_OK ? wfpw_add_live(*s, &live, e) : status;
}

static void close_live(wfpw_sim *sim, struct heap *heap, wfpw_session *s)
{
    wfpw_close(s);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_CHANGE_SUBSCRIPTIONS), 0);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
    assert_int_equal(os_u64_load(&heap->live), 0);
}

/* Who asked for changes must know when there will be none. */
static void test_refused(void **state)
{
    static const struct {
        uint32_t code;
        int status;
    } wanted[] = {{5, WFPW_E_ACCESS},
                  {1722, WFPW_E_NOSERVICE},
                  {0x80320012, WFPW_E_TIMEOUT},
                  {87, WFPW_E_SYSTEM}};
    wfpw_sim *sim;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char script[80];
        wfpw_session *s;
        wfpw_error e;
        struct heap heap;
        heap_init(&heap);
        (void)snprintf(script, sizeof script, "fail call=FwpmFilterSubscribeChanges0 code=%u",
                       wanted[i].code);
        assert_int_equal(wfpw_sim_play(sim, script, &e), WFPW_OK);
        assert_int_equal(open_live(sim, &heap, &s, &e), wanted[i].status);
        assert_string_equal(e.where, "FwpmFilterSubscribeChanges0");
        assert_int_equal(e.os_code, wanted[i].code);
        close_live(sim, &heap, s);
    }
    wfpw_sim_free(sim);
}

static void test_not_supported(void **state)
{
    wfpw_sim *sim;
    wfpw_session *s;
    wfpw_error e;
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_FILTERS};
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (int i = 0; i < 3; i++) {
        struct wfpw_system system = *wfpw_sim_system(sim);
        struct system_policy policy = *system.policy;
        system.policy = i == 0 ? NULL : &policy;
        policy.subscribe_changes = i == 1 ? NULL : policy.subscribe_changes;
        policy.unsubscribe_changes = i == 2 ? NULL : policy.unsubscribe_changes;
        wfpw_options o = {.size = sizeof o, .system = &system};
        assert_int_equal(wfpw_open(&o, &s, &e), WFPW_OK);
        assert_int_equal(wfpw_add_live(s, &live, &e), WFPW_E_NOTSUP);
        wfpw_close(s);
    }
    wfpw_sim_free(sim);
}

/* Whichever call fails, nothing stays open, and nothing closed is used. */
static void test_nth_call_fails(void **state)
{
    static const uint32_t codes[] = {5, 1722, 0x80320012, 87};
    wfpw_sim *sim;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (uint64_t i = 0; i < 12 * sizeof codes / sizeof *codes; i++) {
        wfpw_session *s = NULL;
        wfpw_error e;
        struct heap heap;
        heap_init(&heap);
        wfpw_sim_fail_nth(sim, 1 + i / 4, codes[i % 4]);
        int status = open_live(sim, &heap, &s, &e);
        assert_true(status == WFPW_OK || e.os_code == codes[i % 4]);
        close_live(sim, &heap, s);
    }
    wfpw_sim_free(sim);
}

static void test_nth_allocation_fails(void **state)
{
    wfpw_sim *sim;
    int status = WFPW_E_NOMEM;
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (uint64_t nth = 1; status != WFPW_OK; nth++) {
        wfpw_session *s = NULL;
        wfpw_error e;
        struct heap heap;
        heap_init(&heap);
        heap.fail_at = nth;
        status = open_live(sim, &heap, &s, &e);
        assert_true(status == WFPW_OK || status == WFPW_E_NOMEM);
        close_live(sim, &heap, s);
    }
    wfpw_sim_free(sim);
}

/* A filter that cannot be asked for is told all the same. */
static void test_get_is_refused(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &watching);
    flow_wait_filled(&f, 1);
    flow_play(&f, "fail call=FwpmFilterGetById0 code=5 times=1000000");
    const wfpw_event *ev = happen(&f, "filter id=5 key=" KEY " name=one", WFPW_KIND_FILTER_ADD, 5);
    assert_string_equal(ev->filter->key, KEY);
    assert_null(ev->filter->name);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_and_goes), cmocka_unit_test(test_goes),
        cmocka_unit_test(test_gone_at_once),   cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_without_names),  cmocka_unit_test(test_names_of_a_dump),
        cmocka_unit_test(test_templates),      cmocka_unit_test(test_not_asked_for),
        cmocka_unit_test(test_too_many),       cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_stopped),        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_not_supported),
        cmocka_unit_test(test_nth_call_fails), cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_get_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
