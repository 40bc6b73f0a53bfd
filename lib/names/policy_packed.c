/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "names/policy_packed.h"

#include <stddef.h>
#include <string.h>

#include "codes/wfp_symbols.h"

/* Two lengths of four bytes, then numbers of seven bits a byte, the low ones first. A text is a
 * number: 0 when it is absent, else what it is in the low two bits; above them a symbol's index, or
 * the length of what follows. */
enum { HEAD = 8, TEXT_SYMBOL = 1, TEXT_PLAIN = 2, TEXT_GUID = 3, GUID_BYTES = 16 };

/* ---- packing -------------------------------------------------------------------------------- */

enum { NUMBER_MAX = 10 };

struct packer {
    uint8_t *to, *end;
    bool is_full;
    size_t texts; /* the bytes of all texts, unpacked */
};

static inline void put_number(struct packer *k, uint64_t v)
{
    if (k->end - k->to < NUMBER_MAX) {
        k->is_full = true;
        return;
    }
    for (; v >= 0x80; v >>= 7)
        *k->to++ = (uint8_t)(v | 0x80);
    *k->to++ = (uint8_t)v;
}

/* 16: it is none. */
static inline uint32_t digit_of(char c)
{
    const uint32_t u = (uint8_t)c, digit = u - '0', letter = u - 'a';
    return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

/* Only as text_guid writes it, in braces and small letters: so it is written again as it was. */
static bool is_guid(const char *s, size_t n, uint8_t guid[GUID_BYTES])
{
    /* where the two digits of each byte stand: the first three fields are little-endian */
    static const uint8_t at[GUID_BYTES] = {7,  5,  3,  1,  12, 10, 17, 15,
                                           20, 22, 25, 27, 29, 31, 33, 35};
    uint32_t wrong = 0;
    if (n != TEXT_GUID_MAX || s[0] != '{' || s[9] != '-' || s[14] != '-' || s[19] != '-' ||
        s[24] != '-' || s[37] != '}')
        return false;
    for (int i = 0; i < GUID_BYTES; i++) {
        uint32_t high = digit_of(s[at[i]]), low = digit_of(s[at[i] + 1]);
        wrong |= high | low;
        guid[i] = (uint8_t)(high << 4 | low);
    }
    return wrong < 16;
}

static void put_bytes(struct packer *k, const void *p, size_t n)
{
    if ((size_t)(k->end - k->to) < n) {
        k->is_full = true;
        return;
    }
    memcpy(k->to, p, n);
    k->to += n;
}

static void put_plain(struct packer *k, const char *s)
{
    uint8_t guid[GUID_BYTES];
    size_t n = strlen(s);
    k->texts += n + 1;
    if (is_guid(s, n, guid)) {
        put_number(k, (uint64_t)n << 2 | TEXT_GUID);
        put_bytes(k, guid, sizeof guid);
    } else {
        put_number(k, (uint64_t)n << 2 | TEXT_PLAIN);
        put_bytes(k, s, n);
    }
}

static inline void put_text(struct packer *k, const struct policy_object *o, policy_object_text t)
{
    if (t == 0)
        put_number(k, 0);
    else if ((t & POLICY_OBJECT_SYMBOL) != 0)
        put_number(k, (uint64_t)(t & ~POLICY_OBJECT_SYMBOL) << 2 | TEXT_SYMBOL);
    else
        put_plain(k, (const char *)o + t);
}

static void put_condition(struct packer *k, const struct policy_object *o,
                          const struct policy_object_condition *c)
{
    put_text(k, o, c->field);
    put_text(k, o, c->match);
    put_text(k, o, c->type);
    put_text(k, o, c->element);
    put_text(k, o, c->value);
    put_text(k, o, c->high);
    put_number(k, c->flags);
}

static size_t align_up(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

/* As policy_object_finish lays it out. */
static size_t unpacked_size(const struct policy_object *o, size_t texts)
{
    size_t conditions = o->condition_count * sizeof(struct policy_object_condition);
    size_t n = align_up(align_up(sizeof *o + texts) + conditions);
    return align_up(n + o->flag_count * sizeof(policy_object_text));
}

static void put_object(struct packer *k, const struct policy_object *o)
{
    for (uint32_t i = 0; i < TEXT_COUNT; i++)
        put_text(k, o, o->texts[i]);
    const uint64_t numbers[] = {o->kind,
                                o->state,
                                o->present,
                                o->flag_bits,
                                o->id,
                                o->weight,
                                o->effective_weight,
                                o->raw_context,
                                o->condition_count,
                                o->flag_count};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_number(k, numbers[i]);
    const struct policy_object_condition *c = policy_object_conditions(o);
    for (uint32_t i = 0; i < o->condition_count; i++)
        put_condition(k, o, &c[i]);
    const policy_object_text *flags = policy_object_flags(o);
    for (uint32_t i = 0; i < o->flag_count; i++)
        put_text(k, o, flags[i]);
}

size_t policy_pack(const struct policy_object *o, void *to, size_t room)
{
    uint8_t *start = to;
    if (room < HEAD)
        return 0;
    struct packer k = {.to = start + HEAD, .end = start + room};
    put_object(&k, o);
    if (k.is_full)
        return 0;
    text_put_le32(start, (uint32_t)(k.to - start));
    text_put_le32(start + 4, (uint32_t)unpacked_size(o, k.texts));
    return (size_t)(k.to - start);
}

size_t policy_packed_bytes(const struct policy_packed *p)
{
    return text_le32((const uint8_t *)p);
}

size_t policy_packed_unpacked(const struct policy_packed *p)
{
    return text_le32((const uint8_t *)p + 4);
}

/* ---- unpacking ------------------------------------------------------------------------------ */

static uint64_t next_number(const uint8_t **p)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t digit = *(*p)++;
        v |= (uint64_t)(digit & 0x7F) << shift;
        if (digit < 0x80)
            return v;
    }
}

/* What follows the number of a text. */
static size_t bytes_of_text(uint64_t t)
{
    return (t & 3) == TEXT_GUID ? (size_t)GUID_BYTES : (t & 3) == TEXT_PLAIN ? (size_t)(t >> 2) : 0;
}

/* Writes a text of that number with its NUL. */
static void write_text(uint64_t t, const uint8_t *p, char *to)
{
    size_t n = (size_t)(t >> 2);
    if ((t & 3) == TEXT_GUID)
        (void)text_guid(to, p, false);
    else
        memcpy(to, p, n);
    to[n] = 0;
}

struct unpacker {
    const uint8_t *p;
    uint8_t *base;
    uint32_t used;
};

static policy_object_text take_text(struct unpacker *u)
{
    uint64_t t = next_number(&u->p);
    uint32_t at = u->used;
    if (t == 0)
        return 0;
    if ((t & 3) == TEXT_SYMBOL)
        return POLICY_OBJECT_SYMBOL | (uint32_t)(t >> 2);
    write_text(t, u->p, (char *)u->base + at);
    u->p += bytes_of_text(t);
    u->used += (uint32_t)(t >> 2) + 1;
    return at;
}

static void take_condition(struct unpacker *u, struct policy_object_condition *c)
{
    c->field = take_text(u);
    c->match = take_text(u);
    c->type = take_text(u);
    c->element = take_text(u);
    c->value = take_text(u);
    c->high = take_text(u);
    c->flags = (uint32_t)next_number(&u->p);
}

static void take_numbers(struct unpacker *u, struct policy_object *o)
{
    o->kind = (uint16_t)next_number(&u->p);
    o->state = (uint16_t)next_number(&u->p);
    o->present = (uint32_t)next_number(&u->p);
    o->flag_bits = (uint32_t)next_number(&u->p);
    o->id = next_number(&u->p);
    o->weight = next_number(&u->p);
    o->effective_weight = next_number(&u->p);
    o->raw_context = next_number(&u->p);
    o->condition_count = (uint32_t)next_number(&u->p);
    o->flag_count = (uint32_t)next_number(&u->p);
}

/* The arrays are at the end, the texts before them. */
const struct policy_object *policy_unpack(const struct policy_packed *p, void *to)
{
    struct policy_object *o = to;
    struct unpacker u = {(const uint8_t *)p + HEAD, to, sizeof *o};
    *o = (struct policy_object){.bytes = (uint32_t)policy_packed_unpacked(p)};
    for (uint32_t i = 0; i < TEXT_COUNT; i++)
        o->texts[i] = take_text(&u);
    take_numbers(&u, o);
    size_t flags = align_up(o->flag_count * sizeof(policy_object_text));
    size_t conditions = align_up(o->condition_count * sizeof(struct policy_object_condition));
    o->flags_at = o->bytes - (uint32_t)flags;
    o->conditions_at = o->flags_at - (uint32_t)conditions;
    struct policy_object_condition *c = (void *)(u.base + o->conditions_at);
    for (uint32_t i = 0; i < o->condition_count; i++)
        take_condition(&u, &c[i]);
    policy_object_text *flag = (void *)(u.base + o->flags_at);
    for (uint32_t i = 0; i < o->flag_count; i++)
        flag[i] = take_text(&u);
    return o;
}

/* ---- a text alone --------------------------------------------------------------------------- */

/* The number of the text in a slot; *p: what follows it. */
static uint64_t find_text(const struct policy_packed *packed, enum policy_object_slot slot,
                          const uint8_t **p)
{
    *p = (const uint8_t *)packed + HEAD;
    uint64_t t = next_number(p);
    for (uint32_t i = 0; i < (uint32_t)slot; i++) {
        *p += bytes_of_text(t);
        t = next_number(p);
    }
    return t;
}

const char *policy_packed_text(const struct policy_packed *packed, enum policy_object_slot slot,
                               void *room)
{
    const uint8_t *p;
    uint64_t t = find_text(packed, slot, &p);
    if ((t & 3) == TEXT_SYMBOL)
        return wfp_symbol_text((uint16_t)(t >> 2));
    if (t == 0)
        return NULL;
    write_text(t, p, room);
    return room;
}

bool policy_packed_is(const struct policy_packed *packed, enum policy_object_slot slot,
                      const char *text)
{
    const uint8_t *p = NULL;
    char guid[TEXT_GUID_MAX + 1];
    uint64_t t = text != NULL ? find_text(packed, slot, &p) : 0;
    size_t n = (size_t)(t >> 2);
    switch (t & 3) {
    case TEXT_SYMBOL:
        return strcmp(wfp_symbol_text((uint16_t)n), text) == 0;
    case TEXT_GUID:
        write_text(t, p, guid);
        return strcmp(guid, text) == 0;
    case TEXT_PLAIN:
        return strlen(text) == n && memcmp(p, text, n) == 0;
    default:
        return false;
    }
}

bool policy_packed_has(const struct policy_packed *packed, enum policy_object_slot slot)
{
    const uint8_t *p;
    return find_text(packed, slot, &p) != 0;
}

/* ---- room ----------------------------------------------------------------------------------- */

static bool grow_room(struct policy_room *r, const wfpw_allocator *memory, size_t bytes)
{
    enum { ROOM_MIN = 4096 };
    if (bytes <= r->bytes)
        return true;
    size_t size = bytes < ROOM_MIN ? (size_t)ROOM_MIN : bytes;
    uint64_t *more = memory_take(memory, size);
    if (more == NULL)
        return false;
    memory_give(memory, r->p);
    *r = (struct policy_room){more, size};
    return true;
}

void policy_room_free(struct policy_room *r, const wfpw_allocator *memory)
{
    memory_give(memory, r->p);
    *r = (struct policy_room){0};
}

size_t policy_room_pack(struct policy_room *r, const wfpw_allocator *memory,
                        const struct policy_object *o)
{
    for (size_t room = o->bytes + POLICY_PACKED_MORE; grow_room(r, memory, room); room *= 2) {
        size_t n = policy_pack(o, r->p, r->bytes);
        if (n != 0 && policy_packed_unpacked((const void *)r->p) <= r->bytes)
            return n;
    }
    return 0;
}
