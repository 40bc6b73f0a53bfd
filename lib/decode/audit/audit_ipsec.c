/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_ipsec.h"

#include <string.h>

#include "os/fwp_types.h"

/* ---- which records -------------------------------------------------------------------------- */

/* What a record is about; bits, so that a field can be of several. */
enum about {
    ABOUT_MAIN = 1,     /* main mode */
    ABOUT_QUICK = 2,    /* quick mode */
    ABOUT_EXTENDED = 4, /* extended mode that failed */
    ABOUT_BOTH = 8,     /* main mode and extended mode, established: main mode's part of it */
    ABOUT_PACKET = 16,  /* an inbound packet */
    ABOUT_ANY = 15      /* any negotiation */
};

static uint32_t about_of(uint64_t id)
{
    static const struct {
        uint16_t first, last;
        uint8_t about;
    } records[] = {
        {4650, 4653, ABOUT_MAIN},     {4654, 4654, ABOUT_QUICK},    {4655, 4655, ABOUT_MAIN},
        {4960, 4963, ABOUT_PACKET},   {4965, 4965, ABOUT_PACKET},   {4976, 4976, ABOUT_MAIN},
        {4977, 4977, ABOUT_QUICK},    {4978, 4978, ABOUT_EXTENDED}, {4979, 4982, ABOUT_BOTH},
        {4983, 4984, ABOUT_EXTENDED}, {5451, 5452, ABOUT_QUICK},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (id >= records[i].first && id <= records[i].last)
            return records[i].about;
    return 0;
}

/* ---- which fields --------------------------------------------------------------------------- */

enum member {
    MEMBER_MODULE,
    MEMBER_POINT,
    MEMBER_REASON,
    MEMBER_STATE,
    MEMBER_ROLE,
    MEMBER_TRAFFIC,
    MEMBER_METHOD,
    MEMBER_FILTER,
    MEMBER_MM_SA,
    MEMBER_LOCAL_NAME,
    MEMBER_REMOTE_NAME,
    MEMBER_LOCAL_MASK,
    MEMBER_REMOTE_MASK,
    MEMBER_LOCAL_TUNNEL,
    MEMBER_REMOTE_TUNNEL,
    MEMBER_SPI
};

static const struct field {
    const char *name;
    uint8_t about; /* of which records it counts */
    uint8_t member;
} known[] = {
    {"KeyModName", ABOUT_ANY, MEMBER_MODULE},
    {"KeyingModuleName", ABOUT_ANY, MEMBER_MODULE},
    {"FailurePoint", ABOUT_ANY, MEMBER_POINT},
    {"FailureReason", ABOUT_ANY, MEMBER_REASON},
    {"State", ABOUT_ANY, MEMBER_STATE},
    {"Role", ABOUT_ANY, MEMBER_ROLE},
    {"Mode", ABOUT_ANY, MEMBER_TRAFFIC},
    {"MMAuthMethod", ABOUT_MAIN | ABOUT_BOTH, MEMBER_METHOD},
    {"EMAuthMethod", ABOUT_EXTENDED, MEMBER_METHOD},
    {"MMFilterID", ABOUT_MAIN | ABOUT_BOTH, MEMBER_FILTER},
    {"QMFilterID", ABOUT_QUICK | ABOUT_EXTENDED, MEMBER_FILTER},
    {"TransportFilterId", ABOUT_QUICK, MEMBER_FILTER}, /* "Quick Mode Filter ID" in the message */
    {"MMSAID", ABOUT_ANY, MEMBER_MM_SA},
    {"MainModeSaId", ABOUT_ANY, MEMBER_MM_SA},
    {"LocalMMPrincipalName", ABOUT_MAIN | ABOUT_BOTH, MEMBER_LOCAL_NAME},
    {"RemoteMMPrincipalName", ABOUT_MAIN | ABOUT_BOTH, MEMBER_REMOTE_NAME},
    {"LocalEMPrincipalName", ABOUT_EXTENDED, MEMBER_LOCAL_NAME},
    {"RemoteEMPrincipalName", ABOUT_EXTENDED, MEMBER_REMOTE_NAME},
    {"LocalAddressMask", ABOUT_QUICK, MEMBER_LOCAL_MASK},
    {"RemoteAddressMask", ABOUT_QUICK, MEMBER_REMOTE_MASK},
    {"LocalTunnelEndpoint", ABOUT_QUICK, MEMBER_LOCAL_TUNNEL},
    {"RemoteTunnelEndpoint", ABOUT_QUICK, MEMBER_REMOTE_TUNNEL},
    {"SPI", ABOUT_PACKET, MEMBER_SPI},
};

static const struct field *find_field(const struct record *r, const struct value *name)
{
    char room[AUDIT_VALUE_TEXT];
    const char *text = room;
    size_t n;
    if (name->type == VALUE_NAME) {
        text = audit_name_text((uint16_t)(name->at - 1));
        n = audit_name_length((uint16_t)(name->at - 1));
    } else {
        n = audit_value_text(room, (uint8_t)name->type, record_at(r, name->at), name->size);
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_same(text, n, known[i].name))
            return &known[i];
    return NULL;
}

/* ---- values --------------------------------------------------------------------------------- */

/* What stands beside the address of a side. */
struct side {
    struct value mask, tunnel;
};

/* One record under way. */
struct ipsec {
    struct audit_record *a;
    struct record *r;
    uint32_t about;
    struct side local, remote;
    struct record_ike ike;
    struct record_ipsec ipsec;
};

static bool number_of(const struct ipsec *x, const struct value *v, uint64_t *out)
{
    return audit_value_number((uint8_t)v->type, record_at(x->r, v->at), v->size, out);
}

/* A number of one of Microsoft's enumerations, and its presence bit. */
static void take_meaning(struct ipsec *x, enum audit_ipsec_kind kind, const struct value *v,
                         uint32_t *to, uint32_t bit)
{
    if (audit_ipsec_number(kind, (uint8_t)v->type, record_at(x->r, v->at), v->size, to))
        x->ike.present |= bit;
}

static void take_state(struct ipsec *x, const struct value *v)
{
    take_meaning(x,
                 x->about == ABOUT_QUICK      ? AUDIT_IPSEC_QM_STATE
                 : x->about == ABOUT_EXTENDED ? AUDIT_IPSEC_EM_STATE
                                              : AUDIT_IPSEC_MM_STATE,
                 v, &x->ike.state, WFPW_IKE_HAS_STATE);
}

/* As in net events the event has the filter, too. */
static void take_filter(struct ipsec *x, const struct value *v)
{
    if (!number_of(x, v, &x->ike.filter_id))
        return;
    x->ike.present |= WFPW_IKE_HAS_FILTER_ID;
    x->r->filter_id = x->ike.filter_id;
    x->r->present |= WFPW_HAS_FILTER_ID;
}

/* The id of the main mode's security association: net events have it as mmId, those of quick mode
 * as mmSaLuid. */
static void take_main_sa(struct ipsec *x, const struct value *v)
{
    bool quick = x->about == ABOUT_QUICK;
    if (number_of(x, v, quick ? &x->ike.mm_sa_luid : &x->ike.mm_id))
        x->ike.present |= quick ? WFPW_IKE_HAS_MM_SA_LUID : WFPW_IKE_HAS_MM_ID;
}

static void take_spi(struct ipsec *x, const struct value *v)
{
    uint64_t n;
    if (!number_of(x, v, &n) || n > UINT32_MAX)
        return;
    x->ipsec.spi = (uint32_t)n;
    x->ipsec.present |= WFPW_IPSEC_HAS_SPI;
}

static void take_name(const struct ipsec *x, const struct value *v, struct value *to)
{
    if (!audit_value_is_dash((uint8_t)v->type, record_at(x->r, v->at), v->size))
        *to = *v;
}

static void take_other(struct ipsec *x, enum member member, const struct value *v)
{
    switch (member) {
    case MEMBER_FILTER:
        take_filter(x, v);
        break;
    case MEMBER_MM_SA:
        take_main_sa(x, v);
        break;
    case MEMBER_LOCAL_NAME:
        take_name(x, v, &x->ike.local_principal);
        break;
    case MEMBER_REMOTE_NAME:
        take_name(x, v, &x->ike.remote_principal);
        break;
    case MEMBER_LOCAL_MASK:
        x->local.mask = *v;
        break;
    case MEMBER_REMOTE_MASK:
        x->remote.mask = *v;
        break;
    case MEMBER_LOCAL_TUNNEL:
        x->local.tunnel = *v;
        break;
    case MEMBER_REMOTE_TUNNEL:
        x->remote.tunnel = *v;
        break;
    case MEMBER_SPI:
        take_spi(x, v);
        break;
    default:
        break;
    }
}

static void take_member(struct ipsec *x, enum member member, const struct value *v)
{
    struct record_ike *ike = &x->ike;
    switch (member) {
    case MEMBER_MODULE:
        take_meaning(x, AUDIT_IPSEC_MODULE, v, &ike->module, WFPW_IKE_HAS_MODULE);
        break;
    case MEMBER_POINT:
        take_meaning(x, AUDIT_IPSEC_POINT, v, &ike->point, WFPW_IKE_HAS_POINT);
        break;
    case MEMBER_REASON:
        take_meaning(x, AUDIT_IPSEC_ERROR, v, &ike->error, WFPW_IKE_HAS_ERROR);
        break;
    case MEMBER_STATE:
        take_state(x, v);
        break;
    case MEMBER_ROLE:
        take_meaning(x, AUDIT_IPSEC_ROLE, v, &ike->role, WFPW_IKE_HAS_ROLE);
        break;
    case MEMBER_TRAFFIC:
        take_meaning(x, AUDIT_IPSEC_TRAFFIC, v, &ike->traffic_type, WFPW_IKE_HAS_TRAFFIC_TYPE);
        break;
    case MEMBER_METHOD:
        take_meaning(x, AUDIT_IPSEC_METHOD, v, &ike->auth_method, WFPW_IKE_HAS_AUTH_METHOD);
        break;
    default:
        take_other(x, member, v);
        break;
    }
}

/* ---- subnets -------------------------------------------------------------------------------- */

enum { NO_PREFIX = 0xFFFF };

/* How many bits a mask has at its start; NO_PREFIX: and some behind that. */
static uint32_t prefix_of(const uint8_t *mask, uint32_t bytes)
{
    uint32_t bits = 0, all = 0;
    for (uint32_t i = 0; i < 8 * bytes; i++) {
        bool set = (mask[i / 8] >> (7 - i % 8) & 1) != 0;
        all += set;
        bits += set && bits == i;
    }
    return bits == all ? bits : NO_PREFIX;
}

/* A mask is an address of the same family, or a number of bits. Returns the length of the text that
 * follows the address ("/24"); 0: it is no mask. */
static size_t mask_text(char *out, const struct record *r, const struct value *v, uint8_t family,
                        bool *is_host)
{
    uint32_t most = family == 4 ? 32 : 128;
    uint64_t bits;
    wfpw_endpoint mask = {0};
    if (audit_value_address((uint8_t)v->type, record_at(r, v->at), v->size, &mask)) {
        bits = mask.family == family ? prefix_of(mask.addr, most / 8) : NO_PREFIX;
        if (mask.family != family || (bits == NO_PREFIX && family == 6))
            return 0;
    } else if (!audit_value_number((uint8_t)v->type, record_at(r, v->at), v->size, &bits) ||
               bits > most) {
        return 0;
    }
    *is_host = bits == most;
    out[0] = '/';
    return 1 + (bits == NO_PREFIX ? text_ip(out + 1, mask.addr, family) : text_u64(out + 1, bits));
}

/* The address of a tunnel's end, which is a host; false: there is none. */
static bool tunnel_of(const struct record *r, const struct value *v, wfpw_endpoint *to)
{
    static const uint8_t none[sizeof to->addr];
    return value_is(v) && audit_value_address((uint8_t)v->type, record_at(r, v->at), v->size, to) &&
           memcmp(to->addr, none, to->family == 4 ? 4 : 16) != 0;
}

/* A side whose mask is no whole one is a network. The event has the end of the tunnel in its place,
 * whose port is not known; or no address. */
static void take_network(struct ipsec *x, const struct side *from, wfpw_endpoint *side,
                         uint32_t bit, uint32_t port_bit)
{
    wfpw_endpoint tunnel = {0};
    if (tunnel_of(x->r, &from->tunnel, &tunnel)) {
        *side = tunnel;
        x->r->present &= ~port_bit;
        x->r->present |= tunnel.scope_id != 0 ? (uint32_t)WFPW_HAS_SCOPE_ID : 0;
    } else {
        *side = (wfpw_endpoint){.port = side->port};
        x->r->present &= ~bit;
    }
}

static void take_subnet(struct ipsec *x, const struct side *from, wfpw_endpoint *side, uint32_t bit,
                        uint32_t port_bit, struct value *to)
{
    char text[AUDIT_IPSEC_SUBNET_MAX];
    bool is_host;
    if ((x->r->present & bit) == 0 || !value_is(&from->mask))
        return;
    size_t n = text_ip(text, side->addr, side->family);
    size_t more = mask_text(text + n, x->r, &from->mask, side->family, &is_host);
    if (more == 0)
        return;
    *to = record_put(&x->a->b, VALUE_UTF8, text, is_host ? n : n + more);
    if (!is_host)
        take_network(x, from, side, bit, port_bit);
}

static void take_subnets(struct ipsec *x)
{
    struct record *r = x->r;
    take_subnet(x, &x->local, &r->local, WFPW_HAS_LOCAL, WFPW_HAS_LOCAL_PORT, &x->ike.local_subnet);
    take_subnet(x, &x->remote, &r->remote, WFPW_HAS_REMOTE, WFPW_HAS_REMOTE_PORT,
                &x->ike.remote_subnet);
    if (r->local.scope_id == 0 && r->remote.scope_id == 0)
        r->present &= ~(uint32_t)WFPW_HAS_SCOPE_ID;
}

/* ---- the body ------------------------------------------------------------------------------- */

static void start_ipsec(struct ipsec *x, struct audit_record *a)
{
    uint64_t id = a->number[SLOT_EVENT_ID];
    *x = (struct ipsec){.a = a, .r = record_of(&a->b), .about = about_of(id)};
    if (id >= 4979 && id <= 4984) { /* in the message, not in a field */
        x->ike.module = IKEEXT_KEY_MODULE_AUTHIP;
        x->ike.present = WFPW_IKE_HAS_MODULE;
    }
}

static uint32_t put_body(struct audit_record *a, const void *body, size_t size)
{
    uint32_t at = record_room(&a->b, size);
    if (at != 0)
        memcpy(a->b.base + at, body, size);
    return at;
}

static bool has_body(const struct record_ike *ike)
{
    return ike->present != 0 || value_is(&ike->local_principal) ||
           value_is(&ike->remote_principal) || value_is(&ike->local_subnet) ||
           value_is(&ike->remote_subnet);
}

void audit_ipsec_take(struct audit_record *a)
{
    struct ipsec x;
    start_ipsec(&x, a);
    if (a->provider != PROVIDER_SECURITY || x.about == 0)
        return;
    for (uint32_t i = a->count; i-- > 0;) { /* of several that give the same, the first counts */
        const struct field *f =
            a->roles[i] == ROLE_IPSEC ? find_field(x.r, &a->fields[i].name) : NULL;
        if (f != NULL && (f->about & x.about) != 0)
            take_member(&x, (enum member)f->member, &a->fields[i].value);
    }
    if (x.about == ABOUT_PACKET) {
        x.r->direction = WFPW_DIRECTION_INBOUND;
        x.r->direction_from = WFPW_DIRECTION_FROM_RECORD;
        if (x.ipsec.present != 0)
            x.r->ipsec_at = put_body(a, &x.ipsec, sizeof x.ipsec);
        return;
    }
    take_subnets(&x);
    if (has_body(&x.ike))
        x.r->ike_at = put_body(a, &x.ike, sizeof x.ike);
}
