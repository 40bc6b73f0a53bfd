/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The whole way of an event, from the callback to the reader. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "model/batch.h"
#include "decode/fwpm/net_event.h"
#include "hand.h"
#include "sim/sim.h"

/* ---- every version -------------------------------------------------------------------------- */

/* One of each type, and one that nobody knows. */
static const char one_of_each[] =
    "event type=0 local=10.0.0.1:500 filter=100 error=13801 mm_id=7\n"
    "ike_qm_failure local=10.0.0.1:500 filter=101 error=13801 local_subnet=10.0.0.0/8\n"
    "ike_em_failure local=10.0.0.1:500 filter=102 error=13801\n"
    "drop local=10.0.0.1:445 remote=10.0.0.2:50000 protocol=tcp filter=103 layer=44 "
    "direction=in app=\\device\\a.exe user=S-1-5-18 package=S-1-15-2-1 policy=9 effective=b.exe\n"
    "ipsec_kernel_drop filter=104 layer=12 spi=77 status=0xC0000022\n"
    "ipsec_dosp_drop public=192.0.2.1 internal=10.0.0.9 status=1\n"
    "allow local=[fe80::1]:445 remote=[fe80::2]:50000 protocol=udp filter=106 layer=50 "
    "direction=out\n"
    "capability_drop filter=107 capability=1\n"
    "capability_allow filter=108 capability=2\n"
    "classify_drop_mac filter=109 local_mac=00:11:22:33:44:55 ethertype=0x800\n"
    "lpm_packet_arrival spi=88\n"
    "event type=99\n";

/* Their kinds, and the first version of the struct that has them. */
static const struct {
    uint32_t kind;
    int version;
} kinds[] = {
    {WFPW_KIND_IKE_MM_FAILURE, 0},     {WFPW_KIND_IKE_QM_FAILURE, 0},
    {WFPW_KIND_IKE_EM_FAILURE, 0},     {WFPW_KIND_CLASSIFY_DROP, 0},
    {WFPW_KIND_IPSEC_KERNEL_DROP, 0},  {WFPW_KIND_IPSEC_DOSP_DROP, 0},
    {WFPW_KIND_CLASSIFY_ALLOW, 2},     {WFPW_KIND_CAPABILITY_DROP, 2},
    {WFPW_KIND_CAPABILITY_ALLOW, 2},   {WFPW_KIND_CLASSIFY_DROP_MAC, 2},
    {WFPW_KIND_LPM_PACKET_ARRIVAL, 5}, {WFPW_KIND_NET_EVENT, 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const uint32_t windows[] = {7, 8, 10, 1803, 11}; /* versions 1 to 5 of the struct */

static void assert_drop(const wfpw_event *ev, int version)
{
    static const uint8_t local[4] = {10, 0, 0, 1}, remote[4] = {10, 0, 0, 2};
    assert_int_equal(ev->source, WFPW_SOURCE_SIM);
    assert_int_equal(ev->protocol, 6);
    assert_memory_equal(ev->local.addr, local, 4);
    assert_memory_equal(ev->remote.addr, remote, 4);
    assert_int_equal(ev->local.port, 445);
    assert_int_equal(ev->remote.port, 50000);
    assert_int_equal(ev->filter_id, 103);
    assert_int_equal(ev->layer_id, 44);
    assert_string_equal(ev->device_path, "\\device\\a.exe");
    assert_string_equal(ev->user_sid, "S-1-5-18");
    assert_int_equal(ev->direction, version >= 1 ? WFPW_DIRECTION_INBOUND : 0);
    assert_int_equal(ev->package_sid != NULL, version >= 2);
    assert_int_equal((ev->present & WFPW_HAS_POLICY_FLAGS) != 0, version >= 3);
    assert_int_equal(ev->effective_name != NULL, version >= 3);
}

static void assert_kind(const wfpw_event *ev, int *next, int version)
{
    while (*next < KINDS && kinds[*next].version > version)
        (*next)++;
    assert_true(*next < KINDS);
    assert_int_equal(ev->kind, kinds[(*next)++].kind);
    if (ev->kind == WFPW_KIND_CLASSIFY_DROP)
        assert_drop(ev, version);
    if (ev->kind == WFPW_KIND_NET_EVENT)
        assert_int_equal(ev->type_raw, 99);
}

static uint64_t kinds_of(int version)
{
    uint64_t n = 0;
    for (int i = 0; i < KINDS; i++)
        n += kinds[i].version <= version;
    return n;
}

static void test_every_windows(void **state)
{
    (void)state;
    for (int version = 1; version <= 5; version++) {
        struct flow f;
        int next = 0;
        flow_open(&f, &(struct flow_options){.windows = windows[version - 1]});
        flow_play(&f, one_of_each);
        uint64_t n = wfpw_sim_count(f.sim, WFPW_SIM_CALLBACKS);
        assert_int_equal(n, kinds_of(version));
        while (f.events < n)
            for (int i = 0, got = flow_read(&f, PATIENCE_MS); i < got; i++)
                assert_kind(wfpw_batch_get(f.b, (uint32_t)i), &next, version);
        wfpw_stats st = flow_stats(&f);
        assert_int_equal(st.received, n);
        assert_int_equal(st.delivered, n);
        assert_stats_agree(&st);
        flow_close(&f);
    }
}

/* ---- enumeration: the decoder on what FwpmNetEventEnum0 to 5 give ---------------------------- */

static uint32_t decode_page(wfpw_batch *b, int version, void **entries, uint32_t count, int *next)
{
    static uint64_t room[NET_EVENT_ROOM_MAX / 8];
    struct net_event n;
    for (uint32_t i = 0; i < count; i++) {
        batch_clear(b);
        assert_true(net_event_look(&n, version, entries[i]));
        assert_true(net_event_decode(&n, WFPW_SOURCE_HISTORY, room) <= n.room);
        assert_true(batch_add(b, (const struct record *)(void *)room, 1));
        assert_int_equal(wfpw_batch_get(b, 0)->source, WFPW_SOURCE_HISTORY);
        if (wfpw_batch_get(b, 0)->kind == WFPW_KIND_CLASSIFY_DROP)
            ((wfpw_event *)(uintptr_t)wfpw_batch_get(b, 0))->source = WFPW_SOURCE_SIM;
        assert_kind(wfpw_batch_get(b, 0), next, version);
    }
    return count;
}

static void enumerate(wfpw_sim *sim, int version, void *engine)
{
    const struct wfpw_system *sys = wfpw_sim_system(sim);
    wfpw_batch *b = wfpw_batch_new(1, 0);
    void *handle, **entries;
    uint32_t count = 0, all = 0;
    int next = 0;
    assert_int_equal(sys->engine->create_enum(sys->ctx, engine, NULL, &handle), 0);
    do { /* pages of five */
        assert_int_equal(
            sys->engine->enumerate[version](sys->ctx, engine, handle, 5, &entries, &count), 0);
        all += decode_page(b, version, entries, count, &next);
        sys->engine->free(sys->ctx, (void **)&entries);
    } while (count == 5);
    assert_int_equal(all, kinds_of(version));
    assert_int_equal(sys->engine->destroy_enum(sys->ctx, engine, handle), 0);
    wfpw_batch_free(b);
}

static void test_every_enumeration(void **state)
{
    (void)state;
    for (int w = 0; w < 5; w++) {
        wfpw_sim *sim;
        void *engine;
        assert_int_equal(wfpw_sim_new(windows[w], &sim), WFPW_OK);
        const struct wfpw_system *sys = wfpw_sim_system(sim);
        assert_int_equal(wfpw_sim_play(sim, "keywords 0xff", NULL), WFPW_OK);
        assert_int_equal(wfpw_sim_play(sim, one_of_each, NULL), WFPW_OK);
        assert_int_equal(sys->engine->open(sys->ctx, &(FWPM_SESSION0){0}, &engine), 0);
        for (int version = 0; version <= 5; version++) {
            assert_int_equal(sys->engine->enumerate[version] != NULL, version <= w + 1);
            if (sys->engine->enumerate[version] != NULL)
                enumerate(sim, version, engine);
        }
        assert_int_equal(sys->engine->close(sys->ctx, engine), 0);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_ALLOCATIONS), 0);
        assert_int_equal(wfpw_sim_count(sim, WFPW_SIM_MISUSES), 0);
        wfpw_sim_free(sim);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static void test_timeouts(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    uint64_t start = os_ticks_ms();
    assert_int_equal(flow_read(&f, 0), 0);
    assert_true(os_ticks_ms() - start < 20000);
    start = os_ticks_ms();
    assert_int_equal(flow_read(&f, 60), 0);
    assert_true(os_ticks_ms() - start >= 59);
    flow_play(&f, "drop");
    assert_int_equal(flow_read(&f, -1), 1);
    flow_close(&f);
}

static bool signalled(void *ctx)
{
    return is_signalled(*(const intptr_t *)ctx);
}

/* A read that finds nothing, and after it a handle that is not signalled. The service thread may be
 * late with its signal for what has been read. */
static bool is_quiet(void *ctx)
{
    struct flow *f = ctx;
    assert_int_equal(flow_read(f, 0), 0);
    return !is_signalled(wfpw_wait_handle(f->s));
}

static void test_wait_handle(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    intptr_t h = wfpw_wait_handle(f.s);
    assert_int_equal(flow_read(&f, 0), 0); /* the change of state */
    assert_false(is_signalled(h));
    for (int i = 0; i < 50; i++) {
        flow_play(&f, "repeat 3 drop");
        assert_true(wait_until(signalled, &h));
        flow_wait_waiting(&f, 3);
        flow_read_events(&f, 3);
        assert_true(wait_until(is_quiet, &f));
    }
    flow_play(&f, "collect off"); /* a change of state, until the next read */
    assert_true(wait_until(signalled, &h));
    assert_true(wait_until(is_quiet, &f));
    flow_close(&f);
}

/* As long as one event is left, the handle says so. */
static void test_wait_handle_with_a_small_batch(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    wfpw_batch_free(f.b);
    f.b = wfpw_batch_new(1, 0);
    flow_play(&f, "repeat 20 drop");
    flow_wait_waiting(&f, 20);
    intptr_t h = wfpw_wait_handle(f.s);
    for (int i = 0; i < 20; i++) {
        assert_true(wait_until(signalled, &h)); /* once the service thread has brought it */
        (void)flow_next(&f);
    }
    assert_true(wait_until(is_quiet, &f));
    flow_close(&f);
}

static void test_stop(void **state)
{
    struct flow f;
    int n = 0;
    (void)state;
    flow_open(&f, &(struct flow_options){.watch_ms = 1000000});
    flow_play(&f, "repeat 300 drop"); /* more than the outbox holds */
    wfpw_stop(f.s);
    wfpw_stop(f.s);
    assert_true(is_signalled(wfpw_wait_handle(f.s)));
    uint64_t dropped = flow_stats(&f).dropped;
    while (n >= 0) {
        n = flow_read(&f, 0);
        os_sleep_ms(n == 0); /* until the service thread is done */
    }
    assert_int_equal(n, WFPW_E_STOPPED);
    assert_string_equal(f.e.where, "wfpw_read");
    assert_int_equal(f.events, 300 - dropped); /* what waited was read */
    flow_assert_accounted(&f);
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    assert_true(is_signalled(wfpw_wait_handle(f.s)));
    assert_int_equal(flow_stats(&f).state, WFPW_STATE_STOPPED);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_SUBSCRIPTIONS), 0);
    flow_play(&f, "drop");
    assert_int_equal(flow_read(&f, 0), WFPW_E_STOPPED);
    flow_close(&f);
}

/* A batch and a ring take the largest event that there is. */
static void test_large_events(void **state)
{
    struct flow f;
    struct sim_event *ev = calloc(1, sizeof *ev);
    (void)state;
    assert_non_null(ev);
    ev->type = FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE;
    ev->flags = 0x3FFF;
    struct sim_text *texts[] = {&ev->app, &ev->enterprise, &ev->effective, &ev->local_principal,
                                &ev->remote_principal};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (texts[i]->n = 0; texts[i]->n < SIM_TEXT_MAX - 1; texts[i]->n++)
            texts[i]->units[texts[i]->n] = 0x20AC;
    flow_open(&f, &(struct flow_options){0});
    for (int i = 0; i < 100; i++) {
        sim_happen(f.sim, ev);
        flow_read_events(&f, 1);
        assert_int_equal(strlen(wfpw_batch_get(f.b, 0)->device_path), 3 * (SIM_TEXT_MAX - 1));
        assert_true((wfpw_batch_get(f.b, 0)->flags & WFPW_EVENT_TRUNCATED) != 0);
    }
    assert_int_equal(flow_stats(&f).dropped, 0);
    flow_close(&f);
    free(ev);
}

/* Events that are named, too. */
static void play_many(struct flow *f)
{
    for (int i = 0; i < 100; i++) {
        flow_play(f,
                  "repeat 100 drop app=\\device\\a.exe user=S-1-5-18 local=10.0.0.1:80 filter=5");
        flow_read_events(f, 100);
    }
}

static void test_no_allocation_per_event(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=5 name=five"});
    flow_wait_filled(&f, 1);
    play_many(&f); /* the first ones ask where volumes are */
    uint64_t calls = os_u64_load(&f.heap.calls);
    play_many(&f);
    assert_int_equal(os_u64_load(&f.heap.calls), calls);
    flow_close(&f);
    flow_open(&f, &(struct flow_options){.flags = WFPW_OPEN_NO_NAMES});
    play_many(&f);
    calls = os_u64_load(&f.heap.calls);
    play_many(&f);
    flow_play(&f, "repeat 5000 drop; restart"); /* nor for loss and outages */
    while (f.gaps < 2)
        assert_true(flow_read(&f, PATIENCE_MS) >= 0);
    assert_int_equal(os_u64_load(&f.heap.calls), calls);
    flow_close(&f);
}

/* A callback without an event is counted, and nothing else. */
static void test_undecoded(void **state)
{
    struct hand hand;
    wfpw_session *s;
    wfpw_stats st = {.size = sizeof st};
    wfpw_batch *b = wfpw_batch_new(0, 0);
    const FWPM_NET_EVENT5 event = hand_event();
    (void)state;
    hand_init(&hand);
    wfpw_options o = {.size = sizeof o, .system = &hand.system};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(s, &live, NULL), WFPW_OK);
    assert_true(hand_call(&hand, NULL));
    assert_true(hand_call(&hand, &event));
    assert_int_equal(wfpw_read(s, b, -1, NULL), 1);
    assert_int_equal(wfpw_batch_get(b, 0)->seq, 1);
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.received, 2);
    assert_int_equal(st.undecoded, 1);
    assert_stats_agree(&st);
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* ---- the log -------------------------------------------------------------------------------- */

struct reported {
    os_u32 lines[4]; /* by level */
    os_u32 bad;
};

static void tell(void *ctx, int level, const char *text)
{
    struct reported *t = ctx;
    bool good = level >= 1 && level <= 3 && strlen(text) > 5;
    (void)os_u32_add(good ? &t->lines[level] : &t->bad, 1);
}

static void test_log(void **state)
{
    struct flow f = {0};
    struct reported t = {0};
    (void)state;
    heap_init(&f.heap);
    assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
    wfpw_options o = {
        .size = sizeof o, .system = wfpw_sim_system(f.sim), .log = tell, .log_ctx = &t};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
    f.b = wfpw_batch_new(0, 0);
    assert_int_equal(wfpw_open(&o, &f.s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_live(f.s, &live, NULL), WFPW_OK);
    flow_play(&f, "collect off");
    flow_wait_state(&f, WFPW_STATE_COLLECTION_OFF);
    flow_play(&f, "collect on; restart");
    flow_read_gaps(&f, 1);
    assert_int_equal(os_u32_load(&t.lines[2]), 2); /* collects nothing, went away */
    assert_int_equal(os_u32_load(&t.lines[3]), 1); /* subscribed again */
    flow_play(&f, "fail call=FwpmEngineOpen0 code=5; restart");
    flow_wait_state(&f, WFPW_STATE_FAILED);
    assert_int_equal(os_u32_load(&t.lines[1]), 1);
    assert_int_equal(os_u32_load(&t.bad), 0);
    flow_close(&f);
}

static void test_started_script(void **state)
{
    struct flow f = {0};
    (void)state;
    heap_init(&f.heap);
    assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
    assert_int_equal(wfpw_sim_start(f.sim, "keywords 0xff; repeat 100 drop; sleep 5; allow", &f.e),
                     WFPW_OK);
    wfpw_options options = {.size = sizeof options, .system = wfpw_sim_system(f.sim)};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    f.b = wfpw_batch_new(0, 0);
    assert_int_equal(wfpw_open(&options, &f.s, &f.e), WFPW_OK);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
    flow_read_events(&f, 101);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_windows),
        cmocka_unit_test(test_every_enumeration),
        cmocka_unit_test(test_timeouts),
        cmocka_unit_test(test_wait_handle),
        cmocka_unit_test(test_wait_handle_with_a_small_batch),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_large_events),
        cmocka_unit_test(test_no_allocation_per_event),
        cmocka_unit_test(test_undecoded),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_started_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
