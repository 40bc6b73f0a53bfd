/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_ipsec.h"
#include "os/fwp_types.h"

struct meaning {
    uint8_t kind;
    uint16_t code; /* of %%N */
    uint16_t number;
    const char *text; /* in English, as Windows has it */
};

/* The codes are those of msobjs.dll, Windows 7 to 11. Of the states only those are here that are
 * one of Microsoft's, by name or by what its page says of it. Not here: of main mode "Sent second
 * (KE) payload", which IKEEXT_MM_SA_STATE has for SSPI only; what was sent third in main mode and
 * in extended mode, after which there are two states; what IKEv2 sent; "Unknown authentication". */
static const struct meaning meanings[] = {
    {AUDIT_IPSEC_POINT, 8199, IPSEC_FAILURE_ME, "Local computer"},
    {AUDIT_IPSEC_POINT, 8200, IPSEC_FAILURE_PEER, "Remote computer"},
    {AUDIT_IPSEC_ROLE, 8205, IKEEXT_SA_ROLE_INITIATOR, "Initiator"},
    {AUDIT_IPSEC_ROLE, 8206, IKEEXT_SA_ROLE_RESPONDER, "Responder"},
    {AUDIT_IPSEC_MODULE, 8222, IKEEXT_KEY_MODULE_IKE, "IKEv1"},
    {AUDIT_IPSEC_MODULE, 8223, IKEEXT_KEY_MODULE_AUTHIP, "AuthIP"},
    {AUDIT_IPSEC_MODULE, 8244, IKEEXT_KEY_MODULE_IKEV2, "IKEv2"},
    {AUDIT_IPSEC_METHOD, 8192, IKEEXT_KERBEROS, "Kerberos"},
    {AUDIT_IPSEC_METHOD, 8193, IKEEXT_PRESHARED_KEY, "Preshared key"},
    {AUDIT_IPSEC_METHOD, 8224, IKEEXT_ANONYMOUS, "Anonymous"},
    {AUDIT_IPSEC_METHOD, 8225, IKEEXT_NTLM_V2, "NTLM V2"},
    {AUDIT_IPSEC_METHOD, 8226, IKEEXT_IPV6_CGA, "CGA"},
    {AUDIT_IPSEC_METHOD, 8227, IKEEXT_CERTIFICATE, "Certificate"},
    {AUDIT_IPSEC_METHOD, 8228, IKEEXT_SSL, "SSL"},
    {AUDIT_IPSEC_METHOD, 8238, IKEEXT_CERTIFICATE_ECDSA_P256, "Certificate ECDSA P256"},
    {AUDIT_IPSEC_METHOD, 8239, IKEEXT_CERTIFICATE_ECDSA_P384, "Certificate ECDSA P384"},
    {AUDIT_IPSEC_METHOD, 8240, IKEEXT_SSL_ECDSA_P256, "SSL ECDSA P256"},
    {AUDIT_IPSEC_METHOD, 8241, IKEEXT_SSL_ECDSA_P384, "SSL ECDSA P384"},
    {AUDIT_IPSEC_METHOD, 8247, IKEEXT_EAP, "EAP"},
    {AUDIT_IPSEC_TRAFFIC, 8212, IPSEC_TRAFFIC_TYPE_TRANSPORT, "Transport"},
    {AUDIT_IPSEC_TRAFFIC, 8213, IPSEC_TRAFFIC_TYPE_TUNNEL, "Tunnel"},
    {AUDIT_IPSEC_MM_STATE, 8201, IKEEXT_MM_SA_STATE_NONE, "No state"},
    {AUDIT_IPSEC_MM_STATE, 8202, IKEEXT_MM_SA_STATE_SA_SENT, "Sent first (SA) payload"},
    {AUDIT_IPSEC_QM_STATE, 8207, IKEEXT_QM_SA_STATE_NONE, "No state"},
    {AUDIT_IPSEC_QM_STATE, 8208, IKEEXT_QM_SA_STATE_INITIAL, "Sent first (SA) payload"},
    {AUDIT_IPSEC_QM_STATE, 8209, IKEEXT_QM_SA_STATE_FINAL, "Sent final payload"},
    {AUDIT_IPSEC_QM_STATE, 8210, IKEEXT_QM_SA_STATE_COMPLETE, "Complete"},
    {AUDIT_IPSEC_EM_STATE, 8218, IKEEXT_EM_SA_STATE_NONE, "No state"},
    {AUDIT_IPSEC_EM_STATE, 8219, IKEEXT_EM_SA_STATE_SENT_ATTS,
     "Sent first (EM attributes) payload"},
    {AUDIT_IPSEC_EM_STATE, 8220, IKEEXT_EM_SA_STATE_SSPI_SENT, "Sent second (SSPI) payload"},
    /* Errors that a negotiation ends with, by the texts of Microsoft's page "System Error Codes
     * (12000-15999)". Not here: those that share their text with others (13809 to 13812, 13814,
     * 13815), long ones, and those whose text could be that of another error. */
    {AUDIT_IPSEC_ERROR, 0, 13801, "IKE authentication credentials are unacceptable"},
    {AUDIT_IPSEC_ERROR, 0, 13802, "IKE security attributes are unacceptable"},
    {AUDIT_IPSEC_ERROR, 0, 13803, "IKE Negotiation in progress"},
    {AUDIT_IPSEC_ERROR, 0, 13805, "Negotiation timed out"},
    {AUDIT_IPSEC_ERROR, 0, 13807, "IKE SA deleted by peer before establishment completed"},
    {AUDIT_IPSEC_ERROR, 0, 13808, "IKE SA deleted before establishment completed"},
    {AUDIT_IPSEC_ERROR, 0, 13813, "No response from peer"},
    {AUDIT_IPSEC_ERROR, 0, 13817, "Certificate Revocation Check failed"},
    {AUDIT_IPSEC_ERROR, 0, 13818, "Invalid certificate key usage"},
    {AUDIT_IPSEC_ERROR, 0, 13822, "Failure in Diffie-Hellman computation"},
    {AUDIT_IPSEC_ERROR, 0, 13825, "No policy configured"},
    {AUDIT_IPSEC_ERROR, 0, 13827, "Failed to authenticate using Kerberos"},
    {AUDIT_IPSEC_ERROR, 0, 13828, "Peer's certificate did not have a public key"},
    {AUDIT_IPSEC_ERROR, 0, 13847, "Peer failed to send valid machine certificate"},
    {AUDIT_IPSEC_ERROR, 0, 13849, "New policy invalidated SAs formed with old policy"},
    {AUDIT_IPSEC_ERROR, 0, 13850, "There is no available Main Mode IKE policy"},
    {AUDIT_IPSEC_ERROR, 0, 13865, "Invalid Diffie-Hellman group"},
    {AUDIT_IPSEC_ERROR, 0, 13868, "Policy match error"},
    {AUDIT_IPSEC_ERROR, 0, 13870, "Hash verification failed"},
    {AUDIT_IPSEC_ERROR, 0, 13889, "Received invalid authentication offers"},
    {AUDIT_IPSEC_ERROR, 0, 13905, "SA establishment is not authorized"},
};

/* Without the end that a message has: blanks, a line's end, a full stop before them. */
static size_t length_of_message(const char *text, size_t n)
{
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\r' || text[n - 1] == '\n'))
        n--;
    return n > 0 && text[n - 1] == '.' ? n - 1 : n;
}

bool audit_ipsec_number(enum audit_ipsec_kind kind, uint8_t type, const void *p, size_t n,
                        uint32_t *out)
{
    char text[AUDIT_VALUE_TEXT];
    uint64_t code = 0;
    bool coded = audit_value_code(type, p, n, &code);
    size_t length = coded ? 0 : length_of_message(text, audit_value_text(text, type, p, n));
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning *m = &meanings[i];
        if (m->kind == kind &&
            (coded ? m->code == code && code != 0 : text_same(text, length, m->text))) {
            *out = m->number;
            return true;
        }
    }
    return false;
}
