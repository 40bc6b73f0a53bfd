/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <stddef.h>
#include <string.h>

#include "decode/audit/audit_classic.h"
#include "decode/shipper/shipper.h"

#define SECURITY "Microsoft-Windows-Security-Auditing"

static const uint64_t success = 0x8020000000000000u, failure = 0x8010000000000000u;

/* What of a record can only be settled at its end. */
struct rest {
    uint64_t result;   /* keywords, by a word */
    uint64_t received; /* 0: not told */
    bool has_keywords, has_zone, is_security;
    const struct shipper_member *item_name, *data_xml;
    uint32_t values; /* without names */
    const struct shipper_member *value[SHIPPER_VALUES];
};

/* But for the values, of which there are none. */
static void start_rest(struct rest *rest)
{
    memset(rest, 0, offsetof(struct rest, value));
}

static bool is_text(const struct shipper_member *m, const char *what)
{
    return text_same(m->text, m->n, what);
}

/* Of a member that is XML, which lies there. */
static char *own_text(struct shipper *x, const struct shipper_member *m)
{
    return x->text + (m->text - x->text);
}

/* ---- slots ---------------------------------------------------------------------------------- */

static void set_number(struct audit_record *a, enum slot slot, uint64_t v)
{
    uint8_t bytes[8];
    text_put_le32(bytes, (uint32_t)v);
    text_put_le32(bytes + 4, (uint32_t)(v >> 32));
    audit_record_slot(a, slot, VALUE_U64, bytes, sizeof bytes);
}

/* With a sign it is the same 64 bits. */
static bool number_of(const struct shipper_member *m, uint64_t *out)
{
    const char *s = m->text;
    bool negative = m->n > 1 && s[0] == '-';
    if (!text_parse_u64(s + negative, m->n - negative, out))
        return false;
    *out = negative ? 0 - *out : *out;
    return true;
}

static void take_number(struct audit_record *a, enum slot slot, const struct shipper_member *m)
{
    uint64_t n;
    if (number_of(m, &n))
        set_number(a, slot, n);
}

static void take_text(struct audit_record *a, enum slot slot, const struct shipper_member *m)
{
    if (m->n > 0)
        audit_record_slot(a, slot, VALUE_UTF8, m->text, m->n);
}

static void take_time(struct audit_record *a, struct rest *rest, const struct shipper_member *m)
{
    uint64_t time;
    uint8_t bytes[8];
    if (a->has_time || !shipper_time(m->text, m->n, &time, &rest->has_zone))
        return;
    text_put_le32(bytes, (uint32_t)time);
    text_put_le32(bytes + 4, (uint32_t)(time >> 32));
    audit_record_slot(a, SLOT_TIME, VALUE_FILETIME, bytes, sizeof bytes);
}

static void take_received(struct rest *rest, const struct shipper_member *m)
{
    bool has_zone;
    uint64_t time;
    if (shipper_time(m->text, m->n, &time, &has_zone) && has_zone)
        rest->received = time;
}

/* Only the words that are not translated, or that Windows has in English. */
static void take_result(struct rest *rest, const struct shipper_member *m)
{
    if (is_text(m, "Audit Success") || is_text(m, "AUDIT_SUCCESS"))
        rest->result = success;
    else if (is_text(m, "Audit Failure") || is_text(m, "AUDIT_FAILURE"))
        rest->result = failure;
}

/* ---- fields --------------------------------------------------------------------------------- */

static void add_field(struct audit_record *a, const char *name, size_t n, uint16_t index,
                      const struct shipper_member *m)
{
    if (index != NAME_NONE)
        audit_record_text_field(a, index, m->text, m->n);
    else
        audit_record_field(a, index, VALUE_UTF8, name, n, VALUE_UTF8, m->text, m->n);
}

/* A number is decimal, whatever it was in the log; of a logon id that is known. */
static bool was_hexadecimal(const struct shipper_member *m, const char *name, size_t n)
{
    static const char end[] = "LogonId";
    return m->token == JSON_SCALAR && n >= sizeof end - 1 &&
           memcmp(name + n - (sizeof end - 1), end, sizeof end - 1) == 0;
}

static void take_field(struct shipper *x, struct audit_record *a, const struct shipper_row *row,
                       const struct shipper_member *m)
{
    const struct shipper_path *p = &x->paths.list[m->path];
    const char *name = shipper_paths_key(&x->paths, m->path) + row->before;
    size_t n = p->key > row->before ? (size_t)p->key - row->before : 0;
    uint16_t index = row->before == 0 ? p->name : audit_name(name, n);
    char room[NAME_LENGTH_MAX], hex[24];
    uint64_t v;
    if (m->is_null && !shipper_form_at(x->form)->keeps_empty)
        return;
    if (row->use == SHIPPER_FIELD_SMALL && index == NAME_NONE && n > 0 && n <= sizeof room &&
        name[0] >= 'a' && name[0] <= 'z') {
        memcpy(room, name, n);
        room[0] = (char)(name[0] - 'a' + 'A');
        index = audit_name(room, n);
        name = room;
    }
    if (was_hexadecimal(m, name, n) && number_of(m, &v))
        audit_record_field(a, index, VALUE_UTF8, name, n, VALUE_UTF8, hex, text_hex(hex, v));
    else
        add_field(a, name, n, index, m);
}

static void take_item(struct audit_record *a, struct rest *rest, const struct shipper_member *name,
                      const struct shipper_member *text)
{
    static const struct shipper_member empty = {.n = 0};
    const struct shipper_member *value = text != NULL ? text : &empty;
    rest->item_name = NULL;
    if (name != NULL)
        add_field(a, name->text, name->n, audit_name(name->text, name->n), value);
}

/* Name and text of an item stand in any order; an item without text is empty. */
static void take_items(struct shipper *x, struct audit_record *a, struct rest *rest)
{
    const struct shipper_member *name = NULL, *text = NULL;
    uint32_t object = 0;
    for (uint32_t i = 0; i < x->count; i++) {
        const struct shipper_member *m = &x->members[i];
        uint8_t use = m->row != NULL ? m->row->use : (uint8_t)SHIPPER_NOTHING;
        if (use != SHIPPER_ITEM_NAME && use != SHIPPER_ITEM_TEXT)
            continue;
        if (m->object != object) {
            take_item(a, rest, name, text);
            name = text = NULL;
        }
        object = m->object;
        if (use == SHIPPER_ITEM_NAME)
            name = m;
        else
            text = m;
    }
    take_item(a, rest, name, text);
}

/* Their names are those of the template with so many fields. */
static void take_values(struct audit_record *a, const struct rest *rest)
{
    static const char no_name[] = "Data";
    uint32_t version;
    const char *name =
        audit_classic_names((uint32_t)a->number[SLOT_EVENT_ID], rest->values, &version);
    if (name == NULL && rest->values > 0)
        record_of(&a->b)->flags |= WFPW_EVENT_PARTIAL;
    const char *next = name != NULL ? name : no_name;
    for (uint32_t i = 0; i < rest->values; i++) {
        size_t n = strcspn(next, " ");
        add_field(a, next, n, audit_name(next, n), rest->value[i]);
        if (name != NULL)
            next += n + (next[n] == ' ');
    }
}

/* ---- members -------------------------------------------------------------------------------- */

static void take_use(struct audit_record *a, struct rest *rest, const struct shipper_row *row,
                     const struct shipper_member *m)
{
    switch (row->use) {
    case SHIPPER_EVENT_ID:
        take_number(a, SLOT_EVENT_ID, m);
        break;
    case SHIPPER_VERSION:
        take_number(a, SLOT_VERSION, m);
        break;
    case SHIPPER_TASK:
        take_number(a, SLOT_TASK, m);
        break;
    case SHIPPER_RECORD_ID:
        take_number(a, SLOT_RECORD_ID, m);
        break;
    case SHIPPER_KEYWORDS:
        take_number(a, SLOT_KEYWORDS, m);
        rest->has_keywords = a->number[SLOT_KEYWORDS] != 0;
        break;
    case SHIPPER_RESULT:
        take_result(rest, m);
        break;
    case SHIPPER_PROVIDER:
        take_text(a, SLOT_PROVIDER_NAME, m);
        break;
    case SHIPPER_PROVIDER_GUID:
        take_text(a, SLOT_PROVIDER_GUID, m);
        break;
    case SHIPPER_COMPUTER:
        take_text(a, SLOT_COMPUTER, m);
        break;
    case SHIPPER_CHANNEL:
        rest->is_security = is_text(m, "Security") || is_text(m, "Sec");
        break;
    case SHIPPER_TIME:
        take_time(a, rest, m);
        break;
    case SHIPPER_RECEIVED:
        take_received(rest, m);
        break;
    default:
        break;
    }
}

static void take_member(struct shipper *x, struct audit_record *a, struct rest *rest,
                        const struct shipper_row *row, const struct shipper_member *m)
{
    uint16_t name = x->paths.list[m->path].name;
    switch (row->use) {
    case SHIPPER_FIELD:
        if (m->token == JSON_STRING && row->before == 0 && name != NAME_NONE) /* as most are */
            audit_record_text_field(a, name, m->text, m->n);
        else
            take_field(x, a, row, m);
        break;
    case SHIPPER_FIELD_SMALL:
        take_field(x, a, row, m);
        break;
    case SHIPPER_FIELD_TEXT:
        if (m->token == JSON_STRING)
            take_field(x, a, row, m);
        break;
    case SHIPPER_FIELD_KNOWN:
        if (name != NAME_NONE && m->n > 0)
            take_field(x, a, row, m);
        break;
    case SHIPPER_VALUE:
        if (rest->values < SHIPPER_VALUES)
            rest->value[rest->values++] = m;
        else
            x->is_cut = true;
        break;
    case SHIPPER_ITEM_NAME:
        rest->item_name = m;
        break;
    case SHIPPER_DATA_XML:
        rest->data_xml = m;
        break;
    default:
        take_use(a, rest, row, m);
        break;
    }
}

/* Zones differ by quarters of an hour, and a record is received within minutes. */
static void settle_zone(struct audit_record *a, const struct rest *rest)
{
    static const int64_t minute = 60 * 10000000, quarter = 15 * minute;
    struct record *r = record_of(&a->b);
    int64_t apart = (int64_t)(rest->received - r->time);
    int64_t zone = (apart + (apart < 0 ? -quarter / 2 : quarter / 2)) / quarter * quarter;
    int64_t late = apart - zone;
    if (rest->has_zone || !a->has_time)
        return;
    bool shows = rest->received != 0 && zone <= 15 * 4 * quarter && zone >= -15 * 4 * quarter &&
                 late <= 5 * minute && late >= -minute;
    if (shows)
        r->time += (uint64_t)zone;
    else
        r->flags |= WFPW_EVENT_LOCAL_TIME;
}

static void settle_rest(struct shipper *x, struct audit_record *a, struct rest *rest)
{
    bool has_cut = x->is_cut || x->paths.is_full;
    if (!rest->has_keywords && rest->result != 0)
        set_number(a, SLOT_KEYWORDS, rest->result);
    if (rest->is_security && a->provider == PROVIDER_UNKNOWN)
        a->provider = a->number[SLOT_EVENT_ID] == 1102 ? PROVIDER_EVENTLOG : PROVIDER_SECURITY;
    record_of(&a->b)->flags |= has_cut ? (uint32_t)WFPW_EVENT_TRUNCATED : 0;
    settle_zone(a, rest);
}

/* Gives every member its place in the record a; of those in item or without name the list. */
static void take_members(struct shipper *x, struct audit_record *a, struct rest *rest)
{
    for (uint32_t i = 0; i < x->count; i++) {
        const struct shipper_member *m = &x->members[i];
        if (m->row != NULL)
            take_member(x, a, rest, m->row, m);
    }
    if (rest->item_name != NULL)
        take_items(x, a, rest);
    if (rest->values > 0)
        take_values(a, rest);
    settle_rest(x, a, rest);
}

/* ---- XML in JSON ---------------------------------------------------------------------------- */

/* An event that differs from an earlier one in its values only. */
static bool has_layout(struct shipper *x, const struct shipper_member *m, const struct record **r)
{
    struct audit_record *a = &x->audit_record;
    if (!shipper_xml_layouts_find(&x->xml.layouts, false, m->text, m->n))
        return false;
    audit_record_start(a, x->record, (uint32_t)sizeof x->record, WFPW_SOURCE_JSON);
    shipper_xml_layouts_give(&x->xml.layouts, a);
    *r = audit_record_finish(a, 0);
    return true;
}

/* The event that is a member as a whole. */
static const struct record *record_of_text(struct shipper *x, const struct shipper_member *m)
{
    struct shipper_xml *xml = &x->xml;
    uint64_t passed = xml->decoder.reader.passed;
    size_t skip = shipper_xml_declaration(m->text, m->n), n = m->n - skip;
    char *s = own_text(x, m) + skip;
    bool several = shipper_xml_has_several(s, n);
    bool keep = !several && shipper_xml_is_closed(s, n);
    const struct record *r = shipper_xml_end(xml, shipper_xml_feed(xml, s, n), keep);
    if (several && r != NULL)
        x->later = "several events in one text, of which the first was read";
    x->is_damaged |= xml->is_damaged;
    if (keep && !xml->is_damaged && (r != NULL || xml->decoder.reader.passed != passed))
        shipper_xml_layouts_learn(&xml->layouts, false, m->text, m->n);
    return r;
}

/* An event as a whole. *is_event: there was one, be it ours or not. */
static const struct record *record_of_xml(struct shipper *x, bool *is_event)
{
    enum { TEXTS_MAX = 4 }; /* each costs a parser perhaps */
    const struct record *r = NULL;
    uint32_t texts = 0;
    for (uint32_t i = 0; i < x->count && !*is_event && texts < TEXTS_MAX; i++) {
        const struct shipper_member *m = &x->members[i];
        const struct shipper_row *row = x->paths.list[m->path].meaning.rows[SHIPPER_XML];
        if (row == NULL || !shipper_xml_is(m->text, m->n))
            continue;
        if (has_layout(x, m, &r)) {
            *is_event = true;
            return r;
        }
        if (!shipper_xml_open(&x->xml))
            continue;
        uint64_t passed = x->xml.decoder.reader.passed;
        r = record_of_text(x, m);
        *is_event = r != NULL || x->xml.decoder.reader.passed != passed;
        texts++;
    }
    return r;
}

/* What a record has beside the fields as XML. */
static void take_uses(struct shipper *x, struct audit_record *a)
{
    struct rest rest;
    start_rest(&rest);
    for (uint32_t i = 0; i < x->count; i++)
        if (x->members[i].row != NULL)
            take_use(a, &rest, x->members[i].row, &x->members[i]);
    settle_rest(x, a, &rest);
}

/* The fields as XML: the record that they belong to is begun by XML, too, and gets the rest. */
static const struct record *record_of_data(struct shipper *x, const struct shipper_member *data)
{
    char start[] = "<Event>", end[] = "</Event>";
    struct shipper_xml *xml = &x->xml;
    struct audit_record *a = &x->audit_record;
    if (shipper_xml_layouts_find(&xml->layouts, true, data->text, data->n)) {
        audit_record_start(a, x->record, (uint32_t)sizeof x->record, WFPW_SOURCE_JSON);
        shipper_xml_layouts_give(&xml->layouts, a);
        take_uses(x, a);
        return audit_record_finish(a, 0);
    }
    if (!shipper_xml_open(xml))
        return NULL;
    (void)shipper_xml_feed(xml, start, sizeof start - 1);
    (void)shipper_xml_feed(xml, own_text(x, data), data->n);
    x->is_damaged = xml->is_damaged;
    if (!xml->is_open)
        return NULL;
    take_uses(x, &xml->decoder.audit_record);
    const struct record *r = shipper_xml_feed(xml, end, sizeof end - 1);
    r = shipper_xml_end(xml, r, false);
    x->is_damaged = xml->is_damaged;
    if (!x->is_damaged)
        shipper_xml_layouts_learn(&xml->layouts, true, data->text, data->n);
    return r;
}

/* ---- a record ------------------------------------------------------------------------------- */

const struct record *shipper_record_plain(struct shipper *x)
{
    struct rest rest;
    start_rest(&rest);
    audit_record_start(&x->audit_record, x->record, (uint32_t)sizeof x->record, WFPW_SOURCE_JSON);
    take_members(x, &x->audit_record, &rest);
    if (rest.data_xml != NULL) {
        const struct record *r = record_of_data(x, rest.data_xml);
        if (!x->is_damaged)
            return r;
        record_of(&x->audit_record.b)->flags |= WFPW_EVENT_PARTIAL; /* the rest of it was read */
    }
    return audit_record_finish(&x->audit_record, 0);
}

const struct record *shipper_record(struct shipper *x)
{
    bool is_event = false;
    if (x->form == SHIPPER_XML) {
        const struct record *r = record_of_xml(x, &is_event);
        x->form = is_event ? (size_t)SHIPPER_XML : shipper_form_of(x->marks);
        if (is_event || x->form == SHIPPER_FORMS)
            return r;
    }
    for (uint32_t i = 0; i < x->count; i++)
        x->members[i].row = x->paths.list[x->members[i].path].meaning.rows[x->form];
    return shipper_record_plain(x);
}
