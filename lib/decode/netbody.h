/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The bodies of net events, and the pieces that header and bodies share. */
#ifndef WFPW_NETBODY_H
#define WFPW_NETBODY_H

#include "decode/netevent.h"

/* What the body adds to the record's size at most. */
uint32_t netbody_room(const struct netevent *n);
/* Takes the body, which is there, into the record. */
void netbody_take(struct record_builder *b, const struct netevent *n);

/* An address as FWP_IP_VERSION has it: IPv4 a number, IPv6 bytes in network order. false: neither.
 */
bool netbody_address(uint32_t ip_version, uint32_t v4, const uint8_t *v6, wfpw_endpoint *to);
/* 16-bit text of size bytes, cut at most; an odd last byte is left out. */
struct value netbody_text(struct record_builder *b, const void *p, uint32_t size, uint32_t most);
/* The same of text that a NUL ends, if it comes in time. */
struct value netbody_string(struct record_builder *b, const uint16_t *s);
/* The bytes of a SID; 0 when it is none. */
uint32_t netbody_sid_size(const FWP_SID_STRUCT *sid);
struct value netbody_sid(struct record_builder *b, const FWP_SID_STRUCT *sid);
/* The SID of the AppContainer, or that there is none. */
void netbody_package(struct record_builder *b, const FWP_SID_STRUCT *sid);
void netbody_direction(struct record *r, uint32_t raw);
void netbody_loopback(struct record *r, bool is_loopback);
/* A network or a range of addresses as text. */
struct value netbody_subnet(struct record_builder *b, const FWP_CONDITION_VALUE0 *v);

#endif
