/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where records come from when somebody asks for them (pull): files and memory. A source is read by
 * one thread, the one inside wfpw_read.
 */
#ifndef WFPW_SOURCE_H
#define WFPW_SOURCE_H

#include "base/log_zone.h"
#include "model/record.h"
#include "os/os.h"
#include "source/tally.h"

enum source_result {
    SOURCE_END,
    SOURCE_RECORD,     /* *r, until the next call */
    SOURCE_AGAIN,      /* some work was done and nothing found: a moment to look at the clock */
    SOURCE_FAILED,     /* e tells; the source is at its end */
    SOURCE_PART_FAILED /* a part of it failed, e tells; it goes on with the others */
};

struct source {
    enum source_result (*next)(struct source *s, struct tally *t, const struct record **r,
                               wfpw_error *e);
    void (*close)(struct source *s);
    struct source *following;
    uint64_t size; /* bytes; 0 when not known */
    char *file;    /* the path as it was given, as UTF-8, until the session takes it; NULL: none */
    uint32_t number; /* of that path in the session; 0: none */
    uint32_t gives;  /* WFPW_SOURCE_* of its records */
    bool has_parts;  /* it gives the part that was asked for; else it gives everything */
};

/* What files need to know of the session's options. */
struct source_options {
    wfpw_allocator memory;
    uint32_t threads;
    const wfpw_thread_hooks *hooks; /* of those; NULL: none */
    bool verify;
    uint32_t part, parts; /* which of how many, from 0; parts 0: the whole */
    struct log_zone zone; /* of times without one */
};

struct input;

/* Takes over `in`, also when it fails. Returns 0 and *out, or the error. */
int source_open_input(const struct source_options *o, struct input *in, struct source **out,
                      wfpw_error *e);
/* A file by its path, or data in memory when path is NULL. Returns 0 and *out, or the error. */
int source_open_file(const struct source_options *o, const char *path, const void *data,
                     size_t size, struct source **out, wfpw_error *e);

#endif
