/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "engine/net_event_checks.h"

#include <stddef.h>
#include <string.h>

#include "decode/fwpm/net_event_body.h"
#include "decode/fwpm/net_event_path.h"
#include "engine/net_event_subject.h"

/* ---- making --------------------------------------------------------------------------------- */

static enum check_field field_of_number(const struct template_key *key)
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

static enum check_field field_of_port(const struct template_key *key)
{
    if (key->is_either)
        return CHECK_PORT;
    return key->is_remote ? CHECK_REMOTE_PORT : CHECK_LOCAL_PORT;
}

/* Users are compared as SIDs. */
static enum check_field field_of_user(const struct template_condition *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i].is.text.sid_size == 0)
            return CHECK_NONE;
    return CHECK_USER;
}

static enum check_field field_of_condition(const struct template_condition *c)
{
    if (c->key->is_late)
        return CHECK_LATE;
    switch (c->key->form) {
    case FORM_NUMBER:
        return field_of_number(c->key);
    case FORM_TYPE:
        return CHECK_KIND;
    case FORM_TIME:
        return CHECK_TIME;
    case FORM_PORT:
        return field_of_port(c->key);
    case FORM_ADDRESS:
        return CHECK_ADDRESS;
    case FORM_USER:
        return field_of_user(c);
    case FORM_APP:
        return CHECK_APP;
    default:
        return CHECK_NONE;
    }
}

/* Of the network whose addresses are one range of numbers. */
static void set_address(struct net_event_check *check, const struct template_value *v)
{
    const uint32_t low = text_be32(v->is.address.low), high = text_be32(v->is.address.high);
    check->is_single = check->condition->count == 1 && v->is.address.family == 4 && low <= high;
    check->low = low;
    check->span = high - low;
}

static struct net_event_check check_of(const struct template_condition *c)
{
    struct net_event_check check = {.condition = c,
                                    .field = (uint8_t)field_of_condition(c),
                                    .is_not = c->is_not,
                                    .asks_names = template_asks_names(c)};
    if (check.field <= CHECK_PORT) {
        check.low = c->values[0].is.number.low;
        check.span = c->values[0].is.number.high - check.low;
        check.is_single = c->count == 1;
    } else if (check.field == CHECK_ADDRESS) {
        set_address(&check, &c->values[0]);
    }
    return check;
}

/* Behind those of its field. */
static void put_check(struct net_event_checks *k, const struct net_event_check *check)
{
    uint32_t at = k->count++;
    for (; at > 0 && k->at[at - 1].field > check->field; at--)
        k->at[at] = k->at[at - 1];
    k->at[at] = *check;
}

void net_event_checks_make(struct net_event_checks *k, const wfpw_template *match)
{
    *k = (struct net_event_checks){.match = match, .is_whole = true};
    for (const struct template_condition *c = match != NULL ? match->first : NULL; c != NULL;
         c = c->next) {
        const struct net_event_check check = check_of(c);
        if (check.field == CHECK_NONE || k->count == NET_EVENT_CHECKS)
            k->is_whole = false;
        else if (check.field != CHECK_LATE)
            put_check(k, &check);
    }
}

/* ---- numbers -------------------------------------------------------------------------------- */

static bool has_flag(const struct net_event *n, uint32_t flag)
{
    return (n->head.flags & flag) != 0;
}

static inline bool number_is(const struct net_event_check *check, uint64_t n)
{
    return n - check->low <= check->span ||
           (!check->is_single && template_has_number(check->condition, n));
}

static inline uint16_t kind_of(const struct net_event *n)
{
    return n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP ? WFPW_KIND_CLASSIFY_DROP
                                                        : WFPW_KIND_CLASSIFY_ALLOW;
}

/* Every version of a body starts so. */
static inline FWPM_NET_EVENT_CLASSIFY_DROP0 body_of(const struct net_event *n)
{
    FWPM_NET_EVENT_CLASSIFY_DROP0 body;
    memcpy(&body, n->body, sizeof body);
    return body;
}

static inline bool direction_is(const struct net_event_check *check, const struct net_event *n)
{
    const uint8_t direction = net_event_path_direction(n);
    return direction != 0 && number_is(check, direction);
}

/* ICMP has no ports: type and code stand in their place. */
static inline bool has_port(const struct net_event *n, bool is_remote)
{
    const uint32_t flag =
        is_remote ? FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET : FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET;
    const bool is_icmp = has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
                         (n->head.ipProtocol == 1 || n->head.ipProtocol == 58);
    return has_flag(n, flag) && !is_icmp;
}

static inline bool local_port_is(const struct net_event_check *check, const struct net_event *n)
{
    return has_port(n, false) && number_is(check, n->head.localPort);
}

static inline bool remote_port_is(const struct net_event_check *check, const struct net_event *n)
{
    return has_port(n, true) && number_is(check, n->head.remotePort);
}

/* ---- addresses, users, applications --------------------------------------------------------- */

static bool other_address_is(const struct template_condition *c, const struct net_event *n,
                             bool is_remote)
{
    wfpw_endpoint e = {0};
    return net_event_side(n, is_remote, &e) && template_has_address(c, &e);
}

static bool address_is(const struct net_event_check *check, const struct net_event *n,
                       bool is_remote)
{
    const uint32_t version = FWPM_NET_EVENT_FLAG_IP_VERSION_SET;
    const uint32_t wanted = version | (is_remote ? FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET
                                                 : FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET);
    if ((n->head.flags & wanted) != wanted)
        return false;
    if (n->head.ipVersion != FWP_IP_VERSION_V4)
        return other_address_is(check->condition, n, is_remote);
    const uint32_t address = is_remote ? n->head.remoteAddrV4 : n->head.localAddrV4;
    return check->is_single ? address - check->low <= check->span
                            : template_has_v4(check->condition, address);
}

static bool address_holds(const struct net_event_check *check, const struct net_event *n)
{
    const struct template_key *key = check->condition->key;
    return address_is(check, n, key->is_remote) ||
           (key->is_either && address_is(check, n, !key->is_remote));
}

static bool user_holds(const struct template_condition *c, const struct net_event *n)
{
    const uint32_t size = net_event_body_sid_size(n->head.userId);
    return size != 0 && template_has_sid(c, n->head.userId, size);
}

static bool app_holds(const struct template_condition *c, const struct net_event *n)
{
    const struct template_text app = net_event_app(n);
    return app.p != NULL && template_has_utf16(c, app.p, app.size);
}

static inline bool check_holds(const struct net_event_check *check, const struct net_event *n)
{
    switch (check->field) {
    case CHECK_KIND:
        return number_is(check, kind_of(n));
    case CHECK_TIME:
        return number_is(check, fwp_filetime(&n->head.timeStamp));
    case CHECK_PROTOCOL:
        return has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
               number_is(check, n->head.ipProtocol);
    case CHECK_FILTER:
        return number_is(check, body_of(n).filterId);
    case CHECK_LAYER:
        return number_is(check, body_of(n).layerId);
    case CHECK_DIRECTION:
        return direction_is(check, n);
    case CHECK_LOCAL_PORT:
        return local_port_is(check, n);
    case CHECK_REMOTE_PORT:
        return remote_port_is(check, n);
    case CHECK_PORT:
        return local_port_is(check, n) || remote_port_is(check, n);
    case CHECK_ADDRESS:
        return address_holds(check, n);
    case CHECK_USER:
        return user_holds(check->condition, n);
    default:
        return app_holds(check->condition, n);
    }
}

/* Of a classify event: false is final, and so is true when the checks are all there is. */
static bool all_hold(const struct net_event_checks *k, const struct net_event *n)
{
    for (const struct net_event_check *check = k->at, *end = k->at + k->count; check < end;
         check++) {
        bool holds = check_holds(check, n);
        if (holds == check->is_not && (holds || !check->asks_names))
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

/* Of an event that they do not answer alone. */
static bool subject_holds(const struct net_event_checks *k, const struct net_event *n,
                          uint16_t source)
{
    struct record r;
    struct template_subject s = net_event_subject(n, source, &r);
    return template_holds(k->match, &s);
}

bool net_event_checks_hold(const struct net_event_checks *k, const struct net_event *n,
                           uint16_t source)
{
    if (k->match == NULL || k->match->count == 0)
        return true;
    if (is_plain(n)) {
        if (!all_hold(k, n))
            return false;
        if (k->is_whole)
            return true;
    }
    return subject_holds(k, n, source);
}
