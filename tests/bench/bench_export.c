/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_export LOG: what a format costs. Every batch of LOG is read once and written in each
 * format, one after the other, so that all see the same machine. Of processor time, as others may
 * use it. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"
#include "wfpwatch/wfpwatch.h"

enum { RUNS = 7, ROOM = 1 << 20, FORMATS = 5 };

struct costs {
    double read, written[FORMATS + 1]; /* seconds, by WFPW_FORMAT_* */
    uint64_t events, bytes[FORMATS + 1];
};

static double cpu_s(void)
{
    return (double)cpu_ns() / 1e9;
}

static void write_batch(struct costs *c, const wfpw_batch *b, uint32_t format)
{
    static char room[ROOM];
    uint32_t at = 0;
    double start = cpu_s();
    int n;
    while ((n = wfpw_batch_export(b, format, 0, &at, UINT32_MAX, room, ROOM, NULL)) > 0)
        c->bytes[format] += (uint64_t)n;
    c->written[format] += cpu_s() - start;
}

static struct costs run_once(const char *path)
{
    struct costs c = {0};
    wfpw_options o = {.size = sizeof o};
    wfpw_session *s;
    if (wfpw_open(&o, &s, NULL) != WFPW_OK || wfpw_add_file(s, path, NULL) != WFPW_OK)
        exit(1);
    wfpw_batch *b = wfpw_batch_new(0, 0);
    double start = cpu_s();
    int n;
    while ((n = wfpw_read(s, b, -1, NULL)) > 0) {
        c.read += cpu_s() - start;
        c.events += (uint64_t)n;
        for (uint32_t format = 1; format <= FORMATS; format++)
            write_batch(&c, b, format);
        start = cpu_s();
    }
    wfpw_batch_free(b);
    wfpw_close(s);
    return c;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"", "json", "ecs", "ocsf", "asim", "csv"};
    struct costs best = {0};
    for (int i = 0; i < RUNS && argc == 2; i++) {
        struct costs c = run_once(argv[1]);
        if (i == 0 || c.written[WFPW_FORMAT_JSON] < best.written[WFPW_FORMAT_JSON])
            best = c;
    }
    if (best.events == 0)
        return 1;
    printf("%llu events; the run of %d whose JSON was quickest\n", (unsigned long long)best.events,
           RUNS);
    printf("read   %7.0f ns an event\n", best.read * 1e9 / (double)best.events);
    for (int f = 1; f <= FORMATS; f++)
        printf(
            "%-6s %7.0f ns an event, %5.0f bytes; written %.2f, read and written %.2f times JSON\n",
            names[f], best.written[f] * 1e9 / (double)best.events,
            (double)best.bytes[f] / (double)best.events, best.written[f] / best.written[1],
            (best.read + best.written[f]) / (best.read + best.written[1]));
    return 0;
}
