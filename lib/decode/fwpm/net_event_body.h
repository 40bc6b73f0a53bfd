/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The bodies of net events, and the pieces that header and bodies share. */
#ifndef WFPW_NET_EVENT_BODY_H
#define WFPW_NET_EVENT_BODY_H

#include "decode/fwpm/net_event.h"

/* What the body adds to the record's size at most. */
uint32_t net_event_body_room(const struct net_event *n);
/* Takes the body, which is there, into the record. */
void net_event_body_take(struct record_builder *b, const struct net_event *n);

/* An address as FWP_IP_VERSION has it: IPv4 a number, IPv6 bytes in network order. false: neither.
 */
bool net_event_body_address(uint32_t ip_version, uint32_t v4, const uint8_t *v6, wfpw_endpoint *to);
/* 16-bit text of size bytes, cut at most; an odd last byte is left out. */
struct value net_event_body_text(struct record_builder *b, const void *p, uint32_t size,
                                 uint32_t most);
/* The same of text that a NUL ends, if it comes in time. */
struct value net_event_body_string(struct record_builder *b, const uint16_t *s);
/* The bytes of a SID; 0 when it is none. */
static inline uint32_t net_event_body_sid_size(const FWP_SID_STRUCT *sid)
{
    const uint8_t *p = (const uint8_t *)sid;
    return sid != NULL && p[0] == 1 && p[1] <= 15 ? 8 + 4 * (uint32_t)p[1] : 0;
}
struct value net_event_body_sid(struct record_builder *b, const FWP_SID_STRUCT *sid);
/* The SID of the AppContainer, or that there is none. */
void net_event_body_package(struct record_builder *b, const FWP_SID_STRUCT *sid);
void net_event_body_direction(struct record *r, uint32_t raw);
void net_event_body_loopback(struct record *r, bool is_loopback);
/* A network or a range of addresses as text. */
struct value net_event_body_subnet(struct record_builder *b, const FWP_CONDITION_VALUE0 *v);

#endif
