/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "relay.h"

/* Of a batch: enough that handing it over costs little beside what it holds. */
enum { EVENTS = 512, BYTES = 2 * 1024 * 1024 };

/* ---- the side that takes -------------------------------------------------------------------- */

/* On its own thread. What is still on its way when take has had enough is let go. */
static void take_all(void *ctx)
{
    struct relay *r = ctx;
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

/* ---- the side that reads -------------------------------------------------------------------- */

/* false: there can be none. */
static bool start_thread(struct relay *r)
{
    for (unsigned i = 1; i < RELAY_PLACES; i++) {
        r->places[i].batch = wfpw_batch_new(EVENTS, BYTES);
        if (r->places[i].batch == NULL)
            return false;
    }
    if (!semaphore_init(&r->free, RELAY_PLACES - 1))
        return false;
    if (!semaphore_init(&r->full, 0)) {
        semaphore_destroy(&r->free);
        return false;
    }
    if (thread_start(&r->thread, take_all, r))
        return true;
    semaphore_destroy(&r->free);
    semaphore_destroy(&r->full);
    return false;
}

static void hand_over(struct relay *r, uint32_t count)
{
    r->places[r->at].count = count;
    semaphore_post(&r->full);
}

wfpw_batch *relay_batch(struct relay *r)
{
    return r->places[r->at].batch;
}

/* What take said of a place is looked at when the place comes back: nothing else is shared. */
bool relay_give(struct relay *r, uint32_t count)
{
    if (!r->has_thread && r->given++ > 0 && r->wants_thread)
        r->wants_thread = r->has_thread = start_thread(r);
    if (!r->has_thread)
        return r->take(r->ctx, relay_batch(r), count);
    hand_over(r, count);
    r->at = (r->at + 1) % RELAY_PLACES;
    semaphore_wait(&r->free);
    return !r->places[r->at].refused;
}

/* ---- opening and closing -------------------------------------------------------------------- */

bool relay_open(struct relay *r, bool apart,
                bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx)
{
    r->take = take;
    r->ctx = ctx;
    r->wants_thread = apart;
    r->places[0].batch = wfpw_batch_new(EVENTS, BYTES);
    return r->places[0].batch != NULL;
}

void relay_close(struct relay *r)
{
    if (r->has_thread) {
        hand_over(r, 0);
        thread_join(&r->thread);
        semaphore_destroy(&r->free);
        semaphore_destroy(&r->full);
    }
    for (unsigned i = 0; i < RELAY_PLACES; i++)
        wfpw_batch_free(r->places[i].batch);
    *r = (struct relay){0};
}
