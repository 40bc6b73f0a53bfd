/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is held between the ring and the outbox, for how long, and what goes first then. */
#include "live/drain.h"

#include "ring_item.h"

enum { LONG_MS = 60000 };

static uint64_t now(void *ctx)
{
    (void)ctx;
    return 1000;
}

static void *WFPW_CALL take(void *ctx, size_t n)
{
    (void)ctx;
    return malloc(n);
}

static void WFPW_CALL give(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const wfpw_allocator allocator = {take, give, NULL};
static const struct wfpw_system clock_only = {.source = WFPW_SOURCE_SIM, .now = now};

struct made {
    struct ring ring, outbox;
    struct resolver resolver;
    struct drain drain;
    void *memory[2];
};

static void make(struct made *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < 2; i++) {
        m->memory[i] = new_aligned(ring_memory(RING_MIN));
        assert_non_null(m->memory[i]);
        memset(m->memory[i], 0, ring_memory(RING_MIN));
        ring_init(i == 0 ? &m->ring : &m->outbox, m->memory[i], RING_MIN);
    }
    m->drain = (struct drain){.system = &clock_only,
                              .ring = &m->ring,
                              .outbox = &m->outbox,
                              .resolver = &m->resolver,
                              .join_ms = LONG_MS};
    backlog_init(&m->drain.backlog, &allocator, &m->drain.fingerprints, RING_MIN);
    assert_true(resolve_init(&m->resolver, &allocator, NULL, NULL));
    assert_true(drain_init(&m->drain));
}

static void end(struct made *m)
{
    backlog_free(&m->drain.backlog);
    drain_free(&m->drain);
    resolve_free(&m->resolver);
    free_aligned(m->memory[0]);
    free_aligned(m->memory[1]);
}

static struct record event(uint64_t filter)
{
    return (struct record){.bytes = sizeof(struct record),
                           .time = 900 + filter,
                           .kind = WFPW_KIND_CLASSIFY_DROP,
                           .filter_id = filter,
                           .arrived = (uint32_t)os_ticks_ms()};
}

static void push_record(struct made *m, const struct record *r)
{
    struct ring_slot slot;
    assert_true(ring_reserve(&m->ring, r->bytes, &slot));
    memcpy(slot.room, r, r->bytes);
    ring_commit(&m->ring, &slot);
}

static void come(struct made *m, uint64_t filter)
{
    struct record r = event(filter);
    push_record(m, &r);
}

static void keep(struct made *m, uint64_t filter)
{
    struct backlog fresh = {0};
    struct record *r = memory_take(&allocator, sizeof *r);
    assert_non_null(r);
    *r = event(filter);
    backlog_init(&fresh, &allocator, NULL, RING_MIN);
    backlog_begin(&fresh);
    assert_int_equal(backlog_put(&fresh, r), WFPW_OK);
    backlog_end(&fresh, false);
    assert_int_equal(drain_keep(&m->drain, &fresh, true), WFPW_OK);
    backlog_free(&fresh);
}

/* The next one of the outbox: a filter's id, 0 is a gap. */
static void assert_next(struct made *m, uint64_t filter)
{
    uint64_t lost;
    const struct record *r = ring_peek(&m->outbox, &lost);
    assert_non_null(r);
    assert_int_equal(r->kind, filter != 0 ? WFPW_KIND_CLASSIFY_DROP : WFPW_KIND_GAP);
    assert_int_equal(r->filter_id, filter);
    ring_pop(&m->outbox);
    ring_release(&m->outbox);
}

static void assert_no_more(struct made *m)
{
    assert_false(ring_has_record(&m->outbox));
}

/* So long ago the service thread went away. */
static void be_away_for(struct made *m, uint32_t ms)
{
    os_u32_store(&m->drain.away, (uint32_t)os_ticks_ms() - ms);
}

/* An outage took longer than anything is held: what comes after it waits for its gap all the same,
 * whoever moves it. */
static void test_after_a_long_outage(void **state)
{
    struct made m;
    uint64_t deferred_until;
    (void)state;
    make(&m);
    come(&m, 1);
    drain_wait(&m.drain, ring_pushed(&m.ring));
    be_away_for(&m, 2 * LONG_MS);
    come(&m, 5);
    assert_true(drain_help(&m.drain, &deferred_until));
    assert_next(&m, 1);
    assert_no_more(&m);
    assert_in_range(deferred_until, os_ticks_ms(), os_ticks_ms() + LONG_MS);
    keep(&m, 4);
    assert_false(drain_help(&m.drain, &deferred_until));
    assert_false(drain_some(&m.drain));
    drain_found(&m.drain, HOLE_OUTAGE, 1, 500);
    drain_go_on(&m.drain);
    assert_true(drain_help(&m.drain, &deferred_until));
    assert_int_equal(deferred_until, 0);
    assert_next(&m, 0);
    assert_next(&m, 4);
    assert_next(&m, 5);
    assert_no_more(&m);
    end(&m);
}

/* When it has waited long enough it goes on, and the gap comes later. */
static void test_held_long_enough(void **state)
{
    struct made m;
    (void)state;
    make(&m);
    m.drain.join_ms = 0;
    drain_wait(&m.drain, 0);
    come(&m, 5);
    assert_true(drain_some(&m.drain));
    assert_next(&m, 5);
    drain_found(&m.drain, HOLE_OUTAGE, 0, 500);
    drain_go_on(&m.drain);
    assert_true(drain_some(&m.drain));
    assert_next(&m, 0);
    end(&m);
}

/* Without events the gap is told by itself. */
static void test_gap_alone(void **state)
{
    struct made m;
    uint64_t deferred_until;
    (void)state;
    make(&m);
    assert_false(drain_help(&m.drain, &deferred_until)); /* it is not away */
    drain_lost(&m.drain, 3);
    assert_true(drain_leave(&m.drain));
    assert_true(drain_wants_help(&m.drain));
    assert_true(drain_help(&m.drain, &deferred_until));
    assert_next(&m, 0);
    assert_false(drain_wants_help(&m.drain));
    drain_return(&m.drain);
    end(&m);
}

/* A machine that wakes changes hundreds of filters: no reason to forget which events came. */
static void test_filters_are_not_remembered(void **state)
{
    struct made m;
    struct record r = event(1);
    (void)state;
    make(&m);
    r.kind = WFPW_KIND_FILTER_ADD;
    r.filter_key_at = sizeof r;
    come(&m, 2);
    for (int i = 0; i < 2 * FINGERPRINTS; i++) {
        push_record(&m, &r);
        assert_true(drain_some(&m.drain));
        while (ring_has_record(&m.outbox)) {
            uint64_t lost;
            assert_non_null(ring_peek(&m.outbox, &lost));
            ring_pop(&m.outbox);
            ring_release(&m.outbox);
        }
    }
    assert_int_equal(drain_forgotten(&m.drain), 0);
    keep(&m, 2);
    assert_int_equal(os_u64_load(&m.drain.backlog.duplicate), 1);
    assert_false(drain_some(&m.drain));
    end(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_a_long_outage),
        cmocka_unit_test(test_held_long_enough),
        cmocka_unit_test(test_gap_alone),
        cmocka_unit_test(test_filters_are_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
