/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is changed of a live session while it runs: its conditions, and what the engine records. */
#include "flow.h"

#include <stdio.h>

#include "audited.h"
#include "machine.h"
#include "sim/sim.h"

static wfpw_template *template_of(const char *condition)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    if (condition != NULL)
        assert_int_equal(wfpw_template_add(t, condition, NULL), WFPW_OK);
    return t;
}

/* The caller's own template is gone when the call has returned. */
static void set_match(struct flow *f, const char *condition)
{
    wfpw_template *t = condition != NULL ? template_of(condition) : NULL;
    assert_int_equal(wfpw_set_match(f->s, t, &f->e), WFPW_OK);
    wfpw_template_free(t);
}

/* The next event, of which the filter's id is known. */
static void assert_next(struct flow *f, uint64_t filter)
{
    const wfpw_event *ev = flow_next(f);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->filter_id, filter);
}

static void open_one(struct flow *f, const struct flow_options *o)
{
    flow_open(f, o);
    wfpw_batch_free(f->b);
    f->b = wfpw_batch_new(1, 0);
    assert_non_null(f->b);
}

/* ---- what is wrong -------------------------------------------------------------------------- */

static void test_wrong_changes(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("verdict=drop");
    (void)state;
    assert_int_equal(wfpw_set_match(NULL, t, &f.e), WFPW_E_INVAL);
    assert_int_equal(wfpw_set_keywords(NULL, 0, &f.e), WFPW_E_INVAL);
    flow_open_bare(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_VERDICT});
    assert_int_equal(wfpw_set_match(f.s, NULL, &f.e), WFPW_E_INVAL); /* nothing is live */
    assert_string_equal(f.e.text, "the session has no live source");
    assert_int_equal(wfpw_set_keywords(f.s, 0, &f.e), WFPW_E_INVAL);
    assert_int_equal(flow_add_live(&f, &(struct flow_options){0}), WFPW_OK);
    assert_int_equal(wfpw_set_match(f.s, t, &f.e), WFPW_E_INVAL); /* verdicts are left out */
    assert_string_equal(f.e.where, "wfpw_set_match");
    assert_int_equal(wfpw_set_keywords(f.s, 0, &f.e), WFPW_E_INVAL); /* it observes */
    assert_int_equal(wfpw_set_match(f.s, NULL, NULL), WFPW_OK);
    wfpw_stop(f.s);
    assert_int_equal(wfpw_set_match(f.s, NULL, &f.e), WFPW_E_STOPPED);
    wfpw_template_free(t);
    flow_close(&f);
}

static void test_wrong_keywords(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    assert_int_equal(wfpw_set_keywords(f.s, 0x40, &f.e), WFPW_E_INVAL);
    assert_string_equal(f.e.where, "wfpw_set_keywords");
    wfpw_stop(f.s);
    assert_int_equal(wfpw_set_keywords(f.s, 1, &f.e), WFPW_E_STOPPED);
    flow_close(&f);
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void test_other_conditions(void **state)
{
    static const char drops[] = "drop filter=1; drop filter=2; drop filter=3";
    struct flow f;
    wfpw_template *t = template_of("filter=1");
    (void)state;
    open_one(&f, &(struct flow_options){.match = t});
    flow_play(&f, drops);
    assert_next(&f, 1);
    set_match(&f, "filter=2");
    flow_play(&f, drops);
    assert_next(&f, 2);
    assert_int_equal(flow_read(&f, 0), 0);
    assert_int_equal(flow_stats(&f).filtered, 4);
    set_match(&f, NULL);
    flow_play(&f, drops);
    for (uint64_t i = 1; i <= 3; i++)
        assert_next(&f, i);
    set_match(&f, "verdict=allow");
    flow_play(&f, drops);
    assert_int_equal(flow_read(&f, 0), 0); /* a condition that only a finished event answers */
    set_match(&f, "filter=3");
    flow_play(&f, drops);
    assert_next(&f, 3);
    flow_assert_accounted(&f);
    flow_close(&f);
    wfpw_template_free(t);
}

/* What waits already is judged by what is wanted when it is read. */
static void test_events_that_wait(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){0});
    flow_play(&f, "repeat 20 drop filter=1; drop filter=2");
    set_match(&f, "filter=2");
    assert_next(&f, 2);
    assert_int_equal(flow_read(&f, 0), 0);
    assert_int_equal(flow_stats(&f).filtered, 20);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* The engine was asked for one of them alone: the others are had all the same, also those from
 * before it is asked anew, which it keeps. */
static void test_conditions_of_the_engine(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=tcp");
    (void)state;
    open_one(&f, &(struct flow_options){.match = t, .before = "collect on"});
    uint64_t callbacks = wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS);
    flow_play(&f, "drop protocol=udp filter=1");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS), callbacks);
    for (uint64_t i = 2; i < 6; i++) {
        char line[64];
        set_match(&f, i % 2 == 0 ? "protocol=udp" : "protocol=tcp");
        (void)snprintf(line, sizeof line, "drop protocol=%s filter=%u; drop protocol=icmp",
                       i % 2 == 0 ? "udp" : "tcp", (unsigned)i);
        flow_play(&f, line);
        for (const wfpw_event *ev = flow_next(&f); ev->filter_id != i; ev = flow_next(&f))
            assert_true(ev->filter_id < i); /* kept, from before the change */
    }
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    assert_int_equal(st.dropped, 0);
    flow_close(&f);
    wfpw_template_free(t);
}

/* Without the right to read what the engine keeps, a gap tells of the moment without it. */
static void test_gap_without_history(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=tcp");
    (void)state;
    open_one(&f, &(struct flow_options){
                     .match = t,
                     .before = "collect on; fail call=FwpmNetEventCreateEnumHandle0 code=5 "
                               "times=1000000"});
    set_match(&f, "protocol=udp");
    flow_read_gaps(&f, 1);
    assert_int_equal(flow_stats(&f).missing & WFPW_MISSING_HISTORY, WFPW_MISSING_HISTORY);
    flow_play(&f, "drop protocol=udp filter=7");
    assert_next(&f, 7);
    flow_close(&f);
    wfpw_template_free(t);
}

/* The engine goes away when it is to be asked anew: that is an outage like any other. */
static void test_outage_at_the_change(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("protocol=tcp");
    (void)state;
    open_one(&f, &(struct flow_options){.match = t, .before = "collect on"});
    flow_play(&f, "fail call=FwpmNetEventSubscribe code=1722 times=1");
    set_match(&f, "protocol=udp");
    flow_read_gaps(&f, 1);
    flow_wait_state(&f, WFPW_STATE_CONNECTED);
    flow_play(&f, "drop protocol=udp filter=7");
    assert_next(&f, 7);
    flow_close(&f);
    wfpw_template_free(t);
}

/* While the service thread hangs, callbacks and reader do with the new ones. */
static void test_change_while_the_engine_hangs(void **state)
{
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES});
    flow_play(&f, "hang call=FwpmEngineGetOption0");
    set_match(&f, "filter=2");
    flow_play(&f, "drop filter=1; drop filter=2");
    assert_next(&f, 2);
    assert_int_equal(flow_stats(&f).filtered, 1);
    flow_play(&f, "release");
    flow_close(&f);
}

/* ---- the log -------------------------------------------------------------------------------- */

static void test_conditions_of_the_log(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("type=5157");
    (void)state;
    audited_open(&f, &(struct flow_options){.match = t}, NULL);
    flow_play(&f, "audit 5157 Protocol=6\naudit 5152 Protocol=6\naudit 5157 Protocol=6\n");
    flow_read_events(&f, 2);
    set_match(&f, "type=5152,5157");
    flow_play(&f, "audit 5152 Protocol=6\n"); /* perhaps before the log is asked anew */
    flow_read_events(&f, 1);
    flow_play(&f, "audit 5157 Protocol=6\naudit 5152 Protocol=6\n");
    flow_read_events(&f, 2);
    assert_int_equal(flow_stats(&f).gaps, 0);
    audited_close(&f);
    wfpw_template_free(t);
}

/* A source that is added later has the conditions that were set last. */
static void test_source_of_later(void **state)
{
    struct flow f;
    (void)state;
    audited_open(&f, &(struct flow_options){0}, NULL);
    set_match(&f, "filter=2");
    assert_int_equal(flow_add_live(&f, &(struct flow_options){0}), WFPW_OK);
    flow_play(&f, "drop filter=1; drop filter=2");
    assert_next(&f, 2);
    audited_close(&f);
}

/* ---- memory, and threads -------------------------------------------------------------------- */

/* Whichever piece of memory there is none for: the conditions are as before. */
static void test_no_memory(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("filter=2"), *first = template_of("filter=1");
    int status = WFPW_E_NOMEM;
    (void)state;
    open_one(&f, &(struct flow_options){.match = first, .flags = WFPW_OPEN_NO_NAMES});
    for (uint64_t nth = 1; status == WFPW_E_NOMEM; nth++) {
        assert_true(nth < 100);
        f.heap.fail_at = os_u64_load(&f.heap.calls) + nth;
        status = wfpw_set_match(f.s, t, &f.e);
        f.heap.fail_at = 0;
        if (status == WFPW_OK)
            break;
        assert_int_equal(status, WFPW_E_NOMEM);
        flow_play(&f, "drop filter=2; drop filter=1");
        assert_next(&f, 1);
    }
    assert_int_equal(status, WFPW_OK);
    flow_play(&f, "drop filter=1; drop filter=2");
    assert_next(&f, 2);
    flow_close(&f);
    wfpw_template_free(t);
    wfpw_template_free(first);
}

enum { CHANGES = 200 };

struct changer {
    struct flow *f;
    os_u32 done;
    os_thread thread;
};

/* Until it was done so often: one filter's events, then the other's, then all. */
static void change_often(void *ctx)
{
    struct changer *c = ctx;
    wfpw_template *one = template_of("filter=1"), *two = template_of("filter=2");
    const wfpw_template *const turns[] = {one, two, NULL};
    for (uint32_t i = 0; i < CHANGES; i++) {
        int status = wfpw_set_match(c->f->s, turns[i % 3], NULL);
        assert_true(status == WFPW_OK || status == WFPW_E_TIMEOUT);
        if (i % 16 == 0)
            os_sleep_ms(1);
    }
    os_u32_store(&c->done, 1);
    wfpw_template_free(one);
    wfpw_template_free(two);
}

static void test_changes_in_a_flood(void **state)
{
    struct flow f;
    struct changer c = {.f = &f};
    (void)state;
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES});
    assert_true(os_thread_start(&c.thread, change_often, &c));
    while (os_u32_load(&c.done) == 0) {
        flow_play(&f, "repeat 20 drop filter=1; repeat 20 drop filter=2; repeat 20 drop filter=3");
        assert_true(flow_read(&f, 0) >= 0);
    }
    os_thread_join(&c.thread);
    set_match(&f, "filter=4");
    while (flow_read(&f, 0) > 0)
        ;
    flow_play(&f, "drop filter=1; drop filter=4");
    flow_read_events(&f, 1);
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    assert_int_equal(st.received, wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS));
    flow_close(&f);
}

/* ---- keywords ------------------------------------------------------------------------------- */

struct wanted {
    wfpw_sim *sim;
    uint32_t collect, keywords;
};

static bool are_set(void *ctx)
{
    const struct wanted *w = ctx;
    return machine_is(w->sim, w->collect, w->keywords, FOUND_IPSEC);
}

static void wait_keywords(wfpw_sim *sim, uint32_t keywords)
{
    struct wanted w = {sim, 1, keywords | FOUND_KEYWORDS};
    assert_true(wait_until(are_set, &w));
}

static wfpw_session *open_machine(wfpw_sim *sim, uint32_t keywords)
{
    wfpw_session *s;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    wfpw_live live = {.size = sizeof live, .keywords = keywords, .watch_ms = 10};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    return s;
}

static void test_keywords(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s = open_machine(sim, 0x01);
    (void)state;
    wait_keywords(sim, 0x01);
    assert_int_equal(wfpw_set_keywords(s, 0x06, NULL), WFPW_OK);
    wait_keywords(sim, 0x06); /* what nobody wants any more is off, what was another's is on */
    assert_int_equal(wfpw_set_keywords(s, 0, NULL), WFPW_OK);
    wait_keywords(sim, WFPW_KEYWORD_ALL);
    assert_int_equal(wfpw_set_keywords(s, 0x02, NULL), WFPW_OK);
    wait_keywords(sim, 0x02);
    wfpw_close(s);
    machine_assert_as_found(sim);
    machine_free(sim);
}

/* What another session wants stays on until that does not want it either. */
static void test_keywords_of_two(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *a = open_machine(sim, 0x03), *b = open_machine(sim, 0x06);
    (void)state;
    wait_keywords(sim, 0x07);
    assert_int_equal(wfpw_set_keywords(a, 0x01, NULL), WFPW_OK);
    assert_int_equal(wfpw_set_keywords(b, 0x02, NULL), WFPW_OK);
    wait_keywords(sim, 0x03);
    wfpw_close(a);
    wait_keywords(sim, 0x02);
    wfpw_close(b);
    machine_assert_as_found(sim);
    machine_free(sim);
}

static bool misses_settings(void *ctx)
{
    wfpw_stats st = {.size = sizeof st};
    assert_int_equal(wfpw_get_stats(ctx, &st), WFPW_OK);
    return (st.missing & WFPW_MISSING_SETTINGS) != 0;
}

/* What is refused is said, and done once it may be. */
static void test_keywords_refused(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s = open_machine(sim, 0x01);
    (void)state;
    wait_keywords(sim, 0x01);
    machine_play(sim, "fail call=FwpmEngineSetOption0 code=5 times=3");
    assert_int_equal(wfpw_set_keywords(s, 0x02, NULL), WFPW_OK);
    assert_true(wait_until(misses_settings, s));
    wait_keywords(sim, 0x02);
    wfpw_close(s);
    machine_assert_as_found(sim);
    machine_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_changes),
        cmocka_unit_test(test_wrong_keywords),
        cmocka_unit_test(test_other_conditions),
        cmocka_unit_test(test_events_that_wait),
        cmocka_unit_test(test_conditions_of_the_engine),
        cmocka_unit_test(test_gap_without_history),
        cmocka_unit_test(test_outage_at_the_change),
        cmocka_unit_test(test_change_while_the_engine_hangs),
        cmocka_unit_test(test_conditions_of_the_log),
        cmocka_unit_test(test_source_of_later),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_changes_in_a_flood),
        cmocka_unit_test(test_keywords),
        cmocka_unit_test(test_keywords_of_two),
        cmocka_unit_test(test_keywords_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
