/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the filtering engine knows by a key or an id - a filter, a layer, a provider, a sublayer, a
 * callout, a provider context - whatever it was read from. As a record it is one block addressed by
 * offsets, so that a plain copy keeps it; its text is UTF-8, and symbols of the Windows headers are
 * kept as their number in the table of symbol.h.
 */
#ifndef WFPW_OBJECT_H
#define WFPW_OBJECT_H

#include "text.h"

enum {
    OBJECT_TEXT_MAX = 1024 * 1024, /* bytes of the block without its arrays */
    OBJECT_WIDE_MAX = 64 * 1024,   /* units of UTF-16 in one text; what is behind them is cut */
    OBJECT_ROOM = 4 * OBJECT_WIDE_MAX,
    OBJECT_CONDITIONS_MAX = 16384,
    OBJECT_FLAGS_MAX = 64,
    OBJECT_MAX = OBJECT_TEXT_MAX + OBJECT_CONDITIONS_MAX * 28 + OBJECT_FLAGS_MAX * 4 + 16
};

enum object_kind {
    OBJECT_NONE,
    OBJECT_FILTER,
    OBJECT_LAYER,
    OBJECT_PROVIDER,
    OBJECT_SUBLAYER,
    OBJECT_CALLOUT,
    OBJECT_CONTEXT,
    OBJECT_TIME /* when a dump was written: its id */
};

/* 0: absent; with OBJECT_SYMBOL a symbol's index; else where in the block a text with NUL starts.
 */
typedef uint32_t object_text;
#define OBJECT_SYMBOL 0x80000000u

enum object_slot {
    TEXT_KEY,
    TEXT_NAME,
    TEXT_DESCRIPTION,
    TEXT_PROVIDER,
    TEXT_LAYER,
    TEXT_SUBLAYER,
    TEXT_ACTION,
    TEXT_CALLOUT,
    TEXT_WEIGHT_TYPE,
    TEXT_CONTEXT, /* a filter's provider context */
    TEXT_TYPE,    /* of a provider context */
    TEXT_DATA,    /* what a general provider context holds, when it is text: an origin */
    TEXT_SERVICE, /* a provider's */
    TEXT_COUNT
};

/* value: of a range its low end, of an address with a mask the address; high: the high end, the
 * mask or the prefix length. element: the type of a range's ends. */
struct object_condition {
    object_text field, match, type, element, value, high;
    uint32_t flags; /* OBJECT_VALUE_* */
};

enum { OBJECT_VALUE_HEX = 0x1 }; /* bytes that are no text */

enum { OBJECT_HAS_WEIGHT = 0x1, OBJECT_HAS_EFFECTIVE = 0x2, OBJECT_HAS_RAW_CONTEXT = 0x4 };

enum { OBJECT_TRUNCATED = 0x1 }; /* more than an object may hold */

struct object {
    uint32_t bytes; /* of the block: a multiple of 8 */
    uint16_t kind, state;
    uint32_t present, flag_bits;
    uint64_t id, weight, effective_weight, raw_context;
    object_text texts[TEXT_COUNT];
    uint32_t flags_at, flag_count, conditions_at, condition_count;
};

/* NULL when absent. */
const char *object_text_of(const struct object *o, object_text t);
static inline const char *object_slot_of(const struct object *o, enum object_slot slot)
{
    return object_text_of(o, o->texts[slot]);
}
const object_text *object_flags(const struct object *o);
const struct object_condition *object_conditions(const struct object *o);

/* ---- building ---- */

/* One object under way. Big: keep it on the heap, and use it again. */
struct object_builder {
    uint32_t used;
    struct object object; /* goes to the front of the room when it is finished */
    object_text flags[OBJECT_FLAGS_MAX];
    struct object_condition conditions[OBJECT_CONDITIONS_MAX];
    uint64_t room[OBJECT_MAX / 8 + 1];
};

void object_start(struct object_builder *b, enum object_kind kind);
/* Valid UTF-8 without a NUL; empty text is absent. What does not fit is left out, and the object
 * marked. */
object_text object_put(struct object_builder *b, const char *s, size_t n);
/* The same for what may be a symbol or a GUID, which is written in lower case and braces. */
object_text object_put_key(struct object_builder *b, const char *s, size_t n);
/* Where the next text will stand, to be written there: OBJECT_ROOM bytes. Then its length. */
char *object_room(struct object_builder *b);
object_text object_put_room(struct object_builder *b, size_t n);
/* UTF-16, cut at OBJECT_WIDE_MAX; lone surrogates become U+FFFD. */
object_text object_put_wide(struct object_builder *b, const void *utf16, size_t units);
/* Bytes that are UTF-16 text (NULs at its end may follow, no other control character is in it), as
 * text; 0 when they are none. */
object_text object_put_data(struct object_builder *b, const void *p, size_t n);
/* Bytes as lower-case hexadecimal, cut at 2 * OBJECT_WIDE_MAX of them. */
object_text object_put_hex(struct object_builder *b, const void *p, size_t n);
void object_add_flag(struct object_builder *b, const char *s, size_t n);
/* The condition that was added last is filled in place; NULL: there are too many. */
struct object_condition *object_add_condition(struct object_builder *b);
/* In the builder's room, until the next object_start. */
const struct object *object_finish(struct object_builder *b);
/* The object that was finished last, anew, with this text in the slot; the old one stays there when
 * it does not fit. */
const struct object *object_replace(struct object_builder *b, enum object_slot slot, const char *s,
                                    size_t n);

#endif
