/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch audit: the audit policy, without which the Security log has none of our events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "input/options.h"
#include "input/reading.h"
#include "input/simulated.h"
#include "input/suggestion.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/print.h"

enum { ROWS_MAX = 128, BACKUP_BYTES = 64 * 1024, FILE_MAX = 4 << 20, STEP = 64 * 1024 };
enum { OPERANDS_MAX = 3 };

static const char help[] =
    "usage: wfpwatch audit [--all] [OPTION...]\n"
    "       wfpwatch audit set SUBCATEGORY none|success|failure|both\n"
    "       wfpwatch audit backup FILE\n"
    "       wfpwatch audit restore [--policy] FILE\n"
    "\n"
    "The audit policy: which events Windows writes to the Security log. Without a\n"
    "command, prints a table of the subcategories that events of the filtering\n"
    "platform need: what is audited, what for, and what decides it (local, a Group\n"
    "Policy's audit.csv, device management). Needs an elevated prompt. SUBCATEGORY\n"
    "is a GUID, its English name, or a word of the table: connection, packet-drop,\n"
    "...\n"
    "\n"
    "  set                      change one subcategory permanently, and nothing else\n"
    "  backup                   write all of them to FILE as 'auditpol /backup' does\n"
    "                           ('-': standard output)\n"
    "  restore                  set the subcategories of such a file, in any\n"
    "                           language; other rows are ignored, and counted\n"
    "\n"
    "  --all                    the table of all subcategories\n"
    "  --policy                 restore: FILE is a Group Policy's audit.csv, where 0\n"
    "                           leaves a subcategory unchanged\n"
    "  --format text|json       the table, or one JSON object per line (default:\n"
    "                           text)\n"
    "  --sim SCRIPTFILE         use a simulated Windows, after the script has run\n" COMMON_HELP
    "  --help                   this text\n";

enum { HELP = 1, ALL, POLICY, FORMAT, SIM };
const struct option cmd_audit_options[] = {
    {"--help", HELP, false},    {"-h", HELP, false},
    {"--all", ALL, false},      {"--policy", POLICY, false},
    {"--format", FORMAT, true}, {"--sim", SIM, true},
    {NULL, 0, false},
};

struct audit_command {
    int format;
    bool help, all, policy;
    const char *script;
    const char *operands[OPERANDS_MAX]; /* the command, and what it is for */
    int count;
    struct simulated simulated;
    wfpw_options o;
    struct buffer text;
    wfpw_audit_policy rows[ROWS_MAX];
    char backup[BACKUP_BYTES];
};

static const char *const settings[] = {"none", "success", "failure", "both", NULL};

/* ---- options -------------------------------------------------------------------------------- */

static bool take_option(struct audit_command *w, const struct arguments *a, int id)
{
    static const char *const formats[] = {"text", "json", NULL};
    switch (id) {
    case FORMAT:
        return option_word(a, formats, &w->format);
    case OPTION_OPERAND:
        if (w->count == OPERANDS_MAX)
            (void)diagnostics_usage("audit", "more than the command takes:", a->value);
        else
            w->operands[w->count] = a->value;
        return w->count++ < OPERANDS_MAX;
    case SIM:
        w->script = a->value;
        return true;
    case ALL:
        return w->all = true;
    case POLICY:
        return w->policy = true;
    case HELP:
        return w->help = true;
    default:
        return false;
    }
}

static bool take_options(struct audit_command *w, int count, char **list)
{
    struct arguments a = {.command = "audit", .count = count, .list = list};
    int id;
    while ((id = option_next(&a, cmd_audit_options)) != OPTION_END && !w->help)
        if (!take_option(w, &a, id))
            return false;
    return true;
}

/* ---- the table ------------------------------------------------------------------------------ */

static bool is_ours(const wfpw_audit_policy *row)
{
    return row->success[0] != 0 || row->failure[0] != 0;
}

static const char *setting_word(uint32_t audited)
{
    return settings[audited & (WFPW_AUDITED_SUCCESS | WFPW_AUDITED_FAILURE)];
}

static void put_column(struct buffer *b, const char *s, size_t columns)
{
    size_t n = text_columns(s, strlen(s));
    buffer_text(b, s);
    buffer_fill(b, ' ', n < columns ? columns - n : 1);
}

/* What the events of this subcategory need: "failure: 5152, 5153". */
static void put_needs(struct buffer *b, const wfpw_audit_policy *row)
{
    if (row->failure[0] != 0) {
        buffer_puts(b, "failure: ");
        buffer_puts(b, row->failure);
    }
    if (row->success[0] != 0) {
        buffer_puts(b, row->failure[0] != 0 ? "; success: " : "success: ");
        buffer_puts(b, row->success);
    }
}

static void put_decider(struct buffer *b, const wfpw_audit_policy *row)
{
    bool says = row->decided_by == WFPW_DECIDED_GROUP_POLICY ||
                row->decided_by == WFPW_DECIDED_LOCAL_POLICY || row->decided_by == WFPW_DECIDED_MDM;
    char text[64];
    (void)snprintf(text, sizeof text, "%s%s%s", wfpw_word(WFPW_LIST_DECIDED, row->decided_by),
                   says ? ": " : "", says ? setting_word(row->decided) : "");
    put_column(b, text, 23);
}

static void put_text(struct buffer *b, const wfpw_audit_policy *row)
{
    const char *name = row->name[0] != 0        ? row->name
                       : row->host_name[0] != 0 ? row->host_name
                                                : row->guid;
    put_column(b, row->os_code != 0 ? "?" : setting_word(row->audited), 9);
    put_column(b, name, 40);
    put_column(b, row->word, 21);
    put_decider(b, row);
    put_needs(b, row);
    while (b->n > 0 && b->p[b->n - 1] == ' ')
        b->n--;
    buffer_puts(b, "\n");
}

static void put_string(struct buffer *b, const char *key, const char *value)
{
    buffer_puts(b, b->n > 0 && b->p[b->n - 1] != '\n' ? ",\"" : "{\"");
    buffer_puts(b, key);
    buffer_puts(b, "\":\"");
    buffer_json_text(b, value);
    buffer_puts(b, "\"");
}

static void put_json(struct buffer *b, const wfpw_audit_policy *row)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"guid", row->guid},
        {"word", row->word},
        {"category", row->category},
        {"name", row->name},
        {"host_category", row->host_category},
        {"host_name", row->host_name},
        {"success", row->success},
        {"failure", row->failure},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].value[0] != 0)
            put_string(b, texts[i].key, texts[i].value);
    if (row->os_code == 0) {
        put_string(b, "audited", setting_word(row->audited));
    } else {
        buffer_puts(b, ",\"os_code\":");
        buffer_number(b, row->os_code);
    }
    put_string(b, "needed", setting_word(row->needed));
    put_string(b, "decided_by", wfpw_word(WFPW_LIST_DECIDED, row->decided_by));
    if (row->decided_by != WFPW_DECIDED_LOCAL && row->decided_by != WFPW_DECIDED_CATEGORY)
        put_string(b, "decided", setting_word(row->decided));
    buffer_puts(b, "}\n");
}

static int audit_failed(const struct audit_command *w, const char *subject, const wfpw_error *e)
{
    diagnostics_error(subject, e,
                      e->status == WFPW_E_NOTSUP && w->script == NULL
                          ? "or look at a simulated Windows with --sim"
                          : NULL);
    return EXIT_FAILED;
}

static int print_table(struct audit_command *w)
{
    wfpw_error e;
    w->rows[0].size = sizeof *w->rows;
    int n = wfpw_audit_policy_get(&w->o, w->rows, ROWS_MAX, &e);
    if (n < 0)
        return audit_failed(w, NULL, &e);
    if (w->format == FORMAT_TEXT)
        buffer_puts(&w->text, "AUDITED  SUBCATEGORY                             WORD              "
                              "   DECIDED BY             OUR EVENTS NEED\n");
    for (int i = 0; i < n && i < ROWS_MAX; i++)
        if (w->all || is_ours(&w->rows[i]))
            (w->format == FORMAT_JSON ? put_json : put_text)(&w->text, &w->rows[i]);
    buffer_put(&w->text, "", 1);
    return w->text.failed ? EXIT_FAILED : print_text(w->text.p);
}

/* ---- setting -------------------------------------------------------------------------------- */

/* A word that is none of these; what is said begins with it. */
static int report_unknown(struct audit_command *w, const char *word, const char *what,
                          const char *list, const char *const *words)
{
    w->text.n = 0;
    buffer_puts(&w->text, what);
    buffer_puts(&w->text, " '");
    buffer_text(&w->text, word);
    buffer_puts(&w->text, "'");
    suggestion_put(&w->text, word, strlen(word), list, words);
    buffer_put(&w->text, "", 1);
    return diagnostics_usage("audit", w->text.failed ? what : w->text.p, "");
}

/* Those of this host, by their words. */
static int report_no_subcategory(struct audit_command *w, const char *name)
{
    const char *words[ROWS_MAX + 1] = {0};
    size_t count = 0;
    w->rows[0].size = sizeof *w->rows;
    int n = wfpw_audit_policy_get(&w->o, w->rows, ROWS_MAX, NULL);
    for (int i = 0; i < n && i < ROWS_MAX; i++)
        if (w->rows[i].word[0] != 0)
            words[count++] = w->rows[i].word;
    return report_unknown(w, name, "there is no subcategory", "words of subcategories:", words);
}

static int set_policy(struct audit_command *w)
{
    wfpw_error e;
    int i = 0;
    if (w->count != 3)
        return diagnostics_usage("audit",
                                 "set takes a subcategory and none, success, failure or both", "");
    while (settings[i] != NULL && strcmp(settings[i], w->operands[2]) != 0)
        i++;
    if (settings[i] == NULL)
        return diagnostics_usage("audit", "set takes none, success, failure or both, not",
                                 w->operands[2]);
    int n = wfpw_audit_policy_set(&w->o, w->operands[1], (uint32_t)i, &e);
    if (n == WFPW_E_INVAL)
        return report_no_subcategory(w, w->operands[1]);
    if (n < 0)
        return audit_failed(w, w->operands[1], &e);
    buffer_text(&w->text, w->operands[1]);
    buffer_puts(&w->text, ": ");
    buffer_puts(&w->text, settings[i]);
    buffer_puts(&w->text, n == 0 ? ", as it was\n" : "\n");
    buffer_put(&w->text, "", 1);
    return w->text.failed ? EXIT_FAILED : print_text(w->text.p);
}

/* ---- files ---------------------------------------------------------------------------------- */

static int file_failed(const char *path, const char *what)
{
    diagnostics_print(path, what, strerror(errno != 0 ? errno : EIO), (const char *)NULL);
    return EXIT_FAILED;
}

static int back_up(struct audit_command *w)
{
    wfpw_error e;
    if (w->count != 2)
        return diagnostics_usage("audit", "backup takes a file", "");
    int n = wfpw_audit_policy_backup(&w->o, w->backup, sizeof w->backup, NULL, &e);
    if (n < 0)
        return audit_failed(w, NULL, &e);
    if (strcmp(w->operands[1], "-") == 0)
        return print_text(w->backup);
    errno = 0;
    FILE *f = term_create(w->operands[1]);
    bool written = f != NULL && fwrite(w->backup, 1, (size_t)n, f) == (size_t)n;
    written = (f == NULL || fclose(f) == 0) && written;
    return written ? EXIT_DONE : file_failed(w->operands[1], ": it cannot be written: ");
}

static bool read_file(struct audit_command *w, const char *path)
{
    bool standard_input = strcmp(path, "-") == 0;
    size_t got = 1;
    errno = 0;
    FILE *f = standard_input ? stdin : term_open(path);
    while (f != NULL && got > 0 && w->text.n <= FILE_MAX && buffer_room(&w->text, STEP)) {
        got = fread(w->text.p + w->text.n, 1, STEP, f);
        w->text.n += got;
    }
    bool read = f != NULL && ferror(f) == 0 && !w->text.failed && w->text.n <= FILE_MAX;
    if (w->text.n > FILE_MAX)
        errno = EFBIG;
    int error = errno;
    if (f != NULL && !standard_input)
        (void)fclose(f);
    errno = error;
    return read;
}

static void put_count(struct buffer *b, uint32_t n, const char *what)
{
    if (n == 0)
        return;
    buffer_puts(b, b->n > 0 ? ", " : "");
    buffer_number(b, n);
    buffer_puts(b, what);
}

static int restore_policy(struct audit_command *w)
{
    wfpw_error e;
    wfpw_audit_restored r = {.size = sizeof r};
    if (w->count != 2)
        return diagnostics_usage("audit", "restore takes a file", "");
    if (!read_file(w, w->operands[1]))
        return file_failed(w->operands[1], ": it cannot be read: ");
    int n = wfpw_audit_policy_restore(&w->o, w->text.p, w->text.n,
                                      w->policy ? WFPW_RESTORE_POLICY : 0, &r, &e);
    if (n < 0)
        return audit_failed(w, w->operands[1], &e);
    w->text.n = 0;
    put_count(&w->text, r.set, " set");
    put_count(&w->text, r.same, " as they were");
    put_count(&w->text, r.kept, " to be left as they are");
    put_count(&w->text, r.absent, " that this Windows does not have");
    put_count(&w->text, r.users, " of accounts left");
    put_count(&w->text, r.options, " options left");
    put_count(&w->text, r.sacls, " of global object access left");
    put_count(&w->text, r.unread, " lines not understood");
    buffer_put(&w->text, "\n", 2);
    int printed = w->text.failed ? EXIT_FAILED : print_text(w->text.p);
    return r.unread > 0 ? EXIT_FAILED : printed;
}

/* ---- the commands --------------------------------------------------------------------------- */

static int run_audit(struct audit_command *w)
{
    static const char *const names[] = {"set", "backup", "restore", NULL};
    const char *command = w->operands[0];
    if (w->count == 0)
        return print_table(w);
    if (strcmp(command, "set") == 0)
        return set_policy(w);
    if (strcmp(command, "backup") == 0)
        return back_up(w);
    if (strcmp(command, "restore") == 0)
        return restore_policy(w);
    return report_unknown(w, command, "there is no command", "commands:", names);
}

static int run_on_host(struct audit_command *w)
{
    int status = EXIT_FAILED;
    if (w->help)
        return print_text(help);
    w->o = (wfpw_options){.size = sizeof w->o, .log = diagnostics_log};
    if (w->script == NULL ||
        (simulated_open(&w->simulated, NULL, w->script) && simulated_play(&w->simulated))) {
        w->o.system = wfpw_sim_system(w->simulated.sim);
        status = run_audit(w);
    }
    simulated_close(&w->simulated);
    return status;
}

int cmd_audit(int count, char **list)
{
    struct audit_command *w = calloc(1, sizeof *w);
    if (w == NULL) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    int status = take_options(w, count, list) ? run_on_host(w) : EXIT_USAGE;
    buffer_free(&w->text);
    free(w);
    return status;
}
