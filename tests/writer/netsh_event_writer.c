/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "writer/netsh_event_writing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { FLUSH_AT = 1024 * 1024 };

/* ---- the header ----------------------------------------------------------------------------- */

static void time_stamp(struct netsh_event_writer *w, uint64_t t)
{
    char s[TEXT_TIME_MAX + 1];
    size_t n = text_time(s, t);
    (void)snprintf(s + n - 5, 3, "Z"); /* milliseconds, as netsh has them */
    netevw_plain(w, "timeStamp", s);
}

static void address(struct netsh_event_writer *w, const char *name, const wfpw_endpoint *e)
{
    char s[TEXT_IP_MAX + 1], full[80];
    s[text_ip(s, e->addr, e->family)] = 0;
    (void)snprintf(full, sizeof full, "%s%s", name, e->family == 4 ? "V4" : "V6.byteArray16");
    netevw_plain(w, full, s);
}

static uint32_t header_flags(const wfpw_event *ev)
{
    bool local = ev->local.family != 0, remote = ev->remote.family != 0;
    bool package = ev->package_sid != NULL || netevw_has(ev, WFPW_HAS_NOT_PACKAGED);
    return (netevw_has(ev, WFPW_HAS_PROTOCOL) ? 0x1u : 0) | (local ? 0x2u : 0) |
           (remote ? 0x4u : 0) | (netevw_has(ev, WFPW_HAS_LOCAL_PORT) ? 0x8u : 0) |
           (netevw_has(ev, WFPW_HAS_REMOTE_PORT) ? 0x10u : 0) |
           (ev->device_path != NULL ? 0x20u : 0) | (ev->user_sid != NULL ? 0x40u : 0) |
           (netevw_has(ev, WFPW_HAS_SCOPE_ID) ? 0x80u : 0) | (local || remote ? 0x100u : 0) |
           (netevw_has(ev, WFPW_HAS_REAUTH_REASON) ? 0x200u : 0) | (package ? 0x400u : 0) |
           (ev->enterprise_id != NULL ? 0x800u : 0) |
           (netevw_has(ev, WFPW_HAS_POLICY_FLAGS) ? 0x1000u : 0) |
           (ev->effective_name != NULL ? 0x2000u : 0);
}

static void flags(struct netsh_event_writer *w, uint32_t v)
{
#define FLAG(name) "FWPM_NET_EVENT_FLAG_" name "_SET"
    static const char *const names[] = {
        FLAG("IP_PROTOCOL"), FLAG("LOCAL_ADDR"),    FLAG("REMOTE_ADDR"), FLAG("LOCAL_PORT"),
        FLAG("REMOTE_PORT"), FLAG("APP_ID"),        FLAG("USER_ID"),     FLAG("SCOPE_ID"),
        FLAG("IP_VERSION"),  FLAG("REAUTH_REASON"), FLAG("PACKAGE_ID"),
    };
#undef FLAG
    netevw_bits(w, "flags", v, names,
                sizeof names / sizeof *names); /* the last three as hexadecimal */
}

/* A member of the header that is written when it is set, and else only where netsh writes all. */
bool netevw_shown(const struct netsh_event_writer *w, bool set)
{
    return set || (w->style & NETEVW_NO_FLAGS) == 0;
}

static void addresses(struct netsh_event_writer *w, const wfpw_event *ev)
{
    wfpw_endpoint none = {.family = ev->local.family != 0 ? ev->local.family : ev->remote.family};
    none.family = none.family != 0 ? none.family : 4;
    if (netevw_shown(w, ev->local.family != 0))
        address(w, "localAddr", ev->local.family != 0 ? &ev->local : &none);
    if (netevw_shown(w, ev->remote.family != 0))
        address(w, "remoteAddr", ev->remote.family != 0 ? &ev->remote : &none);
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_LOCAL_PORT)))
        netevw_number(w, "localPort", ev->local.port);
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_REMOTE_PORT)))
        netevw_number(w, "remotePort", ev->remote.port);
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_SCOPE_ID)))
        netevw_number(w, "scopeId", ev->local.scope_id);
}

static void header(struct netsh_event_writer *w, const wfpw_event *ev)
{
    bool six = ev->local.family == 6 || ev->remote.family == 6;
    netevw_open(w, "header", -1);
    time_stamp(w, ev->time);
    if ((w->style & NETEVW_NO_FLAGS) == 0)
        flags(w, header_flags(ev));
    netevw_plain(w, "ipVersion", six ? "FWP_IP_VERSION_V6" : "FWP_IP_VERSION_V4");
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_PROTOCOL)))
        netevw_number(w, "ipProtocol", ev->protocol);
    addresses(w, ev);
    netevw_blob(w, "appId", ev->device_path);
    netevw_plain(w, "userId", ev->user_sid);
    netevw_plain(w, "addressFamily", six ? "FWP_AF_INET6" : "FWP_AF_INET");
    if (ev->package_sid != NULL || netevw_shown(w, netevw_has(ev, WFPW_HAS_NOT_PACKAGED)))
        netevw_plain(w, "packageSid", ev->package_sid != NULL ? ev->package_sid : "S-1-0-0");
    netevw_text(w, "enterpriseId", ev->enterprise_id);
    if (netevw_shown(w, netevw_has(ev, WFPW_HAS_POLICY_FLAGS)))
        netevw_number(w, "policyFlags", ev->policy_flags);
    netevw_blob(w, "effectiveName", ev->effective_name);
    netevw_close(w, "header");
}

/* ---- the event ------------------------------------------------------------------------------ */

static const struct {
    const char *type, *body; /* as FWPM_NET_EVENT_TYPE_* and the member of FWPM_NET_EVENT5 */
} kinds[] = {
    [WFPW_KIND_CLASSIFY_DROP] = {"CLASSIFY_DROP", "classifyDrop"},
    [WFPW_KIND_CLASSIFY_ALLOW] = {"CLASSIFY_ALLOW", "classifyAllow"},
    [WFPW_KIND_CAPABILITY_DROP] = {"CAPABILITY_DROP", "capabilityDrop"},
    [WFPW_KIND_CAPABILITY_ALLOW] = {"CAPABILITY_ALLOW", "capabilityAllow"},
    [WFPW_KIND_CLASSIFY_DROP_MAC] = {"CLASSIFY_DROP_MAC", "classifyDropMac"},
    [WFPW_KIND_IPSEC_KERNEL_DROP] = {"IPSEC_KERNEL_DROP", "ipsecDrop"},
    [WFPW_KIND_IPSEC_DOSP_DROP] = {"IPSEC_DOSP_DROP", "idpDrop"},
    [WFPW_KIND_IKE_MM_FAILURE] = {"IKEEXT_MM_FAILURE", "ikeMmFailure"},
    [WFPW_KIND_IKE_QM_FAILURE] = {"IKEEXT_QM_FAILURE", "ikeQmFailure"},
    [WFPW_KIND_IKE_EM_FAILURE] = {"IKEEXT_EM_FAILURE", "ikeEmFailure"},
    [WFPW_KIND_LPM_PACKET_ARRIVAL] = {"LPM_PACKET_ARRIVAL", "lpmPacketArrival"},
};

static void terminating(struct netsh_event_writer *w, const wfpw_event *ev)
{
    const char *at = (const char *)ev->terminating;
    if (ev->terminating_count == 0) {
        netevw_plain(w, "terminatingFiltersInfo", NULL);
        return;
    }
    netevw_open(w, "terminatingFiltersInfo", (int)ev->terminating_count);
    for (uint32_t i = 0; i < ev->terminating_count; i++, at += ev->terminating_stride) {
        const wfpw_terminating *t = (const wfpw_terminating *)(const void *)at;
        const char *action = wfpw_word(WFPW_LIST_ACTION, t->action);
        netevw_open(w, "item", -1);
        netevw_number(w, "filterId", t->filter_id);
        netevw_text(w, "subLayer", t->sublayer);
        if (*action != 0)
            netevw_plain(w, "actionType", action);
        else if (t->action != 0)
            netevw_number(w, "actionType", t->action);
        netevw_close(w, "item");
    }
    netevw_close(w, "terminatingFiltersInfo");
}

static void internal_fields(struct netsh_event_writer *w, const wfpw_event *ev)
{
    static const char *const names[] = {"FWP_CAPABILITIES_FLAG_INTERNET_CLIENT",
                                        "FWP_CAPABILITIES_FLAG_INTERNET_CLIENT_SERVER",
                                        "FWP_CAPABILITIES_FLAG_PRIVATE_NETWORK"};
    static const char *const origin[] = {"FWPM_NET_EVENT_INTERNAL_FLAG_FILTER_ORIGIN_SET"};
    netevw_open(w, "internalFields", -1);
    netevw_items(w, "internalFlags", origin, ev->filter_origin != NULL);
    netevw_plain(w, "remoteAddrBitmap", "0000000000000000");
    if (netevw_has(ev, WFPW_HAS_CAPABILITIES))
        netevw_bits(w, "capabilities", ev->capabilities, names, 3);
    netevw_plain(w, "fqbnVersion", "0");
    netevw_text(w, "fqbnName", ev->fqbn);
    terminating(w, ev);
    if (ev->filter_origin != NULL)
        netevw_text(w, "filterOrigin", ev->filter_origin);
    if (netevw_has(ev, WFPW_HAS_INTERFACE_INDEX))
        netevw_number(w, "interfaceIndex", ev->interface_index);
    if (netevw_has(ev, WFPW_HAS_PROCESS_ID))
        netevw_number(w, "processId", ev->process_id);
    netevw_close(w, "internalFields");
}

static void flush(struct netsh_event_writer *w)
{
    if (w->f != NULL && w->n > 0 && fwrite(w->p, 1, w->n, w->f) == w->n)
        w->n = 0;
}

void netevwriter_event(struct netsh_event_writer *w, const wfpw_event *ev)
{
    bool captured = (w->style & NETEVW_CAPTURE) != 0,
         known = ev->kind < sizeof kinds / sizeof *kinds;
    char type[80];
    netevw_open(w, captured ? "netEvent" : "item", -1);
    header(w, ev);
    (void)snprintf(type, sizeof type, "FWPM_NET_EVENT_TYPE_%s%s",
                   (w->style & NETEVW_PUBLIC) != 0 ? "PUBLIC_" : "",
                   known ? kinds[ev->kind].type : "");
    if (known)
        netevw_plain(w, "type", type);
    else
        netevw_number(w, "type", ev->type_raw);
    netevw_body(w, ev, known ? kinds[ev->kind].body : "somethingNew");
    internal_fields(w, ev);
    netevw_close(w, captured ? "netEvent" : "item");
    if (w->n > FLUSH_AT)
        flush(w);
}

/* ---- the document --------------------------------------------------------------------------- */

/* A filter as the state at the start of a capture has it, with an element called like an event's.
 */
static void filter(struct netsh_event_writer *w, const char *name)
{
    netevw_open(w, name, -1);
    netevw_plain(w, "filterKey", "{c5ff0d42-1664-4d2f-98dd-a31c42eecea7}");
    netevw_open(w, "displayData", -1);
    netevw_text(w, "name", "a & b <netEvent><header>");
    netevw_close(w, "displayData");
    netevw_plain(w, "flags", NULL);
    netevw_plain(w, "layerKey", "FWPM_LAYER_STREAM_V4");
    netevw_open(w, "action", -1);
    netevw_plain(w, "type", "FWP_ACTION_BLOCK");
    netevw_close(w, "action");
    netevw_number(w, "filterId", 67229);
    netevw_close(w, name);
}

void netevwriter_begin(struct netsh_event_writer *w)
{
    if ((w->style & NETEVW_BARE) != 0)
        return;
    netevw_put(w, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>");
    netevw_end_line(w);
    if ((w->style & NETEVW_CAPTURE) == 0) {
        netevw_open(w, "netEvents", -1);
        return;
    }
    netevw_open(w, "wfpdiag", -1);
    netevw_open(w, "initialState", -1);
    netevw_open(w, "filters", -1);
    filter(w, "item");
    filter(w, "item");
    netevw_close(w, "filters");
    netevw_close(w, "initialState");
    netevw_open(w, "events", -1);
    netevw_open(w, "filterChange", -1);
    filter(w, "filter");
    netevw_close(w, "filterChange");
}

bool netevwriter_end(struct netsh_event_writer *w)
{
    bool captured = (w->style & NETEVW_CAPTURE) != 0;
    if ((w->style & NETEVW_BARE) == 0) {
        netevw_close(w, captured ? "events" : "netEvents");
        if (captured)
            netevw_close(w, "wfpdiag");
    }
    flush(w);
    return w->f == NULL || w->n == 0;
}

void netevwriter_free(struct netsh_event_writer *w)
{
    free(w->p);
    w->p = NULL;
}

uint8_t *netevwriter_wide(const struct netsh_event_writer *w, bool big, size_t *size)
{
    struct netsh_event_writer copy = {0}, wide = {0};
    static const char fingerprints[2][2] = {{'\xFF', '\xFE'}, {'\xFE', '\xFF'}};
    uint16_t units[2];
    netevw_raw(&copy, w->p, w->n);
    netevw_raw(&copy, "", 1);
    netevw_raw(&wide, fingerprints[big], 2);
    const char *s = copy.p;
    s += strncmp(s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (*s != 0) {
        size_t n = netevw_units(&s, units);
        for (size_t i = 0; i < n; i++) {
            char low = (char)(units[i] & 0xFF), high = (char)(units[i] >> 8);
            netevw_raw(&wide, big ? &high : &low, 1);
            netevw_raw(&wide, big ? &low : &high, 1);
        }
    }
    free(copy.p);
    *size = wide.n;
    return (uint8_t *)wide.p;
}
