/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a live session turns on, keeps on, and puts back. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "process.h"
#include "sim/sim.h"

enum { ALL = WFPW_KEYWORD_ALL, WATCH_MS = 10, LOG_LINES = 32 };

/* ---- sessions on one machine ---------------------------------------------------------------- */

struct log {
    os_mutex lock;
    int lines;
    char text[LOG_LINES][200];
};

static void write_log(void *ctx, int level, const char *text)
{
    struct log *l = ctx;
    os_mutex_lock(&l->lock);
    if (l->lines < LOG_LINES)
        (void)snprintf(l->text[l->lines++], sizeof *l->text, "%d %s", level, text);
    os_mutex_unlock(&l->lock);
}

/* Of those that have been written: after the session was closed. */
static bool log_has(const struct log *l, const char *text)
{
    for (int i = 0; i < l->lines; i++)
        if (strstr(l->text[i], text) != NULL)
            return true;
    return false;
}

struct opening {
    wfpw_sim *sim;
    const char *state_dir;
    uint32_t flags, keywords;
    struct log *log;
};

static int open_session(const struct opening *o, wfpw_session **s, wfpw_error *e)
{
    wfpw_options options = {.size = sizeof options,
                            .system = wfpw_sim_system(o->sim),
                            .state_dir = o->state_dir,
                            .log = o->log != NULL ? write_log : NULL,
                            .log_ctx = o->log};
    wfpw_live live = {
        .size = sizeof live, .flags = o->flags, .keywords = o->keywords, .watch_ms = WATCH_MS};
    assert_int_equal(wfpw_open(&options, s, e), WFPW_OK);
    int status = wfpw_add_live(*s, &live, e);
    if (status != WFPW_OK)
        wfpw_close(*s);
    return status;
}

static wfpw_session *must_open(const struct opening *o)
{
    wfpw_session *s;
    wfpw_error e;
    if (open_session(o, &s, &e) != WFPW_OK)
        fail_msg("%s: %s (0x%x)", e.where, e.text, e.os_code);
    return s;
}

struct wanted_settings {
    wfpw_sim *sim;
    uint32_t collect, keywords;
};

static bool are_set(void *ctx)
{
    const struct wanted_settings *w = ctx;
    return machine_is(w->sim, w->collect, w->keywords, 0);
}

static void wait_for(wfpw_sim *sim, uint32_t collect, uint32_t keywords)
{
    struct wanted_settings w = {sim, collect, keywords};
    assert_true(wait_until(are_set, &w));
}

static int restore(wfpw_sim *sim, const char *state_dir, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim), .state_dir = state_dir};
    return wfpw_restore(&o, e);
}

/* ---- turning on and putting back ------------------------------------------------------------ */

static void test_on_and_back(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    for (int i = 0; i < 3; i++) {
        wfpw_session *s = must_open(&(struct opening){.sim = sim});
        machine_assert(sim, 1, ALL, 0);
        wfpw_close(s);
        machine_assert_as_found(sim);
    }
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .flags = WFPW_LIVE_IPSEC});
    machine_assert(sim, 1, ALL, 1);
    wfpw_close(s);
    machine_assert_as_found(sim);
    s = must_open(&(struct opening){.sim = sim, .keywords = WFPW_KEYWORD_INBOUND_MCAST});
    machine_assert(sim, 1, 0x11, 0);
    wfpw_close(s);
    machine_assert_as_found(sim);
    machine_free(sim);
}

/* Events that need the keywords come; a stop puts back without waiting for the reader. */
static void test_stop_puts_back(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "collect on; allow; capability_drop; drop direction=in local=224.0.0.1:1");
    wfpw_stop(f.s);
    wait_for(f.sim, 1, 0x3F); /* as flow_open found it */
    flow_read_events(&f, 3);
    flow_close(&f);
}

static void test_stopped_session_lets_go(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    (void)state;
    machine_play(sim, "repeat 50 drop");
    wfpw_stop(s); /* nobody reads */
    wait_for(sim, FOUND_COLLECT, FOUND_KEYWORDS);
    wfpw_close(s);
    machine_free(sim);
}

static void test_observing_touches_nothing(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    machine_play(sim, "fail call=FwpmEngineSetOption0 code=5 times=1000");
    s = must_open(
        &(struct opening){.sim = sim, .flags = WFPW_LIVE_OBSERVE, .state_dir = "/never/made"});
    machine_assert_as_found(sim);
    wfpw_close(s);
    machine_assert_as_found(sim);
    assert_int_equal(
        open_session(&(struct opening){.sim = sim, .flags = WFPW_LIVE_OBSERVE | WFPW_LIVE_IPSEC},
                     &s, &e),
        WFPW_E_INVAL);
    assert_int_equal(
        open_session(&(struct opening){.sim = sim, .flags = WFPW_LIVE_OBSERVE, .keywords = 1}, &s,
                     &e),
        WFPW_E_INVAL);
    assert_int_equal(open_session(&(struct opening){.sim = sim, .keywords = 0x40}, &s, &e),
                     WFPW_E_INVAL);
    machine_free(sim);
}

static void test_two_sessions(void **state)
{
    wfpw_sim *sim = machine_new(11);
    (void)state;
    for (int first = 0; first < 2; first++) {
        wfpw_session *s[2] = {must_open(&(struct opening){.sim = sim, .keywords = 0x03}),
                              must_open(&(struct opening){.sim = sim, .keywords = 0x06})};
        machine_assert(sim, 1, 0x17, 0);
        wfpw_close(s[first]);
        machine_assert(sim, 1, first == 0 ? 0x16 : 0x13, 0);
        wfpw_close(s[1 - first]);
        machine_assert_as_found(sim);
    }
    machine_free(sim);
}

/* What another program changed meanwhile is its own: what we added is cleared, no more. */
static void test_others_changes_stay(void **state)
{
    wfpw_sim *sim = machine_new(11);
    struct log log = {0};
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .keywords = 0x03, .log = &log});
    machine_play(sim, "keywords 0x3b"); /* adds 0x28 */
    wfpw_close(s);
    machine_assert(sim, 0, 0x38, 0);
    assert_true(log_has(&log, "found at 0x10"));
    assert_true(log_has(&log, "at 0x38"));
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

/* ---- kept on -------------------------------------------------------------------------------- */

static void test_turned_off_meanwhile(void **state)
{
    static const char *const scripts[] = {"collect off", "keywords 0",
                                          "collect off; keywords 0x10"};
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        flow_open(&f, &(struct flow_options){.collect = true});
        flow_play(&f, "drop filter=1");
        assert_int_equal(flow_next(&f)->filter_id, 1);
        flow_play(&f, scripts[i]);
        const wfpw_event *gap = flow_next(&f);
        assert_int_equal(gap->kind, WFPW_KIND_GAP);
        assert_int_equal(gap->lost_where, WFPW_LOST_COLLECTION);
        assert_int_equal(gap->present & WFPW_HAS_LOST, 0);
        machine_assert(f.sim, 1, ALL, 0);
        flow_play(&f, "allow filter=2");
        assert_int_equal(flow_next(&f)->filter_id, 2);
        assert_int_equal(flow_stats(&f).state, WFPW_STATE_CONNECTED);
        flow_close(&f);
    }
}

/* The gap stands between what came before and what comes after. */
static void test_place_of_the_gap(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "repeat 20 drop; collect off");
    wait_for(f.sim, 1, 0x3F);
    flow_play(&f, "repeat 20 drop");
    uint64_t gap_at = 0;
    while (f.events < 40 || f.gaps < 1)
        for (int i = 0, n = flow_read(&f, PATIENCE_MS); i < n; i++)
            if (wfpw_batch_get(f.b, (uint32_t)i)->kind == WFPW_KIND_GAP)
                gap_at = wfpw_batch_get(f.b, (uint32_t)i)->seq;
    assert_int_equal(gap_at, 21);
    flow_assert_accounted(&f);
    flow_close(&f);
}

static void test_stays_off(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.collect = true});
    flow_play(&f, "fail call=FwpmEngineSetOption0 code=5 times=1000000; collect off");
    flow_wait_state(&f, WFPW_STATE_COLLECTION_OFF);
    assert_int_equal(f.gaps, 0);
    os_mutex_lock(&f.sim->lock); /* whatever refused does so no more */
    memset(f.sim->rules, 0, sizeof f.sim->rules);
    os_mutex_unlock(&f.sim->lock);
    flow_wait_state(&f, WFPW_STATE_CONNECTED);
    flow_read_gaps(&f, 1);
    flow_play(&f, "drop");
    flow_read_events(&f, 1);
    flow_close(&f);
}

/* ---- what a Windows has, and what it does not ------------------------------------------------ */

/* What the leases say is held of the keywords. */
static void assert_held(wfpw_sim *sim, uint32_t keywords)
{
    char wanted[40];
    wfpw_row rows[16] = {{.size = sizeof *rows}};
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(sim)};
    (void)snprintf(wanted, sizeof wanted, "keywords: 0x%x is on", keywords);
    assert_int_equal(wfpw_check(&o, rows, 16, NULL), 11);
    assert_non_null(strstr(rows[5].text, wanted));
}

static void test_unknown_keywords(void **state)
{
    static const struct {
        uint32_t windows, keywords;
        const char *said;
    } rows[] = {{7, 0x03, "refuses 0x3c"},
                {8, 0x1F, "refuses 0x20"},
                {10, 0x1F, "refuses 0x20"},
                {1803, 0x1F, "refuses 0x20"},
                {11, 0x3F, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct log log = {0};
        wfpw_sim *sim = machine_new(rows[i].windows);
        assert_true(os_mutex_init(&log.lock));
        wfpw_session *s = must_open(&(struct opening){.sim = sim, .log = &log});
        machine_assert(sim, 1, rows[i].keywords, 0);
        assert_held(sim, rows[i].keywords & ~(uint32_t)FOUND_KEYWORDS);
        machine_play(sim, "collect off"); /* again, without asking for what is not there */
        wait_for(sim, 1, rows[i].keywords);
        wfpw_close(s);
        machine_assert_as_found(sim);
        assert_int_equal(log_has(&log, "refuses"), rows[i].said != NULL);
        assert_true(rows[i].said == NULL || log_has(&log, rows[i].said));
        os_mutex_destroy(&log.lock);
        machine_free(sim);
    }
}

/* Which code says so is written nowhere. */
static void test_codes_of_refusal(void **state)
{
    static const uint32_t codes[] = {87, 0x80320035, 0x8032001E, 0x80320028, 0x80320029};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char script[100];
        wfpw_sim *sim = machine_new(11);
        (void)snprintf(script, sizeof script,
                       "collect on; fail call=FwpmEngineSetOption0 code=%u times=2", codes[i]);
        machine_play(sim, script); /* all of them, then the first one alone */
        wfpw_session *s = must_open(&(struct opening){.sim = sim});
        machine_assert(sim, 1, 0x3E, 0);
        wfpw_close(s);
        machine_assert(sim, 1, FOUND_KEYWORDS, 0);
        machine_free(sim);
    }
}

static void test_ipsec_on_windows_7(void **state)
{
    wfpw_sim *sim = machine_new(7);
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    assert_int_equal(open_session(&(struct opening){.sim = sim, .flags = WFPW_LIVE_IPSEC}, &s, &e),
                     WFPW_E_NOTSUP);
    assert_non_null(strstr(e.text, "IPsec"));
    machine_assert_as_found(sim);
    machine_free(sim);
}

/* Windows may keep monitoring on: then it is left to who comes next, and to a reboot. */
static void test_ipsec_still_on(void **state)
{
    struct log log = {0};
    wfpw_sim *sim = machine_new(11);
    wfpw_error e;
    (void)state;
    assert_true(os_mutex_init(&log.lock));
    machine_play(sim, "still_on on");
    for (int i = 0; i < 2; i++) {
        wfpw_session *s =
            must_open(&(struct opening){.sim = sim, .flags = WFPW_LIVE_IPSEC, .log = &log});
        wfpw_close(s);
        machine_assert(sim, FOUND_COLLECT, FOUND_KEYWORDS, 1);
        assert_true(log_has(&log, "stays on"));
    }
    wfpw_session *s = must_open(&(struct opening){.sim = sim}); /* which is no concern of others */
    machine_assert(sim, 1, ALL, 1);
    wfpw_close(s);
    assert_int_equal(restore(sim, NULL, &e), WFPW_E_SYSTEM);
    assert_int_equal(e.os_code, 0x80320043);
    machine_assert(sim, FOUND_COLLECT, FOUND_KEYWORDS, 1);
    machine_play(sim, "reboot");
    machine_assert_as_found(sim);
    assert_int_equal(restore(sim, NULL, &e), 1); /* nothing is to be set any more */
    assert_int_equal(restore(sim, NULL, &e), 0);
    os_mutex_destroy(&log.lock);
    machine_free(sim);
}

/* Settings outlive a reboot, and so do leases; who held them does not. */
static void test_reboot(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s = must_open(&(struct opening){.sim = sim, .keywords = 0x03});
    wfpw_error e;
    (void)state;
    machine_play(sim, "reboot");
    assert_int_equal(restore(sim, NULL, &e) >= 0, true);
    wfpw_close(s);
    machine_assert_as_found(sim);
    machine_free(sim);
}

/* The engine's own rules, as the simulator has them. */
static void test_engine_rules(void **state)
{
    wfpw_sim *sim = machine_new(11);
    const struct wfpw_system *sys = wfpw_sim_system(sim);
    const struct system_engine *engine = sys->engine;
    FWPM_SESSION0 dynamic = {.flags = FWPM_SESSION_FLAG_DYNAMIC};
    FWP_VALUE0 one = {.type = FWP_UINT32, .uint32 = 1}, wide = {.type = FWP_UINT64};
    void *h;
    (void)state;
    assert_int_equal(engine->open(sys->ctx, &dynamic, &h), 0);
    assert_int_equal(engine->set_option(sys->ctx, h, 0, &one), FWP_E_DYNAMIC_SESSION_IN_PROGRESS);
    assert_int_equal(engine->close(sys->ctx, h), 0);
    assert_int_equal(engine->open(sys->ctx, NULL, &h), 0);
    assert_int_equal(engine->set_option(sys->ctx, h, 0, &wide), FWP_E_TYPE_MISMATCH);
    assert_int_equal(engine->set_option(sys->ctx, h, 2, &one), FWP_ERROR_INVALID_PARAMETER);
    assert_int_equal(engine->set_option(sys->ctx, h, 0, NULL), FWP_E_NULL_POINTER);
    assert_int_equal(engine->set_option(sys->ctx, h, 0, &one), 0);
    assert_int_equal(engine->close(sys->ctx, h), 0);
    machine_assert(sim, 1, FOUND_KEYWORDS, 0); /* for good */
    machine_free(sim);
}

/* ---- what stands in the way ----------------------------------------------------------------- */

/* Who may not change settings sees what is collected anyway, and is told so. */
static void test_access_denied(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s;
    wfpw_error e;
    wfpw_stats st = {.size = sizeof st};
    (void)state;
    machine_play(sim, "fail call=FwpmEngineSetOption0 code=5 times=1000000");
    assert_int_equal(open_session(&(struct opening){.sim = sim}, &s, &e), WFPW_OK);
    machine_assert_as_found(sim);
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.missing, WFPW_MISSING_SETTINGS);
    assert_int_equal(st.state, WFPW_STATE_COLLECTION_OFF);
    wfpw_close(s);
    assert_int_equal(restore(sim, NULL, &e), 0); /* no lease was left behind */
    machine_free(sim);
}

static void write_document(wfpw_sim *sim, const char *text)
{
    const struct system_store *store = wfpw_sim_system(sim)->store;
    struct store_handle h = {{0}};
    struct store_failure f;
    assert_int_equal(store->lock(sim, &h, 0, &f), WFPW_OK);
    assert_int_equal(store->write(sim, &h, text, strlen(text), &f), WFPW_OK);
    store->unlock(sim, &h);
}

/* Nothing is changed without a record of it; what is collected anyway comes. */
static void assert_goes_on_without_lease(wfpw_sim *sim, wfpw_session *s)
{
    wfpw_stats st = {.size = sizeof st};
    wfpw_batch *b = wfpw_batch_new(0, 0);
    assert_int_equal(wfpw_get_stats(s, &st), WFPW_OK);
    assert_int_equal(st.missing, WFPW_MISSING_SETTINGS | WFPW_MISSING_LEASES);
    machine_assert_as_found(sim);
    machine_play(sim, "collect on; drop; drop; collect off");
    assert_int_equal(wfpw_read(s, b, PATIENCE_MS, NULL) > 0, 1);
    wfpw_batch_free(b);
}

static void test_damaged_record(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    write_document(sim, "wfpwatch leases 1\nsetting=00000000 bef");
    s = must_open(&(struct opening){.sim = sim});
    assert_goes_on_without_lease(sim, s);
    assert_int_equal(restore(sim, NULL, &e), WFPW_E_LEASE); /* sets it aside */
    assert_non_null(strstr(e.text, "damaged"));
    assert_int_equal(e.position, 34);
    assert_non_null(strstr(wfpw_remedy(&e), "--repair"));
    wait_for(sim, 1, ALL); /* it asked again */
    wfpw_close(s);
    machine_assert_as_found(sim);
    assert_int_equal(restore(sim, NULL, &e), 0);
    wfpw_close(must_open(&(struct opening){.sim = sim}));
    machine_assert_as_found(sim);
    write_document(sim, "wfpwatch leases 3\nof a newer version");
    for (int i = 0; i < 2; i++) { /* which is not ours to set aside */
        assert_int_equal(restore(sim, NULL, &e), WFPW_E_LEASE);
        assert_non_null(strstr(e.text, "newer"));
    }
    s = must_open(&(struct opening){.sim = sim});
    assert_goes_on_without_lease(sim, s);
    wfpw_close(s);
    machine_assert_as_found(sim);
    assert_int_equal(restore(sim, NULL, &e), WFPW_E_LEASE); /* it is there still */
    machine_free(sim);
}

/* Somebody throws the record away: who lives still knows what it did. */
static void test_record_that_is_gone(void **state)
{
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s = must_open(&(struct opening){.sim = sim});
    (void)state;
    write_document(sim, "");
    wfpw_close(s);
    machine_assert_as_found(sim);
    machine_free(sim);
}

static void test_place_of_leases(void **state)
{
    char folder[200], leases[256];
    wfpw_sim *sim = machine_new(11);
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    assert_true(place_make_folder(folder, sizeof folder));
    place_of_leases(folder, leases, sizeof leases);
    s = must_open(&(struct opening){.sim = sim, .state_dir = leases});
    machine_assert(sim, 1, ALL, 0);
    assert_int_equal(restore(sim, leases, &e), 0); /* we live */
    machine_assert(sim, 1, ALL, 0);
    wfpw_close(s);
    machine_assert_as_found(sim);
    place_remove(folder, leases);
#ifndef _WIN32
    s = must_open(&(struct opening){.sim = sim, .state_dir = "here"});
    assert_goes_on_without_lease(sim, s);
    wfpw_close(s);
    machine_assert_as_found(sim);
#endif
    machine_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_and_back),
        cmocka_unit_test(test_stop_puts_back),
        cmocka_unit_test(test_stopped_session_lets_go),
        cmocka_unit_test(test_observing_touches_nothing),
        cmocka_unit_test(test_two_sessions),
        cmocka_unit_test(test_others_changes_stay),
        cmocka_unit_test(test_turned_off_meanwhile),
        cmocka_unit_test(test_place_of_the_gap),
        cmocka_unit_test(test_stays_off),
        cmocka_unit_test(test_unknown_keywords),
        cmocka_unit_test(test_codes_of_refusal),
        cmocka_unit_test(test_ipsec_on_windows_7),
        cmocka_unit_test(test_ipsec_still_on),
        cmocka_unit_test(test_reboot),
        cmocka_unit_test(test_engine_rules),
        cmocka_unit_test(test_access_denied),
        cmocka_unit_test(test_damaged_record),
        cmocka_unit_test(test_record_that_is_gone),
        cmocka_unit_test(test_place_of_leases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
