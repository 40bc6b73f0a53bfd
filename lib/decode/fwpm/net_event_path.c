/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/net_event_path.h"

#include <stddef.h>
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

uint8_t net_event_path_direction(const struct net_event *n)
{
    const uint8_t *body = n->body;
    uint16_t layer;
    uint32_t raw;
    uint8_t told = 0;
    memcpy(&layer, body + offsetof(FWPM_NET_EVENT_CLASSIFY_DROP0, layerId), sizeof layer);
    if (net_event_classify_form(n) != 0) {
        memcpy(&raw, body + offsetof(FWPM_NET_EVENT_CLASSIFY_DROP1, msFwpDirection), sizeof raw);
        told = net_event_direction(raw);
    }
    uint8_t of_layer = direction_by_layer(layer, told);
    return of_layer != 0 ? of_layer : told;
}
