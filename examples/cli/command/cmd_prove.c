/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch prove: blocks this very program, and shows what of it is reported, and that nothing is
 * left afterwards. The only command that adds filters. */
#include <stdio.h>
#include <string.h>

#include "command/commands.h"
#include "input/options.h"
#include "command/prove_state.h"
#include "command/prove_trials.h"
#include "input/reading.h"
#include "input/simulated.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/print.h"

enum { CLAIMS_MAX = PROVE_TRIALS + PROVE_STATE_CLAIMS + 8, READ_MS = 50, NAMES_MS = 2000 };
enum { PORT_USUAL = 47110, FLOOD_USUAL = 100000, FLOOD_CHUNK = 500, WAIT_USUAL_MS = 6000 };
enum { SIM_JOIN_MS = 300 };

static const char help[] =
    "usage: wfpwatch prove [OPTION...]\n"
    "       wfpwatch prove --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Shows on this host that what this tool claims is so. It adds filters on unusual\n"
    "ports of 127.0.0.1 and ::1 that nobody has; all block this program alone, but\n"
    "for four on packets, which have no program. Then it does what they block,\n"
    "compares what is reported of it, removes everything, and shows that nothing is\n"
    "left. The filters belong to a dynamic session: they end with the process, even\n"
    "if it is killed. Takes less than a minute. Needs an elevated prompt. No other\n"
    "command, and not the library, adds filters.\n"
    "\n"
    "  --audit-policy           turn on the audit policy that the records need, for\n"
    "                           the time of the test\n"
    "  --restart SECONDS        wait so long for you to restart the Base Filtering\n"
    "                           Engine (a simulated one is restarted at once)\n"
    "  --flood N                datagrams of the flood (default: 100000; 0: none)\n"
    "  --port N                 the first of 21 ports (default: 47110)\n"
    "  --wait SECONDS           how long to wait for reports (default: 6)\n"
    "  --state PLACE            where leases are recorded, as of 'wfpwatch check'\n"
    "  --format text|json       a table, or a report that can be sent to the project:\n"
    "                           it has no addresses and no names of this host\n"
    "  --sim [SCRIPTFILE]       prove a simulated Windows, after the script has run\n"
    "  --windows VERSION        of the simulated one: 7, 8, 10, 1803 or 11 (default)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "exit status: 0 everything documented was shown; 1 something was not\n";

enum { HELP = 1, AUDIT_POLICY, RESTART, FLOOD, PORT, WAIT, STATE, FORMAT, SIM, WINDOWS };
const struct option cmd_prove_options[] = {
    {"--help", HELP, false},
    {"-h", HELP, false},
    {"--audit-policy", AUDIT_POLICY, false},
    {"--restart", RESTART, true},
    {"--flood", FLOOD, true},
    {"--port", PORT, true},
    {"--wait", WAIT, true},
    {"--state", STATE, true},
    {"--format", FORMAT, true},
    {"--sim", SIM, false},
    {"--windows", WINDOWS, true},
    {NULL, 0, false},
};

struct proving {
    int format;
    bool help, simulate, audit_policy;
    uint64_t restart_ms, flood, port, wait_ms;
    uint64_t names_wanted; /* filters that have names when those that were added do */
    const char *state, *script, *windows;
    struct simulated simulated;
    struct prove_host host;
    wfpw_options options;
    wfpw_session *session;
    wfpw_batch *batch;
    struct prove_trials trials;
    struct prove_state before, after;
    struct prove_claim claims[CLAIMS_MAX];
    uint32_t count;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_number(struct proving *p, const struct arguments *a, int id)
{
    switch (id) {
    case RESTART:
        return option_seconds(a, &p->restart_ms);
    case FLOOD:
        return option_number(a, 0, 1000000, &p->flood);
    case PORT:
        return option_number(a, 1024, 65535 - PROVE_PORTS, &p->port);
    default:
        return option_seconds(a, &p->wait_ms);
    }
}

static bool take_option(struct proving *p, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case FORMAT:
        return option_word(a, formats, &p->format);
    case OPTION_OPERAND:
        if (p->script != NULL)
            (void)diagnostics_usage("prove", "more than one script:", a->value);
        else
            p->script = a->value;
        return p->script == a->value;
    case STATE:
        p->state = a->value;
        return true;
    case AUDIT_POLICY:
        return p->audit_policy = true;
    case SIM:
        return p->simulate = true;
    case WINDOWS:
        return simulated_windows(a, &p->windows);
    case HELP:
        return p->help = true;
    default:
        return id > 0 && take_number(p, a, id);
    }
}

static bool take_options(struct proving *p, int count, char **list)
{
    struct arguments a = {.command = "prove", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, cmd_prove_options)) != OPTION_END && !p->help)
        if (!take_option(p, &a, id))
            return false;
    const char *alone = p->script != NULL ? p->script : p->windows;
    if (p->help || p->simulate || alone == NULL)
        return true;
    (void)diagnostics_usage("prove", "without --sim there is no use for", alone);
    return false;
}

/* ---- claims --------------------------------------------------------------------------------- */

static struct prove_claim *put_claim(struct proving *p, const char *id, const char *text,
                                     enum prove_shown shown)
{
    struct prove_claim *c = &p->claims[p->count++];
    *c = (struct prove_claim){.id = id, .text = text, .shown = shown};
    return c;
}

/* A call of the host's that failed, with its code; NULL: it did not. */
static bool put_call(struct proving *p, const char *failed)
{
    struct prove_claim *c =
        put_claim(p, "filters added", "filters on loopback ports of this program",
                  failed == NULL ? PROVE_YES : PROVE_NO);
    if (failed != NULL)
        (void)snprintf(c->detail, sizeof c->detail, "%s failed (0x%x)", failed, p->host.code);
    return failed == NULL;
}

/* ---- the session ---------------------------------------------------------------------------- */

static bool open_session(struct proving *p, wfpw_error *e)
{
    const wfpw_live live = {.size = sizeof live,
                            .flags = p->audit_policy ? (uint32_t)WFPW_LIVE_AUDIT_POLICY : 0,
                            .keywords = WFPW_KEYWORD_CLASSIFY_ALLOW};
    const wfpw_audit_log log = {.size = sizeof log};
    p->batch = wfpw_batch_new(0, 0);
    int status = p->batch != NULL ? wfpw_open(&p->options, &p->session, e) : WFPW_E_NOMEM;
    if (status == WFPW_OK && wfpw_add_audit(p->session, &log, e) != WFPW_OK)
        diagnostics_error("without the Security log", e, NULL);
    if (status == WFPW_OK)
        status = wfpw_add_live(p->session, &live, e);
    return status == WFPW_OK;
}

/* Everything that is there now, or comes within so many milliseconds. false: none. */
static bool read_events(struct proving *p, int32_t wait_ms)
{
    wfpw_error e;
    int n = wfpw_read(p->session, p->batch, wait_ms, &e);
    for (int i = 0; i < n; i++)
        prove_trials_take(&p->trials, &p->host, wfpw_batch_get(p->batch, (uint32_t)i));
    return n > 0;
}

static bool flood_complete(const struct proving *p)
{
    const struct prove_trials *t = &p->trials;
    return t->flood_events + t->flood_lost >= t->flood_wanted;
}

static bool outage_seen(const struct proving *p)
{
    return p->trials.outage;
}

static uint64_t count_names(const struct proving *p)
{
    wfpw_stats st = {.size = sizeof st};
    return wfpw_get_stats(p->session, &st) == WFPW_OK ? st.names : 0;
}

static bool filters_named(const struct proving *p)
{
    return count_names(p) >= p->names_wanted;
}

static bool trials_complete(const struct proving *p)
{
    return prove_trials_complete(&p->trials);
}

static void read_until(struct proving *p, bool (*complete)(const struct proving *p),
                       uint64_t wait_ms)
{
    uint64_t end = term_ticks_ms() + wait_ms;
    while (!complete(p) && term_ticks_ms() < end && !term_interrupted())
        (void)read_events(p, READ_MS);
    while (read_events(p, 0)) /* what else is there: what came twice */
        ;
}

/* ---- the trials ----------------------------------------------------------------------------- */

static void try_all(struct proving *p)
{
    struct prove_state now;
    prove_state_read(&now, &p->options);
    p->trials.audits_connections = now.audits_connections;
    p->trials.audits_packets = now.audits_packets;
    for (uint32_t i = 0; i < PROVE_TRIALS && !term_interrupted(); i++) {
        prove_trial_attempt(&p->trials.list[i], &p->host);
        (void)read_events(p, 0);
    }
    read_until(p, trials_complete, p->wait_ms);
    for (uint32_t i = 0; i < PROVE_TRIALS; i++)
        prove_trial_judge(&p->trials, &p->trials.list[i], &p->claims[p->count++]);
}

/* What the engine itself loses cannot be counted, so less is no contradiction. */
static void try_flood(struct proving *p)
{
    struct prove_trials *t = &p->trials;
    for (uint64_t left = t->flood_taken ? 0 : p->flood; left > 0 && !term_interrupted();) {
        uint32_t n = left < FLOOD_CHUNK ? (uint32_t)left : FLOOD_CHUNK;
        p->host.calls->flood(&p->host, &t->flood, n);
        t->flood_wanted += n;
        left -= n;
        while (read_events(p, 0))
            ;
    }
    if (t->flood_wanted == 0)
        return;
    read_until(p, flood_complete, p->wait_ms);
    uint64_t told = t->flood_events + t->flood_lost;
    struct prove_claim *c =
        put_claim(p, "flood", "every datagram of a flood is reported, or counted",
                  told == t->flood_wanted  ? PROVE_YES
                  : told < t->flood_wanted ? PROVE_OPEN
                                           : PROVE_NO);
    (void)snprintf(c->detail, sizeof c->detail, "%llu sent, %llu reported, %llu counted as lost",
                   (unsigned long long)t->flood_wanted, (unsigned long long)t->flood_events,
                   (unsigned long long)t->flood_lost);
}

static void try_restart(struct proving *p)
{
    if (p->restart_ms == 0 || term_interrupted())
        return;
    if (p->simulate)
        (void)wfpw_sim_play(p->simulated.sim, "restart", NULL);
    else
        diagnostics_note("restart the Base Filtering Engine now: net stop bfe /y & net start bfe",
                         (const char *)NULL);
    read_until(p, outage_seen, p->restart_ms);
    (void)put_claim(p, "restart", "a restart of the engine is reported as a gap",
                    p->trials.outage ? PROVE_YES : PROVE_NO);
}

static void run_trials(struct proving *p)
{
    wfpw_error e;
    if (!open_session(p, &e)) {
        struct prove_claim *c = put_claim(p, "session", "net events can be received", PROVE_NO);
        (void)snprintf(c->detail, sizeof c->detail, "%.40s: %.70s", e.where, e.text);
        return;
    }
    (void)put_claim(p, "session", "net events can be received", PROVE_YES);
    p->names_wanted = count_names(p) + prove_trials_look(&p->trials, &p->host);
    const char *failed = p->host.calls->open(&p->host);
    if (put_call(p, failed != NULL ? failed : prove_trials_add(&p->trials, &p->host))) {
        read_until(p, filters_named, NAMES_MS); /* no name is had of one that went before */
        try_all(p);
        try_flood(p);
        try_restart(p);
    }
    p->host.calls->close(&p->host);
}

/* Whatever happened before, it ends here: first what it added, then what it changed. */
static void prove_host(struct proving *p)
{
    uint32_t objects = 0;
    prove_trials_plan(&p->trials, (uint16_t)p->port);
    prove_state_read(&p->before, &p->options);
    struct prove_claim *c =
        put_claim(p, "engine", "the filtering engine answers, events may be had",
                  p->before.engine && p->before.events ? PROVE_YES : PROVE_NO);
    if (c->shown == PROVE_NO && p->before.code != 0)
        (void)snprintf(c->detail, sizeof c->detail, "0x%x", p->before.code);
    if (c->shown == PROVE_YES)
        run_trials(p);
    wfpw_batch_free(p->batch);
    wfpw_close(p->session);
    if (c->shown == PROVE_NO)
        return;
    (void)p->host.calls->count_left(&p->host, &objects);
    prove_state_read(&p->after, &p->options);
    p->count += prove_state_judge(&p->before, &p->after, prove_state_filters(&p->options), objects,
                                  &p->claims[p->count]);
}

static int report_claims(struct proving *p)
{
    const struct prove_report r = {p->host.windows, p->claims, p->count};
    struct buffer text = {0};
    (p->format == FORMAT_JSON ? prove_report_json : prove_report_text)(&text, &r);
    buffer_put(&text, "", 1);
    int status = text.failed ? EXIT_FAILED : print_text(text.p);
    buffer_free(&text);
    if (status == EXIT_DONE && term_interrupted())
        return EXIT_INTERRUPTED;
    return status == EXIT_DONE && prove_report_failed(&r) ? EXIT_FAILED : status;
}

/* false: there is nothing to prove anything of, which was reported. */
static bool find_host(struct proving *p)
{
    if (p->simulate) {
        if (!simulated_open(&p->simulated, p->windows, p->script) || !simulated_play(&p->simulated))
            return false;
        prove_host_sim(&p->host, p->simulated.sim, p->windows != NULL ? p->windows : "11");
        p->options.system = wfpw_sim_system(p->simulated.sim);
        p->options.join_window_ms = SIM_JOIN_MS;
        return true;
    }
    if (prove_host_system(&p->host))
        return true;
    diagnostics_print("this host has no filtering engine; prove a simulated Windows with --sim",
                      (const char *)NULL);
    return false;
}

int cmd_prove(int count, char **list)
{
    static struct proving p; /* too large for a stack */
    p = (struct proving){
        .format = FORMAT_TEXT, .flood = FLOOD_USUAL, .port = PORT_USUAL, .wait_ms = WAIT_USUAL_MS};
    int status = EXIT_FAILED;
    if (!take_options(&p, count, list))
        return EXIT_USAGE;
    if (p.help)
        return print_text(help);
    p.options = (wfpw_options){.size = sizeof p.options,
                               .state_dir = p.state,
                               .join = WFPW_JOIN_ALWAYS,
                               .own_provider = PROVE_PROVIDER,
                               .log = diagnostics_log};
    term_catch_interrupts();
    if (find_host(&p)) {
        prove_host(&p);
        status = report_claims(&p);
        p.host.calls->free(&p.host);
    }
    simulated_close(&p.simulated);
    return status;
}
