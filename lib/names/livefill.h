/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's lists into the table of live names: what whole lists do not have is gone. */
#ifndef WFPW_LIVEFILL_H
#define WFPW_LIVEFILL_H

#include "names/fill.h"
#include "names/livenames.h"

struct livefill {
    struct livenames *names;
    struct filters_rest rest;
    uint64_t cursor;
};

struct fill_target livefill_target(struct livefill *f);

#endif
