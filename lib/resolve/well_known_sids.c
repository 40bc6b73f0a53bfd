/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/well_known_sids.h"

#include <string.h>

#include "base/text.h"

/* [MS-DTYP] 2.4.2.4 and Microsoft's lists of well-known and of capability SIDs (docs/facts.md). */
static const struct {
    const char *sid, *name;
} table[] = {
    {"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
    {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
    {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
    {"S-1-0-0", "NULL SID"},
    {"S-1-1-0", "Everyone"},
    {"S-1-2-0", "LOCAL"},
    {"S-1-2-1", "CONSOLE LOGON"},
    {"S-1-3-0", "CREATOR OWNER"},
    {"S-1-3-1", "CREATOR GROUP"},
    {"S-1-3-4", "OWNER RIGHTS"},
    {"S-1-5-1", "NT AUTHORITY\\DIALUP"},
    {"S-1-5-2", "NT AUTHORITY\\NETWORK"},
    {"S-1-5-3", "NT AUTHORITY\\BATCH"},
    {"S-1-5-4", "NT AUTHORITY\\INTERACTIVE"},
    {"S-1-5-6", "NT AUTHORITY\\SERVICE"},
    {"S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"},
    {"S-1-5-8", "NT AUTHORITY\\PROXY"},
    {"S-1-5-9", "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS"},
    {"S-1-5-10", "NT AUTHORITY\\SELF"},
    {"S-1-5-11", "NT AUTHORITY\\Authenticated Users"},
    {"S-1-5-12", "NT AUTHORITY\\RESTRICTED"},
    {"S-1-5-13", "NT AUTHORITY\\TERMINAL SERVER USER"},
    {"S-1-5-14", "NT AUTHORITY\\REMOTE INTERACTIVE LOGON"},
    {"S-1-5-15", "NT AUTHORITY\\This Organization"},
    {"S-1-5-17", "NT AUTHORITY\\IUSR"},
    {"S-1-5-32-544", "BUILTIN\\Administrators"},
    {"S-1-5-32-545", "BUILTIN\\Users"},
    {"S-1-5-32-546", "BUILTIN\\Guests"},
    {"S-1-5-32-547", "BUILTIN\\Power Users"},
    {"S-1-5-32-551", "BUILTIN\\Backup Operators"},
    {"S-1-5-32-555", "BUILTIN\\Remote Desktop Users"},
    {"S-1-5-32-556", "BUILTIN\\Network Configuration Operators"},
    {"S-1-5-32-559", "BUILTIN\\Performance Log Users"},
    {"S-1-5-32-568", "BUILTIN\\IIS_IUSRS"},
    {"S-1-5-32-573", "BUILTIN\\Event Log Readers"},
    {"S-1-5-80-0", "NT SERVICE\\ALL SERVICES"},
    {"S-1-5-83-0", "NT VIRTUAL MACHINE\\Virtual Machines"},
    {"S-1-5-113", "NT AUTHORITY\\Local account"},
    {"S-1-5-114", "NT AUTHORITY\\Local account and member of Administrators group"},
    {"S-1-15-2-1", "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES"},
    {"S-1-15-2-2", "APPLICATION PACKAGE AUTHORITY\\ALL RESTRICTED APPLICATION PACKAGES"},
    {"S-1-15-3-1", "internetClient"},
    {"S-1-15-3-2", "internetClientServer"},
    {"S-1-15-3-3", "privateNetworkClientServer"},
    {"S-1-15-3-4", "picturesLibrary"},
    {"S-1-15-3-5", "videosLibrary"},
    {"S-1-15-3-6", "musicLibrary"},
    {"S-1-15-3-7", "documentsLibrary"},
    {"S-1-15-3-8", "enterpriseAuthentication"},
    {"S-1-15-3-9", "sharedUserCertificates"},
    {"S-1-15-3-10", "removableStorage"},
    {"S-1-15-3-11", "appointments"},
    {"S-1-15-3-12", "contacts"},
    {"S-1-15-3-4096", "internetExplorer"},
};

/* What is numbered: the accounts that draw the desktops and the fonts of session N. */
static const struct {
    const char *start, *name;
} numbered[] = {
    {"S-1-5-90-0-", "Window Manager\\DWM-"},
    {"S-1-5-96-0-", "Font Driver Host\\UMFD-"},
};

enum { SUB_AUTHORITIES_MOST = 3, AT_COUNT = 1 };

static size_t numbered_name(const char *text, size_t n, char *room)
{
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
        size_t start = strlen(numbered[i].start), name = strlen(numbered[i].name);
        if (n <= start || memcmp(text, numbered[i].start, start) != 0)
            continue;
        memcpy(room, numbered[i].name, name);
        memcpy(room + name, text + start, n - start);
        return name + n - start;
    }
    return 0;
}

size_t well_known_sid_name(const void *sid, size_t n, char room[WELL_KNOWN_SID_NAME_MAX])
{
    char text[TEXT_SID_MAX];
    const uint8_t *bytes = sid;
    if (n < 8 || bytes[AT_COUNT] > SUB_AUTHORITIES_MOST) /* an account of a machine or a domain */
        return 0;
    size_t length = text_sid(text, sid, n);
    for (size_t i = 0; length != 0 && i < sizeof table / sizeof *table; i++)
        if (strlen(table[i].sid) == length && memcmp(text, table[i].sid, length) == 0) {
            size_t name = strlen(table[i].name);
            memcpy(room, table[i].name, name);
            return name;
        }
    return numbered_name(text, length, room);
}
