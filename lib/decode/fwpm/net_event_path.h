/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which way the packet of a classify event went. */
#ifndef WFPW_NET_EVENT_PATH_H
#define WFPW_NET_EVENT_PATH_H

#include "decode/fwpm/net_event.h"

/* WFPW_DIRECTION_* of a classify event with a body; 0: not known. */
uint8_t net_event_path_direction(const struct net_event *n);
/* Which FWPM_NET_EVENT_CLASSIFY_DROP the body is. DROP0 is the start of 1, that of 2;
 * CLASSIFY_ALLOW0 is laid out as DROP1. */
static inline int net_event_classify_form(const struct net_event *n)
{
    if (n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW)
        return 1;
    return n->version < 2 ? n->version : 2;
}
/* The direction that a body's number is; 0: none. */
uint8_t net_event_direction(uint32_t raw);

#endif
