/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text of 'auditpol /backup': it ends, its lines come in order, and what is read of a
 * subcategory is read the same when it is written again. */
#include <stdlib.h>

#include "fuzz.h"
#include "lease/audit_policy/audit_backup.h"
#include "codes/subcategory.h"

static void look_at(const struct audit_line *l)
{
    char out[AUDIT_OUT_MAX];
    struct audit_reader r;
    struct audit_line again;
    if (l->kind != AUDIT_LINE_SYSTEM || !l->has_value)
        return;
    audit_reader_init(&r, out, audit_backup_line(out, "PC", &l->guid, l->value));
    if (audit_reader_next(&r, &again) != AUDIT_LINE_SYSTEM || !again.has_value ||
        !subcategory_same_guid(&again.guid, &l->guid) || again.value != (l->value & AUDIT_BOTH) ||
        audit_reader_next(&r, &again) != AUDIT_LINE_END)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct audit_reader r;
    struct audit_line l;
    size_t at = 0;
    uint32_t number = 0;
    audit_reader_init(&r, data, size);
    while (audit_reader_next(&r, &l) != AUDIT_LINE_END) {
        if (l.at < at || r.at <= l.at || r.at > size || l.number <= number ||
            (l.has_value && l.value > AUDIT_SETTING_MAX))
            abort();
        for (int i = 0; i < AUDIT_COLUMNS; i++)
            if (strlen(l.column[i]) >= sizeof r.room)
                abort();
        at = l.at;
        number = l.number;
        look_at(&l);
    }
    return 0;
}
