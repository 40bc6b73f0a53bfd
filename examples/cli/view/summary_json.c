/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The page of 'why --summary' as one JSON object. */
#include <string.h>

#include "view/format.h"
#include "view/summary.h"

/* ---- members -------------------------------------------------------------------------------- */

static void put_key(struct buffer *b, const char *key)
{
    if (b->n > 0 && strchr("{[", b->p[b->n - 1]) == NULL)
        buffer_puts(b, ",");
    buffer_puts(b, "\"");
    buffer_puts(b, key);
    buffer_puts(b, "\":");
}

static void put_number(struct buffer *b, const char *key, uint64_t n)
{
    put_key(b, key);
    buffer_number(b, n);
}

/* The texts have no control characters any more: buffer_text has seen to that. */
static void put_string(struct buffer *b, const char *key, const char *s, size_t n)
{
    put_key(b, key);
    buffer_puts(b, "\"");
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\')
            buffer_puts(b, "\\");
        buffer_put(b, s + i, 1);
    }
    buffer_puts(b, "\"");
}

/* As the events have it, without the digits behind the milliseconds. */
static void put_time(struct buffer *b, const char *key, uint64_t time)
{
    char text[TIME_LENGTH + 2];
    format_utc(text, time);
    text[TIME_DATE] = 'T';
    text[TIME_LENGTH] = 'Z';
    put_string(b, key, text, TIME_LENGTH + 1);
}

/* ---- parts ---------------------------------------------------------------------------------- */

static void put_words(struct buffer *b, const char *key, uint32_t list, const uint64_t *counts,
                      uint32_t n)
{
    put_key(b, key);
    buffer_puts(b, "{");
    for (uint32_t i = 0; i < n; i++)
        if (counts[i] > 0)
            put_number(b, i != 0 ? wfpw_word(list, i) : "none", counts[i]);
    buffer_puts(b, "}");
}

static void put_list(struct buffer *b, struct topk *k, const char *key, size_t top)
{
    size_t n = topk_sort(k, top);
    put_key(b, key);
    buffer_puts(b, "[");
    for (size_t i = 0; i < n; i++) {
        const struct topk_entry *e = topk_get(k, i);
        buffer_puts(b, i > 0 ? ",{" : "{");
        put_string(b, "text", e->text, e->length);
        put_number(b, "count", e->count);
        put_number(b, "too_high", e->error);
        buffer_puts(b, "}");
    }
    buffer_puts(b, "]");
}

static void put_timeline(struct buffer *b, const struct timeline *t)
{
    if (t->width == 0)
        return;
    put_key(b, "timeline");
    buffer_puts(b, "{");
    put_time(b, "from", t->begin);
    put_time(b, "to", t->end);
    put_number(b, "column_ms", t->width / 10000);
    put_key(b, "counts");
    buffer_puts(b, "[");
    for (size_t i = 0; i < timeline_used(t); i++) {
        buffer_puts(b, i > 0 ? "," : "");
        buffer_number(b, t->counts[i]);
    }
    buffer_puts(b, "]}");
}

void summary_put_json(struct buffer *b, struct summary *s, size_t top)
{
    buffer_puts(b, "{");
    put_number(b, "events", s->events);
    if (s->events > 0) {
        put_time(b, "first", s->first);
        put_time(b, "last", s->last);
    }
    put_number(b, "refused", s->refused);
    put_number(b, "attempts", s->counted);
    put_key(b, "counted");
    buffer_puts(b, s->all ? "\"all\"" : "\"refused\"");
    if (s->partial) {
        put_key(b, "partial");
        buffer_puts(b, "true");
    }
    put_number(b, "gaps", s->gaps);
    put_number(b, "lost", s->lost);
    put_words(b, "verdicts", WFPW_LIST_VERDICT, s->verdicts, SUMMARY_VERDICTS);
    put_words(b, "reasons", WFPW_LIST_REASON, s->reasons, SUMMARY_REASONS);
    for (int i = 0; i < SUMMARY_LISTS; i++)
        put_list(b, &s->lists[i], summary_list_key((enum summary_of)i), top);
    put_timeline(b, &s->timeline);
    buffer_puts(b, "}\n");
    b->failed |= s->key.failed;
}
