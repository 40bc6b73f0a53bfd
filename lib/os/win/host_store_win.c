/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Leases in the registry: value `Leases` of a key below HKEY_LOCAL_MACHINE, which we make for
 * administrators and the system alone. The lock is a mutex in a private namespace, into which only
 * who has the Administrators group can come: nobody else can make it before us. */
#include "os/host_store.h"

#include <string.h>
#include <wchar.h>

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "wfpwatch/wfpwatch.h"

/* What a handle keeps. */
enum { KEY, MUTEX, NAMESPACE };
enum { PLACE_UNITS = 512, NAME_UNITS = 256, RETRIES = 20, RETRY_MS = 5 };
enum {
    WRITERS =
        KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_CREATE_LINK | DELETE | WRITE_DAC | WRITE_OWNER
};

static const wchar_t default_place[] = L"SOFTWARE\\wfpwatch", document[] = L"Leases",
                     aside[] = L"Leases.damaged", boot_key[] = L"Boot", boot_value[] = L"Id";

/* Administrators and the system, full access; nothing is inherited. */
static const wchar_t key_access[] = L"O:BAD:P(A;CI;KA;;;BA)(A;CI;KA;;;SY)",
                     object_access[] = L"O:BAD:P(A;;GA;;;BA)(A;;GA;;;SY)";

static HKEY key_of(const struct store_handle *h)
{
    return (HKEY)h->v[KEY];
}

static int call_failed(struct store_failure *f, LONG code)
{
    *f = (struct store_failure){.code = (uint32_t)code};
    return code == ERROR_ACCESS_DENIED || code == ERROR_PRIVILEGE_NOT_HELD ||
                   code == ERROR_INVALID_OWNER
               ? WFPW_E_ACCESS
               : WFPW_E_IO;
}

static int place_unsafe(struct store_failure *f, const char *what)
{
    *f = (struct store_failure){.what = what};
    return WFPW_E_LEASE;
}

/* ---- who can write -------------------------------------------------------------------------- */

static bool is_trusted(PSID sid)
{
    return IsWellKnownSid(sid, WinBuiltinAdministratorsSid) ||
           IsWellKnownSid(sid, WinLocalSystemSid);
}

/* Whether an entry of an access list lets somebody write whom we do not trust. */
static bool lets_in(const ACE_HEADER *ace)
{
    const ACCESS_ALLOWED_ACE *a = (const ACCESS_ALLOWED_ACE *)(const void *)ace;
    if (ace->AceType == ACCESS_DENIED_ACE_TYPE || (ace->AceFlags & INHERIT_ONLY_ACE) != 0)
        return false;
    if (ace->AceType != ACCESS_ALLOWED_ACE_TYPE)
        return true;
    return (a->Mask & (WRITERS | GENERIC_WRITE | GENERIC_ALL)) != 0 &&
           !is_trusted((PSID)(uintptr_t)&a->SidStart);
}

static const char *danger_of(HANDLE object, SE_OBJECT_TYPE type)
{
    PSECURITY_DESCRIPTOR descriptor;
    PSID owner = NULL;
    PACL list = NULL;
    const char *danger = NULL;
    if (GetSecurityInfo(object, type, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                        &owner, NULL, &list, NULL, &descriptor) != ERROR_SUCCESS)
        return "who may write to the place of leases cannot be seen";
    if (owner == NULL || !is_trusted(owner))
        danger = "the place of leases, or its lock, does not belong to the administrators";
    else if (list == NULL)
        danger = "the place of leases, or its lock, is open to everybody";
    for (DWORD i = 0; danger == NULL && i < list->AceCount; i++) {
        void *ace;
        if (!GetAce(list, i, &ace) || lets_in(ace))
            danger = "the place of leases, or its lock, is writable by others";
    }
    (void)LocalFree(descriptor);
    return danger;
}

static bool is_link(HKEY key)
{
    DWORD type;
    return RegQueryValueExW(key, L"SymbolicLinkValue", NULL, &type, NULL, NULL) == ERROR_SUCCESS &&
           type == REG_LINK;
}

/* ---- the key -------------------------------------------------------------------------------- */

static PSECURITY_DESCRIPTOR access_of(const wchar_t *text)
{
    PSECURITY_DESCRIPTOR d;
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &d, NULL)
               ? d
               : NULL;
}

/* One key below another; links are opened, not followed. */
static LONG open_step(HKEY at, const wchar_t *name, bool last, bool create, HKEY *out)
{
    REGSAM rights = KEY_READ | KEY_WOW64_64KEY;
    if (last && create)
        rights |= KEY_WRITE;
    LONG code = RegOpenKeyExW(at, name, REG_OPTION_OPEN_LINK, rights, out);
    if (code != ERROR_FILE_NOT_FOUND || !create)
        return code;
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security,
                                    .lpSecurityDescriptor = access_of(key_access)};
    if (security.lpSecurityDescriptor == NULL)
        return (LONG)GetLastError();
    code = RegCreateKeyExW(at, name, 0, NULL, 0, rights | KEY_WRITE, &security, out, NULL);
    (void)LocalFree(security.lpSecurityDescriptor);
    return code;
}

/* The first name is a hive's own, SOFTWARE as a rule, and Windows' to protect; whatever we find
 * below it must be safe. Made or not: what is opened is looked at. */
static int open_key(const wchar_t *path, bool create, HKEY *out, struct store_failure *f)
{
    wchar_t name[NAME_UNITS];
    HKEY at = HKEY_LOCAL_MACHINE;
    bool first = true;
    while (*path != 0) {
        HKEY next;
        size_t n = wcscspn(path, L"\\");
        if (n == 0 || n >= NAME_UNITS)
            return place_unsafe(f, "the place of leases is no key below HKEY_LOCAL_MACHINE");
        wmemcpy(name, path, n);
        name[n] = 0;
        path += n + (path[n] != 0);
        LONG code = open_step(at, name, *path == 0, create && !first, &next);
        if (at != HKEY_LOCAL_MACHINE)
            (void)RegCloseKey(at);
        if (code != ERROR_SUCCESS)
            return call_failed(f, code);
        const char *danger = is_link(next) ? "the place of leases is a link"
                             : first       ? NULL
                                           : danger_of(next, SE_REGISTRY_KEY);
        if (danger != NULL) {
            (void)RegCloseKey(next);
            return place_unsafe(f, danger);
        }
        at = next;
        first = false;
    }
    *out = at;
    return at != HKEY_LOCAL_MACHINE ? WFPW_OK : place_unsafe(f, "the place of leases has no name");
}

/* ---- the mutex ------------------------------------------------------------------------------ */

/* NULL with GetLastError() 0: this system has no private namespaces (Wine). */
static HANDLE open_namespace(SECURITY_ATTRIBUTES *security)
{
    BYTE administrators[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof administrators;
    HANDLE space = NULL, boundary = CreateBoundaryDescriptorW(L"wfpwatch", 0);
    if (boundary == NULL) {
        SetLastError(ERROR_SUCCESS);
        return NULL;
    }
    if (CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) &&
        AddSIDToBoundaryDescriptor(&boundary, administrators)) {
        for (int i = 0; space == NULL && i < RETRIES; i++) {
            if (i > 0)
                Sleep(RETRY_MS); /* its last user closed it between the two */
            space = CreatePrivateNamespaceW(security, boundary, L"wfpwatch");
            if (space == NULL && GetLastError() == ERROR_ALREADY_EXISTS)
                space = OpenPrivateNamespaceW(boundary, L"wfpwatch");
            if (space == NULL && GetLastError() == ERROR_ACCESS_DENIED)
                break;
        }
    }
    DWORD code = GetLastError();
    DeleteBoundaryDescriptor(boundary);
    SetLastError(space == NULL && code == ERROR_SUCCESS ? ERROR_GEN_FAILURE : code);
    return space;
}

static int open_mutex(struct store_handle *h, struct store_failure *f)
{
    const DWORD rights = SYNCHRONIZE | MUTEX_MODIFY_STATE | READ_CONTROL;
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security,
                                    .lpSecurityDescriptor = access_of(object_access)};
    if (security.lpSecurityDescriptor == NULL)
        return call_failed(f, (LONG)GetLastError());
    HANDLE space = open_namespace(&security), mutex = NULL;
    DWORD code = GetLastError();
    if (space != NULL || code == ERROR_SUCCESS) {
        mutex = CreateMutexExW(
            &security, space != NULL ? L"wfpwatch\\leases" : L"Global\\wfpwatch-leases", 0, rights);
        code = GetLastError();
    }
    (void)LocalFree(security.lpSecurityDescriptor);
    h->v[NAMESPACE] = (intptr_t)space;
    h->v[MUTEX] = (intptr_t)mutex;
    if (mutex == NULL)
        return call_failed(f, (LONG)code);
    const char *danger = danger_of(mutex, SE_KERNEL_OBJECT);
    return danger != NULL ? place_unsafe(f, danger) : WFPW_OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

static void host_close(void *ctx, struct store_handle *h)
{
    (void)ctx;
    if (h->v[MUTEX] != 0)
        (void)CloseHandle((HANDLE)h->v[MUTEX]);
    if (h->v[NAMESPACE] != 0)
        (void)ClosePrivateNamespace((HANDLE)h->v[NAMESPACE], 0);
    if (h->v[KEY] != 0)
        (void)RegCloseKey(key_of(h));
    *h = (struct store_handle){{0}};
}

static int host_open(void *ctx, const char *place, bool create, struct store_handle *h,
                     struct store_failure *f)
{
    wchar_t wide[PLACE_UNITS];
    const wchar_t *path = default_place;
    HKEY key = NULL;
    *h = (struct store_handle){{0}};
    if (place != NULL && *place != 0) {
        if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, place, -1, wide, PLACE_UNITS) == 0)
            return place_unsafe(f, "the place of leases is no UTF-8, or too long");
        path = wide;
    }
    int status = open_key(path, create, &key, f);
    if (status != WFPW_OK)
        return status == WFPW_E_IO && f->code == ERROR_FILE_NOT_FOUND && !create ? WFPW_OK : status;
    h->v[KEY] = (intptr_t)key;
    if (create)
        status = open_mutex(h, f);
    if (status != WFPW_OK)
        host_close(ctx, h);
    return status;
}

/* ---- the lock ------------------------------------------------------------------------------- */

/* A mutex whose holder died says so, and is ours all the same: what is written is written whole. */
static int host_lock(void *ctx, struct store_handle *h, uint32_t wait_ms, struct store_failure *f)
{
    (void)ctx;
    switch (WaitForSingleObject((HANDLE)h->v[MUTEX], wait_ms)) {
    case WAIT_OBJECT_0:
    case WAIT_ABANDONED:
        return WFPW_OK;
    case WAIT_TIMEOUT:
        *f = (struct store_failure){.what = "another process holds the lock of the leases"};
        return WFPW_E_TIMEOUT;
    default:
        return call_failed(f, (LONG)GetLastError());
    }
}

static void host_unlock(void *ctx, struct store_handle *h)
{
    (void)ctx;
    (void)ReleaseMutex((HANDLE)h->v[MUTEX]);
}

/* ---- the document --------------------------------------------------------------------------- */

static int host_read(void *ctx, struct store_handle *h, void *room, size_t cap, size_t *n,
                     struct store_failure *f)
{
    DWORD type = 0, size = (DWORD)cap;
    (void)ctx;
    *n = 0;
    if (key_of(h) == NULL)
        return WFPW_OK;
    LONG code = RegQueryValueExW(key_of(h), document, NULL, &type, room, &size);
    if (code == ERROR_FILE_NOT_FOUND)
        return WFPW_OK;
    if (code == ERROR_MORE_DATA || (code == ERROR_SUCCESS && type != REG_BINARY))
        return WFPW_E_RANGE;
    if (code != ERROR_SUCCESS)
        return call_failed(f, code);
    *n = size;
    return WFPW_OK;
}

/* The registry changes a value in one piece, and keeps a log of what is not yet in its file. */
static int host_write(void *ctx, struct store_handle *h, const void *p, size_t n,
                      struct store_failure *f)
{
    (void)ctx;
    LONG code = n > 0 ? RegSetValueExW(key_of(h), document, 0, REG_BINARY, p, (DWORD)n)
                      : RegDeleteValueW(key_of(h), document);
    if (n == 0 && code == ERROR_FILE_NOT_FOUND)
        code = ERROR_SUCCESS;
    if (code == ERROR_SUCCESS)
        code = RegFlushKey(key_of(h));
    return code == ERROR_SUCCESS ? WFPW_OK : call_failed(f, code);
}

static int host_set_aside(void *ctx, struct store_handle *h, struct store_failure *f)
{
    DWORD type, size = 0;
    LONG code = RegQueryValueExW(key_of(h), document, NULL, &type, NULL, &size);
    BYTE *copy = code == ERROR_SUCCESS ? LocalAlloc(LMEM_FIXED, size + 1) : NULL;
    if (code == ERROR_SUCCESS)
        code = copy != NULL ? RegQueryValueExW(key_of(h), document, NULL, &type, copy, &size)
                            : ERROR_NOT_ENOUGH_MEMORY;
    if (code == ERROR_SUCCESS)
        code = RegSetValueExW(key_of(h), aside, 0, type, copy, size);
    (void)LocalFree(copy);
    return code == ERROR_SUCCESS ? host_write(ctx, h, NULL, 0, f) : call_failed(f, code);
}

/* ---- processes ------------------------------------------------------------------------------ */

/* A boot's name is kept in a key that does not outlive it. false: nobody has named it yet. */
static bool read_boot(HKEY key, uint8_t boot[16])
{
    HKEY volatile_key;
    DWORD type = 0, size = 16;
    if (key == NULL || RegOpenKeyExW(key, boot_key, REG_OPTION_OPEN_LINK,
                                     KEY_READ | KEY_WOW64_64KEY, &volatile_key) != ERROR_SUCCESS)
        return false;
    LONG code = RegQueryValueExW(volatile_key, boot_value, NULL, &type, boot, &size);
    (void)RegCloseKey(volatile_key);
    return code == ERROR_SUCCESS && type == REG_BINARY && size == 16;
}

/* Two boots never begin at one moment of both clocks. */
static LONG name_boot(HKEY key)
{
    HKEY volatile_key;
    uint8_t boot[16];
    FILETIME now;
    LARGE_INTEGER ticks;
    GetSystemTimeAsFileTime(&now);
    (void)QueryPerformanceCounter(&ticks);
    memcpy(boot, &now, 8);
    memcpy(boot + 8, &ticks, 8);
    LONG code = RegCreateKeyExW(key, boot_key, 0, NULL, REG_OPTION_VOLATILE,
                                KEY_READ | KEY_WRITE | KEY_WOW64_64KEY, NULL, &volatile_key, NULL);
    if (code != ERROR_SUCCESS)
        return code;
    code = RegSetValueExW(volatile_key, boot_value, 0, REG_BINARY, boot, sizeof boot);
    (void)RegCloseKey(volatile_key);
    return code;
}

/* When a process was started, by the clock; 0: it runs no more, or never did. UINT64_MAX: it is
 * there, and not to be looked at. */
static uint64_t read_start(uint32_t pid)
{
    FILETIME started, ended, kernel, user;
    uint64_t v = UINT64_MAX;
    HANDLE p = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, pid);
    if (p == NULL)
        return GetLastError() == ERROR_INVALID_PARAMETER ? 0 : UINT64_MAX;
    if (WaitForSingleObject(p, 0) == WAIT_OBJECT_0)
        v = 0;
    else if (GetProcessTimes(p, &started, &ended, &kernel, &user))
        v = (uint64_t)started.dwHighDateTime << 32 | started.dwLowDateTime;
    (void)CloseHandle(p);
    return v;
}

/* Under the lock. */
static int host_whoami(void *ctx, struct store_handle *h, struct process_id *out,
                       struct store_failure *f)
{
    LONG code = ERROR_SUCCESS;
    (void)ctx;
    memset(out, 0, sizeof *out);
    out->pid = GetCurrentProcessId();
    out->started = read_start(out->pid);
    if (!read_boot(key_of(h), out->boot)) {
        code = name_boot(key_of(h));
        if (code == ERROR_SUCCESS && !read_boot(key_of(h), out->boot))
            code = ERROR_FILE_NOT_FOUND;
    }
    return code == ERROR_SUCCESS ? WFPW_OK : call_failed(f, code);
}

static bool host_is_alive(void *ctx, struct store_handle *h, const struct process_id *p)
{
    uint8_t boot[16] = {0};
    (void)ctx;
    if (p->pid == 0 || !read_boot(key_of(h), boot) || memcmp(boot, p->boot, sizeof boot) != 0)
        return false;
    uint64_t started = read_start(p->pid);
    return started == p->started || started == UINT64_MAX;
}

const struct system_store *host_store(void)
{
    static const struct system_store store = {
        .open = host_open,
        .close = host_close,
        .lock = host_lock,
        .unlock = host_unlock,
        .read = host_read,
        .write = host_write,
        .set_aside = host_set_aside,
        .whoami = host_whoami,
        .is_alive = host_is_alive,
    };
    return &store;
}
