/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/text/json_file.h"

#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "decode/shipper/shipper.h"
#include "input/text_piece.h"
#include "source/text/local_time.h"

enum { SNIFF = 32 * 1024 };

struct json_file {
    struct source source;
    struct input in;
    wfpw_allocator memory;
    struct log_zone zone;
    bool is_told; /* that the zone is not known */
    bool finished;
    bool found;    /* an object of a form that is known */
    uint32_t told; /* a bit for each form of which it was said what it lacks */
    struct text_piece piece;
    struct shipper shipper;
};

/* ---- what a file is ------------------------------------------------------------------------- */

/* Objects or arrays come first, but for "Record 1" of evtx_dump and what a log's line may begin
 * with. */
static bool is_json(const char *s, size_t n)
{
    static const char record[] = "Record ";
    size_t at = 0;
    while (at < n && (s[at] == ' ' || s[at] == '\t' || s[at] == '\r' || s[at] == '\n'))
        at++;
    if (at + 1 < n && s[at] == ':')
        at++;
    return at < n &&
           (s[at] == '{' || s[at] == '[' ||
            (n - at >= sizeof record - 1 && memcmp(s + at, record, sizeof record - 1) == 0));
}

static bool has_known(struct shipper *x, const char *s, size_t n)
{
    const struct record *r;
    enum shipper_found found;
    shipper_start(x);
    for (size_t at = 0; at < n && !shipper_is_known(x);)
        at += shipper_feed(x, s + at, n - at, &found, &r);
    return shipper_is_known(x);
}

/* The start as it is, before room is taken for more. */
static bool begins_json(const uint8_t *p, size_t n, enum text_encoding encoding)
{
    enum { START = 256 };
    char text[3 * START];
    return is_json(text, text_piece_look(encoding, p, n < START ? n : (size_t)START, text));
}

enum json_file_kind json_file_look(const struct source_options *o, struct input *in)
{
    const uint8_t *p;
    size_t n = input_view(in, SNIFF, &p), mark;
    enum text_encoding encoding = text_piece_encoding(p, n, &mark);
    enum json_file_kind kind = JSON_FILE_NO_MEMORY;
    if (!begins_json(p + mark, n - mark, encoding))
        return JSON_FILE_NONE;
    struct shipper *x = memory_new(&o->memory, sizeof *x);
    char *text = x != NULL ? memory_take(&o->memory, 3 * SNIFF) : NULL;
    if (text != NULL) {
        size_t size = text_piece_look(encoding, p + mark, n - mark, text);
        kind = has_known(x, text, size) ? JSON_FILE_RECORDS
               : n < SNIFF              ? JSON_FILE_OTHER
                                        : JSON_FILE_UNKNOWN;
        shipper_close(x);
    }
    memory_give(&o->memory, text);
    memory_give(&o->memory, x);
    return kind;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void skip_place(const struct json_file *f, struct tally *t, const char *what)
{
    os_u64_bump(&t->skipped, 1);
    tally_log(t, 1, what, f->in.name, f->piece.offset);
}

/* Once a form: what it lacks of the log. */
static void report_lost(struct json_file *f, struct tally *t)
{
    char text[200];
    const struct shipper_form *form = shipper_form_at(f->shipper.form);
    uint32_t bit = (uint32_t)1 << f->shipper.form;
    if ((f->told & bit) != 0 || form->lost == NULL)
        return;
    f->told |= bit;
    (void)snprintf(text, sizeof text, "%s does not keep: %s", form->name, form->lost);
    tally_log(t, 3, text, f->in.name, f->piece.offset);
}

static enum source_result answer_found(struct json_file *f, struct tally *t,
                                       enum shipper_found found, const struct record *r)
{
    switch (found) {
    case SHIPPER_RECORD:
        f->found = true;
        os_u64_bump(&t->received, 1);
        report_lost(f, t);
        local_time_settle((struct record *)(uintptr_t)r, &f->zone, t, f->in.name, &f->is_told);
        return SOURCE_RECORD;
    case SHIPPER_OTHER:
        f->found = true;
        os_u64_bump(&t->passed_over, 1);
        break;
    case SHIPPER_UNKNOWN:
        os_u64_bump(&t->passed_over, 1);
        break;
    case SHIPPER_DAMAGE:
        skip_place(f, t, f->shipper.why);
        break;
    default:
        break;
    }
    return SOURCE_AGAIN;
}

static enum source_result end_file(struct json_file *f, struct tally *t, wfpw_error *e)
{
    const char *why = shipper_end(&f->shipper);
    f->finished = true;
    if (f->in.error != 0) {
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    if (why != NULL)
        skip_place(f, t, why);
    if (f->found)
        return SOURCE_END;
    (void)error_at(e, WFPW_E_FORMAT, f->in.name, 0, "JSON, but of no form that is known");
    return SOURCE_FAILED;
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    enum { OBJECTS = 64 }; /* between two looks at the clock */
    struct json_file *f = (struct json_file *)s;
    enum shipper_found found;
    if (f->finished)
        return SOURCE_END;
    for (int i = 0; i < OBJECTS && f->piece.at < f->piece.size; i++) {
        f->piece.at += shipper_feed(&f->shipper, f->piece.text + f->piece.at,
                                    f->piece.size - f->piece.at, &found, r);
        if (answer_found(f, t, found, *r) == SOURCE_RECORD)
            return SOURCE_RECORD;
    }
    if (f->piece.at < f->piece.size)
        return SOURCE_AGAIN;
    size_t n = text_piece_next(&f->piece, &f->in);
    os_u64_bump(&t->bytes_read, n);
    return n > 0 ? SOURCE_AGAIN : end_file(f, t, e);
}

static void close_source(struct source *s)
{
    struct json_file *f = (struct json_file *)s;
    wfpw_allocator memory = f->memory;
    shipper_close(&f->shipper);
    input_close(&f->in);
    memory_free(&memory, f);
}

int json_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e)
{
    struct json_file *f = memory_new(&o->memory, sizeof *f);
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    f->source = (struct source){
        .next = next_record, .close = close_source, .size = in->size, .gives = WFPW_SOURCE_JSON};
    f->in = *in;
    f->memory = o->memory;
    f->zone = o->zone;
    shipper_start(&f->shipper);
    text_piece_start(&f->piece, &f->in);
    f->piece.by_lines = true; /* most records are one, which is read in one go then */
    *out = &f->source;
    return WFPW_OK;
}
