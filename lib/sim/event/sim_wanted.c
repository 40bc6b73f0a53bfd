/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The engine's side of a template of net events: what it takes, and which events it is then asked
 * for. As strict as the documents allow: only EQUAL, each field once and in its own types. */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

enum { CONDITIONS_MAX = 8, TYPES_MAX = 4, BYTES_MAX = 2 * SIM_TEXT_MAX };

/* A condition's value, copied: what it pointed to may be gone after the call. */
struct asked {
    const struct asked_field *field;
    uint32_t type;         /* FWP_DATA_TYPE */
    uint32_t number, mask; /* also an IPv4 address */
    uint32_t prefix;       /* of an IPv6 address */
    uint32_t size;
    uint8_t bytes[BYTES_MAX]; /* an IPv6 address, a SID, an application's id */
};

struct sim_wanted {
    uint64_t start, end;
    uint32_t count;
    struct asked conditions[CONDITIONS_MAX];
};

/* ---- which events a condition holds for: those that have the field --------------------------- */

static bool has_flag(const struct sim_event *ev, uint32_t flag)
{
    return (ev->flags & flag) != 0;
}

static bool protocol_matches(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) && ev->protocol == c->number;
}

static bool local_port(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET) && ev->local.port == c->number;
}

static bool remote_port(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET) && ev->remote.port == c->number;
}

static bool v6_is_in(const struct asked *c, const uint8_t addr[16])
{
    for (uint32_t i = 0; i < c->prefix; i++)
        if (((addr[i / 8] ^ c->bytes[i / 8]) & 0x80 >> i % 8) != 0)
            return false;
    return true;
}

static bool address_matches(const struct asked *c, const wfpw_endpoint *e)
{
    bool is_v4 = c->type == FWP_UINT32 || c->type == FWP_V4_ADDR_MASK;
    if (e->family != (is_v4 ? 4 : 6))
        return false;
    return is_v4 ? (sim_v4_of(e) & c->mask) == (c->number & c->mask) : v6_is_in(c, e->addr);
}

static bool local_address(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET) && address_matches(c, &ev->local);
}

static bool remote_address(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET) && address_matches(c, &ev->remote);
}

/* Byte for byte, with the NUL at the end. */
static bool app_matches(const struct asked *c, const struct sim_event *ev)
{
    uint32_t text = 2 * ev->app.n, nul = ev->blob_without_nul ? 0 : 2;
    if (!has_flag(ev, FWPM_NET_EVENT_FLAG_APP_ID_SET) || text == 0 || c->size != text + nul)
        return false;
    return memcmp(c->bytes, ev->app.units, text) == 0 &&
           (nul == 0 || (c->bytes[text] == 0 && c->bytes[text + 1] == 0));
}

static bool user_matches(const struct asked *c, const struct sim_event *ev)
{
    return has_flag(ev, FWPM_NET_EVENT_FLAG_USER_ID_SET) && ev->user.n != 0 &&
           c->size == ev->user.n && memcmp(c->bytes, ev->user.bytes, c->size) == 0;
}

static bool type_matches(const struct asked *c, const struct sim_event *ev)
{
    return ev->type == c->number;
}

/* ---- fields --------------------------------------------------------------------------------- */

#define ADDRESS_TYPES                                                                              \
    {                                                                                              \
        FWP_UINT32, FWP_V4_ADDR_MASK, FWP_BYTE_ARRAY16_TYPE, FWP_V6_ADDR_MASK                      \
    }

static const struct asked_field {
    FWP_GUID key;
    uint16_t types[TYPES_MAX]; /* that it may be compared with; 0: no more */
    bool (*holds)(const struct asked *c, const struct sim_event *ev);
} fields[] = {
    {{0x3971ef2b, 0x623e, 0x4f9a, {0x8c, 0xb1, 0x6e, 0x79, 0xb8, 0x06, 0xb9, 0xa7}},
     {FWP_UINT8},
     protocol_matches},
    {{0xd9ee00de, 0xc1ef, 0x4617, {0xbf, 0xe3, 0xff, 0xd8, 0xf5, 0xa0, 0x89, 0x57}},
     ADDRESS_TYPES,
     local_address},
    {{0xb235ae9a, 0x1d64, 0x49b8, {0xa4, 0x4c, 0x5f, 0xf3, 0xd9, 0x09, 0x50, 0x45}},
     ADDRESS_TYPES,
     remote_address},
    {{0x0c1ba1af, 0x5765, 0x453f, {0xaf, 0x22, 0xa8, 0xf7, 0x91, 0xac, 0x77, 0x5b}},
     {FWP_UINT16},
     local_port},
    {{0xc35a604d, 0xd22b, 0x4e1a, {0x91, 0xb4, 0x68, 0xf6, 0x74, 0xee, 0x67, 0x4b}},
     {FWP_UINT16},
     remote_port},
    {{0xd78e1e87, 0x8644, 0x4ea5, {0x94, 0x37, 0xd8, 0x09, 0xec, 0xef, 0xc9, 0x71}},
     {FWP_BYTE_BLOB_TYPE},
     app_matches},
    {{0xaf043a0a, 0xb34d, 0x4f86, {0x97, 0x9c, 0xc9, 0x03, 0x71, 0xaf, 0x6e, 0x66}},
     {FWP_SID},
     user_matches},
    {{0x206e9996, 0x490e, 0x40cf, {0xb8, 0x31, 0xb3, 0x86, 0x41, 0xeb, 0x6f, 0xcb}},
     {FWP_UINT32},
     type_matches},
};

static const struct asked_field *field_of(const FWP_GUID *key)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (memcmp(&fields[i].key, key, sizeof *key) == 0)
            return &fields[i];
    return NULL;
}

static bool takes_type(const struct asked_field *f, uint32_t value_type)
{
    for (int i = 0; i < TYPES_MAX; i++)
        if (f->types[i] != 0 && f->types[i] == value_type)
            return true;
    return false;
}

/* ---- taking --------------------------------------------------------------------------------- */

static uint32_t keep_bytes(struct asked *c, const void *p, size_t n)
{
    if (n > sizeof c->bytes)
        return FWP_ERROR_INVALID_PARAMETER;
    memcpy(c->bytes, p, n);
    c->size = (uint32_t)n;
    return 0;
}

static uint32_t take_v4(struct asked *c, const FWP_V4_ADDR_AND_MASK *v)
{
    uint32_t rest = ~v->mask;
    c->number = v->addr;
    c->mask = v->mask;
    return (rest & (rest + 1)) != 0 ? FWP_E_INVALID_NET_MASK : 0;
}

static uint32_t take_v6(struct asked *c, const uint8_t *addr, uint32_t prefix)
{
    c->prefix = prefix;
    return prefix > 128 ? FWP_E_INVALID_NET_MASK : keep_bytes(c, addr, 16);
}

static uint32_t take_sid(struct asked *c, const FWP_SID_STRUCT *sid)
{
    if (sid->Revision != 1 || sid->SubAuthorityCount > 15)
        return FWP_ERROR_INVALID_PARAMETER;
    return keep_bytes(c, sid, 8 + 4 * (size_t)sid->SubAuthorityCount);
}

static uint32_t take_blob(struct asked *c, const FWP_BYTE_BLOB *b)
{
    if (b->size == 0)
        return FWP_E_ZERO_LENGTH_ARRAY;
    return b->data == NULL ? FWP_E_NULL_POINTER : keep_bytes(c, b->data, b->size);
}

static uint32_t take_number(struct asked *c, const FWP_CONDITION_VALUE0 *v)
{
    c->mask = UINT32_MAX;
    c->number = v->type == FWP_UINT8 ? v->uint8 : v->type == FWP_UINT16 ? v->uint16 : v->uint32;
    return 0;
}

static uint32_t take_value(struct asked *c, const FWP_CONDITION_VALUE0 *v)
{
    c->type = v->type;
    if (v->type <= FWP_UINT32)
        return take_number(c, v);
    if (v->byteBlob == NULL) /* the others are pointers, of which this is one */
        return FWP_E_NULL_POINTER;
    switch (v->type) {
    case FWP_V4_ADDR_MASK:
        return take_v4(c, v->v4AddrMask);
    case FWP_V6_ADDR_MASK:
        return take_v6(c, v->v6AddrMask->addr, v->v6AddrMask->prefixLength);
    case FWP_BYTE_ARRAY16_TYPE:
        return take_v6(c, v->byteArray16->byteArray16, 128);
    case FWP_SID:
        return take_sid(c, v->sid);
    default:
        return take_blob(c, v->byteBlob);
    }
}

static bool is_there(const struct sim_wanted *t, const struct asked_field *f)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->conditions[i].field == f)
            return true;
    return false;
}

static uint32_t take_condition(struct sim_wanted *t, const FWPM_FILTER_CONDITION0 *from)
{
    const struct asked_field *f = field_of(&from->fieldKey);
    if (f == NULL)
        return FWP_E_CONDITION_NOT_FOUND;
    if (is_there(t, f)) /* so that there is room for every other one */
        return FWP_E_DUPLICATE_CONDITION;
    if (from->matchType > FWP_MATCH_NOT_PREFIX)
        return FWP_E_INVALID_ENUMERATOR;
    if (from->matchType != FWP_MATCH_EQUAL)
        return FWP_E_MATCH_TYPE_MISMATCH;
    if (!takes_type(f, from->conditionValue.type))
        return FWP_E_TYPE_MISMATCH;
    struct asked *c = &t->conditions[t->count++];
    c->field = f;
    return take_value(c, &from->conditionValue);
}

static uint32_t take_template(struct sim_wanted *t, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *from)
{
    uint32_t code = 0;
    t->start = fwp_filetime(&from->startTime);
    t->end = fwp_filetime(&from->endTime);
    if (t->end < t->start)
        return FWP_E_INVALID_INTERVAL;
    if (from->numFilterConditions != 0 && from->filterCondition == NULL)
        return FWP_E_NULL_POINTER;
    for (uint32_t i = 0; code == 0 && i < from->numFilterConditions; i++)
        code = take_condition(t, &from->filterCondition[i]);
    return code;
}

uint32_t sim_wanted_new(const struct wfpw_sim *sim, const FWPM_NET_EVENT_ENUM_TEMPLATE0 *from,
                        struct sim_wanted **out)
{
    *out = NULL;
    if (from == NULL)
        return 0;
    if (sim->refuses_conditions && from->numFilterConditions != 0)
        return FWP_E_CONDITION_NOT_FOUND;
    struct sim_wanted *t = calloc(1, sizeof *t);
    uint32_t code = t != NULL ? take_template(t, from) : FWP_ERROR_INVALID_PARAMETER;
    if (code == 0)
        *out = t;
    else
        free(t);
    return code;
}

bool sim_wanted_holds(const struct sim_wanted *t, const struct sim_event *ev)
{
    if (t == NULL)
        return true;
    if ((t->start != 0 || t->end != 0) && (ev->time < t->start || ev->time > t->end))
        return false;
    for (uint32_t i = 0; i < t->count; i++)
        if (!t->conditions[i].field->holds(&t->conditions[i], ev))
            return false;
    return true;
}
