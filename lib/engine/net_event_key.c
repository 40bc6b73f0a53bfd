/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/net_event_key.h"

#include "decode/fwpm/net_event_body.h"
#include "decode/fwpm/net_event_path.h"

enum { IPPROTO_ICMP = 1, IPPROTO_ICMPV6 = 58 };

_Static_assert(sizeof(struct net_event_head) == 6 * 8 + (18 + NET_EVENT_TEXTS) * 4,
               "it is compared as bytes");

static bool has_flag(const struct net_event *n, uint32_t flag)
{
    return (n->head.flags & flag) != 0;
}

/* ---- the body ------------------------------------------------------------------------------- */

static void take_classify(struct net_event_key *k, const struct net_event *n,
                          FWP_BYTE_BLOB *vswitch)
{
    static const uint8_t sizes[] = {sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0),
                                    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP1),
                                    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2)};
    FWPM_NET_EVENT_CLASSIFY_DROP2 d = {0};
    memcpy(&d, n->body, sizes[net_event_classify_form(n)]);
    k->head.filter_id = d.filterId;
    k->head.layer_id = d.layerId;
    k->head.direction = d.msFwpDirection;
    k->head.reauth_reason = d.reauthReason;
    k->head.original_profile = d.originalProfile;
    k->head.current_profile = d.currentProfile;
    k->head.loopback = d.isLoopback != 0;
    k->head.vswitch_ports[0] = d.vSwitchSourcePort;
    k->head.vswitch_ports[1] = d.vSwitchDestinationPort;
    *vswitch = d.vSwitchId;
}

static void take_capability(struct net_event_key *k, const struct net_event *n)
{
    FWPM_NET_EVENT_CAPABILITY_DROP0 d;
    memcpy(&d, n->body, sizeof d);
    k->head.filter_id = d.filterId;
    k->head.capability = d.networkCapabilityId;
    k->head.loopback = d.isLoopback != 0;
}

/* false: no body of these. */
static bool take_body(struct net_event_key *k, const struct net_event *n, FWP_BYTE_BLOB *vswitch)
{
    switch (n->body != NULL ? n->type : UINT32_MAX) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
        take_classify(k, n, vswitch);
        return true;
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        take_capability(k, n);
        return true;
    default:
        return false;
    }
}

/* ---- the header ----------------------------------------------------------------------------- */

static void take_sides(struct net_event_key *k, const struct net_event *n)
{
    static const uint32_t flags[2] = {FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET,
                                      FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET};
    const uint16_t ports[2] = {n->head.localPort, n->head.remotePort};
    bool icmp = k->head.protocol == IPPROTO_ICMP || k->head.protocol == IPPROTO_ICMPV6;
    for (int side = 0; side < 2; side++) {
        wfpw_endpoint e = {0};
        if (net_event_side(n, side != 0, &e))
            memcpy(k->head.addresses[side], e.addr, sizeof e.addr);
        if (!has_flag(n, flags[side]))
            continue;
        k->one.ports[side] = ports[side];
        k->one.has_port[side] = true;
        k->head.icmp[side] = icmp ? ports[side] : 0;
    }
}

static void take_header(struct net_event_key *k, const struct net_event *n)
{
    const FWP_FILETIME *t = &n->head.timeStamp;
    k->one.time = (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
    k->head.version = (uint32_t)n->version;
    k->head.type = n->type;
    k->head.flags = n->head.flags;
    k->head.ip_version = has_flag(n, FWPM_NET_EVENT_FLAG_IP_VERSION_SET) ? n->head.ipVersion : 0;
    k->head.protocol = has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) ? n->head.ipProtocol : 0;
    k->head.scope_id = has_flag(n, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET) ? n->head.scopeId : 0;
    k->head.policy_flags = has_flag(n, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET) ? n->policy_flags : 0;
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET))
        k->head.reauth_reason = 0;
    take_sides(k, n);
}

/* ---- the texts ------------------------------------------------------------------------------ */

static void put_text(struct net_event_key *k, const void *data, uint32_t size)
{
    k->head.sizes[k->key.count - 1] = data != NULL ? size : 0;
    k->key.pieces[k->key.count].data = data != NULL ? data : "";
    k->key.pieces[k->key.count++].size = data != NULL ? size : 0;
}

static uint32_t string_size(const uint16_t *s)
{
    uint32_t n = 0;
    while (s != NULL && n < NET_EVENT_TEXT_MAX / 2 && s[n] != 0)
        n++;
    return 2 * n;
}

bool net_event_key_make(struct net_event_key *k, const struct net_event *n, uint32_t epoch)
{
    FWP_BYTE_BLOB vswitch = {0};
    *k = (struct net_event_key){.head = {.epoch = epoch}};
    if (!take_body(k, n, &vswitch))
        return false;
    take_header(k, n);
    k->key.pieces[0].data = &k->head;
    k->key.pieces[0].size = sizeof k->head;
    k->key.count = 1;
    put_text(k, n->head.appId.data, n->head.appId.size);
    put_text(k, n->head.userId, net_event_body_sid_size(n->head.userId));
    put_text(k, n->package, net_event_body_sid_size(n->package));
    put_text(k, n->enterprise_id, string_size(n->enterprise_id));
    put_text(k, n->effective_name.data, n->effective_name.size);
    put_text(k, vswitch.data, vswitch.size);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < k->key.count; i++)
        bytes += k->key.pieces[i].size;
    return bytes < AGGREGATE_SLOT;
}
