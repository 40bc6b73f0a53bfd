/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filters for people: a row each, or all that is known of one.
 */
#ifndef FILTER_TABLE_H
#define FILTER_TABLE_H

#include "view/buffer.h"
#include "wfpwatch/wfpwatch.h"

enum filter_column {
    FILTER_ID,
    FILTER_ACTION,
    FILTER_LAYER,
    FILTER_PROVIDER,
    FILTER_ORIGIN,
    FILTER_NAME,
    FILTER_COLUMNS
};

struct filter_table {
    size_t width[FILTER_COLUMNS]; /* of the longest cell; 0 is a fresh one */
    size_t terminal;              /* columns of the terminal; 0: nothing is shortened */
    struct buffer cell;
};

/* Looks at a filter that will become a row, for the widths. */
void filter_table_see(struct filter_table *t, const wfpw_filter *f);
void filter_table_header(struct filter_table *t, struct buffer *out);
void filter_table_row(struct filter_table *t, const wfpw_filter *f, struct buffer *out);
/* All of it, a line a fact. */
void filter_details(const wfpw_filter *f, struct buffer *out);
void filter_table_free(struct filter_table *t);

#endif
