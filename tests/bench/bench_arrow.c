/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_arrow LOG [THREADS]: what columns cost. Reading LOG alone, as lines of JSON, and as arrays
 * of the usual columns and of all of them, side by side. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wfpwatch/arrow.h"

enum { RUNS = 7, ROOM = 1 << 20 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t read_events(wfpw_session *s, char *room)
{
    wfpw_batch *b = wfpw_batch_new(0, 0);
    uint64_t events = 0;
    int n;
    while ((n = wfpw_read(s, b, -1, NULL)) > 0) {
        uint32_t at = 0;
        while (room != NULL && wfpw_batch_to_json(b, 0, &at, UINT32_MAX, room, ROOM, NULL) > 0)
            ;
        events += (uint64_t)n;
    }
    wfpw_batch_free(b);
    return events;
}

static uint64_t read_arrays(wfpw_session *s, const char *columns)
{
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    uint64_t rows = 0;
    wfpw_arrow_options o = {.size = sizeof o, .columns = columns, .wait_ms = -1};
    if (wfpw_arrow_stream(s, &o, &stream, NULL) != WFPW_OK)
        exit(1);
    while (stream.get_next(&stream, &array) == 0 && array.release != NULL) {
        rows += (uint64_t)array.length;
        array.release(&array);
    }
    stream.release(&stream);
    return rows;
}

/* Events a second. */
static double run_once(const char *path, uint32_t threads, int what)
{
    static char room[ROOM];
    wfpw_options o = {.size = sizeof o, .threads = threads};
    wfpw_session *s;
    double start = now_s();
    if (wfpw_open(&o, &s, NULL) != WFPW_OK || wfpw_add_file(s, path, NULL) != WFPW_OK)
        exit(1);
    uint64_t events =
        what < 2 ? read_events(s, what == 1 ? room : NULL) : read_arrays(s, what == 3 ? "*" : NULL);
    wfpw_close(s);
    return (double)events / (now_s() - start);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"events alone", "JSON lines", "usual columns",
                                        "all columns"};
    double rates[4][RUNS];
    if (argc < 2)
        return 2;
    uint32_t threads = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    for (int run = -1; run < RUNS; run++) /* the first warms up */
        for (int what = 0; what < 4; what++)
            rates[what][run < 0 ? 0 : run] = run_once(argv[1], threads, what);
    for (int what = 0; what < 4; what++) {
        qsort(rates[what], RUNS, sizeof **rates, by_value);
        printf("%-16s %9.0f a second\n", names[what], rates[what][RUNS / 2]);
    }
    return 0;
}
