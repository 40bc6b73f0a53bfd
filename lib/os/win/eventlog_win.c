/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The event log's functions: wevtapi.dll's and advapi32.dll's, looked up by name as those of
 * fwpuclnt.dll are. Prototypes: winevt.h and winbase.h of the Windows SDK. */
#include "os/os.h"
#include "os/win/system_win.h"
#include "wfpwatch/wfpwatch.h"

#define LOG_FUNCTIONS(MODERN, CLASSIC)                                                             \
    MODERN(EvtSubscribe)                                                                           \
    MODERN(EvtQuery)                                                                               \
    MODERN(EvtNext)                                                                                \
    MODERN(EvtRender)                                                                              \
    MODERN(EvtClose)                                                                               \
    MODERN(EvtCreateBookmark)                                                                      \
    MODERN(EvtUpdateBookmark)                                                                      \
    MODERN(EvtOpenLog)                                                                             \
    MODERN(EvtGetLogInfo)                                                                          \
    CLASSIC(OpenEventLogW)                                                                         \
    CLASSIC(NotifyChangeEventLog)                                                                  \
    CLASSIC(ReadEventLogW)                                                                         \
    CLASSIC(GetNumberOfEventLogRecords)                                                            \
    CLASSIC(GetOldestEventLogRecord)                                                               \
    CLASSIC(CloseEventLog)

#define LOG_PLACE(name) LOG_AT_##name,
enum { LOG_FUNCTIONS(LOG_PLACE, LOG_PLACE) LOG_FUNCTION_COUNT };
_Static_assert((int)LOG_FUNCTION_COUNT <= (int)SYSTEM_LOG_FUNCTIONS, "system.h has room for them");

#define AS_MODERN(name)  {#name, false},
#define AS_CLASSIC(name) {#name, true},
static const struct {
    const char *name;
    bool is_classic;
} list[] = {LOG_FUNCTIONS(AS_MODERN, AS_CLASSIC)};

/* EVT_VARIANT */
struct variant {
    union {
        uint64_t u64;
        uint32_t u32;
    } is;
    DWORD count, type;
};
enum { VARIANT_U32 = 8, OPEN_CHANNEL = 1 }; /* EvtVarTypeUInt32, EvtOpenChannelPath */

typedef HANDLE(WINAPI *subscribe_function)(HANDLE session, HANDLE signal, const wchar_t *channel,
                                           const wchar_t *query, HANDLE bookmark, void *context,
                                           void *callback, DWORD flags);
typedef HANDLE(WINAPI *query_function)(HANDLE session, const wchar_t *path, const wchar_t *query,
                                       DWORD flags);
typedef BOOL(WINAPI *next_function)(HANDLE results, DWORD wanted, HANDLE *events, DWORD timeout,
                                    DWORD flags, DWORD *returned);
typedef BOOL(WINAPI *render_function)(HANDLE context, HANDLE fragment, DWORD flags, DWORD bytes,
                                      void *buffer, DWORD *used, DWORD *properties);
typedef BOOL(WINAPI *handle_function)(HANDLE h);
typedef HANDLE(WINAPI *text_function)(const wchar_t *xml);
typedef BOOL(WINAPI *two_function)(HANDLE a, HANDLE b);
typedef HANDLE(WINAPI *open_function)(HANDLE session, const wchar_t *path, DWORD flags);
typedef BOOL(WINAPI *info_function)(HANDLE log, DWORD property, DWORD bytes, struct variant *value,
                                    DWORD *used);
typedef HANDLE(WINAPI *classic_open_function)(const wchar_t *server, const wchar_t *source);
typedef BOOL(WINAPI *read_function)(HANDLE log, DWORD flags, DWORD record, void *buffer,
                                    DWORD bytes, DWORD *read, DWORD *needed);
typedef BOOL(WINAPI *number_function)(HANDLE log, DWORD *number);

#define CALL(ctx, type, name)                                                                      \
    ((type)((const struct system_host *)(ctx))->log_functions[LOG_AT_##name])

/* Some stand-ins fail without saying why. */
static uint32_t last_code(void)
{
    DWORD code = GetLastError();
    return code != 0 ? code : EVENTLOG_E_NOT_IMPLEMENTED;
}

static uint32_t code_of(BOOL done)
{
    return done ? 0 : last_code();
}

static uint32_t code_of_handle(HANDLE h, void **out)
{
    *out = h;
    return h != NULL ? 0 : last_code();
}

static const wchar_t *wide_text(const uint16_t *text)
{
    return (const wchar_t *)(const void *)text;
}

/* ---- modern --------------------------------------------------------------------------------- */

static uint32_t log_subscribe(void *ctx, intptr_t signal, const uint16_t *channel,
                              const uint16_t *query, void *bookmark, uint32_t flags, void **handle)
{
    SetLastError(0);
    return code_of_handle(
        CALL(ctx, subscribe_function, EvtSubscribe)(NULL, (HANDLE)signal, wide_text(channel),
                                                    wide_text(query), bookmark, NULL, NULL, flags),
        handle);
}

static uint32_t log_query(void *ctx, const uint16_t *channel, const uint16_t *query, uint32_t flags,
                          void **handle)
{
    SetLastError(0);
    return code_of_handle(
        CALL(ctx, query_function, EvtQuery)(NULL, wide_text(channel), wide_text(query), flags),
        handle);
}

static uint32_t log_next(void *ctx, void *handle, uint32_t wanted, void **events,
                         uint32_t timeout_ms, uint32_t *returned)
{
    DWORD n = 0;
    SetLastError(0);
    uint32_t code =
        code_of(CALL(ctx, next_function, EvtNext)(handle, wanted, events, timeout_ms, 0, &n));
    *returned = code == 0 ? n : 0;
    return code;
}

static uint32_t log_render(void *ctx, void *event, uint32_t flags, uint32_t bytes, void *buffer,
                           uint32_t *used)
{
    DWORD n = 0, properties = 0;
    SetLastError(0);
    uint32_t code = code_of(
        CALL(ctx, render_function, EvtRender)(NULL, event, flags, bytes, buffer, &n, &properties));
    *used = n;
    return code;
}

static uint32_t log_close(void *ctx, void *handle)
{
    return code_of(CALL(ctx, handle_function, EvtClose)(handle));
}

static uint32_t create_bookmark(void *ctx, const uint16_t *xml, void **bookmark)
{
    SetLastError(0);
    return code_of_handle(CALL(ctx, text_function, EvtCreateBookmark)(wide_text(xml)), bookmark);
}

static uint32_t update_bookmark(void *ctx, void *bookmark, void *event)
{
    return code_of(CALL(ctx, two_function, EvtUpdateBookmark)(bookmark, event));
}

static uint32_t open_log(void *ctx, const uint16_t *channel, void **log)
{
    SetLastError(0);
    return code_of_handle(
        CALL(ctx, open_function, EvtOpenLog)(NULL, wide_text(channel), OPEN_CHANNEL), log);
}

static uint32_t log_info(void *ctx, void *log, uint32_t property, uint64_t *value)
{
    struct variant v = {0};
    DWORD used = 0;
    uint32_t code =
        code_of(CALL(ctx, info_function, EvtGetLogInfo)(log, property, (DWORD)sizeof v, &v, &used));
    *value = v.type == VARIANT_U32 ? v.is.u32 : v.is.u64;
    return code;
}

/* ---- classic -------------------------------------------------------------------------------- */

/* For this thread only: the process's own token stays as it is. */
static bool hold_privilege(void)
{
    TOKEN_PRIVILEGES p = {.PrivilegeCount = 1};
    HANDLE token;
    if (!ImpersonateSelf(SecurityImpersonation))
        return false;
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, TRUE, &token))
        return true;
    p.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    if (LookupPrivilegeValueW(NULL, L"SeSecurityPrivilege", &p.Privileges[0].Luid))
        (void)AdjustTokenPrivileges(token, FALSE, &p, 0, NULL, NULL);
    (void)CloseHandle(token);
    return true;
}

static uint32_t classic_open(void *ctx, const uint16_t *log, void **handle)
{
    bool held = hold_privilege();
    SetLastError(0);
    uint32_t code = code_of_handle(
        CALL(ctx, classic_open_function, OpenEventLogW)(NULL, wide_text(log)), handle);
    if (held)
        (void)RevertToSelf();
    return code;
}

static uint32_t classic_notify(void *ctx, void *handle, intptr_t signal)
{
    return code_of(CALL(ctx, two_function, NotifyChangeEventLog)(handle, (HANDLE)signal));
}

static uint32_t classic_read(void *ctx, void *handle, uint32_t flags, uint32_t record, void *buffer,
                             uint32_t bytes, uint32_t *read, uint32_t *needed)
{
    DWORD n = 0, more = 0;
    SetLastError(0);
    uint32_t code = code_of(
        CALL(ctx, read_function, ReadEventLogW)(handle, flags, record, buffer, bytes, &n, &more));
    *read = n;
    *needed = more;
    return code;
}

static uint32_t classic_count(void *ctx, void *handle, uint32_t *count)
{
    DWORD n = 0;
    uint32_t code = code_of(CALL(ctx, number_function, GetNumberOfEventLogRecords)(handle, &n));
    *count = n;
    return code;
}

static uint32_t classic_oldest(void *ctx, void *handle, uint32_t *oldest)
{
    DWORD n = 0;
    uint32_t code = code_of(CALL(ctx, number_function, GetOldestEventLogRecord)(handle, &n));
    *oldest = n;
    return code;
}

static uint32_t classic_close(void *ctx, void *handle)
{
    return code_of(CALL(ctx, handle_function, CloseEventLog)(handle));
}

/* ---- finding them --------------------------------------------------------------------------- */

static uint64_t log_now(void *ctx)
{
    (void)ctx;
    return os_now();
}

/* All of one kind, or none. */
static bool look_up(struct system_host *h, const wchar_t *name, bool is_classic)
{
    HMODULE module = system_load(h, name);
    bool whole = module != NULL;
    for (int i = 0; whole && i < LOG_FUNCTION_COUNT; i++)
        if (list[i].is_classic == is_classic) {
            h->log_functions[i] = (void (*)(void))GetProcAddress(module, list[i].name);
            whole = h->log_functions[i] != NULL;
        }
    if (module != NULL)
        system_keep(module);
    return whole;
}

static void fill_modern(struct system_eventlog *l)
{
    l->subscribe = log_subscribe;
    l->query = log_query;
    l->next = log_next;
    l->render = log_render;
    l->close = log_close;
    l->create_bookmark = create_bookmark;
    l->update_bookmark = update_bookmark;
    l->open_log = open_log;
    l->log_info = log_info;
}

static void fill_classic(struct system_eventlog *l)
{
    l->classic_open = classic_open;
    l->classic_notify = classic_notify;
    l->classic_read = classic_read;
    l->classic_count = classic_count;
    l->classic_oldest = classic_oldest;
    l->classic_close = classic_close;
}

bool system_host_find_log(struct system_host *h)
{
    bool modern = look_up(h, L"\\wevtapi.dll", false),
         classic = look_up(h, L"\\advapi32.dll", true);
    h->eventlog = (struct system_eventlog){0};
    if (modern)
        fill_modern(&h->eventlog);
    if (classic)
        fill_classic(&h->eventlog);
    h->system.ctx = h;
    h->system.now = log_now;
    h->system.places = system_host_places();
    system_audit_policy_fill(h);
    h->system.audit_policy = &h->audit_policy;
    h->system.eventlog = modern || classic ? &h->eventlog : NULL;
    if (h->system.eventlog != NULL)
        return true;
    h->missing = "wevtapi.dll";
    h->text = "this Windows has no event log";
    return false;
}
