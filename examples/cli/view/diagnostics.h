/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lines on standard error: failures, what the library logs, wrong usage. Each is "wfpwatch: ...",
 * written in one piece, with text of strangers made harmless.
 */
#ifndef DIAGNOSTICS_H
#define DIAGNOSTICS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* Exit statuses, a contract. PARTLY: places of a file could not be read. INTERRUPTED is what shells
 * give a process that Ctrl-C ended. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_PARTLY = 3, EXIT_INTERRUPTED = 130 };

/* --quiet: from now on only failures are reported. */
void diagnostics_be_quiet(void);
bool diagnostics_is_quiet(void);

/* The texts one after the other; the last argument is NULL. */
void diagnostics_print(const char *first, ...);

/* The same, of what is no failure. */
void diagnostics_note(const char *first, ...);

/* A failure: what it was about (may be NULL), the call, the reason, the system's code, a remedy.
 * more (may be NULL) is a further way out that the tool knows of. */
void diagnostics_error(const char *subject, const wfpw_error *e, const char *more);

/* For wfpw_options.log. */
void diagnostics_log(void *ctx, int level, const char *text);

/* "...; see 'wfpwatch COMMAND --help'". Returns EXIT_USAGE. command may be "". */
int diagnostics_usage(const char *command, const char *what, const char *argument);

#endif
