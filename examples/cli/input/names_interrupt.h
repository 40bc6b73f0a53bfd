/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Ctrl-C while a collection of names is loaded: loading stops, and what was loaded stays.
 */
#ifndef NAMES_INTERRUPT_H
#define NAMES_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

#include "wfpwatch/wfpwatch.h"

/* Before loading the files of the list. When "-" is one of them Ctrl-C still ends the process, as
 * reading standard input may block for ever. */
void names_interrupt_start(wfpw_names *n, size_t count, const char *const *files);
/* After loading, before n is closed. Whether it was interrupted. */
bool names_interrupt_end(void);

#endif
