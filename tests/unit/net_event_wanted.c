/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What must come of an event that raw_fill has filled. */
#include "net_event_raw.h"

#include <stdio.h>
#include <string.h>

/* ---- what must come of it ------------------------------------------------------------------- */

static bool is_classify(uint32_t type)
{
    return type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP || type == FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW;
}

static bool is_capability(uint32_t type)
{
    return type == FWPM_NET_EVENT_TYPE_CAPABILITY_DROP ||
           type == FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW;
}

uint32_t raw_present_of_header(uint32_t flags, int version)
{
    static const uint32_t bits[][2] = {
        {FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, WFPW_HAS_PROTOCOL},
        {FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET, WFPW_HAS_LOCAL_PORT},
        {FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET, WFPW_HAS_REMOTE_PORT},
        {FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, WFPW_HAS_SCOPE_ID},
    };
    uint32_t p = WFPW_HAS_TYPE_RAW;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        p |= (flags & bits[i][0]) != 0 ? bits[i][1] : 0;
    if ((flags & FWPM_NET_EVENT_FLAG_IP_VERSION_SET) != 0) {
        p |= (flags & FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET) != 0 ? WFPW_HAS_LOCAL : 0u;
        p |= (flags & FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET) != 0 ? WFPW_HAS_REMOTE : 0u;
    }
    if (version >= 3 && (flags & FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET) != 0)
        p |= WFPW_HAS_POLICY_FLAGS;
    return p;
}

static uint32_t present_of_body(uint32_t type, uint32_t flags, int version)
{
    const uint32_t profiles =
        WFPW_HAS_PROFILES |
        ((flags & FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET) != 0 ? WFPW_HAS_REAUTH_REASON : 0u);
    const uint32_t classify =
        WFPW_HAS_FILTER_ID | WFPW_HAS_LAYER_ID | WFPW_HAS_DIRECTION | WFPW_HAS_LOOPBACK | profiles;
    if (is_classify(type))
        return version == 0 ? WFPW_HAS_FILTER_ID | WFPW_HAS_LAYER_ID : classify;
    if (is_capability(type))
        return WFPW_HAS_FILTER_ID | WFPW_HAS_LOOPBACK | WFPW_HAS_CAPABILITY;
    switch (type) {
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        return classify;
    case FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP:
        return WFPW_HAS_DIRECTION | WFPW_HAS_FILTER_ID | WFPW_HAS_LAYER_ID;
    case FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP:
        return WFPW_HAS_DIRECTION;
    case FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL:
        return 0;
    default:
        return WFPW_HAS_FILTER_ID;
    }
}

static void expect_addresses(const struct raw *f)
{
    const struct sim_event *s = &f->sent;
    const wfpw_event *ev = f->ev;
    bool local = (ev->present & WFPW_HAS_LOCAL) != 0, remote = (ev->present & WFPW_HAS_REMOTE) != 0;
    bool v6 = s->local.family == 6;
    assert_int_equal(ev->local.family, local ? s->local.family : 0);
    assert_int_equal(ev->remote.family, remote ? s->remote.family : 0);
    if (local)
        assert_memory_equal(ev->local.addr, s->local.addr, 16);
    if (remote)
        assert_memory_equal(ev->remote.addr, s->remote.addr, 16);
    raw_want_json(f, local,
                  v6 ? "\"local\":{\"ip\":\"fe80::1234\"" : "\"local\":{\"ip\":\"192.0.2.33\"");
    raw_want_json(f, remote,
                  v6 ? "\"remote\":{\"ip\":\"2001:db8::7\""
                     : "\"remote\":{\"ip\":\"198.51.100.200\"");
    bool port = (s->flags & FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET) != 0;
    assert_int_equal(ev->local.port, port ? 0x1234 : 0);
    raw_want_number(f, port, "port", 0x1234);
    port = (s->flags & FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET) != 0;
    assert_int_equal(ev->remote.port, port ? 0xFEDC : 0);
    raw_want_number(f, port, "port", 0xFEDC);
    bool scope = (s->flags & FWPM_NET_EVENT_FLAG_SCOPE_ID_SET) != 0;
    assert_int_equal(ev->local.scope_id, scope ? 12 : 0);
    assert_int_equal(ev->remote.scope_id, scope ? 12 : 0);
    raw_want_number(f, scope && v6 && (local || remote), "scope_id", 12);
}

void raw_want_header(const struct raw *f, int version)
{
    const uint32_t flags = f->sent.flags;
    const wfpw_event *ev = f->ev;
    bool app = (flags & FWPM_NET_EVENT_FLAG_APP_ID_SET) != 0;
    bool user = (flags & FWPM_NET_EVENT_FLAG_USER_ID_SET) != 0;
    bool package = version >= 2 && (flags & FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET) != 0;
    bool enterprise = version >= 3 && (flags & FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET) != 0;
    bool effective = version >= 3 && (flags & FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET) != 0;
    bool policy = version >= 3 && (flags & FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET) != 0;
    bool protocol = (flags & FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) != 0;
    assert_int_equal(ev->size, sizeof *ev);
    assert_int_equal(ev->time, f->sent.time);
    assert_int_equal(ev->source, WFPW_SOURCE_LIVE);
    assert_int_equal(ev->protocol, protocol ? 17 : 0);
    raw_want_number(f, protocol, "protocol", 17);
    expect_addresses(f);
    raw_want_string(ev->device_path, app, "\\device\\harddiskvolume3\\a \"b\".exe");
    raw_want_json(f, app, "\"device_path\":\"\\\\device\\\\harddiskvolume3\\\\a \\\"b\\\".exe\"");
    raw_want_string(ev->user_sid, user, "S-1-5-21-1-2-3-1001");
    raw_want_json(f, user, "\"user\":{\"sid\":\"S-1-5-21-1-2-3-1001\"}");
    raw_want_string(ev->package_sid, package, "S-1-15-2-4000000000-1");
    raw_want_json(f, package, "\"package_sid\":\"S-1-15-2-4000000000-1\"");
    raw_want_string(ev->enterprise_id, enterprise, "contoso.com");
    raw_want_json(f, enterprise, "\"enterprise_id\":\"contoso.com\"");
    raw_want_string(ev->effective_name, effective, "effective.exe");
    raw_want_json(f, effective, "\"effective_name\":\"effective.exe\"");
    assert_int_equal(ev->policy_flags, policy ? 0x8000000000000001u : 0);
    raw_want_number(f, policy, "policy_flags", 0x8000000000000001u);
}

static void expect_classify(const struct raw *f, int version)
{
    const wfpw_event *ev = f->ev;
    bool newer = version >= 1, reauth = (ev->present & WFPW_HAS_REAUTH_REASON) != 0;
    assert_int_equal(ev->filter_id, 0x123456789ABCDEFu);
    raw_want_json(f, true, "\"filter\":{\"id\":81985529216486895}");
    assert_int_equal(ev->layer_id, 0xFFFE);
    raw_want_json(f, true, "\"layer\":{\"id\":65534}");
    assert_int_equal(ev->direction_raw, newer ? 0x3901 : 0);
    assert_int_equal(ev->direction, newer ? WFPW_DIRECTION_OUTBOUND : 0);
    raw_want_json(f, newer, "\"direction\":\"outbound\",\"direction_raw\":14593");
    assert_int_equal(ev->flags & WFPW_EVENT_LOOPBACK, newer ? WFPW_EVENT_LOOPBACK : 0);
    raw_want_json(f, newer, "\"loopback\":true");
    assert_int_equal(ev->original_profile, newer ? 2 : 0);
    assert_int_equal(ev->current_profile, newer ? 3 : 0);
    raw_want_json(f, newer, "\"profile\":{\"original\":2,\"current\":3}");
    assert_int_equal(ev->reauth_reason, reauth ? 0x10 : 0);
    raw_want_number(f, reauth, "reauth_reason", 16);
}

static void expect_vswitch(const struct raw *f, bool there)
{
    assert_int_equal(f->ev->vswitch != NULL, there);
    raw_want_json(f, there,
                  "\"vswitch\":{\"id\":\"switch-1\",\"source_port\":7,\"destination_port\":8}");
    if (!there)
        return;
    assert_int_equal(f->ev->vswitch->size, sizeof(wfpw_vswitch));
    assert_string_equal(f->ev->vswitch->id, "switch-1");
    assert_int_equal(f->ev->vswitch->source_port, 7);
    assert_int_equal(f->ev->vswitch->destination_port, 8);
}

static void expect_mac(const struct raw *f)
{
    const wfpw_mac *m = f->ev->mac;
    assert_int_equal(m->size, sizeof *m);
    assert_memory_equal(m->local, f->sent.local_mac, 6);
    assert_memory_equal(m->remote, f->sent.remote_mac, 6);
    assert_int_equal(m->media_type, 1);
    assert_int_equal(m->if_type, 6);
    assert_int_equal(m->ether_type, 0x86DD);
    assert_int_equal(m->ndis_port, 9);
    assert_int_equal(m->vlan, 4095);
    assert_int_equal(m->if_luid, 0x600000000000000u);
    raw_want_json(
        f, true,
        "\"mac\":{\"local\":\"00:11:22:33:44:55\",\"remote\":\"FF:FE:FD:FC:FB:FA\","
        "\"media_type\":1,\"if_type\":6,\"ether_type\":34525,\"ndis_port\":9,\"vlan\":4095,"
        "\"if_luid\":432345564227567616}");
}

static void expect_ipsec(const struct raw *f)
{
    const wfpw_ipsec *i = f->ev->ipsec;
    bool lpm = f->sent.type == FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL;
    bool dosp = f->sent.type == FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP, v6 = f->sent.local.family == 6;
    assert_int_equal(i->size, sizeof *i);
    assert_int_equal((i->present & WFPW_IPSEC_HAS_STATUS) != 0, !lpm);
    assert_int_equal((i->present & WFPW_IPSEC_HAS_SPI) != 0, !dosp);
    assert_int_equal((i->present & WFPW_IPSEC_HAS_HOSTS) != 0, dosp);
    assert_int_equal(i->status, lpm ? 0 : 0xC0000022);
    assert_int_equal(i->spi, dosp ? 0 : 0xCAFEF00D);
    raw_want_json(f, !lpm, "\"ipsec\":{\"status\":\"0xc0000022\"");
    raw_want_number(f, !dosp, "spi", 0xCAFEF00D);
    assert_int_equal(i->public_host.family, dosp ? f->sent.public_host.family : 0);
    if (!dosp)
        return;
    assert_memory_equal(i->public_host.addr, f->sent.public_host.addr, 16);
    assert_memory_equal(i->internal_host.addr, f->sent.internal_host.addr, 16);
    raw_want_json(f, true,
                  v6 ? "\"public_host\":{\"ip\":\"2001:db8::1\"}"
                     : "\"public_host\":{\"ip\":\"203.0.113.1\"}");
    raw_want_json(f, true,
                  v6 ? "\"internal_host\":{\"ip\":\"fd00::2\"}"
                     : "\"internal_host\":{\"ip\":\"10.1.2.3\"}");
}

/* What main mode and extended mode share. */
static void expect_principals(const struct raw *f, bool there)
{
    const wfpw_ike *i = f->ev->ike;
    assert_int_equal(i->flags, 1);
    assert_int_equal(i->auth_method, 7);
    assert_int_equal(i->mm_id, 0x1122334455667788u);
    assert_memory_equal(i->cert_hash, f->sent.cert, 20);
    raw_want_json(f, true, "\"cert_hash\":\"E0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3\"");
    raw_want_string(i->local_principal, there, "host/a.contoso.com");
    raw_want_string(i->remote_principal, there, "host/b.contoso.com");
    raw_want_string(i->local_groups, there, "S-1-5-32-544 S-1-5-32-545");
    raw_want_string(i->remote_groups, there, "S-1-5-11");
    raw_want_json(f, there, "\"local_groups\":\"S-1-5-32-544 S-1-5-32-545\"");
    raw_want_json(f, there, "\"remote_principal\":\"host/b.contoso.com\"");
}

/* What every version has. */
enum {
    ALL_HAVE = WFPW_IKE_HAS_ERROR | WFPW_IKE_HAS_POINT | WFPW_IKE_HAS_STATE | WFPW_IKE_HAS_ROLE |
               WFPW_IKE_HAS_FILTER_ID
};

static void expect_main_mode(const struct raw *f, int version)
{
    const wfpw_ike *i = f->ev->ike;
    assert_int_equal(i->present, ALL_HAVE | WFPW_IKE_HAS_FLAGS | WFPW_IKE_HAS_MODULE |
                                     WFPW_IKE_HAS_AUTH_METHOD | WFPW_IKE_HAS_MM_ID |
                                     WFPW_IKE_HAS_CERT_HASH);
    assert_int_equal(i->module, 2);
    expect_principals(f, version >= 1);
    raw_want_string(i->provider_context, version >= 4, "{00112233-4455-6677-8899-aabbccddeeff}");
}

static void expect_quick_mode(const struct raw *f, int version)
{
    const wfpw_ike *i = f->ev->ike;
    bool v6 = f->sent.local.family == 6, newer = version >= 4;
    assert_int_equal(i->present, ALL_HAVE | WFPW_IKE_HAS_MODULE | WFPW_IKE_HAS_TRAFFIC_TYPE |
                                     (newer ? WFPW_IKE_HAS_MM_SA_LUID : 0u));
    assert_int_equal(i->module, 2);
    assert_int_equal(i->traffic_type, 1);
    assert_int_equal(i->mm_sa_luid, newer ? 99 : 0);
    raw_want_number(f, newer, "mm_sa_luid", 99);
    assert_string_equal(i->local_subnet, v6 ? "2001:db8::/32" : "10.0.0.0/8");
    assert_string_equal(i->remote_subnet, v6 ? "2001:db8::10-2001:db8::20" : "10.0.0.1-10.0.0.9");
    raw_want_string(i->provider_context, newer, "{00112233-4455-6677-8899-aabbccddeeff}");
    raw_want_json(f, newer, "\"provider_context\":\"{00112233-4455-6677-8899-aabbccddeeff}\"");
}

static void expect_extended_mode(const struct raw *f, int version)
{
    const wfpw_ike *i = f->ev->ike;
    assert_int_equal(i->present, ALL_HAVE | WFPW_IKE_HAS_FLAGS | WFPW_IKE_HAS_AUTH_METHOD |
                                     WFPW_IKE_HAS_MM_ID | WFPW_IKE_HAS_CERT_HASH |
                                     (version >= 1 ? WFPW_IKE_HAS_TRAFFIC_TYPE : 0u));
    assert_int_equal(i->traffic_type, version >= 1);
    expect_principals(f, version >= 1);
    assert_null(i->provider_context);
}

static void expect_ike(const struct raw *f, int version)
{
    const wfpw_ike *i = f->ev->ike;
    assert_int_equal(i->size, sizeof *i);
    assert_int_equal(i->error, 13801);
    assert_int_equal(i->point, 2);
    assert_int_equal(i->state, 4);
    assert_int_equal(i->role, 1);
    assert_int_equal(i->filter_id, 0x123456789ABCDEFu);
    assert_int_equal(f->ev->filter_id, i->filter_id);
    raw_want_json(f, true, "\"ike\":{\"error\":13801,\"point\":2");
    if (f->sent.type == FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE)
        expect_main_mode(f, version);
    else if (f->sent.type == FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE)
        expect_quick_mode(f, version);
    else
        expect_extended_mode(f, version);
}

static void expect_capability(const struct raw *f)
{
    assert_int_equal(f->ev->capability, 1);
    assert_int_equal(f->ev->filter_id, 0x123456789ABCDEFu);
    assert_true((f->ev->flags & WFPW_EVENT_LOOPBACK) != 0);
    raw_want_json(f, true, "\"capability\":{\"id\":1,\"name\":\"internetClientServer\"}");
}

static void expect_body(const struct raw *f, int version)
{
    const uint32_t type = f->sent.type;
    const wfpw_event *ev = f->ev;
    bool mac = type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC;
    assert_int_equal(ev->ike != NULL, type <= FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE);
    assert_int_equal(ev->mac != NULL, mac);
    assert_int_equal(ev->ipsec != NULL, type == FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP ||
                                            type == FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP ||
                                            type == FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL);
    assert_null(ev->audit);
    expect_vswitch(f, mac || (type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP && version >= 2));
    if (is_classify(type) || mac)
        expect_classify(f, version);
    if (is_capability(type))
        expect_capability(f);
    if (ev->mac != NULL)
        expect_mac(f);
    if (ev->ipsec != NULL)
        expect_ipsec(f);
    if (ev->ike != NULL)
        expect_ike(f, version);
}

const struct raw_kind raw_kinds[TYPES] = {
    {WFPW_KIND_IKE_MM_FAILURE, "ike_mm_failure"},
    {WFPW_KIND_IKE_QM_FAILURE, "ike_qm_failure"},
    {WFPW_KIND_IKE_EM_FAILURE, "ike_em_failure"},
    {WFPW_KIND_CLASSIFY_DROP, "classify_drop"},
    {WFPW_KIND_IPSEC_KERNEL_DROP, "ipsec_kernel_drop"},
    {WFPW_KIND_IPSEC_DOSP_DROP, "ipsec_dosp_drop"},
    {WFPW_KIND_CLASSIFY_ALLOW, "classify_allow"},
    {WFPW_KIND_CAPABILITY_DROP, "capability_drop"},
    {WFPW_KIND_CAPABILITY_ALLOW, "capability_allow"},
    {WFPW_KIND_CLASSIFY_DROP_MAC, "classify_drop_mac"},
    {WFPW_KIND_LPM_PACKET_ARRIVAL, "lpm_packet_arrival"},
};

void raw_want_all(const struct raw *f, int version)
{
    const uint32_t type = f->sent.type, flags = f->sent.flags;
    char kind[64];
    assert_int_equal(f->ev->kind, raw_kinds[type].kind);
    assert_int_equal(f->ev->type_raw, type);
    (void)snprintf(kind, sizeof kind, "\"kind\":\"%s\"", raw_kinds[type].word);
    raw_want_json(f, true, kind);
    assert_int_equal(f->ev->present,
                     raw_present_of_header(flags, version) | present_of_body(type, flags, version));
    assert_int_equal(f->ev->flags & ~(uint32_t)WFPW_EVENT_LOOPBACK, 0);
    raw_want_json(f, false, "truncated");
    raw_want_header(f, version);
    expect_body(f, version);
}
