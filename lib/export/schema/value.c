/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "export/schema/value.h"

#include <string.h>

#include "codes/code_words.h"
#include "export/schema/value_computed.h"

/* How a member is read. */
enum member_kind {
    MEMBER_TEXT,
    MEMBER_RAW,
    MEMBER_U32,
    MEMBER_U32_NONZERO,
    MEMBER_U64,
    MEMBER_U64_NONZERO,
    MEMBER_TIME,
    MEMBER_WORD1,
    MEMBER_WORD2,
    MEMBER_WORD4,
    MEMBER_COMPUTED
};

struct value_source {
    uint8_t kind, base, list;
    uint16_t offset;
    uint32_t present;
    value_computed *compute;
};

static const struct value_source sources[OF_COUNT] = {
#define MEMBER(id, base, kind, type, member, present)                                              \
    {MEMBER_##kind, BASE_##base, 0, offsetof(type, member), present, NULL},
#define WORD(id, base, bytes, type, member, list)                                                  \
    {MEMBER_WORD##bytes, BASE_##base, list, offsetof(type, member), 0, NULL},
#define COMPUTED(id) {MEMBER_COMPUTED, BASE_EVENT, 0, 0, 0, wfpw_value_##id},
#include "export/schema/values.inc"
#undef MEMBER
#undef WORD
#undef COMPUTED
};

/* ---- starting ------------------------------------------------------------------------------- */

/* "-" and the null SID say that there is none. */
static const char *peer_of(const wfpw_field *f)
{
    bool none =
        f->value_length <= 1 || (f->value_length == 7 && memcmp(f->value, "S-1-0-0", 7) == 0);
    return none ? NULL : f->value;
}

/* LayerName has a code, "%%14611". */
static const struct code_word *layer_word_of(const char *text)
{
    uint32_t code = 0;
    if (text[0] != '%' || text[1] != '%')
        return NULL;
    for (text += 2; *text >= '0' && *text <= '9' && code < 100000; text++)
        code = code * 10 + (uint32_t)(*text - '0');
    return *text == 0 ? code_word_find(WFPW_LIST_AUDIT_CODE, code) : NULL;
}

/* The fields that rows ask for by their names, all at once; most differ in length alone. */
static void find_fields(struct export_event *x, const wfpw_audit *a)
{
    const char *at = (const char *)a->fields;
    for (uint32_t i = 0; i < a->field_count; i++, at += a->field_stride) {
        const wfpw_field *f = (const wfpw_field *)(const void *)at;
        if (f->name_length == 9 && memcmp(f->name, "LayerName", 9) == 0)
            x->layer_word = layer_word_of(f->value);
        else if (f->name_length == 12 && memcmp(f->name, "RemoteUserID", 12) == 0)
            x->remote_user = peer_of(f);
        else if (f->name_length == 13 && memcmp(f->name, "FailureReason", 13) == 0)
            x->failure_reason = peer_of(f);
        else if (f->name_length == 15 && memcmp(f->name, "RemoteMachineID", 15) == 0)
            x->remote_machine = peer_of(f);
    }
}

static uint32_t need_if(bool holds, uint32_t need)
{
    return holds ? need : 0;
}

static uint32_t needs_of(const struct export_event *x)
{
    const wfpw_event *ev = x->ev;
    const uint32_t odd = WFPW_HAS_TYPE_RAW | WFPW_HAS_SCOPE_ID | WFPW_HAS_REAUTH_REASON |
                         WFPW_HAS_CAPABILITIES | WFPW_HAS_CAPABILITY;
    bool bodies = ev->terminating_count != 0 || ev->vswitch != NULL || ev->ipsec != NULL ||
                  ev->ike != NULL || ev->mac != NULL;
    bool odds = ev->package_sid != NULL || ev->fqbn != NULL || ev->attempt != 0 || x->icmp ||
                ev->kind == WFPW_KIND_GAP || ev->aggregate != NULL;
    bool process = ev->device_path != NULL || ev->app_path != NULL ||
                   ((ev->present & WFPW_HAS_PROCESS_ID) != 0 && ev->process_id != 0);
    bool filter = ev->filter != NULL || ev->filter_origin != NULL || ev->rule != NULL;
    bool place = (ev->present & (WFPW_HAS_PROFILES | WFPW_HAS_INTERFACE_INDEX)) != 0;
    return need_if(process, NEED_PROCESS) | (filter ? NEED_FILTER : NEED_NO_FILTER) |
           (x->layer_word != NULL ? NEED_LAYER_WORD : NEED_NO_LAYER_WORD) |
           need_if(place, NEED_PLACE) |
           need_if(ev->user_sid != NULL || ev->user_name != NULL, NEED_USER) |
           need_if(x->remote_user != NULL || x->remote_machine != NULL, NEED_PEERS) |
           need_if(ev->flags != 0, NEED_FLAGS) | need_if(ev->mac != NULL, NEED_MAC) |
           need_if(bodies || (ev->present & odd) != 0, NEED_BODIES) |
           need_if(ev->ike != NULL || ev->ipsec != NULL || x->failure_reason != NULL, NEED_RESULT) |
           need_if(odds || (ev->present & odd) != 0, NEED_ODDS);
}

void export_event_start(struct export_event *x, const wfpw_event *ev)
{
    bool known = ev->orientation != WFPW_ORIENTATION_UNKNOWN;
    x->ev = ev;
    x->what = export_case_of(ev);
    x->base[BASE_EVENT] = ev;
    x->base[BASE_FILTER] = ev->filter;
    x->base[BASE_RULE] = ev->rule;
    x->base[BASE_AUDIT] = ev->audit;
    x->base[BASE_AGGREGATE] = ev->aggregate;
    x->base[BASE_CASE] = x->what;
    x->base[BASE_WAY] = export_way_of(ev);
    x->inbound = ev->direction == WFPW_DIRECTION_INBOUND && known && !export_is_listen(x);
    x->source = x->inbound ? &ev->remote : &ev->local;
    x->destination = x->inbound ? &ev->local : &ev->remote;
    x->ocsf_class = x->what->class_bit;
    x->ocsf_activity = x->what->ocsf_activity;
    x->event_id = ev->audit != NULL ? ev->audit->event_id : 0;
    x->icmp = (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
    x->remote_user = x->remote_machine = x->failure_reason = NULL;
    x->layer_word = NULL;
    if (ev->audit != NULL)
        find_fields(x, ev->audit);
    x->has = needs_of(x);
}

/* ---- values --------------------------------------------------------------------------------- */

static void take_word(struct export_value *v, uint32_t list, uint32_t code)
{
    const struct code_word *word = code_word_find(list, code);
    if (word == NULL)
        return;
    v->kind = KIND_PLAIN;
    v->text = word->text;
    v->length = word->length;
}

static void take_number(struct export_value *v, enum value_kind kind, uint64_t number)
{
    v->kind = kind;
    v->number = number;
}

static void take_text(struct export_value *v, enum value_kind kind, const char *text)
{
    v->kind = text != NULL ? kind : KIND_ABSENT;
    v->text = text;
    v->length = text != NULL ? strlen(text) : 0;
}

static uint32_t word_code(const char *at, uint8_t kind)
{
    uint32_t code;
    uint16_t half;
    if (kind == MEMBER_WORD1)
        return *(const uint8_t *)at;
    if (kind == MEMBER_WORD2) {
        memcpy(&half, at, sizeof half);
        return half;
    }
    memcpy(&code, at, sizeof code);
    return code;
}

static void take_member(struct export_value *v, const struct value_source *s, const char *at)
{
    uint32_t small;
    uint64_t number;
    const char *text;
    switch (s->kind) {
    case MEMBER_TEXT:
    case MEMBER_RAW:
        memcpy(&text, at, sizeof text);
        take_text(v, s->kind == MEMBER_RAW ? KIND_RAW : KIND_TEXT, text);
        break;
    case MEMBER_U32:
    case MEMBER_U32_NONZERO:
        memcpy(&small, at, sizeof small);
        if (s->kind == MEMBER_U32 || small != 0)
            take_number(v, KIND_NUMBER, small);
        break;
    case MEMBER_U64:
    case MEMBER_U64_NONZERO:
        memcpy(&number, at, sizeof number);
        if (s->kind == MEMBER_U64 || number != 0)
            take_number(v, KIND_NUMBER, number);
        break;
    case MEMBER_TIME:
        memcpy(&number, at, sizeof number);
        if (number != 0)
            take_number(v, KIND_TIME, number);
        break;
    default:
        take_word(v, s->list, word_code(at, s->kind));
        break;
    }
}

void export_value_get(const struct export_event *x, enum value_id id, struct export_value *v)
{
    const struct value_source *s = &sources[id];
    const char *base = x->base[s->base];
    v->kind = KIND_ABSENT;
    if (s->kind == MEMBER_COMPUTED)
        s->compute(x, v);
    else if (base != NULL && (s->present == 0 || (x->ev->present & s->present) != 0))
        take_member(v, s, base + s->offset);
}
