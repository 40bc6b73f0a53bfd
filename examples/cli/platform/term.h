/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the tool needs of the terminal and the process; one file a system fills it (term_posix.c,
 * term_win.c).
 */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* First of all: the standard streams are open and take bytes as they are, writing to a closed pipe
 * is an error, not a signal, and the arguments are UTF-8. false: for want of memory. */
bool term_start(int *argc, char ***argv);
/* A file to be read, by its UTF-8 path; NULL: see errno. */
FILE *term_open(const char *path);
/* Whether it is a file that gives the same again: no pipe, no device. */
bool term_is_regular(const char *path);
/* The same for one to be written, which is emptied; and putting it in another's place, in one step.
 */
FILE *term_create(const char *path);
bool term_replace(const char *from, const char *to);

bool term_is_terminal(FILE *f);
/* Whether a terminal takes escape sequences. */
bool term_has_colors(FILE *f);
/* Whether both are one device, so that text on the one disturbs the other. */
bool term_is_same(FILE *a, FILE *b);
/* The size in characters; a number that is not known is 0. */
void term_size(FILE *f, unsigned *columns, unsigned *rows);

/* Whether f is a pipe whose reading end is closed. */
bool term_reader_is_gone(FILE *f);
/* The same, by the errno of a failed write. */
bool term_is_gone_error(int error);
/* The text of a system's error number, as wfpw_error.os_code of a file has it. */
const char *term_error_text(uint32_t code);

/* From now on the first Ctrl-C (or request to end) is only noted; a second one ends the process. */
void term_catch_interrupts(void);
bool term_interrupted(void);
/* Has stop(ctx) called, too, at the first one, by a signal handler or another thread, or now if it
 * has come already. NULL: no more, and none is under way when this returns. */
void term_at_interrupt(void (*stop)(void *ctx), void *ctx);

/* What quotes text for a shell of this system, which finds nothing to do inside of them but their
 * end; NULL: none does for this text. */
const char *term_quote(const char *text);

/* How many minutes this host's time was ahead of UTC at that time, a FILETIME. */
int term_zone_minutes(uint64_t filetime);
/* Whether what the terminal shows may have other characters than ASCII. */
bool term_is_unicode(void);

uint64_t term_ticks_ms(void);   /* monotonic */
unsigned term_processors(void); /* at least 1 */

#endif
