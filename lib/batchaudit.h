/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The audit body of an event: most of its bytes, and of the time that a batch takes. */
#ifndef WFPW_BATCHAUDIT_H
#define WFPW_BATCHAUDIT_H

#include "record.h"

enum { BATCHAUDIT_NAMES = 128 };

/* The table's names of fields: each is written once a batch. */
struct batchaudit_names {
    struct {
        const char *text;
        uint32_t length;
    } known[BATCHAUDIT_NAMES];
};

/* Writes the record's audit body and all that it points to into room, which is aligned to 8.
 * Returns the bytes that it took; 0: there are too few, and names may lie in them. */
size_t batchaudit_write(const struct record *r, struct batchaudit_names *names, void *room,
                        size_t size);

#endif
