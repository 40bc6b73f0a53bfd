/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The files that somebody means who names folders, and on Windows patterns: every file in a folder
 * and the folders in it, sorted by name; links to folders are not followed. A name that stands for
 * itself stays as it was given.
 */
#ifndef FILE_LIST_H
#define FILE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct path {
    char *name;
    bool is_found; /* in a folder: it need not be a log */
};

/* Starts as {0}. */
struct file_list {
    struct path *list;
    size_t count, cap;
    bool failed; /* something could not be listed, which was reported */
    bool no_memory;
};

void file_list_add(struct file_list *p, const char *name);
void file_list_free(struct file_list *p);

#endif
