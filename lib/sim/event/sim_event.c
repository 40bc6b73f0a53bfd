/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "sim/event/sim_event.h"

#include <stdlib.h>
#include <string.h>

enum { GARBAGE = 0xA5, POISON = 0xDD };

/* ---- blocks --------------------------------------------------------------------------------- */

static void *take_block(struct sim_image *im, size_t n)
{
    void *p = malloc(n != 0 ? n : 1);
    if (p == NULL || im->count == SIM_BLOCKS_MAX) {
        free(p);
        im->failed = true;
        return NULL;
    }
    memset(p, im->filler, n);
    im->blocks[im->count].p = p;
    im->blocks[im->count++].n = n;
    return p;
}

static void *copy_bytes(struct sim_image *im, const void *from, size_t n)
{
    void *p = take_block(im, n);
    if (p != NULL)
        memcpy(p, from, n);
    return p;
}

void sim_image_free(struct sim_image *im)
{
    for (uint32_t i = 0; i < im->count; i++) {
        memset(im->blocks[i].p, POISON, im->blocks[i].n);
        free(im->blocks[i].p);
    }
    im->count = 0;
}

/* ---- pieces --------------------------------------------------------------------------------- */

static FWP_BYTE_BLOB make_blob(struct sim_image *im, const struct sim_text *t, bool without_nul)
{
    uint32_t size = 2 * (t->n + !without_nul);
    struct sim_text ended = *t;
    ended.units[t->n < SIM_TEXT_MAX ? t->n : SIM_TEXT_MAX - 1] = 0;
    if (t->n == 0)
        return (FWP_BYTE_BLOB){0};
    return (FWP_BYTE_BLOB){.size = size, .data = copy_bytes(im, ended.units, size)};
}

static uint16_t *make_string(struct sim_image *im, const struct sim_text *t)
{
    return (uint16_t *)(void *)make_blob(im, t, false).data;
}

static FWP_SID_STRUCT *make_sid(struct sim_image *im, const struct sim_sid *s)
{
    return s->n != 0 ? copy_bytes(im, s->bytes, s->n) : NULL;
}

uint32_t sim_v4_of(const wfpw_endpoint *e)
{
    return (uint32_t)e->addr[0] << 24 | (uint32_t)e->addr[1] << 16 | (uint32_t)e->addr[2] << 8 |
           e->addr[3];
}

static uint32_t ip_version(const struct sim_event *ev)
{
    uint8_t family = ev->local.family != 0 ? ev->local.family : ev->remote.family;
    return family == 6 ? FWP_IP_VERSION_V6 : FWP_IP_VERSION_V4;
}

/* ---- headers -------------------------------------------------------------------------------- */

static void common_header(FWPM_NET_EVENT_HEADER0 *h, struct sim_image *im,
                          const struct sim_event *ev)
{
    h->timeStamp.dwLowDateTime = (uint32_t)ev->time;
    h->timeStamp.dwHighDateTime = (uint32_t)(ev->time >> 32);
    h->flags = ev->flags;
    if ((ev->flags & FWPM_NET_EVENT_FLAG_IP_VERSION_SET) != 0)
        h->ipVersion = ip_version(ev);
    if ((ev->flags & FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) != 0)
        h->ipProtocol = (uint8_t)ev->protocol;
    if (ev->local.family == 6)
        memcpy(h->localAddrV6.byteArray16, ev->local.addr, 16);
    else if (ev->local.family == 4)
        h->localAddrV4 = sim_v4_of(&ev->local);
    if (ev->remote.family == 6)
        memcpy(h->remoteAddrV6.byteArray16, ev->remote.addr, 16);
    else if (ev->remote.family == 4)
        h->remoteAddrV4 = sim_v4_of(&ev->remote);
    if ((ev->flags & FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET) != 0)
        h->localPort = ev->local.port;
    if ((ev->flags & FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET) != 0)
        h->remotePort = ev->remote.port;
    if ((ev->flags & FWPM_NET_EVENT_FLAG_SCOPE_ID_SET) != 0)
        h->scopeId = ev->scope;
    if ((ev->flags & FWPM_NET_EVENT_FLAG_APP_ID_SET) != 0)
        h->appId = make_blob(im, &ev->app, ev->blob_without_nul);
    if ((ev->flags & FWPM_NET_EVENT_FLAG_USER_ID_SET) != 0)
        h->userId = make_sid(im, &ev->user);
}

static void make_header3(FWPM_NET_EVENT_HEADER3 *h, struct sim_image *im,
                         const struct sim_event *ev)
{
    if ((ev->flags & FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET) != 0)
        h->packageSid = make_sid(im, &ev->package);
    if ((ev->flags & FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET) != 0)
        h->enterpriseId = make_string(im, &ev->enterprise);
    if ((ev->flags & FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET) != 0)
        h->policyFlags = ev->policy;
    if ((ev->flags & FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET) != 0)
        h->effectiveName = make_blob(im, &ev->effective, ev->blob_without_nul);
}

/* ---- bodies: the newest form of each, of which older versions get the start ----------------- */

static void *make_classify(struct sim_image *im, const struct sim_event *ev, size_t size)
{
    FWPM_NET_EVENT_CLASSIFY_DROP2 d = {
        .filterId = ev->filter,
        .layerId = (uint16_t)ev->layer,
        .reauthReason = ev->reauth,
        .originalProfile = ev->original,
        .currentProfile = ev->current,
        .msFwpDirection = ev->direction,
        .isLoopback = ev->loopback != 0,
    };
    if (size == sizeof d) {
        d.vSwitchId = make_blob(im, &ev->vswitch, ev->blob_without_nul);
        d.vSwitchSourcePort = ev->vswitch_source;
        d.vSwitchDestinationPort = ev->vswitch_destination;
    }
    return copy_bytes(im, &d, size);
}

static void *classify_mac(struct sim_image *im, const struct sim_event *ev)
{
    FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 d = {
        .mediaType = ev->media,
        .ifType = ev->iftype,
        .etherType = (uint16_t)ev->ethertype,
        .ndisPortNumber = ev->ndis,
        .vlanTag = (uint16_t)ev->vlan,
        .ifLuid = ev->luid,
        .filterId = ev->filter,
        .layerId = (uint16_t)ev->layer,
        .reauthReason = ev->reauth,
        .originalProfile = ev->original,
        .currentProfile = ev->current,
        .msFwpDirection = ev->direction,
        .isLoopback = ev->loopback != 0,
        .vSwitchId = make_blob(im, &ev->vswitch, ev->blob_without_nul),
        .vSwitchSourcePort = ev->vswitch_source,
        .vSwitchDestinationPort = ev->vswitch_destination,
    };
    memcpy(d.localMacAddr.byteArray6, ev->local_mac, 6);
    memcpy(d.remoteMacAddr.byteArray6, ev->remote_mac, 6);
    return copy_bytes(im, &d, sizeof d);
}

static void *make_capability(struct sim_image *im, const struct sim_event *ev)
{
    FWPM_NET_EVENT_CAPABILITY_DROP0 d = {
        .networkCapabilityId = ev->capability,
        .filterId = ev->filter,
        .isLoopback = ev->loopback != 0,
    };
    return copy_bytes(im, &d, sizeof d);
}

static void *ipsec_drop(struct sim_image *im, const struct sim_event *ev)
{
    FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 d = {
        .failureStatus = (int32_t)ev->status,
        .direction = ev->direction,
        .spi = ev->spi,
        .filterId = ev->filter,
        .layerId = (uint16_t)ev->layer,
    };
    return copy_bytes(im, &d, sizeof d);
}

static void *dosp_drop(struct sim_image *im, const struct sim_event *ev)
{
    FWPM_NET_EVENT_IPSEC_DOSP_DROP0 d = {
        .ipVersion = ev->public_host.family == 6   ? (uint32_t)FWP_IP_VERSION_V6
                     : ev->public_host.family == 4 ? (uint32_t)FWP_IP_VERSION_V4
                                                   : (uint32_t)FWP_IP_VERSION_NONE,
        .failureStatus = (int32_t)ev->status,
        .direction = ev->direction,
    };
    if (ev->public_host.family == 6) {
        memcpy(d.publicHostV6Addr, ev->public_host.addr, 16);
        memcpy(d.internalHostV6Addr, ev->internal_host.addr, 16);
    } else {
        d.publicHostV4Addr = sim_v4_of(&ev->public_host);
        d.internalHostV4Addr = sim_v4_of(&ev->internal_host);
    }
    return copy_bytes(im, &d, sizeof d);
}

static uint16_t **make_groups(struct sim_image *im, const struct sim_text *sids, uint32_t count)
{
    uint16_t *list[SIM_GROUPS_MAX];
    for (uint32_t i = 0; i < count; i++)
        list[i] = make_string(im, &sids[i]);
    return count != 0 ? copy_bytes(im, list, count * sizeof *list) : NULL;
}

static void *main_mode(struct sim_image *im, const struct sim_event *ev, size_t size)
{
    FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 d = {
        .failureErrorCode = ev->error,
        .failurePoint = ev->point,
        .flags = ev->ike_flags,
        .keyingModuleType = ev->module,
        .mmState = ev->state,
        .saRole = ev->role,
        .mmAuthMethod = ev->auth,
        .mmId = ev->mm_id,
        .mmFilterId = ev->filter,
    };
    memcpy(d.endCertHash, ev->cert, sizeof ev->cert);
    if (size > sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0)) {
        d.localPrincipalNameForAuth = make_string(im, &ev->local_principal);
        d.remotePrincipalNameForAuth = make_string(im, &ev->remote_principal);
        d.numLocalPrincipalGroupSids = ev->local_group_count;
        d.localPrincipalGroupSids = make_groups(im, ev->local_groups, ev->local_group_count);
        d.numRemotePrincipalGroupSids = ev->remote_group_count;
        d.remotePrincipalGroupSids = make_groups(im, ev->remote_groups, ev->remote_group_count);
    }
    if (size == sizeof d && ev->has_context)
        d.providerContextKey = copy_bytes(im, ev->context, sizeof ev->context);
    return copy_bytes(im, &d, size);
}

static FWP_VALUE0 end_of_range(struct sim_image *im, const wfpw_endpoint *e)
{
    if (e->family == 6)
        return (FWP_VALUE0){.type = FWP_BYTE_ARRAY16_TYPE,
                            .byteArray16 = copy_bytes(im, e->addr, 16)};
    return (FWP_VALUE0){.type = FWP_UINT32, .uint32 = sim_v4_of(e)};
}

static FWP_CONDITION_VALUE0 prefix_of(struct sim_image *im, const struct sim_subnet *s)
{
    FWP_V4_ADDR_AND_MASK v4 = {.addr = sim_v4_of(&s->low)};
    FWP_V6_ADDR_AND_MASK v6 = {.prefixLength = (uint8_t)s->prefix};
    memcpy(v6.addr, s->low.addr, 16);
    if (s->low.family == 6)
        return (FWP_CONDITION_VALUE0){.type = FWP_V6_ADDR_MASK,
                                      .v6AddrMask = copy_bytes(im, &v6, sizeof v6)};
    v4.mask = s->prefix == 0 ? 0 : 0xFFFFFFFFu << (32 - s->prefix);
    return (FWP_CONDITION_VALUE0){.type = FWP_V4_ADDR_MASK,
                                  .v4AddrMask = copy_bytes(im, &v4, sizeof v4)};
}

static FWP_CONDITION_VALUE0 make_subnet(struct sim_image *im, const struct sim_subnet *s)
{
    FWP_RANGE0 range;
    if (s->low.family == 0)
        return (FWP_CONDITION_VALUE0){.type = FWP_EMPTY};
    if (s->high.family != 0) {
        range = (FWP_RANGE0){end_of_range(im, &s->low), end_of_range(im, &s->high)};
        return (FWP_CONDITION_VALUE0){.type = FWP_RANGE_TYPE,
                                      .rangeValue = copy_bytes(im, &range, sizeof range)};
    }
    if (s->prefix <= 128)
        return prefix_of(im, s);
    FWP_VALUE0 one = end_of_range(im, &s->low);
    return one.type == FWP_UINT32
               ? (FWP_CONDITION_VALUE0){.type = FWP_UINT32, .uint32 = one.uint32}
               : (FWP_CONDITION_VALUE0){.type = one.type, .byteArray16 = one.byteArray16};
}

static void *quick_mode(struct sim_image *im, const struct sim_event *ev, size_t size)
{
    FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 d = {
        .failureErrorCode = ev->error,
        .failurePoint = ev->point,
        .keyingModuleType = ev->module,
        .qmState = ev->state,
        .saRole = ev->role,
        .saTrafficType = ev->traffic,
        .localSubNet = make_subnet(im, &ev->local_subnet),
        .remoteSubNet = make_subnet(im, &ev->remote_subnet),
        .qmFilterId = ev->filter,
        .mmSaLuid = ev->mm_luid,
    };
    memcpy(&d.mmProviderContextKey, ev->context, sizeof ev->context);
    return copy_bytes(im, &d, size);
}

static void *extended_mode(struct sim_image *im, const struct sim_event *ev, size_t size)
{
    FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 d = {
        .failureErrorCode = ev->error,
        .failurePoint = ev->point,
        .flags = ev->ike_flags,
        .emState = ev->state,
        .saRole = ev->role,
        .emAuthMethod = ev->auth,
        .mmId = ev->mm_id,
        .qmFilterId = ev->filter,
        .saTrafficType = ev->traffic,
    };
    memcpy(d.endCertHash, ev->cert, sizeof ev->cert);
    if (size == sizeof d) {
        d.localPrincipalNameForAuth = make_string(im, &ev->local_principal);
        d.remotePrincipalNameForAuth = make_string(im, &ev->remote_principal);
        d.numLocalPrincipalGroupSids = ev->local_group_count;
        d.localPrincipalGroupSids = make_groups(im, ev->local_groups, ev->local_group_count);
        d.numRemotePrincipalGroupSids = ev->remote_group_count;
        d.remotePrincipalGroupSids = make_groups(im, ev->remote_groups, ev->remote_group_count);
    }
    return copy_bytes(im, &d, size);
}

/* The size of the body of this type in this version; 0: the version has none. */
static size_t body_size(uint32_t type, int v)
{
    switch (type) {
    case FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE:
        return v == 0  ? sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0)
               : v < 4 ? sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1)
                       : sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2);
    case FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE:
        return v < 4 ? sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE0)
                     : sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE1);
    case FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE:
        return v == 0 ? sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE0)
                      : sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE1);
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP:
        return v == 0   ? sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0)
               : v == 1 ? sizeof(FWPM_NET_EVENT_CLASSIFY_DROP1)
                        : sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2);
    case FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP:
        return sizeof(FWPM_NET_EVENT_IPSEC_KERNEL_DROP0);
    case FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP:
        return sizeof(FWPM_NET_EVENT_IPSEC_DOSP_DROP0);
    case FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW:
        return v < 2 ? 0 : sizeof(FWPM_NET_EVENT_CLASSIFY_ALLOW0);
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        return v < 2 ? 0 : sizeof(FWPM_NET_EVENT_CAPABILITY_DROP0);
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        return v < 2 ? 0 : sizeof(FWPM_NET_EVENT_CLASSIFY_DROP_MAC0);
    case FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL:
        return v < 5 ? 0 : sizeof(FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0);
    default:
        return 0;
    }
}

static void *make_body(struct sim_image *im, const struct sim_event *ev, size_t size)
{
    switch (ev->type) {
    case FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE:
        return main_mode(im, ev, size);
    case FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE:
        return quick_mode(im, ev, size);
    case FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE:
        return extended_mode(im, ev, size);
    case FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP:
        return ipsec_drop(im, ev);
    case FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP:
        return dosp_drop(im, ev);
    case FWPM_NET_EVENT_TYPE_CAPABILITY_DROP:
    case FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW:
        return make_capability(im, ev);
    case FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        return classify_mac(im, ev);
    case FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL:
        return copy_bytes(im, &ev->spi, sizeof ev->spi);
    default:
        return make_classify(im, ev, size);
    }
}

/* ---- the envelope --------------------------------------------------------------------------- */

bool sim_event_exists(const struct sim_event *ev, int version)
{
    return ev->type > FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL || body_size(ev->type, version) != 0;
}

/* Where type and body stand in each version. */
#define ENVELOPE(v)                                                                                \
    case v:                                                                                        \
        im->event = take_block(im, sizeof(FWPM_NET_EVENT##v));                                     \
        if (im->event == NULL)                                                                     \
            return false;                                                                          \
        ((FWPM_NET_EVENT##v *)im->event)->type = ev->type;                                         \
        if (b != NULL)                                                                             \
            ((FWPM_NET_EVENT##v *)im->event)->classifyDrop = b;                                    \
        break;

static bool make_envelope(struct sim_image *im, const struct sim_event *ev, int version, void *b)
{
    switch (version) {
        ENVELOPE(0)
        ENVELOPE(1)
        ENVELOPE(2)
        ENVELOPE(3)
        ENVELOPE(4)
        ENVELOPE(5)
    default:
        return false;
    }
    return true;
}

bool sim_image_make(struct sim_image *im, const struct sim_event *ev, int version)
{
    FWPM_NET_EVENT_HEADER0 head;
    size_t size = body_size(ev->type, version);
    *im = (struct sim_image){.filler = ev->is_clean ? 0 : GARBAGE};
    memset(&head, im->filler, sizeof head);
    if (!make_envelope(im, ev, version, size != 0 ? make_body(im, ev, size) : NULL))
        return false;
    common_header(&head, im, ev);
    memcpy(im->event, &head, sizeof head);
    if (version >= 3)
        make_header3(&((FWPM_NET_EVENT5 *)im->event)->header, im, ev);
    else if (version == 2 && (ev->flags & FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET) != 0)
        ((FWPM_NET_EVENT2 *)im->event)->header.packageSid = make_sid(im, &ev->package);
    return !im->failed;
}
