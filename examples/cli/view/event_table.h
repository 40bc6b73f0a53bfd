/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events as rows. On a terminal the columns fit its width, and what is too long is shortened; for
 * a pipe or a file nothing is shortened.
 */
#ifndef EVENT_TABLE_H
#define EVENT_TABLE_H

#include <stdio.h>

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

enum column {
    COLUMN_TIME,
    COLUMN_KIND,
    COLUMN_WHY,
    COLUMN_DIR,
    COLUMN_PROTO,
    COLUMN_LOCAL,
    COLUMN_REMOTE,
    COLUMN_APP,
    COLUMN_PID,
    COLUMN_FILTER,
    COLUMN_LAYER,
    COLUMN_FILE,
    COLUMNS
};

struct layout;

struct event_table {
    FILE *terminal; /* whose size counts; NULL: none, so nothing is shortened */
    bool colour;
    bool files; /* events are of several: each row has to name its file */
    const struct layout *layout;
    size_t start[COLUMNS], end[COLUMNS]; /* where columns stand; equal when left out */
    size_t longest[COLUMNS];             /* numbers seen so far */
    size_t width;                        /* of a whole row */
    unsigned rows_left;                  /* until the next header */
    char date[11];                       /* of the last row, where rows have no date */
    size_t at;                           /* columns of the row under way, so far */
    size_t remote, app;                  /* columns that these two need */
    size_t columns;                      /* of the terminal */
    struct buffer file;                  /* of the last row, where there is no column for it */
    struct buffer cell, *out;
};

void event_table_start(struct event_table *t, FILE *terminal, bool colour);
void event_table_free(struct event_table *t);

/* Looks at events that are about to become rows, for the widths. */
void event_table_see(struct event_table *t, const wfpw_event *ev);
/* Appends a row to out, and before it a header when one is due. */
void event_table_row(struct event_table *t, const wfpw_event *ev, struct buffer *out);

#endif
