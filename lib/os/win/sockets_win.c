/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The functions of iphlpapi.dll, looked up by name as those of fwpuclnt.dll are, and the program of
 * a process. Prototypes: iphlpapi.h of the Windows SDK. */
#include <wchar.h>

#include "os/os.h"
#include "os/win/system_win.h"
#include "wfpwatch/wfpwatch.h"

/* All are as old as Windows Vista. Without the last four a row has its process all the same. */
#define SOCKETS_FUNCTIONS(REQUIRED, OPTIONAL)                                                      \
    REQUIRED(GetExtendedTcpTable)                                                                  \
    REQUIRED(GetExtendedUdpTable)                                                                  \
    OPTIONAL(GetOwnerModuleFromTcpEntry)                                                           \
    OPTIONAL(GetOwnerModuleFromTcp6Entry)                                                          \
    OPTIONAL(GetOwnerModuleFromUdpEntry)                                                           \
    OPTIONAL(GetOwnerModuleFromUdp6Entry)

#define SOCKETS_PLACE(name) SOCKETS_AT_##name,
enum { SOCKETS_FUNCTIONS(SOCKETS_PLACE, SOCKETS_PLACE) SOCKETS_FUNCTION_COUNT };
_Static_assert((int)SOCKETS_FUNCTION_COUNT <= (int)SYSTEM_SOCKETS_FUNCTIONS,
               "system.h has room for them");

#define AS_REQUIRED(name) {#name, true},
#define AS_OPTIONAL(name) {#name, false},
static const struct {
    const char *name;
    bool required;
} list[] = {SOCKETS_FUNCTIONS(AS_REQUIRED, AS_OPTIONAL)};

enum {
    FAMILY_4 = 2,         /* AF_INET */
    FAMILY_6 = 23,        /* AF_INET6 */
    TCP_OWNER_MODULE = 8, /* TCP_TABLE_OWNER_MODULE_ALL */
    UDP_OWNER_MODULE = 2, /* UDP_TABLE_OWNER_MODULE */
    MODULE_BASIC = 0,     /* TCPIP_OWNER_MODULE_INFO_BASIC */
    MODULE_BYTES = 4096,  /* two pointers, and the texts that they point to */
    SYSTEM_PROCESS = 4
};

typedef DWORD(WINAPI *table_function)(void *table, DWORD *bytes, BOOL ordered, ULONG family,
                                      int table_class, ULONG reserved);
typedef DWORD(WINAPI *module_function)(const void *row, int info_class, void *room, DWORD *bytes);

/* TCPIP_OWNER_MODULE_BASIC_INFO */
struct module_info {
    const wchar_t *name, *path;
};

#define CALL(ctx, type, name)                                                                      \
    ((type)((const struct system_host *)(ctx))->sockets_functions[SOCKETS_AT_##name])

static uint32_t sockets_table(void *ctx, enum system_sockets_table which, void *room,
                              uint32_t *bytes)
{
    bool tcp = which == SOCKETS_TCP4 || which == SOCKETS_TCP6;
    ULONG family = which == SOCKETS_TCP4 || which == SOCKETS_UDP4 ? FAMILY_4 : FAMILY_6;
    table_function get = tcp ? CALL(ctx, table_function, GetExtendedTcpTable)
                             : CALL(ctx, table_function, GetExtendedUdpTable);
    DWORD n = *bytes;
    uint32_t code = get(room, &n, FALSE, family, tcp ? TCP_OWNER_MODULE : UDP_OWNER_MODULE, 0);
    *bytes = n;
    return code;
}

/* It may lie anywhere in the room, and nowhere else. */
static size_t length_in(const wchar_t *name, const uint8_t *room, size_t bytes)
{
    uintptr_t at = (uintptr_t)name, start = (uintptr_t)room;
    if (at < start || at >= start + bytes || at % sizeof *name != 0)
        return 0;
    return wcsnlen(name, (start + bytes - at) / sizeof *name);
}

static uint32_t sockets_module(void *ctx, enum system_sockets_table which, const void *row,
                               uint16_t *room, size_t cap, size_t *units)
{
    static const int places[SYSTEM_SOCKETS_TABLES] = {
        [SOCKETS_TCP4] = SOCKETS_AT_GetOwnerModuleFromTcpEntry,
        [SOCKETS_TCP6] = SOCKETS_AT_GetOwnerModuleFromTcp6Entry,
        [SOCKETS_UDP4] = SOCKETS_AT_GetOwnerModuleFromUdpEntry,
        [SOCKETS_UDP6] = SOCKETS_AT_GetOwnerModuleFromUdp6Entry};
    union {
        struct module_info info;
        uint8_t bytes[MODULE_BYTES];
    } found = {{NULL, NULL}};
    DWORD bytes = sizeof found;
    module_function get =
        (module_function)((const struct system_host *)ctx)->sockets_functions[places[which]];
    if (get == NULL)
        return ERROR_CALL_NOT_IMPLEMENTED;
    uint32_t code = get(row, MODULE_BASIC, &found, &bytes);
    if (code != ERROR_SUCCESS)
        return code;
    size_t n = length_in(found.info.name, found.bytes, sizeof found);
    if (n > cap)
        return ERROR_INSUFFICIENT_BUFFER;
    for (size_t i = 0; i < n; i++)
        room[i] = found.info.name[i];
    *units = n;
    return ERROR_SUCCESS;
}

static uint32_t sockets_image(void *ctx, uint32_t pid, uint16_t *room, size_t cap, size_t *units)
{
    static const wchar_t name[] = L"System";
    enum { NAME_UNITS = sizeof name / sizeof *name - 1 };
    (void)ctx;
    if (pid == SYSTEM_PROCESS && cap >= NAME_UNITS) {
        for (size_t i = 0; i < NAME_UNITS; i++)
            room[i] = name[i];
        *units = NAME_UNITS;
        return ERROR_SUCCESS;
    }
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (process == NULL)
        return GetLastError();
    DWORD n = (DWORD)cap;
    uint32_t code = QueryFullProcessImageNameW(process, PROCESS_NAME_NATIVE, room, &n)
                        ? ERROR_SUCCESS
                        : GetLastError();
    (void)CloseHandle(process);
    *units = code == ERROR_SUCCESS ? n : 0;
    return code;
}

static bool look_up(struct system_host *h, HMODULE module)
{
    for (int i = 0; i < SOCKETS_FUNCTION_COUNT; i++) {
        h->sockets_functions[i] = (void (*)(void))GetProcAddress(module, list[i].name);
        if (h->sockets_functions[i] == NULL && list[i].required) {
            h->missing = list[i].name;
            h->text = "this Windows has no tables of sockets with their owners";
            h->code = ERROR_PROC_NOT_FOUND;
            return false;
        }
    }
    return true;
}

static uint64_t time_now(void *ctx)
{
    (void)ctx;
    return os_now();
}

bool system_host_find_sockets(struct system_host *h)
{
    *h = (struct system_host){.missing = "iphlpapi.dll",
                              .text = "this Windows has no tables of sockets"};
    HMODULE module = system_load(h, L"\\iphlpapi.dll");
    if (module == NULL)
        return false;
    bool found = look_up(h, module);
    system_keep(module);
    if (!found)
        return false;
    h->sockets = (struct system_sockets){
        .table = sockets_table, .module = sockets_module, .image = sockets_image};
    h->system = (struct wfpw_system){.ctx = h,
                                     .source = WFPW_SOURCE_LIVE,
                                     .now = time_now,
                                     .places = system_host_places(),
                                     .sockets = &h->sockets};
    return true;
}
