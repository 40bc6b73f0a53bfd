/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "live/audit_policy_change.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { CHANGED = 4719 };

static uint64_t number_of(const wfpw_audit *a, const char *name)
{
    const char *text = wfpw_audit_get(a, name);
    uint64_t v = 0;
    return text != NULL && text_parse_u64(text, strlen(text), &v) ? v : 0;
}

static const char *text_of(const wfpw_audit *a, const char *name)
{
    const char *text = wfpw_audit_get(a, name);
    return text != NULL && strcmp(text, "-") != 0 ? text : "";
}

bool audit_policy_change_read(const wfpw_event *ev, struct audit_policy_change *c, char *room,
                              size_t cap)
{
    const wfpw_audit *a = ev->audit;
    uint8_t bytes[sizeof c->subcategory];
    char by[96]; /* whatever an account may be called */
    if (a == NULL || a->event_id != CHANGED)
        return false;
    const char *guid = text_of(a, "SubcategoryGuid"), *domain = text_of(a, "SubjectDomainName");
    const char *name = text_of(a, "SubjectUserName");
    if (!text_parse_guid(guid, strlen(guid), bytes))
        return false;
    *c = (struct audit_policy_change){.time = ev->time,
                                      .logon_id = number_of(a, "SubjectLogonId"),
                                      .pid = (uint32_t)number_of(a, "ClientProcessId")};
    memcpy(&c->subcategory, bytes, sizeof c->subcategory);
    (void)snprintf(by, sizeof by, "%.40s%s%.40s", domain, domain[0] != 0 ? "\\" : "", name);
    text_harmless(room, cap, by);
    c->by = name[0] != 0 ? room : NULL;
    return true;
}
