/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "term.h"

enum { READ_MS = 200, THREADS_MAX = 64, THREADS_PRINT = 3 };

/* ---- options -------------------------------------------------------------------------------- */

/* false: it is wrong; *status is the exit status then. */
static bool take_option(struct reading *r, struct arguments *a, int id,
                        bool (*own)(void *ctx, struct arguments *a, int id), int *status)
{
    *status = EXIT_USAGE;
    switch (id) {
    case READING_HELP:
        r->help = true;
        return true;
    case READING_NAMES:
        r->dumps[r->dump_count++] = a->value;
        return true;
    case READING_THREADS:
        return option_number(a, 0, THREADS_MAX, &r->threads);
    case READING_VERIFY:
        r->verify = true;
        return true;
    case READING_OWN:
        return option_guid(a, &r->own);
    case READING_EXPLAIN:
        r->explain = true;
        return true;
    case READING_WHERE:
        *status = where_add(&r->match, r->command, a->value);
        return *status == 0;
    case OPTION_OPERAND:
        r->files[r->file_count++] = a->list[a->at - 1];
        return true;
    default:
        return id > 0 && own(r->ctx, a, id);
    }
}

/* One that prints is worth it where a third processor is there for it. */
static uint64_t default_threads(void)
{
    unsigned processors = term_processors();
    return processors > 2 ? THREADS_PRINT : processors > 1 ? 2 : 0;
}

int reading_options(struct reading *r, int count, char **list, const struct option *known,
                    bool (*own)(void *ctx, struct arguments *a, int id))
{
    struct arguments a = {.command = r->command, .count = count, .list = list};
    int id, status;
    r->files = list;
    r->threads = default_threads();
    r->dumps = calloc((size_t)count + 1, sizeof *r->dumps);
    if (r->dumps == NULL) {
        report("calloc: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    while ((id = option_next(&a, known)) != OPTION_END && !r->help)
        if (!take_option(r, &a, id, own, &status))
            return status;
    if (r->file_count == 0 && !r->help && !r->explain) {
        (void)report_usage(r->command, "a file is missing", "");
        return EXIT_USAGE;
    }
    return 0;
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
    int n = wfpw_read(r->session, relay_batch(&r->relay), READ_MS, &e);
    if (n == WFPW_E_EOF)
        return false;
    if (n < 0)
        fail(r, path, &e);
    else if (n > 0)
        *go_on = relay_give(&r->relay, (uint32_t)n);
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

/* A read of standard input may wait for ever, so that Ctrl-C has to end the process at once. */
static void catch_interrupts(const struct reading *r)
{
    for (int i = 0; i < r->file_count; i++)
        if (strcmp(r->files[i], "-") == 0)
            return;
    term_catch_interrupts();
}

static void read_files(struct reading *r)
{
    catch_interrupts(r);
    progress_start(&r->progress, (unsigned)r->file_count);
    for (int i = 0; i < r->file_count && read_file(r, r->files[i]); i++)
        ;
    progress_hide(&r->progress);
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

bool reading_run(struct reading *r)
{
    wfpw_error e;
    /* On a terminal, rows and what is reported of files come in their order. */
    bool apart = r->threads >= THREADS_PRINT && !term_is_terminal(stdout);
    wfpw_options o = {.size = sizeof o,
                      .flags = r->flags | (r->verify ? (uint32_t)WFPW_OPEN_VERIFY : 0),
                      .threads = (uint32_t)r->threads - apart,
                      .own_provider = r->own,
                      .log = log_line,
                      .log_ctx = r};
    if (!load_names(r))
        return false;
    o.names = r->names;
    o.match = r->match;
    if (wfpw_open(&o, &r->session, &e) != WFPW_OK) {
        report_error(NULL, &e, NULL);
        return false;
    }
    if (!relay_open(&r->relay, apart, r->take, r->ctx)) {
        report("wfpw_batch_new: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return false;
    }
    read_files(r);
    relay_close(&r->relay);
    return true;
}

void reading_free(struct reading *r)
{
    relay_close(&r->relay);
    wfpw_close(r->session);
    wfpw_names_close(r->names);
    wfpw_template_free(r->match);
    free(r->dumps);
}
