/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Times that a file has without a zone. */
#ifndef WFPW_LOCAL_TIME_H
#define WFPW_LOCAL_TIME_H

#include "source/source.h"

/* The record's time in UTC, where the zone was told; else it stays marked, and the log is told,
 * once a file (*is_told). */
void local_time_settle(struct record *r, const struct log_zone *zone, struct tally *t,
                       const char *file, bool *is_told);

#endif
