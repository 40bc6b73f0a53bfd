/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netshevent.h"

#include "decode/netshfield.h"
#include "decode/xmlresume.h"

/* ---- elements ------------------------------------------------------------------------------- */

/* Where the children of an element without a row stand. */
static enum netsh_place place_inside(enum netsh_place around)
{
    if (around == NETSH_TOP || around == NETSH_ANY)
        return NETSH_ANY;
    return around == NETSH_EVENT ? NETSH_BODY : NETSH_NOWHERE;
}

static void begin_event(struct netshevent *x)
{
    netshfield_begin(&x->event, x->room, (uint32_t)sizeof x->room);
    record_of(&x->event.b)->flags |= xmlreader_begin(&x->reader);
}

static void on_start(void *ctx, int depth, const char *name, const char **attributes)
{
    struct netshevent *x = ctx;
    enum netsh_place around = (enum netsh_place)x->places[depth - 1];
    const struct netsh_row *row = netshtable_find(around, name, &x->hints[depth - 1]);
    enum netsh_place place = row != NULL ? (enum netsh_place)row->place : place_inside(around);
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
        netshfield_open(&x->event, row);
}

static void on_text(void *ctx, int depth, const char *s, size_t n)
{
    struct netshevent *x = ctx;
    if (depth != x->text_depth)
        return;
    if (!xmlreader_keep(x->text, sizeof x->text, &x->text_size, s, n))
        record_of(&x->event.b)->flags |= WFPW_EVENT_TRUNCATED;
}

static void end_event(struct netshevent *x)
{
    const struct record *r = netshfield_finish(&x->event);
    x->reader.unread = r != NULL ? x->event.unread : NULL;
    xmlreader_end(&x->reader, r);
}

static void on_end(void *ctx, int depth)
{
    struct netshevent *x = ctx;
    if (!x->reader.in_event)
        return;
    if (depth == x->text_depth)
        netshfield_take(&x->event, x->rows[depth], x->text, x->text_size);
    x->text_depth = 0;
    if (x->places[depth] == NETSH_EVENT)
        end_event(x);
    else if (x->rows[depth] != NULL)
        netshfield_close(&x->event, x->rows[depth]);
}

/* ---- starting ------------------------------------------------------------------------------- */

bool netshevent_restart(struct xmlreader *reader)
{
    struct netshevent *x = (struct netshevent *)reader;
    struct xml_handler handler = {.start = on_start, .end = on_end, .text = on_text, .ctx = x};
    x->places[0] = NETSH_TOP;
    x->hints[0] = 0;
    x->text_depth = 0;
    return xmlreader_start(reader, &handler, x->list_start);
}

/* An event's start is an item or a netEvent in which a header comes first: other items are not. */
static bool starts_event(const struct xmlscan *s, size_t at, const char *name)
{
    struct xmlscan near = *s; /* looking further each time would take a square of the time */
    size_t end;
    near.n = s->n - at < NETSHEVENT_SIGHT ? s->n : at + NETSHEVENT_SIGHT;
    return xmlscan_is(&near, at, name, &end) &&
           xmlscan_is(&near, xmlscan_first(&near, xmlscan_behind(&near, end, ">")), "header", NULL);
}

/* The place of the next event's start; n when there is none. */
static size_t next_event(const struct xmlscan *s, bool *captured)
{
    size_t at = 0;
    for (; (at = xmlscan_tag(s, at)) < s->n; at += s->unit) {
        *captured = starts_event(s, at, "netEvent");
        if (*captured || starts_event(s, at, "item"))
            break;
    }
    return at;
}

/* ctx: whether the event is one of a capture. */
static bool starts_any(void *ctx, const struct xmlscan *s, size_t at)
{
    bool *captured = ctx;
    *captured = starts_event(s, at, "netEvent");
    return *captured || starts_event(s, at, "item");
}

size_t netshevent_find(struct xmlreader *reader, const uint8_t *p, size_t n, size_t *budget)
{
    static const char *const names[] = {"item", "netEvent", NULL};
    struct netshevent *x = (struct netshevent *)reader;
    struct xmlscan s;
    bool captured = false;
    xmlscan_open(&s, reader->encoding, p, n);
    size_t at = xmlresume_find(&s, &(struct xmlresume){names, starts_any, &captured}, budget);
    if (at >= s.n)
        return n;
    x->list_start = xmlscan_is(&s, at, "netEvent", NULL) ? "<wfpdiag><events>" : "<netEvents>";
    return at;
}

/* ---- what a file holds ---------------------------------------------------------------------- */

static bool is_one_of(const struct xmlscan *s, size_t at, const char *const *names, size_t *end)
{
    for (; *names != NULL; names++)
        if (xmlscan_is(s, at, *names, end))
            return true;
    return false;
}

/* Whether this is a later part of a file: something ends first, then an event starts. */
static bool is_cut(const struct xmlscan *s)
{
    static const char *const ends[] = {"/item",      "/netEvent",     "/internalFields",
                                       "/netEvents", "/filterChange", NULL};
    bool captured;
    return is_one_of(s, xmlscan_tag(s, 0), ends, NULL) && next_event(s, &captured) < s->n;
}

enum netshevent_holds netshevent_look(enum xml_encoding encoding, const uint8_t *p, size_t n)
{
    static const char *const events[] = {"netEvents", "netEvent", NULL};
    static const char *const names[] = {"wfpstate", "firewallState", "filters", NULL};
    static const char *const lists[] = {"filters", "providers", NULL};
    struct xmlscan s;
    size_t end;
    xmlscan_open(&s, encoding, p, n);
    size_t root = xmlscan_first(&s, 0);
    if (is_one_of(&s, root, events, NULL))
        return NETSHEVENT_EVENTS;
    if (is_one_of(&s, root, names, NULL))
        return NETSHEVENT_NAMES;
    bool diag = xmlscan_is(&s, root, "wfpdiag", &end);
    if (!diag && !xmlscan_is(&s, root, "item", &end))
        return is_cut(&s) ? NETSHEVENT_EVENTS : NETSHEVENT_OTHER;
    size_t first = xmlscan_first(&s, xmlscan_behind(&s, end, ">"));
    if (diag) /* of a capture: initialState and events */
        return is_one_of(&s, first, lists, NULL) ? NETSHEVENT_NAMES : NETSHEVENT_EVENTS;
    if (xmlscan_is(&s, first, "header", NULL))
        return NETSHEVENT_EVENTS;
    return xmlscan_is(&s, first, "filterKey", NULL) ? NETSHEVENT_NAMES : NETSHEVENT_OTHER;
}
