/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The blocks of an .evtx file read and decoded by several threads, in the file's order all the
 * same: each worker takes the file's next block and fills that block's ring with records, and the
 * reading thread empties the rings in turn. */
#include "source/evtxparallel.h"

#include <string.h>

#include "decode/evtx.h"
#include "error.h"
#include "ring.h"

enum {
    LANE_RING = 256 * 1024,      /* holds the records of most blocks; others wait for the reader */
    LANE_ENOUGH = LANE_RING / 8, /* bytes of records that are worth a wake-up; or so many */
    LANE_BLOCKS = 16,            /* blocks that pass through a lane before it is handed on */
    NOTE_KIND = 0xFFFF           /* a record that is none: a skip or a warning, told in its place */
};

/* END: there is no further block, or it cannot be read. */
enum lane_state { LANE_FREE, LANE_BUSY, LANE_DONE, LANE_END };

/* A block on its way. */
struct lane {
    uint8_t block[EVTXFILE_SIGHT]; /* and a little of the next one */
    uint32_t size;
    uint64_t offset, end; /* in the file */
    os_u32 state;         /* enum lane_state */
    uint64_t blocks;      /* that passed through it */
    uint32_t bytes;       /* of records that its worker put into the ring */
    uint64_t passed;      /* records of others in them */
    struct ring ring;
    void *ring_memory;
    os_u32 reader_waits, worker_waits;
    os_signal more, room;
};

struct worker {
    struct evtxparallel *p;
    os_thread thread;
    bool started;
    struct evtx evtx;
};

struct evtxparallel {
    struct source source;
    wfpw_allocator memory;
    os_mutex lock; /* of the next three, which the workers share */
    struct input in;
    uint32_t to_fill; /* lanes, counted without end */
    bool at_end;
    os_u32 workers_wait;
    os_signal freed; /* a lane */
    os_u32 quit;
    uint32_t to_read;
    uint64_t counted; /* bytes of the file that the session knows of */
    bool popped;      /* the last record is to be popped first */
    uint32_t lane_count, worker_count;
    struct lane *lanes;
    struct worker *workers;
};

static struct lane *lane_at(struct evtxparallel *p, uint32_t n)
{
    return &p->lanes[n % p->lane_count];
}

/* ---- workers ---- */

static bool quits(const struct evtxparallel *p)
{
    return os_u32_load(&p->quit) != 0;
}

/* Wakes the other side if it waits. */
static void wake(os_u32 *waits, os_signal *signal)
{
    if (os_u32_load_ordered(waits) != 0 && os_u32_exchange(waits, 0) != 0)
        os_signal_set(signal);
}

/* Announces to wait; the caller looks once more before it does. */
static void announce(os_u32 *waits, os_signal *signal)
{
    os_signal_reset(signal);
    (void)os_u32_exchange(waits, 1);
}

/* Into the lane's ring, when there is room; false: the session is closed. The reader is woken when
 * its block is done, or when the worker has to wait for it: for each record would cost more than
 * the record. */
static bool hand_over(struct evtxparallel *p, struct lane *s, const struct record *r)
{
    struct ring_slot room;
    while (!ring_try_reserve(&s->ring, r->bytes, &room)) {
        wake(&s->reader_waits, &s->more);
        announce(&s->worker_waits, &s->room);
        if (quits(p))
            return false;
        if (ring_try_reserve(&s->ring, r->bytes, &room))
            break;
        (void)os_signal_wait(&s->room, -1);
    }
    memcpy(room.room, r, r->bytes);
    ring_commit(&s->ring, &room);
    s->bytes += r->bytes;
    return true;
}

static bool hand_over_note(struct evtxparallel *p, struct lane *s, const struct evtx *x, bool skip)
{
    struct record note = {
        .bytes = sizeof note,
        .kind = NOTE_KIND,
        .flags = skip,
        .lost_where = x->skipped_ours,
        .lost = s->offset + x->where,
        .policy_flags = (uintptr_t)x->why, /* static text */
    };
    return hand_over(p, s, &note);
}

static void decode_block(struct worker *w, struct lane *s)
{
    struct evtx *x = &w->evtx;
    enum evtx_found found;
    bool open = true;
    evtx_block(x, s->block, s->size);
    while (open && (found = evtx_next(x)) != EVTX_END) {
        if (found == EVTX_RECORD)
            open = hand_over(w->p, s, x->record);
        else
            open = hand_over_note(w->p, s, x, found == EVTX_SKIP);
    }
    s->passed += x->passed;
}

/* The file's next block into the lane; false: there is none. */
static bool fill(struct evtxparallel *p, struct lane *s)
{
    s->offset = p->in.position;
    size_t n = input_take(&p->in, s->block, sizeof s->block);
    s->size = n > 0 ? evtxfile_block(s->block, n) : 0;
    input_give_back(&p->in, s->block + s->size, n - s->size);
    s->end = p->in.position;
    return n > 0;
}

static void end_lane(struct lane *s, enum lane_state state)
{
    (void)os_u32_exchange(&s->state, state);
    wake(&s->reader_waits, &s->more);
}

static void start_lane(struct lane *s)
{
    s->blocks = s->passed = 0;
    s->bytes = 0;
}

/* A lane with a block to decode; NULL: there is none now. A worker keeps the lane that it has if no
 * later one is under way. */
static struct lane *take_block(struct evtxparallel *p, struct lane *kept)
{
    os_mutex_lock(&p->lock);
    bool keeps = kept != NULL && kept == lane_at(p, p->to_fill - 1);
    struct lane *s = kept != NULL ? kept : lane_at(p, p->to_fill);
    bool empty = !p->at_end && (keeps || (kept == NULL && os_u32_load(&s->state) == LANE_FREE));
    if (empty && !keeps)
        start_lane(s);
    bool filled = empty && fill(p, s);
    if (filled && !keeps) {
        os_u32_store(&s->state, LANE_BUSY);
        p->to_fill++;
    } else if (empty && !filled) {
        p->at_end = true;
        end_lane(s, LANE_END);
    }
    os_mutex_unlock(&p->lock);
    return filled ? s : NULL;
}

/* Announces to wait for a lane, and looks once more. */
static struct lane *wait_for_block(struct evtxparallel *p)
{
    announce(&p->workers_wait, &p->freed);
    struct lane *s = quits(p) ? NULL : take_block(p, NULL);
    if (s == NULL && !quits(p))
        (void)os_signal_wait(&p->freed, -1);
    return s;
}

/* Decodes into the lane until there is enough to read, or the lane must be handed on. */
static void fill_lane(struct evtxparallel *p, struct worker *w, struct lane *s)
{
    struct lane *next = s;
    while (next != NULL) {
        decode_block(w, s);
        bool more = s->bytes < LANE_ENOUGH && ++s->blocks < LANE_BLOCKS && !quits(p);
        next = more ? take_block(p, s) : NULL;
    }
    if (os_u32_load(&s->state) != LANE_END)
        end_lane(s, LANE_DONE);
}

static void work(void *ctx)
{
    struct worker *w = ctx;
    struct evtxparallel *p = w->p;
    while (!quits(p)) {
        struct lane *s = take_block(p, NULL);
        if (s == NULL)
            s = wait_for_block(p);
        if (s != NULL)
            fill_lane(p, w, s);
    }
    os_signal_set(&p->freed); /* another worker may have missed it because this one reset it */
}

/* ---- the reading thread ---- */

static enum source_result at_end(struct evtxparallel *p, wfpw_error *e)
{
    uint32_t error = p->in.error; /* the worker that found it has told of the end since */
    p->in.error = 0;
    if (error == 0)
        return SOURCE_END;
    (void)error_set(e, WFPW_E_IO, "read", error, NULL);
    return SOURCE_FAILED;
}

static void take_note(struct evtxparallel *p, struct tally *t, const struct record *note)
{
    bool skip = note->flags != 0;
    os_u64_bump(skip ? &t->skipped : &t->warnings, 1);
    if (note->lost_where != 0) {
        os_u64_bump(&t->received, 1);
        os_u64_bump(&t->undecoded, 1);
    }
    tally_log(t, skip ? 1 : 2, (const char *)(uintptr_t)note->policy_flags, p->in.name, note->lost);
}

static void pop(struct lane *s)
{
    ring_pop(&s->ring);
    ring_release(&s->ring);
    wake(&s->worker_waits, &s->room);
}

/* The next record of the lane; NULL: none now. Notes before it are told. */
static const struct record *peek(struct evtxparallel *p, struct lane *s, struct tally *t)
{
    uint64_t lost;
    const struct record *r;
    while ((r = ring_peek(&s->ring, &lost)) != NULL && r->kind == NOTE_KIND) {
        take_note(p, t, r);
        pop(s);
    }
    return r;
}

static void count(struct evtxparallel *p, const struct lane *s, struct tally *t)
{
    os_u64_bump(&t->passed_over, s->passed);
    os_u64_bump(&t->bytes_read, s->end - p->counted);
    p->counted = s->end;
}

static void free_lane(struct evtxparallel *p, struct lane *s, struct tally *t)
{
    count(p, s, t);
    p->to_read++;
    (void)os_u32_exchange(&s->state, LANE_FREE);
    wake(&p->workers_wait, &p->freed);
}

static void wait_for_worker(struct lane *s)
{
    announce(&s->reader_waits, &s->more);
    uint32_t state = os_u32_load_ordered(&s->state);
    if (!ring_has_record(&s->ring) && state != LANE_DONE && state != LANE_END)
        (void)os_signal_wait(&s->more, -1);
}

static enum source_result next(struct source *source, struct tally *t, const struct record **r,
                               wfpw_error *e)
{
    struct evtxparallel *p = (struct evtxparallel *)source;
    struct lane *s = lane_at(p, p->to_read);
    if (p->popped)
        pop(s);
    p->popped = false;
    for (;;) {
        uint32_t state = os_u32_load(&s->state);
        *r = peek(p, s, t);
        if (*r != NULL)
            break;
        if (state == LANE_END) {
            count(p, s, t);
            return at_end(p, e);
        }
        if (state == LANE_DONE) {
            free_lane(p, s, t);
            return SOURCE_AGAIN;
        }
        wait_for_worker(s);
    }
    p->popped = true;
    os_u64_bump(&t->received, 1);
    return SOURCE_RECORD;
}

/* ---- opening and closing ---- */

static void close_source(struct source *source)
{
    struct evtxparallel *p = (struct evtxparallel *)source;
    wfpw_allocator memory = p->memory;
    os_u32_store(&p->quit, 1);
    for (uint32_t i = 0; p->lanes != NULL && i < p->lane_count; i++)
        os_signal_set(&p->lanes[i].room);
    os_signal_set(&p->freed);
    for (uint32_t i = 0; p->workers != NULL && i < p->worker_count; i++)
        if (p->workers[i].started)
            os_thread_join(&p->workers[i].thread);
    for (uint32_t i = 0; p->lanes != NULL && i < p->lane_count; i++) {
        os_signal_destroy(&p->lanes[i].more);
        os_signal_destroy(&p->lanes[i].room);
        memory_free(&memory, p->lanes[i].ring_memory);
    }
    os_signal_destroy(&p->freed);
    os_mutex_destroy(&p->lock);
    input_close(&p->in);
    memory_free(&memory, p->lanes);
    memory_free(&memory, p->workers);
    memory_free(&memory, p);
}

static bool init_lanes(struct evtxparallel *p)
{
    bool ok = true;
    for (uint32_t i = 0; i < p->lane_count; i++) {
        struct lane *s = &p->lanes[i];
        ok = os_signal_init(&s->more) && ok;
        ok = os_signal_init(&s->room) && ok;
        s->ring_memory = memory_new(&p->memory, ring_memory(LANE_RING));
        if (s->ring_memory != NULL)
            ring_init(&s->ring, s->ring_memory, LANE_RING);
        ok = s->ring_memory != NULL && ok;
    }
    return ok;
}

static bool start_workers(struct evtxparallel *p, bool verify)
{
    for (uint32_t i = 0; i < p->worker_count; i++) {
        struct worker *w = &p->workers[i];
        w->p = p;
        w->evtx.source = WFPW_SOURCE_EVTX;
        w->evtx.verify = verify;
        w->started = os_thread_start(&w->thread, work, w);
        if (!w->started)
            return false;
    }
    return true;
}

int evtxparallel_open(const struct source_options *o, struct input *in, struct source **out,
                      wfpw_error *e)
{
    struct evtxparallel *p = memory_new(&o->memory, sizeof *p);
    if (p == NULL || !os_mutex_init(&p->lock)) {
        memory_free(&o->memory, p);
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    p->source = (struct source){.next = next, .close = close_source, .size = in->size};
    p->in = *in;
    p->memory = o->memory;
    p->worker_count = o->threads;
    p->lane_count = 2 * o->threads + 1;
    p->lanes = memory_new(&o->memory, p->lane_count * sizeof *p->lanes);
    p->workers = memory_new(&o->memory, p->worker_count * sizeof *p->workers);
    bool ok = os_signal_init(&p->freed) && p->lanes != NULL && p->workers != NULL;
    if (p->lanes == NULL)
        p->lane_count = 0;
    ok = init_lanes(p) && ok;
    if (!ok || !start_workers(p, o->verify)) {
        close_source(&p->source);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    *out = &p->source;
    return WFPW_OK;
}
