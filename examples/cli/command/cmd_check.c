/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch check: how the host stands, and putting back what was left on. */
#include <stdio.h>
#include <string.h>

#include "command/check_guard.h"
#include "command/commands.h"
#include "input/guard_option.h"
#include "input/options.h"
#include "input/reading.h"
#include "input/simulated.h"
#include "view/diagnostics.h"
#include "view/print.h"

enum { ROWS_MAX = 16, NAME_COLUMNS = 18 };
enum { LEVEL_ERROR = 1, LEVEL_WARNING, LEVEL_WELL };

static const char help[] =
    "usage: wfpwatch check [OPTION...]\n"
    "       wfpwatch check --guard TARGET [OPTION...] [DUMP...] [LOG...]\n"
    "\n"
    "Prints the state of the filtering engine: whether it answers and collects net\n"
    "events, whether this user may receive events, read kept ones and list filters,\n"
    "and which settings wfpwatch or a program that embeds it has turned on, for\n"
    "which processes. Changes nothing without --repair. Needs an elevated prompt.\n"
    "\n"
    "  --repair                 restore settings that ended programs left on; set a\n"
    "                           damaged record of them aside\n"
    "  --state PLACE            where they are recorded: a registry key below\n"
    "                           HKEY_LOCAL_MACHINE, or elsewhere a directory\n"
    "  --format text|json       lines, or one JSON object per line (default: text)\n"
    "  --sim [SCRIPTFILE]       check a simulated Windows, after the script has run\n"
    "  --guard TARGET           check instead whether a filter would silence TARGET,\n"
    "                           by its conditions: of this host, or of DUMP (as of\n"
    "                           'wfpwatch names'); may be given several times. A\n"
    "                           LOG of that host tells who added it (5447)\n" COMMON_HELP
    "  --help                   this text\n"
    "\n"
    "TARGET: the path of a program (* is any text), or service=NAME, user=SID,\n"
    "package=SID, address=ADDRESS[/LENGTH]. A block that another filter overrides is\n"
    "found too. Filters that every Windows has are not.\n"
    "\n"
    "exit status: 0 all is well, or odd at most; 1 something is wrong, could not be\n"
    "restored, or would be silenced\n";

enum { HELP = 1, REPAIR, STATE, FORMAT, SIM, GUARD };
const struct option cmd_check_options[] = {
    {"--help", HELP, false},  {"-h", HELP, false},        {"--repair", REPAIR, false},
    {"--state", STATE, true}, {"--format", FORMAT, true}, {"--sim", SIM, false},
    {"--guard", GUARD, true}, {NULL, 0, false},
};

struct checking {
    int format;
    bool help, repair, simulate;
    const char *state;
    int file_count;
    char **files; /* the start of the argument list, which operands are moved to */
    wfpw_guard *guard;
    struct simulated simulated;
    struct buffer text;
};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct checking *c, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case FORMAT:
        return option_word(a, formats, &c->format);
    case OPTION_OPERAND:
        c->files[c->file_count++] = a->list[a->at - 1];
        return true;
    case GUARD:
        return guard_option_add(&c->guard, "check", a->value);
    case STATE:
        c->state = a->value;
        return true;
    case REPAIR:
        return c->repair = true;
    case SIM:
        return c->simulate = true;
    case HELP:
        return c->help = true;
    default:
        return false;
    }
}

static bool take_options(struct checking *c, int count, char **list)
{
    struct arguments a = {.command = "check", .count = count, .list = list};
    int id;
    c->files = list;
    while ((id = option_next(&a, cmd_check_options)) != OPTION_END && !c->help)
        if (!take_option(c, &a, id))
            return false;
    if (c->help || (c->guard != NULL && !c->simulate) || c->file_count == 0)
        return true;
    if (c->simulate && c->file_count > 1)
        (void)diagnostics_usage("check", "more than one script:", c->files[1]);
    else if (!c->simulate)
        (void)diagnostics_usage("check", "without --sim or --guard there is no use for",
                                c->files[0]);
    return c->simulate && c->file_count == 1;
}

/* ---- what was found ------------------------------------------------------------------------- */

static void put_text(struct buffer *b, const wfpw_row *row)
{
    static const char *const marks[] = {"?     ", "wrong ", "odd   ", "ok    "};
    size_t n = strlen(row->name);
    buffer_puts(b, marks[row->level <= LEVEL_WELL ? row->level : 0]);
    buffer_puts(b, row->name);
    buffer_fill(b, ' ', n < NAME_COLUMNS ? NAME_COLUMNS - n : 1);
    buffer_text(b, row->text);
    if (row->remedy[0] != 0) {
        buffer_puts(b, "\n      ");
        buffer_fill(b, ' ', NAME_COLUMNS);
        buffer_puts(b, row->remedy);
    }
    buffer_puts(b, "\n");
}

static void put_string(struct buffer *b, const char *key, const char *value)
{
    buffer_puts(b, key);
    buffer_json_text(b, value);
    buffer_puts(b, "\"");
}

static void put_json(struct buffer *b, const wfpw_row *row)
{
    static const char *const words[] = {"", "error", "warning", "ok"};
    put_string(b, "{\"name\":\"", row->name);
    buffer_puts(b, ",\"code\":");
    buffer_number(b, row->code);
    put_string(b, ",\"level\":\"", words[row->level <= LEVEL_WELL ? row->level : 0]);
    put_string(b, ",\"text\":\"", row->text);
    if (row->os_code != 0) {
        buffer_puts(b, ",\"os_code\":");
        buffer_number(b, row->os_code);
    }
    if (row->remedy[0] != 0)
        put_string(b, ",\"remedy\":\"", row->remedy);
    buffer_puts(b, "}\n");
}

static int check_engine(struct checking *c, const wfpw_options *o)
{
    wfpw_error e;
    wfpw_row rows[ROWS_MAX] = {{.size = sizeof *rows}};
    int status = EXIT_DONE, n = wfpw_check(o, rows, ROWS_MAX, &e);
    if (n < 0) {
        diagnostics_error(NULL, &e, c->simulate ? NULL : "or check a simulated Windows with --sim");
        return EXIT_FAILED;
    }
    for (int i = 0; i < n && i < ROWS_MAX; i++) {
        (c->format == FORMAT_JSON ? put_json : put_text)(&c->text, &rows[i]);
        status = rows[i].level == LEVEL_ERROR ? EXIT_FAILED : status;
    }
    buffer_put(&c->text, "", 1);
    int printed = c->text.failed ? EXIT_FAILED : print_text(c->text.p);
    return printed != EXIT_DONE ? printed : status;
}

static int repair_engine(const wfpw_options *o)
{
    wfpw_error e;
    int n = wfpw_restore(o, &e);
    if (n < 0)
        diagnostics_error(NULL, &e, NULL);
    return n < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int check_host(struct checking *c)
{
    const char *script = c->file_count > 0 ? c->files[0] : NULL;
    int status = EXIT_FAILED;
    if (!c->simulate ||
        (simulated_open(&c->simulated, NULL, script) && simulated_play(&c->simulated))) {
        wfpw_options o = {.size = sizeof o,
                          .system = wfpw_sim_system(c->simulated.sim),
                          .state_dir = c->state,
                          .log = diagnostics_log};
        int repaired = c->repair ? repair_engine(&o) : EXIT_DONE;
        status = check_engine(c, &o);
        status = status != EXIT_DONE ? status : repaired;
    }
    simulated_close(&c->simulated);
    return status;
}

static int check_guard(struct checking *c)
{
    struct guard_check check = {.guard = c->guard, .format = c->format};
    check.from.simulate = c->simulate;
    check.from.file_count = c->file_count;
    check.from.files = c->files;
    return guard_check_run(&check);
}

int cmd_check(int count, char **list)
{
    struct checking c = {.format = FORMAT_TEXT};
    int status = EXIT_USAGE;
    if (take_options(&c, count, list))
        status = c.help ? print_text(help) : c.guard != NULL ? check_guard(&c) : check_host(&c);
    wfpw_guard_free(c.guard);
    buffer_free(&c.text);
    return status;
}
