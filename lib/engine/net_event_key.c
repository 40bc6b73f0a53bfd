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

/* What is copied has a size that is known here, as copies of any other are calls. */

/* ---- the body ------------------------------------------------------------------------------- */

struct body {
    FWPM_NET_EVENT_CLASSIFY_DROP1 path;
    uint32_t capability;
    uint32_t vswitch_ports[2];
    FWP_BYTE_BLOB vswitch;
};

static void take_classify(struct body *b, const struct net_event *n)
{
    FWPM_NET_EVENT_CLASSIFY_DROP0 old;
    FWPM_NET_EVENT_CLASSIFY_DROP2 d;
    switch (net_event_classify_form(n)) {
    case 0:
        memcpy(&old, n->body, sizeof old);
        b->path = (FWPM_NET_EVENT_CLASSIFY_DROP1){.filterId = old.filterId, .layerId = old.layerId};
        break;
    case 1:
        memcpy(&b->path, n->body, sizeof b->path);
        break;
    default:
        memcpy(&d, n->body, sizeof d);
        memcpy(&b->path, n->body, sizeof b->path);
        b->vswitch_ports[0] = d.vSwitchSourcePort;
        b->vswitch_ports[1] = d.vSwitchDestinationPort;
        b->vswitch = d.vSwitchId;
        break;
    }
}

static void take_capability(struct body *b, const struct net_event *n)
{
    FWPM_NET_EVENT_CAPABILITY_DROP0 d;
    memcpy(&d, n->body, sizeof d);
    b->path.filterId = d.filterId;
    b->path.isLoopback = d.isLoopback;
    b->capability = d.networkCapabilityId;
}

/* false: no body of these. */
static bool take_body(struct body *b, const struct net_event *n)
{
    *b = (struct body){0};
    switch (n->body != NULL ? n->type : UINT32_MAX) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
        take_classify(b, n);
        return true;
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        take_capability(b, n);
        return true;
    default:
        return false;
    }
}

/* ---- the head ------------------------------------------------------------------------------- */

static void take_one(struct aggregate_one *one, const struct net_event *n)
{
    const FWP_FILETIME *t = &n->head.timeStamp;
    one->time = (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
    one->has_port[0] = has_flag(n, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET);
    one->has_port[1] = has_flag(n, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET);
    one->ports[0] = one->has_port[0] ? n->head.localPort : 0;
    one->ports[1] = one->has_port[1] ? n->head.remotePort : 0;
}

/* An address of another version than these is none. */
static void take_address(uint64_t to[2], const struct net_event *n, uint32_t flag, uint32_t v4,
                         const FWP_BYTE_ARRAY16 *v6)
{
    bool there = has_flag(n, flag) && has_flag(n, FWPM_NET_EVENT_FLAG_IP_VERSION_SET);
    to[0] = there && n->head.ipVersion == FWP_IP_VERSION_V4 ? v4 : 0;
    to[1] = 0;
    if (there && n->head.ipVersion == FWP_IP_VERSION_V6)
        memcpy(to, v6, sizeof *v6);
}

static uint32_t value_if(const struct net_event *n, uint32_t flag, uint32_t value)
{
    return has_flag(n, flag) ? value : 0;
}

static void take_head(struct net_event_key *k, const struct net_event *n, const struct body *b,
                      uint32_t epoch)
{
    const FWPM_NET_EVENT_CLASSIFY_DROP1 *d = &b->path;
    struct net_event_head *h = &k->head;
    take_address(h->addresses[0], n, FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET, n->head.localAddrV4,
                 &n->head.localAddrV6);
    take_address(h->addresses[1], n, FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET, n->head.remoteAddrV4,
                 &n->head.remoteAddrV6);
    h->filter_id = d->filterId;
    h->policy_flags = has_flag(n, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET) ? n->policy_flags : 0;
    h->version = (uint32_t)n->version;
    h->epoch = epoch;
    h->type = n->type;
    h->flags = n->head.flags;
    h->ip_version = value_if(n, FWPM_NET_EVENT_FLAG_IP_VERSION_SET, n->head.ipVersion);
    h->protocol = value_if(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, n->head.ipProtocol);
    h->scope_id = value_if(n, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, n->head.scopeId);
    h->layer_id = d->layerId;
    h->direction = d->msFwpDirection;
    h->reauth_reason = value_if(n, FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET, d->reauthReason);
    h->original_profile = d->originalProfile;
    h->current_profile = d->currentProfile;
    h->loopback = d->isLoopback != 0;
    h->capability = b->capability;
    h->vswitch_ports[0] = b->vswitch_ports[0];
    h->vswitch_ports[1] = b->vswitch_ports[1];
    bool icmp = h->protocol == IPPROTO_ICMP || h->protocol == IPPROTO_ICMPV6;
    h->icmp[0] = icmp ? k->one.ports[0] : 0;
    h->icmp[1] = icmp ? k->one.ports[1] : 0;
}

static void take_brief(struct net_event_key *k)
{
    const struct net_event_head *h = &k->head;
    k->key.brief[0] = h->filter_id;
    k->key.brief[1] = h->addresses[0][0];
    k->key.brief[2] = h->addresses[0][1];
    k->key.brief[3] = h->addresses[1][0];
    k->key.brief[4] = h->addresses[1][1];
    k->key.brief[5] = (uint64_t)h->type << 48 ^ (uint64_t)h->layer_id << 32 ^ h->direction;
    k->key.brief[6] = (uint64_t)h->protocol << 32 ^ h->icmp[0] << 16 ^ h->icmp[1];
    k->key.brief[7] = (uint64_t)h->epoch << 32 ^ h->capability;
}

/* ---- the texts ------------------------------------------------------------------------------ */

static void put_text(struct net_event_key *k, int text, const void *data, uint32_t size)
{
    k->head.sizes[text] = data != NULL ? size : 0;
    if (k->head.sizes[text] == 0)
        return;
    k->key.pieces[k->key.count].data = data;
    k->key.pieces[k->key.count++].size = size;
}

static uint32_t string_size(const uint16_t *s)
{
    uint32_t n = 0;
    while (s != NULL && n < NET_EVENT_TEXT_MAX / 2 && s[n] != 0)
        n++;
    return 2 * n;
}

static void put_texts(struct net_event_key *k, const struct net_event *n, const struct body *b)
{
    put_text(k, 0, n->head.appId.data, n->head.appId.size);
    put_text(k, 1, n->head.userId, net_event_body_sid_size(n->head.userId));
    put_text(k, 2, n->package, net_event_body_sid_size(n->package));
    put_text(k, 3, n->enterprise_id, string_size(n->enterprise_id));
    put_text(k, 4, n->effective_name.data, n->effective_name.size);
    put_text(k, 5, b->vswitch.data, b->vswitch.size);
}

bool net_event_key_make(struct net_event_key *k, const struct net_event *n, uint32_t epoch)
{
    struct body b;
    uint64_t bytes = 0;
    if (!take_body(&b, n))
        return false;
    take_one(&k->one, n);
    take_head(k, n, &b, epoch);
    take_brief(k);
    k->key.pieces[0].data = &k->head;
    k->key.pieces[0].size = sizeof k->head;
    k->key.count = 1;
    put_texts(k, n, &b);
    for (uint32_t i = 0; i < k->key.count; i++)
        bytes += k->key.pieces[i].size;
    return bytes < AGGREGATE_SLOT;
}
