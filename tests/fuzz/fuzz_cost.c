/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Input that costs much: libFuzzer is told of each new height of processor time a byte, beside new
 * code, and so climbs towards what takes longest. The first byte says what the rest is: '=' a file;
 * '*' a line that starts one, and what then stands in it over and over; small inputs become as
 * large as damage that is looked for again and again needs. */
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wfpwatch/wfpwatch.h"

enum {
    SIZE = 80 * 1024,
    REPEATED = 40 * 1024,
    LEAST = 16 * 1024, /* bytes that a shorter file counts as: opening takes time, too */
    NS_A_BYTE = 20000, /* with sanitizers, on a machine that does other things */
    HEIGHTS = 256,
    TRIES = 2 /* of which the shortest counts: others take time from us */
};

#if defined(WFPW_FUZZ)
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t heights[HEIGHTS];
#else
static uint8_t heights[HEIGHTS];
#endif

static uint8_t file[SIZE];

/* ---- the file ------------------------------------------------------------------------------- */

static size_t repeat(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    size_t start = line != NULL ? (size_t)(line - data) : 0, n = start;
    size_t piece = size - start - (line != NULL);
    if (size > REPEATED / 2 || piece == 0)
        return 0;
    memcpy(file, data, start);
    for (; n + piece <= REPEATED; n += piece)
        memcpy(file + n, data + size - piece, piece);
    return n;
}

static size_t make(const uint8_t *data, size_t size)
{
    if (size < 2 || size > SIZE)
        return 0;
    if (data[0] == '*')
        return repeat(data + 1, size - 1);
    memcpy(file, data + 1, size - 1);
    return data[0] == '=' ? size - 1 : 0;
}

/* ---- reading it ----------------------------------------------------------------------------- */

static void read_events(size_t size)
{
    wfpw_session *s = NULL;
    wfpw_batch *b = wfpw_batch_new(64, 0);
    if (b == NULL || wfpw_open(NULL, &s, NULL) != 0)
        abort();
    if (wfpw_add_memory(s, file, size, NULL) == 0)
        while (wfpw_read(s, b, -1, NULL) >= 0)
            ;
    wfpw_close(s);
    wfpw_batch_free(b);
}

static void read_names(size_t size)
{
    wfpw_names *n = NULL;
    if (wfpw_names_open(NULL, &n, NULL) != 0)
        abort();
    (void)wfpw_names_load_memory(n, file, size, NULL);
    wfpw_names_close(n);
}

/* ns a byte */
static double cost(void (*read)(size_t size), size_t size)
{
    double least = 0;
    for (int i = 0; i < TRIES; i++) {
        clock_t start = clock();
        read(size);
        double ns = (double)(clock() - start) * (1e9 / CLOCKS_PER_SEC);
        least = i == 0 || ns < least ? ns : least;
    }
    return least / (double)(size > LEAST ? size : LEAST);
}

/* Heights grow by an eighth. */
static void climb(double ns, size_t from)
{
    double height = 50;
    for (size_t i = 0; i < HEIGHTS / 2 && ns > height; i++, height += height / 8)
        heights[from + i] = 1;
    if (ns <= (double)NS_A_BYTE)
        return;
    (void)fprintf(stderr, "%.0f ns a byte\n", ns);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = make(data, size);
    if (n == 0)
        return 0;
    climb(cost(read_events, n), 0);
    climb(cost(read_names, n), HEIGHTS / 2);
    return 0;
}
