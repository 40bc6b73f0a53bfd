/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Rules as JSON: in an event what names them, by themselves all that is known. */
#include "export/json_rule.h"

#include "model/rule.h"

/* ---- parts ---------------------------------------------------------------------------------- */

/* Texts that are parted by commas. */
static char *put_list(struct json_out *o, char *p, const char *list)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 1), "[");
    while (list != NULL && *list != 0) {
        size_t n = strcspn(list, ",");
        p = json_out_text(o, p, list, n, false);
        p = json_out_comma(json_out_room(o, p, 1));
        list += n + (list[n] != 0);
    }
    return json_out_close(json_out_room(o, p, 2), ']');
}

static char *put_profiles(char *p, const wfpw_rule *r)
{
    p = JSON_OUT_KEY(p, "profiles");
    if ((r->present & WFPW_RULE_HAS_PROFILES) == 0)
        return JSON_OUT_PUT(p, "null,");
    if (r->profiles == WFPW_RULE_PROFILE_ALL)
        return JSON_OUT_PUT(p, "\"all\",");
    p = JSON_OUT_PUT(p, "[");
    if ((r->profiles & WFPW_RULE_PROFILE_DOMAIN) != 0)
        p = JSON_OUT_PUT(p, "\"domain\",");
    if ((r->profiles & WFPW_RULE_PROFILE_PRIVATE) != 0)
        p = JSON_OUT_PUT(p, "\"private\",");
    if ((r->profiles & WFPW_RULE_PROFILE_PUBLIC) != 0)
        p = JSON_OUT_PUT(p, "\"public\",");
    return json_out_close(p, ']');
}

static char *put_direction(char *p, const wfpw_rule *r)
{
    return r->direction == WFPW_DIRECTION_INBOUND    ? JSON_OUT_PUT(p, "\"direction\":\"in\",")
           : r->direction == WFPW_DIRECTION_OUTBOUND ? JSON_OUT_PUT(p, "\"direction\":\"out\",")
                                                     : JSON_OUT_PUT(p, "\"direction\":null,");
}

/* A code's word, or null. */
#define WORD_OR_NULL(p, name, list, code)                                                          \
    (code_word_find(list, code) != NULL ? WORD_IF(p, name, list, code)                             \
                                        : JSON_OUT_PUT(p, "\"" name "\":null,"))

static char *put_enabled(char *p, const wfpw_rule *r)
{
    if ((r->present & WFPW_RULE_HAS_ENABLED) == 0)
        return JSON_OUT_PUT(p, "\"enabled\":null,");
    return BOOLEAN(p, "enabled", r->enabled != 0);
}

static char *put_protocol(char *p, const wfpw_rule *r)
{
    bool given = (r->present & WFPW_RULE_HAS_PROTOCOL) != 0;
    if (given && r->protocol == RULE_PROTOCOL_ANY)
        return JSON_OUT_PUT(p, "\"protocol\":\"any\",");
    return NUMBER_OR_NULL(p, given, "protocol", r->protocol);
}

/* What the rule is called. */
static char *put_names(struct json_out *o, char *p, const wfpw_rule *r)
{
    bool differs = r->name == NULL || (r->title != NULL && strcmp(r->name, r->title) != 0);
    p = STRING_OR_NULL(o, p, "id", r->id);
    p = STRING_OR_NULL(o, p, "name", r->name);
    return differs ? STRING_IF(o, p, "title", r->title) : p;
}

static char *put_codes(struct json_out *o, char *p, const wfpw_rule *r)
{
    p = json_out_room(o, p, 4 * JSON_OUT_MEMBER);
    p = WORD_OR_NULL(p, "action", WFPW_LIST_RULE_ACTION, r->action);
    return put_enabled(put_direction(p, r), r);
}

static char *put_change(struct json_out *o, char *p, const wfpw_rule *r)
{
    if (r->change == 0)
        return p;
    p = JSON_OUT_OPEN(json_out_room(o, p, 3 * JSON_OUT_MEMBER), "change");
    p = WORD_IF(p, "what", WFPW_LIST_RULE_CHANGE, r->change);
    if (r->change_time != 0)
        p = TIME(p, "time", r->change_time);
    p = STRING_IF(o, p, "by", r->changed_by);
    p = STRING_IF(o, p, "user", r->changed_user);
    return json_out_close(json_out_room(o, p, JSON_OUT_MEMBER), '}');
}

/* Where it is known from, and whether it was so. */
static char *put_source(struct json_out *o, char *p, const wfpw_rule *r)
{
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    p = WORD_IF(p, "state", WFPW_LIST_FILTER_STATE, r->state);
    p = put_change(o, p, r);
    p = STRING_OR_NULL(o, p, "from", r->from);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    return r->from_time != 0 ? TIME(p, "from_time", r->from_time) : p;
}

/* ---- in an event ---------------------------------------------------------------------------- */

static char *write_rule(struct json_out *o, char *p, const void *of)
{
    const wfpw_rule *r = of;
    p = JSON_OUT_OPEN(json_out_room(o, p, JSON_OUT_MEMBER), "rule");
    p = put_codes(o, put_names(o, p, r), r);
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    p = WORD_OR_NULL(p, "origin", WFPW_LIST_RULE_ORIGIN, r->origin);
    return json_out_close(json_out_room(o, put_source(o, p, r), JSON_OUT_MEMBER), '}');
}

char *json_rule(struct json_out *o, char *p, const wfpw_rule *r)
{
    struct json_out_key key = {{(uintptr_t)r}};
    return r != NULL ? json_out_part(o, p, PART_RULE, key, r, write_rule) : p;
}

/* ---- by itself ------------------------------------------------------------------------------ */

static char *put_ports(struct json_out *o, char *p, const wfpw_rule *r)
{
    p = json_out_room(o, p, 2 * JSON_OUT_MEMBER);
    if ((r->present & WFPW_RULE_HAS_PORTS) == 0)
        return JSON_OUT_PUT(p, "\"local_ports\":null,\"remote_ports\":null,");
    p = put_list(o, JSON_OUT_KEY(p, "local_ports"), r->local_ports);
    p = JSON_OUT_KEY(json_out_room(o, p, JSON_OUT_MEMBER), "remote_ports");
    return put_list(o, p, r->remote_ports);
}

static char *put_addresses(struct json_out *o, char *p, const wfpw_rule *r)
{
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    if (r->local_addresses != NULL)
        p = put_list(o, JSON_OUT_KEY(p, "local_addresses"), r->local_addresses);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    if (r->remote_addresses != NULL)
        p = put_list(o, JSON_OUT_KEY(p, "remote_addresses"), r->remote_addresses);
    return p;
}

/* "2.33" */
static char *put_schema(char *p, const wfpw_rule *r)
{
    if (r->schema == 0)
        return p;
    p = JSON_OUT_PUT(p, "\"schema\":\"");
    p = JSON_OUT_PUT(json_out_number(p, r->schema >> 8), ".");
    return JSON_OUT_PUT(json_out_number(p, r->schema & 0xFF), "\",");
}

static char *put_rule(struct json_out *o, char *p, const wfpw_rule *r)
{
    p = JSON_OUT_PUT(json_out_room(o, p, 1), "{");
    p = put_names(o, p, r);
    p = STRING_OR_NULL(o, p, "description", r->description);
    p = STRING_IF(o, p, "group", r->group);
    p = put_codes(o, p, r);
    p = STRING_OR_NULL(o, p, "app", r->app);
    p = STRING_OR_NULL(o, p, "service", r->service);
    p = STRING_IF(o, p, "package", r->package);
    p = put_protocol(json_out_room(o, p, JSON_OUT_MEMBER), r);
    p = put_addresses(o, put_ports(o, p, r), r);
    p = put_profiles(json_out_room(o, p, 2 * JSON_OUT_MEMBER), r);
    p = json_out_room(o, p, 3 * JSON_OUT_MEMBER);
    p = WORD_OR_NULL(p, "origin", WFPW_LIST_RULE_ORIGIN, r->origin);
    p = put_source(o, put_schema(p, r), r);
    p = json_out_room(o, p, JSON_OUT_MEMBER);
    if (r->truncated != 0)
        p = BOOLEAN(p, "truncated", true);
    return json_out_close(p, '}') - 1;
}

int WFPW_CALL wfpw_rule_to_json(const wfpw_rule *r, uint32_t flags_of_call, char *buf, size_t cap,
                                size_t *needed)
{
    struct json_out o;
    if (r == NULL || flags_of_call != 0 || (buf == NULL && cap != 0))
        return WFPW_E_INVAL;
    return json_out_end(&o, put_rule(&o, json_out_start(&o, buf, cap), r), needed);
}
