/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log's records of policy changes (5440 to 5450) as what they name: filters, and the
 * providers, sublayers and callouts beside them. */
#ifndef WFPW_AUDITNAME_H
#define WFPW_AUDITNAME_H

#include "object.h"
#include "record.h"

enum audit_change {
    CHANGE_NONE,    /* no record of the policy */
    CHANGE_PRESENT, /* there when the engine started */
    CHANGE_ADDED,
    CHANGE_DELETED
};

/* Big: keep it on the heap. */
struct auditname {
    char text[RECORD_TEXT_MAX + 1];
    struct object_builder builder;
};

enum audit_change auditname_change(const struct record *r);
/* The filter that the record is about; NULL when it is about none. Until the next call. */
const struct object *auditname_filter(struct auditname *a, const struct record *r);
/* What stands beside it; NULL when the record names none. */
const struct object *auditname_object(struct auditname *a, const struct record *r,
                                      enum object_kind kind);

#endif
