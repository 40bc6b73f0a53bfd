/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch who: who has filters on a host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "input/name_source.h"
#include "input/options.h"
#include "input/reading.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/owners.h"
#include "view/print.h"

enum { READ_MS = 200 };

static const char help[] =
    "usage: wfpwatch who [OPTION...] [DUMP...]\n"
    "       wfpwatch who --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Who has filters on the host that DUMP is of (as of 'wfpwatch names'), or without one on this\n"
    "host, which needs an elevated prompt to see all: by provider the product, the service, the\n"
    "filters by action and by layer; by sublayer those that have no provider. It says what is "
    "odd,\n"
    "such as filters that stay over restarts though their product seems to be gone, and with "
    "which\n"
    "command they are shown. Nothing is changed.\n"
    "\n"
    "  --events FILE            count the events in FILE (as 'wfpwatch read' takes them) that a\n"
    "                           filter refused; may be given several times\n"
    "  --sim [SCRIPTFILE]       of a simulated Windows, after what the script does\n"
    "  --format text|json       text, or one JSON object a line (default: text)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "A product is known by the key of its provider, where a public source shows that; 'by its\n"
    "service' and 'by its name' are what the provider says of itself, as anybody may. Only\n"
    "wfpstate.xml, or this host, tells which callouts are registered; only this host, whether the\n"
    "service is there.\n";

enum { HELP = 1, EVENTS, SIM, FORMAT };
const struct option cmd_who_options[] = {
    {"--help", HELP, false}, {"-h", HELP, false},        {"--events", EVENTS, true},
    {"--sim", SIM, false},   {"--format", FORMAT, true}, {NULL, 0, false},
};

struct asking {
    int format, event_count;
    const char **events; /* as many as there are arguments */
    bool help, failed, interrupted, is_partly;
    struct name_source from;
    struct owners owners;
    struct printer printer;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct asking *a, struct arguments *args, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case HELP:
        a->help = true;
        return true;
    case EVENTS:
        a->events[a->event_count++] = args->value;
        return true;
    case SIM:
        a->from.simulate = true;
        return true;
    case FORMAT:
        return option_word(args, formats, &a->format);
    case OPTION_OPERAND:
        a->from.files[a->from.file_count++] = args->list[args->at - 1];
        return true;
    default:
        return false;
    }
}

/* 0, or the exit status. */
static int take_options(struct asking *a, int count, char **list)
{
    struct arguments args = {.command = "who", .count = count, .list = list};
    int id;
    a->from.files = list;
    a->events = calloc((size_t)count + 1, sizeof *a->events);
    if (a->events == NULL) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    while ((id = option_next(&args, cmd_who_options)) != OPTION_END && !a->help)
        if (!take_option(a, &args, id))
            return EXIT_USAGE;
    if (a->from.simulate && a->from.file_count > 1)
        return diagnostics_usage("who", "more than one script:", a->from.files[1]);
    a->from.live = a->from.simulate || a->from.file_count == 0;
    return 0;
}

/* ---- events --------------------------------------------------------------------------------- */

static void fail_events(struct asking *a, const char *file, const wfpw_error *e)
{
    diagnostics_error(file, e, NULL);
    a->failed = true;
}

/* What is left of the file. */
static void count_events(struct asking *a, wfpw_session *s, wfpw_batch *b, const char *file)
{
    wfpw_error e;
    int n = 0;
    while (n != WFPW_E_EOF && !a->interrupted) {
        n = wfpw_read(s, b, READ_MS, &e);
        for (int i = 0; i < n; i++)
            owners_add_event(&a->owners, wfpw_batch_get(b, (uint32_t)i));
        if (n < 0 && n != WFPW_E_EOF)
            fail_events(a, file, &e);
        if (n < 0 && n != WFPW_E_EOF && n != WFPW_E_IO && n != WFPW_E_FORMAT)
            break;
        a->interrupted = term_interrupted();
    }
}

static void read_events(struct asking *a, wfpw_session *s, wfpw_batch *b)
{
    wfpw_error e;
    wfpw_stats st = {.size = sizeof st};
    a->owners.has_events = true;
    for (int i = 0; i < a->event_count && !a->interrupted; i++) {
        if (wfpw_add_file(s, a->events[i], &e) != WFPW_OK)
            fail_events(a, a->events[i], &e);
        else
            count_events(a, s, b, a->events[i]);
    }
    (void)wfpw_get_stats(s, &st);
    a->is_partly |= st.skipped > 0;
}

static void open_events(struct asking *a)
{
    wfpw_error e;
    wfpw_session *s = NULL;
    wfpw_batch *b = NULL;
    wfpw_options o = {.size = sizeof o, .names = a->from.names, .log = diagnostics_log};
    if (a->event_count == 0 || a->interrupted)
        return;
    term_catch_interrupts();
    if (wfpw_open(&o, &s, &e) != WFPW_OK)
        fail_events(a, NULL, &e);
    else if ((b = wfpw_batch_new(0, 0)) == NULL)
        a->owners.failed = true;
    else
        read_events(a, s, b);
    wfpw_batch_free(b);
    wfpw_close(s);
}

/* ---- answering ------------------------------------------------------------------------------ */

static void add_filters(struct asking *a)
{
    const wfpw_filter *f;
    uint64_t cursor = 0;
    wfpw_names_stats st = {.size = sizeof st};
    while ((f = name_source_next(&a->from, &cursor)) != NULL)
        owners_add(&a->owners, f);
    (void)wfpw_names_get_stats(a->from.names, &st);
    a->is_partly = st.skipped > 0 || st.evicted + st.refused > 0;
    a->interrupted = a->from.interrupted;
    if (st.evicted + st.refused > 0)
        diagnostics_print("not all filters had room: some are missing", (const char *)NULL);
    if (a->owners.filters == 0 && !a->from.failed && !a->interrupted)
        diagnostics_note(
            "no filter in it: 'netsh wfp show state' and 'netsh wfp show filters' write "
            "them, from an elevated prompt",
            (const char *)NULL);
}

static void put_owners(struct asking *a)
{
    struct owners_source from = {a->from.simulate ? "--live --sim"
                                 : a->from.live   ? "--live"
                                                  : "",
                                 a->from.file_count, a->from.files};
    unsigned columns = 0, rows;
    if (a->printer.on_terminal)
        term_size(stdout, &columns, &rows);
    owners_sort(&a->owners);
    if (a->printer.json)
        owners_put_json(&a->printer.text, &a->owners, &from);
    else if (a->owners.filters > 0)
        owners_put_text(&a->printer.text, &a->owners, &from, columns);
    (void)print_buffered(&a->printer);
}

static int tell_owners(struct asking *a)
{
    if (!name_source_load(&a->from))
        return EXIT_FAILED;
    add_filters(a);
    open_events(a);
    print_start(&a->printer, a->format, COLOR_NEVER);
    put_owners(a);
    int status = print_end(&a->printer);
    a->failed |= a->from.failed || a->owners.failed;
    if (a->owners.failed)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    if (a->interrupted) {
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
        return EXIT_INTERRUPTED;
    }
    if (a->failed || status != EXIT_DONE)
        return a->failed ? EXIT_FAILED : status;
    return a->is_partly ? EXIT_PARTLY : EXIT_DONE;
}

int cmd_who(int count, char **list)
{
    struct asking a = {.format = FORMAT_TEXT};
    int status = take_options(&a, count, list);
    if (status != 0) {
        /* said */
    } else if (a.help) {
        status = print_text(help);
    } else {
        status = name_source_open(&a.from) ? tell_owners(&a) : EXIT_FAILED;
    }
    owners_free(&a.owners);
    name_source_close(&a.from);
    free(a.events);
    return status;
}
