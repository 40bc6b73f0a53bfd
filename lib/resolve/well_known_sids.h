/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names of SIDs that mean the same on every Windows, and so need no look-up. Their names are those
 * of an English Windows, whatever the language of this one. */
#ifndef WFPW_WELL_KNOWN_SIDS_H
#define WFPW_WELL_KNOWN_SIDS_H

#include <stddef.h>

enum { WELL_KNOWN_SID_NAME_MAX = 80 };

/* The name of a SID of n bytes, without a NUL: its length, or 0. */
size_t well_known_sid_name(const void *sid, size_t n, char room[WELL_KNOWN_SID_NAME_MAX]);

#endif
