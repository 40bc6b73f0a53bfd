/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where an .evtx file's blocks begin and end, whole or not. */
#ifndef WFPW_EVTX_BLOCK_H
#define WFPW_EVTX_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* A block and the header of a chunk that begins within it. */
enum { EVTX_BLOCK_SIGHT = 65536 + 512 };

/* The length of the block that starts at p: EVTX_BLOCK, or less when the file ends, or when bytes
 * are missing in it and another chunk begins earlier. n: the bytes in sight, EVTX_BLOCK_SIGHT
 * unless the file ends. */
uint32_t evtx_block_length(const uint8_t *p, size_t n);

/* Where in p, from `at` on and before `limit`, a chunk begins the header of which is whole; limit
 * when none does. Whole records are stepped over: what stands in their fields is not believed, be
 * it a chunk. So is one that the end of the file cuts. */
uint32_t evtx_block_find(const uint8_t *p, uint32_t n, uint32_t at, uint32_t limit);

#endif
