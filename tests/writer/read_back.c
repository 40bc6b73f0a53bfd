/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/read_back.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer/evtx_writer.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { PATIENCE_MS = 60000 };

/* ---- texts ---------------------------------------------------------------------------------- */

struct text {
    char *p;
    size_t n, cap;
};

static void add(struct text *t, const char *s)
{
    size_t n = strlen(s);
    if (t->n + n + 1 > t->cap) {
        t->cap = (t->n + n + 1) * 2;
        t->p = realloc(t->p, t->cap);
        MUST(t->p != NULL);
    }
    memcpy(t->p + t->n, s, n + 1);
    t->n += n;
}

/* What a net event says, but for its number: its JSON. */
static char *net_event_text(const wfpw_event *ev)
{
    static const char after[] = "\"time\"";
    size_t needed = 0;
    (void)wfpw_to_json(ev, 0, NULL, 0, &needed);
    char *json = malloc(needed + 1);
    MUST(json != NULL);
    MUST(wfpw_to_json(ev, 0, json, needed + 1, NULL) == (int)needed);
    const char *from = strstr(json, after);
    MUST(from != NULL);
    memmove(json, from, strlen(from) + 1);
    return json;
}

char *readback_text(const wfpw_event *ev)
{
    const wfpw_audit *a = ev->audit;
    struct text t = {0};
    char line[200], time[32];
    if (a == NULL)
        return net_event_text(ev);
    evtxw_time_text(ev->time, time);
    (void)snprintf(line, sizeof line, "%u v%u task %u keywords 0x%llx time %s record %llu on ",
                   (unsigned)a->event_id, (unsigned)a->version, (unsigned)a->task,
                   (unsigned long long)a->keywords, time, (unsigned long long)a->record_id);
    add(&t, line);
    add(&t, a->computer != NULL ? a->computer : "(none)");
    for (uint32_t i = 0; i < a->field_count; i++) {
        const char *at = (const char *)a->fields + (size_t)i * a->field_stride;
        const wfpw_field *f = (const wfpw_field *)(const void *)at;
        add(&t, READBACK_FIELD);
        add(&t, f->name);
        add(&t, READBACK_VALUE);
        add(&t, f->value);
    }
    return t.p;
}

static void keep(char ***list, size_t *count, size_t *cap, char *text)
{
    if (*count == *cap) {
        *cap = *cap * 2 + 16;
        *list = realloc(*list, *cap * sizeof **list);
        MUST(*list != NULL);
    }
    (*list)[(*count)++] = text;
}

static void log_line(void *ctx, int level, const char *text)
{
    struct read_back *r = ctx;
    char line[300];
    (void)snprintf(line, sizeof line, "%d %s", level, text);
    char *copy = malloc(strlen(line) + 1);
    MUST(copy != NULL);
    memcpy(copy, line, strlen(line) + 1);
    keep(&r->logs, &r->log_count, &r->log_cap, copy);
}

/* ---- what must hold ------------------------------------------------------------------------- */

static int utf8_sequence(const uint8_t *s)
{
    uint32_t c;
    if (s[0] < 0x80)
        return 1;
    int n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    c = s[0] & (0x7Fu >> n);
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    bool shortest = c >= (n == 2 ? 0x80u : n == 3 ? 0x800u : 0x10000u);
    return shortest && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? n : 0;
}

static void must_be_text(const wfpw_view *view, const char *s)
{
    const char *base = view->base;
    if (s == NULL)
        return;
    MUST(s >= base && s < base + view->bytes);
    MUST(memchr(s, 0, view->bytes - (size_t)(s - base)) != NULL);
    for (const uint8_t *p = (const uint8_t *)s; *p != 0;) {
        int n = utf8_sequence(p);
        MUST(n > 0);
        p += n;
    }
}

/* A text that is said to need no escape in JSON or XML has no character that does. */
static void must_be_plain(const char *s, bool plain)
{
    MUST(!plain || strpbrk(s, "\"\\\x7F\n\r\t") == NULL);
}

static void net_event_must_be_inside(const wfpw_view *view, const wfpw_event *ev)
{
    const char *at = (const char *)ev->terminating;
    must_be_text(view, ev->package_sid);
    must_be_text(view, ev->enterprise_id);
    must_be_text(view, ev->effective_name);
    must_be_text(view, ev->fqbn);
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride) {
        MUST(at >= (const char *)view->base);
        MUST(at + sizeof(wfpw_terminating) <= (const char *)view->base + view->bytes);
        must_be_text(view, ((const wfpw_terminating *)(const void *)at)->sublayer);
    }
    if (ev->ike == NULL)
        return;
    const char *const texts[] = {ev->ike->local_principal, ev->ike->remote_principal,
                                 ev->ike->local_groups,    ev->ike->remote_groups,
                                 ev->ike->local_subnet,    ev->ike->remote_subnet,
                                 ev->ike->provider_context};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        must_be_text(view, texts[i]);
}

static void must_be_inside(const wfpw_view *view, const wfpw_event *ev)
{
    must_be_text(view, ev->device_path);
    must_be_text(view, ev->user_sid);
    must_be_text(view, ev->user_name);
    must_be_text(view, ev->filter_origin);
    if (ev->vswitch != NULL)
        must_be_text(view, ev->vswitch->id);
    if (ev->audit == NULL) {
        net_event_must_be_inside(view, ev);
        return;
    }
    must_be_text(view, ev->audit->computer);
    for (uint32_t i = 0; i < ev->audit->field_count; i++) {
        const wfpw_field *f = &ev->audit->fields[i];
        MUST(f->name != NULL && f->value != NULL);
        must_be_text(view, f->name);
        must_be_text(view, f->value);
        MUST(strlen(f->name) == f->name_length && strlen(f->value) == f->value_length);
        must_be_plain(f->name, (f->flags & WFPW_FIELD_NAME_PLAIN) != 0);
        must_be_plain(f->value, (f->flags & WFPW_FIELD_VALUE_PLAIN) != 0);
    }
}

static void must_be_json(struct read_back *r, const wfpw_event *ev)
{
    char small[64];
    size_t needed = 0;
    MUST(wfpw_to_json(ev, 0, small, sizeof small, &needed) == WFPW_E_RANGE && needed > 64);
    char *json = malloc(needed + 1);
    MUST(json != NULL);
    MUST(wfpw_to_json(ev, 0, json, needed, NULL) == WFPW_E_RANGE);
    MUST(wfpw_to_json(ev, 0, json, needed + 1, NULL) == (int)needed);
    MUST(strlen(json) == needed && json[0] == '{' && json[needed - 1] == '}');
    r->json_bytes += needed;
    free(json);
}

static void must_add_up(const wfpw_stats *s, size_t events)
{
    MUST(s->delivered == events && s->gaps == 0);
    MUST(s->received == s->delivered + s->waiting + s->merged + s->duplicate + s->filtered +
                            s->dropped + s->undecoded);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void take_batch(struct read_back *r, const wfpw_batch *b, int n, uint32_t flags)
{
    wfpw_view view;
    wfpw_batch_view(b, &view);
    MUST(view.count == (uint32_t)n && wfpw_batch_get(b, (uint32_t)n) == NULL);
    for (uint32_t i = 0; i < view.count; i++) {
        const wfpw_event *ev = wfpw_batch_get(b, i);
        MUST(ev->size == sizeof *ev && ev->seq == r->event_count + 1);
        MUST((ev->audit != NULL) == (ev->kind == WFPW_KIND_AUDIT));
        MUST(ev->source == (ev->audit != NULL ? WFPW_SOURCE_EVTX : WFPW_SOURCE_NETSH));
        must_be_inside(&view, ev);
        if ((flags & READBACK_NO_JSON) == 0)
            must_be_json(r, ev);
        r->truncated += (ev->flags & WFPW_EVENT_TRUNCATED) != 0;
        r->partial += (ev->flags & WFPW_EVENT_PARTIAL) != 0;
        keep(&r->events, &r->event_count, &r->event_cap, readback_text(ev));
    }
}

static void read_all(struct read_back *r, wfpw_session *s, uint32_t flags)
{
    bool small = (flags & READBACK_SMALL_BATCH) != 0;
    wfpw_batch *b = wfpw_batch_new(small ? 1 : 0, small ? 1 : 0);
    int n;
    MUST(b != NULL);
    while ((n = wfpw_read(s, b, PATIENCE_MS, &r->error)) > 0) {
        take_batch(r, b, n, flags);
        r->stats.size = sizeof r->stats;
        MUST(wfpw_get_stats(s, &r->stats) == WFPW_OK);
    }
    MUST(n != 0); /* files do not wait: something does not go on */
    r->end_status = n;
    r->stats.size = sizeof r->stats;
    MUST(wfpw_get_stats(s, &r->stats) == WFPW_OK);
    must_add_up(&r->stats, r->event_count);
    wfpw_batch_free(b);
}

struct read_back *read_back(const char *path, const void *data, size_t size, uint32_t flags)
{
    struct read_back *r = calloc(1, sizeof *r);
    MUST(r != NULL);
    wfpw_options o = {
        .size = sizeof o,
        /* what was written is compared, not what it means */
        .flags = (uint32_t)WFPW_OPEN_NO_VERDICT |
                 ((flags & READBACK_VERIFY) != 0 ? (uint32_t)WFPW_OPEN_VERIFY : 0),
        .threads = (flags & READBACK_THREADS) != 0 ? 3 : 0,
        .log = log_line,
        .log_ctx = r,
    };
    wfpw_session *s;
    MUST(wfpw_open(&o, &s, &r->error) == WFPW_OK);
    r->open_status = path != NULL ? wfpw_add_file(s, path, &r->error)
                                  : wfpw_add_memory(s, data, size, &r->error);
    if (r->open_status == WFPW_OK)
        read_all(r, s, flags);
    wfpw_close(s);
    return r;
}

void readback_free(struct read_back *r)
{
    for (size_t i = 0; i < r->event_count; i++)
        free(r->events[i]);
    for (size_t i = 0; i < r->log_count; i++)
        free(r->logs[i]);
    free(r->events);
    free(r->logs);
    free(r);
}

const char *readback_log(const struct read_back *r, const char *text)
{
    for (size_t i = 0; i < r->log_count; i++)
        if (strstr(r->logs[i], text) != NULL)
            return r->logs[i];
    return NULL;
}

long long readback_offset(const char *log)
{
    const char *at = log != NULL ? strstr(log, "offset ") : NULL;
    return at != NULL ? strtoll(at + 7, NULL, 10) : -1;
}
