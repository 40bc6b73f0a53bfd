/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the parts of the probe share: the functions of fwpuclnt.dll, JSON, sessions and drops. */
#ifndef WFPW_TEST_PROBE_H
#define WFPW_TEST_PROBE_H

#include <stdbool.h>

#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <windows.h>

#include "os/fwp_types.h"

/* ---- the functions, each of which may be missing -------------------------------------------- */

typedef void(WINAPI *event_callback)(void *context, const void *event);

#define FUNCTIONS(X)                                                                               \
    X(FwpmEngineOpen0, (const wchar_t *, UINT32, void *, const FWPM_SESSION0 *, HANDLE *))         \
    X(FwpmEngineClose0, (HANDLE))                                                                  \
    X(FwpmEngineGetOption0, (HANDLE, UINT32, FWP_VALUE0 **))                                       \
    X(FwpmEngineSetOption0, (HANDLE, UINT32, const FWP_VALUE0 *))                                  \
    X(FwpmFreeMemory0, (void **))                                                                  \
    X(FwpmFilterAdd0, (HANDLE, const FWPM_FILTER0 *, void *, UINT64 *))                            \
    X(FwpmFilterSubscribeChanges0,                                                                 \
      (HANDLE, const FWPM_FILTER_SUBSCRIPTION0 *, FWPM_FILTER_CHANGE_CALLBACK0, void *, HANDLE *)) \
    X(FwpmNetEventUnsubscribe0, (HANDLE, HANDLE))                                                  \
    X(FwpmNetEventCreateEnumHandle0, (HANDLE, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *, HANDLE *))    \
    X(FwpmNetEventEnum1, (HANDLE, HANDLE, UINT32, void ***, UINT32 *))                             \
    X(FwpmNetEventDestroyEnumHandle0, (HANDLE, HANDLE))

#define MEMBER(name, parameters) DWORD(WINAPI *name) parameters;
struct functions {
    FUNCTIONS(MEMBER)
    DWORD(WINAPI *subscribe)
    (HANDLE, const FWPM_NET_EVENT_SUBSCRIPTION0 *, event_callback, void *, HANDLE *);
    int subscribe_version; /* -1: none */
    DWORD event_bytes;     /* of the event's struct */
};
extern struct functions fwp; /* filled by find_functions */

/* No version's struct is larger (the oldest is the largest). */
enum { LARGEST_EVENT = sizeof(FWPM_NET_EVENT1) };
_Static_assert(sizeof(FWPM_NET_EVENT5) <= (int)LARGEST_EVENT, "the newest is no larger");

/* From System32. */
void find_functions(void);
/* Which of them there are: a Windows' age. */
void put_exports(void);

/* ---- JSON ----------------------------------------------------------------------------------- */

void key(const char *name);
void put_number(const char *name, unsigned long long n);
void put_bool(const char *name, bool b);
void put_null(const char *name);
/* A result: 0 or the code, in eight digits as Microsoft writes it. */
void put_code(const char *name, DWORD code);
void open_object(const char *name);
void close_object(void);

/* ---- sessions, drops ------------------------------------------------------------------------ */

HANDLE open_engine(UINT32 flags); /* NULL: it could not be opened */
void close_engine(HANDLE engine);
DWORD subscribe(HANDLE engine, FWPM_NET_EVENT_ENUM_TEMPLATE0 *t, event_callback callback,
                void *context, HANDLE *handle);
DWORD get_option(HANDLE engine, UINT32 option, UINT32 *value);
/* Blocks UDP to port 9 of 192.0.2.1, an address of documents, while the session lives. 0: it could
 * not be added. */
UINT64 add_filter(HANDLE engine);
/* Sends what that filter blocks. */
void send_blocked(int times);

/* ---- questions about callbacks -------------------------------------------------------------- */

void ask_callbacks(HANDLE engine);
void ask_close(void);
void ask_notices(void);

#endif
