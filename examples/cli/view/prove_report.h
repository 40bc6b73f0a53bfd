/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What 'wfpwatch prove' has shown: a table, or a report as JSON that names no host, no address and
 * no user.
 */
#ifndef PROVE_REPORT_H
#define PROVE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "view/buffer.h"

/* What of a decision's report can be wrong: bits, with a word each in prove_report.c. */
enum prove_wrong {
    PROVE_WRONG_EVENT = 0x1,   /* none came */
    PROVE_WRONG_TWICE = 0x2,   /* it came more than once */
    PROVE_WRONG_BLOCKED = 0x4, /* what was to be blocked was not, or the other way round */
    PROVE_WRONG_KIND = 0x8,    /* another type, or the verdict of another */
    PROVE_WRONG_DIRECTION = 0x10,
    PROVE_WRONG_PROTOCOL = 0x20,
    PROVE_WRONG_LOCAL = 0x40,
    PROVE_WRONG_REMOTE = 0x80,
    PROVE_WRONG_APP = 0x100,
    PROVE_WRONG_USER = 0x200,
    PROVE_WRONG_FILTER = 0x400,
    PROVE_WRONG_LAYER = 0x800,
    PROVE_WRONG_LOOPBACK = 0x1000,
    PROVE_WRONG_NAME = 0x2000,   /* of the filter, or its provider */
    PROVE_WRONG_TIME = 0x4000,   /* before or long after what was done */
    PROVE_WRONG_RECORD = 0x8000, /* none in the Security log */
    PROVE_WRONG_RECORD_ID = 0x10000,
    PROVE_WRONG_RECORD_TIME = 0x20000,
    PROVE_WRONG_PROCESS = 0x40000
};

/* OPEN: it is not so, and no document says that it is. SKIPPED: it could not be tried. */
enum prove_shown { PROVE_YES, PROVE_NO, PROVE_OPEN, PROVE_SKIPPED };

/* One line. Texts are static, or inside. */
struct prove_claim {
    const char *id, *text; /* "connect tcp ipv4"; what is claimed */
    enum prove_shown shown;
    uint32_t wrong; /* PROVE_WRONG_* */
    bool has_error; /* of an attempt: `error` is Winsock's, 0: it succeeded */
    uint32_t error, record;
    bool joined;
    int64_t event_lag, record_lag; /* 100 ns, behind the attempt, behind the event */
    bool has_event_lag, has_record_lag;
    char detail[120];
};

struct prove_report {
    const char *windows;
    const struct prove_claim *claims;
    uint32_t count;
};

void prove_report_text(struct buffer *b, const struct prove_report *r);
void prove_report_json(struct buffer *b, const struct prove_report *r);
/* Whether anything that documents claim was not so. */
bool prove_report_failed(const struct prove_report *r);

#endif
