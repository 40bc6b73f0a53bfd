/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/audit/audit_record.h"

#include <string.h>

#include "decode/audit/audit_ipsec.h"

/* ---- values --------------------------------------------------------------------------------- */

static bool value_number(const struct record *r, const struct value *v, uint64_t *out)
{
    return audit_value_number((uint8_t)v->type, record_at(r, v->at), v->size, out);
}

static size_t value_short(const struct record *r, const struct value *v, char *out)
{
    return audit_value_text(out, (uint8_t)v->type, record_at(r, v->at), v->size);
}

/* A number that sets *out and its presence bit. */
static void take_value(struct record *r, const struct value *v, uint32_t *out, uint32_t bit)
{
    uint64_t n;
    if (!value_number(r, v, &n) || n > UINT32_MAX)
        return;
    *out = (uint32_t)n;
    r->present |= bit;
}

static bool value_code(const struct record *r, const struct value *v, uint64_t *code)
{
    return audit_value_code((uint8_t)v->type, record_at(r, v->at), v->size, code);
}

static void take_direction(struct record *r, const struct value *v)
{
    static const uint8_t words[] = {WFPW_DIRECTION_INBOUND, WFPW_DIRECTION_OUTBOUND,
                                    WFPW_DIRECTION_FORWARD, WFPW_DIRECTION_BIDIRECTIONAL};
    uint64_t code;
    if (!value_code(r, v, &code) || code > UINT32_MAX)
        return;
    r->direction_raw = (uint32_t)code;
    r->direction = code >= 14592 && code <= 14595 ? words[code - 14592] : 0;
    r->present |= WFPW_HAS_DIRECTION;
}

static void take_address(struct record *r, const struct value *v, wfpw_endpoint *to, uint32_t bit)
{
    if (!audit_value_address((uint8_t)v->type, record_at(r, v->at), v->size, to))
        return;
    r->present |= bit | (to->scope_id != 0 ? (uint32_t)WFPW_HAS_SCOPE_ID : 0);
}

static void take_port(struct record *r, const struct value *v, wfpw_endpoint *to, uint32_t bit)
{
    uint64_t n;
    if (!value_number(r, v, &n) || n > UINT16_MAX)
        return;
    to->port = (uint16_t)n;
    r->present |= bit;
}

static void take_process(struct record *r, const struct value *v)
{
    if (!value_number(r, v, &r->process_id))
        return;
    r->present |= WFPW_HAS_PROCESS_ID;
    r->pid_from = WFPW_PID_FROM_AUDIT;
}

/* Text in a place of the event: it shares the bytes of its field. "-" stands for none. */
static void take_text(const struct record *r, const struct value *v, struct value *to)
{
    if (!audit_value_is_dash((uint8_t)v->type, record_at(r, v->at), v->size))
        *to = *v;
}

/* "true", "false", a number, or %%1842 and %%1843, which are yes and no in the message file. */
static void take_loopback(struct record *r, const struct value *v)
{
    char text[AUDIT_VALUE_TEXT];
    uint64_t code;
    size_t n = value_short(r, v, text);
    bool yes = text_same(text, n, "true"), no = text_same(text, n, "false");
    if (text_parse_u64(text, n, &code)) {
        yes = code != 0;
        no = code == 0;
    } else if (value_code(r, v, &code)) {
        yes = code == 1842;
        no = code == 1843;
    }
    if (!yes && !no)
        return;
    r->present |= WFPW_HAS_LOOPBACK;
    r->flags &= ~(uint32_t)WFPW_EVENT_LOOPBACK;
    r->flags |= yes ? (uint32_t)WFPW_EVENT_LOOPBACK : 0;
}

/* ---- what has a place in the event ---------------------------------------------------------- */

static void take_connection(struct record *r, enum role role, const struct value *v)
{
    switch (role) {
    case ROLE_DIRECTION:
        take_direction(r, v);
        break;
    case ROLE_SOURCE_ADDRESS:
        take_address(r, v, &r->local, WFPW_HAS_LOCAL);
        break;
    case ROLE_SOURCE_PORT:
        take_port(r, v, &r->local, WFPW_HAS_LOCAL_PORT);
        break;
    case ROLE_DEST_ADDRESS:
        take_address(r, v, &r->remote, WFPW_HAS_REMOTE);
        break;
    case ROLE_DEST_PORT:
        take_port(r, v, &r->remote, WFPW_HAS_REMOTE_PORT);
        break;
    case ROLE_PROTOCOL:
        take_value(r, v, &r->protocol, WFPW_HAS_PROTOCOL);
        break;
    case ROLE_INTERFACE:
        take_value(r, v, &r->interface_index, WFPW_HAS_INTERFACE_INDEX);
        break;
    case ROLE_LOOPBACK:
        take_loopback(r, v);
        break;
    default:
        break;
    }
}

static void take_identity(struct record *r, enum role role, const struct value *v)
{
    switch (role) {
    case ROLE_PROCESS:
        take_process(r, v);
        break;
    case ROLE_APPLICATION:
        take_text(r, v, &r->app);
        break;
    case ROLE_ORIGIN:
        take_text(r, v, &r->origin);
        break;
    case ROLE_FILTER:
        if (value_number(r, v, &r->filter_id))
            r->present |= WFPW_HAS_FILTER_ID;
        break;
    case ROLE_LAYER:
        take_value(r, v, &r->layer_id, WFPW_HAS_LAYER_ID);
        break;
    case ROLE_USER_SID:
        take_text(r, v, &r->user_sid);
        break;
    case ROLE_USER_NAME:
        take_text(r, v, &r->user_name);
        break;
    default:
        take_connection(r, role, v);
        break;
    }
}

/* ---- bodies: profiles, MAC layers, virtual switches ----------------------------------------- */

/* The value of the first field with this role, as a number. */
static bool find_role(const struct audit_record *a, enum role role, struct value *v)
{
    if ((a->roles_seen & (uint32_t)1 << role) == 0)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->roles[i] == role) {
            *v = a->fields[i].value;
            return true;
        }
    }
    return false;
}

static uint32_t find_number(const struct audit_record *a, enum role role)
{
    struct value v;
    uint64_t n;
    if (!find_role(a, role, &v) || !value_number(record_of(&a->b), &v, &n) || n > UINT32_MAX)
        return 0;
    return (uint32_t)n;
}

static void take_profiles(struct audit_record *a)
{
    struct record *r = record_of(&a->b);
    struct value original, current;
    uint64_t o, c;
    if (!find_role(a, ROLE_ORIGINAL_PROFILE, &original) ||
        !find_role(a, ROLE_CURRENT_PROFILE, &current) || !value_number(r, &original, &o) ||
        !value_number(r, &current, &c) || (o | c) > UINT32_MAX)
        return;
    r->original_profile = (uint32_t)o;
    r->current_profile = (uint32_t)c;
    r->present |= WFPW_HAS_PROFILES;
}

/* Six bytes in hexadecimal, bare or parted by - or :. */
static bool mac_of(const struct audit_record *a, enum role role, uint8_t mac[6])
{
    char text[AUDIT_VALUE_TEXT], digits[15] = "0x";
    struct value v;
    uint64_t n = 0;
    size_t length = find_role(a, role, &v) ? value_short(record_of(&a->b), &v, text) : 0, used = 2;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '-' && text[i] != ':') {
            if (used == 14)
                return false;
            digits[used++] = text[i];
        }
    if (used != 14 || !text_parse_u64(digits, used, &n))
        return false;
    for (int i = 0; i < 6; i++)
        mac[i] = (uint8_t)(n >> 8 * (5 - i));
    return true;
}

static void take_mac(struct audit_record *a)
{
    struct record_mac mac = {
        .media_type = find_number(a, ROLE_MEDIA_TYPE),
        .if_type = find_number(a, ROLE_IF_TYPE),
        .ether_type = find_number(a, ROLE_ETHER_TYPE),
        .vlan = find_number(a, ROLE_VLAN),
    };
    if (!mac_of(a, ROLE_SOURCE_ADDRESS, mac.local) || !mac_of(a, ROLE_DEST_ADDRESS, mac.remote))
        return;
    uint32_t at = record_room(&a->b, sizeof mac);
    if (at != 0)
        memcpy(a->b.base + at, &mac, sizeof mac);
    record_of(&a->b)->mac_at = at;
}

static void take_vswitch(struct audit_record *a)
{
    struct record_vswitch s = {
        .source_port = find_number(a, ROLE_VSWITCH_SOURCE),
        .destination_port = find_number(a, ROLE_VSWITCH_DESTINATION),
    };
    if (!find_role(a, ROLE_VSWITCH, &s.id))
        return;
    uint32_t at = record_room(&a->b, sizeof s);
    if (at != 0)
        memcpy(a->b.base + at, &s, sizeof s);
    record_of(&a->b)->vswitch_at = at;
}

/* ---- one record ----------------------------------------------------------------------------- */

/* What bodies and the list of fields take at most, each of them rounded up to 8. */
enum {
    BODY_MAX = RECORD_FIELDS_MAX * sizeof(struct record_field) + sizeof(struct record_audit) +
               sizeof(struct record_mac) + sizeof(struct record_vswitch) + 3 * 8 + AUDIT_IPSEC_ROOM
};

/* Of the room so much is kept for that, whatever the fields' values take. */
static uint32_t kept_of(uint32_t cap)
{
    return cap / 4 < BODY_MAX ? cap / 4 : (uint32_t)BODY_MAX;
}

void audit_record_start(struct audit_record *a, void *room, uint32_t cap, uint16_t source)
{
    record_start(&a->b, room, cap, WFPW_KIND_AUDIT, source);
    a->kept = kept_of(cap);
    a->b.cap -= a->kept;
    a->provider = PROVIDER_UNKNOWN;
    memset(a->number, 0, sizeof a->number);
    a->has_time = a->with_log = false;
    a->computer = (struct value){0};
    a->count = a->roles_seen = 0;
}

static void set_provider(struct audit_record *a, enum audit_provider p)
{
    if (a->provider == PROVIDER_UNKNOWN || a->provider == PROVIDER_OTHER)
        a->provider = p;
}

static void set_provider_guid(struct audit_record *a, uint8_t type, const void *p, size_t n)
{
    char text[AUDIT_VALUE_TEXT];
    uint8_t guid[16];
    if (type == VALUE_GUID && n == 16)
        set_provider(a, audit_provider_guid(p));
    else if (text_parse_guid(text, audit_value_text(text, type, p, n), guid))
        set_provider(a, audit_provider_guid(guid));
}

static void set_time(struct audit_record *a, uint8_t type, const void *p, size_t n)
{
    char text[AUDIT_VALUE_TEXT];
    uint64_t *time = &record_of(&a->b)->time;
    if (type == VALUE_FILETIME && n == 8) {
        *time = text_le64(p);
        a->has_time = true;
    } else if (type == VALUE_SYSTEMTIME && n == 16) {
        a->has_time = text_systemtime(p, time);
    } else {
        a->has_time = text_parse_time(text, audit_value_text(text, type, p, n), time);
    }
}

void audit_record_slot(struct audit_record *a, enum slot slot, uint8_t type, const void *p,
                       size_t n)
{
    char text[AUDIT_VALUE_TEXT];
    if (slot < SLOT_NUMBERS)
        (void)audit_value_number(type, p, n, &a->number[slot]);
    switch (slot) {
    case SLOT_PROVIDER_NAME:
        set_provider(a, audit_provider_name(text, audit_value_text(text, type, p, n)));
        break;
    case SLOT_PROVIDER_GUID:
        set_provider_guid(a, type, p, n);
        break;
    case SLOT_TIME:
        set_time(a, type, p, n);
        break;
    case SLOT_COMPUTER:
        a->computer = record_put(&a->b, type, p, n);
        break;
    default:
        break;
    }
}

static enum role role_of_name(uint8_t type, const void *name, size_t n)
{
    char text[AUDIT_VALUE_TEXT];
    return audit_role_of_text(text, audit_value_text(text, type, name, n));
}

void audit_record_field(struct audit_record *a, uint16_t name_index, uint8_t name_type,
                        const void *name, size_t name_size, uint8_t type, const void *p, size_t n)
{
    struct record_field *f = &a->fields[a->count];
    bool known = name_index != NAME_NONE;
    if (a->count == RECORD_FIELDS_MAX) {
        record_of(&a->b)->flags |= WFPW_EVENT_TRUNCATED;
        return;
    }
    f->name = known ? (struct value){.at = (uint32_t)name_index + 1, .type = VALUE_NAME}
                    : record_put(&a->b, name_type, name, name_size);
    f->value = record_put(&a->b, type, p, n);
    if (!value_is(&f->name) || !value_is(&f->value))
        return;
    enum role role = known ? audit_role(name_index) : role_of_name(name_type, name, name_size);
    a->roles[a->count++] = (uint8_t)role;
    a->roles_seen |= (uint32_t)1 << role;
}

/* Outbound, and for binds and listens, the source is this host by definition. For inbound records
 * the meaning changed between builds of Windows, so that they alone cannot tell. */
static uint8_t orientation_of(const struct audit_record *a, const struct record *r)
{
    uint64_t id = a->number[SLOT_EVENT_ID];
    if ((r->present & (WFPW_HAS_LOCAL | WFPW_HAS_REMOTE)) == 0 && r->mac_at == 0)
        return 0;
    bool is_ipsec = id < 5000 || id >= 5451; /* of those with addresses; they name the sides */
    bool is_local = id == 5154 || id == 5155 || id == 5158 || id == 5159;
    if (r->direction == WFPW_DIRECTION_OUTBOUND || is_local || is_ipsec)
        return WFPW_ORIENTATION_FIELD;
    return WFPW_ORIENTATION_UNKNOWN;
}

static bool add_body(struct audit_record *a)
{
    uint32_t fields = (uint32_t)sizeof *a->fields * a->count;
    uint32_t at = record_room_raw(&a->b, sizeof(struct record_audit) + fields);
    if (at == 0)
        return false;
    struct record_audit *body = (struct record_audit *)(void *)(a->b.base + at);
    *body = (struct record_audit){
        .record_id = a->number[SLOT_RECORD_ID],
        .keywords = a->number[SLOT_KEYWORDS],
        .event_id = (uint32_t)a->number[SLOT_EVENT_ID],
        .version = (uint32_t)a->number[SLOT_VERSION],
        .task = (uint32_t)a->number[SLOT_TASK],
        .field_count = a->count,
        .fields_at = at + (uint32_t)sizeof *body,
        .computer = a->computer,
    };
    memcpy(body + 1, a->fields, fields);
    record_of(&a->b)->audit_at = at;
    return true;
}

/* The channel's records of rules are about no connection: what a rule is for is its own. */
static void be_of_firewall(struct audit_record *a)
{
    record_of(&a->b)->kind = WFPW_KIND_FIREWALL;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->roles[i] != ROLE_USER_SID && a->roles[i] != ROLE_APPLICATION)
            a->roles[i] = ROLE_NONE;
}

const struct record *audit_record_finish(struct audit_record *a, uint64_t fallback_time)
{
    struct record *r = record_of(&a->b);
    uint64_t id = a->number[SLOT_EVENT_ID];
    if (!audit_is_ours(a->provider, id) && !(a->with_log && audit_tells_of_log(a->provider, id)))
        return NULL;
    a->b.cap += a->kept;
    a->kept = 0;
    if (!a->has_time)
        r->time = fallback_time;
    if (a->provider == PROVIDER_FIREWALL)
        be_of_firewall(a);
    for (uint32_t i = a->count; i-- > 0;) /* of several that give the same, the first counts */
        if (a->roles[i] != ROLE_NONE)
            take_identity(r, (enum role)a->roles[i], &a->fields[i].value);
    if ((a->roles_seen & (uint32_t)1 << ROLE_IPSEC) != 0)
        audit_ipsec_take(a);
    take_profiles(a);
    if (id == 5146 || id == 5147 || id == 5150 || id == 5151)
        take_mac(a);
    take_vswitch(a);
    while (!add_body(a) && a->count > 0)
        a->count /= 2;
    r->orientation = orientation_of(a, r);
    (void)record_finish(&a->b);
    return r;
}
