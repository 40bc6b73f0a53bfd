/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lines of pfirewall.log, the log that the Windows Firewall writes itself: who and what, never why.
 * Times are local: the record is marked so (WFPW_EVENT_LOCAL_TIME), and who reads the file settles
 * the zone. Source: "Configuring Firewall Log Files" of Microsoft, and real files. */
#ifndef WFPW_FIREWALL_LOG_H
#define WFPW_FIREWALL_LOG_H

#include "model/record.h"

enum {
    FIREWALL_LOG_COLUMNS = 32,   /* of a line; more are not read */
    FIREWALL_LOG_LINE_MAX = 2048 /* bytes of a line; a real one has about 120 */
};

/* What the first bytes of a file say. */
bool firewall_log_is(const char *s, size_t n);

struct firewall_log {
    uint8_t columns[FIREWALL_LOG_COLUMNS]; /* by "#Fields:" */
    uint32_t count;                        /* of them; 0: no such line was read */
    bool is_utc;                           /* "#Time Format:" says so */
    uint64_t room[8192 / 8];
};

void firewall_log_start(struct firewall_log *f);

enum firewall_log_found {
    FIREWALL_LOG_RECORD,
    FIREWALL_LOG_NOTHING, /* blank, or part of a header */
    FIREWALL_LOG_BAD      /* none of its lines */
};

/* A line without its end. *r lies in f, until the next call. */
enum firewall_log_found firewall_log_line(struct firewall_log *f, const char *s, size_t n,
                                          const struct record **r);

#endif
