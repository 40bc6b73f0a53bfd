/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch read: events from files. */
#include <stdio.h>

#include "command/commands.h"
#include "command/nothing_found.h"
#include "command/read_arrow.h"
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
    "\n" READING_OPTIONS_HELP "  --format text|json|ecs|ocsf|asim|csv|arrow\n"
    "                           a table (default); JSON objects of wfpwatch, ECS, OCSF\n"
    "                           or Sentinel's ASIM, one per line; CSV; Apache Arrow\n"
    "  --columns NAMES          of --format arrow: names parted by commas, '*' for\n"
    "                           all (default: those of docs/columns.md)\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless\n"
    "                           NO_COLOR is set\n"
    "  --help                   this text\n"
    "\n"
    "The table: times are UTC. LOCAL is this host, REMOTE the other side; if the\n"
    "local side is not known, LOCAL has the source and REMOTE '-> ' and the\n"
    "destination. 'icmp 8/0' is ICMP type 8, code 0. WHY is the verdict and the\n"
    "reason, with '?' if it is a guess (see 'why'). FILTER and LAYER are run-time\n"
    "ids. '-': not known. A filter's name is at the end of the row, on a terminal in\n"
    "a row of its own: with its [origin], and (uncertain) if the dump's time differs\n"
    "from the event's. With several files FILE is that of an event, on a terminal in\n"
    "a row of its own. A terminal that is not wide enough shows '..' for what is\n"
    "left out, or several lines per event. Characters that could control a terminal\n"
    "are replaced, and, if the locale is not UTF-8 (LC_ALL=C), all but ASCII;\n"
    "--format json has all of them.\n";

enum { FORMAT = 1, COLOR, COLUMN_NAMES };
const struct option cmd_read_options[] = {
    READING_OPTIONS,          {"--format", FORMAT, true},
    {"--color", COLOR, true}, {"--columns", COLUMN_NAMES, true},
    {NULL, 0, false},
};

struct listing {
    int format, color;
    struct reading reading;
    struct printer printer;
    struct read_arrow arrow;
};

static bool take_option(void *ctx, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", "ecs",   "ocsf",
                                          "asim", "csv",  "arrow", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    struct listing *l = ctx;
    if (id == FORMAT)
        return option_word(a, formats, &l->format);
    if (id == COLUMN_NAMES) {
        l->arrow.columns = a->value;
        return true;
    }
    return option_word(a, colors, &l->color);
}

static bool take_events(void *ctx, const wfpw_batch *b, uint32_t count)
{
    struct listing *l = ctx;
    return print_events(&l->printer, b, count);
}

static int pull_rows(void *ctx, const char *path, bool *go_on)
{
    struct listing *l = ctx;
    return read_arrow_pull(&l->arrow, path, go_on);
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
    r->format = print_format(&l->printer);
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

static int write_columns(struct listing *l)
{
    struct reading *r = &l->reading;
    int status = read_arrow_check(&l->arrow);
    if (status != 0)
        return status;
    r->pull = pull_rows;
    l->arrow.reading = r;
    if (!reading_run(r))
        return EXIT_FAILED;
    status = read_arrow_end(&l->arrow);
    if (l->arrow.file.error == 0)
        nothing_found_explain(r, l->arrow.rows, "written");
    if (r->interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    return reading_status(r, status);
}

static int list_or_write(struct listing *l)
{
    if (l->format == FORMAT_ARROW)
        return write_columns(l);
    if (l->arrow.columns != NULL)
        return diagnostics_usage("read", "--columns is of --format arrow", "");
    return list_events(l);
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
                                     : list_or_write(&l);
    reading_free(&l.reading);
    return status;
}
