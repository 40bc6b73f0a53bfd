/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as one line of JSON. docs/json.md is the contract of its keys.
 */
#include "wfpwatch/wfpwatch.h"

#include <string.h>

#include "text.h"

/* Output that counts what it has no room for. */
struct out {
    char *p;
    size_t cap, n;
    bool first; /* the next member is the first of its object or array */
};

static inline void put(struct out *o, const char *s, size_t n)
{
    if (o->n <= o->cap && n <= o->cap - o->n)
        memcpy(o->p + o->n, s, n);
    o->n += n;
}

static inline void put_char(struct out *o, char c)
{
    if (o->n < o->cap)
        o->p[o->n] = c;
    o->n++;
}

#define PUT(o, literal) put(o, literal, sizeof(literal) - 1)

/* ---- values --------------------------------------------------------------------------------- */

static void put_escape(struct out *o, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "btn.fr"; /* 8 to 13; 11 has no short form in JSON */
    put_char(o, '\\');
    if (c == '"' || c == '\\') {
        put_char(o, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        put_char(o, shorts[c - 8]);
    } else {
        PUT(o, "u00");
        put_char(o, hex[c >> 4]);
        put_char(o, hex[c & 15]);
    }
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

/* Bytes at s that need no escape, eight at a time where they are plain. */
static size_t plain_run(const char *s, size_t n)
{
    static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t v = text_le64(s + i), quote = v ^ ones * '"', slash = v ^ ones * '\\',
                 del = v ^ ones * 0x7F;
        uint64_t found = ((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) |
                         ((slash - ones) & ~slash) | ((del - ones) & ~del);
        if ((found & tops) != 0)
            break;
    }
    while (i < n && !needs_escape((unsigned char)s[i]))
        i++;
    return i;
}

static void put_string(struct out *o, const char *s)
{
    size_t n = strlen(s);
    put_char(o, '"');
    for (;;) {
        size_t run = plain_run(s, n);
        put(o, s, run);
        if (run == n)
            break;
        put_escape(o, (unsigned char)s[run]);
        s += run + 1;
        n -= run + 1;
    }
    put_char(o, '"');
}

static void put_number(struct out *o, uint64_t v)
{
    char text[TEXT_U64_MAX];
    put(o, text, text_u64(text, v));
}

/* ---- members -------------------------------------------------------------------------------- */

static void comma(struct out *o)
{
    if (!o->first)
        put_char(o, ',');
    o->first = false;
}

static void key(struct out *o, const char *name)
{
    comma(o);
    put_char(o, '"');
    put(o, name, strlen(name));
    PUT(o, "\":");
}

static void open_object(struct out *o)
{
    put_char(o, '{');
    o->first = true;
}

static void close_object(struct out *o)
{
    put_char(o, '}');
    o->first = false;
}

static void number(struct out *o, const char *name, uint64_t v)
{
    key(o, name);
    put_number(o, v);
}

static void number_if(struct out *o, bool given, const char *name, uint64_t v)
{
    if (given)
        number(o, name, v);
}

static void string_if(struct out *o, const char *name, const char *s)
{
    if (s == NULL)
        return;
    key(o, name);
    put_string(o, s);
}

static void word_if(struct out *o, const char *name, uint32_t list, uint32_t code)
{
    const char *word = wfpw_word(list, code);
    if (word[0] != 0)
        string_if(o, name, word);
}

static void hex_number(struct out *o, const char *name, uint64_t v)
{
    char text[TEXT_U64_MAX];
    key(o, name);
    put_char(o, '"');
    put(o, text, text_hex(text, v));
    put_char(o, '"');
}

static void hex_bytes(struct out *o, const char *name, const uint8_t *p, size_t n, bool parted)
{
    char text[2];
    key(o, name);
    put_char(o, '"');
    for (size_t i = 0; i < n; i++) {
        if (parted && i > 0)
            put_char(o, ':');
        put(o, text, text_bytes(text, p + i, 1));
    }
    put_char(o, '"');
}

static void boolean(struct out *o, const char *name, bool yes)
{
    key(o, name);
    put(o, yes ? "true" : "false", yes ? 4 : 5);
}

/* ---- endpoints ------------------------------------------------------------------------------ */

enum side { SIDE_LOCAL, SIDE_REMOTE };

static void endpoint_ip(struct out *o, const wfpw_endpoint *e)
{
    char text[TEXT_IP_MAX];
    key(o, "ip");
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
    key(o, name);
    open_object(o);
    if (e->family != 0)
        endpoint_ip(o, e);
    number_if(o, port, "port", e->port);
    if (e->family == 6)
        number_if(o, (ev->present & WFPW_HAS_SCOPE_ID) != 0, "scope_id", e->scope_id);
    close_object(o);
}

static void endpoints(struct out *o, const wfpw_event *ev)
{
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    endpoint(o, ev, SIDE_LOCAL, unknown ? "from" : "local");
    endpoint(o, ev, SIDE_REMOTE, unknown ? "to" : "remote");
    if (is_icmp(ev) && (ev->present & (WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT)) != 0) {
        key(o, "icmp");
        open_object(o);
        number_if(o, (ev->present & WFPW_HAS_LOCAL_PORT) != 0, "type", ev->local.port);
        number_if(o, (ev->present & WFPW_HAS_REMOTE_PORT) != 0, "code", ev->remote.port);
        close_object(o);
    }
    word_if(o, "orientation", WFPW_LIST_ORIENTATION, ev->orientation);
}

/* ---- who and by what ------------------------------------------------------------------------ */

static void application(struct out *o, const wfpw_event *ev)
{
    bool not_packaged = (ev->present & WFPW_HAS_NOT_PACKAGED) != 0;
    if (ev->device_path == NULL && ev->package_sid == NULL && !not_packaged)
        return;
    key(o, "app");
    open_object(o);
    string_if(o, "device_path", ev->device_path);
    string_if(o, "package_sid", ev->package_sid);
    if (not_packaged)
        boolean(o, "packaged", false);
    close_object(o);
}

static void user(struct out *o, const wfpw_event *ev)
{
    if (ev->user_sid == NULL && ev->user_name == NULL)
        return;
    key(o, "user");
    open_object(o);
    string_if(o, "sid", ev->user_sid);
    string_if(o, "name", ev->user_name);
    close_object(o);
}

static void process(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_PROCESS_ID) == 0)
        return;
    key(o, "process");
    open_object(o);
    number(o, "pid", ev->process_id);
    word_if(o, "pid_from", WFPW_LIST_PID_FROM, ev->pid_from);
    close_object(o);
}

static void filter(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_FILTER_ID) == 0 && ev->filter_origin == NULL)
        return;
    key(o, "filter");
    open_object(o);
    number_if(o, (ev->present & WFPW_HAS_FILTER_ID) != 0, "id", ev->filter_id);
    string_if(o, "origin", ev->filter_origin);
    close_object(o);
}

static void layer_and_profile(struct out *o, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_LAYER_ID) != 0) {
        key(o, "layer");
        open_object(o);
        number(o, "id", ev->layer_id);
        close_object(o);
    }
    if ((ev->present & WFPW_HAS_PROFILES) != 0) {
        key(o, "profile");
        open_object(o);
        number(o, "original", ev->original_profile);
        number(o, "current", ev->current_profile);
        close_object(o);
    }
    number_if(o, (ev->present & WFPW_HAS_REAUTH_REASON) != 0, "reauth_reason", ev->reauth_reason);
    number_if(o, (ev->present & WFPW_HAS_INTERFACE_INDEX) != 0, "interface_index",
              ev->interface_index);
    number_if(o, (ev->present & WFPW_HAS_POLICY_FLAGS) != 0, "policy_flags", ev->policy_flags);
    string_if(o, "enterprise_id", ev->enterprise_id);
    string_if(o, "effective_name", ev->effective_name);
}

/* ---- bodies --------------------------------------------------------------------------------- */

static void vswitch(struct out *o, const wfpw_vswitch *v)
{
    key(o, "vswitch");
    open_object(o);
    string_if(o, "id", v->id);
    number(o, "source_port", v->source_port);
    number(o, "destination_port", v->destination_port);
    close_object(o);
}

static void host(struct out *o, const char *name, const wfpw_endpoint *e)
{
    if (e->family == 0)
        return;
    key(o, name);
    open_object(o);
    endpoint_ip(o, e);
    close_object(o);
}

static void ipsec(struct out *o, const wfpw_ipsec *i)
{
    key(o, "ipsec");
    open_object(o);
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        hex_number(o, "status", i->status);
    number_if(o, (i->present & WFPW_IPSEC_HAS_SPI) != 0, "spi", i->spi);
    host(o, "public_host", &i->public_host);
    host(o, "internal_host", &i->internal_host);
    close_object(o);
}

static void ike(struct out *o, const wfpw_ike *i)
{
    key(o, "ike");
    open_object(o);
    number(o, "error", i->error);
    number(o, "point", i->point);
    number_if(o, (i->present & WFPW_IKE_HAS_FLAGS) != 0, "flags", i->flags);
    number_if(o, (i->present & WFPW_IKE_HAS_MODULE) != 0, "module", i->module);
    number(o, "state", i->state);
    number(o, "role", i->role);
    number_if(o, (i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0, "auth_method", i->auth_method);
    number_if(o, (i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0, "traffic_type", i->traffic_type);
    number_if(o, (i->present & WFPW_IKE_HAS_MM_ID) != 0, "mm_id", i->mm_id);
    number(o, "filter_id", i->filter_id);
    number_if(o, (i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0, "mm_sa_luid", i->mm_sa_luid);
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0)
        hex_bytes(o, "cert_hash", i->cert_hash, sizeof i->cert_hash, false);
    string_if(o, "local_principal", i->local_principal);
    string_if(o, "remote_principal", i->remote_principal);
    string_if(o, "local_groups", i->local_groups);
    string_if(o, "remote_groups", i->remote_groups);
    string_if(o, "local_subnet", i->local_subnet);
    string_if(o, "remote_subnet", i->remote_subnet);
    string_if(o, "provider_context", i->provider_context);
    close_object(o);
}

static void mac(struct out *o, const wfpw_event *ev)
{
    const wfpw_mac *m = ev->mac;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    key(o, "mac");
    open_object(o);
    hex_bytes(o, unknown ? "from" : "local", m->local, sizeof m->local, true);
    hex_bytes(o, unknown ? "to" : "remote", m->remote, sizeof m->remote, true);
    number(o, "media_type", m->media_type);
    number(o, "if_type", m->if_type);
    number(o, "ether_type", m->ether_type);
    number(o, "ndis_port", m->ndis_port);
    number(o, "vlan", m->vlan);
    number(o, "if_luid", m->if_luid);
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
    while (from < a->field_count && field_of(a, from)->name != name &&
           strcmp(field_of(a, from)->name, name) != 0)
        from++;
    return from;
}

static void data_array(struct out *o, const wfpw_audit *a, uint32_t i)
{
    put_char(o, '[');
    o->first = true;
    for (; i < a->field_count; i = same_name(a, i, i + 1)) {
        comma(o);
        put_string(o, field_of(a, i)->value);
    }
    put_char(o, ']');
    o->first = false;
}

/* A field that comes several times is an array, at its first place. */
static void data_field(struct out *o, const wfpw_audit *a, uint32_t i)
{
    if (same_name(a, i, 0) < i)
        return;
    comma(o);
    put_string(o, field_of(a, i)->name);
    put_char(o, ':');
    if (same_name(a, i, i + 1) < a->field_count)
        data_array(o, a, i);
    else
        put_string(o, field_of(a, i)->value);
}

static void audit(struct out *o, const wfpw_audit *a)
{
    key(o, "audit");
    open_object(o);
    number(o, "event_id", a->event_id);
    number(o, "version", a->version);
    number(o, "record_id", a->record_id);
    string_if(o, "computer", a->computer);
    hex_number(o, "keywords", a->keywords);
    number(o, "task", a->task);
    key(o, "data");
    open_object(o);
    for (uint32_t i = 0; i < a->field_count; i++)
        data_field(o, a, i);
    close_object(o);
    close_object(o);
}

/* ---- the event ------------------------------------------------------------------------------ */

static void put_head(struct out *o, const wfpw_event *ev)
{
    char time[TEXT_TIME_MAX];
    number(o, "seq", ev->seq);
    key(o, "time");
    put_char(o, '"');
    put(o, time, text_time(time, ev->time));
    put_char(o, '"');
    word_if(o, "source", WFPW_LIST_SOURCE, ev->source);
    word_if(o, "kind", WFPW_LIST_KIND, ev->kind);
    number_if(o, ev->kind == WFPW_KIND_NET_EVENT, "type_raw", ev->type_raw);
    if ((ev->present & WFPW_HAS_DIRECTION) != 0) {
        word_if(o, "direction", WFPW_LIST_DIRECTION, ev->direction);
        number(o, "direction_raw", ev->direction_raw);
    }
    number_if(o, (ev->present & WFPW_HAS_PROTOCOL) != 0, "protocol", ev->protocol);
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
        key(o, "capability");
        open_object(o);
        number(o, "id", ev->capability);
        word_if(o, "name", WFPW_LIST_CAPABILITY, ev->capability);
        close_object(o);
    }
    if (ev->mac != NULL)
        mac(o, ev);
    if (ev->audit != NULL)
        audit(o, ev->audit);
}

static void put_gap(struct out *o, const wfpw_event *ev)
{
    key(o, "lost");
    if ((ev->present & WFPW_HAS_LOST) != 0)
        put_number(o, ev->lost);
    else
        PUT(o, "null");
    word_if(o, "lost_where", WFPW_LIST_LOST, ev->lost_where);
}

static void put_event(struct out *o, const wfpw_event *ev)
{
    open_object(o);
    put_head(o, ev);
    endpoints(o, ev);
    if ((ev->present & WFPW_HAS_LOOPBACK) != 0)
        boolean(o, "loopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    application(o, ev);
    user(o, ev);
    process(o, ev);
    filter(o, ev);
    layer_and_profile(o, ev);
    put_bodies(o, ev);
    if (ev->kind == WFPW_KIND_GAP)
        put_gap(o, ev);
    if ((ev->flags & WFPW_EVENT_TRUNCATED) != 0)
        boolean(o, "truncated", true);
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
