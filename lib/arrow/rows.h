/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Events as rows: what of an event is in which column, just as the JSON says it. */
#ifndef WFPW_ROWS_H
#define WFPW_ROWS_H

#include "arrow/column.h"
#include "base/text.h"

struct rows {
    struct column_memory memory;
    uint32_t count;
    struct column columns[COLUMN_COUNT];
};

/* Those columns; the allocator is kept by the caller. */
void rows_init(struct rows *r, const wfpw_allocator *allocator, const uint8_t *ids, uint32_t count,
               uint32_t first_room);
/* After memory.failed rows are of no use any more. */
void rows_add(struct rows *r, const wfpw_event *ev);
/* Texts that lie where others will be written: before the batch of the events is read into. */
void rows_forget_batch(struct rows *r);
/* Empties them. */
void rows_free(struct rows *r);
/* What only some kinds of events have. */
void rows_add_bodies(struct rows *r, const wfpw_event *ev);

static inline void rows_number(struct rows *r, enum column_id id, uint64_t v)
{
    column_int64(&r->memory, &r->columns[id], r->count, (int64_t)v);
}

static inline void rows_number_if(struct rows *r, bool given, enum column_id id, uint64_t v)
{
    if (given)
        rows_number(r, id, v);
}

/* Of at most 16 bits. */
static inline void rows_small(struct rows *r, enum column_id id, uint16_t v)
{
    column_int32(&r->memory, &r->columns[id], r->count, v);
}

static inline void rows_bool(struct rows *r, enum column_id id, bool yes)
{
    column_bool(&r->memory, &r->columns[id], r->count, yes);
}

static inline void rows_word(struct rows *r, enum column_id id, uint32_t code)
{
    column_word(&r->memory, &r->columns[id], r->count, code);
}

static inline void rows_words(struct rows *r, enum column_id id, uint32_t bits)
{
    column_words(&r->memory, &r->columns[id], r->count, bits);
}

/* A text of the batch; NULL: absent. */
static inline void rows_name(struct rows *r, enum column_id id, const char *s)
{
    if (s != NULL)
        column_name(&r->memory, &r->columns[id], r->count, s);
}

static inline void rows_text(struct rows *r, enum column_id id, const char *s)
{
    if (s != NULL)
        column_text(&r->memory, &r->columns[id], r->count, s, strlen(s));
}

/* FILETIME to microseconds since 1970, towards the past. */
static inline int64_t rows_microseconds(uint64_t filetime)
{
    return (int64_t)(filetime / 10) - 11644473600000000;
}

/* 0: absent. */
static inline void rows_time(struct rows *r, enum column_id id, uint64_t filetime)
{
    if (filetime != 0)
        column_int64(&r->memory, &r->columns[id], r->count, rows_microseconds(filetime));
}

static inline void rows_ip(struct rows *r, enum column_id id, const wfpw_endpoint *e)
{
    if (e->family == 0)
        return;
    char *to = column_text_room(&r->memory, &r->columns[id], r->count, TEXT_IP_MAX);
    if (to != NULL)
        column_texts_end(&r->memory, &r->columns[id].texts, text_ip(to, e->addr, e->family));
}

#endif
