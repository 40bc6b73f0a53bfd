/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Files by their path, and pipes that give their bytes little by little. */
#define _POSIX_C_SOURCE 200809L
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/os.h"
#include "writer/evtx_made.h"

/* ---- a folder of the test's own ------------------------------------------------------------- */

static char folder[] = "wfpw-pipe-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/some file.evtx", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/* ---- who writes into the pipe --------------------------------------------------------------- */

struct feeder {
    const struct made *m;
    size_t size;   /* of m->data, to be written */
    uint32_t most; /* bytes of a piece */
    uint64_t seed;
    int fd; /* -1: opens `path` */
    os_thread thread;
};

static void feed(void *ctx)
{
    struct feeder *f = ctx;
    int fd = f->fd >= 0 ? f->fd : open(path, O_WRONLY);
    for (size_t at = 0; fd >= 0 && at < f->size;) {
        size_t n = 1 + sample_below(&f->seed, f->most);
        n = n < f->size - at ? n : f->size - at;
        ssize_t written = write(fd, f->m->data + at, n);
        if (written < 0)
            break;
        at += (size_t)written;
    }
    (void)close(fd);
}

static void assert_same(const struct read_back *a, const struct read_back *b)
{
    assert_int_equal(a->open_status, b->open_status);
    assert_int_equal(a->end_status, b->end_status);
    assert_int_equal(a->event_count, b->event_count);
    for (size_t i = 0; i < a->event_count; i++)
        assert_string_equal(a->events[i], b->events[i]);
    assert_int_equal(a->log_count, b->log_count);
    for (size_t i = 0; i < a->log_count; i++)
        assert_int_equal(readback_offset(a->logs[i]), readback_offset(b->logs[i]));
    assert_int_equal(a->stats.passed_over, b->stats.passed_over);
    assert_int_equal(a->stats.bytes_read, b->stats.bytes_read);
}

/* What comes through a pipe is what the same bytes in memory give. */
static void check_pipe(const struct made *m, size_t size, uint32_t most, uint32_t flags)
{
    struct feeder f = {.m = m, .size = size, .most = most, .seed = size, .fd = -1};
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(os_thread_start(&f.thread, feed, &f));
    struct read_back *pipe = read_back(path, NULL, 0, flags | READBACK_NO_JSON);
    os_thread_join(&f.thread);
    assert_int_equal(unlink(path), 0);
    struct read_back *memory = read_back(NULL, m->data, size, flags | READBACK_NO_JSON);
    assert_int_equal(pipe->stats.bytes_total, 0);
    assert_same(pipe, memory);
    readback_free(pipe);
    readback_free(memory);
}

static void through_a_pipe(void **state)
{
    static const uint32_t pieces[] = {3, 100, 5000, 70000};
    struct made *m = made_random(5, 40);
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        check_pipe(m, m->size, pieces[i], 0);
        check_pipe(m, m->size, pieces[i], READBACK_THREADS);
    }
    made_free(m);
}

static void a_pipe_that_breaks_off(void **state)
{
    static const size_t sizes[] = {0, 5, 8, 300, 4096, 4200, 4096 + 512, 6000, 80000, 140000};
    struct made *m = made_chunks(3, 20);
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_pipe(m, sizes[i], 1000, 0);
    made_free(m);
}

static void standard_input(void **state)
{
    struct made *m = made_random(6, 30);
    int ends[2], before = dup(STDIN_FILENO);
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    (void)close(ends[0]);
    struct feeder f = {.m = m, .size = m->size, .most = 9000, .seed = 1, .fd = ends[1]};
    assert_true(os_thread_start(&f.thread, feed, &f));
    struct read_back *r = read_back("-", NULL, 0, 0);
    os_thread_join(&f.thread);
    (void)dup2(before, STDIN_FILENO);
    (void)close(before);
    assert_null(made_differs(m, r, NULL));
    assert_int_equal(r->end_status, WFPW_E_EOF);
    readback_free(r);
    made_free(m);
}

/* ---- files ---------------------------------------------------------------------------------- */

static void write_file(const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void a_file(void **state)
{
    struct made *m = made_random(7, 60);
    (void)state;
    write_file(m->data, m->size);
    for (uint32_t flags = 0; flags < 8; flags++) {
        struct read_back *r = read_back(path, NULL, 0, flags);
        assert_null(made_differs(m, r, NULL));
        assert_int_equal(r->stats.bytes_total, m->size);
        assert_int_equal(r->stats.bytes_read, m->size);
        readback_free(r);
    }
    made_free(m);
}

static void the_log_names_the_file(void **state)
{
    struct made *m = made_chunks(2, 3);
    (void)state;
    evtxd_chunk(m->data, 1)[124] ^= 1;
    write_file(m->data, m->size);
    struct read_back *r = read_back(path, NULL, 0, 0);
    assert_int_equal(r->log_count, 1);
    assert_non_null(strstr(r->logs[0], "some file.evtx"));
    assert_int_equal(readback_offset(r->logs[0]), EVTXW_FILE_HEADER + EVTXW_CHUNK);
    readback_free(r);
    made_free(m);
}

static void what_cannot_be_opened(void **state)
{
    struct read_back *r = read_back("there/is/no/such/file.evtx", NULL, 0, 0);
    (void)state;
    assert_int_equal(r->open_status, WFPW_E_IO);
    assert_int_equal(r->error.os_code, ENOENT);
    readback_free(r);
    r = read_back(folder, NULL, 0, 0);
    assert_int_equal(r->open_status, WFPW_E_IO);
    assert_int_equal(r->error.os_code, EISDIR);
    readback_free(r);
    write_file("", 0);
    r = read_back(path, NULL, 0, 0);
    assert_int_equal(r->open_status, WFPW_E_FORMAT);
    readback_free(r);
}

/* ---- reading that fails --------------------------------------------------------------------- */

/* Stands before the library's function (the linker's --wrap). */
uint32_t __real_wfpw__os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n,
                                      size_t *got);
uint32_t __wrap_wfpw__os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n,
                                      size_t *got);
static uint64_t readable = UINT64_MAX; /* bytes of the file */

uint32_t __wrap_wfpw__os_file_read_at(const os_file *f, uint64_t at, void *buf, size_t n,
                                      size_t *got)
{
    uint64_t left = at < readable ? readable - at : 0;
    size_t most = n < left ? n : (size_t)left;
    uint32_t error = __real_wfpw__os_file_read_at(f, at, buf, most, got);
    return error == 0 && most < n ? EIO : error;
}

/* What was read before the failure is delivered; the failure is told; the next file is read. */
static void check_failure(const struct made *m, size_t at, uint32_t threads)
{
    wfpw_options o = {.size = sizeof o, .threads = threads};
    wfpw_batch *b = wfpw_batch_new(5, 0);
    wfpw_session *s;
    wfpw_error e;
    size_t events = 0, before = 0;
    int n;
    for (size_t i = 0; i < m->count; i++)
        before += m->events[i].end <= at;
    assert_int_equal(wfpw_open(&o, &s, &e), WFPW_OK);
    readable = at;
    int status = wfpw_add_file(s, path, &e);
    if (status == WFPW_OK) {
        while ((n = wfpw_read(s, b, -1, &e)) > 0)
            events += (size_t)n;
        status = n;
    }
    readable = UINT64_MAX;
    assert_int_equal(status, WFPW_E_IO);
    assert_int_equal(e.os_code, EIO);
    assert_int_equal(events, before);
    assert_int_equal(wfpw_add_memory(s, m->data, m->size, &e), WFPW_OK);
    while ((n = wfpw_read(s, b, -1, &e)) > 0)
        events += (size_t)n;
    assert_int_equal(n, WFPW_E_EOF);
    assert_int_equal(events, before + m->ours);
    wfpw_close(s);
    wfpw_batch_free(b);
}

static void reading_fails_in_the_middle(void **state)
{
    static const size_t places[] = {0, 100, 4096, 5000, 20000, 69632, 69633, 100000, 400000};
    struct made *m = made_chunks(8, 30);
    (void)state;
    write_file(m->data, m->size);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (uint32_t threads = 0; threads < 3; threads++)
            check_failure(m, places[i], threads);
    made_free(m);
}

/* The writer's own way to a file. */
static void written_to_a_file(void **state)
{
    struct evtx_writer *w = malloc(sizeof *w);
    struct sample *s = malloc(sizeof *s);
    FILE *f = fopen(path, "wb");
    (void)state;
    assert_non_null(f);
    assert_true(evtxwriter_begin(w, f));
    for (uint64_t i = 0; i < 500; i++) {
        sample_plain(s, i + 1, "a.exe");
        assert_true(evtxwriter_event(w, &s->ev));
    }
    assert_true(evtxwriter_end(w));
    assert_int_equal(fclose(f), 0);
    struct read_back *r = read_back(path, NULL, 0, READBACK_VERIFY);
    assert_int_equal(r->event_count, 500);
    assert_int_equal(r->log_count, 0);
    assert_string_equal(r->events[499], s->text);
    readback_free(r);
    free(s);
    free(w);
}

enum { LATE_OTHERS = 6000, LATE_OURS = 3000 };

/* Reads so many batches, or all. */
static void read_late(uint32_t threads, uint32_t batches)
{
    wfpw_options o = {.size = sizeof o, .threads = threads};
    wfpw_batch *b = wfpw_batch_new(100, 0);
    wfpw_session *s;
    uint64_t next = SAMPLE_ID_FIRST + LATE_OTHERS;
    int n = 0;
    assert_int_equal(wfpw_open(&o, &s, NULL), WFPW_OK);
    assert_int_equal(wfpw_add_file(s, path, NULL), WFPW_OK);
    for (uint32_t batch = 0; batch < batches && (n = wfpw_read(s, b, -1, NULL)) > 0; batch++)
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            assert_int_equal(wfpw_batch_get(b, i)->audit->record_id, next++);
    if (batches == UINT32_MAX) {
        assert_int_equal(n, WFPW_E_EOF);
        assert_int_equal(next, SAMPLE_ID_FIRST + LATE_OTHERS + LATE_OURS);
    }
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* Where nothing was ours for long, a worker takes many blocks at once; if then all is, it has to
 * wait for the reader in the middle of them, also when that closes the session. */
static void more_than_a_lane_holds(void **state)
{
    struct made *m = made_late(LATE_OTHERS, LATE_OURS);
    (void)state;
    write_file(m->data, m->size);
    for (uint32_t threads = 1; threads < 4; threads++)
        for (int again = 0; again < 5; again++) {
            read_late(threads, UINT32_MAX);
            read_late(threads, 1);
        }
    made_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(through_a_pipe),
        cmocka_unit_test(a_pipe_that_breaks_off),
        cmocka_unit_test(standard_input),
        cmocka_unit_test(a_file),
        cmocka_unit_test(the_log_names_the_file),
        cmocka_unit_test(what_cannot_be_opened),
        cmocka_unit_test(reading_fails_in_the_middle),
        cmocka_unit_test(written_to_a_file),
        cmocka_unit_test(more_than_a_lane_holds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
