/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The tool: what Windows blocked, by which filter, for which process. One file a subcommand.
 */
#include <stdio.h>
#include <string.h>

#include "command/commands.h"
#include "input/suggestion.h"
#include "platform/folder.h"
#include "platform/term.h"
#include "view/diagnostics.h"
#include "view/print.h"
#include "wfpwatch/wfpwatch.h"

static const char help[] =
    "usage: wfpwatch COMMAND [OPTION...]\n"
    "       wfpwatch FILE...\n"
    "\n"
    "Shows what Windows blocked, by which filter, for which process: events of the\n"
    "Windows Filtering Platform, as they happen or from files. FILE without a\n"
    "command is read.\n"
    "\n"
    "commands:\n"
    "  read FILE...   events from saved Security logs (.evtx)\n"
    "  why FILE...    the same, in words: what was blocked and why, or a one-page\n"
    "                 summary\n"
    "  explain REMOTE  why a connection failed: what refused it, or that nothing did\n"
    "  run COMMAND    runs it, and explains what was blocked of it\n"
    "  names FILE...  filters from 'netsh wfp show state' or 'show filters'\n"
    "  rules FILE...  firewall rules, from 'netsh advfirewall export' and others\n"
    "  who [DUMP...]  who has filters: products, services, leftovers\n"
    "  connections    what is connected and what listens, and who has it\n"
    "  watch          events of this host as they happen, or of a simulated Windows\n"
    "  history        the events that the filtering engine of this host keeps\n"
    "  audit          the audit policy of the Security log: show, set, back up,\n"
    "                 restore\n"
    "  check          the state of the filtering engine; restores settings left on\n"
    "  prove          blocks this program for a moment and shows what is reported\n"
    "  completion SHELL  completion of commands and options for bash, zsh, fish or\n"
    "                 powershell\n"
    "  help COMMAND   the same as 'wfpwatch COMMAND --help'\n"
    "\n"
    "  -h, --help     this text; 'wfpwatch COMMAND --help' describes a command\n"
    "  -V, --version  the version of the tool and the library\n"
    "\n"
    "exit status: 0 done, 1 a failure, named on standard error, 2 wrong usage,\n"
    "3 done, but places of a file could not be read, 130 interrupted by Ctrl-C:\n"
    "not all was read\n";

static int print_version(void)
{
    char text[64];
    uint32_t v = wfpw_version();
    (void)snprintf(text, sizeof text, "wfpwatch %u.%u.%u\n", (unsigned)(v >> 16),
                   (unsigned)(v >> 8 & 0xFF), (unsigned)(v & 0xFF));
    return print_text(text);
}

const struct command commands[] = {
    {"read", cmd_read, cmd_read_options, "events from files"},
    {"why", cmd_why, cmd_why_options, "what was blocked and why, in words"},
    {"explain", cmd_explain, cmd_explain_options, "why a connection failed"},
    {"run", cmd_run, cmd_run_options, "runs a command, and what was blocked of it"},
    {"names", cmd_names, cmd_names_options, "the filters of a dump"},
    {"rules", cmd_rules, cmd_rules_options, "the rules of the firewall in a file"},
    {"who", cmd_who, cmd_who_options, "who has filters on a host"},
    {"connections", cmd_connections, cmd_connections_options, "what is connected and listens"},
    {"watch", cmd_watch, cmd_watch_options, "events as they happen"},
    {"history", cmd_history, cmd_history_options, "what the engine has kept"},
    {"audit", cmd_audit, cmd_audit_options, "what is audited, and changing it"},
    {"check", cmd_check, cmd_check_options, "how the engine stands"},
    {"prove", cmd_prove, cmd_prove_options, "what this host shows of it"},
    {"completion", cmd_completion, cmd_completion_options, "completion for a shell"},
    {NULL, NULL, NULL, NULL},
};

static const struct command *find_command(const char *name)
{
    for (const struct command *c = commands; c->name != NULL; c++)
        if (strcmp(name, c->name) == 0)
            return c;
    return NULL;
}

static int report_unknown(const char *what, const char *name)
{
    static const char *const options[] = {"--help",  "--version", "--json",
                                          "--quiet", "--local",   NULL};
    const char *names[sizeof commands / sizeof *commands + 1] = {0};
    struct buffer b = {0};
    size_t n = 0;
    bool is_option = name[0] == '-';
    for (const struct command *c = commands; c->name != NULL; c++)
        names[n++] = c->name;
    names[n++] = "help";
    buffer_puts(&b, what);
    buffer_puts(&b, " '");
    buffer_text(&b, name);
    buffer_puts(&b, "'");
    suggestion_put(&b, name, strlen(name),
                   is_option ? "options:" : "commands:", is_option ? options : names);
    buffer_put(&b, "", 1);
    int status = diagnostics_usage("", b.failed ? what : b.p, "");
    buffer_free(&b);
    return status;
}

/* help, help COMMAND. */
static int help_of(int count, char **list)
{
    char option[] = "--help", *arguments[] = {option, NULL};
    const struct command *c = count > 0 ? find_command(list[0]) : NULL;
    if (count == 0)
        return print_text(help);
    return c != NULL ? c->run(1, arguments) : report_unknown("unknown command", list[0]);
}

static bool is_file(const char *name)
{
    FILE *f = folder_is(name) || folder_is_pattern(name) ? NULL : term_open(name);
    if (f != NULL)
        (void)fclose(f);
    return f != NULL || folder_is(name) || folder_is_pattern(name) ||
           strpbrk(name, "/\\.") != NULL || strcmp(name, "-") == 0;
}

/* Without a command: files, and what 'read' takes, are read. */
static bool is_reading(int argc, char **argv)
{
    size_t n = strcspn(argv[1], "=");
    if (argv[1][0] != '-' || argv[1][1] == 0)
        return is_file(argv[1]);
    const struct option *tables[] = {cmd_read_options, option_common};
    for (size_t t = 0; t < 2 && argc > 2; t++)
        for (const struct option *o = tables[t]; o->name != NULL; o++)
            if (strlen(o->name) == n && memcmp(o->name, argv[1], n) == 0)
                return true;
    return false;
}

static bool is_one_of(const char *s, const char *a, const char *b)
{
    return strcmp(s, a) == 0 || strcmp(s, b) == 0;
}

int main(int argc, char **argv)
{
    if (!term_start(&argc, &argv)) {
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    if (argc < 2)
        return diagnostics_usage("", "a command is missing", "");
    const struct command *c = find_command(argv[1]);
    if (c != NULL)
        return c->run(argc - 2, argv + 2);
    if (is_one_of(argv[1], "--help", "-h"))
        return print_text(help);
    if (is_one_of(argv[1], "--version", "-V"))
        return print_version();
    if (strcmp(argv[1], "help") == 0)
        return help_of(argc - 2, argv + 2);
    if (is_reading(argc, argv))
        return cmd_read(argc - 1, argv + 1);
    return report_unknown(argv[1][0] == '-' ? "unknown option" : "unknown command", argv[1]);
}
