/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A main for fuzzers without libFuzzer: feeds them every file that is named, and every file of the
 * folders that are. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { FILE_MAX = 16 * 1024 * 1024, PATH_MAX_BYTES = 4096 };

/* A copy of the exact size, so that a read past the end is found out. */
static void feed(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(FILE_MAX);
    if (f == NULL || data == NULL) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    feed(data, fread(data, 1, FILE_MAX, f));
    free(data);
    (void)fclose(f);
    return 1;
}

static int run_folder(const char *path)
{
    char name[PATH_MAX_BYTES];
    struct dirent *entry;
    int files = 0;
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        files += run_file(name);
    }
    if (folder != NULL)
        (void)closedir(folder);
    return files;
}

int main(int argc, char **argv)
{
    struct stat st;
    int files = 0;
    for (int i = 1; i < argc; i++) {
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            files += run_folder(argv[i]);
        else
            files += run_file(argv[i]);
    }
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
