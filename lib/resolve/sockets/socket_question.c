/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "resolve/sockets/socket_question.h"

#include "base/hash.h"
#include "base/text.h"

enum { TCP = 6, UDP = 17 };

bool socket_question_can_be_asked(const struct record *r)
{
    const uint32_t needed = WFPW_HAS_PROTOCOL | WFPW_HAS_LOCAL | WFPW_HAS_LOCAL_PORT;
    bool decided = r->kind == WFPW_KIND_CLASSIFY_DROP || r->kind == WFPW_KIND_CLASSIFY_ALLOW;
    return decided && (r->present & (needed | WFPW_HAS_PROCESS_ID)) == needed &&
           (r->protocol == TCP || r->protocol == UDP) && r->local.port != 0 &&
           (r->local.family == 4 || r->local.family == 6);
}

void socket_question_of(const struct record *r, struct socket_question *q)
{
    bool has_app = value_is(&r->app) && r->app.type == VALUE_STRING;
    const uint8_t *app = record_at(r, r->app.at);
    uint32_t units = has_app ? r->app.size / 2 : 0;
    while (units > 0 && text_le16(app + 2 * (size_t)units - 2) == 0)
        units--;
    *q = (struct socket_question){.time = r->time, .protocol = r->protocol, .local = r->local};
    if (r->protocol == TCP && (r->present & WFPW_HAS_REMOTE) != 0)
        q->remote = r->remote;
    q->app_units = units <= SOCKETS_IMAGE_UNITS ? units : 0;
    memcpy(q->app, app, 2 * (size_t)q->app_units);
}

static uint64_t hash_side(uint64_t h, const wfpw_endpoint *e)
{
    uint64_t low, high;
    memcpy(&low, e->addr, sizeof low);
    memcpy(&high, e->addr + 8, sizeof high);
    return hash_mix(hash_mix(hash_mix(h, low), high), (uint64_t)e->family << 16 | e->port);
}

uint64_t socket_question_hash(const struct socket_question *q)
{
    uint64_t h = hash_side(hash_side(q->protocol, &q->local), &q->remote);
    for (uint32_t i = 0; i < q->app_units; i++)
        h = hash_mix(h, q->app[i]);
    return h;
}

static bool same_side(const wfpw_endpoint *a, const wfpw_endpoint *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

bool socket_question_is(const struct socket_question *a, const struct socket_question *b)
{
    return a->protocol == b->protocol && same_side(&a->local, &b->local) &&
           same_side(&a->remote, &b->remote) && a->app_units == b->app_units &&
           memcmp(a->app, b->app, 2 * (size_t)a->app_units) == 0;
}
