/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

enum { JSON_SLACK = 4096, JSON_PIECE = 128 * 1024, FLUSH_MS = 200 };

/* ---- the stream ----------------------------------------------------------------------------- */

/* errno of the last call, which failed; never 0. */
static int last_error(void)
{
    return errno != 0 ? errno : EIO;
}

static int report_write(int error)
{
    if (error == 0 || term_is_gone_error(error))
        return EXIT_DONE;
    diagnostics_print("writing the output failed: ", strerror(error), (const char *)NULL);
    return EXIT_FAILED;
}

int print_text(const char *text)
{
    errno = 0;
    bool written = fputs(text, stdout) != EOF && fflush(stdout) == 0;
    return report_write(written ? 0 : last_error());
}

static void write_text(struct printer *p)
{
    errno = 0;
    if (p->ascii)
        buffer_ascii(&p->text, 0);
    if (p->error == 0 && p->text.n > 0 && fwrite(p->text.p, 1, p->text.n, stdout) != p->text.n)
        p->error = last_error();
    if (p->text.failed || p->line.failed || p->table.cell.failed || p->table.file.failed)
        p->error = ENOMEM;
    buffer_clear(&p->text);
}

bool print_flush(struct printer *p)
{
    errno = 0;
    if (p->error == 0 && fflush(stdout) != 0)
        p->error = last_error();
    p->flushed_at = term_ticks_ms();
    return p->error == 0;
}

/* ---- starting and ending -------------------------------------------------------------------- */

/* https://no-color.org */
static bool wants_color(int color)
{
    const char *no = getenv("NO_COLOR");
    bool can = term_has_colors(stdout);
    if (color != COLOR_AUTO)
        return color == COLOR_ALWAYS;
    return can && (no == NULL || no[0] == 0);
}

void print_start(struct printer *p, int format, int color)
{
    bool terminal = term_is_terminal(stdout);
    *p = (struct printer){
        .format = (uint32_t)format, .json = format != FORMAT_TEXT, .on_terminal = terminal};
    p->ascii = !p->json && !term_is_unicode();
    buffer_puts(&p->text, wfpw_export_header(p->format));
    event_table_start(&p->table, terminal ? stdout : NULL, wants_color(color));
}

int print_end(struct printer *p)
{
    write_text(p);
    (void)print_flush(p);
    event_table_free(&p->table);
    buffer_free(&p->text);
    buffer_free(&p->line);
    return report_write(p->error);
}

/* ---- events --------------------------------------------------------------------------------- */

/* One call that writes JSON behind the text so far, which grows until it has room. */
#define APPEND_JSON(to, call, ...)                                                                 \
    do {                                                                                           \
        size_t needed_ = 0;                                                                        \
        int n_ = call(__VA_ARGS__, 0, (to)->p + (to)->n, (to)->cap - (to)->n, &needed_);           \
        if (n_ == WFPW_E_RANGE && buffer_room(to, needed_ + JSON_SLACK))                           \
            n_ = call(__VA_ARGS__, 0, (to)->p + (to)->n, (to)->cap - (to)->n, &needed_);           \
        (to)->n += n_ > 0 ? (size_t)n_ : 0;                                                        \
    } while (0)

/* Where a line of JSON goes: straight out, or first to where a terminal is protected from it. */
static struct buffer *start_line(struct printer *p)
{
    buffer_clear(&p->line);
    return p->on_terminal ? &p->line : &p->text;
}

static void end_line(struct printer *p)
{
    if (p->on_terminal)
        buffer_json(&p->text, p->line.p, p->line.n);
    buffer_put(&p->text, "\n", 1);
}

/* To a terminal, line by line. */
static void show_json(struct printer *p, const wfpw_batch *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct buffer *to = start_line(p);
        APPEND_JSON(to, wfpw_export, wfpw_batch_get(b, i), p->format);
        end_line(p);
    }
}

/* A piece at a time, which stays near the processor until it is written. */
static void put_json(struct printer *p, const wfpw_batch *b, uint32_t count)
{
    uint32_t at = 0;
    write_text(p); /* the header */
    while (at < count && p->error == 0 && buffer_room(&p->text, JSON_PIECE)) {
        size_t needed = 0;
        int n = wfpw_batch_export(b, p->format, 0, &at, count, p->text.p, p->text.cap, &needed);
        if (n == WFPW_E_RANGE && buffer_room(&p->text, needed + 1))
            n = wfpw_batch_export(b, p->format, 0, &at, count, p->text.p, p->text.cap, &needed);
        p->text.n = n > 0 ? (size_t)n : 0;
        write_text(p);
    }
}

/* Of an attempt the first event; without attempts every event is one. */
static bool is_shown(const wfpw_event *ev)
{
    return ev->attempt_event <= 1;
}

static void put_rows(struct printer *p, const wfpw_batch *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_shown(wfpw_batch_get(b, i)))
            event_table_see(&p->table, wfpw_batch_get(b, i));
    for (uint32_t i = 0; i < count; i++)
        if (is_shown(wfpw_batch_get(b, i)))
            event_table_row(&p->table, wfpw_batch_get(b, i), &p->text);
}

uint32_t print_format(const struct printer *p)
{
    return p->json && !p->on_terminal ? p->format : 0;
}

bool print_events(struct printer *p, const wfpw_batch *b, uint32_t count)
{
    if (p->json && p->on_terminal)
        show_json(p, b, count);
    else if (p->json)
        put_json(p, b, count);
    else
        put_rows(p, b, count);
    p->printed += count;
    write_text(p);
    if (p->on_terminal || term_ticks_ms() - p->flushed_at >= FLUSH_MS)
        (void)print_flush(p);
    return p->error == 0;
}

/* The event's members, and two more: the texts have no character that needs an escape. */
void print_why_json(struct printer *p, const wfpw_event *ev)
{
    struct buffer *to = start_line(p);
    wfpw_reason row = {.size = sizeof row};
    (void)wfpw_reason_info(ev->reason, &row);
    APPEND_JSON(to, wfpw_to_json, ev);
    if (to->n > 0)
        to->n--; /* the bracket */
    buffer_puts(to, ",\"why\":\"");
    buffer_puts(to, row.text);
    buffer_puts(to, "\",\"remedy\":\"");
    buffer_puts(to, wfpw_event_remedy(ev));
    buffer_puts(to, "\"}");
    end_line(p);
}

/* ---- filters, rules
 * -------------------------------------------------------------------------------- */

void print_filter_json(struct printer *p, const wfpw_filter *f)
{
    struct buffer *to = start_line(p);
    APPEND_JSON(to, wfpw_filter_to_json, f);
    end_line(p);
}

void print_rule_json(struct printer *p, const wfpw_rule *r)
{
    struct buffer *to = start_line(p);
    APPEND_JSON(to, wfpw_rule_to_json, r);
    end_line(p);
}

bool print_buffered(struct printer *p)
{
    write_text(p);
    return p->error == 0;
}
