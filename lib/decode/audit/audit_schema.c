/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_record.h"

#include <string.h>

/* ---- where things stand --------------------------------------------------------------------- */

static bool is_word(const char *s, size_t n, const char *word)
{
    return n > 0 && *s == *word && strlen(word) == n && memcmp(s, word, n) == 0;
}

static enum audit_element system_child(const char *s, size_t n)
{
    static const struct {
        const char *element;
        enum audit_element place;
    } children[] = {
        {"Provider", ELEMENT_PROVIDER},       {"EventID", ELEMENT_EVENT_ID},
        {"Version", ELEMENT_VERSION},         {"Task", ELEMENT_TASK},
        {"Keywords", ELEMENT_KEYWORDS},       {"TimeCreated", ELEMENT_TIME},
        {"EventRecordID", ELEMENT_RECORD_ID}, {"Computer", ELEMENT_COMPUTER},
    };
    for (size_t i = 0; i < sizeof children / sizeof *children; i++)
        if (is_word(s, n, children[i].element))
            return children[i].place;
    return ELEMENT_NOWHERE;
}

static enum audit_element event_child(const char *s, size_t n)
{
    if (is_word(s, n, "System"))
        return ELEMENT_SYSTEM;
    if (is_word(s, n, "EventData"))
        return ELEMENT_EVENT_DATA;
    return is_word(s, n, "UserData") ? ELEMENT_USER_DATA : ELEMENT_NOWHERE;
}

enum audit_element audit_child(enum audit_element parent, const char *element, size_t n)
{
    switch (parent) {
    case ELEMENT_TOP:
        return is_word(element, n, "Event") ? ELEMENT_EVENT : ELEMENT_TOP;
    case ELEMENT_EVENT:
        return event_child(element, n);
    case ELEMENT_SYSTEM:
        return system_child(element, n);
    case ELEMENT_USER_DATA:
        return ELEMENT_USER_CHILD;
    case ELEMENT_EVENT_DATA:
    case ELEMENT_USER_CHILD:
    case ELEMENT_DATA:
        return ELEMENT_DATA;
    default:
        return ELEMENT_NOWHERE;
    }
}

enum slot audit_attribute(enum audit_element place, const char *attribute, size_t n)
{
    if (place == ELEMENT_PROVIDER && is_word(attribute, n, "Name"))
        return SLOT_PROVIDER_NAME;
    if (place == ELEMENT_PROVIDER && is_word(attribute, n, "Guid"))
        return SLOT_PROVIDER_GUID;
    if (place == ELEMENT_TIME && is_word(attribute, n, "SystemTime"))
        return SLOT_TIME;
    return place == ELEMENT_DATA && is_word(attribute, n, "Name") ? SLOT_FIELD_NAME : SLOT_NONE;
}

enum slot audit_text(enum audit_element place)
{
    switch (place) {
    case ELEMENT_EVENT_ID:
        return SLOT_EVENT_ID;
    case ELEMENT_VERSION:
        return SLOT_VERSION;
    case ELEMENT_TASK:
        return SLOT_TASK;
    case ELEMENT_KEYWORDS:
        return SLOT_KEYWORDS;
    case ELEMENT_RECORD_ID:
        return SLOT_RECORD_ID;
    case ELEMENT_COMPUTER:
        return SLOT_COMPUTER;
    default:
        return SLOT_NONE;
    }
}

/* ---- whose record it is --------------------------------------------------------------------- */

enum audit_provider audit_provider_name(const char *name, size_t n)
{
    if (is_word(name, n, "Microsoft-Windows-Security-Auditing"))
        return PROVIDER_SECURITY;
    if (is_word(name, n, "Microsoft-Windows-Windows Firewall With Advanced Security"))
        return PROVIDER_FIREWALL;
    return is_word(name, n, "Microsoft-Windows-Eventlog") ? PROVIDER_EVENTLOG : PROVIDER_OTHER;
}

enum audit_provider audit_provider_guid(const uint8_t guid[16])
{
    static const uint8_t security[16] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49,
                                         0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d};
    static const uint8_t eventlog[16] = {0xd8, 0xdd, 0x65, 0xfc, 0xef, 0xd6, 0x62, 0x49,
                                         0x83, 0xd5, 0x6e, 0x5c, 0xfe, 0x9c, 0xe1, 0x48};
    static const uint8_t firewall[16] = {0xff, 0x9a, 0xbc, 0xd1, 0xbf, 0x2a, 0x71, 0x4d,
                                         0x91, 0x46, 0xec, 0xb2, 0xa9, 0x86, 0xeb, 0x85};
    if (memcmp(guid, security, 16) == 0)
        return PROVIDER_SECURITY;
    if (memcmp(guid, firewall, 16) == 0)
        return PROVIDER_FIREWALL;
    return memcmp(guid, eventlog, 16) == 0 ? PROVIDER_EVENTLOG : PROVIDER_OTHER;
}

/* What the firewall's own channel tells of rules: added, changed, deleted, loaded. */
static bool is_of_rule(uint64_t id)
{
    return (id >= 2004 && id <= 2007) || id == 2052 || (id >= 2071 && id <= 2073) ||
           (id >= 2097 && id <= 2099);
}

/* And of settings: one of all profiles or of some was changed, all was reset, and all rules of a
 * store were deleted. Of each the first is from before Windows 11 22H2. */
static bool is_of_settings(uint64_t id)
{
    return id == 2002 || id == 2083 || id == 2003 || id == 2082 || id == 2032 || id == 2060 ||
           id == 2033 || id == 2059;
}

bool audit_is_ours(enum audit_provider provider, uint64_t id)
{
    if (provider == PROVIDER_FIREWALL)
        return is_of_rule(id) || is_of_settings(id);
    if (provider == PROVIDER_EVENTLOG)
        return id == 1102;
    if (provider != PROVIDER_SECURITY)
        return false;
    return (id >= 5146 && id <= 5160) || (id >= 5440 && id <= 5463) || id == 5031 || id == 4719 ||
           (id >= 4945 && id <= 4948) || (id >= 4950 && id <= 4953) || id == 4957 || id == 4958 ||
           (id >= 4650 && id <= 4655) || (id >= 4960 && id <= 4963) || id == 4965 ||
           (id >= 4976 && id <= 4984) || id == 5049;
}

bool audit_tells_of_log(enum audit_provider provider, uint64_t id)
{
    if (provider == PROVIDER_EVENTLOG)
        return id >= 1100 && id <= 1108;
    return provider == PROVIDER_SECURITY && (id == 4608 || id == 4609 || id == 4612 || id == 4616);
}
