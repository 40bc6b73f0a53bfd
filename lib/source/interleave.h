/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Several sources read as one, the earliest record first: so that the two halves of a decision,
 * which stand in different files, come near one another. Each source keeps its own order.
 */
#ifndef WFPW_INTERLEAVE_H
#define WFPW_INTERLEAVE_H

#include "source/source.h"

/* Takes all that follow `first`, which are its own from then on; NULL: no memory, and they are as
 * they were. A source that fails ends, and next() gives SOURCE_PART_FAILED for it. */
struct source *interleave_open(const wfpw_allocator *memory, struct source *first);

#endif
