/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Whether a template's records are ours, or one record is, before anything of it is rendered. */
#include "decode/evtx/binxml.h"

void binxml_ascii(const uint8_t *chars, struct binxml_name *name)
{
    name->n = 0;
    if (name->units > NAME_LENGTH_MAX)
        return;
    for (uint16_t i = 0; i < name->units; i++) {
        uint16_t u = text_le16(chars + 2 * (size_t)i);
        if (u > 0x7E || u < 0x20)
            return;
        name->ascii[i] = (char)u;
    }
    name->n = name->units;
}

/* Who a provider's name or GUID stands for; UNKNOWN when it is not a literal. */
static enum audit_provider provider_of(struct binxml *x, const struct binxml_op *op)
{
    const struct binxml_piece *piece = &x->pieces[op->first];
    struct binxml_name name = {.units = piece->units};
    uint8_t guid[16];
    if (op->count != 1 || piece->kind != PIECE_LITERAL)
        return PROVIDER_UNKNOWN;
    binxml_ascii(x->chunk + piece->at, &name);
    if (op->target == SLOT_PROVIDER_NAME)
        return audit_provider_name(name.ascii, name.n);
    return text_parse_guid(name.ascii, name.n, guid) ? audit_provider_guid(guid) : PROVIDER_OTHER;
}

/* A provider that is known need not be looked at for each record. */
static void drop_provider(struct binxml *x, struct binxml_plan *plan)
{
    uint32_t kept = plan->first;
    for (uint32_t i = plan->first; i < plan->first + plan->count; i++) {
        const struct binxml_op *op = &x->ops[i];
        bool provider = binxml_is_slot(op) &&
                        (op->target == SLOT_PROVIDER_NAME || op->target == SLOT_PROVIDER_GUID);
        if (plan->id_op == i)
            plan->id_op = kept;
        if (!provider)
            x->ops[kept++] = *op;
    }
    plan->count = kept - plan->first;
    x->op_count = kept;
}

void binxml_find_provider(struct binxml *x, struct binxml_plan *plan)
{
    enum audit_provider by_name = PROVIDER_UNKNOWN, by_guid = PROVIDER_OTHER;
    plan->id_op = BINXML_NO_OP;
    for (uint32_t i = plan->first; i < plan->first + plan->count; i++) {
        const struct binxml_op *op = &x->ops[i];
        if (!binxml_is_slot(op))
            continue;
        if (op->target == SLOT_EVENT_ID && op->count == 1 &&
            x->pieces[op->first].kind == PIECE_SUBSTITUTION)
            plan->id_op = i;
        if (op->target == SLOT_PROVIDER_NAME)
            by_name = provider_of(x, op);
        if (op->target == SLOT_PROVIDER_GUID)
            by_guid = provider_of(x, op);
    }
    plan->provider = (uint16_t)(by_name == PROVIDER_OTHER ? by_guid : by_name);
    if (plan->provider != PROVIDER_UNKNOWN)
        drop_provider(x, plan);
}

/* Most records of a log have few ids. */
static bool is_foreign_id(struct binxml *x, uint16_t id)
{
    uint32_t *known = &x->foreign[id % BINXML_FOREIGN];
    if (*known == id + 1u)
        return true;
    if (audit_is_ours(PROVIDER_SECURITY, id) || audit_is_ours(PROVIDER_EVENTLOG, id) ||
        audit_is_ours(PROVIDER_FIREWALL, id))
        return false;
    *known = id + 1u;
    return true;
}

bool binxml_is_foreign(struct binxml *x, const struct binxml_instance *i,
                       const struct binxml_plan *plan)
{
    if (plan->provider == PROVIDER_OTHER)
        return true;
    if (plan->id_op == BINXML_NO_OP)
        return false;
    uint32_t index = x->pieces[x->ops[plan->id_op].first].at, at = i->values;
    const uint8_t *d = x->chunk + i->table;
    if (index >= i->count)
        return false;
    for (; index > 0; index--, d += BINXML_DESCRIPTOR)
        at += text_le16(d);
    if (text_le16(d) != 2 || d[2] != VALUE_U16)
        return false;
    return is_foreign_id(x, text_le16(x->chunk + at));
}
