/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Who added which filter: records 5447 of logs that were given beside a dump. */
#ifndef FILTER_ADDERS_H
#define FILTER_ADDERS_H

#include <stdbool.h>

#include "input/file_list.h"
#include "view/guard_finding.h"

enum { FILTER_ADDERS_KEY = 64, FILTER_ADDERS_DIGITS = 32 };

struct filter_adder_of {
    wfpw_filter filter; /* what is needed to know it again */
    char key[FILTER_ADDERS_KEY];
    char digits[FILTER_ADDERS_DIGITS + 1]; /* of the key, to be found by */
    struct filter_adder adder;
};

/* Starts as {0}. */
struct filter_adders {
    struct file_list logs;
    struct filter_adder_of *list, **by_key; /* by_key: in the order of their digits */
    size_t count, cap;
    bool failed, interrupted;
    uint64_t records; /* of changed filters */
};

/* Whether the file holds records; they are read later. a: struct filter_adders. */
bool filter_adders_add_log(void *a, const char *path);
/* Wants to know it of this filter. false: no memory. */
bool filter_adders_want(struct filter_adders *a, const wfpw_filter *f);
/* Reads the logs. What fails is reported, and `failed` says so. */
void filter_adders_read(struct filter_adders *a);
/* Of the i-th filter that was wanted. NULL: there were no logs. */
const struct filter_adder *filter_adders_get(const struct filter_adders *a, size_t i);
void filter_adders_free(struct filter_adders *a);

#endif
