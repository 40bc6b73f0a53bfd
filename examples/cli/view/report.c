/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/report.h"

#include <stdio.h>
#include <string.h>

#include "view/format.h"
#include "view/html.h"
#include "view/sha256.h"

enum { LABEL_AT = 2, TEXT_AT = 10 }; /* where the columns of explanation_body begin */

/* ---- stories -------------------------------------------------------------------------------- */

/* A line "  label   text" of an explanation as a term and what it is. */
static void put_line(struct buffer *b, const char *line, size_t n)
{
    size_t label = n < TEXT_AT ? n : TEXT_AT;
    while (label > LABEL_AT && line[label - 1] == ' ')
        label--;
    if (n <= TEXT_AT || label <= LABEL_AT)
        return;
    buffer_puts(b, "<dt>");
    html_text(b, line + LABEL_AT, label - LABEL_AT);
    buffer_puts(b, "</dt><dd>");
    html_text(b, line + TEXT_AT, n - TEXT_AT);
    buffer_puts(b, "</dd>\n");
}

static void put_lines(struct buffer *b, const char *body, size_t size)
{
    for (const char *end = body + size; body < end;) {
        const char *stop = memchr(body, '\n', (size_t)(end - body));
        stop = stop != NULL ? stop : end;
        put_line(b, body, (size_t)(stop - body));
        body = stop + 1;
    }
}

static void put_seen(struct buffer *b, const struct explanation_group *g)
{
    if (g->records <= 1)
        return;
    buffer_puts(b, "<dt>seen</dt><dd>");
    html_number(b, g->count);
    buffer_puts(b, g->count == 1 ? " time, in " : " times, in ");
    html_number(b, g->records);
    buffer_puts(b, " records, the last at ");
    format_moment(b, g->last);
    buffer_puts(b, "</dd>\n");
}

void report_story(void *ctx, const struct explanation_group *g, const char *body)
{
    struct report *r = ctx;
    struct buffer *b = &r->stories;
    const char *reason = wfpw_word(WFPW_LIST_REASON, g->reason);
    bool refused = g->verdict != WFPW_VERDICT_ALLOW && g->verdict != WFPW_VERDICT_INFO;
    if (r->story_count == REPORT_STORIES) {
        r->untold++;
        return;
    }
    r->story_count++;
    r->reasons |= g->reason < 64 ? (uint64_t)1 << g->reason : 0;
    buffer_puts(b, "<article data-v=\"");
    buffer_puts(b, format_verdict(g->verdict));
    buffer_puts(b, "\" data-r=\"");
    buffer_puts(b, reason);
    buffer_puts(b, "\"><h3><span class=\"");
    buffer_puts(b, refused ? "refused\">" : "soft\">");
    buffer_puts(b, format_verdict(g->verdict));
    buffer_puts(b, "</span>: ");
    buffer_puts(b, reason);
    buffer_puts(b, ", ");
    format_moment(b, g->first);
    buffer_puts(b, "</h3>\n<dl>\n");
    put_seen(b, g);
    put_lines(b, body, g->size);
    buffer_puts(b, "</dl></article>\n");
}

static void put_controls(struct buffer *b, const struct report *r)
{
    static const uint32_t verdicts[] = {WFPW_VERDICT_BLOCK, WFPW_VERDICT_DROP, WFPW_VERDICT_FAILURE,
                                        WFPW_VERDICT_ALLOW};
    buffer_puts(b, "<div class=\"find\" role=\"search\" hidden>\n<div><label for=\"text\">Words"
                   "</label><input id=\"text\" type=\"search\" autocomplete=\"off\"></div>\n"
                   "<div><label for=\"reason\">Reason</label><select id=\"reason\">"
                   "<option value=\"\">any</option>");
    for (uint32_t code = 0; code < 64; code++) {
        const char *word = wfpw_word(WFPW_LIST_REASON, code);
        if ((r->reasons >> code & 1) == 0 || word[0] == 0)
            continue;
        buffer_puts(b, "<option>");
        buffer_puts(b, word);
        buffer_puts(b, "</option>");
    }
    buffer_puts(b, "</select></div>\n<div role=\"group\" aria-label=\"Verdicts\">");
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        buffer_puts(b, "<button type=\"button\" aria-pressed=\"false\" data-v=\"");
        buffer_puts(b, format_verdict(verdicts[i]));
        buffer_puts(b, "\">");
        buffer_puts(b, format_verdict(verdicts[i]));
        buffer_puts(b, "</button> ");
    }
    buffer_puts(b, "</div>\n<button type=\"button\" id=\"reset\">Show all</button>\n"
                   "<p id=\"shown\" role=\"status\"></p>\n</div>\n");
}

static void put_stories(struct buffer *b, const struct report *r)
{
    buffer_puts(b, "<section aria-labelledby=\"stories\"><h2 id=\"stories\">One by one</h2>\n"
                   "<p class=\"soft\">What differs only in time is told once. &#8220;sure&#8221; "
                   "is how certain the reason is, and by what: certain, the source says so; "
                   "likely, the facts fit little else; guess, it is what is usual.</p>\n");
    put_controls(b, r);
    buffer_put(b, r->stories.p, r->stories.n);
    if (r->story_count == 0)
        buffer_puts(b, "<p>Nothing was blocked, dropped or failed.</p>\n");
    if (r->untold > 0) {
        buffer_puts(b, "<p>");
        html_number(b, r->untold);
        buffer_puts(b, " more are not shown: choose fewer events (--since, --where).</p>\n");
    }
    buffer_puts(b, "</section>\n");
}

/* ---- the summary ---------------------------------------------------------------------------- */

static void put_table(struct buffer *b, const char *id, const char *title, const char *column)
{
    buffer_puts(b, "<section aria-labelledby=\"");
    buffer_puts(b, id);
    buffer_puts(b, "\"><h2 id=\"");
    buffer_puts(b, id);
    buffer_puts(b, "\">");
    buffer_puts(b, title);
    buffer_puts(b, "</h2>\n<table><thead><tr><th scope=\"col\">");
    buffer_puts(b, column);
    buffer_puts(b, "</th><th scope=\"col\" class=\"n\">events</th><th scope=\"col\" class=\"bar\">"
                   "share</th></tr></thead><tbody>\n");
}

static void end_table(struct buffer *b)
{
    buffer_puts(b, "</tbody></table></section>\n");
}

static void put_verdicts(struct buffer *b, const struct summary *s)
{
    put_table(b, "verdicts", "Verdicts", "verdict");
    for (uint32_t i = 0; i < SUMMARY_VERDICTS; i++)
        if (s->verdicts[i] > 0)
            html_bar_row(b, format_verdict(i), strlen(format_verdict(i)), s->verdicts[i],
                         s->events);
    end_table(b);
}

/* The code of the most frequent reason that is not in `told` yet; 0: none. */
static uint32_t next_reason(const struct summary *s, uint64_t told)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < SUMMARY_REASONS; i++)
        if ((told >> i & 1) == 0 && s->reasons[i] > (best > 0 ? s->reasons[best] : 0))
            best = i;
    return best;
}

static void put_reasons(struct buffer *b, const struct summary *s, size_t top)
{
    uint64_t told = 0;
    put_table(b, "reasons", "Why", "reason");
    for (uint32_t i; top > 0 && (i = next_reason(s, told)) != 0; top--) {
        struct buffer text = {0};
        wfpw_reason row = {.size = sizeof row};
        told |= (uint64_t)1 << i;
        (void)wfpw_reason_info(i, &row);
        buffer_puts(&text, row.name);
        buffer_puts(&text, ": ");
        buffer_puts(&text, row.text);
        html_bar_row(b, text.n > 0 ? text.p : "", text.n, s->reasons[i], s->counted);
        b->failed |= text.failed;
        buffer_free(&text);
    }
    end_table(b);
}

static void put_list(struct buffer *b, struct topk *k, const char *id, const char *title,
                     const char *column, size_t top)
{
    size_t used = topk_sort(k, top);
    if (used == 0)
        return;
    put_table(b, id, title, column);
    for (size_t i = 0; i < used; i++) {
        const struct topk_entry *e = topk_get(k, i);
        html_bar_row(b, e->text, e->length, e->count, topk_get(k, 0)->count);
    }
    end_table(b);
    if (k->replaced > 0)
        buffer_puts(b,
                    "<p class=\"soft\">More values than counters: counts may be too high.</p>\n");
}

static void put_lists(struct buffer *b, struct summary *s, size_t top)
{
    static const struct {
        enum summary_of of;
        const char *id, *title, *column;
    } lists[] = {{OF_FILTER, "filters", "By which filter", "filter"},
                 {OF_APP, "programs", "Which program", "program"},
                 {OF_REMOTE, "addresses", "Which address", "remote address"},
                 {OF_PORT, "ports", "Which port", "port"},
                 {OF_COMPUTER, "computers", "Which computer", "computer"},
                 {OF_USER, "users", "Which user", "user"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        put_list(b, &s->lists[lists[i].of], lists[i].id, lists[i].title, lists[i].column, top);
}

static void put_columns(struct buffer *b, const struct timeline *t, size_t used)
{
    uint64_t most = 1;
    for (size_t i = 0; i < used; i++)
        most = t->counts[i] > most ? t->counts[i] : most;
    for (size_t i = 0; i < used; i++) {
        char bar[128];
        unsigned height = (unsigned)(t->counts[i] * 96 / most);
        height = t->counts[i] > 0 && height < 2 ? 2 : height;
        (void)snprintf(bar, sizeof bar, "<rect x=\"%u\" y=\"%u\" width=\"8\" height=\"%u\"><title>",
                       (unsigned)i * 10 + 1, 100 - height, height);
        buffer_puts(b, bar);
        html_number(b, t->counts[i]);
        buffer_puts(b, " from ");
        format_moment(b, (t->first + i) * t->width);
        buffer_puts(b, "</title></rect>\n");
    }
}

static void put_timeline(struct buffer *b, const struct summary *s)
{
    char open[160];
    size_t used = timeline_used(&s->timeline);
    if (used == 0)
        return;
    (void)snprintf(open, sizeof open,
                   "<svg class=\"when\" role=\"img\" aria-labelledby=\"when-text\" viewBox=\"0 0 "
                   "%u 100\" preserveAspectRatio=\"none\">\n",
                   (unsigned)used * 10);
    buffer_puts(b, "<section aria-labelledby=\"when\"><h2 id=\"when\">When</h2>\n");
    buffer_puts(b, open);
    buffer_puts(b, "<title id=\"when-text\">How many were counted when, from ");
    format_moment(b, s->timeline.begin);
    buffer_puts(b, " to ");
    format_moment(b, s->timeline.end);
    buffer_puts(b, "</title>\n");
    put_columns(b, &s->timeline, used);
    buffer_puts(b, "</svg>\n<div class=\"ends\"><span>");
    format_moment(b, s->timeline.begin);
    buffer_puts(b, "</span><span>");
    format_moment(b, s->timeline.end);
    buffer_puts(b, "</span></div></section>\n");
}

/* ---- inputs --------------------------------------------------------------------------------- */

static void put_input(struct buffer *b, const struct report_input *in)
{
    buffer_puts(b, "<tr><th scope=\"row\">");
    html_string(b, in->name);
    buffer_puts(b, "</th><td class=\"n\">");
    if (in->is_read)
        html_number(b, in->bytes);
    buffer_puts(b, "</td><td><code>");
    for (int i = 0; i < SHA256_BYTES && in->is_read; i++) {
        char hex[3];
        (void)snprintf(hex, sizeof hex, "%02x", in->digest[i]);
        buffer_puts(b, hex);
    }
    buffer_puts(b, in->is_read ? "</code>" : "not known</code>");
    buffer_puts(b, in->has_changed ? " (the file changed while it was read)" : "");
    buffer_puts(b, "</td></tr>\n");
}

static void put_inputs(struct buffer *b, const struct report_input *inputs, size_t count)
{
    buffer_puts(b,
                "<section aria-labelledby=\"inputs\"><h2 id=\"inputs\">Files looked at</h2>\n"
                "<table class=\"inputs\"><thead><tr><th scope=\"col\">file</th><th scope=\"col\" "
                "class=\"n\">bytes</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++)
        put_input(b, &inputs[i]);
    buffer_puts(b, "</tbody></table></section>\n");
}

/* ---- the page ------------------------------------------------------------------------------- */

/* Only this style and this script may do anything, whatever an event says. */
static void put_head(struct buffer *b)
{
    struct sha256 h;
    uint8_t digest[SHA256_BYTES];
    sha256_start(&h);
    sha256_add(&h, report_script, strlen(report_script));
    sha256_end(&h, digest);
    buffer_puts(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "style-src 'unsafe-inline'; script-src 'sha256-");
    html_base64(b, digest, sizeof digest);
    buffer_puts(b, "'\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                   "<title>What Windows blocked, and why</title>\n<style>\n");
    for (const char *const *line = report_style; *line != NULL; line++)
        buffer_puts(b, *line);
    buffer_puts(b, "</style></head>\n<body>\n");
}

static void put_title(struct buffer *b, const struct summary *s)
{
    buffer_puts(b, "<header><h1>What Windows blocked, and why</h1>\n<p>");
    html_number(b, s->events);
    buffer_puts(b, s->events == 1 ? " event, " : " events, ");
    html_number(b, s->refused);
    buffer_puts(b, " of them refused");
    if (s->events > 0) {
        buffer_puts(b, "; ");
        format_moment(b, s->first);
        buffer_puts(b, " to ");
        format_moment(b, s->last);
    }
    buffer_puts(b, "</p>\n");
    if (s->gaps > 0) {
        buffer_puts(b, "<p class=\"refused\">Events are missing in ");
        html_number(b, s->gaps);
        buffer_puts(b, s->gaps == 1 ? " place.</p>\n" : " places.</p>\n");
    }
    if (s->partial)
        buffer_puts(b, "<p class=\"refused\">Interrupted: not all was read.</p>\n");
    buffer_puts(b, "</header>\n");
}

void report_put(struct buffer *b, struct report *r, struct summary *s, size_t top,
                const struct report_input *inputs, size_t count)
{
    put_head(b);
    put_title(b, s);
    buffer_puts(b, "<main>\n");
    put_timeline(b, s);
    buffer_puts(b, "<div class=\"grid\">\n");
    put_verdicts(b, s);
    put_reasons(b, s, top);
    put_lists(b, s, top);
    buffer_puts(b, "</div>\n");
    put_stories(b, r);
    put_inputs(b, inputs, count);
    buffer_puts(b, "</main>\n<footer class=\"soft\"><p>wfpwatch " WFPW_VERSION_STRING
                   "</p></footer>\n<script>");
    buffer_puts(b, report_script);
    buffer_puts(b, "</script></body></html>\n");
    b->failed |= r->stories.failed;
}

void report_free(struct report *r)
{
    buffer_free(&r->stories);
}
