/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The option --guard: what no filter should silence. */
#ifndef GUARD_OPTION_H
#define GUARD_OPTION_H

#include "wfpwatch/wfpwatch.h"

#include <stdbool.h>

/* Adds a target to *guard, which is NULL at first; a text without a key is the path of a program.
 * false: it is wrong, or there is no memory, which was reported. */
bool guard_option_add(wfpw_guard **guard, const char *command, const char *text);

#endif
