/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The XML of records of one kind differs in its values only. A layout is what stands between them,
 * learned from one record: another one that has the same is taken apart by comparing memory,
 * without parsing. A record that differs in anything else is not taken at all.
 */
#ifndef WFPW_AUDIT_LAYOUT_H
#define WFPW_AUDIT_LAYOUT_H

#include "decode/audit/audit_record.h"

enum { AUDIT_LAYOUTS = 16, AUDIT_LAYOUT_VALUES = 64, AUDIT_LAYOUT_UNITS = 2048 };

/* What becomes of a value. */
enum audit_layout_use { AUDIT_LAYOUT_NOTHING, AUDIT_LAYOUT_SLOT, AUDIT_LAYOUT_FIELD };

/* A value in the record that was learned from, in units from its start. */
struct audit_layout_value {
    uint16_t at, units;
    uint16_t end; /* the character behind it: a quote or '<'; 0: the value is always empty */
    bool is_same; /* in all records of this kind: the event's ID */
    uint8_t use;
    uint8_t slot;   /* of AUDIT_LAYOUT_SLOT */
    uint16_t index; /* of AUDIT_LAYOUT_FIELD: the name, as audit_record_field has it */
    uint16_t name_at, name_units; /* and where it stands: behind the value before */
};

struct audit_layout {
    uint16_t units; /* of the whole; 0: none was learned */
    uint16_t count;
    struct audit_layout_value values[AUDIT_LAYOUT_VALUES];
    uint16_t text[AUDIT_LAYOUT_UNITS];
};

/* A value of a record that is read by a layout. */
struct audit_layout_found {
    const uint16_t *p, *name;
    size_t units;
};

/* Starts as zeros. */
struct audit_layouts {
    struct audit_layout list[AUDIT_LAYOUTS];
    uint32_t next;                /* to be overwritten */
    uint32_t last;                /* the one that fitted last */
    struct audit_layout *learned; /* what is being learned; NULL: this record is not to be */
    struct audit_layout_found found[AUDIT_LAYOUT_VALUES];
};

/* Gives the values of the record to a, if one of the layouts fits. */
bool audit_layouts_read(struct audit_layouts *l, struct audit_record *a, const uint16_t *xml,
                        size_t units);

/* Learning: start, the values in their order, and finish when the record was read to its end.
 * forget: it has something that cannot be learned, such as a character reference. */
void audit_layouts_start(struct audit_layouts *l, size_t units);
void audit_layouts_add(struct audit_layouts *l, const struct audit_layout_value *v);
void audit_layouts_forget(struct audit_layouts *l);
void audit_layouts_finish(struct audit_layouts *l, const uint16_t *xml, size_t units);

#endif
