/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/event_card.h"

#include <string.h>

#include "view/aggregate_note.h"
#include "view/app_column.h"
#include "view/format.h"

enum { INDENT = 2, HANGING = 4, KIND_SHORT = 9 };

/* A word of what is to be written, between commas or blanks. */
static void put_word(struct buffer *line, const char *between, const char *s, size_t n)
{
    if (n == 0)
        return;
    buffer_puts(line, line->n > 0 ? between : "");
    buffer_put(line, s, n);
}

static void end_line(struct buffer *out, struct buffer *line, size_t width)
{
    if (line->n > 0) {
        buffer_fill(out, ' ', INDENT);
        buffer_wrap(out, line->p, line->n, width, INDENT, HANGING);
    }
    buffer_clear(line);
}

/* What one of the functions of format.h writes, behind what is there. */
#define ADD(line, cell, between, call)                                                             \
    do {                                                                                           \
        buffer_clear(cell);                                                                        \
        call;                                                                                      \
        put_word(line, between, (cell)->p, (cell)->n);                                             \
    } while (0)

static void put_sides(struct buffer *line, struct buffer *cell, const wfpw_event *ev)
{
    ADD(line, cell, " ", format_direction(cell, ev, true));
    ADD(line, cell, " ", format_protocol(cell, ev));
    ADD(line, cell, " ", format_endpoint(cell, ev, SIDE_LOCAL));
    buffer_clear(cell);
    format_endpoint(cell, ev, SIDE_REMOTE);
    if (cell->n == 0)
        return;
    bool in =
        ev->direction == WFPW_DIRECTION_INBOUND && ev->orientation != WFPW_ORIENTATION_UNKNOWN;
    put_word(line, " ", in ? "<-" : "->", 2);
    put_word(line, " ", cell->p, cell->n);
}

static void put_app(struct buffer *line, struct buffer *cell, const wfpw_event *ev)
{
    const char *app =
        format_app(ev) != NULL ? app_column_last_part(format_app(ev)) : ev->package_sid;
    if (app != NULL)
        ADD(line, cell, " ", buffer_text(cell, app));
    if ((ev->flags & WFPW_EVENT_OWN_PROCESS) != 0)
        put_word(line, " ", "(own)", 5);
    if ((ev->present & WFPW_HAS_PROCESS_ID) != 0) {
        put_word(line, ", ", "pid ", 4);
        buffer_number(line, ev->process_id);
    }
    if (ev->ike != NULL && (ev->ike->present & WFPW_IKE_HAS_ERROR) != 0) {
        put_word(line, ", ", "error ", 6);
        buffer_number(line, ev->ike->error);
    }
}

static void put_filter(struct buffer *line, struct buffer *cell, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_FILTER_ID) != 0) {
        put_word(line, ", ", "filter ", 7);
        buffer_number(line, ev->filter_id);
        ADD(line, cell, " ", format_filter(cell, ev));
    }
    if ((ev->present & WFPW_HAS_LAYER_ID) != 0) {
        put_word(line, ", ", "layer ", 6);
        buffer_number(line, ev->layer_id);
    }
}

static void put_head(struct buffer *out, struct buffer *line, const wfpw_event *ev,
                     const char *time, size_t width, const char *colour)
{
    struct buffer why = {0};
    format_why(&why, ev);
    buffer_puts(line, time);
    buffer_puts(line, " ");
    format_kind(line, ev, KIND_SHORT);
    put_word(line, " ", why.p, why.n);
    buffer_puts(out, colour);
    buffer_wrap(out, line->p, line->n, width, 0, HANGING);
    if (colour[0] != 0) {
        out->n -= out->n > 0; /* the line's end follows what ends the colour */
        buffer_puts(out, "\x1b[0m\n");
    }
    buffer_clear(line);
    buffer_free(&why);
}

void event_card_put(struct buffer *out, const wfpw_event *ev, const char *time, size_t width,
                    const char *colour)
{
    struct buffer line = {0}, cell = {0};
    put_head(out, &line, ev, time, width, colour);
    if (format_note(&line, ev)) {
        end_line(out, &line, width);
    } else {
        put_sides(&line, &cell, ev);
        end_line(out, &line, width);
        put_app(&line, &cell, ev);
        end_line(out, &line, width);
        put_filter(&line, &cell, ev);
        end_line(out, &line, width);
        aggregate_note_put(&line, ev);
        end_line(out, &line, width);
    }
    out->failed |= line.failed || cell.failed;
    buffer_free(&line);
    buffer_free(&cell);
}
