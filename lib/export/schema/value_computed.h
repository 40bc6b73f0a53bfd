/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values that are no member of a struct: COMPUTED of values.inc. */
#ifndef WFPW_EXPORT_VALUE_COMPUTED_H
#define WFPW_EXPORT_VALUE_COMPUTED_H

#include <string.h>

#include "codes/code_words.h"
#include "export/schema/value.h"

/* Leaves v as it is, absent, when the event has no such value. */
typedef void value_computed(const struct export_event *x, struct export_value *v);

#define MEMBER(id, base, kind, type, member, present)
#define WORD(id, base, bytes, type, member, list)
#define COMPUTED(id) value_computed wfpw_value_##id;
#include "export/schema/values.inc"
#undef MEMBER
#undef WORD
#undef COMPUTED

static inline void value_text(struct export_value *v, enum value_kind kind, const char *text,
                              size_t length)
{
    v->kind = kind;
    v->text = text;
    v->length = length;
}

#define VALUE_PLAIN(v, literal) value_text(v, KIND_PLAIN, literal, sizeof(literal) - 1)

static inline void value_number_of(struct export_value *v, uint64_t number)
{
    v->kind = KIND_NUMBER;
    v->number = number;
}

static inline void value_string(struct export_value *v, const char *text)
{
    if (text != NULL)
        value_text(v, KIND_TEXT, text, strlen(text));
}

static inline void value_word(struct export_value *v, uint32_t list, uint32_t code)
{
    const struct code_word *word = code_word_find(list, code);
    if (word != NULL)
        value_text(v, KIND_PLAIN, word->text, word->length);
}

static inline bool value_has(const struct export_event *x, uint32_t present)
{
    return (x->ev->present & present) != 0;
}

/* Of its addresses: 4, 6; 0: it has none. */
uint8_t value_family(const wfpw_event *ev);

#endif
