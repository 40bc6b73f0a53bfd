/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filling wfpw_error, and the system's codes sorted into ours.
 */
#ifndef WFPW_ERROR_H
#define WFPW_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "wfpwatch/wfpwatch.h"

/* Fills e when there is one and returns status. text NULL: the status's own text. */
int error_set(wfpw_error *e, int status, const char *where, uint32_t os_code, const char *text);
int error_at(wfpw_error *e, int status, const char *where, uint64_t position, const char *text);
/* Into the log, which may be NULL: what happened, and the call and its code when there is one. */
void error_log(wfpw_log_fn log, void *log_ctx, int level, const char *what, const char *call,
               uint32_t code);

/* ---- the codes of Fwpm* functions: Win32, RPC or FWP_E -------------------------------------- */

/* What a code means for the caller. */
int error_of_engine(uint32_t code);
/* The same of a function of Windows that is not the engine's. */
int error_of_windows(uint32_t code);
/* "Not permitted": the list is closed, so that no other code is ever taken for a missing right. */
bool error_is_denied(uint32_t code);
/* Known to say that the engine is away. A word for the caller: that a code is none of these never
 * means that it is there. */
bool error_is_away(uint32_t code);
/* Known to be so for good while a session is opened: denied, a function that is not there, a wrong
 * argument. Whatever else may pass. */
bool error_is_for_good(uint32_t code);
/* A failure that may pass: waiting, or connecting anew, may help. */
bool error_passes(uint32_t code);
/* Can be said of the conditions of a template. */
bool error_is_about_conditions(uint32_t code);

#endif
