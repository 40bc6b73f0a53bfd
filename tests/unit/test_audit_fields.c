/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The names of audit records' fields and what each is for. */
#include "cmocka_all.h"

#include <string.h>

#include "model/audit_fields.h"

/* Fields of the manifests of Microsoft-Windows-Security-Auditing; each is known, and keeps its
 * spelling. */
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
        cmocka_unit_test(the_manifests_names),
        cmocka_unit_test(roles_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
