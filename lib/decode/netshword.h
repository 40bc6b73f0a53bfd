/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The symbols that netsh writes for numbers: FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET and the like. */
#ifndef WFPW_NETSHWORD_H
#define WFPW_NETSHWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum netshword_list {
    NETSHWORD_FLAG,            /* FWPM_NET_EVENT_FLAG_* */
    NETSHWORD_TYPE,            /* FWPM_NET_EVENT_TYPE_*, with PUBLIC_ in it or not */
    NETSHWORD_DIRECTION,       /* MS_FWP_DIRECTION_* and FWP_DIRECTION_* */
    NETSHWORD_CAPABILITY,      /* FWPM_APPC_NETWORK_CAPABILITY_* */
    NETSHWORD_CAPABILITY_FLAG, /* FWP_CAPABILITIES_FLAG_* */
    NETSHWORD_ACTION,          /* FWP_ACTION_* */
    NETSHWORD_POINT,           /* IPSEC_FAILURE_* */
    NETSHWORD_MODULE,          /* IKEEXT_KEY_MODULE_* */
    NETSHWORD_STATE,           /* IKEEXT_{MM,QM,EM}_SA_STATE_* */
    NETSHWORD_ROLE,            /* IKEEXT_SA_ROLE_* */
    NETSHWORD_AUTH,            /* IKEEXT_AUTHENTICATION_METHOD_TYPE */
    NETSHWORD_TRAFFIC,         /* IPSEC_TRAFFIC_TYPE_* */
    NETSHWORD_IKE_FLAG,        /* FWPM_NET_EVENT_IKEEXT_{MM,EM}_FAILURE_FLAG_* */
    NETSHWORD_LISTS
};

/* The number that a symbol of a list stands for. false: the list has no such symbol. */
bool netshword_code(enum netshword_list list, const char *s, size_t n, uint32_t *code);

#endif
