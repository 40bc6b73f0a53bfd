/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * How a service stands: functions of advapi32 that Windows 7 has, too, and of version.dll, which is
 * loaded from System32 as long as it is asked. The program's file is read as data, and only from a
 * drive of this host. */
#include "os/win/system_win.h"

#include <string.h>

enum {
    CONFIG_BYTES = 8192, /* the most that QueryServiceConfigW writes */
    PATH_UNITS = SERVICE_IMAGE_UNITS,
    VERSION_BYTES = 64 * 1024
};

static bool is_drive_path(const wchar_t *p)
{
    return ((p[0] >= L'A' && p[0] <= L'Z') || (p[0] >= L'a' && p[0] <= L'z')) && p[1] == L':' &&
           p[2] == L'\\';
}

/* ---- the program ---------------------------------------------------------------------------- */

static wchar_t lower_case(wchar_t c)
{
    return c >= L'A' && c <= L'Z' ? (wchar_t)(c - L'A' + L'a') : c;
}

/* The text behind this beginning, in any case; NULL: it begins otherwise. */
static const wchar_t *text_behind(const wchar_t *text, const wchar_t *beginning)
{
    for (; *beginning != 0; text++, beginning++)
        if (lower_case(*text) != lower_case(*beginning))
            return NULL;
    return text;
}

/* The program of a command line: in quotes, or to the first ".exe" that ends a word. */
static size_t program_length(const wchar_t *line)
{
    size_t n = 0;
    for (; line[n] != 0 && line[n] != L'"'; n++) {
        const wchar_t *end = text_behind(line + n, L".exe");
        if (end != NULL && (*end == L' ' || *end == 0))
            return n + 4;
    }
    return n;
}

/* before, then n units of text. false: there is no room. */
static bool put_path(wchar_t to[PATH_UNITS], const wchar_t *before, const wchar_t *text, size_t n)
{
    size_t start = wcslen(before);
    if (start + n >= PATH_UNITS)
        return false;
    memcpy(to, before, start * sizeof *to);
    memcpy(to + start, text, n * sizeof *to);
    to[start + n] = 0;
    return true;
}

/* As drivers have it: \SystemRoot\..., \??\C:\..., or below the folder of Windows. */
static bool find_program(const wchar_t *line, wchar_t to[PATH_UNITS])
{
    wchar_t windows[MAX_PATH + 1] = L"", path[PATH_UNITS];
    const wchar_t *rest;
    UINT n = GetSystemWindowsDirectoryW(windows, MAX_PATH);
    if (n == 0 || n >= MAX_PATH)
        return false;
    windows[n] = L'\\';
    windows[n + 1] = 0;
    line += *line == L'"';
    if ((rest = text_behind(line, L"\\SystemRoot\\")) != NULL ||
        text_behind(line, L"system32\\") != NULL) {
        rest = rest != NULL ? rest : line;
        return put_path(to, windows, rest, program_length(rest));
    }
    rest = text_behind(line, L"\\??\\");
    line = rest != NULL ? rest : line;
    DWORD units = put_path(path, L"", line, program_length(line))
                      ? ExpandEnvironmentStringsW(path, to, PATH_UNITS)
                      : 0;
    return units > 0 && units <= PATH_UNITS;
}

/* The library of a service that shares its process. */
static bool find_library(const wchar_t *name, wchar_t to[PATH_UNITS])
{
    static const wchar_t services[] = L"SYSTEM\\CurrentControlSet\\Services\\";
    wchar_t key[PATH_UNITS], parameters[PATH_UNITS];
    DWORD bytes = PATH_UNITS * sizeof *to, again = bytes;
    size_t n = wcslen(name);
    if (!put_path(key, services, name, n) ||
        !put_path(parameters, key, L"\\Parameters", sizeof L"\\Parameters" / sizeof *key - 1))
        return false;
    return RegGetValueW(HKEY_LOCAL_MACHINE, parameters, L"ServiceDll", RRF_RT_REG_SZ, NULL, to,
                        &bytes) == ERROR_SUCCESS ||
           RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ServiceDll", RRF_RT_REG_SZ, NULL, to, &again) ==
               ERROR_SUCCESS;
}

/* ---- who made it ---------------------------------------------------------------------------- */

typedef DWORD(WINAPI *size_function)(const wchar_t *file, DWORD *unused);
typedef BOOL(WINAPI *info_function)(const wchar_t *file, DWORD unused, DWORD bytes, void *info);
typedef BOOL(WINAPI *value_function)(const void *info, const wchar_t *path, void **value,
                                     UINT *units);

struct version_calls {
    size_function size;
    info_function info;
    value_function value;
};

/* CompanyName in the first language of the file. */
static void read_company(const struct version_calls *calls, const void *info,
                         struct system_service *out)
{
    static const wchar_t hex[] = L"0123456789abcdef";
    wchar_t path[] = L"\\StringFileInfo\\00000000\\CompanyName";
    void *found = NULL;
    const uint16_t *language;
    UINT n = 0;
    if (!calls->value(info, L"\\VarFileInfo\\Translation", &found, &n) || found == NULL || n < 4)
        return;
    language = found;
    for (int i = 0; i < 8; i++)
        path[16 + i] = hex[language[i / 4] >> (12 - 4 * (i % 4)) & 15];
    if (!calls->value(info, path, &found, &n) || found == NULL)
        return;
    const wchar_t *text = found;
    size_t length = 0;
    while (length < n && text[length] != 0)
        length++;
    if (length > SERVICE_COMPANY_UNITS)
        return;
    memcpy(out->company, text, length * sizeof *text);
    out->company_units = (uint32_t)length;
}

static void find_company(const struct version_calls *calls, const wchar_t *file,
                         struct system_service *out)
{
    DWORD unused = 0, bytes = calls->size(file, &unused);
    void *info = bytes > 0 && bytes <= VERSION_BYTES
                     ? HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes)
                     : NULL;
    if (info != NULL && calls->info(file, 0, bytes, info))
        read_company(calls, info, out);
    if (info != NULL)
        (void)HeapFree(GetProcessHeap(), 0, info);
}

static void ask_version(const wchar_t *file, struct system_service *out)
{
    struct system_host unused = {0};
    HMODULE module = is_drive_path(file) ? system_load(&unused, L"\\version.dll") : NULL;
    if (module == NULL)
        return;
    struct version_calls calls = {
        (size_function)(void (*)(void))GetProcAddress(module, "GetFileVersionInfoSizeW"),
        (info_function)(void (*)(void))GetProcAddress(module, "GetFileVersionInfoW"),
        (value_function)(void (*)(void))GetProcAddress(module, "VerQueryValueW")};
    if (calls.size != NULL && calls.info != NULL && calls.value != NULL)
        find_company(&calls, file, out);
    (void)FreeLibrary(module);
}

/* ---- the service ---------------------------------------------------------------------------- */

static void describe_service(const wchar_t *name, const QUERY_SERVICE_CONFIGW *config,
                             struct system_service *out)
{
    wchar_t path[PATH_UNITS];
    bool shares = (config->dwServiceType & SERVICE_WIN32_SHARE_PROCESS) != 0;
    if (!(shares && find_library(name, path)) &&
        (config->lpBinaryPathName == NULL || !find_program(config->lpBinaryPathName, path)))
        return;
    size_t n = wcslen(path);
    memcpy(out->image, path, n * sizeof *path);
    out->image_units = (uint32_t)n;
    ask_version(path, out);
}

static uint32_t query_service(SC_HANDLE service, const wchar_t *name, struct system_service *out)
{
    SERVICE_STATUS status;
    DWORD needed = 0;
    union {
        QUERY_SERVICE_CONFIGW config;
        uint8_t bytes[CONFIG_BYTES];
    } room;
    if (!QueryServiceStatus(service, &status))
        return GetLastError();
    out->runs = status.dwCurrentState != SERVICE_STOPPED;
    if (QueryServiceConfigW(service, &room.config, sizeof room, &needed))
        describe_service(name, &room.config, out);
    return ERROR_SUCCESS;
}

uint32_t system_service(void *ctx, const uint16_t *name, struct system_service *out)
{
    (void)ctx;
    *out = (struct system_service){.runs = false};
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    if (manager == NULL)
        return GetLastError();
    SC_HANDLE service = OpenServiceW(manager, name, SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS);
    uint32_t code = service != NULL ? query_service(service, name, out) : GetLastError();
    if (service != NULL)
        (void)CloseServiceHandle(service);
    (void)CloseServiceHandle(manager);
    return code;
}
