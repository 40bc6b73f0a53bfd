/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Indirect strings, such as "@FirewallAPI.dll,-25000": a text that stands in a file's resources.
 * Whoever may add a filter may write one, so it is followed to a file in System32 and nowhere else:
 * anywhere else it could be a share of somebody who waits for our password. What is not followed
 * stays as it is, as do "@{package?ms-resource://...}" and all that a file of another host says.
 */
#ifndef WFPW_INDIRECT_STRING_H
#define WFPW_INDIRECT_STRING_H

#include "os/system.h"

enum {
    INDIRECT_STRING_FILE_MAX = 64,
    INDIRECT_STRING_UNITS_MAX = 4096,
    INDIRECT_STRING_TEXT_MAX =
        3 * INDIRECT_STRING_UNITS_MAX + 1, /* bytes of its text as UTF-8, with a NUL */
    INDIRECT_STRING_FOLDER_MAX = 3 * 260 + 1
};

struct indirect_string {
    char file[INDIRECT_STRING_FILE_MAX]; /* a name, no path */
    uint32_t id;
};

/* Takes an indirect string apart. folder: System32's path as UTF-8; NULL: it is not known, and only
 * a bare name or one below %SystemRoot% will do. false: it is none, or none that may be followed.
 */
bool indirect_string_split(const char *text, const char *folder, struct indirect_string *out);

/* System32's path, as indirect_string_split wants it; "" when it is not known. */
void indirect_string_folder(const struct wfpw_system *system,
                            char room[INDIRECT_STRING_FOLDER_MAX]);
/* The string that it stands for, as UTF-8 with a NUL. Loads a file: on the service thread. Returns
 * its length; 0: it is empty, too long or not there, and the name is to be used as it is. */
size_t indirect_string_load(const struct wfpw_system *system, const struct indirect_string *what,
                            char room[INDIRECT_STRING_TEXT_MAX]);

#endif
