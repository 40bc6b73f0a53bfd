/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit policy's functions of a stand-in for advapi32.dll, whose other functions are forwarded
 * to Wine's own under another name. Each tells whether its thread has the privilege, of a token of
 * its own or of the process. */
#include <stdio.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "double.h"

enum { SECURITY = 8, TEXT_MAX = 400 };

/* ---- who calls ------------------------------------------------------------------------------ */

typedef BOOL(WINAPI *open_thread_function)(HANDLE thread, DWORD access, BOOL self, HANDLE *token);
typedef BOOL(WINAPI *open_process_function)(HANDLE process, DWORD access, HANDLE *token);
typedef BOOL(WINAPI *information_function)(HANDLE token, TOKEN_INFORMATION_CLASS what, void *room,
                                           DWORD bytes, DWORD *needed);

/* From Wine's DLL, as this one would call itself. */
static FARPROC real(const char *name)
{
    HMODULE module = GetModuleHandleW(L"advapi32w.dll");
    return module != NULL ? GetProcAddress(module, name) : NULL;
}

static const char *state_of(HANDLE token)
{
    union {
        TOKEN_PRIVILEGES list;
        char room[2048];
    } p;
    DWORD needed;
    information_function ask = (information_function)(void (*)(void))real("GetTokenInformation");
    if (ask == NULL || !ask(token, TokenPrivileges, &p, sizeof p, &needed))
        return "unknown";
    for (DWORD i = 0; i < p.list.PrivilegeCount; i++)
        if (p.list.Privileges[i].Luid.LowPart == SECURITY)
            return (p.list.Privileges[i].Attributes & SE_PRIVILEGE_ENABLED) != 0 ? "on" : "off";
    return "missing";
}

static void who_calls(char *room, size_t cap)
{
    open_thread_function thread = (open_thread_function)(void (*)(void))real("OpenThreadToken");
    open_process_function process = (open_process_function)(void (*)(void))real("OpenProcessToken");
    const char *of_thread = "none", *of_process = "unknown";
    HANDLE token;
    if (thread != NULL && thread(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) {
        of_thread = state_of(token);
        (void)CloseHandle(token);
    }
    if (process != NULL && process(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        of_process = state_of(token);
        (void)CloseHandle(token);
    }
    (void)snprintf(room, cap, " in_thread=%s in_process=%s", of_thread, of_process);
}

/* A line of the log; returns what the function returns. */
static BOOLEAN reported(const char *call, const char *what, uint32_t code)
{
    char who[80], text[TEXT_MAX];
    who_calls(who, sizeof who);
    (void)snprintf(text, sizeof text, "%s%s", who, what);
    (void)double_told(call, text, code);
    SetLastError(code);
    return code == 0;
}

static void put_guid(char *room, size_t cap, const FWP_GUID *g)
{
    (void)snprintf(room, cap, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", g->Data1,
                   g->Data2, g->Data3, g->Data4[0], g->Data4[1], g->Data4[2], g->Data4[3],
                   g->Data4[4], g->Data4[5], g->Data4[6], g->Data4[7]);
}

/* ---- the functions -------------------------------------------------------------------------- */

BOOLEAN WINAPI AuditQuerySystemPolicy(const FWP_GUID *subcategories, ULONG count,
                                      AUDIT_POLICY_INFORMATION **out);
BOOLEAN WINAPI AuditQuerySystemPolicy(const FWP_GUID *subcategories, ULONG count,
                                      AUDIT_POLICY_INFORMATION **out)
{
    void *ctx;
    char guid[40], what[120];
    uint32_t code = double_audit_policy(&ctx)->query(ctx, subcategories, count, out);
    put_guid(guid, sizeof guid, subcategories);
    (void)snprintf(what, sizeof what, " count=%lu first=%s", count, guid);
    return reported("AuditQuerySystemPolicy", what, code);
}

BOOLEAN WINAPI AuditSetSystemPolicy(const AUDIT_POLICY_INFORMATION *policy, ULONG count);
BOOLEAN WINAPI AuditSetSystemPolicy(const AUDIT_POLICY_INFORMATION *policy, ULONG count)
{
    void *ctx;
    char guid[40], what[120];
    uint32_t code = double_audit_policy(&ctx)->set(ctx, policy, count);
    put_guid(guid, sizeof guid, &policy[count - 1].AuditSubCategoryGuid);
    (void)snprintf(what, sizeof what, " count=%lu last=%s value=%u", count, guid,
                   policy[count - 1].AuditingInformation);
    return reported("AuditSetSystemPolicy", what, code);
}

BOOLEAN WINAPI AuditEnumerateCategories(FWP_GUID **out, ULONG *count);
BOOLEAN WINAPI AuditEnumerateCategories(FWP_GUID **out, ULONG *count)
{
    void *ctx;
    uint32_t n = 0, code = double_audit_policy(&ctx)->categories(ctx, out, &n);
    *count = n;
    return reported("AuditEnumerateCategories", "", code);
}

BOOLEAN WINAPI AuditEnumerateSubCategories(const FWP_GUID *category, BOOLEAN all, FWP_GUID **out,
                                           ULONG *count);
BOOLEAN WINAPI AuditEnumerateSubCategories(const FWP_GUID *category, BOOLEAN all, FWP_GUID **out,
                                           ULONG *count)
{
    void *ctx;
    uint32_t n = 0;
    uint32_t code = double_audit_policy(&ctx)->subcategories(ctx, all ? NULL : category, out, &n);
    *count = n;
    return reported("AuditEnumerateSubCategories", all ? " all" : " one", code);
}

BOOLEAN WINAPI AuditLookupCategoryNameW(const FWP_GUID *category, wchar_t **out);
BOOLEAN WINAPI AuditLookupCategoryNameW(const FWP_GUID *category, wchar_t **out)
{
    void *ctx;
    uint32_t code = double_audit_policy(&ctx)->category_name(ctx, category, (uint16_t **)out);
    return reported("AuditLookupCategoryNameW", "", code);
}

BOOLEAN WINAPI AuditLookupSubCategoryNameW(const FWP_GUID *subcategory, wchar_t **out);
BOOLEAN WINAPI AuditLookupSubCategoryNameW(const FWP_GUID *subcategory, wchar_t **out)
{
    void *ctx;
    uint32_t code = double_audit_policy(&ctx)->subcategory_name(ctx, subcategory, (uint16_t **)out);
    return reported("AuditLookupSubCategoryNameW", "", code);
}

void WINAPI AuditFree(void *p);
void WINAPI AuditFree(void *p)
{
    void *ctx;
    double_audit_policy(&ctx)->free(ctx, p);
    (void)reported("AuditFree", "", 0);
}
