/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Functions by name, JSON, sessions, and drops to look at. */
#include <stdio.h>
#include <string.h>

#include "probe.h"

/* ---- the functions, each of which may be missing -------------------------------------------- */

struct functions fwp;

/* Exports that tell a Windows' age, and undocumented ones. */
static const char *const telling[] = {
    "FwpmNetEventSubscribe0",   "FwpmNetEventSubscribe1",         "FwpmNetEventSubscribe2",
    "FwpmNetEventSubscribe3",   "FwpmNetEventSubscribe4",         "FwpmNetEventEnum5",
    "FwpmConnectionSubscribe0", "FwpmDynamicKeywordSubscribe0",   "FwpmvSwitchEventSubscribe0",
    "FwpmNetEventsLost0",       "FwpmNetEventCreateEnumHandleEx",
};
enum { TELLING = sizeof telling / sizeof *telling };

static HMODULE library;

static void *export_of(const char *name)
{
    FARPROC p = library != NULL ? GetProcAddress(library, name) : NULL;
    void *as_data;
    memcpy(&as_data, &p, sizeof as_data);
    return as_data;
}

void find_functions(void)
{
    static const DWORD bytes[] = {sizeof(FWPM_NET_EVENT1), sizeof(FWPM_NET_EVENT2),
                                  sizeof(FWPM_NET_EVENT3), sizeof(FWPM_NET_EVENT4),
                                  sizeof(FWPM_NET_EVENT5)};
    void *found = NULL;
    library = LoadLibraryExW(L"fwpuclnt.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
#define FIND(name, parameters)                                                                     \
    found = export_of(#name);                                                                      \
    memcpy(&fwp.name, &found, sizeof found);
    FUNCTIONS(FIND)
    found = NULL;
    for (fwp.subscribe_version = 4; fwp.subscribe_version >= 0; fwp.subscribe_version--)
        if ((found = export_of(telling[fwp.subscribe_version])) != NULL)
            break;
    memcpy(&fwp.subscribe, &found, sizeof found);
    fwp.event_bytes = found != NULL ? bytes[fwp.subscribe_version] : 0;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static const char *comma = "";

void key(const char *name)
{
    (void)printf("%s\n\"%s\":", comma, name);
    comma = ",";
}

void put_number(const char *name, unsigned long long n)
{
    key(name);
    (void)printf("%llu", n);
}

void put_bool(const char *name, bool b)
{
    key(name);
    (void)fputs(b ? "true" : "false", stdout);
}

void put_null(const char *name)
{
    key(name);
    (void)fputs("null", stdout);
}

void put_code(const char *name, DWORD code)
{
    key(name);
    (void)printf("\"0x%08lX\"", code);
}

void open_object(const char *name)
{
    key(name);
    (void)putchar('{');
    comma = "";
}

void close_object(void)
{
    (void)putchar('}');
    comma = ",";
}

void put_exports(void)
{
    put_bool("fwpuclnt", library != NULL);
    open_object("exports");
    for (int i = 0; i < TELLING; i++)
        put_bool(telling[i], export_of(telling[i]) != NULL);
    close_object();
}

/* ---- sessions, drops ------------------------------------------------------------------------ */

HANDLE open_engine(UINT32 flags)
{
    static uint16_t name[] = {'w', 'f', 'p', 'w', 'a', 't', 'c', 'h',
                              ' ', 'p', 'r', 'o', 'b', 'e', 0};
    FWPM_SESSION0 session = {
        .displayData.name = name, .flags = flags, .txnWaitTimeoutInMSec = 5000};
    HANDLE engine = NULL;
    if (fwp.FwpmEngineOpen0 == NULL ||
        fwp.FwpmEngineOpen0(NULL, FWP_RPC_C_AUTHN_WINNT, NULL, &session, &engine) != 0)
        return NULL;
    return engine;
}

void close_engine(HANDLE engine)
{
    if (engine != NULL)
        (void)fwp.FwpmEngineClose0(engine);
}

DWORD subscribe(HANDLE engine, FWPM_NET_EVENT_ENUM_TEMPLATE0 *t, event_callback callback,
                void *context, HANDLE *handle)
{
    FWPM_NET_EVENT_SUBSCRIPTION0 s = {.enumTemplate = t};
    *handle = NULL;
    return fwp.subscribe(engine, &s, callback, context, handle);
}

UINT64 add_filter(HANDLE engine)
{
    static const FWP_GUID connect_v4 = {
        0xc38d57d1, 0x05a7, 0x4c33, {0x90, 0x4f, 0x7f, 0xbc, 0xee, 0xe6, 0x0e, 0x82}};
    static const FWP_GUID remote_port = {
        0xc35a604d, 0xd22b, 0x4e1a, {0x91, 0xb4, 0x68, 0xf6, 0x74, 0xee, 0x67, 0x4b}};
    static const FWP_GUID remote_address = {
        0xb235ae9a, 0x1d64, 0x49b8, {0xa4, 0x4c, 0x5f, 0xf3, 0xd9, 0x09, 0x50, 0x45}};
    static uint16_t name[] = {'w', 'f', 'p', 'w', 'a', 't', 'c', 'h',
                              ' ', 'p', 'r', 'o', 'b', 'e', 0};
    FWPM_FILTER_CONDITION0 conditions[] = {
        {.fieldKey = remote_port, .conditionValue = {.type = FWP_UINT16, .uint16 = 9}},
        {.fieldKey = remote_address, .conditionValue = {.type = FWP_UINT32, .uint32 = 0xC0000201}},
    };
    FWPM_FILTER0 filter = {.displayData.name = name,
                           .layerKey = connect_v4,
                           .weight = {.type = FWP_EMPTY},
                           .numFilterConditions = 2,
                           .filterCondition = conditions,
                           .action.type = FWP_ACTION_BLOCK};
    UINT64 id = 0;
    if (fwp.FwpmFilterAdd0 == NULL || fwp.FwpmFilterAdd0(engine, &filter, NULL, &id) != 0)
        return 0;
    return id;
}

void send_blocked(int times)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(0xC0000201);
    for (int i = 0; i < times; i++) { /* one flow each: the decision is made once for a flow */
        SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        (void)sendto(s, "x", 1, 0, (const struct sockaddr *)&to, sizeof to);
        (void)closesocket(s);
    }
}

DWORD get_option(HANDLE engine, UINT32 option, UINT32 *value)
{
    FWP_VALUE0 *v = NULL;
    DWORD code = fwp.FwpmEngineGetOption0(engine, option, &v);
    *value = code == 0 && v != NULL && v->type == FWP_UINT32 ? v->uint32 : 0;
    if (v != NULL)
        (void)fwp.FwpmFreeMemory0((void **)&v);
    return code;
}
