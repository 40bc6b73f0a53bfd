/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where this Windows keeps the firewall's rules: keys of the registry, a value a rule. Functions of
 * advapi32 that Windows 7 has, too. */
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

const struct system_rules *system_host_rules(void)
{
    static const struct system_rules rules = {.list = list_rules};
    return &rules;
}
