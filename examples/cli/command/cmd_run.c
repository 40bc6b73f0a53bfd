/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch run: runs a command, and tells what was blocked of it and of its children. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "command/run_state.h"
#include "input/reading.h"
#include "platform/term.h"
#include "view/diagnostics.h"

/* RUN_FAILED: this program failed, not the command. QUIET: how long nothing more has to come after
 * the command's end; with the log longer than an event and its record are apart. */
enum { RUN_FAILED = 125, STEP_MS = 50, QUIET_MS = 500, QUIET_LOG_MS = 2500 };

static const char help[] =
    "usage: wfpwatch run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "\n"
    "Runs COMMAND, and at its end explains on standard error what the Windows\n"
    "Filtering Platform blocked of it and of the processes that it started. Net\n"
    "event collection is turned on meanwhile, and restored at the end. Needs an\n"
    "elevated prompt, which COMMAND has, too.\n"
    "\n"
    "  --audit                  also read the Security log: its records have the\n"
    "                           process; without it events are told apart by program\n"
    "                           only, so that other processes of the same program\n"
    "                           count, too ('perhaps')\n"
    "  --audit-policy           turn on auditing of these events meanwhile; implies\n"
    "                           --audit\n"
    "  --observe                change nothing on the host: explain what is collected\n"
    "                           anyway\n"
    "  --state PLACE            where changed settings are recorded, as for 'wfpwatch\n"
    "                           watch'\n"
    "  --sim SCRIPTFILE         on a simulated Windows, on which the script happens\n"
    "                           when COMMAND has been started; $PID in it is the\n"
    "                           number of its process; '-' is standard input\n"
    "  --windows VERSION        simulated version: 7, 8, 10, 1803 or 11 (default: 11)\n"
    "  --format text|json       text (default), or a line of JSON for each event, and\n"
    "                           one at the end\n"
    "  -o, --output FILE        where the explanation goes (default: standard error)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "What a service does on behalf of a process (looking names up, downloads in the\n"
    "background) is the service's, and not told. Processes that outlive COMMAND are\n"
    "not waited for.\n"
    "\n"
    "exit status: that of COMMAND; 128 + N if signal N ended it; 125 wfpwatch failed,\n"
    "126 COMMAND could not be started, 127 it was not found, 2 wrong usage\n";

enum { AUDIT = 1, POLICY, OBSERVE, STATE, SIM, WINDOWS, FORMAT, OUTPUT, HELP };
const struct option cmd_run_options[] = {
    {"--audit", AUDIT, false},     {"--audit-policy", POLICY, false},
    {"--observe", OBSERVE, false}, {"--state", STATE, true},
    {"--sim", SIM, true},          {"--windows", WINDOWS, true},
    {"--format", FORMAT, true},    {"--output", OUTPUT, true},
    {"-o", OUTPUT, true},          {"--help", HELP, false},
    {"-h", HELP, false},           {NULL, 0, false},
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct running *r, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case POLICY:
        r->live_flags |= WFPW_LIVE_AUDIT_POLICY;
        return r->audit = true;
    case AUDIT:
        return r->audit = true;
    case OBSERVE:
        r->live_flags |= WFPW_LIVE_OBSERVE;
        return true;
    case STATE:
        r->state = a->value;
        return true;
    case SIM:
        r->script = a->value;
        return r->simulate = true;
    case WINDOWS:
        return simulated_windows(a, &r->windows);
    case FORMAT:
        return option_word(a, formats, &r->format);
    case OUTPUT:
        r->output = a->value;
        return true;
    case HELP:
        return r->help = true;
    default:
        return false;
    }
}

static bool options_agree(const struct running *r)
{
    const uint32_t both = WFPW_LIVE_OBSERVE | WFPW_LIVE_AUDIT_POLICY;
    const char *wrong = NULL;
    if (r->command[0] == NULL)
        wrong = "a command is missing";
    else if (!r->simulate && r->windows != NULL)
        wrong = "--windows needs --sim";
    else if ((r->live_flags & both) == both)
        wrong = "--audit-policy changes a setting, --observe none";
    if (wrong != NULL)
        (void)diagnostics_usage("run", wrong, "");
    return wrong == NULL;
}

/* Up to the command: what begins with a dash behind it is the command's. */
static bool take_options(struct running *r, int count, char **list)
{
    struct arguments a = {.command = "run", .count = count, .list = list};
    int id = OPTION_END;
    r->command = list + count;
    while (!r->help && (id = option_next(&a, cmd_run_options)) != OPTION_END) {
        if (id == OPTION_OPERAND) {
            r->command = list + a.at - 1;
            break;
        }
        if (!take_option(r, &a, id))
            return false;
    }
    return r->help || options_agree(r);
}

/* ---- opening -------------------------------------------------------------------------------- */

static int open_sources(struct running *r, wfpw_error *e)
{
    wfpw_options o = {.size = sizeof o,
                      .flags = WFPW_OPEN_ATTEMPTS |
                               (r->audit ? (uint32_t)WFPW_OPEN_PID | WFPW_OPEN_ORDERED : 0),
                      .system = wfpw_sim_system(r->simulated.sim),
                      .state_dir = r->state,
                      .log = diagnostics_log};
    wfpw_live live = {.size = sizeof live, .flags = r->live_flags};
    int status = wfpw_open(&o, &r->session, e);
    if (status == WFPW_OK)
        status = wfpw_add_live(r->session, &live, e);
    if (status == WFPW_OK && r->audit)
        status = wfpw_add_audit(r->session, NULL, e);
    return status;
}

/* false: it failed, and that was reported. */
static bool open_all(struct running *r)
{
    wfpw_error e = {.status = WFPW_E_NOMEM};
    if (r->simulate && !simulated_open(&r->simulated, r->windows, r->script))
        return false;
    int status = open_sources(r, &e);
    r->batch = status == WFPW_OK ? wfpw_batch_new(BATCH_EVENTS, 1) : NULL;
    if (r->batch != NULL)
        return true;
    diagnostics_error(NULL, &e,
                      status == WFPW_E_NOTSUP && !r->simulate
                          ? "or run it on a simulated Windows with --sim"
                          : NULL);
    return false;
}

static bool open_output(struct running *r)
{
    errno = 0;
    r->out = r->output != NULL ? term_create(r->output) : stderr;
    if (r->out == NULL)
        diagnostics_print(r->output, ": ", strerror(errno), (const char *)NULL);
    return r->out != NULL;
}

/* ---- whose an event is ---------------------------------------------------------------------- */

/* A path without a drive or a device is of a system without WFP: the simulated program is known by
 * its name. */
static const char *program_of(const struct child_process *p)
{
    const char *slash = p->app != NULL && p->app[0] == '/' ? strrchr(p->app, '/') : NULL;
    return slash != NULL ? slash + 1 : p->app;
}

static enum owner owner_of(const struct child *c, const wfpw_event *ev)
{
    enum owner best = OWNER_NONE;
    for (uint32_t i = 0; i < c->count && best != OWNER_PROCESS; i++) {
        wfpw_explained x = {.size = sizeof x};
        const wfpw_question q = {
            .size = sizeof q, .process_id = c->list[i].id, .app = program_of(&c->list[i])};
        if (wfpw_question_match(&q, ev, &x) != 1)
            continue;
        if ((x.agrees & WFPW_MATCH_PROCESS) != 0) /* what it calls itself is no matter then */
            best = OWNER_PROCESS;
        else if (x.differs == 0)
            best = OWNER_PROGRAM;
    }
    return best;
}

/* ---- telling -------------------------------------------------------------------------------- */

/* false: it is nobody's. */
static bool take_event(struct running *r, const wfpw_event *ev)
{
    enum owner owner = owner_of(&r->child, ev);
    if (owner == OWNER_NONE)
        return false;
    bool again = ev->attempt_event > 1;
    uint64_t *count = owner == OWNER_PROCESS ? &r->processes : &r->programs;
    *count += !again;
    if (r->format != 0)
        run_report_event(r, ev, owner);
    else
        explanation_groups_add(owner == OWNER_PROCESS ? &r->of_process : &r->of_program, ev, again,
                               &r->printer.text);
    return true;
}

static bool is_refused(const wfpw_event *ev)
{
    return ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP ||
           ev->verdict == WFPW_VERDICT_FAILURE;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void judge_oldest(struct running *r)
{
    struct held oldest = r->held[0];
    for (uint32_t i = 0; i < BATCH_EVENTS; i++)
        if ((oldest.events & 1u << i) != 0)
            (void)take_event(r, wfpw_batch_get(oldest.batch, i));
    wfpw_batch_free(oldest.batch);
    r->held_count--;
    memmove(r->held, r->held + 1, r->held_count * sizeof *r->held);
}

/* Keeps the batch for later, and takes another one. Without memory these events are nobody's. */
static void hold_batch(struct running *r, uint32_t events)
{
    wfpw_batch *other = wfpw_batch_new(BATCH_EVENTS, 1);
    r->failed |= other == NULL;
    if (other == NULL)
        return;
    if (r->held_count == HELD_MAX)
        judge_oldest(r);
    r->held[r->held_count++] = (struct held){r->batch, events};
    r->batch = other;
}

/* false: nothing more comes. */
static bool read_some(struct running *r, int32_t ms, int *n)
{
    wfpw_error e;
    uint32_t nobodys = 0;
    *n = wfpw_read(r->session, r->batch, ms, &e);
    for (int i = 0; i < *n; i++) {
        const wfpw_event *ev = wfpw_batch_get(r->batch, (uint32_t)i);
        r->gaps += ev->kind == WFPW_KIND_GAP;
        nobodys |= is_refused(ev) && !take_event(r, ev) ? 1u << i : 0;
    }
    if (nobodys != 0)
        hold_batch(r, nobodys);
    if (*n >= 0)
        return true;
    diagnostics_error(NULL, &e, NULL);
    r->failed = true;
    return false;
}

/* ---- running -------------------------------------------------------------------------------- */

/* $PID as the command's number. */
static bool name_process(struct buffer *script, uint64_t id)
{
    struct buffer to = {0};
    for (const char *s = script->p; s != NULL && *s != 0;) {
        const char *at = strstr(s, "$PID");
        buffer_put(&to, s, at != NULL ? (size_t)(at - s) : strlen(s));
        if (at == NULL)
            break;
        buffer_number(&to, id);
        s = at + 4;
    }
    buffer_put(&to, "", 1);
    buffer_free(script);
    *script = to;
    return !to.failed;
}

static bool play_script(struct running *r)
{
    return !r->simulate ||
           (name_process(&r->simulated.text, r->child.list[0].id) && simulated_play(&r->simulated));
}

/* While it runs, and until nothing more comes. */
static void follow_command(struct running *r)
{
    bool goes_on = true;
    int n = 0;
    while (goes_on && !r->child.is_ended) {
        child_step(&r->child, STEP_MS);
        do
            goes_on = read_some(r, 0, &n);
        while (goes_on && n > 0);
    }
    while (!r->child.is_ended) /* there are no events any more */
        child_step(&r->child, STEP_MS);
    uint64_t quiet = r->audit ? QUIET_LOG_MS : QUIET_MS, end = term_ticks_ms() + quiet;
    while (goes_on && term_ticks_ms() < end)
        goes_on = read_some(r, STEP_MS, &n);
    while (r->held_count > 0)
        judge_oldest(r);
}

static int start_command(struct running *r)
{
    uint32_t code;
    int status = child_start(&r->child, r->command, &code);
    if (status != 0)
        diagnostics_print(r->command[0], ": ",
                          r->child.refused != NULL ? r->child.refused : term_error_text(code),
                          (const char *)NULL);
    return status;
}

static int run_command(struct running *r)
{
    if (!open_output(r) || !open_all(r))
        return RUN_FAILED;
    int status = start_command(r);
    if (status != 0)
        return status;
    r->failed = !play_script(r);
    follow_command(r);
    run_report_end(r);
    return r->child.status;
}

int cmd_run(int count, char **list)
{
    struct running r = {.format = 0};
    int status = EXIT_USAGE;
    if (take_options(&r, count, list))
        status = r.help ? print_text(help) : run_command(&r);
    wfpw_batch_free(r.batch); /* none is held: the command was followed to its end */
    wfpw_close(r.session);
    simulated_close(&r.simulated);
    explanation_groups_free(&r.of_process);
    explanation_groups_free(&r.of_program);
    buffer_free(&r.printer.text);
    buffer_free(&r.printer.line);
    child_free(&r.child);
    return status;
}
