/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The part of the event log's XPath that a structured query of ours can use: comparisons of
 * System's members and of EventData's by name, and, or, parentheses. */
#ifndef WFPW_SIM_XPATH_H
#define WFPW_SIM_XPATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_XPATH_TERMS = 20 }; /* that one Select may have */

/* What a query is asked about. */
struct sim_xsubject {
    uint64_t record_id, time;
    uint32_t event_id;
    const char *provider;
    const char *fields; /* NAME\0VALUE\0... */
    size_t bytes;
};

/* 0, or the Win32 code that Windows answers such a query with. */
uint32_t sim_xpath_check(const char *query);
bool sim_xpath_holds(const char *query, const struct sim_xsubject *s);

#endif
