/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Batches on their way from who reads them to who takes them, in order: with a thread for the one
 * that takes, so that a batch is printed while the next is read.
 */
#ifndef RELAY_H
#define RELAY_H

#include "thread.h"
#include "wfpwatch/wfpwatch.h"

enum { RELAY_PLACES = 3 };

struct relay_place {
    wfpw_batch *batch;
    uint32_t count; /* 0: there will be no more */
    bool refused;   /* by take, then or before */
};

/* Starts as {0}. */
struct relay {
    /* Takes the events of a batch; false: there is no use in going on. */
    bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count);
    void *ctx;
    bool wants_thread, has_thread;
    uint64_t given; /* batches, until there is a thread */
    struct thread thread;
    unsigned at; /* the place that is being read into */
    struct relay_place places[RELAY_PLACES];
    semaphore free, full; /* the other places */
};

/* take is called with ctx. apart: on a thread of its own from the second batch on, if there can be
 * one; the first is not worth it. false: there is no memory. */
bool relay_open(struct relay *r, bool apart,
                bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx);
/* Where to read to. */
wfpw_batch *relay_batch(struct relay *r);
/* count > 0 events of that batch are to be taken. false: there is no use in going on. */
bool relay_give(struct relay *r, uint32_t count);
/* Returns when all that was given is taken. */
void relay_close(struct relay *r);

#endif
