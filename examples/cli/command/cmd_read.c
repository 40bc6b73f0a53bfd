/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch read: events from files. */
#include <stdio.h>

#include "command/commands.h"
#include "command/nothing_found.h"
#include "input/reading.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/format.h"
#include "view/print.h"

static const char help[] =
    "usage: wfpwatch read [OPTION...] FILE...\n"
    "\n"
    "Prints the events of the Windows Filtering Platform in FILE: a Security log\n"
    "(.evtx), complete, damaged or truncated, the XML of Windows events, also after\n"
    "other text or inside JSON, CSV or HTML, or net events of netsh (netevents.xml\n"
    "of 'netsh wfp show netevents', wfpdiag.xml of 'netsh wfp capture'); also\n"
    "compressed with gzip. In a folder every log is read, subfolders included. '-'\n"
    "is standard input. A file that cannot be read is reported, the others are still\n"
    "read, and the exit status is 1; it is 3 if places of a file could not be read,\n"
    "130 after Ctrl-C.\n"
    "\n" READING_OPTIONS_HELP "  --format text|json|ecs|ocsf|asim|csv\n"
    "                           a table, or one JSON object per line: wfpwatch's own,\n"
    "                           of Elastic's ECS, of OCSF, of Sentinel's ASIM; or CSV\n"
    "                           (default: text)\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless\n"
    "                           NO_COLOR is set\n"
    "  --help                   this text\n"
    "\n"
    "The table: times are UTC. LOCAL is this host, REMOTE the other side; if the\n"
    "local side is not known, LOCAL has the source and REMOTE '-> ' and the\n"
    "destination. 'icmp 8/0' is ICMP type 8, code 0. WHY is the verdict and the\n"
    "reason, with '?' if it is a guess (see 'wfpwatch why'). FILTER and LAYER are\n"
    "run-time ids. '-': not known. A filter's name is at the end of the row, on a\n"
    "terminal in a row of its own: with its [origin], and (uncertain) if the dump's\n"
    "time differs from the event's. With several files FILE is the file of an event,\n"
    "on a terminal in a row of its own. On a terminal long text is shortened with\n"
    "'..', LAYER and PID may be omitted, and WHY is below its row; one narrower than\n"
    "80 columns shows a few lines per event instead. In a pipe or a file nothing is\n"
    "shortened. Characters that could control a terminal are replaced, and, if the\n"
    "locale is not UTF-8 (LC_ALL=C), all but ASCII; --format json has all of them.\n";

enum { FORMAT = 1, COLOR };
const struct option cmd_read_options[] = {
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
    static const char *const formats[] = {"text", "json", "ecs", "ocsf", "asim", "csv", NULL};
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

static void summarize_read(const struct listing *l)
{
    char text[192];
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(l->reading.session, &st);
    if (l->printer.json || diagnostics_is_quiet() || (st.skipped == 0 && !term_is_terminal(stderr)))
        return;
    (void)snprintf(text, sizeof text,
                   "%llu event%s, %llu record%s of others passed over, %llu place%s skipped, "
                   "%llu warning%s",
                   (unsigned long long)l->printer.printed, format_plural(l->printer.printed),
                   (unsigned long long)st.passed_over, format_plural(st.passed_over),
                   (unsigned long long)st.skipped, format_plural(st.skipped),
                   (unsigned long long)st.warnings, format_plural(st.warnings));
    diagnostics_note(text, (const char *)NULL);
}

static int list_events(struct listing *l)
{
    struct reading *r = &l->reading;
    print_start(&l->printer, l->format, l->color);
    l->printer.table.files = r->several_files;
    bool read = reading_run(r);
    int status = print_end(&l->printer);
    if (!read)
        return EXIT_FAILED;
    summarize_read(l);
    nothing_found_explain(r, l->printer.printed, "printed");
    if (r->interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    return reading_status(r, status);
}

int cmd_read(int count, char **list)
{
    struct listing l = {
        .format = FORMAT_TEXT,
        .reading = {.command = "read", .take = take_events, .flags = 0, .ctx = &l},
    };
    int status = reading_options(&l.reading, count, list, cmd_read_options, take_option);
    if (status == 0)
        status = l.reading.help      ? print_text(help)
                 : l.reading.explain ? condition_option_explain(l.reading.match, false)
                                     : list_events(&l);
    reading_free(&l.reading);
    return status;
}
