/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/auditrec.h"

#include <string.h>

/* ---- where things stand --------------------------------------------------------------------- */

static bool is(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

static enum place system_child(const char *s, size_t n)
{
    static const struct {
        const char *element;
        enum place place;
    } children[] = {
        {"Provider", PLACE_PROVIDER},       {"EventID", PLACE_EVENT_ID},
        {"Version", PLACE_VERSION},         {"Task", PLACE_TASK},
        {"Keywords", PLACE_KEYWORDS},       {"TimeCreated", PLACE_TIME},
        {"EventRecordID", PLACE_RECORD_ID}, {"Computer", PLACE_COMPUTER},
    };
    for (size_t i = 0; i < sizeof children / sizeof *children; i++)
        if (is(s, n, children[i].element))
            return children[i].place;
    return PLACE_NOWHERE;
}

static enum place event_child(const char *s, size_t n)
{
    if (is(s, n, "System"))
        return PLACE_SYSTEM;
    if (is(s, n, "EventData"))
        return PLACE_EVENT_DATA;
    return is(s, n, "UserData") ? PLACE_USER_DATA : PLACE_NOWHERE;
}

enum place audit_child(enum place parent, const char *element, size_t n)
{
    switch (parent) {
    case PLACE_TOP:
        return is(element, n, "Event") ? PLACE_EVENT : PLACE_TOP;
    case PLACE_EVENT:
        return event_child(element, n);
    case PLACE_SYSTEM:
        return system_child(element, n);
    case PLACE_USER_DATA:
        return PLACE_USER_CHILD;
    case PLACE_EVENT_DATA:
    case PLACE_USER_CHILD:
    case PLACE_DATA:
        return PLACE_DATA;
    default:
        return PLACE_NOWHERE;
    }
}

enum slot audit_attribute(enum place place, const char *attribute, size_t n)
{
    if (place == PLACE_PROVIDER && is(attribute, n, "Name"))
        return SLOT_PROVIDER_NAME;
    if (place == PLACE_PROVIDER && is(attribute, n, "Guid"))
        return SLOT_PROVIDER_GUID;
    if (place == PLACE_TIME && is(attribute, n, "SystemTime"))
        return SLOT_TIME;
    return place == PLACE_DATA && is(attribute, n, "Name") ? SLOT_FIELD_NAME : SLOT_NONE;
}

enum slot audit_text(enum place place)
{
    switch (place) {
    case PLACE_EVENT_ID:
        return SLOT_EVENT_ID;
    case PLACE_VERSION:
        return SLOT_VERSION;
    case PLACE_TASK:
        return SLOT_TASK;
    case PLACE_KEYWORDS:
        return SLOT_KEYWORDS;
    case PLACE_RECORD_ID:
        return SLOT_RECORD_ID;
    case PLACE_COMPUTER:
        return SLOT_COMPUTER;
    default:
        return SLOT_NONE;
    }
}

/* ---- whose record it is --------------------------------------------------------------------- */

enum audit_provider audit_provider_name(const char *name, size_t n)
{
    if (is(name, n, "Microsoft-Windows-Security-Auditing"))
        return PROVIDER_SECURITY;
    return is(name, n, "Microsoft-Windows-Eventlog") ? PROVIDER_EVENTLOG : PROVIDER_OTHER;
}

enum audit_provider audit_provider_guid(const uint8_t guid[16])
{
    static const uint8_t security[16] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49,
                                         0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d};
    static const uint8_t eventlog[16] = {0xd8, 0xdd, 0x65, 0xfc, 0xef, 0xd6, 0x62, 0x49,
                                         0x83, 0xd5, 0x6e, 0x5c, 0xfe, 0x9c, 0xe1, 0x48};
    if (memcmp(guid, security, 16) == 0)
        return PROVIDER_SECURITY;
    return memcmp(guid, eventlog, 16) == 0 ? PROVIDER_EVENTLOG : PROVIDER_OTHER;
}

bool audit_is_ours(enum audit_provider provider, uint64_t id)
{
    if (provider == PROVIDER_EVENTLOG)
        return id == 1102;
    if (provider != PROVIDER_SECURITY)
        return false;
    return (id >= 5146 && id <= 5160) || (id >= 5440 && id <= 5451) || id == 5031 || id == 4719 ||
           id == 4950;
}

bool audit_tells_of_log(enum audit_provider provider, uint64_t id)
{
    if (provider == PROVIDER_EVENTLOG)
        return id >= 1100 && id <= 1108;
    return provider == PROVIDER_SECURITY && (id == 4608 || id == 4609 || id == 4612 || id == 4616);
}

/* ---- field names ---------------------------------------------------------------------------- */

static const struct {
    const char *text;
    uint8_t length;
    uint8_t role;
} names[] = {
#define NAME(text, role) {text, sizeof text - 1, ROLE_##role},
#include "decode/auditnames.inc"
#undef NAME
};
enum { NAMES = sizeof names / sizeof *names };

uint16_t audit_name(const char *name, size_t n)
{
    for (uint16_t i = 0; i < NAMES; i++)
        if (names[i].length == n && memcmp(names[i].text, name, n) == 0)
            return i;
    return NAME_NONE;
}

uint32_t audit_name_length(uint16_t index)
{
    return index < NAMES ? names[index].length : 0;
}

const char *audit_name_text(uint16_t index)
{
    return index < NAMES ? names[index].text : "";
}

enum role audit_role_of_text(const char *name, size_t n)
{
    for (uint16_t i = 0; i < NAMES; i++)
        if (names[i].length == n && text_same(name, n, names[i].text))
            return (enum role)names[i].role;
    return ROLE_NONE;
}

enum role audit_role(uint16_t index)
{
    return index < NAMES ? (enum role)names[index].role : ROLE_NONE;
}
