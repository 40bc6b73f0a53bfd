/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events that the engine keeps, read in one go (past_begin, past_put, past_end) and then given out
 * by their time. Each reading is a snapshot, in which an event is once, however often it was seen
 * before: so what an earlier reading or the subscription gave already is left out, once for each
 * time that it came. And what the subscription gives later is asked for here (past_meets): an event
 * between subscribing and the snapshot comes both ways.
 *
 * One thread at a time; the counts may be read by any.
 */
#ifndef WFPW_PAST_H
#define WFPW_PAST_H

#include "mark.h"
#include "memory.h"
#include "os/os.h"

struct past_item {
    struct record *record; /* NULL: it was given out */
    struct mark mark;
    uint64_t number; /* in the order in which they were put */
    bool met;        /* the subscription gave it, too */
    bool seen;       /* in the snapshot that is being read */
};

struct past {
    wfpw_allocator memory;
    struct marks *marks; /* what the subscription gave; NULL: nothing */
    size_t bytes, most;
    struct past_item *items;
    uint32_t count, room;
    uint32_t sorted; /* so many, by their time */
    uint32_t at;     /* those before it were given out */
    uint64_t numbers;
    bool is_cut; /* the last reading gave more than there is room for */
    os_u64 received, duplicate, waiting;
};

/* p: all zero. Keeps at most `most` bytes. */
void past_init(struct past *p, const wfpw_allocator *memory, struct marks *marks, size_t most);
/* Frees what it holds; it may be read into again. */
void past_free(struct past *p);

void past_begin(struct past *p);
/* Takes a record that came from memory_take, or frees it. WFPW_E_NOMEM: there is no memory;
 * WFPW_E_RANGE: no room, and the reading is cut. */
int past_put(struct past *p, struct record *r);
/* forget: what this snapshot has no more cannot come a second time either. */
void past_end(struct past *p, bool forget);

/* All that is in `from`, as one reading. Errors: as past_put; what was put before stays. */
int past_take(struct past *p, struct past *from, bool forget);

/* The oldest record that was not given out; NULL: there is none. It stays until past_pop. */
static inline const struct record *past_peek(const struct past *p)
{
    return p->at < p->count ? p->items[p->at].record : NULL;
}
void past_pop(struct past *p);
/* Whether r, which the subscription gave, is among those read; then it is a duplicate, once. */
bool past_meets(struct past *p, const struct record *r);

#endif
