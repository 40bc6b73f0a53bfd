/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "shipper_made.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 13 };

struct field {
    const char *name, *value; /* of XML and JSON without escapes, but for the backslash */
};

static const struct field fields[FIELDS] = {
    {"ProcessID", "820"},          {"Application", "\\device\\harddiskvolume1\\a b.exe"},
    {"Direction", "%%14593"},      {"SourceAddress", "192.0.2.1"},
    {"SourcePort", "50000"},       {"DestAddress", "2001:db8::1"},
    {"DestPort", "443"},           {"Protocol", "6"},
    {"FilterRTID", "70001"},       {"LayerName", "%%14611"},
    {"LayerRTID", "48"},           {"RemoteUserID", "S-1-0-0"},
    {"RemoteMachineID", "S-1-0-0"}};

static const char TIME[] = "2026-01-02T03:04:05.1234567Z";

void shipper_put(struct shipper_pen *p, const char *s)
{
    size_t n = strlen(s);
    assert_true(p->n + n < SHIPPER_PEN_MAX);
    memcpy(p->text + p->n, s, n + 1);
    p->n += n;
}

/* A text in quotes. */
static void put_string(struct shipper_pen *p, const char *s)
{
    char one[2] = {0, 0};
    shipper_put(p, "\"");
    for (; *s != 0; s++) {
        if (*s == '\\' || *s == '"')
            shipper_put(p, "\\");
        one[0] = *s;
        shipper_put(p, one);
    }
    shipper_put(p, "\"");
}

#define NAME "Microsoft-Windows-Security-Auditing"

void shipper_put_xml(struct shipper_pen *p, const struct shipper_kept *k)
{
    shipper_put(p, "<Event><System><Provider Name='" NAME "'/><EventID>5157</EventID>");
    shipper_put(p, k->version ? "<Version>1</Version>" : "");
    shipper_put(p, k->task ? "<Task>12810</Task>" : "");
    shipper_put(p, k->keywords ? "<Keywords>0x8010000000000000</Keywords>" : "");
    shipper_put(p, k->record_id ? "<EventRecordID>7</EventRecordID>" : "");
    shipper_put(p, "<TimeCreated SystemTime='");
    shipper_put(p, k->time);
    shipper_put(p, "'/><Computer>host.example</Computer></System><EventData>");
    for (size_t i = k->pid ? 0 : 1; i < FIELDS; i++) {
        shipper_put(p, "<Data Name='");
        shipper_put(p, fields[i].name);
        shipper_put(p, "'>");
        shipper_put(p, fields[i].value);
        shipper_put(p, "</Data>");
    }
    shipper_put(p, "</EventData></Event>");
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* "name":"value" with what is between names; prefix: of each name; small: first letter. */
static void put_data(struct shipper_pen *p, const char *prefix, bool small, bool numbers)
{
    char name[64];
    for (size_t i = 0; i < FIELDS; i++) {
        (void)snprintf(name, sizeof name, "%s%s", prefix, fields[i].name);
        if (small)
            name[0] = (char)(name[0] - 'A' + 'a');
        shipper_put(p, i > 0 ? "," : "");
        put_string(p, name);
        shipper_put(p, ":");
        if (numbers && fields[i].value[0] >= '0' && fields[i].value[0] <= '9' &&
            strspn(fields[i].value, "0123456789") == strlen(fields[i].value))
            shipper_put(p, fields[i].value);
        else
            put_string(p, fields[i].value);
    }
}

static void put_values(struct shipper_pen *p, const char *before, const char *behind)
{
    for (size_t i = 0; i < FIELDS; i++) {
        shipper_put(p, i > 0 ? "," : "");
        shipper_put(p, before);
        put_string(p, fields[i].value);
        shipper_put(p, behind);
    }
}

static void winlogbeat(struct shipper_pen *p)
{
    shipper_put(
        p, "{\"@timestamp\":\"2026-01-02T03:04:05.123Z\",\"message\":\"a \\r\\n\\t\\\"text\\\"\","
           "\"winlog\":{\"event_data\":{");
    put_data(p, "", false, false);
    shipper_put(
        p,
        "},\"keywords\":[\"Audit Failure\"],\"version\":1,\"record_id\":\"7\",\"task\":\"words\","
        "\"computer_name\":\"host.example\",\"provider_name\":\"" NAME "\",\"event_id\":\"5157\"},"
        "\"event\":{\"code\":5157}}");
}

static void winlogbeat_with_xml(struct shipper_pen *p)
{
    static const struct shipper_kept all = {TIME, true, true, true, true, true};
    struct shipper_pen xml = {malloc(SHIPPER_PEN_MAX), 0};
    assert_non_null(xml.text);
    shipper_put_xml(&xml, &all);
    shipper_put(p, "{\"winlog\":{\"event_id\":5157,\"event_data\":{\"DestPort\":\"1\"}},\"event\":{"
                   "\"original\":");
    put_string(p, xml.text);
    shipper_put(p, "}}");
    free(xml.text);
}

static void winlogbeat_old(struct shipper_pen *p)
{
    shipper_put(p, "{\"@timestamp\":\"2026-01-02T03:04:05.123Z\",\"event_data\":{");
    put_data(p, "", false, false);
    shipper_put(p, "},\"keywords\":[\"Audit "
                   "Failure\"],\"version\":1,\"record_number\":\"7\",\"event_id\":5157,"
                   "\"computer_name\":\"host.example\",\"source_name\":\"" NAME "\"}");
}

static void graylog(struct shipper_pen *p)
{
    shipper_put(
        p, "{\"winlogbeat_@timestamp\":\"2026-01-02T03:04:05.123Z\",\"winlogbeat_winlog_event_id\":"
           "\"5157\","
           "\"winlogbeat_winlog_version\":1,\"winlogbeat_winlog_record_id\":7,"
           "\"winlogbeat_winlog_keywords\":[\"Audit Failure\"],\"gl2_remote_port\":1,"
           "\"winlogbeat_winlog_computer_name\":\"host.example\","
           "\"winlogbeat_winlog_provider_name\":\"" NAME "\",");
    put_data(p, "winlogbeat_winlog_event_data_", false, false);
    shipper_put(p, "}");
}

#define SYSTEM                                                                                     \
    "\"EventID\":5157,\"Version\":1,\"Task\":12810,\"Keywords\":\"0x8010000000000000\","           \
    "\"EventRecordID\":7,\"Correlation\":null,\"Channel\":\"Security\",\"Computer\":\"host."       \
    "example\""

static void evtx_dump(struct shipper_pen *p)
{
    shipper_put(p, "Record "
                   "7\n{\"Event\":{\"#attributes\":{\"xmlns\":\"x\"},\"System\":{\"Provider\":{\"#"
                   "attributes\":"
                   "{\"Name\":\"" NAME "\"}},\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"");
    shipper_put(p, TIME);
    shipper_put(p, "\"}}," SYSTEM "},\"EventData\":{");
    put_data(p, "", false, true);
    shipper_put(p, "}}}");
}

static void chainsaw(struct shipper_pen *p)
{
    shipper_put(p,
                "{\"group\":\"g\",\"document\":{\"kind\":\"evtx\",\"data\":{\"Event_attributes\":{"
                "\"xmlns\":\"x\"},"
                "\"Event\":{\"EventData\":{");
    put_data(p, "", false, true);
    shipper_put(p, "},\"System\":{\"Provider_attributes\":{\"Name\":\"" NAME
                   "\"},\"TimeCreated_attributes\":"
                   "{\"SystemTime\":\"");
    shipper_put(p, TIME);
    shipper_put(p, "\"}," SYSTEM "}}}}}");
}

static void max_patrol(struct shipper_pen *p)
{
    shipper_put(p, "{\"Event\":{\"xmlns\":\"x\",\"System\":{\"Provider\":{\"Name\":\"" NAME
                   "\"},\"TimeCreated\":"
                   "{\"SystemTime\":\"");
    shipper_put(p, TIME);
    shipper_put(p, "\"}," SYSTEM "},\"EventData\":{\"Data\":[");
    for (size_t i = 0; i < FIELDS; i++) {
        shipper_put(p, i > 0 ? ",{\"text\":" : "{\"text\":");
        put_string(p, fields[i].value);
        shipper_put(p, ",\"Name\":");
        put_string(p, fields[i].name);
        shipper_put(p, "}");
    }
    shipper_put(p, "]}}}");
}

static void velociraptor(struct shipper_pen *p)
{
    shipper_put(p,
                "{\"System\":{\"Provider\":{\"Name\":\"" NAME
                "\"},\"EventID\":{\"Value\":5157},\"Version\":1,"
                "\"Task\":12810,\"Keywords\":9227875636482146304,\"TimeCreated\":{\"SystemTime\":"
                "1767323045.1234567},"
                "\"EventRecordID\":7,\"Computer\":\"host.example\"},\"EventData\":{");
    put_data(p, "", false, true);
    shipper_put(p, "}}");
}

static void wazuh(struct shipper_pen *p)
{
    shipper_put(p,
                "{\"id\":\"1.2\",\"timestamp\":\"2026-01-02T03:04:07.000+0100\",\"data\":{\"win\":{"
                "\"system\":{"
                "\"providerName\":\"" NAME
                "\",\"eventID\":\"5157\",\"version\":\"1\",\"task\":\"12810\","
                "\"keywords\":\"0x8010000000000000\",\"systemTime\":\"");
    shipper_put(p, TIME);
    shipper_put(
        p, "\",\"eventRecordID\":\"7\",\"computer\":\"host.example\",\"severityValue\":\"AUDIT_"
           "FAILURE\","
           "\"message\":\"\\\"words\\\"\"},\"eventdata\":{");
    put_data(p, "", true, false);
    shipper_put(p, "}}}}");
}

static void sentinel(struct shipper_pen *p)
{
    shipper_put(
        p, "{\"TimeGenerated\":\"2026-01-02T03:04:05.123Z\",\"Computer\":\"host.example\",\"Task\":"
           "1,\"Level\":\"0\","
           "\"EventSourceName\":\"" NAME
           "\",\"EventData\":\"\\u003cEventData xmlns=\\\"x\\\"\\u003e\\r\\n");
    for (size_t i = 0; i < FIELDS; i++) {
        shipper_put(p, "  \\u003cData Name=\\\"");
        shipper_put(p, fields[i].name);
        shipper_put(p, "\\\"\\u003e");
        for (const char *s = fields[i].value; *s != 0; s++) {
            char one[3] = {*s, 0, 0};
            shipper_put(p, *s == '\\' ? "\\\\" : one);
        }
        shipper_put(p, "\\u003c/Data\\u003e\\r\\n");
    }
    shipper_put(p, "\\u003c/EventData\\u003e\",\"EventID\":5157,\"Type\":\"SecurityEvent\"}");
}

static void fluent_bit(struct shipper_pen *p)
{
    shipper_put(p, "[{\"date\":1766099534.6,\"ProviderName\":\"" NAME
                   "\",\"Qualifiers\":\"\",\"TimeCreated\":"
                   "\"2026-01-02 04:04:05 +0100\"," SYSTEM ",\"StringInserts\":[");
    put_values(p, "", "");
    shipper_put(p, "]}]");
}

static void powershell(struct shipper_pen *p)
{
    shipper_put(p, "[{\"Id\":5157,\"Version\":1,\"Task\":12810,\"Keywords\":-9218868437227405312,"
                   "\"RecordId\":7,"
                   "\"ProviderName\":\"" NAME
                   "\",\"ProviderId\":\"54849625-5478-4994-a5ba-3e3b0328c30d\","
                   "\"LogName\":\"Security\",\"MachineName\":\"host.example\",\"TimeCreated\":\"\\/"
                   "Date(1767323045123)\\/\","
                   "\"Properties\":[");
    put_values(p, "{\"Value\":", "}");
    shipper_put(p, "]}]");
}

static void hayabusa(struct shipper_pen *p)
{
    shipper_put(
        p,
        "{\"Timestamp\":\"2026-01-02 12:04:05.123 "
        "+09:00\",\"Computer\":\"host.example\",\"Channel\":\"Sec\","
        "\"EventID\":5157,\"RecordID\":7,\"RuleTitle\":\"t\",\"Details\":{\"TgtIP\":\"192.0.2.9\"},"
        "\"AllFieldInfo\":{");
    put_data(p, "", false, true);
    shipper_put(p, "}}");
}

static void nxlog_enterprise(struct shipper_pen *p)
{
    shipper_put(p,
                "{\"EventTime\":\"2026-01-02T08:49:05.123456+05:45\",\"Hostname\":\"host.example\","
                "\"Keywords\":"
                "\"9227875636482146304\",\"EventType\":\"AUDIT_FAILURE\",\"EventID\":5157,"
                "\"SourceName\":\"" NAME "\","
                "\"Version\":1,\"TaskValue\":12810,\"RecordNumber\":7,\"ExecutionProcessID\":4,"
                "\"Opcode\":\"Info\","
                "\"Message\":\"words\",");
    put_data(p, "", false, false);
    shipper_put(p,
                ",\"EventReceivedTime\":\"2026-01-02T08:49:06.1+05:45\",\"SourceModuleType\":\"im_"
                "msvistalog\"}");
}

/* Its ProcessID is the header's; logstash tells when it came. */
static void nxlog_community(struct shipper_pen *p)
{
    shipper_put(p, "{\"EventTime\":\"2026-01-01 "
                   "22:04:05\",\"Hostname\":\"host.example\",\"Keywords\":-9218868437227405312,"
                   "\"EventID\":5157,\"SourceName\":\"" NAME
                   "\",\"Version\":1,\"Task\":12810,\"RecordNumber\":7,"
                   "\"ThreadID\":8,");
    put_data(p, "", false, false);
    char *pid = strstr(p->text, "\"820\"");
    assert_non_null(pid);
    memcpy(pid, "  4  ", 5);
    shipper_put(
        p, ",\"@timestamp\":\"2026-01-02T03:04:07.9Z\",\"host\":\"h\",\"SourceModuleType\":\"im_"
           "msvistalog\"}");
}

static void flat(struct shipper_pen *p)
{
    shipper_put(
        p, "{\"SourceName\":\"" NAME
           "\",\"TimeCreated\":\"2026-01-02T03:04:05.123Z\",\"Hostname\":\"host.example\","
           "\"Task\":\"12810\",\"Channel\":\"Security\",\"Message\":\"words\",\"EventID\":5157,");
    put_data(p, "", false, false);
    shipper_put(p, "}");
}

/* ---- all of them ---------------------------------------------------------------------------- */

const struct shipper_made shipper_made[] = {
    {"winlogbeat", winlogbeat, {"2026-01-02T03:04:05.123Z", true, false, true, true, true}},
    {"winlogbeat with XML", winlogbeat_with_xml, {TIME, true, true, true, true, true}},
    {"winlogbeat 6", winlogbeat_old, {"2026-01-02T03:04:05.123Z", true, false, true, true, true}},
    {"graylog", graylog, {"2026-01-02T03:04:05.123Z", true, false, true, true, true}},
    {"evtx_dump", evtx_dump, {TIME, true, true, true, true, true}},
    {"chainsaw", chainsaw, {TIME, true, true, true, true, true}},
    {"MaxPatrol", max_patrol, {TIME, true, true, true, true, true}},
    {"Velociraptor", velociraptor, {"2026-01-02T03:04:05.123457Z", true, true, true, true, true}},
    {"Wazuh", wazuh, {TIME, true, true, true, true, true}},
    {"Sentinel", sentinel, {"2026-01-02T03:04:05.123Z", false, false, false, false, true}},
    {"Fluent Bit", fluent_bit, {"2026-01-02T03:04:05Z", true, true, true, true, true}},
    {"PowerShell", powershell, {"2026-01-02T03:04:05.123Z", true, true, true, true, true}},
    {"hayabusa", hayabusa, {"2026-01-02T03:04:05.123Z", false, false, true, false, true}},
    {"NXLog EE", nxlog_enterprise, {"2026-01-02T03:04:05.123456Z", true, true, true, true, true}},
    {"NXLog CE", nxlog_community, {"2026-01-02T03:04:05Z", true, true, true, true, false}},
    {"flat", flat, {"2026-01-02T03:04:05.123Z", false, true, false, false, true}},
};
const size_t shipper_made_count = sizeof shipper_made / sizeof *shipper_made;

void shipper_put_form(struct shipper_pen *p, const char *name)
{
    for (size_t i = 0; i < shipper_made_count; i++)
        if (strcmp(shipper_made[i].name, name) == 0) {
            shipper_made[i].write(p);
            return;
        }
    fail_msg("no form %s", name);
}
