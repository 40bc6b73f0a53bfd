/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * bench_xml FILE [RUNS]: reading netsh's or Windows' XML from memory, beside expat with handlers
 * that do nothing, in turns. */
#define _POSIX_C_SOURCE 200809L
#include <expat.h>

#include "content.h"
#include "measure.h"

enum { PIECE = 32 * 1024, RUNS_MAX = 101 };

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

int main(int argc, char **argv)
{
    static double expat[RUNS_MAX], ours[RUNS_MAX];
    size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;
    uint64_t events = 0;
    if (argc < 2 || runs == 0 || runs > RUNS_MAX)
        return 2;
    struct content c = content_load(argv[1]);
    for (size_t i = 0; i < runs; i++) {
        uint64_t start = now_ns();
        parse(&c);
        uint64_t middle = now_ns();
        events = content_read(&c, NULL);
        expat[i] = (double)(middle - start) / 1e6;
        ours[i] = (double)(now_ns() - middle) / 1e6;
    }
    double a = percentile(expat, runs, 0.5), b = percentile(ours, runs, 0.5),
           mb = (double)c.n / 1e6;
    printf("%.0f MB, %llu events\n", mb, (unsigned long long)events);
    printf("    expat, empty handlers  %9.1f ms %8.0f MB/s\n", a, mb / a * 1e3);
    printf("    wfpwatch, events       %9.1f ms %8.0f MB/s   %.2f x expat's time\n", b,
           mb / b * 1e3, b / a);
    free(c.p);
    return 0;
}
