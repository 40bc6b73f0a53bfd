/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Columns as Arrow structs, which own what they hold. */
#ifndef WFPW_ARRAY_H
#define WFPW_ARRAY_H

#include "arrow/column.h"
#include "wfpwatch/arrow.h"

/* The type of rows of those columns. false: there is no memory. */
bool array_schema(const wfpw_allocator *memory, const uint8_t *ids, uint32_t count,
                  struct ArrowSchema *out);
/* Rows of columns that column_end was called for. Takes what is in the columns, also when it fails
 * for want of memory: the columns are empty then. */
bool array_rows(struct column_memory *m, struct column *columns, const uint8_t *ids, uint32_t count,
                uint32_t rows, struct ArrowArray *out);

#endif
