/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_symbols.h"

#include <string.h>

#include "codes/code_words.h"
#include "os/fwp_types.h"
#include "wfpwatch/wfpwatch.h"

struct symbol {
    const char *text; /* behind the list's prefix */
    uint32_t code;
};

static const struct symbol flags[] = {
    {"IP_PROTOCOL_SET", FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET},
    {"LOCAL_ADDR_SET", FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET},
    {"REMOTE_ADDR_SET", FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET},
    {"LOCAL_PORT_SET", FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET},
    {"REMOTE_PORT_SET", FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET},
    {"APP_ID_SET", FWPM_NET_EVENT_FLAG_APP_ID_SET},
    {"USER_ID_SET", FWPM_NET_EVENT_FLAG_USER_ID_SET},
    {"SCOPE_ID_SET", FWPM_NET_EVENT_FLAG_SCOPE_ID_SET},
    {"IP_VERSION_SET", FWPM_NET_EVENT_FLAG_IP_VERSION_SET},
    {"REAUTH_REASON_SET", FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET},
    {"PACKAGE_ID_SET", FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET},
    {"ENTERPRISE_ID_SET", FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET},
    {"POLICY_FLAGS_SET", FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET},
    {"EFFECTIVE_NAME_SET", FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET},
};

static const struct symbol types[] = {
    {"CLASSIFY_DROP", FWPM_NET_EVENT_TYPE_CLASSIFY_DROP},
    {"CLASSIFY_ALLOW", FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW},
    {"IKEEXT_MM_FAILURE", FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE},
    {"IKEEXT_QM_FAILURE", FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE},
    {"IKEEXT_EM_FAILURE", FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE},
    {"IPSEC_KERNEL_DROP", FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP},
    {"IPSEC_DOSP_DROP", FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP},
    {"CAPABILITY_DROP", FWPM_NET_EVENT_TYPE_CAPABILITY_DROP},
    {"CAPABILITY_ALLOW", FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW},
    {"CLASSIFY_DROP_MAC", FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC},
    {"LPM_PACKET_ARRIVAL", FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL},
};

static const struct symbol directions[] = {
    {"MS_FWP_DIRECTION_IN", MS_FWP_DIRECTION_IN},
    {"MS_FWP_DIRECTION_OUT", MS_FWP_DIRECTION_OUT},
    {"MS_FWP_DIRECTION_FORWARD", MS_FWP_DIRECTION_FORWARD},
    {"MS_FWP_DIRECTION_BIDIRECTIONAL", MS_FWP_DIRECTION_BIDIRECTIONAL},
    {"FWP_DIRECTION_OUTBOUND", FWP_DIRECTION_OUTBOUND},
    {"FWP_DIRECTION_INBOUND", FWP_DIRECTION_INBOUND},
};

static const struct symbol capabilities[] = {
    {"INTERNET_CLIENT", FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT},
    {"INTERNET_CLIENT_SERVER", FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT_SERVER},
    {"INTERNET_PRIVATE_NETWORK", FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK},
};

/* Not in the SDK: docs/facts.md. */
static const struct symbol capability_flags[] = {
    {"INTERNET_CLIENT", 0x1},
    {"INTERNET_CLIENT_SERVER", 0x2},
    {"PRIVATE_NETWORK", 0x4},
    {"NETWORK_LOOPBACK", 0x8},
};

static const struct symbol points[] = {
    {"NONE", IPSEC_FAILURE_NONE},
    {"ME", IPSEC_FAILURE_ME},
    {"PEER", IPSEC_FAILURE_PEER},
};

static const struct symbol modules[] = {
    {"IKE", IKEEXT_KEY_MODULE_IKE},
    {"AUTHIP", IKEEXT_KEY_MODULE_AUTHIP},
    {"IKEV2", IKEEXT_KEY_MODULE_IKEV2},
};

static const struct symbol states[] = {
    {"MM_SA_STATE_NONE", IKEEXT_MM_SA_STATE_NONE},
    {"MM_SA_STATE_SA_SENT", IKEEXT_MM_SA_STATE_SA_SENT},
    {"MM_SA_STATE_SSPI_SENT", IKEEXT_MM_SA_STATE_SSPI_SENT},
    {"MM_SA_STATE_FINAL", IKEEXT_MM_SA_STATE_FINAL},
    {"MM_SA_STATE_FINAL_SENT", IKEEXT_MM_SA_STATE_FINAL_SENT},
    {"MM_SA_STATE_COMPLETE", IKEEXT_MM_SA_STATE_COMPLETE},
    {"QM_SA_STATE_NONE", IKEEXT_QM_SA_STATE_NONE},
    {"QM_SA_STATE_INITIAL", IKEEXT_QM_SA_STATE_INITIAL},
    {"QM_SA_STATE_FINAL", IKEEXT_QM_SA_STATE_FINAL},
    {"QM_SA_STATE_COMPLETE", IKEEXT_QM_SA_STATE_COMPLETE},
    {"EM_SA_STATE_NONE", IKEEXT_EM_SA_STATE_NONE},
    {"EM_SA_STATE_SENT_ATTS", IKEEXT_EM_SA_STATE_SENT_ATTS},
    {"EM_SA_STATE_SSPI_SENT", IKEEXT_EM_SA_STATE_SSPI_SENT},
    {"EM_SA_STATE_AUTH_COMPLETE", IKEEXT_EM_SA_STATE_AUTH_COMPLETE},
    {"EM_SA_STATE_FINAL", IKEEXT_EM_SA_STATE_FINAL},
    {"EM_SA_STATE_COMPLETE", IKEEXT_EM_SA_STATE_COMPLETE},
};

static const struct symbol roles[] = {
    {"INITIATOR", IKEEXT_SA_ROLE_INITIATOR},
    {"RESPONDER", IKEEXT_SA_ROLE_RESPONDER},
};

/* IKEEXT_AUTHENTICATION_METHOD_TYPE (win32 metadata). */
static const struct symbol auth_methods[] = {
    {"PRESHARED_KEY", 0},
    {"CERTIFICATE", 1},
    {"KERBEROS", 2},
    {"ANONYMOUS", 3},
    {"SSL", 4},
    {"NTLM_V2", 5},
    {"IPV6_CGA", 6},
    {"CERTIFICATE_ECDSA_P256", 7},
    {"CERTIFICATE_ECDSA_P384", 8},
    {"SSL_ECDSA_P256", 9},
    {"SSL_ECDSA_P384", 10},
    {"EAP", 11},
    {"RESERVED", 12},
};

static const struct symbol traffic_types[] = {
    {"TRANSPORT", IPSEC_TRAFFIC_TYPE_TRANSPORT},
    {"TUNNEL", IPSEC_TRAFFIC_TYPE_TUNNEL},
};

/* The bits differ between main and extended mode (fwpmtypes.h). */
static const struct symbol ike_flags[] = {
    {"MM_FAILURE_FLAG_BENIGN", 1},
    {"MM_FAILURE_FLAG_MULTIPLE", 2},
    {"EM_FAILURE_FLAG_MULTIPLE", 1},
    {"EM_FAILURE_FLAG_BENIGN", 2},
};

#define LIST(prefix, symbols)                                                                      \
    {                                                                                              \
        prefix, sizeof(prefix) - 1, symbols, sizeof(symbols) / sizeof *(symbols)                   \
    }
static const struct {
    const char *prefix;
    size_t length;
    const struct symbol *symbols;
    size_t count;
} lists[NETSH_SYMBOL_LISTS] = {
    [NETSH_SYMBOL_FLAG] = LIST("FWPM_NET_EVENT_FLAG_", flags),
    [NETSH_SYMBOL_TYPE] = LIST("FWPM_NET_EVENT_TYPE_", types),
    [NETSH_SYMBOL_DIRECTION] = LIST("", directions),
    [NETSH_SYMBOL_CAPABILITY] = LIST("FWPM_APPC_NETWORK_CAPABILITY_", capabilities),
    [NETSH_SYMBOL_CAPABILITY_FLAG] = LIST("FWP_CAPABILITIES_FLAG_", capability_flags),
    [NETSH_SYMBOL_POINT] = LIST("IPSEC_FAILURE_", points),
    [NETSH_SYMBOL_MODULE] = LIST("IKEEXT_KEY_MODULE_", modules),
    [NETSH_SYMBOL_STATE] = LIST("IKEEXT_", states),
    [NETSH_SYMBOL_ROLE] = LIST("IKEEXT_SA_ROLE_", roles),
    [NETSH_SYMBOL_AUTH] = LIST("IKEEXT_", auth_methods),
    [NETSH_SYMBOL_TRAFFIC] = LIST("IPSEC_TRAFFIC_TYPE_", traffic_types),
    [NETSH_SYMBOL_IKE_FLAG] = LIST("FWPM_NET_EVENT_IKEEXT_", ike_flags),
};

/* Takes a prefix off the text, when it has it. */
static bool cut_prefix(const char **s, size_t *n, const char *prefix, size_t length)
{
    if (*n < length || memcmp(*s, prefix, length) != 0)
        return false;
    *s += length;
    *n -= length;
    return true;
}

bool netsh_symbol_code(enum netsh_symbol_list list, const char *s, size_t n, uint32_t *code)
{
    static const char public_form[] = "PUBLIC_"; /* of newer Windows 11: docs/facts.md */
    if (list == NETSH_SYMBOL_ACTION)
        return code_word_parse(WFPW_LIST_ACTION, s, n, code);
    if (!cut_prefix(&s, &n, lists[list].prefix, lists[list].length))
        return false;
    if (list == NETSH_SYMBOL_TYPE)
        (void)cut_prefix(&s, &n, public_form, sizeof public_form - 1);
    for (size_t i = 0; i < lists[list].count; i++) {
        const struct symbol *w = &lists[list].symbols[i];
        if (strlen(w->text) == n && memcmp(w->text, s, n) == 0) {
            *code = w->code;
            return true;
        }
    }
    return false;
}
