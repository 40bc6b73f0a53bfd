/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "arrow/array.h"

#include "base/memory.h"
#include "codes/code_words.h"

enum { BUFFERS_MOST = 3 }; /* validity, values or offsets, text */

/* What an ArrowArray owns beside its buffers; behind it its children with their pointers. */
struct array_owner {
    wfpw_allocator memory;
    const void *buffers[BUFFERS_MOST];
    struct ArrowArray dictionary;
    struct ArrowArray *children; /* an array */
};

static void release_array(struct ArrowArray *a)
{
    struct array_owner *owner = a->private_data;
    wfpw_allocator memory = owner->memory;
    for (int64_t i = 0; i < a->n_children; i++)
        if (a->children[i]->release != NULL) /* else somebody took it */
            a->children[i]->release(a->children[i]);
    if (a->dictionary != NULL && a->dictionary->release != NULL)
        a->dictionary->release(a->dictionary);
    for (int i = 0; i < BUFFERS_MOST; i++)
        if (owner->buffers[i] != column_zeros)
            memory_free(&memory, (void *)(uintptr_t)owner->buffers[i]);
    memory_free(&memory, owner);
    a->release = NULL;
}

/* An array without buffers, and with children that have no release as yet. */
static bool make_array(struct column_memory *m, int64_t length, uint32_t buffers, uint32_t children,
                       struct ArrowArray *out)
{
    size_t each = sizeof(struct ArrowArray) + sizeof(struct ArrowArray *);
    struct array_owner *owner =
        m->failed ? NULL : memory_new(m->allocator, sizeof *owner + children * each);
    if (owner == NULL) {
        m->failed = true;
        return false;
    }
    owner->memory = *m->allocator;
    owner->children = (struct ArrowArray *)(void *)(owner + 1);
    *out = (struct ArrowArray){.length = length,
                               .n_buffers = buffers,
                               .n_children = children,
                               .buffers = owner->buffers,
                               .release = release_array,
                               .private_data = owner};
    out->children = (struct ArrowArray **)(void *)(owner->children + children);
    for (uint32_t i = 0; i < children; i++)
        out->children[i] = &owner->children[i];
    return true;
}

/* Moves a buffer from its column; NULL: there was nothing to put into it. */
static void take_buffer(struct ArrowArray *a, uint32_t i, void *buffer)
{
    ((struct array_owner *)a->private_data)->buffers[i] = buffer != NULL ? buffer : column_zeros;
}

/* Without nulls there is no need of a bitmap. */
static void take_valid(struct column_memory *m, struct ArrowArray *a, uint8_t **valid,
                       int64_t nulls)
{
    a->null_count = nulls;
    if (nulls > 0)
        take_buffer(a, 0, *valid);
    else
        memory_free(m->allocator, *valid);
    *valid = NULL;
}

static bool array_of_texts(struct column_memory *m, struct column_texts *t, struct ArrowArray *out)
{
    if (!make_array(m, t->count, 3, 0, out))
        return false;
    take_valid(m, out, &t->valid, t->nulls);
    take_buffer(out, 1, t->offsets);
    take_buffer(out, 2, t->text);
    *t = (struct column_texts){.first_count = t->first_count, .first_bytes = t->first_bytes};
    return true;
}

static bool array_of_numbers(struct column_memory *m, struct column *c, struct ArrowArray *out)
{
    if (!make_array(m, c->number_count, 2, 0, out))
        return false;
    take_buffer(out, 1, c->numbers);
    c->numbers = NULL;
    return true;
}

/* All words of a list, as the dictionary of a column. */
static bool array_of_words(struct column_memory *m, uint32_t list, struct ArrowArray *out)
{
    struct column words = {.is_on = true, .type = COLUMN_IS_TEXT};
    size_t count;
    const struct code_word *word = code_word_list(list, &count);
    for (uint32_t i = 0; i < count; i++)
        column_text(m, &words, i, word[i].text, word[i].length);
    bool done = !m->failed && array_of_texts(m, &words.texts, out);
    column_free(m, &words);
    return done;
}

/* Indices with their dictionary, lists with their items, or plain values. */
static bool array_of_values(struct column_memory *m, struct column *c, uint32_t rows,
                            struct ArrowArray *out)
{
    bool is_list = column_is_list(c->type);
    if (!make_array(m, rows, 2, is_list ? 1 : 0, out))
        return false;
    struct array_owner *owner = out->private_data;
    take_valid(m, out, &c->valid, (int64_t)rows - c->given);
    take_buffer(out, 1, c->values);
    c->values = NULL;
    if (is_list)
        return c->type == COLUMN_IS_NUMBERS ? array_of_numbers(m, c, out->children[0])
                                            : array_of_texts(m, &c->texts, out->children[0]);
    if (c->type != COLUMN_IS_NAME && c->type != COLUMN_IS_WORD)
        return true;
    out->dictionary = &owner->dictionary;
    return c->type == COLUMN_IS_WORD ? array_of_words(m, c->list, out->dictionary)
                                     : array_of_texts(m, &c->texts, out->dictionary);
}

bool array_rows(struct column_memory *m, struct column *columns, const uint8_t *ids, uint32_t count,
                uint32_t rows, struct ArrowArray *out)
{
    bool made = make_array(m, rows, 1, count, out);
    for (uint32_t i = 0; i < count; i++) {
        struct column *c = &columns[ids[i]];
        if (made && !m->failed && c->type == COLUMN_IS_TEXT)
            (void)array_of_texts(m, &c->texts, out->children[i]);
        else if (made && !m->failed)
            (void)array_of_values(m, c, rows, out->children[i]);
        column_free(m, c); /* what was not taken */
    }
    if (made && m->failed)
        out->release(out);
    return !m->failed;
}
