/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The System part of an event. */
#include "writer/evtx_writing.h"

#include <stdio.h>

/* ---- the System part ------------------------------------------------------------------------ */

static void number(struct writing *e, int v, uint8_t type, uint16_t size, uint64_t n, size_t at)
{
    for (uint16_t i = 0; i < size; i++)
        e->numbers[at + i] = (uint8_t)(n >> 8 * i);
    e->values[v] = (struct evtxw_value){.p = e->numbers + at, .size = size, .type = type};
}

static void text(struct writing *e, int v, const char *s, int room)
{
    if (s == NULL)
        return;
    size_t n = evtxw_utf16(s, e->texts[room], sizeof e->texts[room]);
    e->values[v] =
        (struct evtxw_value){.p = e->texts[room], .size = (uint16_t)n, .type = EVTXW_STRING};
}

static void systemtime(struct writing *e, size_t at)
{
    char s[32];
    unsigned part[7] = {0};
    evtxw_time_text(e->ev->time, s);
    (void)sscanf(s, "%u-%u-%uT%u:%u:%u.%3u", part, part + 1, part + 2, part + 3, part + 4, part + 5,
                 part + 6);
    uint64_t date = part[0] | (uint64_t)part[1] << 16 | (uint64_t)part[2] << 48;
    uint64_t time =
        part[3] | (uint64_t)part[4] << 16 | (uint64_t)part[5] << 32 | (uint64_t)part[6] << 48;
    number(e, V_TIME, EVTXW_SYSTEMTIME, 8, date, at);
    number(e, V_TIME, EVTXW_SYSTEMTIME, 8, time, at + 8);
    e->values[V_TIME] =
        (struct evtxw_value){.p = e->numbers + at, .size = 16, .type = EVTXW_SYSTEMTIME};
}

void evtxw_system_values(struct writing *e)
{
    const struct evtx_event *ev = e->ev;
    char time[32];
    number(e, V_LEVEL, EVTXW_U8, 1, ev->level, 0);
    number(e, V_OPCODE, EVTXW_U8, 1, ev->opcode, 1);
    number(e, V_TASK, EVTXW_U16, 2, ev->task, 2);
    number(e, V_EVENT_ID, EVTXW_U16, 2, ev->event_id, 4);
    number(e, V_KEYWORDS, EVTXW_HEX64, 8, ev->keywords, 6);
    number(e, V_TIME, EVTXW_FILETIME, 8, ev->time, 14);
    number(e, V_PROCESS, EVTXW_U32, 4, 4, 22);
    number(e, V_THREAD, EVTXW_U32, 4, 80, 26);
    number(e, V_RECORD_ID, EVTXW_U64, 8, ev->record_id, 30);
    number(e, V_VERSION, EVTXW_U8, 1, ev->version, 38);
    if (writing_has(e, EVTXW_SYSTEMTIME_T))
        systemtime(e, 40);
    if (writing_has(e, EVTXW_TEXT_TIME)) {
        evtxw_time_text(ev->time, time);
        text(e, V_TIME, time, 3);
    }
    if (writing_has(e, EVTXW_NAMED_VALUES)) {
        text(e, V_PROVIDER, ev->provider, 0);
        text(e, V_CHANNEL, ev->channel, 1);
        text(e, V_COMPUTER, ev->computer, 2);
        if (ev->provider_guid != NULL)
            e->values[V_GUID] =
                (struct evtxw_value){.p = ev->provider_guid, .size = 16, .type = EVTXW_GUID};
    }
}

static void guid_text(const uint8_t *g, char out[40])
{
    (void)snprintf(out, 40,
                   "{%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x}", g[3],
                   g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13],
                   g[14], g[15]);
}

/* The value as text, for records without templates. */
static void direct_value(struct writing *e, int v)
{
    const struct evtxw_value *value = &e->values[v];
    const uint8_t *b = value->p;
    uint64_t n = 0;
    char s[64];
    for (int i = value->size - 1; i >= 0 && i < 8; i--)
        n = n << 8 | b[i];
    if (v == V_TIME)
        evtxw_time_text(e->ev->time, s);
    else
        (void)snprintf(s, sizeof s, value->type == EVTXW_HEX64 ? "0x%llx" : "%llu",
                       (unsigned long long)n);
    if (value->size > 0)
        evtxw_literal(e->w, s);
}

static void value(struct writing *e, int v, uint8_t type)
{
    if (e->direct)
        direct_value(e, v);
    else
        evtxw_substitution(e->w, (uint16_t)v, type, true);
}

/* A text that is a literal, or with NAMED_VALUES a value. */
static void named(struct writing *e, int v, uint8_t type, const char *s)
{
    if (!e->direct && writing_has(e, EVTXW_NAMED_VALUES))
        evtxw_substitution(e->w, (uint16_t)v, type, true);
    else
        evtxw_literal(e->w, s);
}

static void simple(struct writing *e, const char *name, int v, uint8_t type)
{
    uint32_t at = evtxw_open(e->w, name, (uint16_t)v, false);
    evtxw_content(e->w);
    value(e, v, type);
    evtxw_close(e->w, at);
}

static void named_element(struct writing *e, const char *name, int v, const char *s)
{
    if (s == NULL)
        return;
    uint32_t at = evtxw_open(e->w, name, 0xFFFF, false);
    evtxw_content(e->w);
    named(e, v, EVTXW_STRING, s);
    evtxw_close(e->w, at);
}

static void provider(struct writing *e)
{
    const struct evtx_event *ev = e->ev;
    bool has_guid = ev->provider_guid != NULL, has_name = !writing_has(e, EVTXW_GUID_ONLY);
    char guid[40];
    uint32_t at = evtxw_open(e->w, "Provider", 0xFFFF, true), list = evtxw_attributes(e->w);
    if (has_name) {
        evtxw_attribute(e->w, "Name", has_guid);
        named(e, V_PROVIDER, EVTXW_STRING, ev->provider);
    }
    if (has_guid) {
        guid_text(ev->provider_guid, guid);
        evtxw_attribute(e->w, "Guid", false);
        named(e, V_GUID, EVTXW_GUID, guid);
    }
    evtxw_attributes_end(e->w, list);
    evtxw_empty(e->w, at);
}

/* An element of two attributes at most, whose texts are values. */
static void attribute_element(struct writing *e, const char *name, const char *first, int v1,
                              uint8_t t1, const char *second, int v2, uint8_t t2)
{
    uint32_t at = evtxw_open(e->w, name, 0xFFFF, true), list = evtxw_attributes(e->w);
    evtxw_attribute(e->w, first, second != NULL);
    value(e, v1, t1);
    if (second != NULL) {
        evtxw_attribute(e->w, second, false);
        value(e, v2, t2);
    }
    evtxw_attributes_end(e->w, list);
    evtxw_empty(e->w, at);
}

static void event_id(struct writing *e)
{
    uint32_t at = evtxw_open(e->w, "EventID", V_EVENT_ID, !e->direct);
    if (!e->direct) {
        uint32_t list = evtxw_attributes(e->w);
        evtxw_attribute(e->w, "Qualifiers", false);
        value(e, V_QUALIFIERS, EVTXW_U16);
        evtxw_attributes_end(e->w, list);
    }
    evtxw_content(e->w);
    value(e, V_EVENT_ID, EVTXW_U16);
    evtxw_close(e->w, at);
}

void evtxw_system(struct writing *e)
{
    uint32_t at = evtxw_open(e->w, "System", 0xFFFF, false);
    evtxw_content(e->w);
    provider(e);
    event_id(e);
    simple(e, "Version", V_VERSION, EVTXW_U8);
    simple(e, "Level", V_LEVEL, EVTXW_U8);
    simple(e, "Task", V_TASK, EVTXW_U16);
    simple(e, "Opcode", V_OPCODE, EVTXW_U8);
    simple(e, "Keywords", V_KEYWORDS, EVTXW_HEX64);
    attribute_element(e, "TimeCreated", "SystemTime", V_TIME, e->values[V_TIME].type, NULL, 0, 0);
    simple(e, "EventRecordID", V_RECORD_ID, EVTXW_U64);
    if (!e->direct)
        attribute_element(e, "Correlation", "ActivityID", V_ACTIVITY, EVTXW_GUID,
                          "RelatedActivityID", V_RELATED, EVTXW_GUID);
    attribute_element(e, "Execution", "ProcessID", V_PROCESS, EVTXW_U32, "ThreadID", V_THREAD,
                      EVTXW_U32);
    named_element(e, "Channel", V_CHANNEL, e->ev->channel);
    named_element(e, "Computer", V_COMPUTER, e->ev->computer);
    if (!e->direct)
        attribute_element(e, "Security", "UserID", V_USER, EVTXW_SID, NULL, 0, 0);
    evtxw_close(e->w, at);
}
