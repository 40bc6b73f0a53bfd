/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Snapshots of what an engine keeps, one after the other, and what came in between. */
#include "cmocka_all.h"

#include <string.h>

#include "flow/flow.h"
#include "past.h"
#include "random.h"

enum { ROOM = 64 * 1024 };

struct made {
    struct heap heap;
    struct marks marks;
    struct past past;
};

static void make(struct made *m, size_t most)
{
    memset(m, 0, sizeof *m);
    heap_init(&m->heap);
    past_init(&m->past, &m->heap.allocator, &m->marks, most);
}

static void end(struct made *m)
{
    past_free(&m->past);
    assert_int_equal(m->past.bytes, 0);
    assert_int_equal(os_u64_load(&m->heap.live), 0);
}

static struct record event(uint64_t time, uint64_t filter)
{
    return (struct record){.bytes = sizeof(struct record),
                           .time = time,
                           .kind = WFPW_KIND_CLASSIFY_DROP,
                           .filter_id = filter};
}

static int put(struct made *m, uint64_t time, uint64_t filter)
{
    struct record *r = memory_take(&m->past.memory, sizeof *r);
    assert_non_null(r);
    *r = event(time, filter);
    return past_put(&m->past, r);
}

static bool meets(struct made *m, uint64_t time, uint64_t filter)
{
    struct record r = event(time, filter);
    return past_meets(&m->past, &r);
}

static void came(struct made *m, uint64_t time, uint64_t filter)
{
    struct record r = event(time, filter);
    mark_of(&r, marks_next(&m->marks));
}

/* Each is taken out; 0 ends the list. */
static void assert_gives(struct made *m, const uint64_t *filters)
{
    for (; *filters != 0; filters++) {
        assert_non_null(past_peek(&m->past));
        assert_int_equal(past_peek(&m->past)->filter_id, *filters);
        past_pop(&m->past);
    }
    assert_null(past_peek(&m->past));
    assert_int_equal(os_u64_load(&m->past.waiting), 0);
}

#define ASSERT_GIVES(m, ...) assert_gives(m, (const uint64_t[]){__VA_ARGS__, 0})

/* ---- order and duplicates ------------------------------------------------------------------- */

static void test_by_time(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    assert_null(past_peek(&m.past));
    past_begin(&m.past);
    assert_int_equal(put(&m, 30, 3), WFPW_OK);
    assert_int_equal(put(&m, 10, 1), WFPW_OK);
    assert_int_equal(put(&m, 20, 4), WFPW_OK);
    assert_int_equal(put(&m, 20, 2), WFPW_OK);
    past_end(&m.past, false);
    assert_int_equal(os_u64_load(&m.past.waiting), 4);
    ASSERT_GIVES(&m, 1, 4, 2, 3);
    end(&m);
}

static void test_any_order(void **state)
{
    uint64_t seed = 9;
    struct made m;
    (void)state;
    make(&m, 16 * ROOM);
    past_begin(&m.past);
    for (uint64_t i = 1; i <= 1000; i++)
        assert_int_equal(put(&m, random_below(&seed, 300), i), WFPW_OK);
    past_end(&m.past, false);
    uint64_t last_time = 0, last_filter = 0, count = 0;
    for (const struct record *r; (r = past_peek(&m.past)) != NULL; count++) {
        assert_true(r->time > last_time || r->filter_id > last_filter || count == 0);
        assert_true(r->time >= last_time);
        last_time = r->time;
        last_filter = r->filter_id;
        past_pop(&m.past);
    }
    assert_int_equal(count, 1000);
    end(&m);
}

/* What the subscription gave before the reading. */
static void test_what_came_is_left_out(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    came(&m, 10, 1);
    came(&m, 10, 1);
    came(&m, 20, 2);
    past_begin(&m.past);
    for (int i = 0; i < 3; i++)
        assert_int_equal(put(&m, 10, 1), WFPW_OK);
    assert_int_equal(put(&m, 20, 3), WFPW_OK);
    past_end(&m.past, false);
    assert_int_equal(os_u64_load(&m.past.received), 4);
    assert_int_equal(os_u64_load(&m.past.duplicate), 2);
    ASSERT_GIVES(&m, 1, 3);
    end(&m);
}

/* And after it: before and after it was given out. */
static void test_what_comes_is_known(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    past_begin(&m.past);
    (void)put(&m, 10, 1);
    (void)put(&m, 20, 2);
    (void)put(&m, 20, 2);
    past_end(&m.past, false);
    assert_true(meets(&m, 20, 2));
    ASSERT_GIVES(&m, 1, 2, 2);
    assert_true(meets(&m, 20, 2));
    assert_false(meets(&m, 20, 2)); /* there were two */
    assert_false(meets(&m, 20, 1));
    assert_false(meets(&m, 15, 1));
    assert_false(meets(&m, 30, 1));
    assert_false(meets(&m, 5, 1));
    assert_true(meets(&m, 10, 1));
    assert_int_equal(os_u64_load(&m.past.duplicate), 3);
    end(&m);
}

/* A second snapshot holds the first one's events again, given out or not. */
static void test_one_snapshot_after_the_other(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    past_begin(&m.past);
    (void)put(&m, 10, 1);
    (void)put(&m, 20, 2);
    past_end(&m.past, false);
    past_pop(&m.past);
    past_begin(&m.past);
    (void)put(&m, 10, 1);
    (void)put(&m, 15, 3);
    (void)put(&m, 20, 2);
    (void)put(&m, 20, 2);
    past_end(&m.past, false);
    assert_int_equal(os_u64_load(&m.past.duplicate), 2);
    ASSERT_GIVES(&m, 3, 2, 2);
    end(&m);
}

/* What a snapshot has no more is forgotten when nothing of it can come any more. */
static void test_forgetting(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    for (uint64_t round = 0; round < 1000; round++) {
        past_begin(&m.past);
        for (uint64_t i = round; i < round + 20; i++)
            assert_int_equal(put(&m, 100 + i, 1 + i), WFPW_OK);
        past_end(&m.past, true);
        while (past_peek(&m.past) != NULL)
            past_pop(&m.past);
    }
    assert_in_range(m.past.count, 20, 40);
    assert_int_equal(os_u64_load(&m.past.received), 20 * 1000);
    assert_int_equal(os_u64_load(&m.past.duplicate), 19 * 999);
    end(&m);
}

static void test_room_is_bounded(void **state)
{
    struct made m;
    int status = WFPW_OK, count = 0;
    (void)state;
    make(&m, ROOM);
    past_begin(&m.past);
    while ((status = put(&m, 10, 1)) == WFPW_OK)
        count++;
    assert_int_equal(status, WFPW_E_RANGE);
    assert_true(m.past.is_cut && m.past.bytes <= ROOM && count > 100);
    past_end(&m.past, false);
    for (; count > 0; count--)
        past_pop(&m.past);
    assert_null(past_peek(&m.past));
    past_begin(&m.past);
    assert_false(m.past.is_cut);
    past_end(&m.past, true);
    assert_int_equal(m.past.bytes, 0);
    end(&m);
}

/* Outages without end, and nobody who reads what the ring holds: what was given out makes room. */
static void test_room_is_made(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    for (uint64_t round = 0; round < 1000; round++) {
        past_begin(&m.past);
        for (uint64_t i = 0; i < 20; i++)
            assert_int_equal(put(&m, 100 * round + i, 1), WFPW_OK);
        past_end(&m.past, false);
        while (past_peek(&m.past) != NULL)
            past_pop(&m.past);
        assert_true(m.past.bytes <= ROOM);
        assert_true(meets(&m, 100 * round, 1)); /* the newest stay known */
    }
    end(&m);
}

/* ---- marks ---------------------------------------------------------------------------------- */

static void test_marks_are_forgotten_in_their_order(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    for (uint64_t i = 0; i < MARKS; i++)
        came(&m, 1000 + i, i);
    assert_int_equal(m.marks.forgotten, 0);
    came(&m, 5000, 1);
    came(&m, 6000, 1);
    assert_int_equal(m.marks.forgotten, 1001);
    struct record r = event(1001, 1);
    struct mark mark;
    mark_of(&r, &mark);
    assert_false(marks_meet(&m.marks, &mark));
    r = event(1002, 2);
    mark_of(&r, &mark);
    assert_true(marks_meet(&m.marks, &mark));
    assert_false(marks_meet(&m.marks, &mark));
    marks_rewind(&m.marks);
    assert_true(marks_meet(&m.marks, &mark));
    end(&m);
}

/* Everything that every version has tells two events apart; nothing else does. */
static void test_what_a_mark_is_made_of(void **state)
{
    struct record a = event(10, 1), b;
    struct mark x, y;
    (void)state;
    mark_of(&a, &x);
#define DIFFERS(change)                                                                            \
    do {                                                                                           \
        b = a;                                                                                     \
        change;                                                                                    \
        mark_of(&b, &y);                                                                           \
        assert_false(mark_is(&x, &y));                                                             \
    } while (0)
    DIFFERS(b.time++);
    DIFFERS(b.filter_id++);
    DIFFERS(b.layer_id++);
    DIFFERS(b.type_raw++);
    DIFFERS(b.protocol++);
    DIFFERS(b.local.port++);
    DIFFERS(b.remote.addr[15]++);
    DIFFERS(b.local.scope_id++);
    DIFFERS(b.app.size++);
    DIFFERS(b.user_sid.size++);
    DIFFERS(b.present = WFPW_HAS_LOCAL_PORT);
#undef DIFFERS
    b = a;
    b.source = WFPW_SOURCE_HISTORY;
    b.direction_raw = b.reauth_reason = b.interface_index = 7;
    b.policy_flags = 7;
    b.present = WFPW_HAS_POLICY_FLAGS;
    b.package_sid.size = 7;
    mark_of(&b, &y);
    assert_true(mark_is(&x, &y));
}

/* An event without sides is known by what its body says. */
static void test_marks_of_bodies(void **state)
{
    uint64_t room[2][(sizeof(struct record) + sizeof(struct record_ike)) / 8 + 1];
    struct record_builder b;
    struct mark x, y;
    (void)state;
    for (int kind = 0; kind < 3; kind++)
        for (int other = 0; other < 2; other++) {
            for (int i = 0; i < 2; i++) {
                struct record *r = record_start(&b, room[i], sizeof room[i], 1, 1);
                if (kind == 0) {
                    r->ike_at = record_room(&b, sizeof(struct record_ike));
                    ((struct record_ike *)record_at(r, r->ike_at))->error = (uint32_t)(i * other);
                } else if (kind == 1) {
                    r->ipsec_at = record_room(&b, sizeof(struct record_ipsec));
                    ((struct record_ipsec *)record_at(r, r->ipsec_at))->spi = (uint32_t)(i * other);
                } else {
                    r->mac_at = record_room(&b, sizeof(struct record_mac));
                    ((struct record_mac *)record_at(r, r->mac_at))->remote[5] =
                        (uint8_t)(i * other);
                }
                (void)record_finish(&b);
                mark_of(r, i == 0 ? &x : &y);
            }
            assert_int_equal(mark_is(&x, &y), other == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_time),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_what_came_is_left_out),
        cmocka_unit_test(test_what_comes_is_known),
        cmocka_unit_test(test_one_snapshot_after_the_other),
        cmocka_unit_test(test_forgetting),
        cmocka_unit_test(test_room_is_bounded),
        cmocka_unit_test(test_room_is_made),
        cmocka_unit_test(test_marks_are_forgotten_in_their_order),
        cmocka_unit_test(test_what_a_mark_is_made_of),
        cmocka_unit_test(test_marks_of_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
