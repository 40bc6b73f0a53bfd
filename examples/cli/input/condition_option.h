/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * --where CONDITION: which events are wanted. */
#ifndef CONDITION_OPTION_H
#define CONDITION_OPTION_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* What the help of a command says of it. */
#define CONDITION_OPTION_HELP                                                                      \
    "  --where CONDITION        only matching events; several conditions must all\n"               \
    "                           match. KEY=VALUE or KEY!=VALUE; VALUE may be a list,\n"            \
    "                           a,b, and numbers and addresses ranges, a-b; for pid,\n"            \
    "                           filter, time and ports also KEY<VALUE, <=, >, >=.\n"               \
    "                           KEY is one of protocol port local-port remote-port\n"              \
    "                           address local-address remote-address scope-id app\n"               \
    "                           pid user computer file time own type direction layer\n"            \
    "                           filter verdict reason. Examples:\n"                                \
    "                           remote-port=80,443  local-address=10.0.0.0/8\n"                    \
    "                           app!=*chrome*\n"
#define ATTEMPTS_HELP                                                                              \
    "  --attempts               only the first event of each attempt (same process,\n"             \
    "                           addresses, ports and filter within 30 s); JSON has\n"              \
    "                           all, with 'attempt'\n"

#define EXPLAIN_HELP                                                                               \
    "  --explain                only show where each condition is evaluated, and why\n"            \
    "                           not by the engine\n"

/* Adds a condition; *t is made with the first one. Returns 0, or the exit status when it cannot be
 * added, which was reported, with a mark under the character that is wrong. */
int condition_option_add(wfpw_template **t, const char *command, const char *condition);
/* Prints where each condition is evaluated: of a live session, or of events that are read. t may be
 * NULL. Returns an exit status. */
int condition_option_explain(const wfpw_template *t, bool is_live);
/* The same of records of the Security log. */
int condition_option_explain_log(const wfpw_template *t);

#endif
