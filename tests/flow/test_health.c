/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a live session says that it is: each sign comes with its cause and goes with it. */
#include "flow.h"

#include <string.h>

enum { SECOND_MS = 1000 };

static wfpw_health health_of(const struct flow *f)
{
    wfpw_health h = {.size = sizeof h};
    assert_int_equal(wfpw_get_health(f->s, &h), WFPW_OK);
    assert_int_equal(h.size, sizeof h);
    return h;
}

struct wanted {
    struct flow *f;
    uint32_t set, clear; /* signs */
};

static bool has_signs(void *ctx)
{
    const struct wanted *w = ctx;
    uint32_t signs = health_of(w->f).signs;
    return (signs & w->set) == w->set && (signs & w->clear) == 0;
}

static void wait_signs(struct flow *f, uint32_t set, uint32_t clear)
{
    struct wanted w = {f, set, clear};
    assert_true(wait_until(has_signs, &w));
}

/* ---- asking --------------------------------------------------------------------------------- */

static void test_wrong_questions(void **state)
{
    struct flow f;
    wfpw_health h = {.size = sizeof h};
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.windows = 11});
    assert_int_equal(wfpw_get_health(f.s, &h), WFPW_E_INVAL); /* nothing is live */
    assert_int_equal(flow_add_live(&f, &(struct flow_options){.silence_ms = 999}), WFPW_E_INVAL);
    assert_int_equal(flow_add_live(&f, &(struct flow_options){.windows = 11}), WFPW_OK);
    assert_int_equal(wfpw_get_health(NULL, &h), WFPW_E_INVAL);
    assert_int_equal(wfpw_get_health(f.s, NULL), WFPW_E_INVAL);
    h.size = 0;
    assert_int_equal(wfpw_get_health(f.s, &h), WFPW_E_INVAL);
    memset(&h, 0xEE, sizeof h);
    h.size = 2 * sizeof h.size; /* of an older program */
    assert_int_equal(wfpw_get_health(f.s, &h), WFPW_OK);
    assert_int_equal(h.size, 2 * sizeof h.size);
    assert_int_equal(h.state, 0xEEEEEEEE);
    flow_close(&f);
}

/* ---- signs ---------------------------------------------------------------------------------- */

static void test_well(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    wait_signs(&f, 0, UINT32_MAX);
    wfpw_health h = health_of(&f);
    assert_int_equal(h.state, WFPW_STATE_CONNECTED);
    assert_int_equal(h.log_state, 0);
    assert_true(h.gap_age_ms == UINT64_MAX);
    assert_true(h.look_age_ms != UINT64_MAX);
    assert_int_equal(h.gaps + h.dropped + h.waiting + h.outages + h.settings_undone, 0);
    flow_play(&f, "drop filter=7");
    flow_wait_waiting(&f, 1);
    assert_int_equal(health_of(&f).waiting, 1);
    flow_read_events(&f, 1);
    assert_int_equal(health_of(&f).waiting, 0);
    wfpw_stop(f.s);
    wait_signs(&f, WFPW_HEALTH_ENDED, WFPW_HEALTH_ENGINE_AWAY | WFPW_HEALTH_SILENCE);
    flow_close(&f);
}

static void test_engine_away(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "stop");
    wait_signs(&f, WFPW_HEALTH_ENGINE_AWAY, 0);
    flow_play(&f, "start");
    wait_signs(&f, 0, WFPW_HEALTH_ENGINE_AWAY);
    flow_read_gaps(&f, 1);
    wfpw_health h = health_of(&f);
    assert_int_equal(h.outages, 1);
    assert_int_equal(h.gaps, 1);
    assert_true(h.gap_age_ms != UINT64_MAX);
    flow_close(&f);
}

/* An engine that was away for long, and is back, does not hang. */
static void test_back_after_long(void **state)
{
    struct flow f;
    uint32_t signs = WFPW_HEALTH_ENGINE_AWAY;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "stop");
    wait_signs(&f, WFPW_HEALTH_ENGINE_AWAY, 0);
    os_sleep_ms(11 * SECOND_MS / 2);
    flow_play(&f, "start");
    while ((signs & WFPW_HEALTH_ENGINE_AWAY) != 0) {
        signs = health_of(&f).signs;
        assert_int_equal(signs & WFPW_HEALTH_ENGINE_HANGS, 0);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(health_of(&f).signs & WFPW_HEALTH_ENGINE_HANGS, 0);
    flow_close(&f);
}

/* Whoever asks is not held by a call of the engine that hangs, and learns of it. */
static void test_engine_hangs(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "hang call=FwpmEngineGetOption0");
    wait_signs(&f, WFPW_HEALTH_ENGINE_HANGS, 0);
    assert_true(health_of(&f).look_age_ms >= 5 * SECOND_MS);
    flow_play(&f, "release");
    wait_signs(&f, 0, WFPW_HEALTH_ENGINE_HANGS);
    flow_close(&f);
}

struct undone {
    struct flow *f;
    uint32_t times;
};

static bool is_undone(void *ctx)
{
    const struct undone *u = ctx;
    return health_of(u->f).settings_undone == u->times;
}

static void test_settings(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    for (uint32_t times = 1; times <= 3; times++) {
        struct undone u = {&f, times};
        flow_play(&f, "collect off");
        assert_true(wait_until(is_undone, &u));
        flow_read_gaps(&f, times);
    }
    flow_close(&f);
    flow_open(&f, &(struct flow_options){.before = "collect off"}); /* it may not turn it on */
    wait_signs(&f, WFPW_HEALTH_COLLECTION_OFF, 0);
    flow_play(&f, "collect on");
    wait_signs(&f, 0, WFPW_HEALTH_COLLECTION_OFF);
    flow_close(&f);
}

static void test_lacks(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .collect = true,
                      .before = "collect off\nfail call=FwpmEngineSetOption0 code=5 times=99"});
    wait_signs(&f, WFPW_HEALTH_LACKS, 0);
    assert_true((health_of(&f).missing & WFPW_MISSING_SETTINGS) != 0);
    flow_close(&f);
}

static void test_queue_full(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "repeat 20000 drop filter=7");
    wait_signs(&f, WFPW_HEALTH_QUEUE_FULL, 0);
    assert_true(health_of(&f).dropped > 0);
    while ((health_of(&f).signs & WFPW_HEALTH_QUEUE_FULL) != 0)
        assert_true(flow_read(&f, PATIENCE_MS) > 0);
    flow_close(&f);
}

/* ---- silence -------------------------------------------------------------------------------- */

static const wfpw_event *next_gap(struct flow *f)
{
    const wfpw_event *ev = NULL;
    while (ev == NULL || ev->kind != WFPW_KIND_GAP)
        if (flow_read(f, PATIENCE_MS) > 0)
            ev = wfpw_batch_get(f->b, 0);
    return ev;
}

/* Each silence is told once; what a template excludes is no silence. */
static void test_silence(void **state)
{
    struct flow f;
    wfpw_template *t;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "filter=7", NULL), WFPW_OK);
    flow_open(&f, &(struct flow_options){.collect = true, .silence_ms = SECOND_MS, .match = t});
    const wfpw_event *ev = next_gap(&f);
    assert_int_equal(ev->lost_where, WFPW_LOST_SILENCE);
    assert_int_equal(ev->present & WFPW_HAS_LOST, 0);
    assert_true(ev->lost_from == 0);
    wait_signs(&f, WFPW_HEALTH_SILENCE, 0);
    assert_int_equal(flow_read(&f, 3 * SECOND_MS / 2), 0); /* that of a look or more ago */
    flow_play(&f, "drop filter=8");
    wait_signs(&f, 0, WFPW_HEALTH_SILENCE);
    uint64_t before = wfpw_sim_count(f.sim, WFPW_SIM_NOW);
    ev = next_gap(&f);
    assert_int_equal(ev->lost_where, WFPW_LOST_SILENCE);
    assert_true(ev->lost_from != 0 && ev->lost_from <= before + 10000 * (uint64_t)SECOND_MS);
    assert_int_equal(f.gaps, 2);
    assert_int_equal(f.events, 0);
    flow_close(&f);
    wfpw_template_free(t);
}

/* That the engine is away is told as an outage. */
static void test_away_is_no_silence(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true, .silence_ms = SECOND_MS});
    flow_play(&f, "stop");
    wait_signs(&f, WFPW_HEALTH_ENGINE_AWAY, 0);
    assert_int_equal(flow_read(&f, 2 * SECOND_MS), 0);
    flow_play(&f, "start");
    const wfpw_event *ev = next_gap(&f);
    assert_int_equal(ev->lost_where, WFPW_LOST_OUTAGE);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_questions),    cmocka_unit_test(test_well),
        cmocka_unit_test(test_engine_away),        cmocka_unit_test(test_engine_hangs),
        cmocka_unit_test(test_settings),           cmocka_unit_test(test_lacks),
        cmocka_unit_test(test_queue_full),         cmocka_unit_test(test_silence),
        cmocka_unit_test(test_away_is_no_silence), cmocka_unit_test(test_back_after_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
