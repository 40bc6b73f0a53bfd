/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Structs that callers fill, by the rule that their size comes first. */
#ifndef WFPW_OPTIONS_H
#define WFPW_OPTIONS_H

#include <stdbool.h>

#include "wfpwatch/wfpwatch.h"

/* Bytes of the names that are kept, of a queue of records, and of records that wait for their other
 * half. */
enum { NAMES_DEFAULT = 64 * 1024 * 1024, NAMES_MIN = 4 * 1024 * 1024, NAMES_MAX = 1 << 30 };
enum { RING_MIN = 64 * 1024, RING_MAX = 256 * 1024 * 1024 };
enum { JOIN_BYTES_MIN = 256 * 1024, JOIN_BYTES_MAX = 1 << 30 };

/* What we do not know must be zero, what the caller does not know is default. */
bool options_copy(void *to, size_t to_size, const void *from, uint32_t from_size);
/* o may be NULL: the defaults; names_bytes is one then. false: something is out of its range. */
bool options_take(wfpw_options *to, const wfpw_options *o);

#endif
