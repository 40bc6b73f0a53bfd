/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_xml FILE [RUNS]: reading netsh's or Windows' XML from memory, beside expat with handlers
 * that do nothing, in turns. */
#define _POSIX_C_SOURCE 200809L
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wfpwatch/wfpwatch.h"

enum { PIECE = 32 * 1024, RUNS_MAX = 101 };

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct content {
    char *p;
    size_t n;
};

static struct content load(const char *path)
{
    struct content c = {0};
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    c.n = (size_t)ftell(f);
    c.p = malloc(c.n);
    rewind(f);
    if (c.p == NULL || fread(c.p, 1, c.n, f) != c.n)
        exit(1);
    (void)fclose(f);
    return c;
}

/* ---- expat alone ---------------------------------------------------------------------------- */

static void XMLCALL no_start(void *ctx, const char *name, const char **attributes)
{
    (void)ctx;
    (void)name;
    (void)attributes;
}

static void XMLCALL no_end(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
}

static void XMLCALL no_text(void *ctx, const char *s, int n)
{
    (void)ctx;
    (void)s;
    (void)n;
}

static void parse(const struct content *c)
{
    XML_Parser x = XML_ParserCreate(NULL);
    XML_SetElementHandler(x, no_start, no_end);
    XML_SetCharacterDataHandler(x, no_text);
    for (size_t at = 0; at < c->n; at += PIECE) {
        size_t n = c->n - at < PIECE ? c->n - at : PIECE;
        if (XML_Parse(x, c->p + at, (int)n, at + n == c->n) != XML_STATUS_OK)
            exit(1);
    }
    XML_ParserFree(x);
}

/* ---- the library ---------------------------------------------------------------------------- */

static uint64_t read_events(const struct content *c)
{
    wfpw_session *s;
    wfpw_batch *b = wfpw_batch_new(0, 0);
    uint64_t events = 0;
    int n;
    if (b == NULL || wfpw_open(NULL, &s, NULL) != 0 || wfpw_add_memory(s, c->p, c->n, NULL) != 0)
        exit(1);
    while ((n = wfpw_read(s, b, -1, NULL)) > 0)
        events += (uint64_t)n;
    wfpw_close(s);
    wfpw_batch_free(b);
    return events;
}

/* ---- side by side --------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double median_ms(uint64_t *ns, size_t n)
{
    qsort(ns, n, sizeof *ns, compare);
    return (double)ns[n / 2] / 1e6;
}

int main(int argc, char **argv)
{
    static uint64_t expat[RUNS_MAX], ours[RUNS_MAX];
    size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;
    uint64_t events = 0;
    if (argc < 2 || runs == 0 || runs > RUNS_MAX)
        return 2;
    struct content c = load(argv[1]);
    for (size_t i = 0; i < runs; i++) {
        uint64_t start = now_ns();
        parse(&c);
        uint64_t middle = now_ns();
        events = read_events(&c);
        expat[i] = middle - start;
        ours[i] = now_ns() - middle;
    }
    double a = median_ms(expat, runs), b = median_ms(ours, runs), mb = (double)c.n / 1e6;
    printf("%.0f MB, %llu events\n", mb, (unsigned long long)events);
    printf("    expat, empty handlers  %9.1f ms %8.0f MB/s\n", a, mb / a * 1e3);
    printf("    wfpwatch, events       %9.1f ms %8.0f MB/s   %.2f x expat's time\n", b,
           mb / b * 1e3, b / a);
    free(c.p);
    return 0;
}
