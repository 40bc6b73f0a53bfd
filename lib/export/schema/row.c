/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "export/schema/row.h"

#include "export/json_audit.h"
#include "export/json_body.h"

enum {
    WORDS_MOST = 512,                                   /* all words of evidence with quotes */
    ROW_ROOM = ROW_DEPTH * JSON_OUT_MEMBER + WORDS_MOST /* all but a text takes fewer */
};
_Static_assert((int)ROW_ROOM <= (int)JSON_OUT_GROUP, "room for a row");

/* Where the rows are: objects that are not written yet, as none of their values was present. */
struct row_writer {
    struct json_out *o;
    const struct export_event *x;
    const struct export_row *pending[ROW_DEPTH];
    uint32_t pending_count;
    /* Where the addresses of both sides were written last, in the caller's room; NULL: nowhere. */
    const wfpw_endpoint *known[2];
    const char *known_at[2];
    size_t known_length[2];
    uint32_t known_next;
};

static char *write_pending(struct row_writer *w, char *p)
{
    for (uint32_t i = 0; i < w->pending_count; i++)
        p = json_out_plain(p, w->pending[i]->key, w->pending[i]->length);
    w->pending_count = 0;
    return p;
}

/* ---- values --------------------------------------------------------------------------------- */

static char *write_upper(char *p, const struct export_value *v)
{
    *p++ = '"';
    for (size_t i = 0; i < v->length; i++)
        *p++ = (char)(v->text[i] >= 'a' && v->text[i] <= 'z' ? v->text[i] - 'a' + 'A' : v->text[i]);
    *p++ = '"';
    return p;
}

static char *write_number(char *p, uint64_t number, bool quoted)
{
    if (!quoted)
        return json_out_number(p, number);
    *p++ = '"';
    p = json_out_number(p, number);
    *p++ = '"';
    return p;
}

static char *write_address(char *p, const struct export_value *v)
{
    *p++ = '"';
    p += text_ip(p, v->endpoint->addr, v->endpoint->family);
    if (v->kind == KIND_ZONED) {
        *p++ = '%';
        p = json_out_number(p, v->endpoint->scope_id);
    }
    *p++ = '"';
    return p;
}

char *export_mac(char *p, const uint8_t bytes[6])
{
    for (size_t i = 0; i < 6; i++) {
        if (i > 0)
            *p++ = '-';
        p += text_bytes(p, bytes + i, 1);
    }
    return p;
}

static char *write_mac(char *p, const struct export_value *v)
{
    *p++ = '"';
    p = export_mac(p, (const uint8_t *)v->text);
    *p++ = '"';
    return p;
}

static char *write_words(char *p, const struct export_value *v)
{
    *p++ = '[';
    return json_out_words(p, v->list, (uint32_t)v->number) - 1;
}

/* An address stands in several places of a line. */
static char *write_known(struct row_writer *w, char *p, const struct export_value *v)
{
    for (uint32_t i = 0; i < 2 && !w->o->spilling; i++)
        if (w->known[i] == v->endpoint)
            return json_out_plain(p, w->known_at[i], w->known_length[i]);
    char *end = write_address(p, v);
    if (w->o->spilling)
        return end;
    uint32_t at = w->known_next++ & 1;
    w->known[at] = v->endpoint;
    w->known_at[at] = p;
    w->known_length[at] = (size_t)(end - p);
    return end;
}

static char *write_value(struct json_out *o, char *p, const struct export_value *v, uint8_t form)
{
    switch (v->kind) {
    case KIND_NUMBER:
        return write_number(p, v->number, form == ROW_TEXT);
    case KIND_TIME:
        return json_out_time(p, v->number);
    case KIND_IP:
    case KIND_ZONED:
        return write_address(p, v);
    case KIND_MAC:
        return write_mac(p, v);
    case KIND_WORDS:
        return write_words(p, v);
    case KIND_RAW:
        return json_out_plain(p, v->text, v->length);
    default:
        if (form == ROW_UPPER)
            return write_upper(p, v);
        if (form == ROW_BEHIND)
            return JSON_OUT_PUT(json_out_plain(p, v->text, v->length), "\"");
        return json_out_text(o, p, v->text, v->length, v->kind == KIND_PLAIN);
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* What is many members already. */
static char *write_members(struct row_writer *w, char *p, const struct export_value *v)
{
    if (v->kind == KIND_BODIES && !json_has_bodies(w->x->ev))
        return p;
    p = write_pending(w, p);
    return v->kind == KIND_DATA ? json_audit_fields(w->o, p, w->x->ev->audit)
                                : json_bodies(w->o, p, w->x->ev);
}

static char *write_row(struct row_writer *w, char *p, const struct export_row *row)
{
    struct export_value v;
    if (row->form == ROW_INSIDE && w->pending_count > 0)
        return p;
    export_value_get(w->x, (enum value_id)row->value, &v);
    if (v.kind == KIND_ABSENT)
        return p;
    if (v.kind == KIND_DATA || v.kind == KIND_BODIES)
        return write_members(w, p, &v);
    p = json_out_plain(write_pending(w, p), row->key, row->length);
    if (v.kind == KIND_IP)
        p = write_known(w, p, &v);
    else if (row->value == OF_APP || row->value == OF_DEVICE_PATH) /* the record has it once more */
        p = json_out_first(w->o, p, v.text);
    else
        p = write_value(w->o, p, &v, row->form);
    return json_out_comma(json_out_room(w->o, p, 1));
}

static char *close_row(struct row_writer *w, char *p, char bracket)
{
    if (w->pending_count == 0)
        return json_out_close(p, bracket);
    w->pending_count--;
    return p;
}

static char *write_constant(struct row_writer *w, char *p, const struct export_row *row)
{
    return json_out_plain(write_pending(w, p), row->key, row->length);
}

static char *write_rows(struct row_writer *w, char *p, const struct export_section *s)
{
    for (const struct export_row *row = s->rows; row < s->rows + s->count; row++) {
        p = json_out_room(w->o, p, ROW_ROOM);
        switch (row->form) {
        case ROW_OPEN:
        case ROW_LIST:
            w->pending[w->pending_count++] = row;
            break;
        case ROW_CLOSE:
            p = close_row(w, p, row->key[0]);
            break;
        case ROW_ALWAYS:
            p = write_constant(w, p, row);
            break;
        case ROW_WITH:
            p = w->pending_count == 0 ? write_constant(w, p, row) : p;
            break;
        case ROW_FLAG:
            p = (w->x->ev->flags & row->bits) != 0 ? write_constant(w, p, row) : p;
            break;
        default:
            p = write_row(w, p, row);
            break;
        }
    }
    return p;
}

/* ---- sections ------------------------------------------------------------------------------- */

struct part_of {
    const struct export_event *x;
    const struct export_section *section;
};

static void start_writer(struct row_writer *w, struct json_out *o, const struct export_event *x)
{
    w->o = o;
    w->x = x;
    w->pending_count = w->known_next = 0;
    w->known[0] = w->known[1] = NULL;
}

static char *write_part(struct json_out *o, char *p, const void *of)
{
    const struct part_of *part = of;
    struct row_writer w;
    start_writer(&w, o, part->x);
    return write_rows(&w, p, part->section);
}

char *export_sections(struct json_out *o, char *p, const struct export_event *x,
                      const struct export_section *sections, uint32_t count)
{
    struct row_writer w;
    start_writer(&w, o, x);
    for (const struct export_section *s = sections; s < sections + count; s++) {
        struct json_out_key key;
        if ((s->classes & x->ocsf_class) == 0 || (s->needs != 0 && (s->needs & x->has) == 0))
            continue;
        if (s->key == NULL || w.pending_count > 0 || !s->key(x, &key))
            p = write_rows(&w, p, s);
        else
            p = json_out_part_of(o, p, s->part, &key, &(struct part_of){x, s}, write_part);
    }
    return p;
}
