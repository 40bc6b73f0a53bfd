/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "codes/wfp_symbols.h"
#include "guard/guard.h"

static void condition_of_filter(const void *filter, uint32_t i, struct guard_condition *out)
{
    const wfpw_filter *f = filter;
    const wfpw_condition *c =
        (const void *)((const char *)f->conditions + (size_t)i * f->condition_stride);
    *out = (struct guard_condition){c->field, c->match, c->type, c->value, c->high};
}

struct guard_subject guard_of_filter(const wfpw_filter *f)
{
    return (struct guard_subject){
        .filter = f,
        .condition = condition_of_filter,
        .count = f->condition_count,
        .is_cut = f->truncated != 0,
        .has_weight = (f->present & WFPW_FILTER_HAS_WEIGHT) != 0,
        .action = f->action,
        .flags = f->flags,
        .weight = f->weight,
        .layer = f->layer,
        .sublayer = f->sublayer,
        .provider = f->provider,
        .provider_name = f->provider_name,
        .weight_type = f->weight_type,
    };
}

static void condition_of_object(const void *filter, uint32_t i, struct guard_condition *out)
{
    const struct policy_object *o = filter;
    const struct policy_object_condition *c = &policy_object_conditions(o)[i];
    *out = (struct guard_condition){
        policy_object_text_of(o, c->field), policy_object_text_of(o, c->match),
        policy_object_text_of(o, c->type), policy_object_text_of(o, c->value),
        policy_object_text_of(o, c->high)};
}

struct guard_subject guard_of_object(const struct policy_object *o)
{
    policy_object_text action = o->texts[TEXT_ACTION];
    return (struct guard_subject){
        .filter = o,
        .condition = condition_of_object,
        .count = o->condition_count,
        .is_cut = (o->state & POLICY_OBJECT_TRUNCATED) != 0,
        .has_weight = (o->present & POLICY_OBJECT_HAS_WEIGHT) != 0,
        .action = (action & POLICY_OBJECT_SYMBOL) != 0
                      ? wfp_symbol_number((uint16_t)(action & ~POLICY_OBJECT_SYMBOL))
                      : 0,
        .flags = o->flag_bits,
        .weight = o->weight,
        .layer = policy_object_slot_of(o, TEXT_LAYER),
        .sublayer = policy_object_slot_of(o, TEXT_SUBLAYER),
        .provider = policy_object_slot_of(o, TEXT_PROVIDER),
        .weight_type = policy_object_slot_of(o, TEXT_WEIGHT_TYPE),
    };
}
