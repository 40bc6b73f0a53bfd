/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The subcommands: each gets the arguments behind its name and returns an exit status.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "input/options.h"

int cmd_audit(int count, char **list);
int cmd_check(int count, char **list);
int cmd_connections(int count, char **list);
int cmd_completion(int count, char **list);
int cmd_explain(int count, char **list);
int cmd_history(int count, char **list);
int cmd_names(int count, char **list);
int cmd_prove(int count, char **list);
int cmd_read(int count, char **list);
int cmd_rules(int count, char **list);
int cmd_run(int count, char **list);
int cmd_watch(int count, char **list);
int cmd_who(int count, char **list);
int cmd_why(int count, char **list);

/* What each of them knows; the list ends with a name that is NULL. */
struct command {
    const char *name;
    int (*run)(int count, char **list);
    const struct option *options;
    const char *what; /* for completion */
};
extern const struct command commands[];

extern const struct option cmd_audit_options[], cmd_check_options[], cmd_completion_options[],
    cmd_connections_options[], cmd_explain_options[], cmd_history_options[], cmd_names_options[],
    cmd_prove_options[], cmd_read_options[], cmd_rules_options[], cmd_run_options[],
    cmd_watch_options[], cmd_who_options[], cmd_why_options[];

#endif
