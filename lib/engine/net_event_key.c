/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/net_event_key.h"

#include "base/hash.h"
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

static bool is_classify(const struct net_event *n)
{
    return n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP ||
           n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW;
}

static bool is_capability(const struct net_event *n)
{
    return n->type == FWPM_NET_EVENT_TYPE_CAPABILITY_DROP ||
           n->type == FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW;
}

bool net_event_has_kind(const struct net_event *n)
{
    return n->body != NULL && (is_classify(n) || is_capability(n));
}

static void take_body(struct body *b, const struct net_event *n)
{
    *b = (struct body){0};
    if (is_classify(n))
        take_classify(b, n);
    else
        take_capability(b, n);
}

/* ---- the head ------------------------------------------------------------------------------- */

static void take_one(struct aggregate_one *one, const struct net_event *n)
{
    one->time = fwp_filetime(&n->head.timeStamp);
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
    take_body(&b, n);
    take_one(&k->one, n);
    take_head(k, n, &b, epoch);
    k->key.pieces[0].data = &k->head;
    k->key.pieces[0].size = sizeof k->head;
    k->key.count = 1;
    put_texts(k, n, &b);
    for (uint32_t i = 0; i < k->key.count; i++)
        bytes += k->key.pieces[i].size;
    k->key.bytes = record_cost((uint32_t)bytes);
    return bytes < AGGREGATE_SLOT;
}

/* ---- the hash ------------------------------------------------------------------------------- */

/* Of all that is in a key, read where it stands. Whoever does not know the salts cannot choose
 * events of one hash. */
struct salts {
    uint64_t a, b;
};

/* place: what the numbers are, so that those of two places do not undo each other. */
static inline uint64_t pair_at(struct salts s, uint64_t place, uint64_t a, uint64_t b)
{
    return hash_pair(a ^ s.a, (b + place * 0x9E3779B97F4A7C15u) ^ s.b);
}

static inline uint64_t number_at(const void *p, size_t at)
{
    uint64_t n;
    memcpy(&n, (const uint8_t *)p + at, sizeof n);
    return n;
}

/* Two sums side by side, as each step of one waits for the one before. Some bytes near the end may
 * be mixed in twice. */
static inline uint64_t hash_long_text(uint64_t h, const uint8_t *p, uint32_t size)
{
    enum { STEP = 16, WORD = 8 };
    uint64_t a = h + size, b = ~h;
    const uint8_t *last = p + size - WORD, *end = size > 2 * STEP ? p + size - 2 * STEP : p;
    for (; p < end; p += 2 * STEP) {
        a = hash_pair(number_at(p, 0) ^ a, number_at(p, WORD) ^ h);
        b = hash_pair(number_at(p, STEP) ^ b, number_at(p, STEP + WORD) ^ h);
    }
    for (; p + WORD <= last; p += STEP)
        a = hash_pair(number_at(p, 0) ^ a, number_at(p, WORD) ^ h);
    if (p < last)
        a = hash_pair(number_at(p, 0) ^ a, h);
    return hash_pair(a ^ number_at(last, 0), b);
}

static inline uint64_t hash_text(uint64_t h, const void *data, uint32_t n)
{
    const uint8_t *p = data;
    uint32_t size = data == NULL ? 0 : n < AGGREGATE_SLOT ? n : (uint32_t)AGGREGATE_SLOT;
    if (size >= sizeof(uint64_t))
        return hash_long_text(h, p, size);
    h = size == 0 ? h : hash_mix(h, size);
    for (uint32_t i = 0; i < size; i++)
        h = hash_mix(h, p[i]);
    return h;
}

static inline uint64_t hash_vswitch(uint64_t h, const struct net_event *n)
{
    const uint8_t *body = n->body, *id;
    uint64_t ports = number_at(body, offsetof(FWPM_NET_EVENT_CLASSIFY_DROP2, vSwitchSourcePort));
    uint32_t size;
    memcpy(&id, body + offsetof(FWPM_NET_EVENT_CLASSIFY_DROP2, vSwitchId.data), sizeof id);
    memcpy(&size, body + offsetof(FWPM_NET_EVENT_CLASSIFY_DROP2, vSwitchId.size), sizeof size);
    h = ports == 0 ? h : hash_mix(h, ports);
    return id == NULL ? h : hash_text(h, id, size);
}

_Static_assert(offsetof(FWPM_NET_EVENT_CLASSIFY_DROP1, layerId) == 8 &&
                   offsetof(FWPM_NET_EVENT_CLASSIFY_DROP1, reauthReason) == 12 &&
                   offsetof(FWPM_NET_EVENT_CLASSIFY_DROP1, currentProfile) == 20 &&
                   offsetof(FWPM_NET_EVENT_CLASSIFY_DROP1, isLoopback) == 28 &&
                   offsetof(FWPM_NET_EVENT_CLASSIFY_DROP2, vSwitchDestinationPort) ==
                       offsetof(FWPM_NET_EVENT_CLASSIFY_DROP2, vSwitchSourcePort) + 4,
               "it is read as numbers of eight bytes");

static inline uint64_t hash_classify(struct salts s, const struct net_event *n)
{
    bool has_reauth = has_flag(n, FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET);
    int form = net_event_classify_form(n);
    uint16_t layer;
    memcpy(&layer, (const uint8_t *)n->body + 8, sizeof layer);
    if (form == 0)
        return pair_at(s, 1, number_at(n->body, 0), layer);
    uint64_t reauth = has_reauth ? number_at(n->body, 8) & ~(uint64_t)UINT32_MAX : 0;
    uint64_t path = number_at(n->body, 24), loopback = path >> 32 != 0;
    uint64_t h = pair_at(s, 1, number_at(n->body, 0), reauth | layer) ^
                 pair_at(s, 2, number_at(n->body, 16), loopback << 32 | (uint32_t)path);
    return form == 2 ? hash_vswitch(h, n) : h;
}

static inline uint64_t hash_capability(struct salts s, const struct net_event *n)
{
    FWPM_NET_EVENT_CAPABILITY_DROP0 d;
    memcpy(&d, n->body, sizeof d);
    return pair_at(s, 3, d.filterId, (uint64_t)(d.isLoopback != 0) << 32 | d.networkCapabilityId);
}

/* Both sides, of which one may not be there. */
static inline uint64_t hash_addresses(struct salts s, const struct net_event *n)
{
    const FWPM_NET_EVENT_HEADER0 *head = &n->head;
    bool local = has_flag(n, FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET);
    bool remote = has_flag(n, FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET);
    uint64_t h = 0;
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_IP_VERSION_SET))
        return 0;
    if (head->ipVersion == FWP_IP_VERSION_V4)
        return pair_at(s, 4, local ? head->localAddrV4 : 0, remote ? head->remoteAddrV4 : 0);
    if (head->ipVersion != FWP_IP_VERSION_V6)
        return head->ipVersion;
    if (local)
        h = pair_at(s, 5, number_at(&head->localAddrV6, 0), number_at(&head->localAddrV6, 8));
    if (remote)
        h ^= pair_at(s, 6, number_at(&head->remoteAddrV6, 0), number_at(&head->remoteAddrV6, 8));
    return h;
}

static inline uint64_t hash_head(struct salts s, const struct net_event *n)
{
    uint64_t protocol = value_if(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, n->head.ipProtocol);
    uint64_t scope = value_if(n, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, n->head.scopeId);
    uint64_t is = (uint64_t)n->type << 8 | protocol;
    if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
        is |= (uint64_t)value_if(n, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET, n->head.localPort) << 48 |
              (uint64_t)value_if(n, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET, n->head.remotePort) << 32;
    if (has_flag(n, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET))
        is = hash_mix(is, n->policy_flags);
    return pair_at(s, 7, scope << 32 | n->head.flags, is);
}

uint64_t net_event_key_hash(const struct net_event *n, uint32_t epoch, uint64_t seed)
{
    struct salts s = {seed, (seed << 32 | seed >> 32) ^ epoch};
    uint64_t app = hash_text(s.a, n->head.appId.data, n->head.appId.size);
    uint64_t user = hash_text(s.b, n->head.userId, net_event_body_sid_size(n->head.userId));
    uint64_t package = hash_text(~s.a, n->package, net_event_body_sid_size(n->package));
    uint64_t company = hash_text(~s.b, n->enterprise_id, string_size(n->enterprise_id));
    uint64_t name = hash_text(s.a + 1, n->effective_name.data, n->effective_name.size);
    uint64_t h = is_capability(n) ? hash_capability(s, n) : hash_classify(s, n);
    h ^= hash_addresses(s, n) ^ hash_head(s, n) ^ package ^ name;
    return hash_mix(hash_pair(h ^ app, user ^ company ^ s.a), h) | 1;
}
