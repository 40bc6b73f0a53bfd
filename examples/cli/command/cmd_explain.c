/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch explain: why a connection failed, or that nothing in WFP refused it. */
#include <string.h>

#include "command/commands.h"
#include "input/demo_script.h"
#include "input/question_option.h"
#include "input/reading.h"
#include "input/simulated.h"
#include "platform/term.h"
#include "view/answer.h"
#include "view/diagnostics.h"
#include "view/print.h"

enum { READ_MS = 200, MS_TICKS = 10000, WITHIN_MAX = 86400000 };

static const char help[] =
    "usage: wfpwatch explain REMOTE [OPTION...] [FILE...]\n"
    "       wfpwatch explain [OPTION...] [FILE...]\n"
    "       wfpwatch explain REMOTE --sim [OPTION...] [SCRIPTFILE]\n"
    "\n"
    "Explains a connection that failed: the events that refused it, best first, or\n"
    "that nothing in the Windows Filtering Platform did; and what that is based on,\n"
    "and what may be missing. REMOTE is 203.0.113.66:443, [2001:db8::1]:443, only an\n"
    "address, or only a port: ':443'. Without FILE it looks at what this host's\n"
    "engine has kept and at the Security log, of the last 30 s; FILE is as for\n"
    "'wfpwatch read'. Changes nothing. Needs an elevated prompt, but for FILE.\n"
    "\n" QUESTION_HELP
    "  --sim                    ask a simulated Windows, after the script (or a short\n"
    "                           built-in scene) has run\n"
    "  --windows VERSION        simulated version: 7, 8, 10, 1803 or 11 (default: 11)\n"
    "  --format text|json       text (default), or one JSON object\n"
    "  --color auto|always|never  as for 'wfpwatch read'\n" READING_OPTIONS_HELP
    "  --help                   this text\n"
    "\n"
    "Without FILE of these only --since (at most a day ago), --until, --own-provider\n"
    "and --names mean something. The order: the connection itself before those of\n"
    "other programs and processes ('weak'); blocks, then failures of IPsec, then\n"
    "packets that were dropped without a decision; what agrees in all that was asked\n"
    "('exact') before what does not have all of it ('likely'); the nearest in time.\n"
    "Retries, and the event and the record of one decision, are one.\n"
    "\n"
    "exit status: 0 done, whatever the answer, 1 a failure, 2 wrong usage, 3 places\n"
    "of a file could not be read, 130 interrupted\n";

enum { SIM = 1, WINDOWS, FORMAT, COLOR };
const struct option cmd_explain_options[] = {
    READING_OPTIONS,
    QUESTION_OPTIONS,
    {"--sim", SIM, false},
    {"--windows", WINDOWS, true},
    {"--format", FORMAT, true},
    {"--color", COLOR, true},
    {NULL, 0, false},
};

struct explaining {
    struct reading reading;
    wfpw_question q;
    bool simulate;
    const char *windows;
    int format, color;
    struct simulated simulated;
    wfpw_explanation *x;
    struct printer printer;
};

static bool take_option(void *ctx, struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    struct explaining *t = ctx;
    switch (id) {
    case SIM:
        return t->simulate = true;
    case WINDOWS:
        return simulated_windows(a, &t->windows);
    case FORMAT:
        return option_word(a, formats, &t->format);
    case COLOR:
        return option_word(a, colors, &t->color);
    default:
        return question_option(&t->q, a, id);
    }
}

/* ---- files ---------------------------------------------------------------------------------- */

/* In place of wfpw_read. */
static int pull_events(void *ctx, const char *path, bool *go_on)
{
    struct explaining *t = ctx;
    wfpw_error e;
    int n = wfpw_explanation_read(t->x, t->reading.session, READ_MS, &e);
    (void)go_on;
    if (n < 0 && n != WFPW_E_EOF) {
        bool is_joined = path == NULL && e.file != 0;
        progress_hide(&t->reading.progress);
        diagnostics_error(is_joined ? t->reading.added[e.file - 1] : path, &e, NULL);
    }
    return n;
}

static bool explain_files(struct explaining *t)
{
    wfpw_error e;
    if (wfpw_explanation_new(NULL, &t->q, &t->x, &e) == WFPW_OK)
        return reading_run(&t->reading);
    diagnostics_error(NULL, &e, NULL);
    return false;
}

/* ---- a host --------------------------------------------------------------------------------- */

/* --since and --until as a moment and how long before it. */
static bool set_time(struct explaining *t)
{
    const struct reading *r = &t->reading;
    uint64_t now = 0, since = time_option_time(&r->since, t->simulated.sim);
    struct time_option ago = {.is_given = true, .is_ago = true};
    now = time_option_time(&ago, t->simulated.sim);
    t->q.time = r->until.is_given ? time_option_time(&r->until, t->simulated.sim) : now;
    uint64_t within = since < t->q.time ? (t->q.time - since + MS_TICKS - 1) / MS_TICKS : 0;
    if (!r->since.is_given)
        return true;
    t->q.within_ms = (uint32_t)(within < WITHIN_MAX ? within : WITHIN_MAX);
    if (within > 0 && within <= WITHIN_MAX)
        return true;
    (void)diagnostics_usage("explain",
                            within == 0 ? "--since is not before the time that is asked about"
                                        : "--since is more than a day before that time",
                            "");
    return false;
}

static bool start_simulated(struct explaining *t)
{
    const char *script = t->reading.file_count > 0 ? t->reading.files[0] : NULL;
    wfpw_error e;
    if (!t->simulate)
        return true;
    if (!simulated_open(&t->simulated, t->windows, script))
        return false;
    return script != NULL ? simulated_play(&t->simulated)
                          : wfpw_sim_play(t->simulated.sim, demo_script_default, &e) == WFPW_OK;
}

/* Names of the dumps that were given. false: it failed, and that was reported. */
static bool load_dumps(struct explaining *t)
{
    struct reading *r = &t->reading;
    wfpw_options o = {.size = sizeof o, .log = diagnostics_log};
    wfpw_error e;
    if (r->dump_count == 0)
        return true;
    int status = wfpw_names_open(&o, &r->names, &e);
    for (int i = 0; i < r->dump_count && status >= 0; i++) {
        status = wfpw_names_load(r->names, r->dumps[i], &e);
        if (status < 0)
            diagnostics_error(r->dumps[i], &e, NULL);
    }
    return status >= 0;
}

static int explain_host(struct explaining *t)
{
    wfpw_error e;
    wfpw_options o = {.size = sizeof o, .own_provider = t->reading.own, .log = diagnostics_log};
    if (!start_simulated(t))
        return EXIT_FAILED;
    if (!set_time(t))
        return EXIT_USAGE;
    if (!load_dumps(t))
        return EXIT_FAILED;
    o.system = wfpw_sim_system(t->simulated.sim);
    o.names = t->reading.names;
    int status = wfpw_explain(&o, &t->q, &t->x, &e);
    if (status < 0)
        diagnostics_error(NULL, &e,
                          status == WFPW_E_NOTSUP && !t->simulate
                              ? "or give a log or a dump, or ask a simulated Windows with --sim"
                              : NULL);
    return status < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* ---- both ----------------------------------------------------------------------------------- */

static size_t width_of(const struct printer *p)
{
    unsigned columns = 0, rows = 0;
    if (p->on_terminal)
        term_size(stdout, &columns, &rows);
    return columns;
}

static int explain_it(struct explaining *t)
{
    struct reading *r = &t->reading;
    bool is_host = t->simulate || r->file_count == 0;
    print_start(&t->printer, t->format == 0 ? FORMAT_TEXT : FORMAT_JSON, t->color);
    int status = is_host ? explain_host(t) : explain_files(t) ? EXIT_DONE : EXIT_FAILED;
    if (status != EXIT_DONE)
        return status;
    struct printer *p = &t->printer;
    if (p->json)
        answer_put_json(&p->text, t->x);
    else
        answer_put_text(&p->text, t->x, width_of(p), p->table.colour);
    (void)print_buffered(p);
    status = print_end(p);
    if (r->interrupted)
        diagnostics_print("interrupted: not all was read", (const char *)NULL);
    return is_host ? status : reading_status(r, status);
}

static int check_usage(const struct explaining *t)
{
    if (!t->simulate && t->windows != NULL)
        return diagnostics_usage("explain", "--windows needs --sim", "");
    if (t->simulate && t->reading.file_count > 1)
        return diagnostics_usage("explain", "more than one script:", t->reading.files[1]);
    if (t->q.remote.family == 0 && t->q.remote.port == 0 && t->q.local.family == 0 &&
        t->q.local.port == 0 && t->q.app == NULL && t->q.process_id == 0)
        return diagnostics_usage("explain", "which connection? REMOTE, --app, --pid or --local",
                                 "");
    return 0;
}

int cmd_explain(int count, char **list)
{
    struct explaining t = {.q = {.size = sizeof t.q}};
    bool has_remote = count > 0 && list[0][0] != '-', is_good = true;
    t.reading = (struct reading){
        .command = "explain", .pull = pull_events, .ctx = &t, .files_may_miss = true};
    if (has_remote)
        is_good = question_option_remote(&t.q, "explain", list[0]);
    int status = !is_good ? (int)EXIT_USAGE
                          : reading_options(&t.reading, count - has_remote, list + has_remote,
                                            cmd_explain_options, take_option);
    if (status == 0 && t.reading.help)
        status = print_text(help);
    else if (status == 0 && t.reading.explain)
        status = condition_option_explain(t.reading.match, false);
    else if (status == 0 && (status = check_usage(&t)) == 0)
        status = explain_it(&t);
    wfpw_explanation_free(t.x);
    reading_free(&t.reading);
    simulated_close(&t.simulated);
    return status;
}
