/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/join_key.h"

#include "base/hash.h"
#include "decode/audit/audit_change.h"

enum {
    TCP = 6,
    UDP = 17,
    FILTER_CHANGED = 5447,
    /* run-time ids of layers; those below 56 are the same on every Windows */
    LAYER_TRANSPORT = 12,
    LAYER_ICMP_ERROR = 28,
    LAYER_BIND = 36,
    LAYER_ACCEPT = 44
};

/* ---- halves --------------------------------------------------------------------------------- */

/* Of audit records those that tell of one decision with its 5-tuple. */
static bool is_decision(uint32_t event_id)
{
    return event_id == 5152 || (event_id >= 5153 && event_id <= 5159);
}

static bool is_permit(uint32_t event_id)
{
    return event_id == 5154 || event_id == 5156 || event_id == 5158;
}

static uint32_t event_id_of(const struct record *r)
{
    const struct record_audit *audit = record_at(r, r->audit_at);
    return r->audit_at != 0 ? audit->event_id : 0;
}

bool join_is_filter(const struct record *r)
{
    if ((r->present & WFPW_HAS_FILTER_ID) == 0)
        return false;
    if (r->kind == WFPW_KIND_GUARD)
        return r->filter_key_at != 0 && r->audit_at == 0;
    return r->kind == WFPW_KIND_AUDIT && event_id_of(r) == FILTER_CHANGED &&
           audit_change_of(r) == CHANGE_ADDED;
}

enum join_half join_half_of(const struct record *r)
{
    if (join_is_filter(r))
        return r->kind == WFPW_KIND_GUARD ? JOIN_NET_EVENT : JOIN_AUDIT_RECORD;
    const uint32_t needed = WFPW_HAS_LAYER_ID | WFPW_HAS_LOCAL;
    if ((r->present & needed) != needed || r->aggregate_at != 0)
        return JOIN_NEITHER;
    if (r->kind == WFPW_KIND_CLASSIFY_DROP || r->kind == WFPW_KIND_CLASSIFY_ALLOW)
        return r->audit_at == 0 ? JOIN_NET_EVENT : JOIN_NEITHER;
    return r->kind == WFPW_KIND_AUDIT && is_decision(event_id_of(r)) ? JOIN_AUDIT_RECORD
                                                                     : JOIN_NEITHER;
}

/* ---- what counts at a layer ----------------------------------------------------------------- */

/* The record of an ICMP error has the protocol and the ports of the packet inside it. */
static bool has_inner_packet(uint32_t layer)
{
    return layer >= LAYER_ICMP_ERROR && layer < LAYER_BIND;
}

/* Binds and listens have a local side only; the record writes nothing, the event zeros. */
static bool is_one_sided(uint32_t layer)
{
    return layer >= LAYER_BIND && layer < LAYER_ACCEPT;
}

/* Packets have no ports yet, and ICMP has its type and code there on one side only. */
static bool has_ports(const struct record *r)
{
    return (r->protocol == TCP || r->protocol == UDP) && r->layer_id >= LAYER_TRANSPORT &&
           !has_inner_packet(r->layer_id);
}

static uint32_t protocol_of(const struct record *r)
{
    bool known = (r->present & WFPW_HAS_PROTOCOL) != 0 && !has_inner_packet(r->layer_id);
    return known ? r->protocol : 0;
}

/* ---- hash ----------------------------------------------------------------------------------- */

static uint64_t hash_endpoint(const wfpw_endpoint *e, bool ports)
{
    uint64_t low, high;
    memcpy(&low, e->addr, sizeof low);
    memcpy(&high, e->addr + 8, sizeof high);
    if (e->family != 6) {
        low &= UINT32_MAX;
        high = 0;
    }
    return hash_mix(hash_mix(hash_mix(0x5157, low), high),
                    (uint64_t)e->family << 16 | (ports ? e->port : 0));
}

/* The sum of both sides, as it may not be known which is which. */
uint64_t join_key_hash(const struct record *r)
{
    if (join_is_filter(r))
        return hash_mix(FILTER_CHANGED, r->filter_id);
    bool ports = has_ports(r);
    uint64_t sides = hash_endpoint(&r->local, ports);
    if (!is_one_sided(r->layer_id))
        sides += hash_endpoint(&r->remote, ports);
    return hash_mix(sides, (uint64_t)r->layer_id << 8 | protocol_of(r));
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* A text that is read character by character. */
struct text_reader {
    const uint8_t *at, *end;
    bool wide;
};

static struct text_reader reader_of(const struct record *r, const struct value *v)
{
    struct text_reader t = {.at = record_at(r, v->at), .wide = v->type == VALUE_STRING};
    uint32_t size = t.wide ? v->size & ~1u : v->size;
    while (t.wide && size >= 2 && text_le16(t.at + size - 2) == 0)
        size -= 2;
    while (!t.wide && size >= 1 && t.at[size - 1] == 0)
        size--;
    t.end = t.at + size;
    return t;
}

static uint32_t next_wide(struct text_reader *t)
{
    uint32_t c = text_le16(t->at);
    t->at += 2;
    if (c - 0xD800 < 0x400 && t->end - t->at >= 2 && text_le16(t->at) - 0xDC00u < 0x400) {
        c = 0x10000 + ((c - 0xD800) << 10) + (text_le16(t->at) - 0xDC00u);
        t->at += 2;
    }
    return c - 0xD800 < 0x800 ? 0xFFFD : c;
}

/* The texts of records are valid UTF-8. */
static uint32_t next_utf8(struct text_reader *t)
{
    uint32_t c = *t->at++;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    if (more > 0)
        c &= 0x3Fu >> more;
    for (; more > 0 && t->at < t->end; more--)
        c = c << 6 | (*t->at++ & 0x3F);
    return c;
}

bool join_same_text(const struct record *a, const struct value *va, const struct record *b,
                    const struct value *vb)
{
    struct text_reader x = reader_of(a, va), y = reader_of(b, vb);
    while (x.at < x.end && y.at < y.end) {
        uint32_t c = x.wide ? next_wide(&x) : next_utf8(&x);
        uint32_t d = y.wide ? next_wide(&y) : next_utf8(&y);
        if (c != d && text_lower_letter(c) != text_lower_letter(d))
            return false;
    }
    return x.at == x.end && y.at == y.end;
}

/* ---- agreement ------------------------------------------------------------------------------ */

static bool same_endpoint(const wfpw_endpoint *a, const wfpw_endpoint *b, bool ports)
{
    size_t n = a->family == 6 ? 16 : a->family == 4 ? 4 : 0;
    return a->family == b->family && memcmp(a->addr, b->addr, n) == 0 &&
           (!ports || a->port == b->port);
}

/* The record's sides as they are known; either way when they are not. */
static bool same_sides(const struct record *net, const struct record *audit)
{
    bool ports = has_ports(net);
    bool local = same_endpoint(&net->local, &audit->local, ports);
    if (is_one_sided(net->layer_id))
        return local;
    if (local && same_endpoint(&net->remote, &audit->remote, ports))
        return true;
    return audit->orientation == WFPW_ORIENTATION_UNKNOWN &&
           same_endpoint(&net->local, &audit->remote, ports) &&
           same_endpoint(&net->remote, &audit->local, ports);
}

/* Records of what was permitted often have 0 for the filter. */
static bool same_filter(const struct record *net, const struct record *audit, bool permitted)
{
    const uint32_t both = net->present & audit->present & WFPW_HAS_FILTER_ID;
    return both == 0 || net->filter_id == audit->filter_id || (permitted && audit->filter_id == 0);
}

bool join_keys_agree(const struct record *net, const struct record *audit)
{
    if (join_is_filter(net) || join_is_filter(audit))
        return join_is_filter(net) && join_is_filter(audit) && net->filter_id == audit->filter_id &&
               audit_change_has_key(audit, record_at(net, net->filter_key_at));
    bool permitted = is_permit(event_id_of(audit));
    if (permitted != (net->kind == WFPW_KIND_CLASSIFY_ALLOW) || net->layer_id != audit->layer_id ||
        protocol_of(net) != protocol_of(audit) || !same_filter(net, audit, permitted) ||
        !same_sides(net, audit))
        return false;
    return !value_is(&net->app) || !value_is(&audit->app) ||
           join_same_text(net, &net->app, audit, &audit->app);
}
