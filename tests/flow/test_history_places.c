/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What this host calls things, in events that the engine keeps: paths and well-known accounts. */
#include "flow.h"

#include <string.h>

#define PLACES                                                                                     \
    "drive C: \\Device\\HarddiskVolume3;"                                                          \
    "drop app=\\device\\harddiskvolume3\\a.exe user=S-1-5-18 filter=1;"                            \
    "drop app=\\device\\harddiskvolume4\\b.exe filter=2; drop app=System filter=3;"                \
    "drop user=S-1-5-21-1-2-3-1001 filter=4; drop app=\\device\\mup\\s\\p\\c.exe filter=5;"
enum { PLACED = 5, JSON = 2048 };

static int add(struct flow *f)
{
    return wfpw_add_history(f->s, NULL, &f->e);
}

/* Reads events, all that there are, as JSON. */
static void read_json(struct flow *f, char json[PLACED][JSON])
{
    for (uint32_t seen = 0; seen < PLACED;) {
        int n = flow_read(f, PATIENCE_MS);
        assert_in_range(n, 1, PLACED - seen);
        for (uint32_t i = 0; i < (uint32_t)n; i++, seen++)
            assert_true(wfpw_to_json(wfpw_batch_get(f->b, i), 0, json[seen], JSON, NULL) > 0);
    }
}

static void test_volumes(void **state)
{
    static const char *const paths[PLACED] = {"C:\\a.exe", NULL, NULL, NULL, "\\\\s\\p\\c.exe"};
    struct flow f;
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.before = PLACES});
    assert_int_equal(add(&f), WFPW_OK);
    assert_int_equal(flow_read(&f, 0), PLACED);
    for (uint32_t i = 0; i < PLACED; i++) {
        const wfpw_event *ev = wfpw_batch_get(f.b, i);
        assert_int_equal(ev->app_path != NULL, paths[i] != NULL);
        if (paths[i] != NULL)
            assert_string_equal(ev->app_path, paths[i]);
    }
    assert_string_equal(wfpw_batch_get(f.b, 0)->user_name, "NT AUTHORITY\\SYSTEM");
    assert_null(wfpw_batch_get(f.b, 3)->user_name); /* nobody is asked for it */
    flow_close(&f);
}

/* All is as in a session that was opened late. */
static void test_as_late_open(void **state)
{
    char json[PLACED][JSON], wanted[PLACED][JSON];
    struct flow f, late;
    (void)state;
    flow_open_bare(&f, &(struct flow_options){.before = PLACES});
    flow_open(&late,
              &(struct flow_options){.before = PLACES, .since = 1, .flags = WFPW_OPEN_NO_NAMES});
    assert_int_equal(add(&f), WFPW_OK);
    read_json(&f, json);
    read_json(&late, wanted);
    for (int i = 0; i < PLACED; i++)
        assert_string_equal(json[i], wanted[i]);
    assert_non_null(strstr(json[0], "C:\\\\a.exe"));
    flow_close(&late);
    flow_close(&f);
}

static void test_path_in_template(void **state)
{
    static const char *const conditions[] = {"app=C:\\a.exe", "app=c:\\*",
                                             "app=\\device\\harddiskvolume3\\a.exe"};
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        struct flow f;
        wfpw_template *t;
        assert_int_equal(wfpw_template_new(NULL, &t), WFPW_OK);
        assert_int_equal(wfpw_template_add(t, conditions[i], NULL), WFPW_OK);
        flow_open_bare(&f, &(struct flow_options){
                               .match = t,
                               .before = PLACES "file C:\\a.exe \\device\\harddiskvolume3\\a.exe"});
        assert_int_equal(add(&f), WFPW_OK);
        assert_int_equal(flow_read(&f, 0), 1);
        assert_int_equal(wfpw_batch_get(f.b, 0)->filter_id, 1);
        assert_int_equal(flow_read(&f, 0), WFPW_E_EOF);
        flow_close(&f);
        wfpw_template_free(t);
    }
}

/* The volumes are asked for once, and only for who needs them; without them there are no paths. */
static void test_places_are_asked_once(void **state)
{
    static const char *const scripts[] = {PLACES PLACES, "repeat 9 drop user=S-1-5-18 filter=1",
                                          PLACES "fail call=QueryDosDeviceW code=5"};
    static const uint32_t events[] = {2 * PLACED, 9, PLACED};
    uint64_t calls[3];
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct flow f;
        flow_open_bare(&f, &(struct flow_options){.before = scripts[i]});
        assert_int_equal(add(&f), WFPW_OK);
        calls[i] = wfpw_sim_count(f.sim, WFPW_SIM_CALLS);
        assert_int_equal(flow_read(&f, 0), events[i]);
        assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_CALLS),
                         calls[i]); /* who reads asks nobody */
        const wfpw_event *ev = wfpw_batch_get(f.b, 0);
        assert_int_equal(ev->app_path != NULL, i == 0);
        assert_string_equal(ev->user_name, "NT AUTHORITY\\SYSTEM");
        flow_close(&f);
    }
    assert_int_equal(calls[0], calls[1] + 2); /* drives, folders */
    assert_int_equal(calls[2], calls[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_as_late_open),
        cmocka_unit_test(test_path_in_template),
        cmocka_unit_test(test_places_are_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
