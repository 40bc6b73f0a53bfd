/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The rules of the host whose events a session reads: known without being asked for, kept up to
 * date by the registry's notices and by records of the Security log, and never said to be certain
 * when they may be otherwise. */
#include "flow.h"

#include <stdio.h>
#include <string.h>

#include "audited.h"

#define FILTER                                                                                     \
    "context key={44444444-0000-0000-0000-000000000001} provider=MPSSVC_WF data=\"{A}\";"          \
    "filter id=5 name=five context={44444444-0000-0000-0000-000000000001};"
#define RULE(name) "rule local \"{A}\" \"v2.33|Action=Block|Active=TRUE|Dir=Out|Name=" name "|\";"
#define POLICY                                                                                     \
    "rule group_policy \"{B}\" \"v2.33|Action=Block|Active=TRUE|Dir=Out|Name=Of policy|\";"
#define DROP "wait 50; drop filter=5"
#define CHANGED(id, rule)                                                                          \
    "wait 50; audit " id " version=0 ProfileChanged=All RuleId=" rule " RuleName=Recorded;"

/* ---- waiting -------------------------------------------------------------------------------- */

struct wanted {
    struct flow *f;
    const char *script, *name;
    uint32_t state;
    uint64_t n;
};

static bool were_read(void *ctx)
{
    const struct wanted *w = ctx;
    return flow_stats(w->f).rules_filled >= w->n;
}

static void wait_read(struct flow *f, uint64_t n)
{
    struct wanted w = {.f = f, .n = n};
    assert_true(wait_until(were_read, &w));
}

static const wfpw_rule *next_rule(struct flow *f, const char *script)
{
    flow_play(f, script);
    return flow_next(f)->rule;
}

static bool is_so(void *ctx)
{
    const struct wanted *w = ctx;
    const wfpw_rule *r = next_rule(w->f, w->script);
    return r != NULL && r->state == w->state && strcmp(r->name, w->name) == 0;
}

/* Plays events until one has this rule in this state. */
static void wait_rule(struct flow *f, const char *script, const char *name, uint32_t state)
{
    struct wanted w = {.f = f, .script = script, .name = name, .state = state};
    assert_true(wait_until(is_so, &w));
}

static void open_with(struct flow *f, const char *before)
{
    flow_open(f, &(struct flow_options){.before = before, .watch_ms = 1000});
    flow_wait_filled(f, 1);
    wait_read(f, 1);
}

static void close_watched(struct flow *f)
{
    wfpw_stop(f->s);
    wfpw_close(f->s);
    f->s = NULL;
    assert_int_equal(wfpw_sim_count(f->sim, WFPW_SIM_RULE_WATCHES), 0);
    flow_close(f);
}

/* ---- the registry --------------------------------------------------------------------------- */

static void test_named_at_once(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = FILTER RULE("One") POLICY, .watch_ms = 1000});
    assert_int_equal(flow_stats(&f).rules_filled, 1); /* who opens it waits for them */
    assert_int_equal(flow_stats(&f).rules, 2);
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_RULE_WATCHES), 2);
    const wfpw_rule *r = next_rule(&f, DROP);
    assert_non_null(r);
    assert_string_equal(r->id, "{A}");
    assert_string_equal(r->name, "One");
    assert_string_equal(r->from, "live");
    assert_int_equal(r->state, WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(r->origin, WFPW_RULE_ORIGIN_LOCAL);
    assert_int_equal(r->action, WFPW_RULE_ACTION_BLOCK);
    close_watched(&f);
}

/* The old rule is still what it was for an event of before, which may be given later. */
static void test_changed(void **state)
{
    struct flow f;
    char script[200];
    (void)state;
    open_with(&f, FILTER RULE("One"));
    uint64_t before = next_rule(&f, DROP) != NULL ? wfpw_batch_get(f.b, 0)->time : 0;
    flow_play(&f, "wait 50;" RULE("Two"));
    wait_rule(&f, DROP, "Two", WFPW_FILTER_STATE_CURRENT);
    (void)snprintf(script, sizeof script, "drop filter=5 time=%llu", (unsigned long long)before);
    const wfpw_rule *r = next_rule(&f, script);
    assert_string_equal(r->name, "One");
    assert_int_equal(r->state, WFPW_FILTER_STATE_CURRENT);
    close_watched(&f);
}

static void test_deleted(void **state)
{
    struct flow f;
    (void)state;
    open_with(&f, FILTER RULE("One"));
    flow_play(&f, "wait 50; rule local \"{A}\" off");
    wait_rule(&f, DROP, "One", WFPW_FILTER_STATE_DELETED);
    flow_play(&f, "wait 50;" RULE("Again"));
    wait_rule(&f, DROP, "Again", WFPW_FILTER_STATE_CURRENT);
    close_watched(&f);
}

/* While it is not known what changed, nothing is certain. */
static void test_uncertain(void **state)
{
    struct flow f;
    (void)state;
    open_with(&f, FILTER RULE("One"));
    flow_play(&f, "hang call=RegEnumValueW; wait 1;" RULE("Two"));
    wait_rule(&f, DROP, "One", WFPW_FILTER_STATE_UNCERTAIN);
    flow_play(&f, "release");
    wait_rule(&f, DROP, "Two", WFPW_FILTER_STATE_CURRENT);
    close_watched(&f);
}

/* Group Policy's rules lie below another key. */
static void test_group_policy(void **state)
{
    struct flow f;
    (void)state;
    open_with(&f, FILTER);
    assert_null(next_rule(&f, DROP));
    flow_play(&f, "wait 50; rule group_policy \"{a}\" \"v2.33|Action=Block|Dir=Out|Name=GP|\"");
    wait_rule(&f, DROP, "GP", WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(wfpw_batch_get(f.b, 0)->rule->origin, WFPW_RULE_ORIGIN_GROUP_POLICY);
    close_watched(&f);
}

/* However many come, they are read a few times. */
static void test_coalesced(void **state)
{
    enum { CHANGES = 300 };
    struct flow f;
    char script[200];
    (void)state;
    open_with(&f, FILTER RULE("One"));
    for (int i = 0; i < CHANGES; i++) {
        (void)snprintf(script, sizeof script,
                       "rule local {%d} \"v2.33|Action=Block|Dir=Out|Name=n|\"", i);
        flow_play(&f, script);
    }
    flow_play(&f, "wait 50;" RULE("Last"));
    wait_rule(&f, DROP, "Last", WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(flow_stats(&f).rules, CHANGES + 2);
    assert_true(flow_stats(&f).rules_filled < CHANGES / 4);
    close_watched(&f);
}

/* ---- records of the Security log ------------------------------------------------------------ */

static bool is_change_known(void *ctx)
{
    const struct wanted *w = ctx;
    const wfpw_rule *r = next_rule(w->f, DROP);
    return r != NULL && r->change == w->n && (w->state == 0 || r->state == w->state);
}

static void wait_change(struct flow *f, uint32_t change, uint32_t state)
{
    struct wanted w = {.f = f, .n = change, .state = state};
    assert_true(wait_until(is_change_known, &w));
}

static void open_both(struct flow *f, const char *before)
{
    const struct flow_options o = {.before = before, .watch_ms = 1000, .collect = true};
    const wfpw_audit_log a = {.size = sizeof a, .watch_ms = 500};
    audited_open(f, &o, &a);
    assert_int_equal(flow_add_live(f, &o), WFPW_OK);
    flow_wait_filled(f, 1);
}

/* Who changed it is known from the record, what it says from the registry; a record whose change
 * the registry never told makes it be read. */
static void test_recorded(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, FILTER RULE("One"));
    wait_read(&f, 1);
    flow_play(&f, CHANGED("4947", "{A}"));
    const wfpw_event *ev = flow_next(&f);
    assert_int_equal(ev->kind, WFPW_KIND_AUDIT);
    assert_int_equal(ev->reason, WFPW_REASON_RULE_CHANGED);
    uint64_t time = ev->time;
    wait_change(&f, WFPW_RULE_CHANGE_CHANGED, 0);
    const wfpw_rule *r = wfpw_batch_get(f.b, 0)->rule;
    assert_string_equal(r->name, "One");
    assert_int_equal(r->change_time, time);
    wait_read(&f, 2);
    wait_change(&f, WFPW_RULE_CHANGE_CHANGED, WFPW_FILTER_STATE_CURRENT);
    flow_play(&f, CHANGED("4948", "{A}"));
    assert_int_equal(flow_next(&f)->reason, WFPW_REASON_RULE_DELETED);
    r = next_rule(&f, "drop filter=5");
    assert_int_equal(r->state, WFPW_FILTER_STATE_DELETED);
    assert_int_equal(r->change, WFPW_RULE_CHANGE_DELETED);
    close_watched(&f);
}

/* One that only a record tells of has its name. */
static void test_added_by_record(void **state)
{
    struct flow f;
    (void)state;
    open_both(&f, FILTER);
    flow_play(&f, CHANGED("4946", "{A}"));
    assert_int_equal(flow_next(&f)->reason, WFPW_REASON_RULE_ADDED);
    const wfpw_rule *r = next_rule(&f, "drop filter=5");
    assert_non_null(r);
    assert_string_equal(r->name, "Recorded");
    close_watched(&f);
}

/* ---- failures ------------------------------------------------------------------------------- */

struct reported {
    os_u32 watch, list;
};

static void WFPW_CALL tell(void *ctx, int level, const char *text)
{
    struct reported *t = ctx;
    (void)level;
    if (strstr(text, "RegNotifyChangeKeyValue") != NULL)
        (void)os_u32_add(&t->watch, 1);
    if (strstr(text, "RegEnumValueW") != NULL)
        (void)os_u32_add(&t->list, 1);
}

/* Rules that nobody watches are read again after a while, and are certain for no event. */
static void test_unwatched(void **state)
{
    struct flow f;
    struct reported reported = {0};
    (void)state;
    flow_open(&f, &(struct flow_options){
                      .before = FILTER RULE("One") "fail call=RegNotifyChangeKeyValue code=5 "
                                                   "times=2",
                      .watch_ms = 1000,
                      .log = tell,
                      .log_ctx = &reported});
    wait_rule(&f, DROP, "One", WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(flow_stats(&f).missing, WFPW_MISSING_NAMES);
    assert_int_equal(os_u32_load(&reported.watch), 1);
    wait_rule(&f, DROP, "One", WFPW_FILTER_STATE_CURRENT);
    assert_int_equal(flow_stats(&f).missing, 0);
    close_watched(&f);
}

/* What may not be read says nothing of the rules that it had. */
static void test_unreadable(void **state)
{
    struct flow f;
    struct reported reported = {0};
    (void)state;
    flow_open(
        &f, &(struct flow_options){
                .before = FILTER RULE("One"), .watch_ms = 1000, .log = tell, .log_ctx = &reported});
    flow_play(&f, "fail call=RegEnumValueW code=5 times=6; wait 1;" RULE("Two"));
    wait_read(&f, 2);
    const wfpw_rule *r = next_rule(&f, DROP);
    assert_string_equal(r->name, "One");
    assert_int_equal(r->state, WFPW_FILTER_STATE_UNCERTAIN);
    assert_int_equal(os_u32_load(&reported.list), 6); /* each place once */
    wait_rule(&f, DROP, "Two", WFPW_FILTER_STATE_CURRENT);
    close_watched(&f);
}

/* A registry that hangs keeps nobody from events, and from ending only until it answers. */
static void test_hangs(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = "hang call=RegEnumValueW;" FILTER RULE("One"),
                                         .watch_ms = 1000});
    for (int i = 0; i < 50; i++)
        assert_null(next_rule(&f, DROP));
    flow_play(&f, "release");
    wait_rule(&f, DROP, "One", WFPW_FILTER_STATE_CURRENT);
    close_watched(&f);
}

static void test_nth_call_fails(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        struct flow f;
        flow_open(&f, &(struct flow_options){.before = FILTER RULE("One"), .join_ms = 20});
        flow_play(&f, RULE("Two"));
        wfpw_sim_fail_nth(f.sim, nth, nth % 2 == 0 ? 5 : 1722);
        flow_play(&f, "rule local \"{A}\" off;" DROP);
        flow_read_events(&f, 1);
        const wfpw_rule *r = wfpw_batch_get(f.b, 0)->rule;
        assert_true(r == NULL || strcmp(r->name, "One") == 0 || strcmp(r->name, "Two") == 0);
        flow_close(&f);
    }
}

static void test_nth_allocation_fails(void **state)
{
    int opened = 0;
    (void)state;
    for (uint64_t nth = 1; nth < 80; nth += 1 + nth % 2) {
        struct flow f = {0};
        wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
        heap_init(&f.heap);
        assert_int_equal(wfpw_sim_new(11, &f.sim), WFPW_OK);
        flow_play(&f, FILTER RULE("One") POLICY);
        f.heap.fail_at = nth;
        wfpw_options o = {
            .size = sizeof o, .system = wfpw_sim_system(f.sim), .allocator = &f.heap.allocator};
        f.b = wfpw_batch_new(1, 0);
        int status = wfpw_open(&o, &f.s, &f.e);
        if (status == WFPW_OK)
            status = wfpw_add_live(f.s, &live, &f.e);
        assert_true(status == WFPW_OK || status == WFPW_E_NOMEM);
        if (status == WFPW_OK) {
            opened++;
            const wfpw_rule *r = next_rule(&f, DROP);
            assert_true(r == NULL || strcmp(r->name, "One") == 0);
        }
        flow_close(&f);
    }
    assert_true(opened > 20);
}

/* ---- memory --------------------------------------------------------------------------------- */

/* More rules than there is room for: they stay within it. */
static void test_budget(void **state)
{
    enum { BUDGET = 4 * 1024 * 1024, RULES = 900, TEXT = 1400 };
    struct flow f;
    char script[TEXT + 200], text[TEXT + 1] = "";
    (void)state;
    memset(text, 'n', TEXT);
    flow_open_bare(&f, &(struct flow_options){.names_bytes = BUDGET});
    flow_play(&f, FILTER);
    for (int i = 0; i < RULES; i++) {
        (void)snprintf(script, sizeof script,
                       "rule local {%d} \"v2.33|Action=Block|Dir=Out|Name=%s|\"", i, text);
        flow_play(&f, script);
    }
    assert_int_equal(flow_add_live(&f, &(struct flow_options){0}), WFPW_OK);
    wait_read(&f, 1);
    wfpw_stats st = flow_stats(&f);
    assert_true(st.rules > 100 && st.rules < RULES);
    assert_true(st.names_bytes <= BUDGET);
    close_watched(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_at_once),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_uncertain),
        cmocka_unit_test(test_group_policy),
        cmocka_unit_test(test_coalesced),
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_added_by_record),
        cmocka_unit_test(test_unwatched),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_hangs),
        cmocka_unit_test(test_nth_call_fails),
        cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
