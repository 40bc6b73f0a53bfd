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

enum {
    EVTX_FILE_SNIFF = 4096 + 8,
    EVTX_FILE_SIGHT = 65536 + 512 /* a block and the header of a chunk that begins within it */
};

/* Whether a file that starts so, or whose header alone is damaged, is one. */
bool evtx_file_is(const uint8_t *p, size_t n);
/* Takes over `in`, also when it fails. */
int evtx_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e);

/* The length of the block that starts at p: EVTX_BLOCK, or less when the file ends, or when bytes
 * are missing in it and another chunk begins earlier. n: the bytes in sight, EVTX_FILE_SIGHT unless
 * the file ends. */
uint32_t evtx_file_block(const uint8_t *p, size_t n);

#endif
