/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where a template instance has its definition and its values. */
#include "base/simd.h"
#include "decode/evtx/binxml.h"

enum {
    INSTANCE_HEAD = 10,  /* token, a byte, template id, definition offset */
    DEFINITION_HEAD = 24 /* next offset, GUID, size */
};

bool binxml_overspent(struct binxml *x)
{
    x->steps = 0;
    return binxml_is_broken(x, "the record asks for more work than records do");
}

/* The definition, and in *at where the instance goes on behind it. */
static bool read_definition(struct binxml *x, uint32_t *at, struct binxml_instance *i)
{
    if (i->definition > x->size || x->size - i->definition < DEFINITION_HEAD)
        return binxml_is_broken(x, "a template lies outside its block");
    uint32_t size = text_le32(x->chunk + i->definition + 20);
    i->body = i->definition + DEFINITION_HEAD;
    if (size > x->size - i->body)
        return binxml_is_broken(x, "a template is larger than its block");
    i->body_end = i->body + size;
    if (i->definition == *at)
        *at = i->body_end;
    return true;
}

bool binxml_instance_at(struct binxml *x, uint32_t at, uint32_t end, struct binxml_instance *i)
{
    if (end > x->size || at > end || end - at < INSTANCE_HEAD)
        return binxml_is_broken(x, "the record ends inside a template instance");
    i->definition = text_le32(x->chunk + at + 6);
    at += INSTANCE_HEAD;
    if (!read_definition(x, &at, i))
        return false;
    if (at > end || end - at < 4)
        return binxml_is_broken(x, "the record ends inside a template instance");
    i->count = text_le32(x->chunk + at);
    i->table = at + 4;
    if (i->count > (end - i->table) / BINXML_DESCRIPTOR)
        return binxml_is_broken(x, "the record has less room than values");
    if (!binxml_spend(x, i->count / 8 + 1))
        return false;
    i->values = i->table + BINXML_DESCRIPTOR * i->count;
    /* a chunk has room for 16384 descriptors: no overflow */
    uint32_t size = simd_sum_low16(x->chunk + i->table, i->count);
    if (size > end - i->values)
        return binxml_is_broken(x, "the values are larger than their record");
    i->end = i->values + size;
    return true;
}
