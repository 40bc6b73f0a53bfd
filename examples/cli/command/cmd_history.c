/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch history: what the filtering engine has kept of what happened. */
#include "command/commands.h"
#include "input/condition_option.h"
#include "input/monitor.h"
#include "input/reading.h"
#include "input/time_option.h"
#include "view/diagnostics.h"

static const char help[] =
    "usage: wfpwatch history [OPTION...]\n"
    "       wfpwatch history --sim [OPTION...] SCRIPTFILE\n"
    "\n"
    "Prints the events that the Windows Filtering Platform keeps: about the newest\n"
    "100 to 150, since it was started or net event collection was last turned on.\n"
    "Changes nothing. Needs an elevated prompt.\n"
    "\n"
    "  --since WHEN, --until WHEN\n"
    "                           only events of these times, inclusive\n" TIME_OPTION_HELP
        CONDITION_OPTION_HELP EXPLAIN_HELP ATTEMPTS_HELP OWN_HELP
    "  --audit                  the Security log's past records of the firewall\n"
    "                           instead\n"
    "  --names DUMP             take filter names from the output of 'netsh wfp show\n"
    "                           state', not from this host's engine; may be given\n"
    "                           several times\n"
    "  --format text|json|ecs|ocsf|asim|csv\n"
    "                           a table, or one JSON object per line: wfpwatch's own,\n"
    "                           of Elastic's ECS, of OCSF, of Sentinel's ASIM; or CSV\n"
    "                           (default: text)\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless\n"
    "                           NO_COLOR is set\n"
    "  --sim SCRIPTFILE         the history of a simulated Windows, after the script\n"
    "                           has run; '-' is standard input\n"
    "  --windows VERSION        simulated version: 7, 8, 10, 1803 or 11 (default: 11)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "'wfpwatch watch --since WHEN' continues with new events. 'wfpwatch read --help'\n"
    "explains the table.\n";

enum { DUMPS_MAX = 64 };

enum { SINCE = 1, UNTIL, NAMES, AUDIT };
const struct option cmd_history_options[] = {
    MONITOR_OPTIONS,          {"--since", SINCE, true},  {"--until", UNTIL, true},
    {"--names", NAMES, true}, {"--audit", AUDIT, false}, {NULL, 0, false},
};

struct history {
    struct monitor m;
    struct time_option since, until;
    int dump_count;
    const char *dumps[DUMPS_MAX];
    wfpw_names *names;
    bool audit;  /* the Security log's, not the engine's */
    bool failed; /* a dump, which was reported */
    bool told;   /* that names are missing */
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_dump(struct history *h, const struct arguments *a)
{
    if (h->dump_count == DUMPS_MAX) {
        (void)diagnostics_usage("history", "too many of", "--names");
        return false;
    }
    h->dumps[h->dump_count++] = a->value;
    return true;
}

static bool take_option(struct history *h, const struct arguments *a, int id)
{
    switch (id) {
    case SINCE:
        return time_option_take(&h->since, a);
    case UNTIL:
        return time_option_take(&h->until, a);
    case NAMES:
        return take_dump(h, a);
    case AUDIT:
        return h->audit = true;
    default:
        return monitor_option(&h->m, a, id);
    }
}

static bool options_agree(const struct history *h)
{
    if (!h->m.simulate || h->m.script != NULL)
        return monitor_agrees(&h->m);
    (void)diagnostics_usage("history", "--sim needs a script: nothing has happened yet", "");
    return false;
}

static bool take_options(struct history *h, int count, char **list)
{
    struct arguments a = {.command = "history", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, cmd_history_options)) != OPTION_END && !h->m.help)
        if (!take_option(h, &a, id))
            return false;
    return h->m.help || h->m.explain || options_agree(h);
}

/* ---- names ---------------------------------------------------------------------------------- */

static void load_dumps(struct history *h)
{
    wfpw_error e;
    for (int i = 0; i < h->dump_count; i++)
        if (wfpw_names_load(h->names, h->dumps[i], &e) < 0) {
            diagnostics_error(h->dumps[i], &e, NULL);
            h->failed = true;
        }
}

/* The first warning tells enough. */
static void log_once(void *ctx, int level, const char *text)
{
    struct history *h = ctx;
    if (!h->told)
        diagnostics_log(NULL, level, text);
    h->told = true;
}

/* Without names events have their filters' ids, which is no failure. */
static void load_host(struct history *h)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(h->m.simulated.sim)};
    if (wfpw_names_load_host(h->names, &o, &e) < 0 && !h->told)
        diagnostics_error("warning: filters have no names", &e, NULL);
}

/* ---- reading -------------------------------------------------------------------------------- */

static int add_history(struct history *h, const wfpw_history *history, wfpw_error *e)
{
    struct monitor *m = &h->m;
    wfpw_options named = {
        .size = sizeof named, .log = h->dump_count == 0 ? log_once : diagnostics_log, .log_ctx = h};
    wfpw_options o = {.size = sizeof o,
                      .system = wfpw_sim_system(m->simulated.sim),
                      .log = diagnostics_log,
                      .flags = m->attempts ? WFPW_OPEN_ATTEMPTS : 0,
                      .own_provider = m->own,
                      .match = m->match};
    int status = wfpw_names_open(&named, &h->names, e);
    o.names = h->names;
    if (status == WFPW_OK)
        status = wfpw_open(&o, &m->session, e);
    wfpw_audit_log log = {.size = sizeof log,
                          .flags = WFPW_AUDIT_PAST,
                          .since = history->since,
                          .until = history->until};
    if (status != WFPW_OK)
        return status;
    return h->audit ? wfpw_add_audit(m->session, &log, e)
                    : wfpw_add_history(m->session, history, e);
}

static bool open_history(struct history *h)
{
    wfpw_error e;
    wfpw_sim *sim = h->m.simulated.sim;
    wfpw_history history = {.size = sizeof history,
                            .since = time_option_time(&h->since, sim),
                            .until = time_option_time(&h->until, sim)};
    if (history.until != 0 && history.until < history.since) {
        diagnostics_print("--until is before --since: no event can be of these times",
                          (const char *)NULL);
        return false;
    }
    int status = add_history(h, &history, &e);
    return monitor_opened(&h->m, status, &e, "or simulate a Windows with --sim");
}

static int print_all(struct monitor *m)
{
    wfpw_error e;
    int n;
    while ((n = wfpw_read(m->session, m->batch, -1, &e)) > 0)
        if (!print_events(&m->printer, m->batch, (uint32_t)n))
            break;
    int status = print_end(&m->printer);
    if (n >= 0 || n == WFPW_E_EOF)
        return status;
    diagnostics_error(NULL, &e, NULL);
    return EXIT_FAILED;
}

static int run_history(struct history *h)
{
    struct monitor *m = &h->m;
    if (m->simulate &&
        !(simulated_open(&m->simulated, m->windows, m->script) && simulated_play(&m->simulated)))
        return EXIT_FAILED;
    if (!open_history(h))
        return EXIT_FAILED;
    if (h->dump_count > 0)
        load_dumps(h);
    else
        load_host(h);
    print_start(&m->printer, m->format, m->color);
    int status = print_all(m);
    return h->failed ? EXIT_FAILED : status;
}

static int explain_conditions(const struct history *h)
{
    return h->audit ? condition_option_explain_log(h->m.match)
                    : condition_option_explain(h->m.match, true);
}

int cmd_history(int count, char **list)
{
    struct history h = {.m = {.command = "history", .format = FORMAT_TEXT}};
    int status = EXIT_USAGE;
    if (take_options(&h, count, list))
        status = h.m.help      ? print_text(help)
                 : h.m.explain ? explain_conditions(&h)
                               : run_history(&h);
    else if (h.m.status != 0)
        status = h.m.status;
    monitor_free(&h.m);
    wfpw_names_close(h.names);
    return status;
}
