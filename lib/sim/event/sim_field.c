/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The parameters of an event in a script: what each is called, and how its value is read. */
#include "sim/event/sim_field.h"

#include <string.h>

/* ---- values of an event --------------------------------------------------------------------- */

enum field_type {
    FIELD_U32,
    FIELD_U64,
    FIELD_TEXT,
    FIELD_SID,
    FIELD_ENDPOINT,
    FIELD_ADDRESS,
    FIELD_DIRECTION,
    FIELD_BOOL,
    FIELD_PROTOCOL,
    FIELD_MAC,
    FIELD_HASH,
    FIELD_GUID,
    FIELD_GROUPS,
    FIELD_SUBNET
};

struct field {
    const char *key;
    uint8_t type;
    uint16_t flag; /* FWPM_NET_EVENT_FLAG_* that it sets */
    size_t offset;
};

#define AT(member) offsetof(struct sim_event, member)
static const struct field fields[] = {
    {"type", FIELD_U32, 0, AT(type)},
    {"time", FIELD_U64, 0, AT(time)},
    {"protocol", FIELD_PROTOCOL, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET, AT(protocol)},
    {"local", FIELD_ENDPOINT, 0, AT(local)},
    {"remote", FIELD_ENDPOINT, 0, AT(remote)},
    {"scope", FIELD_U32, FWPM_NET_EVENT_FLAG_SCOPE_ID_SET, AT(scope)},
    {"app", FIELD_TEXT, FWPM_NET_EVENT_FLAG_APP_ID_SET, AT(app)},
    {"user", FIELD_SID, FWPM_NET_EVENT_FLAG_USER_ID_SET, AT(user)},
    {"package", FIELD_SID, FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET, AT(package)},
    {"enterprise", FIELD_TEXT, FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET, AT(enterprise)},
    {"policy", FIELD_U64, FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET, AT(policy)},
    {"effective", FIELD_TEXT, FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET, AT(effective)},
    {"filter", FIELD_U64, 0, AT(filter)},
    {"layer", FIELD_U32, 0, AT(layer)},
    {"direction", FIELD_DIRECTION, 0, AT(direction)},
    {"loopback", FIELD_BOOL, 0, AT(loopback)},
    {"reauth", FIELD_U32, FWPM_NET_EVENT_FLAG_REAUTH_REASON_SET, AT(reauth)},
    {"original", FIELD_U32, 0, AT(original)},
    {"current", FIELD_U32, 0, AT(current)},
    {"vswitch", FIELD_TEXT, 0, AT(vswitch)},
    {"vswitch_source", FIELD_U32, 0, AT(vswitch_source)},
    {"vswitch_destination", FIELD_U32, 0, AT(vswitch_destination)},
    {"capability", FIELD_U32, 0, AT(capability)},
    {"local_mac", FIELD_MAC, 0, AT(local_mac)},
    {"remote_mac", FIELD_MAC, 0, AT(remote_mac)},
    {"media", FIELD_U32, 0, AT(media)},
    {"iftype", FIELD_U32, 0, AT(iftype)},
    {"ethertype", FIELD_U32, 0, AT(ethertype)},
    {"ndis", FIELD_U32, 0, AT(ndis)},
    {"vlan", FIELD_U32, 0, AT(vlan)},
    {"luid", FIELD_U64, 0, AT(luid)},
    {"spi", FIELD_U32, 0, AT(spi)},
    {"status", FIELD_U32, 0, AT(status)},
    {"public", FIELD_ADDRESS, 0, AT(public_host)},
    {"internal", FIELD_ADDRESS, 0, AT(internal_host)},
    {"error", FIELD_U32, 0, AT(error)},
    {"point", FIELD_U32, 0, AT(point)},
    {"flags", FIELD_U32, 0, AT(ike_flags)},
    {"module", FIELD_U32, 0, AT(module)},
    {"state", FIELD_U32, 0, AT(state)},
    {"role", FIELD_U32, 0, AT(role)},
    {"auth", FIELD_U32, 0, AT(auth)},
    {"traffic", FIELD_U32, 0, AT(traffic)},
    {"mm_id", FIELD_U64, 0, AT(mm_id)},
    {"mm_luid", FIELD_U64, 0, AT(mm_luid)},
    {"cert", FIELD_HASH, 0, AT(cert)},
    {"context", FIELD_GUID, 0, AT(context)},
    {"local_principal", FIELD_TEXT, 0, AT(local_principal)},
    {"remote_principal", FIELD_TEXT, 0, AT(remote_principal)},
    {"local_groups", FIELD_GROUPS, 0, AT(local_groups)},
    {"remote_groups", FIELD_GROUPS, 0, AT(remote_groups)},
    {"local_subnet", FIELD_SUBNET, 0, AT(local_subnet)},
    {"remote_subnet", FIELD_SUBNET, 0, AT(remote_subnet)},
    {"without_nul", FIELD_BOOL, 0, AT(blob_without_nul)},
};

/* A code point of valid UTF-8 as one unit or two. */
static void put_units(struct sim_text *t, const char *s, size_t n)
{
    const uint8_t *b = (const uint8_t *)s;
    uint32_t c = n == 1 ? b[0] : b[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (b[i] & 0x3F);
    if (c >= 0x10000) {
        t->units[t->n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    t->units[t->n++] = (uint16_t)c;
}

/* \uXXXX at s: a code unit, a lone surrogate too. */
static bool escaped_unit(const char *s, size_t n, uint64_t *unit)
{
    char hex[6] = "0x";
    if (n < 6 || s[0] != '\\' || s[1] != 'u')
        return false;
    memcpy(hex + 2, s + 2, 4);
    return text_parse_u64(hex, sizeof hex, unit);
}

bool sim_field_text(const struct sim_word *w, struct sim_text *t)
{
    uint64_t unit;
    size_t i = 0;
    t->n = 0;
    while (i < w->n) {
        size_t length = 1;
        if (t->n + 2 > SIM_TEXT_MAX - 1)
            return false;
        if (escaped_unit(w->p + i, w->n - i, &unit)) {
            t->units[t->n++] = (uint16_t)unit;
            i += 6;
            continue;
        }
        while (length < 4 && i + length < w->n && text_utf8_valid(w->p + i, length) != length)
            length++;
        if (text_utf8_valid(w->p + i, length) != length)
            return false;
        put_units(t, w->p + i, length);
        i += length;
    }
    return true;
}

static bool address_of(const struct sim_word *w, wfpw_endpoint *e)
{
    return text_parse_ip(w->p, w->n, e->addr, &e->family, &e->scope_id);
}

/* 10.0.0.1:80, 10.0.0.1, [fe80::1]:80 or fe80::1. */
static bool endpoint_of(struct sim_event *ev, const struct sim_word *w, wfpw_endpoint *e)
{
    struct sim_word address = *w, port = {NULL, 0};
    const char *end = w->p + w->n, *colon = NULL;
    uint64_t v;
    for (const char *p = w->p; p < end; p++)
        if (*p == ':')
            colon = colon == NULL || *w->p == '[' ? p : end;
    if (colon != NULL && colon < end && (*w->p != '[' || colon[-1] == ']')) {
        address.n = (size_t)(colon - w->p);
        port = (struct sim_word){colon + 1, (size_t)(end - colon - 1)};
    }
    if (address.n >= 2 && *address.p == '[')
        address = (struct sim_word){address.p + 1, address.n - 2};
    if (!address_of(&address, e))
        return false;
    bool local = e == &ev->local;
    ev->flags |= FWPM_NET_EVENT_FLAG_IP_VERSION_SET;
    ev->flags |= local ? FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET : FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET;
    if (port.p == NULL)
        return true;
    ev->flags |= local ? FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET : FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET;
    if (!number_of(&port, &v) || v > UINT16_MAX)
        return false;
    e->port = (uint16_t)v;
    return true;
}

static bool direction_of(const struct sim_word *w, uint32_t *out)
{
    static const char *const words[] = {"in", "out", "forward", "both"};
    uint64_t v;
    for (uint32_t i = 0; i < 4; i++)
        if (word_is(w, words[i])) {
            *out = MS_FWP_DIRECTION_IN + i;
            return true;
        }
    if (!number_of(w, &v) || v > UINT32_MAX)
        return false;
    *out = (uint32_t)v;
    return true;
}

static bool protocol_of(const struct sim_word *w, uint32_t *out)
{
    uint64_t v;
    for (uint32_t i = 0; i < 256 && w->n > 0; i++)
        if (word_is(w, wfpw_word(WFPW_LIST_PROTOCOL, i))) {
            *out = i;
            return true;
        }
    if (!number_of(w, &v) || v > 255)
        return false;
    *out = (uint32_t)v;
    return true;
}

/* Bytes in hexadecimal; colons may part them. */
static bool bytes_of(const struct sim_word *w, uint8_t *out, size_t count)
{
    char hex[4] = "0x";
    uint64_t v;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->p[i] == ':')
            continue;
        if (n == count || i + 2 > w->n)
            return false;
        memcpy(hex + 2, w->p + i, 2);
        if (!text_parse_u64(hex, sizeof hex, &v))
            return false;
        out[n++] = (uint8_t)v;
        i++;
    }
    return n == count;
}

/* SIDs parted by blanks. */
static bool groups_of(const struct sim_word *w, struct sim_text *list, uint32_t *count)
{
    size_t at = 0;
    *count = 0;
    while (at < w->n) {
        size_t end = at;
        while (end < w->n && w->p[end] != ' ')
            end++;
        struct sim_word one = {w->p + at, end - at};
        if (*count == SIM_GROUPS_MAX || !sim_field_text(&one, &list[(*count)++]))
            return false;
        at = end + 1;
    }
    return true;
}

/* 10.0.0.1, 10.0.0.0/8 or 10.0.0.1-10.0.0.9 */
static bool subnet_of(const struct sim_word *w, struct sim_subnet *s)
{
    const char *slash = memchr(w->p, '/', w->n), *dash = memchr(w->p, '-', w->n);
    const char *mark = slash != NULL ? slash : dash;
    struct sim_word low = {w->p, mark != NULL ? (size_t)(mark - w->p) : w->n}, rest = {NULL, 0};
    uint64_t v = 255;
    if (mark != NULL)
        rest = (struct sim_word){mark + 1, w->n - low.n - 1};
    if (!address_of(&low, &s->low))
        return false;
    if (slash != NULL && (!number_of(&rest, &v) || v > (s->low.family == 6 ? 128 : 32)))
        return false;
    s->prefix = (uint32_t)v;
    return slash != NULL || dash == NULL || address_of(&rest, &s->high);
}

static bool set_number(const struct sim_word *w, void *to, uint64_t most)
{
    uint64_t v;
    if (!number_of(w, &v) || v > most)
        return false;
    if (most == UINT32_MAX)
        *(uint32_t *)to = (uint32_t)v;
    else
        *(uint64_t *)to = v;
    return true;
}

static bool set_guid(struct sim_event *ev, const struct sim_word *w)
{
    ev->has_context = text_parse_guid(w->p, w->n, ev->context);
    return ev->has_context;
}

static bool set_groups(struct sim_event *ev, const struct sim_word *w, void *to)
{
    bool local = to == ev->local_groups;
    return groups_of(w, to, local ? &ev->local_group_count : &ev->remote_group_count);
}

static bool set_bool(struct sim_event *ev, const struct sim_word *w, void *to)
{
    bool yes = word_is(w, "yes");
    if (to == &ev->loopback)
        ev->loopback = yes;
    else
        ev->blob_without_nul = yes;
    return yes || word_is(w, "no");
}

static bool set_field(struct sim_event *ev, const struct field *f, const struct sim_word *w)
{
    void *to = (uint8_t *)ev + f->offset;
    struct sim_sid *sid = to;
    ev->flags |= f->flag;
    switch ((enum field_type)f->type) {
    case FIELD_U32:
        return set_number(w, to, UINT32_MAX);
    case FIELD_U64:
        return set_number(w, to, UINT64_MAX);
    case FIELD_TEXT:
        return sim_field_text(w, to);
    case FIELD_SID:
        return text_parse_sid(w->p, w->n, sid->bytes, &sid->n);
    case FIELD_ENDPOINT:
        return endpoint_of(ev, w, to);
    case FIELD_ADDRESS:
        return address_of(w, to);
    case FIELD_DIRECTION:
        return direction_of(w, to);
    case FIELD_BOOL:
        return set_bool(ev, w, to);
    case FIELD_PROTOCOL:
        return protocol_of(w, to);
    case FIELD_MAC:
        return bytes_of(w, to, 6);
    case FIELD_HASH:
        return bytes_of(w, to, 20);
    case FIELD_GUID:
        return set_guid(ev, w);
    case FIELD_GROUPS:
        return set_groups(ev, w, to);
    default:
        return subnet_of(w, to);
    }
}

static const struct field *find_field(const struct sim_word *key)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (word_is(key, fields[i].key))
            return &fields[i];
    return NULL;
}

enum sim_field_result sim_field_set(struct sim_event *ev, const struct sim_word *key,
                                    const struct sim_word *value)
{
    const struct field *f = find_field(key);
    if (f == NULL)
        return SIM_FIELD_UNKNOWN;
    return set_field(ev, f, value) ? SIM_FIELD_SET : SIM_FIELD_BAD_VALUE;
}
