/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The text of 'auditpol /backup', of 'auditpol /get /r' and of a Group Policy's audit.csv: lines of
 * six or seven columns, of which the fourth is the subcategory's GUID and the last its setting as a
 * number; the other columns are in the language of who wrote it. Nothing here allocates. Sources:
 * MS-GPAC 2.2.1, and files that Windows wrote.
 */
#ifndef WFPW_AUDIT_BACKUP_H
#define WFPW_AUDIT_BACKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/fwp_types.h"

enum { AUDIT_LINE_BYTES = 4096, AUDIT_COLUMNS = 7, AUDIT_SETTING_MAX = 4 };

enum audit_encoding { AUDIT_BYTES, AUDIT_UTF16LE, AUDIT_UTF16BE };

enum audit_line_kind {
    AUDIT_LINE_END,
    AUDIT_LINE_SYSTEM, /* a subcategory of the system's policy */
    AUDIT_LINE_USER,   /* of one account's */
    AUDIT_LINE_OPTION, /* CrashOnAuditFail and the like */
    AUDIT_LINE_SACL,   /* global object access */
    AUDIT_LINE_OTHER   /* it is none of these, or damaged */
};

struct audit_line {
    enum audit_line_kind kind;
    uint32_t number; /* of the line, from 1 */
    size_t at;       /* where it starts, in bytes */
    FWP_GUID guid;
    uint32_t value; /* 0 unchanged or none, 1 success, 2 failure, 3 both, 4 none */
    bool has_value; /* else the text says something that is not understood */
    uint32_t columns;
    const char *column[AUDIT_COLUMNS]; /* without quotes, in the reader's room; "" when absent */
};

struct audit_reader {
    const uint8_t *data;
    size_t size, at;
    enum audit_encoding encoding;
    uint32_t number;
    bool seen; /* a line with something in it */
    char room[AUDIT_LINE_BYTES];
};

void audit_reader_init(struct audit_reader *r, const void *data, size_t size);
/* The next line that has something in it, but for the first if that is a header. */
enum audit_line_kind audit_reader_next(struct audit_reader *r, struct audit_line *l);

/* ---- writing, in the very form ---- */

enum { AUDIT_OUT_MAX = 512 }; /* bytes of one line */

/* Each writes at most AUDIT_OUT_MAX bytes and returns how many. value: AUDIT_SUCCESS, _FAILURE. */
size_t audit_backup_head(char *out);
size_t audit_backup_line(char *out, const char *computer, const FWP_GUID *guid, uint32_t value);

#endif
