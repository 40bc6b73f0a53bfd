/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Binary XML, as the records of an .evtx chunk hold it, to audit records.
 *
 * A template definition is compiled once a chunk to a plan: which substitution is the event id,
 * which one each field. A record is then its plan and its array of values, and a record that is not
 * ours is told from one that is by two of those values. Offsets are relative to the chunk and never
 * trusted.
 */
#ifndef WFPW_BINXML_H
#define WFPW_BINXML_H

#include "decode/audit/audit_record.h"

enum {
    BINXML_CHUNK = 65536,
    BINXML_DEPTH = 32,     /* elements in elements, fragments in fragments */
    BINXML_STEPS = 100000, /* of work for one record, whatever refers to what */
    /* Of work for all records of a block, a byte of it. Blocks of real logs ask for 0.06 at most;
     * most steps take 20 to 90 ns. */
    BINXML_STEPS_A_BYTE = 2,
    BINXML_REAL_STEPS = 16, /* what a floating-point value takes besides: its text costs so much */
    BINXML_PLANS = 512,
    BINXML_OPS = 8192,
    BINXML_PIECES = 16384,
    BINXML_VALUES = 16384,
    BINXML_COPIED = 4096,      /* bytes of an instance's values that are copied in one piece */
    BINXML_COPIED_VALUES = 64, /* and how many they may be */
    BINXML_FOREIGN = 64,       /* places for event ids */
    BINXML_SCRATCH = 64 * 1024
};

/* A value of a template instance: where it is, and its descriptor as the chunk has it. */
struct binxml_value {
    uint32_t at;
    uint32_t descriptor;
};

static inline uint16_t binxml_size_of(const struct binxml_value *v)
{
    return (uint16_t)v->descriptor;
}

static inline uint8_t binxml_type_of(const struct binxml_value *v)
{
    return (uint8_t)(v->descriptor >> 16);
}

/* A part of a text: literal characters, one character, or a substitution. */
struct binxml_piece {
    uint32_t at; /* literal: chunk offset; character: the code unit; substitution: its index */
    uint16_t units;
    uint8_t kind, optional;
};

struct binxml_op {
    uint8_t kind;
    uint8_t target; /* enum slot, enum audit_element of a nested fragment, or enum role */
    uint16_t name;  /* of audit_name */
    uint32_t name_first, first;
    uint16_t name_count, count;
    uint32_t plain_run; /* of OP_PLAIN_FIELD: how many in a row begin here */
};

struct binxml_plan {
    uint32_t at; /* of the definition */
    uint16_t place, provider;
    uint32_t first, count, first_piece;
    uint32_t id_op; /* the operation that gives the event id, or BINXML_NO_OP */
    bool plain_fields;
};

enum binxml_result { BINXML_OURS, BINXML_PASSED, BINXML_BROKEN };

/* The decoder of one chunk after the other. Big: keep it on the heap. Zeroed memory and a call to
 * binxml_chunk make it ready. */
struct binxml {
    const uint8_t *chunk;
    uint32_t size;
    uint32_t steps, work; /* left: for the record, for the block's other records */
    bool crowded;         /* the cache of plans has no room: empty it and run the record again */
    bool missing_values;  /* a record named more values than it has */
    bool copied;          /* the record has a copy of an instance's values */
    const char *why;      /* what was wrong with the last broken record; static */
    struct audit_record *out; /* of the record under way, with what it is started with */
    bool begun;
    void *room;
    uint32_t cap;
    uint16_t source;
    uint32_t op_count, piece_count, plan_count, value_count;
    uint32_t foreign[BINXML_FOREIGN]; /* event ids that nobody's records of ours have, and 1 */
    uint16_t slots[BINXML_PLANS * 2]; /* hash of definition offset and place to plan + 1 */
    struct binxml_plan plans[BINXML_PLANS];
    struct binxml_op ops[BINXML_OPS];
    struct binxml_piece pieces[BINXML_PIECES];
    struct binxml_value values[BINXML_VALUES];
    char scratch[2][BINXML_SCRATCH];
};

/* Goes on to another chunk (or block of the same form) of at most BINXML_CHUNK bytes. */
void binxml_chunk(struct binxml *x, const uint8_t *chunk, uint32_t size);

/* Decodes the stream of one record, [at, end) of the chunk, into out, which was started. PASSED:
 * whole, but not ours, found out as early as possible. BROKEN: x->why tells. */
enum binxml_result binxml_record(struct binxml *x, uint32_t at, uint32_t end,
                                 struct audit_record *out, void *room, uint32_t cap,
                                 uint16_t source);

/* ---- between the compiler (binxml_plan.c) and the rest -------------------------------------- */

/* Both give false. */
static inline bool binxml_is_broken(struct binxml *x, const char *why)
{
    x->why = why;
    return false;
}

bool binxml_overspent(struct binxml *x);

/* Takes so many steps: one for what is done once, and one for 64 bytes of what grows with them.
 * false: the record has no more, x->why tells. */
static inline bool binxml_spend(struct binxml *x, size_t steps)
{
    if (steps > x->steps)
        return binxml_overspent(x);
    x->steps -= (uint32_t)steps;
    return true;
}

/* What a value takes that becomes text. */
static inline size_t binxml_cost(uint8_t type, size_t n)
{
    uint8_t one = type & (uint8_t)~VALUE_ARRAY;
    bool real = one == VALUE_F32 || one == VALUE_F64;
    return 1 + n / 64 + (real ? BINXML_REAL_STEPS : 0u);
}

#define BINXML_NO_OP UINT32_MAX

enum { BINXML_DESCRIPTOR = 4 }; /* of a value: size, type, a byte */

enum binxml_piece_kind { PIECE_LITERAL, PIECE_CHARACTER, PIECE_SUBSTITUTION };
enum binxml_op_kind {
    OP_SLOT,        /* pieces give a slot */
    OP_PLAIN_SLOT,  /* the same of one substitution: `name_first` */
    OP_FIELD,       /* name pieces and pieces give a field */
    OP_PLAIN_FIELD, /* the same of a name in the table, whose role is `target`, and one
                       substitution: `name_first` */
    OP_NEST,        /* one substitution, which may be a fragment at place `target` */
    OP_INSTANCE     /* a template instance stands at chunk offset `first`; it belongs at `target` */
};

/* The plan of the fragment at [at, end), which belongs at `place`; NULL: x->why, or x->crowded.
 * dependency: whether elements carry the dependency word. end 0: a definition's fragment ends
 * itself. */
const struct binxml_plan *binxml_compile(struct binxml *x, uint32_t at, uint32_t end,
                                         enum audit_element place, bool dependency);
/* Forgets a plan that was compiled last, with its operations. */
void binxml_forget(struct binxml *x, const struct binxml_plan *plan);

/* Where a template instance has its definition and its values. */
struct binxml_instance {
    uint32_t definition; /* of the definition's header */
    uint32_t body, body_end;
    uint32_t count;  /* of values */
    uint32_t table;  /* of the descriptors */
    uint32_t values; /* of the first value's bytes */
    uint32_t end;    /* behind the last value */
};
/* Reads the instance whose token stands at `at`. false: x->why. */
bool binxml_instance_at(struct binxml *x, uint32_t at, uint32_t end, struct binxml_instance *i);

/* ---- whose records (binxml_prefilter.c) ---- */

/* A name as ASCII, for look-ups, and where its characters are. */
struct binxml_name {
    char ascii[NAME_LENGTH_MAX];
    size_t n; /* 0 when it is not ASCII, or too long to be known */
    uint32_t at;
    uint16_t units;
};
/* Fills ascii and n from name->units characters. */
void binxml_ascii(const uint8_t *chars, struct binxml_name *name);

/* The provider is usually a literal: then the whole template is ours or not. */
void binxml_find_provider(struct binxml *x, struct binxml_plan *plan);
/* Whether the template's provider or the record's event id says that the record is not ours: before
 * any of its other values is looked at. */
bool binxml_is_foreign(struct binxml *x, const struct binxml_instance *i,
                       const struct binxml_plan *plan);

/* ---- plans under way, and their texts (binxml_text.c) ---- */

/* A plan under way: its values are x->values[first .. first + count). */
struct binxml_frame {
    struct binxml *x;
    uint32_t first, count;
    int depth;
    uint32_t copy; /* where the record has them all, less where the chunk has them; 0: not copied */
};

static inline bool binxml_is_slot(const struct binxml_op *op)
{
    return op->kind == OP_SLOT || op->kind == OP_PLAIN_SLOT;
}

/* What pieces come to. */
struct binxml_text {
    const void *p;
    size_t n;
    uint8_t type;
    bool absent; /* an optional substitution without a value takes its element with it */
};

/* The value of a substitution; NULL when the record does not have it. */
const struct binxml_value *binxml_value_of(struct binxml_frame *f,
                                           const struct binxml_piece *piece);
/* The text of several pieces, in one of the two scratches. */
struct binxml_text binxml_join(struct binxml_frame *f, const struct binxml_piece *piece,
                               uint16_t count, int scratch);

#endif
