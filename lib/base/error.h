/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Filling wfpw_error, and the system's codes sorted into ours.
 */
#ifndef WFPW_ERROR_H
#define WFPW_ERROR_H

#include <stdint.h>

#include "wfpwatch/wfpwatch.h"

/* Fills e when there is one and returns status. text NULL: the status's own text. */
int error_set(wfpw_error *e, int status, const char *where, uint32_t os_code, const char *text);
int error_at(wfpw_error *e, int status, const char *where, uint64_t position, const char *text);
/* Into the log, which may be NULL: what happened, and the call and its code when there is one. */
void error_log(wfpw_log_fn log, void *log_ctx, int level, const char *what, const char *call,
               uint32_t code);
/* What a result of a Fwpm* function means for the caller: a Win32, RPC or FWP_E code. */
int error_of_engine(uint32_t code);
/* The same of a function of Windows that is not the engine's. */
int error_of_windows(uint32_t code);
/* Whether that result says that the engine is away, so that waiting or connecting anew helps. */
int error_is_outage(uint32_t code);

#endif
