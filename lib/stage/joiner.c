/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/joiner.h"

#include "base/memory.h"

enum { LAYER_ALE = 36, LAYER_ALE_END = 56 };

bool joiner_init(struct joiner *g, const wfpw_allocator *memory, uint32_t mode, uint64_t window,
                 size_t bytes, bool ordered)
{
    const struct join_options o = {
        .memory = *memory, .bytes = bytes, .window = window, .ordered = ordered};
    g->mode = mode;
    g->window = window;
    g->ordered = ordered;
    g->join = join_new(&o);
    os_u32_store(&g->audited, JOINER_ALL);
    return g->join != NULL;
}

void joiner_free(struct joiner *g)
{
    join_free(g->join);
    g->join = NULL;
}

bool joiner_may_come(const struct joiner *g, const wfpw_event *ev)
{
    if (ev->kind == WFPW_KIND_GUARD)
        return (os_u32_load(&g->audited) & JOINER_FILTER_CHANGE) != 0;
    bool connection = ev->layer_id >= LAYER_ALE && ev->layer_id < LAYER_ALE_END;
    bool permitted = ev->kind == WFPW_KIND_CLASSIFY_ALLOW;
    uint32_t audit = permitted ? JOINER_CONNECTION_SUCCESS : JOINER_CONNECTION_FAILURE;
    return (os_u32_load(&g->audited) & (connection ? audit : audit << 2)) != 0;
}

bool joiner_oldest_audit(const struct joiner *g, uint64_t *record_id)
{
    uint64_t kept;
    bool found = g->join != NULL && join_oldest_audit(g->join, &kept);
    if (g->merged != NULL) {
        const struct record_audit *audit = record_at(g->merged, g->merged->audit_at);
        kept = found && kept < audit->record_id ? kept : audit->record_id;
        found = true;
    }
    *record_id = found ? kept : 0;
    return found;
}

uint64_t joiner_waiting(const struct joiner *g)
{
    return os_u64_load(&g->waiting);
}

/* After each call: the halves of what is merged and not given yet are in no queue, and wait, too.
 */
static void count_waiting(struct joiner *g)
{
    os_u64_store(&g->waiting, join_waiting(g->join) + (g->merged != NULL ? 2 : 0));
}

/* ---- leaving -------------------------------------------------------------------------------- */

/* Two in one that was found; its halves are in no queue any more. */
static bool give_merged(struct joiner *g, const struct joiner_out *out)
{
    if (g->merged == NULL)
        return true;
    if (out->give(out->ctx, g->merged, false) == GIVE_FULL)
        return false;
    os_u64_bump(&g->merged_count, 1);
    g->merged = NULL;
    return true;
}

/* The oldest that is kept. *any: there was one to give. */
static bool give_oldest(struct joiner *g, uint64_t now, bool force, bool *any,
                        const struct joiner_out *out)
{
    bool is_merged;
    const struct record *r = join_next(g->join, now, force, &is_merged);
    *any = r != NULL;
    if (r == NULL)
        return true;
    if (out->give(out->ctx, r, false) == GIVE_FULL)
        return false;
    join_pop(g->join);
    os_u64_bump(&g->merged_count, is_merged);
    return true;
}

static bool release_to(struct joiner *g, uint64_t clock, bool all, const struct joiner_out *out)
{
    bool any = true;
    if (!give_merged(g, out))
        return false;
    while (any)
        if (!give_oldest(g, clock, all, &any, out))
            return false;
    return true;
}

/* What was kept by the records' own time cannot wait by another clock: it leaves first. */
static bool change_clock(struct joiner *g, uint64_t now, const struct joiner_out *out)
{
    if (now != 0 && !g->has_clock)
        g->has_clock = release_to(g, now, true, out);
    return now == 0 || g->has_clock;
}

bool joiner_release(struct joiner *g, uint64_t now, bool all, const struct joiner_out *out)
{
    if (g->join == NULL)
        return true;
    bool released = change_clock(g, now, out) && release_to(g, now != 0 ? now : g->clock, all, out);
    count_waiting(g);
    return released;
}

uint64_t joiner_due(const struct joiner *g)
{
    if (g->merged != NULL)
        return 0;
    return g->join != NULL ? join_due(g->join) : UINT64_MAX;
}

/* ---- waiting -------------------------------------------------------------------------------- */

/* Room for one more: the oldest leaves early. */
static bool make_room(struct joiner *g, const struct joiner_out *out)
{
    bool any;
    if (!give_oldest(g, 0, true, &any, out))
        return false;
    os_u64_bump(&g->crowded, any);
    return true;
}

/* What is larger than all the room there is does not wait. */
static bool keep_record(struct joiner *g, const struct record *r, uint64_t due,
                        const struct joiner_out *out)
{
    for (;;) {
        if (due != 0 ? join_wait(g->join, r, due) : join_queue(g->join, r))
            return true;
        if (join_waiting(g->join) == 0)
            return out->give(out->ctx, r, false) != GIVE_FULL;
        if (!make_room(g, out))
            return false;
    }
}

/* Files have no clock but their own; one that was set back does not turn ours back. */
static uint64_t tick_of(struct joiner *g, const struct record *r, uint64_t now)
{
    if (now != 0)
        return now;
    if (r->kind != WFPW_KIND_GAP) {
        g->clock += r->time > g->last && g->last != 0 ? r->time - g->last : 0;
        g->last = r->time;
    }
    return g->clock;
}

/* A half whose other half does not wait: a net event that is good enough goes on at once. */
static bool pass_alone(struct joiner *g, const struct record *r, uint64_t due,
                       const struct joiner_out *out)
{
    bool held_up = g->ordered && join_waiting(g->join) != 0;
    bool asks = g->mode == WFPW_JOIN_NEEDED && join_half_of(r) == JOIN_NET_EVENT && !held_up;
    enum joiner_given given = asks ? out->give(out->ctx, r, true) : GIVE_WAITS;
    return given == GIVE_WAITS ? keep_record(g, r, due, out) : given == GIVEN;
}

static bool pass_half(struct joiner *g, const struct record *r, uint64_t due,
                      const struct joiner_out *out)
{
    for (;;) {
        switch (join_find(g->join, r, &g->merged)) {
        case JOIN_ALONE:
            return pass_alone(g, r, due, out);
        case JOIN_FULL:
            if (!make_room(g, out))
                return false;
            break;
        case JOIN_MERGED:
            (void)give_merged(g, out); /* later, if there is no room: r is in it */
            return true;
        default:
            return true;
        }
    }
}

static bool pass_record(struct joiner *g, const struct record *r, uint64_t now,
                        const struct joiner_out *out)
{
    if (!change_clock(g, now, out))
        return false;
    uint64_t clock = tick_of(g, r, now);
    if (!release_to(g, clock, false, out))
        return false;
    if (join_half_of(r) != JOIN_NEITHER && (g->has_guard || !join_is_filter(r)))
        return pass_half(g, r, clock + g->window + 1, out);
    if (g->ordered && join_waiting(g->join) != 0)
        return keep_record(g, r, 0, out);
    return out->give(out->ctx, r, false) != GIVE_FULL;
}

bool joiner_pass(struct joiner *g, const struct record *r, uint64_t now,
                 const struct joiner_out *out)
{
    if (g->join == NULL)
        return out->give(out->ctx, r, false) != GIVE_FULL;
    bool passed = pass_record(g, r, now, out);
    count_waiting(g);
    return passed;
}
