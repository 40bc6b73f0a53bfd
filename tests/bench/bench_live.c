/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a callback costs, beside a copy of the same bytes, and how many events a second reach the
 * reader. Prints ratios: the machine's own speed matters little. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/fwpm/net_event.h"
#include "flow/hand.h"
#include "measure.h"
#include "queue/ring.h"
#include "wfpwatch/wfpwatch.h"

enum { GROUP = 32, GROUPS = 20000, RING_BYTES = 4 * 1024 * 1024, BATCH_EVENTS = 4096, WAKES = 500 };

/* ---- push beside memcpy, one producer ---- */

static void drain(struct ring *r)
{
    uint64_t lost;
    while (ring_peek(r, &lost) != NULL)
        ring_pop(r);
    ring_release(r);
}

/* One of the ways to fill a ring: GROUP events at a time, the ring emptied between the groups. */
struct way {
    const char *name;
    void (*one)(struct ring *r, const FWPM_NET_EVENT5 *ev, const void *from, uint32_t n);
};

/* What a callback does. */
static void decode_and_push(struct ring *r, const FWPM_NET_EVENT5 *ev, const void *from, uint32_t n)
{
    struct net_event e;
    struct ring_slot slot;
    (void)from;
    (void)n;
    (void)net_event_look(&e, 5, ev);
    if (ring_reserve(r, e.room, &slot)) {
        (void)net_event_decode(&e, WFPW_SOURCE_SIM, slot.room);
        ring_commit(r, &slot);
    }
}

static void push_only(struct ring *r, const FWPM_NET_EVENT5 *ev, const void *from, uint32_t n)
{
    struct ring_slot slot;
    (void)ev;
    if (ring_reserve(r, n, &slot)) {
        memcpy(slot.room, from, n);
        ring_commit(r, &slot);
    }
}

/* The bound: the same bytes to the same places, without a queue. */
static void copy_only(struct ring *r, const FWPM_NET_EVENT5 *ev, const void *from, uint32_t n)
{
    (void)ev;
    memcpy(r->bytes + r->at % (RING_BYTES - 1024), from, n);
    r->at += (n + 63) & ~63u;
    atomic_signal_fence(memory_order_seq_cst);
}

static double bench_way(const struct way *w, struct ring *r, const FWPM_NET_EVENT5 *ev, uint32_t n)
{
    static double times[GROUPS];
    uint8_t from[1024] = {1};
    for (int g = 0; g < GROUPS; g++) {
        uint64_t t = now_ns();
        for (int i = 0; i < GROUP; i++)
            w->one(r, ev, from, n);
        times[g] = (double)(now_ns() - t) / GROUP;
        if (w->one != copy_only)
            drain(r);
    }
    double median = percentile(times, GROUPS, 0.5);
    printf("%-28s %6.1f ns median %6.1f ns p99\n", w->name, median,
           percentile(times, GROUPS, 0.99));
    return median;
}

static void bench_push(const FWPM_NET_EVENT5 *ev)
{
    static const struct way ways[] = {{"memcpy", copy_only},
                                      {"push (memcpy into the ring)", push_only},
                                      {"callback (decode and push)", decode_and_push}};
    struct net_event n;
    struct ring ring;
    double median[3];
    uint8_t *memory = aligned_alloc(64, ring_memory(RING_BYTES));
    if (memory == NULL)
        exit(1);
    (void)net_event_look(&n, 5, ev);
    printf("a record of %u bytes, one producer, nobody sleeping\n", n.room);
    for (int i = 0; i < 3; i++) {
        memset(memory, 0, ring_memory(RING_BYTES));
        ring_init(&ring, memory, RING_BYTES);
        median[i] = bench_way(&ways[i], &ring, ev, n.room);
    }
    printf("push / memcpy %.2f   callback / memcpy %.2f\n", median[1] / median[0],
           median[2] / median[0]);
    free(memory);
}

/* ---- to the reader ---- */

struct producer {
    struct hand *hand;
    const FWPM_NET_EVENT5 *ev;
    uint64_t count;
    double *groups;
    pthread_t thread;
};

static void *produce(void *arg)
{
    struct producer *p = arg;
    for (uint64_t g = 0; g < p->count / GROUP; g++) {
        uint64_t t = now_ns();
        for (int i = 0; i < GROUP; i++)
            p->hand->callback(p->hand->context, p->ev);
        p->groups[g] = (double)(now_ns() - t) / GROUP;
    }
    return NULL;
}

static void *counted_alloc(void *ctx, size_t bytes)
{
    ++*(uint64_t *)ctx;
    return malloc(bytes);
}

static void counted_free(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static uint64_t read_all(wfpw_session *s, wfpw_batch *b, uint64_t expected)
{
    wfpw_stats st = {.size = sizeof st};
    uint64_t seen = 0;
    while (seen < expected) {
        int n = wfpw_read(s, b, 100, NULL);
        if (n < 0)
            break;
        (void)wfpw_get_stats(s, &st);
        seen = st.delivered + st.dropped;
    }
    return st.delivered;
}

static void bench_reader(const FWPM_NET_EVENT5 *ev, int producers, uint64_t events)
{
    struct hand hand;
    uint64_t allocations = 0;
    hand_init(&hand);
    wfpw_allocator a = {counted_alloc, counted_free, &allocations};
    wfpw_options o = {
        .size = sizeof o, .ring_bytes = 64 * 1024 * 1024, .system = &hand.system, .allocator = &a};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(BATCH_EVENTS, 4 * 1024 * 1024);
    if (b == NULL || wfpw_open(&o, &s, NULL) != 0 || wfpw_add_live(s, &live, NULL) != 0)
        exit(1);
    uint64_t before = allocations, share = events / (uint64_t)producers, start = now_ns();
    double *groups = calloc(events / GROUP + 1, sizeof *groups);
    struct producer p[8];
    for (int i = 0; i < producers; i++) {
        p[i] = (struct producer){&hand, ev, share, groups + (uint64_t)i * (share / GROUP), 0};
        (void)pthread_create(&p[i].thread, NULL, produce, &p[i]);
    }
    uint64_t sent = share / GROUP * GROUP * (uint64_t)producers;
    uint64_t delivered = read_all(s, b, sent);
    double seconds = (double)(now_ns() - start) / 1e9;
    for (int i = 0; i < producers; i++)
        (void)pthread_join(p[i].thread, NULL);
    size_t n = (size_t)(share / GROUP) * (size_t)producers;
    printf("%d producer%s %5.2f million events/s to the reader, %5.1f%% dropped, "
           "%5.1f ns median and %5.1f ns p99 a callback, %llu allocations\n",
           producers, producers == 1 ? ", " : "s,", (double)delivered / seconds / 1e6,
           100.0 * (double)(sent - delivered) / (double)sent, percentile(groups, n, 0.5),
           percentile(groups, n, 0.99), (unsigned long long)(allocations - before));
    free(groups);
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* ---- with the service thread asleep ---- */

struct sleeper {
    os_signal signal;
    os_u32 ends;
};

static void sleep_again(void *ctx)
{
    struct sleeper *s = ctx;
    while (os_u32_load(&s->ends) == 0) {
        (void)os_signal_wait(&s->signal, -1);
        os_signal_reset(&s->signal);
    }
}

/* What the system alone takes to wake a thread: no callback that wakes one can take less. */
static void bench_signal(void)
{
    static double times[WAKES];
    struct sleeper s = {.ends = 0};
    os_thread thread;
    if (!os_signal_init(&s.signal) || !os_thread_start(&thread, sleep_again, &s))
        exit(1);
    for (int i = 0; i < WAKES; i++) {
        os_sleep_ms(1);
        uint64_t t = now_ns();
        os_signal_set(&s.signal);
        times[i] = (double)(now_ns() - t);
    }
    os_u32_store(&s.ends, 1);
    os_signal_set(&s.signal);
    os_thread_join(&thread);
    os_signal_destroy(&s.signal);
    printf("a signal alone that wakes a thread:       %.0f ns median, %.0f ns p99\n",
           percentile(times, WAKES, 0.5), percentile(times, WAKES, 0.99));
}

/* A callback now and then finds the service thread sleeping and wakes it: that one costs more. */
static void bench_wake(const FWPM_NET_EVENT5 *ev)
{
    static double times[WAKES];
    struct hand hand;
    wfpw_session *s;
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    hand_init(&hand);
    wfpw_options o = {.size = sizeof o, .system = &hand.system};
    if (wfpw_open(&o, &s, NULL) != 0 || wfpw_add_live(s, &live, NULL) != 0)
        exit(1);
    for (int i = 0; i < WAKES; i++) {
        os_sleep_ms(1); /* it goes to sleep again */
        uint64_t t = now_ns();
        hand.callback(hand.context, ev);
        times[i] = (double)(now_ns() - t);
    }
    printf("a callback that wakes the service thread: %.0f ns median, %.0f ns p99\n",
           percentile(times, WAKES, 0.5), percentile(times, WAKES, 0.99));
    wfpw_close(s);
}

int main(int argc, char **argv)
{
    FWPM_NET_EVENT5 event = hand_event();
    uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
    bench_push(&event);
    bench_reader(&event, 1, events);
    bench_reader(&event, 2, events);
    bench_signal();
    bench_wake(&event);
    return 0;
}
