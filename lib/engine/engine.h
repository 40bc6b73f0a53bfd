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
/* Subscribes to net events with the newest function there is, and the callback for it. An older one
 * is used only when the newer is not there, never when it fails. *call names it. */
uint32_t engine_subscribe(const struct wfpw_system *system, void *engine,
                          const FWPM_NET_EVENT_SUBSCRIPTION0 *s,
                          const system_callback callbacks[SYSTEM_SUBSCRIBES], void *context,
                          void **subscription, const char **call);
/* Whether there is such a function, and the one that ends it. */
bool engine_subscribes(const struct wfpw_system *system);
/* Whether a code is what an engine says to a bit or an option that it does not know; which code
 * that is, no document says. */
bool engine_refuses(uint32_t code);

#endif
