/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the library asks of Windows, as tables of functions: filled by os/win from System32, or by
 * the simulator. A table or function that is NULL is one that this Windows does not have; that a
 * function fails never means so.
 */
#ifndef WFPW_SYSTEM_H
#define WFPW_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "os/fwp_types.h"

/* A callback of one of the versions; cast back to it by who calls. */
typedef void (*system_callback)(void);

enum { SYSTEM_SUBSCRIBES = 5, SYSTEM_ENUMS = 6, SYSTEM_FUNCTIONS = 32 };

/* Named after the functions of fwpuclnt.dll without "Fwpm"; each returns 0 or a Win32, RPC or FWP_E
 * code. subscribe[N] calls back with an FWPM_NET_EVENT(N + 1), enumerate[N] gives FWPM_NET_EVENTN.
 */
struct system_engine {
    uint32_t (*open)(void *ctx, const FWPM_SESSION0 *session, void **engine);
    uint32_t (*close)(void *ctx, void *engine);
    uint32_t (*get_option)(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value);
    uint32_t (*subscribe[SYSTEM_SUBSCRIBES])(void *ctx, void *engine,
                                             const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription,
                                             system_callback callback, void *context,
                                             void **subscription_handle);
    uint32_t (*unsubscribe)(void *ctx, void *engine, void *subscription_handle);
    uint32_t (*create_enum)(void *ctx, void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                            void **enum_handle);
    uint32_t (*enumerate[SYSTEM_ENUMS])(void *ctx, void *engine, void *enum_handle, uint32_t wanted,
                                        void ***entries, uint32_t *count);
    uint32_t (*destroy_enum)(void *ctx, void *engine, void *enum_handle);
    void (*free)(void *ctx, void **p);
};

struct wfpw_system {
    void *ctx;       /* the first parameter of every function */
    uint16_t source; /* WFPW_SOURCE_*: what its events say */
    const struct system_engine *engine;
    uint64_t (*now)(void *ctx); /* 100 ns since 1601-01-01 UTC */
};

/* What this host itself has. */
struct system_host {
    struct wfpw_system system;
    struct system_engine engine;
    void (*functions[SYSTEM_FUNCTIONS])(void); /* the exports, in the order of the filling's list */
    const char
        *missing;     /* the library, function or flag that is not there; NULL: it has no engine */
    const char *text; /* a sentence about it */
    uint32_t code;    /* the system's */
};

/* Looks for it, at each call anew. To be called where nobody is impersonated and no lock of the
 * loader is held: on the service thread. false: `missing` and what follows it tell why. What was
 * found stays valid until the process ends. */
bool system_host_find(struct system_host *h);

#endif
