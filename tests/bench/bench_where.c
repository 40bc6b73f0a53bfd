/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What it costs to ask whether an event is wanted, and to tell its sides apart, beside putting it
 * into a batch, which every event that is read has to go through. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/batch.h"
#include "flow/hand.h"
#include "model/direction.h"
#include "stage/local_side.h"
#include "engine/subscription.h"
#include "template/template.h"

enum { EVENTS = 256, ROUNDS = 400, WAYS = 12, STREAMS = 5, RING_BYTES = 1024 * 1024 };

static const char *const nine[] = {
    "protocol=tcp",
    "direction=outbound",
    "layer=48",
    "filter=70210",
    "type=audit",
    "remote-port=80,443",
    "remote-address=203.0.113.0/24",
    "user=S-1-5-21-1004336348-1177238915-682003330-1001",
    "app=*\\windows\\system32\\svchost.exe",
};

/* The same of a net event: all of them hold. */
static const char *const nine_live[] = {
    "protocol=tcp",
    "direction=inbound",
    "layer=44",
    "filter=70000",
    "type=classify_drop",
    "remote-port=80,50000",
    "remote-address=10.0.0.0/24",
    "user=S-1-5-18",
    "app=*\\a.exe",
};
static const char *const none_live[] = {"protocol=udp"};

struct bench {
    uint64_t rooms[EVENTS][160];
    struct record *records[EVENTS];
    wfpw_batch *batch;
    struct local_side local_side;
    wfpw_template *t[3], *live_t[STREAMS];
    struct subscription live[STREAMS];
    struct gates gates;
    struct hand hand;
    FWPM_NET_EVENT5 event;
    struct ring ring;
    os_u32 sleeping, away;
    uint64_t yes;
};

static size_t widen(const char *s, uint8_t *out)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)s[i];
        out[2 * i + 1] = 0;
    }
    return 2 * n;
}

static void put_side(wfpw_endpoint *e, const uint8_t addr[4], uint16_t port)
{
    memcpy(e->addr, addr, 4);
    e->family = 4;
    e->port = port;
}

/* An audit record of an outbound connection: all nine conditions hold. */
static void make(struct bench *b, int i)
{
    static const uint8_t sid[28] = {1,    5,    0,    0,    0,    0,    0,    5,    21,
                                    0,    0,    0,    0xDC, 0xF4, 0xDC, 0x3B, 0x83, 0x3D,
                                    0x2B, 0x46, 0x82, 0x8B, 0xA6, 0x28, 0xE9, 3};
    uint8_t wide[256];
    struct record_builder rb;
    struct record *r =
        record_start(&rb, b->rooms[i], sizeof b->rooms[i], WFPW_KIND_AUDIT, WFPW_SOURCE_EVTX);
    uint32_t at = record_room(&rb, sizeof(struct record_audit));
    struct record_audit *a = (struct record_audit *)(void *)(rb.base + at);
    r->present = WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT |
                 WFPW_HAS_PROTOCOL | WFPW_HAS_LAYER_ID | WFPW_HAS_FILTER_ID | WFPW_HAS_DIRECTION;
    r->protocol = 6;
    r->filter_id = 70210;
    r->layer_id = 48;
    r->direction = WFPW_DIRECTION_OUTBOUND;
    r->orientation = WFPW_ORIENTATION_FIELD;
    put_side(&r->local, (const uint8_t[4]){192, 0, 2, 10}, (uint16_t)(50000 + i));
    put_side(&r->remote, (const uint8_t[4]){203, 0, 113, (uint8_t)(i % 200)}, 443);
    a->computer = record_put(&rb, VALUE_STRING, wide, widen("host.example.org", wide));
    a->fields_at = at;
    r->app = record_put(&rb, VALUE_STRING, wide,
                        widen("\\device\\harddiskvolume3\\windows\\system32\\svchost.exe", wide));
    r->user_sid = record_put(&rb, VALUE_SID, sid, sizeof sid);
    r->audit_at = at;
    (void)record_finish(&rb);
    b->records[i] = r;
}

/* ---- the ways ------------------------------------------------------------------------------- */

static void into_batch(struct bench *b)
{
    batch_clear(b->batch);
    for (int i = 0; i < EVENTS; i++)
        b->yes += batch_add(b->batch, b->records[i], 1);
}

static void ask(struct bench *b, const wfpw_template *t)
{
    for (int i = 0; i < EVENTS; i++) {
        struct template_subject s = template_of_record(b->records[i]);
        b->yes += template_holds(t, &s);
    }
}

static void ask_none(struct bench *b)
{
    ask(b, b->t[0]);
}

static void ask_one(struct bench *b)
{
    ask(b, b->t[1]);
}

static void ask_nine(struct bench *b)
{
    ask(b, b->t[2]);
}

static void ask_event(struct bench *b)
{
    for (int i = 0; i < EVENTS; i++)
        b->yes += wfpw_template_match(b->t[2], wfpw_batch_get(b->batch, (uint32_t)i)) == 1;
}

static void direction(struct bench *b)
{
    for (int i = 0; i < EVENTS; i++) {
        b->records[i]->direction_from = 0;
        direction_decide(b->records[i]);
    }
}

/* By turns a record to learn from and one to decide; the source is this host either way. */
static void local_side(struct bench *b)
{
    for (int i = 0; i < EVENTS; i++) {
        struct record *r = b->records[i];
        if (i % 2 != 0) {
            r->direction = WFPW_DIRECTION_INBOUND;
            r->orientation = WFPW_ORIENTATION_UNKNOWN;
        }
        local_side_decide(&b->local_side, r);
        r->direction = WFPW_DIRECTION_OUTBOUND;
        r->orientation = WFPW_ORIENTATION_FIELD;
    }
}

/* ---- in the callback ------------------------------------------------------------------------ */

/* What a callback does with a drop; the ring is emptied between the rounds. */
static void stream(struct bench *b, int i)
{
    for (int n = 0; n < EVENTS; n++)
        b->hand.callback(b->live[i].gate, &b->event);
}

static void stream_all(struct bench *b)
{
    stream(b, 0);
}

static void stream_none(struct bench *b)
{
    stream(b, 1);
}

static void stream_one(struct bench *b)
{
    stream(b, 2);
}

static void stream_nine(struct bench *b)
{
    stream(b, 3);
}

static void stream_unwanted(struct bench *b)
{
    stream(b, 4);
}

static void empty_ring(struct bench *b)
{
    uint64_t lost;
    for (; ring_peek(&b->ring, &lost) != NULL; b->yes++)
        ring_pop(&b->ring);
    ring_release(&b->ring);
}

/* ---- measuring ------------------------------------------------------------------------------ */

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

static wfpw_template *template_of(const char *const *conditions, size_t from, size_t to)
{
    wfpw_template *t;
    if (wfpw_template_new(NULL, &t) != WFPW_OK)
        exit(1);
    for (size_t i = from; i < to; i++)
        if (wfpw_template_add(t, conditions[i], NULL) != WFPW_OK)
            exit(1);
    return t;
}

/* Subscriptions with no template, none, one and nine conditions, and one that nothing fits. */
static void open_streams(struct bench *b)
{
    const char *call;
    void *memory = aligned_alloc(64, ring_memory(RING_BYTES));
    if (memory == NULL)
        exit(1);
    ring_init(&b->ring, memory, RING_BYTES);
    hand_init(&b->hand);
    b->event = hand_event();
    b->live_t[1] = template_of(nine_live, 0, 0);
    b->live_t[2] = template_of(nine_live, 5, 6);
    b->live_t[3] = template_of(nine_live, 0, 9);
    b->live_t[4] = template_of(none_live, 0, 1);
    for (int i = 0; i < STREAMS; i++) {
        b->live[i] = (struct subscription){.system = &b->hand.system,
                                           .ring = &b->ring,
                                           .gates = &b->gates,
                                           .wakeup = {.sleeping = &b->sleeping, .away = &b->away},
                                           .match = b->live_t[i]};
        const wfpw_allocator heap = memory_of(NULL);
        match_slot_init(&b->live[i].slot, &heap, b->live_t[i]);
        if (subscription_prepare(&b->live[i], NULL) != WFPW_OK ||
            subscription_connect(&b->live[i], &call) != 0)
            exit(1);
    }
}

static void close_streams(struct bench *b)
{
    for (int i = 0; i < STREAMS; i++)
        wfpw_template_free(b->live_t[i]);
    (void)gates_free(&b->gates);
    free(b->ring.bytes);
}

/* The ways take turns, so that noise meets all of them. */
static void measure(struct bench *b)
{
    static const struct {
        const char *name;
        void (*run)(struct bench *b);
    } ways[WAYS] = {
        {"into a batch", into_batch},
        {"0 conditions", ask_none},
        {"1 condition (remote-port)", ask_one},
        {"9 conditions", ask_nine},
        {"9 conditions, of the event", ask_event},
        {"direction", direction},
        {"sides", local_side},
        {"callback, no template", stream_all},
        {"callback, 0 conditions", stream_none},
        {"callback, 1 condition", stream_one},
        {"callback, 9 conditions", stream_nine},
        {"callback, nothing wanted", stream_unwanted},
    };
    static double times[WAYS][ROUNDS];
    for (int round = 0; round < ROUNDS; round++)
        for (int w = 0; w < WAYS; w++) {
            double start = now_ns();
            ways[w].run(b);
            times[w][round] = (now_ns() - start) / EVENTS;
            empty_ring(b);
        }
    for (int w = 0; w < WAYS; w++)
        qsort(times[w], ROUNDS, sizeof times[w][0], by_value);
    for (int w = 0; w < WAYS; w++)
        printf("%-28s %7.1f ns an event, %5.2f x into a batch\n", ways[w].name,
               times[w][ROUNDS / 2], times[w][ROUNDS / 2] / times[0][ROUNDS / 2]);
}

int main(void)
{
    struct bench *b = calloc(1, sizeof *b);
    if (b == NULL || (b->batch = wfpw_batch_new(EVENTS, 0)) == NULL)
        return 1;
    for (int i = 0; i < EVENTS; i++)
        make(b, i);
    b->t[0] = template_of(nine, 0, 0);
    b->t[1] = template_of(nine, 5, 6);
    b->t[2] = template_of(nine, 0, 9);
    open_streams(b);
    measure(b);
    if (b->yes != (uint64_t)ROUNDS * EVENTS * 9) /* some condition does not hold */
        return 1;
    close_streams(b);
    for (int i = 0; i < 3; i++)
        wfpw_template_free(b->t[i]);
    wfpw_batch_free(b->batch);
    free(b);
    return 0;
}
