/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What several threads may do at once, and what they then see. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "hand.h"
#include "random.h"

/* Sanitizers take their time, and an event of Windows costs Wine a call of another process. */
#if defined(__SANITIZE_THREAD__)
enum { SLOW = 20 };
#elif defined(__SANITIZE_ADDRESS__)
enum { SLOW = 5 };
#elif defined(_WIN32)
enum { SLOW = 20 };
#else
enum { SLOW = 1 };
#endif

enum { FOR_EVER_MS = 1000000 }; /* a watch that never helps anybody out of a sleep */

static wfpw_session *open_session(const wfpw_system *system, uint32_t ring, uint32_t watch_ms)
{
    wfpw_session *s;
    wfpw_options o = {.size = sizeof o, .ring_bytes = ring, .system = system};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = watch_ms};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    return s;
}

/* ---- a reader ------------------------------------------------------------------------------- */

/* Reads until the session is stopped, waiting for ever each time. Events carry a number in place of
 * the filter's id. */
struct reader {
    wfpw_session *s;
    int result; /* of the last read */
    os_u64 events, lost, gaps;
    uint64_t next;      /* the number that comes next, of one producer */
    uint64_t misplaced; /* events that did not */
    os_thread thread;
};

static void look(struct reader *r, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GAP) {
        os_u64_bump(&r->gaps, 1);
        os_u64_bump(&r->lost, ev->lost);
        r->next += ev->lost;
        return;
    }
    r->misplaced += ev->filter_id != r->next;
    r->next = ev->filter_id + 1;
    os_u64_bump(&r->events, 1);
}

static void read_until_stopped(void *ctx)
{
    struct reader *r = ctx;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    while ((r->result = wfpw_read(r->s, b, -1, NULL)) > 0)
        for (int i = 0; i < r->result; i++)
            look(r, wfpw_batch_get(b, (uint32_t)i));
    wfpw_batch_free(b);
}

static void start_reader(struct reader *r, wfpw_session *s)
{
    *r = (struct reader){.s = s};
    assert_true(os_thread_start(&r->thread, read_until_stopped, r));
}

/* Stops the session, and waits until the reader has noticed. */
static void stop_reader(struct reader *r)
{
    wfpw_stop(r->s);
    os_thread_join(&r->thread);
    assert_int_equal(r->result, WFPW_E_STOPPED);
}

struct wanted {
    const struct reader *r;
    uint64_t n;
};

static bool has_seen(void *ctx)
{
    const struct wanted *w = ctx;
    return os_u64_load(&w->r->events) + os_u64_load(&w->r->lost) >= w->n;
}

/* Until it has seen n events, or heard of their loss. */
static void wait_for_reader(const struct reader *r, uint64_t n)
{
    struct wanted w = {r, n};
    assert_true(wait_until(has_seen, &w));
}

/* ---- wakes ---------------------------------------------------------------------------------- */

static void spin(uint32_t n)
{
    os_u32 turn = {0};
    while (n-- > 0)
        os_u32_store(&turn, n);
}

/* One event at a time, at every moment of the reader's way to sleep: none is slept through. */
static void test_no_wake_is_lost(void **state)
{
    struct hand hand;
    struct reader r;
    uint64_t seed = 5;
    (void)state;
    hand_init(&hand);
    start_reader(&r, open_session(&hand.system, 0, FOR_EVER_MS));
    const FWPM_NET_EVENT5 event = hand_event();
    for (uint64_t i = 1; i <= 200000 / SLOW; i++) {
        struct wanted w = {&r, i};
        assert_true(hand_call(&hand, &event));
        for (int tries = 0; tries < 10000 && !has_seen(&w); tries++)
            spin(10);
        if (!has_seen(&w))
            wait_for_reader(&r, i);
        spin(random_below(&seed, 20000));
    }
    stop_reader(&r);
    wfpw_close(r.s);
}

/* However slow the machine is: without a wake-up it would never. */
static bool ends(const wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    for (int tries = 0; tries < 60000; tries++) {
        if (wfpw_get_stats(s, &st) == WFPW_OK && st.state == WFPW_STATE_STOPPED)
            return true;
        os_sleep_ms(1);
    }
    return false;
}

/* Both the reader and the service thread, which here looks at nothing on its own. */
static void test_stop_wakes_a_reader(void **state)
{
    struct hand hand;
    uint64_t seed = 6;
    (void)state;
    hand_init(&hand);
    for (int i = 0; i < 2000 / SLOW; i++) {
        struct reader r;
        start_reader(&r, open_session(&hand.system, 0, FOR_EVER_MS));
        spin(random_below(&seed, 100000));
        if (i % 50 == 0)
            os_sleep_ms(5);
        stop_reader(&r);
        assert_true(ends(r.s));
        wfpw_close(r.s);
    }
}

/* ---- many callers --------------------------------------------------------------------------- */

enum { CALLERS = 3 };

struct caller {
    struct hand *hand;
    os_u32 leave;
    uint64_t calls; /* 0: until told to leave */
    os_u64 made;
    os_thread thread;
};

/* Numbered events, each from a body of the thread's own. */
static void call(void *ctx)
{
    struct caller *c = ctx;
    FWPM_NET_EVENT_CLASSIFY_DROP2 drop = {.layerId = 44};
    FWPM_NET_EVENT5 event = hand_event();
    event.classifyDrop = &drop;
    while (os_u32_load(&c->leave) == 0 && (c->calls == 0 || drop.filterId < c->calls)) {
        if (hand_call(c->hand, &event))
            os_u64_bump(&c->made, 1);
        drop.filterId++;
    }
}

static void start_callers(struct caller *callers, struct hand *hand, int n, uint64_t calls)
{
    for (int i = 0; i < n; i++) {
        callers[i] = (struct caller){.hand = hand, .calls = calls};
        assert_true(os_thread_start(&callers[i].thread, call, &callers[i]));
    }
}

static uint64_t end_callers(struct caller *callers, int n, bool at_once)
{
    uint64_t made = 0;
    for (int i = 0; i < n; i++) {
        os_u32_store(&callers[i].leave, at_once);
        os_thread_join(&callers[i].thread);
        made += os_u64_load(&callers[i].made);
    }
    return made;
}

static void test_close_while_callbacks_run(void **state)
{
    struct hand hand;
    struct caller callers[CALLERS];
    uint64_t seed = 7;
    (void)state;
    hand_init(&hand);
    start_callers(callers, &hand, CALLERS, 0);
    wfpw_batch *b = wfpw_batch_new(0, 0);
    for (int i = 0; i < 500 / SLOW; i++) {
        wfpw_session *s = open_session(&hand.system, 0, FOR_EVER_MS);
        for (uint32_t reads = random_below(&seed, 4); reads > 0; reads--)
            assert_true(wfpw_read(s, b, 5, NULL) >= 0);
        if (random_below(&seed, 2) == 0)
            wfpw_stop(s);
        wfpw_close(s);
    }
    wfpw_batch_free(b);
    assert_true(end_callers(callers, CALLERS, true) > 0);
}

/* One thread that calls: the gaps stand exactly where numbers are missing. */
static void test_gaps_are_placed(void **state)
{
    struct hand hand;
    struct caller caller;
    struct reader r;
    const uint64_t n = 1000000 / SLOW;
    (void)state;
    hand_init(&hand);
    start_reader(&r, open_session(&hand.system, 1, FOR_EVER_MS));
    start_callers(&caller, &hand, 1, n);
    assert_int_equal(end_callers(&caller, 1, false), n);
    wait_for_reader(&r, n);
    stop_reader(&r);
    assert_int_equal(os_u64_load(&r.events) + os_u64_load(&r.lost), n);
    assert_int_equal(r.misplaced, 0);
    wfpw_close(r.s);
}

/* ---- counts under load ---------------------------------------------------------------------- */

/* What waits is exact only when nothing is under way; it is never more than two queues hold. */
static bool makes_sense(const wfpw_stats *now, const wfpw_stats *before)
{
    return now->received >= before->received && now->delivered >= before->delivered &&
           now->dropped >= before->dropped && now->gaps >= before->gaps && now->waiting <= 4096 &&
           now->delivered + now->dropped <= now->received;
}

static void test_counts_only_grow(void **state)
{
    struct hand hand;
    struct caller callers[CALLERS];
    struct reader r;
    wfpw_stats before = {.size = sizeof before};
    const uint64_t n = 300000 / SLOW;
    bool good = true;
    (void)state;
    hand_init(&hand);
    start_reader(&r, open_session(&hand.system, 1, 10));
    assert_int_equal(wfpw_get_stats(r.s, &before), WFPW_OK);
    start_callers(callers, &hand, CALLERS, n);
    while (before.received < CALLERS * n) {
        wfpw_stats now = {.size = sizeof now};
        assert_int_equal(wfpw_get_stats(r.s, &now), WFPW_OK);
        good = good && makes_sense(&now, &before);
        before = now;
    }
    assert_int_equal(end_callers(callers, CALLERS, false), CALLERS * n);
    wait_for_reader(&r, CALLERS * n);
    assert_true(good);
    stop_reader(&r);
    assert_int_equal(wfpw_get_stats(r.s, &before), WFPW_OK);
    assert_stats_agree(&before);
    assert_int_equal(before.received, CALLERS * n);
    assert_int_equal(before.delivered, os_u64_load(&r.events));
    assert_int_equal(before.dropped, os_u64_load(&r.lost));
    assert_int_equal(before.gaps, os_u64_load(&r.gaps));
    wfpw_close(r.s);
}

/* ---- two sessions --------------------------------------------------------------------------- */

static void test_two_sessions(void **state)
{
    wfpw_sim *sim;
    struct reader r[2];
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    for (int i = 0; i < 2; i++)
        start_reader(&r[i], open_session(wfpw_sim_system(sim), 0, 10));
    assert_int_equal(wfpw_sim_play(sim, "repeat 3000 drop", NULL), WFPW_OK);
    wait_for_reader(&r[0], 3000);
    stop_reader(&r[0]);
    wfpw_close(r[0].s);
    assert_int_equal(wfpw_sim_play(sim, "repeat 3000 drop", NULL), WFPW_OK);
    wait_for_reader(&r[1], 6000);
    stop_reader(&r[1]);
    wfpw_close(r[1].s);
    assert_int_equal(os_u64_load(&r[0].events), 3000);
    assert_int_equal(os_u64_load(&r[1].events), 6000);
    assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(sim);
}

/* ---- everything at once --------------------------------------------------------------------- */

enum { SLOTS = 3, ACTORS = 4 };

/* A session as the contract wants it used: opened and closed alone, one reader, the rest together.
 */
struct slot {
    os_mutex lock; /* of what follows; held while opening and closing */
    wfpw_session *s;
    uint32_t users; /* inside a call with s */
    bool reading;
};

struct stage {
    wfpw_sim *sim;
    struct slot slots[SLOTS];
    os_u32 leave;
};

struct actor {
    struct stage *stage;
    uint64_t seed;
    wfpw_batch *batch;
    os_thread thread;
};

static wfpw_session *try_open(struct stage *st)
{
    wfpw_session *s = NULL;
    wfpw_options o = {.size = sizeof o, .ring_bytes = 1, .system = wfpw_sim_system(st->sim)};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
    if (wfpw_open(&o, &s, NULL) == WFPW_OK)
        (void)wfpw_add_live(s, &live, NULL); /* the service may be down */
    return s;
}

static void open_or_close(struct stage *st, struct slot *slot)
{
    os_mutex_lock(&slot->lock);
    if (slot->s == NULL) {
        slot->s = try_open(st);
    } else if (slot->users == 0) {
        wfpw_close(slot->s);
        slot->s = NULL;
    }
    os_mutex_unlock(&slot->lock);
}

/* A call with the session is allowed until leave_slot. */
static bool enter_slot(struct slot *slot, bool to_read)
{
    os_mutex_lock(&slot->lock);
    bool may = slot->s != NULL && !(to_read && slot->reading);
    slot->users += may;
    slot->reading = slot->reading || (may && to_read);
    os_mutex_unlock(&slot->lock);
    return may;
}

static void leave_slot(struct slot *slot, bool to_read)
{
    os_mutex_lock(&slot->lock);
    slot->users--;
    slot->reading = slot->reading && !to_read;
    os_mutex_unlock(&slot->lock);
}

static void read_slot(struct slot *slot, wfpw_batch *b, int32_t timeout_ms)
{
    if (!enter_slot(slot, true))
        return;
    (void)wfpw_read(slot->s, b, timeout_ms, NULL);
    leave_slot(slot, true);
}

static void look_or_stop(struct slot *slot, bool stop)
{
    wfpw_stats st = {.size = sizeof st};
    if (!enter_slot(slot, false))
        return;
    if (stop)
        wfpw_stop(slot->s);
    (void)wfpw_get_stats(slot->s, &st);
    leave_slot(slot, false);
}

static void act(void *ctx)
{
    struct actor *a = ctx;
    while (os_u32_load(&a->stage->leave) == 0) {
        struct slot *slot = &a->stage->slots[random_below(&a->seed, SLOTS)];
        uint32_t what = random_below(&a->seed, 32);
        if (what == 0)
            open_or_close(a->stage, slot);
        else if (what < 16)
            read_slot(slot, a->batch, (int32_t)random_below(&a->seed, 3));
        else
            look_or_stop(slot, what == 16);
    }
}

static void set_stage(struct stage *st)
{
    memset(st, 0, sizeof *st);
    assert_int_equal(wfpw_sim_new(11, &st->sim), WFPW_OK);
    for (int i = 0; i < SLOTS; i++)
        assert_true(os_mutex_init(&st->slots[i].lock));
}

static void clear_stage(struct stage *st)
{
    for (int i = 0; i < SLOTS; i++) {
        wfpw_close(st->slots[i].s);
        os_mutex_destroy(&st->slots[i].lock);
    }
    assert_int_equal(wfpw_sim_count(st->sim, WFPW_SIM_SESSIONS), 0);
    assert_int_equal(wfpw_sim_count(st->sim, WFPW_SIM_ALLOCATIONS), 0);
    assert_int_equal(wfpw_sim_count(st->sim, WFPW_SIM_MISUSES), 0);
    wfpw_sim_free(st->sim);
}

static void test_everything_at_once(void **state)
{
    static struct stage st;
    static struct actor actors[ACTORS];
    uint64_t end = os_ticks_ms() + 3000, seed = 9;
    (void)state;
    set_stage(&st);
    for (uint64_t i = 0; i < ACTORS; i++) {
        actors[i] = (struct actor){.stage = &st, .seed = 100 + i, .batch = wfpw_batch_new(0, 0)};
        assert_true(os_thread_start(&actors[i].thread, act, &actors[i]));
    }
    while (os_ticks_ms() < end) {
        static const char *const scripts[] = {
            "repeat 300 drop app=\\a.exe", "restart", "stop", "start", "allow; drop",
            "collect off; collect on"};
        assert_int_equal(wfpw_sim_play(st.sim, scripts[random_below(&seed, 6)], NULL), WFPW_OK);
    }
    os_u32_store(&st.leave, 1);
    assert_int_equal(wfpw_sim_play(st.sim, "start", NULL), WFPW_OK);
    for (int i = 0; i < ACTORS; i++) {
        os_thread_join(&actors[i].thread);
        wfpw_batch_free(actors[i].batch);
    }
    clear_stage(&st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_wake_is_lost),
        cmocka_unit_test(test_stop_wakes_a_reader),
        cmocka_unit_test(test_close_while_callbacks_run),
        cmocka_unit_test(test_gaps_are_placed),
        cmocka_unit_test(test_counts_only_grow),
        cmocka_unit_test(test_two_sessions),
        cmocka_unit_test(test_everything_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
