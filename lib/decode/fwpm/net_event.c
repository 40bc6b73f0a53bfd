/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/net_event.h"

#include <string.h>

#include "codes/net_event_kind.h"
#include "decode/fwpm/net_event_body.h"

/* ---- the envelope --------------------------------------------------------------------------- */

/* Which body a type has in which versions; from_version is the first that has it at all. */
static bool type_is_known(int version, uint32_t type)
{
    static const uint8_t from_version[] = {0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 5};
    return type < sizeof from_version && version >= from_version[type];
}

/* The fields behind the header of each version: their types differ, their meaning does not. */
static void look_at_envelope(struct net_event *n, const void *event)
{
#define ENVELOPE(v, member)                                                                        \
    {                                                                                              \
        const FWPM_NET_EVENT##v *e = event;                                                        \
        memcpy(&n->head, &e->header, sizeof n->head);                                              \
        n->type = e->type;                                                                         \
        n->body = e->member;                                                                       \
    }
    switch (n->version) {
    case 0:
        ENVELOPE(0, classifyDrop)
        break;
    case 1:
        ENVELOPE(1, classifyDrop)
        break;
    case 2:
        ENVELOPE(2, classifyDrop)
        n->package = ((const FWPM_NET_EVENT2 *)event)->header.packageSid;
        break;
    case 3:
        ENVELOPE(3, classifyDrop)
        break;
    case 4:
        ENVELOPE(4, classifyDrop)
        break;
    default:
        ENVELOPE(5, classifyDrop)
        break;
    }
#undef ENVELOPE
}

/* FWPM_NET_EVENT_HEADER3, which versions 3 to 5 share. */
static void look_at_header3(struct net_event *n, const FWPM_NET_EVENT_HEADER3 *h)
{
    n->package = h->packageSid;
    n->enterprise_id = h->enterpriseId;
    n->policy_flags = h->policyFlags;
    n->effective_name = h->effectiveName;
}

static bool has_flag(const struct net_event *n, uint32_t flag)
{
    return (n->head.flags & flag) != 0;
}

/* Fields without their flag are garbage: from here on they are not there. */
static void drop_unset(struct net_event *n)
{
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_APP_ID_SET) || n->head.appId.data == NULL)
        n->head.appId = (FWP_BYTE_BLOB){0};
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_USER_ID_SET))
        n->head.userId = NULL;
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET))
        n->package = NULL;
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET))
        n->enterprise_id = NULL;
    if (!has_flag(n, FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET) || n->effective_name.data == NULL)
        n->effective_name = (FWP_BYTE_BLOB){0};
    if (!type_is_known(n->version, n->type))
        n->body = NULL;
}

static uint32_t at_most(uint32_t n, uint32_t most)
{
    return n < most ? n : most;
}

static uint32_t room_of(const struct net_event *n)
{
    uint32_t room = sizeof(struct record);
    room += record_cost(at_most(n->head.appId.size, NET_EVENT_APP_MAX));
    room += n->head.userId != NULL ? record_cost(SID_BYTES_MAX) : 0;
    room += n->package != NULL ? record_cost(SID_BYTES_MAX) : 0;
    room += n->enterprise_id != NULL ? (uint32_t)NET_EVENT_TEXT_MAX : 0;
    room += record_cost(at_most(n->effective_name.size, NET_EVENT_TEXT_MAX));
    room += n->body != NULL ? net_event_body_room(n) : 0;
    return at_most(room, NET_EVENT_ROOM_MAX);
}

bool net_event_look(struct net_event *n, int version, const void *event)
{
    if (event == NULL || version < 0 || version >= NET_EVENT_VERSIONS)
        return false;
    *n = (struct net_event){.version = version};
    look_at_envelope(n, event);
    if (version >= 3)
        look_at_header3(n, &((const FWPM_NET_EVENT5 *)event)->header);
    drop_unset(n);
    n->room = room_of(n);
    return true;
}

/* ---- the header ----------------------------------------------------------------------------- */

static bool address_of(const struct net_event *n, uint32_t flag, uint32_t v4,
                       const FWP_BYTE_ARRAY16 *v6, wfpw_endpoint *to)
{
    if (!has_flag(n, flag) || !has_flag(n, FWPM_NET_EVENT_FLAG_IP_VERSION_SET))
        return false;
    return net_event_body_address(n->head.ipVersion, v4, v6->byteArray16, to);
}

bool net_event_side(const struct net_event *n, bool is_remote, wfpw_endpoint *to)
{
    const FWPM_NET_EVENT_HEADER0 *h = &n->head;
    return is_remote ? address_of(n, FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET, h->remoteAddrV4,
                                  &h->remoteAddrV6, to)
                     : address_of(n, FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET, h->localAddrV4,
                                  &h->localAddrV6, to);
}

static void take_addresses(struct record *r, const struct net_event *n)
{
    const FWPM_NET_EVENT_HEADER0 *h = &n->head;
    if (net_event_side(n, false, &r->local))
        r->present |= WFPW_HAS_LOCAL;
    if (net_event_side(n, true, &r->remote))
        r->present |= WFPW_HAS_REMOTE;
    if (has_flag(n, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET)) {
        r->local.port = h->localPort;
        r->present |= WFPW_HAS_LOCAL_PORT;
    }
    if (has_flag(n, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET)) {
        r->remote.port = h->remotePort;
        r->present |= WFPW_HAS_REMOTE_PORT;
    }
    if (has_flag(n, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET)) {
        r->local.scope_id = r->remote.scope_id = h->scopeId;
        r->present |= WFPW_HAS_SCOPE_ID;
    }
}

static void take_identity(struct record_builder *b, const struct net_event *n)
{
    struct record *r = record_of(b);
    if (n->head.appId.size != 0)
        r->app = net_event_body_text(b, n->head.appId.data, n->head.appId.size, NET_EVENT_APP_MAX);
    if (n->head.userId != NULL)
        r->user_sid = net_event_body_sid(b, n->head.userId);
    if (n->package != NULL)
        net_event_body_package(b, n->package);
}

static void take_header(struct record_builder *b, const struct net_event *n)
{
    struct record *r = record_of(b);
    r->time = fwp_filetime(&n->head.timeStamp);
    if (has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET)) {
        r->protocol = n->head.ipProtocol;
        r->present |= WFPW_HAS_PROTOCOL;
    }
    take_addresses(r, n);
    take_identity(b, n);
    if (n->enterprise_id != NULL)
        r->enterprise_id = net_event_body_string(b, n->enterprise_id);
    if (n->version >= 3 && has_flag(n, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET)) {
        r->policy_flags = n->policy_flags;
        r->present |= WFPW_HAS_POLICY_FLAGS;
    }
    if (n->effective_name.size != 0)
        r->effective_name = net_event_body_text(b, n->effective_name.data, n->effective_name.size,
                                                NET_EVENT_TEXT_MAX);
}

static uint32_t decode_event(const struct net_event *n, uint16_t source, void *room, uint32_t cap)
{
    struct record_builder b;
    struct record *r = record_start(&b, room, cap, net_event_kind(n->type), source);
    r->type_raw = n->type;
    r->present |= WFPW_HAS_TYPE_RAW;
    take_header(&b, n);
    if (n->body != NULL)
        net_event_body_take(&b, n);
    return record_finish(&b);
}

uint32_t net_event_decode(const struct net_event *n, uint16_t source, void *room)
{
    return decode_event(n, source, room, n->room);
}

void net_event_decode_head(const struct net_event *n, uint16_t source, struct record *r)
{
    (void)decode_event(n, source, r, sizeof *r);
}
