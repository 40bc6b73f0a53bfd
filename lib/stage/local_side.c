/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/local_side.h"

#include "base/hash.h"

enum { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58, LISTEN = 5154, BIND = 5158 };
/* The first of the four ids of a layer: v4, its discards, v6, its discards. */
enum {
    LAYER_TRANSPORT_OUT = 16,
    LAYER_ICMP_OUT = 32,
    LAYER_BIND = 36,
    LAYER_LISTEN = 40,
    LAYER_CONNECT = 48
};

/* ---- what was seen -------------------------------------------------------------------------- */

static uint64_t key_of_address(uint64_t computer, const wfpw_endpoint *e)
{
    uint64_t low, high;
    memcpy(&low, e->addr, sizeof low);
    memcpy(&high, e->addr + 8, sizeof high);
    return hash_mix(hash_mix(hash_mix(computer, e->family), low), e->family == 6 ? high : 0) | 1;
}

static uint64_t key_of_port(uint64_t computer, uint32_t protocol, uint16_t port)
{
    return hash_mix(computer, (uint64_t)protocol << 16 | port) | 1;
}

static uint64_t key_of_flow(uint64_t computer, uint32_t protocol, const wfpw_endpoint *from,
                            const wfpw_endpoint *to)
{
    uint64_t ports = (uint64_t)protocol << 32 | (uint32_t)from->port << 16 | to->port;
    return hash_mix(hash_mix(key_of_address(computer, from), key_of_address(computer, to)), ports) |
           1;
}

static struct local_side_note *set_of(struct local_side *o, enum local_side_kind kind, uint64_t key)
{
    return o->notes[kind][(key >> 32) % LOCAL_SIDE_SETS];
}

/* In the place of the note with this key, or of the oldest. Which that is, is chosen without a
 * branch, as nobody can tell before. */
static void note_key(struct local_side *o, enum local_side_kind kind, uint64_t key,
                     const struct record *r)
{
    struct local_side_note *set = set_of(o, kind, key);
    uint64_t least = UINT64_MAX;
    size_t place = 0;
    for (size_t i = 0; i < LOCAL_SIDE_WAYS; i++) {
        uint64_t age = set[i].key == key ? 0 : set[i].seq; /* a record's is more than 0 */
        place = age < least ? i : place;
        least = age < least ? age : least;
    }
    set[place] = (struct local_side_note){key, r->time, r->process_id, o->seq};
}

/* What was seen at another time says nothing any more: addresses are leased, ports are closed and
 * connections end. */
static const struct local_side_note *seen_key(struct local_side *o, enum local_side_kind kind,
                                              uint64_t key, const struct record *r)
{
    static const uint64_t minutes[LOCAL_SIDE_KINDS] = {7 * 24 * 60, 24 * 60, 2};
    const struct local_side_note *n = set_of(o, kind, key);
    const struct local_side_note *end = n + LOCAL_SIDE_WAYS;
    while (n < end && n->key != key)
        n++;
    if (n == end)
        return NULL;
    uint64_t apart = r->time > n->time ? r->time - n->time : n->time - r->time;
    return apart <= minutes[kind] * 60 * 10000000 ? n : NULL;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static uint32_t number_of(const wfpw_endpoint *e)
{
    return (uint32_t)e->addr[0] << 24 | (uint32_t)e->addr[1] << 16 | (uint32_t)e->addr[2] << 8 |
           e->addr[3];
}

/* The mask of a subnet is not known. What ends in 255 is taken for its broadcast address when the
 * other side may be in it: when they agree in all bits before the ones at the end. */
static bool is_broadcast(const wfpw_endpoint *e, const wfpw_endpoint *other)
{
    uint32_t n = number_of(e), host = (n ^ (n + 1)) >> 1;
    if (n == UINT32_MAX)
        return true;
    return e->addr[3] == 255 && other->family == 4 && ((n ^ number_of(other)) & ~host) == 0;
}

/* Multicast and broadcast. */
static bool is_group(const wfpw_endpoint *e, const wfpw_endpoint *other)
{
    if (e->family == 4)
        return e->addr[0] >> 4 == 14 || is_broadcast(e, other);
    return e->family == 6 && e->addr[0] == 0xFF;
}

static bool is_only(const uint8_t *p, size_t n, uint8_t last)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (p[i] != 0)
            return false;
    return p[n - 1] == last;
}

static bool is_loopback(const wfpw_endpoint *e)
{
    return (e->family == 4 && e->addr[0] == 127) || (e->family == 6 && is_only(e->addr, 16, 1));
}

static bool is_wildcard(const wfpw_endpoint *e)
{
    return e->family == 0 || is_only(e->addr, e->family == 4 ? 4 : 16, 0);
}

/* ---- evidence ------------------------------------------------------------------------------- */

/* A record and what it is asked for; its source stands in `local`, its destination in `remote`. */
struct question {
    struct local_side *o;
    const struct record *r;
    uint64_t computer;
    uint32_t event_id;
};

enum side { SIDE_UNKNOWN, SIDE_SOURCE, SIDE_DESTINATION };

/* Only what holds of one side tells the sides apart. */
static enum side one_of(bool source, bool destination)
{
    return source == destination ? SIDE_UNKNOWN : source ? SIDE_SOURCE : SIDE_DESTINATION;
}

static bool has_ports(const struct record *r)
{
    uint32_t both = WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT | WFPW_HAS_PROTOCOL;
    return (r->present & both) == both && (r->protocol == TCP || r->protocol == UDP);
}

static bool is_own(const struct question *q, const wfpw_endpoint *e)
{
    return is_loopback(e) ||
           (e->family != 0 &&
            seen_key(q->o, LOCAL_SIDE_OWN, key_of_address(q->computer, e), q->r) != NULL);
}

/* A port of a process, when the record names one: the same one. */
static bool is_bound(const struct question *q, const wfpw_endpoint *e)
{
    uint64_t key = key_of_port(q->computer, q->r->protocol, e->port);
    const struct local_side_note *n = seen_key(q->o, LOCAL_SIDE_BOUND, key, q->r);
    return n != NULL && (q->r->process_id == 0 || n->pid == 0 || n->pid == q->r->process_id);
}

/* The inbound half of what this host sent to itself: the side that was its remote is local here. */
static enum side by_outbound_half(const struct question *q)
{
    const struct record *r = q->r;
    uint64_t there = key_of_flow(q->computer, r->protocol, &r->local, &r->remote);
    uint64_t back = key_of_flow(q->computer, r->protocol, &r->remote, &r->local);
    if (memcmp(&r->local, &r->remote, sizeof r->local) == 0)
        return SIDE_UNKNOWN;
    return one_of(seen_key(q->o, LOCAL_SIDE_SENT, back, r) != NULL,
                  seen_key(q->o, LOCAL_SIDE_SENT, there, r) != NULL);
}

/* TCP ports that are served, not drawn for a client. */
static bool is_service(uint16_t port)
{
    static const uint16_t known[] = {1433, 1723, 2049, 2179, 3268, 3269, 3306, 3389,
                                     5357, 5432, 5900, 5985, 5986, 8080, 8443, 47001};
    bool found = port > 0 && port < 1024;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found |= known[i] == port;
    return found;
}

/* Where connections are accepted the service is on this side. Elsewhere, and with UDP, what comes
 * from a service may be its late answer. */
static enum side by_service(const struct record *r)
{
    bool accepts = (r->present & WFPW_HAS_LAYER_ID) != 0 && r->layer_id / 4 == 44 / 4;
    if (r->protocol != TCP || !accepts || r->local.port == 0 || r->remote.port == 0)
        return SIDE_UNKNOWN;
    return one_of(is_service(r->local.port), is_service(r->remote.port));
}

/* Whether a type of ICMP has such a code. */
static bool icmp_is(uint32_t protocol, uint16_t type, uint16_t code)
{
    static const uint8_t codes4[] = {1, 0, 0, 16, 1, 4, 0, 0, 1, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1};
    static const uint8_t codes6[] = {0, 8, 1, 2, 11};
    if (protocol == ICMP)
        return type < sizeof codes4 && code < codes4[type];
    return type < sizeof codes6 ? code < codes6[type] : type >= 128 && type <= 161 && code == 0;
}

/* The type stands in the place of the local port: often only one order makes sense. */
static enum side by_icmp(const struct record *r)
{
    uint32_t both = WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT | WFPW_HAS_PROTOCOL;
    if ((r->present & both) != both || (r->protocol != ICMP && r->protocol != ICMP6))
        return SIDE_UNKNOWN;
    return one_of(icmp_is(r->protocol, r->local.port, r->remote.port),
                  icmp_is(r->protocol, r->remote.port, r->local.port));
}

/* Layers that see only what this host does: its binds and listens, its connections, its packets of
 * the transport layer and its ICMP errors. What is forwarded passes none of them. */
static bool is_layer_of_source(const struct record *r)
{
    uint32_t layer = r->layer_id & ~3u;
    return (r->present & WFPW_HAS_LAYER_ID) != 0 &&
           (layer == LAYER_TRANSPORT_OUT || layer == LAYER_ICMP_OUT || layer == LAYER_BIND ||
            layer == LAYER_LISTEN || layer == LAYER_CONNECT);
}

/* There the source is this host in every record that was seen, also where the direction field says
 * inbound: a connection that is looked at again because of a packet that came in keeps its sides.
 * Only a source that cannot be a host's own contradicts. */
static enum side by_layer(const struct record *r)
{
    bool possible = (r->present & WFPW_HAS_LOCAL) != 0 && !is_group(&r->local, &r->remote);
    return possible && is_layer_of_source(r) ? SIDE_SOURCE : SIDE_UNKNOWN;
}

/* The first that tells the sides apart. A group address is the destination of a packet, and so on
 * this side of one that came in; it goes before own addresses, because what this host sends to a
 * group comes back to it with its own address as the remote one. */
static enum side decide_side(const struct question *q)
{
    const struct record *r = q->r;
    bool inbound = r->direction == WFPW_DIRECTION_INBOUND;
    enum side side = SIDE_UNKNOWN;
    if (inbound)
        side = one_of(is_group(&r->local, &r->remote), is_group(&r->remote, &r->local));
    if (side == SIDE_UNKNOWN)
        side = one_of(is_own(q, &r->local), is_own(q, &r->remote));
    if (side == SIDE_UNKNOWN)
        side = by_layer(r);
    if (side == SIDE_UNKNOWN && inbound)
        side = by_icmp(r);
    if (side != SIDE_UNKNOWN || !inbound || !has_ports(r))
        return side;
    side = one_of(is_bound(q, &r->local), is_bound(q, &r->remote));
    if (side == SIDE_UNKNOWN)
        side = by_outbound_half(q);
    return side != SIDE_UNKNOWN ? side : by_service(r);
}

/* ---- learning ------------------------------------------------------------------------------- */

static void learn_address(const struct question *q)
{
    const wfpw_endpoint *e = &q->r->local;
    if (!is_wildcard(e) && !is_loopback(e) && !is_group(e, &q->r->remote))
        note_key(q->o, LOCAL_SIDE_OWN, key_of_address(q->computer, e), q->r);
}

/* A client binds a port, too; with TCP it does not listen. */
static bool is_served(const struct question *q)
{
    const struct record *r = q->r;
    uint32_t port = WFPW_HAS_LOCAL_PORT | WFPW_HAS_PROTOCOL;
    return (q->event_id == LISTEN || (q->event_id == BIND && r->protocol == UDP)) &&
           (r->present & port) == port && r->local.port != 0;
}

static void learn_flow(const struct question *q)
{
    const struct record *r = q->r;
    learn_address(q);
    if (is_served(q))
        note_key(q->o, LOCAL_SIDE_BOUND, key_of_port(q->computer, r->protocol, r->local.port), r);
    if (has_ports(r) && r->remote.family != 0)
        note_key(q->o, LOCAL_SIDE_SENT,
                 key_of_flow(q->computer, r->protocol, &r->local, &r->remote), r);
}

/* ---- a record ------------------------------------------------------------------------------- */

static void swap_bits(struct record *r, uint32_t a, uint32_t b)
{
    bool has_a = (r->present & a) != 0, has_b = (r->present & b) != 0;
    r->present &= ~(a | b);
    r->present |= (has_a ? b : 0) | (has_b ? a : 0);
}

static void swap_sides(struct record *r)
{
    wfpw_endpoint source = r->local;
    r->local = r->remote;
    r->remote = source;
    swap_bits(r, WFPW_HAS_LOCAL, WFPW_HAS_REMOTE);
    swap_bits(r, WFPW_HAS_LOCAL_PORT, WFPW_HAS_REMOTE_PORT);
}

/* What is forwarded has no side here, and frames have no addresses of this kind. */
static bool is_of_this_host(const struct record *r)
{
    bool forwards = (r->present & WFPW_HAS_LAYER_ID) != 0 && r->layer_id >= 8 && r->layer_id < 12;
    return r->direction != WFPW_DIRECTION_FORWARD && !forwards && r->mac_at == 0 &&
           (r->present & (WFPW_HAS_LOCAL | WFPW_HAS_REMOTE)) != 0;
}

void local_side_decide(struct local_side *o, struct record *r)
{
    if (r->orientation == 0 || r->audit_at == 0 || !is_of_this_host(r))
        return;
    const struct record_audit *audit = record_at(r, r->audit_at);
    struct question q = {o, r, record_computer(r), audit->event_id};
    o->seq++;
    if (r->orientation == WFPW_ORIENTATION_FIELD) {
        learn_flow(&q);
        return;
    }
    enum side side = decide_side(&q);
    if (side == SIDE_UNKNOWN)
        return;
    if (side == SIDE_DESTINATION)
        swap_sides(r);
    r->orientation = WFPW_ORIENTATION_EVIDENCE;
}
