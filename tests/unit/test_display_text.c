/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Indirect strings in objects: the text in their place, each asked for once, within bounds. */
#include "flow/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/display_text.h"

/* A system in which every string is its number, behind as many x as there are letters. */
struct host {
    struct heap heap;
    struct wfpw_system system;
    struct system_places places;
    struct display d;
    struct policy_object_builder *b;
    uint32_t code;
    int folders, strings; /* calls */
    size_t letters;
};

static uint32_t folder(void *ctx, uint16_t *room, size_t cap, size_t *units)
{
    static const char path[] = "D:\\W\\system32";
    struct host *h = ctx;
    h->folders++;
    assert_true(cap >= sizeof path);
    for (*units = 0; path[*units] != 0; (*units)++)
        room[*units] = (uint8_t)path[*units];
    return 0;
}

static uint32_t string(void *ctx, const char *file, uint32_t id, uint16_t *room, size_t cap,
                       size_t *units)
{
    struct host *h = ctx;
    char text[INDIRECT_STRING_UNITS_MAX];
    h->strings++;
    assert_null(strpbrk(file, "\\/:"));
    memset(text, 'x', h->letters);
    (void)snprintf(text + h->letters, 12, "%u", id);
    if (h->code != 0)
        return h->code;
    assert_true(strlen(text) <= cap);
    for (*units = 0; text[*units] != 0; (*units)++)
        room[*units] = (uint8_t)text[*units];
    return 0;
}

static struct host *open_host(void)
{
    struct host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->b = malloc(sizeof *h->b);
    assert_non_null(h->b);
    heap_init(&h->heap);
    h->places = (struct system_places){.folder = folder, .string = string};
    h->system = (struct wfpw_system){.ctx = h, .places = &h->places};
    display_init(&h->d, &h->heap.allocator);
    return h;
}

static void close_host(struct host *h)
{
    display_free(&h->d);
    assert_int_equal(os_u64_load(&h->heap.live), 0);
    free(h->b);
    free(h);
}

/* A filter with these texts, a flag and a condition, as it is shown. */
static const struct policy_object *show(struct host *h, const char *name, const char *description)
{
    policy_object_start(h->b, POLICY_OBJECT_FILTER);
    h->b->object.id = 7;
    h->b->object.texts[TEXT_NAME] = policy_object_put(h->b, name, strlen(name));
    h->b->object.texts[TEXT_DESCRIPTION] =
        policy_object_put(h->b, description, strlen(description));
    policy_object_add_flag(h->b, "00000800", 8);
    struct policy_object_condition *c = policy_object_add_condition(h->b);
    assert_non_null(c);
    c->field = policy_object_put(h->b, "field", 5);
    return display_object(&h->d, &h->system, h->b, policy_object_finish(h->b));
}

static void assert_shown(struct host *h, const char *name, const char *wanted)
{
    const struct policy_object *o = show(h, name, "plain");
    assert_string_equal(policy_object_slot_of(o, TEXT_NAME), wanted);
    assert_string_equal(policy_object_slot_of(o, TEXT_DESCRIPTION), "plain");
}

/* ---- replacing ------------------------------------------------------------------------------ */

static void test_both_texts(void **state)
{
    struct host *h = open_host();
    (void)state;
    const struct policy_object *o = show(h, "@a.dll,-70", "@D:\\w\\System32\\a.dll,-71;v2");
    assert_string_equal(policy_object_slot_of(o, TEXT_NAME), "70");
    assert_string_equal(policy_object_slot_of(o, TEXT_DESCRIPTION), "71");
    assert_int_equal(o->id, 7); /* the rest is as it was */
    assert_int_equal(o->flag_count, 1);
    assert_string_equal(policy_object_text_of(o, policy_object_flags(o)[0]), "00000800");
    assert_int_equal(o->flag_bits, 0x800);
    assert_int_equal(o->condition_count, 1);
    assert_string_equal(policy_object_text_of(o, policy_object_conditions(o)[0].field), "field");
    assert_int_equal(o->bytes % 8, 0);
    assert_int_equal(o->state, 0);
    o = show(h, "", "");
    assert_null(policy_object_slot_of(o, TEXT_NAME));
    assert_null(policy_object_slot_of(o, TEXT_DESCRIPTION));
    close_host(h);
}

/* Who asks for nothing that may be followed makes no call for it. */
static void test_stays_as_it_is(void **state)
{
    static const char *const names[] = {"@\\\\host\\share\\x.dll,-1",
                                        "@C:\\x\\..\\evil.dll,-1",
                                        "@D:\\W\\system32\\..\\evil.dll,-1",
                                        "@",
                                        "@a.dll,1",
                                        "@{a?ms-resource://b}"};
    struct host *h = open_host();
    (void)state;
    assert_shown(h, "a name, -1", "a name, -1");
    assert_int_equal(h->folders, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_shown(h, names[i], names[i]);
    assert_int_equal(h->folders, 1);
    assert_int_equal(h->strings, 0);
    assert_int_equal(os_u64_load(&h->heap.live), 0); /* and takes no memory */
    close_host(h);
}

/* An object that is full keeps the name that it has. */
static void test_no_room(void **state)
{
    enum { LONG = 250 * 1024 };
    struct host *h = open_host();
    char *text = malloc(LONG);
    (void)state;
    assert_non_null(text);
    memset(text, 'y', LONG);
    h->letters = INDIRECT_STRING_UNITS_MAX - 12;
    policy_object_start(h->b, POLICY_OBJECT_FILTER);
    h->b->object.texts[TEXT_NAME] = policy_object_put(h->b, "@a.dll,-1", 9);
    for (size_t n = LONG; n > 0; n = h->b->object.state != 0 ? n / 2 : n) {
        h->b->object.state = 0;
        (void)policy_object_put(h->b, text, n);
    }
    h->b->object.state = 0;
    const struct policy_object *o =
        display_object(&h->d, &h->system, h->b, policy_object_finish(h->b));
    assert_string_equal(policy_object_slot_of(o, TEXT_NAME), "@a.dll,-1");
    assert_int_equal(o->state, POLICY_OBJECT_TRUNCATED);
    free(text);
    close_host(h);
}

/* ---- remembering ---------------------------------------------------------------------------- */

static void test_asked_once(void **state)
{
    struct host *h = open_host();
    (void)state;
    for (int i = 0; i < 500; i++)
        assert_shown(h, i % 2 != 0 ? "@a.dll,-1" : "@b.dll,-1", "1");
    assert_int_equal(h->strings, 2);
    assert_int_equal(h->folders, 1);
    display_forget(&h->d);
    assert_shown(h, "@a.dll,-1", "1");
    assert_int_equal(h->strings, 3);
    assert_int_equal(h->folders, 2);
    close_host(h);
}

static void test_failures_are_remembered(void **state)
{
    struct host *h = open_host();
    (void)state;
    h->code = 2;
    for (int i = 0; i < 100; i++)
        assert_shown(h, "@a.dll,-1", "@a.dll,-1");
    assert_int_equal(h->strings, 1);
    h->code = 0;
    display_forget(&h->d);
    assert_shown(h, "@a.dll,-1", "1");
    close_host(h);
}

/* However many there are and however long: each is right, and memory is bounded. */
static void test_bounds(void **state)
{
    static const size_t letters[] = {0, INDIRECT_STRING_UNITS_MAX - 12};
    char name[32], *wanted = malloc(INDIRECT_STRING_UNITS_MAX);
    (void)state;
    assert_non_null(wanted);
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        struct host *h = open_host();
        h->letters = letters[i];
        memset(wanted, 'x', letters[i]);
        for (unsigned n = 0; n < 4000; n++) {
            (void)snprintf(name, sizeof name, "@a.dll,-%u", n % 1000);
            (void)snprintf(wanted + letters[i], 12, "%u", n % 1000);
            assert_shown(h, name, wanted);
            assert_true(os_u64_load(&h->heap.live) <= 1 + 256);
        }
        assert_true(h->strings >= 1000);
        close_host(h);
    }
    free(wanted);
}

/* Without memory it takes longer, and that is all. */
static void test_no_memory(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 4; nth++) {
        struct host *h = open_host();
        h->heap.fail_at = nth;
        for (int i = 0; i < 3; i++) {
            assert_shown(h, "@a.dll,-1", "1");
            assert_shown(h, "@b.dll,-2", "2");
        }
        assert_int_equal(h->strings, nth < 4 ? 3 : 2);
        close_host(h);
    }
}

static void test_no_functions(void **state)
{
    struct host *h = open_host();
    (void)state;
    h->places.folder = NULL;
    assert_shown(h, "@a.dll,-1", "1");
    assert_shown(h, "@D:\\W\\system32\\a.dll,-1", "@D:\\W\\system32\\a.dll,-1");
    h->places.string = NULL;
    assert_shown(h, "@a.dll,-2", "@a.dll,-2");
    h->system.places = NULL;
    display_forget(&h->d);
    assert_shown(h, "@a.dll,-1", "@a.dll,-1");
    close_host(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_texts),
        cmocka_unit_test(test_stays_as_it_is),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_asked_once),
        cmocka_unit_test(test_failures_are_remembered),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_no_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
