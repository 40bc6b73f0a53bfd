/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * A template made ready to be asked of raw events, many a second, on the system's thread.
 * Conditions on what a classify event's own structs say are answered there, in nanoseconds; for
 * others, and for other events, the fixed part of a record is decoded first (net_event_subject). */
#ifndef WFPW_NET_EVENT_CHECKS_H
#define WFPW_NET_EVENT_CHECKS_H

#include "decode/fwpm/net_event.h"
#include "template/template.h"

enum { NET_EVENT_CHECKS = 12 };

/* What of an event a condition is on: what is dearer to ask comes later. */
enum check_field {
    CHECK_KIND, /* numbers, up to ports */
    CHECK_TIME,
    CHECK_PROTOCOL,
    CHECK_FILTER,
    CHECK_LAYER,
    CHECK_DIRECTION,
    CHECK_LOCAL_PORT,
    CHECK_REMOTE_PORT,
    CHECK_PORT, /* of either side */
    CHECK_ADDRESS,
    CHECK_USER,
    CHECK_APP,
    CHECK_LATE, /* holds of every event that is not finished */
    CHECK_NONE  /* not of a raw event's own */
};

struct net_event_check {
    const struct template_condition *condition;
    uint64_t low, span; /* of a number's or an IPv4 address's first value: how many follow low */
    uint8_t field;      /* enum check_field */
    bool is_not;
    bool is_single;  /* a number, or addresses of IPv4, with no other value */
    bool asks_names; /* a value may be a name of this host, which no raw event has */
};

struct net_event_checks {
    const wfpw_template *match; /* NULL: every event is wanted */
    uint32_t count;
    bool is_whole;                               /* they are all of the template's conditions */
    struct net_event_check at[NET_EVENT_CHECKS]; /* in the order of their fields */
};

/* match stays the caller's, and is not changed meanwhile; NULL: every event is wanted. */
void net_event_checks_make(struct net_event_checks *k, const wfpw_template *match);
/* Whether the event is wanted, as template_holds says of its record while it has no names of this
 * host. Any thread; allocates and waits for nothing. */
bool net_event_checks_hold(const struct net_event_checks *k, const struct net_event *n,
                           uint16_t source);

#endif
