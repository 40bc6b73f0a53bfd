/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "policy/rules_reader.h"

#include <string.h>

#include "base/hash.h"
#include "decode/rules/rule_string.h"

/* What stands for an indirect string of the rule, where this host's System32 has it. */
static void display_slot(struct rules_reader *r, enum rule_slot slot)
{
    char room[INDIRECT_STRING_TEXT_MAX];
    size_t n = display_find(&r->display, r->system, rule_text(&r->builder.rule, slot), room);
    if (n > 0)
        rule_put(&r->builder, slot, room, n);
}

static uint64_t mark_of(const char *id, size_t id_size, const char *value, size_t size)
{
    uint64_t h = hash_mix(id_size, size);
    for (size_t i = 0; i < id_size; i++)
        h = hash_mix(h, (uint8_t)id[i]);
    for (; size >= 8; size -= 8, value += 8)
        h = hash_mix(h, text_le64((const uint8_t *)value));
    for (; size > 0; size--)
        h = hash_mix(h, (uint8_t)*value++);
    return h;
}

static void read_rule(struct rules_reader *r, size_t id, size_t size)
{
    uint64_t mark = mark_of(r->id, id, r->value, size);
    if (r->to.keep != NULL && r->to.keep(r->to.ctx, r->id, id, r->origin, mark)) {
        r->rules++;
        return;
    }
    enum rule_string_result result =
        rule_string_read(&r->builder, r->id, id, r->value, size, r->origin);
    r->skipped += result == RULE_STRING_BAD;
    if (result != RULE_STRING_RULE)
        return;
    display_slot(r, RULE_NAME);
    display_slot(r, RULE_DESCRIPTION);
    display_slot(r, RULE_GROUP);
    const struct rule *rule = rule_finish(&r->builder);
    r->rules += rule != NULL;
    if (rule != NULL)
        r->to.take(r->to.ctx, rule, mark);
}

static void take_value(void *to, const uint16_t *name, size_t name_units, const uint16_t *value,
                       size_t units)
{
    struct rules_reader *r = to;
    bool stopped = r->to.is_stopped(r->to.ctx);
    r->is_stopped |= stopped;
    if (name_units > RULE_ID_MAX || units > SYSTEM_RULE_UNITS || stopped) {
        r->skipped++;
        return;
    }
    size_t id = text_utf16(r->id, name, name_units);
    read_rule(r, id, text_utf16(r->value, value, units));
}

void rules_reader_init(struct rules_reader *r, const struct wfpw_system *system,
                       const wfpw_allocator *memory)
{
    r->system = system;
    display_init(&r->display, memory);
}

void rules_reader_free(struct rules_reader *r)
{
    display_free(&r->display);
}

uint8_t rules_reader_origin(enum system_rules_place place)
{
    static const uint8_t origins[RULES_PLACES] = {
        [RULES_LOCAL] = WFPW_RULE_ORIGIN_LOCAL,
        [RULES_STATIC] = WFPW_RULE_ORIGIN_STATIC,
        [RULES_CONFIGURABLE] = WFPW_RULE_ORIGIN_CONFIGURABLE,
        [RULES_APPISO] = WFPW_RULE_ORIGIN_APPISO,
        [RULES_MDM] = WFPW_RULE_ORIGIN_MDM,
        [RULES_GROUP_POLICY] = WFPW_RULE_ORIGIN_GROUP_POLICY,
    };
    return origins[place];
}

uint32_t rules_reader_read(struct rules_reader *r, enum system_rules_place place)
{
    r->origin = rules_reader_origin(place);
    return r->system->rules->list(r->system->ctx, place, take_value, r);
}
