/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What opening takes and refuses, and what older and newer callers get. */
#include "flow.h"

#include <string.h>

/* ---- arguments ------------------------------------------------------------------------------ */

static void test_options(void **state)
{
    struct {
        wfpw_options o;
        uint8_t tail[8];
    } newer = {.o = {.size = sizeof newer}};
    wfpw_session *s = NULL;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_open(NULL, NULL, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_open(&newer.o, &s, &e), WFPW_OK); /* a newer caller */
    wfpw_close(s);
    newer.tail[7] = 1;
    assert_int_equal(wfpw_open(&newer.o, &s, &e), WFPW_E_INVAL);
    assert_null(s);
    assert_int_equal(e.status, WFPW_E_INVAL);
    assert_string_equal(e.where, "wfpw_open");
    newer.o.size = 8; /* an older caller: the rest is default */
    newer.o.ring_bytes = UINT32_MAX;
    assert_int_equal(wfpw_open(&newer.o, &s, &e), WFPW_OK);
    wfpw_close(s);
    newer.o.size = 3;
    assert_int_equal(wfpw_open(&newer.o, &s, &e), WFPW_E_INVAL);
    wfpw_options o = {.size = sizeof o, .flags = 0x80000000};
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_E_INVAL);
    o = (wfpw_options){.size = sizeof o, .ring_bytes = 256 * 1024 * 1024 + 1};
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_E_INVAL);
    o = (wfpw_options){.size = sizeof o, .allocator = &(wfpw_allocator){0}};
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_E_INVAL);
}

static int add_live(const wfpw_options *o, const wfpw_live *live, wfpw_error *e)
{
    wfpw_session *s;
    assert_int_equal(wfpw_open(o, &s, e), WFPW_OK);
    int status = wfpw_add_live(s, live, e);
    assert_int_equal(wfpw_wait_handle(s), -1);
    wfpw_close(s);
    return status;
}

static void test_live_options(void **state)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_error e;
    (void)state;
    assert_int_equal(add_live(NULL, &live, &e), WFPW_E_NOTSUP); /* this host has no engine */
    assert_true(wfpw_remedy(&e)[0] != 0);
    assert_int_equal(add_live(NULL, NULL, &e), WFPW_E_INVAL);
    live.flags = 0;
    assert_int_equal(add_live(NULL, &live, &e), WFPW_E_NOTSUP);
    live.flags = 0x80000001;
    assert_int_equal(add_live(NULL, &live, &e), WFPW_E_INVAL);
    live = (wfpw_live){.size = 2, .flags = WFPW_LIVE_OBSERVE};
    assert_int_equal(add_live(NULL, &live, &e), WFPW_E_INVAL);
    live = (wfpw_live){.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .wait_ms = UINT32_MAX};
    assert_int_equal(add_live(NULL, &live, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_add_live(NULL, &live, &e), WFPW_E_INVAL);
}

static void test_second_live_source(void **state)
{
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    struct flow f;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_E_INVAL);
    flow_close(&f);
}

static void test_stopped_before_live(void **state)
{
    struct flow f;
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    wfpw_close(f.s);
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(f.sim)};
    assert_int_equal(wfpw_open(&o, &f.s, &f.e), WFPW_OK);
    wfpw_stop(f.s);
    assert_int_equal(wfpw_add_live(f.s, &live, &f.e), WFPW_E_STOPPED);
    assert_int_equal(flow_read(&f, -1), WFPW_E_STOPPED);
    flow_close(&f);
}

static void test_null(void **state)
{
    wfpw_stats st = {0};
    (void)state;
    wfpw_close(NULL);
    wfpw_stop(NULL);
    assert_int_equal(wfpw_wait_handle(NULL), -1);
    assert_int_equal(wfpw_read(NULL, NULL, 0, NULL), WFPW_E_INVAL);
    assert_int_equal(wfpw_get_stats(NULL, &st), WFPW_E_INVAL);
}

/* An older caller's stats: no byte past its size is written. */
static void test_stats_of_an_older_caller(void **state)
{
    struct flow f;
    union {
        wfpw_stats st;
        uint8_t bytes[sizeof(wfpw_stats)];
    } u;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    memset(&u, 0xEE, sizeof u);
    u.st.size = 24;
    assert_int_equal(wfpw_get_stats(f.s, &u.st), WFPW_OK);
    assert_int_equal(u.st.size, 24);
    assert_int_equal(u.st.waiting, 0);
    assert_int_equal(u.bytes[24], 0xEE);
    u.st.size = 0;
    assert_int_equal(wfpw_get_stats(f.s, &u.st), WFPW_E_INVAL);
    flow_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_live_options),
        cmocka_unit_test(test_second_live_source),
        cmocka_unit_test(test_stopped_before_live),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_stats_of_an_older_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
