/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Batches from the thread that reads to the one that prints, in order, so that a batch is printed
 * while the next is read.
 */
#ifndef PRINT_THREAD_H
#define PRINT_THREAD_H

#include "platform/thread.h"
#include "wfpwatch/wfpwatch.h"

enum { PRINT_THREAD_SLOTS = 3 };

struct print_thread_slot {
    wfpw_batch *batch;
    uint32_t count; /* 0: there will be no more */
    bool refused;   /* by take, then or before */
};

/* Starts as {0}. */
struct print_thread {
    /* Takes the events of a batch; false: there is no use in going on. */
    bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count);
    void *ctx;
    uint32_t format; /* as of wfpw_batch_set_format */
    bool wants_thread, has_thread;
    uint64_t given; /* batches, until there is a thread */
    struct thread thread;
    unsigned at; /* the slot that is being read into */
    struct print_thread_slot slots[PRINT_THREAD_SLOTS];
    semaphore free, full; /* the other slots */
};

/* take is called with ctx; r->format is set before. apart: on a thread of its own from the second
 * batch on, if there can be one; the first is not worth it. false: there is no memory. */
bool print_thread_open(struct print_thread *r, bool apart,
                       bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count), void *ctx);
/* Where to read to. */
wfpw_batch *print_thread_batch(struct print_thread *r);
/* count > 0 events of that batch are to be taken. false: there is no use in going on. */
bool print_thread_give(struct print_thread *r, uint32_t count);
/* Returns when all that was given is taken. */
void print_thread_close(struct print_thread *r);

#endif
