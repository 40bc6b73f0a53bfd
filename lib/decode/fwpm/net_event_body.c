/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/net_event_body.h"

#include <string.h>

#include "decode/fwpm/net_event_path.h"

/* ---- pieces --------------------------------------------------------------------------------- */

bool net_event_body_address(uint32_t ip_version, uint32_t v4, const uint8_t *v6, wfpw_endpoint *to)
{
    if (ip_version == FWP_IP_VERSION_V4) {
        for (int i = 0; i < 4; i++)
            to->addr[i] = (uint8_t)(v4 >> 8 * (3 - i));
        to->family = 4;
    } else if (ip_version == FWP_IP_VERSION_V6) {
        memcpy(to->addr, v6, 16);
        to->family = 6;
    }
    return to->family != 0;
}

struct value net_event_body_text(struct record_builder *b, const void *p, uint32_t size,
                                 uint32_t most)
{
    if (size > most) {
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
        size = most;
    }
    return record_put(b, VALUE_STRING, p, size & ~(uint32_t)1);
}

/* Units before the NUL, at most NET_EVENT_TEXT_MAX / 2, which counts as cut. */
static uint32_t length_of(struct record_builder *b, const uint16_t *s)
{
    uint32_t n = 0;
    while (n < NET_EVENT_TEXT_MAX / 2 && s[n] != 0)
        n++;
    if (n == NET_EVENT_TEXT_MAX / 2)
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
    return n;
}

struct value net_event_body_string(struct record_builder *b, const uint16_t *s)
{
    if (s == NULL)
        return (struct value){0};
    return record_put(b, VALUE_STRING, s, 2 * (size_t)length_of(b, s));
}

struct value net_event_body_sid(struct record_builder *b, const FWP_SID_STRUCT *sid)
{
    uint32_t n = net_event_body_sid_size(sid);
    return n == 0 ? (struct value){0} : record_put(b, VALUE_SID, sid, n);
}

/* S-1-0-0: Windows says so of processes that are in no AppContainer. */
void net_event_body_package(struct record_builder *b, const FWP_SID_STRUCT *sid)
{
    static const uint8_t null_sid[12] = {1, 1};
    if (net_event_body_sid_size(sid) == sizeof null_sid &&
        memcmp(sid, null_sid, sizeof null_sid) == 0)
        record_of(b)->present |= WFPW_HAS_NOT_PACKAGED;
    else
        record_of(b)->package_sid = net_event_body_sid(b, sid);
}

void net_event_body_direction(struct record *r, uint32_t raw)
{
    r->direction_raw = raw;
    r->present |= WFPW_HAS_DIRECTION;
    r->direction = net_event_direction(raw);
}

static void put_filter(struct record *r, uint64_t filter_id)
{
    r->filter_id = filter_id;
    r->present |= WFPW_HAS_FILTER_ID;
}

static void put_layer(struct record *r, uint16_t layer_id)
{
    r->layer_id = layer_id;
    r->present |= WFPW_HAS_LAYER_ID;
}

void net_event_body_loopback(struct record *r, bool is_loopback)
{
    r->present |= WFPW_HAS_LOOPBACK;
    r->flags |= is_loopback ? (uint32_t)WFPW_EVENT_LOOPBACK : 0;
}

/* A body of the tail, zeroed; NULL when there is no room. *at: its place. */
static void *room_for(struct record_builder *b, size_t size, uint32_t *at)
{
    *at = record_room(b, size);
    return *at != 0 ? b->base + *at : NULL;
}

/* ---- classify ------------------------------------------------------------------------------- */

static void take_vswitch(struct record_builder *b, const FWP_BYTE_BLOB *id, uint32_t source,
                         uint32_t destination)
{
    uint32_t at;
    if (id->size == 0 || id->data == NULL)
        return;
    struct value text = net_event_body_text(b, id->data, id->size, NET_EVENT_TEXT_MAX);
    struct record_vswitch *to = room_for(b, sizeof *to, &at);
    if (to == NULL)
        return;
    *to =
        (struct record_vswitch){.source_port = source, .destination_port = destination, .id = text};
    record_of(b)->vswitch_at = at;
}

static void take_profiles(struct record *r, const struct net_event *n, uint32_t reauth,
                          uint32_t original, uint32_t current)
{
    r->original_profile = original;
    r->current_profile = current;
    r->present |= WFPW_HAS_PROFILES;
    if ((n->head.flags & FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET) != 0) {
        r->reauth_reason = reauth;
        r->present |= WFPW_HAS_REAUTH_REASON;
    }
}

static void take_classify(struct record_builder *b, const struct net_event *n)
{
    static const uint8_t sizes[] = {sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0),
                                    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP1),
                                    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2)};
    int form = net_event_classify_form(n);
    FWPM_NET_EVENT_CLASSIFY_DROP2 d = {0};
    struct record *r = record_of(b);
    memcpy(&d, n->body, sizes[form]);
    put_filter(r, d.filterId);
    put_layer(r, d.layerId);
    if (form == 0)
        return;
    net_event_body_direction(r, d.msFwpDirection);
    net_event_body_loopback(r, d.isLoopback != 0);
    take_profiles(r, n, d.reauthReason, d.originalProfile, d.currentProfile);
    take_vswitch(b, &d.vSwitchId, d.vSwitchSourcePort, d.vSwitchDestinationPort);
}

static void take_mac(struct record_builder *b, const struct net_event *n)
{
    FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 d;
    struct record *r = record_of(b);
    memcpy(&d, n->body, sizeof d);
    put_filter(r, d.filterId);
    put_layer(r, d.layerId);
    net_event_body_direction(r, d.msFwpDirection);
    net_event_body_loopback(r, d.isLoopback != 0);
    take_profiles(r, n, d.reauthReason, d.originalProfile, d.currentProfile);
    struct record_mac *to = room_for(b, sizeof *to, &r->mac_at);
    if (to != NULL) {
        *to = (struct record_mac){
            .if_luid = d.ifLuid,
            .media_type = d.mediaType,
            .if_type = d.ifType,
            .ether_type = d.etherType,
            .ndis_port = d.ndisPortNumber,
            .vlan = d.vlanTag,
        };
        memcpy(to->local, d.localMacAddr.byteArray6, 6);
        memcpy(to->remote, d.remoteMacAddr.byteArray6, 6);
    }
    take_vswitch(b, &d.vSwitchId, d.vSwitchSourcePort, d.vSwitchDestinationPort);
}

/* CAPABILITY_DROP0 and ALLOW0 are the same struct. */
static void take_capability(struct record_builder *b, const struct net_event *n)
{
    FWPM_NET_EVENT_CAPABILITY_DROP0 d;
    struct record *r = record_of(b);
    memcpy(&d, n->body, sizeof d);
    put_filter(r, d.filterId);
    net_event_body_loopback(r, d.isLoopback != 0);
    r->capability = d.networkCapabilityId;
    r->present |= WFPW_HAS_CAPABILITY;
}

/* ---- IPsec ---------------------------------------------------------------------------------- */

static void take_ipsec_drop(struct record_builder *b, const struct net_event *n)
{
    FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 d;
    struct record *r = record_of(b);
    memcpy(&d, n->body, sizeof d);
    net_event_body_direction(r, d.direction);
    put_filter(r, d.filterId);
    put_layer(r, d.layerId);
    struct record_ipsec *to = room_for(b, sizeof *to, &r->ipsec_at);
    if (to != NULL)
        *to = (struct record_ipsec){
            .present = WFPW_IPSEC_HAS_STATUS | WFPW_IPSEC_HAS_SPI,
            .status = (uint32_t)d.failureStatus,
            .spi = d.spi,
        };
}

static void take_dosp_drop(struct record_builder *b, const struct net_event *n)
{
    FWPM_NET_EVENT_IPSEC_DOSP_DROP0 d;
    struct record *r = record_of(b);
    memcpy(&d, n->body, sizeof d);
    net_event_body_direction(r, d.direction);
    struct record_ipsec *to = room_for(b, sizeof *to, &r->ipsec_at);
    if (to == NULL)
        return;
    to->present = WFPW_IPSEC_HAS_STATUS;
    to->status = (uint32_t)d.failureStatus;
    if (net_event_body_address(d.ipVersion, d.publicHostV4Addr, d.publicHostV6Addr,
                               &to->public_host) &&
        net_event_body_address(d.ipVersion, d.internalHostV4Addr, d.internalHostV6Addr,
                               &to->internal_host))
        to->present |= WFPW_IPSEC_HAS_HOSTS;
}

static void take_lpm(struct record_builder *b, const struct net_event *n)
{
    FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0 d;
    memcpy(&d, n->body, sizeof d);
    struct record_ipsec *to = room_for(b, sizeof *to, &record_of(b)->ipsec_at);
    if (to != NULL)
        *to = (struct record_ipsec){.present = WFPW_IPSEC_HAS_SPI, .spi = d.spi};
}

/* ---- IKE ------------------------------------------------------------------------------------ */

/* The SIDs of a principal's groups, as text, parted by one space. */
static struct value join_groups(struct record_builder *b, uint16_t **sids, uint32_t count)
{
    uint16_t text[NET_EVENT_TEXT_MAX / 2];
    uint32_t used = 0;
    if (count == 0 || sids == NULL)
        return (struct value){0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = sids[i] != NULL ? length_of(b, sids[i]) : 0;
        if (i == NET_EVENT_GROUPS_MAX || n + 1 > NET_EVENT_TEXT_MAX / 2 - used) {
            record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
            break;
        }
        if (n == 0)
            continue;
        if (used > 0)
            text[used++] = ' ';
        memcpy(text + used, sids[i], 2 * (size_t)n);
        used += n;
    }
    return used == 0 ? (struct value){0} : record_put(b, VALUE_STRING, text, 2 * (size_t)used);
}

static size_t v4_text(char *out, uint32_t v4)
{
    wfpw_endpoint e = {0};
    (void)net_event_body_address(FWP_IP_VERSION_V4, v4, NULL, &e);
    return text_ip(out, e.addr, e.family);
}

/* 10.0.0.0/8, or 10.0.0.0/255.0.255.0 when the mask is no prefix. */
static size_t v4_mask_text(char *out, const FWP_V4_ADDR_AND_MASK *v)
{
    size_t n = v4_text(out, v->addr);
    uint32_t bits = 0, rest = ~v->mask;
    out[n++] = '/';
    if ((rest & (rest + 1)) != 0)
        return n + v4_text(out + n, v->mask);
    while (bits < 32 && (v->mask & (0x80000000u >> bits)) != 0)
        bits++;
    return n + text_u64(out + n, bits);
}

/* FWP_VALUE0 and FWP_CONDITION_VALUE0 share these types. */
static size_t address_text(char *out, uint32_t type, uint32_t v4, const FWP_BYTE_ARRAY16 *v6)
{
    if (type == FWP_UINT32)
        return v4_text(out, v4);
    if (type == FWP_BYTE_ARRAY16_TYPE && v6 != NULL)
        return text_ip(out, v6->byteArray16, 6);
    return 0;
}

static size_t range_text(char *out, const FWP_RANGE0 *r)
{
    const FWP_VALUE0 *low = &r->valueLow, *high = &r->valueHigh;
    size_t n = address_text(out, low->type, low->uint32, low->byteArray16);
    out[n++] = '-';
    size_t more = address_text(out + n, high->type, high->uint32, high->byteArray16);
    return n == 1 || more == 0 ? 0 : n + more; /* of other things than addresses: none */
}

struct value net_event_body_subnet(struct record_builder *b, const FWP_CONDITION_VALUE0 *v)
{
    char text[2 * TEXT_IP_MAX + 4];
    size_t n = 0;
    if (v->type == FWP_V4_ADDR_MASK && v->v4AddrMask != NULL) {
        n = v4_mask_text(text, v->v4AddrMask);
    } else if (v->type == FWP_V6_ADDR_MASK && v->v6AddrMask != NULL) {
        n = text_ip(text, v->v6AddrMask->addr, 6);
        text[n++] = '/';
        n += text_u64(text + n, v->v6AddrMask->prefixLength);
    } else if (v->type == FWP_RANGE_TYPE && v->rangeValue != NULL) {
        n = range_text(text, v->rangeValue);
    } else {
        n = address_text(text, v->type, v->uint32, v->byteArray16);
    }
    return n == 0 ? (struct value){0} : record_put(b, VALUE_UTF8, text, n);
}

static void take_guid(struct record_ike *to, const FWP_GUID *guid)
{
    memcpy(to->provider_context, guid, 16);
    to->has_provider_context = true;
}

/* What every version has of a failure. */
enum {
    FAILURE_HAS = WFPW_IKE_HAS_ERROR | WFPW_IKE_HAS_POINT | WFPW_IKE_HAS_STATE | WFPW_IKE_HAS_ROLE |
                  WFPW_IKE_HAS_FILTER_ID
};

static void take_main_mode(struct record_builder *b, const struct net_event *n,
                           struct record_ike *to)
{
    static const uint8_t sizes[] = {
        sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0), sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1),
        sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1), sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1),
        sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2), sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2)};
    FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 d = {0};
    memcpy(&d, n->body, sizes[n->version]);
    *to = (struct record_ike){
        .present = FAILURE_HAS | WFPW_IKE_HAS_FLAGS | WFPW_IKE_HAS_MODULE |
                   WFPW_IKE_HAS_AUTH_METHOD | WFPW_IKE_HAS_MM_ID | WFPW_IKE_HAS_CERT_HASH,
        .error = d.failureErrorCode,
        .point = d.failurePoint,
        .flags = d.flags,
        .module = d.keyingModuleType,
        .state = d.mmState,
        .role = d.saRole,
        .auth_method = d.mmAuthMethod,
        .mm_id = d.mmId,
        .filter_id = d.mmFilterId,
        .local_principal = net_event_body_string(b, d.localPrincipalNameForAuth),
        .remote_principal = net_event_body_string(b, d.remotePrincipalNameForAuth),
        .local_groups = join_groups(b, d.localPrincipalGroupSids, d.numLocalPrincipalGroupSids),
        .remote_groups = join_groups(b, d.remotePrincipalGroupSids, d.numRemotePrincipalGroupSids),
    };
    memcpy(to->cert_hash, d.endCertHash, sizeof to->cert_hash);
    if (d.providerContextKey != NULL)
        take_guid(to, d.providerContextKey);
}

static void take_quick_mode(struct record_builder *b, const struct net_event *n,
                            struct record_ike *to)
{
    FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 d = {0};
    memcpy(&d, n->body,
           n->version < 4 ? sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE0)
                          : sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE1));
    *to = (struct record_ike){
        .present = FAILURE_HAS | WFPW_IKE_HAS_MODULE | WFPW_IKE_HAS_TRAFFIC_TYPE |
                   (n->version >= 4 ? (uint32_t)WFPW_IKE_HAS_MM_SA_LUID : 0),
        .error = d.failureErrorCode,
        .point = d.failurePoint,
        .module = d.keyingModuleType,
        .state = d.qmState,
        .role = d.saRole,
        .traffic_type = d.saTrafficType,
        .filter_id = d.qmFilterId,
        .mm_sa_luid = d.mmSaLuid,
        .local_subnet = net_event_body_subnet(b, &d.localSubNet),
        .remote_subnet = net_event_body_subnet(b, &d.remoteSubNet),
    };
    if (n->version >= 4)
        take_guid(to, &d.mmProviderContextKey);
}

static void take_extended_mode(struct record_builder *b, const struct net_event *n,
                               struct record_ike *to)
{
    FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 d = {0};
    memcpy(&d, n->body,
           n->version == 0 ? sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE0)
                           : sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE1));
    *to = (struct record_ike){
        .present = FAILURE_HAS | WFPW_IKE_HAS_FLAGS | WFPW_IKE_HAS_AUTH_METHOD |
                   WFPW_IKE_HAS_MM_ID | WFPW_IKE_HAS_CERT_HASH |
                   (n->version > 0 ? (uint32_t)WFPW_IKE_HAS_TRAFFIC_TYPE : 0),
        .error = d.failureErrorCode,
        .point = d.failurePoint,
        .flags = d.flags,
        .state = d.emState,
        .role = d.saRole,
        .auth_method = d.emAuthMethod,
        .traffic_type = d.saTrafficType,
        .mm_id = d.mmId,
        .filter_id = d.qmFilterId,
        .local_principal = net_event_body_string(b, d.localPrincipalNameForAuth),
        .remote_principal = net_event_body_string(b, d.remotePrincipalNameForAuth),
        .local_groups = join_groups(b, d.localPrincipalGroupSids, d.numLocalPrincipalGroupSids),
        .remote_groups = join_groups(b, d.remotePrincipalGroupSids, d.numRemotePrincipalGroupSids),
    };
    memcpy(to->cert_hash, d.endCertHash, sizeof to->cert_hash);
}

static void take_ike(struct record_builder *b, const struct net_event *n)
{
    struct record *r = record_of(b);
    struct record_ike body;
    if (n->type == FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE)
        take_main_mode(b, n, &body);
    else if (n->type == FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE)
        take_quick_mode(b, n, &body);
    else
        take_extended_mode(b, n, &body);
    put_filter(r, body.filter_id);
    struct record_ike *to = room_for(b, sizeof *to, &r->ike_at);
    if (to != NULL)
        *to = body;
}

/* ---- which is which ------------------------------------------------------------------------- */

static uint32_t vswitch_room(const FWP_BYTE_BLOB *id)
{
    uint32_t text = id->size < NET_EVENT_TEXT_MAX ? id->size : NET_EVENT_TEXT_MAX;
    return id->size != 0 ? record_cost(text) + (uint32_t)sizeof(struct record_vswitch) + 8 : 0;
}

uint32_t net_event_body_room(const struct net_event *n)
{
    switch (n->type) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
        if (n->version < 2)
            return 0;
        return vswitch_room(&((const FWPM_NET_EVENT_CLASSIFY_DROP2 *)n->body)->vSwitchId);
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        return 0;
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        return record_cost(sizeof(struct record_mac)) +
               vswitch_room(&((const FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 *)n->body)->vSwitchId);
    case FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP:
    case FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP:
    case FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL:
        return record_cost(sizeof(struct record_ipsec));
    default:
        return record_cost(sizeof(struct record_ike)) + 6 * NET_EVENT_TEXT_MAX;
    }
}

void net_event_body_take(struct record_builder *b, const struct net_event *n)
{
    switch (n->type) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
        take_classify(b, n);
        break;
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        take_capability(b, n);
        break;
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        take_mac(b, n);
        break;
    case FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP:
        take_ipsec_drop(b, n);
        break;
    case FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP:
        take_dosp_drop(b, n);
        break;
    case FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL:
        take_lpm(b, n);
        break;
    default:
        take_ike(b, n);
        break;
    }
}
