/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/netsh/netsh_field.h"

#include "codes/net_event_kind.h"
#include "decode/fwpm/net_event_body.h"
#include "decode/netsh/netsh_symbols.h"

/* ---- numbers and symbols -------------------------------------------------------------------- */

/* A number, and what may stand behind it: 13801 (ERROR_IPSEC_IKE_AUTH_FAIL). */
static bool read_number(const char *s, size_t n, uint64_t most, uint64_t *v)
{
    size_t digits = 0;
    while (digits < n && (unsigned char)s[digits] > ' ')
        digits++;
    if (digits + 1 < n && s[digits + 1] != '(')
        return false;
    return text_parse_u64(s, digits, v) && *v <= most;
}

/* An NTSTATUS may come as a negative number. */
static bool take_status(const char *s, size_t n, uint32_t *out)
{
    uint64_t v;
    bool negative = s[0] == '-';
    if (!read_number(s + negative, n - negative, UINT32_MAX, &v) || (negative && v > 0x80000000u))
        return false;
    *out = negative ? (uint32_t)(0 - v) : (uint32_t)v;
    return true;
}

static bool take_symbol(enum netsh_symbol_list list, const char *s, size_t n, uint32_t *out)
{
    uint64_t v;
    if (netsh_symbol_code(list, s, n, out))
        return true;
    if (!read_number(s, n, UINT32_MAX, &v))
        return false;
    *out = (uint32_t)v;
    return true;
}

static int nibble_of(char c)
{
    uint64_t v;
    char text[3] = {'0', 'x', c};
    return text_parse_u64(text, sizeof text, &v) ? (int)v : -1;
}

/* Hexadecimal digits to bytes, which may be the same room. Returns how many; SIZE_MAX when it is
 * something else. */
static size_t take_bytes(uint8_t *out, const char *s, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        int high = nibble_of(s[i]), low = nibble_of(s[i + 1]);
        if (high < 0 || low < 0)
            return SIZE_MAX;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return n % 2 == 0 ? n / 2 : SIZE_MAX;
}

/* A flag that netsh has no symbol for is eight hexadecimal digits. */
static bool take_flag(const struct netsh_row *row, const char *s, size_t n, uint32_t *out)
{
    uint8_t b[4];
    uint32_t v;
    if (n == 8 && take_bytes(b, s, n) == 4)
        v = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    else if (!take_symbol((enum netsh_symbol_list)row->list, s, n, &v))
        return row->list ==
               NETSH_SYMBOL_FLAG; /* a newer flag, of a field that is not known either */
    *out |= v;
    return true;
}

/* ---- values that are more than a number ----------------------------------------------------- */

static bool take_type(struct netsh_gathered *g, const char *s, size_t n)
{
    struct record *r = record_of(&g->b);
    if (!take_symbol(NETSH_SYMBOL_TYPE, s, n, &r->type_raw))
        return false;
    r->kind = net_event_kind(r->type_raw);
    r->present |= WFPW_HAS_TYPE_RAW;
    return true;
}

static bool take_direction(struct netsh_gathered *g, const char *s, size_t n)
{
    uint32_t raw;
    if (!take_symbol(NETSH_SYMBOL_DIRECTION, s, n, &raw))
        return false;
    net_event_body_direction(record_of(&g->b), raw);
    return true;
}

static bool take_loopback(struct netsh_gathered *g, const char *s, size_t n)
{
    bool yes = text_same(s, n, "true");
    if (!yes && !text_same(s, n, "false"))
        return false;
    net_event_body_loopback(record_of(&g->b), yes);
    return true;
}

static bool take_address(wfpw_endpoint *to, const char *s, size_t n)
{
    uint32_t scope; /* has an element of its own */
    return text_parse_ip(s, n, to->addr, &to->family, &scope);
}

/* The identity of a user, or of an AppContainer. */
static bool take_identity(struct netsh_gathered *g, bool package, const char *s, size_t n)
{
    union {
        uint8_t bytes[SID_BYTES_MAX];
        FWP_SID_STRUCT sid;
    } u;
    size_t size;
    if (!text_parse_sid(s, n, u.bytes, &size))
        return false;
    if (package)
        net_event_body_package(&g->b, &u.sid);
    else
        record_of(&g->b)->user_sid = net_event_body_sid(&g->b, &u.sid);
    return true;
}

static bool wide_text(struct netsh_gathered *g, struct value *to, char *s, size_t n)
{
    size_t size = take_bytes((uint8_t *)s, s, n);
    if (size == SIZE_MAX)
        return false;
    *to = record_put(&g->b, VALUE_STRING, s, size & ~(size_t)1);
    return true;
}

/* Six pairs of digits, with or without something between them. */
static bool take_mac(uint8_t to[6], const char *s, size_t n)
{
    char digits[12];
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '-' || s[i] == ':' || s[i] == '.')
            continue;
        if (used == sizeof digits)
            return false;
        digits[used++] = s[i];
    }
    return used == sizeof digits && take_bytes(to, digits, used) == 6;
}

static bool take_certificate(struct record_ike *ike, const char *s, size_t n)
{
    return n == 2 * sizeof ike->cert_hash && take_bytes(ike->cert_hash, s, n) != SIZE_MAX;
}

static bool context_key(struct record_ike *ike, const char *s, size_t n)
{
    ike->has_provider_context = text_parse_guid(s, n, ike->provider_context);
    return ike->has_provider_context;
}

/* The SIDs of a principal's groups stand in one text, parted by one space. */
static bool take_group(struct netsh_gathered *g, const char *s, size_t n)
{
    if (n + 1 > sizeof g->groups - g->groups_size) {
        record_of(&g->b)->flags |= WFPW_EVENT_TRUNCATED;
        return true;
    }
    if (g->groups_size > 0)
        g->groups[g->groups_size++] = ' ';
    memcpy(g->groups + g->groups_size, s, n);
    g->groups_size += n;
    return true;
}

/* ---- networks ------------------------------------------------------------------------------- */

static uint32_t v4_of(const wfpw_endpoint *e)
{
    return (uint32_t)e->addr[0] << 24 | (uint32_t)e->addr[1] << 16 | (uint32_t)e->addr[2] << 8 |
           e->addr[3];
}

static void value_of(FWP_VALUE0 *to, FWP_BYTE_ARRAY16 *v6, const wfpw_endpoint *e)
{
    *to = (FWP_VALUE0){.type = FWP_UINT32, .uint32 = v4_of(e)};
    if (e->family == 4)
        return;
    memcpy(v6->byteArray16, e->addr, 16);
    to->type = FWP_BYTE_ARRAY16_TYPE;
    to->byteArray16 = v6;
}

/* The value as the engine would hand it out, so that it is shown in one way only. */
static struct value subnet_text(struct netsh_gathered *g)
{
    const struct netsh_subnet *s = &g->subnet;
    FWP_V4_ADDR_AND_MASK v4 = {.addr = v4_of(&s->low), .mask = v4_of(&s->mask)};
    FWP_V6_ADDR_AND_MASK v6 = {.prefixLength = (uint8_t)s->prefix};
    FWP_BYTE_ARRAY16 low, high;
    FWP_RANGE0 range;
    FWP_VALUE0 one;
    FWP_CONDITION_VALUE0 v = {.type = FWP_RANGE_TYPE, .rangeValue = &range};
    memcpy(v6.addr, s->low.addr, 16);
    if (s->low.family == 0)
        return (struct value){0};
    if (s->high.family != 0) {
        value_of(&range.valueLow, &low, &s->low);
        value_of(&range.valueHigh, &high, &s->high);
    } else if (s->low.family == 4 && s->mask.family == 4) {
        v = (FWP_CONDITION_VALUE0){.type = FWP_V4_ADDR_MASK, .v4AddrMask = &v4};
    } else if (s->low.family == 6 && s->has_prefix) {
        v = (FWP_CONDITION_VALUE0){.type = FWP_V6_ADDR_MASK, .v6AddrMask = &v6};
    } else {
        value_of(&one, &low, &s->low);
        v = (FWP_CONDITION_VALUE0){.type = one.type};
        if (s->low.family == 4)
            v.uint32 = one.uint32;
        else
            v.byteArray16 = &low;
    }
    return net_event_body_subnet(&g->b, &v);
}

static bool take_prefix(struct netsh_gathered *g, const char *s, size_t n)
{
    uint64_t v;
    if (!read_number(s, n, 128, &v))
        return false;
    g->subnet.prefix = (uint32_t)v;
    g->subnet.has_prefix = true;
    return true;
}

/* ---- a value to its place ------------------------------------------------------------------- */

static void *place_of(struct netsh_gathered *g, const struct netsh_row *row)
{
    uint32_t offset = row->where & 0xFFFF, filter = g->filter_count;
    if (row->where >= NETSH_IN_FILTER)
        return (uint8_t *)&g->filters[filter > 0 ? filter - 1 : 0] + offset;
    return row->where >= NETSH_IN_GATHERED ? (uint8_t *)g + offset : g->b.base + offset;
}

static bool take_number(void *to, const struct netsh_row *row, const char *s, size_t n)
{
    static const uint64_t most[] = {[NETSH_U8] = UINT8_MAX,
                                    [NETSH_PORT] = UINT16_MAX,
                                    [NETSH_U32] = UINT32_MAX,
                                    [NETSH_U64] = UINT64_MAX};
    uint64_t v;
    if (!read_number(s, n, most[row->form], &v))
        return false;
    if (row->form == NETSH_U64)
        *(uint64_t *)to = v;
    else if (row->form == NETSH_PORT)
        *(uint16_t *)to = (uint16_t)v;
    else
        *(uint32_t *)to = (uint32_t)v;
    return true;
}

static bool take_value(struct netsh_gathered *g, const struct netsh_row *row, char *s, size_t n)
{
    void *to = place_of(g, row);
    switch (row->form) {
    case NETSH_STATUS:
        return take_status(s, n, to);
    case NETSH_ENUM:
        return take_symbol((enum netsh_symbol_list)row->list, s, n, to);
    case NETSH_FLAG:
        return take_flag(row, s, n, to);
    case NETSH_DIRECTION:
        return take_direction(g, s, n);
    case NETSH_TYPE:
        return take_type(g, s, n);
    case NETSH_TIME:
        return text_parse_time(s, n, to);
    case NETSH_LOOPBACK:
        return take_loopback(g, s, n);
    case NETSH_IP:
        return take_address(to, s, n);
    case NETSH_PREFIX:
        return take_prefix(g, s, n);
    case NETSH_SID:
    case NETSH_PACKAGE:
        return take_identity(g, row->form == NETSH_PACKAGE, s, n);
    case NETSH_BYTES:
        return wide_text(g, to, s, n);
    case NETSH_CERT:
        return take_certificate(&g->ike, s, n);
    case NETSH_MAC:
        return take_mac(to, s, n);
    case NETSH_GUID:
        return context_key(&g->ike, s, n);
    case NETSH_GROUP:
        return take_group(g, s, n);
    default:
        return take_number(to, row, s, n);
    }
}

/* Says that the value of a row is there. */
static void mark_present(struct netsh_gathered *g, const struct netsh_row *row)
{
    g->bodies |= row->bodies;
    if (row->where < NETSH_IN_GATHERED || row->bodies == 0)
        record_of(&g->b)->present |= row->present;
    else if (row->bodies == NETSH_BODY_IKE)
        g->ike.present |= row->present;
    else
        g->ipsec.present |= row->present;
}

static void is_unread(struct netsh_gathered *g, const char *what)
{
    if (g->unread == NULL)
        g->unread = what;
    record_of(&g->b)->flags |= WFPW_EVENT_PARTIAL;
}

void netsh_field_take(struct netsh_gathered *g, const struct netsh_row *row, char *s, size_t n)
{
    char *whole = s;
    size_t all = n;
    while (n > 0 && (unsigned char)s[n - 1] <= ' ')
        n--;
    while (n > 0 && (unsigned char)*s <= ' ') {
        s++;
        n--;
    }
    if (n == 0)
        return;
    if (row->form == NETSH_TEXT) /* its blanks are its own */
        *(struct value *)place_of(g, row) = record_put(&g->b, VALUE_UTF8, whole, all);
    else if (!take_value(g, row, s, n)) {
        is_unread(g, row->name);
        return;
    }
    mark_present(g, row);
}

/* ---- elements ------------------------------------------------------------------------------- */

void netsh_field_begin(struct netsh_gathered *g, void *room, uint32_t cap)
{
    memset(g, 0, offsetof(struct netsh_gathered, groups));
    (void)record_start(&g->b, room, cap, WFPW_KIND_NET_EVENT, WFPW_SOURCE_NETSH);
}

/* One more terminating filter; of too many the last is written over. */
static void next_filter(struct netsh_gathered *g)
{
    if (g->filter_count == NETSH_FILTERS_MAX)
        record_of(&g->b)->flags |= WFPW_EVENT_TRUNCATED;
    else
        g->filter_count++;
    g->filters[g->filter_count - 1] = (struct record_terminating){0};
}

void netsh_field_open(struct netsh_gathered *g, const struct netsh_row *row)
{
    if (row->place == NETSH_HEADER)
        g->has_header = true;
    else if (row->place == NETSH_HEADER_FLAGS)
        g->has_flags = true;
    else if (row->place == NETSH_CAPABILITIES || row->place == NETSH_IKE_FLAGS)
        mark_present(g, row); /* an empty list says: none */
    else if (row->place == NETSH_FILTER)
        next_filter(g);
    else if (row->place == NETSH_GROUPS)
        g->groups_size = 0;
    else if (row->place == NETSH_SUBNET)
        g->subnet = (struct netsh_subnet){0};
}

void netsh_field_close(struct netsh_gathered *g, const struct netsh_row *row)
{
    if (row->place == NETSH_GROUPS && g->groups_size > 0)
        *(struct value *)place_of(g, row) =
            record_put(&g->b, VALUE_UTF8, g->groups, g->groups_size);
    else if (row->place == NETSH_SUBNET)
        *(struct value *)place_of(g, row) = subnet_text(g);
    else
        return;
    mark_present(g, row);
}

/* ---- the end of an event -------------------------------------------------------------------- */

static bool is_set(const struct netsh_gathered *g, uint32_t bits)
{
    return !g->has_flags || (g->flags & bits) == bits;
}

/* netsh writes every member of the header; its flags say which of them were set. */
static void drop_unset(struct netsh_gathered *g)
{
    static const struct {
        uint32_t flags, present;
    } rules[] = {
        {FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, WFPW_HAS_PROTOCOL},
        {FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET | FWPM_NET_EVENT_FLAG_IP_VERSION_SET, WFPW_HAS_LOCAL},
        {FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET | FWPM_NET_EVENT_FLAG_IP_VERSION_SET, WFPW_HAS_REMOTE},
        {FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET, WFPW_HAS_LOCAL_PORT},
        {FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET, WFPW_HAS_REMOTE_PORT},
        {FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, WFPW_HAS_SCOPE_ID},
        {FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET, WFPW_HAS_REAUTH_REASON},
        {FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET, WFPW_HAS_NOT_PACKAGED},
        {FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET, WFPW_HAS_POLICY_FLAGS},
    };
    struct record *r = record_of(&g->b);
    struct {
        uint32_t flag;
        struct value *value;
    } texts[] = {
        {FWPM_NET_EVENT_FLAG_APP_ID_SET, &r->app},
        {FWPM_NET_EVENT_FLAG_USER_ID_SET, &r->user_sid},
        {FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET, &r->package_sid},
        {FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET, &r->enterprise_id},
        {FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET, &r->effective_name},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!is_set(g, rules[i].flags))
            r->present &= ~rules[i].present;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!is_set(g, texts[i].flag))
            *texts[i].value = (struct value){0};
}

/* What is not there is 0, as in every other event. */
static void zero_absent(struct netsh_gathered *g)
{
    struct record *r = record_of(&g->b);
    wfpw_endpoint *ends[] = {&r->local, &r->remote};
    static const uint32_t addr[] = {WFPW_HAS_LOCAL, WFPW_HAS_REMOTE};
    static const uint32_t port[] = {WFPW_HAS_LOCAL_PORT, WFPW_HAS_REMOTE_PORT};
    for (size_t i = 0; i < 2; i++) {
        uint16_t number = (r->present & port[i]) != 0 ? ends[i]->port : 0;
        if ((r->present & addr[i]) == 0)
            *ends[i] = (wfpw_endpoint){0};
        ends[i]->port = number;
        ends[i]->scope_id = (r->present & WFPW_HAS_SCOPE_ID) != 0 ? g->scope : 0;
    }
    if ((r->present & WFPW_HAS_PROTOCOL) == 0)
        r->protocol = 0;
    if ((r->present & WFPW_HAS_REAUTH_REASON) == 0)
        r->reauth_reason = 0;
    if ((r->present & WFPW_HAS_POLICY_FLAGS) == 0)
        r->policy_flags = 0;
}

/* A body to the tail: its place; 0 when it was not seen. */
static uint32_t put_body(struct netsh_gathered *g, bool seen, const void *body, size_t size)
{
    uint32_t at = seen ? record_room(&g->b, size) : 0;
    if (at != 0)
        memcpy(g->b.base + at, body, size);
    return at;
}

static void put_bodies(struct netsh_gathered *g)
{
    struct record *r = record_of(&g->b);
    g->ike.filter_id = r->filter_id;
    g->ike.present |= (r->present & WFPW_HAS_FILTER_ID) != 0 ? (uint32_t)WFPW_IKE_HAS_FILTER_ID : 0;
    if (g->ipsec.public_host.family != 0 && g->ipsec.internal_host.family != 0)
        g->ipsec.present |= WFPW_IPSEC_HAS_HOSTS;
    r->ike_at = put_body(g, (g->bodies & NETSH_BODY_IKE) != 0, &g->ike, sizeof g->ike);
    r->ipsec_at = put_body(g, (g->bodies & NETSH_BODY_IPSEC) != 0, &g->ipsec, sizeof g->ipsec);
    r->mac_at = put_body(g, (g->bodies & NETSH_BODY_MAC) != 0, &g->mac, sizeof g->mac);
    r->vswitch_at = put_body(g, value_is(&g->vswitch.id), &g->vswitch, sizeof g->vswitch);
    r->terminating_at =
        put_body(g, g->filter_count > 0, g->filters, g->filter_count * sizeof *g->filters);
    r->terminating_count = r->terminating_at != 0 ? g->filter_count : 0;
}

const struct record *netsh_field_finish(struct netsh_gathered *g)
{
    struct record *r = record_of(&g->b);
    if (!g->has_header)
        return NULL;
    if ((g->bodies & NETSH_HAS_TYPE) == 0)
        is_unread(g, "type");
    r->pid_from = (g->bodies & NETSH_HAS_PID) != 0 ? WFPW_PID_FROM_NETSH : 0;
    drop_unset(g);
    zero_absent(g);
    put_bodies(g);
    (void)record_finish(&g->b);
    return r;
}
