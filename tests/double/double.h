/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the files of the stand-ins share. */
#ifndef WFPW_TEST_DOUBLE_H
#define WFPW_TEST_DOUBLE_H

#include "os/system.h"

/* The simulator's functions, and the first parameter of each. */
const struct system_engine *double_engine(void **ctx);
const struct system_policy *double_policy(void **ctx);
const struct system_eventlog *double_eventlog(void **ctx);
const struct system_audit_policy *double_audit_policy(void **ctx);
/* A line of the log: the call, what it was given (with a blank before it) and its code, which is
 * returned. */
uint32_t double_told(const char *call, const char *what, uint32_t code);

#endif
