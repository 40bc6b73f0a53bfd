/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch watch: events as they happen. */
#include <stdio.h>

#include "command/commands.h"
#include "input/auditing.h"
#include "input/condition_option.h"
#include "input/guard_option.h"
#include "input/monitor.h"
#include "input/reading.h"
#include "input/time_option.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/format.h"

enum { WAIT_MS = 200, AUDIT_ROWS = 128 };

static const char help[] =
    "usage: wfpwatch watch [OPTION...]\n"
    "       wfpwatch watch --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Prints events of the Windows Filtering Platform as they happen, until Ctrl-C.\n"
    "Net event collection and all its keywords are turned on meanwhile, and restored\n"
    "at the end. Needs an elevated prompt.\n"
    "\n"
    "  --since WHEN             first the events that Windows has kept from then "
    "on\n" TIME_OPTION_HELP
    "  --observe                change nothing on the host: print what is collected\n"
    "                           anyway\n"
    "  --audit-policy           turn on auditing of these events meanwhile\n"
    "  --ipsec                  also monitor IPsec connections; Windows may keep\n"
    "                           that on until a restart\n"
    "  --accounts               look up account names; events do not wait for them\n"
    "  --sockets                look up the process of each event among the sockets of\n"
    "                           this host; events wait for it, at most 0.25 s\n" OWN_HELP
    "  --state PLACE            where changed settings are recorded: a registry key\n"
    "                           below HKEY_LOCAL_MACHINE, or elsewhere a directory\n"
    "  --aggregate TIME         print the first of equal events at once, the others\n"
    "                           within TIME (30s 10m 2h) as one, with their number;\n"
    "                           equal are those that differ in time and ports only\n"
    "  --filters                also print added and deleted filters\n"
    "  --guard TARGET           also print filters that would silence TARGET, which\n"
    "                           'wfpwatch check --help' explains; may be given\n"
    "                           several times\n"
    "  --silence S              print a gap when no event came for S seconds\n" AUDITING_HELP;

/* A literal has at most 4095 bytes. */
static const char help_end[] =
    "  --sim [SCRIPTFILE]       watch a simulated Windows that executes the script\n"
    "                           (or a short built-in scene); '-' is standard input\n"
    "  --windows VERSION        simulated version: 7, 8, 10, 1803 or 11 (default: "
    "11)\n" CONDITION_OPTION_HELP EXPLAIN_HELP ATTEMPTS_HELP
    "  --format text|json|ecs|ocsf|asim|csv\n"
    "                           a table, JSON objects (wfpwatch's own, Elastic's ECS,\n"
    "                           OCSF, Sentinel's ASIM), or CSV (default: text)\n"
    "  --count N                end after N events\n"
    "  --seconds S              end after S seconds\n"
    "  --color auto|always|never  colours in the table; auto: on a terminal, unless\n"
    "                           NO_COLOR is set\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "'wfpwatch read --help' explains the table.\n";

enum {
    COUNT = 1,
    SECONDS,
    OBSERVE,
    IPSEC,
    STATE,
    FILTERS,
    ACCOUNTS,
    SINCE,
    AUDIT_POLICY,
    GUARD,
    SILENCE,
    SOCKETS,
    AGGREGATE
};
const struct option cmd_watch_options[] = {
    MONITOR_OPTIONS,
    AUDITING_OPTIONS,
    {"--count", COUNT, true},
    {"--seconds", SECONDS, true},
    {"--observe", OBSERVE, false},
    {"--ipsec", IPSEC, false},
    {"--audit-policy", AUDIT_POLICY, false},
    {"--state", STATE, true},
    {"--filters", FILTERS, false},
    {"--accounts", ACCOUNTS, false},
    {"--sockets", SOCKETS, false},
    {"--since", SINCE, true},
    {"--guard", GUARD, true},
    {"--silence", SILENCE, true},
    {"--aggregate", AGGREGATE, true},
    {NULL, 0, false},
};

struct watching {
    struct monitor m; /* without a script there is the demo script */
    struct auditing audit;
    bool has_end, accounts, sockets;
    uint32_t flags;    /* WFPW_LIVE_* */
    wfpw_guard *guard; /* NULL: none */
    uint32_t aggregate_ms;
    struct time_option since;
    const char *state;  /* where leases are; NULL: the default */
    uint64_t silence;   /* seconds; 0: it is not told */
    uint64_t count, ms; /* where to end; count 0: no end */
    uint64_t end;       /* ticks */
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct watching *w, const struct arguments *a, int id)
{
    switch (id) {
    case COUNT:
        return option_number(a, 1, UINT64_MAX, &w->count);
    case SECONDS:
        w->has_end = true;
        return option_seconds(a, &w->ms);
    case SINCE:
        return time_option_take(&w->since, a);
    case OBSERVE:
        w->flags |= WFPW_LIVE_OBSERVE;
        return true;
    case FILTERS:
        w->flags |= WFPW_LIVE_FILTERS;
        return true;
    case IPSEC:
        w->flags |= WFPW_LIVE_IPSEC;
        return true;
    case AUDIT_POLICY:
        w->flags |= WFPW_LIVE_AUDIT_POLICY;
        return true;
    case GUARD:
        return guard_option_add(&w->guard, "watch", a->value);
    case SILENCE:
        return option_number(a, 1, UINT32_MAX / 1000, &w->silence);
    case AGGREGATE:
        return time_option_span(a, &w->aggregate_ms);
    case ACCOUNTS:
        w->accounts = true;
        return true;
    case SOCKETS:
        w->sockets = true;
        return true;
    case STATE:
        w->state = a->value;
        return true;
    default:
        return id >= AUDITING_AUDIT && id <= AUDITING_BOOKMARK ? auditing_option(&w->audit, a, id)
                                                               : monitor_option(&w->m, a, id);
    }
}

/* The option that set one of these. */
static const char *flag_option(uint32_t flags)
{
    return (flags & WFPW_LIVE_AUDIT_POLICY) != 0 ? "--audit-policy"
           : (flags & WFPW_LIVE_IPSEC) != 0      ? "--ipsec"
           : (flags & WFPW_LIVE_FILTERS) != 0    ? "--filters"
                                                 : "--observe";
}

static bool options_agree(const struct watching *w)
{
    const uint32_t changes = w->flags & (WFPW_LIVE_IPSEC | WFPW_LIVE_AUDIT_POLICY);
    if (!auditing_agrees(&w->audit, "watch"))
        return false;
    const char *of_net_events = w->flags != 0          ? flag_option(w->flags)
                                : w->guard != NULL     ? "--guard"
                                : w->aggregate_ms != 0 ? "--aggregate"
                                : w->silence != 0      ? "--silence"
                                                       : NULL;
    if (w->audit.is_alone && of_net_events != NULL) {
        (void)diagnostics_usage(
            "watch", "with --only audit there are no net events, which it is for:", of_net_events);
        return false;
    }
    if ((w->flags & WFPW_LIVE_OBSERVE) == 0 || changes == 0)
        return monitor_agrees(&w->m);
    (void)diagnostics_usage("watch",
                            (changes & WFPW_LIVE_IPSEC) != 0
                                ? "--ipsec changes a setting, --observe none"
                                : "--audit-policy changes a setting, --observe none",
                            "");
    return false;
}

static bool take_options(struct watching *w, int count, char **list)
{
    struct arguments a = {.command = "watch", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, cmd_watch_options)) != OPTION_END && !w->m.help)
        if (!take_option(w, &a, id))
            return false;
    return w->m.help || options_agree(w);
}

/* ---- watching ------------------------------------------------------------------------------- */

static uint64_t since_of(const struct watching *w)
{
    return time_option_time(&w->since, w->m.simulated.sim);
}

static bool open_live(struct watching *w)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o,
                      .flags = (w->accounts ? (uint32_t)WFPW_OPEN_ACCOUNTS : 0) |
                               (w->m.attempts ? (uint32_t)WFPW_OPEN_ATTEMPTS : 0) |
                               (w->sockets ? (uint32_t)WFPW_OPEN_SOCKETS | WFPW_OPEN_PID : 0) |
                               (w->audit.is_on ? (uint32_t)WFPW_OPEN_PID | WFPW_OPEN_ORDERED : 0),
                      .system = wfpw_sim_system(w->m.simulated.sim),
                      .state_dir = w->state,
                      .own_provider = w->m.own,
                      .log = diagnostics_log,
                      .match = w->m.match};
    wfpw_live live = {.size = sizeof live,
                      .flags = w->flags,
                      .since = since_of(w),
                      .guard = w->guard,
                      .aggregate_ms = w->aggregate_ms,
                      .silence_ms = (uint32_t)w->silence * 1000};
    uint64_t since = live.since;
    if (w->m.simulate && since == 0 &&
        w->audit.place[0] == 0) /* what the script does as soon as one of the two is there */
        since = wfpw_sim_count(w->m.simulated.sim, WFPW_SIM_NOW);
    int status = wfpw_open(&o, &w->m.session, &e);
    if (status == WFPW_OK && !w->audit.is_alone)
        status = wfpw_add_live(w->m.session, &live, &e);
    if (status == WFPW_OK && w->audit.is_on)
        status = auditing_add(&w->audit, w->m.session, since, &e);
    if (!monitor_opened(&w->m, status, &e, "or watch a simulated Windows with --sim"))
        return false;
    if (w->audit.file == NULL || w->count == 0)
        return true;
    wfpw_batch_free(w->m.batch); /* so that no record is read that is not printed */
    w->m.batch = wfpw_batch_new(1, 0);
    return w->m.batch != NULL;
}

static int32_t time_left(const struct watching *w)
{
    uint64_t now = term_ticks_ms();
    if (!w->has_end || w->end > now + WAIT_MS)
        return WAIT_MS;
    return w->end > now ? (int32_t)(w->end - now) : 0;
}

static bool is_over(const struct watching *w)
{
    return term_interrupted() || term_reader_is_gone(stdout) ||
           (w->count != 0 && w->m.printer.printed == w->count) ||
           (w->has_end && term_ticks_ms() >= w->end);
}

/* What is there; else, after what was printed has gone out, what comes soon. */
static int read_some(struct watching *w, wfpw_error *e)
{
    int n = wfpw_read(w->m.session, w->m.batch, 0, e);
    if (n != 0)
        return n;
    if (print_flush(&w->m.printer))
        auditing_save(&w->audit, w->m.session);
    return wfpw_read(w->m.session, w->m.batch, time_left(w), e);
}

static bool print_some(struct watching *w, int n)
{
    uint64_t left = w->count != 0 ? w->count - w->m.printer.printed : UINT64_MAX;
    uint32_t count = (uint32_t)n;
    return print_events(&w->m.printer, w->m.batch, count < left ? count : (uint32_t)left);
}

/* What was counted and not told yet is told at the end. 0, or the error. */
static int print_counted(struct watching *w, wfpw_error *e)
{
    int n = 0;
    if (w->aggregate_ms == 0 || term_reader_is_gone(stdout))
        return 0;
    wfpw_stop(w->m.session);
    while ((w->count == 0 || w->m.printer.printed < w->count) &&
           (n = wfpw_read(w->m.session, w->m.batch, -1, e)) > 0)
        if (!print_some(w, n))
            break;
    return n == WFPW_E_STOPPED ? 0 : n;
}

static int watch_events(struct watching *w)
{
    wfpw_error e;
    int n = 0;
    w->end = term_ticks_ms() + w->ms;
    while (!is_over(w)) {
        n = read_some(w, &e);
        if (n < 0 || (n > 0 && !print_some(w, n)))
            break;
    }
    n = n >= 0 ? print_counted(w, &e) : n;
    int status = print_end(&w->m.printer);
    if (status == EXIT_DONE)
        auditing_save(&w->audit, w->m.session);
    if (n >= 0)
        return w->audit.failed ? EXIT_FAILED : status;
    diagnostics_error(NULL, &e, NULL);
    return EXIT_FAILED;
}

/* How it went, for a person; loss is always told. */
static void summarize_watch(const struct watching *w)
{
    char text[128];
    wfpw_stats st = {.size = sizeof st};
    (void)wfpw_get_stats(w->m.session, &st);
    if (w->m.printer.json || (st.dropped == 0 && !term_is_terminal(stderr)))
        return;
    (void)snprintf(text, sizeof text, "%llu event%s, %llu lost",
                   (unsigned long long)w->m.printer.printed, format_plural(w->m.printer.printed),
                   (unsigned long long)st.dropped);
    diagnostics_note(text, (const char *)NULL);
}

/* A simulated log has what it had before when its script was played before. */
static bool play_script(struct watching *w)
{
    bool goes_on = w->audit.is_alone && w->audit.place[0] != 0;
    return goes_on ? simulated_play(&w->m.simulated) : simulated_start(&w->m.simulated);
}

/* What the Security log lacks, as the audit policy is now; nothing where that cannot be read. */
static void note_missing_audit(const struct watching *w)
{
    wfpw_error e;
    wfpw_audit_policy rows[AUDIT_ROWS] = {{.size = sizeof *rows}};
    wfpw_options o = {.size = sizeof o, .system = wfpw_sim_system(w->m.simulated.sim)};
    if (!w->audit.is_on || (w->flags & WFPW_LIVE_AUDIT_POLICY) != 0)
        return;
    int n = wfpw_audit_policy_get(&o, rows, AUDIT_ROWS, &e);
    for (int i = 0; i < n && i < AUDIT_ROWS; i++)
        if (rows[i].os_code == 0 && (rows[i].needed & ~rows[i].audited) != 0)
            diagnostics_note("the audit policy does not have failure of '", rows[i].name,
                             "', which the log needs: ",
                             w->audit.is_alone ? "'wfpwatch audit set' sets it"
                                               : "--audit-policy turns it on meanwhile",
                             (const char *)NULL);
}

static int run_watch(struct watching *w)
{
    struct monitor *m = &w->m;
    term_catch_interrupts();
    if (!auditing_load(&w->audit))
        return EXIT_FAILED;
    if (m->simulate && !(simulated_open(&m->simulated, m->windows, m->script) && play_script(w)))
        return EXIT_FAILED;
    if (!open_live(w))
        return EXIT_FAILED;
    note_missing_audit(w);
    print_start(&m->printer, m->format, m->color);
    int status = watch_events(w);
    summarize_watch(w);
    return status;
}

static int explain_conditions(const struct watching *w)
{
    int status = w->audit.is_alone ? EXIT_DONE : condition_option_explain(w->m.match, true);
    return w->audit.is_on && status == EXIT_DONE ? condition_option_explain_log(w->m.match)
                                                 : status;
}

static int print_help(void)
{
    int status = print_text(help);
    return status == EXIT_DONE ? print_text(help_end) : status;
}

int cmd_watch(int count, char **list)
{
    struct watching w = {.m = {.command = "watch", .format = FORMAT_TEXT}};
    int status = EXIT_USAGE;
    if (take_options(&w, count, list))
        status = w.m.help ? print_help() : w.m.explain ? explain_conditions(&w) : run_watch(&w);
    else if (w.m.status != 0)
        status = w.m.status;
    monitor_free(&w.m);
    wfpw_guard_free(w.guard);
    return status;
}
