/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#define _POSIX_C_SOURCE 200809L
#include "platform/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

bool folder_is(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_itself(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static struct folder_entry entry_of(DIR *dir, const char *name)
{
    struct stat st, behind;
    struct folder_entry entry = {.name = name};
    if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return entry;
    bool is_link = S_ISLNK(st.st_mode);
    entry.is_folder = S_ISDIR(st.st_mode);
    entry.is_file = S_ISREG(st.st_mode) || (is_link && fstatat(dirfd(dir), name, &behind, 0) == 0 &&
                                            S_ISREG(behind.st_mode));
    return entry;
}

uint32_t folder_list(const char *path, bool (*each)(void *ctx, const struct folder_entry *entry),
                     void *ctx)
{
    const struct dirent *found;
    bool go_on = true;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return (uint32_t)errno;
    while (go_on && (found = readdir(dir)) != NULL) {
        struct folder_entry entry = entry_of(dir, found->d_name);
        go_on = is_itself(found->d_name) || each(ctx, &entry);
    }
    (void)closedir(dir);
    return 0;
}

bool folder_is_pattern(const char *path)
{
    (void)path;
    return false;
}

uint32_t folder_match(const char *pattern,
                      bool (*each)(void *ctx, const struct folder_entry *entry), void *ctx)
{
    (void)pattern;
    (void)each;
    (void)ctx;
    return 0;
}
