/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * dump_events FILE [THREADS]: the events of a file, a JSON object a line with every field of an
 * audit record as it came ("event") and the library's own JSON ("json"); the last line has the
 * counts.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lines.h"

enum { JSON_MAX = 4 * 1024 * 1024 };

static void put_string(const char *s)
{
    (void)putchar('"');
    for (const unsigned char *p = (const unsigned char *)s; *p != 0; p++) {
        if (*p < 0x20 || *p == '"' || *p == '\\')
            (void)printf("\\u%04x", *p);
        else
            (void)putchar(*p);
    }
    (void)putchar('"');
}

static void put_data(const wfpw_audit *a)
{
    for (uint32_t i = 0; i < a->field_count; i++) {
        const char *at = (const char *)a->fields + (size_t)i * a->field_stride;
        const wfpw_field *f = (const wfpw_field *)(const void *)at;
        (void)printf("%s[", i > 0 ? "," : "");
        put_string(f->name);
        (void)printf(",");
        put_string(f->value);
        (void)printf("]");
    }
}

static void put_event(const wfpw_event *ev, char *json)
{
    const wfpw_audit *a = ev->audit;
    if (wfpw_to_json(ev, 0, json, JSON_MAX, NULL) < 0)
        exit(1);
    if (a == NULL) {
        (void)printf("{\"json\":%s}\n", json);
        return;
    }
    (void)printf("{\"event\":{\"time\":%llu,\"record\":%llu,\"id\":%u,\"version\":%u,\"task\":%u,"
                 "\"keywords\":%llu,\"computer\":",
                 (unsigned long long)ev->time, (unsigned long long)a->record_id,
                 (unsigned)a->event_id, (unsigned)a->version, (unsigned)a->task,
                 (unsigned long long)a->keywords);
    put_string(a->computer != NULL ? a->computer : "");
    (void)printf(",\"data\":[");
    put_data(a);
    (void)printf("]},\"json\":%s}\n", json);
}

/* Log lines go out as they come, between the events. */
static void log_line(void *ctx, int level, const char *text)
{
    (void)ctx;
    (void)printf("{\"log\":[%d,", level);
    put_string(text);
    (void)printf("]}\n");
}

static int read_events(wfpw_session *s, wfpw_batch *b, char *json)
{
    int n;
    while ((n = wfpw_read(s, b, -1, NULL)) > 0) {
        for (uint32_t i = 0; i < (uint32_t)n; i++)
            put_event(wfpw_batch_get(b, i), json);
        if (!lines_agree(b, json, JSON_MAX))
            exit(1);
    }
    return n;
}

int main(int argc, char **argv)
{
    wfpw_options o = {.size = sizeof o, .log = log_line};
    wfpw_stats st = {.size = sizeof st};
    wfpw_error e;
    wfpw_session *s;
    o.threads = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (argc < 2 || wfpw_open(&o, &s, &e) != WFPW_OK)
        return 2;
    if (wfpw_add_file(s, argv[1], &e) != WFPW_OK) {
        (void)fprintf(stderr, "%s: %s\n", argv[1], e.text);
        return 1;
    }
    wfpw_batch *b = wfpw_batch_new(0, 0);
    char *json = malloc(JSON_MAX);
    int end = b != NULL && json != NULL ? read_events(s, b, json) : WFPW_E_NOMEM;
    (void)wfpw_get_stats(s, &st);
    (void)printf("{\"end\":%d,\"received\":%llu,\"passed_over\":%llu,\"skipped\":%llu,"
                 "\"warnings\":%llu,\"undecoded\":%llu}\n",
                 end, (unsigned long long)st.received, (unsigned long long)st.passed_over,
                 (unsigned long long)st.skipped, (unsigned long long)st.warnings,
                 (unsigned long long)st.undecoded);
    free(json);
    wfpw_batch_free(b);
    wfpw_close(s);
    return end == WFPW_E_EOF ? 0 : 1;
}
