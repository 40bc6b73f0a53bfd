/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The Security log's records of policy changes (5440 to 5450) as what they name: filters, and the
 * providers, sublayers and callouts beside them. */
#ifndef WFPW_AUDIT_CHANGE_H
#define WFPW_AUDIT_CHANGE_H

#include "model/policy_object.h"
#include "model/record.h"

enum audit_change {
    CHANGE_NONE,    /* no record of the policy */
    CHANGE_PRESENT, /* there when the engine started */
    CHANGE_ADDED,
    CHANGE_DELETED
};

/* Big: keep it on the heap. */
struct audit_change_reader {
    char text[RECORD_TEXT_MAX + 1];
    struct policy_object_builder builder;
};

enum audit_change audit_change_of(const struct record *r);
/* The same from the text of the field ChangeType of a record 5445 to 5450; n 0: there is none. */
enum audit_change audit_change_from_text(const char *type, size_t n);
/* Whether the record may be about the filter with this key: it names it, or none. */
bool audit_change_has_key(const struct record *r, const uint8_t guid[16]);
/* Whether the text of a field is this key. */
bool audit_change_is_key(const char *text, size_t n, const uint8_t guid[16]);
/* The filter that the record is about; NULL when it is about none. Until the next call. */
const struct policy_object *audit_change_filter(struct audit_change_reader *a,
                                                const struct record *r);
/* The kind of what it is about; of a filter for records that are about something else. */
enum policy_object_kind audit_change_subject(const struct record *r);
/* What stands beside it; NULL when the record names none. */
const struct policy_object *audit_change_object(struct audit_change_reader *a,
                                                const struct record *r,
                                                enum policy_object_kind kind);

#endif
