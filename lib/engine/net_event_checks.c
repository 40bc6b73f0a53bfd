/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/net_event_checks.h"

#include <stddef.h>

#include "codes/net_event_kind.h"
#include "decode/fwpm/net_event_body.h"
#include "decode/fwpm/net_event_path.h"
#include "engine/net_event_subject.h"
#include "template/template_engine.h"

enum check_field {
    CHECK_NONE, /* not of a raw event's own */
    CHECK_LATE, /* holds of every event that is not finished */
    CHECK_PROTOCOL,
    CHECK_TYPE,
    CHECK_TIME,
    CHECK_PORT,
    CHECK_ADDRESS,
    CHECK_USER,
    CHECK_APP,
    CHECK_FILTER, /* from here on: of the body */
    CHECK_LAYER,
    CHECK_DIRECTION
};

/* ---- making --------------------------------------------------------------------------------- */

static uint8_t field_of_number(const struct template_key *key)
{
    switch (key->place[HOLDER_RECORD].at) {
    case offsetof(struct record, protocol):
        return CHECK_PROTOCOL;
    case offsetof(struct record, filter_id):
        return CHECK_FILTER;
    case offsetof(struct record, layer_id):
        return CHECK_LAYER;
    case offsetof(struct record, direction):
        return CHECK_DIRECTION;
    default:
        return CHECK_NONE;
    }
}

/* Users are compared as SIDs, one at most. */
static uint8_t field_of_user(struct net_event_check *check)
{
    size_t size = 0;
    if (check->condition->count != 1 ||
        !template_sid_of(&check->condition->values[0], check->sid, &size))
        return CHECK_NONE;
    check->sid_size = (uint8_t)size;
    return CHECK_USER;
}

static uint8_t field_of_condition(struct net_event_check *check)
{
    const struct template_key *key = check->condition->key;
    if (key->is_late)
        return CHECK_LATE;
    switch (key->form) {
    case FORM_NUMBER:
        return field_of_number(key);
    case FORM_TYPE:
        return CHECK_TYPE;
    case FORM_TIME:
        return CHECK_TIME;
    case FORM_PORT:
        return CHECK_PORT;
    case FORM_ADDRESS:
        return CHECK_ADDRESS;
    case FORM_USER:
        return field_of_user(check);
    case FORM_APP:
        return CHECK_APP;
    default:
        return CHECK_NONE;
    }
}

void net_event_checks_make(struct net_event_checks *k, const wfpw_template *match)
{
    *k = (struct net_event_checks){.match = match, .is_whole = true};
    for (const struct template_condition *c = match != NULL ? match->first : NULL; c != NULL;
         c = c->next) {
        struct net_event_check check = {.condition = c, .asks_names = template_asks_names(c)};
        check.field = field_of_condition(&check);
        if (check.field == CHECK_NONE || k->count == NET_EVENT_CHECKS) {
            k->is_whole = false;
        } else if (check.field != CHECK_LATE) {
            k->at[k->count++] = check;
            k->asks_body = k->asks_body || check.field >= CHECK_FILTER;
        }
    }
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool has_flag(const struct net_event *n, uint32_t flag)
{
    return (n->head.flags & flag) != 0;
}

/* ICMP has no ports: type and code stand in their place. */
static bool port_is(const struct template_condition *c, const struct net_event *n, bool is_remote)
{
    const FWPM_NET_EVENT_HEADER0 *h = &n->head;
    if (has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
        (h->ipProtocol == 1 || h->ipProtocol == 58))
        return false;
    return is_remote ? has_flag(n, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET) &&
                           template_has_number(c, h->remotePort)
                     : has_flag(n, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET) &&
                           template_has_number(c, h->localPort);
}

static bool address_is(const struct template_condition *c, const struct net_event *n,
                       bool is_remote)
{
    wfpw_endpoint e = {0};
    return net_event_side(n, is_remote, &e) && template_has_address(c, &e);
}

static bool user_is(const struct net_event_check *check, const struct net_event *n)
{
    return net_event_body_sid_size(n->head.userId) == check->sid_size &&
           memcmp(n->head.userId, check->sid, check->sid_size) == 0;
}

static bool time_is(const struct template_condition *c, const struct net_event *n)
{
    const FWP_FILETIME *t = &n->head.timeStamp;
    return template_has_number(c, (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime);
}

static bool check_holds(const struct net_event_check *check, const struct net_event *n,
                        const struct net_event_path *path)
{
    const struct template_condition *c = check->condition;
    const bool is_remote = c->key->is_remote, is_either = c->key->is_either;
    struct template_text app;
    switch (check->field) {
    case CHECK_PROTOCOL:
        return has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
               template_has_number(c, n->head.ipProtocol);
    case CHECK_TYPE:
        return template_has_number(c, net_event_kind(n->type));
    case CHECK_TIME:
        return time_is(c, n);
    case CHECK_PORT:
        return port_is(c, n, is_remote) || (is_either && port_is(c, n, !is_remote));
    case CHECK_ADDRESS:
        return address_is(c, n, is_remote) || (is_either && address_is(c, n, !is_remote));
    case CHECK_USER:
        return user_is(check, n);
    case CHECK_APP:
        app = net_event_app(n);
        return template_has_text(c, &app);
    case CHECK_FILTER:
        return template_has_number(c, path->filter_id);
    case CHECK_LAYER:
        return template_has_number(c, path->layer_id);
    default:
        return path->direction != 0 && template_has_number(c, path->direction);
    }
}

/* Of a classify event: false is final, and so is true when the checks are all there is. */
static bool all_hold(const struct net_event_checks *k, const struct net_event *n)
{
    struct net_event_path path = {0};
    if (k->asks_body)
        net_event_path_of(n, &path);
    for (uint32_t i = 0; i < k->count; i++) {
        const struct net_event_check *check = &k->at[i];
        bool holds = check_holds(check, n, &path);
        if (holds == check->condition->is_not && (holds || !check->asks_names))
            return false;
    }
    return true;
}

/* A classify event whose body is known. */
static bool is_plain(const struct net_event *n)
{
    return n->body != NULL && (n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP ||
                               n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW);
}

bool net_event_checks_hold(const struct net_event_checks *k, const struct net_event *n,
                           uint16_t source)
{
    struct record r;
    if (k->match == NULL || k->match->count == 0)
        return true;
    if (is_plain(n)) {
        if (!all_hold(k, n))
            return false;
        if (k->is_whole)
            return true;
    }
    struct template_subject s = net_event_subject(n, source, &r);
    return template_holds(k->match, &s);
}
