/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/event_table.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/aggregate_note.h"
#include "view/app_column.h"
#include "view/event_card.h"
#include "view/format.h"

/* ---- layouts -------------------------------------------------------------------------------- */

/* Widths of the columns; 0 leaves one out. On a terminal the application gets what is left. */
struct layout {
    unsigned terminal; /* the narrowest that it is for */
    unsigned gap;
    uint8_t width[COLUMNS];
};

enum { APP_LEAST = 11, CELL_LEAST = 4, WIDTH_DEFAULT = 80, PAGE_LEAST = 20, PAGE_DEFAULT = 40 };

/* In the order of enum column. WHY is the last to go: below 100 columns it stands in a row of its
 * own, and below 80 there are no rows any more. */
static const struct layout layouts[] = {
    {180, 2, {23, 15, 22, 8, 8, 21, 24, 0, 3, 6, 5, 0}},
    {130, 1, {12, 10, 21, 3, 5, 20, 21, 0, 3, 6, 5, 0}},
    {100, 1, {8, 5, 19, 3, 4, 17, 19, 0, 0, 6, 0, 0}},
    {94, 1, {8, 5, 0, 3, 4, 17, 19, 0, 3, 6, 0, 0}},
    {80, 1, {8, 5, 0, 3, 4, 17, 19, 0, 0, 6, 0, 0}},
    {0, 1, {12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, /* a card an event */
};
static const struct layout plain = {0, 2, {23, 15, 22, 8, 8, 21, 24, 64, 5, 6, 5, 0}};
static const struct layout plain_files = {0, 2, {23, 15, 22, 8, 8, 21, 24, 64, 5, 6, 5, 4}};

static bool is_number(enum column c)
{
    return c >= COLUMN_PID && c <= COLUMN_LAYER;
}

static size_t width_of(const struct event_table *t, enum column c)
{
    size_t width = t->layout->width[c];
    return width != 0 && width < t->longest[c] ? t->longest[c] : width;
}

/* What the other columns leave of the terminal. */
static size_t app_width(const struct event_table *t, size_t terminal)
{
    size_t used = 0;
    for (enum column c = 0; c < COLUMNS; c++)
        if (c != COLUMN_APP && t->layout->width[c] != 0)
            used += width_of(t, c) + t->layout->gap;
    return used + APP_LEAST < terminal ? terminal - used : APP_LEAST;
}

static void place_columns(struct event_table *t, size_t app)
{
    size_t at = 0;
    for (enum column c = 0; c < COLUMNS; c++) {
        size_t width = c == COLUMN_APP ? app : width_of(t, c);
        t->start[c] = at;
        t->end[c] = at + width;
        if (width == 0)
            continue;
        t->width = at + width;
        at = t->width + t->layout->gap;
    }
}

static void lay_out(struct event_table *t)
{
    unsigned columns, rows;
    if (t->terminal == NULL) {
        t->layout = t->files ? &plain_files : &plain;
        t->rows_left = UINT_MAX;
        place_columns(t, plain.width[COLUMN_APP]);
        return;
    }
    term_size(t->terminal, &columns, &rows);
    columns = columns != 0 ? columns : WIDTH_DEFAULT;
    t->layout = layouts;
    while (columns < t->layout->terminal)
        t->layout++;
    t->columns = columns;
    t->rows_left = rows == 0 ? PAGE_DEFAULT : rows > PAGE_LEAST + 2 ? rows - 2 : PAGE_LEAST;
    place_columns(t, app_width(t, columns));
}

void event_table_start(struct event_table *t, FILE *terminal, bool colour)
{
    *t = (struct event_table){.terminal = terminal, .colour = colour};
}

void event_table_free(struct event_table *t)
{
    buffer_free(&t->cell);
    buffer_free(&t->file);
}

/* ---- cells ---------------------------------------------------------------------------------- */

static bool is_plain(const struct event_table *t)
{
    return t->layout == &plain || t->layout == &plain_files;
}

/* Where the next cell of column c begins, when those before it were long. */
static size_t begin_of(const struct event_table *t, enum column c)
{
    size_t least = t->at > 0 ? t->at + t->layout->gap : 0;
    return t->start[c] > least ? t->start[c] : least;
}

/* How far to the right column c may reach. Addresses borrow from the application, and the local one
 * from a remote one that is short. */
static size_t limit_of(const struct event_table *t, enum column c)
{
    size_t spare = t->end[COLUMN_APP] - t->start[COLUMN_APP] - t->app;
    size_t both = t->end[COLUMN_REMOTE] + spare, half = t->end[COLUMN_LOCAL] + spare / 2;
    size_t remote = t->remote + t->layout->gap;
    if (c == COLUMN_REMOTE)
        return both;
    if (c == COLUMN_LOCAL)
        return half + remote < both ? both - remote : half;
    return t->end[c];
}

/* How long the next cell of column c may be. */
static size_t room_of(const struct event_table *t, enum column c)
{
    size_t begin = begin_of(t, c), limit = limit_of(t, c);
    if (is_plain(t) || c < COLUMN_LOCAL || c > COLUMN_APP)
        return SIZE_MAX;
    return begin + CELL_LEAST < limit ? limit - begin : CELL_LEAST;
}

static void put_time(struct event_table *t, const wfpw_event *ev)
{
    char text[TIME_LENGTH + 1];
    size_t width = t->layout->width[COLUMN_TIME];
    format_time(text, ev->time);
    buffer_put(&t->cell, width < TIME_LENGTH ? text + TIME_CLOCK : text, width);
}

static void put_remote(struct event_table *t, const wfpw_event *ev)
{
    size_t before = t->cell.n;
    bool arrow = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    buffer_puts(&t->cell, arrow ? "-> " : "");
    size_t mark = t->cell.n;
    format_endpoint(&t->cell, ev, SIDE_REMOTE);
    if (t->cell.n == mark)
        t->cell.n = before;
}

static void put_number(struct buffer *b, bool given, uint64_t v)
{
    if (given)
        buffer_number(b, v);
}

/* ---- the application ------------------------------------------------------------------------ */

/* The end of the folder that the path names, as much of it as the room allows. */
static void put_folder(struct event_table *t, const char *path, size_t room)
{
    enum { WORTH_IT = 10 };
    struct buffer folder = {0};
    size_t n = (size_t)(app_column_last_part(path) - path),
           used = text_columns(t->cell.p, t->cell.n) + 2;
    if (n == 0 || used + WORTH_IT > room)
        return;
    buffer_text_n(&folder, path, n);
    buffer_puts(&t->cell, "  ");
    buffer_cut_start(&t->cell, folder.p, folder.n, room - used);
    buffer_free(&folder);
}

/* The last part of the path first, as it says most, and the folder when there is room. */
static void put_app(struct event_table *t, const wfpw_event *ev, size_t room)
{
    if (is_plain(t)) {
        app_column_whole(&t->cell, ev);
        return;
    }
    app_column_name(&t->cell, ev);
    app_column_own(&t->cell, ev);
    app_column_capability(&t->cell, ev, room);
    if (format_app(ev) != NULL)
        put_folder(t, format_app(ev), room);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void put_cell(struct event_table *t, const wfpw_event *ev, enum column c)
{
    switch (c) {
    case COLUMN_TIME:
        put_time(t, ev);
        break;
    case COLUMN_KIND:
        format_kind(&t->cell, ev, t->layout->width[c]);
        break;
    case COLUMN_WHY:
        format_why(&t->cell, ev);
        break;
    case COLUMN_DIR:
        format_direction(&t->cell, ev, t->layout->width[c] < 8);
        break;
    case COLUMN_PROTO:
        format_protocol(&t->cell, ev);
        break;
    case COLUMN_LOCAL:
        format_endpoint(&t->cell, ev, SIDE_LOCAL);
        break;
    case COLUMN_REMOTE:
        put_remote(t, ev);
        break;
    case COLUMN_APP:
        put_app(t, ev, room_of(t, c));
        break;
    case COLUMN_PID:
        put_number(&t->cell, (ev->present & WFPW_HAS_PROCESS_ID) != 0, ev->process_id);
        break;
    case COLUMN_FILE:
        if (ev->file != NULL)
            buffer_text(&t->cell, ev->file);
        break;
    case COLUMN_FILTER:
        put_number(&t->cell, (ev->present & WFPW_HAS_FILTER_ID) != 0, ev->filter_id);
        break;
    default:
        put_number(&t->cell, (ev->present & WFPW_HAS_LAYER_ID) != 0, ev->layer_id);
        break;
    }
}

/* The cell to its place in the row. */
static void lay_cell(struct event_table *t, enum column c, size_t room, const char *colour)
{
    size_t begin = begin_of(t, c), columns = text_columns(t->cell.p, t->cell.n);
    if (columns > room)
        columns = room;
    if (is_number(c) && begin + columns < t->end[c])
        begin = t->end[c] - columns;
    buffer_fill(t->out, ' ', begin - t->at);
    buffer_puts(t->out, colour);
    buffer_cut_middle(t->out, t->cell.p, t->cell.n, room);
    buffer_puts(t->out, colour[0] != 0 ? "\x1b[0m" : "");
    t->at = begin + columns;
}

static const char *colour_of(const wfpw_event *ev)
{
    static const char *const colours[] = {[TONE_NONE] = "",
                                          [TONE_REFUSED] = "\x1b[31m",
                                          [TONE_ALLOWED] = "\x1b[32m",
                                          [TONE_LOST] = "\x1b[33m"};
    return colours[format_tone(ev)];
}

static void put_column(struct event_table *t, const wfpw_event *ev, enum column c)
{
    const char *colour = c == COLUMN_KIND && t->colour ? colour_of(ev) : "";
    t->cell.n = 0;
    put_cell(t, ev, c);
    if (t->cell.n == 0)
        buffer_puts(&t->cell, "-");
    lay_cell(t, c, room_of(t, c), colour);
}

static void end_row(struct event_table *t)
{
    buffer_puts(t->out, "\n");
    t->at = 0;
    if (t->rows_left != UINT_MAX && t->rows_left > 0)
        t->rows_left--;
}

static bool has_why(const struct event_table *t)
{
    return t->end[COLUMN_WHY] > t->start[COLUMN_WHY];
}

/* What has no column on a terminal: below the row, as much of it as there is room for. */
static void put_below(struct event_table *t)
{
    enum { INDENT = 4 };
    if (t->cell.n == 0)
        return;
    end_row(t);
    buffer_fill(t->out, ' ', INDENT);
    buffer_cut_end(t->out, t->cell.p, t->cell.n, t->columns - INDENT);
    buffer_clear(&t->cell);
}

/* The cell: at the end of the row, or below it. */
static void put_behind(struct event_table *t)
{
    if (!is_plain(t)) {
        put_below(t);
        return;
    }
    if (t->cell.n == 0)
        return;
    buffer_fill(t->out, ' ', t->layout->gap);
    buffer_put(t->out, t->cell.p, t->cell.n);
    buffer_clear(&t->cell);
}

/* The filter's name, and what the event stands for. */
static void put_filter(struct event_table *t, const wfpw_event *ev)
{
    buffer_clear(&t->cell);
    if (!is_plain(t) && !has_why(t)) {
        format_why(&t->cell, ev);
        put_below(t);
    }
    format_filter(&t->cell, ev);
    put_behind(t);
    aggregate_note_put(&t->cell, ev);
    put_behind(t);
}

/* What is no connection: time, kind, and one text to the end of the row. */
static bool put_note(struct event_table *t, const wfpw_event *ev)
{
    t->cell.n = 0;
    if (!format_note(&t->cell, ev))
        return false;
    struct buffer note = t->cell;
    t->cell = (struct buffer){0};
    put_column(t, ev, COLUMN_TIME);
    put_column(t, ev, COLUMN_KIND);
    if (has_why(t))
        put_column(t, ev, COLUMN_WHY);
    size_t begin = begin_of(t, COLUMN_DIR);
    buffer_fill(t->out, ' ', begin - t->at);
    buffer_cut_end(t->out, note.p, note.n, is_plain(t) ? SIZE_MAX : t->width - begin);
    buffer_free(&note);
    end_row(t);
    return true;
}

static void put_header(struct event_table *t)
{
    static const char *const labels[COLUMNS] = {"TIME",   "KIND", "WHY", "DIR",    "PROTO", "LOCAL",
                                                "REMOTE", "APP",  "PID", "FILTER", "LAYER", "FILE"};
    enum { ROOM_FOR_UTC = 12 };
    buffer_puts(t->out, t->colour ? "\x1b[1m" : "");
    for (enum column c = 0; c < COLUMNS; c++) {
        if (t->end[c] == t->start[c])
            continue;
        t->cell.n = 0;
        buffer_puts(&t->cell, labels[c]);
        if (c == COLUMN_TIME && t->layout->width[c] >= ROOM_FOR_UTC)
            buffer_puts(&t->cell, format_is_local() ? " (local)" : " (UTC)");
        lay_cell(t, c, SIZE_MAX, "");
    }
    buffer_puts(t->out, t->colour ? "\x1b[0m" : "");
    buffer_puts(t->out, "\n");
    t->at = 0;
}

/* Where rows have the clock only, a line of its own tells the date. */
static void put_date(struct event_table *t, const wfpw_event *ev)
{
    char text[TIME_LENGTH + 1], zone[8];
    format_time(text, ev->time);
    text[TIME_DATE] = 0;
    if (t->layout->width[COLUMN_TIME] == TIME_LENGTH || strcmp(text, t->date) == 0)
        return;
    memcpy(t->date, text, sizeof t->date);
    buffer_puts(t->out, text);
    buffer_puts(t->out, " ");
    buffer_puts(t->out, format_zone(zone, ev->time));
    end_row(t);
}

/* Of several files, where there is no column for it: a line tells the next one. */
static void put_file(struct event_table *t, const wfpw_event *ev)
{
    const char *file = ev->file != NULL ? ev->file : "";
    size_t n = strlen(file);
    if (!t->files || is_plain(t) || (n == t->file.n && memcmp(file, t->file.p, n) == 0))
        return;
    buffer_clear(&t->file);
    buffer_puts(&t->file, file);
    buffer_text(t->out, file);
    buffer_puts(t->out, n > 0 ? ":" : "");
    end_row(t);
}

static bool is_card(const struct event_table *t)
{
    return t->layout->width[COLUMN_KIND] == 0;
}

static void put_card(struct event_table *t, const wfpw_event *ev)
{
    char text[TIME_LENGTH + 1];
    size_t before = t->out->n;
    format_time(text, ev->time);
    event_card_put(t->out, ev, text + TIME_CLOCK, t->columns, t->colour ? colour_of(ev) : "");
    for (; before < t->out->n && t->rows_left > 0; before++)
        t->rows_left -= t->out->p[before] == '\n';
}

/* ---- the table ------------------------------------------------------------------------------ */

static void see_number(struct event_table *t, enum column c, bool given, uint64_t v)
{
    enum { DIGITS_MAX = 10 }; /* more are rare: such a row may be askew */
    size_t digits = 1;
    for (; given && v >= 10 && digits < DIGITS_MAX; v /= 10)
        digits++;
    if (given && digits > t->longest[c])
        t->longest[c] = digits;
}

void event_table_see(struct event_table *t, const wfpw_event *ev)
{
    see_number(t, COLUMN_PID, (ev->present & WFPW_HAS_PROCESS_ID) != 0, ev->process_id);
    see_number(t, COLUMN_FILTER, (ev->present & WFPW_HAS_FILTER_ID) != 0, ev->filter_id);
    see_number(t, COLUMN_LAYER, (ev->present & WFPW_HAS_LAYER_ID) != 0, ev->layer_id);
}

/* How much room remote address and application need, which the cells before them must know. */
static void measure_row(struct event_table *t, const wfpw_event *ev)
{
    t->cell.n = 0;
    put_remote(t, ev);
    t->remote = text_columns(t->cell.p, t->cell.n);
    t->cell.n = 0;
    app_column_name(&t->cell, ev);
    t->app = text_columns(t->cell.p, t->cell.n);
    if (t->app > APP_LEAST)
        t->app = APP_LEAST;
}

void event_table_row(struct event_table *t, const wfpw_event *ev, struct buffer *out)
{
    t->out = out;
    bool header = t->rows_left == 0;
    if (header)
        lay_out(t);
    put_file(t, ev);
    put_date(t, ev);
    if (is_card(t)) {
        put_card(t, ev);
        return;
    }
    if (header)
        put_header(t);
    if (put_note(t, ev))
        return;
    measure_row(t, ev);
    for (enum column c = 0; c < COLUMNS; c++)
        if (t->end[c] > t->start[c])
            put_column(t, ev, c);
    put_filter(t, ev);
    end_row(t);
}
