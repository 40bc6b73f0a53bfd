/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/evtx/evtx_block.h"

#include "decode/evtx/evtx.h"

uint32_t evtx_block_find(const uint8_t *p, uint32_t n, uint32_t at, uint32_t limit)
{
    while (at < limit && at + EVTX_CHUNK_HEADER <= n) {
        uint32_t length = p[at] == '*' ? evtx_record_at(p, n, at, true) : 0;
        if (p[at] == '*' && length == 0 && n < EVTX_BLOCK && evtx_record_is_cut(p, n, at))
            return limit;
        if (p[at] == 'E' && evtx_is_chunk(p + at, n - at) && evtx_header_is_whole(p + at))
            return at;
        at += length != 0 ? length : 1;
    }
    return limit;
}

uint32_t evtx_block_length(const uint8_t *p, size_t n)
{
    uint32_t sight = (uint32_t)n, size = sight < EVTX_BLOCK ? sight : EVTX_BLOCK;
    if (n == EVTX_BLOCK || (n > EVTX_BLOCK && evtx_is_chunk(p + EVTX_BLOCK, n - EVTX_BLOCK)))
        return size;
    return evtx_block_find(p, sight, evtx_is_chunk(p, n) ? EVTX_CHUNK_HEADER : 0, size);
}
