/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_event_schema.h"

#include "decode/netsh/netsh_symbols.h"

/* Elements are called like the members of FWPM_NET_EVENT5 and its parts; those of internalFields
 * and of classify events were seen in real files, the others follow the same rule (docs/facts.md).
 * A row: name, where its children stand, form, list of symbols, bodies, what it goes to, presence.
 */
#define RECORD(member)   (NETSH_IN_RECORD + offsetof(struct record, member))
#define GATHERED(member) (NETSH_IN_GATHERED + offsetof(struct netsh_gathered, member))
#define FILTER(member)   (NETSH_IN_FILTER + offsetof(struct record_terminating, member))
#define ROW(name, place, form, list, bodies, where, present)                                       \
    {                                                                                              \
        name, NETSH_##place, NETSH_##form, list, bodies, (uint32_t)(where), present                \
    }
#define VALUE(name, form, where, present) ROW(name, NOWHERE, form, 0, 0, where, present)
#define SYMBOL(name, list, where, present)                                                         \
    ROW(name, NOWHERE, ENUM, NETSH_SYMBOL_##list, 0, where, present)
#define HOLDS(name, place) ROW(name, place, NONE, 0, 0, RECORD(kind), 0)
#define PASSED(name)       HOLDS(name, NOWHERE)
#define IKE(name, form, member, present)                                                           \
    ROW(name, NOWHERE, form, 0, NETSH_BODY_IKE, GATHERED(ike.member), present)
#define IKE_SYMBOL(name, list, member, present)                                                    \
    ROW(name, NOWHERE, ENUM, NETSH_SYMBOL_##list, NETSH_BODY_IKE, GATHERED(ike.member), present)
#define IKE_HOLDS(name, place, member)                                                             \
    ROW(name, place, NONE, 0, NETSH_BODY_IKE, GATHERED(ike.member), 0)
#define IPSEC(name, form, member, present)                                                         \
    ROW(name, NOWHERE, form, 0, NETSH_BODY_IPSEC, GATHERED(ipsec.member), present)
#define MAC(name, form, member) ROW(name, NOWHERE, form, 0, NETSH_BODY_MAC, GATHERED(mac.member), 0)

static const struct netsh_row in_top[] = {
    HOLDS("item", EVENT),
    HOLDS("netEvent", EVENT),
    HOLDS("netEvents", EVENTS),
    HOLDS("events", EVENTS),
};

static const struct netsh_row in_any[] = {
    HOLDS("netEvent", EVENT),
    HOLDS("netEvents", EVENTS),
    HOLDS("events", EVENTS),
};

static const struct netsh_row in_event[] = {
    HOLDS("header", HEADER),
    ROW("type", NOWHERE, TYPE, NETSH_SYMBOL_TYPE, NETSH_HAS_TYPE, RECORD(type_raw), 0),
    HOLDS("internalFields", INTERNAL),
    HOLDS("netEvent", EVENT),
};

static const struct netsh_row in_header[] = {
    VALUE("timeStamp", TIME, RECORD(time), 0),
    ROW("flags", HEADER_FLAGS, FLAG, NETSH_SYMBOL_FLAG, 0, GATHERED(flags), 0),
    PASSED("ipVersion"), /* the addresses show it */
    VALUE("ipProtocol", U8, RECORD(protocol), WFPW_HAS_PROTOCOL),
    VALUE("localAddrV4", IP, RECORD(local), WFPW_HAS_LOCAL),
    VALUE("remoteAddrV4", IP, RECORD(remote), WFPW_HAS_REMOTE),
    VALUE("localPort", PORT, RECORD(local.port), WFPW_HAS_LOCAL_PORT),
    VALUE("remotePort", PORT, RECORD(remote.port), WFPW_HAS_REMOTE_PORT),
    VALUE("scopeId", U32, GATHERED(scope), WFPW_HAS_SCOPE_ID),
    HOLDS("appId", APP),
    VALUE("userId", SID, RECORD(user_sid), 0),
    PASSED("addressFamily"),
    VALUE("packageSid", PACKAGE, RECORD(package_sid), 0),
    VALUE("enterpriseId", TEXT, RECORD(enterprise_id), 0),
    VALUE("policyFlags", U64, RECORD(policy_flags), WFPW_HAS_POLICY_FLAGS),
    ROW("effectiveName", NAME, TEXT, 0, 0, RECORD(effective_name), 0),
    VALUE("localAddrV6.byteArray16", IP, RECORD(local), WFPW_HAS_LOCAL),
    VALUE("remoteAddrV6.byteArray16", IP, RECORD(remote), WFPW_HAS_REMOTE),
    VALUE("localAddrV6", IP, RECORD(local), WFPW_HAS_LOCAL),
    VALUE("remoteAddrV6", IP, RECORD(remote), WFPW_HAS_REMOTE),
};

static const struct netsh_row in_body[] = {
    /* classifyDrop, classifyAllow, capabilityDrop, capabilityAllow */
    VALUE("filterId", U64, RECORD(filter_id), WFPW_HAS_FILTER_ID),
    VALUE("layerId", U32, RECORD(layer_id), WFPW_HAS_LAYER_ID),
    VALUE("reauthReason", U32, RECORD(reauth_reason), WFPW_HAS_REAUTH_REASON),
    VALUE("originalProfile", U32, RECORD(original_profile), WFPW_HAS_PROFILES),
    VALUE("currentProfile", U32, RECORD(current_profile), WFPW_HAS_PROFILES),
    ROW("msFwpDirection", NOWHERE, DIRECTION, NETSH_SYMBOL_DIRECTION, 0, RECORD(direction_raw), 0),
    VALUE("isLoopback", LOOPBACK, RECORD(flags), WFPW_HAS_LOOPBACK),
    ROW("vSwitchId", VSWITCH, TEXT, 0, 0, GATHERED(vswitch.id), 0),
    VALUE("vSwitchSourcePort", U32, GATHERED(vswitch.source_port), 0),
    VALUE("vSwitchDestinationPort", U32, GATHERED(vswitch.destination_port), 0),
    SYMBOL("networkCapabilityId", CAPABILITY, RECORD(capability), WFPW_HAS_CAPABILITY),
    /* classifyDropMac */
    MAC("localMacAddr.byteArray6", MAC, local),
    MAC("remoteMacAddr.byteArray6", MAC, remote),
    MAC("localMacAddr", MAC, local),
    MAC("remoteMacAddr", MAC, remote),
    MAC("mediaType", U32, media_type),
    MAC("ifType", U32, if_type),
    MAC("etherType", U32, ether_type),
    MAC("ndisPortNumber", U32, ndis_port),
    MAC("vlanTag", U32, vlan),
    MAC("ifLuid", U64, if_luid),
    /* ipsecDrop, idpDrop, lpmPacketArrival */
    IPSEC("failureStatus", STATUS, status, WFPW_IPSEC_HAS_STATUS),
    ROW("direction", NOWHERE, DIRECTION, NETSH_SYMBOL_DIRECTION, 0, RECORD(direction_raw), 0),
    IPSEC("spi", U32, spi, WFPW_IPSEC_HAS_SPI),
    IPSEC("publicHostV4Addr", IP, public_host, 0),
    IPSEC("internalHostV4Addr", IP, internal_host, 0),
    IPSEC("publicHostV6Addr", IP, public_host, 0),
    IPSEC("internalHostV6Addr", IP, internal_host, 0),
    /* ikeMmFailure, ikeQmFailure, ikeEmFailure */
    IKE("failureErrorCode", U32, error, WFPW_IKE_HAS_ERROR),
    IKE_SYMBOL("failurePoint", POINT, point, WFPW_IKE_HAS_POINT),
    ROW("flags", IKE_FLAGS, FLAG, NETSH_SYMBOL_IKE_FLAG, NETSH_BODY_IKE, GATHERED(ike.flags),
        WFPW_IKE_HAS_FLAGS),
    IKE_SYMBOL("keyingModuleType", MODULE, module, WFPW_IKE_HAS_MODULE),
    IKE_SYMBOL("mmState", STATE, state, WFPW_IKE_HAS_STATE),
    IKE_SYMBOL("qmState", STATE, state, WFPW_IKE_HAS_STATE),
    IKE_SYMBOL("emState", STATE, state, WFPW_IKE_HAS_STATE),
    IKE_SYMBOL("saRole", ROLE, role, WFPW_IKE_HAS_ROLE),
    IKE_SYMBOL("mmAuthMethod", AUTH, auth_method, WFPW_IKE_HAS_AUTH_METHOD),
    IKE_SYMBOL("emAuthMethod", AUTH, auth_method, WFPW_IKE_HAS_AUTH_METHOD),
    ROW("endCertHash", HASH, CERT, 0, NETSH_BODY_IKE, GATHERED(ike.cert_hash),
        WFPW_IKE_HAS_CERT_HASH),
    IKE("mmId", U64, mm_id, WFPW_IKE_HAS_MM_ID),
    ROW("mmFilterId", NOWHERE, U64, 0, NETSH_BODY_IKE, RECORD(filter_id), WFPW_HAS_FILTER_ID),
    IKE("localPrincipalNameForAuth", TEXT, local_principal, 0),
    IKE("remotePrincipalNameForAuth", TEXT, remote_principal, 0),
    IKE_HOLDS("localPrincipalGroupSids", GROUPS, local_groups),
    IKE_HOLDS("remotePrincipalGroupSids", GROUPS, remote_groups),
    IKE("providerContextKey", GUID, provider_context, 0),
    IKE_SYMBOL("saTrafficType", TRAFFIC, traffic_type, WFPW_IKE_HAS_TRAFFIC_TYPE),
    IKE_HOLDS("localSubNet", SUBNET, local_subnet),
    IKE_HOLDS("remoteSubNet", SUBNET, remote_subnet),
    ROW("qmFilterId", NOWHERE, U64, 0, NETSH_BODY_IKE, RECORD(filter_id), WFPW_HAS_FILTER_ID),
    IKE("mmSaLuid", U64, mm_sa_luid, WFPW_IKE_HAS_MM_SA_LUID),
    IKE("mmProviderContextKey", GUID, provider_context, 0),
};

static const struct netsh_row in_internal[] = {
    PASSED("internalFlags"),
    PASSED("remoteAddrBitmap"),
    ROW("capabilities", CAPABILITIES, FLAG, NETSH_SYMBOL_CAPABILITY_FLAG, 0, RECORD(capabilities),
        WFPW_HAS_CAPABILITIES),
    PASSED("fqbnVersion"),
    VALUE("fqbnName", TEXT, RECORD(fqbn), 0),
    HOLDS("terminatingFiltersInfo", FILTERS),
    VALUE("filterOrigin", TEXT, RECORD(origin), 0),
    VALUE("interfaceIndex", U32, RECORD(interface_index), WFPW_HAS_INTERFACE_INDEX),
    ROW("processId", NOWHERE, U64, 0, NETSH_HAS_PID, RECORD(process_id), WFPW_HAS_PROCESS_ID),
};

static const struct netsh_row in_header_flags[] = {
    ROW("item", NOWHERE, FLAG, NETSH_SYMBOL_FLAG, 0, GATHERED(flags), 0),
};

static const struct netsh_row in_ike_flags[] = {
    ROW("item", NOWHERE, FLAG, NETSH_SYMBOL_IKE_FLAG, NETSH_BODY_IKE, GATHERED(ike.flags), 0),
};

static const struct netsh_row in_capabilities[] = {
    ROW("item", NOWHERE, FLAG, NETSH_SYMBOL_CAPABILITY_FLAG, 0, RECORD(capabilities), 0),
};

/* asString is the same bytes with dots for what is not ASCII: never as good as data. */
static const struct netsh_row in_app[] = {VALUE("data", BYTES, RECORD(app), 0)};
static const struct netsh_row in_name[] = {VALUE("data", BYTES, RECORD(effective_name), 0)};
static const struct netsh_row in_vswitch[] = {VALUE("data", BYTES, GATHERED(vswitch.id), 0)};
static const struct netsh_row in_hash[] = {
    IKE("data", CERT, cert_hash, WFPW_IKE_HAS_CERT_HASH),
};

static const struct netsh_row in_filters[] = {HOLDS("item", FILTER)};
static const struct netsh_row in_filter[] = {
    VALUE("filterId", U64, FILTER(filter_id), 0),
    VALUE("subLayer", TEXT, FILTER(sublayer), 0),
    SYMBOL("actionType", ACTION, FILTER(action), 0),
};

static const struct netsh_row in_groups[] = {VALUE("item", GROUP, GATHERED(groups), 0)};

static const struct netsh_row in_subnet[] = {
    VALUE("uint32", IP, GATHERED(subnet.low), 0),
    VALUE("byteArray16", IP, GATHERED(subnet.low), 0),
    HOLDS("v4AddrMask", MASK),
    HOLDS("v6AddrMask", MASK),
    HOLDS("rangeValue", RANGE),
};

static const struct netsh_row in_mask[] = {
    VALUE("addr", IP, GATHERED(subnet.low), 0),
    VALUE("mask", IP, GATHERED(subnet.mask), 0),
    VALUE("prefixLength", PREFIX, GATHERED(subnet.prefix), 0),
};

static const struct netsh_row in_range[] = {HOLDS("valueLow", LOW), HOLDS("valueHigh", HIGH)};

static const struct netsh_row in_low[] = {
    VALUE("uint32", IP, GATHERED(subnet.low), 0),
    VALUE("byteArray16", IP, GATHERED(subnet.low), 0),
};

static const struct netsh_row in_high[] = {
    VALUE("uint32", IP, GATHERED(subnet.high), 0),
    VALUE("byteArray16", IP, GATHERED(subnet.high), 0),
};

#define LIST(rows)                                                                                 \
    {                                                                                              \
        rows, sizeof(rows) / sizeof *(rows)                                                        \
    }
static const struct {
    const struct netsh_row *rows;
    size_t count;
} places[NETSH_ELEMENTS] = {
    [NETSH_TOP] = LIST(in_top),
    [NETSH_ANY] = LIST(in_any),
    [NETSH_EVENTS] = LIST(in_top),
    [NETSH_EVENT] = LIST(in_event),
    [NETSH_HEADER] = LIST(in_header),
    [NETSH_BODY] = LIST(in_body),
    [NETSH_INTERNAL] = LIST(in_internal),
    [NETSH_HEADER_FLAGS] = LIST(in_header_flags),
    [NETSH_IKE_FLAGS] = LIST(in_ike_flags),
    [NETSH_CAPABILITIES] = LIST(in_capabilities),
    [NETSH_APP] = LIST(in_app),
    [NETSH_NAME] = LIST(in_name),
    [NETSH_VSWITCH] = LIST(in_vswitch),
    [NETSH_HASH] = LIST(in_hash),
    [NETSH_FILTERS] = LIST(in_filters),
    [NETSH_FILTER] = LIST(in_filter),
    [NETSH_GROUPS] = LIST(in_groups),
    [NETSH_SUBNET] = LIST(in_subnet),
    [NETSH_MASK] = LIST(in_mask),
    [NETSH_RANGE] = LIST(in_range),
    [NETSH_LOW] = LIST(in_low),
    [NETSH_HIGH] = LIST(in_high),
};

static bool same_name(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

const struct netsh_row *netsh_event_schema_find(enum netsh_event_element around, const char *name,
                                                uint8_t *hint)
{
    const struct netsh_row *rows = places[around].rows;
    size_t count = places[around].count;
    for (size_t i = 0, at = *hint; i < count; i++, at++) {
        at = at < count ? at : 0;
        if (same_name(rows[at].name, name)) {
            *hint = (uint8_t)(at + 1);
            return &rows[at];
        }
    }
    return NULL;
}
