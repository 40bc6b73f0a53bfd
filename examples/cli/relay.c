/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "relay.h"

/* Of a batch: enough that handing it over costs little beside what it holds. */
enum { EVENTS = 512, BYTES = 2 * 1024 * 1024 };

/* ---- the side that reads -------------------------------------------------------------------- */

wfpw_batch *relay_batch(struct relay *r)
{
    return r->places[r->at].batch;
}

/* What take said of a place is read when the place comes back: nothing else is shared. */
static bool hand_over(struct relay *r, uint32_t count)
{
    r->places[r->at].count = count;
    semaphore_post(&r->full);
    if (count == 0)
        return false;
    r->at = (r->at + 1) % RELAY_PLACES;
    semaphore_wait(&r->free);
    return !r->places[r->at].refused;
}

bool relay_give(struct relay *r, uint32_t count)
{
    return r->apart ? hand_over(r, count) : r->take(r->ctx, relay_batch(r), count);
}

struct reader {
    struct relay *relay;
    void (*read)(void *ctx);
    void *ctx;
};

static void read_apart(void *ctx)
{
    struct reader *reader = ctx;
    reader->read(reader->ctx);
    (void)hand_over(reader->relay, 0);
}

/* ---- the side that takes -------------------------------------------------------------------- */

/* What is still on its way when take has had enough is let go. */
static void take_all(struct relay *r)
{
    bool refused = false;
    for (unsigned at = 0;; at = (at + 1) % RELAY_PLACES) {
        struct relay_place *p = &r->places[at];
        semaphore_wait(&r->full);
        if (p->count == 0)
            return;
        refused = refused || !r->take(r->ctx, p->batch, p->count);
        p->refused = refused;
        semaphore_post(&r->free);
    }
}

void relay_run(struct relay *r, void (*read)(void *ctx), void *ctx)
{
    struct reader reader = {.relay = r, .read = read, .ctx = ctx};
    struct thread thread;
    if (r->apart && thread_start(&thread, read_apart, &reader)) {
        take_all(r);
        thread_join(&thread);
    } else {
        r->apart = false;
        read(ctx);
    }
}

/* ---- opening and closing -------------------------------------------------------------------- */

bool relay_open(struct relay *r, bool apart,
                bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx)
{
    unsigned places = apart ? RELAY_PLACES : 1;
    r->take = take;
    r->ctx = ctx;
    r->apart = apart;
    r->has_free = apart && semaphore_init(&r->free, places - 1);
    r->has_full = apart && semaphore_init(&r->full, 0);
    bool ok = r->has_free == apart && r->has_full == apart;
    for (unsigned i = 0; i < places; i++) {
        r->places[i].batch = wfpw_batch_new(EVENTS, BYTES);
        ok = r->places[i].batch != NULL && ok;
    }
    return ok;
}

void relay_close(struct relay *r)
{
    for (unsigned i = 0; i < RELAY_PLACES; i++)
        wfpw_batch_free(r->places[i].batch);
    if (r->has_free)
        semaphore_destroy(&r->free);
    if (r->has_full)
        semaphore_destroy(&r->full);
    *r = (struct relay){0};
}
