/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_classic.h"

#include <string.h>

/* EVENTLOGRECORD (winnt.h) */
enum {
    AT_NUMBER = 8,
    AT_TIME = 12, /* seconds since 1970: when it was raised */
    AT_EVENT_ID = 20,
    AT_TYPE = 24,
    AT_STRINGS = 26, /* how many */
    AT_CATEGORY = 28,
    AT_STRING_OFFSET = 36,
    HEAD = 56,
    TYPE_SUCCESS = 8,
    TYPE_FAILURE = 16
};
static const uint64_t success = 0x8020000000000000u, failure = 0x8010000000000000u;
static const uint64_t from_1601_to_1970 = 11644473600u;

/* ---- which fields --------------------------------------------------------------------------- */

/* The templates of the provider's manifests from Windows 7 to 11, told apart by how many fields
 * they have. */
struct layout {
    uint16_t first, last; /* event IDs */
    uint8_t count, version;
    const char *names; /* parted by blanks */
};

#define PROCESS  "ProcessID Application "
#define PROCESS2 "ProcessId Application "
#define SIDES    "Direction SourceAddress SourcePort DestAddress DestPort Protocol "
#define ONE_SIDE "SourceAddress SourcePort Protocol "
#define FILTER   "FilterRTID LayerName LayerRTID"
#define ORIGIN   "InterfaceIndex FilterOrigin "
#define PEERS    " RemoteUserID RemoteMachineID"
#define PROFILES " OriginalProfile CurrentProfile IsLoopback"
#define MAC      "Direction SourceAddress DestAddress EtherType "
#define VSWITCH  "VlanTag vSwitchID SourcevSwitchPort DestinationvSwitchPort "
#define WHO      "ProcessId UserSid UserName "
#define SUBJECT  "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId"
#define PROVIDER "ProviderKey ProviderName "
#define LAYER    "LayerKey LayerName LayerId"
#define CALLOUT  "CalloutKey CalloutName CalloutType CalloutId "
#define CONTEXT  "ProviderContextKey ProviderContextName ProviderContextType"
#define SUBLAYER "SubLayerKey SubLayerName SubLayerType Weight"
#define A_FILTER                                                                                   \
    "FilterKey FilterName FilterType FilterId " LAYER " Weight Conditions Action CalloutKey "      \
    "CalloutName"
#define MM_NAMES "LocalMMPrincipalName RemoteMMPrincipalName "
#define MM_CERTIFIED                                                                               \
    "LocalMMPrincipalName LocalMMCertHash LocalMMIssuingCA LocalMMRootCA RemoteMMPrincipalName "   \
    "RemoteMMCertHash RemoteMMIssuingCA RemoteMMRootCA "
#define EM_NAMES "LocalEMPrincipalName RemoteEMPrincipalName "
#define EM_CERTIFIED                                                                               \
    "LocalEMPrincipalName LocalEMCertHash LocalEMIssuingCA LocalEMRootCA RemoteEMPrincipalName "   \
    "RemoteEMCertHash RemoteEMIssuingCA RemoteEMRootCA "
#define EM_SIDES  "LocalAddress LocalKeyModPort RemoteAddress RemoteKeyModPort "
#define IKE_SIDES EM_SIDES "KeyModName "
#define MM_CRYPTO "MMCipherAlg MMIntegrityAlg DHGroup MMLifetime QMLimit Role MMImpersonationState "
#define MM_TERMS  "MMAuthMethod " MM_CRYPTO
#define EM_SA     "EMImpersonationState QMFilterID"
#define MM_SA     "MMFilterID MMSAID"
#define MM_FAILED                                                                                  \
    "FailurePoint FailureReason MMAuthMethod State Role MMImpersonationState MMFilterID "          \
    "InitiatorCookie ResponderCookie"
#define QM_SIDES                                                                                   \
    "LocalAddress LocalAddressMask LocalPort LocalTunnelEndpoint RemoteAddress RemoteAddressMask " \
    "RemotePort "
#define QM_FAILED                                                                                  \
    QM_SIDES "RemoteTunnelEndpoint Protocol RemotePrivateAddress KeyModName FailurePoint "         \
             "FailureReason Mode State Role MessageID QMFilterID MMSAID"
#define QM_SA                                                                                      \
    QM_SIDES "PeerPrivateAddress RemoteTunnelEndpoint IpProtocol KeyingModuleName AhAuthType "     \
             "EspAuthType CipherType LifetimeSeconds LifetimeKilobytes LifetimePackets Mode Role " \
             "TransportFilterId MainModeSaId QuickModeSaId InboundSpi OutboundSpi"
#define TUNNEL " TunnelId TrafficSelectorId"
#define V3     PROCESS SIDES ORIGIN FILTER PEERS PROFILES " HasRemoteDynamicKeywordAddress"

static const struct layout layouts[] = {
    {1102, 1102, 4, 0, SUBJECT},
    {4719, 4719, 8, 0, SUBJECT " CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges"},
    {4719, 4719, 10, 1,
     SUBJECT " CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges ClientProcessId "
             "ClientProcessStartKey"},
    {4945, 4945, 3, 0, "ProfileUsed RuleId RuleName"},
    {4946, 4948, 3, 0, "ProfileChanged RuleId RuleName"},
    {4950, 4950, 3, 0, "ProfileChanged SettingType SettingValue"},
    {4951, 4952, 3, 0, "Profile RuleId RuleName"},
    {4953, 4953, 4, 0, "Profile ReasonForRejection RuleId RuleName"},
    {4957, 4957, 3, 0, "RuleId RuleName RuleAttr"},
    {4958, 4958, 4, 0, "RuleId RuleName Error Reason"},
    {5031, 5031, 2, 0, "Profiles Application"},
    {5146, 5147, 11, 0, MAC VSWITCH FILTER},
    {5148, 5148, 1, 0, "Type"},
    {5149, 5149, 2, 0, "Type PacketsDiscarded"},
    {5150, 5151, 11, 0, MAC "EncapMethod SnapControl SnapOui VlanTag " FILTER},
    {5150, 5151, 10, 0, MAC "MediaType InterfaceType VlanTag " FILTER},
    {5152, 5153, 11, 0, PROCESS2 SIDES FILTER},
    {5152, 5153, 12, 1, PROCESS2 SIDES "FilterOrigin " FILTER},
    {5154, 5155, 8, 0, PROCESS2 ONE_SIDE FILTER},
    {5158, 5159, 8, 0, PROCESS2 ONE_SIDE FILTER},
    {5156, 5157, 11, 0, PROCESS SIDES FILTER},
    {5156, 5157, 13, 1, PROCESS SIDES FILTER PEERS},
    {5156, 5156, 15, 1, PROCESS SIDES ORIGIN FILTER PEERS},
    {5157, 5157, 16, 2, PROCESS SIDES FILTER PEERS PROFILES},
    {5157, 5157, 19, 3, V3},
    {5160, 5160, 23, 0, V3 " FirewallPolicyStore Modifiable CalloutInvolved CalloutID"},
    {4650, 4650, 17, 0, MM_NAMES IKE_SIDES MM_TERMS MM_SA},
    {4651, 4651, 23, 0, MM_CERTIFIED IKE_SIDES MM_TERMS MM_SA},
    {4652, 4652, 22, 0, MM_CERTIFIED IKE_SIDES MM_FAILED},
    {4653, 4653, 16, 0, MM_NAMES IKE_SIDES MM_FAILED},
    {4654, 4654, 19, 0, QM_FAILED},
    {4654, 4654, 21, 1, QM_FAILED TUNNEL},
    {4655, 4655, 4, 0, "LocalAddress RemoteAddress KeyModName MMSAID"},
    {4960, 4963, 2, 0, "RemoteAddress SPI"},
    {4965, 4965, 2, 0, "RemoteAddress SPI"},
    {4976, 4978, 3, 0, "LocalAddress RemoteAddress KeyModName"},
    {4979, 4979, 21, 0, MM_NAMES EM_SIDES MM_TERMS MM_SA " " EM_NAMES "EMAuthMethod " EM_SA},
    {4980, 4980, 26, 0, MM_NAMES EM_SIDES MM_TERMS MM_SA " " EM_CERTIFIED EM_SA},
    {4981, 4981, 26, 0, MM_CERTIFIED EM_SIDES MM_CRYPTO MM_SA " " EM_NAMES "EMAuthMethod " EM_SA},
    {4982, 4982, 30, 0, /* without LocalAddress */
     MM_CERTIFIED "LocalKeyModPort RemoteAddress RemoteKeyModPort " MM_CRYPTO MM_SA
                  " " EM_CERTIFIED EM_SA},
    {4983, 4983, 18, 0, EM_CERTIFIED EM_SIDES "FailurePoint FailureReason State Role " EM_SA},
    {4984, 4984, 13, 0,
     EM_NAMES EM_SIDES "FailurePoint FailureReason EMAuthMethod State Role " EM_SA},
    {5049, 5049, 3, 0, "ProfileChanged IpSecSecurityAssociationId IpSecSecurityAssociationName"},
    {5440, 5440, 9, 0, PROVIDER CALLOUT LAYER},
    {5441, 5441, 14, 0, PROVIDER A_FILTER},
    {5442, 5442, 3, 0, PROVIDER "ProviderType"},
    {5443, 5443, 5, 0, PROVIDER CONTEXT},
    {5444, 5444, 6, 0, PROVIDER SUBLAYER},
    {5446, 5446, 13, 0, WHO PROVIDER "ChangeType " CALLOUT LAYER},
    {5447, 5447, 18, 0, WHO PROVIDER "ChangeType " A_FILTER},
    {5448, 5448, 7, 0, WHO "ChangeType " PROVIDER "ProviderType"},
    {5449, 5449, 9, 0, WHO PROVIDER "ChangeType " CONTEXT},
    {5450, 5450, 10, 0, WHO PROVIDER "ChangeType " SUBLAYER},
    {5451, 5451, 24, 0, QM_SA},
    {5451, 5451, 26, 1, QM_SA TUNNEL},
    {5452, 5452, 8, 0,
     "LocalAddress LocalPort LocalTunnelEndpoint RemoteAddress RemotePort RemoteTunnelEndpoint "
     "IpProtocol QuickModeSaId"},
    {5452, 5452, 12, 1, QM_SIDES "RemoteTunnelEndpoint IpProtocol QuickModeSaId" TUNNEL},
    {5456, 5456, 1, 0, "Policy"},
    {5457, 5457, 2, 0, "Policy Error"},
    {5458, 5458, 1, 0, "Policy"},
    {5459, 5459, 2, 0, "Policy Error"},
    {5460, 5460, 1, 0, "Policy"},
    {5461, 5462, 2, 0, "Policy Error"},
};

static const struct layout *layout_of(uint32_t event_id, uint32_t count)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (event_id >= layouts[i].first && event_id <= layouts[i].last &&
            count == layouts[i].count)
            return &layouts[i];
    return NULL;
}

const char *audit_classic_names(uint32_t event_id, uint32_t count, uint32_t *version)
{
    const struct layout *layout = layout_of(event_id, count);
    *version = layout != NULL ? layout->version : 0;
    return layout != NULL ? layout->names : NULL;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* A text with a NUL, which moves *at behind it. false: it has none. */
static bool take_text(const uint8_t *p, uint32_t n, uint32_t *at, uint32_t *bytes)
{
    uint32_t start = *at;
    for (; n >= 2 && *at <= n - 2; *at += 2)
        if (text_le16(p + *at) == 0) {
            *bytes = *at - start;
            *at += 2;
            return true;
        }
    return false;
}

static void set_number(struct audit_record *a, enum slot slot, uint64_t v)
{
    uint8_t bytes[8];
    text_put_le32(bytes, (uint32_t)v);
    text_put_le32(bytes + 4, (uint32_t)(v >> 32));
    audit_record_slot(a, slot, VALUE_U64, bytes, sizeof bytes);
}

static bool take_names(struct audit_record *a, const uint8_t *p, uint32_t n)
{
    uint32_t at = HEAD, bytes, start = at;
    if (!take_text(p, n, &at, &bytes))
        return false;
    audit_record_slot(a, SLOT_PROVIDER_NAME, VALUE_STRING, p + start, bytes);
    start = at;
    if (!take_text(p, n, &at, &bytes))
        return false;
    audit_record_slot(a, SLOT_COMPUTER, VALUE_STRING, p + start, bytes);
    return true;
}

/* The names of a list that does not fit are not known: what they would be called is the name that
 * a field without one has in XML. */
static bool take_fields(struct audit_record *a, const uint8_t *p, uint32_t n, uint32_t count,
                        const struct layout *layout)
{
    static const char no_name[] = "Data";
    const char *name = layout != NULL ? layout->names : no_name;
    uint32_t at = text_le32(p + AT_STRING_OFFSET), bytes;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t start = at;
        size_t length = strcspn(name, " ");
        if (at > n || !take_text(p, n, &at, &bytes))
            return false;
        audit_record_field(a, audit_name(name, length), VALUE_UTF8, name, length, VALUE_STRING,
                           p + start, bytes);
        if (layout != NULL)
            name += length + (name[length] == ' ');
    }
    return true;
}

static void take_head(struct audit_classic *x, const uint8_t *p, uint32_t id)
{
    struct audit_record *a = &x->audit_record;
    uint16_t type = text_le16(p + AT_TYPE);
    set_number(a, SLOT_EVENT_ID, id);
    set_number(a, SLOT_RECORD_ID, x->number);
    set_number(a, SLOT_TASK, text_le16(p + AT_CATEGORY));
    set_number(a, SLOT_KEYWORDS,
               type == TYPE_SUCCESS   ? success
               : type == TYPE_FAILURE ? failure
                                      : 0);
    record_of(&a->b)->time = (text_le32(p + AT_TIME) + from_1601_to_1970) * 10000000;
    a->has_time = true;
}

enum audit_classic_found audit_classic_read(struct audit_classic *x, const uint8_t *p, uint32_t n,
                                            const struct record **record)
{
    struct audit_record *a = &x->audit_record;
    if (n < HEAD || text_le32(p) != n)
        return AUDIT_CLASSIC_BROKEN;
    uint32_t id = text_le32(p + AT_EVENT_ID) & 0xFFFF, count = text_le16(p + AT_STRINGS);
    const struct layout *layout = layout_of(id, count);
    x->number = text_le32(p + AT_NUMBER);
    audit_record_start(a, x->room, (uint32_t)sizeof x->room, WFPW_SOURCE_AUDIT_LOG);
    a->with_log = true;
    take_head(x, p, id);
    if (!take_names(a, p, n))
        return AUDIT_CLASSIC_BROKEN;
    if (!audit_is_ours(a->provider, id) && !audit_tells_of_log(a->provider, id))
        return AUDIT_CLASSIC_OTHER;
    if (layout != NULL)
        set_number(a, SLOT_VERSION, layout->version);
    else if (count > 0)
        record_of(&a->b)->flags |= WFPW_EVENT_PARTIAL;
    if (!take_fields(a, p, n, count, layout))
        return AUDIT_CLASSIC_BROKEN;
    *record = audit_record_finish(a, 0);
    return *record != NULL ? AUDIT_CLASSIC_RECORD : AUDIT_CLASSIC_OTHER;
}
