/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values of one column of an array under way, in buffers as Arrow wants them. A row that
 * nothing is put into is null; rows come in order. Once memory has run out `failed` is set, and
 * what is put goes nowhere. */
#ifndef WFPW_COLUMN_H
#define WFPW_COLUMN_H

#include <string.h>

#include "arrow/column_list.h"

/* What all columns of an array share. */
struct column_memory {
    const wfpw_allocator *allocator;
    uint32_t first_room; /* rows that a column has room for at first; a multiple of 512 */
    bool failed;
    size_t text_bytes; /* of the column that has most */
};

/* Texts one behind the other: of a column of texts, a dictionary, or the items of lists. */
struct column_texts {
    uint32_t count, nulls, room;
    uint8_t *valid;
    int32_t *offsets; /* count + 1 */
    char *text;
    size_t used, text_room;
    uint32_t first_count; /* room at first, by what the array before took; 0: not known */
    size_t first_bytes;   /* likewise of text */
};

/* Where in a dictionary a text is. */
struct column_slot {
    uint32_t hash, index; /* index: one more; 0: the slot is free */
};

/* The values, ends and validity of a column that has no value, in an array of no more rows: shared
 * by all of them, never written to, never freed. */
enum { COLUMN_ZERO_ROWS = 32768 };
extern const uint8_t column_zeros[];

enum { COLUMN_RECENT = 32, COLUMN_RECENT_BITS = 5, COLUMN_CODES = 64 };

struct column {
    bool is_on;
    bool is_sparse; /* valid is kept; until a row is left out it is the first `given` rows */
    uint8_t type, list;
    uint32_t room;  /* rows; 0 while nothing was put */
    uint32_t given; /* rows that are not null */
    uint32_t ended; /* lists: rows whose end stands in values */
    uint8_t *valid, *values;
    struct column_texts texts;
    int64_t *numbers; /* items of lists */
    uint32_t number_count, number_room;
    struct column_slot *slots;
    uint32_t slot_count; /* a power of 2 */
    struct {
        const char *text;
        uint32_t index;
    } recent[COLUMN_RECENT];     /* by where the text lies */
    uint8_t words[COLUMN_CODES]; /* of codes below it, of column_start: one more; 0: none */
};

/* An empty column of that kind. */
void column_start(struct column *c, const struct column_kind *kind, bool is_on);

/* Room for that row, too. false: the column is not wanted, or there is no memory. */
bool column_grow(struct column_memory *m, struct column *c, uint32_t row);
/* Whatever it holds. */
void column_free(struct column_memory *m, struct column *c);

/* That row has a value, though one before it has none. */
void column_mark(struct column *c, uint32_t row);

static inline bool column_give(struct column_memory *m, struct column *c, uint32_t row)
{
    if (row >= c->room && (!c->is_on || !column_grow(m, c, row)))
        return false;
    if (row != c->given)
        column_mark(c, row);
    c->given++;
    return true;
}

static inline void column_int64(struct column_memory *m, struct column *c, uint32_t row, int64_t v)
{
    if (column_give(m, c, row))
        memcpy(c->values + 8 * (size_t)row, &v, sizeof v);
}

static inline void column_int32(struct column_memory *m, struct column *c, uint32_t row, int32_t v)
{
    if (column_give(m, c, row))
        memcpy(c->values + 4 * (size_t)row, &v, sizeof v);
}

static inline void column_bool(struct column_memory *m, struct column *c, uint32_t row, bool yes)
{
    if (column_give(m, c, row) && yes)
        c->values[row >> 3] |= (uint8_t)(1u << (row & 7));
}

/* A text of a column of texts. */
void column_text(struct column_memory *m, struct column *c, uint32_t row, const char *s, size_t n);
/* Room for a text of so many bytes where column_text_room finds none. NULL: as column_grow. */
char *column_text_grow(struct column_memory *m, struct column *c, uint32_t row, size_t most);

/* Room for a text of so many bytes, which column_texts_end takes n of. NULL: as column_grow. */
static inline char *column_text_room(struct column_memory *m, struct column *c, uint32_t row,
                                     size_t most)
{
    const struct column_texts *t = &c->texts;
    if (t->count != row || row >= t->room || t->text_room - t->used < most)
        return column_text_grow(m, c, row, most);
    return t->text + t->used;
}

static inline void column_texts_end(struct column_memory *m, struct column_texts *t, size_t n)
{
    t->used += n;
    t->valid[t->count >> 3] |= (uint8_t)(1u << (t->count & 7));
    t->offsets[++t->count] = (int32_t)t->used;
    if (t->used > m->text_bytes)
        m->text_bytes = t->used;
}

/* The index of a text in the dictionary, where it may be new. */
uint32_t column_index(struct column_memory *m, struct column *c, const char *s);
void column_forget_recent(struct column *c);

/* A text of a dictionary, ended by a NUL, that lies still until column_forget_recent. */
static inline void column_name(struct column_memory *m, struct column *c, uint32_t row,
                               const char *s)
{
    if (!c->is_on)
        return;
    uint64_t place = (uintptr_t)s * (uint64_t)0x9E3779B97F4A7C15u >> (64 - COLUMN_RECENT_BITS);
    if (c->recent[place].text != s) {
        c->recent[place].index = column_index(m, c, s);
        c->recent[place].text = s;
    }
    column_int32(m, c, row, (int32_t)c->recent[place].index);
}

/* A word of the column's list; null when the code has none. */
static inline void column_word(struct column_memory *m, struct column *c, uint32_t row,
                               uint32_t code)
{
    if (code < COLUMN_CODES && c->words[code] != 0)
        column_int32(m, c, row, c->words[code] - 1);
}

/* Starts the row's list, which is empty as yet; its items follow. false: as column_grow. */
bool column_list(struct column_memory *m, struct column *c, uint32_t row);
void column_item_text(struct column_memory *m, struct column *c, const char *s, size_t n);
void column_item_null(struct column_memory *m, struct column *c);
void column_item_number(struct column_memory *m, struct column *c, uint64_t v);
/* The words of bits, as the row's list. */
void column_words(struct column_memory *m, struct column *c, uint32_t row, uint32_t bits);

/* So many rows there are: makes texts and lists as long. Without a value the buffers stay NULL, for
 * column_zeros, unless those are too short. */
void column_end(struct column_memory *m, struct column *c, uint32_t rows);

#endif
