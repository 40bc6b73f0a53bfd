/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch history: what the filtering engine has kept of what happened. */
#include "commands.h"
#include "options.h"
#include "print.h"
#include "report.h"
#include "simulated.h"
#include "term.h"
#include "when.h"
#include "where.h"

static const char help[] =
    "usage: wfpwatch history [OPTION...]\n"
    "       wfpwatch history --sim [OPTION...] SCRIPTFILE\n"
    "\n"
    "Prints the events that the Windows Filtering Platform keeps: the newest 100 to 150 or so,\n"
    "since it was started or its collection of net events was last turned on. Changes nothing.\n"
    "Needs an elevated prompt.\n"
    "\n"
    "  --since WHEN, --until WHEN\n"
    "                           only events of these times, both included\n" WHEN_HELP WHERE_HELP
    "  --format text|json       a table, or one JSON object a line (default: text)\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless NO_COLOR\n"
    "                           is set\n"
    "  --sim SCRIPTFILE         the history of a simulated Windows, after what the script does;\n"
    "                           '-' is standard input\n"
    "  --windows VERSION        which Windows to simulate: 7, 8, 10, 1803 or 11 (default: 11)\n"
    "  --help                   this text\n"
    "\n"
    "'wfpwatch watch --since WHEN' goes on with what happens next. 'wfpwatch read --help' "
    "explains\n"
    "the table.\n";

enum { HELP = 1, SINCE, UNTIL, WHERE, FORMAT, COLOR, SIM, WINDOWS };
static const struct option known[] = {
    {"--help", HELP, false},  {"-h", HELP, false},      {"--since", SINCE, true},
    {"--until", UNTIL, true}, {"--where", WHERE, true}, {"--format", FORMAT, true},
    {"--color", COLOR, true}, {"--sim", SIM, false},    {"--windows", WINDOWS, true},
    {NULL, 0, false},
};

struct past {
    int format, color;
    bool help, simulate;
    struct when since, until;
    const char *windows, *script;
    struct simulated simulated;
    wfpw_template *match;
    int status; /* of --where, when it was wrong */
    wfpw_session *session;
    wfpw_batch *batch;
    struct printer printer;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct past *h, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    switch (id) {
    case SINCE:
        return when_take(&h->since, a);
    case UNTIL:
        return when_take(&h->until, a);
    case FORMAT:
        return option_word(a, formats, &h->format);
    case COLOR:
        return option_word(a, colors, &h->color);
    case WINDOWS:
        return simulated_windows(a, &h->windows);
    case WHERE:
        h->status = where_add(&h->match, "history", a->value);
        return h->status == 0;
    case OPTION_OPERAND:
        if (h->script != NULL)
            (void)report_usage("history", "more than one script:", a->value);
        bool first = h->script == NULL;
        h->script = a->value;
        return first;
    case SIM:
        h->simulate = true;
        return true;
    case HELP:
        h->help = true;
        return true;
    default:
        return false;
    }
}

/* Whether the options make sense together; what does not is said. */
static bool options_agree(const struct past *h)
{
    if (h->simulate && h->script == NULL)
        (void)report_usage("history", "--sim needs a script: nothing has happened yet", "");
    else if (!h->simulate && h->script != NULL)
        (void)report_usage("history", "without --sim there is no use for", h->script);
    else if (!h->simulate && h->windows != NULL)
        (void)report_usage("history", "--windows needs --sim", "");
    else
        return true;
    return false;
}

static bool take_options(struct past *h, int count, char **list)
{
    struct arguments a = {.command = "history", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, known)) != OPTION_END && !h->help)
        if (!take_option(h, &a, id))
            return false;
    return h->help || options_agree(h);
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool open_history(struct past *h)
{
    wfpw_error e;
    wfpw_sim *sim = h->simulated.sim;
    wfpw_options o = {
        .size = sizeof o, .system = wfpw_sim_system(sim), .log = report_log, .match = h->match};
    wfpw_history history = {.size = sizeof history,
                            .since = when_time(&h->since, sim),
                            .until = when_time(&h->until, sim)};
    if (history.until != 0 && history.until < history.since) {
        report("--until is before --since: no event can be of these times", (const char *)NULL);
        return false;
    }
    if (wfpw_open(&o, &h->session, &e) == WFPW_OK &&
        wfpw_add_history(h->session, &history, &e) == WFPW_OK) {
        h->batch = wfpw_batch_new(0, 0);
        if (h->batch == NULL)
            report("wfpw_batch_new: ", wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return h->batch != NULL;
    }
    report_error(NULL, &e,
                 e.status == WFPW_E_NOTSUP && !h->simulate ? "or simulate a Windows with --sim"
                                                           : NULL);
    return false;
}

static int print_all(struct past *h)
{
    wfpw_error e;
    int n;
    while ((n = wfpw_read(h->session, h->batch, -1, &e)) > 0)
        if (!print_events(&h->printer, h->batch, (uint32_t)n))
            break;
    int status = print_end(&h->printer);
    if (n >= 0 || n == WFPW_E_EOF)
        return status;
    report_error(NULL, &e, NULL);
    return EXIT_FAILED;
}

static int run(struct past *h)
{
    int status = EXIT_FAILED;
    if ((!h->simulate ||
         (simulated_open(&h->simulated, h->windows, h->script) && simulated_play(&h->simulated))) &&
        open_history(h)) {
        print_start(&h->printer, h->format, h->color);
        status = print_all(h);
    }
    wfpw_batch_free(h->batch);
    wfpw_close(h->session);
    simulated_close(&h->simulated);
    return status;
}

int cmd_history(int count, char **list)
{
    struct past h = {.format = FORMAT_TEXT};
    int status = EXIT_USAGE;
    if (take_options(&h, count, list))
        status = h.help ? print_text(help) : run(&h);
    else if (h.status != 0)
        status = h.status;
    wfpw_template_free(h.match);
    return status;
}
