/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit policy: functions of advapi32.dll, looked up by name in the one of System32, as not
 * every Windows (nor Wine) has them. The privilege that they want is never turned on in the
 * process's token: the thread gets a copy of it for one call. */
#include "os/win/system_win.h"

#include <string.h>

enum { PATH_UNITS = 2 * MAX_PATH, NAME_UNITS = 128, SE_SECURITY_LUID = 8 /* wdm.h */ };

typedef BOOLEAN(WINAPI *query_function)(const FWP_GUID *subcategories, ULONG count,
                                        AUDIT_POLICY_INFORMATION **out);
typedef BOOLEAN(WINAPI *set_function)(const AUDIT_POLICY_INFORMATION *policy, ULONG count);
typedef BOOLEAN(WINAPI *categories_function)(FWP_GUID **out, ULONG *count);
typedef BOOLEAN(WINAPI *subcategories_function)(const FWP_GUID *category, BOOLEAN all,
                                                FWP_GUID **out, ULONG *count);
typedef BOOLEAN(WINAPI *name_function)(const FWP_GUID *guid, wchar_t **out);
typedef void(WINAPI *free_function)(void *p);

enum {
    QUERY,
    SET,
    CATEGORIES,
    SUBCATEGORIES,
    CATEGORY_NAME,
    SUBCATEGORY_NAME,
    FREE,
    FUNCTIONS_END
};
static const char *const names[FUNCTIONS_END] = {
    [QUERY] = "AuditQuerySystemPolicy",
    [SET] = "AuditSetSystemPolicy",
    [CATEGORIES] = "AuditEnumerateCategories",
    [SUBCATEGORIES] = "AuditEnumerateSubCategories",
    [CATEGORY_NAME] = "AuditLookupCategoryNameW",
    [SUBCATEGORY_NAME] = "AuditLookupSubCategoryNameW",
    [FREE] = "AuditFree",
};
_Static_assert((int)FUNCTIONS_END <= (int)AUDIT_FUNCTIONS, "system.h has room for them");

#define AUDIT(ctx, type, at) ((type)((const struct system_host *)(ctx))->audit_functions[at])

/* ---- the privilege -------------------------------------------------------------------------- */

/* This thread's own copy of the process's token has it, if the account has it. Without it the call
 * is made all the same, as access may have been granted to the account itself. */
static bool raise_privilege(void)
{
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1};
    HANDLE token;
    if (!ImpersonateSelf(SecurityImpersonation))
        return false;
    wanted.Privileges[0].Luid.LowPart = SE_SECURITY_LUID;
    wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    if (OpenThreadToken(GetCurrentThread(), TOKEN_ADJUST_PRIVILEGES, TRUE, &token)) {
        (void)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL);
        (void)CloseHandle(token);
    }
    return true;
}

/* The copy goes, and its privileges with it. */
static uint32_t lower_privilege(bool raised, BOOLEAN done)
{
    uint32_t code = done ? ERROR_SUCCESS : GetLastError();
    if (raised && !RevertToSelf())
        return GetLastError();
    return done || code != ERROR_SUCCESS ? code : ERROR_INVALID_FUNCTION;
}

/* ---- advapi32's ----------------------------------------------------------------------------- */

static uint32_t query_policy(void *ctx, const FWP_GUID *subcategories, uint32_t count,
                             AUDIT_POLICY_INFORMATION **out)
{
    bool raised = raise_privilege();
    return lower_privilege(raised, AUDIT(ctx, query_function, QUERY)(subcategories, count, out));
}

static uint32_t set_policy(void *ctx, const AUDIT_POLICY_INFORMATION *policy, uint32_t count)
{
    bool raised = raise_privilege();
    return lower_privilege(raised, AUDIT(ctx, set_function, SET)(policy, count));
}

static uint32_t list_categories(void *ctx, FWP_GUID **out, uint32_t *count)
{
    ULONG n = 0;
    uint32_t code = lower_privilege(false, AUDIT(ctx, categories_function, CATEGORIES)(out, &n));
    *count = n;
    return code;
}

static uint32_t list_subcategories(void *ctx, const FWP_GUID *category, FWP_GUID **out,
                                   uint32_t *count)
{
    ULONG n = 0;
    BOOLEAN all = category == NULL;
    uint32_t code = lower_privilege(
        false, AUDIT(ctx, subcategories_function, SUBCATEGORIES)(category, all, out, &n));
    *count = n;
    return code;
}

static uint32_t category_name(void *ctx, const FWP_GUID *category, uint16_t **out)
{
    return lower_privilege(false,
                           AUDIT(ctx, name_function, CATEGORY_NAME)(category, (wchar_t **)out));
}

static uint32_t subcategory_name(void *ctx, const FWP_GUID *subcategory, uint16_t **out)
{
    return lower_privilege(
        false, AUDIT(ctx, name_function, SUBCATEGORY_NAME)(subcategory, (wchar_t **)out));
}

static void free_memory(void *ctx, void *p)
{
    if (p != NULL)
        AUDIT(ctx, free_function, FREE)(p);
}

/* ---- who decides ---------------------------------------------------------------------------- */

/* A 32-bit process of a 64-bit Windows, which is shown other folders and keys than its own. */
static bool is_redirected(void)
{
    BOOL yes = FALSE;
    return sizeof(void *) == 4 && IsWow64Process(GetCurrentProcess(), &yes) && yes;
}

static bool path_of(enum system_audit_file which, wchar_t *path)
{
    static const wchar_t *const tails[SYSTEM_AUDIT_FILES] = {
        L"\\security\\audit\\audit.csv",
        L"\\GroupPolicy\\Machine\\Microsoft\\Windows NT\\Audit\\audit.csv",
    };
    bool of_system = which == AUDIT_FILE_LOCAL && !is_redirected();
    UINT n = of_system ? GetSystemDirectoryW(path, MAX_PATH)
                       : GetSystemWindowsDirectoryW(path, MAX_PATH);
    if (n == 0 || n >= MAX_PATH)
        return false;
    if (which == AUDIT_FILE_LOCAL && !of_system)
        n += (UINT)wcslen(wcscpy(path + n, L"\\Sysnative"));
    (void)wcscpy(path + n, tails[which]);
    return true;
}

static uint32_t read_whole(HANDLE f, void *room, size_t cap, size_t *n)
{
    DWORD got = 1;
    while (*n < cap && got > 0) {
        if (!ReadFile(f, (char *)room + *n, (DWORD)(cap - *n), &got, NULL))
            return GetLastError();
        *n += got;
    }
    return *n < cap ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

static uint32_t read_csv(void *ctx, enum system_audit_file which, void *room, size_t cap, size_t *n)
{
    wchar_t path[PATH_UNITS];
    (void)ctx;
    *n = 0;
    if (!path_of(which, path))
        return ERROR_PATH_NOT_FOUND;
    HANDLE f =
        CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_EXISTING, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) {
        DWORD code = GetLastError();
        return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? ERROR_SUCCESS : code;
    }
    uint32_t code = read_whole(f, room, cap, n);
    (void)CloseHandle(f);
    return code;
}

static uint32_t read_number(void *ctx, enum system_audit_number which, const char *name,
                            uint32_t *out)
{
    static const wchar_t mdm[] = L"SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Audit",
                         lsa[] = L"SYSTEM\\CurrentControlSet\\Control\\Lsa";
    wchar_t value[NAME_UNITS] = L"SCENoApplyLegacyAuditPolicy";
    DWORD bytes = sizeof *out;
    (void)ctx;
    size_t n = name != NULL ? strlen(name) : 0;
    if (n >= NAME_UNITS)
        return ERROR_INVALID_PARAMETER;
    for (size_t i = 0; n > 0 && i <= n; i++)
        value[i] = (wchar_t)(unsigned char)name[i];
    HKEY key;
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, which == AUDIT_NUMBER_MDM ? mdm : lsa, 0,
                                   KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
    if (status != ERROR_SUCCESS)
        return (uint32_t)status;
    status = RegGetValueW(key, NULL, value, RRF_RT_REG_DWORD, NULL, out, &bytes);
    (void)RegCloseKey(key);
    return (uint32_t)status;
}

/* ---- who calls ------------------------------------------------------------------------------ */

static uint32_t logon_id(void *ctx, uint64_t *out)
{
    TOKEN_STATISTICS s;
    HANDLE token;
    DWORD bytes = sizeof s;
    (void)ctx;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return GetLastError();
    BOOL done = GetTokenInformation(token, TokenStatistics, &s, sizeof s, &bytes);
    uint32_t code = done ? ERROR_SUCCESS : GetLastError();
    (void)CloseHandle(token);
    if (done)
        *out = (uint64_t)(uint32_t)s.AuthenticationId.HighPart << 32 | s.AuthenticationId.LowPart;
    return code;
}

static uint32_t computer_name(void *ctx, uint16_t *room, uint32_t units)
{
    DWORD n = units;
    (void)ctx;
    return GetComputerNameW((wchar_t *)room, &n) ? (uint32_t)n : 0;
}

/* ---- finding them --------------------------------------------------------------------------- */

/* advapi32 is in every process, so that no other one of its name can answer to its whole path. */
static HMODULE load_advapi(void)
{
    static const wchar_t name[] = L"\\advapi32.dll";
    wchar_t path[PATH_UNITS];
    UINT n = GetSystemDirectoryW(path, MAX_PATH);
    if (n == 0 || n >= MAX_PATH)
        return NULL;
    memcpy(path + n, name, sizeof name);
    return LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
}

void system_audit_policy_fill(struct system_host *h)
{
    HMODULE module = load_advapi();
    for (int i = 0; i < FUNCTIONS_END; i++)
        h->audit_functions[i] =
            module != NULL ? (void (*)(void))GetProcAddress(module, names[i]) : NULL;
    if (module != NULL)
        (void)FreeLibrary(module); /* we are linked against it */
    h->audit_policy = (struct system_audit_policy){.free = free_memory,
                                                   .file = read_csv,
                                                   .number = read_number,
                                                   .logon_id = logon_id,
                                                   .computer = computer_name};
    if (h->audit_functions[FREE] == NULL)
        return;
    struct system_audit_policy *p = &h->audit_policy;
    p->query = h->audit_functions[QUERY] != NULL ? query_policy : NULL;
    p->set = h->audit_functions[SET] != NULL ? set_policy : NULL;
    p->categories = h->audit_functions[CATEGORIES] != NULL ? list_categories : NULL;
    p->subcategories = h->audit_functions[SUBCATEGORIES] != NULL ? list_subcategories : NULL;
    p->category_name = h->audit_functions[CATEGORY_NAME] != NULL ? category_name : NULL;
    p->subcategory_name = h->audit_functions[SUBCATEGORY_NAME] != NULL ? subcategory_name : NULL;
}
