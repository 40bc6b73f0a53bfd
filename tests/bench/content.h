/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A file in memory, and reading it as often as is wanted. */
#ifndef WFPW_BENCH_CONTENT_H
#define WFPW_BENCH_CONTENT_H

#include <stdio.h>
#include <stdlib.h>

#include "wfpwatch/wfpwatch.h"

struct content {
    char *p; /* to be freed */
    size_t n;
};

static inline struct content content_load(const char *path)
{
    struct content c = {0};
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    c.n = (size_t)ftell(f);
    c.p = malloc(c.n);
    rewind(f);
    if (c.p == NULL || fread(c.p, 1, c.n, f) != c.n)
        exit(1);
    (void)fclose(f);
    return c;
}

/* Returns how many events it has. */
static inline uint64_t content_read(const struct content *c, const wfpw_options *o)
{
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    uint64_t events = 0;
    int n;
    if (b == NULL || wfpw_open(o, &s, NULL) != 0 || wfpw_add_memory(s, c->p, c->n, NULL) != 0)
        exit(1);
    while ((n = wfpw_read(s, b, -1, NULL)) > 0)
        events += (uint64_t)n;
    wfpw_close(s);
    wfpw_batch_free(b);
    return events;
}

#endif
