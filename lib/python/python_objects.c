/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Lists of Python's objects, one of each event of a batch. What a call costs in Python is more than
 * most values do; here the loop is C's, and what events share is made once. */
#include "wfpwatch/python.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

enum { RECENT = 64, RECENT_BITS = 6, STATE_BYTES = 10, ADDRESS_BYTES = 16 };

/* What an event before has, by where its text lies or by its address. The list holds it. */
struct recent {
    const char *text;
    uint8_t family, address[ADDRESS_BYTES];
    void *object;
};

/* The list under way. */
struct list_maker {
    const wfpw_python *p;
    const wfpw_view *v;
    uint32_t offset;        /* of the value in an event */
    uint32_t has, has_port; /* of an endpoint: WFPW_HAS_* */
    bool is_declined;       /* no list can be made of these events */
    struct text_day day;
    struct recent recent[RECENT];
};

/* The value of an event, new; NULL: there is none, and no list. */
typedef void *(*make_value_fn)(struct list_maker *m, const wfpw_event *ev);

static bool is_usable(const wfpw_python *p)
{
    return p != NULL && p->size >= sizeof *p;
}

static bool has_events(const wfpw_view *v)
{
    return v != NULL && (v->count == 0 || v->stride >= sizeof(wfpw_event));
}

static void *hold_object(const wfpw_python *p, void *object)
{
    p->hold(object);
    return object;
}

/* None instead of a list that is declined. */
static void *make_list(struct list_maker *m, make_value_fn make)
{
    if (!is_usable(m->p))
        return NULL;
    if (m->is_declined || !has_events(m->v))
        return hold_object(m->p, m->p->none);
    const char *at = (const char *)m->v->events;
    void *list = m->p->list_new((intptr_t)m->v->count);
    for (uint32_t i = 0; list != NULL && i < m->v->count; i++, at += m->v->stride) {
        void *value = make(m, (const wfpw_event *)(const void *)at);
        if (value == NULL || m->p->list_set(list, (intptr_t)i, value) != 0) {
            m->p->let_go(list);
            list = NULL;
        }
    }
    return m->is_declined ? hold_object(m->p, m->p->none) : list;
}

static struct recent *find_recent(struct list_maker *m, uint64_t key)
{
    return &m->recent[key * 0x9E3779B97F4A7C15u >> (64 - RECENT_BITS)];
}

/* ---- times ---------------------------------------------------------------------------------- */

static void put_bytes(uint8_t *out, uint32_t n, int count)
{
    while (count-- > 0) {
        out[count] = (uint8_t)n;
        n >>= 8;
    }
}

static uint32_t number_of(const char *digits, int count)
{
    uint32_t n = 0;
    for (int i = 0; i < count; i++)
        n = 10 * n + (uint32_t)(digits[i] - '0');
    return n;
}

/* As datetime's own state, of which pickles are made: one byte each, but two of the year and three
 * of the microseconds. It takes a third of the time that seven numbers do. */
static void *make_time(struct list_maker *m, const wfpw_event *ev)
{
    char text[TEXT_TIME_MAX];
    uint8_t state[STATE_BYTES];
    (void)text_time_on(&m->day, text, ev->time);
    put_bytes(state, number_of(text, 4), 2);
    for (int i = 0; i < 5; i++) /* month, day, hour, minute, second */
        state[2 + i] = (uint8_t)number_of(text + 5 + 3 * i, 2);
    put_bytes(state + 7, number_of(text + 20, 6), 3);
    void *bytes = m->p->bytes_new((const char *)state, sizeof state);
    void *made = bytes != NULL ? m->p->call(m->p->datetime, bytes, m->p->utc, (void *)NULL) : NULL;
    if (bytes != NULL)
        m->p->let_go(bytes);
    return made;
}

void *WFPW_CALL wfpw_python_times(const wfpw_python *p, const wfpw_view *v)
{
    struct list_maker m = {.p = p, .v = v};
    return make_list(&m, make_time);
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* Of a text that ends inside the batch. */
static void *text_of(struct list_maker *m, const char *s)
{
    uintptr_t at = (uintptr_t)s - (uintptr_t)m->v->base;
    const char *end = at < m->v->bytes ? memchr(s, 0, m->v->bytes - at) : NULL;
    m->is_declined = end == NULL;
    return end != NULL ? m->p->text_new(s, end - s, "replace") : NULL;
}

static void *make_text(struct list_maker *m, const wfpw_event *ev)
{
    const char *s;
    memcpy(&s, (const char *)ev + m->offset, sizeof s);
    if (s == NULL)
        return hold_object(m->p, m->p->none);
    struct recent *known = find_recent(m, (uintptr_t)s);
    if (known->text == s)
        return hold_object(m->p, known->object);
    known->object = text_of(m, s);
    known->text = known->object != NULL ? s : NULL;
    return known->object;
}

void *WFPW_CALL wfpw_python_texts(const wfpw_python *p, const wfpw_view *v, uint32_t offset)
{
    struct list_maker m = {.p = p, .v = v, .offset = offset};
    m.is_declined = offset > sizeof(wfpw_event) - sizeof(char *);
    return make_list(&m, make_text);
}

/* ---- endpoints ------------------------------------------------------------------------------ */

static bool set_number(const wfpw_python *p, void *object, void *slot, uint64_t n)
{
    void *number = p->int_new(n);
    bool done = number != NULL && p->slot_set(slot, object, number) == 0;
    if (number != NULL)
        p->let_go(number);
    return done;
}

/* As IPv4Address(n), which takes ten times as long. */
static void *new_ipv4(const wfpw_python *p, const uint8_t *a)
{
    uint32_t n = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
    void *made = p->object_new(p->ipv4, 0);
    if (made != NULL && !set_number(p, made, p->ipv4_slot, n)) {
        p->let_go(made);
        made = NULL;
    }
    return made;
}

static void *new_ipv6(const wfpw_python *p, const uint8_t *a)
{
    void *bytes = p->bytes_new((const char *)a, ADDRESS_BYTES);
    void *made = bytes != NULL ? p->call(p->ipv6_of, bytes, (void *)NULL) : NULL;
    if (bytes != NULL)
        p->let_go(bytes);
    return made;
}

static void *address_of(struct list_maker *m, const wfpw_endpoint *e)
{
    uint64_t low, high;
    memcpy(&low, e->addr, sizeof low);
    memcpy(&high, e->addr + sizeof low, sizeof high);
    struct recent *known = find_recent(m, low ^ high << 1 ^ e->family);
    if (known->family == e->family && memcmp(known->address, e->addr, ADDRESS_BYTES) == 0)
        return hold_object(m->p, known->object);
    known->object = e->family == 4 ? new_ipv4(m->p, e->addr) : new_ipv6(m->p, e->addr);
    known->family = known->object != NULL ? e->family : 0;
    memcpy(known->address, e->addr, ADDRESS_BYTES);
    return known->object;
}

/* Type and code stand in the places of the ports. */
static bool shows_icmp(const wfpw_event *ev)
{
    return (ev->present & WFPW_HAS_PROTOCOL) != 0 && (ev->protocol == 1 || ev->protocol == 58) &&
           ev->orientation != WFPW_ORIENTATION_UNKNOWN;
}

/* Sets it to a value that may be NULL for None, which it takes. */
static bool give_object(const wfpw_python *p, void *object, void *slot, void *value)
{
    bool done = p->slot_set(slot, object, value != NULL ? value : p->none) == 0;
    if (value != NULL)
        p->let_go(value);
    return done;
}

static void *make_endpoint(struct list_maker *m, const wfpw_event *ev)
{
    const wfpw_python *p = m->p;
    const wfpw_endpoint *e = (const void *)((const char *)ev + m->offset);
    bool is_address = e->family == 4 || e->family == 6;
    bool has_ip = (ev->present & m->has) != 0 && is_address;
    bool has_port = (ev->present & m->has_port) != 0 && !shows_icmp(ev);
    bool has_scope = (ev->present & WFPW_HAS_SCOPE_ID) != 0 && e->family == 6;
    if (!has_ip && !has_port)
        return hold_object(p, p->none);
    void *made = p->object_new(p->endpoint, 0);
    void *ip = made != NULL && has_ip ? address_of(m, e) : NULL;
    if (made != NULL && (ip != NULL || !has_ip) && give_object(p, made, p->ip, ip) &&
        (has_port ? set_number(p, made, p->port, e->port) : give_object(p, made, p->port, NULL)) &&
        (has_scope ? set_number(p, made, p->scope_id, e->scope_id)
                   : give_object(p, made, p->scope_id, NULL)))
        return made;
    if (made != NULL)
        p->let_go(made);
    return NULL;
}

void *WFPW_CALL wfpw_python_endpoints(const wfpw_python *p, const wfpw_view *v, uint32_t remote)
{
    struct list_maker m = {.p = p, .v = v, .is_declined = remote > 1};
    m.offset = remote ? offsetof(wfpw_event, remote) : offsetof(wfpw_event, local);
    m.has = remote ? WFPW_HAS_REMOTE : WFPW_HAS_LOCAL;
    m.has_port = remote ? WFPW_HAS_REMOTE_PORT : WFPW_HAS_LOCAL_PORT;
    return make_list(&m, make_endpoint);
}

/* ---- objects -------------------------------------------------------------------------------- */

/* The attributes of one of them. */
static bool set_row(const wfpw_python *p, void *object, intptr_t row, void *slots, void *columns,
                    uint32_t width)
{
    for (intptr_t i = 0; i < (intptr_t)width; i++) {
        void *slot = p->list_get(slots, i), *column = p->list_get(columns, i);
        void *value = slot != NULL && column != NULL ? p->list_get(column, row) : NULL;
        if (value == NULL || p->slot_set(slot, object, value) != 0)
            return false;
    }
    return true;
}

void *WFPW_CALL wfpw_python_objects(const wfpw_python *p, void *type, uint32_t count, void *slots,
                                    void *columns, uint32_t width)
{
    void *list = is_usable(p) ? p->list_new((intptr_t)count) : NULL;
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        void *made = p->object_new(type, 0);
        bool done = made != NULL && set_row(p, made, (intptr_t)i, slots, columns, width);
        if (made != NULL && !done)
            p->let_go(made);
        if (!done || p->list_set(list, (intptr_t)i, made) != 0) {
            p->let_go(list);
            list = NULL;
        }
    }
    return list;
}
