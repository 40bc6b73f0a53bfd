/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A call that is made on a thread of its own and waited for, as what it asks of the system must not
 * meet the caller's thread as it is: impersonating, or with a small stack. */
#ifndef WFPW_THREAD_CALL_H
#define WFPW_THREAD_CALL_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* Runs run(ctx), with the caller's hooks around it (NULL: none). false: there is no thread to be
 * had, and nothing was run. */
bool thread_call(const wfpw_thread_hooks *hooks, void (*run)(void *ctx), void *ctx);

#endif
