/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "explain/question.h"

#include <string.h>

#include "base/options.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };
enum { WITHIN_DEFAULT = 30000, WITHIN_MAX = 86400000, LATER_MS = 2000, TICKS_A_MS = 10000 };

/* ---- the question --------------------------------------------------------------------------- */

/* ::ffff:a.b.c.d, which sockets for both families have, is a.b.c.d to WFP. */
static void unmap_address(wfpw_endpoint *p)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (p->family != 6 || memcmp(p->addr, mapped, sizeof mapped) != 0)
        return;
    memmove(p->addr, p->addr + sizeof mapped, 4);
    memset(p->addr + 4, 0, sizeof p->addr - 4);
    p->family = 4;
    p->scope_id = 0;
}

static bool is_family(uint8_t family)
{
    return family == 0 || family == 4 || family == 6;
}

bool question_take(wfpw_question *to, const wfpw_question *q)
{
    if (q == NULL || !options_copy(to, sizeof *to, q, q->size))
        return false;
    to->size = sizeof *to;
    to->app = to->app != NULL && to->app[0] != 0 ? to->app : NULL;
    to->within_ms = to->within_ms != 0 ? to->within_ms : (uint32_t)WITHIN_DEFAULT;
    unmap_address(&to->remote);
    unmap_address(&to->local);
    return is_family(to->remote.family) && is_family(to->local.family) && to->protocol <= 255 &&
           to->direction <= WFPW_DIRECTION_BIDIRECTIONAL && to->within_ms <= WITHIN_MAX &&
           (to->app == NULL || memchr(to->app, 0, QUESTION_APP_MAX + 1) != NULL);
}

void question_window(const wfpw_question *q, uint64_t *since, uint64_t *until)
{
    const uint64_t before = q->within_ms * (uint64_t)TICKS_A_MS,
                   after = (uint64_t)LATER_MS * TICKS_A_MS;
    *since = q->time == 0 ? 0 : q->time > before ? q->time - before : 1;
    *until = q->time == 0 ? 0 : q->time < UINT64_MAX - after ? q->time + after : UINT64_MAX;
}

/* ---- what an event is ----------------------------------------------------------------------- */

enum question_class question_class_of(const wfpw_event *ev)
{
    if (ev->reason == WFPW_REASON_SILENT_MODE)
        return QUESTION_OTHER;
    switch (ev->verdict) {
    case WFPW_VERDICT_BLOCK:
        return QUESTION_BLOCK;
    case WFPW_VERDICT_FAILURE:
        return QUESTION_FAILURE;
    case WFPW_VERDICT_DROP:
        return QUESTION_DROP;
    case WFPW_VERDICT_ALLOW:
        return QUESTION_ALLOWED;
    default:
        return QUESTION_OTHER;
    }
}

/* ---- comparing: each notes what it finds; false: it contradicts ------------------------------ */

static bool note_field(struct question_match *m, uint32_t field, bool is_known, bool agrees)
{
    if (!is_known)
        m->unknown |= field;
    else if (agrees)
        m->agrees |= field;
    return !is_known || agrees;
}

static bool same_address(const wfpw_endpoint *a, const wfpw_endpoint *b)
{
    size_t n = a->family == 4 ? 4 : sizeof a->addr;
    bool scopes = a->family == 6 && a->scope_id != 0 && b->scope_id != 0;
    return a->family == b->family && memcmp(a->addr, b->addr, n) == 0 &&
           (!scopes || a->scope_id == b->scope_id);
}

/* One side of the question with one of the event. has_port: the event has this side's. */
static bool compare_side(struct question_match *m, const wfpw_endpoint *asked, uint32_t field,
                         const wfpw_endpoint *side, bool has_port)
{
    wfpw_endpoint plain = *side;
    bool port_counts = m->class != QUESTION_FAILURE;
    unmap_address(&plain);
    if (asked->family != 0 && !note_field(m, field, plain.family != 0, same_address(asked, &plain)))
        return false;
    /* the bit of a port is the next one */
    return asked->port == 0 ||
           note_field(m, field << 1, has_port && port_counts, asked->port == plain.port);
}

static bool compare_sides(struct question_match *m, const wfpw_question *q, const wfpw_event *ev,
                          bool swapped)
{
    bool local_port = (ev->present & WFPW_HAS_LOCAL_PORT) != 0;
    bool remote_port = (ev->present & WFPW_HAS_REMOTE_PORT) != 0;
    const wfpw_endpoint *remote = swapped ? &ev->local : &ev->remote;
    const wfpw_endpoint *local = swapped ? &ev->remote : &ev->local;
    return compare_side(m, &q->remote, WFPW_MATCH_REMOTE, remote,
                        swapped ? local_port : remote_port) &&
           compare_side(m, &q->local, WFPW_MATCH_LOCAL, local, swapped ? remote_port : local_port);
}

static bool asks_sides(const wfpw_question *q)
{
    return q->remote.family != 0 || q->remote.port != 0 || q->local.family != 0 ||
           q->local.port != 0;
}

/* Whether this host is both ends of the event's connection. */
static bool is_own_host(const wfpw_event *ev)
{
    return (ev->flags & WFPW_EVENT_LOOPBACK) != 0 ||
           (ev->local.family != 0 && same_address(&ev->local, &ev->remote)) ||
           (ev->remote.family == 4 && ev->remote.addr[0] == 127);
}

/* The sides as they are; the other way round where the event does not say, or has the other end. */
static bool find_sides(struct question_match *m, const wfpw_question *q, const wfpw_event *ev)
{
    const struct question_match before = *m;
    if (!asks_sides(q) || compare_sides(m, q, ev, false))
        return true;
    *m = before;
    bool is_unsure = ev->orientation == WFPW_ORIENTATION_UNKNOWN;
    if ((!is_unsure && !is_own_host(ev)) || !compare_sides(m, q, ev, true))
        return false;
    m->unknown |= is_unsure ? WFPW_MATCH_SIDES : 0;
    m->agrees |= is_unsure ? 0 : WFPW_MATCH_OTHER_END;
    return true;
}

static bool has_ports(uint32_t protocol)
{
    return protocol != PROTOCOL_ICMP && protocol != PROTOCOL_ICMP6;
}

/* A port of the question is of no protocol without ports: such events have other values there. */
static bool compare_protocol(struct question_match *m, const wfpw_question *q, const wfpw_event *ev)
{
    bool is_known = (ev->present & WFPW_HAS_PROTOCOL) != 0;
    bool asks_port = q->remote.port != 0 || q->local.port != 0;
    if (m->class == QUESTION_FAILURE)
        is_known = false; /* its ports and protocol are those of the key exchange */
    if (asks_port && is_known && !has_ports(ev->protocol))
        return false;
    return q->protocol == 0 ||
           note_field(m, WFPW_MATCH_PROTOCOL, is_known, q->protocol == ev->protocol);
}

/* Packets have process 0, or an audit record's "-": that nobody is known. */
static bool names_app(const wfpw_event *ev)
{
    return ev->device_path != NULL && ev->device_path[0] != 0 && strcmp(ev->device_path, "-") != 0;
}

static void note_may_differ(struct question_match *m, uint32_t field, bool is_known, bool agrees)
{
    m->differs |= note_field(m, field, is_known, agrees) ? 0 : field;
}

/* Who: may differ, except at the other end, which is somebody else's. */
static void compare_process(struct question_match *m, const wfpw_question *q, const wfpw_event *ev)
{
    bool other = (m->agrees & WFPW_MATCH_OTHER_END) != 0, any_volume = false;
    bool has_id = (ev->present & WFPW_HAS_PROCESS_ID) != 0 && ev->process_id != 0 && !other;
    bool has_app = names_app(ev) && !other;
    if (q->process_id != 0)
        note_may_differ(m, WFPW_MATCH_PROCESS, has_id, q->process_id == ev->process_id);
    if (q->app != NULL)
        note_may_differ(m, WFPW_MATCH_APP, has_app,
                        has_app && question_is_app(q->app, ev, &any_volume));
    m->unknown |= any_volume ? WFPW_MATCH_VOLUME : 0;
}

static void compare_direction(struct question_match *m, const wfpw_question *q,
                              const wfpw_event *ev)
{
    bool either = ev->direction == WFPW_DIRECTION_BIDIRECTIONAL ||
                  q->direction == WFPW_DIRECTION_BIDIRECTIONAL ||
                  (m->agrees & WFPW_MATCH_OTHER_END) != 0;
    if (q->direction != 0)
        note_may_differ(m, WFPW_MATCH_DIRECTION, ev->direction != 0,
                        either || q->direction == ev->direction);
}

/* ---- what it comes to ----------------------------------------------------------------------- */

static bool is_who_known(const struct question_match *m)
{
    return (m->agrees & (WFPW_MATCH_PROCESS | WFPW_MATCH_APP)) != 0;
}

/* Something of what identifies a connection has to agree; an event without the remote side that was
 * asked for has to be of the process, and refused listening is no matter of an outgoing one. */
static bool is_about(const struct question_match *m, const wfpw_question *q, const wfpw_event *ev)
{
    const uint32_t sides =
        WFPW_MATCH_REMOTE | WFPW_MATCH_REMOTE_PORT | WFPW_MATCH_LOCAL | WFPW_MATCH_LOCAL_PORT;
    bool asks_who = q->process_id != 0 || q->app != NULL;
    bool asks_remote = q->remote.family != 0 || q->remote.port != 0;
    if (asks_remote && (m->unknown & WFPW_MATCH_REMOTE) != 0 &&
        (!is_who_known(m) ||
         (ev->reason == WFPW_REASON_LISTEN && q->direction != WFPW_DIRECTION_INBOUND)))
        return false;
    return (!asks_who && !asks_sides(q)) || (m->agrees & sides) != 0 || is_who_known(m);
}

static uint32_t strength_of(const struct question_match *m)
{
    const uint32_t another = WFPW_MATCH_PROCESS; /* of the same program */
    if (m->differs == another && (m->agrees & WFPW_MATCH_APP) != 0)
        return WFPW_STRENGTH_LIKELY;
    if (m->differs != 0)
        return WFPW_STRENGTH_WEAK;
    return (m->unknown & ~(uint32_t)WFPW_MATCH_VOLUME) != 0 ? WFPW_STRENGTH_LIKELY
                                                            : WFPW_STRENGTH_EXACT;
}

static void compare_time(struct question_match *m, const wfpw_question *q, const wfpw_event *ev)
{
    uint64_t since, until;
    question_window(q, &since, &until);
    m->in_time = q->time == 0 || (ev->time >= since && ev->time <= until);
    m->distance = q->time == 0 ? 0 : ev->time > q->time ? ev->time - q->time : q->time - ev->time;
}

void question_compare(const wfpw_question *q, const wfpw_event *ev, struct question_match *out)
{
    struct question_match m = {.class = question_class_of(ev)};
    if (m.class != QUESTION_OTHER && compare_protocol(&m, q, ev) && find_sides(&m, q, ev)) {
        compare_process(&m, q, ev);
        compare_direction(&m, q, ev);
        m.fits = is_about(&m, q, ev);
        m.strength = strength_of(&m);
        compare_time(&m, q, ev);
    }
    *out = m;
}

/* ---- the order ------------------------------------------------------------------------------ */

bool question_is_better(const struct question_match *a, uint64_t time_a,
                        const struct question_match *b, uint64_t time_b)
{
    bool weak_a = a->strength == WFPW_STRENGTH_WEAK, weak_b = b->strength == WFPW_STRENGTH_WEAK;
    if (weak_a != weak_b)
        return weak_b;
    if (a->class != b->class)
        return a->class < b->class;
    if (a->strength != b->strength)
        return a->strength < b->strength;
    return a->distance != b->distance ? a->distance < b->distance : time_a > time_b;
}

static bool same_scalar(const wfpw_event *a, const wfpw_event *b, uint32_t has, uint64_t of_a,
                        uint64_t of_b)
{
    return (a->present & has) == (b->present & has) && of_a == of_b;
}

/* One half of a decision has the process, the other often not. */
static bool may_be_one_process(const wfpw_event *a, const wfpw_event *b)
{
    bool both = (a->present & b->present & WFPW_HAS_PROCESS_ID) != 0;
    return !both || a->process_id == b->process_id;
}

bool question_same_cause(const wfpw_event *a, const wfpw_event *b)
{
    bool incoming = a->direction == WFPW_DIRECTION_INBOUND; /* the port of a client changes */
    return question_class_of(a) == question_class_of(b) && a->direction == b->direction &&
           same_scalar(a, b, WFPW_HAS_FILTER_ID, a->filter_id, b->filter_id) &&
           (a->filter_id != 0 || a->reason == b->reason) &&
           same_scalar(a, b, WFPW_HAS_PROTOCOL, a->protocol, b->protocol) &&
           same_address(&a->remote, &b->remote) && (incoming || a->remote.port == b->remote.port) &&
           may_be_one_process(a, b) && question_same_path(a->device_path, b->device_path);
}

/* ---- for callers ---------------------------------------------------------------------------- */

bool question_write(const struct question_match *m, const struct question_row *row,
                    wfpw_explained *out)
{
    const wfpw_explained full = {.size = sizeof full,
                                 .strength = m->strength,
                                 .agrees = m->agrees,
                                 .differs = m->differs,
                                 .unknown = m->unknown,
                                 .count = row->count,
                                 .first = row->first,
                                 .last = row->last,
                                 .event = row->event,
                                 .event_bytes = row->event_bytes};
    if (out->size < sizeof out->size)
        return false;
    uint32_t n = out->size < sizeof full ? out->size : (uint32_t)sizeof full;
    memcpy(out, &full, n);
    out->size = n;
    return true;
}

int WFPW_CALL wfpw_question_match(const wfpw_question *question, const wfpw_event *ev,
                                  wfpw_explained *out)
{
    wfpw_question q;
    struct question_match m;
    if (!question_take(&q, question) || ev == NULL || (out != NULL && out->size < sizeof out->size))
        return WFPW_E_INVAL;
    question_compare(&q, ev, &m);
    if (!m.fits || !m.in_time || m.class > QUESTION_DROP)
        return 0;
    const struct question_row row = {1, ev->time, ev->time, ev, 0};
    return out == NULL || question_write(&m, &row, out);
}
