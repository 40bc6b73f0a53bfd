/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading files, for the subcommands that do: their common options, the names,
 * what failed, and how far it is.
 */
#ifndef READING_H
#define READING_H

#include "input/condition_option.h"
#include "input/file_list.h"
#include "input/options.h"
#include "input/time_option.h"
#include "view/print_thread.h"
#include "view/progress.h"
#include "wfpwatch/wfpwatch.h"

/* As many are read together. */
enum { JOINED_FILES_MAX = 8 };

struct reading {
    const char *command; /* for messages; set before the options are read */
    /* Takes the events of a batch; false: there is no use in going on. It may run on another
     * thread, so that it touches nothing of this struct. */
    bool (*take)(void *ctx, const wfpw_batch *b, uint32_t count);
    /* Where it is not NULL, instead of wfpw_read and take: reads some of the session, and reports
     * what fails, of that file or (path NULL) of one of several. Returns what wfpw_read does. */
    int (*pull)(void *ctx, const char *path, bool *go_on);
    void *ctx;
    bool files_may_miss; /* without files there is something else to read */
    uint32_t flags;      /* WFPW_OPEN_* besides those of the options */
    uint32_t format; /* WFPW_FORMAT_* if take only writes whole batches in it; 0: it does more */

    uint64_t threads;
    bool verify, help, explain;
    int file_count;
    char **files;         /* the start of the argument list, which operands are moved to */
    const char *own;      /* {GUID} of a provider; NULL: none */
    const char *log_zone; /* of wfpw_options; NULL: not told */
    int dump_count;
    const char **dumps; /* as many as there are arguments */

    struct time_option since, until;
    struct file_list paths; /* what the files are, once folders are looked into */

    const char *added[JOINED_FILES_MAX]; /* of those read together, as the session counts them */

    bool failed, interrupted;
    uint64_t read;      /* files that were read */
    uint64_t no_logs;   /* files of folders that are none */
    bool several_files; /* so that each event has to name its file */
    wfpw_names *names;
    wfpw_template *match;
    wfpw_session *session;
    struct print_thread print_thread;
    struct progress progress;
};

#define COMMON_HELP                                                                                \
    "  --local                  local times of this host (JSON always has UTC)\n"                  \
    "  --json                   the same as --format json\n"                                       \
    "  -q, --quiet              report failures only\n"

#define OWN_HELP "  --own-provider {GUID}    mark the filters of this provider with '(own)'\n"

/* What every such subcommand understands: rows of its table, and a part of its help. */
enum {
    READING_HELP = 1000,
    READING_NAMES,
    READING_THREADS,
    READING_VERIFY,
    READING_WHERE,
    READING_OWN,
    READING_SINCE,
    READING_UNTIL,
    READING_EXPLAIN,
    READING_ATTEMPTS,
    READING_LOG_ZONE
};
#define READING_OPTIONS                                                                            \
    {"--help", READING_HELP, false}, {"-h", READING_HELP, false},                                  \
        {"--names", READING_NAMES, true}, {"--threads", READING_THREADS, true},                    \
        {"--verify", READING_VERIFY, false}, {"--own-provider", READING_OWN, true},                \
        {"--explain", READING_EXPLAIN, false}, {"--since", READING_SINCE, true},                   \
        {"--until", READING_UNTIL, true}, {"--attempts", READING_ATTEMPTS, false},                 \
        {"--log-zone", READING_LOG_ZONE, true},                                                    \
    {                                                                                              \
        "--where", READING_WHERE, true                                                             \
    }
#define READING_OPTIONS_HELP                                                                       \
    "  --names FILE             take filter names from the output of 'netsh wfp show\n"            \
    "                           state', and rules from that of 'netsh advfirewall\n"               \
    "                           export' and others (wfpwatch rules); may be given\n"               \
    "                           several times\n"                                                   \
    "  --threads N              decode with N more threads, 0 to 64 (0: a single\n"                \
    "                           thread); from 3 on one of them prints (default: by\n"              \
    "                           processors, at most 3)\n"                                          \
    "  --log-zone ZONE          of times without one: UTC, +02:00, or local\n"                     \
    "  --verify                 verify every checksum, not only doubtful ones\n" OWN_HELP          \
    "  --since WHEN, --until WHEN\n"                                                               \
    "                           only events of these times, inclusive\n" TIME_OPTION_HELP          \
        CONDITION_OPTION_HELP EXPLAIN_HELP ATTEMPTS_HELP COMMON_HELP

/* Reads the whole command line; own (may be NULL) takes an option that is not common, with ctx.
 * Returns 0, or the exit status when it is wrong or there is no memory, which was reported. */
int reading_options(struct reading *r, int count, char **list, const struct option *known,
                    bool (*own)(void *ctx, struct arguments *a, int id));
/* Opens, names, and gives all events to take. false: nothing could be read, which was reported. r->
 * failed and r->interrupted tell of less. The session stays open, for its counts. */
bool reading_run(struct reading *r);
/* The exit status, of which `status` is what printing gave. */
int reading_status(const struct reading *r, int status);
void reading_free(struct reading *r);

#endif
