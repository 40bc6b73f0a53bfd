/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Both halves of a decision, made for tests of joining. */
#ifndef WFPW_TEST_JOINED_H
#define WFPW_TEST_JOINED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stage/join.h"

enum { HALF_BYTES = 4096, SECOND = 10000000 };

/* What both halves tell. */
struct decision {
    uint64_t time, filter, pid;
    uint32_t layer, protocol, event_id;
    uint16_t local_port, remote_port;
    uint8_t host; /* the last octet of the remote address */
    bool permitted;
    const char *app;
};

static inline struct decision a_decision(void)
{
    return (struct decision){.time = 1000 * (uint64_t)SECOND,
                             .filter = 71264,
                             .pid = 4242,
                             .layer = 48,
                             .protocol = 6,
                             .event_id = 5157,
                             .local_port = 49813,
                             .remote_port = 443,
                             .host = 66,
                             .app = "\\device\\harddiskvolume3\\tools\\nc.exe"};
}

static inline struct value put_utf16(struct record_builder *b, const char *text)
{
    uint16_t wide[256];
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        wide[i] = (uint8_t)text[i];
    return record_put(b, VALUE_STRING, wide, 2 * n);
}

static inline void put_sides(struct record *r, const struct decision *d)
{
    r->present |= WFPW_HAS_LOCAL | WFPW_HAS_REMOTE | WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE_PORT |
                  WFPW_HAS_PROTOCOL | WFPW_HAS_FILTER_ID | WFPW_HAS_LAYER_ID;
    r->time = d->time;
    r->filter_id = d->filter;
    r->layer_id = d->layer;
    r->protocol = d->protocol;
    r->local = (wfpw_endpoint){.addr = {192, 0, 2, 10}, .family = 4, .port = d->local_port};
    r->remote =
        (wfpw_endpoint){.addr = {203, 0, 113, d->host}, .family = 4, .port = d->remote_port};
}

static inline struct record *make_net(void *room, const struct decision *d)
{
    struct record_builder b;
    struct record *r = record_start(
        &b, room, HALF_BYTES, d->permitted ? WFPW_KIND_CLASSIFY_ALLOW : WFPW_KIND_CLASSIFY_DROP,
        WFPW_SOURCE_SIM);
    put_sides(r, d);
    if (d->app != NULL)
        r->app = put_utf16(&b, d->app);
    (void)record_finish(&b);
    return r;
}

/* With three fields: one of a known name, one of its own, and the origin, which it shares. */
static inline struct record *make_audit(void *room, const struct decision *d)
{
    struct record_builder b;
    struct record *r = record_start(&b, room, HALF_BYTES, WFPW_KIND_AUDIT, WFPW_SOURCE_EVTX);
    put_sides(r, d);
    r->orientation = WFPW_ORIENTATION_FIELD;
    r->present |= WFPW_HAS_PROCESS_ID;
    r->process_id = d->pid;
    r->pid_from = WFPW_PID_FROM_AUDIT;
    if (d->app != NULL)
        r->app = put_utf16(&b, d->app);
    r->origin = put_utf16(&b, "Query User Default");
    const struct record_field fields[] = {
        {{.at = 1, .type = VALUE_NAME}, record_put(&b, VALUE_U64, &d->pid, sizeof d->pid)},
        {put_utf16(&b, "Ours"), put_utf16(&b, "its value")},
        {put_utf16(&b, "FilterOrigin"), r->origin},
    };
    uint32_t at = record_room(&b, sizeof(struct record_audit) + sizeof fields);
    struct record_audit *body = (struct record_audit *)(void *)((uint8_t *)room + at);
    *body = (struct record_audit){.record_id = 77,
                                  .event_id = d->event_id,
                                  .field_count = 3,
                                  .fields_at = at + (uint32_t)sizeof *body};
    memcpy(body + 1, fields, sizeof fields);
    r->audit_at = at;
    body->computer = put_utf16(&b, "PC-7");
    (void)record_finish(&b);
    return r;
}

static inline struct join *new_join(size_t bytes, bool ordered)
{
    struct join_options o = {.memory = memory_of(NULL),
                             .bytes = bytes,
                             .window = 2 * (uint64_t)SECOND,
                             .ordered = ordered};
    return join_new(&o);
}

#endif
