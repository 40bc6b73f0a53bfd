/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Microsoft Sentinel's ASIM: NetworkSession 0.2.6, and AuditEvent 0.1 for what is no traffic. The
 * names are columns of tables; what they have no column for stands in AdditionalFields. */
#include "export/schema/formats.h"
#include "export/schema/row.h"

enum { CHANGES = CLASS_RESOURCE | CLASS_CONFIG | CLASS_LOG | CLASS_BASE };

static const struct export_row time_rows[] = {
    ROW("TimeGenerated", TIME), ROW("EventStartTime", TIME), ROW("EventEndTime", TIME),
    ROW_QUOTED("EventOriginalUid", RECORD_ID)};

static const struct export_row network_schema[] = {
    ROW_CONSTANT("\"EventSchema\":\"NetworkSession\",\"EventSchemaVersion\":\"0.2.6\""),
    ROW("EventType", ASIM_TYPE)};

static const struct export_row change_schema[] = {
    ROW_CONSTANT("\"EventSchema\":\"AuditEvent\",\"EventSchemaVersion\":\"0.1\""),
    ROW("EventType", ASIM_OPERATION), ROW("Operation", ECS_ACTION)};

static const struct export_row what_rows[] = {
    ROW_CONSTANT("\"EventCount\":1,\"EventVendor\":\"Microsoft\","
                 "\"EventProduct\":\"Windows Firewall\""),
    ROW_QUOTED("EventOriginalType", CODE),
    ROW("EventResult", ASIM_RESULT),
    ROW("EventResultDetails", ASIM_DETAILS),
    ROW("EventOriginalResultDetails", REASON),
    ROW("EventSeverity", ASIM_SEVERITY),
};

static const struct export_row device_rows[] = {
    ROW("Dvc", COMPUTER),
    ROW("DvcHostname", COMPUTER),
    ROW_CONSTANT("\"DvcOs\":\"Windows\""),
};

static const struct export_row flow_rows[] = {
    ROW("DvcAction", ASIM_ACTION),
    ROW("NetworkDirection", ASIM_DIRECTION),
    ROW_CAPITAL("NetworkProtocol", TRANSPORT),
    ROW("NetworkProtocolVersion", ASIM_IP_VERSION),
};

static const struct export_row message_rows[] = {ROW("EventMessage", REMEDY)};

static const struct export_row side_rows[] = {
    ROW("DvcOriginalAction", ASIM_ORIGINAL_ACTION),
    ROW("SrcIpAddr", SOURCE_IP),
    ROW("SrcPortNumber", SOURCE_PORT),
    ROW("SrcMacAddr", SOURCE_MAC),
    ROW("DstIpAddr", DESTINATION_IP),
    ROW("DstPortNumber", DESTINATION_PORT),
    ROW("DstMacAddr", DESTINATION_MAC),
    ROW("Src", SOURCE_IP),
    ROW("Dst", DESTINATION_IP),
    ROW("IpAddr", SOURCE_IP),
    ROW_QUOTED("NetworkIcmpType", ICMP_TYPE),
    ROW("NetworkIcmpCode", ICMP_CODE),
    ROW("SrcProcessName", ASIM_SOURCE_APP),
    ROW("SrcAppName", ASIM_SOURCE_APP),
    ROW("SrcAppType", ASIM_SOURCE_APP_TYPE),
    ROW_QUOTED("SrcProcessId", ASIM_SOURCE_PID),
    ROW("SrcUserId", ASIM_SOURCE_SID),
    ROW("SrcUserIdType", ASIM_SOURCE_SID_TYPE),
    ROW("SrcUsername", ASIM_SOURCE_NAME),
    ROW("SrcUsernameType", ASIM_SOURCE_NAME_TYPE),
    ROW("DstProcessName", ASIM_DESTINATION_APP),
    ROW("DstAppName", ASIM_DESTINATION_APP),
    ROW("DstAppType", ASIM_DESTINATION_APP_TYPE),
    ROW_QUOTED("DstProcessId", ASIM_DESTINATION_PID),
    ROW("DstUserId", ASIM_DESTINATION_SID),
    ROW("DstUserIdType", ASIM_DESTINATION_SID_TYPE),
    ROW("DstUsername", ASIM_DESTINATION_NAME),
    ROW("DstUsernameType", ASIM_DESTINATION_NAME_TYPE),
};

static const struct export_row rule_rows[] = {
    ROW_QUOTED("NetworkRuleName", ASIM_RULE),
    ROW_QUOTED("Rule", ASIM_RULE),
};

static const struct export_row place_rows[] = {
    ROW("SrcZone", OUTBOUND_PROFILE),
    ROW("DstZone", INBOUND_PROFILE),
    ROW_QUOTED("DvcInboundInterface", INBOUND_INTERFACE),
    ROW_QUOTED("DvcOutboundInterface", OUTBOUND_INTERFACE),
};

static const struct export_row change_rows[] = {
    ROW("Object", LOG_OBJECT),    ROW_CONSTANT("\"ObjectType\":\"Policy Rule\""),
    ROW("ActorUserId", USER_SID), ROW("ActorUsername", USER_NAME),
    ROW("ActingAppName", APP),
};

static const struct export_row own_rows[] = {ROW_BEGIN("\"AdditionalFields\":{"),
                                             ROW("Seq", SEQ),
                                             ROW("App", DEVICE_PATH),
                                             ROW_QUOTED("ProcessId", PID),
                                             ROW("FilterOrigin", FILTER_ORIGIN),
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
