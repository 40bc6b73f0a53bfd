/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Asking an event whether conditions hold. Nothing here allocates: it may run in a callback. */
#include <string.h>

#include "template/template.h"

/* ---- an event as conditions see it ---------------------------------------------------------- */

static struct template_text text_of(const struct record *r, const struct value *v)
{
    if (!value_is(v))
        return (struct template_text){0};
    return (struct template_text){record_at(r, v->at), v->size, v->type};
}

/* What follows the place of the application's volume. */
static struct template_text rest_of(const struct record *r)
{
    uint32_t before = 2 * r->place_units;
    if (!value_is(&r->place))
        return (struct template_text){0};
    return (struct template_text){record_at(r, r->app.at + before), r->app.size - before,
                                  r->app.type};
}

struct template_subject template_of_record(const struct record *r)
{
    const struct record_audit *audit = r->audit_at != 0 ? record_at(r, r->audit_at) : NULL;
    return (struct template_subject){
        .place = text_of(r, &r->place),
        .rest = rest_of(r),
        .base = r,
        .holder = HOLDER_RECORD,
        .present = r->present,
        .kind = r->kind,
        .event_id = audit != NULL ? audit->event_id : 0,
        .is_unknown = r->orientation == WFPW_ORIENTATION_UNKNOWN,
        .local = &r->local,
        .remote = &r->remote,
        .app = text_of(r, &r->app),
        .user_sid = text_of(r, &r->user_sid),
        .user_name = text_of(r, &r->user_name),
        .computer = audit != NULL ? text_of(r, &audit->computer) : (struct template_text){0},
    };
}

static struct template_text text_at(const char *s)
{
    return (struct template_text){s, TEMPLATE_TEXT_ENDS, VALUE_UTF8};
}

/* Why the filter is there: of a rule its id. */
static const char *origin_of(const wfpw_event *ev)
{
    return ev->filter_origin != NULL || ev->filter == NULL ? ev->filter_origin : ev->filter->origin;
}

struct template_subject template_of_event(const wfpw_event *ev)
{
    return (struct template_subject){
        .base = ev,
        .holder = HOLDER_EVENT,
        .present = ev->present,
        .kind = ev->kind,
        .event_id = ev->audit != NULL ? ev->audit->event_id : 0,
        .is_unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN,
        .local = &ev->local,
        .remote = &ev->remote,
        .app = text_at(ev->device_path),
        .place = text_at(ev->app_path),
        .rest = text_at(""),
        .user_sid = text_at(ev->user_sid),
        .user_name = text_at(ev->user_name),
        .computer = text_at(ev->audit != NULL ? ev->audit->computer : NULL),
        .file = text_at(ev->file),
        .rule_id = text_at(origin_of(ev)),
        .rule_name = text_at(ev->rule != NULL ? ev->rule->name : NULL),
        .rule_title = text_at(ev->rule != NULL ? ev->rule->title : NULL),
    };
}

/* ---- numbers -------------------------------------------------------------------------------- */

static uint64_t member_of(const struct template_subject *s, const struct template_key *k)
{
    const uint8_t *p = (const uint8_t *)s->base + k->place[s->holder].at;
    uint64_t u64;
    uint32_t u32;
    uint16_t u16;
    switch (k->place[s->holder].size) {
    case sizeof u64:
        memcpy(&u64, p, sizeof u64);
        return u64;
    case sizeof u32:
        memcpy(&u32, p, sizeof u32);
        return u32;
    case sizeof u16:
        memcpy(&u16, p, sizeof u16);
        return u16;
    default:
        return *p;
    }
}

static bool number_holds(const struct template_condition *c, const struct template_subject *s)
{
    uint64_t n = member_of(s, c->key);
    bool is_there = c->key->present != 0 ? (s->present & c->key->present) != 0 : n != 0;
    return is_there && template_has_number(c, n);
}

static bool flag_holds(const struct template_condition *c, const struct template_subject *s)
{
    uint64_t flags = member_of(s, c->key);
    for (uint32_t i = 0; i < c->count; i++)
        if ((flags & c->values[i].is.number.low) != 0)
            return true;
    return false;
}

/* Kinds are small numbers, the IDs of audit events are not. */
static bool type_holds(const struct template_condition *c, const struct template_subject *s)
{
    return template_has_number(c, s->kind) ||
           (s->event_id >= c->key->least && template_has_number(c, s->event_id));
}

/* One value for both sides; the text of an audit record may give it to one of them. */
static bool scope_holds(const struct template_condition *c, const struct template_subject *s)
{
    uint32_t scope = s->local->scope_id != 0 ? s->local->scope_id : s->remote->scope_id;
    return (s->present & c->key->present) != 0 && template_has_number(c, scope);
}

/* ---- the two sides -------------------------------------------------------------------------- */

/* ICMP has no ports: type and code stand in their place. */
static bool port_is(const struct template_condition *c, const struct template_subject *s,
                    bool is_remote)
{
    uint32_t bit = is_remote ? WFPW_HAS_REMOTE_PORT : WFPW_HAS_LOCAL_PORT;
    return (s->present & bit) != 0 &&
           template_has_number(c, is_remote ? s->remote->port : s->local->port);
}

static bool is_icmp(const struct template_subject *s)
{
    uint32_t protocol = s->holder == HOLDER_RECORD ? ((const struct record *)s->base)->protocol
                                                   : ((const wfpw_event *)s->base)->protocol;
    return (s->present & WFPW_HAS_PROTOCOL) != 0 && (protocol == 1 || protocol == 58);
}

static bool port_holds(const struct template_condition *c, const struct template_subject *s)
{
    bool is_remote = c->key->is_remote, both = s->is_unknown || c->key->is_either;
    if (is_icmp(s))
        return false;
    return port_is(c, s, is_remote) || (both && port_is(c, s, !is_remote));
}

static uint64_t read_be64(const uint8_t *p)
{
    return (uint64_t)text_be32(p) << 32 | text_be32(p + 4);
}

/* Whether a 128-bit number, of which these are the halves, is from low to high. */
static bool is_within(uint64_t first, uint64_t second, const uint8_t *low, const uint8_t *high)
{
    const uint64_t least = read_be64(low), most = read_be64(high);
    return (first > least || (first == least && second >= read_be64(low + 8))) &&
           (first < most || (first == most && second <= read_be64(high + 8)));
}

bool template_has_v4(const struct template_condition *c, uint32_t address)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        if (v->is.address.family == 4 && address >= text_be32(v->is.address.low) &&
            address <= text_be32(v->is.address.high))
            return true;
    }
    return false;
}

bool template_has_address(const struct template_condition *c, const wfpw_endpoint *e)
{
    if (e->family == 4)
        return template_has_v4(c, text_be32(e->addr));
    const uint64_t first = read_be64(e->addr), second = read_be64(e->addr + 8);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        if (v->is.address.family == e->family &&
            is_within(first, second, v->is.address.low, v->is.address.high))
            return true;
    }
    return false;
}

static bool address_is(const struct template_condition *c, const struct template_subject *s,
                       bool is_remote)
{
    const wfpw_endpoint *e = is_remote ? s->remote : s->local;
    return e->family != 0 && (s->present & (is_remote ? WFPW_HAS_REMOTE : WFPW_HAS_LOCAL)) != 0 &&
           template_has_address(c, e);
}

static bool address_holds(const struct template_condition *c, const struct template_subject *s)
{
    bool is_remote = c->key->is_remote, both = s->is_unknown || c->key->is_either;
    return address_is(c, s, is_remote) || (both && address_is(c, s, !is_remote));
}

/* ---- conditions ----------------------------------------------------------------------------- */

static bool condition_holds(const struct template_condition *c, const struct template_subject *s)
{
    switch (c->key->form) {
    case FORM_NUMBER:
        return number_holds(c, s);
    case FORM_TYPE:
        return type_holds(c, s);
    case FORM_FLAGS:
        return flag_holds(c, s);
    case FORM_SCOPE:
        return scope_holds(c, s);
    case FORM_PORT:
        return port_holds(c, s);
    case FORM_ADDRESS:
        return address_holds(c, s);
    case FORM_TIME:
        return template_has_number(c, member_of(s, c->key));
    case FORM_COMPUTER:
        return template_has_text(c, &s->computer);
    case FORM_FILE:
        return template_has_text(c, &s->file);
    case FORM_RULE:
        return template_has_text(c, &s->rule_id) || template_has_text(c, &s->rule_name) ||
               template_has_text(c, &s->rule_title);
    case FORM_USER:
        return template_has_text(c, &s->user_sid) || template_has_text(c, &s->user_name);
    default:
        return template_has_text(c, &s->app) || template_has_path(c, s);
    }
}

/* A SID, or a path of a device: this host's names are none of these. */
static bool is_raw(const struct template_value *v, enum template_form form)
{
    const char *p = v->is.text.p;
    if (form == FORM_USER)
        return v->is.text.size > 4 && memcmp(p, "s-1-", 4) == 0;
    return !v->is.text.is_whole ||
           (v->is.text.size > 1 && p[0] == '\\' && p[1] != '\\' && p[1] != '*');
}

bool template_asks_names(const struct template_condition *c)
{
    enum template_form form = (enum template_form)c->key->form;
    if (form != FORM_USER && form != FORM_APP)
        return false;
    for (uint32_t i = 0; i < c->count; i++)
        if (!is_raw(&c->values[i], form))
            return true;
    return false;
}

static bool is_refused(const struct template_condition *c, const struct template_subject *s)
{
    if (s->holder != HOLDER_EVENT && c->key->is_late)
        return false;
    bool holds = condition_holds(c, s);
    return holds == c->is_not && (holds || !s->is_early || !template_asks_names(c));
}

bool template_holds(const struct wfpw_template *t, const struct template_subject *s)
{
    if (s->kind == WFPW_KIND_GAP || s->kind == WFPW_KIND_GUARD)
        return true;
    for (const struct template_condition *c = t->first; c != NULL; c = c->next)
        if (is_refused(c, s))
            return false;
    return true;
}

bool template_admits(const wfpw_template *t, uint32_t kind, uint32_t event_id, uint32_t verdict)
{
    const struct template_subject s = {.kind = kind, .event_id = event_id};
    for (const struct template_condition *c = t != NULL ? t->first : NULL; c != NULL; c = c->next) {
        bool is_type = c->key->form == FORM_TYPE, is_verdict = c->key->list == WFPW_LIST_VERDICT;
        bool holds = is_type ? type_holds(c, &s) : is_verdict && template_has_number(c, verdict);
        if ((is_type || is_verdict) && holds == c->is_not)
            return false;
    }
    return true;
}
