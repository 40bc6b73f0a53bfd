/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Where the engine decided on a classify event, and which way the packet went. */
#ifndef WFPW_NET_EVENT_PATH_H
#define WFPW_NET_EVENT_PATH_H

#include "decode/fwpm/net_event.h"

struct net_event_path {
    uint64_t filter_id;
    uint32_t layer_id;
    uint8_t direction; /* WFPW_DIRECTION_*; 0: not known */
};

/* Of a classify event with a body. */
void net_event_path_of(const struct net_event *n, struct net_event_path *to);
/* Which FWPM_NET_EVENT_CLASSIFY_DROP the body is. DROP0 is the start of 1, that of 2;
 * CLASSIFY_ALLOW0 is laid out as DROP1. */
int net_event_classify_form(const struct net_event *n);
/* The direction that a body's number is; 0: none. */
uint8_t net_event_direction(uint32_t raw);

#endif
