/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Records wait in a circular buffer, in the order in which they came, which is also the order of
 * their deadlines. Those that wait for a partner are found by the hash of their key, in a table for
 * each half, whose chains have the oldest first. */
#include "stage/join.h"

#include "stage/join_merge.h"

#define NONE UINT32_MAX

enum {
    BYTES_A_BUCKET = 1024,
    CANDIDATES_MAX = 256 /* that are looked at for one record: a flood of equal keys stays linear */
};

enum state {
    WAITING, /* for its other half */
    QUEUED,  /* for those before it */
    LEADING, /* its other half came, and stands at `partner` */
    FOLLOWING,
    GONE
};

struct item {
    uint32_t bytes; /* with the record behind it: a multiple of 8 */
    uint32_t next, previous, partner;
    uint64_t hash, due;
    uint32_t half, state;
};

struct chain {
    uint32_t first, last;
};

struct join {
    struct join_options o;
    uint8_t *slab;
    uint32_t size;
    uint32_t begin, end; /* of what is in use; end may lie before begin */
    uint32_t limit;      /* where what lies behind begin ends, when end lies before it */
    uint32_t used;       /* bytes; what no record fits into at the slab's end not counted */
    uint32_t mask;
    struct chain *chains[2]; /* of each half */
    uint64_t waiting;
    uint64_t room[JOIN_RECORD_MAX / 8]; /* two in one */
};

/* ---- making --------------------------------------------------------------------------------- */

static uint32_t buckets_for(size_t bytes)
{
    uint32_t n = 1;
    while (n < bytes / BYTES_A_BUCKET)
        n *= 2;
    return n;
}

struct join *join_new(const struct join_options *o)
{
    size_t bytes = o->bytes < JOIN_BYTES_MIN   ? JOIN_BYTES_MIN
                   : o->bytes > JOIN_BYTES_MAX ? JOIN_BYTES_MAX
                                               : o->bytes;
    uint32_t buckets = buckets_for(bytes);
    struct join *j = memory_new(&o->memory, sizeof *j);
    if (j == NULL)
        return NULL;
    j->o = *o;
    j->size = (uint32_t)bytes & ~7u;
    j->mask = buckets - 1;
    j->slab = memory_new(&o->memory, j->size);
    for (int half = 0; half < 2; half++)
        j->chains[half] = memory_new(&o->memory, buckets * sizeof(struct chain));
    if (j->slab == NULL || j->chains[0] == NULL || j->chains[1] == NULL) {
        join_free(j);
        return NULL;
    }
    for (int half = 0; half < 2; half++)
        memset(j->chains[half], 0xFF, buckets * sizeof(struct chain));
    return j;
}

void join_free(struct join *j)
{
    if (j == NULL)
        return;
    wfpw_allocator memory = j->o.memory;
    memory_free(&memory, j->slab);
    memory_free(&memory, j->chains[0]);
    memory_free(&memory, j->chains[1]);
    memory_free(&memory, j);
}

uint64_t join_waiting(const struct join *j)
{
    return j->waiting;
}

/* ---- the buffer ----------------------------------------------------------------------------- */

static struct item *item_at(const struct join *j, uint32_t at)
{
    return (struct item *)(void *)(j->slab + at);
}

static struct record *record_in(struct item *i)
{
    return (struct record *)(void *)(i + 1);
}

/* Where so many bytes may be written; NONE: nowhere. */
static uint32_t make_room(struct join *j, uint32_t bytes)
{
    if (j->used == 0)
        j->begin = j->end = 0;
    bool wrapped = j->used != 0 && j->end <= j->begin;
    if (wrapped)
        return j->begin - j->end >= bytes ? j->end : NONE;
    if (j->size - j->end >= bytes)
        return j->end;
    if (j->begin < bytes)
        return NONE;
    j->limit = j->end;
    return 0;
}

static struct item *add_item(struct join *j, const struct record *r, enum state state, uint32_t *at)
{
    uint32_t bytes = (uint32_t)sizeof(struct item) + r->bytes;
    *at = bytes <= j->size ? make_room(j, bytes) : NONE;
    if (*at == NONE)
        return NULL;
    struct item *i = item_at(j, *at);
    *i = (struct item){
        .bytes = bytes, .next = NONE, .previous = NONE, .partner = NONE, .state = (uint32_t)state};
    memcpy(record_in(i), r, r->bytes);
    j->end = *at + bytes;
    j->used += bytes;
    j->waiting++;
    return i;
}

/* Gives back what the oldest item took. */
static void drop_oldest(struct join *j)
{
    uint32_t bytes = item_at(j, j->begin)->bytes;
    bool wrapped = j->end <= j->begin;
    j->used -= bytes;
    j->begin += bytes;
    if (wrapped && j->begin == j->limit)
        j->begin = 0;
}

/* ---- chains --------------------------------------------------------------------------------- */

static struct chain *chain_of(const struct join *j, uint32_t half, uint64_t hash)
{
    return &j->chains[half][(uint32_t)(hash >> 32) & j->mask];
}

static void link_item(struct join *j, struct item *i, uint32_t at)
{
    struct chain *c = chain_of(j, i->half, i->hash);
    i->previous = c->last;
    if (c->last != NONE)
        item_at(j, c->last)->next = at;
    else
        c->first = at;
    c->last = at;
}

static void unlink_item(struct join *j, struct item *i)
{
    struct chain *c = chain_of(j, i->half, i->hash);
    if (i->previous != NONE)
        item_at(j, i->previous)->next = i->next;
    else
        c->first = i->next;
    if (i->next != NONE)
        item_at(j, i->next)->previous = i->previous;
    else
        c->last = i->previous;
}

/* ---- finding -------------------------------------------------------------------------------- */

static uint64_t time_apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static bool is_partner(const struct record *r, enum join_half half, const struct record *other)
{
    const struct record *net = half == JOIN_NET_EVENT ? r : other;
    const struct record *audit = half == JOIN_NET_EVENT ? other : r;
    return join_keys_agree(net, audit) && join_fits(net, audit);
}

/* The nearest in time of those that fit; of equally near ones the older. */
static struct item *find_partner(const struct join *j, const struct record *r, enum join_half half,
                                 uint64_t hash)
{
    enum join_half other = half == JOIN_NET_EVENT ? JOIN_AUDIT_RECORD : JOIN_NET_EVENT;
    struct item *best = NULL;
    uint64_t nearest = j->o.window;
    int looked = 0;
    for (uint32_t at = chain_of(j, (uint32_t)other, hash)->first;
         at != NONE && looked < CANDIDATES_MAX;) {
        struct item *i = item_at(j, at);
        uint64_t distance = time_apart(record_in(i)->time, r->time);
        at = i->next;
        looked++;
        if (i->hash != hash || distance > nearest || (best != NULL && distance == nearest) ||
            !is_partner(r, half, record_in(i)))
            continue;
        best = i;
        nearest = distance;
    }
    return best;
}

static const struct record *merge_halves(struct join *j, const struct record *a,
                                         const struct record *b)
{
    bool first_is_net = a->kind != WFPW_KIND_AUDIT;
    return join_merge(j->room, first_is_net ? a : b, first_is_net ? b : a);
}

/* Both stay, and leave as one when it is the turn of the one that came first. */
static enum join_result pair_item(struct join *j, struct item *first, const struct record *r)
{
    uint32_t at;
    if (add_item(j, r, FOLLOWING, &at) == NULL)
        return JOIN_FULL;
    unlink_item(j, first);
    first->state = LEADING;
    first->partner = at;
    return JOIN_KEPT;
}

enum join_result join_find(struct join *j, const struct record *r, const struct record **merged)
{
    enum join_half half = join_half_of(r);
    if (half == JOIN_NEITHER || j->used == 0)
        return JOIN_ALONE;
    struct item *found = find_partner(j, r, half, join_key_hash(r));
    if (found == NULL)
        return JOIN_ALONE;
    if (j->o.ordered)
        return pair_item(j, found, r);
    unlink_item(j, found);
    found->state = GONE;
    j->waiting--;
    *merged = merge_halves(j, record_in(found), r);
    return JOIN_MERGED;
}

bool join_wait(struct join *j, const struct record *r, uint64_t due)
{
    uint32_t at;
    struct item *i = add_item(j, r, WAITING, &at);
    if (i == NULL)
        return false;
    i->half = (uint32_t)join_half_of(r);
    i->hash = join_key_hash(r);
    i->due = due;
    link_item(j, i, at);
    return true;
}

bool join_queue(struct join *j, const struct record *r)
{
    uint32_t at;
    return add_item(j, r, QUEUED, &at) != NULL;
}

/* ---- leaving -------------------------------------------------------------------------------- */

/* The oldest that has not left yet; NULL: none. */
static struct item *oldest_item(struct join *j)
{
    while (j->used != 0) {
        struct item *i = item_at(j, j->begin);
        if (i->state != GONE && i->state != FOLLOWING)
            return i;
        drop_oldest(j);
    }
    return NULL;
}

const struct record *join_next(struct join *j, uint64_t now, bool force, bool *is_merged)
{
    struct item *i = oldest_item(j);
    *is_merged = i != NULL && i->state == LEADING;
    if (*is_merged)
        return merge_halves(j, record_in(i), record_in(item_at(j, i->partner)));
    if (i == NULL || (i->state == WAITING && i->due > now && !force))
        return NULL;
    return record_in(i);
}

void join_pop(struct join *j)
{
    struct item *i = oldest_item(j);
    uint64_t gone = 1;
    if (i == NULL)
        return;
    if (i->state == WAITING)
        unlink_item(j, i);
    if (i->state == LEADING)
        gone = 2; /* its partner's place is given back in its turn */
    j->waiting -= gone;
    drop_oldest(j);
}

uint64_t join_due(const struct join *j)
{
    struct item *i = oldest_item((struct join *)j);
    if (i == NULL)
        return UINT64_MAX;
    return i->state == WAITING ? i->due : 0;
}

/* The next one behind an item, as they came; NONE: it was the last. */
static uint32_t next_of(const struct join *j, uint32_t at)
{
    bool wrapped = j->end <= j->begin;
    at += item_at(j, at)->bytes;
    if (wrapped && at == j->limit && at > j->end)
        at = 0;
    return at == j->end ? NONE : at;
}

bool join_oldest_audit(const struct join *j, uint64_t *record_id)
{
    uint32_t at = j->used != 0 ? j->begin : NONE;
    for (; at != NONE; at = next_of(j, at)) {
        const struct item *i = item_at(j, at);
        const struct record *r = (const struct record *)(const void *)(i + 1);
        if (i->state == GONE || r->kind != WFPW_KIND_AUDIT || r->audit_at == 0)
            continue;
        const struct record_audit *audit = record_at(r, r->audit_at);
        *record_id = audit->record_id;
        return true;
    }
    return false;
}
