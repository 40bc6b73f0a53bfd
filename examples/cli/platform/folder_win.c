/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "platform/folder.h"

#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum { NAME_BYTES = 3 * MAX_PATH + 1 };

/* The path as UTF-16, with what follows it. */
static wchar_t *widen_path(const char *path, const wchar_t *rest)
{
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    wchar_t *wide = n > 0 ? malloc(((size_t)n + wcslen(rest)) * sizeof *wide) : NULL;
    if (wide == NULL)
        return NULL;
    (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, n);
    wcscpy(wide + n - 1, rest);
    return wide;
}

bool folder_is(const char *path)
{
    wchar_t *wide = widen_path(path, L"");
    DWORD what = wide != NULL ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
    free(wide);
    return what != INVALID_FILE_ATTRIBUTES && (what & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

static bool give_entry(const WIN32_FIND_DATAW *found,
                       bool (*each)(void *ctx, const struct folder_entry *entry), void *ctx)
{
    char name[NAME_BYTES];
    bool is_folder = (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    bool is_link = (found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (WideCharToMultiByte(CP_UTF8, 0, found->cFileName, -1, name, NAME_BYTES, NULL, NULL) == 0)
        return true;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    struct folder_entry entry = {
        .name = name, .is_folder = is_folder && !is_link, .is_file = !is_folder};
    return each(ctx, &entry);
}

static uint32_t list_pattern(wchar_t *pattern,
                             bool (*each)(void *ctx, const struct folder_entry *entry), void *ctx)
{
    WIN32_FIND_DATAW found;
    HANDLE h = pattern != NULL ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;
    uint32_t code = pattern != NULL ? GetLastError() : ERROR_NOT_ENOUGH_MEMORY;
    free(pattern);
    if (h == INVALID_HANDLE_VALUE)
        return code == ERROR_FILE_NOT_FOUND ? 0 : code; /* nothing fits */
    while (give_entry(&found, each, ctx) && FindNextFileW(h, &found))
        ;
    (void)FindClose(h);
    return 0;
}

uint32_t folder_list(const char *path, bool (*each)(void *ctx, const struct folder_entry *entry),
                     void *ctx)
{
    return list_pattern(widen_path(path, L"\\*"), each, ctx);
}

/* No name of a file has these, so it can be nothing else. */
bool folder_is_pattern(const char *path)
{
    if (strncmp(path, "\\\\?\\", 4) == 0)
        path += 4;
    return strpbrk(path, "*?") != NULL;
}

uint32_t folder_match(const char *pattern,
                      bool (*each)(void *ctx, const struct folder_entry *entry), void *ctx)
{
    return list_pattern(widen_path(pattern, L""), each, ctx);
}
