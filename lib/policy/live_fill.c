/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/live_fill.h"

static void begin_fill(void *ctx)
{
    struct live_fill *f = ctx;
    f->rest = live_names_list(f->names);
    f->cursor = 0;
}

static bool take_object(void *ctx, const struct policy_object *o)
{
    struct live_fill *f = ctx;
    bool is_news =
        f->seen != NULL && o->kind == POLICY_OBJECT_FILTER && !live_names_has(f->names, o->id, 0);
    bool is_kept = live_names_take(f->names, o);
    /* what is there no more stays unknown: a list may be older than that */
    if (is_news && (!is_kept || live_names_has(f->names, o->id, 0)))
        f->seen(f->seen_ctx, o, f->rest.epoch);
    return is_kept;
}

static bool has_filter(void *ctx, uint64_t id)
{
    struct live_fill *f = ctx;
    return live_names_has(f->names, id, f->rest.before);
}

/* All that is missing went at one moment. */
static bool end_fill(void *ctx, uint64_t now)
{
    struct live_fill *f = ctx;
    if (f->rest.time == 0)
        f->rest.time = now;
    return live_names_list_end(f->names, &f->rest, &f->cursor);
}

struct policy_list_target live_fill_target(struct live_fill *f)
{
    return (struct policy_list_target){f, begin_fill, take_object, has_filter, end_fill};
}
