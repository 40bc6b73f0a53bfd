/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A place in the Security log as text, as EvtRender writes a bookmark ([MS-EVEN6] 2.2.14).
 */
#ifndef WFPW_BOOKMARK_H
#define WFPW_BOOKMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOOKMARK_MAX = 128 };

/* The number of the record that the bookmark of the Security log stands at. false: it is none. */
bool bookmark_read(const char *text, size_t n, uint64_t *record_id);
/* Returns the bytes, without a NUL; out has room for BOOKMARK_MAX. */
size_t bookmark_write(char *out, uint64_t record_id);

#endif
