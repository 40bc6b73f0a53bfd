/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the event log is asked for: a structured query, in which each group of events is a Select of
 * its own, as the number of comparisons in one is limited (20 to 22, by other programs' reports).
 */
#ifndef WFPW_TEMPLATE_QUERY_H
#define WFPW_TEMPLATE_QUERY_H

#include "template/template.h"

enum { TEMPLATE_QUERY_UNITS = 8192 };

struct template_query {
    const wfpw_template *match; /* NULL: every event */
    uint64_t since, until;      /* of the time, in milliseconds as a whole; 0: no bound */
    uint64_t after;             /* of the record's number; 0: no bound */
};

/* As UTF-16 with a NUL; out has room for TEMPLATE_QUERY_UNITS. */
void template_query_write(const struct template_query *q, uint16_t *out);
/* Why a condition does not go into it; NULL: it does. */
const char *template_query_why_not(const struct template_condition *c);

#endif
