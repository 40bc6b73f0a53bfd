/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/print_thread.h"

/* Of a batch: enough that handing it over costs little beside what it holds. */
enum { EVENTS = 512, BYTES = 2 * 1024 * 1024 };

/* ---- the side that takes -------------------------------------------------------------------- */

/* On its own thread. What is still on its way when take has had enough is let go. */
static void take_all(void *ctx)
{
    struct print_thread *r = ctx;
    bool refused = false;
    for (unsigned at = 0;; at = (at + 1) % PRINT_THREAD_SLOTS) {
        struct print_thread_slot *p = &r->slots[at];
        semaphore_wait(&r->full);
        if (p->count == 0)
            return;
        refused = refused || !r->take(r->ctx, p->batch, p->count);
        p->refused = refused;
        semaphore_post(&r->free);
    }
}

/* ---- the side that reads -------------------------------------------------------------------- */

static bool make_batch(struct print_thread *r, struct print_thread_slot *slot)
{
    slot->batch = wfpw_batch_new(EVENTS, BYTES);
    return slot->batch != NULL && wfpw_batch_set_format(slot->batch, r->format) == WFPW_OK;
}

/* false: there can be none. */
static bool start_thread(struct print_thread *r)
{
    for (unsigned i = 1; i < PRINT_THREAD_SLOTS; i++)
        if (!make_batch(r, &r->slots[i]))
            return false;
    if (!semaphore_init(&r->free, PRINT_THREAD_SLOTS - 1))
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

static void hand_over(struct print_thread *r, uint32_t count)
{
    r->slots[r->at].count = count;
    semaphore_post(&r->full);
}

wfpw_batch *print_thread_batch(struct print_thread *r)
{
    return r->slots[r->at].batch;
}

/* What take said of a place is looked at when the place comes back: nothing else is shared. */
bool print_thread_give(struct print_thread *r, uint32_t count)
{
    if (!r->has_thread && r->given++ > 0 && r->wants_thread)
        r->wants_thread = r->has_thread = start_thread(r);
    if (!r->has_thread)
        return r->take(r->ctx, print_thread_batch(r), count);
    hand_over(r, count);
    r->at = (r->at + 1) % PRINT_THREAD_SLOTS;
    semaphore_wait(&r->free);
    return !r->slots[r->at].refused;
}

/* ---- opening and closing -------------------------------------------------------------------- */

bool print_thread_open(struct print_thread *r, bool apart,
                       bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx)
{
    r->take = take;
    r->ctx = ctx;
    r->wants_thread = apart;
    return make_batch(r, &r->slots[0]);
}

void print_thread_close(struct print_thread *r)
{
    if (r->has_thread) {
        hand_over(r, 0);
        thread_join(&r->thread);
        semaphore_destroy(&r->free);
        semaphore_destroy(&r->full);
    }
    for (unsigned i = 0; i < PRINT_THREAD_SLOTS; i++)
        wfpw_batch_free(r->slots[i].batch);
    *r = (struct print_thread){0};
}
