/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Batches on their way from who reads them to who takes them, in order: on one thread, or on two,
 * so that one batch is printed while the next is read. The one that reads has a thread of its own
 * then; the one that takes, which may wait for the output, stays where signals arrive.
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
    bool apart;  /* on two threads */
    unsigned at; /* the place that is being read into */
    struct relay_place places[RELAY_PLACES];
    semaphore free, full; /* the other places */
    bool has_free, has_full;
};

/* take is called with ctx. false: there is no memory; to be closed all the same. */
bool relay_open(struct relay *r, bool apart,
                bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx);
/* Runs read(ctx), which gives batches, and returns when all that it gave was taken. */
void relay_run(struct relay *r, void (*read)(void *ctx), void *ctx);
void relay_close(struct relay *r);

/* For read: where to read to. */
wfpw_batch *relay_batch(struct relay *r);
/* For read: count > 0 events of that batch are to be taken. false: there is no use in going on. */
bool relay_give(struct relay *r, uint32_t count);

#endif
