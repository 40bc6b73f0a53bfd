/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions of fwpuclnt.dll by name, and where each stands in struct system_host. */
#ifndef WFPW_SYSTEM_WIN_H
#define WFPW_SYSTEM_WIN_H

#include "os/system.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* All of them are as old as Windows Vista (win32 metadata). */
#define POLICY_FUNCTIONS(REQUIRED)                                                                 \
    REQUIRED(FwpmLayerCreateEnumHandle0)                                                           \
    REQUIRED(FwpmLayerEnum0)                                                                       \
    REQUIRED(FwpmLayerDestroyEnumHandle0)                                                          \
    REQUIRED(FwpmLayerGetByKey0)                                                                   \
    REQUIRED(FwpmProviderCreateEnumHandle0)                                                        \
    REQUIRED(FwpmProviderEnum0)                                                                    \
    REQUIRED(FwpmProviderDestroyEnumHandle0)                                                       \
    REQUIRED(FwpmProviderGetByKey0)                                                                \
    REQUIRED(FwpmSubLayerCreateEnumHandle0)                                                        \
    REQUIRED(FwpmSubLayerEnum0)                                                                    \
    REQUIRED(FwpmSubLayerDestroyEnumHandle0)                                                       \
    REQUIRED(FwpmSubLayerGetByKey0)                                                                \
    REQUIRED(FwpmCalloutCreateEnumHandle0)                                                         \
    REQUIRED(FwpmCalloutEnum0)                                                                     \
    REQUIRED(FwpmCalloutDestroyEnumHandle0)                                                        \
    REQUIRED(FwpmCalloutGetByKey0)                                                                 \
    REQUIRED(FwpmProviderContextCreateEnumHandle0)                                                 \
    REQUIRED(FwpmProviderContextEnum0)                                                             \
    REQUIRED(FwpmProviderContextDestroyEnumHandle0)                                                \
    REQUIRED(FwpmProviderContextGetByKey0)                                                         \
    REQUIRED(FwpmFilterCreateEnumHandle0)                                                          \
    REQUIRED(FwpmFilterEnum0)                                                                      \
    REQUIRED(FwpmFilterDestroyEnumHandle0)                                                         \
    REQUIRED(FwpmFilterGetByKey0)                                                                  \
    REQUIRED(FwpmFilterGetById0)                                                                   \
    REQUIRED(FwpmFilterSubscribeChanges0)                                                          \
    REQUIRED(FwpmFilterUnsubscribeChanges0)

/* Required ones are those of Windows 7 (win32 metadata); the others came with later ones. */
#define FUNCTIONS(REQUIRED, OPTIONAL)                                                              \
    REQUIRED(FwpmEngineOpen0)                                                                      \
    REQUIRED(FwpmEngineClose0)                                                                     \
    REQUIRED(FwpmEngineGetOption0)                                                                 \
    REQUIRED(FwpmEngineSetOption0)                                                                 \
    REQUIRED(FwpmFreeMemory0)                                                                      \
    REQUIRED(FwpmNetEventSubscribe0)                                                               \
    OPTIONAL(FwpmNetEventSubscribe1)                                                               \
    OPTIONAL(FwpmNetEventSubscribe2)                                                               \
    OPTIONAL(FwpmNetEventSubscribe3)                                                               \
    OPTIONAL(FwpmNetEventSubscribe4)                                                               \
    REQUIRED(FwpmNetEventUnsubscribe0)                                                             \
    REQUIRED(FwpmNetEventCreateEnumHandle0)                                                        \
    REQUIRED(FwpmNetEventEnum0)                                                                    \
    REQUIRED(FwpmNetEventEnum1)                                                                    \
    OPTIONAL(FwpmNetEventEnum2)                                                                    \
    OPTIONAL(FwpmNetEventEnum3)                                                                    \
    OPTIONAL(FwpmNetEventEnum4)                                                                    \
    OPTIONAL(FwpmNetEventEnum5)                                                                    \
    REQUIRED(FwpmNetEventDestroyEnumHandle0)                                                       \
    OPTIONAL(FwpmGetAppIdFromFileName0)                                                            \
    OPTIONAL(FwpmConnectionCreateEnumHandle0)                                                      \
    OPTIONAL(FwpmConnectionEnum0)                                                                  \
    OPTIONAL(FwpmConnectionDestroyEnumHandle0)                                                     \
    POLICY_FUNCTIONS(REQUIRED)

#define PLACE(name) AT_##name,
enum { FUNCTIONS(PLACE, PLACE) FUNCTION_COUNT };

typedef DWORD(WINAPI *two_handles_function)(void *engine, void *handle);
typedef DWORD(WINAPI *enum_function)(void *engine, void *handle, UINT32 wanted, void ***entries,
                                     UINT32 *count);

/* The export of that name as a function of that type. */
#define EXPORT(ctx, type, name) ((type)((const struct system_host *)(ctx))->functions[AT_##name])

/* The policy's functions; the first parameter of each is the host. */
void system_policy_fill(struct system_policy *p);

/* A library of System32, by "\\name", and keeping it. NULL: h->code tells. */
enum { LIBRARY_NAME_MAX = 24 }; /* units, with the NUL */
HMODULE system_load(struct system_host *h, const wchar_t *name);
void system_keep(HMODULE module);
/* audit_policy_win.c; what this Windows lacks stays NULL. */
void system_audit_policy_fill(struct system_host *h);

/* service_win.c, for system_places.service. */
uint32_t system_service(void *ctx, const uint16_t *name, struct system_service *out);

/* self_win.c, for system_engine.own_app. */
uint32_t system_own_app(void *ctx, uint16_t *room, uint32_t units);

#endif
