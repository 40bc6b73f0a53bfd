/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "arrow/column.h"

#include "base/memory.h"
#include "codes/code_words.h"

enum {
    TEXT_FIRST = 4096, /* bytes */
    ITEMS_FIRST = 512, /* of lists and dictionaries */
    SLOTS_FIRST = 256, /* of a dictionary's table */
    ROOM_STEP = 512,   /* rows and items are a multiple of it, as validity has whole buffers */
    WHOLE = 64         /* buffers are as long as a multiple of it */
};

const _Alignas(WHOLE) uint8_t column_zeros[8 * COLUMN_ZERO_ROWS + WHOLE];

/* ---- memory --------------------------------------------------------------------------------- */

/* A larger block with what the old one held; the old one is gone. NULL: there is no memory, and the
 * old one is there still. */
static void *grow_block(struct column_memory *m, void *old, size_t used, size_t bytes)
{
    void *block = m->failed ? NULL : memory_new(m->allocator, (bytes + WHOLE - 1) / WHOLE * WHOLE);
    if (block == NULL) {
        m->failed = true;
        return NULL;
    }
    if (used > 0)
        memcpy(block, old, used);
    memory_free(m->allocator, old);
    return block;
}

/* For `room` rows or items instead of `before`. */
static bool grow_valid(struct column_memory *m, uint8_t **valid, uint32_t before, uint32_t room)
{
    void *block = grow_block(m, *valid, before / 8, room / 8);
    if (block != NULL)
        *valid = block;
    return block != NULL;
}

static uint32_t room_for(uint32_t room, uint32_t first, uint32_t index)
{
    room = room != 0 ? room : first;
    while (room <= index)
        room *= 2;
    return room;
}

/* Bytes of the values of so many rows, in a column of that type: lists have an end more. */
static size_t values_bytes(uint8_t type, uint32_t rows)
{
    switch (type) {
    case COLUMN_IS_INT64:
    case COLUMN_IS_TIME:
        return 8 * (size_t)rows;
    case COLUMN_IS_BOOL:
        return rows / 8;
    case COLUMN_IS_WORDS:
    case COLUMN_IS_TEXTS:
    case COLUMN_IS_NUMBERS:
        return 4 * ((size_t)rows + 1);
    default:
        return 4 * (size_t)rows;
    }
}

bool column_grow(struct column_memory *m, struct column *c, uint32_t row)
{
    if (!c->is_on || m->failed)
        return false;
    uint32_t room = room_for(c->room, m->first_room, row);
    size_t before = c->room != 0 ? values_bytes(c->type, c->room) : 0;
    void *values = grow_block(m, c->values, before, values_bytes(c->type, room));
    if (values == NULL)
        return false;
    c->values = values;
    if (!grow_valid(m, &c->valid, c->room, room))
        return false;
    c->room = room;
    return true;
}

/* The first n rows have values. */
static void mark_first(uint8_t *valid, uint32_t n)
{
    memset(valid, 0xFF, n / 8);
    if (n % 8 != 0)
        valid[n / 8] = (uint8_t)((1u << n % 8) - 1);
}

void column_mark(struct column *c, uint32_t row)
{
    if (!c->is_sparse)
        mark_first(c->valid, c->given);
    c->is_sparse = true;
    c->valid[row >> 3] |= (uint8_t)(1u << (row & 7));
}

/* Codes of the lists that are columns are small (test_arrow_rows). */
static void find_words(struct column *c)
{
    size_t count;
    const struct code_word *words = code_word_list(c->list, &count);
    for (size_t i = 0; i < count; i++)
        if (words[i].code < COLUMN_CODES)
            c->words[words[i].code] = (uint8_t)(i + 1);
}

void column_start(struct column *c, const struct column_kind *kind, bool is_on)
{
    *c = (struct column){.is_on = is_on, .type = kind->type, .list = kind->list};
    if (kind->type == COLUMN_IS_WORD)
        find_words(c);
}

void column_free(struct column_memory *m, struct column *c)
{
    struct column_texts *t = &c->texts;
    void *blocks[] = {c->valid, c->values, t->valid, t->offsets, t->text, c->numbers, c->slots};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        memory_free(m->allocator, blocks[i]);
    bool is_on = c->is_on;
    const struct column_kind kind = {.type = c->type, .list = c->list};
    const struct column_texts next = {.first_count = t->first_count, .first_bytes = t->first_bytes};
    column_start(c, &kind, is_on);
    c->texts = next;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Room for the text of that index, too. */
static bool grow_texts(struct column_memory *m, struct column_texts *t, uint32_t first, uint32_t i)
{
    uint32_t room = room_for(t->room, first > t->first_count ? first : t->first_count, i);
    size_t before = t->room != 0 ? 4 * ((size_t)t->count + 1) : 0;
    void *offsets = grow_block(m, t->offsets, before, 4 * ((size_t)room + 1));
    if (offsets == NULL)
        return false;
    t->offsets = offsets;
    if (!grow_valid(m, &t->valid, t->room, room))
        return false;
    t->room = room;
    return true;
}

static bool grow_text(struct column_memory *m, struct column_texts *t, size_t n)
{
    size_t first = t->first_bytes > TEXT_FIRST ? t->first_bytes : TEXT_FIRST;
    size_t room = t->text_room != 0 ? t->text_room : first;
    while (room - t->used < n)
        room *= 2;
    void *text = grow_block(m, t->text, t->used, room);
    if (text == NULL)
        return false;
    t->text = text;
    t->text_room = room;
    return true;
}

/* Room for one more text of n bytes; NULL: there is none. */
static inline char *start_text(struct column_memory *m, struct column_texts *t, uint32_t first,
                               size_t n)
{
    if (t->count >= t->room && !grow_texts(m, t, first, t->count))
        return NULL;
    if ((t->text == NULL || t->text_room - t->used < n) && !grow_text(m, t, n))
        return NULL;
    return t->text + t->used;
}

static void add_text(struct column_memory *m, struct column_texts *t, uint32_t first, const char *s,
                     size_t n)
{
    char *to = start_text(m, t, first, n);
    if (to == NULL)
        return;
    memcpy(to, s, n);
    column_texts_end(m, t, n);
}

static void add_null(struct column_memory *m, struct column_texts *t, uint32_t first)
{
    if (t->count >= t->room && !grow_texts(m, t, first, t->count))
        return;
    t->nulls++;
    t->count++;
    t->offsets[t->count] = (int32_t)t->used;
}

/* Rows up to this one that had no text. */
static void pad_texts(struct column_memory *m, struct column *c, uint32_t rows)
{
    struct column_texts *t = &c->texts;
    if (t->count >= rows || (rows > t->room && !grow_texts(m, t, m->first_room, rows - 1)))
        return;
    t->nulls += rows - t->count;
    while (t->count < rows)
        t->offsets[++t->count] = (int32_t)t->used;
}

void column_text(struct column_memory *m, struct column *c, uint32_t row, const char *s, size_t n)
{
    if (!c->is_on)
        return;
    pad_texts(m, c, row);
    add_text(m, &c->texts, m->first_room, s, n);
}

char *column_text_grow(struct column_memory *m, struct column *c, uint32_t row, size_t most)
{
    if (!c->is_on)
        return NULL;
    pad_texts(m, c, row);
    return m->failed ? NULL : start_text(m, &c->texts, m->first_room, most);
}

/* ---- dictionaries --------------------------------------------------------------------------- */

static uint32_t hash_text(const char *s, size_t n)
{
    uint64_t h = n;
    for (; n >= 8; s += 8, n -= 8) {
        uint64_t v;
        memcpy(&v, s, sizeof v);
        h = (h ^ v) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 0x100000001B3u;
    return (uint32_t)(h ^ h >> 29);
}

static bool is_text(const struct column_texts *t, uint32_t i, const char *s, size_t n)
{
    size_t start = (size_t)t->offsets[i], length = (size_t)t->offsets[i + 1] - start;
    return length == n && memcmp(t->text + start, s, n) == 0;
}

/* The slot of that text, or the free one for it. */
static struct column_slot *find_slot(const struct column *c, uint32_t hash, const char *s, size_t n)
{
    uint32_t mask = c->slot_count - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        struct column_slot *slot = &c->slots[i];
        if (slot->index == 0 || (slot->hash == hash && is_text(&c->texts, slot->index - 1, s, n)))
            return slot;
    }
}

/* Twice as many slots, in which all stand again. */
static bool grow_slots(struct column_memory *m, struct column *c)
{
    uint32_t count = c->slot_count != 0 ? 2 * c->slot_count : SLOTS_FIRST;
    struct column_slot *slots = grow_block(m, NULL, 0, count * sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < c->slot_count; i++) {
        uint32_t to = c->slots[i].hash & (count - 1);
        while (c->slots[i].index != 0 && slots[to].index != 0)
            to = (to + 1) & (count - 1);
        if (c->slots[i].index != 0)
            slots[to] = c->slots[i];
    }
    memory_free(m->allocator, c->slots);
    c->slots = slots;
    c->slot_count = count;
    return true;
}

uint32_t column_index(struct column_memory *m, struct column *c, const char *s)
{
    size_t n = strlen(s);
    uint32_t hash = hash_text(s, n);
    if (2 * c->texts.count >= c->slot_count && !grow_slots(m, c))
        return 0;
    struct column_slot *slot = find_slot(c, hash, s, n);
    if (slot->index == 0) {
        add_text(m, &c->texts, ITEMS_FIRST, s, n);
        *slot = (struct column_slot){hash, m->failed ? 0 : c->texts.count};
    }
    return slot->index != 0 ? slot->index - 1 : 0;
}

void column_forget_recent(struct column *c)
{
    if (c->is_on && c->type == COLUMN_IS_NAME)
        memset(c->recent, 0, sizeof c->recent);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static uint32_t item_count(const struct column *c)
{
    return c->type == COLUMN_IS_NUMBERS ? c->number_count : c->texts.count;
}

/* Rows up to this one end here. */
static void end_lists(struct column *c, uint32_t rows)
{
    int32_t items = (int32_t)item_count(c);
    while (c->ended < rows) {
        c->ended++;
        memcpy(c->values + 4 * (size_t)c->ended, &items, sizeof items);
    }
}

bool column_list(struct column_memory *m, struct column *c, uint32_t row)
{
    if (!column_give(m, c, row))
        return false;
    end_lists(c, row);
    return true;
}

void column_item_text(struct column_memory *m, struct column *c, const char *s, size_t n)
{
    add_text(m, &c->texts, ITEMS_FIRST, s, n);
}

void column_item_null(struct column_memory *m, struct column *c)
{
    add_null(m, &c->texts, ITEMS_FIRST);
}

void column_item_number(struct column_memory *m, struct column *c, uint64_t v)
{
    if (c->number_count == c->number_room) {
        uint32_t room = room_for(c->number_room, ITEMS_FIRST, c->number_count);
        size_t used = (size_t)c->number_count * sizeof *c->numbers;
        void *numbers = grow_block(m, c->numbers, used, room * sizeof *c->numbers);
        if (numbers == NULL)
            return;
        c->numbers = numbers;
        c->number_room = room;
    }
    memcpy(&c->numbers[c->number_count++], &v, sizeof v);
}

void column_words(struct column_memory *m, struct column *c, uint32_t row, uint32_t bits)
{
    if (!column_list(m, c, row))
        return;
    for (; bits != 0; bits &= bits - 1) {
        const struct code_word *word = code_word_find(c->list, bits & (0 - bits));
        if (word != NULL)
            column_item_text(m, c, word->text, word->length);
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

/* The next array is likely to take as much: room is made once, instead of by doubling. */
static void expect_as_much(struct column_texts *t)
{
    t->first_count = (t->count + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    t->first_bytes = t->used + t->used / 8;
}

/* Whether the array can do without buffers of its own. */
static bool is_empty(struct column *c, uint32_t rows)
{
    bool has_none = c->type == COLUMN_IS_TEXT ? c->texts.room == 0 : c->room == 0;
    if (!has_none || rows > COLUMN_ZERO_ROWS)
        return false;
    if (c->type == COLUMN_IS_TEXT)
        c->texts.count = c->texts.nulls = rows;
    return true;
}

void column_end(struct column_memory *m, struct column *c, uint32_t rows)
{
    uint32_t last = rows > 0 ? rows - 1 : 0;
    if (!c->is_on || m->failed || is_empty(c, rows))
        return;
    if (c->type == COLUMN_IS_TEXT)
        pad_texts(m, c, rows);
    else if (last >= c->room && !column_grow(m, c, last))
        return;
    else if (!c->is_sparse && c->given < rows)
        mark_first(c->valid, c->given);
    if (column_is_list(c->type))
        end_lists(c, rows);
    expect_as_much(&c->texts);
}
