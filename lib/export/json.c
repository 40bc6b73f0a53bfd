/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * An event as one line of JSON. docs/json.md is the contract of its keys.
 */
#include "wfpwatch/wfpwatch.h"

#include <string.h>

#include "export/json_audit.h"
#include "export/json_body.h"
#include "export/json_event.h"
#include "export/json_names.h"
#include "export/json_rule.h"

/* Each function writes its members at p, where json_out_room has been asked for them, and returns
 * the place behind them. */

/* ---- why ------------------------------------------------------------------------------------ */

enum { EVIDENCE_MOST = 512 }; /* bytes that all words of evidence together take fewer than */

static bool has_type(const wfpw_event *ev)
{
    return ev->kind == WFPW_KIND_NET_EVENT && (ev->present & WFPW_HAS_TYPE_RAW) != 0;
}

/* What it is, and why. */
static char *write_why(struct json_out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    p = json_out_room(o, p, 8 * JSON_OUT_MEMBER + EVIDENCE_MOST);
    p = WORD_IF(p, "source", WFPW_LIST_SOURCE, ev->source);
    p = WORD_IF(p, "kind", WFPW_LIST_KIND, ev->kind);
    p = NUMBER_IF(p, has_type(ev), "type_raw", ev->type_raw);
    if (ev->verdict == 0)
        return p;
    p = WORD_IF(p, "verdict", WFPW_LIST_VERDICT, ev->verdict);
    p = WORD_IF(p, "reason", WFPW_LIST_REASON, ev->reason);
    p = WORD_IF(p, "confidence", WFPW_LIST_CONFIDENCE, ev->confidence);
    return json_out_words(JSON_OUT_PUT(p, "\"evidence\":["), WFPW_LIST_EVIDENCE, ev->evidence);
}

static inline uint64_t both_words(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

static char *put_why(struct json_out *o, char *p, const wfpw_event *ev)
{
    struct json_out_key key = {
        {both_words(ev->source, ev->kind), both_words(has_type(ev), ev->type_raw),
         both_words(ev->verdict, ev->reason), both_words(ev->confidence, ev->evidence)}};
    return json_out_part(o, p, PART_WHY, key, ev, write_why);
}

static char *write_flow(struct json_out *o, char *p, const void *of)
{
    const wfpw_event *ev = of;
    p = json_out_room(o, p, 5 * JSON_OUT_MEMBER);
    p = WORD_IF(p, "direction", WFPW_LIST_DIRECTION, ev->direction);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_DIRECTION) != 0, "direction_raw", ev->direction_raw);
    p = WORD_IF(p, "direction_from", WFPW_LIST_DIRECTION_FROM, ev->direction_from);
    return NUMBER_IF(p, (ev->present & WFPW_HAS_PROTOCOL) != 0, "protocol", ev->protocol);
}

/* Which way, and how. */
static char *put_flow(struct json_out *o, char *p, const wfpw_event *ev)
{
    uint32_t present = ev->present & (WFPW_HAS_DIRECTION | WFPW_HAS_PROTOCOL);
    struct json_out_key key = {{both_words(ev->direction, ev->direction_from),
                                both_words(ev->direction_raw, ev->protocol), present}};
    return json_out_part(o, p, PART_FLOW, key, ev, write_flow);
}

static char *put_own(struct json_out *o, char *p, const wfpw_event *ev)
{
    const uint32_t all = WFPW_EVENT_OWN_FILTER | WFPW_EVENT_OWN_PROCESS | WFPW_EVENT_OWN_LOOKUP;
    uint32_t bits = ev->flags & all;
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    return bits != 0 ? json_out_words(JSON_OUT_PUT(p, "\"own\":["), WFPW_LIST_OWN, bits) : p;
}

/* ---- endpoints ------------------------------------------------------------------------------ */

enum { IP_MEMBER = 16 + TEXT_IP_MAX }; /* at most: "ip":"...", */

static char *endpoint_ip(char *p, const wfpw_endpoint *e)
{
    p = JSON_OUT_PUT(p, "\"ip\":\"");
    p += text_ip(p, e->addr, e->family);
    return JSON_OUT_PUT(p, "\",");
}

static bool is_icmp(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58);
}

/* Of the side whose port has that bit. */
static char *put_endpoint(char *p, const wfpw_event *ev, const wfpw_endpoint *e, uint32_t port_bit)
{
    if (e->family != 0)
        p = endpoint_ip(p, e);
    p = NUMBER_IF(p, (ev->present & port_bit) != 0 && !is_icmp(ev), "port", e->port);
    if (e->family == 6)
        p = NUMBER_IF(p, (ev->present & WFPW_HAS_SCOPE_ID) != 0, "scope_id", e->scope_id);
    return json_out_close(p, '}');
}

static bool has_endpoint(const wfpw_event *ev, const wfpw_endpoint *e, uint32_t port_bit)
{
    return e->family != 0 || ((ev->present & port_bit) != 0 && !is_icmp(ev));
}

/* Windows gives the type in the place of the local port and the code in that of the remote one; so
 * as long as it is unknown which side is which, it is unknown which number is which. */
static char *put_icmp(char *p, const wfpw_event *ev, bool unknown)
{
    p = JSON_OUT_OPEN(p, "icmp");
    if ((ev->present & WFPW_HAS_LOCAL_PORT) != 0)
        p = unknown ? NUMBER(p, "from", ev->local.port) : NUMBER(p, "type", ev->local.port);
    if ((ev->present & WFPW_HAS_REMOTE_PORT) != 0)
        p = unknown ? NUMBER(p, "to", ev->remote.port) : NUMBER(p, "code", ev->remote.port);
    return json_out_close(p, '}');
}

static char *put_endpoints(struct json_out *o, char *p, const wfpw_event *ev)
{
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    p = json_out_room(o, p, 2 * (IP_MEMBER + 3 * JSON_OUT_MEMBER) + 4 * JSON_OUT_MEMBER);
    if (has_endpoint(ev, &ev->local, WFPW_HAS_LOCAL_PORT)) {
        p = unknown ? JSON_OUT_OPEN(p, "from") : JSON_OUT_OPEN(p, "local");
        p = put_endpoint(p, ev, &ev->local, WFPW_HAS_LOCAL_PORT);
    }
    if (has_endpoint(ev, &ev->remote, WFPW_HAS_REMOTE_PORT)) {
        p = unknown ? JSON_OUT_OPEN(p, "to") : JSON_OUT_OPEN(p, "remote");
        p = put_endpoint(p, ev, &ev->remote, WFPW_HAS_REMOTE_PORT);
    }
    if (is_icmp(ev) && (ev->present & (WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT)) != 0)
        p = put_icmp(p, ev, unknown);
    return WORD_IF(p, "orientation", WFPW_LIST_ORIENTATION, ev->orientation);
}

/* ---- who and by what ------------------------------------------------------------------------ */

static char *put_device_path(struct json_out *o, char *p, const wfpw_event *ev)
{
    const struct batch_audit_json *a = json_audit_prepared(o, ev->audit);
    if (a == NULL || a->app == NULL)
        return json_out_first(o, p, ev->device_path);
    p = JSON_OUT_PUT(p, "\"");
    p = json_out_prepared(o, p, a->app, a->app_n);
    return JSON_OUT_PUT(json_out_room(o, p, 1), "\"");
}

static char *put_application(struct json_out *o, char *p, const wfpw_event *ev)
{
    bool not_packaged = (ev->present & WFPW_HAS_NOT_PACKAGED) != 0;
    bool no_path = ev->device_path == NULL && ev->app_path == NULL;
    if (no_path && ev->package_sid == NULL && ev->fqbn == NULL && !not_packaged)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "app");
    p = STRING_IF(o, p, "path", ev->app_path);
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    if (ev->device_path != NULL) {
        p = put_device_path(o, JSON_OUT_KEY(p, "device_path"), ev);
        p = json_out_comma(json_out_room(o, p, 1));
    }
    p = STRING_IF(o, p, "package_sid", ev->package_sid);
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    if (not_packaged)
        p = BOOLEAN(p, "packaged", false);
    p = STRING_IF(o, p, "fqbn", ev->fqbn);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_user(struct json_out *o, char *p, const wfpw_event *ev)
{
    if (ev->user_sid == NULL && ev->user_name == NULL)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, JSON_OUT_MEMBER), "user");
    p = STRING_IF(o, p, "sid", ev->user_sid);
    p = STRING_IF(o, p, "name", ev->user_name);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_process(struct json_out *o, char *p, const wfpw_event *ev)
{
    if ((ev->present & WFPW_HAS_PROCESS_ID) == 0)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, 4 * JSON_OUT_MEMBER), "process");
    p = NUMBER(p, "pid", ev->process_id);
    p = WORD_IF(p, "pid_from", WFPW_LIST_PID_FROM, ev->pid_from);
    if (ev->pid_confidence != 0)
        p = WORD_IF(p, "pid_confidence", WFPW_LIST_CONFIDENCE, ev->pid_confidence);
    p = STRING_IF(o, p, "service", ev->process_service);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

static char *put_profile(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = json_out_room(o, p, 8 * JSON_OUT_MEMBER);
    if ((ev->present & WFPW_HAS_PROFILES) != 0) {
        p = JSON_OUT_OPEN(p, "profile");
        p = NUMBER(p, "original", ev->original_profile);
        p = json_out_close(NUMBER(p, "current", ev->current_profile), '}');
    }
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_REAUTH_REASON) != 0, "reauth_reason",
                  ev->reauth_reason);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_INTERFACE_INDEX) != 0, "interface_index",
                  ev->interface_index);
    p = NUMBER_IF(p, (ev->present & WFPW_HAS_POLICY_FLAGS) != 0, "policy_flags", ev->policy_flags);
    p = STRING_IF(o, p, "enterprise_id", ev->enterprise_id);
    return STRING_IF(o, p, "effective_name", ev->effective_name);
}

static char *one_terminating(struct json_out *o, char *p, const wfpw_terminating *t)
{
    const struct code_word *action = code_word_find(WFPW_LIST_ACTION, t->action);
    p = JSON_OUT_PUT(json_out_room(o, p, 2 * JSON_OUT_MEMBER), "{");
    p = NUMBER(p, "filter_id", t->filter_id);
    p = STRING_IF(o, p, "sublayer", t->sublayer);
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    if (action != NULL)
        p = WORD_IF(p, "action", WFPW_LIST_ACTION, t->action);
    else
        p = NUMBER_IF(p, t->action != 0, "action", t->action);
    return json_out_close(p, '}');
}

static char *put_terminating(struct json_out *o, char *p, const wfpw_event *ev)
{
    const char *at = (const char *)ev->terminating;
    if (ev->terminating_count == 0)
        return p;
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"terminating\":[");
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride)
        p = one_terminating(o, p, (const wfpw_terminating *)(const void *)at);
    return json_out_close(json_out_room(o, p, 2), ']');
}

static char *put_capabilities(struct json_out *o, char *p, uint32_t bits)
{
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"capabilities\":[");
    for (uint32_t i = 0; i < 32; i++) {
        const struct code_word *word = code_word_find(WFPW_LIST_CAPABILITY, i);
        if ((bits >> i & 1) == 0)
            continue;
        p = json_out_room(o, p, JSON_OUT_MEMBER);
        if (word != NULL)
            p = json_out_text(o, p, word->text, word->length, true);
        else
            p = json_out_number(p, i);
        p = json_out_comma(json_out_room(o, p, 1));
    }
    return json_out_close(json_out_room(o, p, 2), ']');
}

/* ---- bodies --------------------------------------------------------------------------------- */

static char *put_vswitch(struct json_out *o, char *p, const wfpw_vswitch *v)
{
    p = JSON_OUT_OPEN(json_out_room(o, p, JSON_OUT_MEMBER), "vswitch");
    p = STRING_IF(o, p, "id", v->id);
    p = json_out_room(o, p, 3 * JSON_OUT_MEMBER);
    p = NUMBER(p, "source_port", v->source_port);
    p = NUMBER(p, "destination_port", v->destination_port);
    return json_out_close(p, '}');
}

enum { SYSTEM_TEXT = 224 }; /* bytes that no text of a code of Windows reaches, with its key */

/* What a code of Windows means, if that is known. */
static char *system_text(char *p, uint32_t code)
{
    const char *text = wfpw_system_text(code);
    if (text[0] == 0)
        return p;
    p = json_out_plain(JSON_OUT_PUT(p, "\"text\":\""), text, strlen(text));
    return JSON_OUT_PUT(p, "\",");
}

static char *put_ipsec(struct json_out *o, char *p, const wfpw_ipsec *i)
{
    p = json_out_room(o, p, 6 * JSON_OUT_MEMBER + 2 * IP_MEMBER + SYSTEM_TEXT);
    p = JSON_OUT_OPEN(p, "ipsec");
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        p = json_out_comma(json_out_hex_number(JSON_OUT_KEY(p, "status"), i->status));
    p = NUMBER_IF(p, (i->present & WFPW_IPSEC_HAS_SPI) != 0, "spi", i->spi);
    if (i->public_host.family != 0)
        p = json_out_close(endpoint_ip(JSON_OUT_OPEN(p, "public_host"), &i->public_host), '}');
    if (i->internal_host.family != 0)
        p = json_out_close(endpoint_ip(JSON_OUT_OPEN(p, "internal_host"), &i->internal_host), '}');
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        p = system_text(p, i->status);
    return json_out_close(p, '}');
}

static char *ike_numbers(char *p, const wfpw_ike *i)
{
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_ERROR) != 0, "error", i->error);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_POINT) != 0, "point", i->point);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_FLAGS) != 0, "flags", i->flags);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MODULE) != 0, "module", i->module);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_STATE) != 0, "state", i->state);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_ROLE) != 0, "role", i->role);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0, "auth_method", i->auth_method);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0, "traffic_type",
                  i->traffic_type);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MM_ID) != 0, "mm_id", i->mm_id);
    p = NUMBER_IF(p, (i->present & WFPW_IKE_HAS_FILTER_ID) != 0, "filter_id", i->filter_id);
    return NUMBER_IF(p, (i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0, "mm_sa_luid", i->mm_sa_luid);
}

static char *put_ike(struct json_out *o, char *p, const wfpw_ike *i)
{
    p = json_out_room(o, p, 14 * JSON_OUT_MEMBER);
    p = ike_numbers(JSON_OUT_OPEN(p, "ike"), i);
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0) {
        p = JSON_OUT_KEY(p, "cert_hash");
        p = json_out_comma(json_out_hex_bytes(p, i->cert_hash, sizeof i->cert_hash, false));
    }
    p = STRING_IF(o, p, "local_principal", i->local_principal);
    p = STRING_IF(o, p, "remote_principal", i->remote_principal);
    p = STRING_IF(o, p, "local_groups", i->local_groups);
    p = STRING_IF(o, p, "remote_groups", i->remote_groups);
    p = STRING_IF(o, p, "local_subnet", i->local_subnet);
    p = STRING_IF(o, p, "remote_subnet", i->remote_subnet);
    p = STRING_IF(o, p, "provider_context", i->provider_context);
    p = json_out_room(o, p, SYSTEM_TEXT + JSON_OUT_MEMBER);
    if ((i->present & WFPW_IKE_HAS_ERROR) != 0)
        p = system_text(p, i->error);
    return json_out_close(p, '}');
}

static char *put_mac(struct json_out *o, char *p, const wfpw_event *ev)
{
    const wfpw_mac *m = ev->mac;
    bool unknown = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    p = JSON_OUT_OPEN(json_out_room(o, p, 10 * JSON_OUT_MEMBER), "mac");
    p = unknown ? JSON_OUT_KEY(p, "from") : JSON_OUT_KEY(p, "local");
    p = json_out_comma(json_out_hex_bytes(p, m->local, sizeof m->local, true));
    p = unknown ? JSON_OUT_KEY(p, "to") : JSON_OUT_KEY(p, "remote");
    p = json_out_comma(json_out_hex_bytes(p, m->remote, sizeof m->remote, true));
    p = NUMBER(p, "media_type", m->media_type);
    p = NUMBER(p, "if_type", m->if_type);
    p = NUMBER(p, "ether_type", m->ether_type);
    p = NUMBER(p, "ndis_port", m->ndis_port);
    p = NUMBER(p, "vlan", m->vlan);
    return json_out_close(NUMBER(p, "if_luid", m->if_luid), '}');
}

static char *put_capability(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = JSON_OUT_OPEN(json_out_room(o, p, 4 * JSON_OUT_MEMBER), "capability");
    p = NUMBER(p, "id", ev->capability);
    p = WORD_IF(p, "name", WFPW_LIST_CAPABILITY, ev->capability);
    return json_out_close(p, '}');
}

/* ---- two in one ----------------------------------------------------------------------------- */

static char *put_attempt(char *p, const wfpw_event *ev)
{
    p = NUMBER(JSON_OUT_OPEN(p, "attempt"), "first", ev->attempt);
    return json_out_close(NUMBER(p, "event", ev->attempt_event), '}');
}

/* From 100 ns to ms, towards the nearer one. */
static char *put_milliseconds(char *p, int64_t lag)
{
    uint64_t n = lag < 0 ? 0 - (uint64_t)lag : (uint64_t)lag, ms = (n + 5000) / 10000;
    if (lag < 0 && ms != 0)
        *p++ = '-';
    return json_out_number(p, ms);
}

static char *put_merged(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = json_out_room(o, p, 8 * JSON_OUT_MEMBER + EVIDENCE_MOST);
    p = JSON_OUT_OPEN(BOOLEAN(p, "merged", true), "join");
    p = json_out_comma(put_milliseconds(JSON_OUT_KEY(p, "lag_ms"), ev->join_lag));
    p = NUMBER(p, "window_ms", ev->join_window_ms);
    if (ev->audit_evidence != 0)
        p = json_out_words(JSON_OUT_PUT(p, "\"audit_evidence\":["), WFPW_LIST_EVIDENCE,
                           ev->audit_evidence);
    if (ev->differs != 0)
        p = json_out_words(JSON_OUT_PUT(p, "\"differs\":["), WFPW_LIST_DIFFERS, ev->differs);
    return json_out_close(p, '}');
}

/* ---- the event ------------------------------------------------------------------------------ */

static char *put_head(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 4 * JSON_OUT_MEMBER), "{");
    p = NUMBER(p, "seq", ev->seq);
    p = json_out_comma(json_out_event_time(o, JSON_OUT_KEY(p, "time"), ev->time));
    p = put_flow(o, put_why(o, p, ev), ev);
    return STRING_IF(o, p, "file", ev->file);
}

bool json_has_bodies(const wfpw_event *ev)
{
    return ev->terminating_count != 0 || ev->vswitch != NULL || ev->ipsec != NULL ||
           ev->ike != NULL || ev->mac != NULL ||
           (ev->present & (WFPW_HAS_CAPABILITIES | WFPW_HAS_CAPABILITY)) != 0;
}

char *json_bodies(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = put_terminating(o, p, ev);
    if ((ev->present & WFPW_HAS_CAPABILITIES) != 0)
        p = put_capabilities(o, p, ev->capabilities);
    if (ev->vswitch != NULL)
        p = put_vswitch(o, p, ev->vswitch);
    if (ev->ipsec != NULL)
        p = put_ipsec(o, p, ev->ipsec);
    if (ev->ike != NULL)
        p = put_ike(o, p, ev->ike);
    if ((ev->present & WFPW_HAS_CAPABILITY) != 0)
        p = put_capability(o, p, ev);
    if (ev->mac != NULL)
        p = put_mac(o, p, ev);
    return p;
}

static char *put_gap(char *p, const wfpw_event *ev)
{
    p = JSON_OUT_KEY(p, "lost");
    if ((ev->present & WFPW_HAS_LOST) != 0)
        p = json_out_number(p, ev->lost);
    else
        p = JSON_OUT_PUT(p, "null");
    p = WORD_IF(json_out_comma(p), "lost_where", WFPW_LIST_LOST, ev->lost_where);
    if (ev->lost_from != 0)
        p = json_out_comma(json_out_time(JSON_OUT_KEY(p, "lost_from"), ev->lost_from));
    return p;
}

char *json_event(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = put_head(o, p, ev);
    p = put_endpoints(o, p, ev);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    if ((ev->present & WFPW_HAS_LOOPBACK) != 0)
        p = BOOLEAN(p, "loopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    p = put_application(o, p, ev);
    p = put_user(o, p, ev);
    p = put_process(o, p, ev);
    p = put_own(o, p, ev);
    p = json_filter(o, p, ev);
    p = json_rule(o, p, ev->rule);
    p = json_layer(o, p, ev);
    p = put_profile(o, p, ev);
    p = json_bodies(o, p, ev);
    if (ev->audit != NULL)
        p = json_audit(o, p, ev->audit);
    p = json_guarded(o, p, ev->guarded);
    p = json_aggregate(o, p, ev->aggregate);
    p = json_out_room(o, p, 7 * JSON_OUT_MEMBER);
    if (ev->kind == WFPW_KIND_GAP)
        p = put_gap(p, ev);
    if (ev->attempt != 0)
        p = put_attempt(p, ev);
    if ((ev->flags & WFPW_EVENT_MERGED) != 0)
        p = put_merged(o, p, ev);
    if ((ev->flags & WFPW_EVENT_TRUNCATED) != 0)
        p = BOOLEAN(p, "truncated", true);
    if ((ev->flags & WFPW_EVENT_PARTIAL) != 0)
        p = BOOLEAN(p, "partial", true);
    if ((ev->flags & WFPW_EVENT_AFTER_DAMAGE) != 0)
        p = BOOLEAN(p, "after_damage", true);
    if ((ev->flags & WFPW_EVENT_LOCAL_TIME) != 0)
        p = BOOLEAN(p, "local_time", true);
    return json_out_close(p, '}') - 1;
}
