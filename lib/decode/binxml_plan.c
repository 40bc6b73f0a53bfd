/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Compiling a fragment of binary XML to a plan. */
#include "decode/binxml.h"

#include <string.h>

enum token {
    TOKEN_END = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_CLOSE_START = 0x02,
    TOKEN_CLOSE_EMPTY = 0x03,
    TOKEN_END_ELEMENT = 0x04,
    TOKEN_VALUE = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_CDATA = 0x07,
    TOKEN_CHARACTER = 0x08,
    TOKEN_ENTITY = 0x09,
    TOKEN_PI_TARGET = 0x0A,
    TOKEN_PI_DATA = 0x0B,
    TOKEN_INSTANCE = 0x0C,
    TOKEN_NORMAL = 0x0D,
    TOKEN_OPTIONAL = 0x0E,
    TOKEN_FRAGMENT = 0x0F,
    TOKEN_MORE = 0x40
};

struct compiler {
    struct binxml *x;
    uint32_t at, end;
    bool dependency, failed;
};

/* A name as ASCII, for look-ups, and where its characters are. */
struct name {
    char ascii[NAME_LENGTH_MAX];
    size_t n; /* 0 when it is not ASCII, or too long to be known */
    uint32_t at;
    uint16_t units;
};

static bool fail(struct compiler *c, const char *why)
{
    if (!c->failed)
        c->x->why = why;
    c->failed = true;
    return false;
}

/* One token more; its reason is told already when there is none. */
static bool step(struct compiler *c)
{
    c->failed = c->failed || !binxml_spend(c->x, 1);
    return !c->failed;
}

static bool need(struct compiler *c, uint32_t n)
{
    return n <= c->end - c->at || fail(c, "the record ends inside its binary XML");
}

static uint32_t u32(struct compiler *c)
{
    if (!need(c, 4))
        return 0;
    c->at += 4;
    return text_le32(c->x->chunk + c->at - 4);
}

static uint16_t u16(struct compiler *c)
{
    if (!need(c, 2))
        return 0;
    c->at += 2;
    return text_le16(c->x->chunk + c->at - 2);
}

static uint8_t peek(struct compiler *c)
{
    return c->at < c->end ? c->x->chunk[c->at] : TOKEN_END;
}

static void skip(struct compiler *c, uint32_t n)
{
    if (need(c, n))
        c->at += n;
}

/* ---- names ---------------------------------------------------------------------------------- */

static void ascii_name(const uint8_t *chars, struct name *name)
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

/* A name's offset, and the name itself when it stands right here. */
static bool read_name(struct compiler *c, struct name *name)
{
    uint32_t at = u32(c);
    const struct binxml *x = c->x;
    *name = (struct name){0};
    if (c->failed || at > x->size || x->size - at < 8)
        return fail(c, "a name lies outside its block");
    name->units = text_le16(x->chunk + at + 6);
    name->at = at + 8;
    if (2 * (uint32_t)name->units > x->size - name->at)
        return fail(c, "a name lies outside its block");
    ascii_name(x->chunk + name->at, name);
    if (at == c->at)
        skip(c, 8 + 2 * ((uint32_t)name->units + 1));
    return !c->failed;
}

/* ---- what is emitted ------------------------------------------------------------------------ */

static void add_piece(struct compiler *c, struct binxml_piece piece)
{
    struct binxml *x = c->x;
    if (x->piece_count == BINXML_PIECES) {
        x->crowded = true;
        (void)fail(c, "more text than a block can hold");
        return;
    }
    x->pieces[x->piece_count++] = piece;
}

static void add_op(struct compiler *c, struct binxml_op op)
{
    struct binxml *x = c->x;
    if (x->op_count == BINXML_OPS) {
        x->crowded = true;
        (void)fail(c, "more elements than a block can hold");
        return;
    }
    x->ops[x->op_count++] = op;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void literal(struct compiler *c, bool wanted)
{
    uint16_t units = u16(c);
    uint32_t at = c->at;
    skip(c, 2 * (uint32_t)units);
    if (wanted && !c->failed && units > 0)
        add_piece(c, (struct binxml_piece){.kind = PIECE_LITERAL, .at = at, .units = units});
}

static void character(struct compiler *c, uint16_t unit, bool wanted)
{
    if (wanted && !c->failed)
        add_piece(c, (struct binxml_piece){.kind = PIECE_CHARACTER, .at = unit, .units = 1});
}

static void entity(struct compiler *c, bool wanted)
{
    static const struct {
        const char *name;
        uint16_t unit;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    struct name name;
    if (!read_name(c, &name))
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (name.n == strlen(known[i].name) && memcmp(name.ascii, known[i].name, name.n) == 0)
            character(c, known[i].unit, wanted);
}

static void substitution(struct compiler *c, bool optional, bool wanted)
{
    uint16_t index = u16(c);
    skip(c, 1); /* the declared type: each value says its own */
    if (wanted && !c->failed)
        add_piece(c, (struct binxml_piece){
                         .kind = PIECE_SUBSTITUTION, .at = index, .optional = optional});
}

/* One token of text at c->at; false: it is another token. */
static bool text_token(struct compiler *c, bool wanted)
{
    uint8_t token = peek(c) & (uint8_t)~TOKEN_MORE;
    if (token != TOKEN_VALUE && token != TOKEN_CDATA && token != TOKEN_CHARACTER &&
        token != TOKEN_ENTITY && token != TOKEN_NORMAL && token != TOKEN_OPTIONAL)
        return false;
    if (!step(c))
        return false;
    skip(c, token == TOKEN_VALUE ? 2 : 1); /* its type is always text */
    if (token == TOKEN_VALUE || token == TOKEN_CDATA)
        literal(c, wanted);
    else if (token == TOKEN_CHARACTER)
        character(c, u16(c), wanted);
    else if (token == TOKEN_ENTITY)
        entity(c, wanted);
    else
        substitution(c, token == TOKEN_OPTIONAL, wanted);
    return !c->failed;
}

/* ---- elements ------------------------------------------------------------------------------- */

/* An element between its start and its end. */
struct element {
    enum place place;
    struct name name;
    struct binxml_op op; /* the field under way */
    bool has_child;
};

static void attributes(struct compiler *c, struct element *e)
{
    struct binxml *x = c->x;
    struct name name;
    skip(c, 4); /* the size of the list */
    while (!c->failed && (peek(c) & ~TOKEN_MORE) == TOKEN_ATTRIBUTE) {
        skip(c, 1);
        if (!step(c) || !read_name(c, &name))
            return;
        enum slot slot = audit_attribute(e->place, name.ascii, name.n);
        uint32_t first = x->piece_count;
        while (text_token(c, slot != SLOT_NONE))
            ;
        uint16_t count = (uint16_t)(x->piece_count - first);
        if (slot == SLOT_FIELD_NAME) {
            e->op.name_first = first;
            e->op.name_count = count;
        } else if (slot != SLOT_NONE && count > 0) {
            add_op(c,
                   (struct binxml_op){
                       .kind = OP_SLOT, .target = (uint8_t)slot, .first = first, .count = count});
        }
    }
}

/* The name of a field without the attribute is its element's. */
static void name_field(struct compiler *c, struct element *e)
{
    struct binxml *x = c->x;
    struct binxml_op *op = &e->op;
    struct name name;
    if (op->name_count == 0) {
        op->name_first = x->piece_count;
        op->name_count = 1;
        add_piece(c, (struct binxml_piece){
                         .kind = PIECE_LITERAL, .at = e->name.at, .units = e->name.units});
        op->name = audit_name(e->name.ascii, e->name.n);
        return;
    }
    const struct binxml_piece *piece = &x->pieces[op->name_first];
    op->name = NAME_NONE;
    if (op->name_count == 1 && piece->kind == PIECE_LITERAL) {
        name.units = piece->units;
        ascii_name(x->chunk + piece->at, &name);
        op->name = audit_name(name.ascii, name.n);
    }
}

/* Text is wanted where it is a slot or a field; elsewhere a substitution may be a fragment. */
static bool wants_text(const struct element *e)
{
    return !e->has_child && (e->place == PLACE_DATA || audit_text(e->place) != SLOT_NONE);
}

static void nest(struct compiler *c, const struct element *e)
{
    struct binxml *x = c->x;
    uint32_t first = x->piece_count;
    if (!text_token(c, true))
        return;
    for (uint32_t i = first; i < x->piece_count; i++)
        if (x->pieces[i].kind == PIECE_SUBSTITUTION)
            add_op(c, (struct binxml_op){
                          .kind = OP_NEST, .target = (uint8_t)e->place, .first = i, .count = 1});
}

static void instance(struct compiler *c, const struct element *e)
{
    struct binxml_instance i;
    if (!binxml_instance_at(c->x, c->at, c->end, &i)) {
        c->failed = true;
        return;
    }
    if (e->place != PLACE_NOWHERE)
        add_op(c, (struct binxml_op){
                      .kind = OP_INSTANCE, .target = (uint8_t)e->place, .first = c->at});
    c->at = i.end;
}

static void processing_instruction(struct compiler *c, uint8_t token)
{
    struct name name;
    skip(c, 1);
    if (token == TOKEN_PI_TARGET)
        (void)read_name(c, &name);
    else
        literal(c, false);
}

static void element(struct compiler *c, enum place parent, int depth);

/* One token of an element's content; false: its end, or a failure. */
static bool content_token(struct compiler *c, struct element *e, int depth)
{
    uint8_t token = peek(c) & (uint8_t)~TOKEN_MORE;
    switch (step(c) ? token : TOKEN_END) {
    case TOKEN_OPEN:
        e->has_child = true;
        element(c, e->place, depth + 1);
        break;
    case TOKEN_INSTANCE:
        e->has_child = true;
        instance(c, e);
        break;
    case TOKEN_PI_TARGET:
    case TOKEN_PI_DATA:
        processing_instruction(c, token);
        break;
    case TOKEN_FRAGMENT:
        skip(c, 4);
        break;
    case TOKEN_VALUE:
    case TOKEN_CDATA:
    case TOKEN_CHARACTER:
    case TOKEN_ENTITY:
    case TOKEN_NORMAL:
    case TOKEN_OPTIONAL:
        if (wants_text(e) || e->place == PLACE_NOWHERE)
            (void)text_token(c, e->place != PLACE_NOWHERE);
        else
            nest(c, e);
        break;
    default:
        return false;
    }
    return !c->failed;
}

static void close_element(struct compiler *c, struct element *e)
{
    struct binxml_op *op = &e->op;
    enum slot slot = audit_text(e->place);
    if (e->place == PLACE_DATA && !(e->has_child && op->count == 0)) {
        op->kind = OP_FIELD;
        name_field(c, e);
        add_op(c, *op);
    } else if (slot != SLOT_NONE && op->count > 0) {
        op->kind = OP_SLOT;
        op->target = (uint8_t)slot;
        add_op(c, *op);
    }
}

static void content(struct compiler *c, struct element *e, int depth)
{
    struct binxml *x = c->x;
    e->op.first = x->piece_count;
    while (!c->failed) {
        bool text = wants_text(e);
        if (!content_token(c, e, depth))
            break;
        if (text && !e->has_child)
            e->op.count = (uint16_t)(x->piece_count - e->op.first);
    }
    if (!c->failed && peek(c) != TOKEN_END_ELEMENT)
        (void)fail(c, "an element has no end");
    skip(c, 1);
}

static void element(struct compiler *c, enum place parent, int depth)
{
    struct element e = {0};
    bool has_attributes = (peek(c) & TOKEN_MORE) != 0;
    if (depth > BINXML_DEPTH) {
        (void)fail(c, "elements are nested too deeply");
        return;
    }
    skip(c, c->dependency ? 3 : 1);
    skip(c, 4); /* the element's size */
    if (!read_name(c, &e.name))
        return;
    e.place = audit_child(parent, e.name.ascii, e.name.n);
    if (has_attributes)
        attributes(c, &e);
    uint8_t token = peek(c);
    if (c->failed || (token != TOKEN_CLOSE_START && token != TOKEN_CLOSE_EMPTY)) {
        (void)fail(c, "an element's start is damaged");
        return;
    }
    skip(c, 1);
    if (token == TOKEN_CLOSE_START)
        content(c, &e, depth);
    if (!c->failed)
        close_element(c, &e);
}

/* ---- plans ---------------------------------------------------------------------------------- */

/* Who a provider's name or GUID stands for; UNKNOWN when it is not a literal. */
static enum audit_provider provider_of(struct binxml *x, const struct binxml_op *op)
{
    const struct binxml_piece *piece = &x->pieces[op->first];
    struct name name = {.units = piece->units};
    uint8_t guid[16];
    if (op->count != 1 || piece->kind != PIECE_LITERAL)
        return PROVIDER_UNKNOWN;
    ascii_name(x->chunk + piece->at, &name);
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
        bool provider = op->kind == OP_SLOT &&
                        (op->target == SLOT_PROVIDER_NAME || op->target == SLOT_PROVIDER_GUID);
        if (plan->id_op == i)
            plan->id_op = kept;
        if (!provider)
            x->ops[kept++] = *op;
    }
    plan->count = kept - plan->first;
    x->op_count = kept;
}

/* The provider is usually a literal: then the whole template is ours or not. */
static void find_provider(struct binxml *x, struct binxml_plan *plan)
{
    enum audit_provider by_name = PROVIDER_UNKNOWN, by_guid = PROVIDER_OTHER;
    plan->id_op = BINXML_NO_OP;
    for (uint32_t i = plan->first; i < plan->first + plan->count; i++) {
        const struct binxml_op *op = &x->ops[i];
        if (op->kind != OP_SLOT)
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

static bool fragment(struct compiler *c, enum place place)
{
    struct element top = {.place = place};
    while (content_token(c, &top, 0))
        ;
    if (!c->failed && peek(c) != TOKEN_END)
        (void)fail(c, "an unknown token of binary XML");
    return !c->failed;
}

const struct binxml_plan *binxml_compile(struct binxml *x, uint32_t at, uint32_t end,
                                         enum place place, bool dependency)
{
    struct compiler c = {.x = x, .at = at, .end = end, .dependency = dependency};
    uint32_t ops = x->op_count, pieces = x->piece_count;
    if (x->plan_count == BINXML_PLANS) {
        x->crowded = true;
        return NULL;
    }
    if (!fragment(&c, place)) {
        x->op_count = ops;
        x->piece_count = pieces;
        return NULL;
    }
    struct binxml_plan *plan = &x->plans[x->plan_count++];
    *plan = (struct binxml_plan){.at = at,
                                 .place = (uint16_t)place,
                                 .first = ops,
                                 .count = x->op_count - ops,
                                 .first_piece = pieces};
    find_provider(x, plan);
    return plan;
}

void binxml_forget(struct binxml *x, const struct binxml_plan *plan)
{
    x->piece_count = plan->first_piece;
    x->op_count = plan->first;
    x->plan_count--;
}
