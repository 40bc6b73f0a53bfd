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
    k->asked |= 1u << check->field;
    for (uint32_t field = check->field + 1u; field <= CHECK_FIELDS; field++)
        k->from[field]++;
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

static bool asks_field(const struct net_event_checks *k, enum check_field field)
{
    return (k->asked >> field & 1) != 0;
}

static bool number_is(const struct net_event_check *check, uint64_t n)
{
    return n - check->low <= check->span ||
           (!check->is_single && template_has_number(check->condition, n));
}

/* Whether all that is asked of one number holds. */
static bool number_holds(const struct net_event_checks *k, enum check_field field, bool is_there,
                         uint64_t n)
{
    for (uint32_t i = k->from[field]; i < k->from[field + 1]; i++)
        if ((is_there && number_is(&k->at[i], n)) == k->at[i].is_not)
            return false;
    return true;
}

static bool head_holds(const struct net_event_checks *k, const struct net_event *n)
{
    const FWPM_NET_EVENT_HEADER0 *h = &n->head;
    const uint64_t time = (uint64_t)h->timeStamp.dwHighDateTime << 32 | h->timeStamp.dwLowDateTime;
    const uint16_t kind = n->type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP ? WFPW_KIND_CLASSIFY_DROP
                                                                       : WFPW_KIND_CLASSIFY_ALLOW;
    return (!asks_field(k, CHECK_KIND) || number_holds(k, CHECK_KIND, true, kind)) &&
           (!asks_field(k, CHECK_TIME) || number_holds(k, CHECK_TIME, true, time)) &&
           (!asks_field(k, CHECK_PROTOCOL) ||
            number_holds(k, CHECK_PROTOCOL, has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET),
                         h->ipProtocol));
}

static bool direction_holds(const struct net_event_checks *k, const struct net_event *n)
{
    const uint8_t direction = net_event_path_direction(n);
    return number_holds(k, CHECK_DIRECTION, direction != 0, direction);
}

static bool body_holds(const struct net_event_checks *k, const struct net_event *n)
{
    FWPM_NET_EVENT_CLASSIFY_DROP0 body;
    memcpy(&body, n->body, sizeof body); /* every version of a body starts so */
    return number_holds(k, CHECK_FILTER, true, body.filterId) &&
           number_holds(k, CHECK_LAYER, true, body.layerId) &&
           (!asks_field(k, CHECK_DIRECTION) || direction_holds(k, n));
}

/* ---- ports ---------------------------------------------------------------------------------- */

static bool either_port_holds(const struct net_event_check *check, const struct net_event *n,
                              bool has_local, bool has_remote)
{
    bool holds = (has_local && number_is(check, n->head.localPort)) ||
                 (has_remote && number_is(check, n->head.remotePort));
    return holds != check->is_not;
}

/* ICMP has no ports: type and code stand in their place. */
static bool ports_hold(const struct net_event_checks *k, const struct net_event *n)
{
    const bool is_icmp = has_flag(n, FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET) &&
                         (n->head.ipProtocol == 1 || n->head.ipProtocol == 58);
    const bool local = !is_icmp && has_flag(n, FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET);
    const bool remote = !is_icmp && has_flag(n, FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET);
    for (uint32_t i = k->from[CHECK_PORT]; i < k->from[CHECK_PORT + 1]; i++)
        if (!either_port_holds(&k->at[i], n, local, remote))
            return false;
    return number_holds(k, CHECK_LOCAL_PORT, local, n->head.localPort) &&
           number_holds(k, CHECK_REMOTE_PORT, remote, n->head.remotePort);
}

static bool numbers_hold(const struct net_event_checks *k, const struct net_event *n)
{
    const uint32_t head = 1u << CHECK_KIND | 1u << CHECK_TIME | 1u << CHECK_PROTOCOL;
    const uint32_t body = 1u << CHECK_FILTER | 1u << CHECK_LAYER | 1u << CHECK_DIRECTION;
    const uint32_t port = 1u << CHECK_LOCAL_PORT | 1u << CHECK_REMOTE_PORT | 1u << CHECK_PORT;
    return ((k->asked & head) == 0 || head_holds(k, n)) &&
           ((k->asked & body) == 0 || body_holds(k, n)) &&
           ((k->asked & port) == 0 || ports_hold(k, n));
}

/* ---- addresses, users, applications --------------------------------------------------------- */

static bool other_address_is(const struct template_condition *c, const struct net_event *n,
                             bool is_remote)
{
    wfpw_endpoint e = {0};
    return net_event_side(n, is_remote, &e) && template_has_address(c, &e);
}

static bool address_is(const struct template_condition *c, const struct net_event *n,
                       bool is_remote)
{
    const uint32_t version = FWPM_NET_EVENT_FLAG_IP_VERSION_SET;
    const uint32_t wanted = version | (is_remote ? FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET
                                                 : FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET);
    if ((n->head.flags & wanted) != wanted)
        return false;
    if (n->head.ipVersion == FWP_IP_VERSION_V4)
        return template_has_v4(c, is_remote ? n->head.remoteAddrV4 : n->head.localAddrV4);
    return other_address_is(c, n, is_remote);
}

static bool address_holds(const struct template_condition *c, const struct net_event *n)
{
    return address_is(c, n, c->key->is_remote) ||
           (c->key->is_either && address_is(c, n, !c->key->is_remote));
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

static bool other_holds(const struct net_event_check *check, const struct net_event *n)
{
    if (check->field == CHECK_ADDRESS)
        return address_holds(check->condition, n);
    if (check->field == CHECK_USER)
        return user_holds(check->condition, n);
    return app_holds(check->condition, n);
}

/* Of a classify event: false is final, and so is true when the checks are all there is. */
static bool all_hold(const struct net_event_checks *k, const struct net_event *n)
{
    if (!numbers_hold(k, n))
        return false;
    for (uint32_t i = k->from[CHECK_ADDRESS]; i < k->count; i++) {
        const struct net_event_check *check = &k->at[i];
        bool holds = other_holds(check, n);
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
