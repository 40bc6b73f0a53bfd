/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The form of audit events: what stands where, whose they are, what their fields are called. */
#include "cmocka_all.h"

#include <string.h>

#include "decode/audit/audit_record.h"

static void ids_and_providers(void **state)
{
    (void)state;
    for (uint64_t id = 0; id < 70000; id++) {
        bool ours = (id >= 5146 && id <= 5160) || (id >= 5440 && id <= 5463) || id == 5031 ||
                    id == 4719 || (id >= 4945 && id <= 4948) || (id >= 4950 && id <= 4953) ||
                    id == 4957 || id == 4958 || (id >= 4650 && id <= 4655) ||
                    (id >= 4960 && id <= 4963) || id == 4965 || (id >= 4976 && id <= 4984) ||
                    id == 5049;
        bool of_rule = (id >= 2004 && id <= 2007) || id == 2052 || (id >= 2071 && id <= 2073) ||
                       (id >= 2097 && id <= 2099);
        bool of_settings = id == 2002 || id == 2003 || id == 2032 || id == 2033 || id == 2059 ||
                           id == 2060 || id == 2082 || id == 2083;
        assert_int_equal(audit_is_ours(PROVIDER_FIREWALL, id), of_rule || of_settings);
        assert_int_equal(audit_is_ours(PROVIDER_SECURITY, id), ours);
        assert_int_equal(audit_is_ours(PROVIDER_EVENTLOG, id), id == 1102);
        assert_false(audit_is_ours(PROVIDER_OTHER, id));
        assert_false(audit_is_ours(PROVIDER_UNKNOWN, id));
    }
    assert_false(audit_is_ours(PROVIDER_SECURITY, 5157 + 0x100000000u));
}

static enum audit_element child(enum audit_element parent, const char *name)
{
    return audit_child(parent, name, strlen(name));
}

static void elements(void **state)
{
    static const struct {
        enum audit_element parent, want;
        const char *name;
    } cases[] = {
        {ELEMENT_TOP, ELEMENT_EVENT, "Event"},
        {ELEMENT_TOP, ELEMENT_TOP, "Events"}, /* whatever is around them */
        {ELEMENT_EVENT, ELEMENT_SYSTEM, "System"},
        {ELEMENT_EVENT, ELEMENT_EVENT_DATA, "EventData"},
        {ELEMENT_EVENT, ELEMENT_USER_DATA, "UserData"},
        {ELEMENT_EVENT, ELEMENT_NOWHERE, "RenderingInfo"},
        {ELEMENT_EVENT, ELEMENT_NOWHERE, "eventdata"},
        {ELEMENT_SYSTEM, ELEMENT_PROVIDER, "Provider"},
        {ELEMENT_SYSTEM, ELEMENT_EVENT_ID, "EventID"},
        {ELEMENT_SYSTEM, ELEMENT_VERSION, "Version"},
        {ELEMENT_SYSTEM, ELEMENT_TASK, "Task"},
        {ELEMENT_SYSTEM, ELEMENT_KEYWORDS, "Keywords"},
        {ELEMENT_SYSTEM, ELEMENT_TIME, "TimeCreated"},
        {ELEMENT_SYSTEM, ELEMENT_RECORD_ID, "EventRecordID"},
        {ELEMENT_SYSTEM, ELEMENT_COMPUTER, "Computer"},
        {ELEMENT_SYSTEM, ELEMENT_NOWHERE, "Level"},
        {ELEMENT_SYSTEM, ELEMENT_NOWHERE, ""},
        {ELEMENT_EVENT_DATA, ELEMENT_DATA, "Data"},
        {ELEMENT_EVENT_DATA, ELEMENT_DATA, "Anything"},
        {ELEMENT_USER_DATA, ELEMENT_USER_CHILD, "LogFileCleared"},
        {ELEMENT_USER_CHILD, ELEMENT_DATA, "SubjectUserName"},
        {ELEMENT_DATA, ELEMENT_DATA, "Data"},
        {ELEMENT_NOWHERE, ELEMENT_NOWHERE, "Event"},
        {ELEMENT_PROVIDER, ELEMENT_NOWHERE, "Data"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(child(cases[i].parent, cases[i].name), cases[i].want);
}

static void attributes_and_text(void **state)
{
    (void)state;
    assert_int_equal(audit_attribute(ELEMENT_PROVIDER, "Name", 4), SLOT_PROVIDER_NAME);
    assert_int_equal(audit_attribute(ELEMENT_PROVIDER, "Guid", 4), SLOT_PROVIDER_GUID);
    assert_int_equal(audit_attribute(ELEMENT_TIME, "SystemTime", 10), SLOT_TIME);
    assert_int_equal(audit_attribute(ELEMENT_DATA, "Name", 4), SLOT_FIELD_NAME);
    assert_int_equal(audit_attribute(ELEMENT_DATA, "name", 4), SLOT_NONE);
    assert_int_equal(audit_attribute(ELEMENT_EVENT_DATA, "Name", 4), SLOT_NONE);
    assert_int_equal(audit_attribute(ELEMENT_EVENT_ID, "Qualifiers", 10), SLOT_NONE);
    assert_int_equal(audit_text(ELEMENT_EVENT_ID), SLOT_EVENT_ID);
    assert_int_equal(audit_text(ELEMENT_COMPUTER), SLOT_COMPUTER);
    assert_int_equal(audit_text(ELEMENT_PROVIDER), SLOT_NONE);
    assert_int_equal(audit_text(ELEMENT_DATA), SLOT_NONE);
    assert_int_equal(audit_text(ELEMENT_NOWHERE), SLOT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_providers),
        cmocka_unit_test(elements),
        cmocka_unit_test(attributes_and_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
