/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a record of the Security log costs from its rendered XML to the reader, beside the decoders
 * alone; how long it takes from the signal to the reader; and what a callback of net events costs
 * while the log is a flood. The log here hands out one text with changing numbers and costs nothing
 * itself. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/audit/audit_render.h"
#include "decode/audit/event_xml.h"
#include "flow/hand.h"
#include "random.h"
#include "wfpwatch/wfpwatch.h"

enum { RECORDS = 400000, DECODED = 100000, WAKES = 500, CALLS = 300000, GROUP = 64, DIGITS = 9 };
enum { KINDS = 5, TEXTS = 199 };

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double *v, size_t n, double p)
{
    qsort(v, n, sizeof *v, by_value);
    return v[(size_t)((double)(n - 1) * p)];
}

/* ---- a log ---------------------------------------------------------------------------------- */

static const char xml[] =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
    "Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
    "<EventID>5156</EventID><Version>1</Version><Level>0</Level><Task>12810</Task>"
    "<Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated "
    "SystemTime='2026-01-01T00:00:00.1234567Z'/><EventRecordID>000000000</EventRecordID>"
    "<Correlation/><Execution ProcessID='4' ThreadID='180'/><Channel>Security</Channel>"
    "<Computer>HOST.corp.example</Computer><Security/></System><EventData>"
    "<Data Name='ProcessID'>1204</Data><Data Name='Application'>\\device\\harddiskvolume3\\windows"
    "\\system32\\svchost.exe</Data><Data Name='Direction'>%%14593</Data><Data "
    "Name='SourceAddress'>192.0.2.10</Data><Data Name='SourcePort'>50123</Data><Data "
    "Name='DestAddress'>203.0.113.7</Data><Data Name='DestPort'>443</Data><Data "
    "Name='Protocol'>6</Data><Data Name='FilterRTID'>70210</Data><Data "
    "Name='LayerName'>%%14611</Data><Data Name='LayerRTID'>48</Data><Data "
    "Name='RemoteUserID'>S-1-0-0</Data><Data Name='RemoteMachineID'>S-1-0-0</Data></EventData>"
    "</Event>";
enum { UNITS = sizeof xml };

struct log {
    struct hand hand; /* first: its functions take it as their ctx */
    struct system_eventlog f;
    os_u64 written; /* records that there are */
    uint64_t next;  /* to be given */
    intptr_t signal;
    uint16_t text[UNITS];
    size_t number_at;
};

static uint32_t log_subscribe(void *ctx, intptr_t signal, const uint16_t *channel,
                              const uint16_t *query, void *bookmark, uint32_t flags, void **handle)
{
    struct log *l = ctx;
    (void)channel;
    (void)query;
    (void)bookmark;
    (void)flags;
    l->signal = signal;
    *handle = l;
    return 0;
}

static uint32_t log_query(void *ctx, const uint16_t *channel, const uint16_t *query, uint32_t flags,
                          void **handle)
{
    return log_subscribe(ctx, 0, channel, query, NULL, flags, handle);
}

static uint32_t log_next(void *ctx, void *handle, uint32_t wanted, void **events,
                         uint32_t timeout_ms, uint32_t *returned)
{
    struct log *l = ctx;
    uint64_t there = os_u64_load(&l->written);
    (void)handle;
    (void)timeout_ms;
    for (*returned = 0; *returned < wanted && l->next < there; ++*returned)
        events[*returned] = (void *)(uintptr_t)++l->next;
    return *returned != 0 ? 0 : EVENTLOG_E_NO_MORE_ITEMS;
}

static uint32_t log_render(void *ctx, void *event, uint32_t flags, uint32_t bytes, void *buffer,
                           uint32_t *used)
{
    struct log *l = ctx;
    uint64_t id = (uintptr_t)event;
    (void)flags;
    if (bytes < sizeof l->text)
        return EVENTLOG_E_BUFFER_TOO_SMALL;
    for (size_t i = DIGITS; i-- > 0; id /= 10)
        l->text[l->number_at + i] = (uint16_t)('0' + id % 10);
    memcpy(buffer, l->text, sizeof l->text);
    *used = (uint32_t)sizeof l->text;
    return 0;
}

static uint32_t log_close(void *ctx, void *handle)
{
    (void)ctx;
    (void)handle;
    return 0;
}

static uint32_t create_bookmark(void *ctx, const uint16_t *text, void **bookmark)
{
    (void)text;
    *bookmark = ctx;
    return 0;
}

static void log_init(struct log *l, uint64_t written)
{
    memset(l, 0, sizeof *l);
    hand_init(&l->hand);
    l->f = (struct system_eventlog){.subscribe = log_subscribe,
                                    .query = log_query,
                                    .next = log_next,
                                    .render = log_render,
                                    .close = log_close,
                                    .create_bookmark = create_bookmark};
    l->hand.system.eventlog = &l->f;
    for (size_t i = 0; i < UNITS; i++)
        l->text[i] = (uint8_t)xml[i];
    l->number_at = (size_t)(strstr(xml, "<EventRecordID>") - xml) + strlen("<EventRecordID>");
    os_u64_store(&l->written, written);
}

static wfpw_session *open_session(struct log *l, uint32_t flags)
{
    wfpw_options o = {.size = sizeof o, .system = &l->hand.system, .flags = WFPW_OPEN_NO_VERDICT};
    wfpw_audit_log a = {.size = sizeof a, .flags = flags};
    wfpw_session *s;
    wfpw_error e;
    if (wfpw_open(&o, &s, &e) != WFPW_OK || wfpw_add_audit(s, &a, &e) != WFPW_OK) {
        (void)fprintf(stderr, "%s: %s\n", e.where, e.text);
        exit(1);
    }
    return s;
}

/* ---- the decoders alone --------------------------------------------------------------------- */

static double bench_render(struct log *l)
{
    struct audit_render *x = calloc(1, sizeof *x);
    const struct record *r;
    uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; x != NULL && i < DECODED; i++)
        if (audit_render_read(x, l->text, UNITS - 1, &r) != AUDIT_RENDER_RECORD)
            exit(1);
    double ns = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / DECODED;
    free(x);
    return ns;
}

/* The log's text with another application, and without its last fields. */
static size_t make_text(uint16_t *to, uint64_t *seed)
{
    static const char name[] = "0123456789abcdef.exe", app[] = "svchost.exe";
    const char *at = strstr(xml, app), *end = strstr(xml, "</EventData>");
    char text[UNITS + sizeof name + 8];
    uint32_t kind = random_below(seed, KINDS);
    for (uint32_t left_out = kind; left_out > 0; left_out--)
        do
            end--;
        while (strncmp(end, "<Data ", 6) != 0);
    (void)snprintf(text, sizeof text, "%.*s%s%s%.*s</EventData></Event>", (int)(at - xml), xml,
                   random_below(seed, 20) == 0 ? "&amp;" : "", name + random_below(seed, 16),
                   (int)(end - at) - (int)sizeof app + 1, at + sizeof app - 1);
    strstr(text, "</EventID>")[-1] = (char)('4' + kind);
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)text[i];
    return n;
}

/* Records of several kinds in no order; one in twenty has a character reference, so that it has to
 * be parsed. */
static double bench_mixed(void)
{
    static uint16_t texts[TEXTS][UNITS + 32];
    static size_t units[TEXTS];
    struct audit_render *x = calloc(1, sizeof *x);
    const struct record *r;
    uint64_t seed = 3;
    for (int t = 0; t < TEXTS; t++)
        units[t] = make_text(texts[t], &seed);
    uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; x != NULL && i < DECODED; i++)
        if (audit_render_read(x, texts[i % TEXTS], units[i % TEXTS], &r) != AUDIT_RENDER_RECORD)
            exit(1);
    double ns = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / DECODED;
    free(x);
    return ns;
}

static double bench_expat(struct log *l)
{
    struct eventxml *x = calloc(1, sizeof *x);
    x->reader.encoding = XML_UTF16LE;
    (void)event_xml_restart(&x->reader);
    uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < DECODED; i++) {
        enum xml_reader_found found = xml_reader_next(&x->reader);
        if (found == XML_READER_MORE)
            found = xml_reader_feed(&x->reader, (const uint8_t *)l->text, 2 * (UNITS - 1));
        if (found != XML_READER_RECORD)
            exit(1);
    }
    double ns = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / DECODED;
    xml_reader_close(&x->reader);
    free(x);
    return ns;
}

/* ---- to the reader -------------------------------------------------------------------------- */

static void bench_way(double decoder)
{
    static struct log l;
    wfpw_batch *b = wfpw_batch_new(4096, 8 << 20);
    wfpw_error e;
    uint64_t read = 0;
    int n;
    log_init(&l, RECORDS);
    uint64_t start = now_ns(), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    wfpw_session *s = open_session(&l, WFPW_AUDIT_PAST);
    while ((n = wfpw_read(s, b, -1, &e)) > 0)
        read += (uint64_t)n;
    double wall = (double)(now_ns() - start) / RECORDS;
    double both = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / RECORDS;
    if (read != RECORDS) {
        (void)fprintf(stderr, "%llu records, then %d: %s\n", (unsigned long long)read, n, e.text);
        exit(1);
    }
    printf("from rendered XML to the reader: %.0f records/s; CPU of both threads %.2f us a record, "
           "that is %.0f/s of one thread, %.1f x the decoder alone\n",
           1e9 / wall, both / 1000, 1e9 / both, both / decoder);
    wfpw_close(s);
    wfpw_batch_free(b);
}

static void bench_wakes(void)
{
    static struct log l;
    static double us[WAKES];
    wfpw_batch *b = wfpw_batch_new(0, 0);
    log_init(&l, 0);
    wfpw_session *s = open_session(&l, 0);
    for (int i = 0; i < WAKES; i++) {
        os_sleep_ms(1); /* until it sleeps */
        uint64_t start = now_ns();
        os_u64_store(&l.written, (uint64_t)i + 1);
        os_event_set_handle(l.signal);
        while (wfpw_read(s, b, -1, NULL) != 1)
            ;
        us[i] = (double)(now_ns() - start) / 1000;
    }
    printf("from the signal to the reader: median %.0f us, 99 %% %.0f us\n",
           percentile(us, WAKES, 0.5), percentile(us, WAKES, 0.99));
    wfpw_close(s);
    wfpw_batch_free(b);
}

/* ---- beside net events ---------------------------------------------------------------------- */

struct reader {
    wfpw_session *s;
    os_thread thread;
    os_u32 stop;
};

static void read_all(void *ctx)
{
    struct reader *r = ctx;
    wfpw_batch *b = wfpw_batch_new(4096, 8 << 20);
    while (os_u32_load(&r->stop) == 0)
        (void)wfpw_read(r->s, b, 10, NULL);
    wfpw_batch_free(b);
}

/* CPU of the calling thread a callback, GROUP of them at a time. */
static void time_callbacks(struct log *l, double *median, double *late)
{
    static double ns[CALLS / GROUP];
    FWPM_NET_EVENT5 event = hand_event();
    for (size_t i = 0; i < CALLS / GROUP; i++) {
        uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        for (int k = 0; k < GROUP; k++)
            (void)hand_call(&l->hand, &event);
        ns[i] = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / GROUP;
    }
    *median = percentile(ns, CALLS / GROUP, 0.5);
    *late = percentile(ns, CALLS / GROUP, 0.99);
}

static void bench_beside(bool flood)
{
    static struct log l;
    struct reader r = {0};
    wfpw_live live = {.size = sizeof live, .flags = WFPW_LIVE_OBSERVE};
    double median, late;
    log_init(&l, 0);
    r.s = open_session(&l, 0);
    if (wfpw_add_live(r.s, &live, NULL) != WFPW_OK || !os_thread_start(&r.thread, read_all, &r))
        exit(1);
    os_u64_store(&l.written, flood ? UINT64_MAX : 0);
    os_event_set_handle(l.signal);
    time_callbacks(&l, &median, &late);
    printf("a callback of net events, %s: median %.0f ns, 99 %% %.0f ns\n",
           flood ? "while the log is a flood" : "the log being quiet   ", median, late);
    os_u32_store(&r.stop, 1);
    os_thread_join(&r.thread);
    wfpw_close(r.s);
}

int main(void)
{
    static struct log l;
    log_init(&l, 0);
    double ours = bench_render(&l), expat = bench_expat(&l);
    printf("%u characters of XML: decoder alone %.2f us (%.0f/s); by expat %.2f us, %.1f x\n",
           (unsigned)UNITS - 1, ours / 1000, 1e9 / ours, expat / 1000, expat / ours);
    double mixed = bench_mixed();
    printf("records of %d kinds, one in twenty to be parsed: %.2f us (%.0f/s)\n", KINDS,
           mixed / 1000, 1e9 / mixed);
    bench_way(ours);
    bench_wakes();
    bench_beside(false);
    bench_beside(true);
    return 0;
}
