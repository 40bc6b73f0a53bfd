/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/net_event_path.h"

#include <string.h>

#include "model/direction.h"

uint8_t net_event_direction(uint32_t raw)
{
    static const uint8_t ms[] = {WFPW_DIRECTION_INBOUND, WFPW_DIRECTION_OUTBOUND,
                                 WFPW_DIRECTION_FORWARD, WFPW_DIRECTION_BIDIRECTIONAL};
    if (raw >= (uint32_t)MS_FWP_DIRECTION_IN && raw <= (uint32_t)MS_FWP_DIRECTION_BIDIRECTIONAL)
        return ms[raw - MS_FWP_DIRECTION_IN];
    if (raw == FWP_DIRECTION_INBOUND)
        return WFPW_DIRECTION_INBOUND;
    return raw == FWP_DIRECTION_OUTBOUND ? WFPW_DIRECTION_OUTBOUND : 0;
}

int net_event_classify_form(const struct net_event *n)
{
    if (n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW)
        return 1;
    return n->version < 2 ? n->version : 2;
}

void net_event_path_of(const struct net_event *n, struct net_event_path *to)
{
    FWPM_NET_EVENT_CLASSIFY_DROP1 d = {0};
    memcpy(&d, n->body,
           net_event_classify_form(n) == 0 ? sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0) : sizeof d);
    uint8_t told = net_event_classify_form(n) == 0 ? 0 : net_event_direction(d.msFwpDirection);
    uint8_t of_layer = direction_by_layer(d.layerId, told);
    *to = (struct net_event_path){.filter_id = d.filterId,
                                  .layer_id = d.layerId,
                                  .direction = of_layer != 0 ? of_layer : told};
}
