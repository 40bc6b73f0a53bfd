/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/prove_report.h"

#include <stdio.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

enum { CLAIM_COLUMNS = 58, SHOWN_COLUMNS = 8, FORM = 1, TICKS_PER_MS = 10000 };

static const char *const wrong_words[] = {
    "event",  "twice",  "blocked",   "kind",        "direction", "protocol", "local",
    "remote", "app",    "user",      "filter",      "layer",     "loopback", "name",
    "time",   "record", "record id", "record time", "process"};
static const char *const shown_words[] = {"yes", "NO", "no", "-"};
static const char *const json_words[] = {"yes", "no", "open", "skipped"};

bool prove_report_failed(const struct prove_report *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (r->claims[i].shown == PROVE_NO)
            return true;
    return false;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void put_part(struct buffer *b, bool *first, const char *text)
{
    buffer_puts(b, *first ? "" : ", ");
    buffer_puts(b, text);
    *first = false;
}

static void put_wrong(struct buffer *b, const struct prove_claim *c, bool *first)
{
    const char *before = "wrong: ";
    for (uint32_t i = 0; i < sizeof wrong_words / sizeof *wrong_words; i++) {
        if ((c->wrong >> i & 1) == 0)
            continue;
        put_part(b, first, before);
        buffer_puts(b, wrong_words[i]);
        before = "";
    }
}

static void put_lag(struct buffer *b, bool *first, const char *what, int64_t lag)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s after %lld ms", what, (long long)(lag / TICKS_PER_MS));
    put_part(b, first, text);
}

static void put_details(struct buffer *b, const struct prove_claim *c)
{
    char text[64];
    bool first = true;
    put_wrong(b, c, &first);
    if (c->has_error && c->error != 0) {
        (void)snprintf(text, sizeof text, "error %u", c->error);
        put_part(b, &first, text);
    }
    if (c->has_event_lag)
        put_lag(b, &first, "event", c->event_lag);
    if (c->record != 0) {
        (void)snprintf(text, sizeof text, "%u %s", c->record, c->joined ? "joined" : "beside it");
        put_part(b, &first, text);
    }
    if (c->has_record_lag)
        put_lag(b, &first, "record", c->record_lag);
    if (c->detail[0] != 0)
        put_part(b, &first, c->detail);
}

static void put_column(struct buffer *b, const char *text, size_t columns)
{
    size_t n = strlen(text);
    buffer_puts(b, text);
    buffer_fill(b, ' ', n < columns ? columns - n : 1);
}

void prove_report_text(struct buffer *b, const struct prove_report *r)
{
    uint32_t counts[4] = {0};
    char line[160];
    buffer_puts(b, "Windows ");
    buffer_text(b, r->windows);
    buffer_puts(b, "\n\n");
    put_column(b, "CLAIM", CLAIM_COLUMNS);
    put_column(b, "SHOWN", SHOWN_COLUMNS);
    buffer_puts(b, "DETAIL\n");
    for (uint32_t i = 0; i < r->count; i++) {
        const struct prove_claim *c = &r->claims[i];
        put_column(b, c->text, CLAIM_COLUMNS);
        put_column(b, shown_words[c->shown], SHOWN_COLUMNS);
        put_details(b, c);
        while (b->n > 0 && b->p[b->n - 1] == ' ')
            b->n--;
        buffer_puts(b, "\n");
        counts[c->shown]++;
    }
    (void)snprintf(line, sizeof line,
                   "\n%u shown, %u not as documented, %u not so (no document says), %u not tried\n",
                   counts[PROVE_YES], counts[PROVE_NO], counts[PROVE_OPEN], counts[PROVE_SKIPPED]);
    buffer_puts(b, line);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_string(struct buffer *b, const char *key, const char *value)
{
    buffer_puts(b, key);
    buffer_json_text(b, value);
    buffer_puts(b, "\"");
}

static void put_number(struct buffer *b, const char *key, int64_t value)
{
    char text[64];
    (void)snprintf(text, sizeof text, ",\"%s\":%lld", key, (long long)value);
    buffer_puts(b, text);
}

static void put_json_wrong(struct buffer *b, const struct prove_claim *c)
{
    const char *before = ",\"wrong\":[";
    for (uint32_t i = 0; i < sizeof wrong_words / sizeof *wrong_words; i++) {
        if ((c->wrong >> i & 1) == 0)
            continue;
        buffer_puts(b, before);
        put_string(b, "\"", wrong_words[i]);
        before = ",";
    }
    buffer_puts(b, c->wrong != 0 ? "]" : "");
}

static void put_json_claim(struct buffer *b, const struct prove_claim *c)
{
    put_string(b, "{\"claim\":\"", c->id);
    put_string(b, ",\"shown\":\"", json_words[c->shown]);
    put_json_wrong(b, c);
    if (c->has_error)
        put_number(b, "error", c->error);
    if (c->has_event_lag)
        put_number(b, "event_ms", c->event_lag / TICKS_PER_MS);
    if (c->record != 0) {
        put_number(b, "record", c->record);
        buffer_puts(b, c->joined ? ",\"joined\":true" : ",\"joined\":false");
    }
    if (c->has_record_lag)
        put_number(b, "record_ms", c->record_lag / TICKS_PER_MS);
    if (c->detail[0] != 0)
        put_string(b, ",\"detail\":\"", c->detail);
    buffer_puts(b, "}");
}

void prove_report_json(struct buffer *b, const struct prove_report *r)
{
    uint32_t v = wfpw_version();
    char version[32];
    (void)snprintf(version, sizeof version, "%u.%u.%u", v >> 16, v >> 8 & 0xFF, v & 0xFF);
    buffer_puts(b, "{\"prove\":");
    buffer_number(b, FORM);
    put_string(b, ",\"wfpwatch\":\"", version);
    put_string(b, ",\"windows\":\"", r->windows);
    buffer_puts(b, prove_report_failed(r) ? ",\"passed\":false" : ",\"passed\":true");
    buffer_puts(b, ",\"claims\":[");
    for (uint32_t i = 0; i < r->count; i++) {
        buffer_puts(b, i > 0 ? ",\n" : "\n");
        put_json_claim(b, &r->claims[i]);
    }
    buffer_puts(b, "\n]}\n");
}
