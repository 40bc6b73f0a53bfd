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
/* Which blocks are read: those that begin in [start, limit) of the file, counted as they are found
 * from its beginning on, so that each is of one part whatever the damage. */
struct evtx_part {
    uint64_t start, limit;
    bool odd; /* the block before ended where none is due */
};

/* Its bytes; 0: not known. */
static inline uint64_t evtx_part_size(const struct evtx_part *part, const struct input *in)
{
    uint64_t end = part->limit < in->size ? part->limit : in->size;
    return end > part->start ? end - part->start : 0;
}

/* Takes over `in`, also when it fails. */
int evtx_file_open(const struct source_options *o, struct input *in, struct source **out,
                   wfpw_error *e);

#endif
