/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/text/firewall_log_file.h"

#include <stddef.h>

#include "base/error.h"
#include "decode/firewall_log/firewall_log.h"
#include "source/text/local_time.h"
#include "input/text_piece.h"

enum { SNIFF = 4096 };

struct firewall_log_file {
    struct source source;
    struct input in;
    wfpw_allocator memory;
    struct log_zone zone;
    bool is_told; /* that the zone is not known */
    bool finished, too_long;
    size_t line; /* bytes of the line under way */
    struct firewall_log log;
    char text[FIREWALL_LOG_LINE_MAX];
    struct text_piece piece;
};

bool firewall_log_file_is(struct input *in)
{
    const uint8_t *p;
    char text[3 * SNIFF];
    size_t n = input_view(in, SNIFF, &p), mark;
    enum text_encoding encoding = text_piece_encoding(p, n, &mark);
    return firewall_log_is(text, text_piece_look(encoding, p + mark, n - mark, text));
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Bytes up to the end of a line join the one under way; zeros, of which Windows leaves some behind
 * the header, do not. Whether the line is whole. */
static bool take_bytes(struct firewall_log_file *f)
{
    while (f->piece.at < f->piece.size) {
        char c = f->piece.text[f->piece.at++];
        if (c == '\n')
            return true;
        if (c == 0)
            continue;
        if (f->line < sizeof f->text)
            f->text[f->line++] = c;
        else
            f->too_long = true;
    }
    return false;
}

static enum source_result finish_line(struct firewall_log_file *f, struct tally *t,
                                      const struct record **r)
{
    enum firewall_log_found found =
        f->too_long ? FIREWALL_LOG_BAD : firewall_log_line(&f->log, f->text, f->line, r);
    f->line = 0;
    f->too_long = false;
    if (found == FIREWALL_LOG_BAD) {
        os_u64_bump(&t->skipped, 1);
        tally_log(t, 1, "a line that is none of the firewall's log", f->in.name, f->piece.offset);
    }
    if (found != FIREWALL_LOG_RECORD)
        return SOURCE_AGAIN;
    local_time_settle((struct record *)(void *)f->log.room, &f->zone, t, f->in.name, &f->is_told);
    os_u64_bump(&t->received, (*r)->kind != WFPW_KIND_GAP);
    return SOURCE_RECORD;
}

static enum source_result end_file(struct firewall_log_file *f, struct tally *t,
                                   const struct record **r, wfpw_error *e)
{
    f->finished = true;
    if (f->in.error != 0) {
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    return f->line > 0 ? finish_line(f, t, r) : SOURCE_END;
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    enum { LINES = 256 }; /* between two looks at the clock */
    struct firewall_log_file *f = (struct firewall_log_file *)s;
    if (f->finished)
        return SOURCE_END;
    for (int i = 0; i < LINES && f->piece.at < f->piece.size; i++)
        if (take_bytes(f)) {
            enum source_result result = finish_line(f, t, r);
            if (result != SOURCE_AGAIN)
                return result;
        }
    if (f->piece.at < f->piece.size)
        return SOURCE_AGAIN;
    size_t n = text_piece_next(&f->piece, &f->in);
    os_u64_bump(&t->bytes_read, n);
    return n > 0 ? SOURCE_AGAIN : end_file(f, t, r, e);
}

/* ---- opening -------------------------------------------------------------------------------- */

static void close_source(struct source *s)
{
    struct firewall_log_file *f = (struct firewall_log_file *)s;
    wfpw_allocator memory = f->memory;
    input_close(&f->in);
    memory_free(&memory, f);
}

int firewall_log_file_open(const struct source_options *o, struct input *in, struct source **out,
                           wfpw_error *e)
{
    struct firewall_log_file *f = memory_take(&o->memory, sizeof *f);
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    memset(f, 0,
           offsetof(struct firewall_log_file, log)); /* the rest is written before it is read */
    f->source = (struct source){.next = next_record,
                                .close = close_source,
                                .size = in->size,
                                .gives = WFPW_SOURCE_PFIREWALL};
    f->in = *in;
    f->memory = o->memory;
    f->zone = o->zone;
    firewall_log_start(&f->log);
    text_piece_start(&f->piece, &f->in);
    *out = &f->source;
    return WFPW_OK;
}
