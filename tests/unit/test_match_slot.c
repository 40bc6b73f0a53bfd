/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Conditions that take the place of others: what was replaced stays while a callback may use it. */
#include "cmocka_all.h"

#include <stdlib.h>

#include "engine/match_slot.h"

struct heap {
    int live;
    bool is_empty;
    wfpw_allocator allocator;
};

static void *take_memory(void *ctx, size_t bytes)
{
    struct heap *h = ctx;
    h->live += !h->is_empty;
    return h->is_empty ? NULL : malloc(bytes);
}

static void give_memory(void *ctx, void *p)
{
    struct heap *h = ctx;
    h->live -= p != NULL;
    free(p);
}

static wfpw_template *template_in(struct heap *h)
{
    wfpw_template *t;
    assert_int_equal(wfpw_template_new(&h->allocator, &t), WFPW_OK);
    assert_int_equal(wfpw_template_add(t, "filter=1", NULL), WFPW_OK);
    return t;
}

static void start(struct heap *h, struct match_slot *m)
{
    *h = (struct heap){.allocator = {take_memory, give_memory, h}};
    *m = (struct match_slot){0};
    match_slot_init(m, &h->allocator, NULL);
    assert_null(match_slot_get(m)->match);
}

static void test_freed_once_nobody_is_inside(void **state)
{
    struct heap h;
    struct match_slot m;
    struct gates gates = {0};
    struct gate gate = {.target = &m};
    (void)state;
    start(&h, &m);
    assert_non_null(gate_enter(&gate)); /* a callback */
    wfpw_template *first = template_in(&h), *second = template_in(&h);
    assert_int_equal(match_slot_set(&m, first), WFPW_OK);
    const struct net_event_checks *used = match_slot_get(&m);
    assert_ptr_equal(used->match, first);
    assert_int_equal(match_slot_set(&m, second), WFPW_OK);
    match_slot_clean(&m, &gates, &gate);
    assert_ptr_equal(used->match, first); /* it is still there for who is inside */
    assert_ptr_equal(match_slot_get(&m)->match, second);
    int live = h.live;
    gate_leave(&gate);
    match_slot_clean(&m, &gates, &gate);
    assert_int_equal(h.live, live - 3); /* a template, its condition, and what leads to them */
    match_slot_free(&m);
    assert_int_equal(h.live, 0);
}

static void test_no_more_than_so_many(void **state)
{
    struct heap h;
    struct match_slot m;
    struct gates gates = {0};
    struct gate gate = {.target = &m};
    (void)state;
    start(&h, &m);
    assert_non_null(gate_enter(&gate));
    for (int i = 0; i < MATCH_SLOT_MOST; i++) {
        assert_int_equal(match_slot_set(&m, template_in(&h)), WFPW_OK);
        match_slot_clean(&m, &gates, &gate);
    }
    wfpw_template *more = template_in(&h);
    assert_int_equal(match_slot_set(&m, more), WFPW_E_TIMEOUT);
    gate_leave(&gate);
    match_slot_clean(&m, &gates, &gate);
    assert_int_equal(match_slot_set(&m, more), WFPW_OK);
    match_slot_clean(&m, &gates, NULL); /* there is no subscription just now */
    assert_int_equal(os_u32_load(&m.count), 0);
    match_slot_free(&m);
    assert_int_equal(h.live, 0);
}

/* A callback that never came out of a former gate may hold any of them. */
static void test_kept_for_a_lost_callback(void **state)
{
    struct heap h;
    struct match_slot m;
    struct gates gates = {.is_unquiet = true};
    (void)state;
    start(&h, &m);
    assert_int_equal(match_slot_set(&m, template_in(&h)), WFPW_OK);
    assert_int_equal(match_slot_set(&m, template_in(&h)), WFPW_OK);
    int live = h.live;
    match_slot_clean(&m, &gates, NULL);
    assert_int_equal(h.live, live);
    match_slot_free(&m);
    assert_int_equal(h.live, 0);
}

static void test_no_memory(void **state)
{
    struct heap h;
    struct match_slot m;
    (void)state;
    start(&h, &m);
    wfpw_template *t = template_in(&h);
    h.is_empty = true;
    assert_int_equal(match_slot_set(&m, t), WFPW_E_NOMEM);
    assert_null(match_slot_get(&m)->match);
    wfpw_template_free(t);
    match_slot_free(&m);
    assert_int_equal(h.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freed_once_nobody_is_inside),
        cmocka_unit_test(test_no_more_than_so_many),
        cmocka_unit_test(test_kept_for_a_lost_callback),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
