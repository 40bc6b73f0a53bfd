/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The record 4719 of a change of the simulated audit policy, which Windows writes whatever the
 * policy is, in its version 1. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "codes/subcategory.h"
#include "sim/sim.h"

enum { CHANGED = 4719, CATEGORY_TEXT = 8272, PACKET_DROP_TEXT = 12809, SYSTEM_LOGON = 0x3e7 };

struct record_fields {
    char room[768];
    size_t n;
};

#if defined(__GNUC__) /* else clang wants a literal as the format below */
__attribute__((format(printf, 3, 4)))
#endif
static void
add_field(struct record_fields *f, const char *name, const char *format, ...)
{
    char value[128];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(value, sizeof value, format, list);
    va_end(list);
    size_t left = sizeof f->room - f->n;
    int n = snprintf(f->room + f->n, left, "%s%c%s", name, 0, value);
    f->n += n > 0 && (size_t)n < left ? (size_t)n + 1 : 0;
}

static void add_changes(struct record_fields *f, uint32_t before, uint32_t after)
{
    static const char *const texts[2][2] = {{"%%8448", "%%8449"}, {"%%8450", "%%8451"}};
    const char *first = "", *second = "";
    if (((before ^ after) & AUDIT_SUCCESS) != 0)
        first = texts[0][(after & AUDIT_SUCCESS) != 0];
    if (((before ^ after) & AUDIT_FAILURE) != 0)
        second = texts[1][(after & AUDIT_FAILURE) != 0];
    add_field(f, "AuditPolicyChanges", "%s%s%s", first, first[0] != 0 && second[0] != 0 ? ", " : "",
              second);
}

void sim_log_write_change(struct wfpw_sim *sim, uint32_t category, const struct sim_audit_change *c)
{
    struct record_fields f = {.n = 0};
    char guid[TEXT_GUID_MAX + 1] = "";
    bool by_system = c->by.logon_id == SYSTEM_LOGON;
    guid[text_guid(guid, &c->subcategory, false)] = 0;
    add_field(&f, "SubjectUserSid", "%s", by_system ? "S-1-5-18" : "S-1-5-21-1-2-3-1001");
    add_field(&f, "SubjectUserName", "%s", by_system ? "SIMULATED$" : "admin");
    add_field(&f, "SubjectDomainName", "%s", "SIMULATED");
    add_field(&f, "SubjectLogonId", "0x%llx", (unsigned long long)c->by.logon_id);
    add_field(&f, "CategoryId", "%%%%%u", CATEGORY_TEXT + category);
    if (c->subcategory.Data1 == SUBCATEGORY_PACKET_DROP ||
        c->subcategory.Data1 == SUBCATEGORY_CONNECTION)
        add_field(&f, "SubcategoryId", "%%%%%u",
                  PACKET_DROP_TEXT + c->subcategory.Data1 - SUBCATEGORY_PACKET_DROP);
    add_field(&f, "SubcategoryGuid", "%s", guid);
    add_changes(&f, c->before, c->after);
    add_field(&f, "ClientProcessId", "%u", c->by.pid);
    sim_log_write(sim, CHANGED, 1, c->time, f.room, f.n);
}
