/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Whole .evtx files are read as they were written, in every form that records come in. */
#include "cmocka_all.h"
#include "os/os.h"

#include <stdlib.h>
#include <string.h>

#include "writer/evtx_made.h"

/* Reads m, which has to give every event and nothing to tell. */
static void assert_reads(struct made *m, uint32_t flags)
{
    struct read_back *r = made_read(m, flags);
    const char *wrong = made_differs(m, r, NULL);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(r->open_status, WFPW_OK);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    if (r->log_count != 0)
        fail_msg("%s", r->logs[0]);
    assert_int_equal(r->stats.received, m->ours);
    assert_int_equal(r->stats.passed_over, m->count - m->ours);
    assert_int_equal(r->stats.skipped + r->stats.warnings + r->stats.undecoded, 0);
    assert_int_equal(r->stats.bytes_total, m->size);
    assert_int_equal(r->stats.bytes_read, m->size);
    assert_int_equal(r->truncated, 0);
    readback_free(r);
}

static void random_events(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct made *m = made_random(seed, 80);
        assert_reads(m, READBACK_VERIFY);
        made_free(m);
    }
}

static void in_every_way_of_reading(void **state)
{
    struct made *m = made_random(77, 150);
    (void)state;
    for (uint32_t flags = 0; flags < 8; flags++)
        assert_reads(m, flags);
    made_free(m);
}

static void every_option_alone_and_in_pairs(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < 12; a++)
        for (uint32_t b = a; b < 12; b++) {
            uint32_t options = (uint32_t)1 << a | (uint32_t)1 << b;
            if ((options & (EVTXW_DIRECT | EVTXW_NESTED_DIRECT)) != 0)
                continue; /* the plain event has values; random ones cover these */
            if ((options & EVTXW_SYSTEMTIME_T) != 0)
                continue; /* likewise: its time is not in whole milliseconds */
            struct made *m = made_plain(12, options);
            assert_reads(m, READBACK_VERIFY);
            made_free(m);
        }
}

static void many_chunks(void **state)
{
    struct made *m = made_plain(3000, 0);
    (void)state;
    assert_true(evtxd_chunks(m->size) > 10);
    assert_reads(m, READBACK_VERIFY | READBACK_NO_JSON);
    assert_reads(m, READBACK_THREADS | READBACK_NO_JSON);
    made_free(m);
}

static void one_record_in_each_chunk(void **state)
{
    struct made *m = made_chunks(9, 1);
    (void)state;
    assert_reads(m, READBACK_VERIFY);
    made_free(m);
}

/* ---- the record's time ---------------------------------------------------------------------- */

/* System/TimeCreated counts; when it cannot be read, the time of writing stands in. */
static void time_of_writing_stands_in(void **state)
{
    struct sample *s = calloc(1, sizeof *s);
    (void)state;
    sample_plain(s, 5, "a.exe");
    s->ev.written = s->ev.time + 700;
    s->ev.options = EVTXW_TEXT_TIME;
    struct made *m = made_one(s);
    assert_reads(m, 0);
    size_t at = evtxd_find(m->data, m->size, "2022-06-18T");
    assert_true(at < m->size);
    m->data[at] = 'x';
    evtxd_seal(evtxd_chunk(m->data, 0));
    struct read_back *r = made_read(m, 0);
    char time[32];
    evtxw_time_text(s->ev.written, time);
    assert_int_equal(r->event_count, 1);
    assert_non_null(strstr(r->events[0], time));
    readback_free(r);
    made_free(m);
    free(s);
}

/* ---- texts at the limits -------------------------------------------------------------------- */

/* A field of `units` copies of a character. */
static struct made *with_long_text(uint16_t unit, size_t units, uint8_t form)
{
    struct sample *s = calloc(1, sizeof *s);
    uint8_t *text = malloc(2 * units);
    sample_plain(s, 1, "a.exe");
    for (size_t i = 0; i < units; i++) {
        text[2 * i] = (uint8_t)unit;
        text[2 * i + 1] = (uint8_t)(unit >> 8);
    }
    s->fields[1].data = text;
    s->fields[1].size = (uint16_t)(2 * units);
    s->fields[1].form = form;
    struct made *m = made_one(s);
    free(text);
    free(s);
    return m;
}

static void a_text_as_long_as_a_chunk(void **state)
{
    static const struct {
        uint16_t unit;
        size_t bytes;
    } characters[] = {{'a', 1}, {0xE4, 2}, {0x4E2D, 3}};
    static const uint8_t forms[] = {EVTXW_VALUE, EVTXW_LITERAL, EVTXW_CDATA};
    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (size_t f = 0; f < 3; f++) {
            size_t units = 30000;
            struct made *m = with_long_text(characters[c].unit, units, forms[f]);
            struct read_back *r = made_read(m, READBACK_SMALL_BATCH);
            assert_int_equal(r->event_count, 1);
            assert_int_equal(r->truncated, 0);
            const char *start = strstr(r->events[0], "Application = ");
            assert_non_null(start);
            assert_int_equal(strcspn(start + 14, "\n"), units * characters[c].bytes);
            readback_free(r);
            made_free(m);
        }
}

/* ---- sessions ------------------------------------------------------------------------------- */

static void files_one_after_the_other(void **state)
{
    (void)state;
    for (uint32_t threads = 0; threads < 3; threads++) {
        wfpw_options o = {.size = sizeof o, .threads = threads};
        struct made *files[3] = {made_plain(70, 0), made_chunks(1, 1), made_random(9, 50)};
        wfpw_batch *b = wfpw_batch_new(7, 0);
        wfpw_session *s;
        size_t events = 0;
        int n;
        assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
        for (int i = 0; i < 3; i++)
            assert_int_equal(wfpw_add_memory(s, files[i]->data, files[i]->size, NULL), WFPW_OK);
        assert_int_equal(wfpw_add_memory(s, "junk", 4, NULL), WFPW_E_FORMAT);
        while ((n = wfpw_read(s, b, -1, NULL)) > 0)
            for (uint32_t i = 0; i < (uint32_t)n; i++)
                assert_int_equal(wfpw_batch_get(b, i)->seq, ++events);
        assert_int_equal(n, WFPW_E_EOF);
        assert_int_equal(wfpw_read(s, b, -1, NULL), WFPW_E_EOF);
        assert_int_equal(events, files[0]->ours + files[1]->ours + files[2]->ours);
        wfpw_close(s);
        wfpw_batch_free(b);
        for (int i = 0; i < 3; i++)
            made_free(files[i]);
    }
}

struct threads {
    os_u32 started, ended;
};

static void on_started(void *ctx, const char *role)
{
    struct threads *t = ctx;
    (void)os_u32_add(&t->started, strcmp(role, "file") == 0);
}

static void on_ending(void *ctx, const char *role)
{
    struct threads *t = ctx;
    (void)os_u32_add(&t->ended, strcmp(role, "file") == 0);
}

static void closed_in_the_middle(void **state)
{
    struct made *m = made_plain(2000, 0);
    (void)state;
    for (uint32_t reads = 0; reads < 24; reads++) {
        struct threads seen = {0};
        const wfpw_thread_hooks hooks = {on_started, on_ending, &seen};
        wfpw_options o = {.size = sizeof o, .threads = reads % 4, .hooks = &hooks};
        wfpw_batch *b = wfpw_batch_new(40, 0);
        wfpw_session *s;
        assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
        assert_int_equal(wfpw_add_memory(s, m->data, m->size, NULL), WFPW_OK);
        for (uint32_t i = 0; i < reads; i++)
            assert_int_equal(wfpw_read(s, b, -1, NULL), 40);
        if (reads % 3 == 0) {
            wfpw_stop(s);
            assert_int_equal(wfpw_read(s, b, -1, NULL), WFPW_E_STOPPED);
        }
        wfpw_close(s);
        wfpw_batch_free(b);
        assert_int_equal(os_u32_load(&seen.started), reads % 4);
        assert_int_equal(os_u32_load(&seen.ended), reads % 4);
    }
    made_free(m);
}

/* ---- memory --------------------------------------------------------------------------------- */

struct purse {
    int left; /* allocations that still succeed */
    int out;  /* blocks not given back */
};

static void *purse_alloc(void *ctx, size_t n)
{
    struct purse *p = ctx;
    if (p->left-- <= 0)
        return NULL;
    p->out++;
    return malloc(n);
}

static void purse_free(void *ctx, void *block)
{
    struct purse *p = ctx;
    p->out -= block != NULL;
    free(block);
}

/* Whichever allocation fails, it is told, and everything is given back. */
static void memory_that_runs_out(void **state)
{
    struct made *m = made_plain(200, 0);
    (void)state;
    for (uint32_t threads = 0; threads < 4; threads += 3)
        for (int left = 0; left < 40; left++) {
            struct purse purse = {.left = left};
            wfpw_allocator a = {purse_alloc, purse_free, &purse};
            wfpw_options o = {.size = sizeof o, .threads = threads, .allocator = &a};
            wfpw_batch *b = wfpw_batch_new(0, 0);
            wfpw_session *s;
            int status = wfpw_open(&o, &s, NULL), events = 0, n;
            if (status == WFPW_OK)
                status = wfpw_add_memory(s, m->data, m->size, NULL);
            assert_true(status == WFPW_OK || status == WFPW_E_NOMEM);
            assert_true(status == WFPW_OK || left < 20);
            while (status == WFPW_OK && (n = wfpw_read(s, b, -1, NULL)) > 0)
                events += n;
            assert_int_equal(events, status == WFPW_OK ? 200 : 0);
            wfpw_close(s);
            assert_int_equal(purse.out, 0);
            wfpw_batch_free(b);
        }
    made_free(m);
}

/* ---- opening -------------------------------------------------------------------------------- */

static int open_bytes(const void *p, size_t n)
{
    struct read_back *r = read_back(NULL, p, n, 0);
    int status = r->open_status;
    readback_free(r);
    return status;
}

static void what_is_no_evtx_file(void **state)
{
    static uint8_t junk[8192];
    (void)state;
    assert_int_equal(open_bytes(NULL, 0), WFPW_E_FORMAT);
    assert_int_equal(open_bytes("ElfFile", 7), WFPW_E_FORMAT);
    assert_int_equal(open_bytes("LfLe", 4), WFPW_E_FORMAT);
    assert_int_equal(open_bytes(junk, sizeof junk), WFPW_E_FORMAT);
    memset(junk, 0xA5, sizeof junk);
    assert_int_equal(open_bytes(junk, sizeof junk), WFPW_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_events),
        cmocka_unit_test(in_every_way_of_reading),
        cmocka_unit_test(every_option_alone_and_in_pairs),
        cmocka_unit_test(many_chunks),
        cmocka_unit_test(one_record_in_each_chunk),
        cmocka_unit_test(time_of_writing_stands_in),
        cmocka_unit_test(a_text_as_long_as_a_chunk),
        cmocka_unit_test(files_one_after_the_other),
        cmocka_unit_test(closed_in_the_middle),
        cmocka_unit_test(memory_that_runs_out),
        cmocka_unit_test(what_is_no_evtx_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
