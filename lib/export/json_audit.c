/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "export/json_audit.h"

static const wfpw_field *field_of(const wfpw_audit *a, uint32_t i)
{
    const char *base = (const char *)a->fields;
    return (const wfpw_field *)(const void *)(base + (size_t)i * a->field_stride);
}

/* The first field from `from` on that has the name of field i; the count when there is none. */
static uint32_t same_name(const wfpw_audit *a, uint32_t i, uint32_t from)
{
    const wfpw_field *f = field_of(a, i);
    for (; from < a->field_count; from++) {
        const wfpw_field *other = field_of(a, from);
        if (other->name_length == f->name_length &&
            memcmp(other->name, f->name, f->name_length) == 0)
            break;
    }
    return from;
}

static char *field_name(struct json_out *o, char *p, const wfpw_field *f)
{
    p = json_out_text(o, p, f->name, f->name_length, (f->flags & WFPW_FIELD_NAME_PLAIN) != 0);
    p = json_out_room(o, p, 2);
    *p++ = ':';
    return p;
}

static char *field_value(struct json_out *o, char *p, const wfpw_field *f)
{
    p = json_out_again(o, p, f->value, f->value_length, (f->flags & WFPW_FIELD_VALUE_PLAIN) != 0);
    return json_out_comma(json_out_room(o, p, 1));
}

/* A field that comes several times is an array, at its first place. */
static char *repeated_field(struct json_out *o, char *p, const wfpw_audit *a, uint32_t i)
{
    if (same_name(a, i, 0) != i)
        return p;
    p = field_name(o, p, field_of(a, i));
    *p++ = '[';
    for (; i < a->field_count; i = same_name(a, i, i + 1))
        p = field_value(o, p, field_of(a, i));
    return json_out_close(json_out_room(o, p, 2), ']');
}

/* Nothing in it needs an escape, and it is copied as if it were as long as it may be: as most
 * fields are. */
static inline bool is_simple(const wfpw_field *f)
{
    const uint32_t wanted = WFPW_FIELD_NAME_PLAIN | WFPW_FIELD_VALUE_PLAIN | WFPW_FIELD_SHORT;
    return (f->flags & (wanted | WFPW_FIELD_REPEATED)) == wanted;
}

enum { SIMPLE = 2 * JSON_OUT_SHORT + 8 }; /* bytes that it may touch */

static inline char *simple_field(char *p, const wfpw_field *f)
{
    *p++ = '"';
    p = JSON_OUT_PUT(json_out_short(p, f->name, f->name_length), "\":\"");
    return JSON_OUT_PUT(json_out_short(p, f->value, f->value_length), "\",");
}

/* Fields from *at on, up to one that is not that simple. */
static char *simple_fields(const struct json_out *o, char *p, const wfpw_audit *a, uint32_t *at)
{
    const char *field = (const char *)field_of(a, *at);
    for (; *at < a->field_count && o->end - p >= SIMPLE; ++*at, field += a->field_stride) {
        const wfpw_field *f = (const wfpw_field *)(const void *)field;
        if (!is_simple(f))
            break;
        p = simple_field(p, f);
    }
    return p;
}

char *json_audit_fields(struct json_out *o, char *p, const wfpw_audit *a)
{
    for (uint32_t i = 0; i < a->field_count; i++) {
        p = simple_fields(o, p, a, &i);
        if (i == a->field_count)
            break;
        const wfpw_field *f = field_of(a, i);
        if ((f->flags & WFPW_FIELD_REPEATED) == 0)
            p = field_value(o, field_name(o, p, f), f);
        else
            p = repeated_field(o, p, a, i);
    }
    return p;
}

/* All of them, behind the bracket of their object. */
static char *put_fields(struct json_out *o, char *p, const wfpw_audit *a)
{
    p = json_audit_fields(o, p, a);
    return json_out_close(json_out_room(o, p, 2), '}');
}

static char *write_audit_of(struct json_out *o, char *p, const void *of)
{
    const wfpw_audit *a = of;
    p = STRING_IF(o, p, "computer", a->computer);
    p = json_out_room(o, p, 4 * JSON_OUT_MEMBER);
    p = json_out_comma(json_out_hex_number(JSON_OUT_KEY(p, "keywords"), a->keywords));
    return NUMBER(p, "task", a->task);
}

const struct batch_audit_json *json_audit_prepared(const struct json_out *o, const wfpw_audit *a)
{
    if (!o->prepared || a == NULL || a->field_stride != 0)
        return NULL;
    return (const struct batch_audit_json *)(const void *)a;
}

static char *put_data(struct json_out *o, char *p, const wfpw_audit *a)
{
    p = JSON_OUT_KEY(json_out_room(o, p, JSON_OUT_MEMBER), "data");
    const struct batch_audit_json *there = json_audit_prepared(o, a);
    if (there == NULL)
        return put_fields(o, JSON_OUT_PUT(p, "{"), a);
    p = json_out_prepared(o, p, there->data, there->n);
    return json_out_comma(json_out_room(o, p, 1));
}

char *json_audit(struct json_out *o, char *p, const wfpw_audit *a)
{
    struct json_out_key key = {{(uintptr_t)a->computer, a->keywords, a->task}};
    p = JSON_OUT_OPEN(json_out_room(o, p, 5 * JSON_OUT_MEMBER), "audit");
    p = NUMBER(p, "event_id", a->event_id);
    p = NUMBER(p, "version", a->version);
    p = NUMBER(p, "record_id", a->record_id);
    p = json_out_part(o, p, PART_AUDIT, key, a, write_audit_of);
    p = put_data(o, p, a);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

int json_audit_data(const wfpw_audit *a, char *buf, size_t cap, size_t *needed)
{
    struct json_out o;
    char *p = json_out_room(&o, json_out_start(&o, buf, cap), JSON_OUT_MEMBER);
    return json_out_end(&o, put_fields(&o, JSON_OUT_PUT(p, "{"), a) - 1, needed);
}
