/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Net events of every kind, written as netsh writes them, are read back as what they were. */
#include "cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "random.h"
#include "writer/netsh_event_sample.h"
#include "writer/netsh_event_writer.h"
#include "writer/read_back.h"

enum { DOCUMENTS = 120, EVENTS = 24, PLAIN = 3000 };

/* A document and what has to be read from it. */
struct written {
    struct netsh_event_writer w;
    char *events[EVENTS];
    size_t count;
};

static struct written *written_new(uint64_t seed, uint32_t style)
{
    struct written *d = calloc(1, sizeof *d);
    struct netev_sample *s = calloc(1, sizeof *s);
    assert_non_null(d);
    assert_non_null(s);
    d->w.style = style;
    d->count = 1 + random_below(&seed, EVENTS);
    netevwriter_begin(&d->w);
    for (size_t i = 0; i < d->count; i++) {
        netev_sample_random(s, &seed, i + 1);
        netevwriter_event(&d->w, &s->ev);
        d->events[i] = readback_text(&s->ev);
    }
    assert_true(netevwriter_end(&d->w));
    free(s);
    return d;
}

static void written_free(struct written *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->events[i]);
    netevwriter_free(&d->w);
    free(d);
}

static void expect_same(const struct written *d, const void *data, size_t size, uint32_t flags)
{
    struct read_back *r = read_back(NULL, data, size, flags);
    assert_int_equal(r->open_status, 0);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    for (size_t i = 0; i < d->count && i < r->event_count; i++)
        assert_string_equal(r->events[i], d->events[i]);
    assert_int_equal(r->event_count, d->count);
    assert_int_equal(r->stats.skipped + r->stats.warnings + r->log_count, 0);
    assert_int_equal(r->truncated + r->partial, 0);
    assert_int_equal(r->stats.bytes_read, size);
    readback_free(r);
}

/* ---- properties ----------------------------------------------------------------------------- */

static void test_write_read_equal(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < DOCUMENTS; i++) {
        uint32_t style = (uint32_t)(i % NETEVW_STYLES);
        struct written *d = written_new(i * 77 + 1, style);
        uint32_t flags = i % 3 == 0 ? (uint32_t)READBACK_SMALL_BATCH : 0;
        expect_same(d, d->w.p, d->w.n, flags);
        written_free(d);
    }
}

static void test_utf16(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 16; i++) {
        struct written *d = written_new(i + 5000, (uint32_t)i % NETEVW_BARE);
        size_t size;
        uint8_t *wide = netevwriter_wide(&d->w, i % 2 != 0, &size);
        expect_same(d, wide, size, 0);
        free(wide);
        written_free(d);
    }
}

/* A random byte changed: nothing crashes, the counts agree (read_back looks), what is read whole is
 * in order. */
static void test_damaged(void **state)
{
    uint64_t seed = 11;
    (void)state;
    for (int i = 0; i < 300; i++) {
        struct written *d = written_new((uint64_t)i % 20 + 900, (uint32_t)i % NETEVW_STYLES);
        size_t at = random_below(&seed, (uint32_t)d->w.n);
        d->w.p[at] = (char)random_u64(&seed);
        struct read_back *r = read_back(NULL, d->w.p, d->w.n, 0);
        assert_true(r->open_status == 0 || r->open_status == WFPW_E_FORMAT);
        assert_true(r->event_count + 2 >= d->count || r->open_status != 0 ||
                    r->end_status == WFPW_E_FORMAT);
        assert_true(r->stats.skipped + r->stats.warnings == r->log_count ||
                    r->end_status == WFPW_E_FORMAT);
        readback_free(r);
        written_free(d);
    }
}

/* ---- memory --------------------------------------------------------------------------------- */

struct purse {
    uint64_t calls, fail_at, live, most;
};

static void *WFPW_CALL purse_alloc(void *ctx, size_t bytes)
{
    struct purse *p = ctx;
    if (++p->calls == p->fail_at)
        return NULL;
    size_t *block = malloc(bytes + 16);
    if (block == NULL)
        return NULL;
    *block = bytes;
    p->live += bytes;
    p->most = p->live > p->most ? p->live : p->most;
    return block + 2;
}

static void WFPW_CALL purse_free(void *ctx, void *at)
{
    struct purse *p = ctx;
    if (at == NULL)
        return;
    size_t *block = (size_t *)at - 2;
    p->live -= *block;
    free(block);
}

/* Reads a document with every memory of the library's in the purse; the events or the error. */
static int read_with(struct purse *p, const struct netsh_event_writer *w)
{
    wfpw_allocator a = {purse_alloc, purse_free, p};
    wfpw_options o = {.size = sizeof o, .allocator = &a};
    wfpw_session *s = NULL;
    int n, events = 0, status = wfpw_open(&o, &s, NULL);
    if (status != 0)
        return status;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    assert_non_null(b);
    status = wfpw_add_memory(s, w->p, w->n, NULL);
    while (status == 0 && (n = wfpw_read(s, b, -1, NULL)) > 0)
        events += n;
    wfpw_batch_free(b);
    wfpw_close(s);
    return status != 0 ? status : events;
}

static void write_plain(struct netsh_event_writer *w, uint64_t events)
{
    struct netev_sample *s = calloc(1, sizeof *s);
    assert_non_null(s);
    netevwriter_begin(w);
    for (uint64_t i = 0; i < events; i++) {
        netev_sample_plain(s, i);
        netevwriter_event(w, &s->ev);
    }
    assert_true(netevwriter_end(w));
    free(s);
}

static void test_every_allocation_fails_once(void **state)
{
    struct netsh_event_writer w = {0};
    struct purse p = {0};
    (void)state;
    write_plain(&w, 3);
    assert_int_equal(read_with(&p, &w), 3);
    uint64_t calls = p.calls;
    assert_true(calls >= 3);
    for (uint64_t i = 1; i <= calls; i++) {
        p = (struct purse){.fail_at = i};
        assert_int_equal(read_with(&p, &w), WFPW_E_NOMEM);
        assert_int_equal(p.live, 0);
    }
    netevwriter_free(&w);
}

/* However many events there are, the library asks for the same memory. */
static void test_memory_is_flat(void **state)
{
    struct netsh_event_writer few = {0}, many = {0};
    struct purse p = {0}, q = {0};
    (void)state;
    write_plain(&few, 1);
    write_plain(&many, PLAIN);
    assert_int_equal(read_with(&p, &few), 1);
    assert_int_equal(read_with(&q, &many), PLAIN);
    assert_int_equal(p.most, q.most);
    assert_int_equal(p.calls, q.calls);
    assert_int_equal(q.live, 0);
    netevwriter_free(&few);
    netevwriter_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_read_equal), cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_damaged),          cmocka_unit_test(test_every_allocation_fails_once),
        cmocka_unit_test(test_memory_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
