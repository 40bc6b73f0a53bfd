/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Elastic Common Schema, with the names and values that Elastic's own pipeline of the Security log
 * gives (elastic/integrations, packages/system), so that rules written for it find our events. */
#include "export/schema/formats.h"
#include "export/schema/row.h"

static const struct export_row head_rows[] = {ROW_FIELD("@timestamp", TIME), ROW_OBJECT("event"),
                                              ROW_FIELD("sequence", SEQ)};

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

static const struct export_row side_rows[] = {
    ROW_OBJECT("source"),
    ROW_FIELD("address", SOURCE_ADDRESS),
    ROW_FIELD("ip", SOURCE_IP),
    ROW_FIELD("port", SOURCE_PORT),
};

static const struct export_row source_peer_rows[] = {
    ROW_FIELD("mac", SOURCE_MAC), ROW_OBJECT("user"), ROW_FIELD("id", SOURCE_USER), ROW_END};

static const struct export_row other_side_rows[] = {
    ROW_END,
    ROW_OBJECT("destination"),
    ROW_FIELD("address", DESTINATION_ADDRESS),
    ROW_FIELD("ip", DESTINATION_IP),
    ROW_FIELD("port", DESTINATION_PORT),
};

static const struct export_row destination_peer_rows[] = {
    ROW_FIELD("mac", DESTINATION_MAC), ROW_OBJECT("user"), ROW_FIELD("id", DESTINATION_USER),
    ROW_END};

static const struct export_row end_rows[] = {ROW_END};

static const struct export_row process_rows[] = {ROW_BEGIN("\"process\":{"), ROW_FIELD("pid", PID)};

static const struct export_row app_rows[] = {
    ROW_FIELD("name", PROCESS_NAME),
    ROW_FIELD("executable", APP),
};

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
    ROW_END,
};

static const struct export_row related_rows[] = {
    ROW_OBJECT("related"),    ROW_ARRAY("ip"), ROW_ITEM(SOURCE_IP),
    ROW_ITEM(DESTINATION_IP), ROW_ARRAY_END,
};

static const struct export_row related_name_rows[] = {
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

static const struct export_row record_rows[] = {ROW_OBJECT("winlog"),
                                                ROW_QUOTED("record_id", RECORD_ID),
                                                ROW_OBJECT("event_data"), ROW_ITEM(DATA)};

static const struct export_row layer_word_rows[] = {ROW_FIELD("LayerNameDescription", LAYER_WORD)};

static const struct export_row log_rows[] = {
    ROW_QUOTED("event_id", EVENT_ID),
    ROW_FIELD("version", RECORD_VERSION),
    ROW_FIELD("channel", CHANNEL),
    ROW_FIELD("provider_name", RECORD_PROVIDER),
    ROW_FIELD("computer_name", COMPUTER),
    ROW_ARRAY("keywords"),
    ROW_ITEM(AUDIT_RESULT),
    ROW_ARRAY_END,
    ROW_END,
};

static const struct export_row host_rows[] = {
    ROW_CONSTANT("\"host\":{\"os\":{\"type\":\"windows\",\"family\":\"windows\"}"),
    ROW_FIELD("name", COMPUTER),
    ROW_END,
};

static const struct export_row own_rows[] = {ROW_BEGIN("\"wfpwatch\":{")};

static const struct export_section before_own[] = {
    SECTION(head_rows, UINT32_MAX, 0),
    SECTION_KEYED(event_rows, UINT32_MAX, export_key_what, PART_WHY),
    SECTION_KEYED(network_rows, CLASS_NETWORK, export_key_flow, PART_FLOW),
    SECTION(side_rows, UINT32_MAX, 0),
    SECTION(source_peer_rows, UINT32_MAX, NEED_PEERS | NEED_MAC),
    SECTION(other_side_rows, UINT32_MAX, 0),
    SECTION(destination_peer_rows, UINT32_MAX, NEED_PEERS | NEED_MAC),
    SECTION(end_rows, UINT32_MAX, 0),
    SECTION(process_rows, UINT32_MAX, NEED_PROCESS),
    SECTION_KEYED(app_rows, UINT32_MAX, export_key_app, PART_APP),
    SECTION(end_rows, UINT32_MAX, NEED_PROCESS),
    SECTION_NEEDED(user_rows, UINT32_MAX, NEED_USER, export_key_user, PART_USER),
    SECTION(error_rows, UINT32_MAX, NEED_RESULT),
    SECTION(related_rows, UINT32_MAX, 0),
    SECTION_KEYED(related_name_rows, UINT32_MAX, key_related, PART_RELATED),
    SECTION(end_rows, UINT32_MAX, 0),
    SECTION(tag_rows, UINT32_MAX, NEED_FLAGS),
    SECTION_KEYED(rule_rows, UINT32_MAX, export_key_filter, PART_FILTER),
    SECTION_NEEDED(place_rows, CLASS_NETWORK, NEED_PLACE, export_key_place, PART_PLACE),
    SECTION_KEYED(host_rows, UINT32_MAX, export_key_record, PART_HOST),
    SECTION(record_rows, UINT32_MAX, 0),
    SECTION_KEYED(layer_word_rows, UINT32_MAX, export_key_layer_code, PART_LAYER_CODE),
    SECTION(end_rows, UINT32_MAX, 0),
    SECTION_KEYED(log_rows, UINT32_MAX, export_key_record, PART_AUDIT),
    SECTION(own_rows, UINT32_MAX, 0),
};

char *export_ecs(struct json_out *o, char *p, const struct export_event *x)
{
    p = JSON_OUT_PUT(json_out_room(o, p, JSON_OUT_MEMBER), "{");
    p = export_sections(o, p, x, before_own, sizeof before_own / sizeof *before_own);
    p = export_sections(o, p, x, export_own_sections, EXPORT_OWN_SECTIONS);
    p = json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
    return json_out_close(p, '}') - 1;
}
