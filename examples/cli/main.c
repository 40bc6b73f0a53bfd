/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The tool: what Windows blocked, by which filter, for which process. One file a subcommand.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "print.h"
#include "report.h"
#include "term.h"
#include "wfpwatch/wfpwatch.h"

static const char help[] =
    "usage: wfpwatch COMMAND [OPTION...]\n"
    "\n"
    "Tells what Windows blocked, by which filter, for which process: events of the Windows\n"
    "Filtering Platform, as they happen or from files.\n"
    "\n"
    "commands:\n"
    "  read FILE...   events from Security logs (.evtx) that somebody saved\n"
    "  why FILE...    the same, in words: what was blocked and why, or one page of all of it\n"
    "  names FILE...  filters from what 'netsh wfp show state' or 'show filters' wrote\n"
    "  watch          events of this host as they happen, or of a simulated Windows\n"
    "  history        what the filtering engine of this host has kept of what happened\n"
    "  audit          the audit policy: what the Security log gets, set and put back\n"
    "  check          how the filtering engine stands, and putting back what was left on\n"
    "\n"
    "  --help         this text; 'wfpwatch COMMAND --help' tells more of a command\n"
    "  --version      the version of the tool and the library\n"
    "\n"
    "exit status: 0 done, 1 a failure, which standard error names, 2 wrong usage\n";

static int print_version(void)
{
    char text[64];
    uint32_t v = wfpw_version();
    (void)snprintf(text, sizeof text, "wfpwatch %u.%u.%u\n", (unsigned)(v >> 16),
                   (unsigned)(v >> 8 & 0xFF), (unsigned)(v & 0xFF));
    return print_text(text);
}

static const struct {
    const char *name;
    int (*run)(int count, char **list);
} commands[] = {
    {"names", cmd_names}, {"audit", cmd_audit}, {"check", cmd_check}, {"history", cmd_history},
    {"read", cmd_read},   {"watch", cmd_watch}, {"why", cmd_why},
};

int main(int argc, char **argv)
{
    if (!term_start(&argc, &argv)) {
        report(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
        return EXIT_FAILED;
    }
    if (argc < 2)
        return report_usage("", "a command is missing", "");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_text(help);
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    return report_usage("", argv[1][0] == '-' ? "unknown option" : "unknown command", argv[1]);
}
