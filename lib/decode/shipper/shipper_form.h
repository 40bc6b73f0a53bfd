/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The forms that log shippers and tools give records of Windows as JSON: where each has what. A
 * path is the keys that lead to a value, joined by dots; "[]" stands for an array's items. Sources:
 * the shippers' code and documentation, and files of each (docs/formats.md). */
#ifndef WFPW_SHIPPER_FORM_H
#define WFPW_SHIPPER_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a value is for. */
enum shipper_use {
    SHIPPER_NOTHING,
    SHIPPER_EVENT_ID,
    SHIPPER_VERSION,
    SHIPPER_TASK,
    SHIPPER_RECORD_ID,
    SHIPPER_KEYWORDS, /* a number: decimal, hexadecimal, or decimal with a sign */
    SHIPPER_RESULT,   /* or a word for success or failure, in its place */
    SHIPPER_PROVIDER,
    SHIPPER_PROVIDER_GUID,
    SHIPPER_CHANNEL, /* in the provider's place, where that is lost */
    SHIPPER_COMPUTER,
    SHIPPER_TIME,
    SHIPPER_RECEIVED,    /* when it was received: shows the zone of a time without one */
    SHIPPER_FIELD,       /* named by the key */
    SHIPPER_FIELD_TEXT,  /* the same, unless it is a number, which is something else then */
    SHIPPER_FIELD_SMALL, /* the same, with the first letter made small */
    SHIPPER_FIELD_KNOWN, /* the same, if records have a field of this name */
    SHIPPER_VALUE,       /* a field's, without its name, in the order of the template */
    SHIPPER_ITEM_NAME,   /* of an object with both */
    SHIPPER_ITEM_TEXT,
    SHIPPER_DATA_XML, /* the fields as the XML of <EventData> */
    SHIPPER_EVENT_XML /* the event as XML: it has all that was in the log */
};

struct shipper_row {
    const char *path; /* "*" stands for one key */
    uint8_t use;
    uint8_t before; /* characters of the key in front of a field's name */
};

struct shipper_form {
    const char *name;     /* for messages */
    const char *marks[2]; /* a record that has both has this form; the second may be NULL */
    const struct shipper_row *rows; /* the first that fits a path counts; the last is empty */
    bool keeps_empty;               /* null stands for an empty value */
    const char *lost;               /* what it does not keep; NULL: nothing */
};

enum { SHIPPER_FORMS = 13, SHIPPER_XML = 0 /* the form of SHIPPER_EVENT_XML */ };

const struct shipper_form *shipper_form_at(size_t i);

/* What a path means: the row of each form (NULL: none), a bit for each mark of each form (2 * form,
 * 2 * form + 1), and whether it is an array of records. */
struct shipper_meaning {
    const struct shipper_row *rows[SHIPPER_FORMS];
    uint32_t marks;
    bool is_list;
};
void shipper_form_look(const char *path, size_t n, struct shipper_meaning *m);
/* The first form of which all marks were seen; SHIPPER_FORMS: none. */
size_t shipper_form_of(uint32_t marks);

#endif
