/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "record.h"

#include <string.h>

struct record *record_start(struct record_builder *b, void *base, uint32_t cap, uint16_t kind,
                            uint16_t source)
{
    *b = (struct record_builder){.base = base, .cap = cap, .used = sizeof(struct record)};
    struct record *r = record_of(b);
    *r = (struct record){.kind = kind, .source = source};
    return r;
}

struct value record_put(struct record_builder *b, uint8_t type, const void *data, size_t size)
{
    size_t text = text_value_max(type, size) + 1;
    if (size > RECORD_MAX || record_cost(size) > b->cap - b->used ||
        text > RECORD_TEXT_MAX - b->text) {
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
        return (struct value){0};
    }
    struct value v = {.at = b->used, .size = (uint32_t)size, .type = type};
    if (size > 0)
        memcpy(b->base + b->used, data, size);
    b->used += record_cost(size);
    b->text += (uint32_t)text;
    return v;
}

uint32_t record_room(struct record_builder *b, size_t size)
{
    uint32_t at = b->used;
    if (size > RECORD_MAX || record_cost(size) > b->cap - b->used) {
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
        return 0;
    }
    memset(b->base + at, 0, record_cost(size));
    b->used += record_cost(size);
    return at;
}

uint32_t record_finish(struct record_builder *b)
{
    record_of(b)->bytes = b->used;
    return b->used;
}
