/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Values of Arrow arrays as text, read by what Arrow's own page says of them and nothing else. */
#ifndef WFPW_TEST_ARROW_VALUE_H
#define WFPW_TEST_ARROW_VALUE_H

#include <stdbool.h>

#include "wfpwatch/arrow.h"

enum { ARROW_VALUE = 128 * 1024 };

/* The number of the column of that name; -1: there is none. */
int arrow_column(const struct ArrowSchema *s, const char *name);
/* Whether the value is there. */
bool arrow_is_given(const struct ArrowArray *a, int64_t i);
/* A value that is there: numbers in decimal without a sign (their bits), truth as true and false,
 * lists as their items behind one another, each with a | behind it, null for null. */
void arrow_value(const struct ArrowSchema *s, const struct ArrowArray *a, int64_t i,
                 char out[ARROW_VALUE]);
/* What every array of ours has to keep to: lengths, counts of nulls, alignment, offsets. NULL, or
 * what is wrong. */
const char *arrow_is_wrong(const struct ArrowSchema *s, const struct ArrowArray *a);

#endif
