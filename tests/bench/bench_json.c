/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_json FILE [RUNS]: reading the JSON of a shipper from memory, on one thread. Writes "MS
 * EVENTS", of processor time, as others may use the machine. */
#define _POSIX_C_SOURCE 200809L
#include "content.h"
#include "measure.h"

enum { RUNS_MAX = 101 };

int main(int argc, char **argv)
{
    static const wfpw_options o = {
        .size = sizeof o, .flags = WFPW_OPEN_NO_VERDICT, .log_zone = "UTC"};
    static double ms[RUNS_MAX];
    size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;
    uint64_t events = 0;
    if (argc < 2 || runs == 0 || runs > RUNS_MAX)
        return 2;
    struct content c = content_load(argv[1]);
    for (size_t i = 0; i < runs; i++) {
        uint64_t start = cpu_ns();
        events = content_read(&c, &o);
        ms[i] = (double)(cpu_ns() - start) / 1e6;
    }
    printf("%.3f %llu\n", percentile(ms, runs, 0.5), (unsigned long long)events);
    free(c.p);
    return 0;
}
