/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/summary.h"

#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/format.h"

bool summary_start(struct summary *s, bool all)
{
    memset(s, 0, sizeof *s);
    bool good = true;
    s->all = all;
    for (size_t i = 0; i < SUMMARY_LISTS; i++)
        good &= topk_start(&s->lists[i]);
    return good;
}

void summary_free(struct summary *s)
{
    for (size_t i = 0; i < SUMMARY_LISTS; i++)
        topk_free(&s->lists[i]);
    buffer_free(&s->key);
}

bool summary_is_refused(const wfpw_event *ev)
{
    return ev->verdict == WFPW_VERDICT_BLOCK || ev->verdict == WFPW_VERDICT_DROP ||
           ev->verdict == WFPW_VERDICT_FAILURE;
}

const char *summary_list_key(enum summary_of list)
{
    static const char *const keys[] = {"filters",   "apps",  "remotes", "ports",
                                       "computers", "users", "files"};
    return keys[list];
}

/* ---- what is counted ------------------------------------------------------------------------ */

static void put_filter(struct buffer *b, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_FILTER_ID) == 0 || ev->filter_id == 0)
        return;
    buffer_number(b, ev->filter_id);
    buffer_puts(b, " ");
    format_filter(b, ev);
    if (ev->filter == NULL && ev->filter_origin != NULL) {
        buffer_puts(b, "[");
        buffer_text(b, ev->filter_origin);
        buffer_puts(b, "]");
    }
    if (b->n > 0 && b->p[b->n - 1] == ' ')
        b->n--;
}

static void put_app(struct buffer *b, const wfpw_event *ev)
{
    const char *text = format_app(ev) != NULL ? format_app(ev) : ev->package_sid;
    if (text != NULL)
        buffer_text(b, text);
}

/* Of an audit record that does not tell which side is which, both. */
static void put_remote(struct buffer *b, const wfpw_event *ev)
{
    if (ev->orientation == WFPW_ORIENTATION_UNKNOWN && ev->local.family != 0) {
        format_address(b, &ev->local);
        buffer_puts(b, " -> ");
    }
    format_address(b, &ev->remote);
}

/* The port of the side that was called: the local one of what comes in. */
static void put_port(struct buffer *b, const wfpw_event *ev)
{
    bool inbound = ev->direction == WFPW_DIRECTION_INBOUND;
    bool local = inbound && ev->orientation != WFPW_ORIENTATION_UNKNOWN;
    uint32_t bit = local ? WFPW_HAS_LOCAL_PORT : WFPW_HAS_REMOTE_PORT;
    bool icmp = (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
    if ((ev->present & WFPW_HAS_PROTOCOL) == 0)
        return;
    format_protocol(b, ev);
    if ((ev->present & bit) != 0 && !icmp) {
        buffer_puts(b, " ");
        buffer_number(b, local ? ev->local.port : ev->remote.port);
    }
    buffer_puts(b, (ev->present & WFPW_HAS_DIRECTION) != 0 ? " " : "");
    if ((ev->present & WFPW_HAS_DIRECTION) != 0)
        format_direction(b, ev, false);
}

static void put_computer(struct buffer *b, const wfpw_event *ev)
{
    if (ev->audit != NULL && ev->audit->computer != NULL)
        buffer_text(b, ev->audit->computer);
}

static void put_user(struct buffer *b, const wfpw_event *ev)
{
    const char *user = ev->user_name != NULL ? ev->user_name : ev->user_sid;
    if (user != NULL)
        buffer_text(b, user);
}

static void put_file(struct buffer *b, const wfpw_event *ev)
{
    if (ev->file != NULL)
        buffer_text(b, ev->file);
}

static void count_in(struct summary *s, enum summary_of list, const wfpw_event *ev)
{
    static void (*const puts[])(struct buffer *, const wfpw_event *) = {
        put_filter, put_app, put_remote, put_port, put_computer, put_user, put_file};
    buffer_clear(&s->key);
    puts[list](&s->key, ev);
    if (s->key.n > 0)
        topk_add(&s->lists[list], s->key.p, s->key.n);
}

void summary_add(struct summary *s, const wfpw_event *ev)
{
    s->first = s->first == 0 || ev->time < s->first ? ev->time : s->first;
    s->last = ev->time > s->last ? ev->time : s->last;
    s->gaps += ev->kind == WFPW_KIND_GAP;
    s->lost += ev->kind == WFPW_KIND_GAP ? ev->lost : 0;
    s->events += ev->kind != WFPW_KIND_GAP;
    s->verdicts[ev->verdict % SUMMARY_VERDICTS] += ev->kind != WFPW_KIND_GAP;
    s->refused += summary_is_refused(ev);
    if (!summary_is_refused(ev) && (!s->all || ev->kind == WFPW_KIND_GAP))
        return;
    s->records++;
    if (ev->attempt_event > 1)
        return;
    s->counted++;
    s->reasons[ev->reason % SUMMARY_REASONS]++;
    timeline_add(&s->timeline, ev->time);
    for (int i = 0; i < SUMMARY_LISTS; i++)
        count_in(s, (enum summary_of)i, ev);
}

/* ---- the page ------------------------------------------------------------------------------- */

enum { COUNT_WIDTH = 10 };

static void put_count(struct buffer *b, uint64_t n)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%*llu", COUNT_WIDTH, (unsigned long long)n);
    buffer_puts(b, text);
    buffer_puts(b, "  ");
}

static void put_time(struct buffer *b, uint64_t time)
{
    char text[TIME_LENGTH + 1];
    format_time(text, time);
    buffer_puts(b, text);
}

static void put_totals(struct buffer *to, const struct summary *s, size_t width)
{
    struct buffer line = {0}, *b = &line;
    static const char *const words[] = {"not explained", "blocked", "dropped",
                                        "allowed",       "failed",  "other"};
    const char *between = ": ";
    buffer_number(b, s->events);
    buffer_puts(b, s->events == 1 ? " event" : " events");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (s->verdicts[i] == 0)
            continue;
        buffer_puts(b, between);
        buffer_number(b, s->verdicts[i]);
        buffer_puts(b, " ");
        buffer_puts(b, words[i]);
        between = ", ";
    }
    if (s->gaps > 0) {
        buffer_puts(b, "; at least ");
        buffer_number(b, s->lost);
        buffer_puts(b, " are missing, in ");
        buffer_number(b, s->gaps);
        buffer_puts(b, s->gaps == 1 ? " gap" : " gaps");
    }
    buffer_puts(b, s->partial ? "; INTERRUPTED: not all was read" : "");
    buffer_wrap(to, b->p, b->n, width, 0, 2);
    to->failed |= b->failed;
    buffer_free(b);
}

/* When several records told of one attempt. */
static void put_attempts(struct buffer *to, const struct summary *s, size_t width)
{
    struct buffer b = {0};
    if (s->counted == s->records)
        return;
    buffer_number(&b, s->counted);
    buffer_puts(&b, s->counted == 1 ? " attempt" : " attempts");
    buffer_puts(&b, s->all ? "" : s->counted == 1 ? " was refused" : " were refused");
    buffer_puts(&b, ", reported by ");
    buffer_number(&b, s->records);
    buffer_puts(&b, " records; attempts are counted below");
    buffer_wrap(to, b.p, b.n, width, 0, 2);
    to->failed |= b.failed;
    buffer_free(&b);
}

static void put_span(struct buffer *b, const char *before, uint64_t from, uint64_t to,
                     const char *behind, size_t width)
{
    struct buffer line = {0};
    char zone[8];
    put_time(&line, from);
    if (format_is_local()) {
        buffer_puts(&line, " ");
        buffer_puts(&line, format_zone(zone, from));
    }
    buffer_puts(&line, " to ");
    put_time(&line, to);
    if (format_is_local()) {
        buffer_puts(&line, " ");
        buffer_puts(&line, format_zone(zone, to));
    }
    buffer_puts(&line, behind);
    buffer_puts(b, before);
    buffer_wrap(b, line.p, line.n, width, strlen(before), 4);
    b->failed |= line.failed;
    buffer_free(&line);
}

/* A time that a person grasps: "0.1 s", "3.4 min", "4.9 days". */
static void put_length(char *out, size_t size, uint64_t units)
{
    static const struct {
        double seconds, from;
        const char *name;
    } lengths[] = {{86400, 86400, "days"}, {3600, 3600, "h"}, {60, 60, "min"}, {1, 0, "s"}};
    double seconds = (double)units / 10000000;
    size_t i = 0;
    while (seconds < lengths[i].from)
        i++;
    (void)snprintf(out, size, "%.*f %s", i == 3 && seconds < 0.1 ? 2 : 1,
                   seconds / lengths[i].seconds, lengths[i].name);
}

static void put_blocks(struct buffer *b, const struct summary *s, size_t width)
{
    char text[64], length[32];
    size_t room = width > 8 ? width - 4 : TIMELINE_COLUMNS;
    size_t together = timeline_together(&s->timeline, room);
    size_t used = (timeline_used(&s->timeline) + together - 1) / together;
    put_length(length, sizeof length, s->timeline.width * together);
    (void)snprintf(text, sizeof text, "%s a column", length);
    buffer_puts(b, "\n  ");
    timeline_put(b, &s->timeline, together, term_is_unicode());
    buffer_puts(b, width != 0 && used + strlen(text) + 4 > width ? "\n  " : "  ");
    buffer_puts(b, text);
    buffer_puts(b, "\n");
}

static void put_times(struct buffer *b, const struct summary *s, size_t width)
{
    if (s->events == 0)
        return;
    put_span(b, "", s->first, s->last, format_is_local() ? "" : " UTC", width);
    if (s->counted == 0)
        return;
    put_blocks(b, s, width);
    put_span(b, "  from ", s->timeline.begin, s->timeline.end,
             s->all ? ": what happened" : ": what was refused", width);
}

/* The next reason in falling order of counts, equals by code; 0: no more. */
static uint32_t next_reason(const uint64_t counts[SUMMARY_REASONS], uint32_t before)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < SUMMARY_REASONS; i++) {
        bool later = before == 0 || counts[i] < counts[before] ||
                     (counts[i] == counts[before] && i > before);
        if (counts[i] > 0 && later && (best == 0 || counts[i] > counts[best]))
            best = i;
    }
    return best;
}

/* What stands behind a count, at most as long as the line has room for; on a narrow terminal in
 * lines of its own when it is longer. */
static void put_rest(struct buffer *b, size_t start, const char *text, size_t n, size_t width)
{
    enum { NARROW = 80, INDENT = 4 };
    size_t used = text_columns(b->p + start, b->n - start);
    if (width != 0 && width < NARROW && used + text_columns(text, n) > width) {
        while (b->n > start && b->p[b->n - 1] == ' ')
            b->n--;
        buffer_puts(b, "\n    ");
        if (memchr(text, '\\', n) != NULL || memchr(text, '/', n) != NULL)
            buffer_cut_start(b, text, n, width - INDENT); /* of a path the end says most */
        else
            buffer_wrap(b, text, n, width, INDENT, INDENT);
        if (b->p[b->n - 1] != '\n')
            buffer_puts(b, "\n");
        return;
    }
    buffer_cut_end(b, text, n, width == 0 ? SIZE_MAX : used + 8 < width ? width - used : 8);
    buffer_puts(b, "\n");
}

static void put_reasons(struct buffer *b, const struct summary *s, size_t width)
{
    if (s->counted > 0)
        buffer_puts(b, "\nWhy\n");
    for (uint32_t i = next_reason(s->reasons, 0); i != 0; i = next_reason(s->reasons, i)) {
        wfpw_reason row = {.size = sizeof row};
        size_t start = b->n;
        (void)wfpw_reason_info(i, &row);
        put_count(b, s->reasons[i]);
        buffer_puts(b, row.name);
        buffer_fill(b, ' ', strlen(row.name) < 22 ? 22 - strlen(row.name) : 1);
        put_rest(b, start, row.text, strlen(row.text), width);
    }
}

/* "at most 12 too high" when counters had to be given up. */
static void put_bound(struct buffer *b, const struct topk *k)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < k->used; i++)
        most = k->entries[i].error > most ? k->entries[i].error : most;
    if (most == 0)
        return;
    buffer_puts(b, "  (counts at most ");
    buffer_number(b, most);
    buffer_puts(b, " too high)");
}

static void put_list(struct buffer *b, struct topk *k, const char *title, size_t top, size_t width)
{
    if (k->total == 0)
        return;
    buffer_puts(b, "\n");
    buffer_puts(b, title);
    put_bound(b, k);
    buffer_puts(b, "\n");
    size_t n = topk_sort(k, top);
    for (size_t i = 0; i < n; i++) {
        const struct topk_entry *e = topk_get(k, i);
        size_t start = b->n;
        put_count(b, e->count);
        put_rest(b, start, e->text, e->length, width);
    }
    if (n == k->used && k->replaced == 0)
        return;
    buffer_fill(b, ' ', COUNT_WIDTH);
    buffer_puts(b, k->replaced == 0 ? "  and " : "  and more than ");
    buffer_number(b, k->used - n);
    buffer_puts(b, k->used - n == 1 ? " other\n" : " others\n");
}

/* One computer, or one file, is no news. */
static bool is_news(const struct summary *s, size_t list)
{
    return (list != OF_COMPUTER && list != OF_FILE) || s->lists[list].used > 1;
}

void summary_put_text(struct buffer *b, struct summary *s, size_t top, size_t width)
{
    static const char *const titles[] = {
        "By which filter", "Of which application", "To or from which address",
        "On which port",   "On which computer",    "Of which user",
        "In which file"};
    put_totals(b, s, width);
    put_attempts(b, s, width);
    put_times(b, s, width);
    put_reasons(b, s, width);
    for (size_t i = 0; i < SUMMARY_LISTS; i++)
        if (is_news(s, i))
            put_list(b, &s->lists[i], titles[i], top, width);
    b->failed |= s->key.failed;
}
