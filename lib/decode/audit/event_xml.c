/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/event_xml.h"

#include <string.h>

#include "decode/xml/xml_resume.h"

/* ---- elements ---- */

static void begin_event(struct eventxml *x)
{
    audit_record_start(&x->audit_record, x->room, (uint32_t)sizeof x->room, WFPW_SOURCE_EVENTXML);
    record_of(&x->audit_record.b)->flags |= xml_reader_begin(&x->reader);
}

static void take_attribute(struct eventxml *x, enum audit_element place, const char *name,
                           const char *value)
{
    enum slot slot = audit_attribute(place, name, strlen(name));
    size_t n = strlen(value);
    if (slot == SLOT_FIELD_NAME) {
        x->name_size = n < sizeof x->name ? n : sizeof x->name;
        x->name_size = text_utf8_valid(value, x->name_size);
        memcpy(x->name, value, x->name_size);
    } else if (slot != SLOT_NONE) {
        audit_record_slot(&x->audit_record, slot, VALUE_UTF8, value, n);
    }
}

static void on_start(void *ctx, int depth, const char *name, const char **attributes)
{
    struct eventxml *x = ctx;
    size_t n = strlen(name);
    enum audit_element place = audit_child(x->places[depth - 1], name, n);
    x->places[depth] = place;
    x->text_size = 0;
    x->has_child = false;
    if (place == ELEMENT_EVENT)
        begin_event(x);
    x->name_size = text_utf8_valid(name, n < sizeof x->name ? n : sizeof x->name);
    memcpy(x->name, name, x->name_size);
    for (; place != ELEMENT_NOWHERE && *attributes != NULL; attributes += 2)
        take_attribute(x, place, attributes[0], attributes[1]);
}

static void on_text(void *ctx, int depth, const char *s, size_t n)
{
    struct eventxml *x = ctx;
    enum audit_element place = x->places[depth];
    if (x->has_child || (place != ELEMENT_DATA && audit_text(place) == SLOT_NONE))
        return;
    if (!xml_reader_keep(x->text, sizeof x->text, &x->text_size, s, n))
        record_of(&x->audit_record.b)->flags |= WFPW_EVENT_TRUNCATED;
}

/* The text of a slot stands between line ends and blanks, if somebody laid the XML out. */
static void take_slot(struct eventxml *x, enum slot slot)
{
    const char *s = x->text, *end = s + x->text_size;
    while (s < end && (unsigned char)*s <= ' ')
        s++;
    while (s < end && (unsigned char)end[-1] <= ' ')
        end--;
    audit_record_slot(&x->audit_record, slot, VALUE_UTF8, s, (size_t)(end - s));
}

static void end_event(struct eventxml *x)
{
    xml_reader_end(&x->reader, audit_record_finish(&x->audit_record, 0));
}

static void on_end(void *ctx, int depth)
{
    struct eventxml *x = ctx;
    enum audit_element place = x->places[depth];
    enum slot slot = audit_text(place);
    if (place == ELEMENT_EVENT)
        end_event(x);
    else if (place == ELEMENT_DATA && !x->has_child)
        audit_record_field(&x->audit_record, audit_name(x->name, x->name_size), VALUE_UTF8, x->name,
                           x->name_size, VALUE_UTF8, x->text, x->text_size);
    else if (slot != SLOT_NONE && !x->has_child)
        take_slot(x, slot);
    x->has_child = true; /* of the element around it */
}

/* ---- starting ---- */

bool event_xml_restart(struct xml_reader *reader)
{
    struct eventxml *x = (struct eventxml *)reader;
    struct xml_handler handler = {.start = on_start, .end = on_end, .text = on_text, .ctx = x};
    x->places[0] = ELEMENT_TOP;
    return xml_reader_start(reader, &handler, NULL);
}

static bool starts_event(void *ctx, const struct xml_scan *s, size_t at)
{
    (void)ctx;
    return xml_scan_is(s, at, "Event", NULL) || xml_scan_is(s, at, "Events", NULL);
}

size_t event_xml_find(struct xml_reader *x, const uint8_t *p, size_t n, size_t *budget)
{
    static const char *const names[] = {"Event", NULL};
    struct xml_scan s;
    xml_scan_open(&s, x->encoding, p, n);
    size_t at = xml_resume_find(&s, &(struct xml_resume){names, starts_event, NULL}, budget);
    return at < s.n ? at : n;
}

bool event_xml_holds(enum xml_encoding encoding, const uint8_t *p, size_t n)
{
    struct xml_scan s;
    size_t at = 0;
    xml_scan_open(&s, encoding, p, n);
    while ((at = xml_scan_tag(&s, at)) < s.n && !starts_event(NULL, &s, at))
        at += s.unit;
    return at < s.n;
}
