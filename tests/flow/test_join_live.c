/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Net events and the Security log, both live: what both tell of comes as one event, and what has no
 * other half comes all the same, in time. */
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "codes/subcategory.h"
#include "session/session_internal.h"

enum { SHORT_MS = 200, LONG_MS = 60000 };

#define DROP                                                                                       \
    "drop app=\"\\Device\\HarddiskVolume3\\tools\\nc.exe\" protocol=tcp local=192.0.2.10:%d "      \
    "remote=203.0.113.7:4444 filter=70210 layer=48 direction=out\n"
#define RECORD                                                                                     \
    "audit 5157 version=3 ProcessID=1204 Application=\\device\\harddiskvolume3\\tools\\nc.exe "    \
    "Direction=%%%%14593 SourceAddress=192.0.2.10 SourcePort=%d DestAddress=203.0.113.7 "          \
    "DestPort=4444 Protocol=6 FilterOrigin=Stealth FilterRTID=70210 LayerName=%%%%14611 "          \
    "LayerRTID=48\n"

static void play_drop(struct flow *f, int port)
{
    char script[300];
    (void)snprintf(script, sizeof script, DROP, port);
    flow_play(f, script);
}

static void play_record(struct flow *f, int port)
{
    char script[600];
    (void)snprintf(script, sizeof script, RECORD, port);
    flow_play(f, script);
}

static void open_both(struct flow *f, uint32_t mode, uint32_t window_ms, uint32_t flags)
{
    const struct flow_options o = {.watch_ms = 1000,
                                   .join = mode,
                                   .join_window_ms = window_ms,
                                   .join_ms = 1,
                                   .flags = flags | WFPW_OPEN_NO_NAMES,
                                   .before = "auditpol connection both\n"
                                             "auditpol packet-drop both\n",
                                   .collect = true};
    audited_open(f, &o, NULL);
    assert_int_equal(flow_add_live(f, &o), WFPW_OK);
}

static void check_merged(const wfpw_event *ev, int port)
{
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->source, WFPW_SOURCE_SIM);
    assert_true((ev->flags & WFPW_EVENT_MERGED) != 0);
    assert_int_equal(ev->local.port, port);
    assert_int_equal(ev->process_id, 1204);
    assert_int_equal(ev->pid_from, WFPW_PID_FROM_AUDIT);
    assert_int_equal(ev->confidence, WFPW_CONFIDENCE_CERTAIN);
    assert_int_equal(ev->reason, WFPW_REASON_STEALTH);
    assert_int_equal(ev->audit->event_id, 5157);
    assert_string_equal(ev->device_path, "\\Device\\HarddiskVolume3\\tools\\nc.exe");
}

static void close_both(struct flow *f, uint64_t merged)
{
    wfpw_stats st = flow_stats(f);
    assert_int_equal(st.merged, merged);
    assert_int_equal(st.waiting, 0);
    assert_int_equal(st.received, st.delivered + st.merged + st.filtered);
    audited_close(f);
}

/* Whichever comes first; the other one never comes by itself. */
static void test_either_first(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, LONG_MS, 0);
    play_drop(&f, 50001);
    assert_int_equal(flow_read(&f, 50), 0); /* it waits */
    play_record(&f, 50001);
    check_merged(flow_next(&f), 50001);
    play_record(&f, 50002);
    assert_int_equal(flow_read(&f, 50), 0);
    play_drop(&f, 50002);
    check_merged(flow_next(&f), 50002);
    close_both(&f, 2);
}

static void test_alone(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, SHORT_MS, 0);
    play_drop(&f, 50001);
    uint64_t start = os_ticks_ms();
    const wfpw_event *ev = flow_next(&f);
    assert_true(os_ticks_ms() - start >= SHORT_MS / 2);
    assert_int_equal(ev->kind, WFPW_KIND_CLASSIFY_DROP);
    assert_int_equal(ev->flags & WFPW_EVENT_MERGED, 0);
    play_record(&f, 50002);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_AUDIT);
    close_both(&f, 0);
}

/* The filter of a record that no net event has is one of the engine now, if the record is not from
 * before the connection to it. */
static void test_record_is_named(void **state)
{
    struct flow f;
    const wfpw_event *ev;
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    const struct flow_options o = {.watch_ms = 1000,
                                   .join_window_ms = SHORT_MS,
                                   .join_ms = 1,
                                   .before = "filter id=70210 layer=48 name=\"No mail\"\n",
                                   .collect = true};
    (void)state;
    audited_open(&f, &o, NULL);
    play_record(&f, 50001);
    ev = flow_next(&f);
    assert_true(ev->filter == NULL || ev->filter->name == NULL);
    assert_int_equal(flow_add_live(&f, &o), WFPW_OK);
    do {
        play_record(&f, 50002);
        ev = flow_next(&f);
    } while ((ev->filter == NULL || ev->filter->name == NULL) && os_ticks_ms() < end);
    assert_int_equal(ev->kind, WFPW_KIND_AUDIT);
    assert_string_equal(ev->filter->name, "No mail");
    assert_int_equal(ev->filter->state, WFPW_FILTER_STATE_CURRENT);
    audited_close(&f);
}

/* What is certain, and what is no half, goes on at once, though the window is long. */
static void test_nothing_else_waits(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, LONG_MS, 0);
    play_drop(&f, 50001); /* waits */
    flow_play(&f,
              "drop protocol=tcp local=192.0.2.10:445 remote=203.0.113.7:5000 filter=7 layer=40\n");
    assert_int_equal(flow_next(&f)->layer_id, 40); /* a listen that is refused: certain */
    flow_play(&f, "audit 5447 ProcessId=4\n");
    assert_int_equal(flow_next(&f)->audit->event_id, 5447);
    flow_play(&f, "ike_mm_failure error=13801 point=1\n");
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_IKE_MM_FAILURE);
    play_record(&f, 50001);
    check_merged(flow_next(&f), 50001);
    close_both(&f, 1);
}

static void test_process_is_wanted(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, SHORT_MS, WFPW_OPEN_PID);
    flow_play(&f,
              "drop protocol=tcp local=192.0.2.10:445 remote=203.0.113.7:5000 filter=7 layer=40\n");
    uint64_t start = os_ticks_ms();
    assert_int_equal(flow_next(&f)->layer_id, 40);
    assert_true(os_ticks_ms() - start >= SHORT_MS / 2);
    close_both(&f, 0);
}

static void test_never(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEVER, LONG_MS, 0);
    play_drop(&f, 50001);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_CLASSIFY_DROP);
    play_record(&f, 50001);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_AUDIT);
    close_both(&f, 0);
}

/* With `ordered`, what came later waits for what came before. */
static void test_ordered(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_ALWAYS, LONG_MS, WFPW_OPEN_ORDERED);
    play_drop(&f, 50001);
    assert_int_equal(flow_read(&f, 50), 0);
    flow_play(&f, "ike_mm_failure error=13801 point=1\n");
    assert_int_equal(flow_read(&f, 50), 0);
    play_record(&f, 50001);
    check_merged(flow_next(&f), 50001);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_IKE_MM_FAILURE);
    close_both(&f, 1);
}

/* A loop of the caller's own: the handle says when a half has waited long enough. */
static void test_wait_handle(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, SHORT_MS, 0);
    intptr_t handle = wfpw_wait_handle(f.s);
    play_drop(&f, 50001);
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    int reads = 0;
    while (f.events == 0 && os_ticks_ms() < end) {
        if (is_signalled(handle)) {
            (void)flow_read(&f, 0);
            reads++;
        }
        os_sleep_ms(1);
    }
    assert_int_equal(f.events, 1);
    assert_true(reads < 10);
    close_both(&f, 0);
}

/* Taken when there was one source only, it says so as well: hosts keep it. */
static void test_wait_handle_of_the_first(void **state)
{
    struct flow f;
    wfpw_audit_log a = {.size = sizeof a, .watch_ms = 500};
    const struct flow_options o = {.watch_ms = 1000,
                                   .join_window_ms = SHORT_MS,
                                   .join_ms = 1,
                                   .flags = WFPW_OPEN_NO_NAMES,
                                   .before = "auditpol connection both\n",
                                   .collect = true};
    (void)state;
    flow_open(&f, &o);
    intptr_t handle = wfpw_wait_handle(f.s);
    assert_int_equal(wfpw_add_audit(f.s, &a, &f.e), WFPW_OK);
    play_drop(&f, 50001);
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (f.events == 0 && os_ticks_ms() < end) {
        if (is_signalled(handle))
            (void)flow_read(&f, 0);
        os_sleep_ms(1);
    }
    assert_int_equal(f.events, 1);
    flow_close(&f);
}

/* The past of the log ends, and then no net event waits for it. */
static void test_the_past_has_ended(void **state)
{
    struct flow f;
    wfpw_audit_log a = {.size = sizeof a, .flags = WFPW_AUDIT_PAST};
    const struct flow_options o = {.watch_ms = 1000,
                                   .join_window_ms = LONG_MS,
                                   .join_ms = 1,
                                   .flags = WFPW_OPEN_NO_NAMES,
                                   .before = "auditpol connection both\naudit 5447 ProcessId=4\n",
                                   .collect = true};
    (void)state;
    flow_open(&f, &o);
    assert_int_equal(wfpw_add_audit(f.s, &a, &f.e), WFPW_OK);
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (flow_stats(&f).log_state != WFPW_STATE_STOPPED && os_ticks_ms() < end)
        assert_true(flow_read(&f, 10) >= 0);
    flow_read_events(&f, 2 - f.events); /* of the log: 4719 and 5447 */
    play_drop(&f, 50001);
    flow_read_events(&f, 1);
    flow_close(&f);
}

/* What waits is given when the session is stopped, and a bookmark does not pass it by. */
static void test_stop_and_bookmark(void **state)
{
    struct flow f;
    char before[512], after[512];
    (void)state;
    open_both(&f, WFPW_JOIN_NEEDED, LONG_MS, 0);
    flow_play(&f, "audit 5447 ProcessId=4\n");
    uint64_t first = flow_next(&f)->audit->record_id;
    assert_true(wfpw_get_bookmark(f.s, before, sizeof before, NULL) > 0);
    play_record(&f, 50001);
    assert_int_equal(flow_read(&f, 100), 0);
    assert_int_equal(flow_stats(&f).waiting, 1);
    assert_true(wfpw_get_bookmark(f.s, after, sizeof after, NULL) > 0);
    assert_string_equal(before, after);
    wfpw_stop(f.s);
    assert_int_equal(flow_next(&f)->audit->record_id, first + 1);
    assert_true(wfpw_get_bookmark(f.s, after, sizeof after, NULL) > 0);
    assert_true(strcmp(before, after) != 0);
    close_both(&f, 0);
}

static void wait_audited(const struct flow *f, uint32_t audited)
{
    uint64_t end = os_ticks_ms() + PATIENCE_MS;
    while (audit_log_audited(f->s->audit) != audited && os_ticks_ms() < end)
        os_sleep_ms(1);
    assert_int_equal(audit_log_audited(f->s->audit), audited);
}

/* What Windows does not audit is not waited for, from when on it does not. */
static void test_not_audited(void **state)
{
    const struct flow_options o = {.watch_ms = 1000,
                                   .join_window_ms = LONG_MS,
                                   .join_ms = 1,
                                   .flags = WFPW_OPEN_NO_NAMES,
                                   .collect = true};
    struct flow f;
    (void)state;
    audited_open(&f, &o, NULL);
    assert_int_equal(flow_add_live(&f, &o), WFPW_OK);
    wait_audited(&f, 0);
    play_drop(&f, 50001);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_CLASSIFY_DROP);
    flow_play(&f, "auditpol connection failure\n");
    assert_int_equal(flow_next(&f)->audit->event_id, 4719);
    wait_audited(&f, AUDIT_FAILURE);
    play_drop(&f, 50002);
    assert_int_equal(flow_read(&f, 50), 0); /* it waits */
    play_record(&f, 50002);
    check_merged(flow_next(&f), 50002);
    close_both(&f, 1);
}

/* What a session lends itself counts, too. */
static void test_lent(void **state)
{
    const wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_AUDIT_POLICY, .watch_ms = 1000};
    const struct flow_options o = {.join_window_ms = LONG_MS, .flags = WFPW_OPEN_NO_NAMES};
    const wfpw_event *ev;
    struct flow f;
    (void)state;
    audited_open(&f, &o, NULL);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_OK);
    assert_int_equal(flow_stats(&f).audit_policy, WFPW_AUDIT_POLICY_HELD);
    for (int i = 0; i < 2; i++) {
        ev = flow_next(&f);
        assert_int_equal(ev->audit->event_id, 4719);
        assert_true((ev->flags & WFPW_EVENT_OWN_PROCESS) != 0); /* our own doing */
    }
    wait_audited(&f, AUDIT_BOTH | AUDIT_FAILURE << AUDIT_LOG_PACKET_DROP);
    flow_play(&f, "auditpol connection none\n"); /* somebody else's */
    ev = flow_next(&f);
    assert_int_equal(ev->audit->event_id, 4719);
    assert_int_equal(ev->flags & WFPW_EVENT_OWN_PROCESS, 0);
    while (flow_stats(&f).gaps < 1)
        assert_true(flow_read(&f, PATIENCE_MS) > 0); /* which is told, as it was undone */
    wait_audited(&f, AUDIT_BOTH | AUDIT_FAILURE << AUDIT_LOG_PACKET_DROP);
    audited_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_first),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_record_is_named),
        cmocka_unit_test(test_nothing_else_waits),
        cmocka_unit_test(test_process_is_wanted),
        cmocka_unit_test(test_never),
        cmocka_unit_test(test_ordered),
        cmocka_unit_test(test_wait_handle),
        cmocka_unit_test(test_wait_handle_of_the_first),
        cmocka_unit_test(test_the_past_has_ended),
        cmocka_unit_test(test_stop_and_bookmark),
        cmocka_unit_test(test_not_audited),
        cmocka_unit_test(test_lent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
