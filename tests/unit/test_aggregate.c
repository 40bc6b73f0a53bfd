/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events counted before the ring, beside a list that keeps each of them. */
#include "random.h"
#include "ring_item.h"

#include "queue/aggregate.h"

enum { WINDOW_MS = 100, KINDS = 300 };

struct table {
    wfpw_allocator memory;
    struct aggregate *a;
    struct ring ring;
    void *room;
};

static void open_table(struct table *t, uint32_t bytes)
{
    *t = (struct table){.memory = memory_of(NULL)};
    t->a = aggregate_new(&t->memory, bytes, WINDOW_MS, 1);
    t->room = new_aligned(ring_memory(RING_MIN));
    assert_true(t->a != NULL && t->room != NULL);
    memset(t->room, 0, ring_memory(RING_MIN));
    ring_init(&t->ring, t->room, RING_MIN);
}

static void close_table(struct table *t)
{
    aggregate_free(&t->memory, t->a);
    free_aligned(t->room);
}

/* ---- as the callback does it ---- */

struct sent {
    uint32_t kind;
    struct aggregate_one one;
};

enum fate { ALONE, COUNTED, DROPPED };

static struct aggregate_key key_of(const uint32_t *kind)
{
    return (struct aggregate_key){
        .pieces = {{kind, sizeof *kind}}, .count = 1, .bytes = record_cost(sizeof *kind)};
}

/* Two kinds have one. */
static uint64_t hash_of(const struct table *t, uint32_t kind)
{
    return hash_mix(t->a->seed, kind / 2) | 1;
}

static uint32_t write_event(const struct sent *e, uint64_t now, void *room)
{
    struct record_builder b;
    struct record *r = record_start(&b, room, sizeof *r, WFPW_KIND_CLASSIFY_DROP, WFPW_SOURCE_LIVE);
    r->filter_id = e->kind;
    r->time = e->one.time;
    r->local.port = e->one.ports[0];
    r->remote.port = e->one.ports[1];
    r->arrived = (uint32_t)now;
    return record_finish(&b);
}

static bool push_if_room(struct table *t, const struct sent *e, uint64_t now)
{
    struct ring_slot to;
    if (!ring_reserve_or_keep(&t->ring, sizeof(struct record), &to))
        return false;
    (void)write_event(e, now, to.room);
    ring_commit(&t->ring, &to);
    return true;
}

static enum fate send_alone(struct table *t, const struct sent *e, uint64_t now)
{
    struct ring_slot to;
    if (!ring_reserve(&t->ring, sizeof(struct record), &to))
        return DROPPED;
    (void)write_event(e, now, to.room);
    ring_commit(&t->ring, &to);
    return ALONE;
}

static enum fate send_event(struct table *t, const struct sent *e, uint64_t now)
{
    struct aggregate_key key = key_of(&e->kind);
    uint64_t hash = hash_of(t, e->kind);
    if (aggregate_is_first(t->a, hash, (uint32_t)now) && push_if_room(t, e, now))
        return ALONE;
    if (aggregate_count(t->a, &key, hash, &e->one))
        return COUNTED;
    struct aggregate_slot *slot = aggregate_claim(t->a, &key, hash);
    if (slot == NULL)
        return send_alone(t, e, now);
    (void)write_event(e, now, aggregate_record(slot));
    aggregate_open(t->a, slot, &e->one);
    return COUNTED;
}

/* ---- the list ---- */

struct list {
    struct sent events[6000];
    bool is_open[6000]; /* counted, and not told yet */
    uint32_t count;
    uint64_t alone, dropped, told_alone, told_lost, told; /* told: by aggregates */
};

static void assert_ports(const struct list *l, const struct record *r,
                         const struct record_aggregate *body, int side)
{
    uint16_t ports[AGGREGATE_PORTS];
    uint32_t n = 0;
    bool more = false;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct sent *e = &l->events[i];
        uint32_t at = 0;
        if (!l->is_open[i] || e->kind != r->filter_id || !e->one.has_port[side] ||
            e->one.time < body->first || e->one.time > body->last)
            continue;
        while (at < n && ports[at] != e->one.ports[side])
            at++;
        if (at == n && n < AGGREGATE_PORTS)
            ports[n++] = e->one.ports[side];
        else
            more = more || at == n;
    }
    assert_int_equal(body->port_count[side], n);
    assert_int_equal((body->more >> side & 1) != 0, more);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = 0;
        while (at < n && body->ports[side][at] != ports[i])
            at++;
        assert_true(at < n);
        assert_true(i == 0 || body->ports[side][i - 1] < body->ports[side][i]);
    }
}

/* All of its kind that were counted in its time, no more and no fewer. */
static void assert_aggregate(struct list *l, const struct record *r)
{
    const struct record_aggregate *body = record_at(r, r->aggregate_at);
    uint64_t count = 0, first = UINT64_MAX, last = 0;
    assert_ports(l, r, body, 0);
    assert_ports(l, r, body, 1);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct sent *e = &l->events[i];
        if (!l->is_open[i] || e->kind != r->filter_id || e->one.time < body->first ||
            e->one.time > body->last)
            continue;
        l->is_open[i] = false;
        count++;
        first = e->one.time < first ? e->one.time : first;
        last = e->one.time > last ? e->one.time : last;
    }
    assert_true(count > 0 && count == body->count);
    assert_true(first == body->first && last == body->last && last == r->time);
    l->told += count;
}

static void take_some(struct table *t, struct list *l, uint32_t most)
{
    uint64_t lost;
    for (uint32_t i = 0; i < most; i++) {
        const struct record *r = ring_peek(&t->ring, &lost);
        l->told_lost += lost;
        if (r == NULL)
            break;
        if (r->aggregate_at != 0)
            assert_aggregate(l, r);
        else
            l->told_alone++;
        ring_pop(&t->ring);
    }
    ring_release(&t->ring);
    l->told_lost += ring_take_lost(&t->ring);
}

static void take_all(struct table *t, struct list *l, uint64_t now)
{
    bool sent = true;
    while (sent || aggregate_has_rest(t->a)) {
        take_some(t, l, UINT32_MAX);
        sent = aggregate_send(t->a, &t->ring, now, true);
    }
    take_some(t, l, UINT32_MAX);
}

static void assert_whole(const struct table *t, const struct list *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        assert_false(l->is_open[i]);
    assert_int_equal(l->told_alone, l->alone);
    assert_int_equal(l->told_lost, l->dropped);
    assert_int_equal(l->told, os_u64_load(&t->a->counted));
    assert_int_equal(l->told, os_u64_load(&t->a->settled));
    assert_int_equal(l->alone + l->dropped + l->told, l->count);
    assert_int_equal(aggregate_due(t->a), 0);
}

/* ---- any flood ---- */

static struct sent random_event(uint64_t *seed, uint32_t kinds, uint32_t ports, uint64_t time)
{
    struct sent e = {.kind = random_below(seed, 2) != 0 ? 0 : random_below(seed, kinds)};
    e.one.time = time;
    for (int side = 0; side < 2; side++) {
        e.one.has_port[side] = (e.kind + (uint32_t)side) % 3 != 0;
        e.one.ports[side] = e.one.has_port[side] ? (uint16_t)random_below(seed, ports) : 0;
    }
    return e;
}

static void flood(uint64_t seed, struct list *l)
{
    static const uint32_t kinds[] = {1, 2, 20, 40, KINDS}, ports[] = {1, 3, 16, 17, 65536};
    struct table t;
    uint64_t now = random_u64(&seed) >> 20;
    uint32_t many = kinds[random_below(&seed, 5)], some = ports[random_below(&seed, 5)];
    uint32_t greed = random_below(&seed, 40), pace = 1 + random_below(&seed, 400);
    *l = (struct list){0};
    open_table(&t, random_below(&seed, 2) != 0 ? 1 : 256 * 1024);
    for (l->count = 0; l->count < sizeof l->events / sizeof *l->events;) {
        struct sent e = random_event(&seed, many, some, 1000 + l->count);
        enum fate fate = send_event(&t, &e, now);
        l->events[l->count] = e;
        l->is_open[l->count++] = fate == COUNTED;
        l->alone += fate == ALONE;
        l->dropped += fate == DROPPED;
        if (random_below(&seed, pace) == 0) {
            (void)aggregate_send(t.a, &t.ring, now, false);
            take_some(&t, l, random_below(&seed, greed + 1));
            now += random_below(&seed, WINDOW_MS);
        }
    }
    take_all(&t, l, now);
    assert_whole(&t, l);
    close_table(&t);
}

static void test_counts_stay_exact(void **state)
{
    struct list *l = malloc(sizeof *l);
    (void)state;
    assert_non_null(l);
    for (uint64_t seed = 1; seed <= 40; seed++)
        flood(seed, l);
    free(l);
}

/* ---- what comes when ---- */

static const struct sent an_event = {.kind = 7, .one = {.time = 5, .has_port = {true, true}}};

static void test_first_at_once_rest_at_the_end(void **state)
{
    struct table t;
    uint64_t lost;
    (void)state;
    open_table(&t, 0);
    assert_int_equal(send_event(&t, &an_event, 1000), ALONE);
    assert_int_equal(send_event(&t, &an_event, 1010), COUNTED);
    assert_int_equal(ring_pushed(&t.ring), 1);
    assert_false(aggregate_send(t.a, &t.ring, 1000 + WINDOW_MS - 1, false));
    assert_int_equal(aggregate_due(t.a), 1000 + WINDOW_MS);
    assert_true(aggregate_send(t.a, &t.ring, 1000 + WINDOW_MS, false));
    assert_int_equal(aggregate_due(t.a), 0);
    assert_true(ring_peek(&t.ring, &lost)->aggregate_at == 0);
    ring_pop(&t.ring);
    assert_true(ring_peek(&t.ring, &lost)->aggregate_at != 0);
    assert_int_equal(send_event(&t, &an_event, 1200), ALONE);
    assert_false(aggregate_send(t.a, &t.ring, 1200 + WINDOW_MS, false)); /* only one of its kind */
    assert_int_equal(aggregate_due(t.a), 0);
    close_table(&t);
}

/* It needs no slot, and each kind that came a window ago is a first one again. */
static void test_who_comes_alone(void **state)
{
    struct table t;
    struct sent e = an_event;
    uint32_t start = UINT32_MAX - 10; /* ticks wrap */
    (void)state;
    open_table(&t, 0);
    for (uint64_t round = 0; round < 3; round++)
        for (e.kind = 0; e.kind < 40; e.kind += 2)
            assert_int_equal(send_event(&t, &e, start + round * WINDOW_MS), ALONE);
    assert_int_equal(aggregate_due(t.a), 0);
    for (e.kind = 0; e.kind < 40; e.kind += 2)
        assert_int_equal(send_event(&t, &e, start + 3 * WINDOW_MS - 1), COUNTED);
    assert_int_equal(os_u64_load(&t.a->counted), 20);
    /* A kind whose hash is another one's is counted, and its own event all the same. */
    e.kind = 39;
    assert_int_equal(send_event(&t, &e, start + 3 * WINDOW_MS - 1), COUNTED);
    uint32_t told = 0;
    uint64_t lost;
    ring_release(&t.ring);
    for (const struct record *r; (r = ring_peek(&t.ring, &lost)) != NULL; ring_pop(&t.ring))
        ;
    ring_release(&t.ring);
    while (aggregate_send(t.a, &t.ring, 0, true))
        for (const struct record *r; (r = ring_peek(&t.ring, &lost)) != NULL;
             ring_release(&t.ring)) {
            assert_int_equal(
                ((const struct record_aggregate *)record_at(r, r->aggregate_at))->count, 1);
            told++;
            ring_pop(&t.ring);
        }
    assert_int_equal(told, 21);
    close_table(&t);
}

/* The ring is full: the first of a kind is kept, and told of later. */
static void test_first_is_not_lost(void **state)
{
    struct table t;
    struct sent filler = an_event;
    (void)state;
    open_table(&t, 0);
    for (filler.kind = 100; send_alone(&t, &filler, 0) == ALONE; filler.kind++)
        ;
    uint64_t dropped = ring_dropped(&t.ring);
    assert_int_equal(send_event(&t, &an_event, 0), COUNTED);
    assert_int_equal(ring_dropped(&t.ring), dropped);
    assert_false(aggregate_send(t.a, &t.ring, WINDOW_MS, false)); /* still no room */
    struct list *l = calloc(1, sizeof *l);
    assert_non_null(l);
    l->events[0] = an_event;
    l->is_open[0] = true;
    l->count = 1;
    take_all(&t, l, WINDOW_MS);
    assert_int_equal(l->told, 1);
    assert_false(l->is_open[0]);
    free(l);
    close_table(&t);
}

/* Too long for a slot: not counted, and not lost. */
static void test_long_keys(void **state)
{
    static uint8_t text[AGGREGATE_SLOT];
    struct table t;
    struct aggregate_key key = {.pieces = {{text, sizeof text}}, .count = 1, .bytes = sizeof text};
    (void)state;
    open_table(&t, 0);
    assert_null(aggregate_claim(t.a, &key, 1));
    assert_int_equal(aggregate_due(t.a), 0);
    close_table(&t);
}

static void test_memory(void **state)
{
    struct table t;
    (void)state;
    assert_int_equal(sizeof(struct aggregate_slot), AGGREGATE_SLOT);
    open_table(&t, 1);
    assert_int_equal(t.a->sets * AGGREGATE_WAYS * AGGREGATE_SLOT, AGGREGATE_BYTES_MIN);
    close_table(&t);
    open_table(&t, 0);
    assert_int_equal(t.a->sets * AGGREGATE_WAYS * AGGREGATE_SLOT, AGGREGATE_BYTES_DEFAULT);
    close_table(&t);
}

/* ---- several threads ---- */

#if defined(__SANITIZE_THREAD__)
enum { EACH = 20000 };
#else
enum { EACH = 100000 };
#endif
enum { PRODUCERS = 4, FEW = 40 };

struct producer {
    struct table *t;
    os_u32 *running;
    uint64_t seed;
    uint64_t sent[FEW], lost[FEW]; /* by kind */
    os_thread thread;
};

static void produce(void *ctx)
{
    struct producer *p = ctx;
    for (uint64_t i = 0; i < EACH; i++) {
        struct sent e = random_event(&p->seed, FEW, 65536, 1 + i);
        p->sent[e.kind]++;
        p->lost[e.kind] += send_event(p->t, &e, os_ticks_ms()) == DROPPED;
    }
    (void)os_u32_add(p->running, UINT32_MAX);
}

static void count_some(struct table *t, uint64_t *told)
{
    uint64_t lost;
    const struct record *r;
    while ((r = ring_peek(&t->ring, &lost)) != NULL) {
        const struct record_aggregate *body =
            r->aggregate_at != 0 ? record_at(r, r->aggregate_at) : NULL;
        assert_true(r->filter_id < FEW);
        assert_true(body == NULL || (body->first <= body->last && body->last <= EACH));
        told[r->filter_id] += body != NULL ? body->count : 1;
        ring_pop(&t->ring);
        ring_release(&t->ring);
    }
}

static void test_many_threads(void **state)
{
    static struct producer p[PRODUCERS];
    struct table t;
    uint64_t told[FEW] = {0};
    os_u32 running;
    (void)state;
    open_table(&t, 1);
    os_u32_store(&running, PRODUCERS);
    for (uint32_t i = 0; i < PRODUCERS; i++) {
        p[i] = (struct producer){.t = &t, .running = &running, .seed = i};
        assert_true(os_thread_start(&p[i].thread, produce, &p[i]));
    }
    while (os_u32_load(&running) != 0) {
        (void)aggregate_send(t.a, &t.ring, os_ticks_ms() + WINDOW_MS, false); /* all are due */
        count_some(&t, told);
    }
    for (uint32_t i = 0; i < PRODUCERS; i++)
        os_thread_join(&p[i].thread);
    do
        count_some(&t, told);
    while (aggregate_send(t.a, &t.ring, 0, true) || aggregate_has_rest(t.a));
    count_some(&t, told);
    for (uint32_t kind = 0; kind < FEW; kind++)
        for (uint32_t i = 0; i < PRODUCERS; i++)
            told[kind] -= p[i].sent[kind] - p[i].lost[kind];
    for (uint32_t kind = 0; kind < FEW; kind++)
        assert_int_equal(told[kind], 0);
    assert_int_equal(aggregate_due(t.a), 0);
    close_table(&t);
}

/* ---- what the engine kept ---- */

static void test_marks(void **state)
{
    struct table t;
    struct record r;
    struct sent e = an_event;
    (void)state;
    open_table(&t, 0);
    assert_int_equal(send_event(&t, &e, 0), ALONE);
    e.one.ports[1] = 443;
    assert_int_equal(send_event(&t, &e, 0), COUNTED);
    assert_int_equal(send_event(&t, &e, 0), COUNTED);
    (void)write_event(&e, 0, &r);
    assert_true(aggregate_meets(t.a, &r));
    assert_true(aggregate_meets(t.a, &r)); /* it came twice */
    assert_false(aggregate_meets(t.a, &r));
    aggregate_rewind(t.a);
    assert_true(aggregate_meets(t.a, &r));
    r.remote.port = 444;
    assert_false(aggregate_meets(t.a, &r));
    for (int i = 0; i < AGGREGATE_MARKS; i++)
        assert_int_equal(send_event(&t, &an_event, 0), COUNTED);
    r.remote.port = 443;
    aggregate_rewind(t.a);
    assert_false(aggregate_meets(t.a, &r)); /* long ago */
    close_table(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_stay_exact),
        cmocka_unit_test(test_first_at_once_rest_at_the_end),
        cmocka_unit_test(test_who_comes_alone),
        cmocka_unit_test(test_first_is_not_lost),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
