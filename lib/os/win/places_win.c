/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What this Windows calls its volumes and accounts, and strings of files in System32: functions of
 * kernel32 and advapi32 that Windows 7 has, too. */
#include "os/win/system_win.h"

enum {
    TARGETS_MAX = 2048,    /* units of what a drive stands for; the newest comes first */
    PATH_NAMES_MAX = 4096, /* units of all paths of a volume */
    VOLUME_MAX = 64,       /* units of \\?\Volume{guid}\ */
    ACCOUNT_MAX = 257,     /* units of a name or a domain, with the NUL */
    BLOCK_STRINGS = 16     /* strings that one resource holds */
};

static size_t length_of(const wchar_t *s, size_t most)
{
    size_t n = 0;
    while (n < most && s[n] != 0)
        n++;
    return n;
}

/* ---- volumes -------------------------------------------------------------------------------- */

static uint32_t list_drives(void *ctx, system_found found, void *to)
{
    wchar_t name[] = L"A:", target[TARGETS_MAX];
    DWORD there = GetLogicalDrives();
    (void)ctx;
    if (there == 0)
        return GetLastError();
    for (; there != 0; there >>= 1, name[0]++)
        if ((there & 1) != 0 && QueryDosDeviceW(name, target, TARGETS_MAX) != 0)
            found(to, name, 2, target, length_of(target, TARGETS_MAX));
    return ERROR_SUCCESS;
}

/* \\?\Volume{guid}\ is a device's name when its ends are cut off. */
static void one_volume(wchar_t *volume, system_found found, void *to)
{
    enum { PREFIX = 4 };
    wchar_t target[TARGETS_MAX], paths[PATH_NAMES_MAX];
    size_t n = length_of(volume, VOLUME_MAX);
    DWORD got = 0;
    if (n <= PREFIX || !GetVolumePathNamesForVolumeNameW(volume, paths, PATH_NAMES_MAX, &got))
        return;
    volume[n - 1] = 0;
    bool is_known = QueryDosDeviceW(volume + PREFIX, target, TARGETS_MAX) != 0;
    volume[n - 1] = L'\\'; /* it is where the search for the next one stands */
    for (const wchar_t *p = paths; is_known && *p != 0; p += n + 1) {
        n = length_of(p, PATH_NAMES_MAX);
        found(to, p, n, target, length_of(target, TARGETS_MAX));
    }
}

static uint32_t list_mounts(void *ctx, system_found found, void *to)
{
    wchar_t volume[VOLUME_MAX];
    HANDLE search = FindFirstVolumeW(volume, VOLUME_MAX);
    (void)ctx;
    if (search == INVALID_HANDLE_VALUE)
        return GetLastError();
    do
        one_volume(volume, found, to);
    while (FindNextVolumeW(search, volume, VOLUME_MAX));
    DWORD code = GetLastError();
    (void)FindVolumeClose(search);
    return code == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : code;
}

/* ---- accounts ------------------------------------------------------------------------------- */

static uint32_t account_name(void *ctx, const void *sid, uint16_t *room, size_t cap, size_t *units)
{
    wchar_t name[ACCOUNT_MAX], domain[ACCOUNT_MAX];
    DWORD names = ACCOUNT_MAX, domains = ACCOUNT_MAX;
    SID_NAME_USE use;
    size_t n = 0;
    (void)ctx;
    if (!LookupAccountSidW(NULL, (void *)(uintptr_t)sid, name, &names, domain, &domains, &use))
        return GetLastError();
    names = (DWORD)length_of(name, ACCOUNT_MAX);
    domains = (DWORD)length_of(domain, ACCOUNT_MAX);
    if (names + domains + 1 > cap)
        return ERROR_INSUFFICIENT_BUFFER;
    for (DWORD i = 0; i < domains; i++)
        room[n++] = domain[i];
    if (domains > 0 && names > 0)
        room[n++] = L'\\';
    for (DWORD i = 0; i < names; i++)
        room[n++] = name[i];
    *units = n;
    return ERROR_SUCCESS;
}

/* ---- strings of System32 -------------------------------------------------------------------- */

static uint32_t system_folder(void *ctx, uint16_t *room, size_t cap, size_t *units)
{
    UINT n = GetSystemDirectoryW(room, (UINT)cap);
    (void)ctx;
    *units = n < cap ? n : 0;
    return *units != 0 ? ERROR_SUCCESS : n == 0 ? GetLastError() : ERROR_INSUFFICIENT_BUFFER;
}

/* Strings stand sixteen in a resource, each behind its length. */
static uint32_t find_string(HMODULE module, uint32_t id, uint16_t *room, size_t cap, size_t *units)
{
    HRSRC block = FindResourceW(module, MAKEINTRESOURCEW(id / BLOCK_STRINGS + 1),
                                (const wchar_t *)(const void *)RT_STRING);
    HGLOBAL loaded = block != NULL ? LoadResource(module, block) : NULL;
    const uint16_t *p = loaded != NULL ? LockResource(loaded) : NULL;
    if (p == NULL)
        return GetLastError();
    const uint16_t *end = p + SizeofResource(module, block) / sizeof *p;
    for (uint32_t i = 0; i < id % BLOCK_STRINGS && p < end; i++)
        p += (size_t)(end - p) > *p ? *p + 1u : (size_t)(end - p);
    if (p >= end || *p == 0 || *p >= (size_t)(end - p))
        return ERROR_RESOURCE_NAME_NOT_FOUND;
    if (*p > cap)
        return ERROR_INSUFFICIENT_BUFFER;
    *units = *p;
    for (size_t i = 0; i < *units; i++)
        room[i] = p[1 + i];
    return ERROR_SUCCESS;
}

/* As data: nothing of the file runs, and the strings of the user's language are found. */
static uint32_t load_string(void *ctx, const char *file, uint32_t id, uint16_t *room, size_t cap,
                            size_t *units)
{
    wchar_t path[2 * MAX_PATH];
    size_t n = 0;
    uint32_t code = system_folder(ctx, path, MAX_PATH, &n);
    if (code != ERROR_SUCCESS)
        return code;
    path[n++] = L'\\';
    for (; *file != 0 && n + 1 < 2 * MAX_PATH; file++)
        path[n++] = (wchar_t)(unsigned char)*file;
    path[n] = 0;
    HMODULE module = LoadLibraryExW(
        path, NULL, LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    if (module == NULL)
        return GetLastError();
    code = find_string(module, id, room, cap, units);
    (void)FreeLibrary(module);
    return code;
}

const struct system_places *system_host_places(void)
{
    static const struct system_places places = {
        .drives = list_drives,
        .mounts = list_mounts,
        .account = account_name,
        .folder = system_folder,
        .string = load_string,
        .service = system_service,
    };
    return &places;
}
