/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#ifndef WFPW_EVTXPARALLEL_H
#define WFPW_EVTXPARALLEL_H

#include "source/evtxfile.h"

/* evtxfile_open for o->threads > 0; `in` stands at the first block. */
int evtxparallel_open(const struct source_options *o, struct input *in, struct source **out,
                      wfpw_error *e);

#endif
