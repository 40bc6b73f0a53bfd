/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/livefill.h"

static void begin(void *ctx)
{
    struct livefill *f = ctx;
    f->rest = livenames_list(f->names);
    f->cursor = 0;
}

static bool take(void *ctx, const struct object *o)
{
    struct livefill *f = ctx;
    return livenames_take(f->names, o);
}

static bool has(void *ctx, uint64_t id)
{
    struct livefill *f = ctx;
    return livenames_has(f->names, id, f->rest.before);
}

/* All that is missing went at one moment. */
static bool end(void *ctx, uint64_t now)
{
    struct livefill *f = ctx;
    if (f->rest.time == 0)
        f->rest.time = now;
    return livenames_list_end(f->names, &f->rest, &f->cursor);
}

struct fill_target livefill_target(struct livefill *f)
{
    return (struct fill_target){f, begin, take, has, end};
}
