/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The table of filters: what an id meant when, within a budget. */
#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "filter_made.h"
#include "names/filters.h"
#include "random.h"

enum { BUDGET = 1024 * 1024 };

struct fixture {
    struct heap heap;
    struct filters f;
    struct policy_object_builder *builder;
};

static void open_table(struct fixture *x, size_t budget)
{
    *x = (struct fixture){.builder = calloc(1, sizeof *x->builder)};
    assert_non_null(x->builder);
    heap_init(&x->heap);
    filters_init(&x->f, &x->heap.allocator, budget, 12345);
}

static void close_table(struct fixture *x)
{
    filters_free(&x->f);
    assert_int_equal(x->f.bytes, 0);
    assert_int_equal(x->f.grave_bytes, 0);
    assert_int_equal(os_u64_load(&x->heap.live), 0);
    free(x->builder);
}

static const struct policy_object *make(struct fixture *x, uint64_t id, unsigned key,
                                        size_t letters)
{
    return filter_made(x->builder, id, key, letters);
}

static bool add(struct fixture *x, uint64_t id, unsigned key, uint32_t epoch, uint64_t since,
                uint64_t until)
{
    struct filter_facts facts = {.epoch = epoch, .since = since, .until = until};
    return filters_add(&x->f, make(x, id, key, 100), &facts);
}

static bool delete (struct fixture *x, uint64_t id, unsigned key, uint32_t epoch, uint64_t time)
{
    struct filter_facts facts = {.epoch = epoch, .until = UINT64_MAX};
    return filters_delete(&x->f, make(x, id, key, 100), &facts, time);
}

/* 0: nothing is found; else the state, with the key. */
static uint32_t look(struct fixture *x, uint64_t id, uint32_t epoch, uint64_t time, unsigned *key)
{
    struct filter_found found;
    if (!filters_at(&x->f, id, epoch, time, &found))
        return 0;
    *key = (unsigned)strtoul(filters_key(&x->f, &found) + 1, NULL, 16);
    return found.state;
}

#define EXPECT(id, epoch, time, state, wanted)                                                     \
    do {                                                                                           \
        unsigned key_ = 0;                                                                         \
        assert_int_equal(look(&x, id, epoch, time, &key_), state);                                 \
        assert_int_equal(key_, wanted);                                                            \
    } while (0)

#define CURRENT   WFPW_FILTER_STATE_CURRENT
#define DELETED   WFPW_FILTER_STATE_DELETED
#define UNCERTAIN WFPW_FILTER_STATE_UNCERTAIN

/* ---- time ---- */

static void test_dumps(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, BUDGET);
    assert_true(add(&x, 5, 1, 0, 100, 100));
    EXPECT(5, 0, 100, CURRENT, 1); /* the moment of the dump */
    EXPECT(5, 0, 99, UNCERTAIN, 1);
    EXPECT(5, 0, 101, UNCERTAIN, 1);
    EXPECT(6, 0, 100, 0, 0);
    assert_true(add(&x, 5, 1, 0, 200, 200)); /* another dump, the same filter */
    EXPECT(5, 0, 150, CURRENT, 1);
    EXPECT(5, 0, 201, UNCERTAIN, 1);
    assert_true(add(&x, 5, 2, 0, 1000, 1000)); /* the id means another one later */
    EXPECT(5, 0, 150, CURRENT, 1);
    EXPECT(5, 0, 500, UNCERTAIN, 1);
    EXPECT(5, 0, 700, UNCERTAIN, 2); /* the nearer one */
    EXPECT(5, 0, 1000, CURRENT, 2);
    assert_int_equal(x.f.count, 1);
    assert_true(add(&x, 7, 3, 0, 0, 0)); /* a dump without a time */
    EXPECT(7, 0, 500, UNCERTAIN, 3);
    EXPECT(7, 0, 0, UNCERTAIN, 3);
    assert_true(add(&x, 7, 3, 0, 600, 600));
    EXPECT(7, 0, 600, CURRENT, 3);
    EXPECT(7, 0, 500, UNCERTAIN, 3);
    close_table(&x);
}

static void test_lives(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, BUDGET);
    assert_true(add(&x, 5, 1, 1, 100, UINT64_MAX));
    EXPECT(5, 1, 99, 0, 0); /* it was not there yet */
    EXPECT(5, 1, 100, CURRENT, 1);
    EXPECT(5, 2, 100, 0, 0); /* another life */
    assert_true(delete (&x, 5, 1, 1, 200));
    EXPECT(5, 1, 199, CURRENT, 1);
    EXPECT(5, 1, 200, DELETED, 1);
    assert_true(delete (&x, 5, 1, 1, 200)); /* told twice */
    assert_int_equal(x.f.count, 1);
    assert_true(add(&x, 5, 2, 2, 300, UINT64_MAX));
    EXPECT(5, 2, 300, CURRENT, 2);
    EXPECT(5, 1, 250, DELETED, 1);
    assert_true(delete (&x, 9, 4, 2, 400)); /* what was there before it was seen */
    EXPECT(9, 2, 399, CURRENT, 4);
    EXPECT(9, 2, 400, DELETED, 4);
    close_table(&x);
}

/* What says less never takes the place of what says more. */
static void test_poor(void **state)
{
    struct fixture x;
    struct filter_found found;
    struct filter_facts rich = {.since = 100, .until = 100};
    struct filter_facts poor = {.since = 200, .until = 200, .is_poor = true};
    (void)state;
    open_table(&x, BUDGET);
    assert_true(filters_add(&x.f, make(&x, 5, 1, 50), &rich));
    assert_true(filters_add(&x.f, make(&x, 5, 1, 3), &poor));
    assert_true(filters_newest(&x.f, 5, &found));
    assert_int_equal(strlen(policy_object_slot_of(filters_object(&x.f, &found), TEXT_NAME)), 50);
    EXPECT(5, 0, 150, CURRENT, 1); /* but it proves */
    close_table(&x);
}

/* One of which only the key is known, until somebody says more. */
static void test_bare(void **state)
{
    struct fixture x;
    struct filter_found found;
    struct filter_facts bare = {.epoch = 1, .until = UINT64_MAX, .is_bare = true};
    struct filter_facts rich = {.epoch = 1, .until = UINT64_MAX};
    (void)state;
    open_table(&x, BUDGET);
    assert_true(filters_delete(&x.f, make(&x, 5, 1, 0), &bare, 100));
    EXPECT(5, 1, 50, WFPW_FILTER_STATE_UNKNOWN, 1);
    EXPECT(5, 1, 200, WFPW_FILTER_STATE_UNKNOWN, 1);
    assert_true(filters_at(&x.f, 5, 1, 200, &found));
    assert_true(found.is_bare);
    assert_int_equal(found.deleted, 100);
    assert_true(filters_delete(&x.f, make(&x, 5, 1, 9), &rich, 100));
    EXPECT(5, 1, 50, CURRENT, 1);
    EXPECT(5, 1, 100, DELETED, 1);
    assert_true(filters_delete(&x.f, make(&x, 5, 1, 0), &bare, 100)); /* and says it again */
    EXPECT(5, 1, 100, DELETED, 1);
    close_table(&x);
}

static void bury_rest(struct fixture *x, uint32_t epoch, uint64_t before, uint64_t time)
{
    struct filters_rest rest = {.epoch = epoch, .before = before, .time = time};
    uint64_t cursor = 0;
    while (filters_bury_rest(&x->f, &rest, &cursor, 3))
        assert_true(cursor <= x->f.seq);
}

/* What a whole list did not have is gone; what was of another life ended with that. */
static void test_rest(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, BUDGET);
    for (unsigned id = 1; id <= 20; id++)
        assert_true(add(&x, id, id, 1, 0, UINT64_MAX));
    for (unsigned id = 1; id <= 10; id++)
        assert_true(add(&x, id, id + 100, 2, 0, UINT64_MAX));
    uint64_t before = x.f.seq;
    for (unsigned id = 1; id <= 5; id++) /* the list */
        assert_true(add(&x, id, id + 100, 2, 0, UINT64_MAX));
    bury_rest(&x, 2, before, 500);
    for (unsigned id = 1; id <= 20; id++) {
        EXPECT(id, 1, 900, CURRENT, id); /* as long as that life was */
        EXPECT(id, 2, 400, id <= 10 ? CURRENT : 0, id <= 10 ? id + 100 : 0);
        EXPECT(id, 2, 500, id <= 5 ? CURRENT : id <= 10 ? DELETED : 0, id <= 10 ? id + 100 : 0);
    }
    size_t graves = x.f.grave_bytes;
    bury_rest(&x, 2, before, 600);
    assert_int_equal(x.f.grave_bytes, graves); /* once */
    EXPECT(6, 2, 550, DELETED, 106);
    close_table(&x);
}

/* Tombstones that have no room go while the rest is being buried. */
static void test_rest_without_room(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, 64 * 1024);
    for (unsigned id = 1; id <= 300; id++)
        assert_true(add(&x, id, id, 1, 0, UINT64_MAX));
    bury_rest(&x, 1, x.f.seq, 500);
    assert_true(x.f.grave_bytes > 0 && x.f.grave_bytes <= 8 * 1024);
    assert_int_equal(x.f.bytes - x.f.grave_bytes < 32 * 1024, 1);
    close_table(&x);
}

/* ---- room ---- */

static void test_eviction(void **state)
{
    struct fixture x;
    unsigned key;
    (void)state;
    open_table(&x, 64 * 1024);
    for (unsigned id = 1; id <= 1000; id++) {
        assert_true(add(&x, id, id, 0, 1, 1));
        assert_int_equal(look(&x, 1, 0, 1, &key), CURRENT); /* used all the time: it stays */
        assert_true(x.f.bytes <= 64 * 1024);
    }
    assert_int_equal(x.f.count + x.f.evicted, 1000);
    assert_true(x.f.count > 50);
    EXPECT(1000, 0, 1, CURRENT, 1000);
    EXPECT(2, 0, 1, 0, 0);
    close_table(&x);
}

static void test_graves(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, 256 * 1024);
    for (unsigned id = 1; id <= 5000; id++) {
        assert_true(add(&x, id % 7 + 10000, id, id, id, UINT64_MAX));
        assert_true(add(&x, id, id, 1, id, UINT64_MAX));
        assert_true(delete (&x, id, id, 1, id + 1));
        assert_true(x.f.bytes <= 256 * 1024);
        assert_true(x.f.grave_bytes <= 32 * 1024);
    }
    EXPECT(5000, 1, 6000, DELETED, 5000);
    EXPECT(1, 1, 6000, 0, 0);
    close_table(&x);
}

/* A chain of versions has an end, and what is left of it are the newest. */
static void test_versions(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, BUDGET);
    for (unsigned i = 1; i <= 300; i++) {
        assert_true(add(&x, 7, i, 1, 10 * i, UINT64_MAX));
        if (i % 2 == 0)
            assert_true(delete (&x, 7, i, 1, 10 * i + 5));
        assert_int_equal(x.f.evicted, i > FILTERS_VERSIONS_MAX ? i - FILTERS_VERSIONS_MAX : 0);
    }
    EXPECT(7, 1, 3001, CURRENT, 300);
    EXPECT(7, 1, 3006, DELETED, 300);
    EXPECT(7, 1, 10 * (300 - FILTERS_VERSIONS_MAX + 1), CURRENT, 300 - FILTERS_VERSIONS_MAX + 1);
    EXPECT(7, 1, 10 * (300 - FILTERS_VERSIONS_MAX), 0, 0);
    close_table(&x);
}

static void test_next(void **state)
{
    struct fixture x;
    struct filter_found found;
    uint64_t cursor = 0, other = 0, sum = 0;
    (void)state;
    open_table(&x, BUDGET);
    for (unsigned id = 1; id <= 100; id++)
        assert_true(add(&x, id, id, 0, 1, 1));
    assert_true(filters_next(&x.f, &other, &found)); /* two at once do not disturb each other */
    while (filters_next(&x.f, &cursor, &found)) {
        uint64_t id = filters_object(&x.f, &found)->id;
        sum += id;
        if (id == 50) {
            assert_true(filters_next(&x.f, &other, &found));
            assert_int_equal(filters_object(&x.f, &found)->id, 2);
        }
    }
    assert_int_equal(sum, 5050);
    assert_false(filters_next(&x.f, &cursor, &found));
    close_table(&x);
}

/* ---- all at once, against a simple model; every allocation fails once ---- */

static void play(struct fixture *x, uint64_t seed, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        uint64_t id = random_below(&seed, 40), time = i;
        unsigned key = random_below(&seed, 3) + 1, found;
        uint32_t epoch = random_below(&seed, 2);
        if (random_below(&seed, 4) == 0)
            (void)delete (x, id, key, epoch, time);
        else
            (void)add(x, id, key, epoch, time, epoch != 0 ? UINT64_MAX : time);
        (void)look(x, random_below(&seed, 40), epoch, time, &found);
    }
}

static void test_failures(void **state)
{
    (void)state;
    for (uint64_t fail_at = 1;; fail_at++) {
        struct fixture x;
        open_table(&x, 32 * 1024);
        x.heap.fail_at = fail_at;
        play(&x, 99, 400);
        bool failed = os_u64_load(&x.heap.calls) >= fail_at;
        close_table(&x);
        if (!failed)
            break;
        assert_true(fail_at < 5000);
    }
}

static void test_long_run(void **state)
{
    struct fixture x;
    (void)state;
    open_table(&x, 24 * 1024);
    play(&x, 7, 50000);
    assert_true(x.f.evicted > 0);
    assert_true(x.f.bytes <= 24 * 1024);
    close_table(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dumps),    cmocka_unit_test(test_lives),
        cmocka_unit_test(test_poor),     cmocka_unit_test(test_bare),
        cmocka_unit_test(test_rest),     cmocka_unit_test(test_rest_without_room),
        cmocka_unit_test(test_eviction), cmocka_unit_test(test_graves),
        cmocka_unit_test(test_next),     cmocka_unit_test(test_failures),
        cmocka_unit_test(test_long_run), cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
