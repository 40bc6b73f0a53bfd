/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The subcommands: each gets the arguments behind its name and returns an exit status.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

int cmd_audit(int count, char **list);
int cmd_check(int count, char **list);
int cmd_history(int count, char **list);
int cmd_names(int count, char **list);
int cmd_read(int count, char **list);
int cmd_watch(int count, char **list);
int cmd_why(int count, char **list);

#endif
