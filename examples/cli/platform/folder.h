/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is in a folder; one file a system fills it (folder_posix.c, folder_win.c).
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stdint.h>

struct folder_entry {
    const char *name; /* UTF-8, as the system has it; until the next one */
    bool is_folder;   /* a link to one is none */
    bool is_file;     /* one that can be read from its start to its end */
};

bool folder_is(const char *path);
/* Gives what is in the folder to each, in no order, until that returns false. Returns 0, or the
 * system's code. */
uint32_t folder_list(const char *path, bool (*each)(void *ctx, const struct folder_entry *entry),
                     void *ctx);
/* The same for what fits a pattern with '*' and '?' in its last part. Only where no shell does it:
 * elsewhere nothing is a pattern. */
bool folder_is_pattern(const char *path);
uint32_t folder_match(const char *pattern,
                      bool (*each)(void *ctx, const struct folder_entry *entry), void *ctx);

#endif
