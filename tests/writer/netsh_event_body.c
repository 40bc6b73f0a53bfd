/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netsh_event_writing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ---- bodies --------------------------------------------------------------------------------- */

static void direction(struct netsh_event_writer *w, const wfpw_event *ev)
{
    static const char *const ms[] = {"MS_FWP_DIRECTION_IN", "MS_FWP_DIRECTION_OUT",
                                     "MS_FWP_DIRECTION_FORWARD", "MS_FWP_DIRECTION_BIDIRECTIONAL"};
    static const char *const fwp[] = {"FWP_DIRECTION_OUTBOUND", "FWP_DIRECTION_INBOUND"};
    uint32_t raw = ev->direction_raw;
    if (!netevw_has(ev, WFPW_HAS_DIRECTION))
        return;
    const char *name = ev->ipsec != NULL ? "direction" : "msFwpDirection";
    if (raw >= 0x3900 && raw <= 0x3903)
        netevw_plain(w, name, ms[raw - 0x3900]);
    else if (raw < 2)
        netevw_plain(w, name, fwp[raw]);
    else
        netevw_number(w, name, raw);
}

static void mac_address(struct netsh_event_writer *w, const char *name, const uint8_t mac[6])
{
    char s[13];
    s[text_bytes(s, mac, 6)] = 0;
    netevw_plain(w, name, s);
}

static void mac(struct netsh_event_writer *w, const wfpw_mac *m)
{
    mac_address(w, "localMacAddr.byteArray6", m->local);
    mac_address(w, "remoteMacAddr.byteArray6", m->remote);
    netevw_number(w, "mediaType", m->media_type);
    netevw_number(w, "ifType", m->if_type);
    netevw_number(w, "etherType", m->ether_type);
    netevw_number(w, "ndisPortNumber", m->ndis_port);
    netevw_number(w, "reserved", 0);
    netevw_number(w, "vlanTag", m->vlan);
    netevw_number(w, "ifLuid", m->if_luid);
}

static void host(struct netsh_event_writer *w, const char *name, const wfpw_endpoint *e)
{
    char s[TEXT_IP_MAX + 1], full[40];
    if (e->family == 0)
        return;
    s[text_ip(s, e->addr, e->family)] = 0;
    (void)snprintf(full, sizeof full, "%sV%uAddr", name, (unsigned)e->family);
    netevw_plain(w, full, s);
}

static void ipsec(struct netsh_event_writer *w, const wfpw_ipsec *i)
{
    host(w, "publicHost", &i->public_host);
    host(w, "internalHost", &i->internal_host);
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        netevw_number(w, "failureStatus", i->status);
    if ((i->present & WFPW_IPSEC_HAS_SPI) != 0)
        netevw_number(w, "spi", i->spi);
}

/* ---- IKE ------------------------------------------------------------------------------------ */

static void groups(struct netsh_event_writer *w, const char *name, const char *s)
{
    char sid[TEXT_SID_MAX + 1];
    int n = 1;
    if (s == NULL) {
        netevw_plain(w, name, NULL);
        return;
    }
    for (const char *p = s; *p != 0; p++)
        n += *p == ' ';
    netevw_open(w, name, n);
    for (int i = 0; i < n; i++) {
        size_t length = strcspn(s, " ");
        (void)snprintf(sid, sizeof sid, "%.*s", (int)length, s);
        netevw_plain(w, "item", sid);
        s += length + 1;
    }
    netevw_close(w, name);
}

static void ip_value(struct netsh_event_writer *w, const char *s)
{
    netevw_plain(w, "type", strchr(s, ':') != NULL ? "FWP_BYTE_ARRAY16_TYPE" : "FWP_UINT32");
    netevw_plain(w, strchr(s, ':') != NULL ? "byteArray16" : "uint32", s);
}

static void range_value(struct netsh_event_writer *w, const char *low, const char *high)
{
    netevw_plain(w, "type", "FWP_RANGE_TYPE");
    netevw_open(w, "rangeValue", -1);
    netevw_open(w, "valueLow", -1);
    ip_value(w, low);
    netevw_close(w, "valueLow");
    netevw_open(w, "valueHigh", -1);
    ip_value(w, high);
    netevw_close(w, "valueHigh");
    netevw_close(w, "rangeValue");
}

/* mask: a number of bits, or the mask itself. */
static void mask_value(struct netsh_event_writer *w, const char *addr, const char *mask)
{
    bool six = strchr(addr, ':') != NULL;
    char quad[16];
    netevw_plain(w, "type", six ? "FWP_V6_ADDR_MASK" : "FWP_V4_ADDR_MASK");
    netevw_open(w, six ? "v6AddrMask" : "v4AddrMask", -1);
    netevw_plain(w, "addr", addr);
    if (!six && strchr(mask, '.') == NULL) {
        uint32_t n = (uint32_t)strtoul(mask, NULL, 10), v = n == 0 ? 0 : UINT32_MAX << (32 - n);
        (void)snprintf(quad, sizeof quad, "%u.%u.%u.%u", v >> 24, v >> 16 & 255, v >> 8 & 255,
                       v & 255);
        mask = quad;
    }
    netevw_plain(w, six ? "prefixLength" : "mask", mask);
    netevw_close(w, six ? "v6AddrMask" : "v4AddrMask");
}

static void subnet(struct netsh_event_writer *w, const char *name, const char *s)
{
    char first[2 * TEXT_IP_MAX];
    if (s == NULL)
        return;
    size_t n = strcspn(s, "/-");
    (void)snprintf(first, sizeof first, "%.*s", (int)n, s);
    netevw_open(w, name, -1);
    if (s[n] == '/')
        mask_value(w, first, s + n + 1);
    else if (s[n] == '-')
        range_value(w, first, s + n + 1);
    else
        ip_value(w, s);
    netevw_close(w, name);
}

static void symbol(struct netsh_event_writer *w, const char *name, uint32_t v,
                   const char *const *symbols, uint32_t known)
{
    if (v < known)
        netevw_plain(w, name, symbols[v]);
    else
        netevw_number(w, name, v);
}

static void ike_head(struct netsh_event_writer *w, const wfpw_ike *i, char mode)
{
    static const char *const points[] = {"IPSEC_FAILURE_NONE", "IPSEC_FAILURE_ME",
                                         "IPSEC_FAILURE_PEER"};
    static const char *const modules[] = {"IKEEXT_KEY_MODULE_IKE", "IKEEXT_KEY_MODULE_AUTHIP",
                                          "IKEEXT_KEY_MODULE_IKEV2"};
    static const char *const roles[] = {"IKEEXT_SA_ROLE_INITIATOR", "IKEEXT_SA_ROLE_RESPONDER"};
    static const char *const mm_flags[] = {"FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_BENIGN",
                                           "FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_MULTIPLE"};
    static const char *const em_flags[] = {"FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_MULTIPLE",
                                           "FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_BENIGN"};
    char s[60];
    (void)snprintf(s, sizeof s, "%u (ERROR_IPSEC_IKE_GENERAL)", (unsigned)i->error);
    if ((i->present & WFPW_IKE_HAS_ERROR) != 0)
        netevw_plain(w, "failureErrorCode", s);
    if ((i->present & WFPW_IKE_HAS_POINT) != 0)
        symbol(w, "failurePoint", i->point, points, 3);
    if ((i->present & WFPW_IKE_HAS_FLAGS) != 0)
        netevw_bits(w, "flags", i->flags, mode == 'm' ? mm_flags : em_flags, 2);
    if ((i->present & WFPW_IKE_HAS_MODULE) != 0)
        symbol(w, "keyingModuleType", i->module, modules, 3);
    (void)snprintf(s, sizeof s, "%cmState", mode);
    if ((i->present & WFPW_IKE_HAS_STATE) != 0)
        netevw_number(w, s, i->state);
    if ((i->present & WFPW_IKE_HAS_ROLE) != 0)
        symbol(w, "saRole", i->role, roles, 2);
}

static void ike(struct netsh_event_writer *w, const wfpw_ike *i, char mode)
{
    static const char *const auth[] = {"IKEEXT_PRESHARED_KEY", "IKEEXT_CERTIFICATE",
                                       "IKEEXT_KERBEROS", "IKEEXT_ANONYMOUS", "IKEEXT_SSL"};
    static const char *const traffic[] = {"IPSEC_TRAFFIC_TYPE_TRANSPORT",
                                          "IPSEC_TRAFFIC_TYPE_TUNNEL"};
    char hash[2 * sizeof i->cert_hash + 1];
    ike_head(w, i, mode);
    if ((i->present & WFPW_IKE_HAS_AUTH_METHOD) != 0)
        symbol(w, mode == 'm' ? "mmAuthMethod" : "emAuthMethod", i->auth_method, auth, 5);
    hash[text_bytes(hash, i->cert_hash, sizeof i->cert_hash)] = 0;
    if ((i->present & WFPW_IKE_HAS_CERT_HASH) != 0)
        netevw_plain(w, "endCertHash", hash);
    if ((i->present & WFPW_IKE_HAS_MM_ID) != 0)
        netevw_number(w, "mmId", i->mm_id);
    if ((i->present & WFPW_IKE_HAS_FILTER_ID) != 0)
        netevw_number(w, mode == 'm' ? "mmFilterId" : "qmFilterId", i->filter_id);
    netevw_text(w, "localPrincipalNameForAuth", i->local_principal);
    netevw_text(w, "remotePrincipalNameForAuth", i->remote_principal);
    groups(w, "localPrincipalGroupSids", i->local_groups);
    groups(w, "remotePrincipalGroupSids", i->remote_groups);
    netevw_plain(w, mode == 'q' ? "mmProviderContextKey" : "providerContextKey",
                 i->provider_context);
    if ((i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0)
        symbol(w, "saTrafficType", i->traffic_type, traffic, 2);
    subnet(w, "localSubNet", i->local_subnet);
    subnet(w, "remoteSubNet", i->remote_subnet);
    if ((i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0)
        netevw_number(w, "mmSaLuid", i->mm_sa_luid);
}

static void capability(struct netsh_event_writer *w, uint32_t id)
{
    static const char *const names[] = {
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT",
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT_SERVER",
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK",
    };
    symbol(w, "networkCapabilityId", id, names, 3);
}

void netevw_body(struct netsh_event_writer *w, const wfpw_event *ev, const char *name)
{
    netevw_open(w, name, -1);
    if (ev->mac != NULL)
        mac(w, ev->mac);
    if (ev->ipsec != NULL)
        ipsec(w, ev->ipsec);
    if (ev->ike != NULL)
        ike(w, ev->ike, name[3] == 'M' ? 'm' : name[3] == 'Q' ? 'q' : 'e');
    else if (netevw_has(ev, WFPW_HAS_FILTER_ID))
        netevw_number(w, "filterId", ev->filter_id);
    if (netevw_has(ev, WFPW_HAS_CAPABILITY))
        capability(w, ev->capability);
    if (netevw_has(ev, WFPW_HAS_LAYER_ID))
        netevw_number(w, "layerId", ev->layer_id);
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_REAUTH_REASON)))
        netevw_number(w, "reauthReason", ev->reauth_reason);
    if (netevw_has(ev, WFPW_HAS_PROFILES)) {
        netevw_number(w, "originalProfile", ev->original_profile);
        netevw_number(w, "currentProfile", ev->current_profile);
    }
    direction(w, ev);
    if (netevw_has(ev, WFPW_HAS_LOOPBACK))
        netevw_plain(w, "isLoopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0 ? "true" : "false");
    netevw_blob(w, "vSwitchId", ev->vswitch != NULL ? ev->vswitch->id : NULL);
    netevw_number(w, "vSwitchSourcePort", ev->vswitch != NULL ? ev->vswitch->source_port : 0);
    netevw_number(w, "vSwitchDestinationPort",
                  ev->vswitch != NULL ? ev->vswitch->destination_port : 0);
    netevw_close(w, name);
}
