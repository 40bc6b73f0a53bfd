/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session as an Arrow stream: what is given when, who owns what, and what happens when memory, a
 * file, or the session is gone. */
#include "flow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/arrow_value.h"
#include "writer/evtx_made.h"

enum { EVENTS = 700 };

static wfpw_session *open_session(struct heap *heap, const struct made *m, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o, .allocator = &heap->allocator};
    wfpw_session *s = NULL;
    if (wfpw_open(&o, &s, e) == WFPW_OK && wfpw_add_memory(s, m->data, m->size, e) != WFPW_OK) {
        wfpw_close(s);
        s = NULL;
    }
    return s;
}

static void assert_value(const struct ArrowSchema *s, const struct ArrowArray *a, int64_t row,
                         const char *column, const char *wanted)
{
    static char value[ARROW_VALUE];
    int c = arrow_column(s, column);
    assert_true(c >= 0);
    assert_true(arrow_is_given(a->children[c], row));
    arrow_value(s->children[c], a->children[c], row, value);
    assert_string_equal(value, wanted);
}

/* All rows of a stream; the arrays have at most so many each. */
static int64_t count_rows(struct ArrowArrayStream *stream, int64_t most)
{
    struct ArrowSchema schema;
    struct ArrowArray array;
    int64_t rows = 0;
    char seq[24];
    assert_int_equal(stream->get_schema(stream, &schema), 0);
    for (;;) {
        assert_int_equal(stream->get_next(stream, &array), 0);
        if (array.release == NULL)
            break;
        assert_null(arrow_is_wrong(&schema, &array));
        assert_true(array.length > 0 && array.length <= most);
        (void)snprintf(seq, sizeof seq, "%lld", (long long)rows + 1);
        assert_value(&schema, &array, 0, "seq", seq);
        rows += array.length;
        array.release(&array);
    }
    schema.release(&schema);
    assert_int_equal(stream->get_next(stream, &array), 0); /* and again */
    assert_null(array.release);
    return rows;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
    static const uint32_t rows[] = {0, 1, 7, 512, 513, EVENTS, 1 << 20};
    struct made *m = made_plain(EVENTS, 0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct heap heap;
        struct ArrowArrayStream stream;
        wfpw_error e;
        wfpw_arrow_options o = {.size = sizeof o, .rows = rows[i], .wait_ms = -1};
        heap_init(&heap);
        wfpw_session *s = open_session(&heap, m, &e);
        assert_int_equal(wfpw_arrow_stream(s, &o, &stream, &e), WFPW_OK);
        assert_int_equal(count_rows(&stream, rows[i] != 0 ? rows[i] : 32768), EVENTS);
        assert_null(stream.get_last_error(&stream));
        stream.release(&stream);
        wfpw_close(s);
        assert_int_equal(os_u64_load(&heap.live), 0);
    }
    made_free(m);
}

static void test_gaps_are_rows(void **state)
{
    struct flow f;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    for (int i = 0; i < 3000; i++) /* more than both queues hold */
        flow_play(&f, "drop");
    wfpw_stop(f.s);
    wfpw_arrow_options o = {.size = sizeof o, .columns = "kind,seq,lost,lost_where", .wait_ms = -1};
    assert_int_equal(wfpw_arrow_stream(f.s, &o, &stream, &f.e), WFPW_OK);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_int_equal(schema.n_children, 4);
    assert_int_equal(stream.get_next(&stream, &array), 0);
    assert_null(arrow_is_wrong(&schema, &array));
    assert_value(&schema, &array, 0, "kind", "classify_drop");
    int64_t gap = 0;
    static char value[ARROW_VALUE];
    for (; gap < array.length; gap++) {
        arrow_value(schema.children[0], array.children[0], gap, value);
        if (strcmp(value, "gap") == 0)
            break;
    }
    assert_true(gap < array.length);
    assert_value(&schema, &array, gap, "lost_where", "ring");
    assert_true(arrow_is_given(array.children[2], gap));
    assert_false(arrow_is_given(array.children[2], 0));
    array.release(&array);
    schema.release(&schema);
    stream.release(&stream);
    flow_close(&f);
}

/* A live source: rows come when the time is over, not when the array is full. */
static void test_wait(void **state)
{
    struct flow f;
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    (void)state;
    flow_open(&f, &(struct flow_options){0});
    wfpw_arrow_options o = {.size = sizeof o, .wait_ms = 1};
    assert_int_equal(wfpw_arrow_stream(f.s, &o, &stream, &f.e), WFPW_OK);
    for (int i = 0; i < 3; i++) {
        flow_play(&f, "drop");
        assert_int_equal(stream.get_next(&stream, &array), 0);
        assert_int_equal(array.length, 1);
        array.release(&array);
    }
    wfpw_stop(f.s);
    assert_int_equal(stream.get_next(&stream, &array), 0);
    assert_null(array.release);
    stream.release(&stream);
    flow_close(&f);
}

/* ---- who owns what -------------------------------------------------------------------------- */

/* Arrays and their children outlive the stream, and the stream the caller's session. */
static void test_lifetimes(void **state)
{
    struct made *m = made_plain(EVENTS, 0);
    struct heap heap;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array, child;
    uint32_t released = 0;
    wfpw_error e;
    wfpw_arrow_options o = {
        .size = sizeof o, .rows = 100, .columns = "audit_computer,seq", .released = &released};
    (void)state;
    heap_init(&heap);
    wfpw_session *s = open_session(&heap, m, &e);
    assert_int_equal(wfpw_arrow_stream(s, &o, &stream, &e), WFPW_OK);
    wfpw_close(s);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_int_equal(stream.get_next(&stream, &array), 0);
    assert_int_equal(released, 0);
    stream.release(&stream); /* half read */
    assert_null(stream.release);
    assert_int_equal(released, 1);
    child = *array.children[0];
    array.children[0]->release = NULL;
    array.release(&array);
    assert_null(array.release);
    static char computer[ARROW_VALUE];
    arrow_value(schema.children[0], &child, 99, computer);
    assert_true(computer[0] != 0);
    child.release(&child);
    schema.release(&schema);
    assert_int_equal(os_u64_load(&heap.live), 0);
    made_free(m);
}

/* ---- the last one, inside a log function ---- */

struct held {
    struct ArrowArrayStream stream;
    os_u32 is_closed, released; /* by the caller; all of it */
};

static void WFPW_CALL let_go(void *ctx, int level, const char *text)
{
    struct held *h = ctx;
    (void)level;
    (void)text;
    if (os_u32_load(&h->is_closed) != 0 && h->stream.release != NULL)
        h->stream.release(&h->stream);
}

static bool is_released(void *ctx)
{
    const struct held *h = ctx;
    return os_u32_load(&h->released) != 0;
}

/* On one of the library's own threads, which cannot wait for its own end: nothing is left all the
 * same. script: has that thread write to the log. */
static void release_in_log_function(const char *script)
{
    struct flow f;
    struct held h = {0};
    flow_open(&f, &(struct flow_options){.log = let_go, .log_ctx = &h});
    wfpw_arrow_options o = {.size = sizeof o, .released = (uint32_t *)(void *)&h.released};
    assert_int_equal(wfpw_arrow_stream(f.s, &o, &h.stream, &f.e), WFPW_OK);
    wfpw_close(f.s);
    f.s = NULL;
    os_u32_store(&h.is_closed, 1);
    flow_play(&f, script);
    assert_true(wait_until(is_released, &h));
    assert_int_equal(wfpw_sim_count(f.sim, WFPW_SIM_SESSIONS), 0);
    flow_close(&f);
}

static void test_released_in_log_function(void **state)
{
    (void)state;
    release_in_log_function("stop");
    release_in_log_function("fail call=RegEnumValueW code=5 times=9;"
                            "rule local \"{A}\" \"v2.33|Action=Block|Dir=Out|Name=x|\"");
}

static void test_one_stream_at_a_time(void **state)
{
    struct made *m = made_plain(10, 0);
    struct heap heap;
    struct ArrowArrayStream stream, other;
    wfpw_error e;
    (void)state;
    heap_init(&heap);
    wfpw_session *s = open_session(&heap, m, &e);
    assert_int_equal(wfpw_arrow_stream(s, NULL, &stream, &e), WFPW_OK);
    assert_int_equal(wfpw_arrow_stream(s, NULL, &other, &e), WFPW_E_INVAL);
    assert_null(other.release);
    stream.release(&stream);
    assert_int_equal(wfpw_arrow_stream(s, NULL, &other, &e), WFPW_OK);
    assert_int_equal(count_rows(&other, 32768), 10);
    other.release(&other);
    wfpw_close(s);
    assert_int_equal(os_u64_load(&heap.live), 0);
    made_free(m);
}

static void test_thousand_streams(void **state)
{
    struct made *m = made_plain(20, 0);
    struct heap heap;
    wfpw_error e;
    (void)state;
    heap_init(&heap);
    for (int i = 0; i < 1000; i++) {
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        wfpw_arrow_options o = {.size = sizeof o, .rows = 3, .columns = "seq,verdict"};
        wfpw_session *s = open_session(&heap, m, &e);
        assert_int_equal(wfpw_arrow_stream(s, &o, &stream, &e), WFPW_OK);
        assert_int_equal(stream.get_next(&stream, &array), 0);
        array.release(&array);
        stream.release(&stream);
        wfpw_close(s);
    }
    assert_int_equal(os_u64_load(&heap.live), 0);
    made_free(m);
}

/* ---- what is wrong -------------------------------------------------------------------------- */

static void test_wrong_options(void **state)
{
    static const struct {
        wfpw_arrow_options o;
        int status;
        uint64_t position;
    } cases[] = {
        {{.size = 0}, WFPW_E_INVAL, 0},
        {{.size = sizeof cases->o, .rows = (1 << 20) + 1}, WFPW_E_INVAL, 0},
        {{.size = sizeof cases->o, .reserved = 1}, WFPW_E_INVAL, 0},
        {{.size = sizeof cases->o, .columns = "seq, colour"}, WFPW_E_SYNTAX, 5},
        {{.size = sizeof cases->o, .columns = ""}, WFPW_E_SYNTAX, 0},
    };
    struct ArrowArrayStream stream;
    wfpw_session *s;
    wfpw_error e;
    (void)state;
    assert_int_equal(wfpw_open(NULL, &s, &e), WFPW_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(wfpw_arrow_stream(s, &cases[i].o, &stream, &e), cases[i].status);
        assert_int_equal(e.position, cases[i].position);
        assert_null(stream.release);
    }
    assert_int_equal(wfpw_arrow_stream(NULL, NULL, &stream, &e), WFPW_E_INVAL);
    assert_int_equal(wfpw_arrow_stream(s, NULL, NULL, &e), WFPW_E_INVAL);
    wfpw_close(s);
}

/* Files that are added while there is a stream, the first of them cut off. */
static void test_several_files(void **state)
{
    struct made *m = made_plain(10, 0);
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    struct heap heap;
    wfpw_error e;
    (void)state;
    heap_init(&heap);
    wfpw_session *s = open_session(&heap, m, &e);
    wfpw_arrow_options o = {.size = sizeof o, .wait_ms = -1};
    assert_int_equal(wfpw_arrow_stream(s, &o, &stream, &e), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, m->data, m->size - 1, &e), WFPW_OK);
    assert_int_equal(wfpw_add_memory(s, m->data, m->size, &e), WFPW_OK);
    assert_int_equal(count_rows(&stream, 32768), 30);
    assert_int_equal(wfpw_add_memory(s, m->data, m->size, &e), WFPW_OK); /* behind the end */
    assert_int_equal(stream.get_next(&stream, &array), 0);
    assert_int_equal(array.length, 10);
    array.release(&array);
    stream.release(&stream);
    wfpw_close(s);
    assert_int_equal(os_u64_load(&heap.live), 0);
    made_free(m);
}

/* Opens, reads and closes; the error that it came to, or 0. */
static int read_all(struct heap *heap, const struct made *m)
{
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array = {0};
    wfpw_error e;
    wfpw_arrow_options o = {.size = sizeof o, .rows = 8, .columns = "*", .wait_ms = -1};
    wfpw_session *s = open_session(heap, m, &e);
    int failed = s == NULL ? e.status : wfpw_arrow_stream(s, &o, &stream, &e);
    if (failed != WFPW_OK) {
        wfpw_close(s);
        assert_int_equal(failed, WFPW_E_NOMEM);
        return ENOMEM;
    }
    failed = stream.get_schema(&stream, &schema);
    if (failed == 0)
        schema.release(&schema);
    while (failed == 0 && (failed = stream.get_next(&stream, &array)) == 0 && array.release != NULL)
        array.release(&array);
    assert_true(failed == 0 || strstr(stream.get_last_error(&stream), "memory") != NULL);
    stream.release(&stream);
    wfpw_close(s);
    return failed;
}

/* Each allocation fails once: nothing leaks, and rows that are lost are told of. */
static void test_no_memory(void **state)
{
    struct made *m = made_plain(12, 0);
    struct heap heap;
    (void)state;
    heap_init(&heap);
    assert_int_equal(read_all(&heap, m), 0);
    uint64_t calls = os_u64_load(&heap.calls);
    assert_true(calls > 200);
    for (uint64_t nth = 1; nth <= calls; nth++) {
        heap_init(&heap);
        heap.fail_at = nth;
        int failed = read_all(&heap, m);
        assert_true(failed == 0 || failed == ENOMEM);
        assert_int_equal(os_u64_load(&heap.live), 0);
    }
    made_free(m);
}

static void test_capsule_without_python(void **state)
{
    int nothing = 0;
    (void)state;
    wfpw_arrow_capsule_free(NULL);
    wfpw_arrow_capsule_free(&nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_gaps_are_rows),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_released_in_log_function),
        cmocka_unit_test(test_one_stream_at_a_time),
        cmocka_unit_test(test_thousand_streams),
        cmocka_unit_test(test_wrong_options),
        cmocka_unit_test(test_several_files),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_capsule_without_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
