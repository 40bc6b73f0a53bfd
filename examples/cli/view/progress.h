/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How far the reading of large files is: one line on standard error, written over and over.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

struct progress {
    bool wanted, shown;
    unsigned file, files;                /* the one being read, counted from 1, of how many */
    uint64_t shown_at;                   /* ticks */
    uint64_t began;                      /* ticks: when this file was begun */
    uint64_t bytes_before, total_before; /* what the files before it had */
};

/* Only for a person who sees standard error, and not where the events are shown. */
void progress_start(struct progress *p, unsigned files);
/* To be called before a file is added to the session. */
void progress_next_file(struct progress *p, const wfpw_session *s);
/* Shows it when it is worth it and time to do so. */
void progress_show(struct progress *p, const wfpw_session *s);
/* Leaves no trace of it. */
void progress_hide(struct progress *p);

#endif
