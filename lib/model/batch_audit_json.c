/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The fields of an audit record as JSON, where nobody reads them one by one: from the source's
 * characters in one pass. */
#include <string.h>

#include "base/simd.h"
#include "model/audit_fields.h"
#include "model/batch_audit.h"

/* What a field takes at most: its key and a number, and for each byte of its value that many. */
enum { FIELD_MOST = BATCH_AUDIT_KEY + 64, CHARACTERS_MOST = 6, TEXT_MOST = 3 };
/* What stays for the event's other texts, so that it has room wherever the usual form has. */
enum { BEHIND = 64 * 1024 };

/* ---- keys ----------------------------------------------------------------------------------- */

/* What is not of the table stands in the tail, behind every index. Adds up the bytes of the values,
 * as often as they are written: not of what they share in the record. */
static bool is_list_of(const struct batch_audit_keys *k, const struct record_field *f,
                       uint32_t count, size_t *bytes)
{
    bool is_other = k->count != count;
    *bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        is_other |= k->names[i] != f[i].name.at;
        *bytes += f[i].value.size;
    }
    return !is_other;
}

/* The end of the value before, and the key. false: a name that comes twice, or is too long. */
static bool learn_key(struct batch_audit_keys *k, uint32_t i, const struct value *name)
{
    if (name->type != VALUE_NAME)
        return false;
    uint16_t index = (uint16_t)(name->at - 1);
    size_t n = audit_name_length(index);
    for (uint32_t j = 0; j < i; j++)
        if (k->names[j] == name->at)
            return false;
    if (n > BATCH_AUDIT_KEY - 6)
        return false;
    char *p = k->texts[i];
    memcpy(p, i == 0 ? "{\"" : "\",\"", 3);
    p += i == 0 ? 2 : 3;
    memcpy(p, audit_name_text(index), n);
    memcpy(p + n, "\":\"", 3);
    k->names[i] = name->at;
    k->lengths[i] = (uint8_t)(p + n + 3 - k->texts[i]);
    return true;
}

/* NULL: the names have none. *bytes: of the values. */
static const struct batch_audit_keys *keys_of(struct batch_audit_texts *texts, uint32_t event_id,
                                              const struct record_field *f, uint32_t count,
                                              size_t *bytes)
{
    struct batch_audit_keys *k = &texts->keys[event_id % BATCH_AUDIT_IDS];
    if (count == 0 || count > BATCH_AUDIT_LAST)
        return NULL;
    if (is_list_of(k, f, count, bytes))
        return k;
    k->count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!learn_key(k, i, &f[i].name))
            return NULL;
    k->count = count;
    return k;
}

/* ---- values --------------------------------------------------------------------------------- */

/* What a value in the tail becomes, by way of `text`, which has room for it. */
static char *put_characters(char *p, const struct record *r, const struct value *v, char *text)
{
    return text_json(p, text, text_value(text, (uint8_t)v->type, record_at(r, v->at), v->size));
}

/* A value that most often is the one of the record before, which stands in the block already. */
static char *put_unusual(char *p, const struct record *r, const struct record_field *f,
                         struct batch_audit_texts *texts, char *text)
{
    uint32_t index = f->name.at - 1;
    char *start = p;
    if (index >= BATCH_AUDIT_NAMES)
        return put_characters(p, r, &f->value, text);
    struct batch_audit_value *seen = &texts->values[index];
    if (batch_audit_is_known(r, texts, &f->value, seen) && seen->json != NULL) {
        text_copy(p, seen->json, seen->json_length);
        return p + seen->json_length;
    }
    p = put_characters(p, r, &f->value, text);
    seen->json = start;
    seen->json_length = (size_t)(p - start);
    return p;
}

/* S-1-0-0, which stands for no user in most records; NULL: another. */
static inline char *put_nobody(char *p, const uint8_t *sid, uint32_t size)
{
    if (size != 12 || text_le64(sid) != 0x0101 || text_le32(sid + 8) != 0)
        return NULL;
    memcpy(p, "S-1-0-0", 7);
    return p + 7;
}

/* At most 16 characters that need no escape, or a number, as most values are; NULL: another. */
static inline char *put_usual(char *p, const struct record *r, const struct value *v)
{
    const uint8_t *from = record_at(r, v->at);
    bool plain;
    if (v->size > BATCH_AUDIT_SHORT || r->bytes - v->at < BATCH_AUDIT_SHORT)
        return NULL;
    if (v->type == VALUE_STRING)
        return simd_ascii16(p, from, v->size / 2, &plain) && plain ? p + v->size / 2 : NULL;
    if (v->type == VALUE_U32 && v->size == 4)
        return p + text_u64(p, text_le32(from));
    if (v->type == VALUE_SID)
        return put_nobody(p, from, v->size);
    return v->type == VALUE_U64 && v->size == 8 ? p + text_u64(p, text_le64(from)) : NULL;
}

static char *put_object(char *p, const struct record *r, const struct record_field *f,
                        const struct batch_audit_keys *k, struct batch_audit_texts *texts,
                        struct batch_audit_json *to, char *text)
{
    to->app = NULL;
    to->app_n = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        memcpy(p, k->texts[i], BATCH_AUDIT_KEY);
        p += k->lengths[i];
        char *start = p, *end = put_usual(p, r, &f[i].value);
        p = end != NULL ? end : put_unusual(p, r, &f[i], texts, text);
        if (end == NULL && f[i].value.at == r->app.at && f[i].value.size == r->app.size) {
            to->app = start;
            to->app_n = (size_t)(p - start);
        }
    }
    memcpy(p, "\"}", 2);
    return p + 2;
}

/* ---- the body ------------------------------------------------------------------------------- */

size_t batch_audit_write_json(const struct record *r, struct batch_audit_texts *texts, void *room,
                              size_t size)
{
    const struct record_audit *from = record_at(r, r->audit_at);
    const struct record_field *f = record_at(r, from->fields_at);
    const size_t count = from->field_count;
    size_t values;
    const struct batch_audit_keys *k =
        keys_of(texts, from->event_id, f, from->field_count, &values);
    if (k == NULL)
        return 0;
    size_t text = TEXT_MOST * values + FIELD_MOST;
    size_t object = CHARACTERS_MOST * values + FIELD_MOST * count + TEXT_JSON_SLACK;
    struct batch_audit_json *to = room;
    if (size < sizeof *to || size - sizeof *to < object + text + BEHIND)
        return 0;
    char *start = (char *)(to + 1), *end = (char *)room + size;
    char *at = put_object(start, r, f, k, texts, to, end - text);
    batch_audit_put_scalars(&to->audit, from, 0);
    to->audit.fields = NULL;
    to->audit.field_stride = 0;
    to->data = start;
    to->n = (size_t)(at - start);
    if (!batch_audit_put_computer(r, texts, &to->audit, &at, end) || end - at < BATCH_AUDIT_SHORT)
        return 0;
    return (size_t)(at - (char *)room) + BATCH_AUDIT_SHORT;
}
