/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Random values of every type with their text. */
#ifndef WFPW_EVTXVALUE_H
#define WFPW_EVTXVALUE_H

#include "writer/evtx_sample.h"

enum { ITEMS_MAX = 6 };

struct evtx_random {
    uint8_t *bytes; /* at most cap are written */
    size_t cap, size;
    int items; /* texts that the value comes to: 1, or those of an array */
    char *text[ITEMS_MAX];
    char room[8192];
};

/* false: no type of that number. */
bool evtxw_random_value(struct evtx_random *r, uint8_t type, uint64_t *seed);

#endif
