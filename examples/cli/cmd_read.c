/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch read: events from files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "options.h"
#include "print.h"
#include "progress.h"
#include "report.h"
#include "term.h"
#include "where.h"

enum { READ_MS = 200, THREADS_MAX = 64 };

static const char help[] =
    "usage: wfpwatch read [OPTION...] FILE...\n"
    "\n"
    "Prints the events of the Windows Filtering Platform in FILE: a Security log (.evtx), whole,\n"
    "damaged or cut, or the XML of Windows events. '-' is standard input. A file that cannot be\n"
    "read is reported, the others are still read, and the exit status is 1.\n"
    "\n"
    "  --names DUMP             name filters from what 'netsh wfp show state' wrote; may be given\n"
    "                           several times\n" WHERE_HELP
    "  --format text|json       a table, or one JSON object a line (default: text)\n"
    "  --threads N              decode with N more threads, 0 to 64 (default: 1, or 0 where there\n"
    "                           is only one processor)\n"
    "  --verify                 compute every checksum, not only when in doubt\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless NO_COLOR\n"
    "                           is set\n"
    "  --help                   this text\n"
    "\n"
    "The table: times are UTC. LOCAL is this host, REMOTE the other side; where a record does not\n"
    "tell which side is which, LOCAL holds the source and REMOTE '-> ' and the destination.\n"
    "'icmp 8/0' is ICMP type 8, code 0. FILTER and LAYER are run-time ids. '-' is not known.\n"
    "A filter's name stands at the end of the row, on a terminal in a row of its own: with its\n"
    "[origin], and (uncertain) when the dump is of another time than the event.\n"
    "On a terminal what is too long is shortened with '..', and below 108 columns LAYER and PID\n"
    "may be left out; in a pipe or a file nothing is shortened. Characters that could steer a\n"
    "terminal are replaced; --format json has them as they came.\n";

enum { HELP = 1, FORMAT, THREADS, VERIFY, COLOR, NAMES, WHERE };
static const struct option known[] = {
    {"--help", HELP, false},      {"-h", HELP, false},         {"--format", FORMAT, true},
    {"--threads", THREADS, true}, {"--verify", VERIFY, false}, {"--color", COLOR, true},
    {"--names", NAMES, true},     {"--where", WHERE, true},    {NULL, 0, false},
};

struct reading {
    int format, color;
    uint64_t threads;
    bool verify, help, failed, interrupted;
    int file_count;
    char **files; /* the start of the argument list, which operands are moved to */
    int dump_count;
    const char **dumps; /* as many as there are arguments */
    wfpw_names *names;
    wfpw_template *match;
    int status; /* of --where, when it was wrong */
    wfpw_session *session;
    wfpw_batch *batch;
    struct printer printer;
    struct progress progress;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct reading *r, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    switch (id) {
    case FORMAT:
        return option_word(a, formats, &r->format);
    case COLOR:
        return option_word(a, colors, &r->color);
    case THREADS:
        return option_number(a, 0, THREADS_MAX, &r->threads);
    case NAMES:
        r->dumps[r->dump_count++] = a->value;
        return true;
    case WHERE:
        r->status = where_add(&r->match, "read", a->value);
        return r->status == 0;
    case VERIFY:
        r->verify = true;
        return true;
    case HELP:
        r->help = true;
        return true;
    case OPTION_OPERAND:
        r->files[r->file_count++] = a->list[a->at - 1];
        return true;
    default:
        return false;
    }
}

static bool take_options(struct reading *r, int count, char **list)
{
    struct arguments a = {.command = "read", .count = count, .list = list};
    int id;
    r->files = list;
    while ((id = option_next(&a, known)) != OPTION_END && !r->help)
        if (!take_option(r, &a, id))
            return false;
    if (r->file_count == 0 && !r->help) {
        (void)report_usage("read", "a file is missing", "");
        return false;
    }
    return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* In between, the progress must not be in the way. */
static void log_line(void *ctx, int level, const char *text)
{
    struct reading *r = ctx;
    progress_hide(&r->progress);
    report_log(NULL, level, text);
}

static void fail(struct reading *r, const char *subject, const wfpw_error *e)
{
    r->failed = true;
    progress_hide(&r->progress);
    report_error(subject, e, NULL);
}

/* The next events of the file that is being read. false: it has no more. */
static bool read_some(struct reading *r, const char *path, bool *go_on)
{
    wfpw_error e;
    int n = wfpw_read(r->session, r->batch, READ_MS, &e);
    if (n == WFPW_E_EOF)
        return false;
    if (n < 0)
        fail(r, path, &e);
    else if (n > 0)
        *go_on = print_events(&r->printer, r->batch, (uint32_t)n);
    r->interrupted = term_interrupted();
    *go_on = *go_on && !r->interrupted && (n >= 0 || n == WFPW_E_IO || n == WFPW_E_FORMAT);
    progress_show(&r->progress, r->session);
    return *go_on;
}

/* Files are added one by one, so that a thousand of them are not open at once, and that it is known
 * which one failed. false: no more files. */
static bool read_file(struct reading *r, const char *path)
{
    wfpw_error e;
    bool go_on = true;
    progress_next_file(&r->progress, r->session);
    if (wfpw_add_file(r->session, path, &e) != WFPW_OK) {
        fail(r, path, &e);
        return true;
    }
    while (read_some(r, path, &go_on))
        ;
    return go_on;
}

static void summarize(const struct reading *r)
{
    char text[192];
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(r->session, &st);
    if (r->printer.json || (st.skipped == 0 && !term_is_terminal(stderr)))
        return;
    (void)snprintf(text, sizeof text,
                   "%llu events, %llu records of others passed over, %llu places skipped, "
                   "%llu warnings",
                   (unsigned long long)r->printer.printed, (unsigned long long)st.passed_over,
                   (unsigned long long)st.skipped, (unsigned long long)st.warnings);
    report(text, (const char *)NULL);
}

/* A read of standard input may wait for ever, so that Ctrl-C has to end the process at once. */
static void catch_interrupts(const struct reading *r)
{
    for (int i = 0; i < r->file_count; i++)
        if (strcmp(r->files[i], "-") == 0)
            return;
    term_catch_interrupts();
}

static int read_files(struct reading *r)
{
    int status;
    catch_interrupts(r);
    print_start(&r->printer, r->format, r->color);
    progress_start(&r->progress, (unsigned)r->file_count);
    for (int i = 0; i < r->file_count && read_file(r, r->files[i]); i++)
        ;
    progress_hide(&r->progress);
    status = print_end(&r->printer);
    summarize(r);
    if (r->interrupted)
        report("interrupted", (const char *)NULL);
    return r->failed || r->interrupted ? EXIT_FAILED : status;
}

/* A dump that cannot be read is reported; events are read all the same. false: nothing can be. */
static bool load_names(struct reading *r)
{
    wfpw_options o = {.size = sizeof o, .log = log_line, .log_ctx = r};
    wfpw_error e;
    if (r->dump_count == 0)
        return true;
    if (wfpw_names_open(&o, &r->names, &e) != WFPW_OK) {
        fail(r, NULL, &e);
        return false;
    }
    for (int i = 0; i < r->dump_count; i++)
        if (wfpw_names_load(r->names, r->dumps[i], &e) < 0)
            fail(r, r->dumps[i], &e);
    return true;
}

static int run(struct reading *r)
{
    wfpw_error e;
    int status = EXIT_FAILED;
    wfpw_options o = {.size = sizeof o,
                      .flags = r->verify ? (uint32_t)WFPW_OPEN_VERIFY : 0,
                      .threads = (uint32_t)r->threads,
                      .log = log_line,
                      .log_ctx = r};
    if (!load_names(r))
        return EXIT_FAILED;
    o.names = r->names;
    o.match = r->match;
    if (wfpw_open(&o, &r->session, &e) != WFPW_OK)
        report_error(NULL, &e, NULL);
    else if ((r->batch = wfpw_batch_new(0, 0)) == NULL)
        report("wfpw_batch_new: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    else
        status = read_files(r);
    wfpw_batch_free(r->batch);
    wfpw_close(r->session);
    wfpw_names_close(r->names);
    return status;
}

int cmd_read(int count, char **list)
{
    struct reading r = {.format = FORMAT_TEXT, .threads = term_processors() > 1 ? 1 : 0};
    int status = EXIT_USAGE;
    r.dumps = calloc((size_t)count + 1, sizeof *r.dumps);
    if (r.dumps == NULL) {
        report("calloc: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    if (take_options(&r, count, list))
        status = r.help ? print_text(help) : run(&r);
    else if (r.status != 0)
        status = r.status;
    wfpw_template_free(r.match);
    free(r.dumps);
    return status;
}
