/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A live session that counts events of one kind: the first at once, the others as one event. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooked.h"
#include "random.h"
#include "sim/sim.h"

enum { HOUR_MS = 3600000 }; /* longer than any test */

/* ---- reading -------------------------------------------------------------------------------- */

enum { FILTERS = 400 };

/* By filter: the events delivered for themselves, those in a count, and the events with a count. */
struct seen {
    uint64_t alone[FILTERS], counted[FILTERS], aggregates[FILTERS];
};

static void see_event(struct seen *seen, const wfpw_event *ev)
{
    const wfpw_aggregate *a = ev->aggregate;
    if (ev->kind == WFPW_KIND_GAP)
        return;
    assert_true(ev->filter_id < FILTERS);
    if (a == NULL) {
        seen->alone[ev->filter_id]++;
        return;
    }
    assert_int_equal(a->size, sizeof *a);
    assert_true(a->count > 0 && a->first <= a->last && a->last == ev->time);
    seen->counted[ev->filter_id] += a->count;
    seen->aggregates[ev->filter_id]++;
}

/* Until nothing more comes, or the session has ended. */
static int see_all(struct flow *f, struct seen *seen, int32_t timeout_ms)
{
    int n;
    while ((n = flow_read(f, timeout_ms)) > 0)
        for (int i = 0; i < n; i++)
            see_event(seen, wfpw_batch_get(f->b, (uint32_t)i));
    return n;
}

static uint64_t sum_of(const uint64_t by_filter[FILTERS])
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < FILTERS; i++)
        sum += by_filter[i];
    return sum;
}

/* Stops, reads to the end, and compares the counts with what was seen. */
static void finish(struct flow *f, struct seen *seen)
{
    wfpw_stop(f->s);
    assert_int_equal(see_all(f, seen, PATIENCE_MS), WFPW_E_STOPPED);
    flow_assert_accounted(f);
    wfpw_stats st = flow_stats(f);
    assert_int_equal(st.waiting, 0);
    assert_int_equal(st.delivered, sum_of(seen->alone) + sum_of(seen->aggregates));
    assert_int_equal(st.delivered + st.aggregated, sum_of(seen->alone) + sum_of(seen->counted));
    flow_close(f);
}

static void open_counting(struct flow *f, uint32_t aggregate_ms)
{
    flow_open(f, &(struct flow_options){.aggregate_ms = aggregate_ms});
}

/* ---- what comes when ------------------------------------------------------------------------ */

static void test_first_at_once_rest_at_the_end(void **state)
{
    struct flow f;
    struct seen seen = {0};
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "repeat 1000 drop filter=1");
    flow_read_events(&f, 1);
    see_event(&seen, wfpw_batch_get(f.b, 0));
    assert_int_equal(seen.alone[1], 1);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.received, 1000);
    assert_int_equal(st.waiting, 999);
    finish(&f, &seen);
    assert_int_equal(seen.alone[1], 1);
    assert_int_equal(seen.counted[1], 999);
    assert_int_equal(seen.aggregates[1], 1);
}

static void test_window_ends(void **state)
{
    struct flow f;
    struct seen seen = {0};
    (void)state;
    open_counting(&f, 20);
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    flow_play(&f, "repeat 10 drop filter=1; drop filter=2");
    while (sum_of(seen.alone) + sum_of(seen.counted) < 11) {
        assert_int_equal(see_all(&f, &seen, 100), 0);
        assert_true(os_ticks_ms() < end);
    }
    assert_int_equal(seen.alone[2], 1);
    assert_int_equal(seen.counted[2], 0);
    assert_true(seen.aggregates[1] > 0);
    finish(&f, &seen);
}

static bool signalled(void *ctx)
{
    return is_signalled(wfpw_wait_handle(ctx));
}

/* Who waits on the handle is woken for what was counted. */
static void test_handle_at_the_end_of_the_window(void **state)
{
    struct flow f;
    struct seen seen = {0};
    (void)state;
    open_counting(&f, 20);
    flow_play(&f, "repeat 5 drop filter=1");
    while (sum_of(seen.alone) + sum_of(seen.counted) < 5) {
        assert_true(wait_until(signalled, f.s));
        assert_int_equal(see_all(&f, &seen, 0), 0);
    }
    finish(&f, &seen);
}

/* Nobody reads, and one program is refused all the time: the other one is not lost. */
static void test_flood_hides_nothing(void **state)
{
    struct flow f;
    struct seen seen = {0};
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "repeat 2000 drop filter=1; drop filter=2; repeat 2000 drop filter=1");
    assert_int_equal(flow_stats(&f).dropped, 0);
    finish(&f, &seen);
    assert_int_equal(seen.counted[1], 3999);
    assert_int_equal(seen.alone[2], 1);
}

/* More kinds than there is memory for: none is lost, and the counts are exact. */
static void test_more_kinds_than_memory(void **state)
{
    struct flow f;
    struct seen seen = {0};
    char script[64];
    (void)state;
    flow_open(&f, &(struct flow_options){.aggregate_ms = HOUR_MS,
                                         .aggregate_bytes = 1,
                                         .ring_bytes = 4 * 1024 * 1024});
    for (int round = 0; round < 5; round++)
        for (uint32_t id = 0; id < FILTERS; id++) {
            (void)snprintf(script, sizeof script, "repeat 2 drop filter=%u", id);
            flow_play(&f, script);
        }
    finish(&f, &seen);
    for (uint32_t id = 0; id < FILTERS; id++)
        assert_int_equal(seen.alone[id] + seen.counted[id], 10);
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static const char base[] =
    "drop filter=1 layer=48 direction=out protocol=tcp local=192.0.2.1:50000 remote=192.0.2.2:80 "
    "app=\"\\device\\a.exe\" user=S-1-5-18 package=S-1-15-2-1 enterprise=x policy=1 effective=y "
    "scope=1 reauth=1 original=1 current=2 vswitch=z vswitch_source=3";

/* Plays the event, and it once more with something else: how many of the two came at once. */
static uint64_t kinds_of(uint32_t windows, const char *other)
{
    struct flow f;
    struct seen seen = {0};
    flow_open(&f, &(struct flow_options){.windows = windows, .aggregate_ms = HOUR_MS});
    flow_play(&f, base);
    flow_play(&f, other);
    finish(&f, &seen);
    assert_int_equal(sum_of(seen.alone) + sum_of(seen.counted), 2);
    return sum_of(seen.alone);
}

/* The same event with one value replaced. */
static uint64_t kinds_with(uint32_t windows, const char *was, const char *is)
{
    char script[sizeof base + 64];
    const char *at = strstr(base, was);
    assert_non_null(at);
    (void)snprintf(script, sizeof script, "%.*s%s%s", (int)(at - base), base, is, at + strlen(was));
    return kinds_of(windows, script);
}

static void test_all_but_time_and_ports_is_the_kind(void **state)
{
    static const char *const others[][2] = {{"filter=1", "filter=2"},
                                            {"layer=48", "layer=44"},
                                            {"=out", "=in"},
                                            {"protocol=tcp", "protocol=udp"},
                                            {"local=192.0.2.1", "local=192.0.2.3"},
                                            {"remote=192.0.2.2", "remote=192.0.2.3"},
                                            {"a.exe", "b.exe"},
                                            {"S-1-5-18", "S-1-5-19"},
                                            {"S-1-15-2-1", "S-1-15-2-2"},
                                            {"enterprise=x", "enterprise=y"},
                                            {"policy=1", "policy=2"},
                                            {"effective=y", "effective=yy"},
                                            {"scope=1", "scope=2"},
                                            {"reauth=1", "reauth=2"},
                                            {"original=1", "original=2"},
                                            {"current=2", "current=1"},
                                            {"vswitch=z", "vswitch=zz"},
                                            {"vswitch_source=3", "vswitch_source=4"},
                                            {"user=S-1-5-18 ", ""},
                                            {"app=\"\\device\\a.exe\" ", ""}};
    (void)state;
    assert_int_equal(kinds_with(11, ":50000", ":50001"), 1);
    assert_int_equal(kinds_with(11, ":80", ":443"), 1);
    assert_int_equal(kinds_with(11, ":80", ""), 2); /* one has no port */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(kinds_with(11, others[i][0], others[i][1]), 2);
}

static void test_every_windows(void **state)
{
    static const uint32_t windows[] = {7, 8, 10, 1803, 11};
    (void)state;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        assert_int_equal(kinds_with(windows[i], ":80", ":443"), 1);
        assert_int_equal(kinds_with(windows[i], "filter=1", "filter=2"), 2);
        assert_int_equal(kinds_with(windows[i], "remote=192.0.2.2", "remote=[2001:db8::2]"), 2);
    }
}

/* ICMP has type and code where others have ports: they are part of the kind. */
static void test_other_types(void **state)
{
    struct flow f;
    struct seen seen = {0};
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "keywords 0xff; "
                  "repeat 2 drop filter=1 protocol=icmp remote=192.0.2.2:0; "
                  "repeat 2 drop filter=1 protocol=icmp remote=192.0.2.2:3; "
                  "repeat 2 allow filter=2; repeat 2 capability_drop filter=3; "
                  "repeat 2 capability_allow filter=4; repeat 2 classify_drop_mac filter=5");
    finish(&f, &seen);
    assert_int_equal(seen.alone[1], 2);
    for (uint32_t id = 2; id <= 4; id++)
        assert_int_equal(seen.alone[id], 1);
    assert_int_equal(seen.alone[5], 2);
    assert_int_equal(seen.counted[5], 0);
}

/* ---- ports ---------------------------------------------------------------------------------- */

/* The first event with a count; all others are read before it. */
static const wfpw_event *find_aggregate(struct flow *f)
{
    int n;
    wfpw_stop(f->s);
    while ((n = flow_read(f, PATIENCE_MS)) > 0)
        for (int i = 0; i < n; i++)
            if (wfpw_batch_get(f->b, (uint32_t)i)->aggregate != NULL)
                return wfpw_batch_get(f->b, (uint32_t)i);
    fail_msg("%d", n);
    return NULL;
}

static void test_ports(void **state)
{
    struct flow f;
    char json[4096];
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "drop local=192.0.2.1:50000 remote=192.0.2.2:80");
    flow_play(&f, "drop local=192.0.2.1:50000 remote=192.0.2.2:443");
    flow_play(&f, "repeat 2 drop local=192.0.2.1:50000 remote=192.0.2.2:80");
    const wfpw_event *ev = find_aggregate(&f);
    const wfpw_aggregate *a = ev->aggregate;
    assert_int_equal(a->count, 3);
    assert_int_equal(a->local_port_count, 1);
    assert_int_equal(a->local_ports[0], 50000);
    assert_int_equal(ev->local.port, 50000);
    assert_int_equal(a->remote_port_count, 2);
    assert_int_equal(a->remote_ports[0], 80);
    assert_int_equal(a->remote_ports[1], 443);
    assert_int_equal(ev->remote.port, 0);
    assert_int_equal(ev->present & (WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT),
                     WFPW_HAS_LOCAL_PORT);
    assert_int_equal(a->flags, 0);
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, "\"aggregate\":{\"count\":3,\"first\":\""));
    assert_non_null(strstr(json, "\"local_ports\":[50000],\"remote_ports\":[80,443]}"));
    flow_close(&f);
}

static void test_more_ports(void **state)
{
    struct flow f;
    char script[64];
    (void)state;
    open_counting(&f, HOUR_MS);
    for (uint32_t port = 1; port <= 40; port++) {
        (void)snprintf(script, sizeof script, "drop local=192.0.2.1:%u remote=192.0.2.2:%u", port,
                       port <= 17 ? port : 17);
        flow_play(&f, script);
    }
    const wfpw_event *ev = find_aggregate(&f);
    assert_int_equal(ev->aggregate->count, 39);
    assert_int_equal(ev->aggregate->flags, WFPW_AGGREGATE_MORE_LOCAL_PORTS);
    assert_int_equal(ev->aggregate->local_port_count, 16);
    assert_int_equal(ev->aggregate->remote_port_count, 16);
    assert_int_equal(ev->aggregate->local_ports[15], 17);
    flow_close(&f);
}

/* Conditions are asked of each event, before it is counted and once more of what was counted. */
static void test_conditions_on_ports(void **state)
{
    struct flow f;
    wfpw_template *t;
    struct seen seen = {0};
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "remote-port=80,443", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "verdict=block,drop", NULL), WFPW_OK);
    flow_open(&f, &(struct flow_options){.aggregate_ms = HOUR_MS, .match = t});
    flow_play(&f, "repeat 10 drop filter=1 remote=192.0.2.2:80; repeat 10 drop filter=1 "
                  "remote=192.0.2.2:443; repeat 10 drop filter=1 remote=192.0.2.2:8080");
    finish(&f, &seen);
    assert_int_equal(seen.alone[1], 1);
    assert_int_equal(seen.counted[1], 19);
    wfpw_template_free(t);
}

/* ---- what the engine kept -------------------------------------------------------------------- */

static struct hooked hooked; /* of the test that runs */

static void stand_before(struct flow *f)
{
    hooked_init(&hooked, f->sim);
    f->system = &hooked.system;
}

/* A few events of a few kinds, and what is to be told of them. */
static void some_events(uint64_t *seed, char *script, size_t cap, uint64_t told[FILTERS])
{
    size_t used = 0;
    script[0] = 0;
    for (uint32_t i = random_below(seed, 4); i > 0; i--) {
        uint32_t id = 1 + random_below(seed, 3), n = 1 + random_below(seed, 5);
        used += (size_t)snprintf(script + used, cap - used,
                                 "repeat %u drop filter=%u remote=192.0.2.2:%u; ", n, id,
                                 random_below(seed, 3));
        told[id] += n;
    }
}

static void abort_once(struct flow *f, uint64_t *seed, uint64_t told[FILTERS], struct seen *seen)
{
    char missed[400], late[400];
    uint64_t gaps = f->gaps, end = os_ticks_ms() + PATIENCE_MS;
    some_events(seed, missed, sizeof missed, told);
    some_events(seed, late, sizeof late, told);
    hooked_play_at(&hooked, BEFORE_OPEN, missed);
    hooked_play_at(&hooked, AFTER_SUBSCRIBE, late);
    flow_play(f, "abort");
    while (f->gaps == gaps) {
        assert_int_equal(see_all(f, seen, 10), 0);
        assert_true(os_ticks_ms() < end);
    }
}

/* Sessions that are aborted while events are counted: each event is told of once, whether it was
 * counted, kept, or both. */
static void test_counted_and_kept(void **state)
{
    uint64_t seed = 5;
    char script[400];
    (void)state;
    for (int run = 0; run < 6; run++) {
        struct flow f;
        struct seen seen = {0};
        uint64_t told[FILTERS] = {0};
        flow_open(&f, &(struct flow_options){.hook = stand_before,
                                             .aggregate_ms = run % 2 != 0 ? 5 : HOUR_MS});
        for (int step = 0; step < 12; step++) {
            some_events(&seed, script, sizeof script, told);
            flow_play(&f, script);
            if (random_below(&seed, 3) == 0)
                abort_once(&f, &seed, told, &seen);
            else if (random_below(&seed, 3) == 0)
                flow_play(&f, "wait 60000"); /* the machine slept */
        }
        finish(&f, &seen);
        for (uint32_t id = 1; id <= 3; id++)
            assert_int_equal(seen.alone[id] + seen.counted[id], told[id]);
    }
}

/* The engine kept an event, and the subscription gives it later, when others of its kind are being
 * counted: it is told of once. */
static void test_kept_and_late(void **state)
{
    struct flow f;
    struct seen seen = {0};
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "repeat 2 drop filter=3; disorder on; drop filter=3; wait 60000");
    while (seen.alone[3] < 2) { /* the first, and the one that was kept */
        assert_int_equal(see_all(&f, &seen, 10), 0);
        assert_true(os_ticks_ms() < end);
    }
    flow_play(&f, "drop filter=4; disorder off"); /* and the one once more */
    finish(&f, &seen);
    assert_int_equal(seen.alone[3] + seen.counted[3], 3);
    assert_int_equal(seen.alone[4] + seen.counted[4], 1);
}

/* ---- options and failures -------------------------------------------------------------------- */

static void test_bad_options(void **state)
{
    struct flow f;
    (void)state;
    flow_open_bare(&f, &(struct flow_options){0});
    assert_int_equal(flow_add_live(&f, &(struct flow_options){.aggregate_bytes = 1}), WFPW_E_INVAL);
    assert_int_equal(flow_add_live(&f, &(struct flow_options){.aggregate_ms = 0x80000000}),
                     WFPW_E_INVAL);
    flow_close(&f);
}

static void test_out_of_memory(void **state)
{
    int failed = 0;
    (void)state;
    for (bool done = false; !done;) {
        struct flow f;
        struct seen seen = {0};
        flow_open_bare(&f, &(struct flow_options){0});
        f.heap.fail_at = os_u64_load(&f.heap.calls) + 1 + (uint64_t)failed;
        int status = flow_add_live(&f, &(struct flow_options){.aggregate_ms = HOUR_MS});
        done = status == WFPW_OK;
        if (!done) {
            assert_int_equal(status, WFPW_E_NOMEM);
            failed++;
            flow_close(&f);
            continue;
        }
        flow_play(&f, "repeat 3 drop filter=1");
        finish(&f, &seen);
        assert_int_equal(seen.counted[1], 2);
    }
    assert_true(failed >= 7); /* with the table, its slots, its tags and its arrivals */
}

/* Closed with something in the table. */
static void test_close(void **state)
{
    struct flow f;
    (void)state;
    open_counting(&f, HOUR_MS);
    flow_play(&f, "repeat 100 drop filter=1");
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_at_once_rest_at_the_end),
        cmocka_unit_test(test_window_ends),
        cmocka_unit_test(test_handle_at_the_end_of_the_window),
        cmocka_unit_test(test_flood_hides_nothing),
        cmocka_unit_test(test_more_kinds_than_memory),
        cmocka_unit_test(test_all_but_time_and_ports_is_the_kind),
        cmocka_unit_test(test_every_windows),
        cmocka_unit_test(test_other_types),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_more_ports),
        cmocka_unit_test(test_conditions_on_ports),
        cmocka_unit_test(test_counted_and_kept),
        cmocka_unit_test(test_kept_and_late),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
