/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/batch_audit.h"

#include <string.h>

#include "base/simd.h"
#include "model/audit_fields.h"

/* Where the next text goes, and where the room ends. */
struct pen {
    char *at, *end;
};

/* ---- texts that there are ------------------------------------------------------------------- */

void batch_audit_forget(struct batch_audit_texts *t)
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

/* ---- values --------------------------------------------------------------------------------- */

/* Fields under way. */
struct fields {
    struct pen pen;
    const struct record *r;
    const struct record_field *from;
    uint32_t count;
    wfpw_field *list;
    struct batch_audit_texts *texts;
};

/* Numbers, GUIDs, SIDs and times have no character that needs an escape. */
static bool is_plain(uint32_t type)
{
    return (type >= VALUE_I8 && type <= VALUE_HEX64) || type == VALUE_NULL;
}

static inline const char *end_text(struct pen *pen, char *text, size_t n, uint32_t *length)
{
    text[n] = 0;
    pen->at = text + n + 1;
    *length = (uint32_t)n;
    return text;
}

/* A text of the tail; NULL: there is no room. *plain: nothing in it needs an escape in JSON. */
static const char *put_text(struct pen *pen, const struct record *r, const struct value *v,
                            uint32_t *length, bool *plain)
{
    char *text = pen->at;
    size_t n;
    if (text_value_max((uint8_t)v->type, v->size) >= (size_t)(pen->end - text))
        return NULL;
    if (v->type == VALUE_STRING) {
        n = text_utf16_plain(text, record_at(r, v->at), v->size / 2, plain);
    } else {
        n = text_value(text, (uint8_t)v->type, record_at(r, v->at), v->size);
        *plain = is_plain(v->type);
    }
    return end_text(pen, text, n, length);
}

static bool put_any(struct fields *f, wfpw_field *to, const struct value *v)
{
    bool plain = false;
    to->value = put_text(&f->pen, f->r, v, &to->value_length, &plain);
    to->flags |= plain ? (uint32_t)WFPW_FIELD_VALUE_PLAIN : 0;
    return to->value != NULL;
}

static inline bool is_remembered(const struct record *r, const struct batch_audit_texts *texts,
                                 const struct value *v, const struct batch_audit_value *seen)
{
    return seen->turn == texts->turn && seen->type == v->type && seen->size == v->size &&
           is_same(seen->raw, record_at(r, v->at), v->size);
}

static void remember_value(const struct record *r, const struct batch_audit_texts *texts,
                           const struct value *v, struct batch_audit_value *seen)
{
    seen->text = seen->json = NULL;
    seen->turn = v->size <= sizeof seen->raw ? texts->turn : 0;
    if (seen->turn == 0)
        return;
    seen->type = v->type;
    seen->size = v->size;
    text_copy(seen->raw, record_at(r, v->at), v->size);
}

bool batch_audit_is_known(const struct record *r, const struct batch_audit_texts *texts,
                          const struct value *v, struct batch_audit_value *seen)
{
    bool known = is_remembered(r, texts, v, seen);
    if (!known)
        remember_value(r, texts, v, seen);
    return known;
}

static bool put_changed(struct fields *f, wfpw_field *to, const struct value *v,
                        struct batch_audit_value *seen)
{
    if (!put_any(f, to, v))
        return false;
    (void)batch_audit_is_known(f->r, f->texts, v, seen);
    seen->length = to->value_length;
    seen->flags = to->flags & (uint32_t)WFPW_FIELD_VALUE_PLAIN;
    seen->text = to->value;
    return true;
}

/* A value that is still the same is there already. */
static inline bool put_again(struct fields *f, wfpw_field *to, const struct value *v,
                             struct batch_audit_value *seen)
{
    if (!is_remembered(f->r, f->texts, v, seen) || seen->text == NULL)
        return put_changed(f, to, v, seen);
    to->value = seen->text;
    to->value_length = seen->length;
    to->flags |= seen->flags;
    return true;
}

enum { SHORT = BATCH_AUDIT_SHORT, ROOM = 64 }; /* more than what has at most SHORT bytes becomes */

/* What most values are: at most 16 ASCII characters, 32 bytes of UTF-8, or a number. They are
 * written in less time than a wrong guess takes whether they are still the same. Returns the
 * length; 0: it is something else. */
static inline size_t write_usual(char *to, const char *end, const struct record *r,
                                 const struct value *v, bool *plain)
{
    const uint8_t *from = record_at(r, v->at);
    *plain = true;
    if (v->size > SHORT || r->bytes - v->at < SHORT || end - to < ROOM)
        return 0;
    if (v->type == VALUE_STRING)
        return simd_ascii16(to, from, v->size / 2, plain) ? v->size / 2 : 0;
    if (v->type == VALUE_UTF8) {
        memcpy(to, from, SHORT);
        *plain = (simd_escapes64(to, SHORT) & (((uint64_t)1 << v->size) - 1)) == 0;
        return v->size;
    }
    if (v->type == VALUE_U32 && v->size == 4)
        return text_u64(to, text_le32(from));
    return v->type == VALUE_U64 && v->size == 8 ? text_u64(to, text_le64(from)) : 0;
}

static bool put_unusual(struct fields *f, wfpw_field *to, const struct record_field *from)
{
    uint32_t index = from->name.at - 1;
    const struct value *v = &from->value;
    bool known = from->name.type == VALUE_NAME && index < BATCH_AUDIT_NAMES;
    if (known && (v->size > SHORT || v->type == VALUE_SID))
        return put_again(f, to, v, &f->texts->values[index]);
    return put_any(f, to, v);
}

static bool put_values(struct fields *f)
{
    const struct record *r = f->r;
    const struct record_field *from = f->from, *last = from + f->count;
    char *at = f->pen.at, *const end = f->pen.end;
    for (wfpw_field *to = f->list; from < last; from++, to++) {
        bool plain;
        size_t n = write_usual(at, end, r, &from->value, &plain);
        if (n != 0) {
            to->value = at;
            to->value_length = (uint32_t)n;
            to->flags |= plain ? (uint32_t)WFPW_FIELD_VALUE_PLAIN : 0;
            at[n] = 0;
            at += n + 1;
        } else {
            f->pen.at = at;
            if (!put_unusual(f, to, from))
                return false;
            at = f->pen.at;
        }
        bool is_short = to->name_length <= SHORT && to->value_length <= SHORT;
        to->flags |= is_short ? (uint32_t)WFPW_FIELD_SHORT : 0;
    }
    f->pen.at = at;
    return true;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* Names that there were in this record: those of the table by their index, others by a bit that
 * several may share. */
struct names {
    uint64_t known[BATCH_AUDIT_NAMES / 64], others;
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

/* Tells field i and an earlier one of the same name. */
static void note_name(struct fields *f, uint32_t i, uint64_t *seen, uint32_t bit)
{
    if ((*seen >> (bit & 63) & 1) != 0)
        mark_repeated(f->list, i);
    *seen |= (uint64_t)1 << (bit & 63);
}

static bool put_other_name(struct fields *f, uint32_t i, struct names *seen)
{
    wfpw_field *to = &f->list[i];
    bool plain;
    to->name = put_text(&f->pen, f->r, &f->from[i].name, &to->name_length, &plain);
    if (to->name == NULL)
        return false;
    to->flags = plain ? (uint32_t)WFPW_FIELD_NAME_PLAIN : 0;
    note_name(f, i, &seen->others, to->name_length * 7 + (uint8_t)to->name[0]);
    return true;
}

static const char *put_table_name(struct pen *pen, uint16_t i)
{
    size_t n = audit_name_length(i);
    uint32_t length;
    if (n >= (size_t)(pen->end - pen->at))
        return NULL;
    memcpy(pen->at, audit_name_text(i), n);
    return end_text(pen, pen->at, n, &length);
}

/* Once a batch, if the batch remembers it. */
static const char *known_name(struct fields *f, uint16_t index)
{
    struct batch_audit_name *name = index < BATCH_AUDIT_NAMES ? &f->texts->names[index] : NULL;
    if (name == NULL)
        return put_table_name(&f->pen, index);
    if (name->turn != f->texts->turn) {
        name->text = put_table_name(&f->pen, index);
        name->turn = name->text != NULL ? f->texts->turn : 0;
    }
    return name->text;
}

static bool put_known_name(struct fields *f, uint32_t i, struct names *seen)
{
    uint16_t index = (uint16_t)(f->from[i].name.at - 1);
    wfpw_field *to = &f->list[i];
    to->name = known_name(f, index);
    if (to->name == NULL)
        return false;
    to->name_length = audit_name_length(index);
    to->flags = WFPW_FIELD_NAME_PLAIN;
    note_name(f, i, index < BATCH_AUDIT_NAMES ? &seen->known[index / 64] : &seen->others, index);
    return true;
}

/* The names of the record before, as most records have the same. Where a name stands tells which it
 * is, since what is not of the table stands in the tail. false: it had others. */
static bool put_same_names(struct fields *f)
{
    const uint32_t kept = WFPW_FIELD_NAME_PLAIN | WFPW_FIELD_REPEATED;
    const struct batch_audit_last *last = &f->texts->last;
    const struct record_field *from = f->from;
    wfpw_field *to = f->list;
    if (last->turn != f->texts->turn || last->count != f->count)
        return false;
    for (uint32_t i = 0; i < last->count; i++) {
        const wfpw_field *same = &last->list[i];
        if (from[i].name.at != last->names[i])
            return false;
        to[i].name = same->name;
        to[i].name_length = same->name_length;
        to[i].flags = same->flags & kept;
        to[i].reserved = 0;
    }
    return true;
}

static void note_last(const struct fields *f)
{
    struct batch_audit_last *last = &f->texts->last;
    last->turn = 0;
    if (f->count > BATCH_AUDIT_LAST)
        return;
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->from[i].name.type != VALUE_NAME)
            return;
        last->names[i] = f->from[i].name.at;
    }
    last->turn = f->texts->turn;
    last->count = f->count;
    last->list = f->list;
}

static bool put_names(struct fields *f)
{
    struct names seen = {0};
    if (put_same_names(f))
        return true;
    for (uint32_t i = 0; i < f->count; i++) {
        f->list[i].reserved = 0;
        if (f->from[i].name.type == VALUE_NAME ? !put_known_name(f, i, &seen)
                                               : !put_other_name(f, i, &seen))
            return false;
    }
    note_last(f);
    return true;
}

/* ---- the body ------------------------------------------------------------------------------- */

void batch_audit_put_scalars(wfpw_audit *to, const struct record_audit *from, uint32_t fields)
{
    *to = (wfpw_audit){
        .size = sizeof *to,
        .event_id = from->event_id,
        .version = from->version,
        .task = from->task,
        .record_id = from->record_id,
        .keywords = from->keywords,
        .field_count = fields,
        .field_stride = sizeof(wfpw_field),
    };
}

bool batch_audit_put_computer(const struct record *r, struct batch_audit_texts *texts,
                              wfpw_audit *to, char **at, char *end)
{
    const struct record_audit *from = record_at(r, r->audit_at);
    struct fields f = {.pen = {*at, end}, .r = r, .texts = texts};
    wfpw_field computer = {.flags = 0};
    if (!value_is(&from->computer))
        return true;
    if (!put_again(&f, &computer, &from->computer, &texts->computer))
        return false;
    to->computer = computer.value;
    *at = f.pen.at;
    return true;
}

const char *batch_audit_text(const struct record *r, struct batch_audit_texts *texts,
                             const struct record_field *from, char *room, size_t size, size_t *used)
{
    struct fields f = {.pen = {room, room + size}, .r = r, .texts = texts};
    wfpw_field to = {.flags = 0};
    uint32_t index = from->name.at - 1;
    bool known = from->name.type == VALUE_NAME && index < BATCH_AUDIT_NAMES;
    bool put = known ? put_again(&f, &to, &from->value, &texts->values[index])
                     : put_any(&f, &to, &from->value);
    *used = (size_t)(f.pen.at - room);
    return put ? to.value : NULL;
}

size_t batch_audit_write(const struct record *r, struct batch_audit_texts *texts, bool is_bare,
                         void *room, size_t size)
{
    const struct record_audit *from = record_at(r, r->audit_at);
    const uint32_t count = is_bare ? 0 : from->field_count;
    wfpw_audit *to = room;
    wfpw_field *list = (wfpw_field *)(void *)(to + 1);
    if (size < sizeof *to || (size - sizeof *to) / sizeof *list < count)
        return 0;
    struct fields fields = {.pen = {(char *)(list + count), (char *)room + size},
                            .r = r,
                            .from = record_at(r, from->fields_at),
                            .count = count,
                            .list = list,
                            .texts = texts};
    batch_audit_put_scalars(to, from, count);
    to->fields = is_bare ? NULL : list;
    if (!is_bare && (!put_names(&fields) || !put_values(&fields)))
        return 0;
    if (!batch_audit_put_computer(r, texts, to, &fields.pen.at, fields.pen.end))
        return 0;
    if (fields.pen.end - fields.pen.at < SHORT) /* so many may be read behind the last text, too */
        return 0;
    return (size_t)(fields.pen.at - (char *)room) + SHORT;
}
