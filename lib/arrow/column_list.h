/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which columns there are, and which of them are wanted. */
#ifndef WFPW_COLUMN_LIST_H
#define WFPW_COLUMN_LIST_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

enum column_id {
#define COLUMN(id, name, type, list, usual) COLUMN_##id,
#include "arrow/columns.inc"
#undef COLUMN
    COLUMN_COUNT
};

enum column_type {
    COLUMN_IS_INT64,
    COLUMN_IS_INT32,
    COLUMN_IS_TIME, /* microseconds, UTC */
    COLUMN_IS_BOOL,
    COLUMN_IS_TEXT,
    COLUMN_IS_NAME,   /* a text that comes often: a dictionary of those of the array */
    COLUMN_IS_WORD,   /* of a list of codes: a dictionary of all its words */
    COLUMN_IS_WORDS,  /* a list of such words */
    COLUMN_IS_TEXTS,  /* a list of texts */
    COLUMN_IS_NUMBERS /* a list of 64 bits */
};

static inline bool column_is_list(uint8_t type)
{
    return type == COLUMN_IS_WORDS || type == COLUMN_IS_TEXTS || type == COLUMN_IS_NUMBERS;
}

struct column_kind {
    const char *name;
    uint8_t type, list;
    bool usual;
};

extern const struct column_kind column_kinds[COLUMN_COUNT];

/* Those of a text as of wfpw_arrow_options.columns, in their order. Returns how many; 0: it is
 * wrong at *at. */
uint32_t column_list_parse(const char *text, uint8_t out[COLUMN_COUNT], size_t *at);

#endif
