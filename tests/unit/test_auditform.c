/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The form of audit events: what stands where, whose they are, what their fields are called. */
#include "cmocka_all.h"

#include <string.h>

#include "decode/auditrec.h"

static void ids_and_providers(void **state)
{
    (void)state;
    for (uint64_t id = 0; id < 70000; id++) {
        bool ours = (id >= 5146 && id <= 5160) || (id >= 5440 && id <= 5451) || id == 5031 ||
                    id == 4719 || id == 4950;
        assert_int_equal(audit_is_ours(PROVIDER_SECURITY, id), ours);
        assert_int_equal(audit_is_ours(PROVIDER_EVENTLOG, id), id == 1102);
        assert_false(audit_is_ours(PROVIDER_OTHER, id));
        assert_false(audit_is_ours(PROVIDER_UNKNOWN, id));
    }
    assert_false(audit_is_ours(PROVIDER_SECURITY, 5157 + 0x100000000u));
}

static enum place child(enum place parent, const char *name)
{
    return audit_child(parent, name, strlen(name));
}

static void elements(void **state)
{
    static const struct {
        enum place parent, want;
        const char *name;
    } cases[] = {
        {PLACE_TOP, PLACE_EVENT, "Event"},
        {PLACE_TOP, PLACE_TOP, "Events"}, /* whatever is around them */
        {PLACE_EVENT, PLACE_SYSTEM, "System"},
        {PLACE_EVENT, PLACE_EVENT_DATA, "EventData"},
        {PLACE_EVENT, PLACE_USER_DATA, "UserData"},
        {PLACE_EVENT, PLACE_NOWHERE, "RenderingInfo"},
        {PLACE_EVENT, PLACE_NOWHERE, "eventdata"},
        {PLACE_SYSTEM, PLACE_PROVIDER, "Provider"},
        {PLACE_SYSTEM, PLACE_EVENT_ID, "EventID"},
        {PLACE_SYSTEM, PLACE_VERSION, "Version"},
        {PLACE_SYSTEM, PLACE_TASK, "Task"},
        {PLACE_SYSTEM, PLACE_KEYWORDS, "Keywords"},
        {PLACE_SYSTEM, PLACE_TIME, "TimeCreated"},
        {PLACE_SYSTEM, PLACE_RECORD_ID, "EventRecordID"},
        {PLACE_SYSTEM, PLACE_COMPUTER, "Computer"},
        {PLACE_SYSTEM, PLACE_NOWHERE, "Level"},
        {PLACE_SYSTEM, PLACE_NOWHERE, ""},
        {PLACE_EVENT_DATA, PLACE_DATA, "Data"},
        {PLACE_EVENT_DATA, PLACE_DATA, "Anything"},
        {PLACE_USER_DATA, PLACE_USER_CHILD, "LogFileCleared"},
        {PLACE_USER_CHILD, PLACE_DATA, "SubjectUserName"},
        {PLACE_DATA, PLACE_DATA, "Data"},
        {PLACE_NOWHERE, PLACE_NOWHERE, "Event"},
        {PLACE_PROVIDER, PLACE_NOWHERE, "Data"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(child(cases[i].parent, cases[i].name), cases[i].want);
}

static void attributes_and_text(void **state)
{
    (void)state;
    assert_int_equal(audit_attribute(PLACE_PROVIDER, "Name", 4), SLOT_PROVIDER_NAME);
    assert_int_equal(audit_attribute(PLACE_PROVIDER, "Guid", 4), SLOT_PROVIDER_GUID);
    assert_int_equal(audit_attribute(PLACE_TIME, "SystemTime", 10), SLOT_TIME);
    assert_int_equal(audit_attribute(PLACE_DATA, "Name", 4), SLOT_FIELD_NAME);
    assert_int_equal(audit_attribute(PLACE_DATA, "name", 4), SLOT_NONE);
    assert_int_equal(audit_attribute(PLACE_EVENT_DATA, "Name", 4), SLOT_NONE);
    assert_int_equal(audit_attribute(PLACE_EVENT_ID, "Qualifiers", 10), SLOT_NONE);
    assert_int_equal(audit_text(PLACE_EVENT_ID), SLOT_EVENT_ID);
    assert_int_equal(audit_text(PLACE_COMPUTER), SLOT_COMPUTER);
    assert_int_equal(audit_text(PLACE_PROVIDER), SLOT_NONE);
    assert_int_equal(audit_text(PLACE_DATA), SLOT_NONE);
    assert_int_equal(audit_text(PLACE_NOWHERE), SLOT_NONE);
}

/* Fields of the manifests, from facts/audit-fields.md; each is known, and keeps its spelling. */
static void the_manifests_names(void **state)
{
    static const char names[] =
        "Action Application AuditPolicyChanges CalloutID CalloutId CalloutInvolved "
        "CalloutKey CalloutName CalloutType CategoryId ChangeType ClientProcessId "
        "ClientProcessStartKey Conditions CurrentProfile DestAddress DestPort "
        "DestinationvSwitchPort Direction EncapMethod EtherType FilterId FilterKey "
        "FilterName FilterOrigin FilterRTID FilterType FirewallPolicyStore "
        "HasRemoteDynamicKeywordAddress InterfaceIndex InterfaceType IsLoopback LayerId "
        "LayerKey LayerName LayerRTID MediaType Modifiable OriginalProfile PacketsDiscarded "
        "ProcessID ProcessId ProfileChanged Profiles Protocol ProviderContextKey "
        "ProviderContextName ProviderContextType ProviderKey ProviderName ProviderType "
        "RemoteMachineID RemoteUserID SettingType SettingValue SnapControl SnapOui "
        "SourceAddress SourcePort SourcevSwitchPort SubLayerKey SubLayerName SubLayerType "
        "SubcategoryGuid SubcategoryId SubjectDomainName SubjectLogonId SubjectUserName "
        "SubjectUserSid Type UserName UserSid VlanTag Weight vSwitchID ";
    char name[64];
    (void)state;
    for (const char *at = names; *at != 0; at += strlen(name) + 1) {
        size_t n = strcspn(at, " ");
        memcpy(name, at, n);
        name[n] = 0;
        uint16_t index = audit_name(name, n);
        assert_int_not_equal(index, NAME_NONE);
        assert_string_equal(audit_name_text(index), name);
        assert_int_equal(audit_name_length(index), n);
    }
    assert_int_equal(audit_name("ProcessI", 8), NAME_NONE);
    assert_int_equal(audit_name("", 0), NAME_NONE);
    assert_string_equal(audit_name_text(NAME_NONE), "");
}

static void roles_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(audit_role_of_text("sOURCEaDDRESS", 13), ROLE_SOURCE_ADDRESS);
    assert_int_equal(audit_role_of_text("filterid", 8), ROLE_FILTER);
    assert_int_equal(audit_role_of_text("FILTERRTID", 10), ROLE_FILTER);
    assert_int_equal(audit_role_of_text("FilterI", 7), ROLE_NONE);
    assert_int_equal(audit_role_of_text("LayerName", 9), ROLE_NONE);
    assert_int_equal(audit_role_of_text("", 0), ROLE_NONE);
    assert_int_equal(audit_role(NAME_NONE), ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_providers),   cmocka_unit_test(elements),
        cmocka_unit_test(attributes_and_text), cmocka_unit_test(the_manifests_names),
        cmocka_unit_test(roles_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
