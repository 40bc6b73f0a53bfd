/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The symbols that netsh writes for numbers: FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET and the like. */
#ifndef WFPW_NETSH_SYMBOLS_H
#define WFPW_NETSH_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum netsh_symbol_list {
    NETSH_SYMBOL_FLAG,            /* FWPM_NET_EVENT_FLAG_* */
    NETSH_SYMBOL_TYPE,            /* FWPM_NET_EVENT_TYPE_*, with PUBLIC_ in it or not */
    NETSH_SYMBOL_DIRECTION,       /* MS_FWP_DIRECTION_* and FWP_DIRECTION_* */
    NETSH_SYMBOL_CAPABILITY,      /* FWPM_APPC_NETWORK_CAPABILITY_* */
    NETSH_SYMBOL_CAPABILITY_FLAG, /* FWP_CAPABILITIES_FLAG_* */
    NETSH_SYMBOL_ACTION,          /* FWP_ACTION_* */
    NETSH_SYMBOL_POINT,           /* IPSEC_FAILURE_* */
    NETSH_SYMBOL_MODULE,          /* IKEEXT_KEY_MODULE_* */
    NETSH_SYMBOL_STATE,           /* IKEEXT_{MM,QM,EM}_SA_STATE_* */
    NETSH_SYMBOL_ROLE,            /* IKEEXT_SA_ROLE_* */
    NETSH_SYMBOL_AUTH,            /* IKEEXT_AUTHENTICATION_METHOD_TYPE */
    NETSH_SYMBOL_TRAFFIC,         /* IPSEC_TRAFFIC_TYPE_* */
    NETSH_SYMBOL_IKE_FLAG,        /* FWPM_NET_EVENT_IKEEXT_{MM,EM}_FAILURE_FLAG_* */
    NETSH_SYMBOL_LISTS
};

/* The number that a symbol of a list stands for. false: the list has no such symbol. */
bool netsh_symbol_code(enum netsh_symbol_list list, const char *s, size_t n, uint32_t *code);

#endif
