/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/shipper/shipper_form.h"

#include <string.h>

/* ---- the forms ------------------------------------------------------------------------------ */

static const struct shipper_row event_xml[] = {
    {"event.original", SHIPPER_EVENT_XML, 0},
    {"properties.RawXml", SHIPPER_EVENT_XML, 0},
    {"RawXml", SHIPPER_EVENT_XML, 0},
    {"_raw", SHIPPER_EVENT_XML, 0},
    {"message", SHIPPER_EVENT_XML, 0},
    {"Message", SHIPPER_EVENT_XML, 0},
    {"input.message", SHIPPER_EVENT_XML, 0},
    {"EventXml", SHIPPER_EVENT_XML, 0},
    {NULL, 0, 0},
};

static const struct shipper_row winlogbeat[] = {
    {"winlog.event_data.*", SHIPPER_FIELD, 0},
    {"winlog.user_data.*", SHIPPER_FIELD, 0},
    {"winlog.event_id", SHIPPER_EVENT_ID, 0},
    {"winlog.version", SHIPPER_VERSION, 0},
    {"winlog.record_id", SHIPPER_RECORD_ID, 0},
    {"winlog.keywords.[]", SHIPPER_RESULT, 0},
    {"winlog.keywords", SHIPPER_RESULT, 0},
    {"winlog.provider_name", SHIPPER_PROVIDER, 0},
    {"winlog.provider_guid", SHIPPER_PROVIDER_GUID, 0},
    {"winlog.computer_name", SHIPPER_COMPUTER, 0},
    {"@timestamp", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

static const struct shipper_row graylog[] = {
    {"winlogbeat_winlog_event_id", SHIPPER_EVENT_ID, 0},
    {"winlogbeat_winlog_version", SHIPPER_VERSION, 0},
    {"winlogbeat_winlog_record_id", SHIPPER_RECORD_ID, 0},
    {"winlogbeat_winlog_keywords.[]", SHIPPER_RESULT, 0},
    {"winlogbeat_winlog_keywords", SHIPPER_RESULT, 0},
    {"winlogbeat_winlog_provider_name", SHIPPER_PROVIDER, 0},
    {"winlogbeat_winlog_provider_guid", SHIPPER_PROVIDER_GUID, 0},
    {"winlogbeat_winlog_computer_name", SHIPPER_COMPUTER, 0},
    {"winlogbeat_@timestamp", SHIPPER_TIME, 0},
    {"winlogbeat_winlog_event_data_*", SHIPPER_FIELD, 29},
    {"winlogbeat_winlog_user_data_*", SHIPPER_FIELD, 28},
    {NULL, 0, 0},
};

static const struct shipper_row winlogbeat_old[] = {
    {"event_data.*", SHIPPER_FIELD, 0},
    {"user_data.*", SHIPPER_FIELD, 0},
    {"event_id", SHIPPER_EVENT_ID, 0},
    {"version", SHIPPER_VERSION, 0},
    {"record_number", SHIPPER_RECORD_ID, 0},
    {"keywords.[]", SHIPPER_RESULT, 0},
    {"source_name", SHIPPER_PROVIDER, 0},
    {"provider_guid", SHIPPER_PROVIDER_GUID, 0},
    {"computer_name", SHIPPER_COMPUTER, 0},
    {"@timestamp", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

/* evtx_dump and the Python package of its library ("#attributes"); chainsaw, and evtx_dump with
 * --separate-json-attributes ("_attributes"); MaxPatrol (attributes as members). */
static const struct shipper_row event_tree[] = {
    {"Event.EventData.Data.#text", SHIPPER_VALUE, 0},
    {"Event.EventData.Data.#text.[]", SHIPPER_VALUE, 0},
    {"Event.EventData.Data", SHIPPER_VALUE, 0},
    {"Event.EventData.Data.[].Name", SHIPPER_ITEM_NAME, 0},
    {"Event.EventData.Data.[].text", SHIPPER_ITEM_TEXT, 0},
    {"Event.EventData.*", SHIPPER_FIELD, 0},
    {"Event.UserData.*.*", SHIPPER_FIELD, 0},
    {"Event.System.EventID", SHIPPER_EVENT_ID, 0},
    {"Event.System.EventID.#text", SHIPPER_EVENT_ID, 0},
    {"Event.System.Version", SHIPPER_VERSION, 0},
    {"Event.System.Task", SHIPPER_TASK, 0},
    {"Event.System.Keywords", SHIPPER_KEYWORDS, 0},
    {"Event.System.EventRecordID", SHIPPER_RECORD_ID, 0},
    {"Event.System.Computer", SHIPPER_COMPUTER, 0},
    {"Event.System.Provider.#attributes.Name", SHIPPER_PROVIDER, 0},
    {"Event.System.Provider.#attributes.Guid", SHIPPER_PROVIDER_GUID, 0},
    {"Event.System.TimeCreated.#attributes.SystemTime", SHIPPER_TIME, 0},
    {"Event.System.Provider_attributes.Name", SHIPPER_PROVIDER, 0},
    {"Event.System.Provider_attributes.Guid", SHIPPER_PROVIDER_GUID, 0},
    {"Event.System.TimeCreated_attributes.SystemTime", SHIPPER_TIME, 0},
    {"Event.System.Provider.Name", SHIPPER_PROVIDER, 0},
    {"Event.System.Provider.Guid", SHIPPER_PROVIDER_GUID, 0},
    {"Event.System.TimeCreated.SystemTime", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

static const struct shipper_row velociraptor[] = {
    {"EventData.*", SHIPPER_FIELD, 0},
    {"UserData.*.*", SHIPPER_FIELD, 0},
    {"System.EventID.Value", SHIPPER_EVENT_ID, 0},
    {"System.Version", SHIPPER_VERSION, 0},
    {"System.Task", SHIPPER_TASK, 0},
    {"System.Keywords", SHIPPER_KEYWORDS, 0},
    {"System.EventRecordID", SHIPPER_RECORD_ID, 0},
    {"System.Computer", SHIPPER_COMPUTER, 0},
    {"System.Provider.Name", SHIPPER_PROVIDER, 0},
    {"System.Provider.Guid", SHIPPER_PROVIDER_GUID, 0},
    {"System.TimeCreated.SystemTime", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

static const struct shipper_row wazuh[] = {
    {"win.eventdata.*", SHIPPER_FIELD_SMALL, 0},
    {"win.system.eventID", SHIPPER_EVENT_ID, 0},
    {"win.system.version", SHIPPER_VERSION, 0},
    {"win.system.task", SHIPPER_TASK, 0},
    {"win.system.keywords", SHIPPER_KEYWORDS, 0},
    {"win.system.severityValue", SHIPPER_RESULT, 0},
    {"win.system.eventRecordID", SHIPPER_RECORD_ID, 0},
    {"win.system.computer", SHIPPER_COMPUTER, 0},
    {"win.system.providerName", SHIPPER_PROVIDER, 0},
    {"win.system.providerGuid", SHIPPER_PROVIDER_GUID, 0},
    {"win.system.systemTime", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

/* Log Analytics, which Sentinel reads. Its table has columns for some records. */
static const struct shipper_row sentinel[] = {
    {"EventData", SHIPPER_DATA_XML, 0},
    {"EventID", SHIPPER_EVENT_ID, 0},
    {"Version", SHIPPER_VERSION, 0},
    {"Keywords", SHIPPER_KEYWORDS, 0},
    {"EventRecordId", SHIPPER_RECORD_ID, 0},
    {"EventSourceName", SHIPPER_PROVIDER, 0},
    {"Computer", SHIPPER_COMPUTER, 0},
    {"TimeGenerated", SHIPPER_TIME, 0},
    {"Type", SHIPPER_NOTHING, 0},
    {"Channel", SHIPPER_NOTHING, 0},
    {"Task", SHIPPER_NOTHING, 0},
    {"*", SHIPPER_FIELD_KNOWN, 0},
    {NULL, 0, 0},
};

static const struct shipper_row fluent_bit[] = {
    {"StringInserts.[]", SHIPPER_VALUE, 0},
    {"EventData.*", SHIPPER_FIELD, 0},
    {"EventID", SHIPPER_EVENT_ID, 0},
    {"Version", SHIPPER_VERSION, 0},
    {"Task", SHIPPER_TASK, 0},
    {"Keywords", SHIPPER_KEYWORDS, 0},
    {"EventRecordID", SHIPPER_RECORD_ID, 0},
    {"ProviderName", SHIPPER_PROVIDER, 0},
    {"ProviderGuid", SHIPPER_PROVIDER_GUID, 0},
    {"Computer", SHIPPER_COMPUTER, 0},
    {"TimeCreated", SHIPPER_TIME, 0},
    {NULL, 0, 0},
};

/* Only records that hit a rule, and of these what the profile has: AllFieldInfo has the fields,
 * Details has some of them under names of its own. */
static const struct shipper_row hayabusa[] = {
    {"AllFieldInfo.*", SHIPPER_FIELD, 0}, {"EventID", SHIPPER_EVENT_ID, 0},
    {"RecordID", SHIPPER_RECORD_ID, 0},   {"Channel", SHIPPER_CHANNEL, 0},
    {"Provider", SHIPPER_PROVIDER, 0},    {"Computer", SHIPPER_COMPUTER, 0},
    {"Timestamp", SHIPPER_TIME, 0},       {NULL, 0, 0},
};

/* Get-WinEvent | ConvertTo-Json. */
static const struct shipper_row powershell[] = {
    {"Properties.[].Value", SHIPPER_VALUE, 0}, {"Id", SHIPPER_EVENT_ID, 0},
    {"Version", SHIPPER_VERSION, 0},           {"Task", SHIPPER_TASK, 0},
    {"Keywords", SHIPPER_KEYWORDS, 0},         {"RecordId", SHIPPER_RECORD_ID, 0},
    {"ProviderName", SHIPPER_PROVIDER, 0},     {"ProviderId", SHIPPER_PROVIDER_GUID, 0},
    {"MachineName", SHIPPER_COMPUTER, 0},      {"TimeCreated", SHIPPER_TIME, 0},
    {"TimeCreated.value", SHIPPER_TIME, 0},    {NULL, 0, 0},
};

/* Fields stand beside what tells of the record. In records of NXLog Community Edition ProcessID and
 * ThreadID, as numbers, are the header's, in the place of the field. */
#define FLAT_HEADER                                                                                \
    {"EventID", SHIPPER_EVENT_ID, 0}, {"Version", SHIPPER_VERSION, 0},                             \
        {"TaskValue", SHIPPER_TASK, 0}, {"Task", SHIPPER_TASK, 0},                                 \
        {"Keywords", SHIPPER_KEYWORDS, 0}, {"EventType", SHIPPER_RESULT, 0},                       \
        {"RecordNumber", SHIPPER_RECORD_ID, 0}, {"SourceName", SHIPPER_PROVIDER, 0},               \
        {"ProviderGuid", SHIPPER_PROVIDER_GUID, 0}, {"Hostname", SHIPPER_COMPUTER, 0},             \
        {"HOSTNAME", SHIPPER_COMPUTER, 0}, {"@timestamp", SHIPPER_RECEIVED, 0},                    \
        {"Channel", SHIPPER_NOTHING, 0}, {"Message", SHIPPER_NOTHING, 0},                          \
        {"message", SHIPPER_NOTHING, 0}, {"SeverityValue", SHIPPER_NOTHING, 0},                    \
        {"Severity", SHIPPER_NOTHING, 0}, {"OpcodeValue", SHIPPER_NOTHING, 0},                     \
        {"Opcode", SHIPPER_NOTHING, 0}, {"ActivityID", SHIPPER_NOTHING, 0},                        \
        {"RelatedActivityID", SHIPPER_NOTHING, 0}, {"ExecutionProcessID", SHIPPER_NOTHING, 0},     \
        {"ExecutionThreadID", SHIPPER_NOTHING, 0}, {"ThreadID", SHIPPER_NOTHING, 0},               \
        {"Category", SHIPPER_NOTHING, 0}, {"Level", SHIPPER_NOTHING, 0},                           \
        {"EventReceivedTime", SHIPPER_NOTHING, 0}, {"SourceModuleName", SHIPPER_NOTHING, 0},       \
        {"SourceModuleType", SHIPPER_NOTHING, 0}, {"@version", SHIPPER_NOTHING, 0},                \
        {"host", SHIPPER_NOTHING, 0}, {"port", SHIPPER_NOTHING, 0}, {"tags", SHIPPER_NOTHING, 0},  \
    {                                                                                              \
        "type", SHIPPER_NOTHING, 0                                                                 \
    }

static const struct shipper_row nxlog[] = {
    FLAT_HEADER,
    {"EventTime", SHIPPER_TIME, 0},
    {"Domain", SHIPPER_NOTHING, 0},
    {"AccountName", SHIPPER_NOTHING, 0},
    {"AccountType", SHIPPER_NOTHING, 0},
    {"UserID", SHIPPER_NOTHING, 0},
    {"ProcessID", SHIPPER_FIELD_TEXT, 0},
    {"*", SHIPPER_FIELD, 0},
    {NULL, 0, 0},
};

static const struct shipper_row flat[] = {
    FLAT_HEADER,
    {"EventTime", SHIPPER_TIME, 0},
    {"TimeCreated", SHIPPER_TIME, 0},
    {"ProcessID", SHIPPER_FIELD_TEXT, 0},
    {"*", SHIPPER_FIELD, 0},
    {NULL, 0, 0},
};

static const struct shipper_form forms[SHIPPER_FORMS] = {
    {"XML in JSON", {NULL, NULL}, event_xml, false, NULL},
    {"winlogbeat",
     {"winlog.event_id", NULL},
     winlogbeat,
     false,
     "the task; keywords but success and failure; times below a millisecond"},
    {"winlogbeat in Graylog",
     {"winlogbeat_winlog_event_id", NULL},
     graylog,
     false,
     "the task; keywords but success and failure; times below a millisecond"},
    {"evtx_dump, chainsaw or the like", {"Event.System.Computer", NULL}, event_tree, true, NULL},
    {"Velociraptor",
     {"System.EventID.Value", NULL},
     velociraptor,
     true,
     "times below a microsecond; whether a number was hexadecimal"},
    {"Wazuh", {"win.system.eventID", NULL}, wazuh, false, "values that are empty or '-'"},
    {"Log Analytics",
     {"EventSourceName", "EventID"},
     sentinel,
     false,
     "record number, version, keywords, times below a millisecond"},
    {"hayabusa",
     {"RuleTitle", "EventID"},
     hayabusa,
     false,
     "provider, version, keywords, fields but of the profile all-field-info"},
    {"winlogbeat 5 or 6",
     {"event_id", "source_name"},
     winlogbeat_old,
     false,
     "the task; keywords but success and failure; times below a millisecond"},
    {"NXLog",
     {"SourceModuleType", "EventID"},
     nxlog,
     false,
     "empty values; in its Community Edition the zone, and ProcessID of 5156 and 5157"},
    {"Fluent Bit",
     {"EventRecordID", "ProviderName"},
     fluent_bit,
     false,
     "times below a second; names of fields, which follow from their number"},
    {"Get-WinEvent",
     {"LogName", "ProviderId"},
     powershell,
     false,
     "without -Depth all fields; their names, which follow from their number"},
    {"flat JSON",
     {"SourceName", "EventID"},
     flat,
     false,
     "record number, version, keywords, the zone of times"},
};

/* Arrays of records: of Elastic's tests and its search results, of Azure, of CloudTrail's kind. */
static const char *const lists[] = {"events", "hits.hits", "records", "Records", "value", "Events"};

/* What others put around a record. */
static const char *const wrappers[] = {"_source.", "result.", "document.data.", "data."};

/* ---- paths ---------------------------------------------------------------------------------- */

/* A key that is no field: what XML has beside the text. */
static bool is_attribute(const char *key, size_t n)
{
    static const char end[] = "_attributes";
    return key[0] == '#' || (n >= 5 && memcmp(key, "xmlns", 5) == 0) ||
           (n >= sizeof end - 1 && memcmp(key + n - (sizeof end - 1), end, sizeof end - 1) == 0);
}

static bool fits_path(const char *pattern, const char *path, size_t n)
{
    size_t at = 0;
    for (; *pattern != 0; pattern++) {
        if (*pattern != '*') {
            if (at == n || path[at++] != *pattern)
                return false;
            continue;
        }
        const char *dot = memchr(path + at, '.', n - at);
        size_t key = dot != NULL ? (size_t)(dot - path) - at : n - at;
        if (key == 0 || is_attribute(path + at, key))
            return false;
        at += key;
    }
    return at == n;
}

static void look_in(const char *path, size_t n, struct shipper_meaning *m)
{
    for (size_t i = 0; i < SHIPPER_FORMS; i++) {
        const struct shipper_form *f = &forms[i];
        const struct shipper_row *row = f->rows;
        for (size_t k = 0; k < 2; k++)
            if (f->marks[k] != NULL && fits_path(f->marks[k], path, n))
                m->marks |= (uint32_t)1 << (2 * i + k);
        while (row->path != NULL && !fits_path(row->path, path, n))
            row++;
        if (m->rows[i] == NULL && row->path != NULL && row->use != SHIPPER_NOTHING)
            m->rows[i] = row;
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        m->is_list |= fits_path(lists[i], path, n);
}

/* The bytes of what stands around the rest of a path; 0: nothing. */
static size_t wrapper_of(const char *path, size_t n)
{
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        size_t length = strlen(wrappers[i]);
        if (n > length && memcmp(path, wrappers[i], length) == 0)
            return length;
    }
    return 0;
}

void shipper_form_look(const char *path, size_t n, struct shipper_meaning *m)
{
    *m = (struct shipper_meaning){.marks = 0};
    look_in(path, n, m);
    for (size_t length; (length = wrapper_of(path, n)) != 0; path += length, n -= length)
        look_in(path + length, n - length, m);
}

const struct shipper_form *shipper_form_at(size_t i)
{
    return &forms[i];
}

size_t shipper_form_of(uint32_t marks)
{
    for (size_t i = 0; i < SHIPPER_FORMS; i++) {
        uint32_t first = (uint32_t)1 << 2 * i, both = forms[i].marks[1] != NULL ? 3 * first : first;
        if (forms[i].marks[0] != NULL && (marks & both) == both)
            return i;
    }
    return SHIPPER_FORMS;
}
