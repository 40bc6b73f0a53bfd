/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Finding the engine, and the calls of it that several parts make: each returns the engine's code.
 */
#ifndef WFPW_ENGINE_H
#define WFPW_ENGINE_H

#include "os/system.h"
#include "wfpwatch/wfpwatch.h"

/* The system that the options name, or, when that is NULL, this host's, which is looked for: on a
 * thread of ours, as the caller's may impersonate somebody. NULL: e tells what is missing; where:
 * the caller's function. */
const struct wfpw_system *engine_system(const struct wfpw_system *given, struct system_host *host,
                                        const char *where, wfpw_error *e);
/* A session that is not dynamic, and waits a second at most for others' transactions. */
uint32_t engine_open(const struct wfpw_system *system, void **engine);
/* An option that is a number; 0 when it fails. */
uint32_t engine_get(const struct wfpw_system *system, void *engine, uint32_t option,
                    uint32_t *value);
uint32_t engine_set(const struct wfpw_system *system, void *engine, uint32_t option,
                    uint32_t value);
/* Whether a code is what an engine says to a bit or an option that it does not know; which code
 * that is, no document says. */
bool engine_refuses(uint32_t code);

#endif
