/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names: reading a dump beside expat with handlers that do nothing, filling the table, and looking
 * filters up in it. */
#define _POSIX_C_SOURCE 200809L
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "names/filters.h"
#include "names/names.h"
#include "names/render.h"
#include "random.h"
#include "source/netsh_dump.h"
#include "writer/netsh_writer.h"

enum { RUNS = 9, PIECE = 32 * 1024, LOOKUPS = 2000000 };

/* Of this process: what others do meanwhile does not count. */
static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_names: %s failed\n", what);
    exit(1);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void XMLCALL no_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    (void)ctx;
    (void)name;
    (void)attributes;
}

static void XMLCALL no_end(void *ctx, const XML_Char *name)
{
    (void)ctx;
    (void)name;
}

static void XMLCALL no_text(void *ctx, const XML_Char *s, int n)
{
    (void)ctx;
    (void)s;
    (void)n;
}

static void read_with_expat(const struct netsh_writer *w)
{
    XML_Parser p = XML_ParserCreate("UTF-8");
    XML_SetElementHandler(p, no_start, no_end);
    XML_SetCharacterDataHandler(p, no_text);
    for (size_t at = 0; at < w->size; at += PIECE) {
        size_t n = w->size - at < PIECE ? w->size - at : PIECE;
        if (XML_Parse(p, w->text + at, (int)n, 0) != XML_STATUS_OK)
            fail("expat");
    }
    XML_ParserFree(p);
}

/* To objects, which nobody keeps. */
static void read_objects(const struct netsh_writer *w)
{
    wfpw_allocator memory = memory_of(NULL);
    struct netsh_dump *file = NULL;
    struct tally t = {0};
    const struct policy_object *o;
    enum source_result result;
    struct input in;
    if (input_open(&in, &memory, NULL, w->text, w->size, NULL) != WFPW_OK ||
        netsh_dump_open(&memory, &in, &file, NULL) != WFPW_OK)
        fail("netshfile_open");
    while ((result = netsh_dump_next(file, &t, &o, NULL)) != SOURCE_END)
        if (result == SOURCE_FAILED)
            fail("netshfile_next");
    netsh_dump_close(file);
}

static void load_names(const struct netsh_writer *w)
{
    wfpw_names *n;
    if (wfpw_names_open(NULL, &n, NULL) != WFPW_OK ||
        wfpw_names_load_memory(n, w->text, w->size, NULL) < 0)
        fail("wfpw_names_load_memory");
    wfpw_names_close(n);
}

/* The ways take turns, so that noise meets all of them. */
static void bench_reading(const char *what, const struct netsh_writer *w)
{
    static void (*const ways[])(const struct netsh_writer *) = {read_with_expat, read_objects,
                                                                load_names};
    static const char *const names[] = {"expat, empty handlers", "to objects", "wfpw_names_load"};
    enum { WAYS = sizeof ways / sizeof *ways };
    double times[WAYS][RUNS], first = 0;
    for (int run = -1; run < RUNS; run++)
        for (int way = 0; way < WAYS; way++) {
            double start = now_ns();
            ways[way](w);
            if (run >= 0) /* one turn warms up */
                times[way][run] = now_ns() - start;
        }
    printf("%s, %.1f MB\n", what, (double)w->size / 1e6);
    for (int way = 0; way < WAYS; way++) {
        double t = median(times[way]);
        first = way == 0 ? t : first;
        printf("    %-22s %7.0f MB/s   %5.2f x expat's time\n", names[way],
               (double)w->size * 1e3 / t, t / first);
    }
}

static void bench_dump(bool plain, uint64_t count)
{
    static struct netsh_made_filter f;
    struct netsh_writer w;
    uint64_t seed = 1;
    netsh_begin(&w, NETSH_CRLF, NULL, NULL);
    for (uint64_t id = 1; id <= count; id++) {
        if (plain)
            netsh_plain(&f, id);
        else
            netsh_random(&f, &seed, id);
        netsh_add(&w, &f);
    }
    netsh_end(&w, NULL, 0);
    bench_reading(plain ? "firewall rules" : "random filters", &w);
    netsh_free(&w);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void make_object(struct policy_object_builder *b, uint64_t id)
{
    static const char *const fields[] = {
        "FWPM_CONDITION_IP_PROTOCOL", "FWPM_CONDITION_IP_REMOTE_PORT", "FWPM_CONDITION_ALE_APP_ID"};
    static const char *const values[] = {
        "6", "443", "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe"};
    char text[80];
    policy_object_start(b, POLICY_OBJECT_FILTER);
    b->object.id = id;
    int n = snprintf(text, sizeof text, "{%08x-1111-2222-3333-444444444444}", (unsigned)id);
    b->object.texts[TEXT_KEY] = policy_object_put_key(b, text, (size_t)n);
    n = snprintf(text, sizeof text, "Rule number %llu of the firewall", (unsigned long long)id);
    b->object.texts[TEXT_NAME] = policy_object_put(b, text, (size_t)n);
    b->object.texts[TEXT_LAYER] = policy_object_put_key(b, "FWPM_LAYER_ALE_AUTH_CONNECT_V4", 30);
    for (size_t i = 0; i < 3; i++) {
        struct policy_object_condition *c = policy_object_add_condition(b);
        c->field = policy_object_put_key(b, fields[i], strlen(fields[i]));
        c->match = policy_object_put_key(b, "FWP_MATCH_EQUAL", 15);
        c->value = policy_object_put(b, values[i], strlen(values[i]));
    }
}

/* The time of making objects is measured apart and taken off. */
static double fill(struct filters *f, struct policy_object_builder *b, uint64_t count)
{
    struct filter_facts facts = {.since = 1, .until = 1};
    double start = now_ns();
    for (uint64_t id = 1; id <= count; id++) {
        make_object(b, 66000 + id);
        (void)policy_object_finish(b);
    }
    double made = now_ns();
    for (uint64_t id = 1; id <= count; id++) {
        make_object(b, 66000 + id);
        if (!filters_add(f, policy_object_finish(b), &facts))
            fail("filters_add");
    }
    return (now_ns() - made - (made - start)) / (double)count;
}

static double look_up(struct filters *f, uint64_t count)
{
    uint64_t seed = 3, found = 0;
    struct filter_found out;
    double start = now_ns();
    for (int i = 0; i < LOOKUPS; i++)
        found += filters_at(f, 66001 + random_below(&seed, (uint32_t)count), 0, 1, &out);
    double spent = now_ns() - start;
    if (found != LOOKUPS)
        fail("filters_at");
    return spent / LOOKUPS;
}

/* The same loop without the table. */
static double look_nowhere(uint64_t count)
{
    uint64_t seed = 3;
    volatile uint64_t sum = 0;
    double start = now_ns();
    for (int i = 0; i < LOOKUPS; i++)
        sum = sum + random_below(&seed, (uint32_t)count);
    return (now_ns() - start) / LOOKUPS;
}

static void bench_table(uint64_t count)
{
    static struct policy_object_builder b;
    wfpw_allocator memory = memory_of(NULL);
    double fills[RUNS], hits[RUNS], idle[RUNS];
    size_t bytes = 0, content = 0;
    for (int run = 0; run < RUNS; run++) {
        struct filters f;
        filters_init(&f, &memory, (size_t)1 << 30, 77);
        fills[run] = fill(&f, &b, count);
        hits[run] = look_up(&f, count);
        idle[run] = look_nowhere(count);
        bytes = f.bytes;
        make_object(&b, 1);
        content = policy_object_finish(&b)->bytes;
        filters_free(&f);
    }
    double empty = median(idle);
    printf("%llu filters: fill %.0f ns each, hit %.1f ns (random id; %.1f ns of it the loop), %.0f "
           "bytes an entry, of which %zu are the filter\n",
           (unsigned long long)count, median(fills), median(hits), empty,
           (double)bytes / (double)count, content);
}

int main(void)
{
    bench_dump(true, 4000);
    bench_dump(false, 4000);
    bench_table(10000);
    bench_table(100000);
    return 0;
}
