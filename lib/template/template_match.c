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

static bool is_within(const uint8_t *p, size_t n, const uint8_t *low, const uint8_t *high)
{
    return memcmp(p, low, n) >= 0 && memcmp(p, high, n) <= 0;
}

bool template_has_address(const struct template_condition *c, const wfpw_endpoint *e)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        const uint8_t *low = v->is.address.low, *high = v->is.address.high;
        if (v->is.address.family == e->family &&
            (e->family == 4 ? is_within(e->addr, 4, low, high) : is_within(e->addr, 16, low, high)))
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

/* ---- texts ---------------------------------------------------------------------------------- */

/* Text is compared by code points, so that it need not be written as UTF-8 first. What is read here
 * is what the batch writes: NULs and lone surrogates are U+FFFD, NULs at the end are none. */
struct cursor {
    const uint8_t *p, *end;
    const struct cursor *then; /* what follows the end; NULL: nothing */
    uint32_t type;             /* VALUE_UTF8, VALUE_STRING, VALUE_ANSI or VALUE_BINARY */
    bool half;                 /* VALUE_BINARY: of the next byte the first digit was read */
};

enum { AT_END = 0, REPLACEMENT = 0xFFFD, OTHER_VALUE_MAX = 128 };

static uint32_t next_utf16(struct cursor *c)
{
    uint32_t low, u = text_le16(c->p);
    c->p += 2;
    if (u < 0xD800 || u > 0xDFFF)
        return u != 0 ? u : REPLACEMENT;
    low = u < 0xDC00 && c->p < c->end ? text_le16(c->p) : 0;
    if (low < 0xDC00 || low > 0xDFFF)
        return REPLACEMENT;
    c->p += 2;
    return 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
}

/* Bytes that are no UTF-8 stand each for themselves. */
static uint32_t next_utf8(struct cursor *c)
{
    uint32_t u = *c->p++;
    size_t more = u < 0xC0 ? 0 : u < 0xE0 ? 1 : u < 0xF0 ? 2 : 3;
    if (more == 0 || more > (size_t)(c->end - c->p))
        return u;
    u &= 0x3Fu >> more;
    for (; more > 0; more--)
        u = u << 6 | (*c->p++ & 0x3F);
    return u;
}

static uint32_t next_digit(struct cursor *c)
{
    uint8_t digit = c->half ? *c->p & 15 : *c->p >> 4;
    c->p += c->half;
    c->half = !c->half;
    return (uint8_t) "0123456789ABCDEF"[digit];
}

static uint32_t next_character(struct cursor *c)
{
    if (c->p == c->end && c->then != NULL)
        *c = *c->then;
    if (c->p == c->end)
        return AT_END;
    switch (c->type) {
    case VALUE_STRING:
        return next_utf16(c);
    case VALUE_UTF8:
        return next_utf8(c);
    case VALUE_BINARY:
        return next_digit(c);
    default:
        return *c->p++ != 0 ? c->p[-1] : (uint32_t)REPLACEMENT;
    }
}

/* '*' stands for any text, none included. The pattern's letters are small ones. */
static bool fits_any(struct cursor pattern, struct cursor text)
{
    struct cursor star = {0}, retry = {0};
    for (;;) {
        struct cursor p = pattern, t = text;
        uint32_t wanted = next_character(&p), found = next_character(&t);
        if (wanted == '*') {
            pattern = star = p;
            retry = text;
        } else if (wanted == AT_END && found == AT_END) {
            return true;
        } else if (found == AT_END) {
            return false;
        } else if (wanted == text_lower(found)) {
            pattern = p;
            text = t;
        } else if (star.p == NULL) {
            return false;
        } else {
            (void)next_character(&retry);
            pattern = star;
            text = retry;
        }
    }
}

static uint32_t unit_at(const uint8_t *p, size_t unit)
{
    return unit == 2 ? text_le16(p) : *p;
}

/* A backslash; of a file, also the other one. */
static bool is_separator(uint32_t u, char other)
{
    return u == '\\' || u == (uint8_t)other;
}

/* A plain pattern is compared unit by unit from the end, whatever their size: only ASCII fits it.
 * other 0: with the whole text; else with its last part, as such a pattern has no separator. */
static bool fits_plain(const struct template_value *v, const struct cursor *text, char other)
{
    const char *p = v->is.text.p;
    size_t n = v->is.text.size, unit = text->type == VALUE_STRING ? 2 : 1;
    bool any_start = p[0] == '*';
    p += any_start;
    n -= any_start;
    if ((size_t)(text->end - text->p) / unit < n)
        return false;
    const uint8_t *at = text->end;
    while (n > 0) {
        at -= unit;
        if (text_lower(unit_at(at, unit)) != (uint8_t)p[--n])
            return false;
    }
    return any_start || at == text->p ||
           (other != 0 && is_separator(unit_at(at - unit, unit), other));
}

static struct cursor cursor_at(const void *p, size_t n, uint32_t type)
{
    const uint8_t *bytes = p;
    return (struct cursor){.p = bytes, .end = bytes + n, .type = type};
}

/* What stands behind the last separator. */
static struct cursor last_part(struct cursor c, char other)
{
    size_t unit = c.type == VALUE_STRING ? 2 : 1;
    if (c.type == VALUE_BINARY)
        return c;
    for (const uint8_t *p = c.end; p > c.p; p -= unit)
        if (is_separator(unit_at(p - unit, unit), other)) {
            c.p = p;
            break;
        }
    return c;
}

/* other 0: the whole text; else its last part. */
static bool fits_value(const struct template_value *v, const struct cursor *text, char other)
{
    if (v->is.text.is_plain && text->type != VALUE_BINARY && text->then == NULL)
        return fits_plain(v, text, other);
    return fits_any(cursor_at(v->is.text.p, v->is.text.size, VALUE_UTF8),
                    other != 0 ? last_part(*text, other) : *text);
}

static bool is_nul(const struct cursor *c, size_t unit)
{
    return c->end[-1] == 0 && (unit == 1 || c->end[-2] == 0);
}

/* A value that is no text is compared with what it is written as: buffer has room for that, unless
 * it is so long that it is written as its bytes. */
static struct cursor open_other(const struct template_text *t, char *buffer)
{
    if (t->size > OTHER_VALUE_MAX && t->type != VALUE_NULL)
        return cursor_at(t->p, t->size, VALUE_BINARY);
    return cursor_at(buffer, text_value(buffer, (uint8_t)t->type, t->p, t->size), VALUE_UTF8);
}

static struct cursor open_text(const struct template_text *t, char *buffer)
{
    uint32_t type = t->type == VALUE_XML ? (uint32_t)VALUE_STRING : t->type;
    size_t size = t->size, unit = type == VALUE_STRING ? 2 : 1;
    if (type != VALUE_STRING && type != VALUE_UTF8 && type != VALUE_ANSI)
        return open_other(t, buffer);
    if (size == TEMPLATE_TEXT_ENDS)
        size = strlen(t->p);
    struct cursor c = cursor_at(t->p, size / unit * unit, type);
    while (type != VALUE_UTF8 && c.p < c.end && is_nul(&c, unit))
        c.end -= unit;
    return c;
}

bool template_has_text(const struct template_condition *c, const struct template_text *t)
{
    char buffer[2 * OTHER_VALUE_MAX + TEXT_SID_MAX];
    if (t->p == NULL)
        return false;
    char other = c->key->form == FORM_FILE ? '/' : '\\';
    struct cursor text = open_text(t, buffer);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct template_value *v = &c->values[i];
        bool is_whole = v->is.text.is_whole || c->key->form == FORM_RULE;
        if (fits_value(v, &text, is_whole ? 0 : other))
            return true;
    }
    return false;
}

/* The application's path as this host has it. Its last part is that of the device path. */
static bool path_holds(const struct template_condition *c, const struct template_subject *s)
{
    char buffer[2 * OTHER_VALUE_MAX + TEXT_SID_MAX];
    if (s->place.p == NULL)
        return false;
    struct cursor path = open_text(&s->place, buffer), rest = open_text(&s->rest, buffer);
    path.then = rest.p != rest.end ? &rest : NULL;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.text.is_whole && fits_value(&c->values[i], &path, 0))
            return true;
    return false;
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
        return template_has_text(c, &s->app) || path_holds(c, s);
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
