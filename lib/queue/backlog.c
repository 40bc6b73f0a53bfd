/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "queue/backlog.h"

enum { ITEMS_FIRST = 128 };

void backlog_init(struct backlog *p, const wfpw_allocator *memory,
                  struct fingerprints *fingerprints, size_t most)
{
    p->memory = *memory;
    p->fingerprints = fingerprints;
    p->most = most;
}

static size_t cost_of(const struct record *r)
{
    return r->bytes + sizeof(struct backlog_item);
}

/* The record is of no use once it was given out; its mark is. */
static void drop_record(struct backlog *p, struct backlog_item *item)
{
    if (item->record == NULL)
        return;
    p->bytes -= item->record->bytes;
    memory_give(&p->memory, item->record);
    item->record = NULL;
}

void backlog_free(struct backlog *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        drop_record(p, &p->items[i]);
    memory_give(&p->memory, p->items);
    p->items = NULL;
    p->bytes = 0;
    p->count = p->room = p->sorted = p->at = 0;
}

/* ---- one that came already ------------------------------------------------------------------ */

/* The first of the sorted items that is not older. */
static uint32_t find_time(const struct backlog *p, uint64_t time)
{
    uint32_t low = 0, high = p->sorted;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->items[middle].fingerprint.time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* An earlier reading's, that this one has not seen yet. */
static bool see_again(struct backlog *p, const struct fingerprint *m)
{
    for (uint32_t i = find_time(p, m->time);
         i < p->sorted && p->items[i].fingerprint.time == m->time; i++)
        if (!p->items[i].seen && fingerprint_is(&p->items[i].fingerprint, m)) {
            p->items[i].seen = true;
            return true;
        }
    return false;
}

bool backlog_meets(struct backlog *p, const struct record *r)
{
    struct fingerprint m;
    if (p->sorted == 0 || r->time > p->items[p->sorted - 1].fingerprint.time)
        return false;
    uint32_t i = find_time(p, r->time);
    if (p->items[i].fingerprint.time != r->time)
        return false;
    fingerprint_of(r, &m);
    for (; i < p->sorted && p->items[i].fingerprint.time == r->time; i++)
        if (!p->items[i].met && fingerprint_is(&p->items[i].fingerprint, &m)) {
            p->items[i].met = true;
            os_u64_bump(&p->duplicate, 1);
            return true;
        }
    return false;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void skip_sent(struct backlog *p)
{
    while (p->at < p->count && p->items[p->at].record == NULL)
        p->at++;
}

/* When much is remembered: the oldest of what was given out, which no engine keeps any more. */
static void shed_items(struct backlog *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->items[i].record == NULL && p->bytes > p->most / 2)
            p->bytes -= sizeof(struct backlog_item);
        else
            p->items[n++] = p->items[i];
    }
    p->count = p->sorted = n;
    p->at = 0;
}

void backlog_begin(struct backlog *p)
{
    p->is_cut = false;
    shed_items(p);
    for (uint32_t i = 0; i < p->count; i++)
        p->items[i].seen = false;
    if (p->fingerprints != NULL)
        fingerprints_rewind(p->fingerprints);
    if (p->aggregate != NULL)
        aggregate_rewind(p->aggregate);
}

static bool grow_items(struct backlog *p)
{
    uint32_t room = p->room != 0 ? p->room * 2 : ITEMS_FIRST;
    struct backlog_item *items = memory_take(&p->memory, room * sizeof *items);
    if (items == NULL)
        return false;
    if (p->count != 0)
        memcpy(items, p->items, p->count * sizeof *items);
    memory_give(&p->memory, p->items);
    p->items = items;
    p->room = room;
    return true;
}

static int append_item(struct backlog *p, struct record *r, const struct fingerprint *m)
{
    if (cost_of(r) > p->most - p->bytes) {
        p->is_cut = true;
        return WFPW_E_RANGE;
    }
    if (p->count == p->room && !grow_items(p))
        return WFPW_E_NOMEM;
    p->items[p->count++] =
        (struct backlog_item){.record = r, .fingerprint = *m, .number = p->numbers++, .seen = true};
    p->bytes += cost_of(r);
    os_u64_bump(&p->received, 1);
    os_u64_bump(&p->waiting, 1);
    return WFPW_OK;
}

/* One that the subscription gave, however it went on from there. */
static bool came_before(struct backlog *p, const struct record *r, const struct fingerprint *m)
{
    return (p->fingerprints != NULL && fingerprints_meet(p->fingerprints, m)) ||
           (p->aggregate != NULL && aggregate_meets(p->aggregate, r));
}

int backlog_put(struct backlog *p, struct record *r)
{
    struct fingerprint m;
    int status = WFPW_OK;
    fingerprint_of(r, &m);
    if (see_again(p, &m) || came_before(p, r, &m)) {
        os_u64_bump(&p->received, 1);
        os_u64_bump(&p->duplicate, 1);
        memory_give(&p->memory, r);
    } else {
        status = append_item(p, r, &m);
        if (status != WFPW_OK)
            memory_give(&p->memory, r);
    }
    return status;
}

static bool is_later(const struct backlog_item *a, const struct backlog_item *b)
{
    if (a->fingerprint.time != b->fingerprint.time)
        return a->fingerprint.time > b->fingerprint.time;
    return a->number > b->number;
}

/* In place, and quick with what is nearly sorted, as an engine gives it (Shell's sort). */
static void sort_items(struct backlog_item *items, uint32_t n)
{
    for (uint32_t step = n / 2; step > 0; step /= 2)
        for (uint32_t i = step; i < n; i++) {
            struct backlog_item item = items[i];
            uint32_t at = i;
            for (; at >= step && is_later(&items[at - step], &item); at -= step)
                items[at] = items[at - step];
            items[at] = item;
        }
}

/* Those that were sent and that the engine keeps no more. */
static void forget_gone(struct backlog *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->items[i].record == NULL && !p->items[i].seen)
            p->bytes -= sizeof(struct backlog_item);
        else
            p->items[n++] = p->items[i];
    }
    p->count = n;
}

void backlog_end(struct backlog *p, bool forget)
{
    if (forget)
        forget_gone(p);
    sort_items(p->items, p->count);
    p->sorted = p->count;
    p->at = 0;
    skip_sent(p);
}

int backlog_take(struct backlog *p, struct backlog *from, bool forget)
{
    int status = WFPW_OK;
    backlog_begin(p);
    for (uint32_t i = 0; i < from->count && status == WFPW_OK; i++) {
        struct record *r = from->items[i].record;
        from->items[i].record = NULL;
        if (r != NULL)
            status = backlog_put(p, r);
    }
    backlog_end(p, forget && status == WFPW_OK);
    return status;
}

void backlog_pop(struct backlog *p)
{
    drop_record(p, &p->items[p->at]);
    skip_sent(p);
    (void)os_u64_add(&p->waiting, UINT64_MAX);
}
