/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The blocks of an .evtx file read and decoded by several threads, in the file's order all the
 * same: each worker takes the file's next blocks, as a run of them that will be worth a wake-up,
 * and decodes into that run's lane; the reading thread takes the lanes in turn. A record stays
 * where it was decoded until it was read. */
#include "source/evtx/evtx_parallel.h"

#include <string.h>

#include "base/error.h"
#include "base/thread_hooks.h"
#include "decode/evtx/evtx.h"
#include "source/evtx/evtx_block.h"

enum {
    LANE_FULL = 256 * 1024,      /* bytes: more than the records of most blocks */
    LANE_ENOUGH = LANE_FULL / 8, /* bytes of records that are worth a wake-up; or so many */
    RUN_MOST = 32,               /* blocks in a run */
    RUNS_A_WORKER = 4,           /* at least, so that they end at about the same time */
    FEW_BLOCKS = 2,              /* that are not worth a thread */
    NOTE_KIND = 0xFFFF           /* a record that is none: a skip or a warning, told in its place */
};

/* END: there is no further block, or it cannot be read. */
enum lane_state { LANE_FREE, LANE_BUSY, LANE_DONE, LANE_END };

/* A run of blocks on its way. When its records have filled the lane, its worker waits until all of
 * them were read, and begins at the start again. */
struct lane {
    uint64_t end;    /* in the file */
    os_u32 state;    /* enum lane_state */
    uint64_t passed; /* records of others in its blocks */
    uint8_t *records;
    os_u32 there; /* bytes of them */
    os_u32 full;  /* the worker waits for the reader to read all of them */
    os_u32 reader_waits, worker_waits;
    os_signal more, room;
};

struct worker {
    struct evtx_parallel *p;
    os_thread thread;
    bool started;
    uint32_t run;    /* blocks that the next run is to have */
    uint32_t used;   /* bytes in the lane */
    uint32_t bytes;  /* of records in this run */
    uint64_t offset; /* of the block under way in the file */
    uint32_t size;
    bool resumed;                    /* the next block was searched for */
    uint8_t block[EVTX_BLOCK_SIGHT]; /* and a little of the next one */
    struct evtx evtx;
};

struct evtx_parallel {
    struct source source;
    wfpw_allocator memory;
    const wfpw_thread_hooks *hooks; /* of the workers; NULL: none */
    os_mutex lock;                  /* of the next five, which the workers share */
    struct input in;
    uint32_t to_fill; /* lanes, counted without end */
    bool at_end;
    bool broken;    /* a run could not be read to its end: nothing behind it is */
    bool odd;       /* the last block that was read ended where none is due */
    uint64_t limit; /* no block that begins there or behind is read */
    os_u32 workers_wait;
    os_signal freed; /* a lane */
    os_u32 quit;
    uint32_t to_read;
    uint64_t counted;  /* bytes of the file that the session knows of */
    uint32_t at, seen; /* of the lane: the next record, and what is known to be there */
    uint32_t last;     /* bytes of the last record, which is done with at the next call */
    uint32_t lane_count, worker_count;
    struct lane *lanes;
    struct worker *workers;
};

static struct lane *lane_at(struct evtx_parallel *p, uint32_t n)
{
    return &p->lanes[n % p->lane_count];
}

/* ---- workers ---- */

static bool reader_quits(const struct evtx_parallel *p)
{
    return os_u32_load(&p->quit) != 0;
}

/* Wakes the other side if it waits. What it waits for was told with an exchange: a store could
 * still be on its way when the question whether it waits is answered. */
static void wake_waiter(os_u32 *waits, os_signal *signal)
{
    if (os_u32_load_ordered(waits) != 0 && os_u32_exchange(waits, 0) != 0)
        os_signal_set(signal);
}

/* Announces to wait; the caller looks once more before it does. */
static void announce_wait(os_u32 *waits, os_signal *signal)
{
    os_signal_reset(signal);
    (void)os_u32_exchange(waits, 1);
}

/* Room for a record behind those in the lane; NULL: the session is closed. The reader is woken when
 * a run is done, or when the worker has to wait for it: for each record would cost more than the
 * record. */
static void *lane_room(struct worker *w, struct lane *s)
{
    if (w->used <= LANE_FULL)
        return s->records + w->used;
    (void)os_u32_exchange(&s->full, 1);
    wake_waiter(&s->reader_waits, &s->more);
    while (os_u32_load(&s->full) != 0) {
        announce_wait(&s->worker_waits, &s->room);
        if (reader_quits(w->p))
            return NULL;
        if (os_u32_load_ordered(&s->full) != 0)
            (void)os_signal_wait(&s->room, -1);
    }
    w->used = 0;
    return s->records;
}

/* The record that stands in the room is the reader's from now on. */
static void hand_over(struct worker *w, struct lane *s, const struct record *r)
{
    w->used += r->bytes;
    w->bytes += r->bytes;
    os_u32_store(&s->there, w->used);
}

static void hand_over_note(struct worker *w, struct lane *s, bool skip)
{
    const struct evtx *x = &w->evtx;
    struct record *note = x->room;
    *note = (struct record){
        .bytes = sizeof *note,
        .kind = NOTE_KIND,
        .flags = skip,
        .lost_where = x->skipped_ours,
        .lost = w->offset + x->where,
        .policy_flags = (uintptr_t)x->why, /* static text */
    };
    hand_over(w, s, note);
}

static void decode_block(struct worker *w, struct lane *s)
{
    struct evtx *x = &w->evtx;
    enum evtx_found found;
    x->resumed = w->resumed;
    w->resumed = false;
    evtx_block(x, w->block, w->size);
    while ((x->room = lane_room(w, s)) != NULL && (found = evtx_next(x)) != EVTX_END) {
        if (found == EVTX_RECORD)
            hand_over(w, s, x->record);
        else
            hand_over_note(w, s, found == EVTX_SKIP);
    }
    s->passed += x->passed;
}

/* ---- runs: under the lock ---- */

/* The file's next block, wherever it ends; false: there is none. */
static bool read_next(struct evtx_parallel *p, struct worker *w)
{
    w->offset = p->in.position;
    bool over = p->broken || p->in.position >= p->limit;
    size_t n = over ? 0 : input_take(&p->in, w->block, sizeof w->block);
    w->size = n > 0 ? evtx_block_length(w->block, n) : 0;
    input_give_back(&p->in, w->block + w->size, n - w->size);
    return n > 0;
}

/* How many of the file's next blocks are followed by a chunk where one is due, so that it is known
 * where they end; at most the worker's run. They are the worker's to read. */
static uint32_t claim_blocks(struct evtx_parallel *p, struct worker *w)
{
    uint8_t head[8];
    uint32_t n = 0;
    w->offset = p->in.position;
    while (!p->broken && n < w->run && w->offset + (uint64_t)n * EVTX_BLOCK < p->limit &&
           input_peek(&p->in, (uint64_t)(n + 1) * EVTX_BLOCK, head, sizeof head) &&
           evtx_is_chunk(head, sizeof head))
        n++;
    input_pass(&p->in, (uint64_t)n * EVTX_BLOCK);
    return n;
}

static void end_lane(struct lane *s, enum lane_state state)
{
    (void)os_u32_exchange(&s->state, (uint32_t)state);
    wake_waiter(&s->reader_waits, &s->more);
}

/* A lane with a run to decode: blocks that are to be read, or none and one that was read. NULL:
 * there is none now. */
static struct lane *take_run(struct evtx_parallel *p, struct worker *w, uint32_t *blocks)
{
    os_mutex_lock(&p->lock);
    struct lane *s = lane_at(p, p->to_fill);
    bool free = !p->at_end && os_u32_load(&s->state) == LANE_FREE, found = false;
    if (free) {
        s->passed = w->bytes = w->used = 0;
        *blocks = claim_blocks(p, w);
        found = *blocks > 0 || read_next(p, w);
        s->end = p->in.position;
    }
    if (found) {
        w->resumed = p->odd;
        p->odd = *blocks == 0 && w->size != EVTX_BLOCK;
        os_u32_store(&s->state, LANE_BUSY);
        p->to_fill++;
    } else if (free) {
        p->at_end = true;
        end_lane(s, LANE_END);
    }
    os_mutex_unlock(&p->lock);
    return found ? s : NULL;
}

/* ---- runs: decoding ---- */

/* Announces to wait for a lane, and looks once more. */
static struct lane *wait_for_run(struct evtx_parallel *p, struct worker *w, uint32_t *blocks)
{
    announce_wait(&p->workers_wait, &p->freed);
    struct lane *s = reader_quits(p) ? NULL : take_run(p, w, blocks);
    if (s == NULL && !reader_quits(p))
        (void)os_signal_wait(&p->freed, -1);
    return s;
}

/* A block of a claimed run. false: it ends the file, after all. */
static bool read_block(struct evtx_parallel *p, struct worker *w)
{
    size_t n;
    uint32_t code = input_read_at(&p->in, w->offset, w->block, EVTX_BLOCK, &n);
    w->size = (uint32_t)n;
    if (n == EVTX_BLOCK)
        return true;
    os_mutex_lock(&p->lock);
    p->broken = true;
    if (code != 0) /* another worker may have found an error before */
        p->in.error = code;
    os_mutex_unlock(&p->lock);
    return false;
}

static void decode_run(struct worker *w, struct lane *s, uint32_t blocks)
{
    bool whole = true;
    for (uint32_t i = 0; i < blocks && whole && !reader_quits(w->p); i++, w->offset += EVTX_BLOCK) {
        whole = read_block(w->p, w);
        decode_block(w, s);
    }
    if (blocks == 0)
        decode_block(w, s);
}

/* The next run is to give what is worth a wake-up, if the file goes on as it was. */
static uint32_t next_run(const struct evtx_parallel *p, const struct worker *w, uint32_t blocks)
{
    uint64_t enough = (uint64_t)LANE_ENOUGH * (blocks != 0 ? blocks : 1) / (w->bytes + 1);
    uint64_t fair = p->source.size / EVTX_BLOCK / p->worker_count / RUNS_A_WORKER;
    uint64_t most = fair < RUN_MOST ? fair : RUN_MOST;
    enough = enough < most ? enough : most;
    return enough > 1 ? (uint32_t)enough : 1;
}

static void work_lanes(void *ctx)
{
    static const char role[] = "file";
    struct worker *w = ctx;
    struct evtx_parallel *p = w->p;
    uint32_t blocks;
    os_thread_name("wfpw-file");
    thread_hooks_started(p->hooks, role);
    while (!reader_quits(p)) {
        struct lane *s = take_run(p, w, &blocks);
        if (s == NULL)
            s = wait_for_run(p, w, &blocks);
        if (s == NULL)
            continue;
        decode_run(w, s, blocks);
        w->run = next_run(p, w, blocks);
        end_lane(s, LANE_DONE);
    }
    os_signal_set(&p->freed); /* another worker may have missed it because this one reset it */
    thread_hooks_ending(p->hooks, role);
}

/* ---- the reading thread ---- */

static enum source_result at_end(struct evtx_parallel *p, wfpw_error *e)
{
    if (p->in.error == 0) /* the worker that found it has told of the end since */
        return SOURCE_END;
    (void)input_failed(&p->in, e);
    return SOURCE_FAILED;
}

static void take_note(struct evtx_parallel *p, struct tally *t, const struct record *note)
{
    bool skip = note->flags != 0;
    os_u64_bump(skip ? &t->skipped : &t->warnings, 1);
    if (note->lost_where != 0) {
        os_u64_bump(&t->received, 1);
        os_u64_bump(&t->undecoded, 1);
    }
    tally_log(t, skip ? 1 : 2, (const char *)(uintptr_t)note->policy_flags, p->in.name, note->lost);
}

/* What is there next; NULL: nothing now. A full lane that was read is its worker's again. */
static const struct record *look_at_lane(struct evtx_parallel *p, struct lane *s)
{
    if (p->at == p->seen) {
        bool full = os_u32_load_ordered(&s->full) != 0;
        p->seen = os_u32_load(&s->there);
        if (full && p->at == p->seen) {
            p->at = p->seen = 0;
            os_u32_store(&s->there, 0);
            (void)os_u32_exchange(&s->full, 0);
            wake_waiter(&s->worker_waits, &s->room);
        }
    }
    return p->at < p->seen ? (const struct record *)(const void *)(s->records + p->at) : NULL;
}

/* The next record of the lane; NULL: none now. Notes before it are told. */
static const struct record *peek_record(struct evtx_parallel *p, struct lane *s, struct tally *t)
{
    const struct record *r;
    while ((r = look_at_lane(p, s)) != NULL && r->kind == NOTE_KIND) {
        take_note(p, t, r);
        p->at += r->bytes;
    }
    return r;
}

static void count_lane(struct evtx_parallel *p, const struct lane *s, struct tally *t)
{
    os_u64_bump(&t->passed_over, s->passed);
    os_u64_bump(&t->bytes_read, s->end - p->counted);
    p->counted = s->end;
}

static void free_lane(struct evtx_parallel *p, struct lane *s, struct tally *t)
{
    count_lane(p, s, t);
    p->to_read++;
    p->at = p->seen = 0;
    os_u32_store(&s->there, 0);
    (void)os_u32_exchange(&s->state, LANE_FREE);
    wake_waiter(&p->workers_wait, &p->freed);
}

static void wait_for_worker(const struct evtx_parallel *p, struct lane *s)
{
    announce_wait(&s->reader_waits, &s->more);
    uint32_t state = os_u32_load_ordered(&s->state);
    bool nothing = os_u32_load_ordered(&s->there) == p->at && os_u32_load_ordered(&s->full) == 0;
    if (nothing && state != LANE_DONE && state != LANE_END)
        (void)os_signal_wait(&s->more, -1);
}

static enum source_result next_record(struct source *source, struct tally *t,
                                      const struct record **r, wfpw_error *e)
{
    struct evtx_parallel *p = (struct evtx_parallel *)source;
    struct lane *s = lane_at(p, p->to_read);
    p->at += p->last;
    p->last = 0;
    for (;;) {
        uint32_t state = os_u32_load(&s->state);
        *r = peek_record(p, s, t);
        if (*r != NULL)
            break;
        if (state == LANE_END) {
            count_lane(p, s, t);
            return at_end(p, e);
        }
        if (state == LANE_DONE) {
            free_lane(p, s, t);
            return SOURCE_AGAIN;
        }
        wait_for_worker(p, s);
    }
    p->last = (*r)->bytes;
    os_u64_bump(&t->received, 1);
    return SOURCE_RECORD;
}

/* ---- opening and closing ---- */

static void close_source(struct source *source)
{
    struct evtx_parallel *p = (struct evtx_parallel *)source;
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
        memory_free(&memory, p->lanes[i].records);
    }
    os_signal_destroy(&p->freed);
    os_mutex_destroy(&p->lock);
    input_close(&p->in);
    memory_free(&memory, p->lanes);
    memory_free(&memory, p->workers);
    memory_free(&memory, p);
}

static bool init_lanes(struct evtx_parallel *p)
{
    bool ok = true;
    for (uint32_t i = 0; i < p->lane_count; i++) {
        struct lane *s = &p->lanes[i];
        ok = os_signal_init(&s->more) && ok;
        ok = os_signal_init(&s->room) && ok;
        s->records = memory_new(&p->memory, LANE_FULL + RECORD_MAX);
        ok = s->records != NULL && ok;
    }
    return ok;
}

static bool start_workers(struct evtx_parallel *p, bool verify)
{
    for (uint32_t i = 0; i < p->worker_count; i++) {
        struct worker *w = &p->workers[i];
        w->p = p;
        w->run = 1;
        w->evtx.source = WFPW_SOURCE_EVTX;
        w->evtx.verify = verify;
        w->started = os_thread_start(&w->thread, work_lanes, w);
        if (!w->started)
            return false;
    }
    return true;
}

bool evtx_parallel_helps(const struct source_options *o, const struct input *in)
{
    return o->threads > 0 && in->size > (uint64_t)FEW_BLOCKS * EVTX_BLOCK;
}

int evtx_parallel_open(const struct source_options *o, struct input *in,
                       const struct evtx_part *part, struct source **out, wfpw_error *e)
{
    struct evtx_parallel *p = memory_new(&o->memory, sizeof *p);
    if (p == NULL || !os_mutex_init(&p->lock)) {
        memory_free(&o->memory, p);
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    p->source = (struct source){.next = next_record,
                                .close = close_source,
                                .size = evtx_part_size(part, in),
                                .gives = WFPW_SOURCE_EVTX,
                                .has_parts = true};
    p->limit = part->limit;
    p->odd = part->odd;
    p->counted = part->start;
    p->in = *in;
    p->memory = o->memory;
    p->hooks = o->hooks;
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
