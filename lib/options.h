/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Reading the structs that a caller fills.
 */
#ifndef WFPW_OPTIONS_H
#define WFPW_OPTIONS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* The size-first rule: what we do not know must be zero, what the caller does not know is default.
 */
bool options_copy_sized(void *to, size_t to_size, const void *from, uint32_t from_size);
/* Copies and checks; o NULL is the defaults. */
bool options_read(wfpw_options *to, const wfpw_options *o);

#endif
