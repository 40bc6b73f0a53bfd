/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the engine keeps, as a source of its own that has an end.
 */
#ifndef WFPW_HISTORY_H
#define WFPW_HISTORY_H

#include "engine/kept_events.h"
#include "source/source.h"

struct history_options {
    wfpw_allocator memory;
    const struct wfpw_system *system; /* NULL: this host */
    struct kept_events_window window;
    size_t most;     /* bytes of events */
    wfpw_log_fn log; /* called by that thread, too */
    void *log_ctx;
    const wfpw_thread_hooks *hooks; /* of the thread that reads; NULL: none */
};

/* Reads all of it, on a thread of its own, which has the process's token whomever the caller
 * impersonates. Returns 0 and *out, or the error. */
int history_open(const struct history_options *o, struct source **out, wfpw_error *e);

#endif
