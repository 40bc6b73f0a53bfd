/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "shipper_made.h"

#include "cmocka_all.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Keywords, in the ways that there are to write them. */
#define FAILURE        "0x8010000000000000"
#define SUCCESS        "0x8020000000000000"
#define FAILURE_BITS   0x8010000000000000u
#define SUCCESS_BITS   0x8020000000000000u
#define FAILURE_SIGNED "-9218868437227405312"
#define SUCCESS_SIGNED "-9214364837600034816"

#define KEPT_ALL                                                                                   \
    {                                                                                              \
        7, 0, 1, 1, 1, 1, 1, 1, 1                                                                  \
    }

/* ---- the record that most tests write ------------------------------------------------------- */

static const struct shipper_field fields[] = {
    {"ProcessID", "820"},          {"Application", "\\device\\harddiskvolume1\\a b.exe"},
    {"Direction", "%%14593"},      {"SourceAddress", "192.0.2.1"},
    {"SourcePort", "50000"},       {"DestAddress", "2001:db8::1"},
    {"DestPort", "443"},           {"Protocol", "6"},
    {"FilterRTID", "70001"},       {"LayerName", "%%14611"},
    {"LayerRTID", "48"},           {"RemoteUserID", "S-1-0-0"},
    {"RemoteMachineID", "S-1-0-0"}};

/* 2026-01-02T03:04:05.1234567Z */
const struct shipper_event shipper_event_5157 = {
    5157, 1, 12810, true, 7, 17673230451234567u, fields, sizeof fields / sizeof *fields};

/* ---- text ----------------------------------------------------------------------------------- */

void shipper_put(struct shipper_pen *p, const char *s)
{
    size_t n = strlen(s);
    assert_true(p->n + n < SHIPPER_PEN_MAX);
    memcpy(p->text + p->n, s, n + 1);
    p->n += n;
}

static void put_number(struct shipper_pen *p, uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, v);
    shipper_put(p, text);
}

/* A text in quotes; what means something in HTML as numbers, as PowerShell and others do. */
static void put_string(struct shipper_pen *p, const char *s)
{
    char one[8] = {0};
    shipper_put(p, "\"");
    for (; *s != 0; s++) {
        bool html = *s == '<' || *s == '>' || *s == '&' || *s == '\'';
        (void)snprintf(one, sizeof one, html ? "\\u%04x" : "%c", (unsigned)(unsigned char)*s);
        shipper_put(p, *s == '\\' || *s == '"' ? "\\" : "");
        shipper_put(p, *s == '\n' ? "\\r\\n" : one);
    }
    shipper_put(p, "\"");
}

static void put_escaped(struct shipper_pen *p, const char *s)
{
    char one[2] = {0, 0};
    for (; *s != 0; s++) {
        one[0] = *s;
        shipper_put(p, *s == '<'    ? "&lt;"
                       : *s == '>'  ? "&gt;"
                       : *s == '&'  ? "&amp;"
                       : *s == '\'' ? "&apos;"
                                    : one);
    }
}

/* In a zone, with `digits` of the second's fraction: "2026-01-02", `between`, "03:04:05.123". */
static void put_time(struct shipper_pen *p, uint64_t ticks, int minutes, const char *between,
                     int digits)
{
    enum { SECOND = 10000000 };
    char text[64], fraction[16];
    time_t seconds = (time_t)(ticks / SECOND) + (time_t)minutes * 60;
    const struct tm *tm = gmtime(&seconds);
    assert_non_null(tm);
    (void)strftime(text, sizeof text, "%Y-%m-%d", tm);
    shipper_put(p, text);
    shipper_put(p, between);
    (void)strftime(text, sizeof text, "%H:%M:%S", tm);
    shipper_put(p, text);
    (void)snprintf(fraction, sizeof fraction, ".%07u", (unsigned)(ticks % SECOND));
    fraction[digits > 0 ? digits + 1 : 0] = 0;
    shipper_put(p, fraction);
}

static const char *provider_of(const struct shipper_event *e)
{
    return e->id == 1102 ? "Microsoft-Windows-Eventlog" : "Microsoft-Windows-Security-Auditing";
}

static bool is_absent(const struct shipper_kept *k, const struct shipper_field *f)
{
    bool empty = f->value[0] == 0, dash = strcmp(f->value, "-") == 0;
    return (!k->empty && empty) || (!k->dash && dash) ||
           (!k->pid && strcmp(f->name, "ProcessID") == 0);
}

void shipper_put_xml(struct shipper_pen *p, const struct shipper_event *e,
                     const struct shipper_kept *k)
{
    uint64_t ticks = e->ticks;
    shipper_put(p, "<Event><System><Provider Name='");
    shipper_put(p, provider_of(e));
    shipper_put(p, "'/><EventID>");
    put_number(p, e->id);
    shipper_put(p, "</EventID><Version>");
    put_number(p, k->version ? e->version : 0);
    shipper_put(p, "</Version><Task>");
    put_number(p, k->task ? e->task : 0);
    shipper_put(p, "</Task><Keywords>");
    shipper_put(p, !k->keywords ? "0x0" : e->failure ? FAILURE : SUCCESS);
    shipper_put(p, "</Keywords><EventRecordID>");
    put_number(p, k->record_id ? e->record_id : 0);
    shipper_put(p, "</EventRecordID><TimeCreated SystemTime='");
    put_time(p, k->rounds ? (ticks + 5) / 10 * 10 : ticks, 0, "T", k->digits);
    shipper_put(p, "Z'/><Computer>host.example</Computer></System><EventData>");
    for (size_t i = 0; i < e->count; i++) {
        if (is_absent(k, &e->fields[i]))
            continue;
        shipper_put(p, "<Data Name='");
        shipper_put(p, e->fields[i].name);
        shipper_put(p, "'>");
        put_escaped(p, e->fields[i].value);
        shipper_put(p, "</Data>");
    }
    shipper_put(p, "</EventData></Event>");
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* Decimal, as a tool that knows the field's type writes it. */
static bool is_number(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n < 19 && strspn(s, "0123456789") == n && (s[0] != '0' || n == 1);
}

enum data_as {
    AS_TEXT,
    AS_NUMBERS = 1, /* without quotes what is a number */
    AS_DECIMAL = 2, /* and what is hexadecimal */
    AS_SMALL = 4,   /* the name's first letter */
    WITHOUT_EMPTY = 8,
    WITHOUT_DASH = 16,
    NULL_EMPTY = 32
};

static void put_value(struct shipper_pen *p, const char *value, unsigned as)
{
    if ((as & AS_NUMBERS) != 0 && is_number(value))
        shipper_put(p, value);
    else if ((as & AS_DECIMAL) != 0 && strncmp(value, "0x", 2) == 0)
        put_number(p, strtoull(value, NULL, 16));
    else if ((as & NULL_EMPTY) != 0 && value[0] == 0)
        shipper_put(p, "null");
    else
        put_string(p, value);
}

/* "name":"value" with what is between names; prefix: of each name. */
static void put_data(struct shipper_pen *p, const struct shipper_event *e, const char *prefix,
                     unsigned as)
{
    char name[96];
    const char *comma = "";
    for (size_t i = 0; i < e->count; i++) {
        const char *value = e->fields[i].value;
        if (((as & WITHOUT_EMPTY) != 0 && value[0] == 0) ||
            ((as & WITHOUT_DASH) != 0 && strcmp(value, "-") == 0))
            continue;
        (void)snprintf(name, sizeof name, "%s%s", prefix, e->fields[i].name);
        if ((as & AS_SMALL) != 0 && name[0] >= 'A' && name[0] <= 'Z')
            name[0] = (char)(name[0] - 'A' + 'a');
        shipper_put(p, comma);
        put_string(p, name);
        shipper_put(p, ":");
        put_value(p, value, as);
        comma = ",";
    }
}

static void put_values(struct shipper_pen *p, const struct shipper_event *e, const char *before,
                       const char *behind)
{
    for (size_t i = 0; i < e->count; i++) {
        shipper_put(p, i > 0 ? "," : "");
        shipper_put(p, before);
        put_string(p, e->fields[i].value);
        shipper_put(p, behind);
    }
}

/* "name":number, with quotes or without. */
static void put_member(struct shipper_pen *p, const char *name, uint64_t value, bool quoted)
{
    put_string(p, name);
    shipper_put(p, quoted ? ":\"" : ":");
    put_number(p, value);
    shipper_put(p, quoted ? "\"," : ",");
}

static void put_text_member(struct shipper_pen *p, const char *name, const char *value)
{
    put_string(p, name);
    shipper_put(p, ":");
    put_string(p, value);
    shipper_put(p, ",");
}

static void put_time_member(struct shipper_pen *p, const char *name, const struct shipper_event *e,
                            int digits, const char *behind)
{
    put_string(p, name);
    shipper_put(p, ":\"");
    put_time(p, e->ticks, 0, "T", digits);
    shipper_put(p, behind);
}

static const char *result_of(const struct shipper_event *e)
{
    return e->failure ? "Audit Failure" : "Audit Success";
}

static void winlogbeat(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{");
    put_time_member(p, "@timestamp", e, 3, "Z\",");
    shipper_put(p, "\"message\":\"a \\r\\n\\t\\\"text\\\"\",\"winlog\":{\"event_data\":{");
    put_data(p, e, "", AS_TEXT);
    shipper_put(p, "},\"keywords\":[");
    put_string(p, result_of(e));
    shipper_put(p, "],");
    put_member(p, "version", e->version, false);
    put_member(p, "record_id", e->record_id, true);
    put_text_member(p, "provider_name", provider_of(e));
    put_member(p, "event_id", e->id, true);
    shipper_put(p,
                "\"task\":\"words\",\"computer_name\":\"host.example\"},\"event\":{\"code\":1}}");
}

static void winlogbeat_with_xml(struct shipper_pen *p, const struct shipper_event *e)
{
    static const struct shipper_kept all = KEPT_ALL;
    struct shipper_pen xml = {malloc(SHIPPER_PEN_MAX), 0};
    assert_non_null(xml.text);
    shipper_put_xml(&xml, e, &all);
    shipper_put(p, "{\"winlog\":{\"event_id\":5157,\"event_data\":{\"DestPort\":\"1\"}},\"event\":{"
                   "\"original\":");
    put_string(p, xml.text);
    shipper_put(p, "}}");
    free(xml.text);
}

static void winlogbeat_old(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{");
    put_time_member(p, "@timestamp", e, 3, "Z\",\"event_data\":{");
    put_data(p, e, "", AS_TEXT);
    shipper_put(p, "},\"keywords\":[");
    put_string(p, result_of(e));
    shipper_put(p, "],");
    put_member(p, "version", e->version, false);
    put_member(p, "record_number", e->record_id, true);
    put_text_member(p, "source_name", provider_of(e));
    put_member(p, "event_id", e->id, false);
    shipper_put(p, "\"computer_name\":\"host.example\"}");
}

static void graylog(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{");
    put_time_member(p, "winlogbeat_@timestamp", e, 3, "Z\",");
    put_member(p, "winlogbeat_winlog_event_id", e->id, true);
    put_member(p, "winlogbeat_winlog_version", e->version, false);
    put_member(p, "winlogbeat_winlog_record_id", e->record_id, false);
    put_text_member(p, "winlogbeat_winlog_provider_name", provider_of(e));
    shipper_put(p, "\"gl2_remote_port\":1,\"winlogbeat_winlog_computer_name\":\"host.example\","
                   "\"winlogbeat_winlog_keywords\":[");
    put_string(p, result_of(e));
    shipper_put(p, "],");
    put_data(p, e, "winlogbeat_winlog_event_data_", AS_TEXT);
    shipper_put(p, "}");
}

/* What all have that keep the tree of the XML. */
static void put_system(struct shipper_pen *p, const struct shipper_event *e)
{
    put_member(p, "EventID", e->id, false);
    put_member(p, "Version", e->version, false);
    put_member(p, "Task", e->task, false);
    put_member(p, "EventRecordID", e->record_id, false);
    put_text_member(p, "Keywords", e->failure ? FAILURE : SUCCESS);
    shipper_put(p, "\"Correlation\":null,\"Channel\":\"Security\",\"Computer\":\"host.example\"");
}

static void evtx_dump(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "Record 7\n{\"Event\":{\"#attributes\":{\"xmlns\":\"x\"},\"System\":{"
                   "\"Provider\":{\"#attributes\":{\"Name\":");
    put_string(p, provider_of(e));
    shipper_put(p, "}},\"TimeCreated\":{\"#attributes\":{");
    put_time_member(p, "SystemTime", e, 7, "Z\"}},");
    put_system(p, e);
    shipper_put(p, "},\"EventData\":{");
    put_data(p, e, "", AS_NUMBERS | NULL_EMPTY);
    shipper_put(p, "}}}");
}

static void chainsaw(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{\"group\":\"g\",\"document\":{\"kind\":\"evtx\",\"data\":{"
                   "\"Event_attributes\":{\"xmlns\":\"x\"},\"Event\":{\"EventData\":{");
    put_data(p, e, "", AS_NUMBERS | NULL_EMPTY);
    shipper_put(p, "},\"System\":{\"Provider_attributes\":{\"Name\":");
    put_string(p, provider_of(e));
    shipper_put(p, "},\"TimeCreated_attributes\":{");
    put_time_member(p, "SystemTime", e, 7, "Z\"},");
    put_system(p, e);
    shipper_put(p, "}}}}}");
}

static void max_patrol(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{\"Event\":{\"xmlns\":\"x\",\"System\":{\"Provider\":{\"Name\":");
    put_string(p, provider_of(e));
    shipper_put(p, "},\"TimeCreated\":{");
    put_time_member(p, "SystemTime", e, 7, "Z\"},");
    put_system(p, e);
    shipper_put(p, "},\"EventData\":{\"Data\":[");
    for (size_t i = 0; i < e->count; i++) {
        shipper_put(p, i > 0 ? ",{\"text\":" : "{\"text\":");
        put_string(p, e->fields[i].value);
        shipper_put(p, ",\"Name\":");
        put_string(p, e->fields[i].name);
        shipper_put(p, "}");
    }
    shipper_put(p, "]}}}");
}

static void velociraptor(struct shipper_pen *p, const struct shipper_event *e)
{
    char seconds[32];
    (void)snprintf(seconds, sizeof seconds, "%" PRIu64 ".%07u", e->ticks / 10000000,
                   (unsigned)(e->ticks % 10000000));
    shipper_put(p, "{\"System\":{\"Provider\":{\"Name\":");
    put_string(p, provider_of(e));
    shipper_put(p, "},\"EventID\":{\"Value\":");
    put_number(p, e->id);
    shipper_put(p, "},");
    put_member(p, "Version", e->version, false);
    put_member(p, "Task", e->task, false);
    put_member(p, "Keywords", e->failure ? FAILURE_BITS : SUCCESS_BITS, false);
    put_member(p, "EventRecordID", e->record_id, false);
    shipper_put(p, "\"TimeCreated\":{\"SystemTime\":");
    shipper_put(p, seconds);
    shipper_put(p, "},\"Computer\":\"host.example\"},\"EventData\":{");
    put_data(p, e, "", AS_NUMBERS | AS_DECIMAL);
    shipper_put(p, "}}");
}

static void wazuh(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{\"id\":\"1.2\",\"timestamp\":\"2026-01-02T03:04:07.000+0100\",\"data\":{"
                   "\"win\":{\"system\":{");
    put_text_member(p, "providerName", provider_of(e));
    put_member(p, "eventID", e->id, true);
    put_member(p, "version", e->version, true);
    put_member(p, "task", e->task, true);
    put_member(p, "eventRecordID", e->record_id, true);
    put_text_member(p, "keywords", e->failure ? FAILURE : SUCCESS);
    put_text_member(p, "severityValue", e->failure ? "AUDIT_FAILURE" : "AUDIT_SUCCESS");
    put_time_member(p, "systemTime", e, 7, "Z\",");
    shipper_put(p, "\"computer\":\"host.example\",\"message\":\"\\\"words\\\"\"},\"eventdata\":{");
    put_data(p, e, "", AS_SMALL | WITHOUT_EMPTY | WITHOUT_DASH);
    shipper_put(p, "}}}}");
}

static void sentinel(struct shipper_pen *p, const struct shipper_event *e)
{
    struct shipper_pen xml = {malloc(SHIPPER_PEN_MAX), 0};
    assert_non_null(xml.text);
    shipper_put(&xml, "<EventData xmlns=\"x\">\n");
    for (size_t i = 0; i < e->count; i++) {
        shipper_put(&xml, "  <Data Name=\"");
        shipper_put(&xml, e->fields[i].name);
        shipper_put(&xml, "\">");
        put_escaped(&xml, e->fields[i].value);
        shipper_put(&xml, "</Data>  ");
    }
    shipper_put(&xml, "</EventData>");
    shipper_put(p, "{");
    put_time_member(p, "TimeGenerated", e, 3, "Z\",");
    put_text_member(p, "EventSourceName", provider_of(e));
    put_text_member(p, "EventData", xml.text);
    put_member(p, "EventID", e->id, false);
    shipper_put(p, "\"Computer\":\"host.example\",\"Task\":1,\"Level\":\"0\","
                   "\"Type\":\"SecurityEvent\"}");
    free(xml.text);
}

static void fluent_bit(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "[{\"date\":1766099534.6,\"Qualifiers\":\"\",");
    put_text_member(p, "ProviderName", provider_of(e));
    shipper_put(p, "\"TimeCreated\":\"");
    put_time(p, e->ticks, 60, " ", 0);
    shipper_put(p, " +0100\",");
    put_system(p, e);
    shipper_put(p, ",\"StringInserts\":[");
    put_values(p, e, "", "");
    shipper_put(p, "]}]");
}

static void powershell(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "[{\"Keywords\":");
    shipper_put(p, e->failure ? FAILURE_SIGNED : SUCCESS_SIGNED);
    shipper_put(p, ",");
    put_member(p, "Id", e->id, false);
    put_member(p, "Version", e->version, false);
    put_member(p, "Task", e->task, false);
    put_member(p, "RecordId", e->record_id, false);
    put_text_member(p, "ProviderName", provider_of(e));
    shipper_put(p,
                "\"ProviderId\":\"54849625-5478-4994-a5ba-3e3b0328c30d\",\"LogName\":\"Security\","
                "\"MachineName\":\"host.example\",\"TimeCreated\":\"\\/Date(");
    put_number(p, e->ticks / 10000);
    shipper_put(p, ")\\/\",\"Properties\":[");
    put_values(p, e, "{\"Value\":", "}");
    shipper_put(p, "]}]");
}

static void hayabusa(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{\"Timestamp\":\"");
    put_time(p, e->ticks, 9 * 60, " ", 3);
    shipper_put(p, " +09:00\",\"Computer\":\"host.example\",\"Channel\":\"Sec\",");
    put_member(p, "EventID", e->id, false);
    put_member(p, "RecordID", e->record_id, false);
    shipper_put(p, "\"RuleTitle\":\"t\",\"Details\":{\"TgtIP\":\"192.0.2.9\"},\"AllFieldInfo\":{");
    put_data(p, e, "", AS_NUMBERS);
    shipper_put(p, "}}");
}

static void nxlog_enterprise(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{\"EventTime\":\"");
    put_time(p, e->ticks, 5 * 60 + 45, "T", 6);
    shipper_put(p, "+05:45\",\"Hostname\":\"host.example\",");
    put_member(p, "Keywords", e->failure ? FAILURE_BITS : SUCCESS_BITS, true);
    put_text_member(p, "EventType", e->failure ? "AUDIT_FAILURE" : "AUDIT_SUCCESS");
    put_member(p, "EventID", e->id, false);
    put_text_member(p, "SourceName", provider_of(e));
    put_member(p, "Version", e->version, false);
    put_member(p, "TaskValue", e->task, false);
    put_member(p, "RecordNumber", e->record_id, false);
    shipper_put(p, "\"ExecutionProcessID\":4,\"Opcode\":\"Info\",\"Message\":\"words\",");
    put_data(p, e, "", WITHOUT_EMPTY);
    shipper_put(p, ",\"EventReceivedTime\":\"2026-01-02T08:49:06.1+05:45\",\"SourceModuleType\":"
                   "\"im_msvistalog\"}");
}

/* Its ProcessID is the header's, a number; logstash tells when it came. */
static void nxlog_community(struct shipper_pen *p, const struct shipper_event *e)
{
    size_t start = p->n;
    shipper_put(p, "{\"EventTime\":\"");
    put_time(p, e->ticks, -5 * 60, " ", 0);
    shipper_put(p, "\",\"Hostname\":\"host.example\",\"Keywords\":");
    shipper_put(p, e->failure ? FAILURE_SIGNED : SUCCESS_SIGNED);
    shipper_put(p, ",");
    put_member(p, "EventID", e->id, false);
    put_text_member(p, "SourceName", provider_of(e));
    put_member(p, "Version", e->version, false);
    put_member(p, "Task", e->task, false);
    put_member(p, "RecordNumber", e->record_id, false);
    shipper_put(p, "\"ThreadID\":8,");
    put_data(p, e, "", WITHOUT_EMPTY);
    char *pid = strstr(p->text + start, "\"ProcessID\":\"");
    if (pid != NULL) {
        char *at = pid + strlen("\"ProcessID\":");
        for (*at++ = ' '; *at != '"'; at++)
            *at = '4';
        *at = ' ';
    }
    shipper_put(p, ",\"@timestamp\":\"");
    put_time(p, e->ticks + 28000000, 0, "T", 1);
    shipper_put(p, "Z\",\"host\":\"h\",\"SourceModuleType\":\"im_msvistalog\"}");
}

static void flat(struct shipper_pen *p, const struct shipper_event *e)
{
    shipper_put(p, "{");
    put_text_member(p, "SourceName", provider_of(e));
    put_time_member(p, "TimeCreated", e, 3, "Z\",");
    put_member(p, "Task", e->task, true);
    put_member(p, "EventID", e->id, false);
    shipper_put(p, "\"Hostname\":\"host.example\",\"Channel\":\"Security\",\"Message\":\"words\",");
    put_data(p, e, "", AS_TEXT);
    shipper_put(p, "}");
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* digits, rounds; version, task, record_id, keywords, pid, empty, dash */
const struct shipper_made shipper_made[] = {
    {"winlogbeat", winlogbeat, {3, 0, 1, 0, 1, 1, 1, 1, 1}},
    {"winlogbeat with XML", winlogbeat_with_xml, KEPT_ALL},
    {"winlogbeat 6", winlogbeat_old, {3, 0, 1, 0, 1, 1, 1, 1, 1}},
    {"graylog", graylog, {3, 0, 1, 0, 1, 1, 1, 1, 1}},
    {"evtx_dump", evtx_dump, KEPT_ALL},
    {"chainsaw", chainsaw, KEPT_ALL},
    {"MaxPatrol", max_patrol, KEPT_ALL},
    {"Velociraptor", velociraptor, {6, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"Wazuh", wazuh, {7, 0, 1, 1, 1, 1, 1, 0, 0}},
    {"Sentinel", sentinel, {3, 0, 0, 0, 0, 0, 1, 1, 1}},
    {"Fluent Bit", fluent_bit, {0, 0, 1, 1, 1, 1, 1, 1, 1}},
    {"PowerShell", powershell, {3, 0, 1, 1, 1, 1, 1, 1, 1}},
    {"hayabusa", hayabusa, {3, 0, 0, 0, 1, 0, 1, 1, 1}},
    {"NXLog EE", nxlog_enterprise, {6, 0, 1, 1, 1, 1, 1, 0, 1}},
    {"NXLog CE", nxlog_community, {0, 0, 1, 1, 1, 1, 0, 0, 1}},
    {"flat", flat, {3, 0, 0, 1, 0, 0, 1, 1, 1}},
};
const size_t shipper_made_count = sizeof shipper_made / sizeof *shipper_made;

void shipper_put_form(struct shipper_pen *p, const char *name)
{
    for (size_t i = 0; i < shipper_made_count; i++)
        if (strcmp(shipper_made[i].name, name) == 0) {
            shipper_made[i].write(p, &shipper_event_5157);
            return;
        }
    fail_msg("no form %s", name);
}
