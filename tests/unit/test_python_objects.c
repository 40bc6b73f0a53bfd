/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lists of objects for Python, with functions that count references and can fail, in Python's
 * place. */
#include "cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wfpwatch/python.h"

enum { PARTS = 8, EVENTS = 4 };

/* An object: a number, bytes, a list or what it was called with, with what it holds. */
struct object {
    int refs;
    uint64_t number;
    char bytes[64];
    intptr_t length;
    struct object *parts[PARTS];
};

/* Slots are the places of parts. */
static struct object none, datetime, utc, endpoint, ipv4, ipv6_of, slots[PARTS];
static struct object *const statics[] = {&none, &datetime, &utc, &endpoint, &ipv4, &ipv6_of};
static int live, calls, fail_at;

static bool fails(void)
{
    return ++calls == fail_at;
}

static struct object *new_object(void)
{
    struct object *made = fails() ? NULL : calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    live++;
    made->refs = 1;
    return made;
}

static void hold(void *o)
{
    ((struct object *)o)->refs++;
}

static void let_go(void *o)
{
    struct object *object = o;
    assert_true(object->refs > 0);
    if (--object->refs > 0)
        return;
    for (int i = 0; i < PARTS; i++)
        if (object->parts[i] != NULL)
            let_go(object->parts[i]);
    live--;
    free(object);
}

static void *list_new(intptr_t count)
{
    struct object *made = new_object();
    assert_in_range(count, 0, PARTS);
    if (made != NULL)
        made->length = count;
    return made;
}

/* Takes the item, as Python's does, also when it fails. */
static int list_set(void *list, intptr_t i, void *item)
{
    struct object *l = list;
    assert_true(i >= 0 && i < l->length && l->parts[i] == NULL);
    if (fails()) {
        let_go(item);
        return -1;
    }
    l->parts[i] = item;
    return 0;
}

static void *list_get(void *list, intptr_t i)
{
    struct object *l = list;
    return fails() || i >= l->length ? NULL : l->parts[i];
}

static void *int_new(unsigned long long v)
{
    struct object *made = new_object();
    if (made != NULL)
        made->number = v;
    return made;
}

static void *bytes_new(const char *s, intptr_t n)
{
    struct object *made = new_object();
    assert_in_range(n, 0, sizeof made->bytes - 1);
    if (made != NULL) {
        memcpy(made->bytes, s, (size_t)n);
        made->length = n;
    }
    return made;
}

static void *text_new(const char *s, intptr_t n, const char *errors)
{
    assert_string_equal(errors, "replace");
    return bytes_new(s, n);
}

/* What it is called with. */
static void *call(void *callable, ...)
{
    struct object *made = new_object();
    va_list arguments;
    va_start(arguments, callable);
    for (int i = 0; made != NULL; i++) {
        made->parts[i] = i == 0 ? callable : va_arg(arguments, struct object *);
        if (made->parts[i] == NULL)
            break;
        hold(made->parts[i]);
        made->length = i + 1;
    }
    va_end(arguments);
    return made;
}

static void *object_new(void *type, intptr_t items)
{
    assert_true(items == 0 && type != NULL);
    return new_object();
}

static int slot_set(void *slot, void *o, void *value)
{
    struct object *object = o;
    ptrdiff_t i = (struct object *)slot - slots;
    assert_in_range(i, 0, PARTS - 1);
    if (fails())
        return -1;
    assert_null(object->parts[i]);
    hold(value);
    object->parts[i] = value;
    return 0;
}

static const wfpw_python python = {.size = sizeof python,
                                   .list_new = list_new,
                                   .list_set = list_set,
                                   .list_get = list_get,
                                   .int_new = int_new,
                                   .text_new = text_new,
                                   .bytes_new = bytes_new,
                                   .call = call,
                                   .object_new = object_new,
                                   .slot_set = slot_set,
                                   .hold = hold,
                                   .let_go = let_go,
                                   .none = &none,
                                   .datetime = &datetime,
                                   .utc = &utc,
                                   .endpoint = &endpoint,
                                   .ip = &slots[0],
                                   .port = &slots[1],
                                   .scope_id = &slots[2],
                                   .ipv4 = &ipv4,
                                   .ipv4_slot = &slots[3],
                                   .ipv6_of = &ipv6_of};

/* A batch of events, with the texts behind them. */
static struct {
    wfpw_event events[EVENTS];
    char text[32];
} batch;

static const wfpw_view view = {.base = &batch,
                               .bytes = sizeof batch,
                               .events = batch.events,
                               .count = EVENTS,
                               .stride = sizeof(wfpw_event)};

static int set_up(void **state)
{
    (void)state;
    memset(&batch, 0, sizeof batch);
    memcpy(batch.text, "nc.exe", 7);
    for (size_t i = 0; i < sizeof statics / sizeof *statics; i++)
        statics[i]->refs = 1;
    for (int i = 0; i < PARTS; i++)
        slots[i].refs = 1;
    live = calls = fail_at = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(live, 0);
    for (size_t i = 0; i < sizeof statics / sizeof *statics; i++)
        assert_int_equal(statics[i]->refs, 1);
    return 0;
}

static void assert_none(void *made)
{
    assert_ptr_equal(made, &none);
    let_go(made);
}

/* ---- values --------------------------------------------------------------------------------- */

static void test_times(void **state)
{
    static const char wanted[EVENTS][11] = {
        "\x06\x41\x01\x01\0\0\0\0\0\0", "\x07\xE6\x06\x11\x16\x1F\x39\x04\x55\x14",
        "\x07\xE6\x06\x11\x16\x1F\x3A\0\0\0", "\x27\x0F\x0C\x1F\x17\x3B\x3B\x0F\x42\x3F"};
    (void)state;
    batch.events[1].time = 132999787172839249; /* 2022-06-17 22:31:57.2839249 */
    batch.events[2].time = 132999787180000000;
    batch.events[3].time = UINT64_MAX;
    struct object *list = wfpw_python_times(&python, &view);
    assert_non_null(list);
    for (int i = 0; i < EVENTS; i++) {
        struct object *made = list->parts[i];
        assert_ptr_equal(made->parts[0], &datetime);
        assert_memory_equal(made->parts[1]->bytes, wanted[i], 10);
        assert_int_equal(made->parts[1]->length, 10);
        assert_ptr_equal(made->parts[2], &utc);
    }
    let_go(list);
}

static void test_texts(void **state)
{
    (void)state;
    batch.events[0].device_path = batch.events[2].device_path = batch.text;
    batch.events[3].device_path = batch.text + 2;
    struct object *list = wfpw_python_texts(&python, &view, offsetof(wfpw_event, device_path));
    assert_non_null(list);
    assert_string_equal(list->parts[0]->bytes, "nc.exe");
    assert_ptr_equal(list->parts[1], &none);
    assert_ptr_equal(list->parts[2], list->parts[0]);
    assert_string_equal(list->parts[3]->bytes, ".exe");
    let_go(list);
}

static void test_texts_out_of_the_batch(void **state)
{
    const char *const wrong[] = {(const char *)8, (const char *)((uintptr_t)&batch - 1),
                                 batch.text + sizeof batch.text, batch.text + 16};
    (void)state;
    memset(batch.text + 16, 'x', sizeof batch.text - 16); /* without an end */
    for (int i = 0; i < 4; i++) {
        batch.events[2].user_sid = wrong[i];
        assert_none(wfpw_python_texts(&python, &view, offsetof(wfpw_event, user_sid)));
    }
    assert_none(wfpw_python_texts(&python, &view, sizeof(wfpw_event)));
}

static void fill_endpoints(void)
{
    static const uint8_t v4[4] = {192, 0, 2, 1}, v6[16] = {0xFE, 0x80, [15] = 1};
    for (int i = 0; i < EVENTS; i++) {
        batch.events[i].present =
            WFPW_HAS_REMOTE | WFPW_HAS_REMOTE_PORT | WFPW_HAS_SCOPE_ID | WFPW_HAS_PROTOCOL;
        batch.events[i].remote =
            (wfpw_endpoint){.port = 443, .scope_id = 7, .family = i == 1 ? 6 : 4};
        memcpy(batch.events[i].remote.addr, i == 1 ? v6 : v4, i == 1 ? sizeof v6 : sizeof v4);
    }
    batch.events[2].protocol = 1;
    batch.events[2].orientation = WFPW_ORIENTATION_UNKNOWN + 1;
    batch.events[3].present = WFPW_HAS_SCOPE_ID;
}

static void test_endpoints(void **state)
{
    (void)state;
    fill_endpoints();
    struct object *list = wfpw_python_endpoints(&python, &view, 1);
    assert_non_null(list);
    struct object *const *made = list->parts;
    assert_int_equal(made[0]->parts[0]->parts[3]->number, 0xC0000201);
    assert_int_equal(made[0]->parts[1]->number, 443);
    assert_ptr_equal(made[0]->parts[2], &none);
    assert_ptr_equal(made[1]->parts[0]->parts[0], &ipv6_of);
    assert_int_equal(made[1]->parts[0]->parts[1]->length, 16);
    assert_int_equal(made[1]->parts[2]->number, 7);
    assert_ptr_equal(made[2]->parts[0], made[0]->parts[0]); /* an address that was made before */
    assert_ptr_equal(made[2]->parts[1], &none);             /* a code of ICMP */
    assert_ptr_equal(made[3], &none);
    let_go(list);
}

/* ---- objects -------------------------------------------------------------------------------- */

static struct object *column_of(uint64_t first)
{
    struct object *list = list_new(EVENTS);
    for (int i = 0; i < EVENTS; i++)
        assert_int_equal(list_set(list, i, int_new(first + (uint64_t)i)), 0);
    return list;
}

/* Two slots, and a column for each. */
static void make_columns(struct object **both_slots, struct object **columns)
{
    *both_slots = list_new(2);
    *columns = list_new(2);
    for (int i = 0; i < 2; i++) {
        hold(&slots[4 + i]);
        (void)list_set(*both_slots, i, &slots[4 + i]);
        (void)list_set(*columns, i, column_of(100 * (uint64_t)i));
    }
}

static void test_objects(void **state)
{
    struct object *both, *columns;
    (void)state;
    make_columns(&both, &columns);
    struct object *list = wfpw_python_objects(&python, &endpoint, EVENTS, both, columns, 2);
    assert_non_null(list);
    for (unsigned i = 0; i < EVENTS; i++) {
        assert_int_equal(list->parts[i]->parts[4]->number, i);
        assert_int_equal(list->parts[i]->parts[5]->number, 100 + i);
    }
    let_go(list);
    assert_null(wfpw_python_objects(&python, &endpoint, EVENTS + 1, both, columns, 2));
    assert_null(wfpw_python_objects(&python, &endpoint, EVENTS, both, columns, 3));
    let_go(both);
    let_go(columns);
}

/* ---- failures ------------------------------------------------------------------------------- */

static struct object *make_by(int what, struct object *both, struct object *columns)
{
    switch (what) {
    case 0:
        return wfpw_python_times(&python, &view);
    case 1:
        return wfpw_python_texts(&python, &view, offsetof(wfpw_event, device_path));
    case 2:
        return wfpw_python_endpoints(&python, &view, 1);
    default:
        return wfpw_python_objects(&python, &endpoint, EVENTS, both, columns, 2);
    }
}

/* Whatever fails of Python's, nothing is left of the list. */
static void test_failures(void **state)
{
    struct object *both, *columns;
    (void)state;
    fill_endpoints();
    batch.events[0].device_path = batch.text;
    make_columns(&both, &columns);
    for (int what = 0, before = live; what < 4; what++) {
        struct object *list = NULL;
        for (fail_at = 1; list == NULL; fail_at++) {
            calls = 0;
            list = make_by(what, both, columns);
            if (list == NULL)
                assert_int_equal(live, before);
        }
        assert_true(fail_at > EVENTS + 2);
        fail_at = 0;
        let_go(list);
    }
    let_go(both);
    let_go(columns);
}

static void test_wrong_arguments(void **state)
{
    wfpw_python older = python;
    wfpw_view narrow = view;
    (void)state;
    older.size = 8;
    narrow.stride = 8;
    assert_null(wfpw_python_times(NULL, &view));
    assert_null(wfpw_python_times(&older, &view));
    assert_none(wfpw_python_times(&python, NULL));
    assert_none(wfpw_python_endpoints(&python, &narrow, 0));
    assert_none(wfpw_python_endpoints(&python, &view, 2));
    assert_null(wfpw_python_objects(&older, &endpoint, 0, NULL, NULL, 0));
    narrow.count = 0; /* what an empty batch has */
    struct object *list = wfpw_python_times(&python, &narrow);
    assert_int_equal(list->length, 0);
    let_go(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_out_of_the_batch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_endpoints, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_objects, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_arguments, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
