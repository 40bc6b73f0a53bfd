/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Codes to words: the lists of the public header, and those that Windows fixes.
 */
#include "codes/code_words.h"

#include "base/text.h"
#include "wfpwatch/wfpwatch.h"

#define WORD(name, number, word, meaning) {number, sizeof(word) - 1, word},
static const struct code_word kinds[] = {
#define KIND WORD
#include "codes/lists.inc"
};
static const struct code_word sources[] = {
#define SOURCE WORD
#include "codes/lists.inc"
};
static const struct code_word directions[] = {
#define DIRECTION WORD
#include "codes/lists.inc"
};
static const struct code_word direction_froms[] = {
#define DIRECTION_FROM WORD
#include "codes/lists.inc"
};
static const struct code_word orientations[] = {
#define ORIENTATION WORD
#include "codes/lists.inc"
};
static const struct code_word pid_froms[] = {
#define PID_FROM WORD
#include "codes/lists.inc"
};
static const struct code_word losts[] = {
#define LOST WORD
#include "codes/lists.inc"
};
static const struct code_word states[] = {
#define STATE WORD
#include "codes/lists.inc"
};
static const struct code_word filter_states[] = {
#define FILTER_STATE WORD
#include "codes/lists.inc"
};
static const struct code_word verdicts[] = {
#define VERDICT WORD
#include "codes/lists.inc"
};
static const struct code_word reasons[] = {
#define REASON(code, name, word, text, remedy) {code, sizeof(word) - 1, word},
#define REMEDY(name, has, text)
#include "codes/reasons.inc"
#undef REMEDY
#undef REASON
};
static const struct code_word confidences[] = {
#define CONFIDENCE WORD
#include "codes/lists.inc"
};
static const struct code_word evidences[] = {
#define EVIDENCE WORD
#include "codes/lists.inc"
};
static const struct code_word guard_signs[] = {
#define GUARD_SIGN WORD
#include "codes/lists.inc"
};
static const struct code_word health_signs[] = {
#define HEALTH WORD
#include "codes/lists.inc"
};
static const struct code_word matches[] = {
#define MATCH WORD
#include "codes/lists.inc"
};
static const struct code_word strengths[] = {
#define STRENGTH WORD
#include "codes/lists.inc"
};
static const struct code_word conclusions[] = {
#define CONCLUSION WORD
#include "codes/lists.inc"
};
static const struct code_word unseens[] = {
#define UNSEEN WORD
#include "codes/lists.inc"
};
static const struct code_word tcp_states[] = {
#define TCP_STATE WORD
#include "codes/lists.inc"
};
static const struct code_word checks[] = {
#define CHECK WORD
#include "codes/lists.inc"
};
static const struct code_word audit_policies[] = {
#define AUDIT_POLICY WORD
#include "codes/lists.inc"
};
static const struct code_word decideds[] = {
#define DECIDED WORD
#include "codes/lists.inc"
};
static const struct code_word product_froms[] = {
#define PRODUCT_FROM WORD
#include "codes/lists.inc"
};
static const struct code_word services[] = {
#define SERVICE WORD
#include "codes/lists.inc"
};
static const struct code_word missings[] = {
#define MISSING WORD
#include "codes/lists.inc"
};
static const struct code_word log_paths[] = {
#define LOG_PATH WORD
#include "codes/lists.inc"
};
static const struct code_word differences[] = {
#define DIFFERS WORD
#include "codes/lists.inc"
};
static const struct code_word rule_actions[] = {
#define RULE_ACTION WORD
#include "codes/lists.inc"
};
static const struct code_word rule_origins[] = {
#define RULE_ORIGIN WORD
#include "codes/lists.inc"
};
static const struct code_word rule_changes[] = {
#define RULE_CHANGE WORD
#include "codes/lists.inc"
};
#undef WORD
#define W(code, word)                                                                              \
    {                                                                                              \
        code, sizeof(word) - 1, word                                                               \
    }

/* The parameter messages (%%N) of the Security log that WFP's records use. 14625 and 14640 to 14643
 * rest on one third-party source; 1842 and 1843 are the log's general yes and no. */
static const struct code_word audit_codes[] = {
    W(1842, "yes"),
    W(1843, "no"),
    /* IPsec, by msobjs.dll: methods, algorithms, where a negotiation failed, states of main mode
     * (from 8201), quick mode (8207) and extended mode (8218), roles, keying modules */
    W(8192, "Kerberos"),
    W(8193, "preshared key"),
    W(8194, "unknown authentication"),
    W(8195, "DES"),
    W(8196, "3DES"),
    W(8197, "MD5"),
    W(8198, "SHA1"),
    W(8199, "local computer"),
    W(8200, "remote computer"),
    W(8201, "no state"),
    W(8202, "sent first payload (SA)"),
    W(8203, "sent second payload (KE)"),
    W(8204, "sent third payload (ID)"),
    W(8205, "initiator"),
    W(8206, "responder"),
    W(8207, "no state"),
    W(8208, "sent first payload (SA)"),
    W(8209, "sent final payload"),
    W(8210, "complete"),
    W(8211, "unknown"),
    W(8212, "transport"),
    W(8213, "tunnel"),
    W(8214, "IKE/AuthIP DoS prevention mode started"),
    W(8215, "IKE/AuthIP DoS prevention mode stopped"),
    W(8216, "enabled"),
    W(8217, "not enabled"),
    W(8218, "no state"),
    W(8219, "sent first payload (EM attributes)"),
    W(8220, "sent second payload (SSPI)"),
    W(8221, "sent third payload (hash)"),
    W(8222, "IKEv1"),
    W(8223, "AuthIP"),
    W(8224, "anonymous"),
    W(8225, "NTLM V2"),
    W(8226, "CGA"),
    W(8227, "certificate"),
    W(8228, "SSL"),
    W(8229, "none"),
    W(8230, "DH group 1"),
    W(8231, "DH group 2"),
    W(8232, "DH group 14"),
    W(8233, "DH group ECP 256"),
    W(8234, "DH group ECP 384"),
    W(8235, "AES-128"),
    W(8236, "AES-192"),
    W(8237, "AES-256"),
    W(8238, "certificate ECDSA P256"),
    W(8239, "certificate ECDSA P384"),
    W(8240, "SSL ECDSA P256"),
    W(8241, "SSL ECDSA P384"),
    W(8242, "SHA 256"),
    W(8243, "SHA 384"),
    W(8244, "IKEv2"),
    W(8245, "EAP payload sent"),
    W(8246, "authentication payload sent"),
    W(8247, "EAP"),
    W(8248, "DH group 24"),
    /* categories of the audit policy */
    W(8272, "System"),
    W(8273, "Logon/Logoff"),
    W(8274, "Object Access"),
    W(8275, "Privilege Use"),
    W(8276, "Detailed Tracking"),
    W(8277, "Policy Change"),
    W(8278, "Account Management"),
    W(8279, "DS Access"),
    W(8280, "Account Logon"),
    /* what 4719 changed; the last eight of one user's policy */
    W(8448, "success removed"),
    W(8449, "success added"),
    W(8450, "failure removed"),
    W(8451, "failure added"),
    W(8452, "success include removed"),
    W(8453, "success include added"),
    W(8454, "success exclude removed"),
    W(8455, "success exclude added"),
    W(8456, "failure include removed"),
    W(8457, "failure include added"),
    W(8458, "failure exclude removed"),
    W(8459, "failure exclude added"),
    /* subcategories, whose codes are the tasks of their records, too */
    W(12288, "Security State Change"),
    W(12289, "Security System Extension"),
    W(12290, "System Integrity"),
    W(12291, "IPsec Driver"),
    W(12292, "Other System Events"),
    W(12544, "Logon"),
    W(12545, "Logoff"),
    W(12546, "Account Lockout"),
    W(12547, "IPsec Main Mode"),
    W(12548, "Special Logon"),
    W(12549, "IPsec Quick Mode"),
    W(12550, "IPsec Extended Mode"),
    W(12551, "Other Logon/Logoff Events"),
    W(12552, "Network Policy Server"),
    W(12553, "User/Device Claims"),
    W(12554, "Group Membership"),
    W(12800, "File System"),
    W(12801, "Registry"),
    W(12802, "Kernel Object"),
    W(12803, "SAM"),
    W(12804, "Other Object Access Events"),
    W(12805, "Certification Services"),
    W(12806, "Application Generated"),
    W(12807, "Handle Manipulation"),
    W(12808, "File Share"),
    W(12809, "Filtering Platform Packet Drop"),
    W(12810, "Filtering Platform Connection"),
    W(12811, "Detailed File Share"),
    W(12812, "Removable Storage"),
    W(12813, "Central Policy Staging"),
    W(13056, "Sensitive Privilege Use"),
    W(13057, "Non Sensitive Privilege Use"),
    W(13058, "Other Privilege Use Events"),
    W(13312, "Process Creation"),
    W(13313, "Process Termination"),
    W(13314, "DPAPI Activity"),
    W(13315, "RPC Events"),
    W(13316, "Plug and Play Events"),
    W(13317, "Token Right Adjusted Events"),
    W(13568, "Audit Policy Change"),
    W(13569, "Authentication Policy Change"),
    W(13570, "Authorization Policy Change"),
    W(13571, "MPSSVC Rule-Level Policy Change"),
    W(13572, "Filtering Platform Policy Change"),
    W(13573, "Other Policy Change Events"),
    W(13824, "User Account Management"),
    W(13825, "Computer Account Management"),
    W(13826, "Security Group Management"),
    W(13827, "Distribution Group Management"),
    W(13828, "Application Group Management"),
    W(13829, "Other Account Management Events"),
    W(14080, "Directory Service Access"),
    W(14081, "Directory Service Changes"),
    W(14082, "Directory Service Replication"),
    W(14083, "Detailed Directory Service Replication"),
    W(14336, "Credential Validation"),
    W(14337, "Kerberos Service Ticket Operations"),
    W(14338, "Other Account Logon Events"),
    W(14339, "Kerberos Authentication Service"),
    /* directions and layers */
    W(14592, "inbound"),
    W(14593, "outbound"),
    W(14594, "forward"),
    W(14595, "bidirectional"),
    W(14596, "IP packet"),
    W(14597, "transport"),
    W(14598, "forward"),
    W(14599, "stream"),
    W(14600, "datagram data"),
    W(14601, "ICMP error"),
    W(14602, "MAC 802.3"),
    W(14603, "MAC native"),
    W(14604, "vSwitch"),
    W(14608, "resource assignment"),
    W(14609, "listen"),
    W(14610, "receive/accept"),
    W(14611, "connect"),
    W(14612, "flow established"),
    W(14614, "resource release"),
    W(14615, "endpoint closure"),
    W(14616, "connect redirect"),
    W(14617, "bind redirect"),
    W(14624, "stream packet"),
    W(14625, "accept redirect"),
    W(14626, "accept redirect"),
    W(14640, "ICMP echo request"),
    W(14641, "vSwitch ingress"),
    W(14642, "vSwitch egress"),
    W(14643, "unknown"),
    W(16384, "add"),
    W(16385, "delete"),
    W(16386, "boot-time"),
    W(16387, "persistent"),
    W(16388, "not persistent"),
    W(16389, "block"),
    W(16390, "permit"),
    W(16391, "callout"),
};

/* IANA's keywords for the protocol numbers that a host firewall meets. */
static const struct code_word protocols[] = {
    W(0, "hopopt"),  W(1, "icmp"),   W(2, "igmp"),      W(4, "ipv4"),  W(6, "tcp"),
    W(17, "udp"),    W(41, "ipv6"),  W(47, "gre"),      W(50, "esp"),  W(51, "ah"),
    W(58, "icmpv6"), W(88, "eigrp"), W(89, "ospf"),     W(103, "pim"), W(112, "vrrp"),
    W(115, "l2tp"),  W(132, "sctp"), W(136, "udplite"),
};

static const struct code_word capabilities[] = {
    W(0, "internetClient"), W(1, "internetClientServer"), W(2, "privateNetworkClientServer"),
    W(3, "networkLoopback"), /* only as a bit of wfpw_event.capabilities (docs/facts.md) */
};

/* IPSEC_TRAFFIC_TYPE, IKEEXT_KEY_MODULE_TYPE, IKEEXT_AUTHENTICATION_METHOD_TYPE,
 * IKEEXT_CIPHER_TYPE, IKEEXT_INTEGRITY_TYPE, IKEEXT_DH_GROUP (win32 metadata). */
static const struct code_word ipsec_modes[] = {W(0, "transport"), W(1, "tunnel")};
static const struct code_word key_modules[] = {W(0, "ike"), W(1, "authip"), W(2, "ikev2")};
static const struct code_word auth_methods[] = {
    W(0, "preshared_key"),
    W(1, "certificate"),
    W(2, "kerberos"),
    W(3, "anonymous"),
    W(4, "ssl"),
    W(5, "ntlm_v2"),
    W(6, "ipv6_cga"),
    W(7, "certificate_ecdsa_p256"),
    W(8, "certificate_ecdsa_p384"),
    W(9, "ssl_ecdsa_p256"),
    W(10, "ssl_ecdsa_p384"),
    W(11, "eap"),
    W(12, "reserved"),
};
static const struct code_word ciphers[] = {
    W(0, "des"),     W(1, "3des"),        W(2, "aes_128"),     W(3, "aes_192"),
    W(4, "aes_256"), W(5, "aes_gcm_128"), W(6, "aes_gcm_256"),
};
static const struct code_word integrities[] = {W(0, "md5"), W(1, "sha1"), W(2, "sha_256"),
                                               W(3, "sha_384")};
static const struct code_word dh_groups[] = {
    W(0, "none"),    W(1, "group_1"), W(2, "group_2"),  W(3, "group_14"),
    W(4, "ecp_256"), W(5, "ecp_384"), W(6, "group_24"),
};

/* FWP_ACTION_TYPE, as netsh writes it. */
static const struct code_word actions[] = {
    W(0x1001, "FWP_ACTION_BLOCK"),
    W(0x1002, "FWP_ACTION_PERMIT"),
    W(0x5003, "FWP_ACTION_CALLOUT_TERMINATING"),
    W(0x6004, "FWP_ACTION_CALLOUT_INSPECTION"),
    W(0x4005, "FWP_ACTION_CALLOUT_UNKNOWN"),
    W(0x2006, "FWP_ACTION_CONTINUE"),
    W(0x0007, "FWP_ACTION_NONE"),
    W(0x0008, "FWP_ACTION_NONE_NO_MATCH"),
};

static const struct code_word owns[] = {
    W(WFPW_EVENT_OWN_FILTER, "filter"),
    W(WFPW_EVENT_OWN_PROCESS, "process"),
    W(WFPW_EVENT_OWN_LOOKUP, "lookup"),
};

#undef W

#define LIST(words)                                                                                \
    {                                                                                              \
        words, sizeof(words) / sizeof *(words)                                                     \
    }
static const struct {
    const struct code_word *words;
    size_t count;
} lists[] = {
    [WFPW_LIST_KIND] = LIST(kinds),
    [WFPW_LIST_SOURCE] = LIST(sources),
    [WFPW_LIST_DIRECTION] = LIST(directions),
    [WFPW_LIST_ORIENTATION] = LIST(orientations),
    [WFPW_LIST_PID_FROM] = LIST(pid_froms),
    [WFPW_LIST_LOST] = LIST(losts),
    [WFPW_LIST_STATE] = LIST(states),
    [WFPW_LIST_AUDIT_CODE] = LIST(audit_codes),
    [WFPW_LIST_PROTOCOL] = LIST(protocols),
    [WFPW_LIST_CAPABILITY] = LIST(capabilities),
    [WFPW_LIST_MATCH] = LIST(matches),
    [WFPW_LIST_STRENGTH] = LIST(strengths),
    [WFPW_LIST_CONCLUSION] = LIST(conclusions),
    [WFPW_LIST_UNSEEN] = LIST(unseens),
    [WFPW_LIST_FILTER_STATE] = LIST(filter_states),
    [WFPW_LIST_VERDICT] = LIST(verdicts),
    [WFPW_LIST_REASON] = LIST(reasons),
    [WFPW_LIST_CONFIDENCE] = LIST(confidences),
    [WFPW_LIST_EVIDENCE] = LIST(evidences),
    [WFPW_LIST_GUARD_SIGN] = LIST(guard_signs),
    [WFPW_LIST_HEALTH] = LIST(health_signs),
    [WFPW_LIST_ACTION] = LIST(actions),
    [WFPW_LIST_CHECK] = LIST(checks),
    [WFPW_LIST_DIRECTION_FROM] = LIST(direction_froms),
    [WFPW_LIST_MISSING] = LIST(missings),
    [WFPW_LIST_DIFFERS] = LIST(differences),
    [WFPW_LIST_RULE_ACTION] = LIST(rule_actions),
    [WFPW_LIST_RULE_ORIGIN] = LIST(rule_origins),
    [WFPW_LIST_RULE_CHANGE] = LIST(rule_changes),
    [WFPW_LIST_OWN] = LIST(owns),
    [WFPW_LIST_LOG_PATH] = LIST(log_paths),
    [WFPW_LIST_DECIDED] = LIST(decideds),
    [WFPW_LIST_AUDIT_POLICY] = LIST(audit_policies),
    [WFPW_LIST_PRODUCT_FROM] = LIST(product_froms),
    [WFPW_LIST_SERVICE] = LIST(services),
    [WFPW_LIST_TCP_STATE] = LIST(tcp_states),
    [WFPW_LIST_IPSEC_MODE] = LIST(ipsec_modes),
    [WFPW_LIST_KEY_MODULE] = LIST(key_modules),
    [WFPW_LIST_AUTH_METHOD] = LIST(auth_methods),
    [WFPW_LIST_CIPHER] = LIST(ciphers),
    [WFPW_LIST_INTEGRITY] = LIST(integrities),
    [WFPW_LIST_DH_GROUP] = LIST(dh_groups),
};

/* Most lists count from 0 or from 1. */
const struct code_word *code_word_find(uint32_t list, uint32_t code)
{
    if (list >= sizeof lists / sizeof *lists || lists[list].count == 0)
        return NULL;
    const struct code_word *words = lists[list].words;
    size_t count = lists[list].count;
    if (code - words->code < count && words[code - words->code].code == code)
        return words + (code - words->code);
    for (size_t i = 0; i < count; i++)
        if (words[i].code == code)
            return words + i;
    return NULL;
}

const struct code_word *code_word_list(uint32_t list, size_t *count)
{
    *count = lists[list].count;
    return lists[list].words;
}

bool code_word_parse(uint32_t list, const char *s, size_t n, uint32_t *code)
{
    size_t count = list < sizeof lists / sizeof *lists ? lists[list].count : 0;
    for (size_t i = 0; i < count; i++) {
        if (text_same(s, n, lists[list].words[i].text)) {
            *code = lists[list].words[i].code;
            return true;
        }
    }
    return false;
}

const char *WFPW_CALL wfpw_word(uint32_t list, uint32_t code)
{
    const struct code_word *word = code_word_find(list, code);
    return word != NULL ? word->text : "";
}
