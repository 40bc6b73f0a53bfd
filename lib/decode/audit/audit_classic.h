/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A record as ReadEventLogW gives it (EVENTLOGRECORD): its fields are texts without names, in the
 * order of the provider's template, and the version is not told.
 */
#ifndef WFPW_AUDIT_CLASSIC_H
#define WFPW_AUDIT_CLASSIC_H

#include "decode/audit/audit_record.h"

/* Big: keep it on the heap. */
struct audit_classic {
    uint32_t number; /* of the record that was read last */
    struct audit_record audit_record;
    uint64_t room[RECORD_MAX / 8];
};

enum audit_classic_found {
    AUDIT_CLASSIC_RECORD,
    AUDIT_CLASSIC_OTHER, /* none of ours */
    AUDIT_CLASSIC_BROKEN /* its lengths do not fit one another */
};

/* The names of a record's fields, parted by one blank, by their number; *version: of its template.
 * NULL: no template that is known has so many. */
const char *audit_classic_names(uint32_t event_id, uint32_t count, uint32_t *version);

/* One record of exactly n bytes, as its first word says; it may lie anywhere. *record lies in x,
 * until the next call. */
enum audit_classic_found audit_classic_read(struct audit_classic *x, const uint8_t *p, uint32_t n,
                                            const struct record **record);

#endif
