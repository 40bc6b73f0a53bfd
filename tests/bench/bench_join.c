/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_join: what joining costs. Halves that find one another while 1,000 and 100,000 others wait;
 * a record for which none waits; a flood of equal keys. Beside each the copying of the same bytes,
 * which is the least that waiting costs. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "../unit/joined.h"

enum { RUNS = 9, TURNS = 50000 };

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v)
{
    qsort(v, RUNS, sizeof *v, by_value);
    return v[RUNS / 2];
}

static void set_flow(struct record *r, uint32_t number)
{
    r->local.port = (uint16_t)number;
    memcpy(r->remote.addr, &number, sizeof number);
}

struct bench {
    uint64_t net_room[HALF_BYTES / 8], audit_room[HALF_BYTES / 8], copy[HALF_BYTES / 4];
    struct record *net, *audit;
    struct join *j;
};

static void fill(struct bench *b, uint32_t pending)
{
    for (uint32_t i = 0; i < pending; i++) {
        set_flow(b->net, i);
        if (!join_wait(b->j, b->net, UINT64_MAX))
            exit(1);
    }
}

/* A half waits, and its other half finds it: an event. */
static double bench_pairs(struct bench *b, uint32_t pending)
{
    double start = now_ns();
    const struct record *merged;
    bool is_merged;
    for (uint32_t i = 0; i < TURNS; i++) {
        set_flow(b->net, pending + i % 1000);
        set_flow(b->audit, pending + i % 1000);
        if (!join_wait(b->j, b->net, UINT64_MAX)) {
            (void)join_next(b->j, 0, true, &is_merged);
            join_pop(b->j);
            i--;
            continue;
        }
        if (join_find(b->j, b->audit, &merged) != JOIN_MERGED)
            exit(1);
    }
    return (now_ns() - start) / TURNS;
}

static double bench_alone(struct bench *b, bool other_side)
{
    double start = now_ns();
    const struct record *merged;
    uint64_t found = 0;
    for (uint32_t i = 0; i < TURNS; i++) {
        set_flow(b->audit, 0x40000000 + i);
        set_flow(b->net, 0x40000000 + i);
        found += join_find(b->j, other_side ? b->net : b->audit, &merged) != JOIN_ALONE;
    }
    if (found != 0)
        exit(1);
    return (now_ns() - start) / TURNS;
}

static double bench_copy(struct bench *b)
{
    double start = now_ns();
    uint64_t sum = 0;
    for (uint32_t i = 0; i < TURNS; i++) {
        set_flow(b->net, i);
        memcpy(b->copy, b->net, b->net->bytes);
        memcpy((uint8_t *)b->copy + b->net->bytes, b->net, b->net->bytes);
        memcpy((uint8_t *)b->copy + b->net->bytes, b->audit, b->audit->bytes);
        sum += b->copy[i % 64];
    }
    return (now_ns() - start) / TURNS + (sum == 1);
}

static void bench(uint32_t pending)
{
    static struct bench b;
    struct decision d = a_decision();
    double pairs[RUNS], alone[RUNS], copies[RUNS];
    b.net = make_net(b.net_room, &d);
    b.audit = make_audit(b.audit_room, &d);
    b.j = new_join((size_t)(pending + 4000) * (b.net->bytes + 64) + JOIN_BYTES_MIN, false);
    if (b.j == NULL)
        exit(1);
    fill(&b, pending);
    for (int run = 0; run < RUNS; run++) {
        alone[run] = bench_alone(&b, false);
        pairs[run] = bench_pairs(&b, pending);
        copies[run] = bench_copy(&b);
    }
    double pair = median(pairs), copy = median(copies);
    (void)printf(
        "%6u wait (%u bytes each): a joined event %6.0f ns (%.1f million a second, copying alone "
        "%.0f ns: %.1f x), one that finds none %5.1f ns\n",
        pending, b.net->bytes, pair, 1e3 / pair, copy, pair / copy, median(alone));
    join_free(b.j);
}

static void bench_nothing(void)
{
    static struct bench b;
    struct decision d = a_decision();
    double ns[RUNS];
    b.net = make_net(b.net_room, &d);
    b.audit = make_audit(b.audit_room, &d);
    b.j = new_join(0, false);
    for (int run = 0; run < RUNS; run++)
        ns[run] = bench_alone(&b, true);
    (void)printf("nothing waits: %.1f ns an event\n", median(ns));
    join_free(b.j);
}

/* Equal keys, of which none has another half: each looks at a bounded number. */
static void bench_flood(void)
{
    static struct bench b;
    struct decision d = a_decision();
    const struct record *merged;
    b.net = make_net(b.net_room, &d);
    b.audit = make_audit(b.audit_room, &d);
    b.j = new_join(64 << 20, false);
    for (uint32_t i = 0; i < 50000; i++)
        (void)join_wait(b.j, b.net, UINT64_MAX);
    b.audit->time += 60 * (uint64_t)SECOND;
    double start = now_ns();
    for (uint32_t i = 0; i < 2000; i++)
        if (join_find(b.j, b.audit, &merged) != JOIN_ALONE)
            exit(1);
    (void)printf("50000 of one key wait, none near in time: %.0f ns an event\n",
                 (now_ns() - start) / 2000);
    join_free(b.j);
}

int main(void)
{
    bench_nothing();
    bench(1000);
    bench(100000);
    bench_flood();
    return 0;
}
