/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_EVTXPARALLEL_H
#define WFPW_EVTXPARALLEL_H

#include "source/evtxfile.h"

/* Whether the options ask for threads that would be of use. A silent pipe would hold one for ever.
 */
bool evtxparallel_helps(const struct source_options *o, const struct input *in);
/* evtxfile_open then; `in` stands at the first block. */
int evtxparallel_open(const struct source_options *o, struct input *in, struct source **out,
                      wfpw_error *e);

#endif
