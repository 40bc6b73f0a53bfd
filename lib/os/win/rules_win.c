/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where this Windows keeps the firewall's rules: keys of the registry, a value a rule. Functions of
 * advapi32 that Windows 7 has, too. */
#include <string.h>
#include <wchar.h>

#include "os/system.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define POLICY L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"

enum { NAME_UNITS = 16384 }; /* a value's name with its NUL: documented as the most */

static const wchar_t *const keys[RULES_PLACES] = {
    [RULES_LOCAL] = POLICY L"FirewallRules",
    [RULES_STATIC] = POLICY L"RestrictedServices\\Static\\System",
    [RULES_CONFIGURABLE] = POLICY L"RestrictedServices\\Configurable\\System",
    [RULES_APPISO] = POLICY L"RestrictedServices\\AppIso\\FirewallRules",
    [RULES_MDM] = POLICY L"Mdm\\FirewallRules",
    [RULES_GROUP_POLICY] = L"SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules",
};

struct room {
    wchar_t name[NAME_UNITS];
    wchar_t value[SYSTEM_RULE_UNITS];
};

static bool is_text(DWORD type, DWORD bytes)
{
    return (type == REG_SZ || type == REG_EXPAND_SZ) && bytes % sizeof(wchar_t) == 0;
}

/* A value that is longer is passed over: it is none that the firewall takes. */
static uint32_t list_values(HKEY key, struct room *room, system_found found, void *to)
{
    for (DWORD i = 0;; i++) {
        DWORD units = NAME_UNITS, bytes = sizeof room->value, type;
        LSTATUS status =
            RegEnumValueW(key, i, room->name, &units, NULL, &type, (BYTE *)room->value, &bytes);
        if (status == ERROR_NO_MORE_ITEMS)
            return ERROR_SUCCESS;
        if (status == ERROR_MORE_DATA)
            continue;
        if (status != ERROR_SUCCESS)
            return (uint32_t)status;
        size_t n = bytes / sizeof(wchar_t);
        while (n > 0 && room->value[n - 1] == 0)
            n--;
        if (is_text(type, bytes))
            found(to, room->name, units, room->value, n);
    }
}

static uint32_t list_rules(void *ctx, enum system_rules_place place, system_found found, void *to)
{
    HKEY key;
    (void)ctx;
    LSTATUS status =
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, keys[place], 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
    if (status == ERROR_FILE_NOT_FOUND) /* it has none of this kind */
        return ERROR_SUCCESS;
    if (status != ERROR_SUCCESS)
        return (uint32_t)status;
    struct room *room = HeapAlloc(GetProcessHeap(), 0, sizeof *room);
    uint32_t code = room != NULL ? list_values(key, room, found, to) : ERROR_NOT_ENOUGH_MEMORY;
    if (room != NULL)
        (void)HeapFree(GetProcessHeap(), 0, room);
    (void)RegCloseKey(key);
    return code;
}

/* ---- changes -------------------------------------------------------------------------------- */

static const wchar_t *const watched[RULES_WATCHES] = {
    [RULES_WATCH_HOST] = L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\"
                         L"FirewallPolicy",
    [RULES_WATCH_GROUP_POLICY] = L"SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules",
};

/* The key, or the nearest above it that there is: below that the key would come into being. Not
 * HKEY_LOCAL_MACHINE itself. */
static LSTATUS open_nearest(const wchar_t *path, HKEY *key)
{
    enum { UNITS = 128 };
    wchar_t room[UNITS];
    LSTATUS status = ERROR_FILE_NOT_FOUND;
    size_t n = wcslen(path);
    while (status == ERROR_FILE_NOT_FOUND && n > 0 && n < UNITS) {
        memcpy(room, path, n * sizeof *room);
        room[n] = 0;
        status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, room, 0, KEY_NOTIFY | KEY_WOW64_64KEY, key);
        while (n > 0 && path[--n] != L'\\')
            ;
    }
    return status;
}

/* The key is closed when the watch ends: its event is set then, too. */
static uint32_t watch_rules(void *ctx, enum system_rules_watch which, intptr_t signal,
                            void **handle)
{
    HKEY key;
    (void)ctx;
    LSTATUS status = open_nearest(watched[which], &key);
    if (status != ERROR_SUCCESS)
        return (uint32_t)status;
    status = RegNotifyChangeKeyValue(key, TRUE, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET,
                                     (HANDLE)signal, TRUE);
    if (status != ERROR_SUCCESS) {
        (void)RegCloseKey(key);
        return (uint32_t)status;
    }
    *handle = key;
    return ERROR_SUCCESS;
}

static void unwatch_rules(void *ctx, void *handle)
{
    (void)ctx;
    (void)RegCloseKey(handle);
}

const struct system_rules *system_host_rules(void)
{
    static const struct system_rules rules = {
        .list = list_rules, .watch = watch_rules, .unwatch = unwatch_rules};
    return &rules;
}
