/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Windows: the filters of 'wfpwatch prove', through fwpuclnt.dll. All functions are looked up by
 * name in System32. Rules of the objects: the documentation of "Object Management" (a dynamic
 * session's objects end with it) and "Best Practices" (one transaction; an own sublayer). */
#include "platform/prove_win.h"

#include <fwpmu.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TXN_WAIT_MS = 5000, PATH_UNITS = 4096, RPC_AUTHN_WINNT = 10, SESSION_DYNAMIC = 1 };
enum { NOT_FOUND_PROVIDER = (int)0x80320005, NOT_FOUND_SUBLAYER = (int)0x80320007 };

struct engine_functions {
    DWORD(WINAPI *open)
    (const wchar_t *server, UINT32 service, SEC_WINNT_AUTH_IDENTITY_W *identity,
     const FWPM_SESSION0 *session, HANDLE *engine);
    DWORD(WINAPI *close)(HANDLE engine);
    DWORD(WINAPI *begin)(HANDLE engine, UINT32 flags);
    DWORD(WINAPI *commit)(HANDLE engine);
    DWORD(WINAPI *provider_add)(HANDLE engine, const FWPM_PROVIDER0 *p, PSECURITY_DESCRIPTOR sd);
    DWORD(WINAPI *sublayer_add)(HANDLE engine, const FWPM_SUBLAYER0 *s, PSECURITY_DESCRIPTOR sd);
    DWORD(WINAPI *filter_add)
    (HANDLE engine, const FWPM_FILTER0 *f, PSECURITY_DESCRIPTOR sd, UINT64 *id);
    DWORD(WINAPI *filter_delete)(HANDLE engine, UINT64 id);
    DWORD(WINAPI *provider_get)(HANDLE engine, const GUID *key, FWPM_PROVIDER0 **p);
    DWORD(WINAPI *sublayer_get)(HANDLE engine, const GUID *key, FWPM_SUBLAYER0 **s);
    DWORD(WINAPI *app_id)(const wchar_t *path, FWP_BYTE_BLOB **id);
    void(WINAPI *free)(void **p);
};
static const char *const names[] = {
    "FwpmEngineOpen0",        "FwpmEngineClose0",          "FwpmTransactionBegin0",
    "FwpmTransactionCommit0", "FwpmProviderAdd0",          "FwpmSubLayerAdd0",
    "FwpmFilterAdd0",         "FwpmFilterDeleteById0",     "FwpmProviderGetByKey0",
    "FwpmSubLayerGetByKey0",  "FwpmGetAppIdFromFileName0", "FwpmFreeMemory0"};
_Static_assert(sizeof(struct engine_functions) == sizeof names, "a name for each function");

struct windows_host {
    struct engine_functions fwp;
    struct prove_winsock winsock;
    HANDLE engine;
    FWP_BYTE_BLOB *app;
};

/* fwpmu.h: FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V4, ..., by enum prove_layer; then of IPv6. */
static const GUID layer_keys[][2] = {
    {{0x1247d66d, 0x0b60, 0x4a15, {0x8d, 0x44, 0x71, 0x55, 0xd0, 0xf5, 0x3a, 0x0c}},
     {0x55a650e1, 0x5f0a, 0x4eca, {0xa6, 0x53, 0x88, 0xf5, 0x3b, 0x26, 0xaa, 0x8c}}},
    {{0x88bb5dad, 0x76d7, 0x4227, {0x9c, 0x71, 0xdf, 0x0a, 0x3e, 0xd7, 0xbe, 0x7e}},
     {0x7ac9de24, 0x17dd, 0x4814, {0xb4, 0xbd, 0xa9, 0xfb, 0xc9, 0x5a, 0x32, 0x1b}}},
    {{0xe1cd9fe7, 0xf4b5, 0x4273, {0x96, 0xc0, 0x59, 0x2e, 0x48, 0x7b, 0x86, 0x50}},
     {0xa3b42c97, 0x9f04, 0x4672, {0xb8, 0x7e, 0xce, 0xe9, 0xc4, 0x83, 0x25, 0x7f}}},
    {{0xc38d57d1, 0x05a7, 0x4c33, {0x90, 0x4f, 0x7f, 0xbc, 0xee, 0xe6, 0x0e, 0x82}},
     {0x4a72393b, 0x319f, 0x44bc, {0x84, 0xc3, 0xba, 0x54, 0xdc, 0xb3, 0xb6, 0xb4}}},
    {{0x09e61aea, 0xd214, 0x46e2, {0x9b, 0x21, 0xb2, 0x6b, 0x0b, 0x2f, 0x28, 0xc8}},
     {0xe1735bde, 0x013f, 0x4655, {0xb3, 0x51, 0xa4, 0x9e, 0x15, 0x76, 0x2d, 0xf0}}},
};
static const GUID on_protocol = {
    0x3971ef2b, 0x623e, 0x4f9a, {0x8c, 0xb1, 0x6e, 0x79, 0xb8, 0x06, 0xb9, 0xa7}};
static const GUID on_local_port = {
    0x0c1ba1af, 0x5765, 0x453f, {0xaf, 0x22, 0xa8, 0xf7, 0x91, 0xac, 0x77, 0x5b}};
static const GUID on_remote_port = {
    0xc35a604d, 0xd22b, 0x4e1a, {0x91, 0xb4, 0x68, 0xf6, 0x74, 0xee, 0x67, 0x4b}};
static const GUID on_local_address = {
    0xd9ee00de, 0xc1ef, 0x4617, {0xbf, 0xe3, 0xff, 0xd8, 0xf5, 0xa0, 0x89, 0x57}};
static const GUID on_remote_address = {
    0xb235ae9a, 0x1d64, 0x49b8, {0xa4, 0x4c, 0x5f, 0xf3, 0xd9, 0x09, 0x50, 0x45}};
static const GUID on_app_id = {
    0xd78e1e87, 0x8644, 0x4ea5, {0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71}};

bool prove_load(const wchar_t *library, const char *const *wanted, size_t count, void *functions)
{
    HMODULE module = LoadLibraryExW(library, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    for (size_t i = 0; i < count; i++) {
        FARPROC p = module != NULL ? GetProcAddress(module, wanted[i]) : NULL;
        if (p == NULL)
            return false;
        memcpy((char *)functions + i * sizeof p, &p, sizeof p);
    }
    return true;
}

/* ---- the session ---------------------------------------------------------------------------- */

static const char *failed_at(struct prove_host *h, DWORD code, const char *call)
{
    h->code = code;
    return code != 0 ? call : NULL;
}

/* One of the texts of prove_host.h, by which filters are looked for, too. */
static GUID guid_of(const char *text)
{
    unsigned a, b, c, d[8];
    GUID guid = {0};
    if (sscanf(text, "{%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x}", &a, &b, &c, &d[0], &d[1], &d[2],
               &d[3], &d[4], &d[5], &d[6], &d[7]) != 11)
        return guid;
    guid.Data1 = a;
    guid.Data2 = (unsigned short)b;
    guid.Data3 = (unsigned short)c;
    for (int i = 0; i < 8; i++)
        guid.Data4[i] = (unsigned char)d[i];
    return guid;
}

static const char *open_engine(struct prove_host *h, HANDLE *engine)
{
    struct windows_host *w = h->own;
    wchar_t name[] = L"wfpwatch prove";
    FWPM_SESSION0 session = {
        .displayData.name = name, .flags = SESSION_DYNAMIC, .txnWaitTimeoutInMSec = TXN_WAIT_MS};
    DWORD code = w->fwp.open(NULL, RPC_AUTHN_WINNT, NULL, &session, engine);
    return failed_at(h, code, "FwpmEngineOpen0");
}

/* The provider and the sublayer, in a transaction that stays open for the filters. */
static const char *open_session(struct prove_host *h)
{
    struct windows_host *w = h->own;
    wchar_t name[] = L"wfpwatch prove";
    GUID key = guid_of(PROVE_PROVIDER);
    FWPM_PROVIDER0 provider = {.providerKey = key, .displayData.name = name};
    FWPM_SUBLAYER0 sublayer = {.subLayerKey = guid_of(PROVE_SUBLAYER),
                               .displayData.name = name,
                               .providerKey = &key,
                               .weight = UINT16_MAX};
    const char *failed = open_engine(h, &w->engine);
    if (failed == NULL)
        failed = failed_at(h, w->fwp.begin(w->engine, 0), "FwpmTransactionBegin0");
    if (failed == NULL)
        failed = failed_at(h, w->fwp.provider_add(w->engine, &provider, NULL), "FwpmProviderAdd0");
    if (failed == NULL)
        failed = failed_at(h, w->fwp.sublayer_add(w->engine, &sublayer, NULL), "FwpmSubLayerAdd0");
    return failed;
}

static const char *commit_filters(struct prove_host *h)
{
    struct windows_host *w = h->own;
    return failed_at(h, w->fwp.commit(w->engine), "FwpmTransactionCommit0");
}

static void close_session(struct prove_host *h)
{
    struct windows_host *w = h->own;
    if (w->engine != NULL)
        (void)w->fwp.close(w->engine);
    w->engine = NULL;
}

/* ---- filters -------------------------------------------------------------------------------- */

struct conditions {
    FWPM_FILTER_CONDITION0 list[5];
    UINT32 count;
    FWP_BYTE_ARRAY16 v6;
};

static FWP_CONDITION_VALUE0 *add_condition(struct conditions *c, const GUID *field,
                                           FWP_DATA_TYPE type)
{
    FWPM_FILTER_CONDITION0 *one = &c->list[c->count++];
    memset(one, 0, sizeof *one);
    one->fieldKey = *field;
    one->matchType = FWP_MATCH_EQUAL;
    one->conditionValue.type = type;
    return &one->conditionValue;
}

static void add_address(struct conditions *c, const GUID *field, uint8_t family)
{
    FWP_CONDITION_VALUE0 *v =
        add_condition(c, field, family == 6 ? FWP_BYTE_ARRAY16_TYPE : FWP_UINT32);
    c->v6.byteArray16[15] = 1;
    if (family == 6)
        v->byteArray16 = &c->v6;
    else
        v->uint32 = 0x7F000001;
}

/* As prove_host.h lists them. */
static void fill_conditions(struct conditions *c, const struct prove_filter *f, FWP_BYTE_BLOB *app)
{
    bool is_local = f->layer < PROVE_CONNECT;
    memset(c, 0, sizeof *c);
    add_condition(c, is_local ? &on_local_port : &on_remote_port, FWP_UINT16)->uint16 = f->port;
    add_address(c, is_local ? &on_local_address : &on_remote_address, f->family);
    if (f->layer == PROVE_OUTBOUND)
        add_address(c, &on_local_address, f->family);
    else
        add_condition(c, &on_app_id, FWP_BYTE_BLOB_TYPE)->byteBlob = app;
    if (f->layer != PROVE_LISTEN)
        add_condition(c, &on_protocol, FWP_UINT8)->uint8 = f->protocol;
}

static const char *add_filter(struct prove_host *h, const struct prove_filter *f, uint64_t *id)
{
    struct windows_host *w = h->own;
    struct conditions c;
    GUID key = guid_of(PROVE_PROVIDER);
    wchar_t name[64];
    UINT64 given = 0;
    (void)MultiByteToWideChar(CP_UTF8, 0, f->name, -1, name, sizeof name / sizeof *name);
    fill_conditions(&c, f, w->app);
    FWPM_FILTER0 filter = {.displayData.name = name,
                           .providerKey = &key,
                           .layerKey = layer_keys[f->layer][f->family == 6],
                           .subLayerKey = guid_of(PROVE_SUBLAYER),
                           .weight = {.type = FWP_UINT8, .uint8 = 15},
                           .numFilterConditions = c.count,
                           .filterCondition = c.list,
                           .action.type = f->permits ? FWP_ACTION_PERMIT : FWP_ACTION_BLOCK};
    DWORD code = w->fwp.filter_add(w->engine, &filter, NULL, &given);
    *id = given;
    return failed_at(h, code, "FwpmFilterAdd0");
}

static const char *remove_filter(struct prove_host *h, uint64_t id)
{
    struct windows_host *w = h->own;
    return failed_at(h, w->fwp.filter_delete(w->engine, id), "FwpmFilterDeleteById0");
}

/* In a session of its own. */
static const char *count_left(struct prove_host *h, uint32_t *objects)
{
    struct windows_host *w = h->own;
    FWPM_PROVIDER0 *provider = NULL;
    FWPM_SUBLAYER0 *sublayer = NULL;
    const GUID provider_key = guid_of(PROVE_PROVIDER), sublayer_key = guid_of(PROVE_SUBLAYER);
    HANDLE engine;
    *objects = 0;
    const char *failed = open_engine(h, &engine);
    if (failed != NULL)
        return failed;
    DWORD code = w->fwp.provider_get(engine, &provider_key, &provider);
    *objects += code != (DWORD)NOT_FOUND_PROVIDER;
    code = w->fwp.sublayer_get(engine, &sublayer_key, &sublayer);
    *objects += code != (DWORD)NOT_FOUND_SUBLAYER;
    if (provider != NULL)
        w->fwp.free((void **)&provider);
    if (sublayer != NULL)
        w->fwp.free((void **)&sublayer);
    (void)w->fwp.close(engine);
    return NULL;
}

/* ---- the network, the clock ----------------------------------------------------------------- */

static uint32_t attempt_call(struct prove_host *h, const struct prove_filter *f,
                             uint16_t *local_port)
{
    const struct windows_host *w = h->own;
    return prove_winsock_attempt(&w->winsock, f, local_port);
}

static bool port_is_free(struct prove_host *h, const struct prove_filter *f)
{
    const struct windows_host *w = h->own;
    return prove_winsock_is_free(&w->winsock, f);
}

static void flood_host(struct prove_host *h, const struct prove_filter *f, uint32_t count)
{
    const struct windows_host *w = h->own;
    prove_winsock_flood(&w->winsock, f, count);
}

static uint64_t time_now(struct prove_host *h)
{
    FILETIME now;
    (void)h;
    GetSystemTimeAsFileTime(&now);
    return (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
}

static void free_host(struct prove_host *h)
{
    struct windows_host *w = h->own;
    if (w == NULL)
        return;
    if (w->app != NULL)
        w->fwp.free((void **)&w->app);
    prove_winsock_close(&w->winsock);
    free(w);
    h->own = NULL;
}

/* ---- this host ------------------------------------------------------------------------------ */

static void put_version(struct prove_host *h)
{
    typedef LONG(WINAPI * version_function)(OSVERSIONINFOW * version);
    OSVERSIONINFOW v = {.dwOSVersionInfoSize = sizeof v};
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    FARPROC p = ntdll != NULL ? GetProcAddress(ntdll, "RtlGetVersion") : NULL;
    version_function get;
    memcpy(&get, &p, sizeof get);
    if (get != NULL && get(&v) == 0)
        (void)snprintf(h->windows, sizeof h->windows, "%lu.%lu.%lu", v.dwMajorVersion,
                       v.dwMinorVersion, v.dwBuildNumber);
}

static void put_user(struct prove_host *h)
{
    union {
        TOKEN_USER user;
        char room[256];
    } u;
    HANDLE token;
    DWORD n;
    char *text = NULL;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return;
    if (GetTokenInformation(token, TokenUser, &u, sizeof u, &n) &&
        ConvertSidToStringSidA(u.user.User.Sid, &text)) {
        (void)snprintf(h->user, sizeof h->user, "%s", text);
        (void)LocalFree(text);
    }
    (void)CloseHandle(token);
}

/* The blob is a path in UTF-16 with a NUL. */
static bool find_app(struct prove_host *h, struct windows_host *w)
{
    static wchar_t path[PATH_UNITS];
    DWORD n = GetModuleFileNameW(NULL, path, PATH_UNITS);
    if (n == 0 || n >= PATH_UNITS || w->fwp.app_id(path, &w->app) != 0)
        return false;
    int units = (int)(w->app->size / sizeof(wchar_t));
    int bytes = WideCharToMultiByte(CP_UTF8, 0, (const wchar_t *)w->app->data, units, h->app,
                                    sizeof h->app - 1, NULL, NULL);
    h->app[bytes > 0 ? bytes : 0] = 0;
    return true;
}

bool prove_host_system(struct prove_host *h)
{
    static const struct prove_calls calls = {
        open_session, add_filter,   commit_filters, remove_filter, close_session, count_left,
        attempt_call, port_is_free, flood_host,     time_now,      free_host};
    *h = (struct prove_host){.calls = &calls, .process = GetCurrentProcessId()};
    struct windows_host *w = calloc(1, sizeof *w);
    h->own = w;
    put_version(h);
    put_user(h);
    if (w != NULL && prove_load(L"fwpuclnt.dll", names, sizeof names / sizeof *names, &w->fwp) &&
        prove_winsock_open(&w->winsock) && find_app(h, w))
        return true;
    free(w);
    h->own = NULL;
    return false;
}
