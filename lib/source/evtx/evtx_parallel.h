/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_EVTX_PARALLEL_H
#define WFPW_EVTX_PARALLEL_H

#include "source/evtx/evtx_file.h"

/* Whether the options ask for threads that would be of use. A silent pipe would hold one for ever.
 */
bool evtx_parallel_helps(const struct source_options *o, const struct input *in);
/* evtx_file_open then; `in` stands at the first block of the part. */
int evtx_parallel_open(const struct source_options *o, struct input *in,
                       const struct evtx_part *part, struct source **out, wfpw_error *e);

#endif
