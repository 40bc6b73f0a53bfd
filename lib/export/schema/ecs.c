/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Elastic Common Schema, with the names and values that Elastic's own pipeline of the Security log
 * gives (elastic/integrations, packages/system), so that rules written for it find our events. */
#include "export/json_audit.h"
#include "export/schema/formats.h"
#include "export/schema/row.h"

static const struct export_row event_rows[] = {
    ROW_CONSTANT("\"kind\":\"event\""),
    ROW_QUOTED("code", CODE),
    ROW_FIELD("action", ECS_ACTION),
    ROW_FIELD("category", ECS_CATEGORY),
    ROW_FIELD("type", ECS_TYPE),
    ROW_FIELD("outcome", ECS_OUTCOME),
    ROW_FIELD("reason", WHY),
    ROW_FIELD("provider", RECORD_PROVIDER),
    ROW_CONSTANT("\"module\":\"wfpwatch\""),
    ROW_OF(ROW_BEHIND, "\"dataset\":\"wfpwatch.", OF_SOURCE),
    ROW_END,
    ROW_CONSTANT("\"ecs\":{\"version\":\"8.11.0\"}"),
};

static const struct export_row network_rows[] = {
    ROW_OBJECT("network"),
    ROW_FIELD("direction", ECS_DIRECTION),
    ROW_QUOTED("iana_number", PROTOCOL),
    ROW_FIELD("transport", TRANSPORT),
    ROW_FIELD("type", IP_VERSION),
    ROW_END,
};

static const struct export_row process_rows[] = {ROW_BEGIN("\"process\":{"), ROW_FIELD("pid", PID)};

static const struct export_row app_rows[] = {
    ROW_FIELD("name", PROCESS_NAME),
    ROW_FIELD("executable", APP),
    ROW_END,
};

/* Without a program the rows would close before they write. */
static bool key_app(const struct export_event *x, struct json_out_key *key)
{
    return export_key_app(x, key) && (x->ev->app_path != NULL || x->ev->device_path != NULL);
}

static const struct export_row user_rows[] = {
    ROW_OBJECT("user"),
    ROW_FIELD("id", USER_SID),
    ROW_FIELD("name", USER_ACCOUNT),
    ROW_FIELD("domain", USER_DOMAIN),
    ROW_END,
};

static const struct export_row error_rows[] = {
    ROW_OBJECT("error"),
    ROW_QUOTED("code", RESULT_CODE),
    ROW_FIELD("message", FAILURE_REASON),
    ROW_END,
};

static const struct export_row related_rows[] = {
    ROW_ARRAY("user"),  ROW_ITEM(USER_ACCOUNT), ROW_ARRAY_END,
    ROW_ARRAY("hosts"), ROW_ITEM(COMPUTER),     ROW_ARRAY_END,
};

static bool key_related(const struct export_event *x, struct json_out_key *key)
{
    const wfpw_audit *a = x->ev->audit;
    *key = (struct json_out_key){
        {(uintptr_t)x->ev->user_name, (uintptr_t)(a != NULL ? a->computer : NULL)}};
    return true;
}

static const struct export_row tag_rows[] = {
    ROW_ARRAY("tags"),
    ROW_IF_FLAG("\"loopback\"", WFPW_EVENT_LOOPBACK),
    ROW_IF_FLAG("\"truncated\"", WFPW_EVENT_TRUNCATED),
    ROW_IF_FLAG("\"partial\"", WFPW_EVENT_PARTIAL),
    ROW_IF_FLAG("\"after_damage\"", WFPW_EVENT_AFTER_DAMAGE),
    ROW_IF_FLAG("\"own_filter\"", WFPW_EVENT_OWN_FILTER),
    ROW_IF_FLAG("\"own_process\"", WFPW_EVENT_OWN_PROCESS),
    ROW_IF_FLAG("\"own_lookup\"", WFPW_EVENT_OWN_LOOKUP),
    ROW_ARRAY_END,
};

static const struct export_row rule_rows[] = {
    ROW_OBJECT("rule"),
    ROW_QUOTED("id", FILTER_ID),
    ROW_FIELD("name", FILTER_NAME),
    ROW_FIELD("uuid", RULE_UUID),
    ROW_FIELD("category", FILTER_ORIGIN),
    ROW_FIELD("description", FILTER_DESCRIPTION),
    ROW_FIELD("ruleset", FILTER_PROVIDER_NAME),
    ROW_END,
};

static const struct export_row place_rows[] = {
    ROW_OBJECT("observer"),
    ROW_OBJECT("ingress"),
    ROW_FIELD("zone", INBOUND_PROFILE),
    ROW_OBJECT("interface"),
    ROW_QUOTED("id", INBOUND_INTERFACE),
    ROW_END,
    ROW_END,
    ROW_OBJECT("egress"),
    ROW_FIELD("zone", OUTBOUND_PROFILE),
    ROW_OBJECT("interface"),
    ROW_QUOTED("id", OUTBOUND_INTERFACE),
    ROW_END,
    ROW_END,
    ROW_END,
};

/* Of a record, and the beginning of what is ours. */
#define LOG_ROWS                                                                                   \
    ROW_QUOTED("event_id", EVENT_ID), ROW_FIELD("version", RECORD_VERSION),                        \
        ROW_FIELD("channel", CHANNEL), ROW_FIELD("provider_name", RECORD_PROVIDER),                \
        ROW_FIELD("computer_name", COMPUTER), ROW_ARRAY("keywords"), ROW_ITEM(AUDIT_RESULT),       \
        ROW_ARRAY_END, ROW_END, ROW_BEGIN("\"wfpwatch\":{")

static const struct export_row log_rows[] = {LOG_ROWS};

static const struct export_row layer_log_rows[] = {ROW_FIELD("LayerNameDescription", LAYER_WORD),
                                                   ROW_END, LOG_ROWS};

static bool key_layer_log(const struct export_event *x, struct json_out_key *key)
{
    bool has = export_key_record(x, key);
    key->of[4] = (uintptr_t)x->layer_word;
    return has;
}

static const struct export_row host_rows[] = {
    ROW_CONSTANT("\"host\":{\"os\":{\"type\":\"windows\",\"family\":\"windows\"}"),
    ROW_FIELD("name", COMPUTER),
    ROW_END,
};

static const struct export_row related_begin_rows[] = {ROW_OBJECT("related")};

static const struct export_row end_rows[] = {ROW_END};

/* ---- what differs from event to event ------------------------------------------------------- */

/* Written by code: as rows it would take more time than all the rest of a line. */

struct ecs_ip {
    char text[TEXT_IP_MAX + 2]; /* in quotes */
    size_t n;                   /* 0: there is none */
};

static void ecs_ip_of(struct ecs_ip *ip, const wfpw_endpoint *e)
{
    ip->n = 0;
    if (e->family == 0)
        return;
    ip->text[0] = '"';
    ip->n = 1 + text_ip(ip->text + 1, e->addr, e->family);
    ip->text[ip->n++] = '"';
}

/* As the record has it, with the zone of an address that needs one. */
static char *put_address(char *p, const struct export_event *x, const wfpw_endpoint *e,
                         const struct ecs_ip *ip)
{
    bool zone = e->family == 6 && e->scope_id != 0 && (x->ev->present & WFPW_HAS_SCOPE_ID) != 0;
    p = json_out_plain(JSON_OUT_KEY(p, "address"), ip->text, ip->n);
    if (zone) {
        p = json_out_number(JSON_OUT_PUT(p - 1, "%"), e->scope_id);
        *p++ = '"';
    }
    p = json_out_plain(JSON_OUT_PUT(p, ",\"ip\":"), ip->text, ip->n);
    return json_out_comma(p);
}

/* The other side's frame address and account, which few records have. */
static char *put_peer(struct json_out *o, char *p, const struct export_event *x, bool is_source)
{
    struct export_value v;
    const wfpw_mac *m = x->ev->mac;
    bool is_local = is_source != x->inbound;
    if (m != NULL) {
        p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"mac\":\"");
        p = JSON_OUT_PUT(export_mac(p, is_local ? m->local : m->remote), "\",");
    }
    export_value_get(x, is_source ? OF_SOURCE_USER : OF_DESTINATION_USER, &v);
    if (v.kind == KIND_ABSENT)
        return p;
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "\"user\":{\"id\":");
    p = json_out_text(o, p, v.text, v.length, false);
    return json_out_close(json_out_comma(json_out_room(o, p, 3)), '}');
}

static bool has_peer(const struct export_event *x, bool is_source)
{
    struct export_value v;
    if ((x->has & (NEED_PEERS | NEED_MAC)) == 0)
        return false;
    export_value_get(x, is_source ? OF_SOURCE_USER : OF_DESTINATION_USER, &v);
    return x->ev->mac != NULL || v.kind != KIND_ABSENT;
}

static char *put_side(struct json_out *o, char *p, const struct export_event *x,
                      const struct ecs_ip *ip, bool is_source)
{
    const wfpw_endpoint *e = is_source ? x->source : x->destination;
    uint32_t bit = is_source != x->inbound ? WFPW_HAS_LOCAL_PORT : WFPW_HAS_REMOTE_PORT;
    bool has_port = (x->ev->present & bit) != 0 && !x->icmp, peer = has_peer(x, is_source);
    if (ip->n == 0 && !has_port && !peer)
        return p;
    p = json_out_room(o, p, 6 * JSON_OUT_MEMBER);
    p = is_source ? JSON_OUT_OPEN(p, "source") : JSON_OUT_OPEN(p, "destination");
    if (ip->n > 0)
        p = put_address(p, x, e, ip);
    p = NUMBER_IF(p, has_port, "port", e->port);
    if (peer)
        p = put_peer(o, p, x, is_source);
    return json_out_close(json_out_room(o, p, 2), '}');
}

static char *put_sides(struct json_out *o, char *p, const struct export_event *x,
                       struct ecs_ip ips[2])
{
    ecs_ip_of(&ips[0], x->source);
    ecs_ip_of(&ips[1], x->destination);
    p = put_side(o, p, x, &ips[0], true);
    return put_side(o, p, x, &ips[1], false);
}

static char *put_head(struct json_out *o, char *p, const wfpw_event *ev)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 4 * JSON_OUT_MEMBER), "{");
    if (ev->time != 0)
        p = TIME(p, "@timestamp", ev->time);
    return NUMBER(JSON_OUT_OPEN(p, "event"), "sequence", ev->seq);
}

/* ---- sections ------------------------------------------------------------------------------- */

static const struct export_section what_sections[] = {
    SECTION_KEYED(event_rows, UINT32_MAX, export_key_what, PART_WHY),
    SECTION_KEYED(network_rows, CLASS_NETWORK, export_key_flow, PART_FLOW),
};

static const struct export_section who_sections[] = {
    SECTION(process_rows, UINT32_MAX, NEED_PROCESS),
    SECTION_NEEDED(app_rows, UINT32_MAX, NEED_PROCESS, key_app, PART_APP),
    SECTION_NEEDED(user_rows, UINT32_MAX, NEED_USER, export_key_user, PART_USER),
    SECTION(error_rows, UINT32_MAX, NEED_RESULT),
};

/* Behind the addresses; without these, the first begins the object. */
static const struct export_section related_sections[] = {
    SECTION(related_begin_rows, UINT32_MAX, 0),
    SECTION_KEYED(related_rows, UINT32_MAX, key_related, PART_RELATED),
    SECTION(end_rows, UINT32_MAX, 0),
    SECTION(tag_rows, UINT32_MAX, NEED_FLAGS),
    SECTION_KEYED(rule_rows, UINT32_MAX, export_key_filter, PART_FILTER),
    SECTION_NEEDED(place_rows, CLASS_NETWORK, NEED_PLACE, export_key_place, PART_PLACE),
    SECTION_KEYED(host_rows, UINT32_MAX, export_key_record, PART_HOST),
};

static const struct export_section log_sections[] = {
    SECTION_NEEDED(layer_log_rows, UINT32_MAX, NEED_LAYER_WORD, key_layer_log, PART_AUDIT),
    SECTION_NEEDED(log_rows, UINT32_MAX, NEED_NO_LAYER_WORD, export_key_record, PART_LOG),
};

#define PUT_SECTIONS(o, p, x, list) export_sections(o, p, x, list, sizeof(list) / sizeof *(list))

static char *put_related(struct json_out *o, char *p, const struct export_event *x,
                         const struct ecs_ip ips[2])
{
    const size_t count = sizeof related_sections / sizeof *related_sections;
    if (ips[0].n == 0 && ips[1].n == 0)
        return export_sections(o, p, x, related_sections, (uint32_t)count);
    p = JSON_OUT_PUT(json_out_room(o, p, 4 * JSON_OUT_MEMBER), "\"related\":{\"ip\":[");
    for (size_t i = 0; i < 2; i++)
        if (ips[i].n > 0)
            p = json_out_comma(json_out_plain(p, ips[i].text, ips[i].n));
    return export_sections(o, json_out_close(p, ']'), x, related_sections + 1, (uint32_t)count - 1);
}

/* The record, and the beginning of what is ours. */
static char *put_record(struct json_out *o, char *p, const struct export_event *x)
{
    const wfpw_audit *a = x->ev->audit;
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    if (a == NULL)
        return JSON_OUT_OPEN(p, "wfpwatch");
    p = json_out_number(JSON_OUT_PUT(JSON_OUT_OPEN(p, "winlog"), "\"record_id\":\""), a->record_id);
    p = JSON_OUT_PUT(p, "\",");
    if (a->field_count > 0) {
        p = json_audit_fields(o, JSON_OUT_OPEN(p, "event_data"), a);
        p = json_out_room(o, p, 2);
        p = x->layer_word != NULL ? p : json_out_close(p, '}'); /* or its word comes first */
    }
    return PUT_SECTIONS(o, p, x, log_sections);
}

char *export_ecs(struct json_out *o, char *p, const struct export_event *x)
{
    struct ecs_ip ips[2];
    p = PUT_SECTIONS(o, put_head(o, p, x->ev), x, what_sections);
    p = PUT_SECTIONS(o, put_sides(o, p, x, ips), x, who_sections);
    p = put_record(o, put_related(o, p, x, ips), x);
    p = export_sections(o, p, x, export_own_sections, EXPORT_OWN_SECTIONS);
    p = json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
    return json_out_close(p, '}') - 1;
}
