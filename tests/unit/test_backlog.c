/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Snapshots of what an engine keeps, one after the other, and what came in between. */
#include "cmocka_all.h"

#include <string.h>

#include "flow/flow.h"
#include "queue/backlog.h"
#include "random.h"

enum { ROOM = 64 * 1024 };

struct made {
    struct heap heap;
    struct fingerprints fingerprints;
    struct backlog backlog;
};

static void make(struct made *m, size_t most)
{
    memset(m, 0, sizeof *m);
    heap_init(&m->heap);
    backlog_init(&m->backlog, &m->heap.allocator, &m->fingerprints, most);
}

static void end(struct made *m)
{
    backlog_free(&m->backlog);
    assert_int_equal(m->backlog.bytes, 0);
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
    struct record *r = memory_take(&m->backlog.memory, sizeof *r);
    assert_non_null(r);
    *r = event(time, filter);
    return backlog_put(&m->backlog, r);
}

static bool meets(struct made *m, uint64_t time, uint64_t filter)
{
    struct record r = event(time, filter);
    return backlog_meets(&m->backlog, &r);
}

static void came(struct made *m, uint64_t time, uint64_t filter)
{
    struct record r = event(time, filter);
    fingerprint_of(&r, fingerprints_next(&m->fingerprints));
}

/* Each is taken out; 0 ends the list. */
static void assert_gives(struct made *m, const uint64_t *filters)
{
    for (; *filters != 0; filters++) {
        assert_non_null(backlog_peek(&m->backlog));
        assert_int_equal(backlog_peek(&m->backlog)->filter_id, *filters);
        backlog_pop(&m->backlog);
    }
    assert_null(backlog_peek(&m->backlog));
    assert_int_equal(os_u64_load(&m->backlog.waiting), 0);
}

#define ASSERT_GIVES(m, ...) assert_gives(m, (const uint64_t[]){__VA_ARGS__, 0})

/* ---- order and duplicates ------------------------------------------------------------------- */

static void test_by_time(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    assert_null(backlog_peek(&m.backlog));
    backlog_begin(&m.backlog);
    assert_int_equal(put(&m, 30, 3), WFPW_OK);
    assert_int_equal(put(&m, 10, 1), WFPW_OK);
    assert_int_equal(put(&m, 20, 4), WFPW_OK);
    assert_int_equal(put(&m, 20, 2), WFPW_OK);
    backlog_end(&m.backlog, false);
    assert_int_equal(os_u64_load(&m.backlog.waiting), 4);
    ASSERT_GIVES(&m, 1, 4, 2, 3);
    end(&m);
}

static void test_any_order(void **state)
{
    uint64_t seed = 9;
    struct made m;
    (void)state;
    make(&m, 16 * ROOM);
    backlog_begin(&m.backlog);
    for (uint64_t i = 1; i <= 1000; i++)
        assert_int_equal(put(&m, random_below(&seed, 300), i), WFPW_OK);
    backlog_end(&m.backlog, false);
    uint64_t last_time = 0, last_filter = 0, count = 0;
    for (const struct record *r; (r = backlog_peek(&m.backlog)) != NULL; count++) {
        assert_true(r->time > last_time || r->filter_id > last_filter || count == 0);
        assert_true(r->time >= last_time);
        last_time = r->time;
        last_filter = r->filter_id;
        backlog_pop(&m.backlog);
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
    backlog_begin(&m.backlog);
    for (int i = 0; i < 3; i++)
        assert_int_equal(put(&m, 10, 1), WFPW_OK);
    assert_int_equal(put(&m, 20, 3), WFPW_OK);
    backlog_end(&m.backlog, false);
    assert_int_equal(os_u64_load(&m.backlog.received), 4);
    assert_int_equal(os_u64_load(&m.backlog.duplicate), 2);
    ASSERT_GIVES(&m, 1, 3);
    end(&m);
}

/* And after it: before and after it was given out. */
static void test_what_comes_is_known(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    backlog_begin(&m.backlog);
    (void)put(&m, 10, 1);
    (void)put(&m, 20, 2);
    (void)put(&m, 20, 2);
    backlog_end(&m.backlog, false);
    assert_true(meets(&m, 20, 2));
    ASSERT_GIVES(&m, 1, 2, 2);
    assert_true(meets(&m, 20, 2));
    assert_false(meets(&m, 20, 2)); /* there were two */
    assert_false(meets(&m, 20, 1));
    assert_false(meets(&m, 15, 1));
    assert_false(meets(&m, 30, 1));
    assert_false(meets(&m, 5, 1));
    assert_true(meets(&m, 10, 1));
    assert_int_equal(os_u64_load(&m.backlog.duplicate), 3);
    end(&m);
}

/* A second snapshot holds the first one's events again, given out or not. */
static void test_one_snapshot_after_the_other(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    backlog_begin(&m.backlog);
    (void)put(&m, 10, 1);
    (void)put(&m, 20, 2);
    backlog_end(&m.backlog, false);
    backlog_pop(&m.backlog);
    backlog_begin(&m.backlog);
    (void)put(&m, 10, 1);
    (void)put(&m, 15, 3);
    (void)put(&m, 20, 2);
    (void)put(&m, 20, 2);
    backlog_end(&m.backlog, false);
    assert_int_equal(os_u64_load(&m.backlog.duplicate), 2);
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
        backlog_begin(&m.backlog);
        for (uint64_t i = round; i < round + 20; i++)
            assert_int_equal(put(&m, 100 + i, 1 + i), WFPW_OK);
        backlog_end(&m.backlog, true);
        while (backlog_peek(&m.backlog) != NULL)
            backlog_pop(&m.backlog);
    }
    assert_in_range(m.backlog.count, 20, 40);
    assert_int_equal(os_u64_load(&m.backlog.received), 20 * 1000);
    assert_int_equal(os_u64_load(&m.backlog.duplicate), 19 * 999);
    end(&m);
}

static void test_room_is_bounded(void **state)
{
    struct made m;
    int status = WFPW_OK, count = 0;
    (void)state;
    make(&m, ROOM);
    backlog_begin(&m.backlog);
    while ((status = put(&m, 10, 1)) == WFPW_OK)
        count++;
    assert_int_equal(status, WFPW_E_RANGE);
    assert_true(m.backlog.is_cut && m.backlog.bytes <= ROOM && count > 100);
    backlog_end(&m.backlog, false);
    for (; count > 0; count--)
        backlog_pop(&m.backlog);
    assert_null(backlog_peek(&m.backlog));
    backlog_begin(&m.backlog);
    assert_false(m.backlog.is_cut);
    backlog_end(&m.backlog, true);
    assert_int_equal(m.backlog.bytes, 0);
    end(&m);
}

/* Outages without end, and nobody who reads what the ring holds: what was given out makes room. */
static void test_room_is_made(void **state)
{
    struct made m;
    (void)state;
    make(&m, ROOM);
    for (uint64_t round = 0; round < 1000; round++) {
        backlog_begin(&m.backlog);
        for (uint64_t i = 0; i < 20; i++)
            assert_int_equal(put(&m, 100 * round + i, 1), WFPW_OK);
        backlog_end(&m.backlog, false);
        while (backlog_peek(&m.backlog) != NULL)
            backlog_pop(&m.backlog);
        assert_true(m.backlog.bytes <= ROOM);
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
    for (uint64_t i = 0; i < FINGERPRINTS; i++)
        came(&m, 1000 + i, i);
    assert_int_equal(m.fingerprints.forgotten, 0);
    came(&m, 5000, 1);
    came(&m, 6000, 1);
    assert_int_equal(m.fingerprints.forgotten, 1001);
    struct record r = event(1001, 1);
    struct fingerprint mark;
    fingerprint_of(&r, &mark);
    assert_false(fingerprints_meet(&m.fingerprints, &mark));
    r = event(1002, 2);
    fingerprint_of(&r, &mark);
    assert_true(fingerprints_meet(&m.fingerprints, &mark));
    assert_false(fingerprints_meet(&m.fingerprints, &mark));
    fingerprints_rewind(&m.fingerprints);
    assert_true(fingerprints_meet(&m.fingerprints, &mark));
    end(&m);
}

/* Everything that every version has tells two events apart; nothing else does. */
static void test_what_a_mark_is_made_of(void **state)
{
    struct record a = event(10, 1), b;
    struct fingerprint x, y;
    (void)state;
    fingerprint_of(&a, &x);
#define DIFFERS(change)                                                                            \
    do {                                                                                           \
        b = a;                                                                                     \
        change;                                                                                    \
        fingerprint_of(&b, &y);                                                                    \
        assert_false(fingerprint_is(&x, &y));                                                      \
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
    fingerprint_of(&b, &y);
    assert_true(fingerprint_is(&x, &y));
}

/* An event without sides is known by what its body says. */
static void test_marks_of_bodies(void **state)
{
    uint64_t room[2][(sizeof(struct record) + sizeof(struct record_ike)) / 8 + 1];
    struct record_builder b;
    struct fingerprint x, y;
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
                fingerprint_of(r, i == 0 ? &x : &y);
            }
            assert_int_equal(fingerprint_is(&x, &y), other == 0);
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
