/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The ring: what goes in comes out, whole and in order, and what does not is counted in its place.
 */
#include "random.h"
#include "ring_item.h"

/* ---- one thread ----------------------------------------------------------------------------- */

static void test_size(void **state)
{
    (void)state;
    assert_int_equal(ring_size(0), RING_MIN);
    assert_int_equal(ring_size(RING_MIN), RING_MIN);
    assert_int_equal(ring_size(RING_MIN + 1), 2 * RING_MIN);
    assert_int_equal(ring_size(RING_MAX), RING_MAX);
    assert_int_equal(ring_size(UINT32_MAX), RING_MAX);
}

static void test_empty(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost = 7;
    assert_null(ring_peek(r, &lost));
    assert_int_equal(lost, 0);
    assert_false(ring_has_record(r));
    assert_int_equal(ring_waiting(r), 0);
    assert_int_equal(ring_dropped(r), 0);
    assert_int_equal(ring_take_lost(r), 0);
}

static void test_order_is_of_reservation(void **state)
{
    struct ring *r = ring_of(state);
    struct ring_slot a, b;
    uint64_t lost;
    assert_true(ring_reserve(r, sizeof(struct item), &a));
    assert_true(ring_reserve(r, sizeof(struct item), &b));
    write_item(b.room, sizeof(struct item), 0, 2);
    ring_commit(r, &b);
    assert_null(peek(r, &lost)); /* the first one is not complete */
    assert_false(ring_has_record(r));
    assert_int_equal(ring_waiting(r), 2);
    write_item(a.room, sizeof(struct item), 0, 1);
    ring_commit(r, &a);
    assert_int_equal(peek(r, &lost)->number, 1);
    pop(r);
    assert_int_equal(peek(r, &lost)->number, 2);
    pop(r);
    assert_int_equal(ring_waiting(r), 0);
}

static void test_peek_gives_the_same_until_pop(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost;
    assert_true(push(r, 100, 0, 1));
    const struct item *it = peek(r, &lost);
    assert_ptr_equal(peek(r, &lost), it);
    pop(r);
    assert_null(peek(r, &lost));
}

/* Room comes back with ring_release, not with ring_pop. */
static void test_release(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost;
    for (uint32_t i = 0; i < GRANULES; i++)
        assert_true(push(r, RING_GRANULE, 0, i));
    assert_non_null(peek(r, &lost));
    ring_pop(r);
    assert_false(push(r, RING_GRANULE, 0, 0));
    assert_int_equal(ring_waiting(r), GRANULES);
    ring_release(r);
    assert_int_equal(ring_waiting(r), GRANULES - 1);
    struct ring_slot slot;
    assert_true(ring_try_reserve(r, RING_GRANULE, &slot));
}

static void test_too_large(void **state)
{
    struct ring *r = ring_of(state);
    struct ring_slot slot;
    uint64_t lost;
    assert_false(ring_reserve(r, RING_MIN / 2 + 1, &slot));
    assert_false(ring_reserve(r, UINT32_MAX - RING_GRANULE, &slot));
    assert_int_equal(ring_dropped(r), 2);
    assert_true(push(r, ITEM_MAX, 0, 5));
    assert_int_equal(peek(r, &lost)->number, 5);
    assert_int_equal(lost, 2);
}

/* Numbers of lost records: told once, before the record that got in after them. */
static void test_lost_is_placed(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost, pushed = 0;
    while (push(r, 1000, 0, pushed))
        pushed++;
    assert_false(push(r, 1000, 0, 0));
    assert_false(push(r, 1000, 0, 0));
    for (uint64_t i = 0; i < pushed; i++) {
        assert_int_equal(peek(r, &lost)->number, i);
        assert_int_equal(lost, 0);
        pop(r);
    }
    assert_true(push(r, 1000, 0, pushed));
    assert_int_equal(peek(r, &lost)->number, pushed);
    assert_int_equal(lost, 3);
    assert_int_equal(peek(r, &lost)->number, pushed);
    assert_int_equal(lost, 0); /* told */
    pop(r);
    assert_int_equal(ring_take_lost(r), 0);
    assert_int_equal(ring_dropped(r), 3);
}

static void test_lost_at_the_end(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost;
    while (push(r, 1000, 0, 0))
        ;
    while (peek(r, &lost) != NULL)
        pop(r);
    assert_int_equal(ring_take_lost(r), 1);
    assert_int_equal(ring_take_lost(r), 0);
}

/* Drops may be seen before the records that came before them: they wait for their place. */
static void test_lost_that_is_seen_early(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost, number = 0;
    for (int last = 0; last < 2; last++) {
        uint64_t first = number;
        while (push(r, 1000, 0, number))
            number++;
        assert_false(push(r, 1000, 0, 0));
        assert_true(ring_has_lost(r));
        for (; first < number; first++) {
            assert_int_equal(ring_take_lost(r), 0);
            assert_int_equal(peek(r, &lost)->number, first);
            assert_int_equal(lost, 0);
            pop(r);
        }
        if (last == 0) { /* a record comes after them, and does not carry them */
            assert_true(push(r, 1000, 0, number));
            assert_int_equal(peek(r, &lost)->number, number++);
            assert_int_equal(lost, 2);
            pop(r);
        }
        assert_int_equal(ring_take_lost(r), last == 0 ? 0 : 2);
        assert_false(ring_has_lost(r));
    }
    assert_int_equal(ring_dropped(r), 4);
}

/* Held and carried at once: the record after both has their sum. */
static void test_lost_twice(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost, number = 0;
    while (push(r, 1000, 0, number))
        number++;
    assert_int_equal(ring_take_lost(r), 0); /* held */
    assert_false(push(r, 1000, 0, 0));
    assert_false(push(r, 1000, 0, 0));
    assert_non_null(peek(r, &lost));
    pop(r);
    assert_true(push(r, 900, 0, number)); /* carries two */
    for (uint64_t i = 1; i <= number; i++) {
        assert_int_equal(peek(r, &lost)->number, i);
        assert_int_equal(lost, i == number ? 3 : 0);
        pop(r);
    }
    assert_int_equal(ring_take_lost(r), 0);
    assert_int_equal(ring_dropped(r), 3);
}

static void test_try_reserve_counts_nothing(void **state)
{
    struct ring *r = ring_of(state);
    struct ring_slot slot;
    while (ring_try_reserve(r, 500, &slot))
        ring_commit(r, &slot);
    assert_int_equal(ring_dropped(r), 0);
    assert_int_equal(ring_take_lost(r), 0);
}

/* A record never wraps: what does not fit the end goes to the start. */
static void test_pad(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t lost;
    for (uint32_t i = 0; i < 3; i++)
        assert_true(push(r, RING_MIN / 4, 0, i));
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(peek(r, &lost)->number, i);
        pop(r);
    }
    assert_true(push(r, RING_MIN / 2, 0, 3)); /* a quarter is left at the end: unused */
    assert_int_equal(ring_waiting(r), 1);
    const struct item *it = peek(r, &lost);
    assert_int_equal(it->number, 3);
    assert_ptr_equal(it, r->bytes);
    assert_item_whole(it);
    assert_false(push(r, RING_MIN / 4 + 1, 0, 4));           /* the unused quarter is taken too */
    assert_true(push(r, RING_MIN / 4 - RING_GRANULE, 0, 5)); /* a granule tells what was lost */
    pop(r);
    it = peek(r, &lost);
    assert_int_equal(it->number, 5);
    assert_int_equal(lost, 1);
    assert_item_whole(it);
}

/* ---- against a model ------------------------------------------------------------------------ */

/* What the ring must give: a queue that has no bounds. */
struct model {
    struct {
        uint64_t number, lost;
        uint32_t bytes;
    } queue[GRANULES];
    uint32_t first, count;
    uint64_t number, lost, dropped, state;
};

static void model_push(struct model *m, struct ring *r, uint32_t most)
{
    uint32_t bytes = (uint32_t)sizeof(struct item) + random_below(&m->state, most);
    if (!push(r, bytes, 1, m->number)) {
        m->lost++;
        m->dropped++;
        return;
    }
    uint32_t at = (m->first + m->count++) % GRANULES;
    m->queue[at].number = m->number++;
    m->queue[at].bytes = bytes;
    m->queue[at].lost = m->lost;
    m->lost = 0;
}

static void model_pop(struct model *m, struct ring *r)
{
    uint64_t lost;
    const struct item *it = peek(r, &lost);
    assert_int_equal(ring_has_record(r), m->count != 0);
    if (m->count == 0) {
        assert_null(it);
        return;
    }
    assert_non_null(it);
    assert_int_equal(it->number, m->queue[m->first].number);
    assert_int_equal(it->bytes, m->queue[m->first].bytes);
    assert_int_equal(lost, m->queue[m->first].lost);
    assert_item_whole(it);
    m->first = (m->first + 1) % GRANULES;
    m->count--;
    pop(r);
}

static void against_model(struct ring *r, uint64_t seed, uint32_t most, int rounds)
{
    struct model m = {.state = seed};
    for (int i = 0; i < rounds; i++) {
        uint32_t pushes = random_below(&m.state, 80), pops = random_below(&m.state, 80);
        while (pushes-- > 0)
            model_push(&m, r, most);
        assert_int_equal(ring_waiting(r), m.count);
        assert_int_equal(ring_pushed(r), m.number);
        assert_int_equal(ring_popped(r), m.number - m.count);
        assert_int_equal(ring_dropped(r), m.dropped);
        while (pops-- > 0)
            model_pop(&m, r);
    }
    while (m.count > 0)
        model_pop(&m, r);
    assert_null(ring_peek(r, &(uint64_t){0}));
    assert_int_equal(ring_has_lost(r), m.lost != 0);
    assert_int_equal(ring_take_lost(r), m.lost);
    assert_false(ring_has_lost(r));
    assert_int_equal(ring_waiting(r), 0);
}

static void test_model(void **state)
{
    static const uint32_t sizes[] = {1, 100, 1000, 5000, ITEM_MAX - sizeof(struct item)};
    for (uint64_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        against_model(ring_of(state), i + 1, sizes[i], 300);
        tear_down(state);
        set_up(state);
    }
}

/* Far enough that the positions, 24 bits of granules, wrap several times. */
static void test_positions_wrap(void **state)
{
    struct ring *r = ring_of(state);
    uint64_t seed = 1, granules = 0, number = 0, lost;
    while (granules < 3u << 24) {
        struct ring_slot slot;
        uint32_t bytes = ITEM_MAX - random_below(&seed, 4096);
        assert_true(ring_reserve(r, bytes, &slot));
        write_item(slot.room, sizeof(struct item), 0, number);
        ring_commit(r, &slot);
        assert_int_equal(ring_waiting(r), 1);
        assert_int_equal(peek(r, &lost)->number, number++);
        pop(r);
        granules += bytes / RING_GRANULE;
    }
    assert_int_equal(ring_dropped(r), 0);
}

/* The count of records, 40 bits of it in the position, wraps too. */
static void test_count_wraps(void **state)
{
    struct ring *r = ring_of(state);
    const uint64_t before = (UINT64_C(1) << 40) - 2;
    uint64_t lost;
    os_u64_store(&r->tail, before << 24);
    os_u64_store(&r->head, before << 24);
    os_u64_store(&r->popped, before);
    r->at = before << 24;
    for (uint64_t i = 0; i < 5; i++) {
        assert_true(push(r, 100, 0, i));
        assert_true(push(r, 100, 0, i));
        assert_int_equal(ring_waiting(r), 2);
        assert_int_equal(ring_pushed(r), before + 2 * i + 2);
        while (peek(r, &lost) != NULL)
            pop(r);
        assert_int_equal(ring_waiting(r), 0);
        assert_int_equal(ring_popped(r), before + 2 * i + 2);
    }
}

/* Nothing that a record holds, and leaves behind, is ever read as the start of another. */
static void test_content_is_no_commit(void **state)
{
    static const uint32_t words[] = {UINT32_MAX, 1, 1u << 30 | 4, 1u << 29 | 2, 0x3FFFFFFF};
    struct ring *r = ring_of(state);
    uint64_t lost, seed = 3;
    for (int round = 0; round < 20000; round++) {
        uint32_t word = words[random_below(&seed, 5)], n = 1 + random_below(&seed, 40);
        struct ring_slot slot;
        assert_true(ring_reserve(r, n * RING_GRANULE, &slot));
        assert_null(ring_peek(r, &lost));
        for (uint32_t i = 0; i < n * RING_GRANULE / sizeof word; i++)
            memcpy((uint8_t *)slot.room + i * sizeof word, &word, sizeof word);
        assert_null(ring_peek(r, &lost));
        ring_commit(r, &slot);
        assert_ptr_equal(ring_peek(r, &lost), slot.room);
        assert_int_equal(lost, 0);
        pop(r);
        assert_null(ring_peek(r, &lost));
        assert_false(ring_has_record(r));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size),
        TEST(test_empty),
        TEST(test_order_is_of_reservation),
        TEST(test_peek_gives_the_same_until_pop),
        TEST(test_release),
        TEST(test_too_large),
        TEST(test_lost_is_placed),
        TEST(test_lost_at_the_end),
        TEST(test_lost_that_is_seen_early),
        TEST(test_lost_twice),
        TEST(test_try_reserve_counts_nothing),
        TEST(test_pad),
        TEST(test_model),
        TEST(test_positions_wrap),
        TEST(test_count_wraps),
        TEST(test_content_is_no_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
