/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Open Cybersecurity Schema Framework 1.8.0. What a class does not know stands in `unmapped`; every
 * id has its caption beside it. */
#include "export/schema/formats.h"
#include "export/schema/row.h"

enum {
    WITH_DEVICE = CLASS_NETWORK | CLASS_RESOURCE | CLASS_CONFIG | CLASS_LOG,
    ALL_CLASSES = WITH_DEVICE | CLASS_BASE
};

/* ---- what a class is ------------------------------------------------------------------------ */

#define CLASS_CONSTANTS(uid, name, category, category_name)                                        \
    ROW_CONSTANT("\"class_uid\":" uid ",\"class_name\":\"" name "\",\"category_uid\":" category    \
                 ",\"category_name\":\"" category_name "\"")

static const struct export_row network_class[] = {
    CLASS_CONSTANTS("4001", "Network Activity", "4", "Network Activity")};
static const struct export_row resource_class[] = {
    CLASS_CONSTANTS("201003", "Windows Resource Activity", "1", "System Activity")};
static const struct export_row config_class[] = {
    CLASS_CONSTANTS("5019", "Device Config State Change", "5", "Discovery")};
static const struct export_row log_class[] = {
    CLASS_CONSTANTS("1008", "Event Log Activity", "1", "System Activity"),
    ROW_CONSTANT("\"log_name\":\"Security\"")};
static const struct export_row base_class[] = {
    CLASS_CONSTANTS("0", "Base Event", "0", "Uncategorized")};

static const struct export_row what_rows[] = {
    ROW_FIELD("activity_name", OCSF_ACTIVITY_NAME),
    ROW_FIELD("type_uid", OCSF_TYPE),
    ROW_FIELD("severity_id", OCSF_SEVERITY),
    ROW_FIELD("severity", OCSF_SEVERITY_NAME),
    ROW_FIELD("status_id", OCSF_STATUS),
    ROW_FIELD("status", OCSF_STATUS_NAME),
    ROW_FIELD("status_code", REASON),
    ROW_FIELD("status_detail", WHY),
};

static const struct export_row activity_rows[] = {ROW_FIELD("activity_id", OCSF_ACTIVITY)};
static const struct export_row other_activity_rows[] = {ROW_CONSTANT("\"activity_id\":99")};

static const struct export_row decision_rows[] = {
    ROW_FIELD("action_id", OCSF_ACTION),
    ROW_FIELD("action", OCSF_ACTION_NAME),
    ROW_FIELD("disposition_id", OCSF_DISPOSITION),
    ROW_FIELD("disposition", OCSF_DISPOSITION_NAME),
};

static const struct export_row confidence_rows[] = {
    ROW_FIELD("confidence_id", OCSF_CONFIDENCE),
    ROW_FIELD("confidence", OCSF_CONFIDENCE_NAME),
};

/* ---- where it was seen ---------------------------------------------------------------------- */

static const struct export_row time_rows[] = {
    ROW_FIELD("time", TIME_MS),
    ROW_OBJECT("metadata"),
    ROW_FIELD("sequence", SEQ),
    ROW_FIELD("original_time", TIME),
    ROW_QUOTED("original_event_uid", RECORD_ID),
};

#define PRODUCT "\"product\":{\"name\":\"wfpwatch\",\"version\":\"" WFPW_VERSION_STRING "\"}"

static const struct export_row metadata_rows[] = {
    ROW_CONSTANT("\"version\":\"1.8.0\"," PRODUCT),
    ROW_QUOTED("event_code", CODE),
    ROW_FIELD("log_name", CHANNEL),
    ROW_FIELD("log_provider", RECORD_PROVIDER),
    ROW_FIELD("log_level", AUDIT_RESULT),
    ROW_FIELD("source", SOURCE),
    ROW_IF_FLAG("\"is_truncated\":true", WFPW_EVENT_TRUNCATED),
};

static const struct export_row network_profiles[] = {
    ROW_CONSTANT("\"profiles\":[\"host\",\"security_control\"]")};
static const struct export_row host_profiles[] = {ROW_CONSTANT("\"profiles\":[\"host\"]")};
static const struct export_row extension_rows[] = {
    ROW_CONSTANT("\"extensions\":[{\"name\":\"win\",\"uid\":\"2\",\"version\":\"1.8.0\"}]")};
static const struct export_row end_rows[] = {ROW_END};

static const struct export_row device_rows[] = {
    ROW_OBJECT("device"),
    ROW_FIELD("hostname", COMPUTER),
    ROW_IF_OPEN("\"type_id\":0,\"type\":\"Unknown\""),
    ROW_IF_OPEN("\"os\":{\"name\":\"Windows\",\"type_id\":100,\"type\":\"Windows\"}"),
    ROW_END,
};

/* ---- traffic -------------------------------------------------------------------------------- */

static const struct export_row flow_rows[] = {
    ROW_OBJECT("connection_info"),
    ROW_FIELD("direction_id", OCSF_DIRECTION),
    ROW_FIELD("direction", OCSF_DIRECTION_NAME),
    ROW_FIELD("protocol_num", PROTOCOL),
    ROW_FIELD("protocol_name", TRANSPORT),
    ROW_FIELD("protocol_ver_id", IP_VERSION_NUMBER),
    ROW_FIELD("protocol_ver", OCSF_IP_VERSION),
    ROW_FIELD("boundary_id", OCSF_BOUNDARY),
    ROW_FIELD("boundary", OCSF_BOUNDARY_NAME),
    ROW_END,
    ROW_FIELD("observation_point_id", OCSF_POINT),
    ROW_FIELD("observation_point", OCSF_POINT_NAME),
    ROW_FIELD("is_src_dst_assignment_known", OCSF_ASSIGNED),
};

static const struct export_row side_rows[] = {
    ROW_OBJECT("src_endpoint"),
    ROW_FIELD("ip", SOURCE_IP),
    ROW_FIELD("uid", SOURCE_MAC),
    ROW_FIELD("mac", SOURCE_MAC),
    ROW_MEMBER("port", SOURCE_PORT),
    ROW_QUOTED("interface_uid", OUTBOUND_INTERFACE),
    ROW_MEMBER("zone", OUTBOUND_PROFILE),
    ROW_OBJECT("owner"),
    ROW_FIELD("uid", SOURCE_USER),
    ROW_END,
    ROW_END,
    ROW_OBJECT("dst_endpoint"),
    ROW_FIELD("ip", DESTINATION_IP),
    ROW_FIELD("uid", DESTINATION_MAC),
    ROW_FIELD("mac", DESTINATION_MAC),
    ROW_MEMBER("port", DESTINATION_PORT),
    ROW_QUOTED("interface_uid", INBOUND_INTERFACE),
    ROW_MEMBER("zone", INBOUND_PROFILE),
    ROW_OBJECT("owner"),
    ROW_FIELD("uid", DESTINATION_USER),
    ROW_END,
    ROW_END,
};

/* A process needs its id; what has none is an app only. */
static const struct export_row actor_rows[] = {
    ROW_OBJECT("actor"),
    ROW_FIELD("app_name", PROCESS_NAME),
    ROW_FIELD("app_uid", DEVICE_PATH),
    ROW_OBJECT("process"),
    ROW_FIELD("pid", PID),
    ROW_MEMBER("name", PROCESS_NAME),
    ROW_MEMBER("path", APP),
    ROW_OBJECT("file"),
    ROW_FIELD("name", PID_PROCESS_NAME),
    ROW_MEMBER("path", APP),
    ROW_IF_OPEN("\"type_id\":1,\"type\":\"Regular File\""),
    ROW_END,
    ROW_END,
    ROW_OBJECT("user"),
    ROW_FIELD("uid", USER_SID),
    ROW_FIELD("name", USER_ACCOUNT),
    ROW_FIELD("domain", USER_DOMAIN),
    ROW_END,
    ROW_END,
};

static const struct export_row rule_rows[] = {
    ROW_OBJECT("firewall_rule"),
    ROW_QUOTED("uid", FILTER_ID),
    ROW_FIELD("name", FILTER_NAME),
    ROW_MEMBER("category", FILTER_ORIGIN),
    ROW_MEMBER("type", FILTER_ACTION),
    ROW_MEMBER("desc", FILTER_DESCRIPTION),
    ROW_MEMBER("condition", FILTER_CONDITION),
    ROW_END,
    ROW_OBJECT("policy"),
    ROW_FIELD("uid", FILTER_PROVIDER),
    ROW_FIELD("name", FILTER_PROVIDER_NAME),
    ROW_IF_OPEN("\"type\":\"WFP provider\""),
    ROW_END,
};

#define OBSERVABLE(name, id, type_id, type)                                                        \
    ROW_OBJECT_ITEM, ROW_FIELD("value", id),                                                       \
        ROW_IF_OPEN("\"name\":\"" name "\",\"type_id\":" type_id ",\"type\":\"" type "\""),        \
        ROW_END

static const struct export_row observable_rows[] = {
    ROW_ARRAY("observables"),
    OBSERVABLE("src_endpoint.ip", SOURCE_IP, "2", "IP Address"),
    OBSERVABLE("dst_endpoint.ip", DESTINATION_IP, "2", "IP Address"),
    OBSERVABLE("actor.app_name", PROCESS_NAME, "9", "Process Name"),
    OBSERVABLE("actor.user.uid", USER_SID, "31", "User Object: uid"),
    ROW_ARRAY_END,
};

/* ---- changes -------------------------------------------------------------------------------- */

static const struct export_row resource_rows[] = {
    ROW_CONSTANT("\"win_resource\":{\"type_id\":39,\"type\":\"WFP Filter\""),
    ROW_FIELD("name", LOG_OBJECT),
    ROW_FIELD("uid", OCSF_RESOURCE_UID),
    ROW_END,
};

static const struct export_row gap_rows[] = {ROW_FIELD("count", LOST)};

static const struct export_row aggregate_rows[] = {ROW_FIELD("count", AGGREGATE_COUNT),
                                                   ROW_FIELD("start_time", AGGREGATE_FIRST_MS),
                                                   ROW_FIELD("end_time", AGGREGATE_LAST_MS)};

/* ---- the event ------------------------------------------------------------------------------ */

static const struct export_row own_rows[] = {ROW_BEGIN("\"unmapped\":{\"wfpwatch\":{")};

static const struct export_row data_rows[] = {
    ROW_OBJECT("data"),
    ROW_ITEM(DATA),
    ROW_END,
};

static const struct export_section before_own[] = {
    SECTION(network_class, CLASS_NETWORK, 0),
    SECTION(resource_class, CLASS_RESOURCE, 0),
    SECTION(config_class, CLASS_CONFIG, 0),
    SECTION(log_class, CLASS_LOG, 0),
    SECTION(base_class, CLASS_BASE, 0),
    SECTION(activity_rows, WITH_DEVICE, 0),
    SECTION(other_activity_rows, CLASS_BASE, 0),
    SECTION_KEYED(what_rows, ALL_CLASSES, export_key_what, PART_WHY),
    SECTION_KEYED(decision_rows, CLASS_NETWORK, export_key_what, PART_ACTION),
    SECTION(confidence_rows, CLASS_NETWORK, 0),
    SECTION(time_rows, ALL_CLASSES, 0),
    SECTION(metadata_rows, ALL_CLASSES, 0),
    SECTION(network_profiles, CLASS_NETWORK, 0),
    SECTION(host_profiles, WITH_DEVICE & ~CLASS_NETWORK, 0),
    SECTION(extension_rows, CLASS_RESOURCE, 0),
    SECTION(end_rows, ALL_CLASSES, 0),
    SECTION_KEYED(device_rows, WITH_DEVICE, export_key_record, PART_HOST),
    SECTION_KEYED(flow_rows, CLASS_NETWORK, export_key_flow, PART_FLOW),
    SECTION(side_rows, CLASS_NETWORK, 0),
    SECTION(actor_rows, WITH_DEVICE, 0),
    SECTION_KEYED(rule_rows, CLASS_NETWORK, export_key_filter, PART_FILTER),
    SECTION(observable_rows, CLASS_NETWORK, 0),
    SECTION(resource_rows, CLASS_RESOURCE, 0),
    SECTION(gap_rows, CLASS_BASE, 0),
    SECTION(aggregate_rows, CLASS_NETWORK, NEED_ODDS),
    SECTION(own_rows, ALL_CLASSES, 0),
};

static const struct export_section after_own[] = {
    SECTION(data_rows, ALL_CLASSES, 0),
};

/* Whether the event has what its class demands: an address; a device, and who did it. */
static bool has_demanded(const struct export_event *x)
{
    const wfpw_event *ev = x->ev;
    bool device = ev->audit != NULL && ev->audit->computer != NULL;
    bool actor =
        (ev->present & WFPW_HAS_PROCESS_ID) != 0 || ev->user_sid != NULL || ev->device_path != NULL;
    switch (x->ocsf_class) {
    case CLASS_NETWORK:
        return ev->local.family != 0 || ev->remote.family != 0 || ev->mac != NULL;
    case CLASS_RESOURCE:
        return device && actor;
    case CLASS_CONFIG:
        return device;
    default:
        return true;
    }
}

char *export_ocsf(struct json_out *o, char *p, const struct export_event *event)
{
    struct export_event x = *event;
    if (x.ocsf_class == CLASS_BASE || !has_demanded(&x)) {
        x.ocsf_class = CLASS_BASE;
        x.ocsf_activity = 99;
    }
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "{");
    p = export_sections(o, p, &x, before_own, sizeof before_own / sizeof *before_own);
    p = export_sections(o, p, &x, export_own_sections, EXPORT_OWN_SECTIONS);
    p = export_sections(o, p, &x, after_own, 1);
    p = json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
    return json_out_close(json_out_close(p, '}'), '}') - 1;
}
