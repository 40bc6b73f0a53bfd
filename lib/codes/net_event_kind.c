/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "codes/net_event_kind.h"

#include "wfpwatch/wfpwatch.h"

uint16_t net_event_kind(uint32_t type)
{
    static const uint8_t kinds[] = {
        WFPW_KIND_IKE_MM_FAILURE,    WFPW_KIND_IKE_QM_FAILURE,     WFPW_KIND_IKE_EM_FAILURE,
        WFPW_KIND_CLASSIFY_DROP,     WFPW_KIND_IPSEC_KERNEL_DROP,  WFPW_KIND_IPSEC_DOSP_DROP,
        WFPW_KIND_CLASSIFY_ALLOW,    WFPW_KIND_CAPABILITY_DROP,    WFPW_KIND_CAPABILITY_ALLOW,
        WFPW_KIND_CLASSIFY_DROP_MAC, WFPW_KIND_LPM_PACKET_ARRIVAL,
    };
    return type < sizeof kinds ? kinds[type] : WFPW_KIND_NET_EVENT;
}
