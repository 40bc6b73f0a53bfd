/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Firewall rules: parsing the registry's text, loading a .reg file, and the table of rules, filled
 * and asked, beside that of filters (bench_names). */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/rules/rule_string.h"
#include "names/rules/rules.h"
#include "random.h"

enum { RUNS = 5, LOOKUPS = 1000000 };

static void fail_bench(const char *what)
{
    (void)fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* Of this process: what others do meanwhile does not count. */
static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double times[RUNS])
{
    qsort(times, RUNS, sizeof *times, by_size);
    return times[RUNS / 2];
}

static size_t id_of(char out[64], uint64_t i)
{
    return (size_t)snprintf(out, 64, "{%08X-1111-2222-3333-444444444444}", (unsigned)i);
}

static size_t text_of(char out[512], uint64_t i)
{
    return (size_t)snprintf(
        out, 512,
        "v2.33|Action=%s|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|LPort=%u|"
        "App=%%SystemRoot%%\\system32\\svchost.exe|Svc=service%u|Name=Rule number %u|"
        "Desc=What the rule is for, in a sentence.|EmbedCtxt=@FirewallAPI.dll,-25000|",
        i % 3 == 0 ? "Block" : "Allow", (unsigned)(i % 60000), (unsigned)(i % 300), (unsigned)i);
}

static double fill_rules(struct rules *s, struct rule_builder *b, uint64_t count, double *parse)
{
    struct rule_facts facts = {.since = 1, .until = 1};
    char id[64], text[512];
    double start = now_ns();
    for (uint64_t i = 0; i < count; i++) {
        size_t k = id_of(id, i), n = text_of(text, i);
        if (rule_string_read(b, id, k, text, n, WFPW_RULE_ORIGIN_LOCAL) != RULE_STRING_RULE)
            fail_bench("rule_string_read");
        (void)rule_finish(b);
    }
    double made = now_ns();
    for (uint64_t i = 0; i < count; i++) {
        size_t k = id_of(id, i), n = text_of(text, i);
        (void)rule_string_read(b, id, k, text, n, WFPW_RULE_ORIGIN_LOCAL);
        if (!rules_add(s, rule_finish(b), &facts))
            fail_bench("rules_add");
    }
    *parse = (made - start) / (double)count;
    return (now_ns() - made - (made - start)) / (double)count;
}

static double look_up(struct rules *s, uint64_t count)
{
    uint64_t seed = 3, found = 0;
    struct rule_found out;
    char id[64];
    double start = now_ns();
    for (int i = 0; i < LOOKUPS; i++) {
        size_t n = id_of(id, random_below(&seed, (uint32_t)count));
        found += rules_find(s, id, n, 1, &out);
    }
    double spent = now_ns() - start;
    if (found != LOOKUPS)
        fail_bench("rules_find");
    return spent / LOOKUPS;
}

/* The same loop without the table. */
static double look_nowhere(uint64_t count)
{
    uint64_t seed = 3;
    volatile size_t sum = 0;
    char id[64];
    double start = now_ns();
    for (int i = 0; i < LOOKUPS; i++)
        sum = sum + id_of(id, random_below(&seed, (uint32_t)count));
    return (now_ns() - start) / LOOKUPS;
}

static void bench_table(uint64_t count)
{
    static struct rule_builder b;
    wfpw_allocator memory = memory_of(NULL);
    double fills[RUNS], hits[RUNS], idle[RUNS], parses[RUNS];
    size_t bytes = 0;
    for (int run = 0; run < RUNS; run++) {
        struct rules s;
        rules_init(&s, &memory, (size_t)1 << 30, 77);
        fills[run] = fill_rules(&s, &b, count, &parses[run]);
        hits[run] = look_up(&s, count);
        idle[run] = look_nowhere(count);
        bytes = s.bytes;
        rules_free(&s);
    }
    double empty = median(idle);
    printf("%llu rules: make and parse %.0f ns each, fill %.0f ns each, hit %.0f ns (random id; "
           "without the %.0f ns of the loop), %.0f bytes a rule\n",
           (unsigned long long)count, median(parses), median(fills), median(hits) - empty, empty,
           (double)bytes / (double)count);
}

static void bench_file(uint64_t count)
{
    static const char head[] =
        "Windows Registry Editor Version "
        "5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\"
        "Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules]\r\n";
    char *file = malloc(count * 640 + sizeof head), *p = file, id[64], text[512];
    double times[RUNS];
    if (file == NULL)
        fail_bench("malloc");
    p += sprintf(p, "%s", head);
    for (uint64_t i = 0; i < count; i++) {
        (void)id_of(id, i);
        (void)text_of(text, i);
        p += sprintf(p, "\"%s\"=\"", id);
        for (const char *s = text; *s != 0; s++) {
            if (*s == '\\')
                *p++ = '\\';
            *p++ = *s;
        }
        p += sprintf(p, "\"\r\n");
    }
    for (int run = 0; run < RUNS; run++) {
        wfpw_names *n;
        wfpw_options o = {.size = sizeof o, .names_bytes = 1 << 30};
        double start = now_ns();
        if (wfpw_names_open(&o, &n, NULL) != WFPW_OK ||
            wfpw_names_load_memory(n, file, (size_t)(p - file), NULL) != (int)count)
            fail_bench("wfpw_names_load_memory");
        times[run] = now_ns() - start;
        wfpw_names_close(n);
    }
    double t = median(times);
    printf("a .reg file of %llu rules, %.1f MB: %.0f ms, %.0f MB/s\n", (unsigned long long)count,
           (double)(p - file) / 1e6, t / 1e6, (double)(p - file) * 1e3 / t);
    free(file);
}

int main(void)
{
    bench_table(10000);
    bench_table(100000);
    bench_file(100000);
    return 0;
}
