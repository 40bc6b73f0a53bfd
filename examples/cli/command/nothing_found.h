/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is said when little or nothing came out of the files, so that silence does not look like an
 * answer.
 */
#ifndef NOTHING_FOUND_H
#define NOTHING_FOUND_H

#include "input/reading.h"

/* After all was read: what was passed over, and what to look at when none of the records was ours.
 * printed: how many events came out; what: "printed", or what they would have been. */
void nothing_found_explain(const struct reading *r, uint64_t printed, const char *what);
/* Whether there was something that is not among the events. */
bool nothing_found_is_odd(const struct reading *r);

#endif
