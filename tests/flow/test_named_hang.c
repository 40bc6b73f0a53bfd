/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names that do not come in time: an event waits for its filter's name for a moment, in its order,
 * and goes on without it; one that comes and goes meanwhile is never named wrongly. Calls hang
 * until the event was read, so that no clock decides. */
#include "flow.h"

#include <string.h>

#include "named.h"

enum { SHORT_MS = 10 };

/* A session whose lists have been read, with a filter 4. */
static void open_filled(struct flow *f, uint32_t join_ms)
{
    flow_open(f, &(struct flow_options){.before = "filter id=4 name=four", .join_ms = join_ms});
    flow_wait_filled(f, 1);
}

/* ---- held, and let go ----------------------------------------------------------------------- */

/* A notice's fetch hangs: its event has the key that the notice told. */
static void test_get_hangs_for_a_notice(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, SHORT_MS);
    flow_play(&f, "hang call=FwpmFilterGetById0;"
                  "filter id=5 name=five key={55555555-0000-0000-0000-000000000005}");
    const wfpw_filter *it = named_next(&f, "drop filter=5");
    assert_int_equal(it->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(it->key, "{55555555-0000-0000-0000-000000000005}");
    assert_null(it->name);
    assert_named(&f, "drop filter=4", "four", WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(flow_stats(&f).unnamed, 1);
    flow_play(&f, "release");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(wfpw_batch_get(f.b, 0)->filter->name, "five");
    flow_close(&f);
}

/* An event's own fetch hangs, and a list's: the session was opened all the same. */
static void test_get_hangs_for_an_event(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "filter id=5 name=five; "
                                                   "hang call=FwpmFilterGetById0;"
                                                   "fail call=FwpmFilterEnum0 code=5 times=1000",
                                         .join_ms = SHORT_MS});
    const wfpw_filter *it = named_next(&f, "drop filter=5");
    assert_int_equal(it->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_null(it->key);
    flow_play(&f, "release");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(wfpw_batch_get(f.b, 0)->filter->name, "five");
    flow_close(&f);
}

static void test_other_calls_hang(void **state)
{
    static const char *const calls[] = {
        "FwpmFilterEnum0", "FwpmFilterCreateEnumHandle0", "FwpmFilterDestroyEnumHandle0",
        "FwpmLayerEnum0",  "FwpmProviderContextEnum0",    "FwpmFilterSubscribeChanges0"};
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct flow f;
        char script[120] = "filter id=5 name=five; hang call=";
        strcat(script, calls[i]);
        flow_open(&f, &(struct flow_options){.before = script, .join_ms = SHORT_MS});
        for (int n = 0; n < 3; n++)
            (void)named_next(&f, "drop filter=6"); /* named or not: it came */
        flow_play(&f, "release");
        flow_wait_filled(&f, 1);
        assert_named(&f, "drop filter=5", "five", WFPW_FILTER_STATE_CURRENT);
        flow_close(&f);
    }
}

/* Who is held holds what comes after it. */
static void test_order(void **state)
{
    static const uint64_t ids[] = {4, 5, 4, 4};
    struct flow f;
    uint32_t seen = 0;
    (void)state;
    open_filled(&f, SHORT_MS);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five;"
                  "drop filter=4; drop filter=5; drop filter=4; drop filter=4");
    while (seen < 4) {
        int n = flow_read(&f, PATIENCE_MS);
        assert_true(n > 0);
        for (int i = 0; i < n; i++)
            assert_int_equal(wfpw_batch_get(f.b, (uint32_t)i)->filter_id, ids[seen++]);
    }
    flow_play(&f, "release");
    flow_close(&f);
}

/* What was moved by a read and did not fit its batch is signalled, though nobody else comes. */
static void test_handle_of_what_was_held(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, SHORT_MS);
    wfpw_batch_free(f.b);
    f.b = wfpw_batch_new(1, 0);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five;"
                  "drop filter=5; drop filter=4; drop filter=4");
    for (uint64_t left = 3; left > 0; left--) {
        assert_int_equal(flow_next(&f)->filter_id, left == 3 ? 5 : 4);
        assert_int_equal(is_signalled(wfpw_wait_handle(f.s)), left > 1);
    }
    flow_play(&f, "release");
    flow_close(&f);
}

/* ---- long enough ---------------------------------------------------------------------------- */

static void release(void *ctx)
{
    os_sleep_ms(30);
    flow_play(ctx, "release");
}

/* A fetch that comes in time, however slow: the event has waited for it. */
static void test_held_until_the_name_comes(void **state)
{
    struct flow f;
    os_thread helper;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five; drop filter=5");
    assert_int_equal(flow_read(&f, 0), 0);
    assert_int_equal(flow_read(&f, 20), 0);
    assert_int_equal(flow_stats(&f).waiting, 1);
    assert_true(os_thread_start(&helper, release, &f));
    const wfpw_filter *it = named_take(&f);
    assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(it->name, "five");
    os_thread_join(&helper);
    flow_close(&f);
}

/* Stopping and closing do not wait for the name. */
static void test_stop_while_held(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five; drop filter=5");
    assert_int_equal(flow_read(&f, 0), 0);
    wfpw_stop(f.s);
    flow_play(&f, "release");
    flow_read_events(&f, 1); /* what came before is read all the same */
    assert_int_equal(flow_read(&f, PATIENCE_MS), WFPW_E_STOPPED);
    flow_close(&f);
    open_filled(&f, 60000);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five; drop filter=5");
    os_thread helper;
    assert_true(os_thread_start(&helper, release, &f));
    wfpw_close(f.s);
    f.s = NULL;
    os_thread_join(&helper);
    flow_close(&f);
}

/* The engine goes away while events wait: they go on. */
static void test_restart_while_held(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "hang call=FwpmFilterGetById0; filter id=5 name=five; drop filter=5; restart;"
                  "release");
    flow_read_events(&f, 1);
    flow_read_gaps(&f, 1);
    flow_close(&f);
}

/* ---- come and gone -------------------------------------------------------------------------- */

/* Added, used and deleted within the time of a fetch. */
static void test_gone_before_it_was_asked_for(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "hang call=FwpmFilterGetById0;"
                  "filter id=5 name=five key={55555555-0000-0000-0000-000000000005};"
                  "drop filter=5; unfilter id=5; release");
    const wfpw_filter *it = named_take(&f);
    assert_int_equal(it->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_null(it->name);
    assert_string_equal(it->key, "{55555555-0000-0000-0000-000000000005}");
    it = named_next(&f, "wait 1; drop filter=5"); /* and so it stays */
    assert_int_equal(it->state, WFPW_FILTER_STATE_UNKNOWN);
    assert_string_equal(it->key, "{55555555-0000-0000-0000-000000000005}");
    flow_close(&f);
}

/* The fetch came in time: named, though the filter is gone when the event is read. */
static void test_gone_after_it_was_asked_for(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "filter id=5 name=five");
    named_wait(&f, 2);
    flow_play(&f, "drop filter=5; wait 1000; unfilter id=5");
    const wfpw_filter *it = named_take(&f);
    assert_int_equal(it->state, WFPW_FILTER_STATE_CURRENT);
    assert_string_equal(it->name, "five");
    flow_close(&f);
}

/* An id and a key that come and go many times, as no engine does: each event has the name of its
 * time, or none. */
static void test_id_that_is_used_again(void **state)
{
    struct flow f;
    (void)state;
    open_filled(&f, 60000);
    flow_play(&f, "filter id=5 name=one key={55555555-0000-0000-0000-000000000001}");
    named_wait(&f, 2);
    assert_named(&f, "drop filter=5", "one", WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, "wait 1000; unfilter id=5");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_DELETED);
    flow_play(&f, "wait 1000; filter id=5 name=two key={55555555-0000-0000-0000-000000000002}");
    named_wait_state(&f, 5, WFPW_FILTER_STATE_CURRENT);
    assert_named(&f, "drop filter=5", "two", WFPW_FILTER_STATE_CURRENT);
    assert_named(&f, "drop filter=5 time=134116992000000000", "one", WFPW_FILTER_STATE_CURRENT);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_hangs_for_a_notice),
        cmocka_unit_test(test_get_hangs_for_an_event),
        cmocka_unit_test(test_other_calls_hang),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_handle_of_what_was_held),
        cmocka_unit_test(test_held_until_the_name_comes),
        cmocka_unit_test(test_stop_while_held),
        cmocka_unit_test(test_restart_while_held),
        cmocka_unit_test(test_gone_before_it_was_asked_for),
        cmocka_unit_test(test_gone_after_it_was_asked_for),
        cmocka_unit_test(test_id_that_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
