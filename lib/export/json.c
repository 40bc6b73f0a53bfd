/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as one line of JSON. docs/json.md is the contract of its keys.
 */
#include "wfpwatch/wfpwatch.h"

#include <string.h>

#include "export/jsonout.h"

/* ---- endpoints ------------------------------------------------------------------------------ */

enum side { SIDE_LOCAL, SIDE_REMOTE };

static void endpoint_ip(struct out *o, const wfpw_endpoint *e)
{
    char text[TEXT_IP_MAX];
    KEY(o, "ip");
    put_char(o, '"');
    put(o, text, text_ip(text, e->addr, e->family));
    put_char(o, '"');
}

static bool is_icmp(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
}

static void endpoint(struct out *o, const wfpw_event *ev, enum side side, const char *name)
{
    const wfpw_endpoint *e = side == SIDE_LOCAL ? &ev->local : &ev->remote;
    uint32_t port_bit = side == SIDE_LOCAL ? WFPW_HAS_LOCAL_PORT : WFPW_HAS_REMOTE_PORT;
    bool port = (ev->present & port_bit) != 0 && !is_icmp(ev);
    if (e->family == 0 && !port)
        return;
    put_key(o, name);
    open_object(o);
    if (e->family != 0)
        endpoint_ip(o, e);
    NUMBER_IF(o, port, "port", e->port);
    if (e->family == 6)
        NUMBER_IF(o, (ev->present & WFPW_HAS_SCOPE_ID) != 0, "scope_id", e->scope_id);
    close_object(o);
}

/* Windows gives the type in the place of the local port and the code in that of the remote one; so
 * as long as it is unknown which side is which, it is unknown which number is which. */
static void icmp(struct out *o, const wfpw_event *ev, bool unknown)
{
    KEY(o, "icmp");
    open_object(o);
    if ((ev->present & WFPW_HAS_LOCAL_PORT) != 0) {
        put_key(o, unknown ? "from" : "type");
        put_number(o, ev->local.port);
    }
    if ((ev->present & WFPW_HAS_REMOTE_PORT) != 0) {
        put_key(o, unknown ? "to" : "code");
        put_number(o, ev->remote.port);
    }
    close_object(o);
}

static void endpoints(struct out *o, const wfpw_event *ev)
{
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    endpoint(o, ev, SIDE_LOCAL, unknown ? "from" : "local");
    endpoint(o, ev, SIDE_REMOTE, unknown ? "to" : "remote");
    if (is_icmp(ev) && (ev->present & (WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT)) != 0)
        icmp(o, ev, unknown);
    WORD_IF(o, "orientation", WFPW_LIST_ORIENTATION, ev->orientation);
}

/* ---- who and by what ------------------------------------------------------------------------ */

static void application(struct out *o, const wfpw_event *ev)
{
    bool not_packaged = (ev->present & WFPW_HAS_NOT_PACKAGED) != 0;
    if (ev->device_path == NULL && ev->package_sid == NULL && ev->fqbn == NULL && !not_packaged)
        return;
    KEY(o, "app");
    open_object(o);
    STRING_IF(o, "device_path", ev->device_path);
    STRING_IF(o, "package_sid", ev->package_sid);
    if (not_packaged)
        BOOLEAN(o, "packaged", false);
    STRING_IF(o, "fqbn", ev->fqbn);
    close_object(o);
}

static void user(struct out *o, const wfpw_event *ev)
{
    if (ev->user_sid == NULL && ev->user_name == NULL)
        return;
    KEY(o, "user");
    open_object(o);
    STRING_IF(o, "sid", ev->user_sid);
    STRING_IF(o, "name", ev->user_name);
    close_object(o);
}

static void process(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_PROCESS_ID) == 0)
        return;
    KEY(o, "process");
    open_object(o);
    NUMBER(o, "pid", ev->process_id);
    WORD_IF(o, "pid_from", WFPW_LIST_PID_FROM, ev->pid_from);
    close_object(o);
}

static void filter(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_FILTER_ID) == 0 && ev->filter_origin == NULL)
        return;
    KEY(o, "filter");
    open_object(o);
    NUMBER_IF(o, (ev->present & WFPW_HAS_FILTER_ID) != 0, "id", ev->filter_id);
    STRING_IF(o, "origin", ev->filter_origin);
    close_object(o);
}

static void layer_and_profile(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_LAYER_ID) != 0) {
        KEY(o, "layer");
        open_object(o);
        NUMBER(o, "id", ev->layer_id);
        close_object(o);
    }
    if ((ev->present & WFPW_HAS_PROFILES) != 0) {
        KEY(o, "profile");
        open_object(o);
        NUMBER(o, "original", ev->original_profile);
        NUMBER(o, "current", ev->current_profile);
        close_object(o);
    }
    NUMBER_IF(o, (ev->present & WFPW_HAS_REAUTH_REASON) != 0, "reauth_reason", ev->reauth_reason);
    NUMBER_IF(o, (ev->present & WFPW_HAS_INTERFACE_INDEX) != 0, "interface_index",
              ev->interface_index);
    NUMBER_IF(o, (ev->present & WFPW_HAS_POLICY_FLAGS) != 0, "policy_flags", ev->policy_flags);
    STRING_IF(o, "enterprise_id", ev->enterprise_id);
    STRING_IF(o, "effective_name", ev->effective_name);
}

static void one_terminating(struct out *o, const wfpw_terminating *t)
{
    const char *action = wfpw_word(WFPW_LIST_ACTION, t->action);
    open_object(o);
    NUMBER(o, "filter_id", t->filter_id);
    STRING_IF(o, "sublayer", t->sublayer);
    if (*action != 0)
        STRING_IF(o, "action", action);
    else
        NUMBER_IF(o, t->action != 0, "action", t->action);
    close_object(o);
}

static void terminating(struct out *o, const wfpw_event *ev)
{
    const char *at = (const char *)ev->terminating;
    if (ev->terminating_count == 0)
        return;
    KEY(o, "terminating");
    o->opening = '[';
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride) {
        comma(o);
        one_terminating(o, (const wfpw_terminating *)(const void *)at);
    }
    put_char(o, ']');
}

/* A bit that has no word is its number. */
static void capabilities(struct out *o, uint32_t bits)
{
    KEY(o, "capabilities");
    o->opening = '[';
    for (uint32_t i = 0; i < 32; i++) {
        const char *word = wfpw_word(WFPW_LIST_CAPABILITY, i);
        if ((bits >> i & 1) == 0)
            continue;
        comma(o);
        if (*word != 0)
            put_string(o, word);
        else
            put_number(o, i);
    }
    if (o->opening != 0)
        comma(o);
    put_char(o, ']');
}

/* ---- bodies --------------------------------------------------------------------------------- */

static void vswitch(struct out *o, const wfpw_vswitch *v)
{
    KEY(o, "vswitch");
    open_object(o);
    STRING_IF(o, "id", v->id);
    NUMBER(o, "source_port", v->source_port);
    NUMBER(o, "destination_port", v->destination_port);
    close_object(o);
}

static void host(struct out *o, const char *name, const wfpw_endpoint *e)
{
    if (e->family == 0)
        return;
    put_key(o, name);
    open_object(o);
    endpoint_ip(o, e);
    close_object(o);
}

static void ipsec(struct out *o, const wfpw_ipsec *i)
{
    KEY(o, "ipsec");
    open_object(o);
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0) {
        KEY(o, "status");
        put_hex_number(o, i->status);
    }
    NUMBER_IF(o, (i->present & WFPW_IPSEC_HAS_SPI) != 0, "spi", i->spi);
    host(o, "public_host", &i->public_host);
    host(o, "internal_host", &i->internal_host);
    close_object(o);
}

static void ike(struct out *o, const wfpw_ike *i)
{
    KEY(o, "ike");
    open_object(o);
    NUMBER(o, "error", i->error);
    NUMBER(o, "point", i->point);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_FLAGS) != 0, "flags", i->flags);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_MODULE) != 0, "module", i->module);
    NUMBER(o, "state", i->state);
    NUMBER(o, "role", i->role);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0, "auth_method", i->auth_method);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0, "traffic_type", i->traffic_type);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_MM_ID) != 0, "mm_id", i->mm_id);
    NUMBER(o, "filter_id", i->filter_id);
    NUMBER_IF(o, (i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0, "mm_sa_luid", i->mm_sa_luid);
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0) {
        KEY(o, "cert_hash");
        put_hex_bytes(o, i->cert_hash, sizeof i->cert_hash, false);
    }
    STRING_IF(o, "local_principal", i->local_principal);
    STRING_IF(o, "remote_principal", i->remote_principal);
    STRING_IF(o, "local_groups", i->local_groups);
    STRING_IF(o, "remote_groups", i->remote_groups);
    STRING_IF(o, "local_subnet", i->local_subnet);
    STRING_IF(o, "remote_subnet", i->remote_subnet);
    STRING_IF(o, "provider_context", i->provider_context);
    close_object(o);
}

static void mac(struct out *o, const wfpw_event *ev)
{
    const wfpw_mac *m = ev->mac;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    KEY(o, "mac");
    open_object(o);
    put_key(o, unknown ? "from" : "local");
    put_hex_bytes(o, m->local, sizeof m->local, true);
    put_key(o, unknown ? "to" : "remote");
    put_hex_bytes(o, m->remote, sizeof m->remote, true);
    NUMBER(o, "media_type", m->media_type);
    NUMBER(o, "if_type", m->if_type);
    NUMBER(o, "ether_type", m->ether_type);
    NUMBER(o, "ndis_port", m->ndis_port);
    NUMBER(o, "vlan", m->vlan);
    NUMBER(o, "if_luid", m->if_luid);
    close_object(o);
}

static const wfpw_field *field_of(const wfpw_audit *a, uint32_t i)
{
    const char *base = (const char *)a->fields;
    return (const wfpw_field *)(const void *)(base + (size_t)i * a->field_stride);
}

/* The first field from `from` on that has the name of field i; the count when there is none. */
static uint32_t same_name(const wfpw_audit *a, uint32_t i, uint32_t from)
{
    const char *name = field_of(a, i)->name;
    for (; from < a->field_count; from++) {
        const char *other = field_of(a, from)->name;
        if (other == name || (*other == *name && strcmp(other, name) == 0))
            break;
    }
    return from;
}

/* Whether two fields share a name. Names that differ in a few of their bits are told apart by them.
 */
static bool has_repeats(const wfpw_audit *a)
{
    uint64_t seen = 0;
    for (uint32_t i = 0; i < a->field_count; i++) {
        const unsigned char *name = (const unsigned char *)field_of(a, i)->name;
        uint32_t mix = name[0] == 0 ? 0 : name[0] * 5u + name[1] * 11u;
        uint64_t bit = (uint64_t)1 << (mix & 63);
        if ((seen & bit) != 0 && same_name(a, i, 0) < i)
            return true;
        seen |= bit;
    }
    return false;
}

static void data_array(struct out *o, const wfpw_audit *a, uint32_t i)
{
    o->opening = '[';
    for (; i < a->field_count; i = same_name(a, i, i + 1)) {
        comma(o);
        put_string(o, field_of(a, i)->value);
    }
    put_char(o, ']');
}

/* A field that comes several times is an array, at its first place. */
static void repeated_data(struct out *o, const wfpw_audit *a)
{
    for (uint32_t i = 0; i < a->field_count; i++) {
        const wfpw_field *f = field_of(a, i);
        if (same_name(a, i, 0) < i)
            continue;
        comma(o);
        put_text(o, f->name, f->name_length);
        put_char(o, ':');
        if (same_name(a, i, i + 1) < a->field_count)
            data_array(o, a, i);
        else
            put_text(o, f->value, f->value_length);
    }
}

/* The fields are most of an event: each is written in one go when there is surely room for it. */
static void plain_data(struct out *o, const wfpw_audit *a)
{
    for (uint32_t i = 0; i < a->field_count; i++) {
        const wfpw_field *f = field_of(a, i);
        comma(o);
        if (has_room(o, (size_t)6 * f->name_length + (size_t)6 * f->value_length + 8)) {
            char *p = o->p + o->n;
            p = write_text(p, f->name, f->name_length, (f->flags & WFPW_FIELD_NAME_PLAIN) != 0);
            *p++ = ':';
            p = write_text(p, f->value, f->value_length, (f->flags & WFPW_FIELD_VALUE_PLAIN) != 0);
            o->n = (size_t)(p - o->p);
        } else {
            put_text(o, f->name, f->name_length);
            put_char(o, ':');
            put_text(o, f->value, f->value_length);
        }
    }
}

static void data(struct out *o, const wfpw_audit *a)
{
    open_object(o);
    if (has_repeats(a))
        repeated_data(o, a);
    else
        plain_data(o, a);
    close_object(o);
}

static void audit(struct out *o, const wfpw_audit *a)
{
    KEY(o, "audit");
    open_object(o);
    NUMBER(o, "event_id", a->event_id);
    NUMBER(o, "version", a->version);
    NUMBER(o, "record_id", a->record_id);
    STRING_IF(o, "computer", a->computer);
    KEY(o, "keywords");
    put_hex_number(o, a->keywords);
    NUMBER(o, "task", a->task);
    KEY(o, "data");
    data(o, a);
    close_object(o);
}

/* ---- the event ------------------------------------------------------------------------------ */

static void put_head(struct out *o, const wfpw_event *ev)
{
    char time[TEXT_TIME_MAX];
    NUMBER(o, "seq", ev->seq);
    KEY(o, "time");
    put_char(o, '"');
    put(o, time, text_time(time, ev->time));
    put_char(o, '"');
    WORD_IF(o, "source", WFPW_LIST_SOURCE, ev->source);
    WORD_IF(o, "kind", WFPW_LIST_KIND, ev->kind);
    bool type = ev->kind == WFPW_KIND_NET_EVENT && (ev->present & WFPW_HAS_TYPE_RAW) != 0;
    NUMBER_IF(o, type, "type_raw", ev->type_raw);
    if ((ev->present & WFPW_HAS_DIRECTION) != 0) {
        WORD_IF(o, "direction", WFPW_LIST_DIRECTION, ev->direction);
        NUMBER(o, "direction_raw", ev->direction_raw);
    }
    NUMBER_IF(o, (ev->present & WFPW_HAS_PROTOCOL) != 0, "protocol", ev->protocol);
}

static void put_bodies(struct out *o, const wfpw_event *ev)
{
    if (ev->vswitch != NULL)
        vswitch(o, ev->vswitch);
    if (ev->ipsec != NULL)
        ipsec(o, ev->ipsec);
    if (ev->ike != NULL)
        ike(o, ev->ike);
    if ((ev->present & WFPW_HAS_CAPABILITY) != 0) {
        KEY(o, "capability");
        open_object(o);
        NUMBER(o, "id", ev->capability);
        WORD_IF(o, "name", WFPW_LIST_CAPABILITY, ev->capability);
        close_object(o);
    }
    if (ev->mac != NULL)
        mac(o, ev);
    if (ev->audit != NULL)
        audit(o, ev->audit);
}

static void put_gap(struct out *o, const wfpw_event *ev)
{
    KEY(o, "lost");
    if ((ev->present & WFPW_HAS_LOST) != 0)
        put_number(o, ev->lost);
    else
        PUT(o, "null");
    WORD_IF(o, "lost_where", WFPW_LIST_LOST, ev->lost_where);
}

static void put_event(struct out *o, const wfpw_event *ev)
{
    open_object(o);
    put_head(o, ev);
    endpoints(o, ev);
    if ((ev->present & WFPW_HAS_LOOPBACK) != 0)
        BOOLEAN(o, "loopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    application(o, ev);
    user(o, ev);
    process(o, ev);
    filter(o, ev);
    layer_and_profile(o, ev);
    terminating(o, ev);
    if ((ev->present & WFPW_HAS_CAPABILITIES) != 0)
        capabilities(o, ev->capabilities);
    put_bodies(o, ev);
    if (ev->kind == WFPW_KIND_GAP)
        put_gap(o, ev);
    if ((ev->flags & WFPW_EVENT_TRUNCATED) != 0)
        BOOLEAN(o, "truncated", true);
    if ((ev->flags & WFPW_EVENT_PARTIAL) != 0)
        BOOLEAN(o, "partial", true);
    close_object(o);
}

int WFPW_CALL wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap,
                           size_t *needed)
{
    struct out o = {.p = buf, .cap = cap};
    if (ev == NULL || flags != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    put_event(&o, ev);
    size_t n = o.n;
    put_char(&o, 0);
    if (needed != NULL)
        *needed = n;
    return o.n <= cap && n <= INT32_MAX ? (int)n : WFPW_E_RANGE;
}
