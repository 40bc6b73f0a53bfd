/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/evtx_damage.h"

#include <string.h>
#include <zlib.h>

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t evtxd_get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

uint64_t evtxd_get64(const uint8_t *p)
{
    return evtxd_get32(p) | (uint64_t)evtxd_get32(p + 4) << 32;
}

void evtxd_set32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

void evtxd_set64(uint8_t *p, uint64_t v)
{
    evtxd_set32(p, (uint32_t)v);
    evtxd_set32(p + 4, (uint32_t)(v >> 32));
}

uint8_t *evtxd_chunk(uint8_t *file, size_t i)
{
    return file + EVTXW_FILE_HEADER + i * EVTXW_CHUNK;
}

size_t evtxd_chunks(size_t file_size)
{
    return file_size < EVTXW_FILE_HEADER ? 0 : (file_size - EVTXW_FILE_HEADER) / EVTXW_CHUNK;
}

uint32_t evtxd_free(const uint8_t *chunk)
{
    return evtxd_get32(chunk + 48);
}

uint32_t evtxd_record(const uint8_t *chunk, uint32_t i)
{
    uint32_t at = EVTXW_CHUNK_HEADER, end = evtxd_free(chunk);
    while (i-- > 0 && at < end)
        at += evtxd_get32(chunk + at + 4);
    return at < end ? at : 0;
}

void evtxd_seal(uint8_t *c)
{
    uint32_t end = evtxd_free(c);
    if (end >= EVTXW_CHUNK_HEADER && end <= EVTXW_CHUNK)
        evtxd_set32(c + 52, (uint32_t)crc32(0, c + EVTXW_CHUNK_HEADER, end - EVTXW_CHUNK_HEADER));
    uint32_t sum = (uint32_t)crc32(0, c, 120);
    evtxd_set32(c + 124, (uint32_t)crc32(sum, c + 128, EVTXW_CHUNK_HEADER - 128));
}

void evtxd_seal_file(uint8_t *file)
{
    evtxd_set32(file + 124, (uint32_t)crc32(0, file, 120));
}

void evtxd_stale(uint8_t *chunk, const uint8_t *older)
{
    uint32_t end = evtxd_free(chunk);
    memcpy(chunk + end, older + end, EVTXW_CHUNK - end);
}

size_t evtxd_cut(uint8_t *file, size_t size, size_t at, size_t n)
{
    memmove(file + at, file + at + n, size - at - n);
    return size - n;
}

size_t evtxd_insert(uint8_t *file, size_t size, size_t at, const void *p, size_t n)
{
    memmove(file + at + n, file + at, size - at);
    memcpy(file + at, p, n);
    return size + n;
}

size_t evtxd_find(const uint8_t *file, size_t size, const char *utf8)
{
    uint8_t units[512];
    size_t n = evtxw_utf16(utf8, units, sizeof units);
    for (size_t at = 0; at + n <= size; at++)
        if (memcmp(file + at, units, n) == 0)
            return at;
    return size;
}
