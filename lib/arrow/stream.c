/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A session as a stream of arrays: the three functions of the Arrow C stream interface. */
#include <errno.h>
#include <stdio.h>

#include "arrow/array.h"
#include "arrow/rows.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "model/batch.h"
#include "os/os.h"
#include "session/session_hold.h"

enum {
    ROWS_DEFAULT = 32768,
    ROWS_MAX = 1 << 20,
    ROWS_FIRST = 1024,    /* a multiple of 512: see column.h */
    TEXT_MOST = 64 << 20, /* bytes of one column: the array is given as it is */
    WAIT_DEFAULT = 1000,  /* ms */
    BATCH_EVENTS = 512
};

struct arrow_stream {
    wfpw_allocator memory;
    wfpw_session *session;
    wfpw_batch *batch;
    uint32_t at, in_batch; /* which event is next, of how many */
    uint32_t most;         /* rows of an array */
    int32_t wait_ms;       /* negative: for ever */
    uint32_t *released;
    uint8_t ids[COLUMN_COUNT];
    uint32_t id_count;
    struct rows rows;
    bool has_ended;
    int failed; /* WFPW_E_*: to be told, behind the rows before it */
    wfpw_error e;
    char text[sizeof(wfpw_error) + 512]; /* of get_last_error */
};

/* ---- errors --------------------------------------------------------------------------------- */

static int errno_of(int status)
{
    switch (status) {
    case WFPW_E_NOMEM:
        return ENOMEM;
    case WFPW_E_INVAL:
    case WFPW_E_FORMAT:
        return EINVAL;
    case WFPW_E_ACCESS:
        return EACCES;
    default:
        return EIO;
    }
}

static int tell_error(struct arrow_stream *s, int status)
{
    const char *remedy = wfpw_remedy(&s->e);
    (void)snprintf(s->text, sizeof s->text, "%s: %s%s%s", s->e.where, s->e.text,
                   remedy[0] != 0 ? ". " : "", remedy);
    return errno_of(status);
}

/* For good: what was read is lost. */
static int tell_no_memory(struct arrow_stream *s)
{
    s->rows.memory.failed = true;
    rows_free(&s->rows);
    return tell_error(s, error_set(&s->e, WFPW_E_NOMEM, "wfpw_arrow_stream", 0, NULL));
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void add_batch(struct arrow_stream *s)
{
    struct rows *r = &s->rows;
    while (s->at < s->in_batch && r->count < s->most && !r->memory.failed)
        rows_add(r, wfpw_batch_get(s->batch, s->at++));
}

static bool is_full(const struct arrow_stream *s)
{
    const struct rows *r = &s->rows;
    return r->count >= s->most || r->memory.text_bytes >= TEXT_MOST || r->memory.failed;
}

/* How long the next read may wait; the first of an array waits as long as it takes. */
static int32_t wait_left(const struct arrow_stream *s, uint64_t end)
{
    uint64_t now = os_ticks_ms();
    if (s->rows.count == 0 || s->wait_ms < 0)
        return -1;
    return now < end ? (int32_t)(end - now) : 0;
}

/* The next events into the batch, no more than the array has room for: what was read has then been
 * given, and a bookmark is of it. false: none come for this array. */
static bool read_batch(struct arrow_stream *s, uint64_t end)
{
    rows_forget_batch(&s->rows);
    s->at = s->in_batch = 0;
    batch_limit(s->batch, s->most - s->rows.count);
    int n = wfpw_read(s->session, s->batch, wait_left(s, end), &s->e);
    s->has_ended = n == WFPW_E_EOF || n == WFPW_E_STOPPED;
    if (n < 0 && !s->has_ended)
        s->failed = n;
    s->in_batch = n > 0 ? (uint32_t)n : 0;
    return n > 0;
}

static void fill_rows(struct arrow_stream *s)
{
    uint64_t end = 0;
    for (;;) {
        add_batch(s);
        if (end == 0 && s->rows.count > 0)
            end = os_ticks_ms() + (uint64_t)(s->wait_ms > 0 ? s->wait_ms : 0);
        if (is_full(s) || (s->at == s->in_batch && !read_batch(s, end) &&
                           (s->has_ended || s->failed != 0 || s->rows.count > 0)))
            return;
        if (s->wait_ms >= 0 && s->rows.count > 0 && os_ticks_ms() >= end)
            return;
    }
}

/* ---- the interface -------------------------------------------------------------------------- */

static int get_stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct arrow_stream *s = stream->private_data;
    if (array_schema(&s->memory, s->ids, s->id_count, out))
        return 0;
    return tell_error(s, error_set(&s->e, WFPW_E_NOMEM, "wfpw_arrow_stream", 0, NULL));
}

/* The rows as an array; the next one begins with as much room. */
static int give_rows(struct arrow_stream *s, struct ArrowArray *out)
{
    struct rows *r = &s->rows;
    uint32_t count = r->count, room = r->memory.first_room;
    for (uint32_t i = 0; i < s->id_count; i++)
        column_end(&r->memory, &r->columns[s->ids[i]], count);
    if (!array_rows(&r->memory, r->columns, s->ids, s->id_count, count, out))
        return tell_no_memory(s);
    while (room < count)
        room *= 2;
    r->memory.first_room = room;
    rows_free(r);
    return 0;
}

static int get_next_array(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct arrow_stream *s = stream->private_data;
    *out = (struct ArrowArray){0};
    s->text[0] = 0;
    if (s->rows.memory.failed)
        return tell_no_memory(s);
    if (s->failed == 0 && !s->has_ended)
        fill_rows(s);
    if (s->rows.memory.failed)
        return tell_no_memory(s);
    if (s->rows.count > 0)
        return give_rows(s, out);
    if (s->failed == 0) {
        s->has_ended = false; /* who asks again may have added a file */
        return 0;             /* an array without release: the end */
    }
    int status = s->failed;
    s->failed = 0;
    return tell_error(s, status);
}

static const char *get_stream_error(struct ArrowArrayStream *stream)
{
    const struct arrow_stream *s = stream->private_data;
    return s->text[0] != 0 ? s->text : NULL;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    struct arrow_stream *s = stream->private_data;
    wfpw_allocator memory = s->memory;
    uint32_t *released = s->released;
    wfpw_session *session = s->session;
    wfpw_batch_free(s->batch);
    rows_free(&s->rows);
    memory_free(&memory, s);
    stream->release = NULL;
    session_release(session, released);
}

/* ---- making one ----------------------------------------------------------------------------- */

static int take_options(struct arrow_stream *s, const wfpw_arrow_options *o, wfpw_error *e)
{
    wfpw_arrow_options copy = {0};
    size_t at = 0;
    if (o != NULL && !options_copy(&copy, sizeof copy, o, o->size))
        return error_set(e, WFPW_E_INVAL, "wfpw_arrow_stream", 0, NULL);
    if (copy.rows > ROWS_MAX || copy.reserved != 0)
        return error_set(e, WFPW_E_INVAL, "wfpw_arrow_stream", 0, "an option is wrong");
    s->most = copy.rows != 0 ? copy.rows : ROWS_DEFAULT;
    s->wait_ms = copy.wait_ms != 0 ? copy.wait_ms : WAIT_DEFAULT;
    s->released = copy.released;
    s->id_count = column_list_parse(copy.columns, s->ids, &at);
    if (s->id_count == 0)
        return error_at(e, WFPW_E_SYNTAX, "wfpw_arrow_stream", at,
                        "there is no such column, or it comes twice");
    return WFPW_OK;
}

int WFPW_CALL wfpw_arrow_stream(wfpw_session *session, const wfpw_arrow_options *o,
                                struct ArrowArrayStream *out, wfpw_error *e)
{
    if (session == NULL || out == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_arrow_stream", 0, NULL);
    *out = (struct ArrowArrayStream){0};
    const wfpw_allocator *memory = session_hold(session);
    if (memory == NULL)
        return error_set(e, WFPW_E_INVAL, "wfpw_arrow_stream", 0,
                         "the session has a stream already");
    struct arrow_stream *s = memory_new(memory, sizeof *s);
    wfpw_batch *batch = wfpw_batch_new(BATCH_EVENTS, 0);
    int status = s == NULL || batch == NULL
                     ? error_set(e, WFPW_E_NOMEM, "wfpw_arrow_stream", 0, NULL)
                     : take_options(s, o, e);
    if (status != WFPW_OK) {
        wfpw_batch_free(batch);
        memory_free(memory, s);
        session_release(session, NULL);
        return status;
    }
    s->memory = *memory;
    s->session = session;
    s->batch = batch;
    rows_init(&s->rows, &s->memory, s->ids, s->id_count, ROWS_FIRST);
    if (!s->rows.columns[COLUMN_AUDIT_DATA].is_on) /* the only column that has fields */
        batch_omit_fields(batch);
    *out = (struct ArrowArrayStream){.get_schema = get_stream_schema,
                                     .get_next = get_next_array,
                                     .get_last_error = get_stream_error,
                                     .release = release_stream,
                                     .private_data = s};
    return WFPW_OK;
}
