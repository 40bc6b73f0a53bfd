/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The one form in which an event travels: a fixed part and a tail that is addressed by offsets, so
 * that a plain copy moves it between ring, outbox and batch. Text is as the source had it (UTF-16,
 * binary SIDs); it becomes UTF-8 once, in the batch.
 */
#ifndef WFPW_RECORD_H
#define WFPW_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "wfpwatch/wfpwatch.h"

enum {
    RECORD_MAX = 128 * 1024,      /* bytes of a record; one from a 64 KiB block with all it names */
    RECORD_FIELDS_MAX = 1024,     /* fields of an audit record */
    RECORD_TEXT_MAX = 192 * 1024, /* bytes that its texts may need as UTF-8, in the worst case */
    AGGREGATE_PORTS = 16          /* of a side, that a record_aggregate has */
};

/* Something in the tail. at 0: absent. */
struct value {
    uint32_t at;   /* bytes from the record's start */
    uint32_t size; /* bytes */
    uint32_t type; /* enum value_type */
};

struct record_field {
    struct value name, value;
};

struct record_audit {
    uint64_t record_id, keywords;
    uint32_t event_id, version, task;
    uint32_t field_count, fields_at; /* of struct record_field */
    struct value computer;
};

struct record_ike {
    uint64_t mm_id, filter_id, mm_sa_luid;
    uint32_t present, error, point, flags, module, state, role, auth_method, traffic_type;
    uint8_t cert_hash[20];
    uint8_t provider_context[16];
    bool has_provider_context;
    struct value local_principal, remote_principal; /* VALUE_STRING */
    struct value local_groups, remote_groups;       /* VALUE_STRING: SIDs parted by one space */
    struct value local_subnet, remote_subnet;       /* VALUE_UTF8 */
};

struct record_ipsec {
    uint32_t present, status, spi;
    wfpw_endpoint public_host, internal_host;
};

struct record_mac {
    uint64_t if_luid;
    uint8_t local[6], remote[6];
    uint32_t media_type, if_type, ether_type, ndis_port, vlan;
};

struct record_vswitch {
    uint32_t source_port, destination_port;
    struct value id;
};

/* The ports of the local and of the remote side, in ascending order. */
struct record_aggregate {
    uint64_t count, first, last;
    uint32_t more; /* WFPW_AGGREGATE_MORE_* */
    uint32_t port_count[2];
    uint16_t ports[2][AGGREGATE_PORTS];
    uint32_t reserved;
};

struct record_terminating {
    uint64_t filter_id;
    struct value sublayer;
    uint32_t action;
};

struct record {
    uint32_t bytes;   /* of the whole record: a multiple of 8 */
    uint32_t present; /* WFPW_HAS_* */
    uint64_t time;
    uint16_t kind, source; /* WFPW_KIND_*, WFPW_SOURCE_* */
    uint32_t flags;        /* WFPW_EVENT_* */
    uint32_t epoch;        /* live: of the connection to the engine, when names are had; else 0 */
    uint32_t arrived;      /* live: ticks */
    uint8_t direction, orientation, pid_from, direction_from;
    uint32_t direction_raw, protocol, layer_id, reauth_reason;
    uint32_t original_profile, current_profile, interface_index, capability, type_raw, lost_where;
    uint64_t process_id, filter_id, policy_flags, lost, lost_from;
    wfpw_endpoint local, remote;
    struct value app, user_sid, user_name, package_sid, enterprise_id, effective_name, origin, fqbn;
    uint32_t audit_at, ike_at, ipsec_at, mac_at, vswitch_at; /* bodies in the tail; 0: none */
    uint32_t terminating_at, terminating_count, capabilities;
    uint32_t filter_key_at;       /* 16 bytes in the tail, of filters that come and go; 0: none */
    struct value place;           /* VALUE_UTF8: where app's volume is on this host, "C:" */
    uint32_t place_units;         /* of app, which is UTF-16 then: what place stands for */
    uint32_t file;                /* of files: the number of its path in the session; 0: none */
    uint32_t differs;             /* two in one: WFPW_DIFFERS_* */
    int64_t join_lag;             /* two in one: the audit record's time less the net event's */
    uint32_t audit_origin;        /* two in one: 1: the origin is the audit record's */
    uint32_t pid_confidence;      /* of the socket tables: WFPW_CONFIDENCE_* */
    struct value process_service; /* likewise: VALUE_UTF8 */
    uint32_t aggregate_at; /* a body in the tail: it stands for so many events; 0: for itself */
};

/* ---- building ------------------------------------------------------------------------------- */

struct record_builder {
    uint8_t *base; /* aligned to 8 */
    uint32_t cap, used;
    uint32_t text; /* worst case of the texts so far, as UTF-8 */
};

/* Starts a record at base, which has room for cap >= sizeof(struct record) bytes. */
struct record *record_start(struct record_builder *b, void *base, uint32_t cap, uint16_t kind,
                            uint16_t source);
/* Copies a value into the tail. What does not fit is absent, and the record marked as truncated. */
static inline struct value record_put(struct record_builder *b, uint8_t type, const void *data,
                                      size_t size);
/* Room for a body or an array, zeroed and aligned to 8: its offset; 0 when there is none. */
uint32_t record_room(struct record_builder *b, size_t size);
/* The same, not zeroed, for who fills all of it. */
uint32_t record_room_raw(struct record_builder *b, size_t size);
/* Ends the record; returns its size. */
uint32_t record_finish(struct record_builder *b);

/* The bytes that record_put takes from the tail for a value of this size. */
static inline uint32_t record_cost(size_t size)
{
    return ((uint32_t)size + 7) & ~(uint32_t)7;
}

static inline struct record *record_of(const struct record_builder *b)
{
    return (struct record *)(void *)b->base;
}

static inline struct value record_put(struct record_builder *b, uint8_t type, const void *data,
                                      size_t size)
{
    size_t text = text_value_max(type, size) + 1;
    if (size > RECORD_MAX || record_cost(size) > b->cap - b->used ||
        text > RECORD_TEXT_MAX - b->text) {
        record_of(b)->flags |= WFPW_EVENT_TRUNCATED;
        return (struct value){0};
    }
    struct value v = {.at = b->used, .size = (uint32_t)size, .type = type};
    text_copy(b->base + b->used, data, size);
    b->used += record_cost(size);
    b->text += (uint32_t)text;
    return v;
}

/* Copies bytes that hold several values, which were adopted, into the tail: their offset; 0 when
 * there is no room. */
static inline uint32_t record_block(struct record_builder *b, const void *data, uint32_t size)
{
    uint32_t at = b->used;
    if (record_cost(size) > b->cap - at)
        return 0;
    text_copy(b->base + at, data, size);
    b->used += record_cost(size);
    return at;
}

/* Counts so many values of `size` bytes together, whatever their types. false: their texts may
 * become too long. */
static inline bool record_adopt(struct record_builder *b, uint32_t count, uint32_t size)
{
    uint32_t most = text_values_max(count, size);
    if (most > RECORD_TEXT_MAX - b->text)
        return false;
    b->text += most;
    return true;
}

static inline const void *record_at(const struct record *r, uint32_t at)
{
    return (const uint8_t *)r + at;
}

/* A hash of the name of the computer that an audit record is from; 0: it names none. */
uint64_t record_computer(const struct record *r);

/* The key of a filter that comes or goes, as objects have it; NULL: the record is about something
 * else. */
const char *record_filter_key(const struct record *r, char text[TEXT_GUID_MAX + 1]);

static inline bool value_is(const struct value *v)
{
    return v->at != 0;
}

#endif
