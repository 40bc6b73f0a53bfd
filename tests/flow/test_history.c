/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the engine keeps, read as a source that has an end. */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "sim/sim.h"

static int add(struct flow *f, uint64_t since, uint64_t until)
{
    wfpw_history h = {.size = sizeof h, .since = since, .until = until};
    return wfpw_add_history(f->s, &h, &f->e);
}

/* Reads to the end; the filters' ids of what came, in order. */
static uint32_t read_all(struct flow *f, uint64_t *ids, uint32_t most)
{
    uint32_t count = 0;
    int n;
    while ((n = flow_read(f, -1)) > 0)
        for (int i = 0; i < n; i++, count++)
            if (count < most)
                ids[count] = wfpw_batch_get(f->b, (uint32_t)i)->filter_id;
    assert_int_equal(n, WFPW_E_EOF);
    return count;
}

static void assert_all_given(const struct flow *f)
{
    wfpw_stats st = flow_stats(f);
    assert_stats_agree(&st);
    assert_int_equal(st.received, wfpw_sim_count(f->sim, WFPW_SIM_ENUMERATED));
    assert_int_equal(st.state, WFPW_STATE_FILES);
    assert_int_equal(st.missing, 0);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void test_any_number(void **state)
{
    static const uint32_t numbers[] = {0, 1, 63, 64, 65, 127, 128, 200}; /* pages are of 64 */
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct flow f;
        uint64_t ids[SIM_HISTORY];
        flow_open_bare(&f, &(struct flow_options){0});
        for (uint32_t id = 0; id < numbers[i]; id++) {
            char script[40];
            (void)snprintf(script, sizeof script, "drop filter=%u", id);
            flow_play(&f, script);
        }
        uint32_t kept = numbers[i] < SIM_HISTORY ? numbers[i] : SIM_HISTORY;
        assert_int_equal(wfpw_add_history(f.s, NULL, &f.e), WFPW_OK);
        assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_SESSIONS), 0); /* all was read there */
        assert_int_equal(read_all(&f, ids, SIM_HISTORY), kept);
        for (uint32_t at = 0; at < kept; at++)
            assert_int_equal(ids[at], numbers[i] - kept + at);
        assert_all_given(&f);
        flow_close(&f);
    }
}

/* Pages that hold little or nothing, as this version of the struct lacks the types. */
static void test_every_windows(void **state)
{
    static const struct {
        uint32_t windows, count;
    } all[] = {{7, 3}, {8, 130 - 8}, {10, 130 - 8}, {1803, 130 - 8}, {11, 128}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct flow f;
        uint64_t ids[SIM_HISTORY];
        flow_open_bare(&f, &(struct flow_options){.windows = all[i].windows});
        flow_play(&f, "keywords 0xff; repeat 3 drop filter=9; repeat 119 allow; "
                      "repeat 6 lpm_packet_arrival");
        assert_int_equal(wfpw_add_history(f.s, NULL, &f.e), WFPW_OK);
        assert_int_equal(read_all(&f, ids, SIM_HISTORY), all[i].count);
        assert_int_equal(ids[0], 9);
        assert_all_given(&f);
        flow_close(&f);
    }
}

static void test_source_of_events(void **state)
{
    struct flow f;
    struct wfpw_system system;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    (void)state;
    flow_open_bare(&f, &(struct flow_options){0});
    flow_play(&f, "drop app=\\device\\a.exe local=10.0.0.1:80 layer=48 user=S-1-5-18");
    system = *f.system;
    system.source = WFPW_SOURCE_LIVE; /* as on Windows */
    wfpw_options o = {.size = sizeof o, .system = &system};
    wfpw_session *s;
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_history(s, NULL, NULL), WFPW_OK);
    assert_int_equal(wfpw_read(s, b, 0, NULL), 1);
    assert_int_equal(wfpw_batch_get(b, 0)->source, WFPW_SOURCE_HISTORY);
    assert_string_equal(wfpw_batch_get(b, 0)->device_path, "\\device\\a.exe");
    assert_int_equal(wfpw_batch_get(b, 0)->verdict, WFPW_VERDICT_BLOCK);
    assert_int_equal(wfpw_read(s, b, 0, NULL), WFPW_E_EOF);
    wfpw_close(s);
    wfpw_batch_free(b);
    flow_close(&f);
}

/* Whatever order the engine has them in. */
static void test_order(void **state)
{
    struct flow f;
    uint64_t seed = 5, last = 0;
    char script[64];
    (void)state;
    flow_open_bare(&f, &(struct flow_options){0});
    for (int i = 0; i < 128; i++) {
        (void)snprintf(script, sizeof script, "drop time=%u filter=%d",
                       1000 + random_below(&seed, 60), i);
        flow_play(&f, script);
    }
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    assert_int_equal(flow_read(&f, 0), 128);
    for (uint32_t i = 0; i < 128; i++) {
        const wfpw_event *ev = wfpw_batch_get(f.b, i);
        uint64_t at = ev->time << 8 | ev->filter_id; /* of one time: as they happened */
        assert_true(at > last);
        last = at;
    }
    flow_close(&f);
}

/* ---- some of it ----------------------------------------------------------------------------- */

static void test_window(void **state)
{
    static const struct {
        uint64_t since, until;
        uint32_t first, count;
    } windows[] = {{0, 0, 1, 9},   {30, 0, 3, 7}, {0, 30, 1, 3},  {30, 50, 3, 3},
                   {31, 49, 4, 1}, {90, 0, 9, 1}, {91, 0, 0, 0},  {0, 9, 0, 0},
                   {30, 30, 3, 1}, {1, 90, 1, 9}, {41, 49, 0, 0}, {0, UINT64_MAX, 1, 9}};
    (void)state;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        struct flow f;
        uint64_t ids[SIM_HISTORY];
        flow_open_bare(&f, &(struct flow_options){0});
        for (int id = 1; id < 10; id++) {
            char script[40];
            (void)snprintf(script, sizeof script, "drop time=%d filter=%d", 10 * id, id);
            flow_play(&f, script);
        }
        assert_int_equal(add(&f, windows[i].since, windows[i].until), WFPW_OK);
        assert_int_equal(read_all(&f, ids, SIM_HISTORY), windows[i].count);
        for (uint32_t at = 0; at < windows[i].count; at++)
            assert_int_equal(ids[at], windows[i].first + at);
        flow_close(&f);
    }
}

static void test_template(void **state)
{
    struct flow f;
    wfpw_template *t;
    uint64_t ids[SIM_HISTORY];
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "protocol=tcp", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "filter=3,4", NULL), WFPW_OK);
    flow_open_bare(&f, &(struct flow_options){.match = t});
    flow_play(&f, "drop protocol=tcp filter=3; drop protocol=udp filter=4; drop protocol=tcp "
                  "filter=5; allow protocol=tcp filter=4");
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    assert_int_equal(read_all(&f, ids, SIM_HISTORY), 2);
    assert_int_equal(ids[0], 3);
    assert_int_equal(ids[1], 4);
    assert_all_given(&f);
    assert_int_equal(flow_stats(&f).filtered, 1); /* the engine is asked for the protocol */
    flow_close(&f);
    wfpw_template_free(t);
}

/* More than there is room for, which is a megabyte at least: a gap tells of the rest. */
static void test_more_than_there_is_room_for(void **state)
{
    struct flow f;
    struct sim_event *ev = calloc(1, sizeof *ev);
    (void)state;
    assert_non_null(ev);
    ev->type = FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE;
    ev->flags = 0x3FFF;
    struct sim_text *texts[] = {&ev->app,
                                &ev->enterprise,
                                &ev->effective,
                                &ev->local_principal,
                                &ev->remote_principal,
                                &ev->local_groups[0]};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (texts[i]->n = 0; texts[i]->n < SIM_TEXT_MAX - 1; texts[i]->n++)
            texts[i]->units[texts[i]->n] = 'x';
    ev->local_group_count = 1;
    flow_open_bare(&f, &(struct flow_options){0});
    for (int i = 0; i < SIM_HISTORY; i++)
        sim_happen(f.sim, ev);
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    uint32_t count = read_all(&f, NULL, 0);
    assert_in_range(count, SIM_HISTORY / 2, SIM_HISTORY - 1);
    assert_int_equal(f.events, count - 1);
    assert_int_equal(f.gaps, 1);
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    flow_close(&f);
    free(ev);
}

/* ---- with other sources --------------------------------------------------------------------- */

static const char a_dump[] =
    "<netEvents><item><header><timeStamp>2026-01-01T00:00:00.000Z</timeStamp><flags "
    "numItems=\"0\"/>"
    "</header><type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><classifyDrop><filterId>77</filterId>"
    "</classifyDrop></item></netEvents>";

static void test_among_files(void **state)
{
    struct flow f;
    uint64_t ids[8];
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.before = "drop filter=1; drop filter=2"});
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    assert_int_equal(wfpw_add_memory(f.s, a_dump, sizeof a_dump - 1, &f.e), WFPW_OK);
    flow_play(&f, "drop filter=3");
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    assert_int_equal(read_all(&f, ids, 8), 6);
    static const uint64_t wanted[] = {1, 2, 77, 1, 2, 3}; /* nothing is left out between sources */
    assert_memory_equal(ids, wanted, sizeof wanted);
    assert_int_equal(add(&f, 0, 0), WFPW_OK); /* after the end, too */
    assert_int_equal(read_all(&f, ids, 8), 3);
    flow_close(&f);
}

/* Beside a live source: it ends, the session does not. */
static void test_beside_live(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "drop filter=1"});
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    flow_read_events(&f, 1);
    assert_int_equal(flow_read(&f, 0), 0);
    flow_play(&f, "drop filter=2");
    flow_read_events(&f, 1);
    flow_assert_accounted(&f);
    flow_close(&f);
}

/* ---- what stands in the way ----------------------------------------------------------------- */

static void test_wrong_arguments(void **state)
{
    struct flow f;
    wfpw_history h = {.size = sizeof h, .flags = 1};
    (void)state;
    flow_open_bare(&f, &(struct flow_options){0});
    assert_int_equal(wfpw_add_history(NULL, NULL, &f.e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_history(f.s, &h, &f.e), WFPW_E_INVAL);
    h = (wfpw_history){.size = 2};
    assert_int_equal(wfpw_add_history(f.s, &h, &f.e), WFPW_E_INVAL);
    assert_int_equal(add(&f, 2, 1), WFPW_E_INVAL);
    assert_string_equal(f.e.where, "wfpw_add_history");
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLS), 0);
    flow_close(&f);
}

static void test_collection_off(void **state)
{
    struct flow f;
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.before = "drop; collect off"});
    assert_int_equal(add(&f, 0, 0), WFPW_E_DISABLED);
    assert_string_equal(f.e.where, "FwpmNetEventCreateEnumHandle0");
    assert_int_equal(f.e.os_code, FWP_E_NET_EVENTS_DISABLED);
    assert_non_null(strstr(wfpw_remedy(&f.e), "clears"));
    flow_play(&f, "collect on; drop filter=2"); /* which clears what was kept */
    assert_int_equal(add(&f, 0, 0), WFPW_OK);
    assert_int_equal(read_all(&f, NULL, 0), 1);
    flow_close(&f);
}

static void test_nth_call_fails(void **state)
{
    static const struct {
        uint32_t code;
        int status;
    } codes[] = {{5, WFPW_E_ACCESS},
                 {1753, WFPW_E_NOSERVICE},
                 {0x80320013, WFPW_E_DISABLED},
                 {87, WFPW_E_SYSTEM},
                 {0x80320012, WFPW_OK /* is tried again */}};
    enum { CODES = sizeof codes / sizeof *codes, CALLS = 7 };
    (void)state;
    for (uint64_t i = 0; i < CALLS * CODES; i++) {
        struct flow f;
        uint64_t nth = 1 + i / CODES; /* open, create, three pages, destroy, close */
        flow_open_bare(&f, &(struct flow_options){.before = "repeat 100 drop"});
        wfpw_sim_fail_nth(f.sim, nth, codes[i % CODES].code);
        int status = add(&f, 0, 0);
        assert_int_equal(status, nth <= 5 ? codes[i % CODES].status : WFPW_OK);
        if (status == WFPW_OK) {
            assert_int_equal(read_all(&f, NULL, 0), 100);
        } else {
            assert_int_equal(f.e.os_code, codes[i % CODES].code);
            assert_memory_equal(f.e.where, "Fwpm", 4);
            assert_true(wfpw_remedy(&f.e)[0] != 0);
            assert_int_equal(flow_read(&f, -1), WFPW_E_EOF);
        }
        flow_close(&f);
    }
}

static void test_no_engine(void **state)
{
    static const char *const missing[] = {"stop", "fail call=FwpmEngineOpen0 code=1722 times=99"};
    struct flow f;
    struct wfpw_system system;
    struct system_engine engine;
    wfpw_session *s;
    (void)state;
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        flow_open_bare(&f, &(struct flow_options){.before = missing[i]});
        assert_int_equal(add(&f, 0, 0), WFPW_E_NOSERVICE);
        assert_string_equal(f.e.where, "FwpmEngineOpen0");
        flow_close(&f);
    }
    flow_open_bare(&f, &(struct flow_options){0});
    engine = *f.system->engine;
    memset(engine.enumerate, 0, sizeof engine.enumerate);
    system = *f.system;
    system.engine = &engine;
    wfpw_options o = {.size = sizeof o, .system = &system};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_history(s, NULL, &f.e), WFPW_E_NOTSUP);
    wfpw_close(s);
    flow_close(&f);
}

static void test_nth_allocation_fails(void **state)
{
    int failed = 0;
    bool nothing_failed = false;
    (void)state;
    for (uint64_t nth = 1; !nothing_failed; nth++) {
        struct flow f;
        flow_open_bare(&f, &(struct flow_options){.before = "drive C: \\Device\\HarddiskVolume3;"
                                                            "repeat 128 drop user=S-1-5-18 app="
                                                            "\\device\\harddiskvolume3\\a.exe"});
        f.heap.fail_at = os_u64_load(&f.heap.calls) + nth;
        int status = add(&f, 0, 0);
        if (status == WFPW_OK) {
            assert_int_equal(read_all(&f, NULL, 0), 128);
            nothing_failed = os_u64_load(&f.heap.calls) < f.heap.fail_at;
        } else {
            assert_int_equal(status, WFPW_E_NOMEM);
            assert_int_equal(f.e.status, WFPW_E_NOMEM);
            failed++;
        }
        flow_close(&f);
    }
    assert_true(failed > 128);
}

struct releaser {
    struct flow *f;
    uint64_t calls;
    os_thread thread;
};

static bool made_a_call(void *ctx)
{
    const struct releaser *r = ctx;
    return wfpw_sim_count(r->f->sim, WFPW_SIM_CALLS) > r->calls;
}

/* Lets go of the call once it is being made. */
static void release(void *ctx)
{
    struct releaser *r = ctx;
    assert_true(wait_until(made_a_call, r));
    os_sleep_ms(20);
    flow_play(r->f, "release");
}

/* A call that hangs is waited for; other sessions are none the slower. */
static void test_calls_hang(void **state)
{
    static const char *const calls[] = {"FwpmEngineOpen0",  "FwpmNetEventCreateEnumHandle0",
                                        "FwpmNetEventEnum", "FwpmNetEventDestroyEnumHandle0",
                                        "FwpmEngineClose0", "FindFirstVolumeW",
                                        "QueryDosDeviceW"};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct flow f;
        struct releaser r = {.f = &f};
        char script[100];
        (void)snprintf(script, sizeof script, "repeat 3 drop app=\\device\\x\\y; hang call=%s",
                       calls[i]);
        flow_open_bare(&f, &(struct flow_options){.before = script});
        r.calls = i;
        assert_true(os_thread_start(&r.thread, release, &r));
        assert_int_equal(add(&f, 0, 0), WFPW_OK);
        os_thread_join(&r.thread);
        assert_int_equal(read_all(&f, NULL, 0), 3);
        flow_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_every_windows),
        cmocka_unit_test(test_source_of_events),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_more_than_there_is_room_for),
        cmocka_unit_test(test_among_files),
        cmocka_unit_test(test_beside_live),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_collection_off),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_no_engine),
        cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_calls_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
