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

uint64_t record_computer(const struct record *r)
{
    const struct record_audit *a = r->audit_at != 0 ? record_at(r, r->audit_at) : NULL;
    uint64_t h = 0, piece;
    if (a == NULL || !value_is(&a->computer))
        return 0;
    const uint8_t *p = record_at(r, a->computer.at);
    for (uint32_t i = 0; i < a->computer.size; i += sizeof piece) {
        uint32_t rest = a->computer.size - i;
        piece = 0;
        memcpy(&piece, p + i, rest < sizeof piece ? rest : sizeof piece);
        h = (h ^ piece) * 0x9E3779B97F4A7C15u + 1;
        h ^= h >> 32;
    }
    return h;
}
