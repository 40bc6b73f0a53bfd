/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Columns as a stream of Arrow's IPC format, which pyarrow, Polars, DuckDB and others read:
 * https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 * Of the types of docs/columns.md only. What is written at a time is an array; nothing is kept.
 */
#ifndef ARROW_FILE_H
#define ARROW_FILE_H

#include <stdio.h>

#include "view/buffer.h"
#include "wfpwatch/arrow.h"

struct arrow_file {
    FILE *to;
    const struct ArrowSchema *schema;
    uint64_t rows;
    int error; /* errno of what failed; nothing is written then */
    struct buffer message;
};

/* Starts with the types; the schema has to be there until the end. false: see error. */
bool arrow_file_start(struct arrow_file *f, FILE *to, const struct ArrowSchema *schema);
/* An array of that schema. */
bool arrow_file_rows(struct arrow_file *f, const struct ArrowArray *rows);
/* Marks the end, unless something failed, and frees what was needed. */
bool arrow_file_end(struct arrow_file *f);

#endif
