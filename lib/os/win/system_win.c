/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions of fwpuclnt.dll, looked up by name: linked against, a program would not start on a
 * Windows that lacks one of them. */
#include "os/win/system_win.h"

#include "os/os.h"
#include "wfpwatch/wfpwatch.h"

/* ---- the names ------------------------------------------------------------------------------ */

#define AS_REQUIRED(name) {#name, true},
#define AS_OPTIONAL(name) {#name, false},
_Static_assert((int)FUNCTION_COUNT <= (int)SYSTEM_FUNCTIONS, "system.h has room for them");

static const struct {
    const char *name;
    bool required;
} list[] = {FUNCTIONS(AS_REQUIRED, AS_OPTIONAL)};

/* ---- calling them --------------------------------------------------------------------------- */

typedef DWORD(WINAPI *open_function)(const wchar_t *server, UINT32 service, void *identity,
                                     const FWPM_SESSION0 *session, void **engine);
typedef DWORD(WINAPI *handle_function)(void *engine);
typedef DWORD(WINAPI *get_option_function)(void *engine, UINT32 option, FWP_VALUE0 **value);
typedef DWORD(WINAPI *set_option_function)(void *engine, UINT32 option, const FWP_VALUE0 *value);
typedef DWORD(WINAPI *subscribe_function)(void *engine,
                                          const FWPM_NET_EVENT_SUBSCRIPTION0 *subscription,
                                          system_callback callback, void *context, void **handle);
typedef DWORD(WINAPI *create_enum_function)(void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                                            void **handle);
typedef DWORD(WINAPI *app_id_function)(const wchar_t *path, FWP_BYTE_BLOB **app_id);
typedef void(WINAPI *free_function)(void **p);
typedef DWORD(WINAPI *create_connection_enum_function)(void *engine,
                                                       const FWPM_CONNECTION_ENUM_TEMPLATE0 *t,
                                                       void **handle);
typedef DWORD(WINAPI *connection_enum_function)(void *engine, void *handle, UINT32 wanted,
                                                FWPM_CONNECTION0 ***entries, UINT32 *count);

static uint32_t engine_open(void *ctx, const FWPM_SESSION0 *session, void **engine)
{
    return EXPORT(ctx, open_function, FwpmEngineOpen0)(NULL, FWP_RPC_C_AUTHN_WINNT, NULL, session,
                                                       engine);
}

static uint32_t engine_close(void *ctx, void *engine)
{
    return EXPORT(ctx, handle_function, FwpmEngineClose0)(engine);
}

static uint32_t get_option(void *ctx, void *engine, uint32_t option, FWP_VALUE0 **value)
{
    return EXPORT(ctx, get_option_function, FwpmEngineGetOption0)(engine, option, value);
}

static uint32_t set_option(void *ctx, void *engine, uint32_t option, const FWP_VALUE0 *value)
{
    return EXPORT(ctx, set_option_function, FwpmEngineSetOption0)(engine, option, value);
}

#define SUBSCRIBE(n)                                                                               \
    static uint32_t subscribe##n(void *ctx, void *engine, const FWPM_NET_EVENT_SUBSCRIPTION0 *s,   \
                                 system_callback callback, void *context, void **handle)           \
    {                                                                                              \
        return EXPORT(ctx, subscribe_function, FwpmNetEventSubscribe##n)(engine, s, callback,      \
                                                                         context, handle);         \
    }
SUBSCRIBE(0)
SUBSCRIBE(1)
SUBSCRIBE(2)
SUBSCRIBE(3)
SUBSCRIBE(4)

static uint32_t unsubscribe_events(void *ctx, void *engine, void *handle)
{
    return EXPORT(ctx, two_handles_function, FwpmNetEventUnsubscribe0)(engine, handle);
}

static uint32_t create_enum(void *ctx, void *engine, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t,
                            void **handle)
{
    return EXPORT(ctx, create_enum_function, FwpmNetEventCreateEnumHandle0)(engine, t, handle);
}

#define ENUMERATE(n)                                                                               \
    static uint32_t enumerate##n(void *ctx, void *engine, void *handle, uint32_t wanted,           \
                                 void ***entries, uint32_t *count)                                 \
    {                                                                                              \
        return EXPORT(ctx, enum_function, FwpmNetEventEnum##n)(engine, handle, wanted, entries,    \
                                                               count);                             \
    }
ENUMERATE(0)
ENUMERATE(1)
ENUMERATE(2)
ENUMERATE(3)
ENUMERATE(4)
ENUMERATE(5)

static uint32_t destroy_enum(void *ctx, void *engine, void *handle)
{
    return EXPORT(ctx, two_handles_function, FwpmNetEventDestroyEnumHandle0)(engine, handle);
}

static uint32_t app_id_from_file(void *ctx, const uint16_t *path, FWP_BYTE_BLOB **app_id)
{
    return EXPORT(ctx, app_id_function,
                  FwpmGetAppIdFromFileName0)((const wchar_t *)(const void *)path, app_id);
}

static uint32_t create_connection_enum(void *ctx, void *engine,
                                       const FWPM_CONNECTION_ENUM_TEMPLATE0 *t, void **handle)
{
    return EXPORT(ctx, create_connection_enum_function, FwpmConnectionCreateEnumHandle0)(engine, t,
                                                                                         handle);
}

static uint32_t enumerate_connections(void *ctx, void *engine, void *handle, uint32_t wanted,
                                      FWPM_CONNECTION0 ***entries, uint32_t *count)
{
    return EXPORT(ctx, connection_enum_function, FwpmConnectionEnum0)(engine, handle, wanted,
                                                                      entries, count);
}

static uint32_t destroy_connection_enum(void *ctx, void *engine, void *handle)
{
    return EXPORT(ctx, two_handles_function, FwpmConnectionDestroyEnumHandle0)(engine, handle);
}

static void free_memory(void *ctx, void **p)
{
    if (*p != NULL)
        EXPORT(ctx, free_function, FwpmFreeMemory0)(p);
    *p = NULL;
}

static uint64_t time_now(void *ctx)
{
    (void)ctx;
    return os_now();
}

/* ---- finding them --------------------------------------------------------------------------- */

/* By its whole path: a bare name would be answered with any library of that name that somebody has
 * loaded before. What it needs itself comes from System32, too. */
HMODULE system_load(struct system_host *h, const wchar_t *name)
{
    wchar_t path[MAX_PATH + LIBRARY_NAME_MAX];
    UINT n = GetSystemDirectoryW(path, MAX_PATH);
    if (n == 0 || n >= MAX_PATH)
        return NULL;
    for (size_t i = 0; i == 0 || name[i - 1] != 0; i++)
        path[n + i] = name[i];
    HMODULE module = LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    h->code = module != NULL ? 0 : GetLastError();
    if (h->code == ERROR_INVALID_PARAMETER) { /* it does not know the flag */
        h->missing = "LOAD_LIBRARY_SEARCH_SYSTEM32";
        h->text = "this Windows 7 lacks the update KB2533623";
    }
    return module;
}

static HMODULE load_library(struct system_host *h)
{
    h->missing = "fwpuclnt.dll";
    h->text = "this Windows has no client of the Windows Filtering Platform";
    return system_load(h, L"\\fwpuclnt.dll");
}

/* For good: when its last subscription has ended, the library's own thread may still be on its way
 * out of it, and nothing tells when it has left. */
void system_keep(HMODULE module)
{
    HMODULE same;
    if (GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                           (const wchar_t *)(const void *)module, &same))
        (void)FreeLibrary(module);
}

static bool look_up(struct system_host *h, HMODULE module)
{
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        h->functions[i] = (void (*)(void))GetProcAddress(module, list[i].name);
        if (h->functions[i] == NULL && list[i].required) {
            h->missing = list[i].name;
            h->text = "this Windows is older than Windows 7";
            h->code = ERROR_PROC_NOT_FOUND;
            return false;
        }
    }
    return true;
}

#define IF_THERE(h, name, function) ((h)->functions[AT_##name] != NULL ? (function) : NULL)

static void fill_tables(struct system_host *h)
{
    h->engine = (struct system_engine){
        .open = engine_open,
        .close = engine_close,
        .get_option = get_option,
        .set_option = set_option,
        .subscribe = {subscribe0, IF_THERE(h, FwpmNetEventSubscribe1, subscribe1),
                      IF_THERE(h, FwpmNetEventSubscribe2, subscribe2),
                      IF_THERE(h, FwpmNetEventSubscribe3, subscribe3),
                      IF_THERE(h, FwpmNetEventSubscribe4, subscribe4)},
        .unsubscribe = unsubscribe_events,
        .create_enum = create_enum,
        .enumerate = {enumerate0, enumerate1, IF_THERE(h, FwpmNetEventEnum2, enumerate2),
                      IF_THERE(h, FwpmNetEventEnum3, enumerate3),
                      IF_THERE(h, FwpmNetEventEnum4, enumerate4),
                      IF_THERE(h, FwpmNetEventEnum5, enumerate5)},
        .destroy_enum = destroy_enum,
        .app_id_from_file = IF_THERE(h, FwpmGetAppIdFromFileName0, app_id_from_file),
        .free = free_memory,
        .own_app = system_own_app,
        .create_connection_enum =
            IF_THERE(h, FwpmConnectionCreateEnumHandle0, create_connection_enum),
        .enumerate_connections = IF_THERE(h, FwpmConnectionEnum0, enumerate_connections),
        .destroy_connection_enum =
            IF_THERE(h, FwpmConnectionDestroyEnumHandle0, destroy_connection_enum),
    };
    system_policy_fill(&h->policy);
    system_audit_policy_fill(h);
    h->system = (struct wfpw_system){.ctx = h,
                                     .source = WFPW_SOURCE_LIVE,
                                     .engine = &h->engine,
                                     .policy = &h->policy,
                                     .now = time_now,
                                     .places = system_host_places(),
                                     .rules = system_host_rules(),
                                     .audit_policy = &h->audit_policy};
}

bool system_host_find(struct system_host *h)
{
    *h = (struct system_host){.missing = "System32", .text = "the system's folder is not known"};
    HMODULE module = load_library(h);
    if (module == NULL)
        return false;
    bool found = look_up(h, module);
    if (found)
        fill_tables(h);
    system_keep(module);
    return found;
}
