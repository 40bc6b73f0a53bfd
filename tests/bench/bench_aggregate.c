/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a callback costs that counts events of one kind, beside one that does not: the whole
 * callback, one producer, nobody sleeping. The ways take turns, so that noise meets all of them. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/subscription.h"
#include "flow/hand.h"
#include "measure.h"
#include "wfpwatch/wfpwatch.h"

enum { GROUP = 32, GROUPS = 20000, RING_BYTES = 4 * 1024 * 1024, WINDOW_MS = 60000 };

static const char path[] = "\\device\\harddiskvolume3\\program files (x86)\\vendor\\product\\a.exe";

struct bench {
    struct hand hand;
    struct gates gates;
    struct ring ring;
    struct subscription subscription;
    uint64_t kinds;
    os_u32 zero; /* nobody sleeps, nobody is away */
    wfpw_allocator memory;
    FWPM_NET_EVENT5 event;
    FWPM_NET_EVENT_CLASSIFY_DROP2 drop;
    uint16_t app[sizeof path];
};

/* A program's whole path, and a time and a port of its own for each event. */
static void make_event(struct bench *b)
{
    b->event = hand_event();
    b->drop = *b->event.classifyDrop;
    b->event.classifyDrop = &b->drop;
    for (size_t i = 0; i < sizeof path; i++)
        b->app[i] = (uint16_t)path[i];
    b->event.header.appId.data = (uint8_t *)b->app;
    b->event.header.appId.size = sizeof b->app;
}

static void open_bench(struct bench *b)
{
    const char *call;
    hand_init(&b->hand);
    make_event(b);
    b->memory = memory_of(NULL);
    void *room = memory_new(&b->memory, ring_memory(RING_BYTES));
    if (room == NULL)
        exit(1);
    ring_init(&b->ring, room, RING_BYTES);
    struct wakeup wakeup = {.sleeping = &b->zero, .away = &b->zero, .held = &b->zero};
    b->subscription = (struct subscription){.system = &b->hand.system,
                                            .ring = &b->ring,
                                            .wakeup = wakeup,
                                            .gates = &b->gates,
                                            .epoch = 1};
    match_slot_init(&b->subscription.slot, &b->memory, NULL);
    if (subscription_prepare(&b->subscription, NULL) != WFPW_OK ||
        subscription_open(&b->subscription, &call) != 0 ||
        subscription_connect(&b->subscription, &call) != 0)
        exit(1);
}

static void empty_ring(struct bench *b)
{
    uint64_t lost;
    while (ring_peek(&b->ring, &lost) != NULL)
        ring_pop(&b->ring);
    ring_release(&b->ring);
}

/* The kind with the number 0 is the one of which all are equal. */
static void fire(struct bench *b, uint64_t kind)
{
    b->event.header.timeStamp.dwLowDateTime++;
    b->event.header.remotePort++;
    b->drop.filterId = kind;
    b->hand.callback(b->hand.context, &b->event);
}

struct way {
    const char *name;
    bool aggregates;
    uint32_t each; /* events of a kind, one after another; 0: there is one kind */
    bool is_full;  /* before it begins */
};

/* A table of its own for each way: what is in it is part of what is measured. */
static struct aggregate *table_of(struct bench *b, const struct way *w)
{
    if (!w->aggregates)
        return NULL;
    struct aggregate *a = aggregate_new(&b->memory, 0, WINDOW_MS, now_ns());
    if (a == NULL)
        exit(1);
    b->subscription.aggregate = a;
    for (uint32_t i = 0; w->is_full && i < 100 * a->sets * AGGREGATE_WAYS; i++, empty_ring(b)) {
        fire(b, ++b->kinds); /* and a second of its kind, which takes a slot */
        fire(b, b->kinds);
    }
    return a;
}

/* ns a callback. */
static double time_group(struct bench *b, const struct way *w, struct aggregate *a)
{
    b->subscription.aggregate = a;
    if (a != NULL && w->each != 0 && !w->is_full) {
        (void)aggregate_send(a, &b->ring, os_ticks_ms(), true);
        empty_ring(b);
    }
    uint64_t t = now_ns();
    for (uint32_t i = 0; i < GROUP; i++) {
        b->kinds += w->each != 0 && i % w->each == 0;
        fire(b, w->each != 0 ? b->kinds : 0);
    }
    double ns = (double)(now_ns() - t) / GROUP;
    empty_ring(b);
    return ns;
}

int main(void)
{
    static const struct way ways[] = {{"does not count", false, 0, false},
                                      {"does not count, all differ", false, 1, false},
                                      {"counts, all are equal", true, 0, false},
                                      {"counts, all differ", true, 1, false},
                                      {"counts, all differ, no slot is free", true, 1, true},
                                      {"counts, two of each", true, 2, false},
                                      {"counts, two of each, no slot is free", true, 2, true}};
    enum { WAYS = sizeof ways / sizeof *ways };
    static double times[WAYS][GROUPS];
    static struct bench b;
    struct aggregate *tables[WAYS];
    open_bench(&b);
    for (int i = 0; i < WAYS; i++)
        tables[i] = table_of(&b, &ways[i]);
    for (int g = 0; g < GROUPS; g++)
        for (int i = 0; i < WAYS; i++)
            times[i][g] = time_group(&b, &ways[i], tables[i]);
    double base = percentile(times[0], GROUPS, 0.5);
    for (int i = 0; i < WAYS; i++) {
        double median = percentile(times[i], GROUPS, 0.5);
        printf("%-37s %6.1f ns median %6.1f ns p99   %.2f times the first\n", ways[i].name, median,
               percentile(times[i], GROUPS, 0.99), median / base);
    }
    for (int i = 0; i < WAYS; i++)
        aggregate_free(&b.memory, tables[i]);
    return 0;
}
