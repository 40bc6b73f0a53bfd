/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lines for the caller's log: harmless whatever names are in them, and bounded: a line for each
 * kind and place, then a count at the 10th, the 100th, ... time.
 */
#ifndef WFPW_LOG_H
#define WFPW_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "wfpwatch/wfpwatch.h"

/* Bytes of a line; how many kinds are told apart: all that come later are of one kind. */
enum { LOG_LINE = 256, LOG_KINDS = 64 };

/* All zero at first. One thread at a time. */
struct log_bound {
    struct {
        uint64_t kind;  /* 0: none yet */
        uint64_t count; /* lines of it */
    } at[LOG_KINDS + 1];
};

/* What a line is told apart by: a text (may be NULL) and a number, chained by `seed`. Never 0. */
uint64_t log_kind(uint64_t seed, const char *text, uint64_t number);
/* Writes a line if its kind may be written, with the count when it is not the first. log may be
 * NULL. */
void log_line(struct log_bound *b, wfpw_log_fn log, void *log_ctx, int level, uint64_t kind,
              const char *text);
/* The same with the first lines of a kind written each, so many of them. */
void log_lines(struct log_bound *b, uint32_t first, wfpw_log_fn log, void *log_ctx, int level,
               uint64_t kind, const char *text);

#endif
