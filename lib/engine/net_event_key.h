/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What a raw event has in common with others of its kind: all but its time and its ports. Read on
 * the system's thread: it allocates and waits for nothing. */
#ifndef WFPW_NET_EVENT_KEY_H
#define WFPW_NET_EVENT_KEY_H

#include "decode/fwpm/net_event.h"
#include "queue/aggregate.h"

enum { NET_EVENT_TEXTS = AGGREGATE_PIECES - 1 };

/* Without padding, so that it can be compared as bytes. */
struct net_event_head {
    uint64_t filter_id, policy_flags;
    uint64_t addresses[2][2]; /* local, remote */
    uint32_t version, epoch, type, flags, ip_version, protocol, scope_id, layer_id;
    uint32_t direction, reauth_reason, original_profile, current_profile, loopback, capability;
    uint32_t vswitch_ports[2];
    uint32_t icmp[2]; /* type and code, which stand where ports do */
    uint32_t sizes[NET_EVENT_TEXTS];
};

struct net_event_key {
    struct net_event_head head;
    struct aggregate_key key; /* points to the head, and into the event */
    struct aggregate_one one;
};

/* Whether there are others of its kind, which only events of some types have. */
bool net_event_has_kind(const struct net_event *n);
/* The hash of its key, without making one; never 0. Only of what has a kind. */
uint64_t net_event_key_hash(const struct net_event *n, uint32_t epoch, uint64_t seed);
/* false: the key would be too long. k stays where it is: the key points into it. */
bool net_event_key_make(struct net_event_key *k, const struct net_event *n, uint32_t epoch);

#endif
