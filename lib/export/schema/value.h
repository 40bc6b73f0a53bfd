/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The values of an event by their ids, so that a format is a table of ids and not code: values.inc
 * has them all. What is absent is absent in every format.
 */
#ifndef WFPW_EXPORT_VALUE_H
#define WFPW_EXPORT_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "wfpwatch/wfpwatch.h"

enum value_id {
#define MEMBER(id, base, kind, type, member, present) OF_##id,
#define WORD(id, base, bytes, type, member, list)     OF_##id,
#define COMPUTED(id)                                  OF_##id,
#include "export/schema/values.inc"
#undef MEMBER
#undef WORD
#undef COMPUTED
    OF_COUNT
};

enum value_kind {
    KIND_ABSENT,
    KIND_TEXT,   /* text, length */
    KIND_PLAIN,  /* the same; no byte of it needs an escape */
    KIND_RAW,    /* the same; a value of JSON */
    KIND_NUMBER, /* number */
    KIND_TIME,   /* number, FILETIME */
    KIND_IP,     /* endpoint */
    KIND_ZONED,  /* endpoint, with %N behind it */
    KIND_MAC,    /* text: six bytes */
    KIND_WORDS,  /* number: bits of list */
    KIND_DATA,   /* the members of the audit record's fields */
    KIND_BODIES  /* members of the library's own JSON */
};

struct export_value {
    enum value_kind kind;
    uint32_t list;
    const char *text;
    size_t length;
    uint64_t number;
    const wfpw_endpoint *endpoint;
};

/* Classes of events, as OCSF has them; bits, so that a section may be for several. */
enum export_class {
    CLASS_NETWORK = 0x1,  /* 4001 */
    CLASS_RESOURCE = 0x2, /* 201003: a filter was added or deleted */
    CLASS_CONFIG = 0x4,   /* 5019: another setting */
    CLASS_LOG = 0x8,      /* 1008 */
    CLASS_BASE = 0x10     /* 0: all else */
};

struct export_case {
    uint32_t class_bit;
    const char *ecs_action, *ecs_category, *ecs_type, *ecs_outcome;
    uint32_t ocsf_activity;
    const char *ocsf_activity_name;
    uint32_t ocsf_action;
    const char *ocsf_action_name;
    uint32_t ocsf_disposition;
    const char *ocsf_disposition_name;
    uint32_t ocsf_status;
    const char *ocsf_status_name;
    uint32_t ocsf_severity;
    const char *ocsf_severity_name;
    const char *asim_action, *asim_result, *asim_severity, *asim_operation;
};

/* A direction in the words of each schema. */
struct export_way {
    const char *ecs;
    uint32_t ocsf;
    const char *ocsf_name;
    const char *asim;
};

enum value_base {
    BASE_EVENT,
    BASE_FILTER,
    BASE_RULE,
    BASE_AUDIT,
    BASE_AGGREGATE,
    BASE_CASE,
    BASE_WAY,
    BASES
};

/* What most events have not: sections that need it are passed over at once. */
enum export_need {
    NEED_PEERS = 0x1,    /* the other side's account or machine */
    NEED_FLAGS = 0x2,    /* one of WFPW_EVENT_* */
    NEED_MAC = 0x4,      /* addresses of frames */
    NEED_BODIES = 0x8,   /* what only some kinds have */
    NEED_RESULT = 0x10,  /* the code of a failed negotiation */
    NEED_PROCESS = 0x20, /* a process ID or a program; few lack both */
    NEED_USER = 0x40,
    NEED_PLACE = 0x80,   /* profile, interface */
    NEED_FILTER = 0x100, /* more than its id */
    NEED_ODDS = 0x200,   /* values of own.c that are seldom there */
    NEED_LAYER_WORD = 0x400,
    NEED_NO_LAYER_WORD = 0x800,
    NEED_NO_FILTER = 0x1000 /* none of NEED_FILTER, as most events without names */
};

/* An event with what its values are taken from. */
struct export_event {
    const wfpw_event *ev;
    const void *base[BASES]; /* NULL: the event has none */
    const wfpw_endpoint *source, *destination;
    const struct export_case *what;
    const char *remote_user, *remote_machine; /* fields of the audit record, or NULL */
    const char *failure_reason;
    const struct code_word *layer_word; /* what its `%%N` of a layer means, or NULL */
    uint32_t has;                       /* NEED_* */
    uint32_t event_id;                  /* of the audit record; 0: none */
    bool inbound;                       /* the other side is the source */
    bool icmp;                          /* type and code in the places of the ports */
    uint32_t ocsf_class, ocsf_activity; /* as far as the event has what the class demands */
};

/* The case of an event: cases.inc. */
const struct export_case *export_case_of(const wfpw_event *ev);
const struct export_way *export_way_of(const wfpw_event *ev);
bool export_is_listen(const struct export_event *x);
/* IPsec dropped it, or its keys could not be negotiated. */
bool export_is_failed_tunnel(const struct export_event *x);

void export_event_start(struct export_event *x, const wfpw_event *ev);
/* The value is of the event, or static. */
void export_value_get(const struct export_event *x, enum value_id id, struct export_value *v);

#endif
