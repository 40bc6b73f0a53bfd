/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Finding one's way in the bytes of an .evtx file, and damaging it. */
#ifndef WFPW_EVTXDAMAGE_H
#define WFPW_EVTXDAMAGE_H

#include "writer/evtx_writer.h"

uint8_t *evtxd_chunk(uint8_t *file, size_t i);
size_t evtxd_chunks(size_t file_size); /* whole ones */

/* The offset of a chunk's i-th record, 0 when there is none; by the sizes in their headers, up to
 * the free space. */
uint32_t evtxd_record(const uint8_t *chunk, uint32_t i);

uint32_t evtxd_get32(const uint8_t *p);
uint64_t evtxd_get64(const uint8_t *p);
void evtxd_set32(uint8_t *p, uint32_t v);
void evtxd_set64(uint8_t *p, uint64_t v);

/* Makes a chunk's checksums right, or the file header's. */
void evtxd_seal(uint8_t *chunk);
void evtxd_seal_file(uint8_t *file);

uint32_t evtxd_free(const uint8_t *chunk); /* the offset of its free space */
/* Behind the free space, what an older use of the chunk left there. */
void evtxd_stale(uint8_t *chunk, const uint8_t *older);

/* Takes n bytes out, or puts n bytes in (size grows; there must be room); the new size. */
size_t evtxd_cut(uint8_t *file, size_t size, size_t at, size_t n);
size_t evtxd_insert(uint8_t *file, size_t size, size_t at, const void *p, size_t n);

/* Where a text that is in the file stands, as UTF-16; size when it does not. */
size_t evtxd_find(const uint8_t *file, size_t size, const char *utf8);

#endif
