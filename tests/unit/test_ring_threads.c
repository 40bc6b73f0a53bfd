/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The ring with several threads that push, and one that pops. */
#include "random.h"
#include "ring_item.h"

/* ---- several threads ------------------------------------------------------------------------ */

#if defined(__SANITIZE_THREAD__)
enum { EACH = 20000 };
#else
enum { EACH = 100000 };
#endif
enum { PRODUCERS = 4 };

struct producer {
    struct ring *ring;
    os_u32 *running;
    uint32_t id, most;
    os_thread thread;
};

static void produce(void *ctx)
{
    struct producer *p = ctx;
    uint64_t seed = p->id;
    for (uint64_t i = 0; i < EACH; i++)
        (void)push(p->ring, (uint32_t)sizeof(struct item) + random_below(&seed, p->most), p->id, i);
    (void)os_u32_add(p->running, UINT32_MAX);
}

struct consumed {
    uint64_t records, lost;
    uint64_t next[PRODUCERS]; /* the least number that may come */
};

static void consume(struct ring *r, struct consumed *c, bool alone)
{
    uint64_t lost;
    const struct item *it = peek(r, &lost);
    assert_true(it->producer < PRODUCERS);
    assert_true(it->number >= c->next[it->producer]); /* in order */
    assert_item_whole(it);
    c->lost += lost;
    if (alone) /* what is lost before it is exactly what is missing */
        assert_int_equal(it->number, c->records + c->lost);
    c->next[it->producer] = it->number + 1;
    c->records++;
    ring_pop(r);
    if (c->records % 8 == 0)
        ring_release(r);
}

static void many_threads(struct ring *r, uint32_t producers, uint32_t most)
{
    struct producer p[PRODUCERS];
    struct consumed c = {0};
    os_u32 running;
    uint64_t lost;
    os_u32_store(&running, producers);
    for (uint32_t i = 0; i < producers; i++) {
        p[i] = (struct producer){.ring = r, .running = &running, .id = i, .most = most};
        assert_true(os_thread_start(&p[i].thread, produce, &p[i]));
    }
    while (os_u32_load(&running) != 0 || ring_has_record(r)) {
        while (ring_has_record(r) && ring_peek(r, &lost) != NULL) {
            c.lost += lost; /* told once: consume() sees 0 */
            consume(r, &c, producers == 1);
        }
        ring_release(r);
    }
    for (uint32_t i = 0; i < producers; i++)
        os_thread_join(&p[i].thread);
    c.lost += ring_take_lost(r);
    assert_int_equal(ring_waiting(r), 0);
    assert_int_equal(c.lost, ring_dropped(r));
    assert_int_equal(c.records + c.lost, (uint64_t)producers * EACH);
}

static void test_one_producer(void **state)
{
    many_threads(ring_of(state), 1, 3000);
}

static void test_many_producers(void **state)
{
    many_threads(ring_of(state), PRODUCERS, 60);
}

static void test_many_producers_of_large_records(void **state)
{
    many_threads(ring_of(state), PRODUCERS, 9000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_one_producer),
        TEST(test_many_producers),
        TEST(test_many_producers_of_large_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
