/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/aggregated.h"

void aggregated_hide_ports(wfpw_event *ev)
{
    const wfpw_aggregate *a = ev->aggregate;
    if (a == NULL)
        return;
    if (a->local_port_count > 1) {
        ev->present &= ~(uint32_t)WFPW_HAS_LOCAL_PORT;
        ev->local.port = 0;
    }
    if (a->remote_port_count > 1) {
        ev->present &= ~(uint32_t)WFPW_HAS_REMOTE_PORT;
        ev->remote.port = 0;
    }
}
