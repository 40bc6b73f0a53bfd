/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * FWPM_NET_EVENT0 to 5 to a struct record. Runs inside the system's callback: it allocates, calls
 * and waits for nothing, and needs little stack. A field is read only when the header's flag says
 * that it is there, a text only as far as the size beside it goes, a body only when this version of
 * the event is known to have one of that type.
 */
#ifndef WFPW_NET_EVENT_H
#define WFPW_NET_EVENT_H

#include "model/record.h"
#include "os/fwp_types.h"

enum {
    NET_EVENT_VERSIONS = 6,
    NET_EVENT_APP_MAX = 8 * 1024,  /* bytes of an application's path; the rest is cut */
    NET_EVENT_TEXT_MAX = 1024,     /* bytes of every other text */
    NET_EVENT_GROUPS_MAX = 64,     /* SIDs of a principal's groups */
    NET_EVENT_ROOM_MAX = 20 * 1024 /* of any event's record */
};

/* An event, looked at once: what it says later does not matter. */
struct net_event {
    int version;
    uint32_t type;
    const void *body;            /* NULL when the type is not known in this version */
    FWPM_NET_EVENT_HEADER0 head; /* every version's header starts so */
    FWP_SID_STRUCT *package;     /* versions 2 and up */
    uint16_t *enterprise_id;     /* versions 3 and up, as the next two */
    uint64_t policy_flags;
    FWP_BYTE_BLOB effective_name;
    uint32_t room; /* what the record takes at most */
};

/* version: of the struct; Subscribe N gives version N + 1. false: there is no event. */
bool net_event_look(struct net_event *n, int version, const void *event);
/* Writes the record into n->room bytes; returns its size. */
uint32_t net_event_decode(const struct net_event *n, uint16_t source, void *room);
/* The same, of which only the fixed part is written. */
void net_event_decode_head(const struct net_event *n, uint16_t source, struct record *r);
/* The address of a side into a zeroed endpoint; false: there is none. */
bool net_event_side(const struct net_event *n, bool is_remote, wfpw_endpoint *to);

#endif
