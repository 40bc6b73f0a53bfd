/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is lost, in this process and in outages: counted, told, and told in its place. */
#include "flow.h"

#include <stdlib.h>

#include "random.h"
#include "sim/sim.h"

/* ---- loss ----------------------------------------------------------------------------------- */

/* Events with numbers in place of a filter's id. */
static void send_numbered(struct flow *f, uint64_t first, uint64_t n, uint32_t app_units)
{
    struct sim_event *ev = calloc(1, sizeof *ev);
    assert_non_null(ev);
    ev->type = FWPM_NET_EVENT_TYPE_CLASSIFY_DROP;
    ev->flags = app_units != 0 ? FWPM_NET_EVENT_FLAG_APP_ID_SET : 0;
    for (ev->app.n = 0; ev->app.n < app_units; ev->app.n++)
        ev->app.units[ev->app.n] = 'a';
    for (ev->filter = first; ev->filter < first + n; ev->filter++)
        sim_happen(f->sim, ev);
    free(ev);
}

/* Reads what is there; what is missing among the numbers is what the gaps tell, in its place. */
static void read_numbered(struct flow *f, uint64_t *next)
{
    int n;
    while ((n = flow_read(f, 0)) > 0)
        for (int i = 0; i < n; i++) {
            const wfpw_event *ev = wfpw_batch_get(f->b, (uint32_t)i);
            if (ev->kind == WFPW_KIND_GAP) {
                assert_int_equal(ev->lost_where, WFPW_LOST_RING);
                assert_true((ev->present & WFPW_HAS_LOST) != 0 && ev->lost > 0);
                *next += ev->lost;
            } else {
                assert_int_equal(ev->filter_id, (*next)++);
            }
        }
    assert_int_equal(n, 0);
}

static void read_numbered_until(struct flow *f, uint64_t *next, uint64_t end)
{
    uint64_t late = os_ticks_ms() + PATIENCE_MS;
    while (*next < end) {
        read_numbered(f, next);
        assert_true(os_ticks_ms() < late);
    }
    assert_int_equal(*next, end);
}

static void test_slow_reader(void **state)
{
    struct flow f;
    uint64_t next = 0;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    send_numbered(&f, 0, 5000, 0);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.received, 5000);
    assert_true(st.dropped > 0);
    read_numbered_until(&f, &next, 5000);
    flow_assert_accounted(&f);
    assert_int_equal(f.lost, st.dropped);
    assert_int_equal(flow_stats(&f).waiting, 0);
    send_numbered(&f, 5000, 1, 0); /* after it all is well again */
    read_numbered_until(&f, &next, 5001);
    assert_int_equal(flow_stats(&f).dropped, st.dropped);
    flow_close(&f);
}

/* Nobody reads, and then nothing more comes: the counts stand still and agree. */
static void test_nobody_reads(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    send_numbered(&f, 0, 3000, 10);
    flow_wait_waiting(&f, 3000 - flow_stats(&f).dropped);
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    assert_int_equal(st.delivered, 0);
    assert_int_equal(st.received, 3000);
    flow_close(&f);
}

/* Bursts of events of many sizes, and a reader that sleeps in between. */
static void test_gaps_stand_where_the_holes_are(void **state)
{
    struct flow f;
    uint64_t sent = 0, next = 0, seed = 11;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (int burst = 0; burst < 80; burst++) {
        uint64_t n = random_below(&seed, 600);
        send_numbered(&f, sent, n, random_below(&seed, 800));
        sent += n;
        if (random_below(&seed, 3) == 0)
            read_numbered(&f, &next);
    }
    read_numbered_until(&f, &next, sent);
    assert_true(f.gaps > 1);
    flow_assert_accounted(&f);
    flow_close(&f);
}

static void test_disorder(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "disorder on\nrepeat 100 drop filter=1");
    flow_read_events(&f, 100);
    uint64_t newest = 0;
    flow_play(&f, "drop filter=2; drop filter=3");
    flow_read_events(&f, 2);
    for (uint32_t i = 0; i < 2 && wfpw_batch_get(f.b, i) != NULL; i++)
        if (wfpw_batch_get(f.b, i)->time > newest)
            newest = wfpw_batch_get(f.b, i)->time;
    assert_true(flow_stats(&f).last_event_time >= newest);
    flow_close(&f);
}

/* ---- outages -------------------------------------------------------------------------------- */

static void test_outage(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    flow_play(&f, "drop filter=1; stop");
    flow_wait_state(&f, WFPW_STATE_WAITING);
    flow_play(&f, "drop filter=2; start");
    flow_wait_state(&f, WFPW_STATE_CONNECTED);
    flow_play(&f, "drop filter=3");
    flow_read_gaps(&f, 1);
    while (f.events < 2)
        assert_true(flow_read(&f, PATIENCE_MS) >= 0);
    assert_int_equal(f.lost, 0);
    assert_int_equal(f.seq, 3);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.gaps, 1);
    assert_int_equal(st.received, 2);
    assert_stats_agree(&st);
    flow_close(&f);
}

struct reported {
    uint64_t before, after, gaps; /* events of filter 1, of filter 2 */
};

static void look_at_outage(struct reported *t, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP && ev->lost_where == WFPW_LOST_OUTAGE) {
        assert_int_equal(ev->present & WFPW_HAS_LOST, 0);
        assert_int_equal(t->after, 0);
        t->gaps++;
    } else if (ev->kind != WFPW_KIND_GAP) {
        assert_int_equal(t->gaps, ev->filter_id - 1);
        t->before += ev->filter_id == 1;
        t->after += ev->filter_id == 2;
    }
}

/* A restart while much waits that came before it: the gap stands behind that. */
static void test_outage_stands_where_it_was(void **state)
{
    struct flow f;
    struct reported t = {0};
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (int i = 0; i < 11; i++) /* so that the service thread has time to make room in the ring */
        flow_play(&f, "repeat 30 drop filter=1; sleep 2");
    flow_play(&f, "stop");
    flow_wait_state(&f, WFPW_STATE_WAITING);
    flow_play(&f, "start");
    flow_wait_state(&f, WFPW_STATE_CONNECTED);
    wfpw_stats st = flow_stats(&f);
    assert_int_equal(st.waiting, 330 - st.dropped);
    assert_true(st.waiting > 200); /* more than the outbox holds: some are in the ring */
    uint64_t before = st.waiting;
    while (t.after < 3) {
        int n = flow_read(&f, 50);
        assert_true(n >= 0);
        for (int i = 0; i < n; i++)
            look_at_outage(&t, wfpw_batch_get(f.b, (uint32_t)i));
        if (t.before == before)
            flow_play(&f, "drop filter=2");
    }
    assert_int_equal(t.before, before);
    assert_int_equal(t.gaps, 1);
    flow_close(&f);
}

static void test_many_restarts(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (uint64_t i = 1; i <= 20; i++) {
        flow_play(&f, "drop filter=1; restart");
        flow_read_gaps(&f, i);
    }
    while (f.events < 20)
        assert_true(flow_read(&f, PATIENCE_MS) >= 0);
    flow_assert_accounted(&f);
    flow_close(&f);
}

static void test_collection_off(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_int_equal(flow_stats(&f).state, WFPW_STATE_CONNECTED);
    flow_play(&f, "collect off; drop");
    flow_wait_state(&f, WFPW_STATE_COLLECTION_OFF);
    assert_int_equal(flow_read(&f, 0), 0);
    flow_play(&f, "collect on");
    flow_wait_state(&f, WFPW_STATE_CONNECTED);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_nobody_reads),
        cmocka_unit_test(test_gaps_stand_where_the_holes_are),
        cmocka_unit_test(test_disorder),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_outage_stands_where_it_was),
        cmocka_unit_test(test_many_restarts),
        cmocka_unit_test(test_collection_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
