/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as one line of JSON. docs/json.md is the contract of its keys.
 */
#include "wfpwatch/wfpwatch.h"

#include <string.h>

#include "export/jsonaudit.h"
#include "export/jsonname.h"

/* Each function writes its members at p, where jsonout_room has been asked for them, and returns
 * the place behind them. */

/* ---- why ------------------------------------------------------------------------------------ */

enum { EVIDENCE_MOST = 512 }; /* bytes that all words of evidence together take fewer than */

/* The words of bits. */
static char *words(char *p, uint32_t list, uint32_t bits)
{
    for (uint32_t bit = 1; bit != 0 && bit <= bits; bit <<= 1) {
        const struct word *word = (bits & bit) != 0 ? word_find(list, bit) : NULL;
        if (word == NULL)
            continue;
        *p++ = '"';
        p = JSONOUT_PUT(jsonout_plain(p, word->text, word->length), "\",");
    }
    return jsonout_close(p, ']');
}

static bool has_type(const wfpw_event *ev)
{
    return ev->kind == WFPW_KIND_NET_EVENT && (ev->present & WFPW_HAS_TYPE_RAW) != 0;
}

/* What it is, and why. */
static char *write_why(struct out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    p = jsonout_room(o, p, 8 * JSONOUT_MEMBER + EVIDENCE_MOST);
    p = WORD_IF(p, "source", WFPW_LIST_SOURCE, ev->source);
    p = WORD_IF(p, "kind", WFPW_LIST_KIND, ev->kind);
    p = NUMBER_IF(p, has_type(ev), "type_raw", ev->type_raw);
    if (ev->verdict == 0)
        return p;
    p = WORD_IF(p, "verdict", WFPW_LIST_VERDICT, ev->verdict);
    p = WORD_IF(p, "reason", WFPW_LIST_REASON, ev->reason);
    p = WORD_IF(p, "confidence", WFPW_LIST_CONFIDENCE, ev->confidence);
    return words(JSONOUT_PUT(p, "\"evidence\":["), WFPW_LIST_EVIDENCE, ev->evidence);
}

static inline uint64_t both(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

static char *why(struct out *o, char *p, const wfpw_event *ev)
{
    struct jsonout_key key = {{both(ev->source, ev->kind), both(has_type(ev), ev->type_raw),
                               both(ev->verdict, ev->reason), both(ev->confidence, ev->evidence)}};
    return jsonout_part(o, p, PART_WHY, key, ev, write_why);
}

static char *write_flow(struct out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    p = jsonout_room(o, p, 5 * JSONOUT_MEMBER);
    p = WORD_IF(p, "direction", WFPW_LIST_DIRECTION, ev->direction);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_DIRECTION) != 0, "direction_raw", ev->direction_raw);
    p = WORD_IF(p, "direction_from", WFPW_LIST_DIRECTION_FROM, ev->direction_from);
    return NUMBER_IF(p, (ev->present & WFPW_HAS_PROTOCOL) != 0, "protocol", ev->protocol);
}

/* Which way, and how. */
static char *flow(struct out *o, char *p, const wfpw_event *ev)
{
    uint32_t present = ev->present & (WFPW_HAS_DIRECTION | WFPW_HAS_PROTOCOL);
    struct jsonout_key key = {
        {both(ev->direction, ev->direction_from), both(ev->direction_raw, ev->protocol), present}};
    return jsonout_part(o, p, PART_FLOW, key, ev, write_flow);
}

static char *own(struct out *o, char *p, const wfpw_event *ev)
{
    const uint32_t all = WFPW_EVENT_OWN_FILTER | WFPW_EVENT_OWN_PROCESS | WFPW_EVENT_OWN_LOOKUP;
    uint32_t bits = ev->flags & all;
    p = jsonout_room(o, p, 2 * JSONOUT_MEMBER);
    return bits != 0 ? words(JSONOUT_PUT(p, "\"own\":["), WFPW_LIST_OWN, bits) : p;
}

/* ---- endpoints ------------------------------------------------------------------------------ */

enum { IP_MEMBER = 16 + TEXT_IP_MAX }; /* at most: "ip":"...", */

static char *endpoint_ip(char *p, const wfpw_endpoint *e)
{
    p = JSONOUT_PUT(p, "\"ip\":\"");
    p += text_ip(p, e->addr, e->family);
    return JSONOUT_PUT(p, "\",");
}

static bool is_icmp(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
}

/* Of the side whose port has that bit. */
static char *endpoint(char *p, const wfpw_event *ev, const wfpw_endpoint *e, uint32_t port_bit)
{
    if (e->family != 0)
        p = endpoint_ip(p, e);
    p = NUMBER_IF(p, (ev->present & port_bit) != 0 && !is_icmp(ev), "port", e->port);
    if (e->family == 6)
        p = NUMBER_IF(p, (ev->present & WFPW_HAS_SCOPE_ID) != 0, "scope_id", e->scope_id);
    return jsonout_close(p, '}');
}

static bool has_endpoint(const wfpw_event *ev, const wfpw_endpoint *e, uint32_t port_bit)
{
    return e->family != 0 || ((ev->present & port_bit) != 0 && !is_icmp(ev));
}

/* Windows gives the type in the place of the local port and the code in that of the remote one; so
 * as long as it is unknown which side is which, it is unknown which number is which. */
static char *icmp(char *p, const wfpw_event *ev, bool unknown)
{
    p = JSONOUT_OPEN(p, "icmp");
    if ((ev->present & WFPW_HAS_LOCAL_PORT) != 0)
        p = unknown ? NUMBER(p, "from", ev->local.port) : NUMBER(p, "type", ev->local.port);
    if ((ev->present & WFPW_HAS_REMOTE_PORT) != 0)
        p = unknown ? NUMBER(p, "to", ev->remote.port) : NUMBER(p, "code", ev->remote.port);
    return jsonout_close(p, '}');
}

static char *endpoints(struct out *o, char *p, const wfpw_event *ev)
{
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    p = jsonout_room(o, p, 2 * (IP_MEMBER + 3 * JSONOUT_MEMBER) + 4 * JSONOUT_MEMBER);
    if (has_endpoint(ev, &ev->local, WFPW_HAS_LOCAL_PORT)) {
        p = unknown ? JSONOUT_OPEN(p, "from") : JSONOUT_OPEN(p, "local");
        p = endpoint(p, ev, &ev->local, WFPW_HAS_LOCAL_PORT);
    }
    if (has_endpoint(ev, &ev->remote, WFPW_HAS_REMOTE_PORT)) {
        p = unknown ? JSONOUT_OPEN(p, "to") : JSONOUT_OPEN(p, "remote");
        p = endpoint(p, ev, &ev->remote, WFPW_HAS_REMOTE_PORT);
    }
    if (is_icmp(ev) && (ev->present & (WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT)) != 0)
        p = icmp(p, ev, unknown);
    return WORD_IF(p, "orientation", WFPW_LIST_ORIENTATION, ev->orientation);
}

/* ---- who and by what ------------------------------------------------------------------------ */

static char *application(struct out *o, char *p, const wfpw_event *ev)
{
    bool not_packaged = (ev->present & WFPW_HAS_NOT_PACKAGED) != 0;
    bool no_path = ev->device_path == NULL && ev->app_path == NULL;
    if (no_path && ev->package_sid == NULL && ev->fqbn == NULL && !not_packaged)
        return p;
    p = JSONOUT_OPEN(jsonout_room(o, p, 2 * JSONOUT_MEMBER), "app");
    p = STRING_IF(o, p, "path", ev->app_path);
    p = jsonout_room(o, p, 2 * JSONOUT_MEMBER);
    if (ev->device_path != NULL) {
        p = jsonout_first(o, JSONOUT_KEY(p, "device_path"), ev->device_path);
        p = jsonout_comma(jsonout_room(o, p, 1));
    }
    p = STRING_IF(o, p, "package_sid", ev->package_sid);
    p = jsonout_room(o, p, 2 * JSONOUT_MEMBER);
    if (not_packaged)
        p = BOOLEAN(p, "packaged", false);
    p = STRING_IF(o, p, "fqbn", ev->fqbn);
    return jsonout_close(jsonout_room(o, p, JSONOUT_MEMBER), '}');
}

static char *user(struct out *o, char *p, const wfpw_event *ev)
{
    if (ev->user_sid == NULL && ev->user_name == NULL)
        return p;
    p = JSONOUT_OPEN(jsonout_room(o, p, JSONOUT_MEMBER), "user");
    p = STRING_IF(o, p, "sid", ev->user_sid);
    p = STRING_IF(o, p, "name", ev->user_name);
    return jsonout_close(jsonout_room(o, p, JSONOUT_MEMBER), '}');
}

static char *process(struct out *o, char *p, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_PROCESS_ID) == 0)
        return p;
    p = JSONOUT_OPEN(jsonout_room(o, p, 4 * JSONOUT_MEMBER), "process");
    p = NUMBER(p, "pid", ev->process_id);
    p = WORD_IF(p, "pid_from", WFPW_LIST_PID_FROM, ev->pid_from);
    return jsonout_close(p, '}');
}

static char *profile(struct out *o, char *p, const wfpw_event *ev)
{
    p = jsonout_room(o, p, 8 * JSONOUT_MEMBER);
    if ((ev->present & WFPW_HAS_PROFILES) != 0) {
        p = JSONOUT_OPEN(p, "profile");
        p = NUMBER(p, "original", ev->original_profile);
        p = jsonout_close(NUMBER(p, "current", ev->current_profile), '}');
    }
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_REAUTH_REASON) != 0, "reauth_reason",
                  ev->reauth_reason);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_INTERFACE_INDEX) != 0, "interface_index",
                  ev->interface_index);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_POLICY_FLAGS) != 0, "policy_flags", ev->policy_flags);
    p = STRING_IF(o, p, "enterprise_id", ev->enterprise_id);
    return STRING_IF(o, p, "effective_name", ev->effective_name);
}

static char *one_terminating(struct out *o, char *p, const wfpw_terminating *t)
{
    const struct word *action = word_find(WFPW_LIST_ACTION, t->action);
    p = JSONOUT_PUT(jsonout_room(o, p, 2 * JSONOUT_MEMBER), "{");
    p = NUMBER(p, "filter_id", t->filter_id);
    p = STRING_IF(o, p, "sublayer", t->sublayer);
    p = jsonout_room(o, p, 2 * JSONOUT_MEMBER);
    if (action != NULL)
        p = WORD_IF(p, "action", WFPW_LIST_ACTION, t->action);
    else
        p = NUMBER_IF(p, t->action != 0, "action", t->action);
    return jsonout_close(p, '}');
}

static char *terminating(struct out *o, char *p, const wfpw_event *ev)
{
    const char *at = (const char *)ev->terminating;
    if (ev->terminating_count == 0)
        return p;
    p = JSONOUT_PUT(jsonout_room(o, p, JSONOUT_MEMBER), "\"terminating\":[");
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride)
        p = one_terminating(o, p, (const wfpw_terminating *)(const void *)at);
    return jsonout_close(jsonout_room(o, p, 2), ']');
}

static char *capabilities(struct out *o, char *p, uint32_t bits)
{
    p = JSONOUT_PUT(jsonout_room(o, p, JSONOUT_MEMBER), "\"capabilities\":[");
    for (uint32_t i = 0; i < 32; i++) {
        const struct word *word = word_find(WFPW_LIST_CAPABILITY, i);
        if ((bits >> i & 1) == 0)
            continue;
        p = jsonout_room(o, p, JSONOUT_MEMBER);
        if (word != NULL)
            p = jsonout_text(o, p, word->text, word->length, true);
        else
            p = jsonout_number(p, i);
        p = jsonout_comma(jsonout_room(o, p, 1));
    }
    return jsonout_close(jsonout_room(o, p, 2), ']');
}

/* ---- bodies --------------------------------------------------------------------------------- */

static char *vswitch(struct out *o, char *p, const wfpw_vswitch *v)
{
    p = JSONOUT_OPEN(jsonout_room(o, p, JSONOUT_MEMBER), "vswitch");
    p = STRING_IF(o, p, "id", v->id);
    p = jsonout_room(o, p, 3 * JSONOUT_MEMBER);
    p = NUMBER(p, "source_port", v->source_port);
    p = NUMBER(p, "destination_port", v->destination_port);
    return jsonout_close(p, '}');
}

enum { SYSTEM_TEXT = 224 }; /* bytes that no text of a code of Windows reaches, with its key */

/* What a code of Windows means, if that is known. */
static char *system_text(char *p, uint32_t code)
{
    const char *text = wfpw_system_text(code);
    if (text[0] == 0)
        return p;
    p = jsonout_plain(JSONOUT_PUT(p, "\"text\":\""), text, strlen(text));
    return JSONOUT_PUT(p, "\",");
}

static char *ipsec(struct out *o, char *p, const wfpw_ipsec *i)
{
    p = jsonout_room(o, p, 6 * JSONOUT_MEMBER + 2 * IP_MEMBER + SYSTEM_TEXT);
    p = JSONOUT_OPEN(p, "ipsec");
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        p = jsonout_comma(jsonout_hex_number(JSONOUT_KEY(p, "status"), i->status));
    p = NUMBER_IF(p, (i->present & WFPW_IPSEC_HAS_SPI) != 0, "spi", i->spi);
    if (i->public_host.family != 0)
        p = jsonout_close(endpoint_ip(JSONOUT_OPEN(p, "public_host"), &i->public_host), '}');
    if (i->internal_host.family != 0)
        p = jsonout_close(endpoint_ip(JSONOUT_OPEN(p, "internal_host"), &i->internal_host), '}');
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        p = system_text(p, i->status);
    return jsonout_close(p, '}');
}

static char *ike_numbers(char *p, const wfpw_ike *i)
{
    p = NUMBER(p, "error", i->error);
    p = NUMBER(p, "point", i->point);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_FLAGS) != 0, "flags", i->flags);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MODULE) != 0, "module", i->module);
    p = NUMBER(p, "state", i->state);
    p = NUMBER(p, "role", i->role);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0, "auth_method", i->auth_method);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0, "traffic_type",
                  i->traffic_type);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MM_ID) != 0, "mm_id", i->mm_id);
    p = NUMBER(p, "filter_id", i->filter_id);
    return NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0, "mm_sa_luid", i->mm_sa_luid);
}

static char *ike(struct out *o, char *p, const wfpw_ike *i)
{
    p = jsonout_room(o, p, 14 * JSONOUT_MEMBER);
    p = ike_numbers(JSONOUT_OPEN(p, "ike"), i);
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0) {
        p = JSONOUT_KEY(p, "cert_hash");
        p = jsonout_comma(jsonout_hex_bytes(p, i->cert_hash, sizeof i->cert_hash, false));
    }
    p = STRING_IF(o, p, "local_principal", i->local_principal);
    p = STRING_IF(o, p, "remote_principal", i->remote_principal);
    p = STRING_IF(o, p, "local_groups", i->local_groups);
    p = STRING_IF(o, p, "remote_groups", i->remote_groups);
    p = STRING_IF(o, p, "local_subnet", i->local_subnet);
    p = STRING_IF(o, p, "remote_subnet", i->remote_subnet);
    p = STRING_IF(o, p, "provider_context", i->provider_context);
    p = jsonout_room(o, p, SYSTEM_TEXT + JSONOUT_MEMBER);
    return jsonout_close(system_text(p, i->error), '}');
}

static char *mac(struct out *o, char *p, const wfpw_event *ev)
{
    const wfpw_mac *m = ev->mac;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    p = JSONOUT_OPEN(jsonout_room(o, p, 10 * JSONOUT_MEMBER), "mac");
    p = unknown ? JSONOUT_KEY(p, "from") : JSONOUT_KEY(p, "local");
    p = jsonout_comma(jsonout_hex_bytes(p, m->local, sizeof m->local, true));
    p = unknown ? JSONOUT_KEY(p, "to") : JSONOUT_KEY(p, "remote");
    p = jsonout_comma(jsonout_hex_bytes(p, m->remote, sizeof m->remote, true));
    p = NUMBER(p, "media_type", m->media_type);
    p = NUMBER(p, "if_type", m->if_type);
    p = NUMBER(p, "ether_type", m->ether_type);
    p = NUMBER(p, "ndis_port", m->ndis_port);
    p = NUMBER(p, "vlan", m->vlan);
    return jsonout_close(NUMBER(p, "if_luid", m->if_luid), '}');
}

static char *capability(struct out *o, char *p, const wfpw_event *ev)
{
    p = JSONOUT_OPEN(jsonout_room(o, p, 4 * JSONOUT_MEMBER), "capability");
    p = NUMBER(p, "id", ev->capability);
    p = WORD_IF(p, "name", WFPW_LIST_CAPABILITY, ev->capability);
    return jsonout_close(p, '}');
}

/* ---- two in one ----------------------------------------------------------------------------- */

/* From 100 ns to ms, towards the nearer one. */
static char *milliseconds(char *p, int64_t lag)
{
    uint64_t n = lag < 0 ? 0 - (uint64_t)lag : (uint64_t)lag, ms = (n + 5000) / 10000;
    if (lag < 0 && ms != 0)
        *p++ = '-';
    return jsonout_number(p, ms);
}

static char *merged(struct out *o, char *p, const wfpw_event *ev)
{
    p = jsonout_room(o, p, 8 * JSONOUT_MEMBER + EVIDENCE_MOST);
    p = JSONOUT_OPEN(BOOLEAN(p, "merged", true), "join");
    p = jsonout_comma(milliseconds(JSONOUT_KEY(p, "lag_ms"), ev->join_lag));
    p = NUMBER(p, "window_ms", ev->join_window_ms);
    if (ev->audit_evidence != 0)
        p = words(JSONOUT_PUT(p, "\"audit_evidence\":["), WFPW_LIST_EVIDENCE, ev->audit_evidence);
    if (ev->differs != 0)
        p = words(JSONOUT_PUT(p, "\"differs\":["), WFPW_LIST_DIFFERS, ev->differs);
    return jsonout_close(p, '}');
}

/* ---- the event ------------------------------------------------------------------------------ */

static char *head(struct out *o, char *p, const wfpw_event *ev)
{
    p = JSONOUT_PUT(jsonout_room(o, p, 4 * JSONOUT_MEMBER), "{");
    p = NUMBER(p, "seq", ev->seq);
    p = jsonout_comma(jsonout_time(JSONOUT_KEY(p, "time"), ev->time));
    p = flow(o, why(o, p, ev), ev);
    return STRING_IF(o, p, "file", ev->file);
}

static char *bodies(struct out *o, char *p, const wfpw_event *ev)
{
    if (ev->vswitch != NULL)
        p = vswitch(o, p, ev->vswitch);
    if (ev->ipsec != NULL)
        p = ipsec(o, p, ev->ipsec);
    if (ev->ike != NULL)
        p = ike(o, p, ev->ike);
    if ((ev->present & WFPW_HAS_CAPABILITY) != 0)
        p = capability(o, p, ev);
    if (ev->mac != NULL)
        p = mac(o, p, ev);
    return ev->audit != NULL ? json_audit(o, p, ev->audit) : p;
}

static char *gap(char *p, const wfpw_event *ev)
{
    p = JSONOUT_KEY(p, "lost");
    if ((ev->present & WFPW_HAS_LOST) != 0)
        p = jsonout_number(p, ev->lost);
    else
        p = JSONOUT_PUT(p, "null");
    p = WORD_IF(jsonout_comma(p), "lost_where", WFPW_LIST_LOST, ev->lost_where);
    if (ev->lost_from != 0)
        p = jsonout_comma(jsonout_time(JSONOUT_KEY(p, "lost_from"), ev->lost_from));
    return p;
}

static char *event(struct out *o, char *p, const wfpw_event *ev)
{
    p = head(o, p, ev);
    p = endpoints(o, p, ev);
    p = jsonout_room(o, p, JSONOUT_MEMBER);
    if ((ev->present & WFPW_HAS_LOOPBACK) != 0)
        p = BOOLEAN(p, "loopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    p = application(o, p, ev);
    p = user(o, p, ev);
    p = process(o, p, ev);
    p = own(o, p, ev);
    p = json_filter(o, p, ev);
    p = json_layer(o, p, ev);
    p = profile(o, p, ev);
    p = terminating(o, p, ev);
    if ((ev->present & WFPW_HAS_CAPABILITIES) != 0)
        p = capabilities(o, p, ev->capabilities);
    p = bodies(o, p, ev);
    p = jsonout_room(o, p, 6 * JSONOUT_MEMBER);
    if (ev->kind == WFPW_KIND_GAP)
        p = gap(p, ev);
    if ((ev->flags & WFPW_EVENT_MERGED) != 0)
        p = merged(o, p, ev);
    if ((ev->flags & WFPW_EVENT_TRUNCATED) != 0)
        p = BOOLEAN(p, "truncated", true);
    if ((ev->flags & WFPW_EVENT_PARTIAL) != 0)
        p = BOOLEAN(p, "partial", true);
    if ((ev->flags & WFPW_EVENT_AFTER_DAMAGE) != 0)
        p = BOOLEAN(p, "after_damage", true);
    return jsonout_close(p, '}') - 1;
}

int WFPW_CALL wfpw_to_json(const wfpw_event *ev, uint32_t flags, char *buf, size_t cap,
                           size_t *needed)
{
    struct out o;
    if (ev == NULL || flags != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    return jsonout_end(&o, event(&o, jsonout_start(&o, buf, cap), ev), needed);
}

/* ---- lines ---------------------------------------------------------------------------------- */

static char *line(struct out *o, char *p, const wfpw_event *ev)
{
    p = jsonout_room(o, event(o, p, ev), 2);
    p[0] = '\n';
    p[1] = 0;
    return p + 1;
}

int WFPW_CALL wfpw_batch_to_json(const wfpw_batch *b, uint32_t flags, uint32_t *at, uint32_t end,
                                 char *buf, size_t cap, size_t *needed)
{
    struct out o;
    struct jsonout_memory memory;
    const wfpw_event *ev;
    size_t n = 0, total = 0;
    if (b == NULL || flags != 0 || at == NULL || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    memset(&memory, 0, sizeof memory);
    char *p = jsonout_start(&o, buf, cap < INT32_MAX ? cap : INT32_MAX);
    o.memory = &memory;
    for (; *at < end && (ev = wfpw_batch_get(b, *at)) != NULL; ++*at, n = total) {
        p = line(&o, p, ev);
        if (!o.spilling)
            total = (size_t)(p - buf);
        else if (jsonout_end(&o, p, &total) >= 0)
            p = jsonout_resume(&o, total);
        else
            break;
    }
    if (cap > 0)
        buf[n] = 0;
    if (needed != NULL)
        *needed = n > 0 ? n : total;
    return n == 0 && total > 0 ? WFPW_E_RANGE : (int)n;
}
