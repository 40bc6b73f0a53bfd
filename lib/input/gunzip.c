/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * RFC 1952: members one after the other. What follows the last one and is none is left alone, as
 * gzip does. */
#define ZLIB_CONST
#include <limits.h>
#include <zlib.h>

#include "input/unpacking.h"

enum { HEAD = 3, GZIP_ONLY = 16 };

/* RFC 1952: the mark, and deflate, which is the only method there is. */
bool gunzip_is(const uint8_t *p, size_t n)
{
    return n >= 3 && p[0] == 0x1F && p[1] == 0x8B && p[2] == 8;
}

struct gunzip {
    struct unpacking stage;
    z_stream z;
    const wfpw_allocator *allocator;
    bool over;
};

static voidpf take_memory(voidpf ctx, uInt items, uInt size)
{
    const struct gunzip *g = ctx;
    return memory_take(g->allocator, (size_t)items * size);
}

static void give_memory(voidpf ctx, voidpf p)
{
    const struct gunzip *g = ctx;
    memory_give(g->allocator, p);
}

/* Whether another member follows. */
static bool next_member(struct gunzip *g, struct input *in)
{
    struct unpacking *s = &g->stage;
    while (s->end - s->p < HEAD && unpacking_more(s, in))
        ;
    return gunzip_is(s->p, (size_t)(s->end - s->p)) && inflateReset(&g->z) == Z_OK;
}

static void unpack_some(struct gunzip *g, struct input *in)
{
    struct unpacking *s = &g->stage;
    if (s->p == s->end && !unpacking_more(s, in)) {
        unpacking_fail(in, "the gzip data end before they are complete");
        g->over = true;
        return;
    }
    size_t left = (size_t)(s->end - s->p);
    uInt some = left < UINT_MAX ? (uInt)left : UINT_MAX;
    g->z.next_in = s->p;
    g->z.avail_in = some;
    int result = inflate(&g->z, Z_NO_FLUSH);
    s->p += some - g->z.avail_in;
    if (result == Z_STREAM_END) {
        g->over = !next_member(g, in);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
        unpacking_fail(in, result == Z_MEM_ERROR ? "no memory to unpack the gzip data"
                                                 : "the gzip data are damaged here");
        g->over = true;
    }
}

static size_t read_some(struct unpacking *s, struct input *in, uint8_t *to, size_t want)
{
    struct gunzip *g = (struct gunzip *)s;
    g->allocator = &in->allocator; /* inputs move */
    g->z.next_out = to;
    g->z.avail_out = (uInt)want;
    while (g->z.avail_out > 0 && !g->over)
        unpack_some(g, in);
    return want - g->z.avail_out;
}

static void close_stage(struct unpacking *s, const wfpw_allocator *a)
{
    struct gunzip *g = (struct gunzip *)s;
    g->allocator = a;
    (void)inflateEnd(&g->z);
}

bool gunzip_push(struct input *in)
{
    struct gunzip *g = memory_new(&in->allocator, sizeof *g);
    if (g == NULL)
        return false;
    *g = (struct gunzip){.stage = {.read = read_some, .close = close_stage},
                         .allocator = &in->allocator,
                         .z = {.zalloc = take_memory, .zfree = give_memory, .opaque = g}};
    if (inflateInit2(&g->z, MAX_WBITS + GZIP_ONLY) != Z_OK) {
        memory_free(&in->allocator, g);
        return false;
    }
    if (unpacking_push(in, &g->stage))
        return true;
    (void)inflateEnd(&g->z);
    memory_free(&in->allocator, g);
    return false;
}
