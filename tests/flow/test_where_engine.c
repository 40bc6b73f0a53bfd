/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A live session whose template the engine is asked: what it does when the engine does not take it,
 * and with an application that is named by its file. */
#include "flow.h"

#include <string.h>

#define TCP "drop protocol=tcp filter=1\n"
#define UDP "drop protocol=udp filter=2\n"

/* A session with one condition, and what it logs. */
struct asking {
    struct flow f;
    wfpw_template *t;
    int refused; /* lines that say so */
};

static void listen(void *ctx, int level, const char *text)
{
    struct asking *a = ctx;
    if (strstr(text, "does not take the conditions") == NULL)
        return;
    assert_int_equal(level, 3);
    a->refused++;
}

/* On a machine where the script has happened. Returns what wfpw_add_live does. */
static int start(struct asking *a, const char *condition, const char *script)
{
    *a = (struct asking){.f = {.b = wfpw_batch_new(0, 0)}};
    assert_non_null(a->f.b);
    assert_int_equal(wfpw_sim_new(11, &a->f.sim), WFPW_OK);
    flow_play(&a->f, script);
    assert_int_equal(wfpw_template_new(NULL, &a->t), WFPW_OK);
    assert_int_equal(wfpw_template_add(a->t, condition, NULL), WFPW_OK);
    wfpw_options o = {.size = sizeof o,
                      .system = wfpw_sim_system(a->f.sim),
                      .match = a->t,
                      .log = listen,
                      .log_ctx = a};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE, .watch_ms = 10};
    assert_int_equal(wfpw_open(&o, &a->f.s, &a->f.e), WFPW_OK);
    return wfpw_add_live(a->f.s, &live, &a->f.e);
}

static void end(struct asking *a)
{
    flow_close(&a->f);
    wfpw_template_free(a->t);
}

static void restart(struct asking *a)
{
    uint64_t gaps = a->f.gaps;
    flow_play(&a->f, "restart\n");
    flow_read_gaps(&a->f, gaps + 1);
    flow_wait_state(&a->f, WFPW_STATE_CONNECTED);
}

/* It is asked none then, ever again, and that is said once. */
static void test_refused(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "protocol=tcp", "refuse_conditions on"), WFPW_OK);
    flow_play(&a.f, UDP TCP);
    flow_read_events(&a.f, 1);
    restart(&a);
    flow_play(&a.f, "refuse_conditions off\n" UDP TCP);
    flow_read_events(&a.f, 1);
    assert_int_equal(flow_stats(&a.f).filtered, 2);
    restart(&a);
    flow_play(&a.f, UDP TCP);
    flow_read_events(&a.f, 1);
    assert_int_equal(flow_stats(&a.f).filtered, 3);
    flow_assert_accounted(&a.f);
    assert_int_equal(a.refused, 1);
    end(&a);
}

/* It still fails without the conditions: that is the error. */
static void test_refused_for_another_reason(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "protocol=tcp", "fail call=FwpmNetEventSubscribe code=87 times=2"),
                     WFPW_E_SYSTEM);
    assert_int_equal(a.f.e.os_code, 87);
    assert_string_equal(a.f.e.where, "FwpmNetEventSubscribe4");
    end(&a);
}

/* Rights are no matter of conditions: there is no second call. */
static void test_denied(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "protocol=tcp", "fail call=FwpmNetEventSubscribe code=5"),
                     WFPW_E_ACCESS);
    assert_int_equal(a.refused, 0);
    end(&a);
}

/* A file is looked for when the session starts, and not again: it may go with an update. */
static void test_app_file(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "app=C:\\A.exe", "file \"c:\\a.exe\" \"\\device\\v\\a.exe\""),
                     WFPW_OK);
    flow_play(&a.f, "fail call=FwpmGetAppIdFromFileName0 code=2 times=9\n");
    restart(&a);
    flow_play(&a.f, TCP "drop app=\"\\device\\v\\b.exe\"\ndrop app=\"\\device\\v\\a.exe\"\n");
    assert_int_equal(flow_stats(&a.f).received, 1); /* the engine keeps the others */
    assert_int_equal(a.refused, 0);
    end(&a);
}

static void test_no_app_file(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "app=C:\\A.exe", ""), WFPW_E_IO);
    assert_string_equal(a.f.e.where, "FwpmGetAppIdFromFileName0");
    assert_int_equal(a.f.e.os_code, 2);
    assert_non_null(strstr(a.f.e.text, "no such file"));
    assert_int_equal(wfpw_read(a.f.s, a.f.b, 0, NULL), WFPW_E_EOF); /* there is no source */
    end(&a);
}

/* What is not about the file keeps nobody from watching. */
static void test_app_file_cannot_be_told(void **state)
{
    struct asking a;
    (void)state;
    assert_int_equal(start(&a, "app=C:\\A.exe", "fail call=FwpmGetAppIdFromFileName0 code=5"),
                     WFPW_OK);
    flow_play(&a.f, TCP);
    assert_int_equal(flow_stats(&a.f).received, 1);
    end(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_refused_for_another_reason),
        cmocka_unit_test(test_denied),      cmocka_unit_test(test_app_file),
        cmocka_unit_test(test_no_app_file), cmocka_unit_test(test_app_file_cannot_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
