/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/file_list.h"

#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/term.h"
#include "view/diagnostics.h"

enum { DEEPEST = 32 };

static bool put_path(struct file_list *p, char *name, bool is_found)
{
    if (p->count == p->cap) {
        size_t cap = p->cap != 0 ? 2 * p->cap : 16;
        struct path *list = realloc(p->list, cap * sizeof *list);
        if (list == NULL)
            name = (free(name), NULL);
        p->cap = list != NULL ? cap : p->cap;
        p->list = list != NULL ? list : p->list;
    }
    p->no_memory |= name == NULL;
    if (name != NULL)
        p->list[p->count++] = (struct path){name, is_found};
    return name != NULL;
}

/* folder and name, with what parts them. */
static char *join_path(const char *folder, size_t n, const char *name)
{
    bool has_end = n == 0 || strchr("/\\:", folder[n - 1]) != NULL;
    size_t m = strlen(name);
    char *path = malloc(n + m + 2);
    if (path == NULL)
        return NULL;
    memcpy(path, folder, n);
    if (!has_end)
        path[n++] = strchr(folder, '\\') != NULL && strchr(folder, '/') == NULL ? '\\' : '/';
    memcpy(path + n, name, m + 1);
    return path;
}

/* What one folder has. */
struct found {
    struct file_list files, folders;
    const char *folder;
    size_t n; /* of folder: what stands in front of the names */
};

static bool take_entry(void *ctx, const struct folder_entry *entry)
{
    struct found *f = ctx;
    if (!entry->is_file && !entry->is_folder)
        return true;
    return put_path(entry->is_folder ? &f->folders : &f->files,
                    join_path(f->folder, f->n, entry->name), true);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct path *)a)->name, ((const struct path *)b)->name);
}

static void sort_paths(struct file_list *p)
{
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, by_name);
}

static void fail_path(struct file_list *p, const char *name, uint32_t code)
{
    diagnostics_print(name, ": the folder cannot be listed: ", term_error_text(code),
                      (const char *)NULL);
    p->failed = true;
}

/* The files of a folder, then those of the folders in it. */
static void add_folder(struct file_list *p, const char *name, int depth)
{
    struct found f = {.folder = name, .n = strlen(name)};
    uint32_t code = folder_list(name, take_entry, &f);
    if (code != 0)
        fail_path(p, name, code);
    sort_paths(&f.files);
    sort_paths(&f.folders);
    for (size_t i = 0; i < f.files.count; i++)
        (void)put_path(p, f.files.list[i].name, true);
    for (size_t i = 0; i < f.folders.count && depth < DEEPEST; i++)
        add_folder(p, f.folders.list[i].name, depth + 1);
    p->no_memory |= f.files.no_memory || f.folders.no_memory;
    f.files.count = 0; /* they are p's now */
    file_list_free(&f.files);
    file_list_free(&f.folders);
}

static char *copy_name(const char *name)
{
    return join_path("", 0, name);
}

static void add_pattern(struct file_list *p, const char *pattern)
{
    struct found f = {.folder = pattern, .n = strlen(pattern)};
    while (f.n > 0 && strchr("/\\:", pattern[f.n - 1]) == NULL)
        f.n--;
    uint32_t code = folder_match(pattern, take_entry, &f);
    if (code != 0)
        fail_path(p, pattern, code);
    sort_paths(&f.files);
    for (size_t i = 0; i < f.files.count; i++)
        (void)put_path(p, f.files.list[i].name, false);
    if (code == 0 && f.files.count == 0) {
        diagnostics_print(pattern, ": no file fits", (const char *)NULL);
        p->failed = true;
    }
    f.files.count = 0;
    file_list_free(&f.files);
    file_list_free(&f.folders);
}

void file_list_add(struct file_list *p, const char *name)
{
    if (folder_is_pattern(name))
        add_pattern(p, name);
    else if (folder_is(name))
        add_folder(p, name, 0);
    else
        (void)put_path(p, copy_name(name), false);
}

void file_list_free(struct file_list *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->list[i].name);
    free(p->list);
    *p = (struct file_list){0};
}
