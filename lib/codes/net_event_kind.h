/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Types of net events to ours. */
#ifndef WFPW_NET_EVENT_KIND_H
#define WFPW_NET_EVENT_KIND_H

#include <stdint.h>

/* WFPW_KIND_* of an FWPM_NET_EVENT_TYPE. */
uint16_t net_event_kind(uint32_t type);

#endif
