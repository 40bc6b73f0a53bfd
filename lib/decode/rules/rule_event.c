/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/rules/rule_event.h"

#include "model/audit_fields.h"

static const struct record_audit *audit_of(const struct record *r)
{
    return r->audit_at != 0 ? record_at(r, r->audit_at) : NULL;
}

/* Which of the channel's events of 22H2 is what was taken from the order of the older ones. */
static uint8_t change_of_channel(uint32_t id)
{
    switch (id) {
    case 2004:
    case 2071:
    case 2097:
        return WFPW_RULE_CHANGE_ADDED;
    case 2005:
    case 2073:
    case 2099:
        return WFPW_RULE_CHANGE_CHANGED;
    case 2006:
    case 2052:
        return WFPW_RULE_CHANGE_DELETED;
    case 2007:
    case 2072:
    case 2098:
        return WFPW_RULE_CHANGE_PRESENT;
    default:
        return 0;
    }
}

static uint8_t change_of_log(uint32_t id)
{
    bool not_applied = (id >= 4951 && id <= 4953) || id == 4957 || id == 4958;
    return id == 4945    ? WFPW_RULE_CHANGE_PRESENT
           : id == 4946  ? WFPW_RULE_CHANGE_ADDED
           : id == 4947  ? WFPW_RULE_CHANGE_CHANGED
           : id == 4948  ? WFPW_RULE_CHANGE_DELETED
           : not_applied ? WFPW_RULE_CHANGE_NOT_APPLIED
                         : 0;
}

uint8_t rule_event_change(const struct record *r)
{
    const struct record_audit *a = audit_of(r);
    if (a == NULL)
        return 0;
    return r->kind == WFPW_KIND_FIREWALL ? change_of_channel(a->event_id)
                                         : change_of_log(a->event_id);
}

/* ---- fields --------------------------------------------------------------------------------- */

/* The first field with this name as text in a->text. Returns its length; 0: it is absent. */
static size_t text_of(struct rule_event_reader *a, const struct record *r, const char *name)
{
    const struct record_audit *body = audit_of(r);
    const struct record_field *f = record_at(r, body->fields_at);
    uint32_t index = (uint32_t)audit_name(name, strlen(name)) + 1;
    for (uint32_t i = 0; i < body->field_count; i++) {
        const struct value *v = &f[i].value;
        if (f[i].name.type != VALUE_NAME || f[i].name.at != index)
            continue;
        if (text_value_max((uint8_t)v->type, v->size) > sizeof a->text)
            return 0;
        size_t n = text_value(a->text, (uint8_t)v->type, record_at(r, v->at), v->size);
        return n == 1 && a->text[0] == '-' ? 0 : n;
    }
    return 0;
}

static bool number_of(struct rule_event_reader *a, const struct record *r, const char *name,
                      uint64_t most, uint64_t *out)
{
    size_t n = text_of(a, r, name);
    return n > 0 && text_parse_u64(a->text, n, out) && *out <= most;
}

static void put_field(struct rule_event_reader *a, const struct record *r, const char *name,
                      enum rule_slot slot)
{
    size_t n = text_of(a, r, name);
    rule_put(&a->builder, slot, a->text, n);
}

/* "80,443"; "*" and nothing: any. */
static void put_list(struct rule_event_reader *a, const struct record *r, const char *name,
                     enum rule_slot slot)
{
    size_t n = text_of(a, r, name), used = 0;
    for (size_t i = 0; i < n; i++) /* some are parted by a comma and a blank */
        if (a->text[i] != ' ')
            a->text[used++] = a->text[i];
    while (used > 0 && a->text[used - 1] == ',')
        used--;
    if (used != 1 || a->text[0] != '*')
        rule_put(&a->builder, slot, a->text, used);
}

static void take_numbers(struct rule_event_reader *a, const struct record *r)
{
    enum { ALL = 7, FLAG_ACTIVE = 1, SCHEMA_MAX = 0xFFFF };
    struct rule *to = &a->builder.rule;
    uint64_t n;
    if (number_of(a, r, "Action", WFPW_RULE_ACTION_ALLOW, &n))
        to->action = (uint8_t)n;
    if (number_of(a, r, "Direction", WFPW_DIRECTION_OUTBOUND, &n))
        to->direction = (uint8_t)n;
    if (number_of(a, r, "Origin", WFPW_RULE_ORIGIN_MDM, &n))
        to->origin = (uint8_t)n;
    if (number_of(a, r, "SchemaVersion", SCHEMA_MAX, &n))
        to->schema = (uint16_t)n;
    if (number_of(a, r, "Protocol", RULE_PROTOCOL_ANY, &n)) {
        to->protocol = (uint16_t)n;
        to->present |= WFPW_RULE_HAS_PROTOCOL;
    }
    if (number_of(a, r, "Active", 1, &n)) {
        to->is_enabled = (uint8_t)n;
        to->present |= WFPW_RULE_HAS_ENABLED;
    }
    if (number_of(a, r, "Profiles", UINT32_MAX, &n)) {
        to->profiles = (n & WFPW_RULE_PROFILE_ALL) == WFPW_RULE_PROFILE_ALL
                           ? (uint32_t)WFPW_RULE_PROFILE_ALL
                           : (uint32_t)n & ALL;
        to->present |= WFPW_RULE_HAS_PROFILES;
    }
}

static void take_rule(struct rule_event_reader *a, const struct record *r)
{
    take_numbers(a, r);
    put_field(a, r, "ApplicationPath", RULE_APP);
    put_field(a, r, "ServiceName", RULE_SERVICE);
    put_field(a, r, "EmbeddedContext", RULE_GROUP);
    put_field(a, r, "PolicyAppId", RULE_PACKAGE);
    put_list(a, r, "LocalPorts", RULE_LOCAL_PORTS);
    put_list(a, r, "RemotePorts", RULE_REMOTE_PORTS);
    put_list(a, r, "LocalAddresses", RULE_LOCAL_ADDRESSES);
    put_list(a, r, "RemoteAddresses", RULE_REMOTE_ADDRESSES);
    a->builder.rule.present |= WFPW_RULE_HAS_PORTS;
}

const struct rule *rule_event_read(struct rule_event_reader *a, const struct record *r)
{
    rule_start(&a->builder);
    size_t n = text_of(a, r, "RuleId");
    if (n == 0 || n > RULE_ID_MAX)
        return NULL;
    rule_put(&a->builder, RULE_ID, a->text, n);
    put_field(a, r, "RuleName", RULE_NAME);
    put_field(a, r, "ModifyingApplication", RULE_CHANGED_BY);
    put_field(a, r, "ModifyingUser", RULE_CHANGED_USER);
    bool whole = r->kind == WFPW_KIND_FIREWALL && rule_event_change(r) != WFPW_RULE_CHANGE_DELETED;
    if (whole)
        take_rule(a, r);
    a->builder.rule.is_bare = !whole || a->builder.rule.action == 0;
    return rule_finish(&a->builder);
}
