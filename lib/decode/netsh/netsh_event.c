/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_event.h"

#include "decode/netsh/netsh_field.h"

/* ---- elements ------------------------------------------------------------------------------- */

/* Where the children of an element without a row stand. */
static enum netsh_event_element place_inside(enum netsh_event_element around)
{
    if (around == NETSH_TOP || around == NETSH_ANY)
        return NETSH_ANY;
    return around == NETSH_EVENT ? NETSH_BODY : NETSH_NOWHERE;
}

static void begin_event(struct netsh_event *x)
{
    netsh_field_begin(&x->event, x->room, (uint32_t)sizeof x->room);
    xml_reader_begin(&x->reader);
}

static void on_start(void *ctx, int depth, const char *name, const char **attributes)
{
    struct netsh_event *x = ctx;
    enum netsh_event_element around = (enum netsh_event_element)x->places[depth - 1];
    const struct netsh_row *row = netsh_event_schema_find(around, name, &x->hints[depth - 1]);
    enum netsh_event_element place =
        row != NULL ? (enum netsh_event_element)row->place : place_inside(around);
    (void)attributes;
    x->rows[depth] = row;
    x->places[depth] = (uint8_t)place;
    x->hints[depth] = 0;
    x->text_depth = row != NULL && row->form != NETSH_NONE ? depth : 0;
    x->text_size = 0;
    if (place == NETSH_EVENT)
        begin_event(x);
    else if (row == NULL && around == NETSH_EVENTS)
        x->reader.passed++; /* filterChange and the like */
    else if (row != NULL && x->reader.in_event)
        netsh_field_open(&x->event, row);
}

static void on_text(void *ctx, int depth, const char *s, size_t n)
{
    struct netsh_event *x = ctx;
    if (depth != x->text_depth)
        return;
    if (!xml_reader_keep(x->text, sizeof x->text, &x->text_size, s, n))
        record_of(&x->event.b)->flags |= WFPW_EVENT_TRUNCATED;
}

static void end_event(struct netsh_event *x)
{
    const struct record *r = netsh_field_finish(&x->event);
    x->reader.unread = r != NULL ? x->event.unread : NULL;
    xml_reader_end(&x->reader, r);
}

static void on_end(void *ctx, int depth)
{
    struct netsh_event *x = ctx;
    if (!x->reader.in_event)
        return;
    if (depth == x->text_depth)
        netsh_field_take(&x->event, x->rows[depth], x->text, x->text_size);
    x->text_depth = 0;
    if (x->places[depth] == NETSH_EVENT)
        end_event(x);
    else if (x->rows[depth] != NULL)
        netsh_field_close(&x->event, x->rows[depth]);
}

/* ---- starting ------------------------------------------------------------------------------- */

bool netsh_event_restart(struct xml_reader *reader)
{
    struct netsh_event *x = (struct netsh_event *)reader;
    struct xml_handler handler = {.start = on_start, .end = on_end, .text = on_text, .ctx = x};
    x->places[0] = NETSH_TOP;
    x->hints[0] = 0;
    x->text_depth = 0;
    return xml_reader_start(reader, &handler, x->list_start);
}

/* An event's start is an item or a netEvent in which a header comes first: other items are not. */
static bool starts_event(const struct xml_scan *s, size_t at, const char *name)
{
    struct xml_scan near = *s; /* looking further each time would take a square of the time */
    size_t end;
    near.n = s->n - at < NETSH_EVENT_SIGHT ? s->n : at + NETSH_EVENT_SIGHT;
    return xml_scan_is(&near, at, name, &end) &&
           xml_scan_is(&near, xml_scan_first(&near, xml_scan_behind(&near, end, ">")), "header",
                       NULL);
}

/* The place of the next event's start; n when there is none. */
static size_t next_event(const struct xml_scan *s, bool *captured)
{
    size_t at = 0;
    for (; (at = xml_scan_tag(s, at)) < s->n; at += s->unit) {
        *captured = starts_event(s, at, "netEvent");
        if (*captured || starts_event(s, at, "item"))
            break;
    }
    return at;
}

size_t netsh_event_find(struct xml_reader *reader, const uint8_t *p, size_t n)
{
    struct netsh_event *x = (struct netsh_event *)reader;
    struct xml_scan s;
    bool captured;
    xml_scan_open(&s, reader->encoding, p, n);
    size_t at = next_event(&s, &captured);
    if (at >= s.n)
        return n;
    x->list_start = captured ? "<wfpdiag><events>" : "<netEvents>";
    return at;
}

/* ---- what a file holds ---------------------------------------------------------------------- */

static bool is_one_of(const struct xml_scan *s, size_t at, const char *const *names, size_t *end)
{
    for (; *names != NULL; names++)
        if (xml_scan_is(s, at, *names, end))
            return true;
    return false;
}

/* Whether this is a later part of a file: something ends first, then an event starts. */
static bool is_cut(const struct xml_scan *s)
{
    static const char *const ends[] = {"/item",      "/netEvent",     "/internalFields",
                                       "/netEvents", "/filterChange", NULL};
    bool captured;
    return is_one_of(s, xml_scan_tag(s, 0), ends, NULL) && next_event(s, &captured) < s->n;
}

enum netsh_event_holds netsh_event_look(enum xml_encoding encoding, const uint8_t *p, size_t n)
{
    static const char *const events[] = {"netEvents", "netEvent", NULL};
    static const char *const names[] = {"wfpstate", "firewallState", "filters", NULL};
    static const char *const lists[] = {"filters", "providers", NULL};
    struct xml_scan s;
    size_t end;
    xml_scan_open(&s, encoding, p, n);
    size_t root = xml_scan_first(&s, 0);
    if (is_one_of(&s, root, events, NULL))
        return NETSH_EVENT_EVENTS;
    if (is_one_of(&s, root, names, NULL))
        return NETSH_EVENT_NAMES;
    bool diag = xml_scan_is(&s, root, "wfpdiag", &end);
    if (!diag && !xml_scan_is(&s, root, "item", &end))
        return is_cut(&s) ? NETSH_EVENT_EVENTS : NETSH_EVENT_OTHER;
    size_t first = xml_scan_first(&s, xml_scan_behind(&s, end, ">"));
    if (diag) /* of a capture: initialState and events */
        return is_one_of(&s, first, lists, NULL) ? NETSH_EVENT_NAMES : NETSH_EVENT_EVENTS;
    if (xml_scan_is(&s, first, "header", NULL))
        return NETSH_EVENT_EVENTS;
    return xml_scan_is(&s, first, "filterKey", NULL) ? NETSH_EVENT_NAMES : NETSH_EVENT_OTHER;
}
