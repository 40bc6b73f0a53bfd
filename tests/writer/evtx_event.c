/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as the records of Windows hold it: a template instance for System, whose last value is
 * a fragment with another one for EventData. */
#include "writer/evtx_writing.h"

#include <string.h>

/* ---- fields --------------------------------------------------------------------------------- */

static void characters(struct writing *e, const uint8_t *units, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        evtxw_u8(e->w, 0x08);
        evtxw_u16(e->w, (uint16_t)(units[i] | units[i + 1] << 8));
    }
}

static const char *entity_of(const uint8_t *unit)
{
    static const struct {
        char c;
        const char *name;
    } known[] = {{'&', "amp"}, {'<', "lt"}, {'>', "gt"}, {'"', "quot"}, {'\'', "apos"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (unit[0] == known[i].c && unit[1] == 0)
            return known[i].name;
    return NULL;
}

static void entities(struct writing *e, const uint8_t *units, size_t n)
{
    for (size_t start = 0, i = 0; i < n; start = i) {
        while (i < n && entity_of(units + i) == NULL)
            i += 2;
        if (i > start)
            evtxw_units(e->w, 0x05, units + start, (i - start) / 2);
        for (; i < n && entity_of(units + i) != NULL; i += 2) {
            evtxw_u8(e->w, 0x09);
            evtxw_name(e->w, entity_of(units + i));
        }
    }
}

/* What a field's substitution holds: all of it, a third, or nothing. */
static struct evtxw_value field_value(const struct evtx_field *f)
{
    size_t third = f->size / 6 * 2;
    const uint8_t *p = f->data;
    if (f->form == EVTXW_MIXED)
        return (struct evtxw_value){
            .p = p + 2 * third, .size = (uint16_t)(f->size - 2 * third), .type = EVTXW_STRING};
    if (f->form > EVTXW_OPTIONAL)
        return (struct evtxw_value){.p = ""};
    return (struct evtxw_value){.p = f->data, .size = f->size, .type = f->type};
}

static void field_content(struct writing *e, const struct evtx_field *f, uint32_t index)
{
    size_t third = f->size / 6 * 2;
    const uint8_t *p = f->data;
    switch (e->direct && f->form <= EVTXW_OPTIONAL ? EVTXW_LITERAL : f->form) {
    case EVTXW_LITERAL:
        evtxw_units(e->w, 0x05, p, f->size / 2u);
        break;
    case EVTXW_CDATA:
        evtxw_units(e->w, 0x07, p, f->size / 2u);
        break;
    case EVTXW_CHARACTERS:
        characters(e, p, f->size);
        break;
    case EVTXW_ENTITIES:
        entities(e, p, f->size);
        break;
    case EVTXW_MIXED:
        evtxw_units(e->w, 0x05, p, third / 2);
        evtxw_units(e->w, 0x07, p + third, third / 2);
        if (e->direct)
            evtxw_units(e->w, 0x05, p + 2 * third, f->size / 2u - third);
        else
            evtxw_substitution(e->w, (uint16_t)index, EVTXW_STRING, false);
        break;
    default:
        evtxw_substitution(e->w, (uint16_t)index, f->type, f->form == EVTXW_OPTIONAL);
    }
}

static void field_element(struct writing *e, const struct evtx_field *f, uint32_t index)
{
    bool user = writing_has(e, EVTXW_USER_DATA), attribute = !user && f->name != NULL;
    uint16_t dependency = f->form == EVTXW_OPTIONAL ? (uint16_t)index : 0xFFFF;
    const char *name = user && f->name != NULL ? f->name : "Data";
    uint32_t at = evtxw_open(e->w, name, dependency, attribute);
    if (attribute) {
        uint32_t list = evtxw_attributes(e->w);
        evtxw_attribute(e->w, "Name", false);
        evtxw_literal(e->w, f->name);
        evtxw_attributes_end(e->w, list);
    }
    evtxw_content(e->w);
    field_content(e, f, index);
    evtxw_close(e->w, at);
}

static void data_part(struct writing *e)
{
    bool user = writing_has(e, EVTXW_USER_DATA);
    uint32_t at = evtxw_open(e->w, user ? "UserData" : "EventData", 0xFFFF, false), child = 0;
    evtxw_content(e->w);
    if (user) {
        child = evtxw_open(e->w, "LogFileCleared", 0xFFFF, true);
        uint32_t list = evtxw_attributes(e->w);
        evtxw_attribute(e->w, "xmlns", false);
        evtxw_literal(e->w, "http://manifests.microsoft.com/win/2004/08/windows/eventlog");
        evtxw_attributes_end(e->w, list);
        evtxw_content(e->w);
    }
    for (size_t i = 0; i < e->ev->field_count; i++)
        field_element(e, &e->ev->fields[i], e->first + (uint32_t)i);
    if (user)
        evtxw_close(e->w, child);
    evtxw_close(e->w, at);
}

/* ---- the event ------------------------------------------------------------------------------ */

static void event_element(struct writing *e, bool with_data)
{
    uint32_t at = evtxw_open(e->w, "Event", 0xFFFF, true), list = evtxw_attributes(e->w);
    evtxw_attribute(e->w, "xmlns", false);
    evtxw_literal(e->w, "http://schemas.microsoft.com/win/2004/08/events/event");
    evtxw_attributes_end(e->w, list);
    evtxw_content(e->w);
    evtxw_system(e);
    if (with_data)
        data_part(e);
    else
        evtxw_substitution(e->w, V_DATA, EVTXW_BINXML, true);
    evtxw_close(e->w, at);
}

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * 0x100000001B3u;
    return h;
}

static uint64_t mix_text(uint64_t h, const char *s)
{
    return s != NULL ? mix(h, s, strlen(s) + 1) : mix(h, "\xFF", 1);
}

enum { SHAPE = EVTXW_USER_DATA | EVTXW_FLAT | EVTXW_DEPENDENCY | EVTXW_NAMED_VALUES };

static uint64_t fields_key(const struct evtx_event *ev, uint64_t h)
{
    for (size_t i = 0; i < ev->field_count; i++) {
        const struct evtx_field *f = &ev->fields[i];
        h = mix_text(h, f->name);
        h = mix(mix(h, &f->type, 1), &f->form, 1);
        if (f->form > EVTXW_OPTIONAL)
            h = mix(h, f->data, f->size);
    }
    return h;
}

static uint64_t system_key(const struct evtx_event *ev)
{
    uint32_t shape = ev->options & (SHAPE | EVTXW_SYSTEMTIME_T | EVTXW_TEXT_TIME | EVTXW_GUID_ONLY);
    uint64_t h = mix_text(mix(0xCBF29CE484222325u, &shape, sizeof shape), ev->provider);
    h = mix_text(mix_text(h, ev->channel), ev->computer);
    if (ev->provider_guid != NULL)
        h = mix(h, ev->provider_guid, 16);
    return (shape & EVTXW_FLAT) != 0 ? fields_key(ev, h) : h;
}

static uint64_t data_key(const struct evtx_event *ev)
{
    uint32_t shape = ev->options & SHAPE;
    return fields_key(ev, mix(0x9E3779B97F4A7C15u, &shape, sizeof shape));
}

/* The EventData part as a fragment of its own; `descriptor` then gets its size. */
static void nested(struct writing *e, uint32_t descriptor)
{
    struct evtx_writer *w = e->w;
    uint32_t start = w->at, at;
    e->first = 0;
    evtxw_fragment(w);
    if (writing_has(e, EVTXW_NESTED_DIRECT)) {
        e->direct = true;
        data_part(e);
    } else {
        if (evtxw_instance(w, data_key(e->ev), &at)) {
            data_part(e);
            evtxw_defined(w, at);
        }
        (void)evtxw_values(w, e->values + SYSTEM_VALUES, (uint32_t)e->ev->field_count);
    }
    evtxw_u8(w, 0);
    uint32_t size = w->at - start;
    w->full |= size > UINT16_MAX;
    if (!w->full)
        evtxw_patch32(w, descriptor, (size & 0xFFFF) | (uint32_t)EVTXW_BINXML << 16);
}

static void templates(struct writing *e)
{
    struct evtx_writer *w = e->w;
    bool flat = writing_has(e, EVTXW_FLAT);
    uint32_t at, n = (uint32_t)e->ev->field_count;
    for (size_t i = 0; i < n; i++)
        e->values[SYSTEM_VALUES + i] = field_value(&e->ev->fields[i]);
    e->first = SYSTEM_VALUES;
    if (evtxw_instance(w, system_key(e->ev), &at)) {
        event_element(e, flat);
        evtxw_defined(w, at);
    }
    uint32_t table = evtxw_values(w, e->values, SYSTEM_VALUES + (flat ? n : 0));
    if (!flat)
        nested(e, table + 4 * V_DATA);
}

static void record(struct writing *e)
{
    struct evtx_writer *w = e->w;
    const struct evtx_event *ev = e->ev;
    evtxw_record(w, ev->record_id, ev->written != 0 ? ev->written : ev->time);
    w->options = ev->options;
    w->in_template = false;
    evtxw_fragment(w);
    e->direct = writing_has(e, EVTXW_DIRECT);
    if (e->direct)
        event_element(e, true);
    else
        templates(e);
    if (!writing_has(e, EVTXW_NO_END))
        evtxw_u8(w, 0);
    w->options = 0;
}

bool evtxwriter_event(struct evtx_writer *w, const struct evtx_event *ev)
{
    struct writing e = {.w = w, .ev = ev};
    if (ev->field_count > EVTXW_VALUES)
        return false;
    evtxw_system_values(&e);
    for (int again = 0; again < 2; again++) {
        record(&e);
        if (evtxw_record_end(w))
            return true;
    }
    return false;
}
