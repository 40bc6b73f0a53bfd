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

#include "decode/netevent.h"
#include "os/system.h"
#include "ring.h"
#include "wfpwatch/wfpwatch.h"

enum { GROUP = 32, GROUPS = 20000, RING_BYTES = 4 * 1024 * 1024, BATCH_EVENTS = 4096 };

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double *v, size_t n, double p)
{
    qsort(v, n, sizeof *v, by_value);
    return v[(size_t)((double)(n - 1) * p)];
}

/* ---- one event, as Windows 11 gives it ---- */

struct scene {
    FWPM_NET_EVENT5 event;
    FWPM_NET_EVENT_CLASSIFY_DROP2 body;
    uint16_t app[64];
    uint8_t sid[28];
};

static void make_scene(struct scene *s)
{
    static const char path[] = "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe";
    static const uint8_t user[28] = {1, 5, 0, 0, 0, 0, 0, 5, 21};
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < sizeof path; i++)
        s->app[i] = (uint8_t)path[i];
    memcpy(s->sid, user, sizeof user);
    s->body = (FWPM_NET_EVENT_CLASSIFY_DROP2){
        .filterId = 70210, .layerId = 48, .msFwpDirection = MS_FWP_DIRECTION_OUT};
    FWPM_NET_EVENT_HEADER3 *h = &s->event.header;
    h->flags = 0x7F | FWPM_NET_EVENT_FLAG_IP_VERSION_SET;
    h->ipProtocol = 6;
    h->localAddrV4 = 0xC000020A;
    h->remoteAddrV4 = 0xCB007107;
    h->localPort = 50123;
    h->remotePort = 443;
    h->appId = (FWP_BYTE_BLOB){2 * sizeof path, (uint8_t *)s->app};
    h->userId = (FWP_SID_STRUCT *)(void *)s->sid;
    s->event.type = FWPM_NET_EVENT_TYPE_CLASSIFY_DROP;
    s->event.classifyDrop = &s->body;
}

/* ---- a system whose callback is called from here ---- */

struct host {
    struct wfpw_system system;
    struct system_engine engine;
    FWPM_NET_EVENT_CALLBACK4 callback;
    void *context;
    FWP_VALUE0 on;
    uint64_t allocations;
};

static uint32_t host_open(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    (void)session;
    *engine = ctx;
    return 0;
}

static uint32_t host_close(void *ctx, void *engine)
{
    (void)ctx;
    (void)engine;
    return 0;
}

static uint32_t host_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    struct host *h = ctx;
    (void)engine;
    (void)option;
    *value = &h->on;
    return 0;
}

static uint32_t host_subscribe(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,
                               system_callback callback, void *context, void **handle)
{
    struct host *h = ctx;
    (void)engine;
    (void)s;
    h->callback = (FWPM_NET_EVENT_CALLBACK4)callback;
    h->context = context;
    *handle = h;
    return 0;
}

static uint32_t host_unsubscribe(void *ctx, void *engine, void *handle)
{
    (void)ctx;
    (void)engine;
    (void)handle;
    return 0;
}

static void host_free(void *ctx, void **p)
{
    (void)ctx;
    *p = NULL;
}

static uint64_t host_now(void *ctx)
{
    (void)ctx;
    return 1;
}

static void make_host(struct host *h)
{
    *h = (struct host){.on = {.type = FWP_UINT32, .uint32 = 1}};
    h->engine = (struct system_engine){
        .open = host_open,
        .close = host_close,
        .get_option = host_option,
        .subscribe = {[4] = host_subscribe},
        .unsubscribe = host_unsubscribe,
        .free = host_free,
    };
    h->system = (struct wfpw_system){
        .ctx = h, .source = WFPW_SOURCE_SIM, .engine = &h->engine, .now = host_now};
}

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
    void (*one)(struct ring *r, const struct scene *s, const void *from, uint32_t n);
};

/* What a callback does. */
static void decode_and_push(struct ring *r, const struct scene *s, const void *from, uint32_t n)
{
    struct netevent e;
    struct ring_slot slot;
    (void)from;
    (void)n;
    (void)netevent_look(&e, 5, &s->event);
    if (ring_reserve(r, e.room, &slot)) {
        (void)netevent_decode(&e, WFPW_SOURCE_SIM, slot.room);
        ring_commit(r, &slot);
    }
}

static void push_only(struct ring *r, const struct scene *s, const void *from, uint32_t n)
{
    struct ring_slot slot;
    (void)s;
    if (ring_reserve(r, n, &slot)) {
        memcpy(slot.room, from, n);
        ring_commit(r, &slot);
    }
}

/* The bound: the same bytes to the same places, without a queue. */
static void copy_only(struct ring *r, const struct scene *s, const void *from, uint32_t n)
{
    (void)s;
    memcpy(r->bytes + r->at % (RING_BYTES - 1024), from, n);
    r->at += (n + 63) & ~63u;
    atomic_signal_fence(memory_order_seq_cst);
}

static double bench_way(const struct way *w, struct ring *r, const struct scene *s, uint32_t n)
{
    static double times[GROUPS];
    uint8_t from[1024] = {1};
    for (int g = 0; g < GROUPS; g++) {
        uint64_t t = now_ns();
        for (int i = 0; i < GROUP; i++)
            w->one(r, s, from, n);
        times[g] = (double)(now_ns() - t) / GROUP;
        if (w->one != copy_only)
            drain(r);
    }
    double median = percentile(times, GROUPS, 0.5);
    printf("%-28s %6.1f ns median %6.1f ns p99\n", w->name, median,
           percentile(times, GROUPS, 0.99));
    return median;
}

static void bench_push(const struct scene *s)
{
    static const struct way ways[] = {{"memcpy", copy_only},
                                      {"push (memcpy into the ring)", push_only},
                                      {"callback (decode and push)", decode_and_push}};
    struct netevent n;
    struct ring ring;
    double median[3];
    uint8_t *memory = aligned_alloc(64, ring_memory(RING_BYTES));
    if (memory == NULL)
        exit(1);
    (void)netevent_look(&n, 5, &s->event);
    printf("a record of %u bytes, one producer, nobody sleeping\n", n.room);
    for (int i = 0; i < 3; i++) {
        ring_init(&ring, memory, RING_BYTES);
        median[i] = bench_way(&ways[i], &ring, s, n.room);
    }
    printf("push / memcpy %.2f   callback / memcpy %.2f\n", median[1] / median[0],
           median[2] / median[0]);
    free(memory);
}

/* ---- to the reader ---- */

struct producer {
    struct host *host;
    const struct scene *scene;
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
            p->host->callback(p->host->context, &p->scene->event);
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

static void bench_reader(const struct scene *scene, int producers, uint64_t events)
{
    struct host host;
    make_host(&host);
    wfpw_allocator a = {counted_alloc, counted_free, &host.allocations};
    wfpw_options o = {
        .size = sizeof o, .ring_bytes = 64 * 1024 * 1024, .system = &host.system, .allocator = &a};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(BATCH_EVENTS, 4 * 1024 * 1024);
    if (b == NULL || wfpw_open(&o, &s, NULL) != 0 || wfpw_add_live(s, &live, NULL) != 0)
        exit(1);
    uint64_t before = host.allocations, share = events / (uint64_t)producers, start = now_ns();
    double *groups = calloc(events / GROUP + 1, sizeof *groups);
    struct producer p[8];
    for (int i = 0; i < producers; i++) {
        p[i] = (struct producer){&host, scene, share, groups + (uint64_t)i * (share / GROUP), 0};
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
           percentile(groups, n, 0.99), (unsigned long long)(host.allocations - before));
    free(groups);
    wfpw_close(s);
    wfpw_batch_free(b);
}

int main(int argc, char **argv)
{
    static struct scene scene;
    uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
    make_scene(&scene);
    bench_push(&scene);
    bench_reader(&scene, 1, events);
    bench_reader(&scene, 2, events);
    return 0;
}
