/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch check --guard: the filters that would silence a program. */
#ifndef CHECK_GUARD_H
#define CHECK_GUARD_H

#include "input/filter_adders.h"
#include "input/name_source.h"

struct guard_check {
    wfpw_guard *guard;
    struct name_source from; /* its first members are the command line's */
    int format;
    struct filter_adders adders;
};

/* Returns the exit status. */
int guard_check_run(struct guard_check *c);

#endif
