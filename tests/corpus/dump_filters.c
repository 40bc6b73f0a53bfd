/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * dump_filters FILE: every filter of a dump as a line of JSON, with the library's own line in it,
 * for filters.py. */
#include <stdio.h>
#include <stdlib.h>

#include "wfpwatch/wfpwatch.h"

static _Alignas(8) char room[4 * 1024 * 1024];
static char json[8 * 1024 * 1024];

/* Keys and symbols have nothing to escape. */
static void print_key(const char *name, const char *value)
{
    printf(value != NULL ? ", \"%s\": \"%s\"" : ", \"%s\": null", name, value);
}

static void print_filter(const wfpw_filter *f)
{
    if (wfpw_filter_to_json(f, 0, json, sizeof json, NULL) <= 0)
        abort();
    printf("{\"json\": %s", json);
    print_key("weight_type", f->weight_type);
    print_key("provider_context", f->provider_context);
    printf(", \"has_raw_context\": %s, \"raw_context\": \"%llu\"",
           (f->present & WFPW_FILTER_HAS_RAW_CONTEXT) != 0 ? "true" : "false",
           (unsigned long long)f->raw_context);
    printf(", \"flag_bits\": %u, \"action\": %u, \"state\": %u, \"from_time\": %llu",
           (unsigned)f->flags, (unsigned)f->action, (unsigned)f->state,
           (unsigned long long)f->from_time);
    print_key("from", f->from);
    printf("}\n");
}

static void log_line(void *ctx, int level, const char *text)
{
    (void)ctx;
    fprintf(stderr, "%d %s\n", level, text);
}

int main(int argc, char **argv)
{
    wfpw_names *n;
    wfpw_error e;
    uint64_t cursor = 0;
    int filters;
    wfpw_options o = {.size = sizeof o, .names_bytes = 1 << 28, .log = log_line};
    if (argc != 2 || wfpw_names_open(&o, &n, &e) != WFPW_OK)
        return 2;
    filters = wfpw_names_load(n, argv[1], &e);
    if (filters < 0) {
        fprintf(stderr, "%s: %s\n", e.where, e.text);
        wfpw_names_close(n);
        return 1;
    }
    while (wfpw_names_next(n, &cursor, room, sizeof room, NULL) == 1)
        print_filter((const wfpw_filter *)(const void *)room);
    wfpw_names_stats st = {.size = sizeof st};
    if (wfpw_names_get_stats(n, &st) != WFPW_OK)
        abort();
    printf("{\"filters\": %d, \"skipped\": %llu, \"evicted\": %llu, \"refused\": %llu}\n", filters,
           (unsigned long long)st.skipped, (unsigned long long)st.evicted,
           (unsigned long long)st.refused);
    wfpw_names_close(n);
    return 0;
}
