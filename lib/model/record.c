/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/record.h"

#include <string.h>

#include "codes/wfp_symbols.h"

struct record *record_start(struct record_builder *b, void *base, uint32_t cap, uint16_t kind,
                            uint16_t source)
{
    *b = (struct record_builder){.base = base, .cap = cap, .used = sizeof(struct record)};
    struct record *r = record_of(b);
    *r = (struct record){.kind = kind, .source = source};
    return r;
}

uint32_t record_room_raw(struct record_builder *b, size_t size)
{
    uint32_t at = b->used;
    if (size > RECORD_MAX || record_cost(size) > b->cap - b->used) {
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
        return 0;
    }
    b->used += record_cost(size);
    return at;
}

uint32_t record_room(struct record_builder *b, size_t size)
{
    uint32_t at = record_room_raw(b, size);
    if (at != 0)
        memset(b->base + at, 0, record_cost(size));
    return at;
}

uint32_t record_finish(struct record_builder *b)
{
    record_of(b)->bytes = b->used;
    return b->used;
}

static inline uint64_t mixed_hash(uint64_t h, uint64_t piece)
{
    h = (h ^ piece) * 0x9E3779B97F4A7C15u + 1;
    return h ^ h >> 32;
}

uint64_t record_computer(const struct record *r)
{
    const struct record_audit *a = r->audit_at != 0 ? record_at(r, r->audit_at) : NULL;
    uint64_t h, piece = 0;
    if (a == NULL || !value_is(&a->computer))
        return 0;
    const uint8_t *p = record_at(r, a->computer.at);
    uint32_t n = a->computer.size;
    h = n;
    for (uint32_t i = 0; i + sizeof piece <= n; i += sizeof piece) {
        memcpy(&piece, p + i, sizeof piece);
        h = mixed_hash(h, piece);
    }
    if (n >= sizeof piece) /* the last ones, some of them again */
        memcpy(&piece, p + n - sizeof piece, sizeof piece);
    for (uint32_t i = 0; i < n && n < sizeof piece; i++)
        piece = piece << 8 | p[i];
    return mixed_hash(h, piece);
}

const char *record_filter_key(const struct record *r, char text[TEXT_GUID_MAX + 1])
{
    const uint8_t *guid = record_at(r, r->filter_key_at);
    if (r->filter_key_at == 0)
        return NULL;
    uint16_t symbol = wfp_symbol_of_guid(guid);
    text[text_guid(text, guid, false)] = 0;
    return symbol != WFP_SYMBOL_NONE ? wfp_symbol_text(symbol) : text;
}
