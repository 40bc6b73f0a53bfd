/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What happens on the simulated Windows of 'wfpwatch watch --sim'.
 */
#ifndef DEMO_SCRIPT_H
#define DEMO_SCRIPT_H

#include "view/buffer.h"

/* Scripts for when none is given: what is there from the start, and what happens. */
extern const char demo_script_host[];
extern const char demo_script_default[];

/* Reads a script from a file ("-" is standard input), with a NUL at its end. false: it could not be
 * read, and that was reported. */
bool demo_script_load(struct buffer *b, const char *path);

/* The line and column, counted from 1, of a character of the script. */
void demo_script_place(const char *script, uint64_t position, unsigned *line, unsigned *column);

#endif
