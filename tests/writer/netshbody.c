/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netshwriting.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- bodies --------------------------------------------------------------------------------- */

static void direction(struct netshwriter *w, const wfpw_event *ev)
{
    static const char *const ms[] = {"MS_FWP_DIRECTION_IN", "MS_FWP_DIRECTION_OUT",
                                     "MS_FWP_DIRECTION_FORWARD", "MS_FWP_DIRECTION_BIDIRECTIONAL"};
    static const char *const fwp[] = {"FWP_DIRECTION_OUTBOUND", "FWP_DIRECTION_INBOUND"};
    uint32_t raw = ev->direction_raw;
    if (!netshw_has(ev, WFPW_HAS_DIRECTION))
        return;
    const char *name = ev->ipsec != NULL ? "direction" : "msFwpDirection";
    if (raw >= 0x3900 && raw <= 0x3903)
        netshw_plain(w, name, ms[raw - 0x3900]);
    else if (raw < 2)
        netshw_plain(w, name, fwp[raw]);
    else
        netshw_number(w, name, raw);
}

static void mac_address(struct netshwriter *w, const char *name, const uint8_t mac[6])
{
    char s[13];
    s[text_bytes(s, mac, 6)] = 0;
    netshw_plain(w, name, s);
}

static void mac(struct netshwriter *w, const wfpw_mac *m)
{
    mac_address(w, "localMacAddr.byteArray6", m->local);
    mac_address(w, "remoteMacAddr.byteArray6", m->remote);
    netshw_number(w, "mediaType", m->media_type);
    netshw_number(w, "ifType", m->if_type);
    netshw_number(w, "etherType", m->ether_type);
    netshw_number(w, "ndisPortNumber", m->ndis_port);
    netshw_number(w, "reserved", 0);
    netshw_number(w, "vlanTag", m->vlan);
    netshw_number(w, "ifLuid", m->if_luid);
}

static void host(struct netshwriter *w, const char *name, const wfpw_endpoint *e)
{
    char s[TEXT_IP_MAX + 1], full[40];
    if (e->family == 0)
        return;
    s[text_ip(s, e->addr, e->family)] = 0;
    (void)snprintf(full, sizeof full, "%sV%uAddr", name, (unsigned)e->family);
    netshw_plain(w, full, s);
}

static void ipsec(struct netshwriter *w, const wfpw_ipsec *i)
{
    host(w, "publicHost", &i->public_host);
    host(w, "internalHost", &i->internal_host);
    if ((i->present & WFPW_IPSEC_HAS_STATUS) != 0)
        netshw_number(w, "failureStatus", i->status);
    if ((i->present & WFPW_IPSEC_HAS_SPI) != 0)
        netshw_number(w, "spi", i->spi);
}

/* ---- IKE ------------------------------------------------------------------------------------ */

static void groups(struct netshwriter *w, const char *name, const char *s)
{
    char sid[TEXT_SID_MAX + 1];
    int n = 1;
    if (s == NULL) {
        netshw_plain(w, name, NULL);
        return;
    }
    for (const char *p = s; *p != 0; p++)
        n += *p == ' ';
    netshw_open(w, name, n);
    for (int i = 0; i < n; i++) {
        size_t length = strcspn(s, " ");
        (void)snprintf(sid, sizeof sid, "%.*s", (int)length, s);
        netshw_plain(w, "item", sid);
        s += length + 1;
    }
    netshw_close(w, name);
}

static void ip_value(struct netshwriter *w, const char *s)
{
    netshw_plain(w, "type", strchr(s, ':') != NULL ? "FWP_BYTE_ARRAY16_TYPE" : "FWP_UINT32");
    netshw_plain(w, strchr(s, ':') != NULL ? "byteArray16" : "uint32", s);
}

static void range_value(struct netshwriter *w, const char *low, const char *high)
{
    netshw_plain(w, "type", "FWP_RANGE_TYPE");
    netshw_open(w, "rangeValue", -1);
    netshw_open(w, "valueLow", -1);
    ip_value(w, low);
    netshw_close(w, "valueLow");
    netshw_open(w, "valueHigh", -1);
    ip_value(w, high);
    netshw_close(w, "valueHigh");
    netshw_close(w, "rangeValue");
}

/* mask: a number of bits, or the mask itself. */
static void mask_value(struct netshwriter *w, const char *addr, const char *mask)
{
    bool six = strchr(addr, ':') != NULL;
    char quad[16];
    netshw_plain(w, "type", six ? "FWP_V6_ADDR_MASK" : "FWP_V4_ADDR_MASK");
    netshw_open(w, six ? "v6AddrMask" : "v4AddrMask", -1);
    netshw_plain(w, "addr", addr);
    if (!six && strchr(mask, '.') == NULL) {
        uint32_t n = (uint32_t)strtoul(mask, NULL, 10), v = n == 0 ? 0 : UINT32_MAX << (32 - n);
        (void)snprintf(quad, sizeof quad, "%u.%u.%u.%u", v >> 24, v >> 16 & 255, v >> 8 & 255,
                       v & 255);
        mask = quad;
    }
    netshw_plain(w, six ? "prefixLength" : "mask", mask);
    netshw_close(w, six ? "v6AddrMask" : "v4AddrMask");
}

static void subnet(struct netshwriter *w, const char *name, const char *s)
{
    char first[2 * TEXT_IP_MAX];
    if (s == NULL)
        return;
    size_t n = strcspn(s, "/-");
    (void)snprintf(first, sizeof first, "%.*s", (int)n, s);
    netshw_open(w, name, -1);
    if (s[n] == '/')
        mask_value(w, first, s + n + 1);
    else if (s[n] == '-')
        range_value(w, first, s + n + 1);
    else
        ip_value(w, s);
    netshw_close(w, name);
}

static void symbol(struct netshwriter *w, const char *name, uint32_t v, const char *const *symbols,
                   uint32_t known)
{
    if (v < known)
        netshw_plain(w, name, symbols[v]);
    else
        netshw_number(w, name, v);
}

static void ike_head(struct netshwriter *w, const wfpw_ike *i, char mode)
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
    netshw_plain(w, "failureErrorCode", s);
    symbol(w, "failurePoint", i->point, points, 3);
    if ((i->present & WFPW_IKE_HAS_FLAGS) != 0)
        netshw_bits(w, "flags", i->flags, mode == 'm' ? mm_flags : em_flags, 2);
    if ((i->present & WFPW_IKE_HAS_MODULE) != 0)
        symbol(w, "keyingModuleType", i->module, modules, 3);
    (void)snprintf(s, sizeof s, "%cmState", mode);
    netshw_number(w, s, i->state);
    symbol(w, "saRole", i->role, roles, 2);
}

static void ike(struct netshwriter *w, const wfpw_ike *i, char mode)
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
        netshw_plain(w, "endCertHash", hash);
    if ((i->present & WFPW_IKE_HAS_MM_ID) != 0)
        netshw_number(w, "mmId", i->mm_id);
    netshw_number(w, mode == 'm' ? "mmFilterId" : "qmFilterId", i->filter_id);
    netshw_text(w, "localPrincipalNameForAuth", i->local_principal);
    netshw_text(w, "remotePrincipalNameForAuth", i->remote_principal);
    groups(w, "localPrincipalGroupSids", i->local_groups);
    groups(w, "remotePrincipalGroupSids", i->remote_groups);
    netshw_plain(w, mode == 'q' ? "mmProviderContextKey" : "providerContextKey",
                 i->provider_context);
    if ((i->present & WFPW_IKE_HAS_TRAFFIC_TYPE) != 0)
        symbol(w, "saTrafficType", i->traffic_type, traffic, 2);
    subnet(w, "localSubNet", i->local_subnet);
    subnet(w, "remoteSubNet", i->remote_subnet);
    if ((i->present & WFPW_IKE_HAS_MM_SA_LUID) != 0)
        netshw_number(w, "mmSaLuid", i->mm_sa_luid);
}

static void capability(struct netshwriter *w, uint32_t id)
{
    static const char *const names[] = {
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT",
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT_SERVER",
        "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK",
    };
    symbol(w, "networkCapabilityId", id, names, 3);
}

void netshw_body(struct netshwriter *w, const wfpw_event *ev, const char *name)
{
    netshw_open(w, name, -1);
    if (ev->mac != NULL)
        mac(w, ev->mac);
    if (ev->ipsec != NULL)
        ipsec(w, ev->ipsec);
    if (ev->ike != NULL)
        ike(w, ev->ike, name[3] == 'M' ? 'm' : name[3] == 'Q' ? 'q' : 'e');
    else if (netshw_has(ev, WFPW_HAS_FILTER_ID))
        netshw_number(w, "filterId", ev->filter_id);
    if (netshw_has(ev, WFPW_HAS_CAPABILITY))
        capability(w, ev->capability);
    if (netshw_has(ev, WFPW_HAS_LAYER_ID))
        netshw_number(w, "layerId", ev->layer_id);
    if (netshw_shown(w, netshw_has(ev, WFPW_HAS_REAUTH_REASON)))
        netshw_number(w, "reauthReason", ev->reauth_reason);
    if (netshw_has(ev, WFPW_HAS_PROFILES)) {
        netshw_number(w, "originalProfile", ev->original_profile);
        netshw_number(w, "currentProfile", ev->current_profile);
    }
    direction(w, ev);
    if (netshw_has(ev, WFPW_HAS_LOOPBACK))
        netshw_plain(w, "isLoopback", (ev->flags & WFPW_EVENT_LOOPBACK) != 0 ? "true" : "false");
    netshw_blob(w, "vSwitchId", ev->vswitch != NULL ? ev->vswitch->id : NULL);
    netshw_number(w, "vSwitchSourcePort", ev->vswitch != NULL ? ev->vswitch->source_port : 0);
    netshw_number(w, "vSwitchDestinationPort",
                  ev->vswitch != NULL ? ev->vswitch->destination_port : 0);
    netshw_close(w, name);
}
