/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/evtx/evtx_file.h"

#include <string.h>

#include "base/error.h"
#include "decode/evtx/evtx.h"
#include "source/evtx/evtx_block.h"
#include "source/evtx/evtx_parallel.h"

struct evtx_file {
    struct source source;
    struct input in;
    wfpw_allocator memory;
    uint32_t block;   /* bytes of the block under way; 0: none */
    uint64_t counted; /* bytes of `in` that the session knows of */
    bool odd;         /* the block before ended where none is due */
    uint64_t limit;   /* no block that begins there or behind is read */
    struct evtx evtx;
};

bool evtx_file_is(const uint8_t *p, size_t n)
{
    if (evtx_is_file(p, n) || evtx_is_chunk(p, n))
        return true;
    return n >= EVTX_FILE_SNIFF && evtx_is_chunk(p + EVTX_FILE_HEADER, 8);
}

/* ---- the source ----------------------------------------------------------------------------- */

static void note_block(const struct evtx_file *f, struct tally *t, bool skip)
{
    os_u64_bump(skip ? &t->skipped : &t->warnings, 1);
    if (skip && f->evtx.skipped_ours) {
        os_u64_bump(&t->received, 1);
        os_u64_bump(&t->undecoded, 1);
    }
    tally_log(t, skip ? 1 : 2, f->evtx.why, f->in.name, f->in.position + f->evtx.where);
}

static void count_records(struct evtx_file *f, struct tally *t)
{
    os_u64_bump(&t->bytes_read, f->in.position - f->counted);
    f->counted = f->in.position;
}

static void end_block(struct evtx_file *f, struct tally *t)
{
    os_u64_bump(&t->passed_over, f->evtx.passed);
    input_skip(&f->in, f->block);
    f->block = 0;
    count_records(f, t);
}

static enum source_result begin_block(struct evtx_file *f, struct tally *t, wfpw_error *e)
{
    const uint8_t *p;
    count_records(f, t); /* the file's header, when no block follows */
    if (f->in.position >= f->limit)
        return SOURCE_END;
    size_t n = input_view(&f->in, EVTX_BLOCK_SIGHT, &p);
    if (n == 0 && f->in.error != 0) {
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    if (n == 0)
        return SOURCE_END;
    f->block = evtx_block_length(p, n);
    f->evtx.resumed = f->odd;
    f->odd = f->block != EVTX_BLOCK;
    evtx_block(&f->evtx, p, f->block);
    return SOURCE_AGAIN;
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    struct evtx_file *f = (struct evtx_file *)s;
    if (f->block == 0) {
        enum source_result result = begin_block(f, t, e);
        if (result != SOURCE_AGAIN)
            return result;
    }
    for (;;) {
        switch (evtx_next(&f->evtx)) {
        case EVTX_RECORD:
            os_u64_bump(&t->received, 1);
            *r = f->evtx.record;
            return SOURCE_RECORD;
        case EVTX_SKIP:
            note_block(f, t, true);
            break;
        case EVTX_WARNING:
            note_block(f, t, false);
            break;
        default:
            end_block(f, t);
            return SOURCE_AGAIN;
        }
    }
}

static void close_source(struct source *s)
{
    struct evtx_file *f = (struct evtx_file *)s;
    wfpw_allocator memory = f->memory;
    input_close(&f->in);
    memory_free(&memory, f);
}

/* Past the file's header, which is not needed; nor need it be there, or be whole. One that the end
 * of the file cuts stays, to be told as a block that holds nothing. */
static void skip_header(struct input *in)
{
    const uint8_t *p;
    uint32_t n = (uint32_t)input_view(in, EVTX_FILE_HEADER + EVTX_CHUNK_HEADER, &p);
    if (n >= EVTX_FILE_HEADER && !evtx_is_chunk(p, n))
        input_skip(in, evtx_block_find(p, n, 0, EVTX_FILE_HEADER));
}

/* The next block is none of ours. false: there is none. */
static bool pass_block(struct input *in, uint8_t room[EVTX_BLOCK_SIGHT], bool *odd)
{
    uint8_t head[8]; /* of a chunk where one is due: then it is known where this one ends */
    *odd = false;
    if (input_peek(in, EVTX_BLOCK, head, sizeof head) && evtx_is_chunk(head, sizeof head)) {
        input_pass(in, EVTX_BLOCK);
        return true;
    }
    size_t n = input_take(in, room, EVTX_BLOCK_SIGHT);
    uint32_t block = n > 0 ? evtx_block_length(room, n) : 0;
    input_give_back(in, room + block, n - block);
    *odd = block != EVTX_BLOCK;
    return n > 0;
}

/* Where a part begins, as bytes of the whole. */
static uint64_t part_start(uint64_t size, uint32_t part, uint32_t parts)
{
    return size / parts * part + size % parts * part / parts;
}

/* Goes to the first block of the part that is asked for. Returns 0 or E_NOMEM. */
static int find_part(const struct source_options *o, struct input *in, struct evtx_part *part)
{
    *part = (struct evtx_part){.limit = UINT64_MAX};
    if (o->parts < 2)
        return WFPW_OK;
    if (in->size == 0) /* what cannot be parted is the first one's */
        part->limit = o->part > 0 ? 0 : UINT64_MAX;
    else if (o->part + 1 < o->parts)
        part->limit = part_start(in->size, o->part + 1, o->parts);
    uint64_t start = part_start(in->size, o->part, o->parts);
    uint8_t *room = start > 0 ? memory_new(&o->memory, EVTX_BLOCK_SIGHT) : NULL;
    if (start > 0 && room == NULL)
        return WFPW_E_NOMEM;
    while (in->position < start && pass_block(in, room, &part->odd))
        ;
    memory_free(&o->memory, room);
    part->start = start > 0 ? in->position : 0;
    return WFPW_OK;
}

int evtx_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e)
{
    struct evtx_part part;
    skip_header(in);
    int status = find_part(o, in, &part);
    if (status == WFPW_OK && evtx_parallel_helps(o, in))
        return evtx_parallel_open(o, in, &part, out, e);
    struct evtx_file *f = status == WFPW_OK ? memory_new(&o->memory, sizeof *f) : NULL;
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    f->source = (struct source){.next = next_record,
                                .close = close_source,
                                .size = evtx_part_size(&part, in),
                                .gives = WFPW_SOURCE_EVTX,
                                .has_parts = true};
    f->limit = part.limit;
    f->odd = part.odd;
    f->counted = part.start;
    f->in = *in;
    f->memory = o->memory;
    f->evtx.source = WFPW_SOURCE_EVTX;
    f->evtx.verify = o->verify;
    *out = &f->source;
    return WFPW_OK;
}
