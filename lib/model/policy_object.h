/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What the filtering engine knows by a key or an id - a filter, a layer, a provider, a sublayer, a
 * callout, a provider context - whatever it was read from. As a record it is one block addressed by
 * offsets, so that a plain copy keeps it; its text is UTF-8, and symbols of the Windows headers are
 * kept as their number in the table of wfp_symbols.h.
 */
#ifndef WFPW_POLICY_OBJECT_H
#define WFPW_POLICY_OBJECT_H

#include "base/text.h"

enum {
    POLICY_OBJECT_TEXT_MAX = 1024 * 1024, /* bytes of the block without its arrays */
    POLICY_OBJECT_WIDE_MAX =
        64 * 1024, /* units of UTF-16 in one text; what is behind them is cut */
    POLICY_OBJECT_ROOM = 4 * POLICY_OBJECT_WIDE_MAX,
    POLICY_OBJECT_CONDITIONS_MAX = 16384,
    POLICY_OBJECT_FLAGS_MAX = 64,
    POLICY_OBJECT_MAX = POLICY_OBJECT_TEXT_MAX + POLICY_OBJECT_CONDITIONS_MAX * 28 +
                        POLICY_OBJECT_FLAGS_MAX * 4 + 16
};

enum policy_object_kind {
    POLICY_OBJECT_NONE,
    POLICY_OBJECT_FILTER,
    POLICY_OBJECT_LAYER,
    POLICY_OBJECT_PROVIDER,
    POLICY_OBJECT_SUBLAYER,
    POLICY_OBJECT_CALLOUT,
    POLICY_OBJECT_CONTEXT,
    POLICY_OBJECT_TIME,   /* when a dump was written: its id */
    POLICY_OBJECT_SERVICE /* of Windows, by its name in lower case */
};

/* 0: absent; with POLICY_OBJECT_SYMBOL a symbol's index; else where in the block a text with NUL
 * starts.
 */
typedef uint32_t policy_object_text;
#define POLICY_OBJECT_SYMBOL 0x80000000u

enum policy_object_slot {
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
    TEXT_COUNT,
    /* of a service */
    TEXT_IMAGE = TEXT_DATA,
    TEXT_COMPANY = TEXT_TYPE
};

/* value: of a range its low end, of an address with a mask the address; high: the high end, the
 * mask or the prefix length. element: the type of a range's ends. */
struct policy_object_condition {
    policy_object_text field, match, type, element, value, high;
    uint32_t flags; /* POLICY_OBJECT_VALUE_* */
};

enum { POLICY_OBJECT_VALUE_HEX = 0x1 }; /* bytes that are no text */

enum {
    POLICY_OBJECT_HAS_WEIGHT = 0x1,
    POLICY_OBJECT_HAS_EFFECTIVE = 0x2,
    POLICY_OBJECT_HAS_RAW_CONTEXT = 0x4
};

/* `present` of a service: its WFPW_SERVICE_*. Its name has at most 256 units (winsvc.h). */
enum { SERVICE_NAME_MAX = 255 };

enum { POLICY_OBJECT_TRUNCATED = 0x1 }; /* more than an object may hold */

struct policy_object {
    uint32_t bytes; /* of the block: a multiple of 8 */
    uint16_t kind, state;
    uint32_t present, flag_bits;
    uint64_t id, weight, effective_weight, raw_context;
    policy_object_text texts[TEXT_COUNT];
    uint32_t flags_at, flag_count, conditions_at, condition_count;
};

/* NULL when absent. */
const char *policy_object_text_of(const struct policy_object *o, policy_object_text t);
static inline const char *policy_object_slot_of(const struct policy_object *o,
                                                enum policy_object_slot slot)
{
    return policy_object_text_of(o, o->texts[slot]);
}
const policy_object_text *policy_object_flags(const struct policy_object *o);
const struct policy_object_condition *policy_object_conditions(const struct policy_object *o);

/* ---- building ---- */

/* One object under way. Big: keep it on the heap, and use it again. */
struct policy_object_builder {
    uint32_t used;
    struct policy_object object; /* goes to the front of the room when it is finished */
    policy_object_text flags[POLICY_OBJECT_FLAGS_MAX];
    struct policy_object_condition conditions[POLICY_OBJECT_CONDITIONS_MAX];
    uint64_t room[POLICY_OBJECT_MAX / 8 + 1];
};

void policy_object_start(struct policy_object_builder *b, enum policy_object_kind kind);
/* Valid UTF-8 without a NUL; empty text is absent. What does not fit is left out, and the object
 * marked. */
policy_object_text policy_object_put(struct policy_object_builder *b, const char *s, size_t n);
/* The same for what may be a symbol or a GUID, which is written in lower case and braces. */
policy_object_text policy_object_put_key(struct policy_object_builder *b, const char *s, size_t n);
/* Where the next text will stand, to be written there: POLICY_OBJECT_ROOM bytes. Then its length.
 */
char *policy_object_room(struct policy_object_builder *b);
policy_object_text policy_object_put_room(struct policy_object_builder *b, size_t n);
/* UTF-16, cut at POLICY_OBJECT_WIDE_MAX; lone surrogates become U+FFFD. */
policy_object_text policy_object_put_wide(struct policy_object_builder *b, const void *utf16,
                                          size_t units);
/* Bytes that are UTF-16 text (NULs at its end may follow, no other control character is in it), as
 * text; 0 when they are none. */
policy_object_text policy_object_put_data(struct policy_object_builder *b, const void *p, size_t n);
/* Bytes as lower-case hexadecimal, cut at 2 * POLICY_OBJECT_WIDE_MAX of them. */
policy_object_text policy_object_put_hex(struct policy_object_builder *b, const void *p, size_t n);
void policy_object_add_flag(struct policy_object_builder *b, const char *s, size_t n);
/* The condition that was added last is filled in place; NULL: there are too many. */
struct policy_object_condition *policy_object_add_condition(struct policy_object_builder *b);
/* In the builder's room, until the next policy_object_start. */
const struct policy_object *policy_object_finish(struct policy_object_builder *b);
/* The object that was finished last, anew, with this text in the slot; the old one stays there when
 * it does not fit. */
const struct policy_object *policy_object_replace(struct policy_object_builder *b,
                                                  enum policy_object_slot slot, const char *s,
                                                  size_t n);

#endif
