/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit body of an event: most of its bytes, and of the time that a batch takes. */
#ifndef WFPW_BATCH_AUDIT_H
#define WFPW_BATCH_AUDIT_H

#include "model/record.h"

enum {
    BATCH_AUDIT_NAMES = 128, /* of the table; others are written each time */
    BATCH_AUDIT_LAST = 32,   /* fields of a record */
    BATCH_AUDIT_RAW = 160    /* bytes of a value */
};

/* Texts that the batch has already: names, which are written once a batch; the names of the record
 * before; and by its name the last value of a field, which is not written again while it stays the
 * same, as most do. */
struct batch_audit_texts {
    uint32_t turn; /* what has another turn is gone */
    struct batch_audit_name {
        uint32_t turn;
        const char *text;
    } names[BATCH_AUDIT_NAMES];
    struct batch_audit_last {
        uint32_t turn, count;
        const wfpw_field *list;
        uint32_t names[BATCH_AUDIT_LAST]; /* as of struct value */
    } last;
    struct batch_audit_value {
        uint32_t turn, type, size; /* as it came */
        uint32_t length, flags;    /* as of wfpw_field */
        const char *text;
        uint8_t raw[BATCH_AUDIT_RAW];
    } values[BATCH_AUDIT_NAMES], computer;
};

/* Forgets all of them, as some may lie where others will be written. To be called first. */
void batch_audit_forget(struct batch_audit_texts *t);

/* Writes the record's audit body and all that it points to into room, which is aligned to 8; with
 * is_bare none of its fields. Returns the bytes that it took; 0: there are too few, and texts may
 * lie in them. */
size_t batch_audit_write(const struct record *r, struct batch_audit_texts *texts, bool is_bare,
                         void *room, size_t size);
/* Writes the value of one field of a record whose body is bare, unless it is there already. Returns
 * the bytes that it took of the room; *text NULL: there are too few. */
size_t batch_audit_text(const struct record *r, const struct record_field *from,
                        struct batch_audit_texts *texts, void *room, size_t size,
                        const char **text);

#endif
