/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which element of netsh's net events means what: a row for each, by the element around it. */
#ifndef WFPW_NETSH_EVENT_SCHEMA_H
#define WFPW_NETSH_EVENT_SCHEMA_H

#include "model/record.h"

/* Where in the document something stands: by the element around it. */
enum netsh_event_element {
    NETSH_TOP,     /* no element */
    NETSH_ANY,     /* one that may hold events further in */
    NETSH_EVENTS,  /* a list of events */
    NETSH_NOWHERE, /* nothing in it is wanted */
    NETSH_EVENT,
    NETSH_HEADER,
    NETSH_BODY, /* whatever it is called: the type says which it is */
    NETSH_INTERNAL,
    NETSH_HEADER_FLAGS,
    NETSH_IKE_FLAGS,
    NETSH_CAPABILITIES,
    NETSH_APP,     /* these four: bytes as hexadecimal, and a rendering of them */
    NETSH_NAME,    /* effectiveName */
    NETSH_VSWITCH, /* vSwitchId */
    NETSH_HASH,    /* endCertHash */
    NETSH_FILTERS, /* terminatingFiltersInfo */
    NETSH_FILTER,  /* one of them */
    NETSH_GROUPS,  /* of a principal */
    NETSH_SUBNET,  /* an FWP_CONDITION_VALUE: its parts */
    NETSH_MASK,
    NETSH_RANGE,
    NETSH_LOW,
    NETSH_HIGH,
    NETSH_ELEMENTS
};

/* How a value is written, and what its place takes. */
enum netsh_form {
    NETSH_NONE,
    NETSH_U8, /* 8 to 32 bits: into 32 bits, but for a port */
    NETSH_PORT,
    NETSH_U32,
    NETSH_U64,
    NETSH_STATUS,    /* 32 bits, also negative */
    NETSH_ENUM,      /* a symbol of the row's list, or a number: into 32 bits */
    NETSH_FLAG,      /* the same, or hexadecimal: into the 32 bits that are there */
    NETSH_DIRECTION, /* the rest says it: */
    NETSH_TYPE,
    NETSH_TIME,
    NETSH_LOOPBACK,
    NETSH_IP,
    NETSH_PREFIX,
    NETSH_SID,
    NETSH_PACKAGE,
    NETSH_TEXT,
    NETSH_BYTES, /* UTF-16 as hexadecimal */
    NETSH_CERT,
    NETSH_MAC,
    NETSH_GUID,
    NETSH_GROUP
};

/* What a row's `where` counts from: the rest is a number of bytes. */
enum { NETSH_IN_RECORD = 0, NETSH_IN_GATHERED = 0x10000, NETSH_IN_FILTER = 0x20000 };

/* Bodies that a row belongs to, as bits. */
enum {
    NETSH_BODY_IKE = 0x1,
    NETSH_BODY_IPSEC = 0x2,
    NETSH_BODY_MAC = 0x4,
    NETSH_HAS_PID = 0x8,
    NETSH_HAS_TYPE = 0x10
};

struct netsh_row {
    const char *name;
    uint8_t place; /* of what stands in it */
    uint8_t form, list, bodies;
    uint32_t where;
    uint32_t present; /* WFPW_HAS_*, or of the body */
};

struct netsh_subnet {
    wfpw_endpoint low, high, mask;
    uint32_t prefix;
    bool has_prefix;
};

enum { NETSH_FILTERS_MAX = 64, NETSH_GROUPS_MAX = 4096 };

/* What was read of an event so far; texts lie in the record's tail already. */
struct netsh_gathered {
    struct record_builder b;
    struct record_ike ike;
    struct record_ipsec ipsec;
    struct record_mac mac;
    struct record_vswitch vswitch;
    struct netsh_subnet subnet;
    uint32_t flags; /* of the header */
    uint32_t scope;
    uint32_t bodies; /* NETSH_BODY_* seen */
    uint32_t filter_count;
    bool has_header, has_flags;
    const char *unread; /* the first element that could not be read */
    size_t groups_size;
    char groups[NETSH_GROUPS_MAX];
    struct record_terminating filters[NETSH_FILTERS_MAX];
};

/* The row of an element; NULL when nobody knows it. hint: where in the place's rows to look first,
 * 0 at first. netsh writes elements in the order of the rows. */
const struct netsh_row *netsh_event_schema_find(enum netsh_event_element around, const char *name,
                                                uint8_t *hint);

#endif
