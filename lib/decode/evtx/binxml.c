/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "base/simd.h"
#include "decode/evtx/binxml.h"

#include <string.h>

enum {
    SLOTS = BINXML_PLANS * 2,
    TOKEN_INSTANCE = 0x0C,
    TOKEN_FRAGMENT = 0x0F,
    TOKEN_END = 0x00,
};

static void forget_plans(struct binxml *x)
{
    x->op_count = x->piece_count = x->plan_count = 0;
    memset(x->slots, 0, sizeof x->slots);
    x->crowded = false;
}

void binxml_chunk(struct binxml *x, const uint8_t *chunk, uint32_t size)
{
    x->chunk = chunk;
    x->size = size;
    x->work = BINXML_STEPS_A_BYTE * size;
    forget_plans(x);
}

/* ---- template instances --------------------------------------------------------------------- */

/* Types that are ours are not for files to give. */
static void refuse_types(struct binxml_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        if ((binxml_type_of(&values[v]) & VALUE_UTF8) != 0)
            values[v].descriptor = binxml_size_of(&values[v]) | (uint32_t)VALUE_BINARY << 16;
}

/* The instance's values behind those of the instances around it. */
static bool load_values(struct binxml *x, const struct binxml_instance *i)
{
    struct binxml_value *values = &x->values[x->value_count];
    if (i->count > BINXML_VALUES - x->value_count)
        return binxml_is_broken(x, "more values than a block can hold");
    uint32_t seen = simd_places(values, x->chunk + i->table, i->count, i->values);
    if ((seen & (uint32_t)VALUE_UTF8 << 16) != 0)
        refuse_types(values, i->count);
    x->value_count += i->count;
    return true;
}

/* ---- the cache of plans --------------------------------------------------------------------- */

static uint32_t slot_of(uint32_t at, enum audit_element place)
{
    return (at * 0x9E3779B1u + (uint32_t)place * 0x85EBCA6Bu) >> 16 & (SLOTS - 1);
}

/* With the dependency word or without, as is usual there; then the other way. What was wrong with
 * the usual one is told. */
static const struct binxml_plan *compile_plan(struct binxml *x, uint32_t at, uint32_t end,
                                              enum audit_element place, bool dependency)
{
    const struct binxml_plan *plan = binxml_compile(x, at, end, place, dependency);
    const char *why = x->why;
    if (plan != NULL || x->crowded)
        return plan;
    plan = binxml_compile(x, at, end, place, !dependency);
    if (plan == NULL)
        x->why = why;
    return plan;
}

static const struct binxml_plan *plan_of(struct binxml *x, const struct binxml_instance *i,
                                         enum audit_element place)
{
    uint32_t s = slot_of(i->body, place);
    for (; x->slots[s] != 0; s = (s + 1) & (SLOTS - 1)) {
        const struct binxml_plan *plan = &x->plans[x->slots[s] - 1];
        if (plan->at == i->body && plan->place == place)
            return plan;
    }
    const struct binxml_plan *plan = compile_plan(x, i->body, i->body_end, place, true);
    if (plan != NULL)
        x->slots[s] = (uint16_t)(plan - x->plans + 1);
    return plan;
}

/* ---- running a plan ------------------------------------------------------------------------- */

static bool run_fragment(struct binxml *x, uint32_t at, uint32_t end, enum audit_element place,
                         int depth);
static bool run_instance(struct binxml *x, const struct binxml_instance *i,
                         enum audit_element place, int depth);

static inline struct binxml_text text_of(struct binxml_frame *f, uint32_t first, uint16_t count,
                                         int scratch)
{
    const struct binxml_piece *piece = &f->x->pieces[first];
    const struct binxml_value *v;
    if (count == 0)
        return (struct binxml_text){.p = "", .type = VALUE_STRING};
    if (count > 1 || piece->kind == PIECE_CHARACTER)
        return binxml_join(f, piece, count, scratch);
    if (piece->kind == PIECE_LITERAL)
        return (struct binxml_text){
            .p = f->x->chunk + piece->at, .n = 2 * (size_t)piece->units, .type = VALUE_STRING};
    v = binxml_value_of(f, piece);
    if (v == NULL || binxml_type_of(v) == VALUE_NULL)
        return (struct binxml_text){.p = "", .type = VALUE_STRING, .absent = piece->optional != 0};
    return (struct binxml_text){
        .p = f->x->chunk + v->at, .n = binxml_size_of(v), .type = binxml_type_of(v)};
}

/* ---- fields and arrays ---------------------------------------------------------------------- */

/* The bytes of an array's first item; its separator, if any, comes on top. */
static size_t item_size(uint8_t type, const uint8_t *p, size_t n, size_t *separator)
{
    static const uint8_t sizes[] = {0, 0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 0, 16, 0, 8, 16};
    size_t used = 0;
    *separator = 0;
    if (type == VALUE_STRING || type == VALUE_ANSI) {
        size_t unit = type == VALUE_STRING ? 2 : 1;
        while (used + unit <= n && (p[used] != 0 || p[used + unit - 1] != 0))
            used += unit;
        *separator = used + unit <= n ? unit : n - used;
        return used;
    }
    if (type == VALUE_SID)
        return n >= 8 ? 8 + 4 * (size_t)p[1] : n;
    if (type == VALUE_HEX32 || type == VALUE_HEX64)
        return type == VALUE_HEX32 ? 4 : 8;
    used = type < sizeof sizes ? sizes[type] : 0;
    return used == 0 ? n : used;
}

static void emit_field(struct binxml_frame *f, const struct binxml_op *op, uint8_t type,
                       const void *p, size_t n)
{
    struct binxml_text name = {.p = "", .type = VALUE_STRING};
    if (op->name == NAME_NONE)
        name = text_of(f, op->name_first, op->name_count, 0);
    if (!binxml_spend(f->x, binxml_cost(type, n) + binxml_cost(name.type, name.n)))
        return;
    audit_record_field(f->x->out, op->name, name.type, name.p, name.n, type, p, n);
}

/* An array in an element's content stands for one such element an item. */
static void emit_array(struct binxml_frame *f, const struct binxml_op *op,
                       const struct binxml_text *t)
{
    const uint8_t *p = t->p;
    size_t n = t->n, separator;
    uint8_t type = t->type & (uint8_t)~VALUE_ARRAY;
    for (int items = 0; n > 0 && items <= RECORD_FIELDS_MAX; items++) {
        size_t size = item_size(type, p, n, &separator);
        size = size > n ? n : size;
        emit_field(f, op, type, p, size);
        p += size + separator;
        n -= size + separator;
    }
}

static bool run_field(struct binxml_frame *f, const struct binxml_op *op)
{
    struct binxml *x = f->x;
    struct binxml_text t = text_of(f, op->first, op->count, 1);
    if (t.absent)
        return true;
    if (t.type == VALUE_BINXML) {
        uint32_t at = (uint32_t)((const uint8_t *)t.p - x->chunk);
        return run_fragment(x, at, at + (uint32_t)t.n, ELEMENT_DATA, f->depth + 1);
    }
    if ((t.type & VALUE_ARRAY) != 0)
        emit_array(f, op, &t);
    else
        emit_field(f, op, t.type, t.p, t.n);
    return true;
}

/* ---- operations ----------------------------------------------------------------------------- */

static bool run_nest(struct binxml_frame *f, const struct binxml_op *op)
{
    const struct binxml_value *v = binxml_value_of(f, &f->x->pieces[op->first]);
    if (v == NULL || binxml_type_of(v) != VALUE_BINXML || binxml_size_of(v) == 0)
        return true;
    return run_fragment(f->x, v->at, v->at + binxml_size_of(v), (enum audit_element)op->target,
                        f->depth + 1);
}

/* The values of an instance go into the record in one piece, once a record, with what their texts
 * may need at most: none of them has to be asked for its own. */
static void copy_values(struct binxml_frame *f, const struct binxml_instance *i)
{
    struct binxml *x = f->x;
    uint32_t size = i->end - i->values, at;
    if (x->copied || size > BINXML_COPIED || i->count > BINXML_COPIED_VALUES)
        return;
    x->copied = true;
    if (!record_adopt(&x->out->b, i->count, size))
        return;
    at = record_block(&x->out->b, x->chunk + i->values, size);
    f->copy = at != 0 ? at - i->values : 0;
}

/* How many operations from op on are such fields, as far as the record has values, room and steps:
 * they name their values in ascending order. */
static size_t plain_fields_from(const struct binxml_frame *f, const struct binxml_op *op,
                                const struct binxml_op *end)
{
    size_t most = audit_record_room(f->x->out), n = op->plain_run;
    n = n < (size_t)(end - op) ? n : (size_t)(end - op);
    most = most < f->x->steps ? most : f->x->steps;
    n = n < most ? n : most;
    while (n > 0 && op[n - 1].name_first >= f->count)
        n--;
    return n;
}

/* From op on, fields of the table whose values are in the record already, up to one that is not
 * that simple: this is what most records of ours consist of. */
static const struct binxml_op *run_plain(struct binxml_frame *f, const struct binxml_op *op,
                                         const struct binxml_op *end)
{
    static const uint32_t not_plain = 1u << VALUE_NULL | 1u << VALUE_F32 | 1u << VALUE_F64;
    struct binxml *x = f->x;
    const struct binxml_value *values = &x->values[f->first];
    const struct binxml_op *start = op, *stop = op + plain_fields_from(f, op, end);
    const uint32_t copy = f->copy;
    struct audit_record_plain to = audit_record_plain(x->out);
    for (; op < stop; op++) {
        const struct binxml_value *v = &values[op->name_first];
        const uint32_t type = binxml_type_of(v);
        if (type > VALUE_HEX64 || (not_plain >> type & 1) != 0)
            break;
        audit_record_plain_field(
            &to, op->name, op->target,
            (struct value){.at = v->at + copy, .size = binxml_size_of(v), .type = type});
    }
    x->steps -= (uint32_t)(op - start);
    audit_record_plain_end(x->out, &to);
    return op;
}

/* The same of slots, whose values are of the usual types. */
static const struct binxml_op *run_plain_slots(struct binxml_frame *f, const struct binxml_op *op,
                                               const struct binxml_op *end)
{
    struct binxml *x = f->x;
    const struct binxml_value *values = &x->values[f->first];
    uint32_t steps = x->steps;
    for (; op < end && op->kind == OP_PLAIN_SLOT && op->name_first < f->count && steps > 0; op++) {
        const struct binxml_value *v = &values[op->name_first];
        if (!audit_record_usual_slot(x->out, (enum slot)op->target, binxml_type_of(v),
                                     x->chunk + v->at, binxml_size_of(v)))
            break;
        steps--;
    }
    x->steps = steps;
    return op;
}

static bool run_op(struct binxml_frame *f, const struct binxml_op *op)
{
    struct binxml_instance i;
    struct binxml_text t;
    switch (op->kind) {
    case OP_PLAIN_SLOT:
    case OP_SLOT:
        t = text_of(f, op->first, op->count, 1);
        if (!binxml_spend(f->x, binxml_cost(t.type, t.n)))
            return false;
        if (!t.absent)
            audit_record_slot(f->x->out, (enum slot)op->target, t.type, t.p, t.n);
        return true;
    case OP_PLAIN_FIELD:
    case OP_FIELD:
        return run_field(f, op);
    case OP_NEST:
        return run_nest(f, op);
    default:
        return binxml_instance_at(f->x, op->first, f->x->size, &i) &&
               run_instance(f->x, &i, (enum audit_element)op->target, f->depth + 1);
    }
}

static bool run_plan(struct binxml_frame *f, const struct binxml_plan *plan)
{
    struct binxml *x = f->x;
    if (plan->provider != PROVIDER_UNKNOWN)
        x->out->provider = (enum audit_provider)plan->provider;
    const struct binxml_op *op = &x->ops[plan->first], *end = op + plan->count;
    while (op < end) {
        if (op->kind == OP_PLAIN_FIELD && f->copy != 0)
            op = run_plain(f, op, end);
        else if (op->kind == OP_PLAIN_SLOT)
            op = run_plain_slots(f, op, end);
        if (op < end && (!binxml_spend(x, 1) || !run_op(f, op++)))
            return false;
    }
    return true;
}

/* ---- passing over --------------------------------------------------------------------------- */

/* Most records are passed over before there is anything to write down. */
static void begin_record(struct binxml *x)
{
    if (!x->begun)
        audit_record_start(x->out, x->room, x->cap, x->source);
    x->begun = true;
}

static bool run_instance(struct binxml *x, const struct binxml_instance *i,
                         enum audit_element place, int depth)
{
    struct binxml_frame f = {.x = x, .first = x->value_count, .count = i->count, .depth = depth};
    if (depth > BINXML_DEPTH)
        return binxml_is_broken(x, "fragments are nested too deeply");
    const struct binxml_plan *plan = plan_of(x, i, place);
    if (plan == NULL)
        return false;
    if (place == ELEMENT_TOP && binxml_is_foreign(x, i, plan)) {
        x->out->provider = PROVIDER_OTHER;
        return true;
    }
    begin_record(x);
    if (plan->plain_fields)
        copy_values(&f, i);
    bool ok = load_values(x, i) && run_plan(&f, plan);
    x->value_count = f.first;
    return ok;
}

/* ---- fragments and records ------------------------------------------------------------------ */

/* Elements that stand in the record itself: compiled, run once, forgotten. */
static bool run_direct(struct binxml *x, uint32_t at, uint32_t end, enum audit_element place,
                       int depth)
{
    struct binxml_frame f = {.x = x, .first = x->value_count, .depth = depth};
    const struct binxml_plan *plan = compile_plan(x, at, end, place, false);
    if (plan == NULL)
        return false;
    bool last = plan == &x->plans[x->plan_count - 1];
    begin_record(x);
    bool ok = run_plan(&f, plan);
    if (last && plan == &x->plans[x->plan_count - 1])
        binxml_forget(x, plan);
    return ok;
}

static bool run_fragment(struct binxml *x, uint32_t at, uint32_t end, enum audit_element place,
                         int depth)
{
    struct binxml_instance i;
    bool first = true;
    if (depth > BINXML_DEPTH)
        return binxml_is_broken(x, "fragments are nested too deeply");
    for (;; first = false) {
        while (at < end && x->chunk[at] == TOKEN_FRAGMENT)
            at += 4;
        if (at >= end || (x->chunk[at] != TOKEN_INSTANCE && !first) || x->chunk[at] == TOKEN_END)
            return true;
        if (x->chunk[at] != TOKEN_INSTANCE)
            return run_direct(x, at, end, place, depth);
        if (!binxml_instance_at(x, at, end, &i) || !run_instance(x, &i, place, depth))
            return false;
        at = i.end;
    }
}

static bool run_record(struct binxml *x, uint32_t at, uint32_t end)
{
    uint32_t most = x->work < BINXML_STEPS ? x->work : BINXML_STEPS;
    x->steps = most;
    x->value_count = 0;
    x->missing_values = x->copied = false;
    bool ok = run_fragment(x, at, end, ELEMENT_TOP, 0);
    x->work -= most - x->steps;
    return ok;
}

enum binxml_result binxml_record(struct binxml *x, uint32_t at, uint32_t end,
                                 struct audit_record *out, void *room, uint32_t cap,
                                 uint16_t source)
{
    x->out = out;
    x->room = room;
    x->cap = cap;
    x->source = source;
    for (int again = 0; again < 2; again++) {
        x->begun = false;
        out->provider = PROVIDER_UNKNOWN;
        out->number[SLOT_EVENT_ID] = 0;
        if (run_record(x, at, end))
            return audit_is_ours(out->provider, out->number[SLOT_EVENT_ID]) ? BINXML_OURS
                                                                            : BINXML_PASSED;
        if (!x->crowded)
            break;
        forget_plans(x);
        x->why = "the record's templates need more room than there is";
    }
    return BINXML_BROKEN;
}
