/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit body of an event: most of its bytes, and of the time that a batch takes. */
#ifndef WFPW_BATCHAUDIT_H
#define WFPW_BATCHAUDIT_H

#include "record.h"

enum {
    BATCHAUDIT_NAMES = 128, /* of the table; fields of others are written each time */
    BATCHAUDIT_RAW = 160    /* bytes of a value */
};

/* Texts that the batch has already, by a field's name: the name, which is written once a batch, and
 * the last value, which is not written again while it stays the same, as most do. */
struct batchaudit_texts {
    uint32_t turn; /* what has another turn is gone */
    struct batchaudit_field {
        uint32_t name_turn, name_length;
        const char *name;
        uint32_t turn, type, size;    /* of the value, as it came */
        uint32_t value_length, flags; /* as of wfpw_field */
        const char *value;
        uint8_t raw[BATCHAUDIT_RAW];
    } fields[BATCHAUDIT_NAMES], computer; /* which has no name */
};

/* Forgets all of them, as some may lie where others will be written. To be called first. */
void batchaudit_forget(struct batchaudit_texts *t);

/* Writes the record's audit body and all that it points to into room, which is aligned to 8.
 * Returns the bytes that it took; 0: there are too few, and texts may lie in them. */
size_t batchaudit_write(const struct record *r, struct batchaudit_texts *texts, void *room,
                        size_t size);

#endif
