/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Names of SIDs that mean the same on every Windows, and so need no look-up. Their names are those
 * of an English Windows, whatever the language of this one. */
#ifndef WFPW_SIDS_H
#define WFPW_SIDS_H

#include <stddef.h>

enum { SIDS_NAME_MAX = 80 };

/* The name of a SID of n bytes, without a NUL: its length, or 0. */
size_t sids_name(const void *sid, size_t n, char room[SIDS_NAME_MAX]);

#endif
