/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a template that reaches a stand-in is made of, byte for byte, for the test to read. */
#ifndef WFPW_DOUBLE_TELLTEMPLATE_H
#define WFPW_DOUBLE_TELLTEMPLATE_H

#include "os/system.h"

/* A line "memory ADDRESS BYTES" for each piece of memory that it consists of, the template's own
 * first; and one "template ADDRESS" before them. NULL: nothing. */
void tell_template(void (*tell)(const char *format, ...), const FWPM_NET_EVENT_ENUM_TEMPLATE0 *t);

#endif
