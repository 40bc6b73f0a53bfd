/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "lease/audit_policy/audit_policy.h"

#include <string.h>

#include "base/text.h"
#include "lease/audit_policy/audit_backup.h"

enum { NAME_UNITS_MAX = 512, INVALID_DATA = 13 };

bool audit_policy_is_possible(const struct wfpw_system *system, const char **missing)
{
    const struct system_audit_policy *p = system->audit_policy;
    *missing = p == NULL                  ? "AuditQuerySystemPolicy"
               : p->free == NULL          ? "AuditFree"
               : p->query == NULL         ? "AuditQuerySystemPolicy"
               : p->set == NULL           ? "AuditSetSystemPolicy"
               : p->subcategories == NULL ? "AuditEnumerateSubCategories"
                                          : NULL;
    return *missing == NULL;
}

/* ---- asking and setting --------------------------------------------------------------------- */

uint32_t audit_policy_query(const struct wfpw_system *system, const FWP_GUID *guid,
                            uint32_t *audited)
{
    AUDIT_POLICY_INFORMATION *row = NULL;
    uint32_t code = system->audit_policy->query(system->ctx, guid, 1, &row);
    if (code == 0 && row == NULL)
        code = INVALID_DATA;
    if (code == 0)
        *audited = row->AuditingInformation & AUDIT_BOTH;
    if (row != NULL)
        system->audit_policy->free(system->ctx, row);
    return code;
}

uint32_t audit_policy_put(const struct wfpw_system *system, const FWP_GUID *guid, uint32_t audited)
{
    const AUDIT_POLICY_INFORMATION row = {.AuditSubCategoryGuid = *guid,
                                          .AuditingInformation =
                                              audited != 0 ? audited : (uint32_t)AUDIT_NONE};
    return system->audit_policy->set(system->ctx, &row, 1);
}

/* The order of categories is ours; those that we do not know come last. */
static uint32_t list_guids(const struct wfpw_system *system,
                           struct audit_entry entries[AUDIT_ENTRIES_MAX], uint32_t *count)
{
    FWP_GUID *guids = NULL;
    uint32_t n = 0, code = system->audit_policy->subcategories(system->ctx, NULL, &guids, &n);
    *count = 0;
    for (uint32_t k = 0; code == 0 && k < subcategory_count; k++)
        for (uint32_t i = 0; i < n && *count < AUDIT_ENTRIES_MAX; i++)
            if (subcategory_find(&guids[i]) == &subcategories[k])
                entries[(*count)++] = (struct audit_entry){.guid = guids[i]};
    for (uint32_t i = 0; code == 0 && i < n && *count < AUDIT_ENTRIES_MAX; i++)
        if (subcategory_find(&guids[i]) == NULL)
            entries[(*count)++] = (struct audit_entry){.guid = guids[i]};
    if (guids != NULL)
        system->audit_policy->free(system->ctx, guids);
    return code;
}

/* All in one call; when that fails for another reason than rights, each alone. */
static uint32_t query_all(const struct wfpw_system *system, struct audit_entry *entries,
                          uint32_t count)
{
    FWP_GUID guids[AUDIT_ENTRIES_MAX] = {{0}};
    AUDIT_POLICY_INFORMATION *rows = NULL;
    for (uint32_t i = 0; i < count; i++)
        guids[i] = entries[i].guid;
    uint32_t code = system->audit_policy->query(system->ctx, guids, count, &rows);
    for (uint32_t i = 0; code == 0 && rows != NULL && i < count; i++) {
        entries[i].audited = rows[i].AuditingInformation & AUDIT_BOTH;
        entries[i].category = rows[i].AuditCategoryGuid;
    }
    if (rows != NULL)
        system->audit_policy->free(system->ctx, rows);
    return code;
}

static void query_each(const struct wfpw_system *system, struct audit_entry *entries,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct subcategory *s = subcategory_find(&entries[i].guid);
        entries[i].code = audit_policy_query(system, &entries[i].guid, &entries[i].audited);
        if (s != NULL)
            entries[i].category = audit_category_guid(audit_categories[s->category].data1);
    }
}

uint32_t audit_policy_list(const struct wfpw_system *system,
                           struct audit_entry entries[AUDIT_ENTRIES_MAX], uint32_t *count)
{
    enum { DENIED = 5, NOT_HELD = 1314 };
    uint32_t code = list_guids(system, entries, count);
    if (code != 0 || *count == 0)
        return code;
    code = query_all(system, entries, *count);
    if (code == DENIED || code == NOT_HELD)
        return code;
    if (code != 0)
        query_each(system, entries, *count);
    return 0;
}

/* ---- names ---------------------------------------------------------------------------------- */

void audit_policy_name(const struct wfpw_system *system, const FWP_GUID *guid, bool is_category,
                       char *room, size_t cap)
{
    const struct system_audit_policy *p = system->audit_policy;
    char text[3 * NAME_UNITS_MAX];
    uint16_t *name = NULL;
    size_t units = 0;
    room[0] = 0;
    uint32_t (*ask)(void *, const FWP_GUID *, uint16_t **) =
        is_category ? p->category_name : p->subcategory_name;
    if (ask == NULL || ask(system->ctx, guid, &name) != 0 || name == NULL)
        return;
    while (units < NAME_UNITS_MAX && name[units] != 0)
        units++;
    size_t n = text_utf16(text, name, units);
    n = text_utf8_valid(text, n < cap ? n : cap - 1);
    memcpy(room, text, n);
    room[n] = 0;
    p->free(system->ctx, name);
}

/* ---- who decides ---------------------------------------------------------------------------- */

void audit_deciders_read(struct audit_deciders *d, const struct wfpw_system *system)
{
    const struct system_audit_policy *p = system->audit_policy;
    uint32_t value = 1;
    for (int i = 0; i < SYSTEM_AUDIT_FILES; i++) {
        enum system_audit_file which = (enum system_audit_file)i;
        size_t n = 0;
        bool got = p->file != NULL &&
                   p->file(system->ctx, which, d->files[i], sizeof d->files[i], &n) == 0;
        d->sizes[i] = got ? n : 0;
    }
    d->legacy = p->number != NULL &&
                p->number(system->ctx, AUDIT_NUMBER_NO_LEGACY, NULL, &value) == 0 && value == 0;
}

/* In an audit.csv a row with 0 leaves the subcategory as it is; the last row counts. */
static bool file_says(const struct audit_deciders *d, int i, const FWP_GUID *guid, uint32_t *says)
{
    struct audit_reader r;
    struct audit_line l;
    bool found = false;
    audit_reader_init(&r, d->files[i], d->sizes[i]);
    while (audit_reader_next(&r, &l) != AUDIT_LINE_END) {
        if (l.kind != AUDIT_LINE_SYSTEM || !subcategory_same_guid(&l.guid, guid) || !l.has_value)
            continue;
        found = l.value != 0;
        *says = l.value & AUDIT_BOTH;
    }
    return found;
}

uint32_t audit_decider_of(const struct audit_deciders *d, const struct wfpw_system *system,
                          const FWP_GUID *guid, uint32_t *says)
{
    const struct system_audit_policy *p = system->audit_policy;
    const struct subcategory *s = subcategory_find(guid);
    uint32_t value = 0;
    bool local = file_says(d, AUDIT_FILE_LOCAL, guid, &value);
    bool applied = file_says(d, AUDIT_FILE_APPLIED, guid, says);
    if (local && (!applied || *says == value)) {
        *says = value;
        return WFPW_DECIDED_LOCAL_POLICY;
    }
    if (applied)
        return WFPW_DECIDED_GROUP_POLICY;
    if (s != NULL && s->mdm[0] != 0 && p->number != NULL &&
        p->number(system->ctx, AUDIT_NUMBER_MDM, s->mdm, &value) == 0) {
        *says = value & AUDIT_BOTH;
        return WFPW_DECIDED_MDM;
    }
    *says = 0;
    return d->legacy ? WFPW_DECIDED_CATEGORY : WFPW_DECIDED_LOCAL;
}
