/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Traffic of this program: by its application's path. */
#include "cmocka_all.h"

#include "resolve/own_process.h"

static uint16_t self[OWN_PROCESS_MAX + 1];
static uint32_t self_units;

static uint32_t tell_self(void *ctx, uint16_t *room, uint32_t units)
{
    (void)ctx;
    if (self_units <= units)
        memcpy(room, self, self_units * sizeof *room);
    return self_units;
}

static uint32_t widen(uint16_t *to, const char *s)
{
    uint32_t n = 0;
    for (; s[n] != 0; n++)
        to[n] = (uint8_t)s[n];
    return n;
}

static void ask(struct own_process *a)
{
    struct system_engine engine = {.own_app = tell_self};
    struct wfpw_system system = {.engine = &engine};
    own_process_query(a, &system);
}

/* Whether a record with this application is its own; nuls: behind the path. */
static bool is_marked(const char *own, uint8_t type, const char *app, uint32_t nuls)
{
    static struct own_process a;
    uint64_t room[256];
    uint16_t wide[256] = {0};
    struct record_builder b;
    self_units = widen(self, own);
    ask(&a);
    struct record *r =
        record_start(&b, room, sizeof room, WFPW_KIND_CLASSIFY_DROP, WFPW_SOURCE_SIM);
    uint32_t units = app != NULL ? widen(wide, app) + nuls : 0;
    if (app != NULL)
        r->app = record_put(&b, type, wide, units * 2);
    (void)record_finish(&b);
    r->flags = WFPW_EVENT_LOOPBACK;
    own_process_mark(&a, r);
    assert_true((r->flags & WFPW_EVENT_LOOPBACK) != 0);
    return (r->flags & WFPW_EVENT_OWN_PROCESS) != 0;
}

static void test_program(void **state)
{
    static const char own[] = "\\device\\harddiskvolume3\\agent.exe";
    (void)state;
    assert_true(is_marked(own, VALUE_STRING, own, 0));
    assert_true(is_marked(own, VALUE_STRING, own, 1));
    assert_true(is_marked(own, VALUE_STRING, own, 3));
    assert_true(is_marked(own, VALUE_STRING, "\\Device\\HarddiskVolume3\\AGENT.EXE", 1));
    assert_true(is_marked("\\DEVICE\\A", VALUE_STRING, "\\device\\a", 0));
    assert_false(is_marked(own, VALUE_STRING, "\\device\\harddiskvolume4\\agent.exe", 1));
    assert_false(is_marked(own, VALUE_STRING, "\\device\\harddiskvolume3\\agent.exe2", 0));
    assert_false(is_marked(own, VALUE_STRING, "agent.exe", 1));
    assert_false(is_marked(own, VALUE_STRING, "", 1));
    assert_false(is_marked(own, VALUE_STRING, NULL, 0));
    assert_false(is_marked(own, VALUE_UTF8, own, 0));
    assert_false(is_marked("", VALUE_STRING, "", 2)); /* it is not known */
}

static void test_program_that_is_not_known(void **state)
{
    static struct own_process a;
    struct system_engine engine = {0};
    struct wfpw_system system = {.engine = &engine};
    (void)state;
    a.units = 7;
    own_process_query(&a, &system);
    assert_int_equal(a.units, 0);
    self_units = OWN_PROCESS_MAX;
    ask(&a);
    assert_int_equal(a.units, OWN_PROCESS_MAX);
    self_units = OWN_PROCESS_MAX + 1;
    ask(&a);
    assert_int_equal(a.units, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_program),
        cmocka_unit_test(test_program_that_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
