/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_worst list: the cases, one a line: name, how it is read.
 * bench_worst make CASE BYTES FILE: a file that asks for as much time or memory a byte as we know
 * how. bench_worst read HOW FILE: processor time a byte, and the most memory that was resident.
 * HOW: events, threads, names. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wfpwatch/wfpwatch.h"
#include "worst.h"

/* ---- reading -------------------------------------------------------------------------------- */

static double processor_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double size_of(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    double n = (double)ftell(f);
    (void)fclose(f);
    return n;
}

static uint64_t read_events(const char *path, uint32_t threads)
{
    wfpw_options o = {.size = sizeof o, .threads = threads};
    wfpw_batch *b = wfpw_batch_new(0, 0);
    wfpw_session *s;
    uint64_t events = 0;
    int n;
    if (b == NULL || wfpw_open(&o, &s, NULL) != 0 || wfpw_add_file(s, path, NULL) != 0)
        exit(1);
    while ((n = wfpw_read(s, b, -1, NULL)) >= 0)
        events += (uint64_t)n;
    wfpw_close(s);
    wfpw_batch_free(b);
    return events;
}

static uint64_t load_names(const char *path)
{
    wfpw_names_stats st = {.size = sizeof st};
    wfpw_names *n;
    if (wfpw_names_open(NULL, &n, NULL) != 0)
        exit(1);
    (void)wfpw_names_load(n, path, NULL);
    (void)wfpw_names_get_stats(n, &st);
    wfpw_names_close(n);
    return st.loaded;
}

/* The most that was resident, in MB: Linux counts it from the start of the program. */
static double resident(void)
{
    char line[256];
    double kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtod(line + 6, NULL);
    if (f != NULL)
        (void)fclose(f);
    return kb / 1024;
}

static void measure(const char *how, const char *path)
{
    double start = processor_ns(), bytes = size_of(path);
    uint64_t got = strcmp(how, "names") == 0
                       ? load_names(path)
                       : read_events(path, strcmp(how, "threads") == 0 ? 2 : 0);
    double ns = processor_ns() - start;
    printf("%.1f %.1f %llu\n", ns / bytes, resident(), (unsigned long long)got);
}

/* ---- making --------------------------------------------------------------------------------- */

static int make(const char *name, const char *bytes, const char *path)
{
    for (const struct worst_case *c = worst_cases; c->name != NULL; c++) {
        if (strcmp(c->name, name) != 0)
            continue;
        FILE *f = fopen(path, "wb");
        if (f == NULL)
            return 1;
        c->make(f, strtoull(bytes, NULL, 10));
        return fclose(f) == 0 ? 0 : 1;
    }
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3], argv[4]);
    if (argc == 4 && strcmp(argv[1], "read") == 0)
        measure(argv[2], argv[3]);
    else if (argc == 2 && strcmp(argv[1], "list") == 0)
        for (const struct worst_case *c = worst_cases; c->name != NULL; c++)
            printf("%s %s\n", c->name, c->how);
    else
        return 2;
    return 0;
}
