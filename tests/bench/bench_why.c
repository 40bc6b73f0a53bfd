/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_why LOG: what explaining costs. Reading LOG with and without it, side by side, and the
 * explaining alone, of events for which it has little and much to look at. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stage/verdict.h"

enum { RUNS = 21, TURNS = 2000000 };

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

/* ---- reading -------------------------------------------------------------------------------- */

static char *load(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    *size = (size_t)ftell(f);
    rewind(f);
    data = malloc(*size);
    if (data == NULL || fread(data, 1, *size, f) != *size)
        exit(1);
    (void)fclose(f);
    return data;
}

/* ns an event. */
static double read_log(const char *data, size_t size, uint32_t flags, uint64_t *events)
{
    wfpw_options o = {.size = sizeof o, .flags = flags};
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    int n;
    *events = 0;
    if (b == NULL || wfpw_open(&o, &s, NULL) != WFPW_OK)
        exit(1);
    double start = now_ns();
    if (wfpw_add_memory(s, data, size, NULL) != WFPW_OK)
        exit(1);
    while ((n = wfpw_read(s, b, -1, NULL)) > 0)
        *events += (uint64_t)n;
    double ns = now_ns() - start;
    wfpw_close(s);
    wfpw_batch_free(b);
    return ns / (double)*events;
}

static void bench_reading(const char *path)
{
    double with[RUNS], without[RUNS], more[RUNS];
    uint64_t events;
    size_t size;
    char *data = load(path, &size);
    (void)read_log(data, size, 0, &events); /* warms up */
    for (size_t i = 0; i < RUNS; i++) {
        without[i] = read_log(data, size, WFPW_OPEN_NO_VERDICT, &events);
        with[i] = read_log(data, size, 0, &events);
        more[i] = with[i] - without[i];
    }
    double a = median(without, RUNS), b = median(with, RUNS);
    (void)printf("reading %llu events: %.0f ns each without explaining, %.0f with it: %.2f x, "
                 "%.0f ns more\n",
                 (unsigned long long)events, a, b, b / a, median(more, RUNS));
    free(data);
}

/* ---- explaining alone ----------------------------------------------------------------------- */

static void bench_one(const char *what, wfpw_event ev)
{
    double ns[RUNS];
    uint64_t sum = 0;
    for (size_t i = 0; i < RUNS; i++) {
        double start = now_ns();
        for (int turn = 0; turn < TURNS / RUNS; turn++) {
            verdict_explain(&ev);
            sum += ev.reason;
        }
        ns[i] = (now_ns() - start) / (double)(TURNS / RUNS);
    }
    (void)printf("    %-44s %6.1f ns  (%s)\n", what, median(ns, RUNS),
                 sum > 0 ? wfpw_word(WFPW_LIST_REASON, ev.reason) : "");
}

static void bench_explaining(void)
{
    wfpw_audit blocked = {.event_id = 5157};
    wfpw_filter origin = {.state = WFPW_FILTER_STATE_CURRENT,
                          .action = 0x1001,
                          .provider = "FWPM_PROVIDER_MPSSVC_WF",
                          .sublayer = "FWPM_SUBLAYER_MPSSVC_WF",
                          .origin = "{6e6e1f0c-0b0a-4d0e-9d9b-2f0f6d1a1b1c}"};
    wfpw_filter name = origin, other = origin;
    wfpw_event ev = {
        .kind = WFPW_KIND_AUDIT, .audit = &blocked, .present = WFPW_HAS_LAYER_ID, .layer_id = 48};
    name.origin = NULL;
    name.name = "Block Outbound Default Rule"; /* the last of the names */
    other.origin = NULL;
    other.provider = "{af617412-ce10-4058-8996-abc79fd805ff}";
    (void)printf("explaining one event:\n");
    bench_one("nothing known", ev);
    ev.filter_origin = "{6e6e1f0c-0b0a-4d0e-9d9b-2f0f6d1a1b1c}";
    bench_one("the record's origin", ev);
    ev.filter_origin = NULL;
    ev.filter = &origin;
    bench_one("the filter's origin", ev);
    ev.filter = &other;
    bench_one("a filter of a third party", ev);
    ev.filter = &name;
    bench_one("the filter's name, after all else", ev);
    ev.filter = NULL;
    ev.layer_id = 98;
    ev.layer_key = "FWPM_LAYER_KM_AUTHORIZATION";
    bench_one("a layer by its key, the last", ev);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    bench_reading(argv[1]);
    bench_explaining();
    return 0;
}
