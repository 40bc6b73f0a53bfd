/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The registry's own notices of the firewall's rules. It writes where the rules are, so that it
 * runs under Wine only, whose registry is nobody's. */
#include "cmocka_all.h"

#include <windows.h>

#include "os/os.h"
#include "os/system.h"

#define HOST                                                                                       \
    L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"             \
    L"FirewallRules"
#define POLICY L"SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules"

enum { SOON_MS = 20000, AGAIN_MS = 100 };

static bool is_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

static void put_rule(const wchar_t *path, const wchar_t *id, const wchar_t *text)
{
    HKEY key;
    assert_int_equal(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0,
                                     KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL),
                     ERROR_SUCCESS);
    DWORD bytes = (DWORD)((wcslen(text) + 1) * sizeof *text);
    assert_int_equal(RegSetValueExW(key, id, 0, REG_SZ, (const BYTE *)text, bytes), ERROR_SUCCESS);
    (void)RegCloseKey(key);
}

static void remove_rules(void)
{
    (void)RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Policies\\Microsoft\\WindowsFirewall");
    (void)RegDeleteTreeW(HKEY_LOCAL_MACHINE, HOST);
}

static void count_rule(void *to, const uint16_t *id, size_t id_units, const uint16_t *text,
                       size_t units)
{
    uint32_t *n = to;
    *n += id_units == 5 && id[0] == 'W' && units > 0 && text[0] == 'v';
}

static uint32_t rules_of(enum system_rules_place place)
{
    uint32_t n = 0;
    assert_int_equal(system_host_rules()->list(NULL, place, count_rule, &n), 0);
    return n;
}

static void watch_place(enum system_rules_watch which, enum system_rules_place place,
                        const wchar_t *path)
{
    const struct system_rules *rules = system_host_rules();
    os_event told;
    void *handle = NULL;
    assert_true(os_event_init(&told, false));
    assert_int_equal(rules->watch(NULL, which, os_event_handle(&told), &handle), 0);
    assert_false(os_event_wait(&told, AGAIN_MS));
    put_rule(path, L"Wine1", L"v2.33|Action=Block|Dir=Out|");
    assert_true(os_event_wait(&told, SOON_MS));
    assert_int_equal(rules_of(place), 1);
    rules->unwatch(NULL, handle);
    (void)os_event_wait(&told, 0);
    assert_false(os_event_wait(&told, AGAIN_MS)); /* what the end sets is set by then */
    assert_int_equal(rules->watch(NULL, which, os_event_handle(&told), &handle), 0);
    put_rule(path, L"Wine1", L"v2.33|Action=Allow|Dir=Out|");
    assert_true(os_event_wait(&told, SOON_MS));
    rules->unwatch(NULL, handle);
    os_event_destroy(&told);
}

static void test_host(void **state)
{
    (void)state;
    if (!is_wine())
        skip();
    remove_rules();
    watch_place(RULES_WATCH_HOST, RULES_LOCAL, HOST);
    remove_rules();
}

/* The key comes into being while a key above it is watched. */
static void test_group_policy(void **state)
{
    (void)state;
    if (!is_wine())
        skip();
    remove_rules();
    watch_place(RULES_WATCH_GROUP_POLICY, RULES_GROUP_POLICY, POLICY);
    remove_rules();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_group_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
