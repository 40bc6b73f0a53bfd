/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_json FILE [RUNS]: reading the JSON of a shipper from memory, on one thread. Writes "MS
 * EVENTS", of processor time, as others may use the machine. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wfpwatch/wfpwatch.h"

enum { RUNS_MAX = 101 };

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static char *load(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    *n = (size_t)ftell(f);
    char *p = malloc(*n);
    rewind(f);
    if (p == NULL || fread(p, 1, *n, f) != *n)
        exit(1);
    (void)fclose(f);
    return p;
}

static uint64_t read_events(const char *p, size_t size)
{
    wfpw_options o = {.size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT, .log_zone = "UTC"};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    uint64_t events = 0;
    int n;
    if (b == NULL || wfpw_open(&o, &s, NULL) != 0 || wfpw_add_memory(s, p, size, NULL) != 0)
        exit(1);
    while ((n = wfpw_read(s, b, -1, NULL)) > 0)
        events += (uint64_t)n;
    wfpw_close(s);
    wfpw_batch_free(b);
    return events;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    static uint64_t ns[RUNS_MAX];
    size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 9, n;
    uint64_t events = 0;
    if (argc < 2 || runs == 0 || runs > RUNS_MAX)
        return 2;
    char *p = load(argv[1], &n);
    for (size_t i = 0; i < runs; i++) {
        uint64_t start = now_ns();
        events = read_events(p, n);
        ns[i] = now_ns() - start;
    }
    qsort(ns, runs, sizeof *ns, compare);
    printf("%.3f %llu\n", (double)ns[runs / 2] / 1e6, (unsigned long long)events);
    free(p);
    return 0;
}
