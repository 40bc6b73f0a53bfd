/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "paths.h"

#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "report.h"
#include "term.h"

enum { DEEPEST = 32 };

static bool put(struct volumes *p, char *name, bool is_found)
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
static char *join(const char *folder, size_t n, const char *name)
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
    struct volumes files, folders;
    const char *folder;
    size_t n; /* of folder: what stands in front of the names */
};

static bool take(void *ctx, const struct folder_entry *entry)
{
    struct found *f = ctx;
    if (!entry->is_file && !entry->is_folder)
        return true;
    return put(entry->is_folder ? &f->folders : &f->files, join(f->folder, f->n, entry->name),
               true);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct path *)a)->name, ((const struct path *)b)->name);
}

static void sort(struct volumes *p)
{
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, by_name);
}

static void fail(struct volumes *p, const char *name, uint32_t code)
{
    report(name, ": the folder cannot be listed: ", term_error_text(code), (const char *)NULL);
    p->failed = true;
}

/* The files of a folder, then those of the folders in it. */
static void add_folder(struct volumes *p, const char *name, int depth)
{
    struct found f = {.folder = name, .n = strlen(name)};
    uint32_t code = folder_list(name, take, &f);
    if (code != 0)
        fail(p, name, code);
    sort(&f.files);
    sort(&f.folders);
    for (size_t i = 0; i < f.files.count; i++)
        (void)put(p, f.files.list[i].name, true);
    for (size_t i = 0; i < f.folders.count && depth < DEEPEST; i++)
        add_folder(p, f.folders.list[i].name, depth + 1);
    p->no_memory |= f.files.no_memory || f.folders.no_memory;
    f.files.count = 0; /* they are p's now */
    filelist_free(&f.files);
    filelist_free(&f.folders);
}

static char *copy(const char *name)
{
    return join("", 0, name);
}

static void add_pattern(struct volumes *p, const char *pattern)
{
    struct found f = {.folder = pattern, .n = strlen(pattern)};
    while (f.n > 0 && strchr("/\\:", pattern[f.n - 1]) == NULL)
        f.n--;
    uint32_t code = folder_match(pattern, take, &f);
    if (code != 0)
        fail(p, pattern, code);
    sort(&f.files);
    for (size_t i = 0; i < f.files.count; i++)
        (void)put(p, f.files.list[i].name, false);
    if (code == 0 && f.files.count == 0) {
        report(pattern, ": no file fits", (const char *)NULL);
        p->failed = true;
    }
    f.files.count = 0;
    filelist_free(&f.files);
    filelist_free(&f.folders);
}

void filelist_add(struct volumes *p, const char *name)
{
    if (folder_is_pattern(name))
        add_pattern(p, name);
    else if (folder_is(name))
        add_folder(p, name, 0);
    else
        (void)put(p, copy(name), false);
}

void filelist_free(struct volumes *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->list[i].name);
    free(p->list);
    *p = (struct volumes){0};
}
