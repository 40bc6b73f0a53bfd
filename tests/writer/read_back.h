/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reads a whole file through the public interface, and keeps what it said as text that tests
 * compare. What must hold for every input is checked on the way: it ends the program otherwise. */
#ifndef WFPW_READBACK_H
#define WFPW_READBACK_H

#include "wfpwatch/wfpwatch.h"

/* Parts of an event as one line: id, version, task, keywords, time, record id and computer, then
 * the fields, parted by these two. A net event is its JSON from "time" on. */
#define READBACK_FIELD "\n  "
#define READBACK_VALUE " = "

struct read_back {
    char **events; /* a text each */
    char **logs;   /* "LEVEL text" each */
    size_t event_count, log_count, event_cap, log_cap;
    size_t truncated, partial; /* events with the flag */
    size_t json_bytes;         /* of all of them */
    wfpw_stats stats;
    wfpw_error error;
    int open_status; /* of wfpw_add_memory or wfpw_add_file */
    int end_status;  /* what the last read said */
};

enum { READBACK_SMALL_BATCH = 1, READBACK_VERIFY = 2, READBACK_THREADS = 4, READBACK_NO_JSON = 8 };

/* path NULL: memory. Free with readback_free. */
struct read_back *read_back(const char *path, const void *data, size_t size, uint32_t flags);
void readback_free(struct read_back *r);

/* The text of one event, in malloc'ed memory. */
char *readback_text(const wfpw_event *ev);

/* Whether some log line contains the text, and the file offset that it names (-1: none). */
const char *readback_log(const struct read_back *r, const char *text);
long long readback_offset(const char *log);

#endif
