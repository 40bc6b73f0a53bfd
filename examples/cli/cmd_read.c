/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch read: events from files. */
#include <stdio.h>

#include "commands.h"
#include "print.h"
#include "reading.h"
#include "report.h"
#include "term.h"

static const char help[] =
    "usage: wfpwatch read [OPTION...] FILE...\n"
    "\n"
    "Prints the events of the Windows Filtering Platform in FILE: a Security log (.evtx), whole,\n"
    "damaged or cut, the XML of Windows events, or net events of netsh (netevents.xml of 'netsh\n"
    "wfp show netevents', wfpdiag.xml of 'netsh wfp capture'). '-' is standard input. A file that\n"
    "cannot be read is reported, the others are still read, and the exit status is 1.\n"
    "\n" READING_OPTIONS_HELP
    "  --format text|json       a table, or one JSON object a line (default: text)\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless NO_COLOR\n"
    "                           is set\n"
    "  --help                   this text\n"
    "\n"
    "The table: times are UTC. LOCAL is this host, REMOTE the other side; where a record does not\n"
    "tell which side is which, LOCAL holds the source and REMOTE '-> ' and the destination.\n"
    "'icmp 8/0' is ICMP type 8, code 0. WHY is the verdict and the reason, with '?' when that is\n"
    "a guess ('wfpwatch why' tells more). FILTER and LAYER are run-time ids. '-' is not known.\n"
    "A filter's name stands at the end of the row, on a terminal in a row of its own: with its\n"
    "[origin], and (uncertain) when the dump is of another time than the event.\n"
    "On a terminal what is too long is shortened with '..', and WHY, LAYER and PID may be left\n"
    "out; in a pipe or a file nothing is shortened. Characters that could steer a\n"
    "terminal are replaced; --format json has them as they came.\n";

enum { FORMAT = 1, COLOR };
static const struct option known[] = {
    READING_OPTIONS,
    {"--format", FORMAT, true},
    {"--color", COLOR, true},
    {NULL, 0, false},
};

struct listing {
    int format, color;
    struct reading reading;
    struct printer printer;
};

static bool take_option(void *ctx, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    struct listing *l = ctx;
    if (id == FORMAT)
        return option_word(a, formats, &l->format);
    return option_word(a, colors, &l->color);
}

static bool take_events(void *ctx, const wfpw_batch *b, uint32_t count)
{
    struct listing *l = ctx;
    return print_events(&l->printer, b, count);
}

static void summarize(const struct listing *l)
{
    char text[192];
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(l->reading.session, &st);
    if (l->printer.json || (st.skipped == 0 && !term_is_terminal(stderr)))
        return;
    (void)snprintf(text, sizeof text,
                   "%llu events, %llu records of others passed over, %llu places skipped, "
                   "%llu warnings",
                   (unsigned long long)l->printer.printed, (unsigned long long)st.passed_over,
                   (unsigned long long)st.skipped, (unsigned long long)st.warnings);
    report(text, (const char *)NULL);
}

static int list_events(struct listing *l)
{
    struct reading *r = &l->reading;
    print_start(&l->printer, l->format, l->color);
    bool read = reading_run(r);
    int status = print_end(&l->printer);
    if (!read)
        return EXIT_FAILED;
    summarize(l);
    if (r->interrupted)
        report("interrupted", (const char *)NULL);
    return r->failed || r->interrupted ? EXIT_FAILED : status;
}

int cmd_read(int count, char **list)
{
    struct listing l = {
        .format = FORMAT_TEXT,
        .reading = {.command = "read", .take = take_events, .flags = 0, .ctx = &l},
    };
    int status = reading_options(&l.reading, count, list, known, take_option);
    if (status == 0)
        status = l.reading.help      ? print_text(help)
                 : l.reading.explain ? where_explain(l.reading.match, false)
                                     : list_events(&l);
    reading_free(&l.reading);
    return status;
}
