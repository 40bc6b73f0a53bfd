/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/answer.h"

#include <stdio.h>
#include <string.h>

#include "view/explanation.h"
#include "view/format.h"

/* ---- text ----------------------------------------------------------------------------------- */

static const struct {
    uint32_t bit;
    const char *text;
} fields[] = {
    {WFPW_MATCH_REMOTE, "remote address"},
    {WFPW_MATCH_REMOTE_PORT, "remote port"},
    {WFPW_MATCH_LOCAL, "local address"},
    {WFPW_MATCH_LOCAL_PORT, "local port"},
    {WFPW_MATCH_PROTOCOL, "protocol"},
    {WFPW_MATCH_PROCESS, "process"},
    {WFPW_MATCH_APP, "program"},
    {WFPW_MATCH_DIRECTION, "direction"},
    {WFPW_MATCH_SIDES, "which side is this host's"},
    {WFPW_MATCH_VOLUME, "the program's volume"},
    {WFPW_MATCH_OTHER_END, "the other end, on this host"},
};

void answer_put_fields(struct buffer *b, uint32_t set)
{
    const char *comma = "";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if ((set & fields[i].bit) != 0) {
            buffer_puts(b, comma);
            buffer_puts(b, fields[i].text);
            comma = ", ";
        }
}

static void put_labelled(struct buffer *b, const char *label, uint32_t set)
{
    if (set == 0)
        return;
    buffer_puts(b, label);
    answer_put_fields(b, set);
}

static const char *headline_of(uint32_t conclusion)
{
    switch (conclusion) {
    case WFPW_CONCLUSION_BLOCKED:
        return "This explains it, the best match first:";
    case WFPW_CONCLUSION_DROPPED:
        return "No block explains it. Packets were dropped, which was nobody's decision:";
    case WFPW_CONCLUSION_WEAK:
        return "Nothing explains it. Only others were refused there:";
    case WFPW_CONCLUSION_NOTHING:
        return "Nothing in WFP refused it.";
    default:
        return "Nothing is known that refused it, but not all of it could be seen.";
    }
}

static void put_row(struct buffer *b, const wfpw_explained *row, size_t width, bool colour)
{
    const struct explanation_times times = {
        .count = row->count, .records = row->count, .first = row->first, .last = row->last};
    struct buffer line = {0};
    explanation_head(b, row->event->verdict, row->event->reason, &times, width, colour);
    explanation_body(b, row->event, width);
    buffer_puts(&line, wfpw_word(WFPW_LIST_STRENGTH, row->strength));
    put_labelled(&line, "; agrees: ", row->agrees);
    put_labelled(&line, "; differs: ", row->differs);
    put_labelled(&line, "; not known: ", row->unknown);
    buffer_puts(b, "  match   ");
    buffer_wrap(b, line.p != NULL ? line.p : "", line.n, width, 10, 10);
    buffer_puts(b, "\n");
    b->failed |= line.failed;
    buffer_free(&line);
}

/* "128 net events, 2026-11-22 20:28:00.000 UTC to ..." */
static void put_source(struct buffer *b, uint64_t count, const char *what, uint64_t from,
                       uint64_t to)
{
    buffer_puts(b, "  ");
    buffer_number(b, count);
    buffer_puts(b, what);
    buffer_puts(b, format_plural(count));
    if (count > 0) {
        buffer_puts(b, ", from ");
        format_moment(b, from);
        buffer_puts(b, " to ");
        format_moment(b, to);
    }
    buffer_puts(b, "\n");
}

static const struct {
    uint32_t bit;
    const char *text;
} unseens[] = {
    {WFPW_UNSEEN_COLLECTION_OFF,
     "collection of net events is off: turn it on ('netsh wfp set options netevents=on', or "
     "'wfpwatch run' while the connection is tried again)"},
    {WFPW_UNSEEN_HISTORY, "the events that the engine keeps could not be read: "},
    {WFPW_UNSEEN_HISTORY_REACH,
     "the engine keeps no event from before the time asked for: whether it collected then is not "
     "known"},
    {WFPW_UNSEEN_LOG, "the Security log could not be read: "},
    {WFPW_UNSEEN_AUDIT_OFF,
     "the audit policy does not have all refusals recorded in the Security log ('wfpwatch audit')"},
    {WFPW_UNSEEN_AUDIT_UNKNOWN, "whether refusals are audited is not known"},
    {WFPW_UNSEEN_LOST, "events were lost"},
    {WFPW_UNSEEN_SKIPPED, "something could not be read or decoded"},
    {WFPW_UNSEEN_NO_EVENTS, "there was no event"},
    {WFPW_UNSEEN_FILE_REACH, "the events do not cover the time asked for"},
    {WFPW_UNSEEN_LOCAL_TIME, "times without a zone were taken for UTC (--log-zone)"},
};

static void put_unseen(struct buffer *b, const wfpw_explained_by *by)
{
    for (size_t i = 0; i < sizeof unseens / sizeof *unseens; i++) {
        uint32_t bit = unseens[i].bit;
        if ((by->unseen & bit) == 0)
            continue;
        buffer_puts(b, "  incomplete: ");
        buffer_puts(b, unseens[i].text);
        if (bit == WFPW_UNSEEN_HISTORY || bit == WFPW_UNSEEN_LOG)
            buffer_puts(
                b, wfpw_strerror(bit == WFPW_UNSEEN_LOG ? by->log_status : by->history_status));
        buffer_puts(b, "\n");
    }
}

static void put_counted(struct buffer *b, uint64_t count, const char *one, const char *more)
{
    if (count == 0)
        return;
    buffer_puts(b, "  ");
    buffer_number(b, count);
    buffer_puts(b, count == 1 ? one : more);
}

static void put_basis(struct buffer *b, const wfpw_explained_by *by)
{
    buffer_puts(b, "Looked at:\n");
    put_source(b, by->net_events, " net event", by->net_events_from, by->net_events_to);
    put_source(b, by->records, " audit record", by->records_from, by->records_to);
    put_counted(b, by->refused - by->matched - by->outside, " refusal that does not match\n",
                " refusals that do not match\n");
    put_counted(b, by->allowed, " permit of it\n", " permits of it\n");
    put_counted(b, by->omitted, " more refusal that matches no better\n",
                " more refusals that match no better\n");
    put_counted(b, by->outside, " refusal of it at another time, the nearest at ",
                " refusals of it at other times, the nearest at ");
    if (by->outside > 0) {
        format_moment(b, by->outside_time);
        buffer_puts(b, "\n");
    }
    put_unseen(b, by);
}

void answer_put_text(struct buffer *b, const wfpw_explanation *x, size_t width, bool colour)
{
    wfpw_explained_by by = {.size = sizeof by};
    wfpw_explained row = {.size = sizeof row};
    (void)wfpw_explanation_conclude(x, &by);
    buffer_puts(b, headline_of(by.conclusion));
    buffer_puts(b, "\n\n");
    bool weak = by.conclusion == WFPW_CONCLUSION_WEAK; /* as the headline says */
    for (uint32_t i = 0; wfpw_explanation_get(x, i, &row) == 1; i++) {
        if (row.strength == WFPW_STRENGTH_WEAK && !weak)
            buffer_puts(b, "Others were refused there, too:\n\n");
        weak |= row.strength == WFPW_STRENGTH_WEAK;
        put_row(b, &row, width, colour);
    }
    put_basis(b, &by);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_words(struct buffer *b, const char *name, uint32_t list, uint32_t set)
{
    const char *comma = "";
    buffer_puts(b, ",\"");
    buffer_puts(b, name);
    buffer_puts(b, "\":[");
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((set & bit) != 0) {
            buffer_puts(b, comma);
            buffer_puts(b, "\"");
            buffer_puts(b, wfpw_word(list, bit));
            buffer_puts(b, "\"");
            comma = ",";
        }
    buffer_puts(b, "]");
}

static void put_number(struct buffer *b, const char *name, uint64_t value)
{
    buffer_puts(b, ",\"");
    buffer_puts(b, name);
    buffer_puts(b, "\":");
    buffer_number(b, value);
}

static void put_word(struct buffer *b, const char *name, const char *word)
{
    buffer_puts(b, ",\"");
    buffer_puts(b, name);
    buffer_puts(b, "\":\"");
    buffer_json_text(b, word);
    buffer_puts(b, "\"");
}

/* Nothing of a time that there is not. */
static void put_time(struct buffer *b, const char *name, uint64_t time)
{
    char moment[TIME_LENGTH + 1], text[TIME_LENGTH + 8];
    if (time == 0)
        return;
    format_utc(moment, time);
    moment[TIME_DATE] = 'T';
    (void)snprintf(text, sizeof text, "%s%04uZ", moment, (unsigned)(time % 10000));
    put_word(b, name, text);
}

static void put_event(struct buffer *b, const wfpw_event *ev)
{
    size_t needed = 0;
    (void)wfpw_to_json(ev, 0, NULL, 0, &needed);
    buffer_puts(b, ",\"event\":");
    if (!buffer_room(b, needed + 1))
        return;
    int n = wfpw_to_json(ev, 0, b->p + b->n, needed + 1, NULL);
    b->n += n > 0 ? (size_t)n : 0;
}

static void put_json_row(struct buffer *b, const wfpw_explained *row)
{
    buffer_puts(b, "{\"strength\":\"");
    buffer_puts(b, wfpw_word(WFPW_LIST_STRENGTH, row->strength));
    buffer_puts(b, "\"");
    put_words(b, "agrees", WFPW_LIST_MATCH, row->agrees);
    put_words(b, "differs", WFPW_LIST_MATCH, row->differs);
    put_words(b, "unknown", WFPW_LIST_MATCH, row->unknown);
    put_number(b, "count", row->count);
    put_time(b, "first", row->first);
    put_time(b, "last", row->last);
    put_event(b, row->event);
    buffer_puts(b, "}");
}

static void put_json_basis(struct buffer *b, const wfpw_explained_by *by)
{
    put_words(b, "unseen", WFPW_LIST_UNSEEN, by->unseen);
    put_time(b, "since", by->since);
    put_time(b, "until", by->until);
    put_number(b, "events", by->events);
    put_number(b, "net_events", by->net_events);
    put_time(b, "net_events_from", by->net_events_from);
    put_time(b, "net_events_to", by->net_events_to);
    put_number(b, "records", by->records);
    put_time(b, "records_from", by->records_from);
    put_time(b, "records_to", by->records_to);
    put_number(b, "refused", by->refused);
    put_number(b, "matched", by->matched);
    put_number(b, "omitted", by->omitted);
    put_number(b, "allowed", by->allowed);
    put_number(b, "outside", by->outside);
    put_time(b, "outside_time", by->outside_time);
    put_number(b, "gaps", by->gaps);
    put_number(b, "lost", by->lost);
    if (by->history_status != WFPW_OK)
        put_word(b, "history_error", wfpw_strerror(by->history_status));
    if (by->log_status != WFPW_OK)
        put_word(b, "log_error", wfpw_strerror(by->log_status));
}

void answer_put_json(struct buffer *b, const wfpw_explanation *x)
{
    wfpw_explained_by by = {.size = sizeof by};
    wfpw_explained row = {.size = sizeof row};
    (void)wfpw_explanation_conclude(x, &by);
    buffer_puts(b, "{\"conclusion\":\"");
    buffer_puts(b, wfpw_word(WFPW_LIST_CONCLUSION, by.conclusion));
    buffer_puts(b, "\",\"rows\":[");
    for (uint32_t i = 0; wfpw_explanation_get(x, i, &row) == 1; i++) {
        buffer_puts(b, i > 0 ? "," : "");
        put_json_row(b, &row);
    }
    buffer_puts(b, "]");
    put_json_basis(b, &by);
    buffer_puts(b, "}\n");
}
