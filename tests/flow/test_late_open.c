/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session that begins in the past: what the engine kept and what the subscription gives, each
 * event once and in the order of time. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooked.h"
#include "random.h"
#include "sim/sim.h"

enum { FROM_THE_START = 1 }; /* of time */

/* ---- scripts between the calls -------------------------------------------------------------- */

static struct hooked hooked; /* of the test that runs */

static void stand_before(struct flow *f)
{
    const char *scripts[HOOKS];
    memcpy(scripts, hooked.scripts, sizeof scripts);
    hooked_init(&hooked, f->sim);
    memcpy(hooked.scripts, scripts, sizeof scripts);
    f->system = &hooked.system;
}

static void play_at(enum hook at, const char *script)
{
    hooked.scripts[at] = script;
}

static void open_late(struct flow *f, const char *before)
{
    flow_open(
        f, &(struct flow_options){.since = FROM_THE_START, .before = before, .hook = stand_before});
}

/* The filters' ids, as text: "1 2 3". */
static const char *read_ids(struct flow *f, uint64_t count, char text[256])
{
    size_t used = 0;
    text[0] = 0;
    while (count > 0) {
        int n = flow_read(f, PATIENCE_MS);
        assert_true(n > 0);
        for (int i = 0; i < n; i++, count--)
            used += (size_t)snprintf(text + used, 256 - used, used == 0 ? "%u" : " %u",
                                     (unsigned)wfpw_batch_get(f->b, (uint32_t)i)->filter_id);
    }
    return text;
}

static void assert_ids(struct flow *f, uint64_t count, const char *wanted)
{
    char text[256];
    assert_string_equal(read_ids(f, count, text), wanted);
}

/* ---- one after the other -------------------------------------------------------------------- */

static void test_kept_ones_come_first(void **state)
{
    struct flow f;
    (void)state;
    open_late(&f, "drop filter=1; drop filter=2");
    flow_play(&f, "drop filter=3");
    assert_ids(&f, 3, "1 2 3");
    flow_assert_accounted(&f);
    assert_int_equal(flow_stats(&f).duplicate, 0);
    flow_close(&f);
}

static void test_without_since(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "drop filter=1", .hook = stand_before});
    flow_play(&f, "drop filter=2");
    assert_ids(&f, 1, "2");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_ENUMERATED), 0);
    flow_close(&f);
}

static void test_since_is_a_time(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.since = 20,
                                         .before = "drop time=10 filter=1; drop time=20 filter=2; "
                                                   "drop time=30 filter=3"});
    assert_ids(&f, 2, "2 3");
    flow_close(&f);
}

/* An event between subscribing and the snapshot is in both. */
static void test_both_ways(void **state)
{
    struct flow f;
    (void)state;
    play_at(AFTER_SUBSCRIBE, "drop filter=2; drop filter=3");
    play_at(BEFORE_PAGE, "drop filter=4");
    open_late(&f, "drop filter=1");
    flow_play(&f, "drop filter=5");
    assert_ids(&f, 5, "1 2 3 4 5");
    assert_int_equal(flow_read(&f, 0), 0);
    flow_assert_accounted(&f);
    assert_int_equal(flow_stats(&f).duplicate, 2);
    flow_close(&f);
}

/* Two drops of the same moment and the same content are two. */
static void test_identical_drops(void **state)
{
    struct flow f;
    (void)state;
    play_at(AFTER_SUBSCRIBE, "repeat 3 drop time=1000 filter=7");
    open_late(&f, "repeat 2 drop time=900 filter=6");
    flow_play(&f, "repeat 2 drop time=2000 filter=8");
    assert_ids(&f, 7, "6 6 7 7 7 8 8");
    assert_int_equal(flow_read(&f, 0), 0);
    assert_int_equal(flow_stats(&f).duplicate, 3);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* Events are told with a delay: one may be in the snapshot, and come after it. */
static void test_late_callback(void **state)
{
    struct flow f;
    (void)state;
    play_at(AFTER_SUBSCRIBE, "disorder on; drop filter=2"); /* held back */
    open_late(&f, "drop filter=1");
    assert_ids(&f, 2, "1 2");
    flow_play(&f, "drop filter=3"); /* and 2 once more */
    assert_ids(&f, 1, "3");
    flow_play(&f, "disorder off; drop filter=4");
    assert_ids(&f, 1, "4");
    assert_int_equal(flow_stats(&f).duplicate, 1);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* What the ring dropped is in the snapshot; what it holds is not delivered twice. */
static void test_flood_before_the_snapshot(void **state)
{
    struct flow f;
    (void)state;
    play_at(AFTER_SUBSCRIBE, "repeat 1000 drop filter=9");
    open_late(&f, NULL);
    wfpw_stats st = flow_stats(&f);
    assert_true(st.dropped > 0);
    while (f.events + f.lost + flow_stats(&f).duplicate < 1000 + SIM_HISTORY)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    assert_int_equal(f.lost, st.dropped);
    flow_assert_accounted(&f);
    flow_close(&f);
}

static void test_template(void **state)
{
    struct flow f;
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "protocol=tcp", NULL), WFPW_OK);
    play_at(AFTER_SUBSCRIBE, "drop protocol=tcp filter=3; drop protocol=udp filter=4");
    flow_open(&f, &(struct flow_options){.since = FROM_THE_START,
                                         .before = "drop protocol=udp filter=1; drop protocol=tcp "
                                                   "filter=2",
                                         .hook = stand_before,
                                         .match = t});
    flow_play(&f, "drop protocol=tcp filter=5; drop protocol=udp filter=6");
    assert_ids(&f, 3, "2 3 5");
    assert_int_equal(flow_read(&f, 0), 0);
    flow_assert_accounted(&f);
    flow_close(&f);
    wfpw_template_free(t);
}

/* ---- any interleaving ----------------------------------------------------------------------- */

enum { MOMENTS = 4, KEYS = 12, FIRST_TIME = 1000 };

/* Of each kind of event (what it is, and when): how often it is in the snapshot, and how often the
 * subscription gave it. */
struct model {
    uint64_t seed;
    struct flow *f;
    uint32_t left;
    bool is_kept, is_live, disorder;
    os_u32 turns; /* hooks that are done: the model is the main thread's again */
    uint32_t kept[KEYS], live[KEYS], given[KEYS];
};

/* An event of a few kinds, so that many are alike; a kind is a time and a filter. */
static void happen(struct model *m, uint32_t count)
{
    char script[64];
    for (; count > 0 && m->left > 0; count--, m->left--) {
        uint32_t key = random_below(&m->seed, KEYS);
        (void)snprintf(script, sizeof script, "drop time=%u filter=%u",
                       (unsigned)FIRST_TIME + key / 2, 1 + key);
        m->kept[key] += m->is_kept;
        m->live[key] += m->is_live;
        assert_int_equal(wfpw_sim_play(m->f->sim, script, NULL), WFPW_OK);
    }
}

static void at_hook(void *ctx, enum hook at)
{
    struct model *m = ctx;
    m->is_live = m->is_live || at == AFTER_SUBSCRIBE;
    m->is_kept = m->is_kept && at != AFTER_SNAPSHOT;
    if (at == AFTER_SUBSCRIBE && m->disorder)
        assert_int_equal(wfpw_sim_play(m->f->sim, "disorder on", NULL), WFPW_OK);
    if (at != BEFORE_OPEN)
        happen(m, random_below(&m->seed, 12));
    (void)os_u32_add(&m->turns, 1);
}

static struct model *model;

static void stand_before_model(struct flow *f)
{
    hooked_init(&hooked, f->sim);
    hooked.call = at_hook;
    hooked.ctx = model;
    model->f = f;
    f->system = &hooked.system;
    happen(model, random_below(&model->seed, 30));
}

/* By what cannot be told apart there are as many as one side saw at the most. */
static uint64_t wanted(const struct model *m, uint32_t key)
{
    return m->kept[key] > m->live[key] ? m->kept[key] : m->live[key];
}

static void read_model(struct model *m)
{
    uint64_t all = 0, last = 0;
    for (uint32_t key = 0; key < KEYS; key++)
        all += wanted(m, key);
    while (m->f->events < all) {
        int n = flow_read(m->f, PATIENCE_MS);
        assert_true(n > 0);
        for (int i = 0; i < n; i++) {
            const wfpw_event *ev = wfpw_batch_get(m->f->b, (uint32_t)i);
            m->given[ev->filter_id - 1]++;
            if (ev->seq <= m->f->events && m->live[ev->filter_id - 1] == 0) /* a kept one */
                assert_true(ev->time >= last);
            last = m->live[ev->filter_id - 1] == 0 ? ev->time : last;
        }
    }
    assert_int_equal(flow_read(m->f, 20), 0);
    for (uint32_t key = 0; key < KEYS; key++)
        assert_int_equal(m->given[key], wanted(m, key));
}

static void test_any_interleaving(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        struct flow f;
        struct model m = {.seed = round, .left = 100, .is_kept = true, .disorder = round % 3 == 0};
        model = &m;
        flow_open(&f, &(struct flow_options){.since = FROM_THE_START, .hook = stand_before_model});
        assert_true(os_u32_load(&m.turns) >= 4);
        happen(&m, random_below(&m.seed, 20));
        flow_play(&f, "disorder off");
        happen(&m, 1); /* lets out what was held back */
        read_model(&m);
        flow_assert_accounted(&f);
        flow_close(&f);
    }
}

/* ---- what stands in the way ----------------------------------------------------------------- */

/* Who may subscribe and not enumerate gets what happens from now on, and is told so once. */
static void test_only_subscribing_is_allowed(void **state)
{
    struct flow f;
    (void)state;
    memset(hooked.scripts, 0, sizeof hooked.scripts);
    open_late(&f, "drop filter=1; fail call=FwpmNetEventCreateEnumHandle0 code=5 times=1000000");
    flow_play(&f, "drop filter=2");
    assert_ids(&f, 1, "2");
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.missing, WFPW_MISSING_HISTORY);
    assert_int_equal(st.state, WFPW_STATE_CONNECTED);
    flow_close(&f);
}

/* And the other way round: history can be read, watching names the call that is refused. */
static void test_only_enumerating_is_allowed(void **state)
{
    struct flow f;
    struct flow_options o = {.since = FROM_THE_START,
                             .before =
                                 "drop; fail call=FwpmNetEventSubscribe code=5 times=1000000"};
    (void)state;
    flow_open_bare(&f, &o);
    assert_int_equal(flow_add_live(&f, &o), WFPW_E_ACCESS);
    assert_string_equal(f.e.where, "FwpmNetEventSubscribe4");
    assert_int_equal(wfpw_add_history(f.s, NULL, &f.e), WFPW_OK);
    assert_int_equal(flow_read(&f, -1), 1);
    flow_close(&f);
}

static void test_collection_off(void **state)
{
    struct flow f;
    (void)state;
    open_late(&f, "drop; collect off");
    flow_wait_state(&f, WFPW_STATE_COLLECTION_OFF);
    assert_int_equal(flow_stats(&f).missing, 0); /* nothing is refused */
    flow_close(&f);
}

/* The engine goes away, or is busy, between subscribing and the snapshot's end: all begins anew. */
static void test_engine_that_is_away_for_a_moment(void **state)
{
    static const char *const scripts[] = {
        "fail call=FwpmNetEventCreateEnumHandle0 code=1722 times=2",
        "fail call=FwpmNetEventEnum code=0x80320010",
        "fail call=FwpmNetEventEnum code=0x80320012 times=3",
        "abort",
    };
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        struct flow_options o = {
            .since = FROM_THE_START, .before = "repeat 70 drop filter=1", .hook = stand_before};
        wfpw_live live = {.size = sizeof live,
                          .flags = WFPW_LIVE_OBSERVE,
                          .wait_ms = PATIENCE_MS,
                          .since = FROM_THE_START};
        play_at(AFTER_SUBSCRIBE, scripts[i]);
        flow_open_bare(&f, &o);
        assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
        flow_play(&f, "drop filter=2");
        flow_read_events(&f, 71);
        assert_int_equal(flow_read(&f, 0), 0);
        flow_assert_accounted(&f);
        flow_close(&f);
    }
}

/* What came by the subscription of an attempt that failed waits for what was kept from before. */
static void test_kept_ones_come_first_all_the_same(void **state)
{
    struct flow f;
    struct flow_options o = {
        .since = FROM_THE_START, .before = "drop filter=1", .hook = stand_before};
    wfpw_live live = {.size = sizeof live,
                      .flags = WFPW_LIVE_OBSERVE,
                      .wait_ms = PATIENCE_MS,
                      .since = FROM_THE_START};
    (void)state;
    play_at(AFTER_SUBSCRIBE, "drop filter=2; fail call=FwpmNetEventCreateEnumHandle0 code=1722");
    flow_open_bare(&f, &o);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
    assert_ids(&f, 2, "1 2");
    flow_close(&f);
}

/* Whatever fails, once: either add_live says so, or everything comes or is known to be missing. */
static void test_nth_call_fails(void **state)
{
    static const uint32_t codes[] = {5, 1722, 0x80320012, 87};
    enum { CODES = sizeof codes / sizeof *codes, CALLS = 12 };
    int failed = 0, without = 0;
    (void)state;
    for (uint64_t i = 0; i < CALLS * CODES; i++) {
        struct flow f;
        struct flow_options o = {.since = FROM_THE_START, .before = "repeat 70 drop"};
        flow_open_bare(&f, &o);
        wfpw_sim_fail_nth(f.sim, 1 + i / CODES, codes[i % CODES]);
        if (flow_add_live(&f, &o) != WFPW_OK) {
            assert_int_equal(f.e.os_code, codes[i % CODES]);
            failed++;
        } else {
            bool lacks = (flow_stats(&f).missing & WFPW_MISSING_HISTORY) != 0;
            flow_play(&f, "drop");
            if (lacks)
                while (f.events < 1)
                    assert_true(flow_read(&f, PATIENCE_MS) > 0);
            else
                flow_read_events(&f, 71);
            without += lacks;
        }
        wfpw_stats st = flow_stats(&f);
        assert_stats_agree(&st);
        flow_close(&f);
    }
    assert_true(failed >= 2 * CODES && without >= 2 * 2);
}

static void test_nth_allocation_fails(void **state)
{
    int failed = 0, without = 0;
    (void)state;
    for (uint64_t nth = 1; failed >= 0; nth++) {
        struct flow f;
        struct flow_options o = {.since = FROM_THE_START, .before = "repeat 10 drop"};
        flow_open_bare(&f, &o);
        f.heap.fail_at = os_u64_load(&f.heap.calls) + nth;
        int status = flow_add_live(&f, &o);
        if (status == WFPW_OK && flow_stats(&f).missing == 0) {
            assert_true(failed >= 3 && without >= 10);
            failed = -1;
            flow_read_events(&f, 10);
        } else if (status == WFPW_OK) {
            without++; /* what was read before comes */
        } else {
            assert_int_equal(status, WFPW_E_NOMEM);
            failed++;
        }
        flow_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_ones_come_first),
        cmocka_unit_test(test_without_since),
        cmocka_unit_test(test_since_is_a_time),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_identical_drops),
        cmocka_unit_test(test_late_callback),
        cmocka_unit_test(test_flood_before_the_snapshot),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_any_interleaving),
        cmocka_unit_test(test_only_subscribing_is_allowed),
        cmocka_unit_test(test_only_enumerating_is_allowed),
        cmocka_unit_test(test_collection_off),
        cmocka_unit_test(test_engine_that_is_away_for_a_moment),
        cmocka_unit_test(test_kept_ones_come_first_all_the_same),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
