/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A live session with a guard: filters that would silence its targets are events, those that are
 * there already and those that come, whatever the template says and however small the batch is. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#define FAKE     "{5d5b5b10-21f2-4ee3-9b3d-1a2b3c4d5e6f}"
#define SENSOR   "app id = \\device\\harddiskvolume3\\program files\\agent\\sensor.exe"
#define PROVIDER "provider key=" FAKE " name=\"Microsoft Corporation\" flags=persistent\n"
/* As a tool that silences security products adds them (docs/facts.md). */
#define SILENCER(id, layer)                                                                        \
    "filter id=" #id " name=\"Custom Outbound Filter\" layer=" layer " action=block"               \
    " flags=persistent provider=" FAKE " weight=18446744073709551615 condition=\"" SENSOR "\"\n"
#define HARMLESS                                                                                   \
    "filter id=90 name=allow layer=ALE_AUTH_CONNECT_V4 action=permit condition=\"" SENSOR "\"\n"   \
    "filter id=91 layer=ALE_AUTH_CONNECT_V4 action=block condition=\"app id = \\device\\x.exe\"\n"

static wfpw_guard *guard_of(const wfpw_allocator *a, const char *target)
{
    wfpw_guard *g = NULL;
    assert_int_equal(wfpw_guard_new(a, &g), WFPW_OK);
    assert_int_equal(wfpw_guard_add(g, target, NULL), WFPW_OK);
    return g;
}

static wfpw_guard *agent_guard(void)
{
    return guard_of(NULL, "app=C:\\Program Files\\Agent\\*.exe");
}

static void open_one(struct flow *f, const struct flow_options *o)
{
    flow_open(f, o);
    wfpw_batch_free(f->b);
    f->b = wfpw_batch_new(1, 0);
    assert_non_null(f->b);
}

static void assert_alarm(struct flow *f, uint64_t id)
{
    const wfpw_event *ev = flow_next(f);
    assert_int_equal(ev->kind, WFPW_KIND_GUARD);
    assert_int_equal(ev->filter_id, id);
    assert_int_equal(ev->verdict, WFPW_VERDICT_INFO);
    assert_non_null(ev->filter);
    assert_string_equal(ev->filter->name, "Custom Outbound Filter");
    assert_int_equal(ev->filter->condition_count, 1);
    assert_non_null(ev->guarded);
    assert_string_equal(ev->guarded->text, "app=C:\\Program Files\\Agent\\*.exe");
    assert_int_equal(ev->guarded->size, sizeof *ev->guarded);
    assert_int_equal(ev->guarded->confidence, WFPW_CONFIDENCE_LIKELY);
    assert_int_equal(ev->guarded->direction, WFPW_DIRECTION_OUTBOUND);
    assert_int_equal(ev->guarded->signs,
                     WFPW_GUARD_SIGN_HIGHEST_WEIGHT | WFPW_GUARD_SIGN_NAME_OF_MICROSOFT |
                         WFPW_GUARD_SIGN_PERSISTENT | WFPW_GUARD_SIGN_ANY_VOLUME);
}

static void assert_silence(struct flow *f)
{
    assert_int_equal(flow_read(f, 50), 0);
}

/* ---- alarms --------------------------------------------------------------------------------- */

static void test_what_is_there(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g,
                                        .before = PROVIDER SILENCER(7, "ALE_AUTH_CONNECT_V4")
                                            SILENCER(8, "ALE_AUTH_CONNECT_V6") HARMLESS});
    assert_alarm(&f, 7);
    assert_alarm(&f, 8);
    flow_wait_filled(&f, 1);
    assert_silence(&f);
    wfpw_stats st = flow_stats(&f);
    assert_stats_agree(&st);
    assert_int_equal(st.delivered, 2);
    flow_close(&f);
    wfpw_guard_free(g);
}

static void test_what_comes(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g, .before = PROVIDER HARMLESS});
    flow_wait_filled(&f, 1);
    flow_play(&f, SILENCER(7, "ALE_AUTH_CONNECT_V4"));
    assert_alarm(&f, 7);
    flow_play(&f, "unfilter id=7\n");
    flow_play(&f, SILENCER(8, "ALE_AUTH_CONNECT_V6"));
    assert_alarm(&f, 8);
    assert_silence(&f);
    flow_close(&f);
    wfpw_guard_free(g);
}

#define ADDED(id, process)                                                                         \
    "audit 5447 ChangeType=%%16384 FilterId=" #id " ProcessId=" #process                           \
    " UserSid=S-1-5-21-1-2-3-1001 UserName=EXAMPLE\\mallory\n"

/* With the Security log the event says who added the filter, whichever of the two comes first; it
 * is not waited for where such records are not written. */
static void test_who_added_it(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g,
                                        .join_window_ms = 60000,
                                        .before = PROVIDER HARMLESS
                                        "auditpol other-policy-change success\n"});
    assert_int_equal(wfpw_add_audit(f.s, NULL, &f.e), WFPW_OK);
    flow_wait_filled(&f, 1);
    flow_play(&f, SILENCER(7, "ALE_AUTH_CONNECT_V4") ADDED(7, 4711));
    for (uint64_t id = 7; id <= 8; id++) {
        const wfpw_event *ev = flow_next(&f);
        assert_int_equal(ev->kind, WFPW_KIND_GUARD);
        assert_int_equal(ev->filter_id, id);
        assert_non_null(ev->guarded);
        assert_int_equal(ev->flags & WFPW_EVENT_MERGED, WFPW_EVENT_MERGED);
        assert_int_equal(ev->process_id, 4711);
        assert_string_equal(ev->user_sid, "S-1-5-21-1-2-3-1001");
        assert_string_equal(ev->user_name, "EXAMPLE\\mallory");
        assert_int_equal(ev->audit->event_id, 5447);
        if (id == 7)
            flow_play(&f, ADDED(8, 4711) SILENCER(8, "ALE_AUTH_CONNECT_V6"));
    }
    flow_close(&f);
    wfpw_guard_free(g);
}

static void test_nobody_says_who(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g,
                                        .join_window_ms = 500,
                                        .before = PROVIDER HARMLESS
                                        "auditpol other-policy-change none\n"});
    assert_int_equal(wfpw_add_audit(f.s, NULL, &f.e), WFPW_OK);
    flow_wait_filled(&f, 1);
    assert_silence(&f); /* what is audited is known by now */
    flow_play(&f, SILENCER(7, "ALE_AUTH_CONNECT_V4"));
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->kind, WFPW_KIND_GUARD);
    assert_int_equal(ev->present & WFPW_HAS_PROCESS_ID, 0);
    assert_null(ev->audit);
    flow_close(&f);
    wfpw_guard_free(g);
}

/* Each change is an event besides, in its order. */
static void test_with_changes(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){
                     .guard = g, .live_flags = WFPW_LIVE_FILTERS, .before = PROVIDER});
    flow_wait_filled(&f, 1);
    flow_play(&f, SILENCER(7, "ALE_AUTH_CONNECT_V4"));
    assert_alarm(&f, 7);
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_FILTER_ADD);
    flow_close(&f);
    wfpw_guard_free(g);
}

/* A template is for events of traffic. */
static void test_no_template_excludes_them(void **state)
{
    wfpw_guard *g = agent_guard();
    wfpw_template *t;
    struct flow f;
    (void)state;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "verdict=block", NULL), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "remote-port=443", NULL), WFPW_OK);
    open_one(&f, &(struct flow_options){.guard = g,
                                        .match = t,
                                        .before = PROVIDER SILENCER(7, "ALE_AUTH_CONNECT_V4")});
    assert_alarm(&f, 7);
    flow_close(&f);
    wfpw_template_free(t);
    wfpw_guard_free(g);
}

/* Another life of the engine: what stayed is told again. */
static void test_a_restart(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g,
                                        .before = PROVIDER SILENCER(7, "ALE_AUTH_CONNECT_V4")});
    assert_alarm(&f, 7);
    flow_wait_filled(&f, 1);
    flow_play(&f, "restart\n");
    assert_int_equal(flow_next(&f)->kind, WFPW_KIND_GAP);
    assert_alarm(&f, 8); /* it has another id now */
    flow_close(&f);
    wfpw_guard_free(g);
}

static bool has_dropped(void *ctx)
{
    return flow_stats(ctx).dropped > 0;
}

static bool is_known(void *ctx)
{
    return flow_stats(ctx).names >= 3;
}

/* A flood that fills every queue displaces no alarm. */
static void test_a_flood(void **state)
{
    wfpw_guard *g = agent_guard();
    struct flow f;
    uint64_t seen = 0;
    (void)state;
    open_one(&f, &(struct flow_options){.guard = g, .before = PROVIDER});
    flow_wait_filled(&f, 1);
    flow_play(&f, "repeat 20000 drop\n");
    assert_true(wait_until(has_dropped, &f));
    flow_play(&f, SILENCER(7, "ALE_AUTH_CONNECT_V4") SILENCER(8, "ALE_AUTH_CONNECT_V6")
                      SILENCER(9, "ALE_AUTH_RECV_ACCEPT_V4") "repeat 20000 drop\n");
    assert_true(wait_until(is_known, &f));
    while (seen < 3) {
        assert_true(flow_read(&f, 10000) > 0);
        const wfpw_event *ev = wfpw_batch_get(f.b, 0);
        if (ev->kind != WFPW_KIND_GUARD)
            continue;
        assert_int_equal(ev->filter_id, 7 + seen++);
        assert_non_null(ev->guarded);
    }
    wfpw_stats st = flow_stats(&f);
    assert_true(st.dropped > 0);
    flow_close(&f);
    wfpw_guard_free(g);
}

/* ---- refused -------------------------------------------------------------------------------- */

static void test_not_without_names(void **state)
{
    const struct flow_options o = {.flags = WFPW_OPEN_NO_NAMES};
    struct flow_options guarded = o;
    wfpw_guard *g = agent_guard();
    struct flow f;
    (void)state;
    guarded.guard = g;
    flow_open_bare(&f, &o);
    assert_int_equal(flow_add_live(&f, &guarded), WFPW_E_INVAL);
    assert_int_equal(flow_add_live(&f, &o), WFPW_OK);
    flow_close(&f);
    wfpw_guard_free(g);
}

/* A Windows that tells of no changes: then a guard would be blind. */
static void test_not_without_notices(void **state)
{
    struct flow f;
    struct flow_options o = {.before =
                                 "fail call=FwpmFilterSubscribeChanges0 code=5 times=1000000"};
    wfpw_guard *g = agent_guard();
    (void)state;
    flow_open_bare(&f, &o);
    o.guard = g;
    assert_int_equal(flow_add_live(&f, &o), WFPW_E_ACCESS);
    assert_string_equal(f.e.where, "FwpmFilterSubscribeChanges0");
    flow_close(&f);
    wfpw_guard_free(g);
}

/* Every allocation fails once: an alarm comes, or the session is not opened. */
static void test_nth_allocation_fails(void **state)
{
    bool opened = false;
    (void)state;
    for (uint64_t nth = 1; !opened; nth++) {
        struct flow f;
        struct flow_options o = {.before = PROVIDER SILENCER(7, "ALE_AUTH_CONNECT_V4")};
        wfpw_guard *g = agent_guard();
        flow_open_bare(&f, &o);
        wfpw_batch_free(f.b);
        f.b = wfpw_batch_new(1, 0);
        f.heap.fail_at = os_u64_load(&f.heap.calls) + nth;
        o.guard = g;
        int status = flow_add_live(&f, &o);
        opened = status == WFPW_OK;
        if (opened)
            assert_int_equal(flow_next(&f)->kind, WFPW_KIND_GUARD);
        else
            assert_int_equal(status, WFPW_E_NOMEM);
        flow_close(&f);
        wfpw_guard_free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there),
        cmocka_unit_test(test_what_comes),
        cmocka_unit_test(test_who_added_it),
        cmocka_unit_test(test_nobody_says_who),
        cmocka_unit_test(test_with_changes),
        cmocka_unit_test(test_no_template_excludes_them),
        cmocka_unit_test(test_a_restart),
        cmocka_unit_test(test_a_flood),
        cmocka_unit_test(test_not_without_names),
        cmocka_unit_test(test_not_without_notices),
        cmocka_unit_test(test_nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
