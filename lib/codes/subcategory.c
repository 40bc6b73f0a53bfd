/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "codes/subcategory.h"

#include <string.h>

#include "base/text.h"

enum { SYSTEM, LOGON, OBJECT, PRIVILEGE, TRACKING, POLICY, ACCOUNTS, DIRECTORY, ACCOUNT_LOGON };

const struct audit_category audit_categories[] = {
    [SYSTEM] = {0x69979848, "System"},
    [LOGON] = {0x69979849, "Logon/Logoff"},
    [OBJECT] = {0x6997984A, "Object Access"},
    [PRIVILEGE] = {0x6997984B, "Privilege Use"},
    [TRACKING] = {0x6997984C, "Detailed Tracking"},
    [POLICY] = {0x6997984D, "Policy Change"},
    [ACCOUNTS] = {0x6997984E, "Account Management"},
    [DIRECTORY] = {0x6997984F, "DS Access"},
    [ACCOUNT_LOGON] = {0x69979850, "Account Logon"},
};
const uint32_t audit_category_count = sizeof audit_categories / sizeof *audit_categories;

#define PLAIN(data1, category, windows, name)                                                      \
    {                                                                                              \
        data1, category, windows, name, "", "", "", ""                                             \
    }
const struct subcategory subcategories[] = {
    PLAIN(0x0CCE9210, SYSTEM, 7, "Security State Change"),
    PLAIN(0x0CCE9211, SYSTEM, 7, "Security System Extension"),
    PLAIN(0x0CCE9212, SYSTEM, 7, "System Integrity"),
    {SUBCATEGORY_IPSEC_DRIVER, SYSTEM, 7, "IPsec Driver", "ipsec-driver", "4960 to 4963, 4965", "",
     "System_AuditIPsecDriver"},
    PLAIN(0x0CCE9214, SYSTEM, 7, "Other System Events"),
    PLAIN(0x0CCE9215, LOGON, 7, "Logon"),
    PLAIN(0x0CCE9216, LOGON, 7, "Logoff"),
    PLAIN(0x0CCE9217, LOGON, 7, "Account Lockout"),
    {SUBCATEGORY_IPSEC_MAIN_MODE, LOGON, 7, "IPsec Main Mode", "ipsec-main-mode",
     "4650, 4651, 4655, 4976, 5049, 5453", "4652, 4653", "AccountLogonLogoff_AuditIPsecMainMode"},
    {SUBCATEGORY_IPSEC_QUICK_MODE, LOGON, 7, "IPsec Quick Mode", "ipsec-quick-mode",
     "4977, 5451, 5452", "4654", "AccountLogonLogoff_AuditIPsecQuickMode"},
    {SUBCATEGORY_IPSEC_EXTENDED_MODE, LOGON, 7, "IPsec Extended Mode", "ipsec-extended-mode",
     "4978 to 4984", "", "AccountLogonLogoff_AuditIPsecExtendedMode"},
    PLAIN(0x0CCE921B, LOGON, 7, "Special Logon"),
    PLAIN(0x0CCE921C, LOGON, 7, "Other Logon/Logoff Events"),
    PLAIN(0x0CCE9243, LOGON, 7, "Network Policy Server"),
    PLAIN(0x0CCE9247, LOGON, 8, "User / Device Claims"),
    PLAIN(0x0CCE9249, LOGON, 10, "Group Membership"),
    PLAIN(0x0CCE921D, OBJECT, 7, "File System"),
    PLAIN(0x0CCE921E, OBJECT, 7, "Registry"),
    PLAIN(0x0CCE921F, OBJECT, 7, "Kernel Object"),
    PLAIN(0x0CCE9220, OBJECT, 7, "SAM"),
    PLAIN(0x0CCE9221, OBJECT, 7, "Certification Services"),
    PLAIN(0x0CCE9222, OBJECT, 7, "Application Generated"),
    PLAIN(0x0CCE9223, OBJECT, 7, "Handle Manipulation"),
    PLAIN(0x0CCE9224, OBJECT, 7, "File Share"),
    {SUBCATEGORY_PACKET_DROP, OBJECT, 7, "Filtering Platform Packet Drop", "packet-drop", "",
     "5152, 5153", "ObjectAccess_AuditFilteringPlatformPacketDrop"},
    {SUBCATEGORY_CONNECTION, OBJECT, 7, "Filtering Platform Connection", "connection",
     "5154, 5156, 5158", "5031, 5150, 5151, 5155, 5157, 5159",
     "ObjectAccess_AuditFilteringPlatformConnection"},
    {SUBCATEGORY_OTHER_OBJECT_ACCESS, OBJECT, 7, "Other Object Access Events",
     "other-object-access", "", "5148, 5149", "ObjectAccess_AuditOtherObjectAccessEvents"},
    PLAIN(0x0CCE9244, OBJECT, 7, "Detailed File Share"),
    PLAIN(0x0CCE9245, OBJECT, 8, "Removable Storage"),
    PLAIN(0x0CCE9246, OBJECT, 8, "Central Policy Staging"),
    PLAIN(0x0CCE9228, PRIVILEGE, 7, "Sensitive Privilege Use"),
    PLAIN(0x0CCE9229, PRIVILEGE, 7, "Non Sensitive Privilege Use"),
    PLAIN(0x0CCE922A, PRIVILEGE, 7, "Other Privilege Use Events"),
    PLAIN(0x0CCE922B, TRACKING, 7, "Process Creation"),
    PLAIN(0x0CCE922C, TRACKING, 7, "Process Termination"),
    PLAIN(0x0CCE922D, TRACKING, 7, "DPAPI Activity"),
    PLAIN(0x0CCE922E, TRACKING, 7, "RPC Events"),
    PLAIN(0x0CCE9248, TRACKING, 10, "Plug and Play Events"),
    PLAIN(0x0CCE924A, TRACKING, 10, "Token Right Adjusted Events"),
    {SUBCATEGORY_AUDIT_POLICY_CHANGE, POLICY, 7, "Audit Policy Change", "audit-policy-change",
     "4719", "", "PolicyChange_AuditPolicyChange"},
    PLAIN(0x0CCE9230, POLICY, 7, "Authentication Policy Change"),
    PLAIN(0x0CCE9231, POLICY, 7, "Authorization Policy Change"),
    {SUBCATEGORY_MPSSVC_RULES, POLICY, 7, "MPSSVC Rule-Level Policy Change", "mpssvc-rules",
     "4945 to 4948, 4950", "4951 to 4953, 4957, 4958",
     "PolicyChange_AuditMPSSVCRuleLevelPolicyChange"},
    {SUBCATEGORY_PLATFORM_POLICY_CHANGE, POLICY, 7, "Filtering Platform Policy Change",
     "policy-change", "5440 to 5446, 5448 to 5450", "",
     "PolicyChange_AuditFilteringPlatformPolicyChange"},
    {SUBCATEGORY_OTHER_POLICY_CHANGE, POLICY, 7, "Other Policy Change Events",
     "other-policy-change", "5447", "", "PolicyChange_AuditOtherPolicyChangeEvents"},
    PLAIN(0x0CCE9235, ACCOUNTS, 7, "User Account Management"),
    PLAIN(0x0CCE9236, ACCOUNTS, 7, "Computer Account Management"),
    PLAIN(0x0CCE9237, ACCOUNTS, 7, "Security Group Management"),
    PLAIN(0x0CCE9238, ACCOUNTS, 7, "Distribution Group Management"),
    PLAIN(0x0CCE9239, ACCOUNTS, 7, "Application Group Management"),
    PLAIN(0x0CCE923A, ACCOUNTS, 7, "Other Account Management Events"),
    PLAIN(0x0CCE923B, DIRECTORY, 7, "Directory Service Access"),
    PLAIN(0x0CCE923C, DIRECTORY, 7, "Directory Service Changes"),
    PLAIN(0x0CCE923D, DIRECTORY, 7, "Directory Service Replication"),
    PLAIN(0x0CCE923E, DIRECTORY, 7, "Detailed Directory Service Replication"),
    PLAIN(0x0CCE923F, ACCOUNT_LOGON, 7, "Credential Validation"),
    PLAIN(0x0CCE9240, ACCOUNT_LOGON, 7, "Kerberos Service Ticket Operations"),
    PLAIN(0x0CCE9241, ACCOUNT_LOGON, 7, "Other Account Logon Events"),
    PLAIN(0x0CCE9242, ACCOUNT_LOGON, 7, "Kerberos Authentication Service"),
};
const uint32_t subcategory_count = sizeof subcategories / sizeof *subcategories;

/* ---- GUIDs ---------------------------------------------------------------------------------- */

static FWP_GUID guid_of(uint32_t data1, uint16_t data2)
{
    return (FWP_GUID){data1, data2, 0x11D9, {0xBE, 0xD3, 0x50, 0x50, 0x54, 0x50, 0x30, 0x30}};
}

FWP_GUID subcategory_guid(uint32_t data1)
{
    return guid_of(data1, 0x69AE);
}

FWP_GUID audit_category_guid(uint32_t data1)
{
    return guid_of(data1, 0x797A);
}

bool subcategory_same_guid(const FWP_GUID *a, const FWP_GUID *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

const struct subcategory *subcategory_find(const FWP_GUID *guid)
{
    FWP_GUID whole = subcategory_guid(guid->Data1);
    for (uint32_t i = 0; i < subcategory_count && subcategory_same_guid(&whole, guid); i++)
        if (subcategories[i].data1 == guid->Data1)
            return &subcategories[i];
    return NULL;
}

const struct audit_category *audit_category_find(const FWP_GUID *guid)
{
    FWP_GUID whole = audit_category_guid(guid->Data1);
    for (uint32_t i = 0; i < audit_category_count && subcategory_same_guid(&whole, guid); i++)
        if (audit_categories[i].data1 == guid->Data1)
            return &audit_categories[i];
    return NULL;
}

bool subcategory_parse(const char *text, size_t n, FWP_GUID *guid)
{
    uint8_t bytes[sizeof *guid];
    if (text_parse_guid(text, n, bytes)) {
        memcpy(guid, bytes, sizeof *guid);
        return true;
    }
    for (uint32_t i = 0; i < subcategory_count; i++) {
        const struct subcategory *s = &subcategories[i];
        if (text_same(text, n, s->name) || (s->word[0] != 0 && text_same(text, n, s->word))) {
            *guid = subcategory_guid(s->data1);
            return true;
        }
    }
    return false;
}
