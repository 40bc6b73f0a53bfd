/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record as EvtRender writes it: no line ends, attributes in single quotes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

#define AUDIT_SUCCESS 0x8020000000000000ull
#define AUDIT_FAILURE 0x8010000000000000ull
#define EVENTLOG_WORD 0x4020000000000000ull

struct xml {
    uint16_t *units;
    size_t n, room;
    bool failed;
};

static void put_unit(struct xml *x, uint32_t unit)
{
    if (x->n == x->room) {
        size_t room = x->room * 2 + 2048;
        uint16_t *more = realloc(x->units, room * sizeof *more);
        x->failed = more == NULL;
        if (more == NULL)
            return;
        x->units = more;
        x->room = room;
    }
    x->units[x->n++] = (uint16_t)unit;
}

static void puts_ascii(struct xml *x, const char *s)
{
    while (*s != 0 && !x->failed)
        put_unit(x, (uint8_t)*s++);
}

/* One character of UTF-8. */
static uint32_t next_character(const uint8_t **p)
{
    uint32_t c = *(*p)++;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    c &= more == 0 ? 0x7Fu : 0x3Fu >> more;
    for (; more > 0 && (**p & 0xC0) == 0x80; more--)
        c = c << 6 | (*(*p)++ & 0x3Fu);
    return c;
}

static void puts_text(struct xml *x, const char *s)
{
    const uint8_t *p = (const uint8_t *)s;
    while (*p != 0 && !x->failed) {
        uint32_t c = next_character(&p);
        if (c == '<')
            puts_ascii(x, "&lt;");
        else if (c == '>')
            puts_ascii(x, "&gt;");
        else if (c == '&')
            puts_ascii(x, "&amp;");
        else if (c < 0x10000)
            put_unit(x, c);
        else {
            put_unit(x, 0xD800 + ((c - 0x10000) >> 10));
            put_unit(x, 0xDC00 + (c & 0x3FF));
        }
    }
}

static uint64_t keywords_of(uint32_t id)
{
    if (id >= 1100 && id <= 1108)
        return EVENTLOG_WORD;
    bool failure =
        id == 5031 || (id >= 5148 && id <= 5152) || id == 5155 || id == 5157 || id == 5159;
    return failure ? AUDIT_FAILURE : AUDIT_SUCCESS;
}

static uint32_t task_of(uint32_t id)
{
    if (id == 5152 || id == 5153)
        return 12809;
    return id >= 5440 && id <= 5451 ? 13572 : id == 4719 ? 13568 : 12810;
}

static void put_system(struct xml *x, const struct sim_logrecord *r)
{
    char text[512], time[TEXT_TIME_MAX + 1];
    bool own = r->event_id >= 1100 && r->event_id <= 1108;
    time[text_time(time, r->time)] = 0;
    puts_ascii(x, "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>");
    (void)snprintf(text, sizeof text, "<Provider Name='%s' Guid='%s'/><EventID>%u</EventID>",
                   sim_log_provider(r->event_id),
                   own ? "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}"
                       : "{54849625-5478-4994-a5ba-3e3b0328c30d}",
                   r->event_id);
    puts_ascii(x, text);
    (void)snprintf(text, sizeof text,
                   "<Version>%u</Version><Level>0</Level><Task>%u</Task><Opcode>0</Opcode>"
                   "<Keywords>0x%llx</Keywords><TimeCreated SystemTime='%s'/>",
                   r->version, own ? r->event_id - 1000 : task_of(r->event_id),
                   (unsigned long long)keywords_of(r->event_id), time);
    puts_ascii(x, text);
    (void)snprintf(text, sizeof text,
                   "<EventRecordID>%llu</EventRecordID><Correlation/><Execution ProcessID='4' "
                   "ThreadID='180'/><Channel>Security</Channel><Computer>SIM</Computer>"
                   "<Security/></System>",
                   (unsigned long long)r->id);
    puts_ascii(x, text);
}

/* The element below UserData. */
static const char *user_element(uint32_t id)
{
    static const char *const names[] = {
        "ServiceShutdown", "AuditEventsDropped", "LogFileCleared",
        "LogFileBackup",   "FileIsFull",         "AutoBackup",
        "EventsDropped",   "MetadataFailed",     "EventProcessingFailure"};
    return names[id - 1100];
}

static void put_fields(struct xml *x, const struct sim_logrecord *r, bool as_elements)
{
    for (const char *p = r->fields, *end = p + r->bytes; p < end && !x->failed;) {
        const char *value = p + strlen(p) + 1;
        puts_ascii(x, as_elements ? "<" : "<Data Name='");
        puts_text(x, p);
        puts_ascii(x, as_elements ? ">" : "'>");
        puts_text(x, value);
        puts_ascii(x, "</");
        puts_text(x, as_elements ? p : "Data");
        puts_ascii(x, ">");
        p = value + strlen(value) + 1;
    }
}

uint16_t *sim_log_xml(const struct sim_logrecord *r, size_t *units)
{
    struct xml x = {0};
    bool own = r->event_id >= 1100 && r->event_id <= 1108;
    put_system(&x, r);
    puts_ascii(&x, own ? "<UserData><" : "<EventData>");
    if (own) {
        puts_ascii(&x, user_element(r->event_id));
        puts_ascii(&x, " xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'>");
    }
    put_fields(&x, r, own);
    if (own) {
        puts_ascii(&x, "</");
        puts_ascii(&x, user_element(r->event_id));
        puts_ascii(&x, ">");
    }
    puts_ascii(&x, own ? "</UserData></Event>" : "</EventData></Event>");
    put_unit(&x, 0);
    *units = x.n - 1;
    if (!x.failed)
        return x.units;
    free(x.units);
    return NULL;
}
