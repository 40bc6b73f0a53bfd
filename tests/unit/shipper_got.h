/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading bytes to one batch of events, and an event to JSON. */
#ifndef SHIPPER_GOT_H
#define SHIPPER_GOT_H

#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "shipper_made.h"
#include "wfpwatch/wfpwatch.h"

struct got {
    wfpw_session *s;
    wfpw_batch *b;
    int count, end;
    wfpw_stats st;
    char log[4096];
};

static inline void keep_log(void *ctx, int level, const char *text)
{
    char *log = ctx;
    (void)level;
    strncat(log, text, 4095 - strlen(log));
}

static inline void read_bytes(struct got *g, const void *p, size_t n)
{
    *g = (struct got){.b = wfpw_batch_new(1024, 4 << 20), .st = {.size = sizeof g->st}};
    wfpw_options o = {.size = sizeof o, .log = keep_log, .log_ctx = g->log};
    assert_non_null(g->b);
    assert_int_equal(wfpw_open(&o, &g->s, NULL), 0);
    g->end = wfpw_add_memory(g->s, p, n, NULL);
    if (g->end == 0) {
        int got = wfpw_read(g->s, g->b, -1, NULL);
        g->count = got > 0 ? got : 0;
        g->end = got > 0 ? 0 : got;
    }
    assert_int_equal(wfpw_get_stats(g->s, &g->st), 0);
}

static inline void close_got(struct got *g)
{
    wfpw_close(g->s);
    wfpw_batch_free(g->b);
}

/* The JSON of an event, with the source of the other. */
static inline char *json_at(const struct got *g, uint32_t i)
{
    static const char from[] = "\"source\":\"eventxml\"", to[] = "\"source\":\"json\"";
    char *text = malloc(SHIPPER_PEN_MAX);
    assert_non_null(text);
    assert_true(wfpw_to_json(wfpw_batch_get(g->b, i), 0, text, SHIPPER_PEN_MAX, NULL) > 0);
    char *at = strstr(text, from);
    if (at != NULL) {
        memcpy(at, to, sizeof to - 1);
        memmove(at + sizeof to - 1, at + sizeof from - 1, strlen(at + sizeof from - 1) + 1);
    }
    return text;
}

#endif
