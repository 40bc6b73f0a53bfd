/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "model/direction.h"

/* What the layer is for; 0 when it sees both, or is no built-in layer. Ids below 56 are the same on
 * every Windows. */
static uint8_t direction_of_layer(uint32_t layer)
{
    static const uint8_t of_four[] = {
        WFPW_DIRECTION_INBOUND, /* IP packet */
        WFPW_DIRECTION_OUTBOUND,
        0,                      /* forward: names no side of this host */
        WFPW_DIRECTION_INBOUND, /* transport */
        WFPW_DIRECTION_OUTBOUND,
        0,                      /* stream */
        0,                      /* datagram data */
        WFPW_DIRECTION_INBOUND, /* ICMP error */
        WFPW_DIRECTION_OUTBOUND,
        0,                       /* resource assignment */
        0,                       /* listen */
        WFPW_DIRECTION_INBOUND,  /* receive/accept */
        WFPW_DIRECTION_OUTBOUND, /* connect */
    };
    return layer / 4 < sizeof of_four ? of_four[layer / 4] : 0;
}

uint8_t direction_by_layer(uint32_t layer, uint8_t told)
{
    if (told == WFPW_DIRECTION_FORWARD || told == WFPW_DIRECTION_BIDIRECTIONAL)
        return 0;
    uint8_t of_layer = direction_of_layer(layer);
    return of_layer != told ? of_layer : 0;
}

void direction_decide(struct record *r)
{
    if (r->direction_from != 0)
        return;
    bool has_layer = (r->present & WFPW_HAS_LAYER_ID) != 0;
    uint8_t of_layer = has_layer ? direction_by_layer(r->layer_id, r->direction) : 0;
    if (of_layer != 0) {
        r->direction = of_layer;
        r->direction_from = WFPW_DIRECTION_FROM_LAYER;
    } else if (r->direction != 0) {
        r->direction_from = WFPW_DIRECTION_FROM_FIELD;
    }
}
