/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "stage/join_merge.h"

#include "stage/join_key.h"

/* ---- the audit record's tail behind the net event ------------------------------------------- */

static void move_value(struct value *v, uint32_t by)
{
    if (value_is(v) && v->type != VALUE_NAME)
        v->at += by;
}

/* The body's offsets count from the start of the record that it came from. */
static void move_body(struct record *r, uint32_t by)
{
    struct record_audit *body = (struct record_audit *)(void *)((uint8_t *)r + r->audit_at);
    body->fields_at += by;
    move_value(&body->computer, by);
    struct record_field *f = (struct record_field *)(void *)((uint8_t *)r + body->fields_at);
    for (uint32_t i = 0; i < body->field_count; i++) {
        move_value(&f[i].name, by);
        move_value(&f[i].value, by);
    }
}

/* ---- what only one of them knows ------------------------------------------------------------ */

/* Which of these bits the record has to give. */
static uint32_t only_in(const struct record *audit, const struct record *r, uint32_t bits)
{
    return audit->present & ~r->present & bits;
}

/* What the socket tables gave is no word of the engine's: the record's own takes its place. */
static void drop_guessed_process(struct record *r, const struct record *audit)
{
    bool known = (audit->present & WFPW_HAS_PROCESS_ID) != 0;
    if (!known || r->pid_from != WFPW_PID_FROM_SOCKETS)
        return;
    if (r->process_id != audit->process_id)
        r->process_service = (struct value){0};
    r->present &= ~(uint32_t)WFPW_HAS_PROCESS_ID;
    r->pid_confidence = 0;
}

static void take_scalars(struct record *r, const struct record *audit)
{
    const uint32_t wanted = WFPW_HAS_PROCESS_ID | WFPW_HAS_PROFILES | WFPW_HAS_INTERFACE_INDEX |
                            WFPW_HAS_LOOPBACK | WFPW_HAS_DIRECTION | WFPW_HAS_FILTER_ID;
    uint32_t given = only_in(audit, r, wanted);
    if ((given & WFPW_HAS_PROCESS_ID) != 0) {
        r->process_id = audit->process_id;
        r->pid_from = audit->pid_from;
    }
    if ((given & WFPW_HAS_PROFILES) != 0) {
        r->original_profile = audit->original_profile;
        r->current_profile = audit->current_profile;
    }
    if ((given & WFPW_HAS_INTERFACE_INDEX) != 0)
        r->interface_index = audit->interface_index;
    if ((given & WFPW_HAS_LOOPBACK) != 0)
        r->flags |= audit->flags & WFPW_EVENT_LOOPBACK;
    if ((given & WFPW_HAS_FILTER_ID) != 0)
        r->filter_id = audit->filter_id;
    if ((given & WFPW_HAS_DIRECTION) != 0) {
        r->direction_raw = audit->direction_raw;
        r->direction = r->direction == 0 ? audit->direction : r->direction;
        r->direction_from = r->direction_from == 0 ? audit->direction_from : r->direction_from;
    }
    r->present |= given;
}

static void take_text(struct value *to, const struct value *from, uint32_t by)
{
    if (value_is(to) || !value_is(from))
        return;
    *to = *from;
    move_value(to, by);
}

/* ---- what they say differently -------------------------------------------------------------- */

static uint32_t word_if_differs(uint32_t both, uint32_t bit, bool differ, uint32_t word)
{
    return (both & bit) != 0 && differ ? word : 0;
}

/* The direction as each had it in its field; the layer may have corrected one of them. */
static bool directions_differ(const struct record *net, const struct record *audit)
{
    return net->direction != 0 && audit->direction != 0 &&
           (net->direction != audit->direction || net->direction_from != audit->direction_from);
}

static uint32_t find_contradictions(const struct record *net, const struct record *audit)
{
    uint32_t both = net->present & audit->present, found = 0;
    found |= word_if_differs(both, WFPW_HAS_DIRECTION, directions_differ(net, audit),
                             WFPW_DIFFERS_DIRECTION);
    found |= word_if_differs(both, WFPW_HAS_PROCESS_ID, net->process_id != audit->process_id,
                             WFPW_DIFFERS_PROCESS);
    found |= word_if_differs(both, WFPW_HAS_LOOPBACK,
                             ((net->flags ^ audit->flags) & WFPW_EVENT_LOOPBACK) != 0,
                             WFPW_DIFFERS_LOOPBACK);
    found |= word_if_differs(both, WFPW_HAS_PROFILES,
                             net->original_profile != audit->original_profile ||
                                 net->current_profile != audit->current_profile,
                             WFPW_DIFFERS_PROFILE);
    found |=
        word_if_differs(both, WFPW_HAS_INTERFACE_INDEX,
                        net->interface_index != audit->interface_index, WFPW_DIFFERS_INTERFACE);
    if (value_is(&net->origin) && value_is(&audit->origin) &&
        !join_same_text(net, &net->origin, audit, &audit->origin))
        found |= WFPW_DIFFERS_ORIGIN;
    return found;
}

/* ---- both ----------------------------------------------------------------------------------- */

bool join_fits(const struct record *net, const struct record *audit)
{
    return net->bytes + (audit->bytes - sizeof *audit) <= JOIN_RECORD_MAX;
}

const struct record *join_merge(void *room, const struct record *net, const struct record *audit)
{
    const uint32_t fixed = sizeof *audit, by = net->bytes - fixed, tail = audit->bytes - fixed;
    struct record *r = room;
    memcpy(r, net, net->bytes);
    memcpy((uint8_t *)room + net->bytes, (const uint8_t *)audit + fixed, tail);
    r->bytes = net->bytes + tail;
    r->audit_at = audit->audit_at + by;
    move_body(r, by);
    drop_guessed_process(r, audit);
    r->differs = find_contradictions(r, audit);
    take_scalars(r, audit);
    take_text(&r->app, &audit->app, by);
    if (r->kind == WFPW_KIND_GUARD) { /* who added the filter */
        take_text(&r->user_sid, &audit->user_sid, by);
        take_text(&r->user_name, &audit->user_name, by);
    }
    if (!value_is(&r->origin) && value_is(&audit->origin))
        r->audit_origin = 1;
    take_text(&r->origin, &audit->origin, by);
    r->flags |= WFPW_EVENT_MERGED | (audit->flags & (WFPW_EVENT_TRUNCATED | WFPW_EVENT_PARTIAL));
    r->join_lag = (int64_t)(audit->time - net->time);
    return r;
}
