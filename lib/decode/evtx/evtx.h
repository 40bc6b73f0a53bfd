/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * One block of an .evtx file in, audit records out. A block is 64 KiB: normally a chunk, sometimes
 * what is left of one. Nothing in its header is believed without need: the signature finds the
 * chunk, the records are found by their own, checksums are told and never enforced.
 */
#ifndef WFPW_EVTX_H
#define WFPW_EVTX_H

#include "decode/evtx/binxml.h"

enum {
    EVTX_BLOCK = BINXML_CHUNK,
    EVTX_FILE_HEADER = 4096,
    EVTX_CHUNK_HEADER = 512,
    EVTX_RECORD_HEADER = 24,
    EVTX_RECORD_MIN = 28,
    EVTX_ALIGNED = 8, /* records begin at multiples of it */
    EVTX_LOOKS = 64   /* in a block, for where a damaged record ends */
};

enum evtx_found {
    EVTX_END,     /* of the block */
    EVTX_RECORD,  /* one of ours: x->record */
    EVTX_SKIP,    /* a place that cannot be read: x->why, x->where */
    EVTX_WARNING, /* damage that lost nothing: x->why, x->where */
};

/* Reads one block after the other. Big: keep it on the heap, zeroed at first. */
struct evtx {
    const uint8_t *block;
    uint32_t size;
    uint16_t source;   /* WFPW_SOURCE_*: what the records say */
    bool verify;       /* compute the checksum over the records of every chunk */
    bool is_chunk;     /* the signature is there */
    bool trusted;      /* the header's end of the records is plausible */
    bool has_id;       /* a record was seen in this block */
    bool skipped_ours; /* of a SKIP: it is one of our records */
    bool resumed;      /* the caller's: the block was searched for, as the one before was damaged */
    bool searched;     /* reading was taken up behind damage: WFPW_EVENT_AFTER_DAMAGE */
    bool summed;       /* the checksum over the records was looked at, or will be */
    bool has_reach;
    uint32_t looks;    /* left: for ends of damaged records */
    uint32_t checks;   /* still to do in this block */
    uint32_t copy_at;  /* of a record whose size at its end differs */
    uint32_t lacks_at; /* of a record that lacks values */
    uint32_t at, free; /* the next place to look at; where the header says that records end */
    uint64_t id;       /* of the last record */
    uint64_t first_id, last_id; /* of the records, as the header has it */
    uint64_t passed;            /* records of others since evtx_block */
    const struct record *record;
    const char *why;                               /* static text */
    uint32_t where;                                /* offset in the block */
    uint16_t reach[EVTX_BLOCK / EVTX_ALIGNED + 1]; /* see fill_reach */
    struct binxml binxml;
    struct audit_record audit_record;
    void *room; /* where the next record goes: RECORD_MAX bytes, aligned to 8; NULL: here */
    uint64_t own_room[RECORD_MAX / 8];
};

/* Whether bytes look like the start of an .evtx file, or of a chunk of one. */
bool evtx_is_file(const uint8_t *p, size_t n);
bool evtx_is_chunk(const uint8_t *p, size_t n);

/* Whether a chunk's header, EVTX_CHUNK_HEADER bytes, has its checksum. */
bool evtx_header_is_whole(const uint8_t *chunk);

/* The size of the record at `at`, if one begins there that fits into the block; else 0. `whole`:
 * its size has to stand at its end too. */
uint32_t evtx_record_at(const uint8_t *block, uint32_t size, uint32_t at, bool whole);

/* Whether a record begins at `at` that a chunk has room for, but that does not end in the block. */
bool evtx_record_is_cut(const uint8_t *block, uint32_t size, uint32_t at);

/* Goes on to a block; size is less than EVTX_BLOCK only at the end of a file. */
void evtx_block(struct evtx *x, const uint8_t *block, uint32_t size);
/* The next thing found in it; x->record lives until the next call. */
enum evtx_found evtx_next(struct evtx *x);

#endif
