/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Microsoft Sentinel's ASIM: NetworkSession 0.2.6, and AuditEvent 0.1 for what is no traffic. The
 * names are columns of tables; what they have no column for stands in AdditionalFields. */
#include "export/schema/formats.h"
#include "export/schema/row.h"

enum { CHANGES = CLASS_RESOURCE | CLASS_CONFIG | CLASS_LOG | CLASS_BASE };

static const struct export_row time_rows[] = {
    ROW_FIELD("TimeGenerated", TIME), ROW_FIELD("EventStartTime", START_TIME),
    ROW_FIELD("EventEndTime", TIME), ROW_QUOTED("EventOriginalUid", RECORD_ID)};

static const struct export_row network_schema[] = {
    ROW_CONSTANT("\"EventSchema\":\"NetworkSession\",\"EventSchemaVersion\":\"0.2.6\""),
    ROW_FIELD("EventType", ASIM_TYPE), ROW_FIELD("EventSubType", ASIM_OPERATION)};

static const struct export_row change_schema[] = {
    ROW_CONSTANT("\"EventSchema\":\"AuditEvent\",\"EventSchemaVersion\":\"0.1\""),
    ROW_FIELD("EventType", ASIM_OPERATION), ROW_FIELD("Operation", ECS_ACTION)};

static const struct export_row what_rows[] = {
    ROW_FIELD("EventCount", EVENT_COUNT),
    ROW_CONSTANT("\"EventVendor\":\"Microsoft\",\"EventProduct\":\"Windows Firewall\""),
    ROW_QUOTED("EventOriginalType", CODE),
    ROW_FIELD("EventResult", ASIM_RESULT),
    ROW_FIELD("EventResultDetails", ASIM_DETAILS),
    ROW_FIELD("EventOriginalResultDetails", REASON),
    ROW_FIELD("EventSeverity", ASIM_SEVERITY),
};

static const struct export_row device_rows[] = {
    ROW_FIELD("Dvc", COMPUTER),
    ROW_FIELD("DvcHostname", COMPUTER),
    ROW_CONSTANT("\"DvcOs\":\"Windows\""),
};

static const struct export_row flow_rows[] = {
    ROW_FIELD("DvcAction", ASIM_ACTION),
    ROW_FIELD("NetworkDirection", ASIM_DIRECTION),
    ROW_CAPITAL("NetworkProtocol", TRANSPORT),
    ROW_FIELD("NetworkProtocolVersion", ASIM_IP_VERSION),
};

static const struct export_row message_rows[] = {ROW_FIELD("EventMessage", REMEDY)};

static const struct export_row side_rows[] = {
    ROW_FIELD("DvcOriginalAction", ASIM_ORIGINAL_ACTION),
    ROW_FIELD("SrcIpAddr", SOURCE_IP),
    ROW_FIELD("SrcPortNumber", SOURCE_PORT),
    ROW_FIELD("SrcMacAddr", SOURCE_MAC),
    ROW_FIELD("DstIpAddr", DESTINATION_IP),
    ROW_FIELD("DstPortNumber", DESTINATION_PORT),
    ROW_FIELD("DstMacAddr", DESTINATION_MAC),
    ROW_FIELD("Src", SOURCE_IP),
    ROW_FIELD("Dst", DESTINATION_IP),
    ROW_FIELD("IpAddr", SOURCE_IP),
    ROW_QUOTED("NetworkIcmpType", ICMP_TYPE),
    ROW_FIELD("NetworkIcmpCode", ICMP_CODE),
    ROW_FIELD("SrcProcessName", ASIM_SOURCE_APP),
    ROW_FIELD("SrcAppName", ASIM_SOURCE_APP),
    ROW_FIELD("SrcAppType", ASIM_SOURCE_APP_TYPE),
    ROW_QUOTED("SrcProcessId", ASIM_SOURCE_PID),
    ROW_FIELD("SrcUserId", ASIM_SOURCE_SID),
    ROW_FIELD("SrcUserIdType", ASIM_SOURCE_SID_TYPE),
    ROW_FIELD("SrcUsername", ASIM_SOURCE_NAME),
    ROW_FIELD("SrcUsernameType", ASIM_SOURCE_NAME_TYPE),
    ROW_FIELD("DstProcessName", ASIM_DESTINATION_APP),
    ROW_FIELD("DstAppName", ASIM_DESTINATION_APP),
    ROW_FIELD("DstAppType", ASIM_DESTINATION_APP_TYPE),
    ROW_QUOTED("DstProcessId", ASIM_DESTINATION_PID),
    ROW_FIELD("DstUserId", ASIM_DESTINATION_SID),
    ROW_FIELD("DstUserIdType", ASIM_DESTINATION_SID_TYPE),
    ROW_FIELD("DstUsername", ASIM_DESTINATION_NAME),
    ROW_FIELD("DstUsernameType", ASIM_DESTINATION_NAME_TYPE),
};

static const struct export_row rule_rows[] = {
    ROW_QUOTED("NetworkRuleName", ASIM_RULE),
    ROW_QUOTED("Rule", ASIM_RULE),
};

static const struct export_row place_rows[] = {
    ROW_FIELD("SrcZone", OUTBOUND_PROFILE),
    ROW_FIELD("DstZone", INBOUND_PROFILE),
    ROW_QUOTED("DvcInboundInterface", INBOUND_INTERFACE),
    ROW_QUOTED("DvcOutboundInterface", OUTBOUND_INTERFACE),
};

static const struct export_row change_rows[] = {
    ROW_FIELD("Object", LOG_OBJECT),    ROW_CONSTANT("\"ObjectType\":\"Policy Rule\""),
    ROW_FIELD("ActorUserId", USER_SID), ROW_FIELD("ActorUsername", USER_NAME),
    ROW_FIELD("ActingAppName", APP),
};

static const struct export_row own_rows[] = {ROW_BEGIN("\"AdditionalFields\":{"),
                                             ROW_FIELD("Seq", SEQ),
                                             ROW_FIELD("App", DEVICE_PATH),
                                             ROW_QUOTED("ProcessId", PID),
                                             ROW_FIELD("FilterOrigin", FILTER_ORIGIN),
                                             ROW_QUOTED("FilterId", FILTER_ID)};

static const struct export_row data_rows[] = {
    ROW_OBJECT("data"),
    ROW_ITEM(DATA),
    ROW_END,
};

static const struct export_section before_own[] = {
    SECTION(time_rows, UINT32_MAX, 0),
    SECTION(network_schema, CLASS_NETWORK, 0),
    SECTION(change_schema, CHANGES, 0),
    SECTION_KEYED(what_rows, UINT32_MAX, export_key_what, PART_WHY),
    SECTION_KEYED(device_rows, UINT32_MAX, export_key_record, PART_HOST),
    SECTION_KEYED(flow_rows, CLASS_NETWORK, export_key_flow, PART_FLOW),
    SECTION_KEYED(message_rows, UINT32_MAX, export_key_remedy, PART_MESSAGE),
    SECTION(side_rows, CLASS_NETWORK, 0),
    SECTION_KEYED(rule_rows, CLASS_NETWORK, export_key_filter, PART_FILTER),
    SECTION_NEEDED(place_rows, CLASS_NETWORK, NEED_PLACE, export_key_place, PART_PLACE),
    SECTION(change_rows, CHANGES, 0),
    SECTION(own_rows, UINT32_MAX, 0),
};

static const struct export_section after_own[] = {
    SECTION(data_rows, UINT32_MAX, 0),
};

char *export_asim(struct json_out *o, char *p, const struct export_event *x)
{
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "{");
    p = export_sections(o, p, x, before_own, sizeof before_own / sizeof *before_own);
    p = export_sections(o, p, x, export_own_sections, EXPORT_OWN_SECTIONS);
    p = export_sections(o, p, x, after_own, 1);
    p = json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
    return json_out_close(p, '}') - 1;
}
