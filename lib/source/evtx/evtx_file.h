/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An .evtx file of any size and state as a source: it finds the blocks, decode/evtx/evtx reads
 * them.
 */
#ifndef WFPW_EVTX_FILE_H
#define WFPW_EVTX_FILE_H

#include "input/input.h"
#include "source/source.h"

enum { EVTX_FILE_SNIFF = 4096 + 8 };

/* Whether a file that starts so, or whose header alone is damaged, is one. */
bool evtx_file_is(const uint8_t *p, size_t n);
/* Takes over `in`, also when it fails. */
int evtx_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e);

#endif
