/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "batchaudit.h"

#include <string.h>

#include "decode/auditrec.h"
#include "simd.h"

/* Where the next text goes, and where the room ends. */
struct pen {
    char *at, *end;
};

/* ---- texts that there are ------------------------------------------------------------------- */

void batchaudit_forget(struct batchaudit_texts *t)
{
    if (++t->turn != 0)
        return;
    memset(t, 0, sizeof *t);
    t->turn = 1;
}

/* memcmp without a call where n is small, as most values are. */
static inline bool is_same(const uint8_t *a, const uint8_t *b, size_t n)
{
    if (n > 16)
        return memcmp(a, b, n) == 0;
    if (n >= 8)
        return text_le64(a) == text_le64(b) && text_le64(a + n - 8) == text_le64(b + n - 8);
    if (n >= 4)
        return text_le32(a) == text_le32(b) && text_le32(a + n - 4) == text_le32(b + n - 4);
    return n == 0 || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Numbers, GUIDs, SIDs and times have no character that needs an escape. */
static bool is_plain(uint32_t type)
{
    return (type >= VALUE_I8 && type <= VALUE_HEX64) || type == VALUE_NULL;
}

/* Returns the length. */
static inline size_t write_other(char *to, const struct value *v, const void *p)
{
    if (v->type == VALUE_U32 && v->size == 4)
        return text_u64(to, text_le32(p));
    if (v->type == VALUE_U64 && v->size == 8)
        return text_u64(to, text_le64(p));
    return text_value(to, (uint8_t)v->type, p, v->size);
}

/* At most 16 units, with room to read and to write so many in any case. */
static inline bool is_short(const struct pen *pen, const struct record *r, const struct value *v)
{
    return v->size <= 32 && r->bytes - v->at >= 32 && pen->end - pen->at > 16;
}

/* A text of the tail; NULL: there is no room. *plain: nothing in it needs an escape in JSON. */
static inline const char *put_value(struct pen *pen, const struct record *r, const struct value *v,
                                    uint32_t *length, bool *plain)
{
    char *text = pen->at;
    size_t n, most = text_value_max((uint8_t)v->type, v->size);
    if (most >= (size_t)(pen->end - text))
        return NULL;
    if (v->type == VALUE_STRING) {
        n = v->size / 2;
        if (!is_short(pen, r, v) || !simd_ascii16(text, record_at(r, v->at), n, plain))
            n = text_utf16_plain(text, record_at(r, v->at), n, plain);
    } else {
        n = write_other(text, v, record_at(r, v->at));
        *plain = is_plain(v->type);
    }
    text[n] = 0;
    pen->at = text + n + 1;
    *length = (uint32_t)n;
    return text;
}

static const char *put_table_name(struct pen *pen, uint16_t i)
{
    char *text = pen->at;
    size_t n = audit_name_length(i);
    if (n >= (size_t)(pen->end - text))
        return NULL;
    memcpy(text, audit_name_text(i), n + 1);
    pen->at = text + n + 1;
    return text;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* Fields under way. Names that there were: those of the table by their index, others by a bit that
 * several may share. */
struct fields {
    struct pen pen;
    const struct record *r;
    struct batchaudit_texts *texts;
    wfpw_field *list;
    uint64_t known[BATCHAUDIT_NAMES / 64], others;
};

static void mark_repeated(wfpw_field *list, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++) {
        if (list[j].name_length != list[i].name_length ||
            memcmp(list[j].name, list[i].name, list[i].name_length) != 0)
            continue;
        list[i].flags |= WFPW_FIELD_REPEATED;
        list[j].flags |= WFPW_FIELD_REPEATED;
        return;
    }
}

/* Notes the name of field i, and tells it and an earlier one of the same name. */
static inline void note_name(struct fields *f, uint32_t i, uint64_t *seen, uint32_t bit)
{
    if ((*seen >> (bit & 63) & 1) != 0)
        mark_repeated(f->list, i);
    *seen |= (uint64_t)1 << (bit & 63);
}

/* The same for a name of the table. */
static inline void note_known(struct fields *f, uint32_t i, uint16_t index)
{
    note_name(f, i, index < BATCHAUDIT_NAMES ? &f->known[index / 64] : &f->others, index);
}

static bool put_other_name(struct fields *f, uint32_t i, const struct value *name)
{
    wfpw_field *to = &f->list[i];
    bool plain;
    to->name = put_value(&f->pen, f->r, name, &to->name_length, &plain);
    if (to->name == NULL)
        return false;
    to->flags = plain ? (uint32_t)WFPW_FIELD_NAME_PLAIN : 0;
    note_name(f, i, &f->others, to->name_length * 7 + (uint8_t)to->name[0]);
    return true;
}

static bool put_known_name(struct fields *f, uint32_t i, uint16_t index)
{
    wfpw_field *to = &f->list[i];
    to->name = put_table_name(&f->pen, index);
    if (to->name == NULL)
        return false;
    to->name_length = audit_name_length(index);
    to->flags = WFPW_FIELD_NAME_PLAIN;
    note_known(f, i, index);
    return true;
}

static bool put_new_value(struct fields *f, wfpw_field *to, const struct value *v)
{
    bool plain = false;
    to->value = put_value(&f->pen, f->r, v, &to->value_length, &plain);
    to->flags |= plain ? (uint32_t)WFPW_FIELD_VALUE_PLAIN : 0;
    return to->value != NULL;
}

/* A field that the batch has seen the name of, or will have. */
static inline bool put_seen_name(struct fields *f, uint32_t i, uint16_t index,
                                 struct batchaudit_field *seen)
{
    wfpw_field *to = &f->list[i];
    if (seen->name_turn != f->texts->turn) {
        if (!put_known_name(f, i, index))
            return false;
        seen->name_turn = f->texts->turn;
        seen->name_length = to->name_length;
        seen->name = to->name;
        return true;
    }
    to->name = seen->name;
    to->name_length = seen->name_length;
    to->flags = WFPW_FIELD_NAME_PLAIN;
    note_known(f, i, index);
    return true;
}

static bool put_changed_value(struct fields *f, wfpw_field *to, const struct value *v,
                              struct batchaudit_field *seen)
{
    if (!put_new_value(f, to, v))
        return false;
    if (v->size > sizeof seen->raw) {
        seen->turn = 0;
        return true;
    }
    seen->turn = f->texts->turn;
    seen->type = v->type;
    seen->size = v->size;
    seen->value_length = to->value_length;
    seen->flags = to->flags;
    seen->value = to->value;
    text_copy(seen->raw, record_at(f->r, v->at), v->size);
    return true;
}

static inline bool put_seen_value(struct fields *f, wfpw_field *to, const struct value *v,
                                  struct batchaudit_field *seen)
{
    if (seen->turn != f->texts->turn || seen->type != v->type || seen->size != v->size ||
        !is_same(seen->raw, record_at(f->r, v->at), v->size))
        return put_changed_value(f, to, v, seen);
    to->value = seen->value;
    to->value_length = seen->value_length;
    to->flags |= seen->flags & (uint32_t)WFPW_FIELD_VALUE_PLAIN;
    return true;
}

/* What is short is converted in less time than a wrong guess takes whether it is the same. */
static inline bool is_worth_it(const struct value *v)
{
    return v->size > 32 || v->type == VALUE_SID;
}

static inline bool put_known_field(struct fields *f, uint32_t i, uint16_t index,
                                   const struct value *v)
{
    struct batchaudit_field *seen = &f->texts->fields[index];
    if (!put_seen_name(f, i, index, seen))
        return false;
    return is_worth_it(v) ? put_seen_value(f, &f->list[i], v, seen)
                          : put_new_value(f, &f->list[i], v);
}

static inline bool put_other_field(struct fields *f, uint32_t i, const struct record_field *from)
{
    bool named = from->name.type == VALUE_NAME ? put_known_name(f, i, (uint16_t)(from->name.at - 1))
                                               : put_other_name(f, i, &from->name);
    return named && put_new_value(f, &f->list[i], &from->value);
}

enum { SHORT = 32 };

static inline bool put_field(struct fields *f, uint32_t i, const struct record_field *from)
{
    wfpw_field *to = &f->list[i];
    uint32_t index = from->name.at - 1;
    bool done = from->name.type == VALUE_NAME && index < BATCHAUDIT_NAMES
                    ? put_known_field(f, i, (uint16_t)index, &from->value)
                    : put_other_field(f, i, from);
    if (!done)
        return false;
    to->reserved = 0;
    to->flags |=
        to->name_length <= SHORT && to->value_length <= SHORT ? (uint32_t)WFPW_FIELD_SHORT : 0;
    return true;
}

/* ---- the body ------------------------------------------------------------------------------- */

static void put_scalars(wfpw_audit *to, const struct record_audit *from)
{
    *to = (wfpw_audit){
        .size = sizeof *to,
        .event_id = from->event_id,
        .version = from->version,
        .task = from->task,
        .record_id = from->record_id,
        .keywords = from->keywords,
        .field_count = from->field_count,
        .field_stride = sizeof(wfpw_field),
    };
}

size_t batchaudit_write(const struct record *r, struct batchaudit_texts *texts, void *room,
                        size_t size)
{
    const struct record_audit *from = record_at(r, r->audit_at);
    const struct record_field *f = record_at(r, from->fields_at);
    wfpw_audit *to = room;
    wfpw_field *list = (wfpw_field *)(void *)(to + 1);
    if (size < sizeof *to || (size - sizeof *to) / sizeof *list < from->field_count)
        return 0;
    struct fields fields = {.pen = {(char *)(list + from->field_count), (char *)room + size},
                            .r = r,
                            .texts = texts,
                            .list = list};
    put_scalars(to, from);
    to->fields = list;
    for (uint32_t i = 0; i < from->field_count; i++)
        if (!put_field(&fields, i, &f[i]))
            return 0;
    if (value_is(&from->computer)) {
        wfpw_field computer = {.flags = 0};
        if (!put_seen_value(&fields, &computer, &from->computer, &texts->computer))
            return 0;
        to->computer = computer.value;
    }
    if (fields.pen.end - fields.pen.at < SHORT) /* so many may be read behind the last text, too */
        return 0;
    return (size_t)(fields.pen.at - (char *)room) + SHORT;
}
