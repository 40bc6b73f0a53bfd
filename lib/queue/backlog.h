/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events that the engine keeps, read in one go (backlog_begin, backlog_put, backlog_end) and then
 * given out by their time. Each reading is a snapshot, in which an event is once, however often it
 * was seen before: so what an earlier reading or the subscription gave already is left out, once
 * for each time that it came. And what the subscription gives later is asked for here
 * (backlog_meets): an event between subscribing and the snapshot comes both ways.
 *
 * One thread at a time; the counts may be read by any.
 */
#ifndef WFPW_BACKLOG_H
#define WFPW_BACKLOG_H

#include "base/memory.h"
#include "os/os.h"
#include "queue/aggregate.h"

struct backlog_item {
    struct record *record; /* NULL: it was given out */
    struct fingerprint fingerprint;
    uint64_t number; /* in the order in which they were put */
    bool met;        /* the subscription gave it, too */
    bool seen;       /* in the snapshot that is being read */
};

struct backlog {
    wfpw_allocator memory;
    struct fingerprints *fingerprints; /* what the subscription gave; NULL: nothing */
    struct aggregate *aggregate;       /* and what of that was only counted; NULL: nothing */
    size_t bytes, most;
    struct backlog_item *items;
    uint32_t count, room;
    uint32_t sorted; /* so many, by their time */
    uint32_t at;     /* those before it were given out */
    uint64_t numbers;
    bool is_cut; /* the last reading gave more than there is room for */
    os_u64 received, duplicate, waiting;
};

/* p: all zero. Keeps at most `most` bytes. */
void backlog_init(struct backlog *p, const wfpw_allocator *memory,
                  struct fingerprints *fingerprints, size_t most);
/* Frees what it holds; it may be read into again. */
void backlog_free(struct backlog *p);

void backlog_begin(struct backlog *p);
/* Takes a record that came from memory_take, or frees it. WFPW_E_NOMEM: there is no memory;
 * WFPW_E_RANGE: no room, and the reading is cut. */
int backlog_put(struct backlog *p, struct record *r);
/* forget: what this snapshot has no more cannot come a second time either. */
void backlog_end(struct backlog *p, bool forget);

/* All that is in `from`, as one reading. Errors: as backlog_put; what was put before stays. */
int backlog_take(struct backlog *p, struct backlog *from, bool forget);

/* The oldest record that was not given out; NULL: there is none. It stays until backlog_pop. */
static inline const struct record *backlog_peek(const struct backlog *p)
{
    return p->at < p->count ? p->items[p->at].record : NULL;
}
void backlog_pop(struct backlog *p);
/* All events that were read and are remembered are earlier; 0: there is none. */
static inline uint64_t backlog_end_time(const struct backlog *p)
{
    return p->sorted != 0 ? p->items[p->sorted - 1].fingerprint.time + 1 : 0;
}
/* Whether r, which the subscription gave, is among those read; then it is a duplicate, once. */
bool backlog_meets(struct backlog *p, const struct record *r);

#endif
