/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/interleave.h"

#include "base/memory.h"

/* A source and the record of it that is next. */
struct head {
    struct source *source;
    const struct record *record;
    uint32_t number; /* in the order added: of equal times the first one goes first */
};

struct interleave {
    struct source source;
    wfpw_allocator memory;
    struct head
        *heads; /* those at [0, ready) are a heap, the earliest at 0; the others have none */
    uint32_t count, ready;
    bool given; /* the record at 0, which its source may overwrite now */
};

/* ---- the heap ------------------------------------------------------------------------------- */

static bool is_before(const struct head *a, const struct head *b)
{
    if (a->record->time != b->record->time)
        return a->record->time < b->record->time;
    return a->number < b->number;
}

static void swap_heads(struct head *a, struct head *b)
{
    struct head t = *a;
    *a = *b;
    *b = t;
}

static void sift_down(struct interleave *i)
{
    for (uint32_t at = 0;;) {
        uint32_t least = at, left = 2 * at + 1;
        for (uint32_t child = left; child < left + 2 && child < i->ready; child++)
            if (is_before(&i->heads[child], &i->heads[least]))
                least = child;
        if (least == at)
            return;
        swap_heads(&i->heads[at], &i->heads[least]);
        at = least;
    }
}

static void sift_up(struct interleave *i, uint32_t at)
{
    for (; at > 0 && is_before(&i->heads[at], &i->heads[(at - 1) / 2]); at = (at - 1) / 2)
        swap_heads(&i->heads[at], &i->heads[(at - 1) / 2]);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Of one whose record is not there yet, which is then among those that are ready. */
static enum source_result fetch_head(struct interleave *i, uint32_t at, struct tally *t,
                                     wfpw_error *e)
{
    struct head *h = &i->heads[at];
    enum source_result result = h->source->next(h->source, t, &h->record, e);
    if (result == SOURCE_FAILED)
        e->file = h->source->number;
    if (result == SOURCE_END || result == SOURCE_FAILED) {
        tally_log_end(t);
        h->source->close(h->source);
        *h = i->heads[--i->count];
    } else if (result == SOURCE_RECORD) {
        ((struct record *)h->record)->file = h->source->number; /* until the next one it is ours */
    }
    return result == SOURCE_FAILED ? SOURCE_PART_FAILED : result;
}

/* The record that was given is used up: its source goes to the end of those that are ready. */
static void take_back(struct interleave *i)
{
    swap_heads(&i->heads[0], &i->heads[--i->ready]);
    sift_down(i);
    i->given = false;
}

/* Until each has its next record. SOURCE_RECORD: they have, the earliest stands at 0. */
static enum source_result fill_heads(struct interleave *i, struct tally *t, wfpw_error *e)
{
    while (i->ready < i->count) {
        enum source_result result = fetch_head(i, i->ready, t, e);
        if (result == SOURCE_RECORD)
            sift_up(i, i->ready++);
        else if (result != SOURCE_END)
            return result;
    }
    return i->count > 0 ? SOURCE_RECORD : SOURCE_END;
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    struct interleave *i = (struct interleave *)s;
    if (i->given)
        take_back(i);
    enum source_result result = fill_heads(i, t, e);
    i->given = result == SOURCE_RECORD;
    if (i->given)
        *r = i->heads[0].record;
    os_u64_store(&t->waiting, i->ready - i->given);
    return result;
}

static void close_all(struct source *s)
{
    struct interleave *i = (struct interleave *)s;
    wfpw_allocator memory = i->memory;
    for (uint32_t n = 0; n < i->count; n++)
        i->heads[n].source->close(i->heads[n].source);
    memory_free(&memory, i->heads);
    memory_free(&memory, i);
}

struct source *interleave_open(const wfpw_allocator *memory, struct source *first)
{
    struct interleave *i = memory_new(memory, sizeof *i);
    uint32_t count = 0;
    for (struct source *s = first; s != NULL; s = s->following)
        count++;
    if (i == NULL || (i->heads = memory_new(memory, count * sizeof *i->heads)) == NULL) {
        memory_free(memory, i);
        return NULL;
    }
    i->memory = *memory;
    i->source = (struct source){.next = next_record, .close = close_all};
    for (struct source *s = first; s != NULL; s = s->following) {
        i->heads[i->count] = (struct head){.source = s, .number = i->count};
        i->count++;
    }
    return &i->source;
}
