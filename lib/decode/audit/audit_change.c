/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_change.h"

#include <string.h>

#include "codes/wfp_symbols.h"
#include "decode/audit/audit_record.h"

/* Parameter messages of the log. */
enum { BOOT_TIME = 16386, PERSISTENT = 16387, BLOCK = 16389, PERMIT = 16390 };

static const struct record_audit *audit_of(const struct record *r)
{
    return r->audit_at != 0 ? record_at(r, r->audit_at) : NULL;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* The first field with this name; NULL when there is none. */
static const struct value *find_field(const struct record *r, const char *name)
{
    const struct record_audit *a = audit_of(r);
    const struct record_field *f = record_at(r, a->fields_at);
    uint32_t index = (uint32_t)audit_name(name, strlen(name)) + 1;
    for (uint32_t i = 0; i < a->field_count; i++)
        if (f[i].name.type == VALUE_NAME && f[i].name.at == index)
            return &f[i].value;
    return NULL;
}

/* As text in a->text; "-" stands for none. Returns its length. */
static size_t text_of(struct audit_change_reader *a, const struct record *r, const char *name)
{
    const struct value *v = find_field(r, name);
    if (v == NULL || text_value_max((uint8_t)v->type, v->size) > sizeof a->text)
        return 0;
    size_t n = text_value(a->text, (uint8_t)v->type, record_at(r, v->at), v->size);
    return n == 1 && a->text[0] == '-' ? 0 : n;
}

/* %%N; 0 when it is none. */
static uint64_t code_of(struct audit_change_reader *a, const struct record *r, const char *name)
{
    uint64_t code;
    size_t n = text_of(a, r, name);
    bool is_code = n > 2 && a->text[0] == '%' && a->text[1] == '%';
    return is_code && text_parse_u64(a->text + 2, n - 2, &code) ? code : 0;
}

/* A key as netsh writes it: the symbol, when the GUID has one. */
static policy_object_text put_key(struct policy_object_builder *b, const char *s, size_t n)
{
    static const uint8_t none[16] = {0};
    uint8_t guid[16];
    if (!text_parse_guid(s, n, guid))
        return policy_object_put_key(b, s, n);
    if (memcmp(guid, none, sizeof none) == 0)
        return 0;
    uint16_t symbol = wfp_symbol_of_guid(guid);
    return symbol != WFP_SYMBOL_NONE ? POLICY_OBJECT_SYMBOL | symbol
                                     : policy_object_put_key(b, s, n);
}

static void take_key(struct audit_change_reader *a, const struct record *r, const char *name,
                     enum policy_object_slot slot)
{
    size_t n = text_of(a, r, name);
    a->builder.object.texts[slot] = put_key(&a->builder, a->text, n);
}

static void take_text(struct audit_change_reader *a, const struct record *r, const char *name,
                      enum policy_object_slot slot)
{
    size_t n = text_of(a, r, name);
    a->builder.object.texts[slot] = policy_object_put(&a->builder, a->text, n);
}

static void put_symbol(struct audit_change_reader *a, enum policy_object_slot slot,
                       const char *symbol)
{
    a->builder.object.texts[slot] = policy_object_put_key(&a->builder, symbol, strlen(symbol));
}

/* ---- conditions ----------------------------------------------------------------------------- */

/* "Condition ID: {guid} Match value: Equal to Condition value: 0x1", one after the other, parted by
 * blanks or line ends. Where the words are of another language, the rest is the value as it is. */
static const char *const match_words[][2] = {
    {"Equal to", "FWP_MATCH_EQUAL"},
    {"Not equal to", "FWP_MATCH_NOT_EQUAL"},
    {"Greater than or equal to", "FWP_MATCH_GREATER_OR_EQUAL"},
    {"Less than or equal to", "FWP_MATCH_LESS_OR_EQUAL"},
    {"Greater than", "FWP_MATCH_GREATER"},
    {"Less than", "FWP_MATCH_LESS"},
    {"In range", "FWP_MATCH_RANGE"},
    {"All flags set", "FWP_MATCH_FLAGS_ALL_SET"},
    {"Any flags set", "FWP_MATCH_FLAGS_ANY_SET"},
    {"No flags set", "FWP_MATCH_FLAGS_NONE_SET"},
};

struct piece {
    const char *s;
    size_t n;
};

static struct piece trimmed_piece(const char *s, const char *end)
{
    while (s < end && (unsigned char)*s <= ' ')
        s++;
    while (s < end && (unsigned char)end[-1] <= ' ')
        end--;
    return (struct piece){s, (size_t)(end - s)};
}

static const char *find_in(struct piece p, const char *word)
{
    size_t n = strlen(word);
    for (size_t at = 0; at + n <= p.n; at++)
        if (memcmp(p.s + at, word, n) == 0)
            return p.s + at;
    return NULL;
}

static bool take_label(struct piece *p, const char *label)
{
    size_t n = strlen(label);
    if (p->n < n || memcmp(p->s, label, n) != 0)
        return false;
    *p = trimmed_piece(p->s + n, p->s + p->n);
    return true;
}

static policy_object_text put_match(struct policy_object_builder *b, struct piece *rest)
{
    struct piece p = *rest;
    if (!take_label(&p, "Match value:"))
        return 0;
    for (size_t i = 0; i < sizeof match_words / sizeof *match_words; i++) {
        if (!take_label(&p, match_words[i][0]))
            continue;
        *rest = p;
        return policy_object_put_key(b, match_words[i][1], strlen(match_words[i][1]));
    }
    return 0;
}

static void add_condition(struct policy_object_builder *b, const char *guid, const char *end)
{
    struct policy_object_condition *c = policy_object_add_condition(b);
    if (c == NULL)
        return;
    struct piece rest = trimmed_piece(guid + TEXT_GUID_MAX, end);
    c->field = put_key(b, guid, TEXT_GUID_MAX);
    c->match = put_match(b, &rest);
    (void)take_label(&rest, "Condition value:");
    c->value = policy_object_put(b, rest.s, rest.n);
}

/* Where the next GUID in braces stands. */
static const char *next_guid(const char *s, const char *end)
{
    uint8_t guid[16];
    for (; end - s >= TEXT_GUID_MAX; s++)
        if (*s == '{' && text_parse_guid(s, TEXT_GUID_MAX, guid))
            return s;
    return NULL;
}

static void take_conditions(struct audit_change_reader *a, const struct record *r)
{
    size_t n = text_of(a, r, "Conditions");
    const char *end = a->text + n, *at = next_guid(a->text, end);
    while (at != NULL) {
        const char *next = next_guid(at + TEXT_GUID_MAX, end);
        const char *stop = next != NULL ? next : end;
        const char *label = find_in((struct piece){at, (size_t)(stop - at)}, "Condition ID:");
        add_condition(&a->builder, at, label != NULL ? label : stop);
        at = next;
    }
}

/* ---- objects -------------------------------------------------------------------------------- */

enum { CODE_MAX = 16 }; /* bytes of %%N as UTF-16, with a NUL */

enum audit_change audit_change_from_text(const char *type, size_t n)
{
    if (n != 7 || memcmp(type, "%%1638", 6) != 0 || (type[6] != '4' && type[6] != '5'))
        return CHANGE_NONE;
    return type[6] == '4' ? CHANGE_ADDED : CHANGE_DELETED;
}

enum audit_change audit_change_of(const struct record *r)
{
    const struct record_audit *a = audit_of(r);
    char text[TEXT_SID_MAX]; /* more than any value of CODE_MAX bytes needs */
    if (a == NULL || a->event_id < 5440 || a->event_id > 5450 || a->event_id == 5445)
        return CHANGE_NONE;
    const struct value *v = find_field(r, "ChangeType");
    if (a->event_id < 5445)
        return CHANGE_PRESENT;
    if (v == NULL || v->size > CODE_MAX)
        return CHANGE_NONE;
    return audit_change_from_text(text,
                                  text_value(text, (uint8_t)v->type, record_at(r, v->at), v->size));
}

bool audit_change_is_key(const char *text, size_t n, const uint8_t guid[16])
{
    uint8_t key[16];
    return text_parse_guid(text, n, key) && memcmp(key, guid, sizeof key) == 0;
}

bool audit_change_has_key(const struct record *r, const uint8_t guid[16])
{
    char text[TEXT_SID_MAX];
    const struct value *v = audit_of(r) != NULL ? find_field(r, "FilterKey") : NULL;
    if (v == NULL || text_value_max((uint8_t)v->type, v->size) > sizeof text)
        return v == NULL;
    return audit_change_is_key(
        text, text_value(text, (uint8_t)v->type, record_at(r, v->at), v->size), guid);
}

enum policy_object_kind audit_change_subject(const struct record *r)
{
    const struct record_audit *a = audit_of(r);
    switch (a != NULL ? a->event_id : 0) {
    case 5440:
    case 5446:
        return POLICY_OBJECT_CALLOUT;
    case 5442:
    case 5448:
        return POLICY_OBJECT_PROVIDER;
    case 5444:
    case 5450:
        return POLICY_OBJECT_SUBLAYER;
    default:
        return POLICY_OBJECT_FILTER;
    }
}

static void take_action(struct audit_change_reader *a, const struct record *r)
{
    uint64_t action = code_of(a, r, "Action"), type = code_of(a, r, "FilterType");
    if (action == BLOCK || action == PERMIT)
        put_symbol(a, TEXT_ACTION, action == BLOCK ? "FWP_ACTION_BLOCK" : "FWP_ACTION_PERMIT");
    if (type == BOOT_TIME)
        policy_object_add_flag(&a->builder, "FWPM_FILTER_FLAG_BOOTTIME", 25);
    if (type == PERSISTENT)
        policy_object_add_flag(&a->builder, "FWPM_FILTER_FLAG_PERSISTENT", 27);
}

static bool take_number(struct audit_change_reader *a, const struct record *r, const char *name,
                        uint64_t *out)
{
    return text_parse_u64(a->text, text_of(a, r, name), out);
}

const struct policy_object *audit_change_filter(struct audit_change_reader *a,
                                                const struct record *r)
{
    struct policy_object *o = &a->builder.object;
    policy_object_start(&a->builder, POLICY_OBJECT_FILTER);
    take_key(a, r, "FilterKey", TEXT_KEY);
    if (o->texts[TEXT_KEY] == 0 || !take_number(a, r, "FilterId", &o->id))
        return NULL;
    take_text(a, r, "FilterName", TEXT_NAME);
    take_key(a, r, "ProviderKey", TEXT_PROVIDER);
    take_key(a, r, "LayerKey", TEXT_LAYER);
    take_key(a, r, "CalloutKey", TEXT_CALLOUT);
    if (take_number(a, r, "Weight", &o->effective_weight))
        o->present |= POLICY_OBJECT_HAS_EFFECTIVE;
    take_action(a, r);
    take_conditions(a, r);
    return policy_object_finish(&a->builder);
}

const struct policy_object *audit_change_object(struct audit_change_reader *a,
                                                const struct record *r,
                                                enum policy_object_kind kind)
{
    static const char *const fields[][2] = {
        [POLICY_OBJECT_PROVIDER] = {"ProviderKey", "ProviderName"},
        [POLICY_OBJECT_SUBLAYER] = {"SubLayerKey", "SubLayerName"},
        [POLICY_OBJECT_CALLOUT] = {"CalloutKey", "CalloutName"},
    };
    policy_object_start(&a->builder, kind);
    take_key(a, r, fields[kind][0], TEXT_KEY);
    take_text(a, r, fields[kind][1], TEXT_NAME);
    const policy_object_text *texts = a->builder.object.texts;
    return texts[TEXT_KEY] != 0 && texts[TEXT_NAME] != 0 ? policy_object_finish(&a->builder) : NULL;
}
