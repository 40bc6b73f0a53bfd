/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch why: what was blocked, and why, in words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "command/nothing_found.h"
#include "input/input_hash.h"
#include "input/reading.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/format.h"
#include "view/explanation_groups.h"
#include "view/print.h"
#include "view/report.h"
#include "view/summary.h"

enum { TOP_DEFAULT = 10, WORD_HTML = 2 /* of take_option's formats */ };

static const char help[] =
    "usage: wfpwatch why [OPTION...] FILE...\n"
    "\n"
    "Explains everything in FILE (as for 'wfpwatch read') that was blocked, dropped\n"
    "or failed: process, traffic and destination, filter and rule, reason,\n"
    "confidence and evidence, and what to do. Names of filters improve the reasons.\n"
    "Explanations that differ only in time are printed once, with count, first and\n"
    "last time.\n"
    "\n" READING_OPTIONS_HELP
    "  --all                    also explain allowed and all other events\n"
    "  --summary                one page instead, for any number of events: counts\n"
    "                           by reason, filter, application, address, port,\n"
    "                           computer, user, file and time; of refused events,\n"
    "                           with --all of all\n"
    "  --top N                  length of each list on the page, 1 to 1024 (default:\n"
    "                           10)\n"
    "  --format text|json|html  text (default); JSON: an object per event with 'why'\n"
    "                           and 'remedy', or one for the page; HTML has both\n"
    "  -o, --output FILE        where the HTML goes (default: standard output)\n"
    "  --color auto|always|never  as for 'wfpwatch read'\n"
    "  --help                   this text\n"
    "\n"
    "Windows logs one attempt several times: a blocked inbound connection at each\n"
    "try of TCP, a decision as 5152 and as 5157, a listener again when the policy\n"
    "changes. Records of the same process, filter, addresses and ports within 30 s\n"
    "are one attempt: they are printed once (in JSON each), counted once on the\n"
    "page, and the number of records is shown at the end.\n"
    "\n"
    "The page needs the same memory for any number of events, about 4 MiB: reasons\n"
    "and times are counted exactly; the others have 1024 counters each, and with\n"
    "more values a count may be too high by a bound that is printed, never too low.\n"
    "The port is that of the called side.\n"
    "\n"
    "exit status: 0 done, 1 a failure, 2 wrong usage, 3 places of a file could not\n"
    "be read, 130 interrupted: the output is incomplete\n";

enum { ALL = 1, SUMMARY, TOP, FORMAT, COLOR, OUTPUT };
const struct option cmd_why_options[] = {
    READING_OPTIONS,
    {"--all", ALL, false},
    {"--summary", SUMMARY, false},
    {"--top", TOP, true},
    {"--format", FORMAT, true},
    {"--color", COLOR, true},
    {"--output", OUTPUT, true},
    {"-o", OUTPUT, true},
    {NULL, 0, false},
};

struct telling {
    int format, color;
    const char *output; /* NULL: standard output */
    bool all, wants_summary;
    uint64_t top, told;
    struct reading reading;
    struct printer printer;
    struct summary summary;
    uint64_t attempts; /* of what was printed */
    struct explanation_groups groups;
    struct report report;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(void *ctx, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", "html", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    struct telling *t = ctx;
    switch (id) {
    case ALL:
        t->all = true;
        return true;
    case SUMMARY:
        t->wants_summary = true;
        return true;
    case TOP:
        return option_number(a, 1, SUMMARY_TOP_MAX, &t->top);
    case OUTPUT:
        t->output = a->value;
        return true;
    case FORMAT:
        if (!option_word(a, formats, &t->format))
            return false;
        t->format = t->format == WORD_HTML ? FORMAT_HTML : t->format;
        return true;
    default:
        return option_word(a, colors, &t->color);
    }
}

/* ---- telling -------------------------------------------------------------------------------- */

/* Of the lines; 0: any, as it is no terminal. */
static size_t width_of(const struct telling *t)
{
    unsigned columns = 0, rows = 0;
    if (t->printer.on_terminal)
        term_size(stdout, &columns, &rows);
    return columns;
}

static void explain_event(struct telling *t, const wfpw_event *ev)
{
    if (!t->all && !summary_is_refused(ev) && ev->kind != WFPW_KIND_GAP)
        return;
    t->told++;
    if (t->printer.json) {
        print_why_json(&t->printer, ev);
        return;
    }
    bool again = ev->attempt_event > 1;
    t->attempts += !again;
    explanation_groups_add(&t->groups, ev, again, &t->printer.text);
}

static bool take_events(void *ctx, const wfpw_batch *b, uint32_t count)
{
    struct telling *t = ctx;
    bool is_report = t->format == FORMAT_HTML;
    for (uint32_t i = 0; i < count; i++) {
        if (t->wants_summary || is_report)
            summary_add(&t->summary, wfpw_batch_get(b, i));
        if (!t->wants_summary || is_report)
            explain_event(t, wfpw_batch_get(b, i));
    }
    return t->wants_summary || is_report || print_buffered(&t->printer);
}

static void put_summary(struct telling *t)
{
    if (t->printer.json)
        summary_put_json(&t->printer.text, &t->summary, (size_t)t->top);
    else
        summary_put_text(&t->printer.text, &t->summary, (size_t)t->top, width_of(t));
    (void)print_buffered(&t->printer);
}

/* When several records told of one attempt. */
static void put_attempts(struct telling *t)
{
    char text[96];
    if (t->printer.json || t->attempts == t->told)
        return;
    (void)snprintf(text, sizeof text, "%llu attempt%s, reported by %llu record%s\n",
                   (unsigned long long)t->attempts, format_plural(t->attempts),
                   (unsigned long long)t->told, format_plural(t->told));
    buffer_puts(&t->printer.text, text);
}

/* ---- the report ----------------------------------------------------------------------------- */

static int write_report(const struct telling *t, const struct buffer *page)
{
    errno = 0;
    FILE *f = t->output != NULL ? term_create(t->output) : stdout;
    bool written = f != NULL && fwrite(page->p, 1, page->n, f) == page->n && fflush(f) == 0;
    if (f != NULL && f != stdout)
        written &= fclose(f) == 0;
    if (written)
        return EXIT_DONE;
    const char *why = strerror(errno != 0 ? errno : EIO);
    diagnostics_print(t->output != NULL ? t->output : "standard output", ": ", why,
                      (const char *)NULL);
    return EXIT_FAILED;
}

static int put_report(struct telling *t, struct report_input *inputs, size_t count)
{
    struct buffer page = {0};
    int status = EXIT_FAILED;
    input_hash_again(inputs, count);
    explanation_groups_put(&t->groups, &page);
    report_put(&page, &t->report, &t->summary, (size_t)t->top, inputs, count);
    if (page.failed || (inputs == NULL && t->reading.paths.count > 0))
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    else
        status = write_report(t, &page);
    buffer_free(&page);
    return status;
}

static int tell_report(struct telling *t)
{
    struct reading *r = &t->reading;
    r->flags |= WFPW_OPEN_ATTEMPTS;
    t->groups.put = report_story;
    t->groups.ctx = &t->report;
    size_t count = 0;
    struct report_input *inputs = input_hash_all(r, &count);
    bool read = reading_run(r);
    t->summary.partial = r->interrupted;
    int status = read ? put_report(t, inputs, count) : EXIT_FAILED;
    free(inputs);
    if (!read)
        return status;
    nothing_found_explain(r, t->told, t->all ? "told" : "blocked, dropped or failed");
    if (r->interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    return reading_status(r, status);
}

static int tell_all(struct telling *t)
{
    struct reading *r = &t->reading;
    print_start(&t->printer, t->format, t->color);
    if (t->wants_summary || !t->printer.json)
        r->flags |= WFPW_OPEN_ATTEMPTS;
    t->groups.width = width_of(t);
    t->groups.colour = t->printer.table.colour;
    bool read = reading_run(r);
    t->summary.partial = r->interrupted;
    if (read && t->wants_summary)
        put_summary(t);
    explanation_groups_put(&t->groups, &t->printer.text);
    if (read && !t->wants_summary)
        put_attempts(t);
    (void)print_buffered(&t->printer);
    int status = print_end(&t->printer);
    if (!read)
        return EXIT_FAILED;
    if (!t->wants_summary || (t->summary.events == 0 && nothing_found_is_odd(r)))
        nothing_found_explain(r, t->told, t->all ? "told" : "blocked, dropped or failed");
    if (r->interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    return reading_status(r, status);
}

int cmd_why(int count, char **list)
{
    struct telling t = {.format = FORMAT_TEXT, .top = TOP_DEFAULT};
    t.reading = (struct reading){.command = "why", .take = take_events, .ctx = &t};
    int status = reading_options(&t.reading, count, list, cmd_why_options, take_option);
    if (status != 0) {
        /* said */
    } else if (t.reading.help) {
        status = print_text(help);
    } else if (t.reading.explain) {
        status = condition_option_explain(t.reading.match, false);
    } else if (t.output != NULL && t.format != FORMAT_HTML) {
        status = diagnostics_usage("why", "--output is for --format html:", t.output);
    } else if (!summary_start(&t.summary, t.all)) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        status = EXIT_FAILED;
    } else {
        status = t.format == FORMAT_HTML ? tell_report(&t) : tell_all(&t);
    }
    summary_free(&t.summary);
    explanation_groups_free(&t.groups);
    report_free(&t.report);
    reading_free(&t.reading);
    return status;
}
