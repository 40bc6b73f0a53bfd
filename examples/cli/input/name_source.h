/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where a subcommand takes filters, or the firewall's rules, from: files, this host, or a simulated
 * one.
 */
#ifndef NAME_SOURCE_H
#define NAME_SOURCE_H

#include "input/simulated.h"
#include "wfpwatch/wfpwatch.h"

/* Starts as {0}; the first members are the command line's. */
struct name_source {
    bool live, simulate;
    bool has_rules; /* of a host its rules are wanted, not its filters */
    int file_count;
    char **files;    /* the start of the argument list, which operands are moved to; with `simulate`
                        the script */
    const char *own; /* {GUID} of a provider; NULL: none */
    /* Takes what may be a log as well; a file that it takes need not have names. NULL: nobody. */
    bool (*take_log)(void *ctx, const char *path);
    void *log_ctx;

    bool failed, interrupted;
    wfpw_names *names;
    struct simulated simulated;
    void *room; /* for one filter or rule */
    size_t cap;
};

/* Opens the collection. false: no memory, which was reported. */
bool name_source_open(struct name_source *n);
/* Fills it; what cannot be read was reported, and `failed` says so. false: the script cannot be
 * played, which was reported. */
bool name_source_load(struct name_source *n);
/* The next filter; *cursor starts as 0. NULL: there is no more, or no memory, which `failed` says.
 */
const wfpw_filter *name_source_next(struct name_source *n, uint64_t *cursor);
/* The same for rules. */
const wfpw_rule *name_source_next_rule(struct name_source *n, uint64_t *cursor);
void name_source_close(struct name_source *n);

#endif
