/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record of the Security log, from whatever form (binary XML, XML) to a struct record: the form's
 * decoder says where in the event it stands and what it finds there, this part knows what the
 * events mean. Fields are known by name, never by position: the version does not fix the list.
 */
#ifndef WFPW_AUDIT_RECORD_H
#define WFPW_AUDIT_RECORD_H

#include "decode/audit/audit_value.h"
#include "model/audit_fields.h"

/* Where in the XML of an event: the element whose content or attributes are being read. */
enum audit_element {
    ELEMENT_NOWHERE, /* of no interest, with all below it */
    ELEMENT_TOP,
    ELEMENT_EVENT,
    ELEMENT_SYSTEM,
    ELEMENT_PROVIDER,
    ELEMENT_EVENT_ID,
    ELEMENT_VERSION,
    ELEMENT_TASK,
    ELEMENT_KEYWORDS,
    ELEMENT_TIME,
    ELEMENT_RECORD_ID,
    ELEMENT_COMPUTER,
    ELEMENT_EVENT_DATA,
    ELEMENT_USER_DATA,
    ELEMENT_USER_CHILD,
    ELEMENT_DATA /* a field; its name is the attribute Name, or else the element's own */
};

/* What the System part gives: numbers first. */
enum slot {
    SLOT_EVENT_ID,
    SLOT_VERSION,
    SLOT_TASK,
    SLOT_KEYWORDS,
    SLOT_RECORD_ID,
    SLOT_NUMBERS,
    SLOT_NONE = SLOT_NUMBERS,
    SLOT_PROVIDER_NAME,
    SLOT_PROVIDER_GUID,
    SLOT_TIME,
    SLOT_COMPUTER,
    SLOT_FIELD_NAME, /* of the field that is open */
    SLOT_COUNT
};

/* The place of a child element; names are ASCII of n bytes. */
enum audit_element audit_child(enum audit_element parent, const char *element, size_t n);
/* What an attribute of the element at this place gives. */
enum slot audit_attribute(enum audit_element place, const char *attribute, size_t n);
/* What the text of the element at this place gives. */
enum slot audit_text(enum audit_element place);

/* Who wrote a record: it is ours only if provider and id agree. */
enum audit_provider {
    PROVIDER_UNKNOWN,
    PROVIDER_OTHER,
    PROVIDER_SECURITY,
    PROVIDER_EVENTLOG,
    PROVIDER_FIREWALL
};
enum audit_provider audit_provider_name(const char *name, size_t n);
enum audit_provider audit_provider_guid(const uint8_t guid[16]);
bool audit_is_ours(enum audit_provider provider, uint64_t event_id);
/* The records that tell of losses and breaks of the log: 1100 to 1108, 4608, 4609, 4612, 4616. */
bool audit_tells_of_log(enum audit_provider provider, uint64_t event_id);

/* One record under way. Big: keep it on the heap, and use it again. */
struct audit_record {
    struct record_builder b;
    uint32_t kept; /* of its room, until the record is finished */
    enum audit_provider provider;
    uint64_t number[SLOT_NUMBERS];
    bool has_time;
    bool with_log; /* what tells of the log is ours, too; set after audit_record_start */
    struct value computer;
    uint32_t count, roles_seen; /* a bit a role */
    uint8_t roles[RECORD_FIELDS_MAX];
    struct record_field fields[RECORD_FIELDS_MAX];
};

void audit_record_start(struct audit_record *a, void *room, uint32_t cap, uint16_t source);
void audit_record_slot(struct audit_record *a, enum slot slot, uint8_t type, const void *p,
                       size_t n);
/* name_index is of audit_name; NAME_NONE: name holds it, of name_type. */
void audit_record_field(struct audit_record *a, uint16_t name_index, uint8_t name_type,
                        const void *name, size_t name_size, uint8_t type, const void *p, size_t n);
/* Ends the record and gives each field that has a place in the event its place. Returns NULL when
 * the record is not ours. fallback_time: used when the record names none. */
const struct record *audit_record_finish(struct audit_record *a, uint64_t fallback_time);

/* ---- the usual, at once --------------------------------------------------------------------- */

/* Whether a slot's value was of the type that it most often has; else audit_record_slot takes it.
 */
static inline bool audit_record_usual_slot(struct audit_record *a, enum slot slot, uint8_t type,
                                           const uint8_t *p, size_t n)
{
    if (slot < SLOT_NUMBERS)
        return audit_value_integer(type, p, n, &a->number[slot]);
    if (slot != SLOT_TIME || type != VALUE_FILETIME || n != 8)
        return false;
    record_of(&a->b)->time = text_le64(p);
    a->has_time = true;
    return true;
}

/* Fields of the table whose values are in the record already: where the next one goes, apart from
 * the record under way, so that it can stay in registers. */
struct audit_record_plain {
    struct record_field *field;
    uint8_t *role;
    uint32_t roles_seen;
};

/* How many fields there is room for. */
static inline uint32_t audit_record_room(const struct audit_record *a)
{
    return RECORD_FIELDS_MAX - a->count;
}

static inline struct audit_record_plain audit_record_plain(struct audit_record *a)
{
    return (struct audit_record_plain){&a->fields[a->count], &a->roles[a->count], a->roles_seen};
}

/* role: that of the name. There is room for the field. */
static inline void audit_record_plain_field(struct audit_record_plain *to, uint16_t name_index,
                                            uint8_t role, struct value value)
{
    to->field->name = (struct value){.at = (uint32_t)name_index + 1, .type = VALUE_NAME};
    to->field->value = value;
    to->field++;
    *to->role++ = role;
    to->roles_seen |= (uint32_t)1 << role;
}

static inline void audit_record_plain_end(struct audit_record *a,
                                          const struct audit_record_plain *to)
{
    a->count = (uint32_t)(to->field - a->fields);
    a->roles_seen = to->roles_seen;
}

/* audit_record_field, of a field of the table whose value is UTF-8. */
static inline void audit_record_text_field(struct audit_record *a, uint16_t name_index,
                                           const void *p, size_t n)
{
    if (a->count == RECORD_FIELDS_MAX) {
        record_of(&a->b)->flags |= WFPW_EVENT_TRUNCATED;
        return;
    }
    struct value v = record_put(&a->b, VALUE_UTF8, p, n);
    if (!value_is(&v))
        return;
    struct audit_record_plain to = audit_record_plain(a);
    audit_record_plain_field(&to, name_index, (uint8_t)audit_role(name_index), v);
    audit_record_plain_end(a, &to);
}

#endif
