/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's lists into the table of live names: what whole lists do not have is gone. */
#ifndef WFPW_LIVE_FILL_H
#define WFPW_LIVE_FILL_H

#include "names/live_names.h"
#include "policy/policy_list.h"

struct live_fill {
    struct live_names *names;
    /* A filter that was not known; NULL: nobody wants to know. */
    void (*seen)(void *ctx, const struct policy_object *o, uint32_t epoch);
    void *seen_ctx;
    struct filters_rest rest;
    uint64_t cursor;
};

struct policy_list_target live_fill_target(struct live_fill *f);

#endif
