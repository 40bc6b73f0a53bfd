/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/names_interrupt.h"
#include "platform/term.h"
#include "view/diagnostics.h"

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
    case READING_LOG_ZONE:
        return option_zone(a, &r->log_zone);
    case READING_OWN:
        return option_guid(a, &r->own);
    case READING_EXPLAIN:
        r->explain = true;
        return true;
    case READING_ATTEMPTS:
        r->flags |= WFPW_OPEN_ATTEMPTS;
        return true;
    case READING_SINCE:
        return time_option_take(&r->since, a);
    case READING_UNTIL:
        return time_option_take(&r->until, a);
    case READING_WHERE:
        *status = condition_option_add(&r->match, r->command, a->value);
        return *status == 0;
    case OPTION_OPERAND:
        r->files[r->file_count++] = a->list[a->at - 1];
        return true;
    default:
        return id > 0 && own(r->ctx, a, id);
    }
}

static void find_files(struct reading *r)
{
    for (int i = 0; i < r->file_count; i++)
        file_list_add(&r->paths, r->files[i]);
    if (r->paths.no_memory)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    r->failed |= r->paths.failed || r->paths.no_memory;
    r->several_files = r->paths.count > 1;
}

/* A time as the conditions have it. 0, or the exit status. */
static int add_time(struct reading *r, const struct time_option *w, const char *comparison)
{
    char condition[64], time[TIME_OPTION_TEXT];
    if (!w->is_given)
        return 0;
    time_option_text(time, time_option_time(w, NULL));
    (void)snprintf(condition, sizeof condition, "time%s%s", comparison, time);
    return condition_option_add(&r->match, r->command, condition);
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
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    while ((id = option_next(&a, known)) != OPTION_END && !r->help)
        if (!take_option(r, &a, id, own, &status))
            return status;
    if (r->file_count == 0 && !r->files_may_miss && !r->help && !r->explain) {
        (void)diagnostics_usage(r->command, "a file is missing", "");
        return EXIT_USAGE;
    }
    status = add_time(r, &r->since, ">=");
    status = status != 0 ? status : add_time(r, &r->until, "<=");
    if (status == 0 && !r->help && !r->explain)
        find_files(r);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* In between, the progress must not be in the way. */
static void log_line(void *ctx, int level, const char *text)
{
    struct reading *r = ctx;
    progress_hide(&r->progress);
    diagnostics_log(NULL, level, text);
}

static void fail_file(struct reading *r, const char *subject, const wfpw_error *e)
{
    r->failed = true;
    progress_hide(&r->progress);
    diagnostics_error(subject, e, NULL);
}

/* The next events of the file that is being read, or of one of those (path NULL). false: there are
 * no more. */
static bool read_some(struct reading *r, const char *path, bool *go_on)
{
    wfpw_error e;
    int n = r->pull != NULL
                ? r->pull(r->ctx, path, go_on)
                : wfpw_read(r->session, print_thread_batch(&r->print_thread), READ_MS, &e);
    if (n == WFPW_E_EOF)
        return false;
    if (n < 0 && r->pull != NULL)
        r->failed = true;
    else if (n < 0)
        fail_file(r, path != NULL || e.file == 0 ? path : r->added[e.file - 1], &e);
    else if (n > 0 && r->pull == NULL)
        *go_on = print_thread_give(&r->print_thread, (uint32_t)n);
    r->interrupted = term_interrupted();
    *go_on = *go_on && !r->interrupted && (n >= 0 || n == WFPW_E_IO || n == WFPW_E_FORMAT);
    progress_show(&r->progress, r->session);
    return *go_on;
}

/* false: there is nothing to read of it, which was reported where it should be. */
static bool add_file(struct reading *r, const struct path *path)
{
    wfpw_error e;
    int status = wfpw_add_file(r->session, path->name, &e);
    if (status == WFPW_E_FORMAT && path->is_found)
        r->no_logs++;
    else if (status != WFPW_OK)
        fail_file(r, path->name, &e);
    else
        r->read++;
    return status == WFPW_OK;
}

/* false: no more files are to be read. */
static bool read_file(struct reading *r, const struct path *path)
{
    bool go_on = true;
    progress_next_file(&r->progress, r->session);
    if (!add_file(r, path))
        return true;
    while (read_some(r, path->name, &go_on))
        ;
    return go_on;
}

/* A read of standard input may wait for ever, so that Ctrl-C has to end the process at once. */
static bool has_standard_input(const struct reading *r)
{
    for (int i = 0; i < r->file_count; i++)
        if (strcmp(r->files[i], "-") == 0)
            return true;
    return false;
}

/* Not again when names were loaded: the second Ctrl-C has to end the process. */
static void catch_interrupts(const struct reading *r)
{
    if (!has_standard_input(r) && !r->interrupted)
        term_catch_interrupts();
}

/* What folders had besides. */
static void tell_no_logs(struct reading *r)
{
    char text[64];
    if (r->no_logs == 0 && (r->paths.count > 0 || r->failed))
        return;
    (void)snprintf(text, sizeof text, "%llu file%s passed over", (unsigned long long)r->no_logs,
                   r->no_logs == 1 ? "" : "s");
    if (r->read == 0 && !r->failed) {
        diagnostics_print("there is no log in the folder; ", text, (const char *)NULL);
        r->failed = true;
    } else {
        diagnostics_note(text, " that hold no events", (const char *)NULL);
    }
}

/* A few files are added before the first is read, so that the session joins the log and the net
 * events among them; many one by one, so that a thousand are not open at once. */
static bool joins_files(const struct reading *r)
{
    return r->paths.count > 1 && r->paths.count <= JOINED_FILES_MAX && !has_standard_input(r);
}

static void read_together(struct reading *r)
{
    bool go_on = true;
    unsigned added = 0;
    progress_start(&r->progress, 1);
    progress_next_file(&r->progress, r->session);
    for (size_t i = 0; i < r->paths.count; i++)
        if (add_file(r, &r->paths.list[i]))
            r->added[added++] = r->paths.list[i].name;
    while (read_some(r, NULL, &go_on))
        ;
}

static void read_one_by_one(struct reading *r)
{
    progress_start(&r->progress, (unsigned)r->paths.count);
    for (size_t i = 0; i < r->paths.count && !r->interrupted && read_file(r, &r->paths.list[i]);
         i++)
        ;
}

static void read_files(struct reading *r)
{
    catch_interrupts(r);
    if (joins_files(r))
        read_together(r);
    else
        read_one_by_one(r);
    progress_hide(&r->progress);
    if (!r->interrupted)
        tell_no_logs(r);
}

/* Where events come from standard input, Ctrl-C has to end the process (catch_interrupts). */
static void catch_interrupts_of_names(const struct reading *r)
{
    if (!has_standard_input(r))
        names_interrupt_start(r->names, (size_t)r->dump_count, r->dumps);
}

/* A dump that cannot be read is reported; events are read all the same. false: nothing can be. */
static bool load_names(struct reading *r)
{
    wfpw_options o = {.size = sizeof o, .log = log_line, .log_ctx = r};
    wfpw_names_stats st = {.size = sizeof st};
    wfpw_error e;
    if (r->dump_count == 0)
        return true;
    if (wfpw_names_open(&o, &r->names, &e) != WFPW_OK) {
        fail_file(r, NULL, &e);
        return false;
    }
    catch_interrupts_of_names(r);
    for (int i = 0; i < r->dump_count; i++) {
        int status = wfpw_names_load(r->names, r->dumps[i], &e);
        if (status < 0 && status != WFPW_E_STOPPED)
            fail_file(r, r->dumps[i], &e);
    }
    r->interrupted = names_interrupt_end();
    (void)wfpw_names_get_stats(r->names, &st);
    if (st.loaded + st.rules_loaded ==
        0) { /* an event is not to look as if its filter had been looked for */
        wfpw_names_close(r->names);
        r->names = NULL;
    }
    return true;
}

bool reading_run(struct reading *r)
{
    wfpw_error e;
    /* On a terminal, rows and what is reported of files come in their order. */
    bool apart = r->threads >= THREADS_PRINT && r->pull == NULL && !term_is_terminal(stdout);
    wfpw_options o = {.size = sizeof o,
                      .flags = r->flags | (uint32_t)WFPW_OPEN_PID | (uint32_t)WFPW_OPEN_ORDERED |
                               (r->verify ? (uint32_t)WFPW_OPEN_VERIFY : 0),
                      .threads = (uint32_t)r->threads - apart,
                      .own_provider = r->own,
                      .log_zone = r->log_zone,
                      .log = log_line,
                      .log_ctx = r};
    if (!load_names(r))
        return false;
    o.names = r->names;
    o.match = r->match;
    if (wfpw_open(&o, &r->session, &e) != WFPW_OK) {
        diagnostics_error(NULL, &e, NULL);
        return false;
    }
    r->print_thread.format = r->format;
    if (!print_thread_open(&r->print_thread, apart, r->take, r->ctx)) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return false;
    }
    read_files(r);
    print_thread_close(&r->print_thread);
    return true;
}

/* Whether places of a file or a dump could not be read. */
static bool is_partly(const struct reading *r)
{
    wfpw_stats st = {.size = sizeof st};
    wfpw_names_stats names = {.size = sizeof names};
    (void)wfpw_get_stats(r->session, &st);
    if (r->names != NULL)
        (void)wfpw_names_get_stats(r->names, &names);
    return st.skipped + names.skipped > 0;
}

int reading_status(const struct reading *r, int status)
{
    if (r->interrupted)
        return EXIT_INTERRUPTED;
    if (r->failed || status != EXIT_DONE)
        return r->failed ? EXIT_FAILED : status;
    return is_partly(r) ? EXIT_PARTLY : EXIT_DONE;
}

void reading_free(struct reading *r)
{
    print_thread_close(&r->print_thread);
    wfpw_close(r->session);
    wfpw_names_close(r->names);
    wfpw_template_free(r->match);
    file_list_free(&r->paths);
    free(r->dumps);
}
