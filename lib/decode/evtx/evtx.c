/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/evtx/evtx.h"

#include <string.h>
#include <zlib.h>

static const uint8_t record_signature[4] = {0x2A, 0x2A, 0, 0};

bool evtx_is_file(const uint8_t *p, size_t n)
{
    return n >= 8 && memcmp(p, "ElfFile", 8) == 0;
}

bool evtx_is_chunk(const uint8_t *p, size_t n)
{
    return n >= 8 && memcmp(p, "ElfChnk", 8) == 0;
}

/* ---- what is told of a block ---------------------------------------------------------------- */

/* Checks still to do in a block, in this order; each is told at most once. */
enum {
    CHECK_SIGNATURE = 1,
    CHECK_HEADER = 2,
    CHECK_RECORDS = 4,
    CHECK_SIZE = 8,
    CHECK_VALUES = 16
};

static enum evtx_found report_finding(struct evtx *x, enum evtx_found what, uint32_t where,
                                      const char *why)
{
    x->where = where;
    x->why = why;
    x->skipped_ours = false;
    if (what == EVTX_SKIP)
        x->checks |= x->is_chunk && x->trusted ? (uint32_t)CHECK_RECORDS : 0;
    return what;
}

static bool all_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static uint32_t crc_of(const uint8_t *p, uint32_t n, uint32_t start)
{
    return (uint32_t)crc32(start, p, n);
}

bool evtx_header_is_whole(const uint8_t *chunk)
{
    uint32_t sum = crc_of(chunk, 120, 0);
    return crc_of(chunk + 128, EVTX_CHUNK_HEADER - 128, sum) == text_le32(chunk + 124);
}

static bool records_crc_is_right(const struct evtx *x)
{
    uint32_t sum = crc_of(x->block + EVTX_CHUNK_HEADER, x->free - EVTX_CHUNK_HEADER, 0);
    return sum == text_le32(x->block + 52);
}

void evtx_block(struct evtx *x, const uint8_t *block, uint32_t size)
{
    bool has_header = size >= EVTX_CHUNK_HEADER && text_le32(block + 40) == 128;
    uint32_t free = has_header ? text_le32(block + 48) : 0;
    x->block = block;
    x->size = size;
    x->is_chunk = evtx_is_chunk(block, size);
    x->trusted = free >= EVTX_CHUNK_HEADER && free <= size;
    x->has_id = false;
    x->first_id = has_header ? text_le64(block + 24) : 1;
    x->last_id = has_header ? text_le64(block + 32) : 0;
    x->checks = x->is_chunk ? CHECK_HEADER : CHECK_SIGNATURE;
    if (x->verify && x->is_chunk && x->trusted)
        x->checks |= CHECK_RECORDS;
    x->free = x->trusted ? free : size;
    x->at = x->is_chunk || x->trusted ? EVTX_CHUNK_HEADER : 0;
    if (x->at > size)
        x->at = size;
    x->passed = 0;
    binxml_chunk(&x->binxml, block, size);
}

/* ---- finding records ------------------------------------------------------------------------ */

uint32_t evtx_record_at(const uint8_t *block, uint32_t size, uint32_t at, bool whole)
{
    if (size - at < EVTX_RECORD_MIN || memcmp(block + at, record_signature, 4) != 0)
        return 0;
    uint32_t length = text_le32(block + at + 4);
    if (length < EVTX_RECORD_MIN || length > size - at)
        return 0;
    return !whole || text_le32(block + at + length - 4) == length ? length : 0;
}

bool evtx_record_is_cut(const uint8_t *block, uint32_t size, uint32_t at)
{
    return size - at >= 8 && memcmp(block + at, record_signature, 4) == 0 &&
           text_le32(block + at + 4) > size - at &&
           text_le32(block + at + 4) <= EVTX_BLOCK - EVTX_CHUNK_HEADER;
}

static bool is_record(const struct evtx *x, uint32_t at)
{
    return evtx_record_at(x->block, x->size, at, false) != 0;
}

static uint64_t id_at(const struct evtx *x, uint32_t at)
{
    return text_le64(x->block + at + 8);
}

/* Records of the block's earlier use lie behind the end that the header gives, or before it when it
 * is wrong: their ids do not go on from the last one. */
static bool is_current(const struct evtx *x, uint32_t at)
{
    uint64_t id = id_at(x, at);
    if (at >= x->free)
        return x->has_id && id == x->id + 1;
    return !x->has_id || id > x->id || (x->trusted && id >= x->first_id && id <= x->last_id);
}

/* The next record from `at` on, at a multiple of 8 as all are; `end` when there is none before it.
 */
static uint32_t find_record(const struct evtx *x, uint32_t at, uint32_t end)
{
    for (at = (at + 7) & ~(uint32_t)7; at < end && x->size - at >= EVTX_RECORD_MIN; at += 8)
        if (is_record(x, at))
            return at;
    return end;
}

/* No record at x->at. Moves on to the next one, or to the end; false: nothing can be missing there,
 * as there are only zeros, behind the last record that the header knows of or without a header. */
static bool pass_gap(struct evtx *x)
{
    uint32_t start = x->at, next = find_record(x, start, x->free);
    bool all_seen = x->has_id && x->id >= x->last_id;
    x->at = next;
    return !all_zero(x->block + start, next - start) ||
           (x->trusted && (next < x->free || !all_seen));
}

/* Records that are not current. When such follow as are, they were damaged. END: none do. */
static enum evtx_found pass_stale(struct evtx *x)
{
    uint32_t start = x->at, at = start;
    while (at < x->free && !is_current(x, at))
        at = find_record(x, at + evtx_record_at(x->block, x->size, at, false), x->free);
    x->at = at;
    return at < x->free
               ? report_finding(x, EVTX_SKIP, start, "a record whose number does not go on")
               : EVTX_END;
}

/* A block that is no chunk: nothing, or what is left of one. */
static enum evtx_found check_signature(struct evtx *x)
{
    bool empty = all_zero(x->block, x->size);
    uint32_t first = find_record(x, x->at, x->size);
    if (!empty && first < x->size) {
        x->at = first == EVTX_CHUNK_HEADER ? first : x->at;
        return report_finding(x, EVTX_WARNING, 0, "a chunk without its signature");
    }
    x->at = x->size;
    return empty ? EVTX_END
                 : report_finding(x, EVTX_SKIP, 0, "a block that is no chunk and holds no record");
}

static enum evtx_found check_header(struct evtx *x)
{
    if (x->size < EVTX_CHUNK_HEADER)
        return report_finding(x, EVTX_SKIP, 0, "the file ends inside a chunk's header");
    if (!evtx_header_is_whole(x->block))
        return report_finding(x, EVTX_WARNING, 0, "the checksum of a chunk's header is wrong");
    return EVTX_END;
}

/* The first of the checks that are left. END: nothing to tell. */
static enum evtx_found check_chunk(struct evtx *x)
{
    uint32_t left = x->checks, first = left & (0 - left);
    x->checks &= ~first;
    switch (first) {
    case CHECK_SIGNATURE:
        return check_signature(x);
    case CHECK_HEADER:
        return check_header(x);
    case CHECK_RECORDS:
        if (!records_crc_is_right(x))
            return report_finding(x, EVTX_WARNING, 0, "the checksum of a chunk's records is wrong");
        return EVTX_END;
    case CHECK_SIZE:
        return report_finding(x, EVTX_WARNING, x->copy_at, "a record's two sizes differ");
    default:
        return report_finding(x, EVTX_WARNING, x->lacks_at,
                              "a record names more values than it has");
    }
}

/* ---- records -------------------------------------------------------------------------------- */

/* A record inside [at, end) that goes on from id; end when there is none. */
static uint32_t find_successor(const struct evtx *x, uint32_t at, uint32_t end, uint64_t id)
{
    while ((at = find_record(x, at, end)) < end) {
        if (evtx_record_at(x->block, x->size, at, true) != 0 && id_at(x, at) == id + 1)
            return at;
        at += 8;
    }
    return end;
}

/* Where the one behind a record may begin. A record is as long as it says if its size stands at
 * its end too; otherwise its successor may lie inside of it, and if it cannot be read, anything. */
static uint32_t record_end(const struct evtx *x, uint32_t at, uint32_t size, bool broken)
{
    if (text_le32(x->block + at + size - 4) == size)
        return at + size;
    return broken ? at + 8 : find_successor(x, at + EVTX_RECORD_MIN, at + size, id_at(x, at));
}

static enum evtx_found broken_record(struct evtx *x, uint32_t at)
{
    const struct audit_record *a = &x->audit_record;
    enum evtx_found found = report_finding(x, EVTX_SKIP, at, x->binxml.why);
    x->skipped_ours = audit_is_ours(a->provider, a->number[SLOT_EVENT_ID]);
    return found;
}

/* The record at x->at. END: it is not ours. */
static enum evtx_found read_record(struct evtx *x)
{
    uint32_t at = x->at, size = text_le32(x->block + at + 4);
    struct audit_record *a = &x->audit_record;
    enum binxml_result result =
        binxml_record(&x->binxml, at + EVTX_RECORD_HEADER, at + size - 4, a,
                      x->room != NULL ? x->room : x->own_room, RECORD_MAX, x->source);
    bool broken = result == BINXML_BROKEN, whole = text_le32(x->block + at + size - 4) == size;
    x->at = record_end(x, at, size, broken);
    if (!broken || whole) {
        x->has_id = true;
        x->id = id_at(x, at);
    }
    if (broken)
        return broken_record(x, at);
    if (!whole) {
        x->checks |= CHECK_SIZE;
        x->copy_at = at;
    }
    if (x->binxml.missing_values) {
        x->checks |= CHECK_VALUES;
        x->lacks_at = at;
    }
    x->passed += result == BINXML_PASSED;
    if (result == BINXML_PASSED)
        return EVTX_END;
    if (a->number[SLOT_RECORD_ID] == 0)
        a->number[SLOT_RECORD_ID] = x->id;
    x->record = audit_record_finish(a, text_le64(x->block + at + 16));
    return EVTX_RECORD;
}

/* At x->at, whatever stands there. END: go on. */
static enum evtx_found step_record(struct evtx *x)
{
    uint32_t start = x->at;
    if (is_record(x, start) && is_current(x, start))
        return read_record(x);
    if (start >= x->free) {
        x->at = x->size;
        return EVTX_END;
    }
    if (is_record(x, start))
        return pass_stale(x);
    return pass_gap(x) ? report_finding(x, EVTX_SKIP, start, "no record where one should be")
                       : EVTX_END;
}

enum evtx_found evtx_next(struct evtx *x)
{
    for (;;) {
        enum evtx_found found;
        if (x->checks == 0 && x->at >= x->size)
            return EVTX_END;
        found = x->checks != 0 ? check_chunk(x) : step_record(x);
        if (found != EVTX_END)
            return found;
    }
}
