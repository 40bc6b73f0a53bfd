/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What sources count, and what they log of what they read. */
#ifndef WFPW_TALLY_H
#define WFPW_TALLY_H

#include "base/log.h"
#include "os/os.h"

/* The session's. Counters are written by the reading thread only. */
struct tally {
    os_u64 received, undecoded, passed_over, skipped, warnings;
    os_u64 waiting; /* received and not yet given to the session: decoded ahead */
    os_u64 bytes_read, bytes_total;
    wfpw_log_fn log;
    void *log_ctx;
    struct log_bound bound; /* of kinds of things in files */
};

/* Logs "what (where, offset N)", so often for each kind of thing in each file; then it is counted.
 */
void tally_log(struct tally *t, int level, const char *what, const char *where, uint64_t offset);
/* A file has ended: its kinds give room to those of others. */
void tally_log_end(struct tally *t);

#endif
