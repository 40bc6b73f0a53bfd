/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An agent's own filters and its own traffic, marked from end to end. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#define OURS   "{AAAAAAAA-0000-0000-0000-000000000001}"
#define THEIRS "{aaaaaaaa-0000-0000-0000-000000000002}"
#define SELF   "\\device\\harddiskvolume3\\agent.exe"
static const char scene[] = "self \"" SELF "\"\n"
                            "filter id=1 name=ours provider=" OURS "\n"
                            "filter id=2 name=theirs provider=" THEIRS "\n"
                            "filter id=3 name=nobodys\n";

static const wfpw_event *happen(struct flow *f, const char *script)
{
    flow_play(f, script);
    return flow_next(f);
}

static bool has_flag(const wfpw_event *ev, uint32_t flag)
{
    return (ev->flags & flag) != 0;
}

static bool is_ours(const wfpw_event *ev)
{
    bool marked = ev->filter != NULL && (ev->filter->present & WFPW_FILTER_HAS_OWN) != 0;
    assert_int_equal(marked, has_flag(ev, WFPW_EVENT_OWN_FILTER));
    return marked;
}

static wfpw_template *template_of(const char *condition)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, condition, NULL), WFPW_OK);
    return t;
}

/* ---- filters -------------------------------------------------------------------------------- */

static void test_filters(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene, .own_provider = OURS});
    flow_wait_filled(&f, 1);
    assert_true(is_ours(happen(&f, "drop filter=1")));
    assert_false(is_ours(happen(&f, "drop filter=2")));
    assert_false(is_ours(happen(&f, "drop filter=3")));
    assert_false(is_ours(happen(&f, "drop filter=0")));
    assert_false(is_ours(happen(&f, "drop filter=99")));
    flow_play(&f,
              "drop filter=1; drop filter=2; drop filter=1"); /* from copies in the batch, too */
    for (uint64_t seen = f.events, until = seen + 3; seen < until;) {
        int n = flow_read(&f, PATIENCE_MS);
        for (uint32_t i = 0; n > 0 && i < (uint32_t)n; i++, seen++) {
            const wfpw_event *ev = wfpw_batch_get(f.b, i);
            assert_int_equal(is_ours(ev), ev->filter_id == 1);
        }
    }
    flow_close(&f);
}

static void test_nobodys_filters(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene});
    flow_wait_filled(&f, 1);
    assert_false(is_ours(happen(&f, "drop filter=1")));
    flow_close(&f);
}

/* A collection has an own provider, too, whoever asks it. */
static void test_collection(void **state)
{
    static uint64_t room[2048];
    const wfpw_filter *found = (const wfpw_filter *)(const void *)room;
    char key[] = OURS;
    struct flow f;
    wfpw_names *names;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene});
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(f.sim), .own_provider = key};
    assert_int_equal(wfpw_names_open(&o, &names, NULL), WFPW_OK);
    memset(key, 'x', sizeof key - 1); /* it was copied */
    o.own_provider = NULL;
    assert_int_equal(wfpw_names_load_host(names, &o, NULL), 3);
    for (uint64_t id = 1; id <= 3; id++) {
        assert_int_equal(wfpw_names_get(names, id, 0, room, sizeof room, NULL), 1);
        assert_int_equal((found->present & WFPW_FILTER_HAS_OWN) != 0, id == 1);
        assert_int_equal(wfpw_names_get(names, id, 0, room, sizeof *found, NULL), WFPW_E_RANGE);
    }
    wfpw_names_close(names);
    flow_close(&f);
}

static void test_json(void **state)
{
    char json[2048];
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene, .own_provider = OURS});
    flow_wait_filled(&f, 1);
    const wfpw_event *ev = happen(&f, "drop filter=1 app=\"" SELF "\"");
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, ",\"own\":[\"filter\",\"process\"],\"filter\":{\"id\":1,"));
    assert_non_null(strstr(json, ",\"own\":true,\"state\":\"current\""));
    assert_true(wfpw_filter_to_json(ev->filter, 0, json, sizeof json, NULL) > 0);
    assert_non_null(strstr(json, ",\"own\":true}"));
    ev = happen(&f, "drop filter=2");
    assert_true(wfpw_to_json(ev, 0, json, sizeof json, NULL) > 0);
    assert_null(strstr(json, "own\":"));
    flow_close(&f);
}

/* ---- traffic -------------------------------------------------------------------------------- */

static void test_traffic(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){.before = scene, .own_provider = OURS});
    assert_true(has_flag(happen(&f, "drop app=\"" SELF "\""), WFPW_EVENT_OWN_PROCESS));
    assert_true(
        has_flag(happen(&f, "drop app=\"" SELF "\" without_nul=yes"), WFPW_EVENT_OWN_PROCESS));
    assert_false(has_flag(happen(&f, "drop app=\"" SELF "x\""), WFPW_EVENT_OWN_PROCESS));
    assert_false(has_flag(happen(&f, "drop"), WFPW_EVENT_OWN_PROCESS));
    flow_play(&f, "restart");
    flow_read_gaps(&f, 1);
    assert_true(has_flag(happen(&f, "drop app=\"" SELF "\""), WFPW_EVENT_OWN_PROCESS));
    flow_close(&f);
}

static void test_nobody_knows_itself(void **state)
{
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_false(has_flag(happen(&f, "drop app=\"" SELF "\""), WFPW_EVENT_OWN_PROCESS));
    flow_close(&f);
}

/* ---- templates ------------------------------------------------------------------------------ */

static void test_left_out(void **state)
{
    static const struct {
        const char *condition;
        uint64_t wanted[4]; /* filters of the events that come, and a 9 */
    } rows[] = {
        {"own!=process", {1, 2, 9}},       {"own=process", {3, 9}},         {"own=filter", {1, 9}},
        {"own=process,filter", {1, 3, 9}}, {"own!=filter,process", {2, 9}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct flow f;
        wfpw_template *t = template_of(rows[i].condition);
        flow_open(&f, &(struct flow_options){.before = scene, .own_provider = OURS, .match = t});
        flow_wait_filled(&f, 1);
        flow_play(&f, "drop filter=1; drop filter=2; drop filter=3 app=\"" SELF "\"");
        const uint64_t *wanted = rows[i].wanted;
        for (wfpw_stats st = {0}; st.delivered + st.filtered < 3; st = flow_stats(&f)) {
            int n = flow_read(&f, 100);
            for (uint32_t k = 0; n > 0 && k < (uint32_t)n; k++)
                assert_int_equal(wfpw_batch_get(f.b, k)->filter_id, *wanted++);
        }
        assert_int_equal(*wanted, 9);
        flow_assert_accounted(&f);
        flow_close(&f);
        wfpw_template_free(t);
    }
}

/* It asks for no verdict, so it may be asked without. */
static void test_without_verdicts(void **state)
{
    struct flow f;
    wfpw_template *t = template_of("own!=process");
    (void)state;
    flow_open(&f,
              &(struct flow_options){.before = scene, .match = t, .flags = WFPW_OPEN_NO_VERDICT});
    flow_play(&f, "drop filter=3 app=\"" SELF "\"; drop filter=2");
    flow_read_events(&f, 1);
    assert_int_equal(wfpw_batch_get(f.b, 0)->filter_id, 2);
    flow_close(&f);
    wfpw_template_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),    cmocka_unit_test(test_nobodys_filters),
        cmocka_unit_test(test_collection), cmocka_unit_test(test_json),
        cmocka_unit_test(test_traffic),    cmocka_unit_test(test_nobody_knows_itself),
        cmocka_unit_test(test_left_out),   cmocka_unit_test(test_without_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
