/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which files a report is of. */
#ifndef INPUT_HASH_H
#define INPUT_HASH_H

#include "input/reading.h"
#include "view/report.h"

/* Every file that is to be looked at, and every one that names come from; *count: how many. NULL:
 * none, or no memory. To be freed. */
struct report_input *input_hash_all(const struct reading *r, size_t *count);
/* Afterwards: marks those that are not the same any more. */
void input_hash_again(struct report_input *inputs, size_t count);

#endif
