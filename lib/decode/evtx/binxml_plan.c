/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Compiling a fragment of binary XML to a plan. */
#include "decode/evtx/binxml.h"

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
    bool plain;          /* there are plain fields */
    uint32_t next_plain; /* the substitution behind the last one of them */
};

static bool fail_plan(struct compiler *c, const char *why)
{
    if (!c->failed)
        c->x->why = why;
    c->failed = true;
    return false;
}

/* One token more; its reason is told already when there is none. */
static bool read_token(struct compiler *c)
{
    c->failed = c->failed || !binxml_spend(c->x, 1);
    return !c->failed;
}

static bool need_bytes(struct compiler *c, uint32_t n)
{
    return n <= c->end - c->at || fail_plan(c, "the record ends inside its binary XML");
}

static uint32_t read_u32(struct compiler *c)
{
    if (!need_bytes(c, 4))
        return 0;
    c->at += 4;
    return text_le32(c->x->chunk + c->at - 4);
}

static uint16_t read_u16(struct compiler *c)
{
    if (!need_bytes(c, 2))
        return 0;
    c->at += 2;
    return text_le16(c->x->chunk + c->at - 2);
}

static uint8_t peek_token(struct compiler *c)
{
    return c->at < c->end ? c->x->chunk[c->at] : TOKEN_END;
}

static void skip_bytes(struct compiler *c, uint32_t n)
{
    if (need_bytes(c, n))
        c->at += n;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* A name's offset, and the name itself when it stands right here. */
static bool read_name(struct compiler *c, struct binxml_name *name)
{
    uint32_t at = read_u32(c);
    const struct binxml *x = c->x;
    *name = (struct binxml_name){0};
    if (c->failed || at > x->size || x->size - at < 8)
        return fail_plan(c, "a name lies outside its block");
    name->units = text_le16(x->chunk + at + 6);
    name->at = at + 8;
    if (2 * (uint32_t)name->units > x->size - name->at)
        return fail_plan(c, "a name lies outside its block");
    binxml_ascii(x->chunk + name->at, name);
    if (at == c->at)
        skip_bytes(c, 8 + 2 * ((uint32_t)name->units + 1));
    return !c->failed;
}

/* ---- what is emitted ------------------------------------------------------------------------ */

static void add_piece(struct compiler *c, struct binxml_piece piece)
{
    struct binxml *x = c->x;
    if (x->piece_count == BINXML_PIECES) {
        x->crowded = true;
        (void)fail_plan(c, "more text than a block can hold");
        return;
    }
    x->pieces[x->piece_count++] = piece;
}

static void add_op(struct compiler *c, struct binxml_op op)
{
    struct binxml *x = c->x;
    if (x->op_count == BINXML_OPS) {
        x->crowded = true;
        (void)fail_plan(c, "more elements than a block can hold");
        return;
    }
    x->ops[x->op_count++] = op;
}

static void add_slot(struct compiler *c, enum slot slot, uint32_t first, uint16_t count)
{
    const struct binxml_piece *piece = &c->x->pieces[first];
    bool plain = count == 1 && piece->kind == PIECE_SUBSTITUTION;
    add_op(c, (struct binxml_op){.kind = plain ? OP_PLAIN_SLOT : OP_SLOT,
                                 .target = (uint8_t)slot,
                                 .name_first = plain ? piece->at : 0,
                                 .first = first,
                                 .count = count});
}

/* ---- text ----------------------------------------------------------------------------------- */

static void read_literal(struct compiler *c, bool wanted)
{
    uint16_t units = read_u16(c);
    uint32_t at = c->at;
    skip_bytes(c, 2 * (uint32_t)units);
    if (wanted && !c->failed && units > 0)
        add_piece(c, (struct binxml_piece){.kind = PIECE_LITERAL, .at = at, .units = units});
}

static void add_character(struct compiler *c, uint16_t unit, bool wanted)
{
    if (wanted && !c->failed)
        add_piece(c, (struct binxml_piece){.kind = PIECE_CHARACTER, .at = unit, .units = 1});
}

static void read_entity(struct compiler *c, bool wanted)
{
    static const struct {
        const char *name;
        uint16_t unit;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    struct binxml_name name;
    if (!read_name(c, &name))
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (name.n == strlen(known[i].name) && memcmp(name.ascii, known[i].name, name.n) == 0)
            add_character(c, known[i].unit, wanted);
}

static void read_substitution(struct compiler *c, bool optional, bool wanted)
{
    uint16_t index = read_u16(c);
    skip_bytes(c, 1); /* the declared type: each value says its own */
    if (wanted && !c->failed)
        add_piece(c, (struct binxml_piece){
                         .kind = PIECE_SUBSTITUTION, .at = index, .optional = optional});
}

/* One token of text at c->at; false: it is another token. */
static bool text_token(struct compiler *c, bool wanted)
{
    uint8_t token = peek_token(c) & (uint8_t)~TOKEN_MORE;
    if (token != TOKEN_VALUE && token != TOKEN_CDATA && token != TOKEN_CHARACTER &&
        token != TOKEN_ENTITY && token != TOKEN_NORMAL && token != TOKEN_OPTIONAL)
        return false;
    if (!read_token(c))
        return false;
    skip_bytes(c, token == TOKEN_VALUE ? 2 : 1); /* its type is always text */
    if (token == TOKEN_VALUE || token == TOKEN_CDATA)
        read_literal(c, wanted);
    else if (token == TOKEN_CHARACTER)
        add_character(c, read_u16(c), wanted);
    else if (token == TOKEN_ENTITY)
        read_entity(c, wanted);
    else
        read_substitution(c, token == TOKEN_OPTIONAL, wanted);
    return !c->failed;
}

/* ---- elements ------------------------------------------------------------------------------- */

/* An element between its start and its end. */
struct element {
    enum audit_element place;
    struct binxml_name name;
    struct binxml_op op; /* the field under way */
    bool has_child;
};

static void read_attributes(struct compiler *c, struct element *e)
{
    struct binxml *x = c->x;
    struct binxml_name name;
    skip_bytes(c, 4); /* the size of the list */
    while (!c->failed && (peek_token(c) & ~TOKEN_MORE) == TOKEN_ATTRIBUTE) {
        skip_bytes(c, 1);
        if (!read_token(c) || !read_name(c, &name))
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
            add_slot(c, slot, first, count);
        }
    }
}

/* The name of a field without the attribute is its element's. */
static void name_field(struct compiler *c, struct element *e)
{
    struct binxml *x = c->x;
    struct binxml_op *op = &e->op;
    struct binxml_name name;
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
        binxml_ascii(x->chunk + piece->at, &name);
        op->name = audit_name(name.ascii, name.n);
    }
}

/* Text is wanted where it is a slot or a field; elsewhere a substitution may be a fragment. */
static bool wants_text(const struct element *e)
{
    return !e->has_child && (e->place == ELEMENT_DATA || audit_text(e->place) != SLOT_NONE);
}

static void add_nest(struct compiler *c, const struct element *e)
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

static void read_instance(struct compiler *c, const struct element *e)
{
    struct binxml_instance i;
    if (!binxml_instance_at(c->x, c->at, c->end, &i)) {
        c->failed = true;
        return;
    }
    if (e->place != ELEMENT_NOWHERE)
        add_op(c, (struct binxml_op){
                      .kind = OP_INSTANCE, .target = (uint8_t)e->place, .first = c->at});
    c->at = i.end;
}

static void processing_instruction(struct compiler *c, uint8_t token)
{
    struct binxml_name name;
    skip_bytes(c, 1);
    if (token == TOKEN_PI_TARGET)
        (void)read_name(c, &name);
    else
        read_literal(c, false);
}

static void read_element(struct compiler *c, enum audit_element parent, int depth);

/* One token of an element's content; false: its end, or a failure. */
static bool content_token(struct compiler *c, struct element *e, int depth)
{
    uint8_t token = peek_token(c) & (uint8_t)~TOKEN_MORE;
    switch (read_token(c) ? token : TOKEN_END) {
    case TOKEN_OPEN:
        e->has_child = true;
        read_element(c, e->place, depth + 1);
        break;
    case TOKEN_INSTANCE:
        e->has_child = true;
        read_instance(c, e);
        break;
    case TOKEN_PI_TARGET:
    case TOKEN_PI_DATA:
        processing_instruction(c, token);
        break;
    case TOKEN_FRAGMENT:
        skip_bytes(c, 4);
        break;
    case TOKEN_VALUE:
    case TOKEN_CDATA:
    case TOKEN_CHARACTER:
    case TOKEN_ENTITY:
    case TOKEN_NORMAL:
    case TOKEN_OPTIONAL:
        if (wants_text(e) || e->place == ELEMENT_NOWHERE)
            (void)text_token(c, e->place != ELEMENT_NOWHERE);
        else
            add_nest(c, e);
        break;
    default:
        return false;
    }
    return !c->failed;
}

/* A substitution that gave a field before is none: values that are adopted are counted once. */
static void make_plain(struct compiler *c, struct binxml_op *op)
{
    const struct binxml_piece *piece = &c->x->pieces[op->first];
    if (c->failed || op->name == NAME_NONE || op->count != 1 || piece->kind != PIECE_SUBSTITUTION ||
        piece->at < c->next_plain)
        return;
    c->next_plain = piece->at + 1;
    op->kind = OP_PLAIN_FIELD;
    op->target = (uint8_t)audit_role(op->name);
    op->name_first = piece->at;
    c->plain = true;
}

static void close_element(struct compiler *c, struct element *e)
{
    struct binxml_op *op = &e->op;
    enum slot slot = audit_text(e->place);
    if (e->place == ELEMENT_DATA && !(e->has_child && op->count == 0)) {
        op->kind = OP_FIELD;
        name_field(c, e);
        make_plain(c, op);
        add_op(c, *op);
    } else if (slot != SLOT_NONE && op->count > 0) {
        add_slot(c, slot, op->first, op->count);
    }
}

static void read_content(struct compiler *c, struct element *e, int depth)
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
    if (!c->failed && peek_token(c) != TOKEN_END_ELEMENT)
        (void)fail_plan(c, "an element has no end");
    skip_bytes(c, 1);
}

static void read_element(struct compiler *c, enum audit_element parent, int depth)
{
    struct element e = {0};
    bool has_attributes = (peek_token(c) & TOKEN_MORE) != 0;
    if (depth > BINXML_DEPTH) {
        (void)fail_plan(c, "elements are nested too deeply");
        return;
    }
    skip_bytes(c, c->dependency ? 3 : 1);
    skip_bytes(c, 4); /* the element's size */
    if (!read_name(c, &e.name))
        return;
    e.place = audit_child(parent, e.name.ascii, e.name.n);
    if (has_attributes)
        read_attributes(c, &e);
    uint8_t token = peek_token(c);
    if (c->failed || (token != TOKEN_CLOSE_START && token != TOKEN_CLOSE_EMPTY)) {
        (void)fail_plan(c, "an element's start is damaged");
        return;
    }
    skip_bytes(c, 1);
    if (token == TOKEN_CLOSE_START)
        read_content(c, &e, depth);
    if (!c->failed)
        close_element(c, &e);
}

/* ---- plans ---------------------------------------------------------------------------------- */

static bool read_fragment(struct compiler *c, enum audit_element place)
{
    struct element top = {.place = place};
    while (content_token(c, &top, 0))
        ;
    if (!c->failed && peek_token(c) != TOKEN_END)
        (void)fail_plan(c, "an unknown token of binary XML");
    return !c->failed;
}

static void count_plain_runs(struct binxml_op *ops, uint32_t count)
{
    uint32_t run = 0;
    for (uint32_t i = count; i-- > 0;) {
        run = ops[i].kind == OP_PLAIN_FIELD ? run + 1 : 0;
        ops[i].plain_run = run;
    }
}

const struct binxml_plan *binxml_compile(struct binxml *x, uint32_t at, uint32_t end,
                                         enum audit_element place, bool dependency)
{
    struct compiler c = {.x = x, .at = at, .end = end, .dependency = dependency};
    uint32_t ops = x->op_count, pieces = x->piece_count;
    if (x->plan_count == BINXML_PLANS) {
        x->crowded = true;
        return NULL;
    }
    if (!read_fragment(&c, place)) {
        x->op_count = ops;
        x->piece_count = pieces;
        return NULL;
    }
    count_plain_runs(&x->ops[ops], x->op_count - ops);
    struct binxml_plan *plan = &x->plans[x->plan_count++];
    *plan = (struct binxml_plan){.at = at,
                                 .place = (uint16_t)place,
                                 .first = ops,
                                 .count = x->op_count - ops,
                                 .first_piece = pieces,
                                 .plain_fields = c.plain};
    binxml_find_provider(x, plan);
    return plan;
}

void binxml_forget(struct binxml *x, const struct binxml_plan *plan)
{
    x->piece_count = plan->first_piece;
    x->op_count = plan->first;
    x->plan_count--;
}
