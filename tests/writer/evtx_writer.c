/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The file, its chunks and their records. */
#include "writer/evtx_writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void le16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void le32(uint8_t *p, uint32_t v)
{
    le16(p, (uint16_t)v);
    le16(p + 2, (uint16_t)(v >> 16));
}

static void le64(uint8_t *p, uint64_t v)
{
    le32(p, (uint32_t)v);
    le32(p + 4, (uint32_t)(v >> 32));
}

/* ---- where the bytes go --------------------------------------------------------------------- */

static void emit_memory(struct evtx_writer *w, const void *p, size_t n)
{
    if (n > w->cap - w->size) {
        size_t cap = (w->size + n) * 2;
        uint8_t *data = realloc(w->data, cap);
        if (data == NULL) {
            w->failed = true;
            return;
        }
        w->data = data;
        w->cap = cap;
    }
    memcpy(w->data + w->size, p, n);
    w->size += n;
}

static void emit(struct evtx_writer *w, const void *p, size_t n)
{
    if (w->file == NULL)
        emit_memory(w, p, n);
    else if (fwrite(p, 1, n, w->file) == n)
        w->size += n;
    else
        w->failed = true;
}

/* ---- the file's header ---------------------------------------------------------------------- */

static void file_header(const struct evtx_writer *w, uint8_t *h)
{
    memset(h, 0, EVTXW_FILE_HEADER);
    memcpy(h, "ElfFile", 8);
    le64(h + 16, w->chunks > 0 ? w->chunks - 1u : 0);
    le64(h + 24, w->last_id + 1);
    le32(h + 32, 128);
    le16(h + 36, 1);
    le16(h + 38, 3);
    le16(h + 40, EVTXW_FILE_HEADER);
    le16(h + 42, w->chunks);
    le32(h + 120, w->flags);
    le32(h + 124, (uint32_t)crc32(0, h, 120));
}

bool evtxwriter_begin(struct evtx_writer *w, FILE *f)
{
    static const uint8_t empty[EVTXW_FILE_HEADER];
    *w = (struct evtx_writer){.file = f};
    w->chunk = malloc(EVTXW_CHUNK);
    if (w->chunk == NULL)
        return false;
    emit(w, empty, sizeof empty);
    return !w->failed;
}

static void rewrite_header(struct evtx_writer *w)
{
    uint8_t h[EVTXW_FILE_HEADER];
    file_header(w, h);
    if (w->file == NULL && w->data != NULL)
        memcpy(w->data, h, sizeof h);
    else if (w->file != NULL && fseek(w->file, 0, SEEK_SET) == 0)
        w->failed |= fwrite(h, 1, sizeof h, w->file) != sizeof h ||
                     fseek(w->file, 0, SEEK_END) != 0 || fflush(w->file) != 0;
}

bool evtxwriter_end(struct evtx_writer *w)
{
    evtxwriter_flush(w);
    if (!w->failed)
        rewrite_header(w);
    free(w->chunk);
    w->chunk = NULL;
    return !w->failed;
}

void evtxwriter_free(struct evtx_writer *w)
{
    free(w->data);
    free(w->chunk);
    w->data = w->chunk = NULL;
}

/* ---- chunks --------------------------------------------------------------------------------- */

static void begin_chunk(struct evtx_writer *w)
{
    memset(w->chunk, 0, EVTXW_CHUNK);
    memcpy(w->chunk, "ElfChnk", 8);
    le32(w->chunk + 40, 128);
    le32(w->chunk + 120, 1);
    w->at = EVTXW_CHUNK_HEADER;
    w->template_count = 0;
    w->chunk_first = w->chunk_last = 0;
    w->last_record = 0;
    w->full = false;
}

void evtxwriter_flush(struct evtx_writer *w)
{
    uint8_t *c = w->chunk;
    if (w->at == 0 || w->last_record == 0)
        return;
    le64(c + 8, w->chunk_first);
    le64(c + 16, w->chunk_last);
    le64(c + 24, w->chunk_first);
    le64(c + 32, w->chunk_last);
    le32(c + 44, w->last_record);
    le32(c + 48, w->at);
    le32(c + 52, (uint32_t)crc32(0, c + EVTXW_CHUNK_HEADER, w->at - EVTXW_CHUNK_HEADER));
    uint32_t sum = (uint32_t)crc32(0, c, 120);
    le32(c + 124, (uint32_t)crc32(sum, c + 128, EVTXW_CHUNK_HEADER - 128));
    emit(w, c, EVTXW_CHUNK);
    w->chunks++;
    w->at = 0;
}

/* ---- records -------------------------------------------------------------------------------- */

/* The chunk's tables of names and templates. */
static uint8_t *tables(struct evtx_writer *w)
{
    return w->chunk + 128;
}

void evtxw_record(struct evtx_writer *w, uint64_t id, uint64_t written)
{
    if (w->at == 0)
        begin_chunk(w);
    memcpy(w->saved_tables, tables(w), sizeof w->saved_tables);
    w->saved_templates = w->template_count;
    w->full = false;
    w->record = w->at;
    evtxw_put(w, "**\0\0", 4);
    evtxw_u32(w, 0);
    evtxw_u64(w, id);
    evtxw_u64(w, written);
}

static void take_back(struct evtx_writer *w)
{
    bool alone = w->last_record == 0;
    memcpy(tables(w), w->saved_tables, sizeof w->saved_tables);
    memset(w->chunk + w->record, 0, EVTXW_CHUNK - w->record);
    w->template_count = w->saved_templates;
    w->at = w->record;
    w->full = false;
    if (!alone)
        evtxwriter_flush(w);
}

bool evtxw_record_end(struct evtx_writer *w)
{
    static const uint8_t zeros[8];
    uint64_t id = 0;
    evtxw_put(w, zeros, (4 - (w->at - w->record)) & 7);
    uint32_t size = w->at + 4 - w->record;
    evtxw_u32(w, size);
    if (w->full) {
        take_back(w);
        return false;
    }
    le32(w->chunk + w->record + 4, size);
    for (int i = 7; i >= 0; i--)
        id = id << 8 | w->chunk[w->record + 8 + (uint32_t)i];
    w->chunk_first = w->last_record == 0 ? id : w->chunk_first;
    w->chunk_last = w->last_id = id;
    w->first_id = w->records == 0 ? id : w->first_id;
    w->last_record = w->record;
    w->records++;
    return true;
}
