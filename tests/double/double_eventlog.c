/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The event log behind its two libraries' names: a wevtapi.dll, and an advapi32.dll that forwards
 * all its other names to the system's own (forward.py). */
#include <stdio.h>

#define WIN32_LEAN_AND_MEAN
#define _ADVAPI32_ /* its functions are defined here */
#include <windows.h>

#include "double.h"

static const uint16_t *units(const wchar_t *text)
{
    return (const uint16_t *)(const void *)text;
}

static BOOL ended(const char *call, const char *what, uint32_t code)
{
    (void)double_told(call, what, code);
    SetLastError(code);
    return code == 0;
}

static HANDLE handed(const char *call, const char *what, uint32_t code, void *handle)
{
    return ended(call, what, code) ? handle : NULL;
}

/* ---- wevtapi.dll ---------------------------------------------------------------------------- */

HANDLE WINAPI EvtSubscribe(HANDLE session, HANDLE signal, const wchar_t *channel,
                           const wchar_t *query, HANDLE bookmark, void *context, void *callback,
                           DWORD flags);
HANDLE WINAPI EvtSubscribe(HANDLE session, HANDLE signal, const wchar_t *channel,
                           const wchar_t *query, HANDLE bookmark, void *context, void *callback,
                           DWORD flags)
{
    void *ctx, *handle = NULL;
    char what[128];
    const struct system_eventlog *f = double_eventlog(&ctx);
    uint32_t code =
        f->subscribe(ctx, (intptr_t)signal, units(channel), units(query), bookmark, flags, &handle);
    (void)snprintf(what, sizeof what, " session=%s callback=%s%s flags=0x%lx channel=%ls",
                   session != NULL ? "given" : "none", callback != NULL ? "given" : "none",
                   context != NULL ? " context=given" : "", flags, channel);
    return handed("EvtSubscribe", what, code, handle);
}

HANDLE WINAPI EvtQuery(HANDLE session, const wchar_t *path, const wchar_t *query, DWORD flags);
HANDLE WINAPI EvtQuery(HANDLE session, const wchar_t *path, const wchar_t *query, DWORD flags)
{
    void *ctx, *handle = NULL;
    (void)session;
    uint32_t code = double_eventlog(&ctx)->query(ctx, units(path), units(query), flags, &handle);
    return handed("EvtQuery", "", code, handle);
}

BOOL WINAPI EvtNext(HANDLE results, DWORD wanted, HANDLE *events, DWORD timeout, DWORD flags,
                    DWORD *returned);
BOOL WINAPI EvtNext(HANDLE results, DWORD wanted, HANDLE *events, DWORD timeout, DWORD flags,
                    DWORD *returned)
{
    void *ctx;
    char what[64];
    uint32_t n = 0;
    uint32_t code = double_eventlog(&ctx)->next(ctx, results, wanted, events, timeout, &n);
    if (code == 0)
        *returned = n;
    (void)snprintf(what, sizeof what, " wanted=%lu flags=%lu returned=%u", wanted, flags,
                   code == 0 ? n : 0);
    return ended("EvtNext", what, code);
}

BOOL WINAPI EvtRender(HANDLE context, HANDLE fragment, DWORD flags, DWORD bytes, void *buffer,
                      DWORD *used, DWORD *properties);
BOOL WINAPI EvtRender(HANDLE context, HANDLE fragment, DWORD flags, DWORD bytes, void *buffer,
                      DWORD *used, DWORD *properties)
{
    void *ctx;
    uint32_t n = 0;
    (void)context;
    uint32_t code = double_eventlog(&ctx)->render(ctx, fragment, flags, bytes, buffer, &n);
    *used = n;
    *properties = 0;
    return ended("EvtRender", "", code);
}

BOOL WINAPI EvtClose(HANDLE h);
BOOL WINAPI EvtClose(HANDLE h)
{
    void *ctx;
    return ended("EvtClose", "", double_eventlog(&ctx)->close(ctx, h));
}

HANDLE WINAPI EvtCreateBookmark(const wchar_t *xml);
HANDLE WINAPI EvtCreateBookmark(const wchar_t *xml)
{
    void *ctx, *handle = NULL;
    uint32_t code = double_eventlog(&ctx)->create_bookmark(ctx, units(xml), &handle);
    return handed("EvtCreateBookmark", "", code, handle);
}

BOOL WINAPI EvtUpdateBookmark(HANDLE bookmark, HANDLE event);
BOOL WINAPI EvtUpdateBookmark(HANDLE bookmark, HANDLE event)
{
    void *ctx;
    return ended("EvtUpdateBookmark", "",
                 double_eventlog(&ctx)->update_bookmark(ctx, bookmark, event));
}

HANDLE WINAPI EvtOpenLog(HANDLE session, const wchar_t *path, DWORD flags);
HANDLE WINAPI EvtOpenLog(HANDLE session, const wchar_t *path, DWORD flags)
{
    void *ctx, *handle = NULL;
    char what[32];
    (void)session;
    uint32_t code = double_eventlog(&ctx)->open_log(ctx, units(path), &handle);
    (void)snprintf(what, sizeof what, " flags=%lu", flags);
    return handed("EvtOpenLog", what, code, handle);
}

struct variant {
    uint64_t value;
    DWORD count, type;
};

/* The number of records and the oldest one are 64-bit numbers (EvtVarTypeUInt64). */
BOOL WINAPI EvtGetLogInfo(HANDLE log, DWORD property, DWORD bytes, struct variant *v, DWORD *used);
BOOL WINAPI EvtGetLogInfo(HANDLE log, DWORD property, DWORD bytes, struct variant *v, DWORD *used)
{
    void *ctx;
    uint64_t value = 0;
    uint32_t code = double_eventlog(&ctx)->log_info(ctx, log, property, &value);
    *used = (DWORD)sizeof *v;
    if (code == 0 && bytes >= sizeof *v)
        *v = (struct variant){.value = value, .type = 10};
    return ended("EvtGetLogInfo", "", code);
}

/* ---- advapi32.dll --------------------------------------------------------------------------- */

HANDLE WINAPI OpenEventLogW(const wchar_t *server, const wchar_t *source)
{
    void *ctx, *handle = NULL;
    (void)server;
    uint32_t code = double_eventlog(&ctx)->classic_open(ctx, units(source), &handle);
    return handed("OpenEventLogW", "", code, handle);
}

BOOL WINAPI CloseEventLog(HANDLE log)
{
    void *ctx;
    return ended("CloseEventLog", "", double_eventlog(&ctx)->classic_close(ctx, log));
}

BOOL WINAPI NotifyChangeEventLog(HANDLE log, HANDLE event)
{
    void *ctx;
    return ended("NotifyChangeEventLog", "",
                 double_eventlog(&ctx)->classic_notify(ctx, log, (intptr_t)event));
}

BOOL WINAPI ReadEventLogW(HANDLE log, DWORD flags, DWORD record, void *buffer, DWORD bytes,
                          DWORD *read, DWORD *needed)
{
    void *ctx;
    uint32_t n = 0, more = 0;
    uint32_t code =
        double_eventlog(&ctx)->classic_read(ctx, log, flags, record, buffer, bytes, &n, &more);
    *read = n;
    *needed = more;
    return ended("ReadEventLogW", "", code);
}

BOOL WINAPI GetNumberOfEventLogRecords(HANDLE log, DWORD *number)
{
    void *ctx;
    uint32_t n = 0, code = double_eventlog(&ctx)->classic_count(ctx, log, &n);
    *number = n;
    return ended("GetNumberOfEventLogRecords", "", code);
}

BOOL WINAPI GetOldestEventLogRecord(HANDLE log, DWORD *oldest)
{
    void *ctx;
    uint32_t n = 0, code = double_eventlog(&ctx)->classic_oldest(ctx, log, &n);
    *oldest = n;
    return ended("GetOldestEventLogRecord", "", code);
}
