/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Which way, from where, to where. */
#include <string.h>

#include "codes/code_words.h"
#include "export/schema/value_computed.h"

/* ---- protocol ------------------------------------------------------------------------------- */

void wfpw_value_TRANSPORT(const struct export_event *x, struct export_value *v)
{
    const struct code_word *word = code_word_find(WFPW_LIST_PROTOCOL, x->ev->protocol);
    if (value_has(x, WFPW_HAS_PROTOCOL) && word != NULL)
        value_text(v, KIND_PLAIN, word->text, word->length);
}

uint8_t value_family(const wfpw_event *ev)
{
    return ev->local.family != 0 ? ev->local.family : ev->remote.family;
}

void wfpw_value_IP_VERSION(const struct export_event *x, struct export_value *v)
{
    uint8_t family = value_family(x->ev);
    if (family == 4)
        VALUE_PLAIN(v, "ipv4");
    else if (family == 6)
        VALUE_PLAIN(v, "ipv6");
}

void wfpw_value_IP_VERSION_NUMBER(const struct export_event *x, struct export_value *v)
{
    uint8_t family = value_family(x->ev);
    if (family != 0)
        value_number_of(v, family);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void value_endpoint(struct export_value *v, enum value_kind kind, const wfpw_endpoint *e)
{
    v->kind = e->family != 0 ? kind : KIND_ABSENT;
    v->endpoint = e;
}

static bool has_zone(const struct export_event *x, const wfpw_endpoint *e)
{
    return e->family == 6 && e->scope_id != 0 && value_has(x, WFPW_HAS_SCOPE_ID);
}

static void value_port(const struct export_event *x, struct export_value *v, bool local)
{
    uint32_t bit = local ? WFPW_HAS_LOCAL_PORT : WFPW_HAS_REMOTE_PORT;
    if (value_has(x, bit) && !x->icmp)
        value_number_of(v, local ? x->ev->local.port : x->ev->remote.port);
}

void wfpw_value_SOURCE_IP(const struct export_event *x, struct export_value *v)
{
    value_endpoint(v, KIND_IP, x->source);
}

void wfpw_value_DESTINATION_IP(const struct export_event *x, struct export_value *v)
{
    value_endpoint(v, KIND_IP, x->destination);
}

void wfpw_value_SOURCE_PORT(const struct export_event *x, struct export_value *v)
{
    value_port(x, v, !x->inbound);
}

void wfpw_value_DESTINATION_PORT(const struct export_event *x, struct export_value *v)
{
    value_port(x, v, x->inbound);
}

void wfpw_value_LOCAL_IP(const struct export_event *x, struct export_value *v)
{
    value_endpoint(v, has_zone(x, &x->ev->local) ? KIND_ZONED : KIND_IP, &x->ev->local);
}

void wfpw_value_REMOTE_IP(const struct export_event *x, struct export_value *v)
{
    value_endpoint(v, has_zone(x, &x->ev->remote) ? KIND_ZONED : KIND_IP, &x->ev->remote);
}

void wfpw_value_LOCAL_PORT(const struct export_event *x, struct export_value *v)
{
    value_port(x, v, true);
}

void wfpw_value_REMOTE_PORT(const struct export_event *x, struct export_value *v)
{
    value_port(x, v, false);
}

void wfpw_value_SCOPE_ID(const struct export_event *x, struct export_value *v)
{
    if (value_has(x, WFPW_HAS_SCOPE_ID) && value_family(x->ev) == 6)
        value_number_of(v, x->ev->local.scope_id);
}

/* As long as it is not known which side is local, it is not known which of the two numbers is the
 * type. */
void wfpw_value_ICMP_TYPE(const struct export_event *x, struct export_value *v)
{
    if (x->icmp && value_has(x, WFPW_HAS_LOCAL_PORT) &&
        x->ev->orientation != WFPW_ORIENTATION_UNKNOWN)
        value_number_of(v, x->ev->local.port);
}

void wfpw_value_ICMP_CODE(const struct export_event *x, struct export_value *v)
{
    if (x->icmp && value_has(x, WFPW_HAS_REMOTE_PORT) &&
        x->ev->orientation != WFPW_ORIENTATION_UNKNOWN)
        value_number_of(v, x->ev->remote.port);
}

static void value_mac(const struct export_event *x, struct export_value *v, bool local)
{
    const wfpw_mac *m = x->ev->mac;
    if (m != NULL)
        value_text(v, KIND_MAC, (const char *)(local ? m->local : m->remote), sizeof m->local);
}

void wfpw_value_SOURCE_MAC(const struct export_event *x, struct export_value *v)
{
    value_mac(x, v, !x->inbound);
}

void wfpw_value_DESTINATION_MAC(const struct export_event *x, struct export_value *v)
{
    value_mac(x, v, x->inbound);
}
